//! Taking something for review and giving it up: others are told, and nobody is kept from it.

use std::collections::BTreeMap;

use domain::actor::Caller;
use domain::bundle::BundleStage;
use domain::policy::{Grant, Permission};
use domain::refusal::Refusal;
use domain::review::{Claim, Reviewed};
use domain::version::VersionState;
use persistence::people::{self, UserFilter};
use persistence::{Tx, contents, review_claims, teams};
use serde_json::json;

use crate::records::{self, About};
use crate::{Ctx, Result, Services, accounts, bundles, versions};

/// Notes that the caller reviews a version or bundle that waits for it, in place of who did before; it ends with the decision.
///
/// # Errors
/// `NotFound` for what is hidden, `Forbidden` for who does not review it, `Blocked` where it waits no more.
pub async fn claim(services: &Services, ctx: &Ctx, of: &Reviewed) -> Result<Claim> {
    let tx = services.db.begin().await?;
    must_review(&tx, ctx, of).await?;
    let caller = ctx.caller()?;
    let before = review_claims::of_all(&tx, std::slice::from_ref(of)).await?.remove(of);
    let claim = Claim { of: of.clone(), by: caller.actor.clone(), since: ctx.now };
    if let Some(known) = before.as_ref().filter(|known| known.by.id == caller.actor.id) {
        return Ok(known.clone());
    }
    review_claims::save(&tx, &claim).await?;
    let details = json!({"taken_over_from": before.map(|before| before.by.name)});
    records::note(&tx, ctx, caller, about(of), "review_claimed", details).await?;
    persistence::db::commit(tx).await?;
    Ok(claim)
}

/// Gives up what the caller has taken.
///
/// # Errors
/// `Blocked` where the caller has not taken it.
pub async fn release(services: &Services, ctx: &Ctx, of: &Reviewed) -> Result<()> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    if !review_claims::give_up(&tx, of, &caller.actor.id).await? {
        return Err(Refusal::blocked("not_claimed", "You are not reviewing this.").into());
    }
    records::note(&tx, ctx, caller, about(of), "review_released", json!({})).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Those who may be asked to review bundles, by id: with a right of their own, of a team or of their groups at the provider.
///
/// # Errors
/// What the database refuses.
pub async fn reviewers(services: &Services, ctx: &Ctx) -> Result<BTreeMap<String, String>> {
    let db = services.db.pool();
    let reviews =
        |grants: &[Grant]| grants.iter().any(|grant| grant.is_live(ctx.now) && grant.holds(Permission::BundlesReview));
    let mut through: Vec<String> = Vec::new();
    let of_teams = teams::list(db).await?.into_iter().filter(|team| reviews(&team.grants));
    through.extend(of_teams.flat_map(|team| team.members));
    let of_groups = accounts::all_group_grants(services).await?.into_iter().filter(|(_, grants)| reviews(grants));
    through.extend(of_groups.map(|(id, _)| id));
    let filter = UserFilter { disabled: Some(false), ..UserFilter::default() };
    let people = people::list(db, &filter).await?.into_iter();
    let people = people.filter(|user| reviews(&user.grants) || through.contains(&user.id));
    Ok(people.map(|user| (user.id, user.name)).collect())
}

/// Asks somebody to review these bundles, in place of whoever did: they are told, and others see it. All of them, or none;
/// the name of who is asked.
///
/// # Errors
/// `Invalid` where nothing is chosen, or somebody who may not review one of them; `NotFound`, `Forbidden` and `Blocked` as for
/// who takes one themselves.
pub async fn ask(services: &Services, ctx: &Ctx, ids: &[String], to: &str) -> Result<String> {
    let by = ctx.caller_with(Permission::BundlesReview)?;
    if ids.is_empty() {
        return Err(Refusal::field("chosen", "required", "Tick the bundles that are to be reviewed.").into());
    }
    let unknown = || Refusal::field("to", "unknown", "Choose somebody who reviews bundles.");
    let asked = accounts::by_user_id(services, ctx, to).await?.ok_or_else(unknown)?;
    let tx = services.db.begin().await?;
    for id in ids {
        let of = Reviewed::Bundle(id.clone());
        must_review(&tx, ctx, &of).await?;
        if let Some(why) = unfit(&tx, &asked, id).await? {
            return Err(Refusal::field("to", "unfit", why).into());
        }
        review_claims::save(&tx, &Claim { of: of.clone(), by: asked.actor.clone(), since: ctx.now }).await?;
        let details = json!({"asked": asked.actor.name, "asked_id": asked.actor.id});
        records::note(&tx, ctx, by, about(&of), "review_asked", details).await?;
    }
    persistence::db::commit(tx).await?;
    Ok(asked.actor.name)
}

/// Why somebody cannot be asked to review a bundle, in a sentence.
async fn unfit(tx: &Tx, asked: &Caller, id: &str) -> Result<Option<String>> {
    let name = &asked.actor.name;
    let out_of_reach = || format!("{name} may not review every one of these bundles.");
    let Some(bundle) = persistence::bundles::find_visible_to(tx, asked, id).await? else {
        return Ok(Some(out_of_reach()));
    };
    let items = contents::list_of_bundle(tx, id).await?;
    let reach = asked.reach(Permission::BundlesReview);
    if !asked.may(Permission::BundlesReview) || !contents::all_reached(&reach, &items) {
        return Ok(Some(out_of_reach()));
    }
    let is_own = !bundle.own_work(&items, asked).is_empty();
    Ok(is_own.then(|| format!("{name} prepared the bundle {}, so somebody else reviews it.", bundle.details.title)))
}

/// Refuses whoever does not review this, and where it does not wait for review.
async fn must_review(tx: &Tx, ctx: &Ctx, of: &Reviewed) -> Result<()> {
    let waits = match of {
        Reviewed::Version(reference) => {
            let key = versions::read_key(reference).ok_or(Refusal::NotFound)?;
            let (version, _) = versions::find_to_change(tx, ctx, Permission::VersionsApprove, &key).await?;
            version.state == VersionState::Submitted
        }
        Reviewed::Bundle(id) => {
            // Whoever approves bundles also reviews them; either way the right reaches everything in it.
            let (bundle, ..) = bundles::find_to_change(tx, ctx, Permission::BundlesReview, id).await?;
            bundle.stage() == BundleStage::ReadyForReview
        }
    };
    if waits {
        Ok(())
    } else {
        Err(Refusal::blocked("not_in_review", "This does not wait for review any more.").into())
    }
}

fn about(of: &Reviewed) -> About<'_> {
    match of {
        Reviewed::Version(reference) => records::version(reference),
        Reviewed::Bundle(id) => records::bundle(id),
    }
}
