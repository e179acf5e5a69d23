//! Counting what readers ask for, once a day for each who asks: in memory while somebody waits, in the database by the background task.
//!
//! Somebody who asks again counts once a day, whichever nodes answer and however often they are started anew. So the database keeps
//! until the day is over that something was counted, by a hash of who asked and for what. The rule of privacy that holds for it:
//! it is made with a key of the day, which comes from `SECRET_KEY` and is in no database, so that whoever has the database alone can
//! neither read nor guess from it what was asked for or who asked; it tells not even which two of them are of one caller; and beside
//! what is counted stands nothing of who asked.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::uk_time;
use persistence::{Tx, throttles};
use sha2::{Digest, Sha256};

use crate::accounts::Vault;
use crate::ctx::neighbourhood;
use crate::{Ctx, Result};

/// The most questions that wait to be written down; others are not counted.
const MOST: usize = 10_000;
/// The most questions of which this node knows on a day that somebody asked them; others are not counted on that day.
const MOST_ASKED: usize = 50_000;
/// The most of them that one caller asks, so that nobody ends the counting for everybody else.
const MOST_OF_CALLER: usize = 200;

/// What stands for a caller, or for what a caller asked.
type Hash = [u8; 32];

/// What was asked for, in the memory of this process; cheap to clone.
pub(crate) struct Counts<T>(Arc<Memory<T>>);

struct Memory<T> {
    /// What was asked for since the last round.
    waiting: Mutex<Vec<Waiting<T>>>,
    today: Mutex<Today>,
}

/// A question that waits to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting<T> {
    /// By what it is known on a day who asks for what.
    question: Hash,
    /// What is counted.
    what: T,
}

impl<T> Waiting<T> {
    /// Under what it is kept that it was counted, for all nodes and until its day is over.
    fn name(&self, purpose: &str) -> String {
        format!("{purpose} {}", hex::encode(self.question))
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

    /// Whether a caller asks for this for the first time on this day, and may still be counted.
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

/// By what it is known on a day who asks for what: hashes that are the same on every node that has the same key, and others on every
/// other day and for every other purpose.
pub(crate) struct Asking {
    caller: Hash,
    question: Hash,
}

impl Asking {
    pub(crate) fn of(vault: &Vault, purpose: &str, day: DateTime<Utc>, caller: &str, what: &str) -> Self {
        let salted = Sha256::new().chain_update(vault.sign(purpose, &day.to_rfc3339())).chain_update(caller);
        let question = salted.clone().chain_update("\n").chain_update(what);
        Self { caller: salted.finalize().into(), question: question.finalize().into() }
    }
}

impl<T> Clone for Counts<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Counts<T> {
    fn default() -> Self {
        Self(Arc::new(Memory { waiting: Mutex::default(), today: Mutex::default() }))
    }
}

impl<T> fmt::Debug for Counts<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counts").finish_non_exhaustive()
    }
}

impl<T> Counts<T> {
    /// Forgets who asked on the days before this one.
    pub(crate) fn turn(&self, day: DateTime<Utc>) {
        self.0.today.lock().unwrap_or_else(PoisonError::into_inner).turn(day);
    }

    /// Counts a question, unless its caller has asked for the same on the day already.
    pub(crate) fn add_once(&self, day: DateTime<Utc>, asking: &Asking, what: T) {
        let mut today = self.0.today.lock().unwrap_or_else(PoisonError::into_inner);
        today.turn(day);
        let is_first = today.is_first(asking);
        drop(today);
        if is_first {
            self.wait([Waiting { question: asking.question, what }]);
        }
    }

    /// Keeps questions until they are written down, as far as there is room.
    pub(crate) fn wait(&self, questions: impl IntoIterator<Item = Waiting<T>>) {
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST.saturating_sub(waiting.len());
        waiting.extend(questions.into_iter().take(room));
    }

