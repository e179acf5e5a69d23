//! Who may not approve a bundle because they titled an edition that it makes public.

use chrono::{DateTime, Utc};
use domain::actor::{Actor, ActorKind, Caller};
use domain::bundle::{Bundle, BundleDetails, BundleKind, BundleState, ContentItem};
use domain::version::VersionState;

const SOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn actor(name: &str) -> Actor {
    Actor { id: name.to_owned(), name: name.to_owned(), kind: ActorKind::User }
}

fn caller(name: &str, approve_own: bool) -> Caller {
    Caller { actor: actor(name), grants: Vec::new(), teams: Vec::new(), approve_own, all_permissions: true }
}

/// An item of an edition that somebody titled last.
fn titled(edition: &str, by: Option<&str>) -> ContentItem {
    ContentItem {
        id: edition.into(),
        bundle_id: "bundle".into(),
        version_id: edition.into(),
        dataset_id: "gdp".into(),
        department: "economy".into(),
        edition: edition.into(),
        version: 1,
        title: "GDP".into(),
        edition_title: edition.to_uppercase(),
        state: VersionState::Approved,
        version_revision: 1,
        validated_revision: 1,
        last_validated: SOON,
        draft_revision: 1,
        approved_draft: None,
        draft_edited_by: actor("writer"),
        draft_is_news: false,
        edition_titled_by: by.map(actor),
        sound_files: 1,
        unsound_files: 0,
        unsound_file: None,
        gaps: Vec::new(),
        missing_predecessor: None,
    }
}

fn bundle() -> Bundle {
    let details = BundleDetails {
        title: "Title".into(),
        description: String::new(),
        kind: BundleKind::Scheduled,
        preview_teams: Vec::new(),
    };
    Bundle {
        id: "bundle".into(),
        details,
        state: BundleState::InProgress,
        item_count: 1,
        created_by: actor("maker"),
        created_at: SOON,
        last_edited_by: actor("maker"),
        last_modified: SOON,
        attempts: 0,
        revision: 1,
    }
}

/// What each reason is about.
fn subjects(contents: &[ContentItem], by: &Caller) -> Vec<String> {
    bundle().own_work(contents, by).into_iter().filter_map(|blocker| blocker.subject).collect()
}

#[test]
fn whoever_titled_a_new_edition_last_does_not_approve_it() {
    let contents = [titled("may", Some("titler")), titled("may", Some("titler")), titled("june", Some("titler"))];
    let (titler, other) = (caller("titler", false), caller("other", false));
    assert_eq!(subjects(&contents, &titler), ["gdp/may", "gdp/june"]);
    assert!(bundle().own_work(&contents, &titler)[0].message.contains("the edition MAY of GDP"));
    assert!(subjects(&contents, &other).is_empty());
    assert!(subjects(&[titled("may", None)], &titler).is_empty(), "it is public, or nobody knows");
}

#[test]
fn one_reason_is_enough_where_the_dataset_is_theirs_too() {
    let news = ContentItem { draft_is_news: true, ..titled("may", Some("writer")) };
    assert_eq!(subjects(&[news], &caller("writer", false)), ["gdp"]);
}

#[test]
fn a_waiver_of_four_eyes_holds_and_is_told() {
    let contents = [titled("may", Some("titler"))];
    let waived = caller("titler", true);
    assert!(subjects(&contents, &waived).is_empty());
    assert!(bundle().is_waived_for(&contents, &waived));
    assert!(!bundle().is_waived_for(&[titled("may", None)], &waived));
}
