//! Counting what was asked for: in memory while somebody waits, in the database by the background task.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::catalogue::{SearchPage, SearchQuery};
use domain::search_desk::{AskedQuery, KEPT_DAYS, may_be_counted};
use domain::uk_time;
use persistence::search_queries;
use search::normalised;

use crate::{Result, Services};

/// The most different queries that are counted between two rounds; others are not counted.
const MOST: usize = 2_000;

/// What was asked for since the last round, by normalised words: how often, and how often nothing was found.
#[derive(Clone, Debug, Default)]
pub struct AskedQueries(Arc<Mutex<HashMap<String, (u64, u64)>>>);

impl AskedQueries {
    fn add(&self, query: String, asked: u64, unanswered: u64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = counts.len() >= MOST;
        match counts.get_mut(&query) {
            Some(count) => (count.0, count.1) = (count.0 + asked, count.1 + unanswered),
            None if is_full => {}
            None => {
                counts.insert(query, (asked, unanswered));
            }
        }
    }

    fn take(&self) -> Vec<AskedQuery> {
        let counts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut taken: Vec<AskedQuery> =
            counts.into_iter().map(|(query, (asked, unanswered))| AskedQuery { query, asked, unanswered }).collect();
        // In one order, so that nodes that write at once do not wait for each other in a circle.
        taken.sort_by(|one, other| one.query.cmp(&other.query));
        taken
    }
}

/// Counts a search of a reader: the words alone, once for a question and not for each page and filter of its answer.
pub fn count(services: &Services, query: &SearchQuery, page: &SearchPage) {
    let bare = SearchQuery {
        q: query.q.clone(),
        sort: query.sort,
        limit: query.limit,
        language: query.language,
        ..SearchQuery::default()
    };
    if !services.settings.search_queries_counted || *query != bare {
        return;
    }
    let words = normalised(&query.q);
    if may_be_counted(&query.q, &words) {
        services.asked_queries.add(words, 1, u64::from(page.total_count == 0));
    }
}

/// Writes down what was counted since the last time.
///
/// # Errors
/// Where the database fails; what was counted then waits for the next time.
pub async fn keep_counts(services: &Services) -> Result<()> {
    let asked = services.asked_queries.take();
    if asked.is_empty() {
        return Ok(());
    }
    let kept = keep(services, &asked).await;
    if kept.is_err() {
        for one in asked {
            services.asked_queries.add(one.query, one.asked, one.unanswered);
        }
    }
    kept
}

async fn keep(services: &Services, asked: &[AskedQuery]) -> Result<()> {
    let tx = services.db.begin().await?;
    search_queries::add(&tx, day_of(services.clock.now()), asked).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Forgets what is over: rare words with their day, everything after its time.
///
/// # Errors
/// Where the database fails.
pub async fn forget_counts(services: &Services) -> Result<()> {
    let now = services.clock.now();
    let today = day_of(now);
    let yesterday = day_of(today - TimeDelta::hours(1));
    let then = now - TimeDelta::days(KEPT_DAYS);
    Ok(search_queries::forget(services.db.pool(), then, yesterday, today).await?)
}

/// When the day of an instant began in the United Kingdom.
fn day_of(at: DateTime<Utc>) -> DateTime<Utc> {
    uk_time::day_bounds(uk_time::day(at)).map_or(at, |(begins, _)| begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_are_bounded() {
        let counts = AskedQueries::default();
        counts.add("cpi".into(), 1, 0);
        counts.add("cpi".into(), 2, 1);
        assert_eq!(counts.take(), [AskedQuery { query: "cpi".into(), asked: 3, unanswered: 1 }]);
        assert!(counts.take().is_empty());
        for number in 0..=MOST {
            counts.add(format!("word {number}"), 1, 0);
        }
        counts.add("word 0".into(), 1, 0);
        let taken = counts.take();
        assert_eq!(taken.len(), MOST);
        assert_eq!(taken.iter().find(|one| one.query == "word 0").map(|one| one.asked), Some(2));
    }

    #[test]
    fn days_begin_at_midnight_in_the_united_kingdom() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(day_of(at("2026-07-01T22:59:00Z")), at("2026-06-30T23:00:00Z"));
        assert_eq!(day_of(at("2026-01-01T00:00:00Z")), at("2026-01-01T00:00:00Z"));
    }
}
