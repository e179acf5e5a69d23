//! Writing down what follows, in the transaction of what it follows from.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::actor::{Actor, ActorKind};
use domain::bundle::{Bundle, Channel, ContentItem, Failure};
use domain::delivery::{Sink, WebhookEvent};
use domain::notification::NotificationKind;
use domain::refusal::Blocker;
use persistence::outbox::{self, Task};
use persistence::{Connection, Tx, accounts, webhooks};
use serde_json::{Value, json};

use super::messages::Notice;
use crate::ctx::fingerprint;
use crate::{Ctx, Result, Services, ids, notifications, subscriptions};

/// Queues what follows from the publication of a bundle: every receiver that is configured, the channels as they were
/// chosen (all of them for a bundle without a schedule), without what an operator left out before.
pub(crate) async fn queue_published(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    bundle: &Bundle,
    items: &[ContentItem],
) -> Result<()> {
    let notice = Notice::published(bundle, items, &services.accounts.public_url, ctx.now);
    let left_out = outbox::skipped_names(tx, &bundle.id).await?;
    let mut queue = Queue { tx, services, ctx, bundle, left_out, tasks: Vec::new() };
    outbox::skip_open_named(tx, &bundle.id, AHEAD, "it was published", ctx.now).await?;
    queue.push(Sink::SearchIndex, "", &bundle.id, json!({}));
    if services.delivers_to(Sink::PublicCopy) {
        for item in items {
            let suffix = format!(":{}:{}:{}", item.dataset_id, item.edition, item.version);
            queue.push(Sink::PublicCopy, &suffix, &item.version_id, json!({}));
        }
    }
    let payload = notice.written()?;
    for sink in [Sink::Wagtail, Sink::Kafka] {
        if services.delivers_to(sink) {
            queue.push(sink, "", &bundle.id, payload.clone());
        }
    }
    if services.delivers_to(Sink::Tracker) {
        for (dataset, report) in reports(&notice) {
            queue.push(Sink::Tracker, &format!(":{dataset}"), &dataset, report);
        }
    }
    // One task however many have subscribed; whom it concerns is found out after the commit.
    if let Some(payload) = subscriptions::task_of(tx, bundle, ctx.now).await? {
        queue.push(Sink::Subscribers, "", &bundle.id, payload);
    }
    let chosen = bundle.state.schedule().map(|schedule| schedule.notification_channels.as_slice());
    queue.tell(chosen.unwrap_or(Channel::ALL), "", WebhookEvent::Published, &payload).await?;
    queue.write().await
}

/// Queues the alarm of a publication that failed: in the log, and on every channel that is configured.
pub(crate) async fn queue_failed(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    bundle: &Bundle,
    failure: &Failure,
) -> Result<()> {
    let payload = Notice::failed(bundle, failure).written()?;
    let mut queue = Queue { tx, services, ctx, bundle, left_out: Vec::new(), tasks: Vec::new() };
    outbox::skip_open_named(tx, &bundle.id, AHEAD, "it failed", ctx.now).await?;
    queue.push(Sink::Alert, "", &bundle.id, payload.clone());
    queue.tell(Channel::ALL, "_alert", WebhookEvent::Failed, &payload).await?;
    queue.write().await
}

/// Queues a warning that a bundle which is due soon will fail; false where everybody was warned of just this before.
pub(crate) async fn queue_at_risk(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    bundle: &Bundle,
    blockers: &[Blocker],
) -> Result<bool> {
    let notice = Notice::at_risk(bundle, blockers, ctx.now);
    // Nodes that find the same at different times give it the same name.
    let reasons = fingerprint(notice.message.as_deref().unwrap_or_default());
    let suffix = format!("{AHEAD}:{}:{reasons}", bundle.revision);
    if outbox::is_queued(tx, &bundle.id, &format!("{}{suffix}", Sink::Alert)).await? {
        return Ok(false);
    }
    let payload = notice.written()?;
    let mut queue = Queue { tx, services, ctx, bundle, left_out: Vec::new(), tasks: Vec::new() };
    queue.push(Sink::Alert, &suffix, &bundle.id, payload.clone());
    queue.tell(Channel::ALL, &suffix, WebhookEvent::AtRisk, &payload).await?;
    queue.write().await?;
    Ok(true)
}

/// The receivers that a publication may not go ahead without.
pub(crate) fn waited_for(services: &Services) -> Vec<Sink> {
    let blocking =
        |sink: &Sink| sink.is_remote() && services.outlets.manner(*sink).blocking && services.delivers_to(*sink);
    Sink::ALL.iter().copied().filter(blocking).collect()
}

/// The receivers that a publication may not go ahead without and that are down now, unless they are left out for this bundle.
pub(crate) async fn in_the_way(services: &Services, bundle_id: &str) -> Result<Vec<Blocker>> {
    let waited_for = waited_for(services);
    if waited_for.is_empty() {
        return Ok(Vec::new());
    }
    let left_out = outbox::skipped_names(services.db.pool(), bundle_id).await?;
    let asked = waited_for.into_iter().filter(|sink| !left_out.iter().any(|name| name == sink.as_str()));
    let asked = asked.map(|sink| async move {
        let error = super::read::check(services, sink).await.err()?;
        // The failure is told to others too; what went wrong inside is for the log.
        tracing::warn!(bundle.id = %bundle_id, %sink, error = &error as &dyn std::error::Error, "a receiver that publications wait for is down");
        let message = format!(
            "{} is down, and publications wait for it. An operator can leave the step {sink} out for this bundle.",
            sink.title()
        );
        Some(Blocker::new("integration_down", message))
    });
    Ok(futures::future::join_all(asked).await.into_iter().flatten().collect())
}

