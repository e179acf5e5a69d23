//! What the office sees of the public's subscriptions, and ending one by hand.

use domain::delivery::Sink;
use domain::operations::ReceiverSight;
use domain::page::Paging;
use domain::refusal::Refusal;
use domain::subscription::{
    SubscriberDesk, SubscribersAsked, SubscriptionStage, TargetKind, WatchedSubscription, by_target,
};
use persistence::subscriptions::{self, SubscriptionFilter};
use persistence::{outbox, webhooks};

use crate::operations::watcher;
use crate::records::{About, Entry};
use crate::{Ctx, Result, Services};

/// The most targets that are told of, the most wanted first.
const TARGETS: usize = 200;

/// How many subscriptions there are to what, a page of those that fit with masked addresses, and what could not be delivered.
pub async fn subscriber_desk(
    services: &Services,
    ctx: &Ctx,
    asked: &SubscribersAsked,
    paging: Paging,
) -> Result<SubscriberDesk> {
    watcher(ctx)?;
    let db = services.db.pool();
    let mut targets = by_target(subscriptions::counts_by_target(db).await?);
    targets.truncate(TARGETS);
    let filter = SubscriptionFilter {
        stage: SubscriptionStage::parse(&asked.state),
        kind: TargetKind::parse(&asked.kind),
        of: Some(asked.of.trim().to_owned()).filter(|of| !of.is_empty()),
    };
    let found = subscriptions::list_live(db, &filter, paging).await?.map(WatchedSubscription::from);
    let backlog = outbox::backlog(db).await?;
    let told = Sink::ALL.iter().copied().filter(|sink| sink.is_to_subscribers());
    let deliveries = told.map(|sink| {
        let line = backlog.iter().find(|line| line.kind == sink.as_str());
        ReceiverSight {
            sink,
            circuit: None,
            held: None,
            open: line.map_or(0, |line| line.open),
            oldest: line.and_then(|line| line.oldest),
            given_up: line.map_or(0, |line| line.given_up),
        }
    });
    Ok(SubscriberDesk {
        targets,
        found,
        deliveries: deliveries.collect(),
        webhooks: webhooks::page(db, Paging { limit: 1, offset: 0 }).await?.total_count,
        by_mail: services.accounts.mailer.is_some(),
        now: ctx.now,
    })
}

/// Ends one subscription for a reason that the trail keeps; its address is forgotten at once.
///
/// # Errors
/// `Invalid` without a reason, `NotFound` where it is over or never was.
pub async fn end_by_hand(services: &Services, ctx: &Ctx, id: &str, reason: &str) -> Result<()> {
    let by = watcher(ctx)?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::field("reason", "required", "Say why. The reason is kept in the audit trail.").into());
    }
    let tx = services.db.begin().await?;
    let found = subscriptions::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if !subscriptions::end(&tx, id, ctx.now).await? {
        return Err(Refusal::NotFound.into());
    }
    let details = serde_json::json!({"subscription": id, "target": found.target, "channel": found.channel});
    let about = About { resource_type: "system", resource_id: "subscriptions" };
    let entry = Entry::new(ctx, &by.actor, about, "subscription_ended").because(Some(reason.to_owned()));
    entry.details(details).write(&tx);
    Ok(persistence::db::commit(tx).await?)
}
