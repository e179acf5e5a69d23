//! The checklist of a bundle: every check, how it came out, and what to do about it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::remarks::SignOff;
use super::{Bundle, BundleKind, BundleStage, ContentItem, preflight};
use crate::office::{PublicationTimes, QUEUE_PAGE, QueuePause};
use crate::refusal::Blocker;
use crate::release::{Release, ReleaseState};
use crate::uk_time;
use crate::version::{VersionState, admin_file_path, admin_version_path};
use crate::views::{Check, Outcome};

/// How close two publications may lie in the peak window before somebody should know of it.
pub const NEIGHBOURHOOD: TimeDelta = TimeDelta::minutes(5);

/// What is known of one item beside what publication asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemFacts {
    /// What readers would miss in the metadata, each as a sentence that says what to add.
    pub wanting: Vec<String>,
    /// What was found in its files and accepted, each with the file's name, and the file's id before it.
    pub file_warnings: Vec<(String, String)>,
    /// Where the version before it waits, as far as the reader may know.
    pub predecessor_in: Option<Neighbour>,
    /// The date of release that it says.
    pub release_date: Option<DateTime<Utc>>,
}

/// Another bundle that the reader may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Its title.
    pub title: String,
    /// The portal's page for it.
    pub path: String,
    /// When it is due.
    pub due: Option<DateTime<Utc>>,
}

impl From<&Bundle> for Neighbour {
    fn from(bundle: &Bundle) -> Self {
        Self {
            title: bundle.details.title.clone(),
            path: bundle.admin_path(),
            due: bundle.state.schedule().map(|s| s.publication_date),
        }
    }
}

/// What preflight asks for: the check's name, the code of its blockers, and the sentence where there is none.
const NEEDED: [(&str, &str, &str); 7] = [
    ("has_content", "no_content", "The bundle has content."),
    ("items_approved", "not_approved", "Every version is approved."),
    ("items_unchanged", "changed", "No version was changed since it was checked."),
    ("files_present", "no_files", "Every version has a file."),
    ("files_ready", "files_not_ready", "Every file is ready."),
    ("metadata_complete", "incomplete_metadata", "The metadata is complete."),
    ("predecessors_published", "predecessor_unpublished", "The version before each is public, or becomes so with it."),
];

/// Every check; `facts` go with `items` one by one, `near` are the other bundles due about the same instant.
#[must_use]
pub fn checks(
    bundle: &Bundle,
    items: &[ContentItem],
    facts: &[ItemFacts],
    near: &[Neighbour],
    times: &PublicationTimes,
) -> Vec<Check> {
    if let Some(at) = bundle.state.published_at() {
        return vec![pass(
            "published",
            format!("Everything in this bundle is public since {}.", uk_time::date_time(at)),
        )];
    }
    let mut checks = needed(bundle, items);
    checks.extend(recommended(items, facts));
    checks.push(approval(bundle));
    checks.extend(instant(bundle, near, times));
    checks.extend(release_dates(bundle, items, facts));
    checks
}

/// Whether every version says the day on which the bundle is due as its date of release; nothing before there is an instant.
///
/// Readers are told the earlier of the two (`Version::dated`), which may be neither the day that was promised nor the one that was meant.
#[must_use]
pub fn release_dates(bundle: &Bundle, items: &[ContentItem], facts: &[ItemFacts]) -> Vec<Check> {
    let Some(schedule) = bundle.state.schedule().filter(|_| !items.is_empty()) else { return Vec::new() };
    let at = schedule.publication_date;
    let mut checks: Vec<Check> = items
        .iter()
        .zip(facts)
        .filter_map(|(item, facts)| {
            let said = facts.release_date.filter(|said| uk_time::day(*said) != uk_time::day(at))?;
            let message = format!(
                "{} says that it is released on {}, and the bundle is due on {}. Readers will be told {}. Schedule the bundle for the day \
                 that is right, or request changes, take the version out and have its release date changed.",
                item.reference(),
                uk_time::date(said),
                uk_time::date(at),
                uk_time::date(said.min(at)),
            );
            let page = admin_version_path(&item.dataset_id, &item.edition, item.version);
            Some(warn("release_dates", message, Some(page)))
        })
        .collect();
    or_pass(&mut checks, "release_dates", "Every version says the day on which the bundle is due.");
    checks
}

