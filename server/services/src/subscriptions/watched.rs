//! What the office sees of the public's subscriptions, and ending one by hand.

use domain::delivery::Sink;
use domain::operations::{LastCalls, ReceiverSight};
use domain::page::Paging;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use domain::subscription::{
    SubscriberDesk, SubscribersAsked, SubscriptionStage, SubscriptionTotals, TargetKind, WatchedSubscription, by_target,
};
use domain::text::{MAX_SHORT_REASON, check_optional};
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
    let totals = SubscriptionTotals::of(&targets);
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
            calls: LastCalls::default(),
            open: line.map_or(0, |line| line.open),
            oldest: line.and_then(|line| line.oldest),
            given_up: line.map_or(0, |line| line.given_up),
        }
    });
    Ok(SubscriberDesk {
        totals,
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
/// `Invalid` without a reason or with one that is too long, `NotFound` where it is over or never was.
pub async fn end_by_hand(services: &Services, ctx: &Ctx, id: &str, reason: &str) -> Result<()> {
    let by = watcher(ctx)?;
    let reason = reason.trim();
    all_valid(problems(reason))?;
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

fn problems(reason: &str) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if reason.is_empty() {
        problems.push(FieldProblem::new("reason", "required", "Say why. The reason is kept in the audit trail."));
    }
    check_optional(&mut problems, "reason", reason, MAX_SHORT_REASON, true);
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_neither_nothing_nor_a_book() {
        assert!(problems("They asked for it by telephone.").is_empty());
        for (reason, code) in [(String::new(), "required"), ("a".repeat(MAX_SHORT_REASON + 1), "too_long")] {
            let codes: Vec<String> = problems(&reason).into_iter().map(|problem| problem.code).collect();
            assert_eq!(codes, [code]);
        }
    }
}
