//! How long statements take: those that took most in all, by their text without values, in a bounded memory of this process.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::operations::StatementCost;

/// Statements that are remembered.
const KEPT: usize = 200;
/// Texts whose short form is known at once; when there are more, they are all forgotten.
const FORMS: usize = 2000;
/// The longest text that is shown, in characters.
const LONGEST: usize = 600;
/// Steps of time, four to each doubling, from a microsecond to about an hour.
const STEPS: usize = 128;

/// The costs of statements; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    hashing: RandomState,
    /// By the hash of a text, its form.
    forms: HashMap<u64, Form>,
    /// By the hash of a form's whole text.
    tallies: HashMap<u64, Tally>,
}

/// What a statement is without its values.
#[derive(Clone, Debug)]
struct Form {
    hash: u64,
    shown: Arc<str>,
}

/// What one statement took so far.
#[derive(Debug)]
struct Tally {
    shown: Arc<str>,
    /// How much others had taken that made room for this one; it keeps what comes often from making room in its turn.
    before: u64,
    count: u64,
    micros: u64,
    steps: [u32; STEPS],
}

impl Tally {
    const fn new(shown: Arc<str>, before: u64) -> Self {
        Self { shown, before, count: 0, micros: 0, steps: [0; STEPS] }
    }

    const fn weight(&self) -> u64 {
        self.before.saturating_add(self.micros)
    }

    fn note(&mut self, micros: u64) {
        self.count += 1;
        self.micros = self.micros.saturating_add(micros);
        if let Some(step) = self.steps.get_mut(step_of(micros)) {
            *step = step.saturating_add(1);
        }
    }

    /// The time within which so many of a hundred were done, in microseconds.
    fn within(&self, percent: u64) -> u64 {
        let wanted = (self.count * percent).div_ceil(100);
        let mut done = 0;
        for (step, number) in self.steps.iter().enumerate() {
            done += u64::from(*number);
            if done >= wanted {
                return end_of(step);
            }
        }
        end_of(STEPS - 1)
    }
}

/// The step that a time belongs to: its highest bit, and the two below.
fn step_of(micros: u64) -> usize {
    let micros = micros.max(4);
    let highest = micros.ilog2();
    let quarter = (micros >> (highest - 2)) & 3;
    let step = u64::from(highest) * 4 + quarter;
    usize::try_from(step).unwrap_or(STEPS).min(STEPS - 1)
}

/// The end of a step, in microseconds.
fn end_of(step: usize) -> u64 {
    let (doubling, quarter) = (step / 4, step % 4);
    ((quarter as u64 + 5) << doubling) / 4
}

impl Statements {
    /// Notes how long a statement took.
    pub(crate) fn note(&self, sql: &str, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let form = known.form_of(sql);
        if !known.tallies.contains_key(&form.hash) {
            let before = known.make_room();
            known.tallies.insert(form.hash, Tally::new(form.shown, before));
        }
        if let Some(tally) = known.tallies.get_mut(&form.hash) {
            tally.note(micros);
        }
    }

    /// Those that took most in all, the costliest first.
    #[must_use]
    pub fn costliest(&self, most: usize) -> Vec<StatementCost> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cost = |tally: &Tally| StatementCost {
            sql: tally.shown.to_string(),
            count: tally.count,
            p50_us: tally.within(50),
            p95_us: tally.within(95),
            total_us: tally.micros,
        };
        let mut costs: Vec<StatementCost> = known.tallies.values().map(cost).collect();
        costs.sort_by_key(|cost| std::cmp::Reverse(cost.total_us));
        costs.truncate(most);
        costs
    }
}

impl Known {
    fn form_of(&mut self, sql: &str) -> Form {
        let hash = self.hashing.hash_one(sql);
        if let Some(form) = self.forms.get(&hash) {
            return form.clone();
        }
        if self.forms.len() >= FORMS {
            self.forms.clear();
        }
        let text = plain(sql);
        let form = Form { hash: self.hashing.hash_one(&text), shown: shortened(&text).into() };
        self.forms.insert(hash, form.clone());
        form
    }

    /// Lets go of the one that took least in all where there are too many; how much that was.
    fn make_room(&mut self) -> u64 {
        if self.tallies.len() < KEPT {
            return 0;
        }
        let least = self.tallies.iter().min_by_key(|(_, tally)| tally.weight()).map(|(hash, _)| *hash);
        least.and_then(|hash| self.tallies.remove(&hash)).map_or(0, |tally| tally.weight())
    }
}

