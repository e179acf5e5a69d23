//! What the owner of a subscription sees and does, by the token of its letters and messages.

use domain::refusal::Refusal;
use domain::subscription::{Subscription, SubscriptionState, SubscriptionView, Target, TargetView};
use persistence::subscriptions;

use super::keys::{managed, management_token};
use super::page::names;
use crate::{Ctx, Result, Services};

/// The subscription with this id, for whoever shows its token; any other is not found.
pub async fn find(services: &Services, ctx: &Ctx, id: &str, token: &str) -> Result<Subscription> {
    let found = by_token(services, ctx, token).await?;
    Ok(found.filter(|subscription| subscription.id == id).ok_or(Refusal::NotFound)?)
}

/// The live subscription that a token belongs to.
async fn by_token(services: &Services, ctx: &Ctx, token: &str) -> Result<Option<Subscription>> {
    let Some(id) = managed(services, token) else { return Ok(None) };
    let found = subscriptions::find(services.db.pool(), id).await?;
    Ok(found.filter(|subscription| subscription.is_live(ctx.now)))
}

/// What the subscriber behind a token is told of, each target once and that of the token first; nothing where the token's
/// subscription is over or was never there.
pub async fn of_subscriber(services: &Services, ctx: &Ctx, token: &str) -> Result<Vec<SubscriptionView>> {
    let Some(own) = by_token(services, ctx, token).await? else { return Ok(Vec::new()) };
    let db = services.db.pool();
    let others = match subscriptions::subscriber_of(db, &own.id).await? {
        Some(who) => subscriptions::confirmed_of(db, &who).await?,
        None => Vec::new(),
    };
    let mut shown: Vec<Subscription> = Vec::new();
    for subscription in std::iter::once(own).chain(others) {
        if shown.iter().all(|one| one.target != subscription.target) {
            shown.push(subscription);
        }
    }
    let targets: Vec<Target> = shown.iter().map(|one| one.target.clone()).collect();
    let named = names(services, &targets).await?;
    let view = |(one, target): (Subscription, TargetView)| SubscriptionView {
        token: management_token(services, &one.id),
        target,
        confirmed: matches!(one.state, SubscriptionState::Confirmed { .. }),
    };
    Ok(shown.into_iter().zip(named).map(view).collect())
}

/// Ends the subscription of a token, and any other of its subscriber to the same; one that is over stays so.
pub async fn end(services: &Services, ctx: &Ctx, token: &str) -> Result<()> {
    if let Some(found) = by_token(services, ctx, token).await? {
        end_of(services, ctx, &found).await?;
    }
    Ok(())
}

/// Ends a subscription that was found, and any other of its subscriber to the same.
pub async fn end_of(services: &Services, ctx: &Ctx, found: &Subscription) -> Result<()> {
    let tx = services.db.begin().await?;
    if let Some(who) = subscriptions::subscriber_of(&tx, &found.id).await? {
        subscriptions::end_to(&tx, &who, &found.target, None, ctx.now).await?;
    }
    Ok(persistence::db::commit(tx).await?)
}

/// Ends all subscriptions of the subscriber behind a token.
pub async fn end_all(services: &Services, ctx: &Ctx, token: &str) -> Result<()> {
    let Some(found) = by_token(services, ctx, token).await? else { return Ok(()) };
    let tx = services.db.begin().await?;
    if let Some(who) = subscriptions::subscriber_of(&tx, &found.id).await? {
        subscriptions::end_all_of(&tx, &who, ctx.now).await?;
    }
    Ok(persistence::db::commit(tx).await?)
}
