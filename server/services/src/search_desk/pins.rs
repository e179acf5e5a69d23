//! Datasets that come first for a query.

use std::collections::HashSet;

use domain::policy::Reach;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::search_desk::{MAX_PINS, Pin, PinSight, pin_problems};
use persistence::{PersistenceError, datasets, search_desk};
use search::normalised;
use serde_json::json;

use super::{begin, finish, reader};
use crate::records::{self, About};
use crate::{Ctx, Result, Services, ids, topics};

/// The queries for which datasets come first, by their words, with which of these datasets are public.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub async fn list_pins(services: &Services, ctx: &Ctx) -> Result<Vec<PinSight>> {
    reader(ctx)?;
    pins_seen(services, search_desk::pins(services.db.pool()).await?).await
}

/// One of them.
///
/// # Errors
/// `NotFound` where there is none with this id; `Unauthenticated` or `Forbidden` without the right.
pub async fn find_pin(services: &Services, ctx: &Ctx, id: &str) -> Result<PinSight> {
    reader(ctx)?;
    let all = search_desk::pins(services.db.pool()).await?;
    let found = all.into_iter().find(|pin| pin.id == id).ok_or(Refusal::NotFound)?;
    let public = public_of(services, std::slice::from_ref(&found)).await?;
    Ok(sight(found, &public))
}

/// The pins, with which of their datasets are public.
pub(super) async fn pins_seen(services: &Services, pins: Vec<Pin>) -> Result<Vec<PinSight>> {
    let public = public_of(services, &pins).await?;
    Ok(pins.into_iter().map(|pin| sight(pin, &public)).collect())
}

/// Those of the pinned datasets that are public.
async fn public_of(services: &Services, pins: &[Pin]) -> Result<HashSet<String>> {
    let ids: Vec<&str> = pins.iter().flat_map(|pin| &pin.datasets).map(String::as_str).collect();
    let public = datasets::list_of_visible_to(services.db.pool(), &Reach::PublishedOnly, &ids).await?;
    Ok(public.into_iter().map(|dataset| dataset.id).collect())
}

fn sight(pin: Pin, public: &HashSet<String>) -> PinSight {
    let shown = pin.datasets.iter().filter(|id| public.contains(*id)).cloned().collect();
    PinSight { pin, shown }
}

/// Puts datasets first for a query; those that are not public, or not yet, show to nobody until they are.
///
/// # Errors
/// `Invalid` for a query without words, ids of no dataset that the caller may see, or too many; `Blocked` where the query has some already, or too many
/// queries have; `Unauthenticated` or `Forbidden` without the right.
pub async fn add_pin(services: &Services, ctx: &Ctx, query: &str, datasets: Vec<String>) -> Result<PinSight> {
    let caller = topics::editor(ctx)?;
    let query = normalised(query);
    all_valid(pin_problems(&query, &datasets))?;
    all_valid(unknown_among(services, ctx, &datasets).await?)?;
    let tx = begin(services).await?;
    let all = search_desk::pins(&tx).await?;
    let taken = || Refusal::blocked("pinned_already", "Datasets come first for this query already. Remove that first.");
    if all.iter().any(|pin| pin.query == query) {
        return Err(taken().into());
    }
    if all.len() >= MAX_PINS {
        let message = format!("{MAX_PINS} queries have datasets that come first. Remove one first.");
        return Err(Refusal::blocked("too_many_pins", message).into());
    }
    let changed_by = caller.actor.name.clone();
    let pin = Pin { id: ids::new_id(ctx.now), query, datasets, changed_by, changed_at: ctx.now };
    match search_desk::insert_pin(&tx, &pin).await {
        Err(PersistenceError::Duplicate(_)) => return Err(taken().into()),
        other => other?,
    }
    records::change(&tx, ctx, caller, about(&pin.id), "created", &(), &told(&pin)).await?;
    finish(services, tx).await?;
    let public = public_of(services, std::slice::from_ref(&pin)).await?;
    Ok(sight(pin, &public))
}

/// The ids that name no dataset; one that the caller may not see is refused as one that is not there.
async fn unknown_among(services: &Services, ctx: &Ctx, wanted: &[String]) -> Result<Vec<FieldProblem>> {
    let ids: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let seen = datasets::list_of_visible_to(services.db.pool(), &ctx.reach(), &ids).await?;
    let is_unknown = |id: &&&str| seen.iter().all(|dataset| dataset.id != **id);
    let problem = |id: &&str| FieldProblem::new("datasets", "unknown", format!("There is no dataset {id}."));
    Ok(ids.iter().filter(is_unknown).map(problem).collect())
}

/// Puts nothing first for a query any more.
///
/// # Errors
/// `NotFound` where nothing is; `Unauthenticated` or `Forbidden` without the right.
pub async fn remove_pin(services: &Services, ctx: &Ctx, id: &str) -> Result<Pin> {
    let caller = topics::editor(ctx)?;
    let tx = begin(services).await?;
    let found = search_desk::pins(&tx).await?.into_iter().find(|pin| pin.id == id).ok_or(Refusal::NotFound)?;
    if !search_desk::delete_pin(&tx, id).await? {
        return Err(Refusal::NotFound.into());
    }
    records::change(&tx, ctx, caller, about(id), "deleted", &told(&found), &()).await?;
    finish(services, tx).await?;
    Ok(found)
}

const fn about(id: &str) -> About<'_> {
    About { resource_type: "search_pin", resource_id: id }
}

fn told(pin: &Pin) -> serde_json::Value {
    json!({"query": pin.query, "datasets": pin.datasets})
}
