//! How a publication is followed.

use chrono::{DateTime, Utc};
use domain::actor::{Actor, ActorKind};
use domain::bundle::{Bundle, BundleDetails, BundleKind, BundleState};
use domain::progress::Course;

#[test]
fn whatever_happens_to_a_bundle_is_something_new_to_see() {
    let at: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let editor = Actor { id: "editor".into(), name: "Editor".into(), kind: ActorKind::User };
    let bundle = Bundle {
        id: "bundle".into(),
        details: BundleDetails {
            title: "Title".into(),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: Vec::new(),
        },
        state: BundleState::InProgress,
        item_count: 1,
        created_by: editor.clone(),
        created_at: at,
        last_edited_by: editor,
        last_modified: at,
        attempts: 0,
        revision: 1,
    };
    let mark = |last_event| Course { bundle: &bundle, steps: &[], is_paused: false, last_event }.mark();
    assert_eq!(mark("submitted"), mark("submitted"));
    assert_ne!(mark("submitted"), mark("commented"), "a remark changes neither the bundle nor its steps");
}
