//! Who counts as being there, as editing and as somebody else, by the clock that is given.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{Actor, ActorKind};
use domain::presence::{EDITS_FOR, Here, LASTS, LastChange, Presence, RENEWED_EVERY, Watched, others, renewed};

fn at(seconds: i64) -> DateTime<Utc> {
    // 12:26:40 in winter, so that clocks in the United Kingdom show the same.
    DateTime::from_timestamp(1_795_004_800 + seconds, 0).unwrap()
}

fn person(id: &str) -> Actor {
    Actor { id: id.to_owned(), name: format!("{id} Jones"), kind: ActorKind::User }
}

fn there(id: &str, since: i64, seen: i64) -> Presence {
    Presence { object: "bundle:b".to_owned(), actor: person(id), since: at(since), seen_at: at(seen), typed_at: None }
}

#[test]
fn a_page_is_about_the_thing_that_its_path_names() {
    let bundle = Some(Watched::Bundle("0198-a".to_owned()));
    for path in
        ["", "/approve", "/preview?x=1", "/schedule", "/publication", "/timeline?q=a", "/contents/add", "#history"]
    {
        assert_eq!(Watched::at(&format!("/admin/bundles/0198-a{path}")), bundle, "{path}");
    }
    let version = Watched::at("/admin/datasets/gdp/editions/time-series/versions/2").unwrap();
    assert_eq!((version.kind(), version.id().as_str()), ("version", "gdp/time-series/2"));
    assert_eq!(version.admin_path(), "/admin/datasets/gdp/editions/time-series/versions/2");
    for step in ["files", "details?x=1", "checks", "submit"] {
        let path = format!("/admin/datasets/gdp/editions/time-series/versions/2/prepare/{step}");
        assert_eq!(Watched::at(&path), Some(version.clone()), "{path}");
    }
    for path in ["", "/editions/time-series"] {
        assert_eq!(Watched::at(&format!("/admin/datasets/gdp{path}")).unwrap().key(), "dataset:gdp", "{path}");
    }
    assert_eq!(Watched::at("/admin/releases/figures").unwrap().key(), "release:figures");
    for path in [
        "/admin",
        "/admin/bundles",
        "/admin/bundles/new",
        "/admin/bundles/",
        "/admin/bundles/a%2Fb",
        "/admin/bundles/a/b",
        "/admin/datasets/new",
        "/admin/datasets/gdp/editions/e/versions/one",
        "/admin/datasets/gdp/editions/e/versions/new",
        "/admin/datasets/gdp/editions/e/versions/2/prepare",
        "/catalogue/gdp",
        "/admin/users/u",
        "",
    ] {
        assert_eq!(Watched::at(path), None, "{path}");
    }
}

#[test]
fn what_is_written_down_is_renewed_before_it_ends_and_no_sooner() {
    assert!(RENEWED_EVERY < LASTS);
    let me = person("ann");
    let again = |known: Option<&Presence>, typed, now| renewed(known, "bundle:b", &me, typed, at(now));
    let first = again(None, false, 0).unwrap();
    assert_eq!((first.since, first.seen_at, first.typed_at), (at(0), at(0), None));
    assert_eq!(again(Some(&first), false, 39), None);
    let second = again(Some(&first), false, 40).unwrap();
    assert_eq!((second.since, second.seen_at), (at(0), at(40)));
    // Who was away for longer than it lasts has come anew.
    assert_eq!(again(Some(&second), false, 100).unwrap().since, at(100));
    let typing = again(Some(&first), true, 1).unwrap();
    assert_eq!((typing.since, typing.typed_at), (at(0), Some(at(1))));
    assert_eq!(again(Some(&typing), true, 30), None, "typing goes on without a write for each letter");
    assert_eq!(again(Some(&typing), false, 45).unwrap().typed_at, Some(at(1)));
}

#[test]
fn the_others_are_whoever_was_seen_within_a_minute_and_is_not_the_viewer() {
    let all = [there("cai", 9, 59), there("ann", 0, 60), there("bob", 5, 1), there("dee", 2, 0)];
    let names = |now: i64| others(&all, "ann", true, at(now)).into_iter().map(|c| c.name).collect::<Vec<_>>();
    assert_eq!(names(59), ["dee Jones", "bob Jones", "cai Jones"]);
    assert_eq!(names(60), ["bob Jones", "cai Jones"]);
    assert_eq!(names(61), ["cai Jones"]);
    assert_eq!(names(119), Vec::<String>::new());
}

#[test]
fn who_typed_counts_as_editing_for_two_minutes() {
    let typed = Presence { typed_at: Some(at(0)), ..there("bob", 0, 119) };
    let editing = |editable, now: DateTime<Utc>| others(std::slice::from_ref(&typed), "ann", editable, now)[0].editing;
    assert!(editing(true, at(0) + EDITS_FOR - TimeDelta::microseconds(1)));
    assert!(!editing(true, at(0) + EDITS_FOR));
    assert!(!editing(false, at(1)), "a comment on what nobody can edit");
}

#[test]
fn presence_and_changes_are_told_in_sentences() {
    let mut all = vec![there("bob", 60, 60), Presence { typed_at: Some(at(50)), ..there("cai", 0, 50) }];
    let words = |all: &[Presence]| {
        let others = others(all, "ann", true, at(61));
        Here { others, last: None, history: String::new(), now: at(61) }.others_words()
    };
    assert_eq!(words(&[]), "");
    assert_eq!(words(&all), "cai Jones is editing this, here since 12:26pm. bob Jones has this open since 12:27pm.");
    all.extend(["dee", "eve"].map(|id| there(id, 60, 60)));
    assert!(words(&all).ends_with("So has one more person."));
    all.push(there("fay", 60, 60));
    assert!(words(&all).ends_with("So have 2 more people."));
    let change = LastChange { mark: "m".to_owned(), by: "Bob Jones".to_owned(), at: at(0), own: false };
    assert_eq!(change.words(), "Changed by Bob Jones at 12:26pm.");
    assert!(LastChange { own: true, ..change }.words().starts_with("You changed this at 12:26pm"));
}
