//! Writing down what follows, in the transaction of what it follows from.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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

/// Queues what follows from the publication of these bundles, in their order: every receiver that is configured, the channels as they
/// were chosen (all of them for a bundle without a schedule), without what an operator left out before.
pub(crate) async fn queue_published(
    tx: &Tx,
    services: &Services,
    ctx: &Ctx,
    published: &[(&Bundle, &[ContentItem])],
) -> Result<()> {
    let bundles: Vec<&Bundle> = published.iter().map(|(bundle, _)| *bundle).collect();
    let ids: Vec<&str> = bundles.iter().map(|bundle| bundle.id.as_str()).collect();
    let mut left_out: HashMap<String, Vec<String>> = HashMap::new();
    for (id, name) in outbox::skipped_names_of(tx, &ids).await? {
        left_out.entry(id).or_default().push(name);
    }
    outbox::skip_open_named(tx, &ids, AHEAD, "it was published", ctx.now).await?;
    // One task each however many have subscribed; whom it concerns is found out after the commit.
    let mut for_subscribers = subscriptions::tasks_of(tx, &bundles, ctx.now).await?.into_iter();
    let told: Vec<(&Bundle, &[Channel])> = bundles.iter().map(|bundle| (*bundle, chosen(bundle))).collect();
    let readers = Readers::of(tx, services, WebhookEvent::Published, &told).await?;
    let mut tasks = Vec::new();
    for (bundle, items) in published {
        let mut queue = Queue::of(services, ctx, bundle);
        queue.left_out = left_out.remove(&bundle.id).unwrap_or_default();
        queue.publish(items, for_subscribers.next(), &readers)?;
        tasks.append(&mut queue.tasks);
    }
    Ok(outbox::push_all(tx, &tasks, ctx.now).await?)
}

/// The channels on which the publication of a bundle is told.
fn chosen(bundle: &Bundle) -> &[Channel] {
    bundle.state.schedule().map_or(Channel::ALL, |schedule| schedule.notification_channels.as_slice())
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
    let readers = Readers::of(tx, services, WebhookEvent::Failed, &[(bundle, Channel::ALL)]).await?;
    outbox::skip_open_named(tx, &[bundle.id.as_str()], AHEAD, "it failed", ctx.now).await?;
    let mut queue = Queue::of(services, ctx, bundle);
    queue.push(Sink::Alert, "", &bundle.id, payload.clone());
    queue.tell(Channel::ALL, "_alert", &readers, &payload);
    queue.write(tx).await
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
    let readers = Readers::of(tx, services, WebhookEvent::AtRisk, &[(bundle, Channel::ALL)]).await?;
    let mut queue = Queue::of(services, ctx, bundle);
    queue.push(Sink::Alert, &suffix, &bundle.id, payload.clone());
    queue.tell(Channel::ALL, &suffix, &readers, &payload);
    queue.write(tx).await?;
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
    Ok(in_the_way_of(services, &[bundle_id]).await?.remove(bundle_id).unwrap_or_default())
}

/// The same for several bundles, by bundle; each receiver is asked once, and nothing is told of bundles that wait for none.
pub(crate) async fn in_the_way_of(services: &Services, bundle_ids: &[&str]) -> Result<HashMap<String, Vec<Blocker>>> {
    let waited_for = waited_for(services);
    if waited_for.is_empty() {
        return Ok(HashMap::new());
    }
    let left_out = LeftOut::of(services.db.pool(), bundle_ids).await?;
    let asked = waited_for.into_iter().filter(|sink| bundle_ids.iter().any(|id| !left_out.holds(id, *sink)));
    let asked = asked.map(|sink| async move { Some((sink, super::read::check(services, sink).await.err()?)) });
    let mut found: HashMap<String, Vec<Blocker>> = HashMap::new();
    for (sink, error) in futures::future::join_all(asked).await.into_iter().flatten() {
        for id in bundle_ids.iter().filter(|id| !left_out.holds(id, sink)) {
            // The failure is told to others too; what went wrong inside is for the log.
            tracing::warn!(bundle.id = %id, %sink, error = &error as &dyn std::error::Error, "a receiver that publications wait for is down");
            let message = format!(
                "{} is down, and publications wait for it. An operator can leave the step {sink} out for this bundle.",
                sink.title()
            );
            found.entry((*id).to_owned()).or_default().push(Blocker::new("integration_down", message));
        }
    }
    Ok(found)
}

/// The receivers that operators left out of bundles.
struct LeftOut(HashSet<(String, String)>);

impl LeftOut {
    async fn of(db: &impl Connection, bundle_ids: &[&str]) -> Result<Self> {
        Ok(Self(outbox::skipped_names_of(db, bundle_ids).await?.into_iter().collect()))
    }

