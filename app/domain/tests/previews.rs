//! Where that is to be seen which is not public yet.

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{Actor, ActorKind};
use domain::bundle::readiness::{ItemFacts, release_dates};
use domain::bundle::{
    Bundle, BundleDetails, BundleKind, BundleState, ContentItem, Failure, Look, Mark, PreviewItem, Schedule, preflight,
    step_ahead,
};
use domain::dataset::{Dataset, DatasetMetadata};
use domain::file::{File, FileState};
use domain::version::{Alert, AlertKind, Version, VersionMetadata, VersionState};
use domain::views::Outcome;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
}

fn somebody() -> Actor {
    Actor { id: "editor".into(), name: "editor".into(), kind: ActorKind::User }
}

fn item(id: &str, dataset: &str, version: u32) -> ContentItem {
    ContentItem {
        id: id.into(),
        bundle_id: "spring".into(),
        version_id: format!("{dataset}-{version}"),
        dataset_id: dataset.into(),
        department: "economy".into(),
        edition: "monthly".into(),
        version,
        title: dataset.into(),
        edition_title: "Monthly".into(),
        state: VersionState::Approved,
        version_revision: 1,
        validated_revision: 1,
        last_validated: at(0),
        draft_revision: 1,
        approved_draft: None,
        draft_edited_by: somebody(),
        draft_is_news: false,
        edition_titled_by: None,
        sound_files: 1,
        unsound_files: 0,
        unsound_file: None,
        gaps: Vec::new(),
        missing_predecessor: None,
    }
}

fn version(number: u32, state: VersionState) -> Version {
    Version {
        id: format!("gdp-{number}"),
        dataset_id: "gdp".into(),
        edition: "monthly".into(),
        edition_title: "Monthly".into(),
        version: number,
        state,
        metadata: VersionMetadata::default(),
        created_by: somebody(),
        last_edited_by: somebody(),
        approved_by: None,
        approved_at: None,
        published_at: None,
        last_updated: at(1),
        revision: 1,
    }
}

fn look(state: BundleState) -> Look {
    let items = vec![item("one", "gdp", 2), item("two", "gdp", 3), item("three", "cpi", 1)];
    let shown = PreviewItem {
        item: items[0].clone(),
        dataset_is_new: false,
        edition_is_new: false,
        replaces: Some(1),
        dataset: DatasetMetadata::default(),
        version: version(2, VersionState::Approved),
        files: Vec::new(),
        dataset_changes: Vec::new(),
        version_changes: Vec::new(),
        files_added: Vec::new(),
        files_dropped: Vec::new(),
        files_same: Vec::new(),
    };
    let details = BundleDetails {
        title: "Spring".into(),
        description: String::new(),
        kind: BundleKind::Scheduled,
        preview_teams: Vec::new(),
    };
    let bundle = Bundle {
        id: "spring".into(),
        details,
        state,
        item_count: 3,
        created_by: somebody(),
        created_at: at(0),
        last_edited_by: somebody(),
        last_modified: at(0),
        attempts: 0,
        revision: 1,
    };
    Look { bundle: Some(bundle), items, shown, release: Some("gdp-spring".into()) }
}

fn scheduled() -> BundleState {
    BundleState::Scheduled {
        approval: Mark { by: somebody(), at: at(0) },
        schedule: Schedule { publication_date: at(60), notification_channels: Vec::new() },
    }
}

fn published() -> BundleState {
    let approval = Mark { by: somebody(), at: at(0) };
    BundleState::Published { approval, schedule: None, started_at: at(60), published_at: at(60) }
}

fn file(dataset: &str, version: u32) -> File {
    File {
        id: "f".into(),
        dataset_id: dataset.into(),
        edition: "monthly".into(),
        version,
        filename: "f.csv".into(),
        title: String::new(),
        media_type: "text/csv".into(),
        format: "csv".into(),
        size: 1,
        sha256: String::new(),
        state: FileState::Ready,
        profile: None,
        licence: None,
        licence_url: None,
        confirmed: None,
        created_at: at(0),
    }
}

#[test]
fn what_is_not_there_yet_is_seen_elsewhere_and_all_else_where_it_is() {
    let look = look(scheduled());
    for (address, part) in [
        ("/catalogue/gdp", Some("one/page")),
        ("/catalogue/gdp/quality", Some("one/quality")),
        ("/catalogue/gdp/editions/monthly", Some("two/page")),
        ("/catalogue/gdp/editions/monthly/compare?from=1&to=2", Some("two/compare?from=1&to=2")),
        ("/catalogue/gdp/editions/monthly/versions/2", Some("one/page")),
        ("/catalogue/gdp/editions/monthly/versions/3/explore?page=2#chart", Some("two/explore?page=2#chart")),
        ("/catalogue/cpi/editions/monthly/versions/1", Some("three/page")),
        ("/catalogue/gdp/editions/monthly/versions/1", None),
        ("/catalogue/gdp/editions/yearly", None),
        ("/catalogue/cpi", Some("three/page")),
        ("/catalogue/rpi", None),
        ("/topics/gdp", None),
        ("/releases/gdp-spring#changes", Some("release#changes")),
        ("/releases", Some("calendar")),
        ("/releases?view=month", None),
        ("/releases/gdp-summer", None),
        ("/", None),
    ] {
        let expected = part.map(|part| format!("/admin/bundles/spring/preview/{part}"));
        assert_eq!(look.instead_of(address), expected, "{address}");
    }
    assert!(look.holds_back(&file("gdp", 3)) && !look.holds_back(&file("gdp", 1)) && !look.holds_back(&file("rpi", 1)));
    assert_eq!((look.instant(), look.place(), look.is_public()), (Some(at(60)), 0, false));
}

