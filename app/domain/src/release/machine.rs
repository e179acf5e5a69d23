//! The state machine of a release: one table, and one function that takes a step.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ChangeKind, DateChange, PublicReason, Release, ReleaseDate, ReleaseState};
use crate::actor::Caller;
use crate::event::Happened;
use crate::policy::Permission;
use crate::refusal::{FieldProblem, Refusal};
use crate::wire::wire_enum;

wire_enum! {
    /// What can be done to a release.
    ReleaseAction {
        /// Change what is said about it, or its bundle.
        Edit => "edit",
        /// Give it a date that nobody was promised yet.
        SetDate => "set_date",
        /// Change a date that was promised.
        ChangeDate => "change_date",
        /// Tell the public of it.
        Announce => "announce",
        /// Promise the exact date.
        Confirm => "confirm",
        /// Put it off.
        Postpone => "postpone",
        /// Call it off.
        Cancel => "cancel",
        /// Its bundle is public.
        Publish => "publish",
        /// Delete what was never announced.
        Delete => "delete",
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// From where the action may be taken.
    pub from: &'static [ReleaseState],
    /// Where it leads; none means that the state stays.
    pub to: Option<ReleaseState>,
    /// The right it needs.
    pub permission: Permission,
    /// Whether it needs a reason that the public reads (Code of Practice for Statistics, T3: orderly release).
    pub needs_reason: bool,
}

impl ReleaseAction {
    /// The row of the table.
    #[must_use]
    pub const fn rule(self) -> Rule {
        use Permission as P;
        use ReleaseState as S;
        const UNPROMISED: &[S] = &[S::Draft, S::Provisional];
        const PROMISED: &[S] = &[S::Confirmed, S::Postponed];
        const ANNOUNCED: &[S] = &[S::Provisional, S::Confirmed, S::Postponed];
        const OPEN: &[S] = &[S::Draft, S::Provisional, S::Confirmed, S::Postponed];
        let (from, to, permission, needs_reason) = match self {
            Self::Edit => (OPEN, None, P::ReleasesWrite, false),
            Self::SetDate => (UNPROMISED, None, P::ReleasesWrite, false),
            Self::ChangeDate => (PROMISED, None, P::ReleasesApprove, true),
            Self::Announce => (&[S::Draft] as &[S], Some(S::Provisional), P::ReleasesWrite, false),
            Self::Confirm => (&[S::Provisional, S::Postponed] as &[S], Some(S::Confirmed), P::ReleasesApprove, false),
            Self::Postpone => (ANNOUNCED, Some(S::Postponed), P::ReleasesApprove, true),
            Self::Cancel => (ANNOUNCED, Some(S::Cancelled), P::ReleasesApprove, true),
            Self::Publish => (OPEN, Some(S::Published), P::BundlesPublish, false),
            Self::Delete => (&[S::Draft] as &[S], None, P::ReleasesWrite, false),
        };
        Rule { from, to, permission, needs_reason }
    }

    /// The action in words, for refusals and buttons.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Edit => "edit the release",
            Self::SetDate | Self::ChangeDate => "change the date of the release",
            Self::Announce => "announce the release",
            Self::Confirm => "confirm the release",
            Self::Postpone => "postpone the release",
            Self::Cancel => "cancel the release",
            Self::Publish => "publish the release",
            Self::Delete => "delete the release",
        }
    }

    /// Refuses the action where the table does not hold it.
    pub fn check_from(self, state: ReleaseState) -> Result<(), Refusal> {
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
pub enum ReleaseCommand {
    /// Give it another date.
    Move {
        /// The new date.
        date: ReleaseDate,
        /// Why, for the public.
        reason: Option<PublicReason>,
    },
    /// Tell the public.
    Announce,
    /// Promise the exact date.
    Confirm {
        /// The date, where it is not exact yet.
        date: Option<DateTime<Utc>>,
        /// Why, for the public, where the date is not the one that was told.
        reason: Option<PublicReason>,
    },
    /// Put it off.
    Postpone {
        /// The new date, as far as it is known.
        date: ReleaseDate,
        /// Why, for the public.
        reason: Option<PublicReason>,
    },
    /// Call it off.
    Cancel {
        /// Why, for the public.
        reason: Option<PublicReason>,
    },
    /// Its bundle is public.
    Publish {
        /// Why, for the public, where it is another time than was promised.
        reason: Option<PublicReason>,
    },
}

/// Whoever publishes by hand at the time that was promised cannot meet the second: so much later is as promised, too.
const BY_HAND: TimeDelta = TimeDelta::minutes(5);

impl ReleaseCommand {
    /// The action that the command takes on a release that stands here.
    #[must_use]
    pub const fn action(&self, state: ReleaseState) -> ReleaseAction {
        match self {
            Self::Move { .. } => match state {
                ReleaseState::Draft | ReleaseState::Provisional => ReleaseAction::SetDate,
                _ => ReleaseAction::ChangeDate,
            },
            Self::Announce => ReleaseAction::Announce,
            Self::Confirm { .. } => ReleaseAction::Confirm,
            Self::Postpone { .. } => ReleaseAction::Postpone,
            Self::Cancel { .. } => ReleaseAction::Cancel,
            Self::Publish { .. } => ReleaseAction::Publish,
        }
    }

    /// The date that the release would have.
    #[must_use]
    pub fn date(&self, present: ReleaseDate, now: DateTime<Utc>) -> ReleaseDate {
        match self {
            Self::Move { date, .. } | Self::Postpone { date, .. } => *date,
            Self::Confirm { date, .. } => date.map_or(present, ReleaseDate::At),
            Self::Publish { .. } => present.instant().map_or(ReleaseDate::At(now), ReleaseDate::At),
            Self::Announce | Self::Cancel { .. } => present,
        }
    }

    const fn reason(&self) -> Option<&PublicReason> {
        match self {
            Self::Move { reason, .. }
            | Self::Confirm { reason, .. }
            | Self::Postpone { reason, .. }
            | Self::Cancel { reason }
            | Self::Publish { reason } => reason.as_ref(),
            Self::Announce => None,
        }
    }

    const fn kind(&self) -> ChangeKind {
        match self {
            Self::Postpone { .. } => ChangeKind::Postponed,
            Self::Cancel { .. } => ChangeKind::Cancelled,
            _ => ChangeKind::DateChanged,
        }
    }
}

impl Release {
    /// What is wrong with the command itself, whatever state it is taken in: every problem at once.
    #[must_use]
    pub fn problems_of(&self, command: &ReleaseCommand, now: DateTime<Utc>) -> Vec<FieldProblem> {
        let date = command.date(self.date, now);
        let mut problems: Vec<FieldProblem> = command.reason().map(PublicReason::problems).unwrap_or_default();
        if command.reason().is_none() && self.needs_reason(command, date) {
            problems.push(FieldProblem::new("reason", "required", "Say why, in words that the public will read."));
        }
        let exact = matches!(command, ReleaseCommand::Confirm { .. })
            || (self.state == ReleaseState::Confirmed && matches!(command, ReleaseCommand::Move { .. }));
        if exact && date.instant().is_none() {
            problems.push(FieldProblem::new("release_date", "required", "A confirmed release needs an exact date."));
        }
        if matches!(command, ReleaseCommand::Postpone { .. }) && date.instant().is_some() && date == self.date {
            problems.push(FieldProblem::new(
                "release_date",
                "unchanged",
                "Give another date, or none for one to be confirmed.",
            ));
        }
        let set = date != self.date || matches!(command, ReleaseCommand::Confirm { .. });
        if set && date.instant().is_some_and(|at| at <= now) && !matches!(command, ReleaseCommand::Publish { .. }) {
            problems.push(FieldProblem::new("release_date", "not_in_future", "Choose an instant in the future."));
        }
        problems
    }

    /// What is wrong with making the release public by hand at `now`, at once: where the public was promised another time, it is to
    /// be told why.
    #[must_use]
    pub fn problems_by_hand(&self, reason: Option<&PublicReason>, now: DateTime<Utc>) -> Vec<FieldProblem> {
        match reason {
            Some(reason) => reason.problems(),
            None if self.is_promised_otherwise(now) => {
                vec![FieldProblem::new("reason", "required", "Say why, in words that the public will read.")]
            }
            None => Vec::new(),
        }
    }

    /// Whether a publication at `now` comes at another time than the public was promised: before it, or long after it.
    fn is_promised_otherwise(&self, now: DateTime<Utc>) -> bool {
        let is_promised = matches!(self.state, ReleaseState::Confirmed | ReleaseState::Postponed);
        is_promised && self.date.bounds().is_some_and(|(from, to)| now < from || to + BY_HAND < now)
    }

    /// Whether the public has to be told why: always where the table says so, and where a date once promised is not kept.
    ///
    /// A postponed release without an exact date may be given one within what was told without a further reason.
    fn needs_reason(&self, command: &ReleaseCommand, date: ReleaseDate) -> bool {
        let promised = matches!(self.state, ReleaseState::Confirmed | ReleaseState::Postponed);
        match command {
            ReleaseCommand::Move { .. } | ReleaseCommand::Confirm { .. } => promised && !self.date.admits(date),
            other => other.action(self.state).rule().needs_reason,
        }
    }

    /// Takes the step, or says why not; the old value is consumed.
    pub fn apply(
        mut self,
        command: ReleaseCommand,
        by: &Caller,
        now: DateTime<Utc>,
    ) -> Result<(Self, Happened), Refusal> {
        crate::refusal::all_valid(self.problems_of(&command, now))?;
        let action = command.action(self.state);
        action.check_from(self.state)?;
        let before = self.state;
        let date = command.date(self.date, now);
        // What was promised stays beside the true time of a publication; only the change log tells of both.
        let (said, told) = match &command {
            ReleaseCommand::Publish { .. } => (ReleaseDate::At(now), self.is_promised_otherwise(now)),
            _ => (date, date != self.date || command.kind() != ChangeKind::DateChanged),
        };
        if let Some(reason) = command.reason().cloned().filter(|_| told) {
            self.changes.push(DateChange { kind: command.kind(), previous: self.date, date: said, reason, at: now });
        }
        self.date = date;
        self.state = action.rule().to.unwrap_or(before);
        if self.state == ReleaseState::Cancelled {
            self.bundle_id = None;
        }
        if before == ReleaseState::Draft && self.state != ReleaseState::Draft {
            self.announced_at = Some(now);
        }
        if matches!(command, ReleaseCommand::Publish { .. }) {
            self.published_at = Some(now);
        } else {
            self.last_edited_by = by.actor.clone();
        }
        self.last_modified = now;
        let happened = Happened {
            event_type: event_of(action),
            from_state: before.as_str(),
            to_state: self.state.as_str(),
            reason: command.reason().map(|reason| reason.text.clone()),
        };
        Ok((self, happened))
    }
}

const fn event_of(action: ReleaseAction) -> &'static str {
    match action {
        ReleaseAction::Edit => "edited",
        ReleaseAction::SetDate => "date_set",
        ReleaseAction::ChangeDate => "date_changed",
        ReleaseAction::Announce => "announced",
        ReleaseAction::Confirm => "confirmed",
        ReleaseAction::Postpone => "postponed",
        ReleaseAction::Cancel => "cancelled",
        ReleaseAction::Publish => "published",
        ReleaseAction::Delete => "deleted",
    }
}