/// How much of what publication asks for is there, from 0 to 100.
#[must_use]
pub fn percent(bundle: &Bundle, items: &[ContentItem]) -> u8 {
    if bundle.state.published_at().is_some() {
        return 100;
    }
    let mut checks = needed(bundle, items);
    checks.push(approval(bundle));
    if bundle.details.kind != BundleKind::Manual {
        let named = bundle.state.schedule().is_some();
        checks.push(if named { pass("scheduled", "") } else { warn("scheduled", "", None) });
    }
    let mut names: Vec<(&str, bool)> = Vec::new();
    for check in &checks {
        let passed = check.outcome == Outcome::Pass;
        match names.iter_mut().find(|(name, _)| *name == check.name) {
            Some((_, all)) => *all = *all && passed,
            None => names.push((&check.name, passed)),
        }
    }
    let passed = names.iter().filter(|(_, passed)| *passed).count();
    // What cannot be checked of an empty bundle is not there yet.
    let asked = NEEDED.len() + 1 + usize::from(bundle.details.kind != BundleKind::Manual);
    u8::try_from(passed * 100 / asked).unwrap_or(100).min(100)
}

/// Whether a check is of a step that comes later on the way of a bundle, so that nothing is amiss as long as it is amber.
#[must_use]
pub fn comes_later(check: &Check) -> bool {
    ["approved", "scheduled", "signed_off"].contains(&check.name.as_str())
}

/// Whether an amber check asks for nothing: it says what could be better.
#[must_use]
pub fn is_advice(check: &Check) -> bool {
    let names = [
        "metadata_recommended",
        "files_clean",
        "working_hours",
        "instant_free",
        "peak_window",
        "notification_channels",
        "release_calendar",
    ];
    check.outcome == Outcome::Warn && names.contains(&check.name.as_str())
}

/// The amber checks that whoever sends the bundle for review has to look at; what comes later on its way is none of them.
#[must_use]
pub fn to_acknowledge(checks: &[Check]) -> Vec<&Check> {
    checks.iter().filter(|check| check.outcome == Outcome::Warn && !comes_later(check)).collect()
}

/// The amber checks that were acknowledged, as the history of the bundle tells them.
#[must_use]
pub fn acknowledged_words(amber: &[&Check]) -> Option<String> {
    const TOLD: usize = 5;
    let mut words: Vec<String> = amber.iter().take(TOLD).map(|check| check.message.clone()).collect();
    if amber.len() > TOLD {
        words.push(format!("And {} more.", amber.len() - TOLD));
    }
    (!words.is_empty()).then(|| format!("Looked at and left as it is: {}", words.join(" ")))
}

fn needed(bundle: &Bundle, items: &[ContentItem]) -> Vec<Check> {
    let blockers = preflight(&bundle.id, items);
    let mut checks = Vec::new();
    for (name, code, passed) in NEEDED {
        let failed: Vec<&Blocker> = blockers.iter().filter(|b| b.code == code).collect();
        if failed.is_empty() && !(items.is_empty() && code != "no_content") {
            checks.push(pass(name, passed));
        }
        checks.extend(failed.into_iter().map(|blocker| Check {
            name: name.to_owned(),
            outcome: Outcome::Fail,
            message: blocker.message.clone(),
            fix_url: blocker.fix_url.clone(),
        }));
    }
    checks
}

