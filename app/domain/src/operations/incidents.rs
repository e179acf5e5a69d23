//! Incidents: one table of what can be done to them, one function that takes a step, and which clocks of the runbook they have.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::clocks::{Clock, ClockKind};
use super::conditions::{Condition, Firing, key_of, titled};
use super::severity::IncidentSeverity;
use super::silences::Silence;
use crate::actor::{Actor, Caller};
use crate::event::{Event, Happened};
use crate::page::Page;
use crate::policy::Permission;
use crate::refusal::{FieldProblem, Refusal, all_valid};
use crate::status::PublicUpdate;
use crate::text::{check_line, check_optional};
use crate::wire::wire_enum;

/// The longest title, in characters.
const MAX_TITLE: usize = 200;
/// The longest text of a step, in characters.
const MAX_TEXT: usize = 5000;

wire_enum! {
    /// Where an incident stands.
    IncidentState {
        /// Nobody has answered for it yet.
        Open => "open",
        /// Somebody is at it.
        Acknowledged => "acknowledged",
        /// It harms nobody any more, and its cause is still to be removed.
        Mitigated => "mitigated",
        /// It is over, with its cause written down.
        Resolved => "resolved",
    }
}

wire_enum! {
    /// What can be done to an incident.
    IncidentAction {
        /// Answer for it.
        Acknowledge => "acknowledge",
        /// Tell those concerned how it stands.
        Note => "note",
        /// Say that it is graver, or less grave, than was thought.
        ChangeSeverity => "change_severity",
        /// Say that it harms nobody any more.
        Mitigate => "mitigate",
        /// End it.
        Resolve => "resolve",
        /// Begin it again.
        Reopen => "reopen",
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct IncidentRule {
    /// From where the action may be taken.
    pub from: &'static [IncidentState],
    /// Where it leads; none means that the state stays.
    pub to: Option<IncidentState>,
    /// The right that it needs.
    pub permission: Permission,
    /// What is recorded.
    pub event: &'static str,
}

impl IncidentAction {
    /// The row of the table.
    #[must_use]
    pub const fn rule(self) -> IncidentRule {
        use IncidentState as S;
        const ANY: &[S] = &[S::Open, S::Acknowledged, S::Mitigated, S::Resolved];
        const LIVE: &[S] = &[S::Open, S::Acknowledged, S::Mitigated];
        let (from, to, event) = match self {
            Self::Acknowledge => (&[S::Open] as &[S], Some(S::Acknowledged), "acknowledged"),
            Self::Note => (ANY, None, "noted"),
            Self::ChangeSeverity => (LIVE, None, "severity_changed"),
            Self::Mitigate => (&[S::Open, S::Acknowledged] as &[S], Some(S::Mitigated), "mitigated"),
            Self::Resolve => (LIVE, Some(S::Resolved), "resolved"),
            Self::Reopen => (&[S::Resolved] as &[S], Some(S::Open), "reopened"),
        };
        IncidentRule { from, to, permission: Permission::SystemOperate, event }
    }

    /// The action in words, for refusals and buttons.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge the incident",
            Self::Note => "add an update",
            Self::ChangeSeverity => "change the severity",
            Self::Mitigate => "mark the incident as mitigated",
            Self::Resolve => "resolve the incident",
            Self::Reopen => "reopen the incident",
        }
    }

    /// Refuses the action where the table does not hold it.
    pub fn check_from(self, state: IncidentState) -> Result<(), Refusal> {
        let from = self.rule().from;
        if from.contains(&state) {
            return Ok(());
        }
        Err(Refusal::InvalidTransition {
            action: self.label().to_owned(),
            from: state.to_string(),
            allowed: from.iter().map(ToString::to_string).collect(),
        })
    }
}

/// A step to take, with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IncidentCommand {
    /// Answer for it.
    Acknowledge,
    /// Tell how it stands.
    Note {
        /// How.
        text: String,
        /// Whether the public reads it, too.
        public: bool,
        /// What the public reads in Welsh; may be empty.
        text_cy: String,
    },
    /// Give it another severity.
    ChangeSeverity {
        /// The new one.
        severity: IncidentSeverity,
        /// Why.
        reason: String,
    },
    /// Say that it harms nobody any more.
    Mitigate {
        /// What was done.
        text: String,
    },
    /// End it.
    Resolve {
        /// What it came from.
        cause: String,
    },
    /// Begin it again.
    Reopen {
        /// Why.
        reason: String,
    },
}

impl IncidentCommand {
    /// The action that it takes.
    #[must_use]
    pub const fn action(&self) -> IncidentAction {
        match self {
            Self::Acknowledge => IncidentAction::Acknowledge,
            Self::Note { .. } => IncidentAction::Note,
            Self::ChangeSeverity { .. } => IncidentAction::ChangeSeverity,
            Self::Mitigate { .. } => IncidentAction::Mitigate,
            Self::Resolve { .. } => IncidentAction::Resolve,
            Self::Reopen { .. } => IncidentAction::Reopen,
        }
    }

