//! From one publication to its subscribers: one task for each, made in batches after the commit.

use chrono::{DateTime, Utc};
use domain::bundle::Bundle;
use domain::delivery::Sink;
use domain::subscription::{Subscription, SubscriptionChannel, with_ancestors};
use domain::topic::Topic;
use persistence::outbox::{self, Task};
use persistence::subscriptions::{self, Reached};
use persistence::{Tx, topics};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::news::{self, News};
use super::tell::{Told, Which};
use crate::{Result, ServiceError, Services};

/// So many subscribers are found and written to the outbox in one transaction.
const BATCH: u64 = 200;
/// The most versions that a letter tells of.
const IN_A_LETTER: usize = 25;
/// The most versions that a message to a program tells of.
const IN_A_MESSAGE: usize = 500;

/// How far the telling of a publication has come; kept with its task.
#[derive(Debug, Serialize, Deserialize)]
struct Progress {
    /// When the publication was.
    at: DateTime<Utc>,
    /// Up to which subscriber tasks were made.
    #[serde(default)]
    after: String,
}

/// What to keep with the one task of a publication; `None` where nobody has subscribed to anything.
pub(crate) async fn task_of(tx: &Tx, bundle: &Bundle, now: DateTime<Utc>) -> Result<Option<Value>> {
    if !subscriptions::any_confirmed(tx).await? {
        return Ok(None);
    }
    let at = bundle.state.published_at().unwrap_or(now);
    Ok(Some(written(&Progress { at, after: String::new() })?))
}

fn written(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| ServiceError::Internal(format!("a task cannot be written: {error}")))
}

/// Makes a task for each subscriber that a publication reaches, or goes on where it stopped. A task has the same id each
/// time, so that none is made twice.
pub(crate) async fn fan_out(services: &Services, task: &Task) -> Result<()> {
    let Some(bundle_id) = &task.bundle_id else { return Ok(()) };
    let mut progress: Progress = serde_json::from_value(task.payload.clone())
        .map_err(|error| ServiceError::Internal(format!("a task cannot be read: {error}")))?;
    let news = news::of_bundle(services, bundle_id).await?;
    let taxonomy = topics::list(services.db.pool()).await?;
    let reached = reached(&news, &taxonomy, progress.at);
    loop {
        let tx = services.db.begin().await?;
        let next = subscriptions::subscribers_of(&tx, &reached, &progress.after, BATCH).await?;
        let Some(last) = next.last() else { break };
        let found = subscriptions::matching(&tx, &reached, &next).await?;
        let told = Telling { bundle_id, at: progress.at, news: &news, taxonomy: &taxonomy };
        let tasks = told.tasks(&found)?;
        progress.after.clone_from(last);
        outbox::push_new(&tx, &tasks, services.clock.now()).await?;
        if !outbox::note_progress(&tx, task, &written(&progress)?).await? {
            // Somebody else has taken it over, and does the rest.
            return Ok(());
        }
        persistence::db::commit(tx).await?;
        tracing::info!(bundle.id = %bundle_id, subscribers = next.len(), "subscribers will be told");
    }
    services.nudges.follow_up.notify_one();
    Ok(())
}

fn reached(news: &[News], taxonomy: &[Topic], at: DateTime<Utc>) -> Reached {
    let carried: Vec<String> = news.iter().flat_map(|news| news.topics.iter().cloned()).collect();
    let mut datasets: Vec<String> = news.iter().map(|news| news.dataset_id.clone()).collect();
    datasets.sort();
    datasets.dedup();
    Reached { datasets, topics: with_ancestors(&carried, taxonomy), at }
}

struct Telling<'a> {
    bundle_id: &'a str,
    at: DateTime<Utc>,
    news: &'a [News],
    taxonomy: &'a [Topic],
}

impl Telling<'_> {
    /// One letter for all mail subscriptions of a subscriber, one message for each of a program, which has its own secret.
    fn tasks(&self, found: &[(String, Subscription)]) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for group in found.chunk_by(|(one, _), (other, _)| one == other) {
            let (mails, programs): (Vec<_>, Vec<_>) =
                group.iter().partition(|(_, subscription)| subscription.channel == SubscriptionChannel::Email);
            if let Some((subscriber, _)) = mails.first() {
                let those: Vec<&Subscription> = mails.iter().map(|(_, subscription)| subscription).collect();
                tasks.push(self.task(Sink::SubscriberMail, subscriber, &those, IN_A_LETTER)?);
            }
            for (_, subscription) in programs {
                tasks.push(self.task(Sink::SubscriberWebhook, &subscription.id, &[subscription], IN_A_MESSAGE)?);
            }
        }
        Ok(tasks)
    }

    fn task(&self, sink: Sink, who: &str, subscriptions: &[&Subscription], most: usize) -> Result<Task> {
        let mut told: Vec<News> = Vec::new();
        let mut which: Vec<Which> = Vec::new();
        let mut more = 0;
        for news in self.news {
            let wanted_by: Vec<usize> = subscriptions
                .iter()
                .enumerate()
                .filter(|(_, one)| one.target.covers(&news.dataset_id, &news.topics, self.taxonomy))
                .map(|(place, _)| place)
                .collect();
            match (wanted_by.is_empty(), told.len() < most) {
                (true, _) => {}
                (false, true) => {
                    told.push(news.clone());
                    which.push(Which(wanted_by));
                }
                (false, false) => more += 1,
            }
        }
        let ids: Vec<String> = subscriptions.iter().map(|one| one.id.clone()).collect();
        let subject = ids.first().cloned().unwrap_or_default();
        let payload = Told::News { at: self.at, subscriptions: ids, news: told, which, more }.written()?;
        Ok(Task::new(self.id_for(who), sink.as_str(), &subject, payload))
    }

    /// The id of the task that tells somebody of this publication, whoever makes it however often.
    fn id_for(&self, who: &str) -> String {
        let digest = Sha256::new().chain_update(self.bundle_id).chain_update("\n").chain_update(who).finalize();
        let mut bytes = [0_u8; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}