fn recommended(items: &[ContentItem], facts: &[ItemFacts]) -> Vec<Check> {
    if items.is_empty() {
        return Vec::new();
    }
    let (mut metadata, mut files, mut predecessors) = (Vec::new(), Vec::new(), Vec::new());
    for (item, facts) in items.iter().zip(facts) {
        for sentence in &facts.wanting {
            let dataset = format!("/admin/datasets/{}", item.dataset_id);
            metadata.push(warn("metadata_recommended", format!("{}: {sentence}", item.title), Some(dataset)));
        }
        for (file_id, sentence) in &facts.file_warnings {
            let (way, mended_at) = way_to_file(item, file_id);
            files.push(warn("files_clean", format!("{}: {sentence}{way}", item.reference()), Some(mended_at)));
        }
        if let Some((holder, before)) = facts.predecessor_in.as_ref().zip(item.missing_predecessor) {
            let message = format!(
                "Version {before} before {} waits in the bundle {}. Publish that one first, or put both into one bundle.",
                item.reference(),
                holder.title
            );
            predecessors.push(warn("predecessors_free", message, Some(holder.path.clone())));
        }
    }
    or_pass(&mut metadata, "metadata_recommended", "The metadata holds what readers look for.");
    or_pass(&mut files, "files_clean", "Nothing in the files needs a second look.");
    metadata.into_iter().chain(files).chain(predecessors).collect()
}

/// What has to be done before a file of an item can be changed, and where that begins.
fn way_to_file(item: &ContentItem, file_id: &str) -> (&'static str, String) {
    if item.state == VersionState::Created {
        return ("", admin_file_path(&item.dataset_id, &item.edition, item.version, Some(file_id)));
    }
    let way = " To change the file, remove the version from the bundle, have it reopened and sent back, then edit it.";
    (way, format!("/admin/bundles/{}", item.bundle_id))
}

fn approval(bundle: &Bundle) -> Check {
    match (bundle.state.approval(), bundle.stage()) {
        (Some(mark), _) => pass("approved", format!("Approved by {}.", mark.by.name)),
        (None, BundleStage::ReadyForReview) => warn(
            "approved",
            "The bundle is not approved yet. Somebody approves it who did not create it, nor edit it or its datasets last.",
            // Others wait for that, and whoever approves it does so in review.
            None,
        ),
        (None, _) => warn("approved", "The bundle is not approved yet. Send it for review.", Some(bundle.admin_path())),
    }
}

/// What there is to say about the instant, once it is approved or has one.
fn instant(bundle: &Bundle, near: &[Neighbour], times: &PublicationTimes) -> Vec<Check> {
    let page = || Some(bundle.admin_path());
    if bundle.details.kind == BundleKind::Manual {
        return Vec::new();
    }
    let Some(schedule) = bundle.state.schedule() else {
        return if bundle.state.approval().is_some() {
            vec![warn("scheduled", "The bundle has no instant yet. Schedule it.", page())]
        } else {
            Vec::new()
        };
    };
    let at = schedule.publication_date;
    let mut checks = vec![pass("scheduled", format!("Due {}.", uk_time::date_time(at)))];
    checks.push(if uk_time::in_working_hours(at) {
        pass("working_hours", "The instant lies within working hours.")
    } else {
        warn(
            "working_hours",
            "The instant lies outside Monday to Friday, 9am to 5pm, so that nobody may be there if it fails. Choose another or see that somebody is.",
            page(),
        )
    });
    checks.extend(neighbours(at, near, times));
    checks.push(if schedule.notification_channels.is_empty() {
        warn("notification_channels", "Nobody will be told. Choose a notification channel when scheduling.", page())
    } else {
        pass("notification_channels", "People will be told of the publication.")
    });
    checks
}

