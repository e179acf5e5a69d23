//! The bundle's state machine: one table, and one function that takes a step.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::state::{BundleStage, BundleState, Failure, Mark, Schedule};
use super::{Bundle, BundleKind, Channel, ContentItem, preflight};
use crate::actor::Caller;
use crate::event::Happened;
use crate::policy::Permission;
use crate::refusal::{Blocker, FOUR_EYES, FieldProblem, Refusal, all_valid};
use crate::wire::wire_enum;

wire_enum! {
    /// What can be done to a bundle (product contract, section 3).
    BundleAction {
        /// Put a version in.
        AddContent => "add_content",
        /// Take a version out.
        RemoveContent => "remove_content",
        /// Put the versions into another order.
        ReorderContent => "reorder_content",
        /// Change title, description, kind or teams.
        Edit => "edit",
        /// Ask for approval.
        Submit => "submit",
        /// Send back, with a reason.
        Reject => "reject",
        /// Approve, as somebody other than its creator, its last editor, and who wrote last what else it makes public.
        Approve => "approve",
        /// Take an approved bundle back, with a reason.
        RequestChanges => "request_changes",
        /// Give it an instant, or another one.
        Schedule => "schedule",
        /// Take the instant away.
        CancelSchedule => "cancel_schedule",
        /// Publish by hand.
        PublishNow => "publish_now",
        /// Try again after a failure.
        Retry => "retry",
        /// Bring a failed, scheduled or stuck bundle back to approved.
        Reset => "reset_to_approved",
        /// Delete it.
        Delete => "delete",
        /// The scheduler begins publication.
        Begin => "begin",
        /// The scheduler makes it public.
        Complete => "complete",
        /// The scheduler gives up, with every reason.
        Fail => "fail",
    }
}

impl BundleAction {
    /// The states from which the action may be taken, and the permission it needs.
    #[must_use]
    pub const fn rule(self) -> (&'static [BundleStage], Permission) {
        use BundleStage as S;
        use Permission as P;
        match self {
            Self::AddContent | Self::RemoveContent | Self::ReorderContent | Self::Edit | Self::Delete => {
                (&[S::Created, S::InProgress], P::BundlesWrite)
            }
            Self::Submit => (&[S::InProgress], P::BundlesWrite),
            Self::Reject => (&[S::ReadyForReview], P::BundlesReview),
            Self::Approve => (&[S::ReadyForReview], P::BundlesApprove),
            Self::RequestChanges => (&[S::Approved], P::BundlesRequestChanges),
            Self::Schedule => (&[S::Approved, S::Scheduled], P::BundlesApprove),
            Self::CancelSchedule => (&[S::Scheduled], P::BundlesCancel),
            Self::PublishNow => (&[S::Approved, S::Scheduled], P::BundlesPublish),
            Self::Retry => (&[S::Failed], P::BundlesRetry),
            Self::Reset => (&[S::Failed, S::Scheduled, S::Publishing], P::BundlesReset),
            Self::Begin => (&[S::Scheduled, S::Publishing], P::BundlesPublish),
            Self::Complete | Self::Fail => (&[S::Publishing], P::BundlesPublish),
        }
    }

    /// The action in words, for refusals and buttons.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::AddContent => "add content to the bundle",
            Self::RemoveContent => "remove content from the bundle",
            Self::ReorderContent => "reorder the content of the bundle",
            Self::Edit => "edit the bundle",
            Self::Submit => "send the bundle for review",
            Self::Reject => "reject the bundle",
            Self::Approve => "approve the bundle",
            Self::RequestChanges => "request changes to the bundle",
            Self::Schedule => "schedule the bundle",
            Self::CancelSchedule => "cancel the schedule",
            Self::PublishNow => "publish the bundle now",
            Self::Retry => "retry the publication",
            Self::Reset => "reset the bundle to approved",
            Self::Delete => "delete the bundle",
            Self::Begin | Self::Complete | Self::Fail => "publish the bundle",
        }
    }

    /// Whether a reason must be given; elsewhere one is kept when it is sent.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Reject | Self::RequestChanges)
    }

    /// Whether only the scheduler takes the action.
    #[must_use]
    pub const fn is_of_scheduler(self) -> bool {
        matches!(self, Self::Begin | Self::Complete | Self::Fail)
    }

    /// Refuses the action where the table does not hold it.
    pub fn check_from(self, stage: BundleStage) -> Result<(), Refusal> {
        let (from, _) = self.rule();
        if from.contains(&stage) {
            return Ok(());
        }
        Err(Refusal::InvalidTransition {
            action: self.label().to_owned(),
            from: stage.to_string(),
            allowed: from.iter().map(ToString::to_string).collect(),
        })
    }
}

