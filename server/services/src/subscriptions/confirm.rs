//! Confirming that an address is the subscriber's.

use domain::refusal::Refusal;
use domain::subscription::{Subscription, SubscriptionChannel, SubscriptionState};
use persistence::subscriptions;

use crate::accounts::hash_of;
use crate::{Ctx, Result, Services};

/// The subscription that a token confirms, or has confirmed; looking changes nothing.
pub async fn find_to_confirm(services: &Services, ctx: &Ctx, token: &str) -> Result<Option<Subscription>> {
    let found = subscriptions::find_by_token(services.db.pool(), &hash_of(token)).await?;
    Ok(found.filter(|subscription| subscription.is_live(ctx.now)))
}

/// Confirms a subscription; doing it again changes nothing.
///
/// A program that had subscribed to the same before has a new secret now, so the subscription with the old one ends.
pub async fn confirm(services: &Services, ctx: &Ctx, token: &str) -> Result<Subscription> {
    let found = find_to_confirm(services, ctx, token).await?.ok_or_else(ended)?;
    if matches!(found.state, SubscriptionState::Confirmed { .. }) {
        return Ok(found);
    }
    let tx = services.db.begin().await?;
    // Somebody who pressed twice is told the same twice.
    subscriptions::confirm(&tx, &found.id, ctx.now).await?;
    let now = subscriptions::find(&tx, &found.id).await?;
    let confirmed = now.filter(|now| matches!(now.state, SubscriptionState::Confirmed { .. })).ok_or_else(ended)?;
    if confirmed.channel == SubscriptionChannel::Webhook
        && let Some(who) = subscriptions::subscriber_of(&tx, &confirmed.id).await?
    {
        subscriptions::end_to(&tx, &who, &confirmed.target, Some(&confirmed.id), ctx.now).await?;
    }
    persistence::db::commit(tx).await?;
    Ok(confirmed)
}

fn ended() -> Refusal {
    Refusal::field("token", "ended", "This was not confirmed in time, or has been ended. Subscribe again.")
}