    /// What has to be said with it: the field's name and the text.
    const fn said(&self) -> Option<(&'static str, &String)> {
        match self {
            Self::Acknowledge => None,
            Self::Note { text, .. } | Self::Mitigate { text } => Some(("text", text)),
            Self::ChangeSeverity { reason, .. } | Self::Reopen { reason } => Some(("reason", reason)),
            Self::Resolve { cause } => Some(("cause", cause)),
        }
    }
}

/// An incident to open by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIncident {
    /// What is the matter, in one line.
    pub title: String,
    /// What is known of it; may be empty.
    pub description: String,
    /// How grave it is.
    pub severity: IncidentSeverity,
}

impl NewIncident {
    /// Every problem at once.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_line(&mut problems, "title", &self.title, MAX_TITLE);
        check_optional(&mut problems, "description", &self.description, MAX_TEXT, true);
        problems
    }
}

/// Something that went wrong and is dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// A UUIDv7.
    pub id: String,
    /// What is the matter, in one line.
    pub title: String,
    /// What is known of it.
    pub description: String,
    /// How grave it is.
    pub severity: IncidentSeverity,
    /// Where it stands.
    pub state: IncidentState,
    /// The condition that opened it; none was opened by a person.
    pub condition: Option<Condition>,
    /// The condition's component, receiver or kind of data; empty where there is only one.
    pub subject: String,
    /// What it came from, once it is resolved.
    pub cause: Option<String>,
    /// Who or what opened it.
    pub opened_by: Actor,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// From when its clocks count: when it was opened, or opened again.
    pub began_at: DateTime<Utc>,
    /// Who answered for it.
    pub acknowledged_by: Option<Actor>,
    /// When.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it ceased to harm.
    pub mitigated_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When somebody last told how it stands.
    pub updated_at: DateTime<Utc>,
    /// When a node last saw its condition hold.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When its condition held no more.
    pub recovered_at: Option<DateTime<Utc>>,
    /// When anything that people do changed it last.
    pub last_modified: DateTime<Utc>,
    /// What the public was told of it, the oldest first; while that is nothing, the public knows nothing of it.
    #[serde(default)]
    pub public_updates: Vec<PublicUpdate>,
    /// Goes up with every change that people make.
    pub revision: i64,
}

impl Incident {
    /// One that a person opens.
    #[must_use]
    pub fn by_hand(id: String, new: NewIncident, by: Actor, now: DateTime<Utc>) -> Self {
        Self {
            id,
            title: new.title.trim().to_owned(),
            description: new.description.trim().replace("\r\n", "\n"),
            severity: new.severity,
            state: IncidentState::Open,
            condition: None,
            subject: String::new(),
            cause: None,
            opened_by: by,
            opened_at: now,
            began_at: now,
            acknowledged_by: None,
            acknowledged_at: None,
            mitigated_at: None,
            resolved_at: None,
            updated_at: now,
            last_seen_at: None,
            recovered_at: None,
            last_modified: now,
            public_updates: Vec::new(),
            revision: 1,
        }
    }

    /// One that a condition opens.
    #[must_use]
    pub fn by_condition(id: String, firing: &Firing, by: Actor, now: DateTime<Utc>) -> Self {
        let condition = firing.condition;
        let (value, since) = (condition.value_words(firing.value), crate::uk_time::date_time(firing.since));
        let new = NewIncident {
            title: titled(condition, &firing.subject),
            description: format!(
                "Measured: {value}, since {since}. The threshold is: {}.",
                condition.threshold_words()
            ),
            severity: condition.rule().severity,
        };
        let subject = firing.subject.clone();
        Self { condition: Some(condition), subject, last_seen_at: Some(now), ..Self::by_hand(id, new, by, now) }
    }