/// The receivers that a publication may not go ahead without and that are up now.
pub(crate) async fn answering(services: &Services) -> Vec<Sink> {
    let asked = waited_for(services).into_iter().map(|sink| async move {
        let checked = super::read::check(services, sink).await;
        if let Err(error) = &checked {
            tracing::warn!(%sink, error = error as &dyn std::error::Error, "a receiver that publications wait for is down");
        }
        checked.is_ok().then_some(sink)
    });
    futures::future::join_all(asked).await.into_iter().flatten().collect()
}

/// Those of these bundles for which not all of these receivers are left out.
pub(crate) async fn waiting_for(db: &impl Connection, receivers: &[Sink], ids: &[&str]) -> Result<HashSet<String>> {
    if receivers.is_empty() {
        return Ok(HashSet::new());
    }
    let left_out: HashSet<(String, String)> = outbox::skipped_names_of(db, ids).await?.into_iter().collect();
    let waits = |id: &str| receivers.iter().any(|sink| !left_out.contains(&(id.to_owned(), sink.as_str().to_owned())));
    Ok(ids.iter().filter(|id| waits(id)).map(|id| (*id).to_owned()).collect())
}

/// What Tracker is told of each dataset.
fn reports(notice: &Notice) -> Vec<(String, Value)> {
    let mut told: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for version in &notice.datasets {
        told.entry(&version.dataset_id).or_default().push(version);
    }
    let report = |(dataset, versions): (&str, Vec<_>)| {
        let report = json!({
            "dataset_id": dataset,
            "status": "published",
            "published_at": notice.at,
            "bundle_id": notice.bundle_id,
            "versions": versions,
        });
        (dataset.to_owned(), report)
    };
    told.into_iter().map(report).collect()
}

/// As what people choose to be told of it by letter.
pub(super) const fn told_as(event: WebhookEvent) -> NotificationKind {
    match event {
        WebhookEvent::Published => NotificationKind::BundlePublished,
        WebhookEvent::Failed | WebhookEvent::AtRisk | WebhookEvent::IncidentOpened | WebhookEvent::Test => {
            NotificationKind::BundleFailed
        }
    }
}

/// Marks the steps of a warning ahead of a publication.
const AHEAD: &str = "_ahead";

/// Gathers tasks and writes them at once.
struct Queue<'a> {
    tx: &'a Tx,
    services: &'a Services,
    ctx: &'a Ctx,
    bundle: &'a Bundle,
    left_out: Vec<String>,
    tasks: Vec<Task>,
}

impl Queue<'_> {
    fn push(&mut self, sink: Sink, suffix: &str, subject: &str, payload: Value) {
        let name = format!("{sink}{suffix}");
        if self.left_out.iter().any(|left_out| *left_out == name || left_out == sink.as_str()) {
            return;
        }
        // Ordered for each receiver, dataset or file, so that one of them does not wait for another that is refused.
        let mut lane = match sink {
            Sink::Webhook | Sink::Email | Sink::Tracker | Sink::PublicCopy => {
                format!("{}/{sink}/{subject}", self.bundle.id)
            }
            _ => format!("{}/{sink}", self.bundle.id),
        };
        // A warning that cannot be delivered must not hold back what comes of the publication.
        if suffix.starts_with(AHEAD) {
            lane.push_str(AHEAD);
        }
        let task = Task {
            bundle_id: Some(self.bundle.id.clone()),
            name,
            lane: Some(lane),
            blocking: self.services.outlets.manner(sink).blocking,
            ..Task::new(ids::new_id(self.ctx.now), sink.as_str(), subject, payload)
        };
        self.tasks.push(task);
    }

    async fn write(self) -> Result<()> {
        Ok(outbox::push_all(self.tx, &self.tasks, self.ctx.now).await?)
    }

    /// Tells people and programs through channels.
    async fn tell(&mut self, channels: &[Channel], suffix: &str, event: WebhookEvent, payload: &Value) -> Result<()> {
        for channel in channels {
            match channel {
                Channel::Slack if self.services.delivers_to(Sink::Slack) => {
                    self.push(Sink::Slack, suffix, &self.bundle.id, payload.clone());
                }
                Channel::Email if self.services.delivers_to(Sink::Email) => {
                    for (n, address) in self.readers(told_as(event)).await?.into_iter().enumerate() {
                        let suffix = format!("{suffix}:{}", n + 1);
                        self.push(Sink::Email, &suffix, &address, payload.clone());
                    }
                }
                Channel::Webhook => {
                    for webhook in webhooks::told_of(self.tx, event).await? {
                        let suffix = format!("{suffix}:{}", webhook.id);
                        self.push(Sink::Webhook, &suffix, &webhook.id, payload.clone());
                    }
                }
                Channel::Slack | Channel::Email => {}
            }
        }
        Ok(())
    }

    /// The addresses of those who read letters about this bundle: the configured ones, and the people who prepared it and want
    /// letters of this.
    async fn readers(&self, kind: NotificationKind) -> Result<BTreeSet<String>> {
        let mut addresses: BTreeSet<String> = self.services.outlets.readers.iter().cloned().collect();
        let approver = self.bundle.state.approval().map(|mark| &mark.by);
        let people = [Some(&self.bundle.created_by), Some(&self.bundle.last_edited_by), approver];
        for actor in people.into_iter().flatten().filter(|actor: &&Actor| actor.kind == ActorKind::User) {
            let found = accounts::find_user(self.tx, &actor.id).await?.filter(|user| !user.disabled);
            if notifications::wants_letters(self.tx, &actor.id, kind).await? {
                addresses.extend(found.map(|user| user.email));
            }
        }
        Ok(addresses)
    }
}
