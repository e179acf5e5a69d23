//! Counting what was asked for: in memory while somebody waits, in the database by the background task.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::catalogue::{SearchPage, SearchQuery};
use domain::search_desk::{AskedQuery, KEPT_DAYS, MOST_OF_A_DAY, MOST_TODAY, may_be_counted};
use domain::uk_time;
use persistence::search_queries;
use search::normalised;
use sha2::{Digest, Sha256};

use crate::accounts::Vault;
use crate::ctx::neighbourhood;
use crate::{Ctx, Result, Services};

/// The most different queries that are counted between two rounds; others are not counted.
const MOST: usize = 2_000;
/// The most questions of which is known on a day that somebody asked them; others are not counted on that day.
const MOST_ASKED: usize = 50_000;
/// The most of them that one caller asks, so that nobody ends the counting for everybody else.
const MOST_OF_CALLER: usize = 200;
/// For what callers are hashed here.
const PURPOSE: &str = "asked query";

/// What stands for a caller, or for what a caller asked.
type Hash = [u8; 32];

/// What readers ask for, in the memory of this process; cheap to clone.
#[derive(Clone, Default)]
pub struct AskedQueries(Arc<Memory>);

#[derive(Default)]
struct Memory {
    /// What was asked for since the last round, by normalised words: how often, and how often nothing was found.
    counts: Mutex<HashMap<String, (u64, u64)>>,
    today: Mutex<Today>,
}

/// Who asked for what on a day, so that nobody counts twice for the same words on this node: hashes from which neither can be
/// read, and which are never written down.
struct Today {
    begins: DateTime<Utc>,
    /// By caller.
    asked: HashMap<Hash, HashSet<Hash>>,
    /// How many questions these are.
    count: usize,
}

impl Default for Today {
    fn default() -> Self {
        Self { begins: DateTime::<Utc>::MIN_UTC, asked: HashMap::new(), count: 0 }
    }
}

impl Today {
    /// Forgets the day before once another has begun; what began before the turn of the day turns nothing back.
    fn turn(&mut self, day: DateTime<Utc>) {
        if day > self.begins {
            *self = Self { begins: day, ..Self::default() };
        }
    }

    /// Whether a caller asks for these words for the first time on this day, and may still be counted.
    fn is_first(&mut self, asking: &Asking) -> bool {
        if self.count >= MOST_ASKED {
            return false;
        }
        let of_caller = self.asked.entry(asking.caller).or_default();
        let is_first = of_caller.len() < MOST_OF_CALLER && of_caller.insert(asking.question);
        self.count += usize::from(is_first);
        is_first
    }
}

/// By what it is known on a day who asks for which words: hashes that are the same on every node that has the same key, and
/// others on every other day.
struct Asking {
    caller: Hash,
    question: Hash,
}

impl Asking {
    fn of(vault: &Vault, day: DateTime<Utc>, caller: &str, words: &str) -> Self {
        let salted = Sha256::new().chain_update(vault.sign(PURPOSE, &day.to_rfc3339())).chain_update(caller);
        let question = salted.clone().chain_update("\n").chain_update(words);
        Self { caller: salted.finalize().into(), question: question.finalize().into() }
    }
}

impl std::fmt::Debug for AskedQueries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AskedQueries").finish_non_exhaustive()
    }
}

impl AskedQueries {
    fn turn(&self, day: DateTime<Utc>) {
        self.0.today.lock().unwrap_or_else(PoisonError::into_inner).turn(day);
    }

    /// Counts a question, unless its caller has asked for the same words on the day already.
    fn add_once(&self, day: DateTime<Utc>, asking: &Asking, words: String, is_unanswered: bool) {
        let mut today = self.0.today.lock().unwrap_or_else(PoisonError::into_inner);
        today.turn(day);
        let is_first = today.is_first(asking);
        drop(today);
        if is_first {
            self.add(words, 1, u64::from(is_unanswered));
        }
    }

    fn add(&self, query: String, asked: u64, unanswered: u64) {
        let mut counts = self.0.counts.lock().unwrap_or_else(PoisonError::into_inner);
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
        let counts = std::mem::take(&mut *self.0.counts.lock().unwrap_or_else(PoisonError::into_inner));
        let mut taken: Vec<AskedQuery> =
            counts.into_iter().map(|(query, (asked, unanswered))| AskedQuery { query, asked, unanswered }).collect();
        // In one order, so that nodes that write at once do not wait for each other in a circle.
        taken.sort_by(|one, other| one.query.cmp(&other.query));
        taken
    }
}

/// Counts a search of a reader: the words alone, once a day on this node for each who asks and not for each page, order and filter
/// of the answer.
pub fn count(services: &Services, ctx: &Ctx, query: &SearchQuery, page: &SearchPage) {
    if !services.settings.search_queries_counted || !is_plain(query) {
        return;
    }
    let words = normalised(&query.q);
    if may_be_counted(&query.q, &words) {
        let day = day_of(ctx.now);
        let asking = Asking::of(&services.accounts.vault, day, &caller_of(ctx), &words);
        services.asked_queries.add_once(day, &asking, words, page.total_count == 0);
    }
}

/// Whether it is a question as it is first asked; how many datasets a page shows is not for its reader to say.
fn is_plain(query: &SearchQuery) -> bool {
    let (q, limit, language) = (query.q.clone(), query.limit, query.language);
    *query == SearchQuery { q, limit, language, ..SearchQuery::default() }
}