/// A statement without what differs between its uses: numbered marks are marks, lists of them are one, texts and numbers are marks.
fn plain(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len().min(LONGEST));
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '$' | '?' => {
                while letters.next_if(char::is_ascii_digit).is_some() {}
                mark(&mut text);
            }
            '\'' => {
                while letters.next_if(|c| *c != '\'').is_some() {}
                letters.next();
                mark(&mut text);
            }
            c if c.is_ascii_digit() && !ends_in_a_word(&text) => {
                while letters.next_if(|c| c.is_ascii_digit() || *c == '.').is_some() {}
                mark(&mut text);
            }
            c if c.is_whitespace() => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            c => text.push(c),
        }
    }
    text
}

/// A statement as it is shown: a long one without the columns that it reads, and then cut.
fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let columns = text.starts_with("SELECT ").then(|| text.find(" FROM ")).flatten();
    let text = columns.map_or_else(|| text.to_owned(), |at| format!("SELECT …{}", &text[at..]));
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// Writes a mark, unless it goes on with a list of marks.
fn mark(text: &mut String) {
    let list = text.strip_suffix(", ").or_else(|| text.strip_suffix(',')).filter(|before| before.ends_with('?'));
    match list.map(str::len) {
        Some(length) => text.truncate(length),
        None => text.push('?'),
    }
}

fn ends_in_a_word(text: &str) -> bool {
    text.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_the_length_of_lists_make_no_difference() {
        let of_one = plain("SELECT \"id\" FROM \"t1\" WHERE \"a\" IN ($1) AND b = $2  LIMIT $3");
        assert_eq!(of_one, "SELECT \"id\" FROM \"t1\" WHERE \"a\" IN (?) AND b = ? LIMIT ?");
        assert_eq!(plain("SELECT \"id\" FROM \"t1\" WHERE \"a\" IN (?, ?, ?) AND b = 'it' LIMIT 20"), of_one);
        assert!(shortened(&plain(&"x".repeat(5000))).chars().count() == LONGEST + 1);
    }

    #[test]
    fn long_statements_that_end_otherwise_are_told_apart() {
        let statements = Statements::default();
        let columns = "\"column\", ".repeat(100);
        for end in ["a = ?", "b = ?"] {
            statements.note(&format!("SELECT {columns}c FROM t WHERE {end}"), Duration::from_micros(10));
        }
        let mut shown: Vec<String> = statements.costliest(10).into_iter().map(|cost| cost.sql).collect();
        shown.sort();
        assert_eq!(shown, ["SELECT … FROM t WHERE a = ?", "SELECT … FROM t WHERE b = ?"]);
    }

    #[test]
    fn what_comes_late_and_often_is_seen_beside_what_took_long_once() {
        let statements = Statements::default();
        let name = |number: usize| format!("{number:b}").replace('0', "a").replace('1', "b");
        for number in 0..KEPT {
            statements.note(&format!("SELECT {}", name(number)), Duration::from_millis(10));
        }
        for _ in 0..5_000 {
            for late in ["SELECT late FROM x", "SELECT late FROM y"] {
                statements.note(late, Duration::from_micros(10));
            }
        }
        let costs = statements.costliest(2);
        assert!(costs.iter().all(|cost| cost.sql.starts_with("SELECT late") && cost.count > 4_000), "{costs:?}");
    }

    #[test]
    fn the_costliest_come_first_with_their_percentiles() {
        let statements = Statements::default();
        for _ in 0..90 {
            statements.note("SELECT 1 FROM a", Duration::from_micros(100));
        }
        for _ in 0..10 {
            statements.note("SELECT 2 FROM a", Duration::from_millis(80));
        }
        statements.note("SELECT b", Duration::from_micros(1));
        let costs = statements.costliest(10);
        assert_eq!(costs.iter().map(|cost| cost.count).collect::<Vec<_>>(), [100, 1]);
        assert!((100..130).contains(&costs[0].p50_us), "{costs:?}");
        assert!((80_000..100_000).contains(&costs[0].p95_us), "{costs:?}");
    }

    #[test]
    fn memory_has_a_bound() {
        let statements = Statements::default();
        for number in 0..5000 {
            let name = format!("{number:b}").replace('0', "a").replace('1', "b");
            statements.note(&format!("SELECT {name}"), Duration::from_micros(10));
        }
        let known = statements.0.lock().unwrap();
        assert!(known.tallies.len() <= KEPT && known.forms.len() <= FORMS);
    }

    #[test]
    fn every_time_has_a_step_that_ends_after_it() {
        for micros in [0, 1, 4, 5, 7, 8, 100, 1_000, 999_999, 3_600_000_000] {
            let end = end_of(step_of(micros));
            assert!(end > micros && end <= micros.max(4) * 5 / 4 + 1, "{micros}: {end}");
        }
        assert_eq!(step_of(u64::MAX), STEPS - 1);
    }
}
