//! What people are told in the portal, and by letter, of what others did to what they made, or left for them to do.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Caller;
use crate::bundle::reminder::Reminder;
use crate::event::{Event, REMINDED};
use crate::page::Page;
use crate::policy::Permission;
use crate::version::admin_version_path;
use crate::wire::wire_enum;

wire_enum! {
    /// What somebody is told of.
    NotificationKind {
        /// A version of theirs was sent back.
        VersionReturned => "version_returned",
        /// A version of theirs was approved.
        VersionApproved => "version_approved",
        /// A version of somebody else waits for them.
        VersionWaits => "version_waits",
        /// A bundle of somebody else waits for them.
        BundleWaits => "bundle_waits",
        /// Somebody asked them to review a bundle.
        ReviewAsked => "review_asked",
        /// A bundle of theirs was sent back.
        BundleReturned => "bundle_returned",
        /// A bundle of theirs was approved.
        BundleApproved => "bundle_approved",
        /// A bundle of theirs, or one that is shared with a team of theirs, was given an instant, or another one, or lost it.
        BundleScheduled => "bundle_scheduled",
        /// A bundle of theirs is public.
        BundlePublished => "bundle_published",
        /// A bundle of theirs could not be published; letters of it also warn, beforehand, of one that will not be.
        BundleFailed => "bundle_failed",
        /// Somebody said something about a bundle of theirs, or there about a version of theirs.
        Commented => "commented",
        /// Somebody said something, on its own page, about a version of theirs or one that they had commented on.
        VersionCommented => "version_commented",
        /// The instant comes of a bundle that they edited, approved or may review.
        BundleReminder => "bundle_reminder",
        /// An incident was opened that they are to deal with.
        IncidentOpened => "incident_opened",
    }
}

/// Why somebody is told of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// They made the version, or commented on it before somebody else did.
    OwnVersion,
    /// They made the bundle, or it is shared with a team of theirs and its instant changed.
    OwnBundle,
    /// The version waits for people who may approve it.
    VersionWaiting,
    /// The bundle waits for people who may do what they may.
    Waiting,
    /// The bundle waits, and somebody asked them to review it.
    Asked,
    /// They made what is talked about.
    Comment,
    /// They edited, approved or scheduled the bundle, or it waits for people who may do what they may.
    ComingUp,
    /// They operate the program.
    Operating,
}

/// Whether somebody is told of bundles that wait for review or approval.
#[must_use]
pub fn reviews(caller: &Caller) -> bool {
    caller.may(Permission::BundlesReview) || caller.may(Permission::BundlesApprove)
}

impl Concern {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::OwnVersion,
        Self::VersionWaiting,
        Self::OwnBundle,
        Self::Waiting,
        Self::Asked,
        Self::Comment,
        Self::ComingUp,
        Self::Operating,
    ];

    /// The kind of thing whose records these are.
    #[must_use]
    pub const fn resource_type(self) -> &'static str {
        match self {
            Self::OwnVersion | Self::VersionWaiting => "version",
            Self::OwnBundle | Self::Waiting | Self::Asked | Self::Comment | Self::ComingUp => "bundle",
            Self::Operating => "incident",
        }
    }
}

impl NotificationKind {
    /// Why somebody is told of it.
    #[must_use]
    pub const fn concern(self) -> Concern {
        match self {
            Self::VersionReturned | Self::VersionApproved | Self::VersionCommented => Concern::OwnVersion,
            Self::VersionWaits => Concern::VersionWaiting,
            Self::BundleWaits => Concern::Waiting,
            Self::ReviewAsked => Concern::Asked,
            Self::Commented => Concern::Comment,
            Self::BundleReminder => Concern::ComingUp,
            Self::IncidentOpened => Concern::Operating,
            Self::BundleReturned
            | Self::BundleApproved
            | Self::BundleScheduled
            | Self::BundlePublished
            | Self::BundleFailed => Concern::OwnBundle,
        }
    }