fn neighbours(at: DateTime<Utc>, near: &[Neighbour], times: &PublicationTimes) -> Vec<Check> {
    let same = near.iter().filter(|other| other.due == Some(at));
    let mut checks: Vec<Check> = same
        .map(|other| {
            let message = format!(
                "The bundle {} is due at the same instant. Each is published whole, side by side; choose another instant if one has to come first.",
                other.title
            );
            warn("instant_free", message, Some(other.path.clone()))
        })
        .collect();
    or_pass(&mut checks, "instant_free", "No other bundle is due at the same instant.");
    if times.in_peak(at) {
        let beside = near.iter().filter(|other| other.due.is_some_and(|due| due != at));
        let mut close: Vec<Check> = beside
            .map(|other| {
                let message = format!(
                    "The bundle {} is due within {} minutes in the peak window, {}. Move one if they need attention apart.",
                    other.title,
                    NEIGHBOURHOOD.num_minutes(),
                    times.peak_words()
                );
                warn("peak_window", message, Some(other.path.clone()))
            })
            .collect();
        or_pass(&mut close, "peak_window", "No other bundle is due close by in the peak window.");
        checks.extend(close);
    }
    checks
}

/// By how many people the items were signed off as they are now; nothing before the bundle is sent for review.
#[must_use]
pub fn signed_off(bundle: &Bundle, items: &[ContentItem], sign_offs: &[SignOff]) -> Option<Check> {
    if matches!(bundle.stage(), BundleStage::Created | BundleStage::InProgress) || items.is_empty() {
        return None;
    }
    let holding = |item: &ContentItem| -> Vec<&str> {
        let of_item = sign_offs.iter().filter(|made| made.item_id == item.id && made.holds_for(item));
        of_item.map(|made| made.by.id.as_str()).collect()
    };
    let people: BTreeSet<&str> = items.iter().flat_map(holding).collect();
    let signed = items.iter().filter(|item| !holding(item).is_empty()).count();
    let by = if people.len() == 1 { "1 person".to_owned() } else { format!("{} people", people.len()) };
    Some(if signed == items.len() {
        pass("signed_off", format!("Every version was signed off as it is now, by {by}."))
    } else {
        let message = format!(
            "{signed} of {} versions are signed off as they are now, by {by}. Look at the others in the preview.",
            items.len()
        );
        warn("signed_off", message, Some(format!("{}/preview", bundle.admin_path())))
    })
}

/// Whether the channels that the schedule chose are known to work; `untried` are those that are not, in a sentence each.
#[must_use]
pub fn channels_tried(bundle: &Bundle, untried: &[String]) -> Vec<Check> {
    let chosen = bundle.state.schedule().is_some_and(|schedule| !schedule.notification_channels.is_empty());
    if !chosen {
        return Vec::new();
    }
    let page = || Some(format!("{}/schedule", bundle.admin_path()));
    let mut checks: Vec<Check> = untried.iter().map(|sentence| warn("channels_tried", sentence, page())).collect();
    or_pass(&mut checks, "channels_tried", "None of the channels that people are told on is known to fail.");
    checks
}

/// That no bundle is published while the queue is paused in which the bundle waits; nothing is said while the queue goes on.
#[must_use]
pub fn queue_goes_on(bundle: &Bundle, pause: Option<&QueuePause>) -> Option<Check> {
    let waits = matches!(bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing);
    let pause = pause.filter(|_| waits)?;
    Some(warn("queue_goes_on", pause.said(), Some(QUEUE_PAGE.to_owned())))
}

/// A check of something outside of the catalogue: `blockers` are what was found there.
#[must_use]
pub fn looked_at(name: &str, blockers: Vec<Blocker>, passed: &str) -> Vec<Check> {
    if blockers.is_empty() {
        return vec![pass(name, passed)];
    }
    let failed = |blocker: Blocker| Check {
        name: name.to_owned(),
        outcome: Outcome::Fail,
        message: blocker.message,
        fix_url: blocker.fix_url,
    };
    blockers.into_iter().map(failed).collect()
}

/// A check that could not be made.
#[must_use]
pub fn not_looked_at(name: &str, message: &str, bundle: &Bundle) -> Check {
    warn(name, message, Some(bundle.admin_path()))
}