#[test]
fn a_version_by_itself_is_seen_below_its_own_page() {
    let in_bundle = look(scheduled());
    let items = vec![in_bundle.shown.item.clone()];
    let alone = Look { bundle: None, release: None, items, ..in_bundle };
    let own = "/admin/datasets/gdp/editions/monthly/versions/2";
    for (address, part) in [
        ("/catalogue/gdp", Some("page")),
        ("/catalogue/gdp/quality", Some("quality")),
        ("/catalogue/gdp/editions/monthly/compare?from=1", Some("compare?from=1")),
        ("/catalogue/gdp/editions/monthly/versions/2/explore?page=2", Some("explore?page=2")),
        ("/catalogue/gdp/editions/monthly/versions/3", None),
        ("/releases", None),
        ("/releases/gdp-spring", None),
    ] {
        assert_eq!(alone.instead_of(address), part.map(|part| format!("{own}/preview/{part}")), "{address}");
    }
    assert!(alone.holds_back(&file("gdp", 2)) && !alone.holds_back(&file("gdp", 1)));
    assert_eq!((alone.instant(), alone.is_public(), alone.admin_path()), (None, false, own.to_owned()));
    let mut shown = alone.shown.clone();
    shown.version = Version { published_at: Some(at(60)), ..version(2, VersionState::Published) };
    let public = Look { shown, ..alone };
    assert_eq!((public.public_since(), public.instead_of("/catalogue/gdp")), (Some(at(60)), None));
}

#[test]
fn the_step_that_people_have_yet_to_take_is_named() {
    let approval = || Mark { by: somebody(), at: at(0) };
    let failure = Failure {
        code: "preflight_failed".into(),
        message: "Bundle publication failed: Tracker is down.".into(),
        blockers: Vec::new(),
        at: at(60),
    };
    let code = |bundle: &Bundle| step_ahead(bundle).map(|step| step.code);
    for (state, expected) in [
        (BundleState::Created, Some("bundle_not_approved")),
        (BundleState::ReadyForReview { submitted: approval() }, Some("bundle_not_approved")),
        (BundleState::Approved { approval: approval(), kept_channels: Vec::new() }, Some("not_scheduled")),
        (scheduled(), None),
        (published(), None),
        (BundleState::Failed { approval: approval(), schedule: None, failure }, Some("failed")),
    ] {
        let stage = state.stage();
        assert_eq!(code(&look(state).bundle.unwrap()).as_deref(), expected, "{stage}");
    }
    let mut by_hand = look(BundleState::Approved { approval: approval(), kept_channels: Vec::new() }).bundle.unwrap();
    by_hand.details.kind = BundleKind::Manual;
    assert_eq!(code(&by_hand), None);
}

#[test]
fn once_public_everything_is_where_it_is() {
    let look = look(published());
    assert_eq!(look.instead_of("/catalogue/gdp/editions/monthly/versions/2"), None);
    assert!(look.is_public() && !look.holds_back(&file("gdp", 3)));
}

#[test]
fn the_page_before_is_of_the_edition_or_the_dataset_or_there_is_none() {
    let mut shown = look(scheduled()).shown;
    assert_eq!(shown.present_page().as_deref(), Some("/catalogue/gdp/editions/monthly"));
    assert_eq!(shown.novelty().as_deref(), Some("Replaces version 1"));
    (shown.replaces, shown.edition_is_new) = (None, true);
    assert_eq!(shown.present_page().as_deref(), Some("/catalogue/gdp"));
    assert_eq!(shown.novelty().as_deref(), Some("New edition"));
    shown.dataset_is_new = true;
    assert_eq!((shown.present_page(), shown.novelty().as_deref()), (None, Some("New dataset")));
}