    /// The records that are told as this.
    #[must_use]
    pub const fn event_types(self) -> &'static [&'static str] {
        match self {
            Self::VersionReturned => &["returned", "reopened"],
            Self::BundleApproved | Self::VersionApproved => &["approved"],
            Self::BundleWaits | Self::VersionWaits => &["submitted"],
            Self::ReviewAsked => &["review_asked"],
            Self::BundleReturned => &["rejected", "changes_requested"],
            Self::BundleScheduled => &["scheduled", "rescheduled", "schedule_cancelled"],
            Self::BundlePublished => &["published"],
            Self::BundleFailed => &["failed"],
            Self::Commented | Self::VersionCommented => &["commented"],
            Self::BundleReminder => &[REMINDED],
            Self::IncidentOpened => &["opened", "reopened"],
        }
    }

    /// As what a record is told; `None` for what nobody is told of.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let told = |kind: &Self| {
            event.resource_type == kind.concern().resource_type()
                && kind.event_types().contains(&event.event_type.as_str())
        };
        Self::ALL.iter().copied().find(told)
    }

    /// What it is, in a list of choices.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::VersionReturned => "A version of yours is sent back",
            Self::VersionApproved => "A version of yours is approved",
            Self::VersionWaits => "A version waits for your approval",
            Self::BundleWaits => "A bundle waits for your review or approval",
            Self::ReviewAsked => "Somebody asks you to review a bundle",
            Self::BundleReturned => "A bundle of yours is sent back",
            Self::BundleApproved => "A bundle of yours is approved",
            Self::BundleScheduled => {
                "A bundle of yours, or shared with your team, is scheduled, moved or taken from the schedule"
            }
            Self::BundlePublished => "A bundle of yours is published",
            Self::BundleFailed => "A bundle of yours cannot be published; letters also warn of it beforehand",
            Self::Commented => "Somebody comments on what you made",
            Self::VersionCommented => "Somebody comments on a version of yours, or after you did, on its page",
            Self::BundleReminder => "A bundle that you edited, approved or may review is due soon",
            Self::IncidentOpened => "An incident is opened that operators deal with",
        }
    }

    /// What a notification says before the name of what it is about.
    #[must_use]
    pub fn words(self, event_type: &str) -> &'static str {
        match (self, event_type) {
            (Self::VersionReturned, _) => "Your version was sent back",
            (Self::VersionApproved, _) => "Your version was approved",
            (Self::VersionWaits, _) => "A version waits for your approval",
            (Self::BundleWaits, _) => "A bundle waits for you",
            (Self::ReviewAsked, _) => "You are asked to review a bundle",
            (Self::BundleReturned, _) => "Your bundle was sent back",
            (Self::BundleApproved, _) => "Your bundle was approved",
            (Self::BundleScheduled, "rescheduled") => "A bundle of yours or your team\u{2019}s was given another time",
            (Self::BundleScheduled, "schedule_cancelled") => {
                "A bundle of yours or your team\u{2019}s was taken from the schedule"
            }
            (Self::BundleScheduled, _) => "A bundle of yours or your team\u{2019}s was scheduled",
            (Self::BundlePublished, _) => "Your bundle was published",
            (Self::BundleFailed, _) => "Your bundle could not be published",
            (Self::Commented, _) => "Somebody commented",
            (Self::VersionCommented, _) => "Somebody commented on a version",
            (Self::BundleReminder, _) => "A bundle is due soon",
            (Self::IncidentOpened, "reopened") => "An incident was opened again",
            (Self::IncidentOpened, _) => "An incident was opened",
        }
    }

    /// Whether letters are sent of it; the others are told in the portal alone.
    #[must_use]
    pub const fn has_letters(self) -> bool {
        matches!(self, Self::BundlePublished | Self::BundleFailed | Self::BundleReminder | Self::VersionWaits)
    }

    /// Whether letters of it also come to whoever has chosen nothing; of what is due or waits they come to those who chose them.
    #[must_use]
    pub const fn has_letters_for_all(self) -> bool {
        self.has_letters() && !matches!(self, Self::BundleReminder | Self::VersionWaits)
    }
}

wire_enum! {
    /// A part of what somebody is told.
    InboxView {
        /// All of it.
        All => "all",
        /// What they have not read yet.
        Unread => "unread",
        /// What others did with versions and bundles of theirs.
        Own => "own",
        /// What waits for everybody who may do what they may, such as for their team.
        Shared => "shared",
    }
}

impl InboxView {
    /// What it is called.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::All => "Everything",
            Self::Unread => "Not read",
            Self::Own => "About what is yours",
            Self::Shared => "For you and colleagues",
        }
    }

    /// Whether a notification belongs to it.
    #[must_use]
    pub const fn holds(self, told: &Notification) -> bool {
        let is_own =
            matches!(told.kind.concern(), Concern::OwnVersion | Concern::OwnBundle | Concern::Comment | Concern::Asked);
        match self {
            Self::All => true,
            Self::Unread => told.unread,
            Self::Own => is_own,
            Self::Shared => !is_own,
        }
    }
}

/// How somebody wants to be told of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The kind.
    pub kind: NotificationKind,
    /// Whether in the portal.
    pub in_portal: bool,
    /// Whether by a letter of its own, where letters are sent of it.
    pub by_mail: bool,
    /// Whether in the daily letter, where it has none of its own.
    pub daily: bool,
}

/// How somebody wants to be told of one kind by letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterWay {
    /// By a letter of its own.
    AtOnce,
    /// With everything else of a day.
    Daily,
}

