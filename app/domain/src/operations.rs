//! What operators see of the running program, held against the thresholds of the runbook.

mod alerting;
mod callers;
mod causes;
mod clocks;
mod conditions;
mod costs;
mod database;
mod incidents;
mod logs;
mod marks;
mod meters;
mod nodes;
mod review;
mod runs;
mod severity;
mod silences;
mod thresholds;
mod watch;

pub use alerting::{AlertWay, told_words};
pub use callers::{CallerBlock, CallerKind, CallerSight, LONGEST_BLOCK, LimitsDesk, NewBlock, title_of};
pub use causes::{FILES_STORED, Finding, RootCause, causes_of, is_mended, is_over};
pub use clocks::{Clock, ClockKind, Standing};
pub use conditions::{Condition, Firing, Rule, key_of, titled};
pub use costs::{CacheSight, PerformanceDesk, StatementCost};
pub use database::{Backup, DatabaseDesk, HeldLease, RECOVERY_POINT, RunningStatement, WriteAheadLog, worth_a_look};
pub use incidents::{
    AlertDesk, Incident, IncidentAction, IncidentCommand, IncidentRule, IncidentSheet, IncidentState, NewIncident,
};
pub use logs::{KeptLog, LogAsked, LogDesk, LogLevel, LogLine};
pub use marks::{desk_mark, node_mark};
pub use meters::{Endpoint, Sample, endpoints, read_exposition};
pub use nodes::{LATELY, NodeSight, SeenNode};
pub use review::review_of;
pub use runs::{PublicationRun, RunFacts};
pub use severity::{IncidentSeverity, Response, Targets};
pub use silences::{LONGEST_SILENCE, NewSilence, Silence};
pub use thresholds::{Gauge, Grade, Indicator, indicators};
pub use watch::Watch;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::bundle::Bundle;
use crate::bundle::missing::MissingRelease;
use crate::delivery::{CircuitState, Sink};
use crate::file::{File, FileJob, FileJobState};
use crate::office::QueueSwitch;
use crate::page::Page;
use crate::progress::PublicationProgress;
use crate::views::{QueueEntry, Step};

/// How one component was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentSight {
    /// What the runbook's commands select it by.
    pub name: String,
    /// `OK`, `WARNING` or `CRITICAL`.
    pub status: String,
    /// A sentence.
    pub message: String,
    /// When it was last looked at.
    pub last_checked: DateTime<Utc>,
    /// When it was last in order.
    pub last_success: Option<DateTime<Utc>>,
    /// When it last failed.
    pub last_failure: Option<DateTime<Utc>>,
    /// How long looking took, in milliseconds.
    pub duration_ms: i64,
    /// The same of the last looks, the newest last.
    #[serde(default)]
    pub recent: Vec<i64>,
}

/// What the running program tells of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Readings {
    /// `OK`, `WARNING` or `CRITICAL`.
    pub status: String,
    /// Every component.
    pub components: Vec<ComponentSight>,
    /// When the process started.
    pub started_at: DateTime<Utc>,
    /// When the scheduler last showed that it is alive; `None` where this node runs none.
    pub last_beat: Option<DateTime<Utc>>,
    /// The program's version.
    pub version: String,
    /// The commit that it was built from.
    pub commit: String,
    /// Everything that is measured.
    pub samples: Vec<Sample>,
    /// Every setting with its effective value, secrets masked.
    pub settings: Vec<(String, String)>,
    /// The conditions that held when this node last looked.
    pub firing: Vec<Firing>,
    /// How often one address, caller or search may ask; empty where nothing is counted.
    #[serde(default)]
    pub limits: Vec<LimitSight>,
    /// Those who asked most lately.
    #[serde(default)]
    pub callers: Vec<CallerSight>,
    /// How often what is remembered was found.
    #[serde(default)]
    pub caches: Vec<CacheSight>,
}

/// How often somebody may ask, and how many are being counted just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitSight {
    /// What answers call it in `RateLimit-Policy`.
    pub policy: String,
    /// The most requests within the window, all of which may come at once.
    pub quota: u32,
    /// The window, in seconds.
    pub window: u64,
    /// Whoever has asked so lately that they do not have their whole quota yet; some may be counted as one.
    pub counted: u64,
}

