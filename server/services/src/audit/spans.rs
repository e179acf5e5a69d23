//! Spans of time, to tell from when until when something held.

use chrono::{DateTime, Utc};
use persistence::access::Since;

/// From an instant on until before another.
pub type Span = (DateTime<Utc>, DateTime<Utc>);

/// Spans in order, apart from each other; none is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// One span; nothing where it would be empty.
    #[must_use]
    pub fn of(from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        Self(if from < until { vec![(from, until)] } else { Vec::new() })
    }

    /// While a history tells of something that fits, within `whole`; each entry holds until the next begins.
    pub fn while_held<T>(history: &[Since<T>], whole: Span, fits: impl Fn(&T) -> bool) -> Self {
        let mut spans = Self::default();
        for (place, since) in history.iter().enumerate() {
            if since.held.as_ref().is_some_and(&fits) {
                let until = history.get(place + 1).map_or(whole.1, |next| next.at.min(whole.1));
                spans = spans.or(&Self::of(since.at.max(whole.0), until));
            }
        }
        spans
    }

    /// What is in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut all: Vec<Span> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        let mut joined: Vec<Span> = Vec::with_capacity(all.len());
        for (from, until) in all {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => joined.push((from, until)),
            }
        }
        Self(joined)
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let both = self.0.iter().flat_map(|one| other.0.iter().map(move |two| (one.0.max(two.0), one.1.min(two.1))));
        Self(both.filter(|(from, until)| from < until).collect())
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Spans {
    type Item = Span;
    type IntoIter = std::vec::IntoIter<Span>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    fn spans(pairs: &[(i64, i64)]) -> Spans {
        pairs.iter().fold(Spans::default(), |all, (from, until)| all.or(&Spans::of(at(*from), at(*until))))
    }

    /// Whether each second of a minute is in them, to compare with what is said of single seconds.
    fn seconds(spans: &Spans) -> Vec<bool> {
        (0..60).map(|second| spans.0.iter().any(|(from, until)| *from <= at(second) && at(second) < *until)).collect()
    }

    #[test]
    fn either_and_both_say_of_each_second_what_its_parts_say() {
        let some =
            [vec![(0, 10), (20, 30)], vec![(5, 25)], vec![], vec![(10, 20), (40, 50)], vec![(0, 60)], vec![(30, 5)]];
        for one in &some {
            for other in &some {
                let (one, other) = (spans(one), spans(other));
                let pairs = seconds(&one).into_iter().zip(seconds(&other));
                let (either, both): (Vec<bool>, Vec<bool>) = pairs.map(|(a, b)| (a || b, a && b)).unzip();
                assert_eq!(seconds(&one.or(&other)), either);
                assert_eq!(seconds(&one.and(&other)), both);
                let apart = one.or(&other).0.windows(2).all(|pair| pair[0].1 < pair[1].0);
                assert!(apart, "what touches is one");
            }
        }
    }

    #[test]
    fn a_history_holds_until_its_next_entry_and_within_the_whole() {
        let history = [
            Since { at: at(0), held: Some(1) },
            Since { at: at(10), held: None },
            Since { at: at(20), held: Some(2) },
            Since { at: at(30), held: Some(1) },
        ];
        let held = |fits: fn(&i32) -> bool| Spans::while_held(&history, (at(5), at(40)), fits);
        assert_eq!(held(|_| true), spans(&[(5, 10), (20, 40)]));
        assert_eq!(held(|what| *what == 1), spans(&[(5, 10), (30, 40)]));
        assert!(held(|what| *what == 3).is_empty());
    }
}
