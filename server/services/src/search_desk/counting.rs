//! Counting what was asked for: in memory while somebody waits, in the database by the background task.
//!
//! Somebody who asks again counts once a day, whichever nodes answer and however often they are started anew. So the database keeps
//! until the day is over that something was counted, by a hash of who asked and for what. The rule of privacy that holds for it:
//! it is made with a key of the day, which comes from `SECRET_KEY` and is in no database, so that whoever has the database alone can
//! neither read nor guess words or caller from it; it tells not even which two of them are of one caller; and beside the words
//! stands nothing of who asked.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::catalogue::{SearchPage, SearchQuery};
use domain::search_desk::{AskedQuery, KEPT_DAYS, MOST_OF_A_DAY, MOST_TODAY, may_be_counted};
use domain::uk_time;
use persistence::{search_queries, throttles};
use search::normalised;
use sha2::{Digest, Sha256};

use crate::accounts::Vault;
use crate::ctx::neighbourhood;
use crate::{Ctx, Result, Services};

/// The most questions that wait to be written down; others are not counted.
const MOST: usize = 10_000;
/// The most questions of which this node knows on a day that somebody asked them; others are not counted on that day.
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
    /// What was asked for since the last round.
    waiting: Mutex<Vec<Waiting>>,
    today: Mutex<Today>,
}

/// A question that waits to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    /// By what it is known on a day who asks for which words.
    question: Hash,
    /// The normalised words.
    words: String,
    /// Whether nothing was found.
    is_unanswered: bool,
}

impl Waiting {
    /// Under what it is kept that it was counted, for all nodes and until its day is over.
    fn name(&self) -> String {
        format!("{PURPOSE} {}", hex::encode(self.question))
    }
}

/// Who asked for what on a day, so that what this node has counted is asked of the database once: hashes from which neither can be
/// read, of which those of callers never leave the memory.
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
            self.wait([Waiting { question: asking.question, words, is_unanswered }]);
        }
    }

    /// Keeps questions until they are written down, as far as there is room.
    fn wait(&self, questions: impl IntoIterator<Item = Waiting>) {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST.saturating_sub(waiting.len());
        waiting.extend(questions.into_iter().take(room));
    }

    fn take(&self) -> Vec<Waiting> {
        std::mem::take(&mut *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// How often the same words were asked for, and how often nothing was found; in one order, so that nodes that write at once do
/// not wait for each other in a circle.
fn added_up<'a>(questions: impl Iterator<Item = &'a Waiting>) -> Vec<AskedQuery> {
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
    let waiting = services.asked_queries.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let kept = keep(services, &waiting).await;
    if kept.is_err() {
        services.asked_queries.wait(waiting);
    }
    kept
}

/// Adds those that no node has counted yet, in the transaction that keeps that they were: one that fails, or whose answer is lost,
/// is tried again and counts once.
async fn keep(services: &Services, waiting: &[Waiting]) -> Result<()> {
    let (today, ends) = bounds_of(services.clock.now());
    let tx = services.db.begin().await?;
    let first = throttles::begin_once(&tx, waiting.iter().map(Waiting::name).collect(), ends).await?;
    let first: HashSet<String> = first.into_iter().collect();
    let asked = added_up(waiting.iter().filter(|question| first.contains(&question.name())));
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
    services.asked_queries.turn(today);
    let then = now - TimeDelta::days(KEPT_DAYS);
    Ok(search_queries::forget(services.db.pool(), then, today, MOST_OF_A_DAY).await?)
}

/// When the day of an instant began in the United Kingdom.
fn day_of(at: DateTime<Utc>) -> DateTime<Utc> {
    bounds_of(at).0
}

/// The first and the last moment of that day.
fn bounds_of(at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    uk_time::day_bounds(uk_time::day(at)).unwrap_or((at, at))
}

#[cfg(test)]
mod tests {
    use domain::catalogue::Sort;
    use domain::event::Via;
    use domain::language::Language;

    use super::*;

    /// A question by number for some words.
    fn waits(number: usize, words: &str, is_unanswered: bool) -> Waiting {
        Waiting { question: nth(0, number).question, words: words.to_owned(), is_unanswered }
    }

    #[test]
    fn counts_add_up_in_one_order_and_what_waits_is_bounded() {
        let told = [waits(0, "gdp", false), waits(1, "cpi", true), waits(2, "cpi", false), waits(3, "cpi", true)];
        let asked = |query: &str, asked, unanswered| AskedQuery { query: query.into(), asked, unanswered };
        assert_eq!(added_up(told.iter()), [asked("cpi", 3, 2), asked("gdp", 1, 0)]);
        let counts = AskedQueries::default();
        counts.wait(told.clone());
        assert_eq!((counts.take(), counts.take()), (told.to_vec(), Vec::new()));
        counts.wait((0..MOST * 2).map(|number| waits(number, "cpi", false)));
        counts.wait([waits(0, "gdp", false)]);
        let kept = counts.take();
        assert!(kept.len() == MOST && kept.iter().all(|question| question.words == "cpi"), "{}", kept.len());
    }

    #[test]
    fn what_is_kept_of_a_question_tells_neither_words_nor_caller() {
        let vault = Vault::new("a secret of the site").unwrap();
        let asking = Asking::of(&vault, DateTime::UNIX_EPOCH, "192.0.2.1", "cpi");
        let (question, words) = (asking.question, "cpi".to_owned());
        let name = Waiting { question, words, is_unanswered: false }.name();
        let hash = name.strip_prefix("asked query ").unwrap();
        assert!(hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit()), "{name}");
        assert!(!name.contains(&hex::encode(asking.caller)), "not even that two are of one caller");
    }

    #[test]
    fn who_asks_again_counts_once_a_day() {
        let (counts, vault) = (AskedQueries::default(), Vault::new("a secret of the site").unwrap());
        let (today, tomorrow) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(1));
        let asks = |day, caller: &str, words: &str, is_unanswered| {
            counts.add_once(day, &Asking::of(&vault, day, caller, words), words.to_owned(), is_unanswered);
        };
        let asked = || -> Vec<(String, u64, u64)> {
            let added = added_up(counts.take().iter());
            added.into_iter().map(|one| (one.query, one.asked, one.unanswered)).collect()
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
