//! The database as operators see it: size, schema, connections, statements, leases and the last backup.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Grade, NodeSight};

/// How much work a disaster may cost: no backup is to be older (recovery point objective).
pub const RECOVERY_POINT: TimeDelta = TimeDelta::hours(1);
/// Statements that take this long are looked at.
const LONG_MS: i64 = 1_000;

/// The database, as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseDesk {
    /// `SQLite` or `PostgreSQL`.
    pub kind: String,
    /// The database's own version.
    pub version: String,
    /// What it takes on the disk, in bytes.
    pub bytes: u64,
    /// Its write-ahead log; SQLite alone.
    pub wal: Option<WriteAheadLog>,
    /// How many steps the schema has taken.
    pub steps: u64,
    /// The last of them, and when it was taken.
    pub last_step: Option<(String, DateTime<Utc>)>,
    /// Connections of this node that are in use.
    pub used: u32,
    /// Connections of this node that nobody uses.
    pub idle: u32,
    /// The most connections that this node may have.
    pub most: u32,
    /// What runs long, waits or is waited for; PostgreSQL alone.
    pub statements: Vec<RunningStatement>,
    /// What nodes hold for a time.
    pub leases: Vec<HeldLease>,
    /// The last backup that is known of.
    pub backup: Option<Backup>,
    /// The node whose connections these are.
    pub node: NodeSight,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// The write-ahead log of SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteAheadLog {
    /// What it takes on the disk, in bytes.
    pub bytes: u64,
    /// When it was last written back into the database's file.
    pub last_checkpoint: Option<DateTime<Utc>>,
}

/// What one connection to PostgreSQL does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningStatement {
    /// The process that serves the connection.
    pub pid: i64,
    /// What the database calls its state, such as `active` or `idle in transaction`.
    pub state: String,
    /// For what it waits, such as `Lock`; empty where it does not.
    pub waits_for: String,
    /// Whom it waits for.
    pub blocked_by: Vec<i64>,
    /// How long its transaction or statement has taken, in milliseconds.
    pub took_ms: i64,
    /// The statement, without its values.
    pub statement: String,
}

/// What a node holds until an instant, so that no other does the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLease {
    /// What for: `publication`, `delivery`, `file`, `output` or `upload`.
    pub what: String,
    /// The id of the thing.
    pub of: String,
    /// Who holds it.
    pub holder: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// As of when it holds the database.
    pub taken_at: DateTime<Utc>,
    /// By what: `catalogue backup`, or the office's own means.
    pub made_by: String,
    /// Its objects, where it holds any.
    pub objects: Option<u64>,
    /// Its bytes, where they are known.
    pub bytes: Option<u64>,
}

impl Backup {
    /// How its age stands against the objective.
    #[must_use]
    pub fn grade(&self, now: DateTime<Utc>) -> Grade {
        let age = now - self.taken_at;
        if age <= RECOVERY_POINT {
            Grade::Good
        } else if age <= RECOVERY_POINT * 24 {
            Grade::Warning
        } else {
            Grade::Alarm
        }
    }
}

/// Those that run long, wait for another or are waited for, the longest first.
#[must_use]
pub fn worth_a_look(all: Vec<RunningStatement>) -> Vec<RunningStatement> {
    let waited_for: Vec<i64> = all.iter().flat_map(|one| one.blocked_by.clone()).collect();
    let mut found: Vec<RunningStatement> = all
        .into_iter()
        .filter(|one| {
            let runs = !one.state.is_empty() && one.state != "idle" && one.took_ms >= LONG_MS;
            runs || !one.blocked_by.is_empty() || waited_for.contains(&one.pid)
        })
        .collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.took_ms));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(pid: i64, state: &str, took_ms: i64, blocked_by: &[i64]) -> RunningStatement {
        RunningStatement {
            pid,
            state: state.to_owned(),
            waits_for: String::new(),
            blocked_by: blocked_by.to_vec(),
            took_ms,
            statement: "SELECT 1".to_owned(),
        }
    }

    #[test]
    fn what_runs_long_or_stands_in_the_way_is_looked_at() {
        let all = vec![
            running(1, "active", 20, &[]),
            running(2, "active", 4_000, &[]),
            running(3, "idle", 90_000, &[]),
            running(4, "active", 300, &[5]),
            running(5, "idle in transaction", 900, &[]),
        ];
        let found: Vec<i64> = worth_a_look(all).into_iter().map(|one| one.pid).collect();
        assert_eq!(found, [2, 5, 4]);
    }

    #[test]
    fn a_backup_is_held_against_an_hour() {
        let at = |minutes: i64| DateTime::from_timestamp(1_796_000_000 + minutes * 60, 0).unwrap();
        let backup = Backup { taken_at: at(0), made_by: "catalogue backup".into(), objects: None, bytes: None };
        assert_eq!(backup.grade(at(60)), Grade::Good);
        assert_eq!(backup.grade(at(61)), Grade::Warning);
        assert_eq!(backup.grade(at(25 * 60)), Grade::Alarm);
    }
}
