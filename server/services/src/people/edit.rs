//! Editing an account.

use domain::people::User;
use domain::policy::{Grant, Permission};
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::text::{check_email, check_line};
use persistence::{PersistenceError, accounts, people, sessions};
use serde::Serialize;

use crate::accounts::{end_links_of, end_tokens_of, forget_devices_of};
use crate::rights::{self, Rights};
use crate::{Ctx, Result, Services, records};

/// What can be changed of an account.
#[derive(Clone, Debug, Serialize)]
pub struct Details {
    /// The address to sign in with.
    pub email: String,
    /// The name shown to colleagues.
    pub name: String,
    /// Whether sign-in is refused.
    pub disabled: bool,
    /// What the person may do.
    pub grants: Vec<Grant>,
}

impl From<&User> for Details {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.clone(),
            name: user.name.clone(),
            disabled: user.disabled,
            grants: user.grants.clone(),
        }
    }
}

/// Replaces what is said of an account; `found` is what was wrong with the request already. The sessions of a disabled account,
/// the tokens that it made for itself and its remembered devices end at once; links into an account end with it, and with the
/// address they went to.
pub async fn edit(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    expected: i64,
    mut details: Details,
    found: Vec<FieldProblem>,
) -> Result<User> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let held = super::find(services, ctx, id).await?.grants;
    details.email = details.email.trim().to_lowercase();
    let mut problems = found;
    check_email(&mut problems, "email", &details.email);
    check_line(&mut problems, "name", &details.name, 200);
    problems.extend(rights::problems_of(services, "grants", &details.grants, &held, ctx.now).await?);
    all_valid(problems)?;

    let tx = services.db.begin().await?;
    let rights = Rights::before(&tx, by).await?;
    let before = accounts::find_user(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if before.revision != expected {
        return Err(Refusal::Stale.into());
    }
    let user = User {
        email: details.email,
        name: details.name,
        disabled: details.disabled,
        grants: rights::with_ids(ctx, details.grants, &before.grants),
        last_edited: ctx.now,
        ..before.clone()
    };
    match people::replace(&tx, &user, ctx.now).await {
        Err(PersistenceError::Duplicate(_)) => return Err(email_taken().into()),
        Ok(false) => return Err(Refusal::Stale.into()),
        other => other?,
    };
    rights.must_hold_after(&tx, by).await?;
    if user.disabled {
        sessions::delete_of_user(&tx, id).await?;
        end_tokens_of(&tx, ctx, by, id).await?;
        forget_devices_of(&tx, ctx, by, id).await?;
    }
    if user.disabled || user.email != before.email {
        end_links_of(&tx, ctx, by, id).await?;
    }
    let event = match (before.disabled, user.disabled) {
        (false, true) => "disabled",
        (true, false) => "enabled",
        _ => "edited",
    };
    records::change(&tx, ctx, by, records::user(id), event, &Details::from(&before), &Details::from(&user)).await?;
    persistence::db::commit(tx).await?;
    Ok(User { revision: user.revision + 1, ..user })
}

/// The refusal of an address that another account has.
pub(crate) fn email_taken() -> Refusal {
    Refusal::blocked("email_taken", "There is an account with this e-mail address already.")
}