#[test]
fn at_its_instant_what_was_not_public_is_and_what_was_stays() {
    let becoming = version(2, VersionState::Approved).published_at_instant(at(60));
    assert_eq!(
        (becoming.state, becoming.published_at, becoming.last_updated),
        (VersionState::Published, Some(at(60)), at(60))
    );
    for state in [VersionState::Published, VersionState::Archived] {
        assert_eq!(version(1, state).published_at_instant(at(60)), version(1, state));
    }
    let titled = |title: &str| DatasetMetadata { title: title.into(), ..DatasetMetadata::default() };
    let dataset = Dataset {
        id: "gdp".into(),
        kind: "static".into(),
        department: "economy".into(),
        published: Some(titled("Old")),
        draft: Some(titled("New")),
        published_at: Some(at(1)),
        last_updated: at(2),
        created_by: somebody(),
        last_edited_by: somebody(),
        revision: 1,
    };
    let becoming = dataset.clone().published_at_instant(at(60));
    assert_eq!((becoming.shown().title.as_str(), becoming.draft.clone()), ("New", None));
    assert_eq!((becoming.published_at, becoming.last_updated), (Some(at(1)), at(60)));
    let seen = Dataset { draft: None, ..dataset };
    assert_eq!(seen.clone().published_at_instant(at(60)), seen);
    let new = Dataset { published: None, published_at: None, draft: Some(titled("New")), ..seen };
    assert_eq!(new.published_at_instant(at(60)).published_at, Some(at(60)));
}

#[test]
fn nothing_was_released_after_it_became_public() {
    let alert = |second: i64| Alert { date: Some(at(second)), ..Alert::new(AlertKind::Correction, "It was wrong.") };
    let said = |second: i64| {
        let alerts = vec![alert(second), alert(40)];
        let metadata = VersionMetadata { release_date: Some(at(second)), alerts, ..VersionMetadata::default() };
        Version { metadata, ..version(2, VersionState::Approved) }
    };
    let told = |version: Version| {
        let dates: Vec<_> = version.metadata.alerts.iter().map(|alert| alert.date).collect();
        (version.metadata.release_date, dates)
    };
    let both = |first: i64| (Some(at(first)), vec![Some(at(first)), Some(at(40))]);
    assert_eq!(told(said(90).published_at_instant(at(60))), both(60), "it came before the day that was said");
    assert_eq!(told(said(30).published_at_instant(at(60))), both(30), "it was released elsewhere before");
    assert_eq!(told(said(90).dated()), both(90), "nobody knows yet when it becomes public");
    let public = Version { published_at: Some(at(60)), ..said(90) };
    assert_eq!(told(public.dated()), both(60));
}

#[test]
fn the_checklist_tells_of_versions_that_say_another_day() {
    let (mut bundle, items) = (look(scheduled()).bundle.unwrap(), [item("one", "gdp", 2)]);
    if let BundleState::Scheduled { schedule, .. } = &mut bundle.state {
        schedule.publication_date = "2026-07-01T22:30:00Z".parse().unwrap();
    }
    let told = |said: &str| {
        let facts = ItemFacts { release_date: said.parse().ok(), ..ItemFacts::default() };
        release_dates(&bundle, &items, &[facts]).remove(0)
    };
    // The day is that of a UK clock, whatever the time.
    for same in ["2026-06-30T23:00:00Z", "2026-07-01T08:30:00Z", "2026-07-01T22:59:59Z"] {
        assert_eq!(told(same).outcome, Outcome::Pass, "{same}");
    }
    let others = [("2026-07-01T23:00:00Z", "told 1 July 2026."), ("2026-06-30T22:59:59Z", "told 30 June 2026.")];
    for (other, readers) in others {
        let check = told(other);
        assert_eq!((check.name.as_str(), check.outcome), ("release_dates", Outcome::Warn), "{other}");
        assert!(check.message.contains(readers) && check.message.contains("Schedule the bundle"), "{}", check.message);
        assert_eq!(check.fix_url.as_deref(), Some("/admin/datasets/gdp/editions/monthly/versions/2"));
    }
    assert!(release_dates(&bundle, &[], &[]).is_empty());
    bundle.state = BundleState::InProgress;
    assert!(release_dates(&bundle, &items, &[ItemFacts::default()]).is_empty(), "it has no instant");
}

#[test]
fn what_blocks_a_bundle_leads_to_where_it_is_mended() {
    let leads_to = |told: ContentItem| -> Vec<String> {
        preflight("spring", &[told]).into_iter().filter_map(|blocker| blocker.fix_url).collect()
    };
    let item = || item("one", "gdp", 3);
    let page = "/admin/datasets/gdp/editions/monthly/versions";
    let unready = ContentItem { sound_files: 0, unsound_files: 1, unsound_file: Some("f".into()), ..item() };
    assert_eq!(leads_to(unready), [format!("{page}/3#files"), format!("{page}/3#file-f")]);
    let late = ContentItem { missing_predecessor: Some(2), gaps: vec!["It has no topic.".into()], ..item() };
    assert_eq!(leads_to(late), ["/admin/datasets/gdp".to_owned(), format!("{page}/2")]);
    let open = ContentItem { state: VersionState::Submitted, ..item() };
    assert_eq!(leads_to(open), [format!("{page}/3")]);
}