/// A step to take, with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BundleCommand {
    /// Contents changed; the new number of items is given.
    ContentsChanged {
        /// Whether an item was added rather than removed.
        added: bool,
        /// Items now.
        item_count: u32,
    },
    /// The order of the contents changed.
    ContentsReordered,
    /// Ask for approval.
    Submit,
    /// Send back.
    Reject {
        /// Why.
        reason: String,
    },
    /// Approve.
    Approve,
    /// Take an approved bundle back.
    RequestChanges {
        /// Why.
        reason: String,
    },
    /// Give it an instant.
    Schedule(Schedule),
    /// Take the instant away.
    CancelSchedule {
        /// Why, where told.
        reason: Option<String>,
    },
    /// Publication begins by hand.
    PublishNow {
        /// Why, where told.
        reason: Option<String>,
    },
    /// Try again, at a new instant where one is given.
    Retry {
        /// Why, where told.
        reason: Option<String>,
        /// A new instant.
        at: Option<DateTime<Utc>>,
    },
    /// Bring back to approved.
    Reset {
        /// Why, where told.
        reason: Option<String>,
    },
    /// Publication begins by the scheduler.
    Begin,
    /// It is public.
    Complete,
    /// It is refused as a whole.
    Fail(Failure),
}

impl BundleCommand {
    /// The action that the command takes.
    #[must_use]
    pub const fn action(&self) -> BundleAction {
        match self {
            Self::ContentsChanged { added: true, .. } => BundleAction::AddContent,
            Self::ContentsChanged { added: false, .. } => BundleAction::RemoveContent,
            Self::ContentsReordered => BundleAction::ReorderContent,
            Self::Submit => BundleAction::Submit,
            Self::Reject { .. } => BundleAction::Reject,
            Self::Approve => BundleAction::Approve,
            Self::RequestChanges { .. } => BundleAction::RequestChanges,
            Self::Schedule(_) => BundleAction::Schedule,
            Self::CancelSchedule { .. } => BundleAction::CancelSchedule,
            Self::PublishNow { .. } => BundleAction::PublishNow,
            Self::Retry { .. } => BundleAction::Retry,
            Self::Reset { .. } => BundleAction::Reset,
            Self::Begin => BundleAction::Begin,
            Self::Complete => BundleAction::Complete,
            Self::Fail(_) => BundleAction::Fail,
        }
    }

    /// Refuses a command that breaks a rule whatever the bundle's state: a reason that is needed, an instant gone by.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        let mut problems = Vec::new();
        if self.action().needs_reason() && self.reason().is_none_or(|text| text.trim().is_empty()) {
            problems.push(FieldProblem::new("reason", "required", "Say why, so that the editors know what to change."));
        }
        let at = match self {
            Self::Schedule(schedule) => Some(schedule.publication_date),
            Self::Retry { at, .. } => *at,
            _ => None,
        };
        if at.is_some_and(|at| at <= now) {
            problems.push(FieldProblem::new("publication_date", "not_in_future", "Choose an instant in the future."));
        }
        all_valid(problems)
    }

    fn reason(&self) -> Option<String> {
        match self {
            Self::Reject { reason } | Self::RequestChanges { reason } => Some(reason.clone()),
            Self::CancelSchedule { reason }
            | Self::PublishNow { reason }
            | Self::Retry { reason, .. }
            | Self::Reset { reason } => reason.clone(),
            Self::Fail(failure) => Some(failure.message.clone()),
            _ => None,
        }
    }
}