impl Choice {
    /// What holds for whoever has chosen nothing: everything is told, and by letter what neither is due nor waits.
    #[must_use]
    pub const fn unless_chosen(kind: NotificationKind) -> Self {
        Self { kind, in_portal: true, by_mail: kind.has_letters_for_all(), daily: false }
    }

    /// How letters of it come; what is told by a letter of its own is not told again in the daily one.
    #[must_use]
    pub const fn letters(self) -> Option<LetterWay> {
        match (self.by_mail, self.daily) {
            (true, _) => Some(LetterWay::AtOnce),
            (false, true) => Some(LetterWay::Daily),
            (false, false) => None,
        }
    }
}

/// Every kind once, as chosen or as it is for whoever has chosen nothing.
#[must_use]
pub fn all_choices(chosen: &[Choice]) -> Vec<Choice> {
    let of = |kind: &NotificationKind| {
        let found = chosen.iter().find(|choice| choice.kind == *kind).copied();
        found.unwrap_or_else(|| Choice::unless_chosen(*kind))
    };
    NotificationKind::ALL.iter().map(of).collect()
}

/// One thing that somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The id of the record that it is made of.
    pub id: String,
    /// What it is.
    pub kind: NotificationKind,
    /// What it says, up to the name of what it is about.
    pub words: String,
    /// The name of what it is about.
    pub about: String,
    /// The portal's page of that.
    pub href: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The reason that was given, or what was said.
    pub said: Option<String>,
    /// Whether it has not been read yet.
    pub unread: bool,
}

impl Notification {
    /// The notification that a record is to somebody; `title` is the name of the bundle that it is about, where it is about one.
    #[must_use]
    pub fn of(event: &Event, title: Option<&str>, unread: bool) -> Option<Self> {
        let kind = NotificationKind::of(event)?;
        let id = &event.resource_id;
        let href = match event.resource_type.as_str() {
            "version" => version_page(id)?,
            "incident" => format!("/ops/incidents/{id}"),
            _ => format!("/admin/bundles/{id}"),
        };
        let title = title.or_else(|| event.details.get("title").and_then(|title| title.as_str()));
        Some(Self {
            id: event.id.clone(),
            kind,
            words: kind.words(&event.event_type).to_owned(),
            about: title.unwrap_or(id).to_owned(),
            href,
            by: event.actor.name.clone(),
            at: event.timestamp,
            said: event.reason.clone().or_else(|| said_in(kind, event)),
            unread,
        })
    }
}

/// What a record of this kind says besides a reason: a comment's text, or when a bundle is due and what it lacks.
fn said_in(kind: NotificationKind, event: &Event) -> Option<String> {
    match kind {
        NotificationKind::Commented | NotificationKind::VersionCommented => {
            event.details.get("text").and_then(|text| text.as_str()).map(str::to_owned)
        }
        NotificationKind::BundleReminder => Reminder::of(event).map(|reminder| reminder.said()),
        _ => None,
    }
}

/// What somebody is told, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// A part of it.
    pub notifications: Page<Notification>,
    /// How many of all are not read yet.
    pub unread: u64,
    /// The id of the newest of all, up to which the reader may say that they have read them.
    pub newest: Option<String>,
}

