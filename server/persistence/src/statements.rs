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
/// The longest text that is kept, in characters.
const LONGEST: usize = 600;
/// Steps of time, four to each doubling, from a microsecond to about an hour.
const STEPS: usize = 128;

/// The costs of statements; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Statements(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    hashing: RandomState,
    forms: HashMap<u64, Arc<str>>,
    tallies: HashMap<Arc<str>, Tally>,
}

/// What one statement took so far.
#[derive(Debug)]
struct Tally {
    count: u64,
    micros: u64,
    steps: [u32; STEPS],
}

impl Default for Tally {
    fn default() -> Self {
        Self { count: 0, micros: 0, steps: [0; STEPS] }
    }
}

impl Tally {
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
        if !known.tallies.contains_key(&form) {
            known.make_room();
        }
        known.tallies.entry(form).or_default().note(micros);
    }

    /// Those that took most in all, the costliest first.
    #[must_use]
    pub fn costliest(&self, most: usize) -> Vec<StatementCost> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cost = |(sql, tally): (&Arc<str>, &Tally)| StatementCost {
            sql: sql.to_string(),
            count: tally.count,
            p50_us: tally.within(50),
            p95_us: tally.within(95),
            total_us: tally.micros,
        };
        let mut costs: Vec<StatementCost> = known.tallies.iter().map(cost).collect();
        costs.sort_by_key(|cost| std::cmp::Reverse(cost.total_us));
        costs.truncate(most);
        costs
    }
}

impl Known {
    fn form_of(&mut self, sql: &str) -> Arc<str> {
        let hash = self.hashing.hash_one(sql);
        if let Some(form) = self.forms.get(&hash) {
            return form.clone();
        }
        if self.forms.len() >= FORMS {
            self.forms.clear();
        }
        let form: Arc<str> = plain(sql).into();
        self.forms.insert(hash, form.clone());
        form
    }

    /// Lets go of the one that took least in all where there are too many.
    fn make_room(&mut self) {
        if self.tallies.len() < KEPT {
            return;
        }
        let least = self.tallies.iter().min_by_key(|(_, tally)| tally.micros).map(|(form, _)| form.clone());
        if let Some(least) = least {
            self.tallies.remove(&least);
        }
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
    if text.chars().count() > LONGEST {
        text = text.chars().take(LONGEST).chain(['…']).collect();
    }
    text
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
        assert!(plain(&"x".repeat(5000)).chars().count() == LONGEST + 1);
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