impl Bundle {
    /// Takes the step, or says why not with every reason; the old value is consumed.
    pub fn apply(
        mut self,
        command: BundleCommand,
        contents: &[ContentItem],
        by: &Caller,
        now: DateTime<Utc>,
    ) -> Result<(Self, Happened), Refusal> {
        let before = self.stage();
        command.check(now)?;
        command.action().check_from(before)?;
        let reason = command.reason();
        let rescheduled = before == BundleStage::Scheduled;
        let event_type = event_of(&command, rescheduled);
        self.state = self.next_state(command, contents, by, now)?;
        self.last_modified = now;
        let happened = Happened { event_type, from_state: before.as_str(), to_state: self.stage().as_str(), reason };
        Ok((self, happened))
    }

    fn next_state(
        &mut self,
        command: BundleCommand,
        contents: &[ContentItem],
        by: &Caller,
        now: DateTime<Utc>,
    ) -> Result<BundleState, Refusal> {
        let mark = || Mark { by: by.actor.clone(), at: now };
        let approval = self.state.approval().cloned();
        let schedule = self.state.schedule().cloned();
        let kept_channels = self.state.channels().to_vec();
        let approved = || approval.clone().ok_or_else(lost_approval);
        Ok(match command {
            BundleCommand::ContentsChanged { item_count, .. } => {
                self.item_count = item_count;
                self.last_edited_by = by.actor.clone();
                if item_count == 0 { BundleState::Created } else { BundleState::InProgress }
            }
            BundleCommand::ContentsReordered => {
                self.last_edited_by = by.actor.clone();
                self.state.clone()
            }
            BundleCommand::Submit => {
                all_checks_pass(&self.id, contents, "The bundle cannot be sent for review yet.")?;
                BundleState::ReadyForReview { submitted: mark() }
            }
            BundleCommand::Reject { .. } | BundleCommand::RequestChanges { .. } => BundleState::InProgress,
            BundleCommand::Approve => {
                self.check_approval(contents, by)?;
                BundleState::Approved { approval: mark(), kept_channels: Vec::new() }
            }
            BundleCommand::Schedule(schedule) => {
                self.check_schedulable()?;
                BundleState::Scheduled { approval: approved()?, schedule }
            }
            BundleCommand::CancelSchedule { .. }
            | BundleCommand::Reset { .. }
            | BundleCommand::Retry { at: None, .. } => BundleState::Approved { approval: approved()?, kept_channels },
            BundleCommand::Retry { at: Some(at), .. } => {
                self.check_schedulable()?;
                BundleState::Scheduled {
                    approval: approved()?,
                    schedule: Schedule { publication_date: at, notification_channels: kept_channels },
                }
            }
            BundleCommand::PublishNow { .. } | BundleCommand::Begin => {
                self.attempts += 1;
                let told = self.state.told().cloned();
                BundleState::Publishing { approval: approved()?, schedule, started_at: now, told }
            }
            BundleCommand::Complete => BundleState::Published {
                approval: approved()?,
                schedule,
                started_at: self.state.started_at().unwrap_or(now),
                published_at: now,
            },
            BundleCommand::Fail(failure) => BundleState::Failed { approval: approved()?, schedule, failure },
        })
    }

    /// Why somebody may not approve the bundle because it is their own work: they created it, edited it last, or wrote last what
    /// becomes public of one of its datasets or the titles of one of its new editions. Empty where they may.
    ///
    /// A draft that was edited before the bundle was sent for review is seen by nobody else on its way to the public.
    #[must_use]
    pub fn own_work(&self, contents: &[ContentItem], by: &Caller) -> Vec<Blocker> {
        let of_bundle = if by.is_same_person(&self.created_by) {
            Some("You created this bundle, so somebody else has to approve it.")
        } else if by.is_same_person(&self.last_edited_by) {
            Some("You edited this bundle last, so somebody else has to approve it.")
        } else {
            None
        };
        let mut reasons: Vec<Blocker> = of_bundle.into_iter().map(|told| Blocker::new(FOUR_EYES, told)).collect();
        let mut told = BTreeSet::new();
        for item in contents.iter().filter(|item| item.draft_is_news && by.is_same_person(&item.draft_edited_by)) {
            if told.insert(item.dataset_id.as_str()) {
                let message = format!(
                    "You edited last what is said of the dataset {}, and it becomes public with this bundle, so somebody else has to \
                     approve it.",
                    item.title
                );
                let page = format!("/admin/datasets/{}", item.dataset_id);
                reasons.push(Blocker::new(FOUR_EYES, message).about(item.dataset_id.clone(), Some(page)));
            }
        }
        let own_titles =
            |item: &&ContentItem| item.edition_titled_by.as_ref().is_some_and(|who| by.is_same_person(who));
        let mut editions = BTreeSet::new();
        // Of a dataset that is named already one reason is enough.
        for item in contents.iter().filter(own_titles).filter(|item| !told.contains(item.dataset_id.as_str())) {
            if editions.insert((item.dataset_id.as_str(), item.edition.as_str())) {
                let message = format!(
                    "You gave the edition {} of {} its titles last, and they become public with this bundle, so somebody else has to \
                     approve it.",
                    item.edition_title, item.title
                );
                let page = format!("/admin/datasets/{}", item.dataset_id);
                let subject = format!("{}/{}", item.dataset_id, item.edition);
                reasons.push(Blocker::new(FOUR_EYES, message).about(subject, Some(page)));
            }
        }
        reasons
    }

