//! From one publication to its subscribers: one task for each, made in batches after the commit.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::Bundle;
use domain::subscription::with_ancestors;
use domain::topic::Topic;
use persistence::outbox::{self, Task};
use persistence::subscriptions::{self, Reached};
use persistence::{Tx, topics};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::news::{self, News};
use super::searches::{Searches, at_once};
use super::telling::Telling;
use crate::{Result, ServiceError, Services};

/// So many subscribers are found and written to the outbox in one transaction.
const BATCH: u64 = 200;

/// After so long the rest is left for another turn: a task has a time in which it must be done, and only so many tries.
const TURN: TimeDelta = TimeDelta::seconds(20);

/// How far the telling of a publication has come; kept with its task.
#[derive(Debug, Serialize, Deserialize)]
struct Progress {
    /// When the publication was.
    at: DateTime<Utc>,
    /// Up to which subscriber tasks were made.
    #[serde(default)]
    after: String,
}

/// What to keep with the one task of each publication of a transaction, in their order; nothing where nobody has subscribed to anything.
pub(crate) async fn tasks_of(tx: &Tx, bundles: &[&Bundle], now: DateTime<Utc>) -> Result<Vec<Value>> {
    if !subscriptions::any_live(tx).await? {
        return Ok(Vec::new());
    }
    let begun = |bundle: &&Bundle| {
        let at = bundle.state.published_at().unwrap_or(now);
        written(&Progress { at, after: String::new() })
    };
    bundles.iter().map(begun).collect()
}

fn written(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| ServiceError::Internal(format!("a task cannot be written: {error}")))
}

/// Makes a task for each subscriber that a publication reaches, or goes on where it stopped. A task has the same id each
/// time, so that none is made twice.
pub(crate) async fn fan_out(services: &Services, task: &Task) -> Result<()> {
    let Some(bundle_id) = &task.bundle_id else { return Ok(()) };
    let begun = services.clock.now();
    let mut progress: Progress = serde_json::from_value(task.payload.clone())
        .map_err(|error| ServiceError::Internal(format!("a task cannot be read: {error}")))?;
    let news = news::of_bundle(services, bundle_id).await?;
    let taxonomy = topics::list(services.db.pool()).await?;
    let reached = reached(&news, &taxonomy, progress.at);
    let mut searches = Searches::of(&reached.datasets);
    loop {
        let db = services.db.pool();
        let next = subscriptions::subscribers_of(db, &reached, &progress.after, BATCH).await?;
        let Some(last) = next.last() else { break };
        let found = subscriptions::matching(db, &reached, &next).await?;
        let looked_at = searches.ask(services, at_once(&found)).await?;
        let last = looked_at.last().filter(|_| looked_at.len() < found.len()).map_or(last, |(who, _)| who);
        let told = Telling { bundle_id, at: progress.at, news: &news, taxonomy: &taxonomy, searches: &searches };
        let tasks = told.tasks(looked_at)?;
        progress.after.clone_from(last);
        let tx = services.db.begin().await?;
        outbox::push_new(&tx, &tasks, services.clock.now()).await?;
        if !outbox::note_progress(&tx, task, &written(&progress)?).await? {
            // Somebody else has taken it over, and does the rest.
            return Ok(());
        }
        persistence::db::commit(tx).await?;
        tracing::info!(bundle.id = %bundle_id, looked_at = looked_at.len(), told = tasks.len(), "subscribers will be told");
        let now = services.clock.now();
        if now - begun > TURN {
            outbox::postpone(db, task, now).await?;
            break;
        }
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