/// For whom a question counts: an address with those beside it, else a session or token. Of whom nothing is known are one.
fn caller_of(ctx: &Ctx) -> String {
    match (ctx.client, &ctx.via) {
        (Some(client), _) => neighbourhood(client).to_string(),
        (None, Some(via)) => via.to_string(),
        (None, None) => String::new(),
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
    search_queries::add(&tx, day_of(services.clock.now()), asked, MOST_TODAY).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Forgets what is over: who asked and rare words with their day, everything after its time.
///
/// # Errors
/// Where the database fails.
pub async fn forget_counts(services: &Services) -> Result<()> {
    let now = services.clock.now();
    let today = day_of(now);
    services.asked_queries.turn(today);
    let then = now - TimeDelta::days(KEPT_DAYS);
    Ok(search_queries::forget(services.db.pool(), then, today, MOST_OF_A_DAY).await?)
}

/// When the day of an instant began in the United Kingdom.
fn day_of(at: DateTime<Utc>) -> DateTime<Utc> {
    uk_time::day_bounds(uk_time::day(at)).map_or(at, |(begins, _)| begins)
}

#[cfg(test)]
mod tests {
    use domain::catalogue::Sort;
    use domain::event::Via;
    use domain::language::Language;

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
    fn who_asks_again_counts_once_a_day() {
        let (counts, vault) = (AskedQueries::default(), Vault::new("a secret of the site").unwrap());
        let (today, tomorrow) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(1));
        let asks = |day, caller: &str, words: &str, is_unanswered| {
            counts.add_once(day, &Asking::of(&vault, day, caller, words), words.to_owned(), is_unanswered);
        };
        let asked = || -> Vec<(String, u64, u64)> {
            counts.take().into_iter().map(|one| (one.query, one.asked, one.unanswered)).collect()
        };
        for caller in ["192.0.2.1", "192.0.2.1", "192.0.2.2"] {
            asks(today, caller, "ann smith", true);
        }
        asks(today, "192.0.2.1", "cpi", false);
        assert_eq!(asked(), [("ann smith".to_owned(), 2, 2), ("cpi".to_owned(), 1, 0)]);
        asks(today, "192.0.2.1", "cpi", false);
        assert!(asked().is_empty(), "also after what was counted is written down");
        asks(tomorrow, "192.0.2.1", "cpi", false);
        asks(tomorrow, "192.0.2.1", "cpi", false);
        assert_eq!(asked(), [("cpi".to_owned(), 1, 0)]);
    }

    #[test]
    fn what_began_before_midnight_turns_nothing_back() {
        let mut today = Today::default();
        let day = DateTime::UNIX_EPOCH;
        today.turn(day);
        assert!(today.is_first(&nth(1, 1)));
        today.turn(day - TimeDelta::days(1));
        assert!(!today.is_first(&nth(1, 1)));
        today.turn(day + TimeDelta::days(1));
        assert!(today.asked.is_empty() && today.count == 0 && today.is_first(&nth(1, 1)));
    }

    #[test]
    fn who_asked_is_known_by_the_same_hash_on_every_node_and_by_another_each_day() {
        let (today, tomorrow) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(1));
        let hashes = |secret: &str, day, caller: &str, words: &str| {
            let asking = Asking::of(&Vault::new(secret).unwrap(), day, caller, words);
            (asking.caller, asking.question)
        };
        let (caller, question) = hashes("a secret of the site", today, "192.0.2.1", "cpi");
        assert_eq!((caller, question), hashes("a secret of the site", today, "192.0.2.1", "cpi"));
        let others = [
            hashes("another secret", today, "192.0.2.1", "cpi"),
            hashes("a secret of the site", tomorrow, "192.0.2.1", "cpi"),
            hashes("a secret of the site", today, "192.0.2.2", "cpi"),
        ];
        assert!(others.iter().all(|other| other.0 != caller && other.1 != question));
        let (same, other) = hashes("a secret of the site", today, "192.0.2.1", "gdp");
        assert!(same == caller && other != question && question != caller);
    }

    #[test]
    fn no_caller_ends_the_counting_for_everybody_else() {
        let mut today = Today::default();
        let greedy = (0..MOST_OF_CALLER * 2).filter(|number| today.is_first(&nth(0, *number))).count();
        assert_eq!((greedy, today.count), (MOST_OF_CALLER, MOST_OF_CALLER));
        assert!(today.is_first(&nth(1, 0)) && !today.is_first(&nth(0, MOST_OF_CALLER * 2)));
        for number in 1..MOST_ASKED {
            today.is_first(&nth(1 + number / MOST_OF_CALLER, number));
        }
        assert_eq!(today.count, MOST_ASKED);
        let callers = today.asked.len();
        assert!(!today.is_first(&nth(MOST_ASKED, 0)) && today.asked.len() == callers, "nor does the memory grow on");
    }

    /// A question by number of a caller by number.
    fn nth(caller: usize, question: usize) -> Asking {
        let hash = |number: usize| -> Hash { Sha256::digest(number.to_be_bytes()).into() };
        Asking { caller: hash(caller), question: hash(question) }
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

    #[test]
    fn a_question_counts_for_an_address_before_a_session() {
        let public = Ctx::public(DateTime::UNIX_EPOCH, "a-test".to_owned());
        let from = |client: &str, via| caller_of(&Ctx { client: client.parse().ok(), via, ..public.clone() });
        let session = || Some(Via::session("abc"));
        assert_eq!(from("2001:db8::1", session()), from("2001:db8::2", None));
        assert_ne!(from("192.0.2.1", session()), from("192.0.2.2", session()));
        assert_ne!(from("", session()), from("", None));
    }

    #[test]
    fn days_begin_at_midnight_in_the_united_kingdom() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(day_of(at("2026-07-01T22:59:00Z")), at("2026-06-30T23:00:00Z"));
        assert_eq!(day_of(at("2026-01-01T00:00:00Z")), at("2026-01-01T00:00:00Z"));
    }
}
