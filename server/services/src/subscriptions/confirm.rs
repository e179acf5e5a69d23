//! Confirming that an address is the subscriber's.

use std::collections::HashSet;

use domain::refusal::Refusal;
use domain::subscription::{
    MOST_SEARCHES, Subscription, SubscriptionChannel, SubscriptionState, TOO_MANY_SEARCHES, Target,
};
use persistence::{Tx, subscriptions};

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
    check_room(&tx, &found).await?;
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

/// Each search is asked at every publication, so that nobody has any number of them; the same one again takes no room.
async fn check_room(tx: &Tx, found: &Subscription) -> Result<()> {
    if !matches!(found.target, Target::Search(_)) {
        return Ok(());
    }
    let Some(who) = subscriptions::subscriber_of(tx, &found.id).await? else { return Ok(()) };
    let own = subscriptions::confirmed_of(tx, &who).await?;
    let others: HashSet<&str> = own
        .iter()
        .filter(|one| matches!(one.target, Target::Search(_)) && one.target != found.target)
        .map(|one| one.target.id())
        .collect();
    if others.len() < MOST_SEARCHES {
        return Ok(());
    }
    let message = format!("You are told of {MOST_SEARCHES} searches already. Stop one of them first.");
    Err(Refusal::blocked(TOO_MANY_SEARCHES, message).into())
}

fn ended() -> Refusal {
    Refusal::field("token", "ended", "This was not confirmed in time, or has been ended. Subscribe again.")
}
