//! Counting how often the data of public datasets is taken: in memory while somebody waits, in the database by the background task.
//!
//! A number for a dataset and a day is what stays. Who takes data of the same dataset again counts once a day (`once_a_day`), so that
//! nobody makes it one of those that were taken most. What people who work here and programs of the office take is not counted.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use persistence::dataset_uses;

use crate::once_a_day::{Asking, Counts, Waiting, bounds_of, caller_of, day_of, first_of};
use crate::{Ctx, Result, Services};

/// How many days back is told what was taken most.
const TOLD_DAYS: i64 = 90;
/// What was taken fewer times is named to nobody, as with words that are searched for.
const LEAST: i64 = 3;
/// How long the counts are kept.
const KEPT_DAYS: i64 = 400;
/// For what callers are hashed here.
const PURPOSE: &str = "dataset use";

/// What readers took, by dataset, in the memory of this process; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Uses(Counts<String>);

/// Counts that a reader takes data of a dataset, if it is public, once a day for each reader. Nothing is written while somebody waits.
pub fn count(services: &Services, ctx: &Ctx, dataset_id: &str, is_public: bool) {
    if is_public && ctx.caller.is_none() {
        let day = day_of(ctx.now);
        let asking = Asking::of(&services.accounts.vault, PURPOSE, day, &caller_of(ctx), dataset_id);
        services.uses.0.add_once(day, &asking, dataset_id.to_owned());
    }
}

/// Writes down what was counted since the last time.
///
/// # Errors
/// Where the database fails; what was counted then waits for the next time.
pub async fn keep_counts(services: &Services) -> Result<()> {
    let waiting = services.uses.0.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let kept = keep(services, &waiting).await;
    if kept.is_err() {
        services.uses.0.wait(waiting);
    }
    kept
}

/// Adds those that no node has counted yet to the day that it is now, so that the numbers of days that are over change no more.
async fn keep(services: &Services, waiting: &[Waiting<String>]) -> Result<()> {
    let (today, ends) = bounds_of(services.clock.now());
    let tx = services.db.begin().await?;
    let taken = added_up(first_of(&tx, PURPOSE, waiting, ends).await?);
    dataset_uses::add(&tx, today, &taken).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// How often data of each dataset was taken, in one order, so that nodes that write at once do not wait for each other in a circle.
fn added_up<'a>(taken: impl IntoIterator<Item = &'a String>) -> Vec<(String, u64)> {
    let mut by_dataset: BTreeMap<&str, u64> = BTreeMap::new();
    for dataset_id in taken {
        *by_dataset.entry(dataset_id).or_default() += 1;
    }
    by_dataset.into_iter().map(|(dataset_id, times)| (dataset_id.to_owned(), times)).collect()
}

/// Forgets what is over: who took something with its day, and counts after their time.
///
/// # Errors
/// Where the database fails.
pub async fn forget_counts(services: &Services) -> Result<()> {
    let now = services.clock.now();
    services.uses.0.turn(day_of(now));
    Ok(dataset_uses::forget(services.db.pool(), now - TimeDelta::days(KEPT_DAYS)).await?)
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
pub(crate) fn told(now: DateTime<Utc>) -> Range<DateTime<Utc>> {
    day_of(now - TimeDelta::days(TOLD_DAYS))..day_of(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_adds_up_in_one_order() {
        let taken = ["gdp", "cpi", "gdp"].map(str::to_owned);
        assert_eq!(added_up(&taken), [("cpi".to_owned(), 1), ("gdp".to_owned(), 2)]);
    }

    #[test]
    fn of_whole_days_is_told_alone() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (first, last) = (told(at("2026-07-01T00:00:00Z")), told(at("2026-07-01T22:59:00Z")));
        assert_eq!((first.start, first.end), (at("2026-04-01T23:00:00Z"), at("2026-06-30T23:00:00Z")));
        assert_eq!(first, last, "all day long");
    }
}