    fn holds(&self, bundle_id: &str, sink: Sink) -> bool {
        self.0.contains(&(bundle_id.to_owned(), sink.as_str().to_owned()))
    }
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
    let left_out = LeftOut::of(db, ids).await?;
    let waits = |id: &&&str| receivers.iter().any(|sink| !left_out.holds(id, *sink));
    Ok(ids.iter().filter(waits).map(|id| (*id).to_owned()).collect())
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

/// Whom an event of some bundles is told to through channels, found in as many statements however many bundles they are.
struct Readers {
    webhooks: Vec<String>,
    /// The addresses of the people that want letters of this, by their ids.
    addresses: HashMap<String, String>,
}

impl Readers {
    async fn of(tx: &Tx, services: &Services, event: WebhookEvent, told: &[(&Bundle, &[Channel])]) -> Result<Self> {
        let mut readers = Self { webhooks: Vec::new(), addresses: HashMap::new() };
        if told.iter().any(|(_, channels)| channels.contains(&Channel::Webhook)) {
            readers.webhooks = webhooks::told_of(tx, event).await?.into_iter().map(|webhook| webhook.id).collect();
        }
        let by_letter = told.iter().filter(|(_, channels)| channels.contains(&Channel::Email));
        let people: BTreeSet<&str> = by_letter.flat_map(|(bundle, _)| people_of(bundle)).collect();
        if !people.is_empty() && services.delivers_to(Sink::Email) {
            let people: Vec<&str> = people.into_iter().collect();
            let wanted = notifications::letter_ways(tx, &people, told_as(event)).await?;
            let users = accounts::users_among(tx, &people).await?;
            let users = users.into_iter().filter(|user| !user.disabled && wanted.contains_key(&user.id));
            readers.addresses = users.map(|user| (user.id, user.email)).collect();
        }
        Ok(readers)
    }
}

/// The ids of the people who prepared a bundle.
fn people_of(bundle: &Bundle) -> Vec<&str> {
    let approver = bundle.state.approval().map(|mark| &mark.by);
    let people = [Some(&bundle.created_by), Some(&bundle.last_edited_by), approver].into_iter().flatten();
    people.filter(|actor: &&Actor| actor.kind == ActorKind::User).map(|actor| actor.id.as_str()).collect()
}

/// Gathers the tasks of a bundle.
struct Queue<'a> {
    services: &'a Services,
    ctx: &'a Ctx,
    bundle: &'a Bundle,
    left_out: Vec<String>,
    tasks: Vec<Task>,
}

impl<'a> Queue<'a> {
    /// The queue of a bundle of which nothing is left out.
    const fn of(services: &'a Services, ctx: &'a Ctx, bundle: &'a Bundle) -> Self {
        Self { services, ctx, bundle, left_out: Vec::new(), tasks: Vec::new() }
    }

    /// What follows from the publication of these items.
    fn publish(&mut self, items: &[ContentItem], for_subscribers: Option<Value>, readers: &Readers) -> Result<()> {
        let (services, bundle) = (self.services, self.bundle);
        let notice = Notice::published(bundle, items, &services.accounts.public_url, self.ctx.now);
        self.push(Sink::SearchIndex, "", &bundle.id, json!({}));
        if services.delivers_to(Sink::PublicCopy) {
            for item in items {
                let suffix = format!(":{}:{}:{}", item.dataset_id, item.edition, item.version);
                self.push(Sink::PublicCopy, &suffix, &item.version_id, json!({}));
            }
        }
        let payload = notice.written()?;
        for sink in [Sink::Wagtail, Sink::Kafka] {
            if services.delivers_to(sink) {
                self.push(sink, "", &bundle.id, payload.clone());
            }
        }
        if services.delivers_to(Sink::Tracker) {
            for (dataset, report) in reports(&notice) {
                self.push(Sink::Tracker, &format!(":{dataset}"), &dataset, report);
            }
        }
        if let Some(payload) = for_subscribers {
            self.push(Sink::Subscribers, "", &bundle.id, payload);
        }
        self.tell(chosen(bundle), "", readers, &payload);
        Ok(())
    }

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

    async fn write(self, tx: &Tx) -> Result<()> {
        Ok(outbox::push_all(tx, &self.tasks, self.ctx.now).await?)
    }

    /// Tells people and programs through channels.
    fn tell(&mut self, channels: &[Channel], suffix: &str, readers: &Readers, payload: &Value) {
        let bundle = self.bundle;
        for channel in channels {
            match channel {
                Channel::Slack if self.services.delivers_to(Sink::Slack) => {
                    self.push(Sink::Slack, suffix, &bundle.id, payload.clone());
                }
                Channel::Email if self.services.delivers_to(Sink::Email) => {
                    for (n, address) in self.addresses(readers).into_iter().enumerate() {
                        self.push(Sink::Email, &format!("{suffix}:{}", n + 1), &address, payload.clone());
                    }
                }
                Channel::Webhook => {
                    for id in &readers.webhooks {
                        self.push(Sink::Webhook, &format!("{suffix}:{id}"), id, payload.clone());
                    }
                }
                Channel::Slack | Channel::Email => {}
            }
        }
    }

    /// The addresses of those who read letters about this bundle: the configured ones, and the people who prepared it and want
    /// letters of this.
    fn addresses(&self, readers: &Readers) -> BTreeSet<String> {
        let people = people_of(self.bundle).into_iter().filter_map(|id| readers.addresses.get(id).cloned());
        self.services.outlets.readers.iter().cloned().chain(people).collect()
    }
}
