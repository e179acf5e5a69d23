//! Old versions leave standard storage by a policy of their department: shown before, held back where somebody needs them, undone
//! by restoring.

use domain::archiving::{ArchivePolicy, Candidate, Fate};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::version::VersionAction;
use persistence::{archiving, topics};
use serde_json::json;

use crate::ctx::forbidden;
use crate::records::{self, About};
use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services};

/// So many archived versions are listed.
const MOST_ARCHIVED: u64 = 500;

/// What a policy does with each published version of a department.
#[derive(Clone, Debug)]
pub struct Report {
    /// The policy that was asked about.
    pub policy: ArchivePolicy,
    /// Every published version, the newest of each edition first, with what becomes of it.
    pub versions: Vec<(Candidate, Fate)>,
}

impl Report {
    /// How many versions leave standard storage, and their bytes.
    #[must_use]
    pub fn leaving(&self) -> (usize, u64) {
        let leaving = self.versions.iter().filter(|(_, fate)| *fate == Fate::Archive);
        leaving.fold((0, 0), |(count, bytes), (candidate, _)| (count + 1, bytes + candidate.bytes))
    }
}

/// The policy of a department with its revision.
///
/// # Errors
/// `NotFound` for an unknown department, `Forbidden` without the right to archive there.
pub async fn policy(services: &Services, ctx: &Ctx, department: &str) -> Result<(ArchivePolicy, i64)> {
    must_archive_in(services, ctx, department).await?;
    Ok(archiving::policy_of(services.db.pool(), department).await?)
}

/// Sets the policy of a department, on condition that it is of this revision.
///
/// # Errors
/// As `policy`; `Invalid` with everything that is wrong; `Stale` where somebody else changed it.
pub async fn set_policy(
    services: &Services,
    ctx: &Ctx,
    department: &str,
    policy: ArchivePolicy,
    revision: i64,
) -> Result<(ArchivePolicy, i64)> {
    must_archive_in(services, ctx, department).await?;
    all_valid(policy.problems())?;
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let (before, _) = archiving::policy_of(&tx, department).await?;
    if !archiving::set_policy(&tx, department, &policy, revision).await? {
        return Err(Refusal::Stale.into());
    }
    let about = About { resource_type: "department", resource_id: department };
    records::change(&tx, ctx, caller, about, "archive_policy_changed", &before, &policy).await?;
    persistence::db::commit(tx).await?;
    Ok((policy, revision + 1))
}

/// What the department's policy, or another that is tried out, would do now; nothing is changed.
///
/// # Errors
/// As `policy`.
pub async fn report(services: &Services, ctx: &Ctx, department: &str, tried: Option<ArchivePolicy>) -> Result<Report> {
    let (kept, _) = policy(services, ctx, department).await?;
    let policy = tried.unwrap_or(kept);
    let found = archiving::candidates(services.db.pool(), department).await?;
    let fate = |candidate: Candidate| {
        let fate = policy.fate(&candidate, ctx.now);
        (candidate, fate)
    };
    Ok(Report { versions: found.into_iter().map(fate).collect(), policy })
}

/// The archived versions of a department, by dataset, edition and number.
///
/// # Errors
/// As `policy`.
pub async fn archived(services: &Services, ctx: &Ctx, department: &str) -> Result<Vec<(String, String, u32)>> {
    must_archive_in(services, ctx, department).await?;
    Ok(archiving::archived(services.db.pool(), department, MOST_ARCHIVED).await?)
}

/// Why a version is held in standard storage, if it is.
///
/// # Errors
/// `NotFound` where the caller may not see the version.
pub async fn hold_of(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<Option<String>> {
    let version = crate::versions::find(services, ctx, key).await?;
    Ok(archiving::hold_of(services.db.pool(), &version.id).await?)
}

/// Holds a version in standard storage whatever the policy says.
///
/// # Errors
/// `Invalid` without a reason, and the refusals of the right to archive.
pub async fn hold(services: &Services, ctx: &Ctx, key: &VersionKey, reason: &str) -> Result<()> {
    let mut problems = Vec::new();
    if reason.trim().is_empty() {
        problems.push(FieldProblem::required("reason"));
    }
    domain::text::check_optional(&mut problems, "reason", reason, domain::text::MAX_SHORT_REASON, true);
    all_valid(problems)?;
    let tx = services.db.begin().await?;
    let (version, caller) = crate::versions::find_to_change(&tx, ctx, Permission::VersionsArchive, key).await?;
    archiving::hold(&tx, &version.id, reason, &caller.actor.id, ctx.now).await?;
    let reference = version.reference();
    records::note(&tx, ctx, caller, records::version(&reference), "archive_held", json!({"reason": reason})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Lets a version go again.
///
/// # Errors
/// `NotFound` where it was not held.
pub async fn release(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<()> {
    let tx = services.db.begin().await?;
    let (version, caller) = crate::versions::find_to_change(&tx, ctx, Permission::VersionsArchive, key).await?;
    if !archiving::release(&tx, &version.id).await? {
        return Err(Refusal::NotFound.into());
    }
    let reference = version.reference();
    records::note(&tx, ctx, caller, records::version(&reference), "archive_released", json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Archives what the policies say, each version in a transaction of its own; answers how many.
///
/// One that cannot be archived is logged and does not keep the others.
///
/// # Errors
/// Where the policies or the versions cannot be read.
pub async fn carry_out(services: &Services) -> Result<u64> {
    let mut archived = 0;
    let ctx = Ctx::system("archive policy", services.clock.now());
    for (department, policy) in archiving::enabled(services.db.pool()).await? {
        for candidate in archiving::candidates(services.db.pool(), &department).await? {
            if policy.fate(&candidate, ctx.now) != Fate::Archive {
                continue;
            }
            let Candidate { dataset_id, edition, version, .. } = candidate;
            let key = VersionKey { dataset_id, edition, version };
            let reason = Some(format!("The archive policy of {department}"));
            match crate::versions::take_step(services, &ctx, &key, VersionAction::Archive, None, reason).await {
                Ok(_) => archived += 1,
                // Somebody was faster.
                Err(ServiceError::Refused(_)) => {}
                Err(error) => {
                    tracing::error!(version = ?key, error = &error as &dyn std::error::Error, "a version cannot be archived");
                }
            }
        }
    }
    Ok(archived)
}

async fn must_archive_in(services: &Services, ctx: &Ctx, department: &str) -> Result<()> {
    let caller = ctx.caller()?;
    if !topics::department_exists(services.db.pool(), department).await? {
        return Err(Refusal::NotFound.into());
    }
    if !caller.may_for(Permission::VersionsArchive, department, "") {
        return Err(forbidden(Permission::VersionsArchive).into());
    }
    Ok(())
}