/// The portal's page of a version, by its reference.
fn version_page(reference: &str) -> Option<String> {
    let mut parts = reference.split('/');
    let (dataset, edition, version) = (parts.next()?, parts.next()?, parts.next()?);
    Some(admin_version_path(dataset, edition, version.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;

    fn event(resource_type: &str, resource_id: &str, event_type: &str) -> Event {
        Event {
            id: "e".to_owned(),
            event_type: event_type.to_owned(),
            resource_type: resource_type.to_owned(),
            resource_id: resource_id.to_owned(),
            actor: Actor::system("scheduler"),
            from_state: None,
            to_state: None,
            reason: None,
            timestamp: DateTime::UNIX_EPOCH,
            details: serde_json::json!({"text": "Look at May."}),
            before: None,
            after: None,
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        }
    }

    #[test]
    fn a_record_is_told_as_one_thing_at_most() {
        let mut seen = std::collections::BTreeSet::new();
        for kind in NotificationKind::ALL {
            let resource_type = kind.concern().resource_type();
            for event_type in kind.event_types() {
                assert!(seen.insert((resource_type, *event_type)), "{kind}: {event_type}");
                assert_eq!(NotificationKind::of(&event(resource_type, "x", event_type)), Some(*kind));
            }
        }
        assert_eq!(NotificationKind::of(&event("bundle", "x", "edited")), None);
        assert_eq!(NotificationKind::of(&event("dataset", "x", "approved")), None);
    }

    #[test]
    fn a_notification_names_its_thing_and_leads_to_it() {
        let approved = Notification::of(&event("version", "gdp/time-series/2", "approved"), None, true).unwrap();
        assert_eq!(approved.href, "/admin/datasets/gdp/editions/time-series/versions/2");
        assert_eq!((approved.about.as_str(), approved.said, approved.unread), ("gdp/time-series/2", None, true));
        let comment = Notification::of(&event("bundle", "b", "commented"), Some("Prices"), false).unwrap();
        assert_eq!((comment.href.as_str(), comment.about.as_str()), ("/admin/bundles/b", "Prices"));
        assert_eq!(comment.said.as_deref(), Some("Look at May."));
        let remark = Notification::of(&event("version", "gdp/time-series/2", "commented"), None, true).unwrap();
        assert_eq!((remark.kind, remark.href), (NotificationKind::VersionCommented, approved.href));
        assert_eq!(remark.said.as_deref(), Some("Look at May."));
        assert!(Notification::of(&event("version", "gdp", "approved"), None, true).is_none());
        let details = serde_json::json!({"title": "Nothing at 9:30", "severity": "p1"});
        let opened = Event { details, ..event("incident", "i", "opened") };
        let incident = Notification::of(&opened, None, true).unwrap();
        assert_eq!((incident.href.as_str(), incident.about.as_str()), ("/ops/incidents/i", "Nothing at 9:30"));
    }

    #[test]
    fn a_reminder_says_when_a_bundle_is_due_and_what_it_lacks() {
        let reminder = Reminder {
            instant: DateTime::UNIX_EPOCH,
            hours_ahead: 24,
            is_scheduled: true,
            missing: vec!["There is no file.".to_owned()],
            worth_a_look: Vec::new(),
        };
        let event = Event { details: serde_json::to_value(&reminder).unwrap(), ..event("bundle", "b", REMINDED) };
        let told = Notification::of(&event, Some("Prices"), true).unwrap();
        assert_eq!((told.kind, told.about.as_str()), (NotificationKind::BundleReminder, "Prices"));
        assert_eq!(told.said, Some(reminder.said()));
        assert!(reminder.said().ends_with(" To mend: There is no file."), "{}", reminder.said());
    }

    #[test]
    fn letters_of_what_is_due_or_waits_come_to_those_who_chose_them() {
        for kind in [NotificationKind::BundleReminder, NotificationKind::VersionWaits] {
            assert!(kind.has_letters(), "{kind}");
            assert!(!Choice::unless_chosen(kind).by_mail, "{kind}");
            assert!(Choice::unless_chosen(kind).in_portal, "{kind}");
        }
    }

    #[test]
    fn what_waits_is_told_apart_by_what_it_is() {
        let told = |resource_type: &str| NotificationKind::of(&event(resource_type, "gdp/all/1", "submitted"));
        assert_eq!(told("version"), Some(NotificationKind::VersionWaits));
        assert_eq!(told("bundle"), Some(NotificationKind::BundleWaits));
    }

    #[test]
    fn what_has_a_letter_of_its_own_is_not_told_again_in_the_daily_one() {
        let kind = NotificationKind::BundleFailed;
        let way = |by_mail, daily| Choice { kind, in_portal: true, by_mail, daily }.letters();
        assert_eq!((way(true, true), way(true, false)), (Some(LetterWay::AtOnce), Some(LetterWay::AtOnce)));
        assert_eq!((way(false, true), way(false, false)), (Some(LetterWay::Daily), None));
        assert!(!Choice::unless_chosen(kind).daily);
    }

    #[test]
    fn each_thing_that_is_told_is_of_ones_own_or_for_several() {
        for kind in NotificationKind::ALL {
            let [resource, id] = match kind.concern().resource_type() {
                "version" => ["version", "gdp/all/1"],
                other => [other, "x"],
            };
            let told = Notification::of(&event(resource, id, kind.event_types()[0]), None, true).unwrap();
            assert!(InboxView::All.holds(&told) && InboxView::Unread.holds(&told), "{kind}");
            assert_ne!(InboxView::Own.holds(&told), InboxView::Shared.holds(&told), "{kind}");
            assert!(!InboxView::Unread.holds(&Notification { unread: false, ..told }), "{kind}");
        }
    }

    #[test]
    fn whoever_has_chosen_nothing_is_told_everything() {
        let chosen = Choice { kind: NotificationKind::BundlePublished, in_portal: false, by_mail: false, daily: false };
        let choices = all_choices(&[chosen]);
        assert_eq!(choices.len(), NotificationKind::ALL.len());
        for choice in choices {
            let silent = choice.kind == NotificationKind::BundlePublished;
            assert_eq!((choice.in_portal, choice.by_mail), (!silent, choice.kind == NotificationKind::BundleFailed));
        }
    }
}
