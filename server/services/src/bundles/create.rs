//! Beginning, editing and deleting a bundle.

use domain::actor::Caller;
use domain::bundle::{Bundle, BundleAction, BundleDetails, BundleState, ContentItem};
use domain::policy::Permission;
use domain::refusal::{Blocker, FieldProblem, Refusal, all_valid};
use persistence::{PersistenceError, Tx, bundles, teams};

use crate::{Ctx, Result, Services, ids, records};

const TITLE_TAKEN: &str = "Another bundle that is not yet published has this title. Choose another.";

/// Begins an empty bundle.
pub async fn create(services: &Services, ctx: &Ctx, details: BundleDetails) -> Result<Bundle> {
    let tx = services.db.begin().await?;
    let bundle = create_in(&tx, ctx, details).await?;
    persistence::db::commit(tx).await?;
    tracing::info!(bundle.id = %bundle.id, "bundle created");
    Ok(bundle)
}

/// Begins an empty bundle as a part of a transaction.
pub(super) async fn create_in(tx: &Tx, ctx: &Ctx, details: BundleDetails) -> Result<Bundle> {
    let caller = ctx.caller_with(Permission::BundlesWrite)?;
    check_details(tx, &details).await?;
    let bundle = Bundle {
        id: ids::new_id(ctx.now),
        details,
        state: BundleState::Created,
        item_count: 0,
        created_by: caller.actor.clone(),
        created_at: ctx.now,
        last_edited_by: caller.actor.clone(),
        last_modified: ctx.now,
        attempts: 0,
        revision: 1,
    };
    title_must_be_free(tx, caller, &bundle).await?;
    unless_title_taken(bundles::insert(tx, &bundle).await)?;
    records::change(tx, ctx, caller, records::bundle(&bundle.id), "created", &(), &bundle.details).await?;
    Ok(bundle)
}

/// Replaces what is said about a bundle in preparation.
pub async fn edit(services: &Services, ctx: &Ctx, id: &str, expected: i64, details: BundleDetails) -> Result<Bundle> {
    let tx = services.db.begin().await?;
    let (mut bundle, _, caller) = super::find_to_change(&tx, ctx, Permission::BundlesWrite, id).await?;
    check_details(&tx, &details).await?;
    super::must_be_current(&bundle, Some(expected))?;
    BundleAction::Edit.check_from(bundle.stage())?;
    let before = std::mem::replace(&mut bundle.details, details);
    bundle.last_edited_by = caller.actor.clone();
    bundle.last_modified = ctx.now;
    title_must_be_free(&tx, caller, &bundle).await?;
    if !unless_title_taken(bundles::save_details(&tx, &bundle).await)? {
        return Err(Refusal::Stale.into());
    }
    records::change(&tx, ctx, caller, records::bundle(id), "edited", &before, &bundle.details).await?;
    persistence::db::commit(tx).await?;
    bundle.revision += 1;
    Ok(bundle)
}

/// Deletes a bundle in preparation; its versions stay.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, expected: Option<i64>) -> Result<()> {
    let tx = services.db.begin().await?;
    let (bundle, items, caller) = super::find_to_change(&tx, ctx, Permission::BundlesWrite, id).await?;
    super::must_be_current(&bundle, expected)?;
    BundleAction::Delete.check_from(bundle.stage())?;
    if !bundles::delete(&tx, &bundle).await? {
        return Err(Refusal::Stale.into());
    }
    let contents: Vec<String> = items.iter().map(ContentItem::reference).collect();
    let details = serde_json::json!({"title": bundle.details.title, "contents": contents});
    let entry = records::Entry::new(ctx, &caller.actor, records::bundle(id), "deleted").details(details);
    entry.change(&bundle.details, &())?.write(&tx);
    Ok(persistence::db::commit(tx).await?)
}

async fn check_details(tx: &Tx, details: &BundleDetails) -> Result<()> {
    let mut problems = details.problems();
    if !details.preview_teams.is_empty() {
        let teams = teams::list(tx).await?;
        for (i, id) in details.preview_teams.iter().enumerate() {
            if !teams.iter().any(|team| team.id == *id) {
                problems.push(FieldProblem::new(
                    &format!("preview_teams.{i}"),
                    "unknown",
                    format!("There is no team {id}."),
                ));
            }
        }
    }
    Ok(all_valid(problems)?)
}

/// Refuses a title that another bundle not yet published has; which one is told to those who may see it.
async fn title_must_be_free(tx: &Tx, caller: &Caller, bundle: &Bundle) -> Result<()> {
    let other = bundles::find_open_titled_visible_to(tx, caller, &bundle.details.title).await?;
    let Some(other) = other.filter(|other| other.id != bundle.id) else { return Ok(()) };
    Err(Refusal::Blocked {
        message: TITLE_TAKEN.to_owned(),
        blockers: vec![Blocker::new("title_taken", TITLE_TAKEN).about(other.id.clone(), Some(other.admin_path()))],
    }
    .into())
}

fn unless_title_taken<T>(outcome: persistence::error::Result<T>) -> Result<T> {
    match outcome {
        Err(PersistenceError::Duplicate(_)) => Err(Refusal::blocked("title_taken", TITLE_TAKEN).into()),
        other => Ok(other?),
    }
}
