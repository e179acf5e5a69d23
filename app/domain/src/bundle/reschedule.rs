//! Giving several bundles another instant at once: one for all of them, or each its own moved by as much.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::refusal::FieldProblem;
use crate::uk_time;

/// So many bundles at most are moved by one form.
pub const MOST: usize = 50;
/// So far a shift goes at most, in days.
const FARTHEST: i64 = 400;

/// How bundles are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// All of them to this instant.
    To(DateTime<Utc>),
    /// Each from its own instant: by days on a UK clock, so that half past nine stays half past nine, and then by minutes.
    By {
        /// Later, or earlier where it is negative.
        days: i64,
        /// Later, or earlier where it is negative.
        minutes: i64,
    },
}

impl Move {
    /// The new instant of a bundle that is scheduled for `present`, or why there is none.
    ///
    /// # Errors
    /// A sentence: it has no instant to move, or the clocks leave the new time out or show it twice.
    pub fn of(self, present: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, String> {
        let (days, minutes) = match self {
            Self::To(at) => return Ok(at),
            Self::By { days, minutes } => (days, minutes),
        };
        let present = present.ok_or("It is not scheduled, so there is no instant to move. Give it one.")?;
        let (day, time) = uk_time::fields(present);
        let moved = NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok();
        let moved = moved.and_then(|day| day.checked_add_signed(TimeDelta::days(days)));
        let day = moved.map_or(day, |day| day.to_string());
        // Only an instant that is one of two says which of two is meant; for others nobody has, and it is not guessed.
        let clock = uk_time::which(present).unwrap_or_default();
        let read = uk_time::read(("date", &day), ("time", &time), ("clock", clock));
        let at = read.map_err(|problems| problems.into_iter().map(words_of).collect::<String>())?;
        Ok(at + TimeDelta::minutes(minutes))
    }
}

/// Why a bundle cannot be moved by days; here nobody can choose which of two times is meant.
fn words_of(problem: FieldProblem) -> String {
    if problem.code == "ambiguous_time" {
        return "The clocks go back in that night, so the new time comes twice. Move it to one instant, by itself."
            .to_owned();
    }
    problem.message
}

/// What the form of a move sends, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MoveFields {
    /// `to` for one instant, `by` for a shift.
    pub how: String,
    /// The date of the one instant.
    pub publication_date: String,
    /// Its time on a UK clock.
    pub publication_time: String,
    /// Which of two, where the time comes twice.
    pub publication_clock: String,
    /// Days to shift by.
    pub days: String,
    /// Minutes to shift by.
    pub minutes: String,
}

impl MoveFields {
    /// Whether nothing was typed yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.how.is_empty()
    }

    /// What is meant.
    ///
    /// # Errors
    /// Every problem with its field.
    pub fn read(&self) -> Result<Move, Vec<FieldProblem>> {
        if self.how != "by" {
            return uk_time::read(
                ("publication_date", &self.publication_date),
                ("publication_time", &self.publication_time),
                ("publication_clock", &self.publication_clock),
            )
            .map(Move::To);
        }
        let mut problems = Vec::new();
        let mut number = |field: &str, text: &str, most: i64| {
            let text = text.trim();
            let read = if text.is_empty() { Some(0) } else { text.parse::<i64>().ok() };
            let read = read.filter(|number| (-most..=most).contains(number));
            if read.is_none() {
                let message = format!("Give a whole number between -{most} and {most}.");
                problems.push(FieldProblem::new(field, "invalid_number", message));
            }
            read.unwrap_or_default()
        };
        let days = number("days", &self.days, FARTHEST);
        let minutes = number("minutes", &self.minutes, 24 * 60);
        if problems.is_empty() && days == 0 && minutes == 0 {
            problems.push(FieldProblem::new("days", "required", "Say by how much: days, minutes, or both."));
        }
        if problems.is_empty() { Ok(Move::By { days, minutes }) } else { Err(problems) }
    }
}

