//! Taking something for review and giving it up: others are told, and nobody is kept from it.

use domain::bundle::BundleStage;
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::review::{Claim, Reviewed};
use domain::version::VersionState;
use persistence::{Tx, review_claims};
use serde_json::json;

use crate::records::{self, About};
use crate::{Ctx, Result, Services, bundles, versions};

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
