//! Who asks most, and whom an operator lets in no more for a time.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Readings;
use crate::office::SettingSheet;
use crate::refusal::FieldProblem;
use crate::text::check_line;
use crate::wire::wire_enum;

/// The longest that somebody is blocked at once, in hours.
pub const LONGEST_BLOCK: i64 = 30 * 24;
/// The longest reason, in characters.
const MAX_REASON: usize = 500;

wire_enum! {
    /// By what a caller is known.
    CallerKind {
        /// By their address, or by the /64 network of an IPv6 one.
        Address => "address",
        /// By the token that they send.
        Token => "token",
    }
}

/// Somebody who asked lately, as one node counted them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerSight {
    /// By what they are known.
    pub kind: CallerKind,
    /// What stands for them: a hash, from which nobody gets back to the address or the token.
    pub subject: String,
    /// The token's name, where it is one of ours.
    pub name: Option<String>,
    /// Requests within this hour and the last.
    pub requests: u64,
    /// How many of those were refused because there were too many, or the caller is blocked.
    pub refused: u64,
    /// When they last asked.
    pub last_seen: DateTime<Utc>,
}

impl CallerSight {
    /// What they are called: a token by its name, an address by the beginning of its hash.
    #[must_use]
    pub fn title(&self) -> String {
        title_of(self.kind, &self.subject, self.name.as_deref())
    }
}

/// What a caller is called who is known by this hash, and perhaps by a name.
#[must_use]
pub fn title_of(kind: CallerKind, subject: &str, name: Option<&str>) -> String {
    let short = subject.get(..8).unwrap_or(subject);
    match (kind, name) {
        (CallerKind::Token, Some(name)) => format!("Token {name}"),
        (CallerKind::Token, None) => format!("Unknown token {short}"),
        (CallerKind::Address, _) => format!("Address {short}"),
    }
}

/// Somebody who is let in no more for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerBlock {
    /// By what they are known.
    pub kind: CallerKind,
    /// What stands for them.
    pub subject: String,
    /// What they were called when they were blocked.
    pub title: String,
    /// Why.
    pub reason: String,
    /// The name of whoever blocked them.
    pub blocked_by: String,
    /// Since when.
    pub blocked_at: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// What is asked for to block somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBlock {
    /// By what they are known.
    pub kind: CallerKind,
    /// What stands for them.
    pub subject: String,
    /// For how many hours.
    pub hours: i64,
    /// Why.
    pub reason: String,
}

impl NewBlock {
    /// Every problem at once.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let known = (8..=64).contains(&self.subject.len()) && self.subject.bytes().all(|b| b.is_ascii_hexdigit());
        if !known {
            problems.push(FieldProblem::new("subject", "unknown", "Choose a caller from the list."));
        }
        if !(1..=LONGEST_BLOCK).contains(&self.hours) {
            let message = format!("Give a number of hours from 1 to {LONGEST_BLOCK}.");
            problems.push(FieldProblem::new("hours", "out_of_range", message));
        }
        check_line(&mut problems, "reason", &self.reason, MAX_REASON);
        problems
    }

    /// The block that it becomes; of what is sound alone.
    #[must_use]
    pub fn begin(self, title: String, by: &str, now: DateTime<Utc>) -> CallerBlock {
        let Self { kind, subject, hours, reason } = self;
        let until = now + TimeDelta::hours(hours.clamp(0, LONGEST_BLOCK));
        let (blocked_by, reason) = (by.to_owned(), reason.trim().to_owned());
        CallerBlock { kind, subject, title, reason, blocked_by, blocked_at: now, until }
    }
}

/// How much one caller may ask for, who asks most, and who is blocked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitsDesk {
    /// What the program tells of itself.
    pub readings: Readings,
    /// Those who are blocked, on every node.
    pub blocks: Vec<CallerBlock>,
    /// How often who may ask, as it was set while the catalogue runs.
    pub setting: SettingSheet,
    /// Whether the reader may change that.
    pub may_change: bool,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(subject: &str, hours: i64, reason: &str) -> NewBlock {
        NewBlock { kind: CallerKind::Address, subject: subject.to_owned(), hours, reason: reason.to_owned() }
    }

    #[test]
    fn a_block_has_an_end_and_a_reason() {
        let fields = |block: NewBlock| block.problems().into_iter().map(|problem| problem.field).collect::<Vec<_>>();
        assert!(fields(asked("0123456789abcdef", LONGEST_BLOCK, "Scrapes")).is_empty());
        assert_eq!(fields(asked("192.0.2.1", 0, " ")), ["subject", "hours", "reason"]);
        assert_eq!(fields(asked("0123456789abcdef", LONGEST_BLOCK + 1, "Scrapes")), ["hours"]);
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default();
        let block = asked("0123456789abcdef", 2, " Scrapes ").begin("Address 01234567".to_owned(), "Ada", now);
        assert_eq!((block.until - now, block.reason.as_str()), (TimeDelta::hours(2), "Scrapes"));
    }

    #[test]
    fn callers_are_called_by_name_or_hash() {
        assert_eq!(title_of(CallerKind::Token, "0123456789abcdef", Some("Loader")), "Token Loader");
        assert_eq!(title_of(CallerKind::Token, "0123456789abcdef", None), "Unknown token 01234567");
        assert_eq!(title_of(CallerKind::Address, "0123456789abcdef", None), "Address 01234567");
    }
}