/// Whether the release calendar tells the public what the schedule says.
#[must_use]
pub fn calendar(bundle: &Bundle, entry: Option<&Release>) -> Check {
    let page = Some(bundle.admin_path());
    let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
    let Some(entry) = entry else {
        let message = "The release calendar has no entry for this bundle. Begin one and announce it.";
        return warn("release_calendar", message, page);
    };
    let title = &entry.details.title;
    let message = match entry.state {
        ReleaseState::Draft => format!("The entry {title} of the release calendar is not announced yet. Announce it."),
        ReleaseState::Cancelled => {
            format!("The entry {title} of the release calendar is cancelled. Begin another one.")
        }
        _ if entry.date.instant() != due => {
            format!("The entry {title} of the release calendar tells another date. Change one of the two.")
        }
        ReleaseState::Provisional | ReleaseState::Postponed => {
            format!("The entry {title} of the release calendar is {}. Confirm its date.", entry.state)
        }
        ReleaseState::Confirmed | ReleaseState::Published => {
            return pass("release_calendar", "The release calendar tells the same date.");
        }
    };
    warn("release_calendar", message, page)
}

fn or_pass(checks: &mut Vec<Check>, name: &str, message: &str) {
    if checks.is_empty() {
        checks.push(pass(name, message));
    }
}

fn pass(name: &str, message: impl Into<String>) -> Check {
    Check { name: name.to_owned(), outcome: Outcome::Pass, message: message.into(), fix_url: None }
}

fn warn(name: &str, message: impl Into<String>, fix_url: Option<String>) -> Check {
    Check { name: name.to_owned(), outcome: Outcome::Warn, message: message.into(), fix_url }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::bundle::{BundleDetails, BundleState};

    fn item() -> ContentItem {
        ContentItem {
            id: "item".into(),
            bundle_id: "b".into(),
            version_id: "v".into(),
            dataset_id: "gdp".into(),
            department: "economy".into(),
            edition: "months".into(),
            version: 1,
            title: "GDP".into(),
            edition_title: "Months".into(),
            state: VersionState::Approved,
            version_revision: 1,
            validated_revision: 1,
            last_validated: DateTime::UNIX_EPOCH,
            draft_revision: 1,
            approved_draft: None,
            draft_edited_by: Actor::system("test"),
            draft_is_news: false,
            edition_titled_by: None,
            sound_files: 1,
            unsound_files: 0,
            unsound_file: None,
            gaps: Vec::new(),
            missing_predecessor: None,
        }
    }

    #[test]
    fn advice_on_a_file_of_an_approved_version_says_what_has_to_be_done_first() {
        let bundle = Bundle {
            id: "b".into(),
            details: BundleDetails {
                title: "Spring".into(),
                description: String::new(),
                kind: BundleKind::Scheduled,
                preview_teams: Vec::new(),
            },
            state: BundleState::InProgress,
            item_count: 1,
            created_by: Actor::system("test"),
            created_at: DateTime::UNIX_EPOCH,
            last_edited_by: Actor::system("test"),
            last_modified: DateTime::UNIX_EPOCH,
            attempts: 0,
            revision: 1,
        };
        let facts =
            ItemFacts { file_warnings: vec![("f".into(), "gdp.csv: A cell is empty.".into())], ..ItemFacts::default() };
        let told = |state| {
            let items = [ContentItem { state, ..item() }];
            let all = checks(&bundle, &items, std::slice::from_ref(&facts), &[], &PublicationTimes::default());
            all.into_iter().find(|check| check.name == "files_clean").unwrap()
        };
        let approved = told(VersionState::Approved);
        assert!(is_advice(&approved) && !comes_later(&approved));
        assert!(
            approved
                .message
                .ends_with("remove the version from the bundle, have it reopened and sent back, then edit it.")
        );
        // The version's own page has neither an edit nor a way back while the bundle holds it.
        assert_eq!(approved.fix_url.as_deref(), Some("/admin/bundles/b"));
        let open = told(VersionState::Created);
        assert_eq!(open.message, "gdp/months/1: gdp.csv: A cell is empty.");
        assert_eq!(open.fix_url.as_deref(), Some("/admin/datasets/gdp/editions/months/versions/1#file-f"));
    }
}
