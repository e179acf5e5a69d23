//! What an office sets while the catalogue runs: read by everything from memory, changed with a reason and a record.

use std::sync::Arc;

use domain::actor::Caller;
use domain::office::{Office, Setting, SettingChange, SettingName, SettingSheet};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::{MAX_SHORT_REASON, check_optional};
use persistence::office::{self, StoredSetting, UNSET};
use persistence::{revisions, sessions};
use serde_json::Value;

use crate::ctx::forbidden;
use crate::records::{About, Entry};
use crate::{Ctx, Result, ServiceError, Services, operations, public_change};

/// What holds now; where the database does not answer, what holds without it.
pub async fn in_force(services: &Services) -> Arc<Office> {
    match services.memory.office(&services.db).await {
        Ok(office) => office,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the office's settings cannot be read");
            Arc::default()
        }
    }
}

/// Reads what holds now, so that whoever asks nothing but memory knows it, too.
///
/// # Errors
/// Where the database does not answer.
pub async fn follow(services: &Services) -> Result<()> {
    services.memory.office(&services.db).await?;
    Ok(())
}

/// The same caller under what the office has set: where four eyes are switched off, they are waived for everybody.
#[must_use]
pub fn caller_under(office: &Office, caller: Caller) -> Caller {
    Caller { approve_own: caller.approve_own || !office.four_eyes, ..caller }
}

/// Every setting, for those who may change them and for those who watch the program.
///
/// # Errors
/// `Forbidden` for others.
pub async fn list(services: &Services, ctx: &Ctx) -> Result<Vec<SettingSheet>> {
    must_see(ctx)?;
    let stored = office::list(services.db.pool()).await?;
    let sheet_of = |name: &SettingName| sheet(services, *name, stored.iter().find(|one| one.name == *name).cloned());
    Ok(SettingName::ALL.iter().map(sheet_of).collect())
}

/// One setting.
///
/// # Errors
/// As `list`.
pub async fn find(services: &Services, ctx: &Ctx, name: SettingName) -> Result<SettingSheet> {
    must_see(ctx)?;
    Ok(sheet(services, name, office::find(services.db.pool(), name).await?))
}

/// Sets a setting, or without a value goes back to the default, on condition that it is of this revision.
///
/// The catalogue's revision rises with it, so that every node follows at once.
///
/// # Errors
/// `Forbidden` without the right, `Invalid` with everything that is wrong, `Stale` where somebody else changed it.
pub async fn change(
    services: &Services,
    ctx: &Ctx,
    name: SettingName,
    expected: i64,
    wanted: Option<Setting>,
    reason: &str,
) -> Result<SettingSheet> {
    let by = changer(ctx, name)?;
    all_valid(problems(services, ctx, wanted.as_ref(), reason))?;
    let tx = services.db.begin().await?;
    let before = sheet(services, name, office::find(&tx, name).await?);
    if before.revision != expected {
        return Err(Refusal::Stale.into());
    }
    let changed = SettingChange { at: ctx.now, by: by.actor.name.clone(), reason: reason.trim().to_owned() };
    let stored = StoredSetting { name, value: wanted, revision: expected + 1, changed };
    if !office::save(&tx, &stored).await? {
        return Err(Refusal::Stale.into());
    }
    if name == SettingName::Sessions {
        // What is over by the lengths until now would come back to life under longer ones.
        let set = before.set.clone().and_then(|set| Office::of([set]).sessions);
        sessions::delete_over(&tx, services.settings.session_limits.under(set), ctx.now).await?;
    }
    let event = if stored.value.is_some() { "setting_changed" } else { "setting_back_to_default" };
    let after = sheet(services, name, Some(stored));
    let about = About { resource_type: "setting", resource_id: name.as_str() };
    Entry::new(ctx, &by.actor, about, event)
        .because(Some(reason.trim().to_owned()))
        .change(&value_of(&before)?, &value_of(&after)?)?
        .write(&tx);
    revisions::raise(&tx, &[]).await?;
    persistence::db::commit(tx).await?;
    if let Err(error) = services.memory.look(&services.db).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the catalogue's revision cannot be read");
    }
    // Limits of rate are counted by what is in memory.
    in_force(services).await;
    public_change::tell(services);
    Ok(after)
}

fn problems(services: &Services, ctx: &Ctx, wanted: Option<&Setting>, reason: &str) -> Vec<FieldProblem> {
    let limits = services.settings.environment();
    let mut problems = wanted.map(|setting| setting.problems(limits, ctx.now)).unwrap_or_default();
    if reason.trim().is_empty() {
        problems.push(FieldProblem::required("reason"));
    }
    check_optional(&mut problems, "reason", reason, MAX_SHORT_REASON, true);
    problems
}

/// The caller, if they may change this setting.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub fn changer(ctx: &Ctx, name: SettingName) -> Result<&Caller, Refusal> {
    let caller = ctx.caller()?;
    let rights = name.changed_with();
    if rights.iter().any(|right| caller.may(*right)) {
        return Ok(caller);
    }
    Err(forbidden(rights.first().copied().unwrap_or(Permission::SettingsWrite)))
}

fn must_see(ctx: &Ctx) -> Result<()> {
    let caller = ctx.caller()?;
    if !caller.may(Permission::SettingsWrite) {
        operations::watcher(ctx)?;
    }
    Ok(())
}

fn sheet(services: &Services, name: SettingName, stored: Option<StoredSetting>) -> SettingSheet {
    let default = name.default_value(services.settings.environment());
    match stored {
        Some(stored) => {
            SettingSheet { name, set: stored.value, default, revision: stored.revision, changed: Some(stored.changed) }
        }
        None => SettingSheet { name, set: None, default, revision: UNSET, changed: None },
    }
}

/// What is in force, as records tell it.
fn value_of(sheet: &SettingSheet) -> Result<Value> {
    let value = sheet.in_force().map(Setting::value).transpose();
    value
        .map(Option::unwrap_or_default)
        .map_err(|e| ServiceError::Internal(format!("a setting without JSON form: {e}")))
}

#[cfg(test)]
mod tests {
    use domain::policy::{Grant, Role};

    use super::*;

    #[test]
    fn limits_of_rate_are_changed_by_operators_and_whatever_else_by_administrators_alone() {
        let may = |role: Role, name: SettingName| {
            let caller = Caller { grants: vec![Grant::of(role)], all_permissions: false, ..Caller::system("test") };
            let ctx = Ctx { caller: Some(caller), ..Ctx::public(chrono::DateTime::UNIX_EPOCH, String::new()) };
            changer(&ctx, name).is_ok()
        };
        for name in SettingName::ALL {
            assert!(may(Role::Admin, *name) && !may(Role::Editor, *name), "{name}");
            assert_eq!(may(Role::Operator, *name), *name == SettingName::RateLimits, "{name}");
        }
    }

    #[test]
    fn everybody_approves_their_own_where_four_eyes_are_switched_off() {
        let caller = Caller::system("test");
        let (on, off) = (Office::default(), Office { four_eyes: false, ..Office::default() });
        assert!(!caller_under(&on, caller.clone()).approve_own);
        assert!(caller_under(&off, caller.clone()).waives_four_eyes_of(&caller.actor));
        assert!(caller_under(&on, Caller { approve_own: true, ..caller }).approve_own);
    }
}