    /// The portal's page of it.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/ops/incidents/{}", self.id)
    }

    /// Whether it is still dealt with.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state != IncidentState::Resolved
    }

    /// By which its condition is known; none where a person opened it.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        self.condition.map(|condition| key_of(condition, &self.subject))
    }

    /// What is wrong with the command itself, whatever state it is taken in.
    #[must_use]
    pub fn problems_of(&self, command: &IncidentCommand) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        if let Some((field, text)) = command.said() {
            if text.trim().is_empty() {
                problems.push(FieldProblem::new(field, "required", "Say it in a sentence. It is kept in the history."));
            }
            check_optional(&mut problems, field, text, MAX_TEXT, true);
        }
        if let IncidentCommand::Note { text_cy, .. } = command {
            check_optional(&mut problems, "text_cy", text_cy, MAX_TEXT, true);
        }
        if matches!(command, IncidentCommand::ChangeSeverity { severity, .. } if *severity == self.severity) {
            problems.push(FieldProblem::new("severity", "unchanged", "Choose another severity than the present one."));
        }
        problems
    }

    /// Takes the step, or says why not; the old value is consumed.
    pub fn apply(
        mut self,
        command: &IncidentCommand,
        by: &Caller,
        now: DateTime<Utc>,
    ) -> Result<(Self, Happened), Refusal> {
        all_valid(self.problems_of(command))?;
        let action = command.action();
        action.check_from(self.state)?;
        let before = self.state;
        self.state = action.rule().to.unwrap_or(before);
        match command {
            IncidentCommand::Mitigate { .. } => self.mitigated_at = Some(now),
            IncidentCommand::Resolve { cause } => {
                self.resolved_at = Some(now);
                self.cause = Some(cause.trim().replace("\r\n", "\n"));
            }
            IncidentCommand::ChangeSeverity { severity, .. } => self.severity = *severity,
            IncidentCommand::Reopen { .. } => {
                // Somebody has to answer for it anew, so every clock begins again.
                self.began_at = now;
                (self.acknowledged_at, self.acknowledged_by) = (None, None);
                (self.mitigated_at, self.resolved_at) = (None, None);
            }
            IncidentCommand::Note { text, public: true, text_cy } => {
                let plain = |text: &str| text.trim().replace("\r\n", "\n");
                let text_cy = Some(plain(text_cy)).filter(|text| !text.is_empty());
                self.public_updates.push(PublicUpdate { at: now, text: plain(text), text_cy });
            }
            IncidentCommand::Acknowledge | IncidentCommand::Note { .. } => {}
        }
        // Who deals with it has answered for it, whatever they say first.
        let dealt_with = matches!(self.state, IncidentState::Acknowledged | IncidentState::Mitigated)
            || action == IncidentAction::Resolve;
        if dealt_with && self.acknowledged_at.is_none() {
            (self.acknowledged_at, self.acknowledged_by) = (Some(now), Some(by.actor.clone()));
        }
        self.updated_at = now;
        self.last_modified = now;
        let happened = Happened {
            event_type: action.rule().event,
            from_state: before.as_str(),
            to_state: self.state.as_str(),
            reason: command.said().map(|(_, text)| text.trim().replace("\r\n", "\n")),
        };
        Ok((self, happened))
    }

    /// The one thing to do next; none where it is over.
    #[must_use]
    pub const fn next_step(&self) -> Option<IncidentAction> {
        match self.state {
            IncidentState::Open => Some(IncidentAction::Acknowledge),
            IncidentState::Acknowledged => Some(IncidentAction::Mitigate),
            IncidentState::Mitigated => Some(IncidentAction::Resolve),
            IncidentState::Resolved => None,
        }
    }

    /// The clocks that the runbook sets for an incident so grave.
    #[must_use]
    pub fn clocks(&self) -> Vec<Clock> {
        let targets = self.severity.targets();
        let respond = Clock {
            kind: ClockKind::Respond,
            due: self.severity.respond_by(self.began_at),
            stopped: self.acknowledged_at,
        };
        let update = targets.update.filter(|_| self.is_live());
        let update = update.map(|time| Clock {
            kind: ClockKind::Update,
            due: self.began_at.max(self.updated_at) + time,
            stopped: None,
        });
        let resolve = targets.resolve.map(|time| Clock {
            kind: ClockKind::Resolve,
            due: self.began_at + time,
            stopped: self.resolved_at,
        });
        [Some(respond), update, resolve].into_iter().flatten().collect()
    }

    /// The clock that runs out first, or has run out longest; none where none runs.
    #[must_use]
    pub fn next_clock(&self) -> Option<Clock> {
        self.clocks().into_iter().filter(|clock| clock.stopped.is_none()).min_by_key(|clock| clock.due)
    }

    /// By when it is to be reviewed, where the runbook wants that.
    #[must_use]
    pub fn review_by(&self) -> Option<DateTime<Utc>> {
        Some(self.resolved_at? + self.severity.targets().review?)
    }
}

/// The alerts' page: what holds now, what is dealt with, and what was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertDesk {
    /// The conditions that this node sees.
    pub firing: Vec<Firing>,
    /// What is dealt with, the gravest first.
    pub live: Vec<Incident>,
    /// The incidents that were asked for, the newest first.
    pub listed: Page<Incident>,
    /// The conditions that open none for a time.
    #[serde(default)]
    pub silences: Vec<Silence>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// An incident's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentSheet {
    /// The incident.
    pub incident: Incident,
    /// What happened, oldest first.
    pub history: Vec<Event>,
    /// Its condition, where this node sees it hold.
    pub firing: Option<Firing>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}