/// What happens to one of the bundles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The bundle.
    pub id: String,
    /// Its title; its id where the viewer does not see it.
    pub title: String,
    /// The revision that was looked at; 0 where the viewer does not see it.
    pub revision: i64,
    /// Its instant before.
    pub before: Option<DateTime<Utc>>,
    /// Its instant afterwards, where it gets one.
    pub after: Option<DateTime<Utc>>,
    /// Why it does not get one, every reason.
    pub refused: Vec<String>,
}

/// The form of a move, with what it does to each bundle once that was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovePlan {
    /// The bundles, in the order in which they were chosen.
    pub bundles: Vec<Moved>,
    /// What was typed.
    pub fields: MoveFields,
    /// What is wrong with that.
    pub problems: Vec<FieldProblem>,
    /// Whether the move was made; otherwise it is a look ahead.
    pub done: bool,
}

impl MovePlan {
    /// How many bundles get another instant.
    #[must_use]
    pub fn moves(&self) -> usize {
        self.bundles.iter().filter(|moved| moved.after.is_some() && moved.refused.is_empty()).count()
    }

    /// What has to be typed so that it is done.
    #[must_use]
    pub fn confirmation(&self) -> String {
        confirmation(self.moves())
    }
}

/// What has to be typed so that so many bundles are moved.
#[must_use]
pub fn confirmation(count: usize) -> String {
    format!("move {count}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn by(days: &str, minutes: &str) -> MoveFields {
        MoveFields { how: "by".into(), days: days.into(), minutes: minutes.into(), ..MoveFields::default() }
    }

    #[test]
    fn half_past_nine_stays_half_past_nine_over_a_change_of_clocks() {
        let week = Move::By { days: 7, minutes: 0 };
        // 9:30am in winter time becomes 9:30am in summer time, an hour earlier in UTC.
        assert_eq!(week.of(Some(at("2027-03-24T09:30:00Z"))), Ok(at("2027-03-31T08:30:00Z")));
        assert_eq!(
            Move::By { days: 0, minutes: -30 }.of(Some(at("2026-11-23T09:30:00Z"))),
            Ok(at("2026-11-23T09:00:00Z"))
        );
        let skipped = Move::By { days: 1, minutes: 0 }.of(Some(at("2027-03-27T01:30:00Z")));
        assert!(skipped.unwrap_err().contains("clocks go forward"));
        // Half past one in summer time: the night after, it comes once more in winter time.
        let twice = Move::By { days: 1, minutes: 0 }.of(Some(at("2026-10-24T00:30:00Z")));
        assert!(twice.unwrap_err().contains("comes twice"));
        for (before, after) in
            [("2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z"), ("2026-10-25T01:30:00Z", "2026-10-25T01:45:00Z")]
        {
            assert_eq!(Move::By { days: 0, minutes: 15 }.of(Some(at(before))), Ok(at(after)), "it stays the one it is");
        }
        assert!(week.of(None).unwrap_err().contains("not scheduled"));
        assert_eq!(Move::To(at("2026-11-23T09:30:00Z")).of(None), Ok(at("2026-11-23T09:30:00Z")));
    }

    #[test]
    fn what_is_typed_is_read_or_told_by_field() {
        assert_eq!(by("-7", "").read(), Ok(Move::By { days: -7, minutes: 0 }));
        let wrong = |fields: MoveFields| {
            fields.read().unwrap_err().into_iter().map(|problem| problem.field).collect::<Vec<_>>()
        };
        assert_eq!(wrong(by("", "")), ["days"]);
        assert_eq!(wrong(by("soon", "99999")), ["days", "minutes"]);
        assert_eq!(wrong(by("401", "")), ["days"]);
        let to = MoveFields { how: "to".into(), ..MoveFields::default() };
        assert_eq!(wrong(to.clone()), ["publication_date", "publication_time"]);
        let to = MoveFields { publication_date: "2026-11-23".into(), publication_time: "09:30".into(), ..to };
        assert_eq!(to.read(), Ok(Move::To(at("2026-11-23T09:30:00Z"))));
    }
}