    /// All that waits.
    pub(crate) fn take(&self) -> Vec<Waiting<T>> {
        std::mem::take(&mut *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What no node has counted yet, noted in the transaction that adds it: one that fails, or whose answer is lost, is tried again and
/// counts once.
pub(crate) async fn first_of<'a, T>(
    tx: &Tx,
    purpose: &str,
    waiting: &'a [Waiting<T>],
    until: DateTime<Utc>,
) -> Result<Vec<&'a T>> {
    let names = waiting.iter().map(|question| question.name(purpose)).collect();
    let first: HashSet<String> = throttles::begin_once(tx, names, until).await?.into_iter().collect();
    let is_first = |question: &&Waiting<T>| first.contains(&question.name(purpose));
    Ok(waiting.iter().filter(is_first).map(|question| &question.what).collect())
}

/// For whom a question counts: an address with those beside it, else a session or token. Of whom nothing is known are one.
pub(crate) fn caller_of(ctx: &Ctx) -> String {
    match (ctx.client, &ctx.via) {
        (Some(client), _) => neighbourhood(client).to_string(),
        (None, Some(via)) => via.to_string(),
        (None, None) => String::new(),
    }
}

/// When the day of an instant began in the United Kingdom.
pub(crate) fn day_of(at: DateTime<Utc>) -> DateTime<Utc> {
    bounds_of(at).0
}

/// The first and the last moment of that day.
pub(crate) fn bounds_of(at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    uk_time::day_bounds(uk_time::day(at)).unwrap_or((at, at))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::event::Via;

    use super::*;

    const PURPOSE: &str = "a purpose";

    /// A question by number of a caller by number.
    fn nth(caller: usize, question: usize) -> Asking {
        let hash = |number: usize| -> Hash { Sha256::digest(number.to_be_bytes()).into() };
        Asking { caller: hash(caller), question: hash(question) }
    }

    #[test]
    fn what_waits_is_bounded_and_taken_once() {
        let waits = |number, what| Waiting { question: nth(0, number).question, what };
        let (counts, told) = (Counts::default(), [waits(0, "gdp"), waits(1, "cpi")]);
        counts.wait(told.clone());
        assert_eq!((counts.take(), counts.take()), (told.to_vec(), Vec::new()));
        counts.wait((0..MOST * 2).map(|number| waits(number, "cpi")));
        counts.wait([waits(0, "gdp")]);
        let kept = counts.take();
        assert!(kept.len() == MOST && kept.iter().all(|question| question.what == "cpi"), "{}", kept.len());
    }

    #[test]
    fn what_is_kept_of_a_question_tells_neither_what_nor_caller() {
        let vault = Vault::new("a secret of the site").unwrap();
        let asking = Asking::of(&vault, PURPOSE, DateTime::UNIX_EPOCH, "192.0.2.1", "cpi");
        let name = Waiting { question: asking.question, what: "cpi" }.name(PURPOSE);
        let hash = name.strip_prefix("a purpose ").unwrap();
        assert!(hash.len() == 64 && hash.chars().all(|c| c.is_ascii_hexdigit()), "{name}");
        assert!(!name.contains(&hex::encode(asking.caller)), "not even that two are of one caller");
    }

    #[test]
    fn who_asks_again_counts_once_a_day() {
        let (counts, vault) = (Counts::default(), Vault::new("a secret of the site").unwrap());
        let (today, tomorrow) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(1));
        let asks = |day, caller: &str, what: &'static str| {
            counts.add_once(day, &Asking::of(&vault, PURPOSE, day, caller, what), what);
        };
        let asked = || counts.take().into_iter().map(|question| question.what).collect::<Vec<_>>();
        for caller in ["192.0.2.1", "192.0.2.1", "192.0.2.2"] {
            asks(today, caller, "gdp");
        }
        asks(today, "192.0.2.1", "cpi");
        assert_eq!(asked(), ["gdp", "gdp", "cpi"]);
        asks(today, "192.0.2.1", "cpi");
        assert!(asked().is_empty(), "also after what was counted is written down");
        asks(tomorrow, "192.0.2.1", "cpi");
        asks(tomorrow, "192.0.2.1", "cpi");
        assert_eq!(asked(), ["cpi"]);
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
        let hashes = |secret: &str, purpose: &str, day, caller: &str, what: &str| {
            let asking = Asking::of(&Vault::new(secret).unwrap(), purpose, day, caller, what);
            (asking.caller, asking.question)
        };
        let (caller, question) = hashes("a secret of the site", PURPOSE, today, "192.0.2.1", "cpi");
        assert_eq!((caller, question), hashes("a secret of the site", PURPOSE, today, "192.0.2.1", "cpi"));
        let others = [
            hashes("another secret", PURPOSE, today, "192.0.2.1", "cpi"),
            hashes("a secret of the site", "another purpose", today, "192.0.2.1", "cpi"),
            hashes("a secret of the site", PURPOSE, tomorrow, "192.0.2.1", "cpi"),
            hashes("a secret of the site", PURPOSE, today, "192.0.2.2", "cpi"),
        ];
        assert!(others.iter().all(|other| other.0 != caller && other.1 != question));
        let (same, other) = hashes("a secret of the site", PURPOSE, today, "192.0.2.1", "gdp");
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
