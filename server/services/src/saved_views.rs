//! Views of the portal's lists that somebody keeps under a name, alone or for a team.

use domain::actor::Caller;
use domain::refusal::{FieldProblem, Refusal};
use domain::saved_view::{ListOfViews, MOST, SavedView, SavedViews, kept_query};
use persistence::{saved_views, teams};
use serde_json::json;

use crate::records::{self, About};
use crate::{Ctx, Result, Services, ids};

/// The views of a list that the caller keeps or a team of theirs sees, by name.
pub async fn list(services: &Services, ctx: &Ctx, list: ListOfViews) -> Result<SavedViews> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let own_team = |team: &domain::people::Team| caller.teams.contains(&team.id);
    let known = if caller.teams.is_empty() { Vec::new() } else { teams::list(db).await? };
    Ok(SavedViews {
        views: saved_views::list_seen_by(db, list, &caller.actor.id, &caller.teams).await?,
        teams: known.into_iter().filter(own_team).map(|team| (team.id, team.name)).collect(),
    })
}

/// Keeps filters under a name; a team that sees them has to be one of the caller's.
///
/// # Errors
/// `Invalid` for a name that is empty, too long or used already, filters that cannot be kept, and a strange team.
pub async fn save(
    services: &Services,
    ctx: &Ctx,
    list: ListOfViews,
    query: &str,
    name: &str,
    team: Option<String>,
) -> Result<SavedView> {
    let caller = ctx.caller()?;
    let view = SavedView {
        id: ids::new_id(ctx.now),
        list,
        name: name.trim().to_owned(),
        query: kept_query(query),
        owner_id: caller.actor.id.clone(),
        owner_name: caller.actor.name.clone(),
        team,
        created_at: ctx.now,
    };
    let mut problems = view.problems();
    if view.team.as_ref().is_some_and(|team| !caller.teams.contains(team)) {
        problems.push(FieldProblem::new("team", "unknown", "Choose one of your teams."));
    }
    let tx = services.db.begin().await?;
    let kept = saved_views::list_of(&tx, list, &caller.actor.id).await?;
    if kept.iter().any(|kept| kept.name == view.name) {
        problems.push(FieldProblem::new(
            "name",
            "taken",
            "You have a view of this name. Delete it first, or choose another name.",
        ));
    }
    domain::refusal::all_valid(problems)?;
    if kept.len() >= MOST {
        return Err(
            Refusal::blocked("too_many_views", format!("{MOST} views of a list are kept. Delete one first.")).into()
        );
    }
    match saved_views::insert(&tx, &view).await {
        // Sent twice at once: the other was faster.
        Err(persistence::PersistenceError::Duplicate(_)) => {
            return Err(Refusal::field("name", "taken", "You have a view of this name.").into());
        }
        other => other?,
    }
    record(&tx, ctx, caller, &view, "created").await?;
    persistence::db::commit(tx).await?;
    Ok(view)
}

/// Gives up a view that the caller keeps.
///
/// # Errors
/// `NotFound` for one that does not exist or that somebody else keeps.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str) -> Result<SavedView> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let found = saved_views::find_of(&tx, id, &caller.actor.id).await?.ok_or(Refusal::NotFound)?;
    saved_views::delete(&tx, id).await?;
    record(&tx, ctx, caller, &found, "deleted").await?;
    persistence::db::commit(tx).await?;
    Ok(found)
}

async fn record(tx: &persistence::Tx, ctx: &Ctx, by: &Caller, view: &SavedView, event: &str) -> Result<()> {
    let about = About { resource_type: "saved_view", resource_id: &view.id };
    let details = json!({"list": view.list, "name": view.name, "query": view.query, "team": view.team});
    records::note(tx, ctx, by, about, event, details).await
}