/// The search index of one node beside the catalogue that it follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDesk {
    /// The node whose index it is.
    pub node: String,
    /// The revision of the catalogue that the index has reached.
    pub cursor: u64,
    /// The catalogue's revision.
    pub revision: u64,
    /// How many datasets the index holds.
    pub held: u64,
    /// How many datasets are public.
    pub public: u64,
    /// What the index takes, in bytes.
    pub bytes: u64,
    /// The last time that somebody had it made anew, since this node started.
    pub rebuild: Option<IndexRebuild>,
    /// The dataset that was asked about.
    pub sought: Option<SoughtDataset>,
}

/// Whether a dataset can be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoughtDataset {
    /// Its id, as it was asked.
    pub id: String,
    /// Whether there is a public one of this id.
    pub is_public: bool,
    /// Whether the index holds it.
    pub is_held: bool,
}

/// One making of the index anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexRebuild {
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` while it goes on.
    pub finished_at: Option<DateTime<Utc>>,
    /// How many datasets were read for it so far.
    pub so_far: u64,
    /// How many datasets it holds since; `None` while it goes on and where it failed.
    pub datasets: Option<u64>,
}

impl Readings {
    /// The sum of a measure over all its labels; `None` where it was never measured.
    #[must_use]
    pub fn sum(&self, name: &str) -> Option<f64> {
        let mut values = self.samples.iter().filter(|sample| sample.name == name).map(|sample| sample.value).peekable();
        values.peek()?;
        Some(values.sum())
    }

    /// A measure with this label.
    #[must_use]
    pub fn labelled(&self, name: &str, label: &str, value: &str) -> Option<f64> {
        let fits =
            |sample: &&Sample| sample.name == name && sample.labels.get(label).is_some_and(|found| found == value);
        self.samples.iter().find(fits).map(|sample| sample.value)
    }
}

/// The page that an operator looks at first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// What the program tells of itself.
    pub readings: Readings,
    /// Incidents that are not over, the gravest first.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// What the runbook gives thresholds for.
    pub indicators: Vec<Indicator>,
    /// What comes next in the publish queue.
    pub next: Option<QueueEntry>,
    /// How many bundles wait.
    pub queued: u64,
    /// Bundles whose publication failed: how many, and the newest of them.
    pub failed: Page<Bundle>,
    /// Deliveries that were given up.
    pub given_up: u64,
    /// Files that could not be looked into.
    pub failed_files: u64,
    /// This node's name.
    pub node: String,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

impl Overview {
    /// How everything stands, `OK`, `WARNING` or `CRITICAL`: no better than the components were found, no better than the gravest
    /// incident that is not over, and not `OK` where something failed that needs somebody.
    #[must_use]
    pub fn standing(&self) -> &'static str {
        let incidents = match self.incidents.iter().map(|incident| incident.severity).min() {
            None => 0,
            Some(IncidentSeverity::P1) => 2,
            Some(_) => 1,
        };
        let components = match self.readings.status.as_str() {
            "OK" => 0,
            "WARNING" => 1,
            _ => 2,
        };
        let needs_somebody = self.failed.total_count > 0 || self.given_up > 0 || self.failed_files > 0;
        match incidents.max(components).max(u8::from(needs_somebody)) {
            0 => "OK",
            1 => "WARNING",
            _ => "CRITICAL",
        }
    }
}

/// The publish queue with what an operator may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueDesk {
    /// What is scheduled or being published, soonest first.
    pub queue: Page<QueueEntry>,
    /// Bundles that were approved and wait for an instant, or are published by hand.
    pub approved: Vec<Bundle>,
    /// What the calendar has promised for the coming days, and nothing would publish.
    #[serde(default)]
    pub missing: Vec<MissingRelease>,
    /// Whether the whole queue is paused.
    pub switch: QueueSwitch,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// A bundle whose publication needs somebody, with what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Casualty {
    /// How its publication stands, and what the viewer may do.
    pub progress: PublicationProgress,
    /// What the runbook's root causes come to here.
    pub findings: Vec<Finding>,
    /// Files whose bytes are not in the storage.
    #[serde(default)]
    pub lost: Vec<LostFile>,
    /// Incidents that are not over and tell of the same, for those who deal with them.
    #[serde(default)]
    pub incidents: Vec<Incident>,
}

impl Casualty {
    /// Whether an incident tells of what is wrong here: of its files, or by naming the bundle.
    #[must_use]
    pub fn is_told_by(&self, incident: &Incident) -> bool {
        let of_files = incident.condition == Some(Condition::DataCorrupt) && incident.subject == "files";
        (of_files && !self.lost.is_empty()) || incident.description.contains(&self.progress.bundle.id)
    }
}

/// A file whose bytes are missing or damaged, with what it takes to bring them back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostFile {
    /// `dataset/edition/version`.
    pub reference: String,
    /// Its place on the portal's page of that version.
    pub page: String,
    /// The file's name.
    pub filename: String,
    /// How many bytes it has.
    pub size: u64,
    /// Their SHA-256.
    pub sha256: String,
    /// Under which key they belong in the storage; for operators alone.
    pub object_key: Option<String>,
}

/// A delivery that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedDelivery {
    /// The receiver.
    pub kind: String,
    /// The bundle that it follows from, if the viewer may see one.
    pub bundle_id: Option<String>,
    /// Whether it follows from no bundle, as letters do and alerts of incidents.
    pub is_alone: bool,
    /// How it stands.
    pub step: Step,
}

/// Why an operator wants a receiver left in peace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverHold {
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// The operator's name.
    pub by: String,
}

/// How the last calls of a receiver ended, as one node saw them since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastCalls {
    /// When it last took what it was sent.
    pub taken: Option<DateTime<Utc>>,
    /// When it last did not, and what it or the way to it said.
    pub failed: Option<(DateTime<Utc>, String)>,
}

/// How it goes with one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverSight {
    /// Which.
    pub sink: Sink,
    /// Whether it is called; `None` for what has no circuit.
    pub circuit: Option<CircuitState>,
    /// Why an operator wants it left in peace, where one does.
    pub held: Option<ReceiverHold>,
    /// How its last calls ended.
    #[serde(default)]
    pub calls: LastCalls,
    /// How much waits or is being made.
    pub open: u64,
    /// When the oldest of it was queued.
    pub oldest: Option<DateTime<Utc>>,
    /// How much was given up.
    pub given_up: u64,
}

/// All receivers, and what is owed to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrations {
    /// The receivers.
    pub receivers: Vec<ReceiverSight>,
    /// A page of what failed or was given up, the newest first.
    pub owed: Page<OwedDelivery>,
    /// What a receiver said that was asked just now.
    pub asked: Option<(Sink, Result<(), String>)>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// The queue of files that are looked into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileDesk {
    /// How many there are in each state, and since when the oldest waits.
    pub depths: Vec<(FileJobState, u64, Option<DateTime<Utc>>)>,
    /// The files with their jobs, oldest first.
    pub files: Vec<(File, FileJob)>,
    /// How the storage was found.
    pub storage: Option<ComponentSight>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::page::Paging;

    fn overview(status: &str, incidents: &[IncidentSeverity]) -> Overview {
        let readings = serde_json::json!({
            "status": status, "components": [], "started_at": DateTime::UNIX_EPOCH, "last_beat": null, "version": "", "commit": "",
            "samples": [], "settings": [], "firing": [],
        });
        let now = DateTime::UNIX_EPOCH;
        let open = |severity: &IncidentSeverity| {
            let new = NewIncident { title: "Late".into(), description: String::new(), severity: *severity };
            Incident::by_hand("1".into(), new, Actor::system("test"), now)
        };
        Overview {
            readings: serde_json::from_value(readings).unwrap(),
            incidents: incidents.iter().map(open).collect(),
            indicators: Vec::new(),
            next: None,
            queued: 0,
            failed: Page::new(Vec::new(), 0, Paging::WHOLE),
            given_up: 0,
            failed_files: 0,
            node: "a".into(),
            now,
        }
    }

    #[test]
    fn nothing_is_green_while_an_incident_is_open() {
        use IncidentSeverity::{P1, P3, P4};
        assert_eq!(overview("OK", &[]).standing(), "OK");
        assert_eq!(overview("OK", &[P4]).standing(), "WARNING");
        assert_eq!(overview("OK", &[P3, P1]).standing(), "CRITICAL");
        let failed = Page::new(Vec::new(), 1, Paging::WHOLE);
        assert_eq!(Overview { failed, ..overview("OK", &[]) }.standing(), "WARNING");
        assert_eq!(Overview { failed_files: 2, ..overview("OK", &[]) }.standing(), "WARNING");
        assert_eq!(overview("CRITICAL", &[P4]).standing(), "CRITICAL");
        assert_eq!(overview("WARNING", &[]).standing(), "WARNING");
    }
}
