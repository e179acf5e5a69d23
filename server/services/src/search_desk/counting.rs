//! Counting what was asked for: in memory while somebody waits, in the database by the background task.
//!
//! Somebody who asks again for the same words counts once a day (`once_a_day`), and beside the words stands nothing of who asked.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::catalogue::{SearchPage, SearchQuery};
use domain::search_desk::{AskedQuery, KEPT_DAYS, MOST_OF_A_DAY, MOST_TODAY, may_be_counted};
use persistence::search_queries;
use search::normalised;

use crate::once_a_day::{Asking, Counts, Waiting, bounds_of, caller_of, day_of, first_of};
use crate::{Ctx, Result, Services};

/// For what callers are hashed here.
const PURPOSE: &str = "asked query";

/// What readers ask for, in the memory of this process; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct AskedQueries(Counts<Asked>);

/// What somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    /// The normalised words.
    words: String,
    /// Whether nothing was found.
    is_unanswered: bool,
}

/// How often the same words were asked for, and how often nothing was found; in one order, so that nodes that write at once do
/// not wait for each other in a circle.
fn added_up<'a>(questions: impl IntoIterator<Item = &'a Asked>) -> Vec<AskedQuery> {
    let mut by_words: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for question in questions {
        let (asked, unanswered) = by_words.entry(&question.words).or_default();
        *asked += 1;
        *unanswered += u64::from(question.is_unanswered);
    }
    let added = by_words.into_iter();
    added.map(|(words, (asked, unanswered))| AskedQuery { query: words.to_owned(), asked, unanswered }).collect()
}

/// Counts a search of a reader: the words alone, once a day for each who asks and not for each page, order and filter of the answer.
/// Nothing is written while somebody waits.
pub fn count(services: &Services, ctx: &Ctx, query: &SearchQuery, page: &SearchPage) {
    if !services.settings.search_queries_counted || !is_plain(query) {
        return;
    }
    let words = normalised(&query.q);
    if may_be_counted(&query.q, &words) {
        let day = day_of(ctx.now);
        let asking = Asking::of(&services.accounts.vault, PURPOSE, day, &caller_of(ctx), &words);
        services.asked_queries.0.add_once(day, &asking, Asked { words, is_unanswered: page.total_count == 0 });
    }
}

/// Whether it is a question as it is first asked; how many datasets a page shows is not for its reader to say.
fn is_plain(query: &SearchQuery) -> bool {
    let (q, limit, language) = (query.q.clone(), query.limit, query.language);
    *query == SearchQuery { q, limit, language, ..SearchQuery::default() }
}

/// Writes down what was counted since the last time.
///
/// # Errors
/// Where the database fails; what was counted then waits for the next time.
pub async fn keep_counts(services: &Services) -> Result<()> {
    let waiting = services.asked_queries.0.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let kept = keep(services, &waiting).await;
    if kept.is_err() {
        services.asked_queries.0.wait(waiting);
    }
    kept
}

/// Adds those that no node has counted yet, in the transaction that keeps that they were.
async fn keep(services: &Services, waiting: &[Waiting<Asked>]) -> Result<()> {
    let (today, ends) = bounds_of(services.clock.now());
    let tx = services.db.begin().await?;
    let asked = added_up(first_of(&tx, PURPOSE, waiting, ends).await?);
    if !asked.is_empty() {
        search_queries::add(&tx, today, &asked, MOST_TODAY).await?;
    }
    Ok(persistence::db::commit(tx).await?)
}

/// Forgets what is over: who asked and rare words with their day, everything after its time.
///
/// # Errors
/// Where the database fails.
pub async fn forget_counts(services: &Services) -> Result<()> {
    let now = services.clock.now();
    let today = day_of(now);
    services.asked_queries.0.turn(today);
    let then = now - TimeDelta::days(KEPT_DAYS);
    Ok(search_queries::forget(services.db.pool(), then, today, MOST_OF_A_DAY).await?)
}

#[cfg(test)]
mod tests {
    use domain::catalogue::Sort;
    use domain::language::Language;

    use super::*;

    #[test]
    fn counts_add_up_in_one_order() {
        let told = [("gdp", false), ("cpi", true), ("cpi", false), ("cpi", true)];
        let told = told.map(|(words, is_unanswered)| Asked { words: words.to_owned(), is_unanswered });
        let asked = |query: &str, asked, unanswered| AskedQuery { query: query.into(), asked, unanswered };
        assert_eq!(added_up(&told), [asked("cpi", 3, 2), asked("gdp", 1, 0)]);
    }

    #[test]
    fn only_the_plain_first_question_counts() {
        let asked = SearchQuery { q: "cpi".into(), limit: 10, ..SearchQuery::default() };
        assert!(is_plain(&asked) && is_plain(&SearchQuery { language: Language::Cy, ..asked.clone() }));
        for other in [
            SearchQuery { sort: Sort::Title, ..asked.clone() },
            SearchQuery { offset: 10, ..asked.clone() },
            SearchQuery { formats: vec!["csv".into()], ..asked.clone() },
        ] {
            assert!(!is_plain(&other), "{other:?}");
        }
    }
}
