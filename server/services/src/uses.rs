//! Counting how often the data of public datasets is taken: in memory while somebody waits, in the database by the background task.
//!
//! A number for a dataset and a day is all that is kept. What people who work here and programs of the office take is not counted.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::uk_time;
use persistence::dataset_uses;

use crate::{Ctx, Result, Services};

/// How many days back is told what was taken most.
const TOLD_DAYS: i64 = 90;
/// What was taken fewer times is named to nobody, as with words that are searched for.
const LEAST: i64 = 3;
/// How long the counts are kept.
const KEPT_DAYS: i64 = 400;
/// The most datasets that wait to be written down; others are not counted until then.
const MOST: usize = 10_000;

/// What readers took, in the memory of this process; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Uses(Arc<Mutex<BTreeMap<String, u64>>>);

impl Uses {
    /// Counts what was taken so many times, as far as there is room.
    fn wait(&self, uses: impl IntoIterator<Item = (String, u64)>) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (dataset_id, times) in uses {
            if waiting.len() < MOST || waiting.contains_key(&dataset_id) {
                *waiting.entry(dataset_id).or_default() += times;
            }
        }
    }

    /// All that waits, in one order.
    fn take(&self) -> Vec<(String, u64)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

/// Counts that a reader takes data of a dataset, if it is public. Nothing is written while somebody waits.
pub fn count(services: &Services, ctx: &Ctx, dataset_id: &str, is_public: bool) {
    if is_public && ctx.caller.is_none() {
        services.uses.wait([(dataset_id.to_owned(), 1)]);
    }
}

/// Writes down what was counted since the last time.
///
/// # Errors
/// Where the database fails; what was counted then waits for the next time.
pub async fn keep_counts(services: &Services) -> Result<()> {
    let waiting = services.uses.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let kept = keep(services, &waiting).await;
    if kept.is_err() {
        services.uses.wait(waiting);
    }
    kept
}

async fn keep(services: &Services, waiting: &[(String, u64)]) -> Result<()> {
    let tx = services.db.begin().await?;
    dataset_uses::add(&tx, day_of(services.clock.now()), waiting).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Forgets counts whose time is over.
///
/// # Errors
/// Where the database fails.
pub async fn forget_counts(services: &Services) -> Result<()> {
    let then = services.clock.now() - TimeDelta::days(KEPT_DAYS);
    Ok(dataset_uses::forget(services.db.pool(), then).await?)
}

/// The public datasets on these topics whose data was taken most often lately, the most first.
pub(crate) async fn most(services: &Services, ctx: &Ctx, topics: &[String], limit: u64) -> Result<Vec<String>> {
    Ok(dataset_uses::most_with_topics(services.db.pool(), topics, told(ctx.now), (LEAST, limit)).await?)
}

/// How often the data of a dataset was taken lately.
pub(crate) async fn total(services: &Services, ctx: &Ctx, dataset_id: &str) -> Result<u64> {
    Ok(dataset_uses::total(services.db.pool(), dataset_id, told(ctx.now)).await?)
}

/// Of which days is told what was taken: of whole ones, so that nobody sees when.
fn told(now: DateTime<Utc>) -> Range<DateTime<Utc>> {
    day_of(now - TimeDelta::days(TOLD_DAYS))..day_of(now)
}

/// When the day of an instant began in the United Kingdom.
fn day_of(at: DateTime<Utc>) -> DateTime<Utc> {
    uk_time::day_bounds(uk_time::day(at)).map_or(at, |(begins, _)| begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_adds_up_in_one_order_and_what_waits_is_bounded() {
        let uses = Uses::default();
        for (id, times) in [("gdp", 1), ("cpi", 2), ("gdp", 3)] {
            uses.wait([(id.to_owned(), times)]);
        }
        let told = [("cpi".to_owned(), 2), ("gdp".to_owned(), 4)];
        assert_eq!((uses.take(), uses.take()), (told.to_vec(), Vec::new()));
        uses.wait((0..MOST * 2).map(|number| (format!("{number:06}"), 1)));
        uses.wait([("000000".to_owned(), 1)]);
        let kept = uses.take();
        assert_eq!((kept.len(), &kept[0]), (MOST, &("000000".to_owned(), 2)));
    }
}
