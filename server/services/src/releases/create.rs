//! Beginning an entry of the calendar.

use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::release::{Release, ReleaseDate, ReleaseDetails, ReleaseState};
use domain::slug::Slug;
use persistence::releases;

use super::{bundle_named, department_problem, instant_of, may, unless_taken};
use crate::ctx::forbidden;
use crate::{Ctx, Result, Services, records};

/// An entry to begin.
#[derive(Clone, Debug)]
pub struct NewRelease {
    /// The slug; made of the title where none is given.
    pub id: Option<String>,
    /// What editors say about it.
    pub details: ReleaseDetails,
    /// When it will come, as far as that is known; a scheduled bundle's instant goes before.
    pub date: ReleaseDate,
    /// The bundle that will publish it.
    pub bundle_id: Option<String>,
}

/// Begins an entry; the public sees nothing of it until it is announced.
pub async fn create(services: &Services, ctx: &Ctx, new: NewRelease) -> Result<Release> {
    let caller = ctx.caller_with(Permission::ReleasesWrite)?;
    let tx = services.db.begin().await?;
    let mut problems = new.details.problems();
    let id = match &new.id {
        Some(id) => Slug::parse_beside_new("id", id).map_err(|problem| problems.push(problem)).ok(),
        None if new.details.title.trim().is_empty() => None,
        None => {
            Slug::made_of("id", &new.details.title).map(Slug::beside_new).map_err(|problem| problems.push(problem)).ok()
        }
    };
    problems.extend(department_problem(&tx, new.details.department.as_deref()).await?);
    if new.date.instant().is_some_and(|at| at <= ctx.now) {
        problems.push(FieldProblem::new("release_date", "not_in_future", "Choose an instant in the future."));
    }
    let mut date = new.date;
    if let Some(bundle_id) = &new.bundle_id {
        match bundle_named(&tx, caller, bundle_id).await? {
            Ok(bundle) => date = instant_of(&bundle).unwrap_or(date),
            Err(problem) => problems.push(problem),
        }
    }
    all_valid(problems)?;
    if !may(caller, Permission::ReleasesWrite, new.details.department.as_deref()) {
        return Err(forbidden(Permission::ReleasesWrite).into());
    }
    let release = Release {
        id: id.map(String::from).ok_or(Refusal::NotFound)?,
        details: new.details,
        state: ReleaseState::Draft,
        date,
        bundle_id: new.bundle_id,
        changes: Vec::new(),
        announced_at: None,
        published_at: None,
        created_by: caller.actor.clone(),
        created_at: ctx.now,
        last_edited_by: caller.actor.clone(),
        last_modified: ctx.now,
        revision: 1,
    };
    unless_taken(releases::insert(&tx, &release).await, &release)?;
    records::change(&tx, ctx, caller, records::release(&release.id), "created", &(), &release).await?;
    persistence::db::commit(tx).await?;
    Ok(release)
}