    /// Whether it is only by a waiver of four eyes that this caller may approve the bundle.
    #[must_use]
    pub fn is_waived_for(&self, contents: &[ContentItem], by: &Caller) -> bool {
        by.waives_four_eyes_of(&self.created_by)
            || by.waives_four_eyes_of(&self.last_edited_by)
            || contents.iter().any(|item| {
                item.draft_is_news && by.waives_four_eyes_of(&item.draft_edited_by)
                    || item.edition_titled_by.as_ref().is_some_and(|who| by.waives_four_eyes_of(who))
            })
    }

    /// Refuses an approval with everything that stands in its way at once: the same person, and unfit contents.
    fn check_approval(&self, contents: &[ContentItem], by: &Caller) -> Result<(), Refusal> {
        let mut blockers = self.own_work(contents, by);
        let own = blockers.first().map(|blocker| blocker.message.clone());
        blockers.extend(preflight(&self.id, contents));
        match own {
            None if blockers.is_empty() => Ok(()),
            Some(message) if blockers.len() == 1 => Err(Refusal::FourEyes { message }),
            own => {
                let message = own.unwrap_or_else(|| "The bundle cannot be approved yet.".to_owned());
                Err(Refusal::Blocked { message, blockers })
            }
        }
    }

    fn check_schedulable(&self) -> Result<(), Refusal> {
        if self.details.kind == BundleKind::Manual {
            return Err(Refusal::blocked(
                "manual_bundle",
                "This is a manual bundle: an operator publishes it by hand. Change its type to schedule it.",
            ));
        }
        Ok(())
    }
}

/// The channels of a schedule that a form or body names; unknown ones are refused by the reader of the form.
#[must_use]
pub fn all_channels() -> &'static [Channel] {
    Channel::ALL
}

fn all_checks_pass(bundle_id: &str, contents: &[ContentItem], message: &str) -> Result<(), Refusal> {
    let blockers = preflight(bundle_id, contents);
    if blockers.is_empty() {
        return Ok(());
    }
    Err(Refusal::Blocked { message: message.to_owned(), blockers })
}

fn lost_approval() -> Refusal {
    Refusal::blocked(
        "no_approval",
        "The record of this bundle's approval is missing. Reset it and have it approved again.",
    )
}

const fn event_of(command: &BundleCommand, from_scheduled: bool) -> &'static str {
    match command {
        BundleCommand::ContentsChanged { added: true, .. } => "content_added",
        BundleCommand::ContentsChanged { added: false, .. } => "content_removed",
        BundleCommand::ContentsReordered => "content_reordered",
        BundleCommand::Submit => "submitted",
        BundleCommand::Reject { .. } => "rejected",
        BundleCommand::Approve => "approved",
        BundleCommand::RequestChanges { .. } => "changes_requested",
        BundleCommand::Schedule(_) if from_scheduled => "rescheduled",
        BundleCommand::Schedule(_) => "scheduled",
        BundleCommand::CancelSchedule { .. } => "schedule_cancelled",
        BundleCommand::PublishNow { .. } | BundleCommand::Begin => "publishing",
        BundleCommand::Retry { .. } => "retried",
        BundleCommand::Reset { .. } => "reset",
        BundleCommand::Complete => "published",
        BundleCommand::Fail(_) => "failed",
    }
}
