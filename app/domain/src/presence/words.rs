//! Presence and changes in words, the same on a page as it is made and as it goes on.

use chrono::{DateTime, Utc};

use super::{Colleague, Here, LastChange};
use crate::uk_time;

/// How many colleagues are named; the others are counted.
const NAMED: usize = 3;

/// A time to the minute, on a UK clock.
fn minute(at: DateTime<Utc>) -> String {
    let whole = at.timestamp() - at.timestamp().rem_euclid(60);
    uk_time::time(DateTime::from_timestamp(whole, 0).unwrap_or(at))
}

impl Colleague {
    fn words(&self) -> String {
        let does = if self.editing { "is editing this, here" } else { "has this open" };
        format!("{} {does} since {}.", self.name, minute(self.since))
    }
}

impl Here {
    /// Who else is there, as sentences; empty where nobody is.
    #[must_use]
    pub fn others_words(&self) -> String {
        let mut words: Vec<String> = self.others.iter().take(NAMED).map(Colleague::words).collect();
        match self.others.len().saturating_sub(NAMED) {
            0 => {}
            1 => words.push("So has one more person.".to_owned()),
            more => words.push(format!("So have {more} more people.")),
        }
        words.join(" ")
    }

    /// When this was so, to the minute.
    #[must_use]
    pub fn as_of(&self) -> String {
        minute(self.now)
    }
}

impl LastChange {
    /// The change as a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let at = minute(self.at);
        if self.own {
            format!("You changed this at {at}, after this page was made.")
        } else {
            format!("Changed by {} at {at}.", self.by)
        }
    }
}
