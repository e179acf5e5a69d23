//! Lists of bundles: who sees which, filters, pages.

use domain::actor::Caller;
use domain::bundle::{Bundle, BundleKind, BundleStage, BundleState, Failure};
use domain::page::Paging;
use domain::policy::{Grant, Role};
use domain::version::VersionState;
use persistence::bundles::{self, BundleFilter, BundleOrder, BundleSort};
use persistence::outbox::{self, Hold, Task};
use persistence::teams;
use testkit::builders::{self, actor, approval, at, caller, grant_for, scheduled};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_version};

async fn listed(db: &TestDatabase, caller: &Caller, filter: &BundleFilter) -> Vec<String> {
    let page = bundles::list_visible_to(db.pool(), caller, filter, Paging::default()).await.unwrap();
    assert_eq!(page.total_count, page.items.len() as u64);
    page.items.into_iter().map(|bundle| bundle.id).collect()
}

async fn add_team(db: &TestDatabase, id: &str) {
    teams::save(db.pool(), &domain::people::Team::new(id, id, vec![])).await.unwrap();
}

fn shared_with(id: &str, team: &str) -> Bundle {
    let mut bundle = builders::bundle(id);
    bundle.details.preview_teams = vec![team.to_owned()];
    bundle
}

fn previewer(teams: &[&str]) -> Caller {
    Caller {
        teams: teams.iter().map(|&t| t.to_owned()).collect(),
        ..caller("previewer", &[Grant::of(Role::Previewer)])
    }
}

on_both_databases! {
    async fn bundles_are_seen_by_those_they_concern(db: TestDatabase) {
        add_team(&db, "press").await;
        let cpi = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        add_bundle(&db, &builders::bundle("economic"), &[&cpi]).await;
        add_bundle(&db, &shared_with("previewed", "press"), &[]).await;
        add_bundle(&db, &Bundle { created_by: actor("me"), ..builders::bundle("own") }, &[]).await;

        let in_the_team_without_the_right = Caller { teams: vec!["press".into()], ..caller("me", &[]) };
        let own_of_others = |id| caller(id, &[grant_for(Role::Editor, &["health"])]);
        for (caller, seen) in [
            (caller("x", &[Grant::of(Role::Editor)]), vec!["economic", "own", "previewed"]),
            (Caller::system("scheduler"), vec!["economic", "own", "previewed"]),
            (caller("x", &[grant_for(Role::Editor, &["economy"])]), vec!["economic"]),
            (caller("x", &[Grant { datasets: vec!["cpi".into()], ..Grant::of(Role::Editor) }]), vec!["economic"]),
            (caller("me", &[grant_for(Role::Editor, &["health"])]), vec!["own"]),
            (previewer(&["press"]), vec!["previewed"]),
            (previewer(&["other"]), vec![]),
            (previewer(&[]), vec![]),
            (in_the_team_without_the_right, vec![]),
            (caller("me", &[]), vec![]),
            (own_of_others("%"), vec![]),
            (own_of_others("m_"), vec![]),
            (own_of_others("ME"), vec![]),
            (own_of_others("me\",\"name"), vec![]),
        ] {
            let mut ids = listed(&db, &caller, &BundleFilter::default()).await;
            ids.sort();
            assert_eq!(ids, seen, "{caller:?}");
            for id in ["economic", "own", "previewed", "missing"] {
                let found = bundles::find_visible_to(db.pool(), &caller, id).await.unwrap();
                assert_eq!(found.is_some(), seen.contains(&id), "{id} by {caller:?}");
            }
            let counts = bundles::count_by_stage(db.pool(), &caller).await.unwrap();
            assert_eq!(counts.len(), BundleStage::ALL.len());
            assert_eq!(counts[0], (BundleStage::Created, seen.len() as u64), "{caller:?}");
        }
    }

    async fn lists_of_bundles_can_be_filtered(db: TestDatabase) {
        add_team(&db, "press").await;
        let mut manual = shared_with("manual", "press");
        manual.details.kind = BundleKind::Manual;
        manual.last_modified = at(3);
        let soon = Bundle { last_modified: at(1), created_at: at(1), ..scheduled("soon", at(100)) };
        let late = Bundle { last_modified: at(2), created_at: at(2), ..scheduled("late 5%", at(200)) };
        for bundle in [&manual, &soon, &late] {
            add_bundle(&db, bundle, &[]).await;
        }
        let all = Caller::system("test");
        let any = BundleFilter::default;
        let sorted = |by, ascending| BundleFilter { order: BundleOrder { by, ascending }, ..any() };
        for (filter, seen) in [
            (any(), vec!["manual", "late 5%", "soon"]),
            (BundleFilter { order: BundleOrder::SOONEST, ..any() }, vec!["soon", "late 5%", "manual"]),
            (sorted(BundleSort::PublicationDate, false), vec!["late 5%", "soon", "manual"]),
            (sorted(BundleSort::Title, true), vec!["late 5%", "manual", "soon"]),
            (sorted(BundleSort::Title, false), vec!["soon", "manual", "late 5%"]),
            (sorted(BundleSort::LastModified, true), vec!["soon", "late 5%", "manual"]),
            (sorted(BundleSort::CreatedAt, false), vec!["late 5%", "soon", "manual"]),
            (BundleFilter { stages: vec![BundleStage::Created], ..any() }, vec!["manual"]),
            (BundleFilter { stages: vec![BundleStage::Created, BundleStage::Scheduled], ..any() }, vec!["manual", "late 5%", "soon"]),
            (BundleFilter { stages: vec![BundleStage::Failed], ..any() }, vec![]),
            (BundleFilter { kind: Some(BundleKind::Manual), ..any() }, vec!["manual"]),
            (BundleFilter { title: Some("SOO".into()), ..any() }, vec!["soon"]),
            (BundleFilter { title: Some("5%".into()), ..any() }, vec!["late 5%"]),
            (BundleFilter { title: Some("s%n".into()), ..any() }, vec![]),
            (BundleFilter { from: Some(at(200)), ..any() }, vec!["late 5%"]),
            (BundleFilter { to: Some(at(100)), ..any() }, vec!["soon"]),
            (BundleFilter { from: Some(at(101)), to: Some(at(199)), ..any() }, vec![]),
            (BundleFilter { team: Some("press".into()), ..any() }, vec!["manual"]),
            (BundleFilter { team: Some("other".into()), ..any() }, vec![]),
        ] {
            assert_eq!(listed(&db, &all, &filter).await, seen, "{filter:?}");
        }
    }

    async fn lists_are_narrowed_by_who_made_a_bundle_or_has_it_in_hand(db: TestDatabase) {
        let cpi = add_version(&db, "cpi", "all", 1, VersionState::Approved).await;
        let mine = |id: &str| Bundle { created_by: actor("ann"), ..builders::bundle(id) };
        add_bundle(&db, &mine("mine"), &[&cpi]).await;
        add_bundle(&db, &Bundle { last_edited_by: actor("ann"), ..builders::bundle("edited") }, &[]).await;
        let renamed = domain::actor::Actor { name: "Another name".into(), ..actor("ann") };
        add_bundle(&db, &Bundle { created_by: renamed, ..builders::bundle("older") }, &[]).await;
        add_bundle(&db, &builders::bundle("theirs"), &[]).await;
        let all = Caller::system("test");
        let any = BundleFilter::default;
        for (filter, seen) in [
            (BundleFilter { owner: Some("ann".into()), ..any() }, vec!["mine", "older"]),
            (BundleFilter { owner: Some("an".into()), ..any() }, vec![]),
            (BundleFilter { owner: Some("%".into()), ..any() }, vec![]),
            (BundleFilter { in_the_hands_of: Some("ann".into()), ..any() }, vec!["edited", "mine", "older"]),
            (BundleFilter { in_the_hands_of: Some("nobody".into()), ..any() }, vec![]),
        ] {
            assert_eq!(listed(&db, &all, &filter).await, seen, "{filter:?}");
        }
        for (caller, seen) in [
            (all, vec![("ann", "Another name"), ("editor", "editor")]),
            (caller("x", &[grant_for(Role::Editor, &["economy"])]), vec![("ann", "ann")]),
            (caller("x", &[]), vec![]),
        ] {
            let owners = bundles::owners_visible_to(db.pool(), &caller).await.unwrap();
            let named: Vec<_> = owners.iter().map(|owner| (owner.id.as_str(), owner.name.as_str())).collect();
            assert_eq!(named, seen, "{caller:?}");
        }
    }

    async fn every_publication_that_needs_somebody_is_listed_failures_first(db: TestDatabase) {
        let failed = |id: &str, changed: i64| {
            let failure = Failure { code: "x".into(), message: "x".into(), blockers: vec![], at: at(changed) };
            let state = BundleState::Failed { approval: approval(), schedule: None, failure };
            Bundle { state, last_modified: at(changed), ..builders::bundle(id) }
        };
        let in_state = |id: &str, state| Bundle { state, last_modified: at(90), ..builders::bundle(id) };
        let public = |id| in_state(id, BundleState::Published { approval: approval(), schedule: None, started_at: at(0), published_at: at(1) });
        let owed = Bundle { last_modified: at(80), ..public("owed") };
        let publishing = in_state("publishing", BundleState::Publishing { approval: approval(), schedule: None, started_at: at(0), told: None });
        let overdue = Bundle { last_modified: at(70), ..scheduled("overdue", at(99)) };
        for bundle in [failed("old", 1), failed("older", 0), failed("new", 50), publishing, owed, overdue, public("public"), public("waits"), scheduled("due", at(100))] {
            add_bundle(&db, &bundle, &[]).await;
        }
        let hold = Hold { by: "a node", until: at(60) };
        for (id, gives_up) in [("owed", true), ("waits", false)] {
            outbox::push(db.pool(), &Task { bundle_id: Some(id.into()), ..Task::new(id.into(), "wagtail", "x", serde_json::json!({})) }, at(0)).await.unwrap();
            let task = outbox::take_due(db.pool(), "wagtail", at(0), hold, 9).await.unwrap().pop().unwrap();
            assert!(if gives_up { outbox::give_up(db.pool(), &task, "down", at(1)).await } else { outbox::fail(db.pool(), &task, "down", at(9)).await }.unwrap());
        }
        let order = BundleOrder { by: BundleSort::Failures, ascending: false };
        let filter = BundleFilter { needing_somebody: Some(at(100)), order, ..BundleFilter::default() };
        assert_eq!(listed(&db, &Caller::system("test"), &filter).await, ["new", "old", "older", "publishing", "owed", "overdue"]);
        let second = bundles::list_visible_to(db.pool(), &Caller::system("test"), &filter, Paging { limit: 2, offset: 2 }).await.unwrap();
        assert_eq!((second.total_count, second.items[0].id.as_str()), (6, "older"));
        let third = outbox::failing(db.pool(), Paging { limit: 1, offset: 0 }).await.unwrap();
        assert_eq!((third.total_count, third.items[0].1.as_deref()), (2, Some("waits")), "the newest comes first");
    }

    async fn bundles_come_in_pages(db: TestDatabase) {
        for (number, id) in ["a", "b", "c"].into_iter().enumerate() {
            let approved = BundleState::Approved { approval: approval(), kept_channels: Vec::new() };
            let changed = at(-i64::try_from(number).unwrap());
            add_bundle(&db, &Bundle { state: approved, last_modified: changed, ..builders::bundle(id) }, &[]).await;
        }
        for (offset, seen) in [(0, vec!["a", "b"]), (2, vec!["c"]), (4, vec![])] {
            let paging = Paging { limit: 2, offset };
            let filter = BundleFilter::default();
            let page = bundles::list_visible_to(db.pool(), &Caller::system("test"), &filter, paging).await.unwrap();
            assert_eq!((page.total_count, page.limit, page.offset), (3, 2, offset));
            assert_eq!(page.items.into_iter().map(|b| b.id).collect::<Vec<_>>(), seen);
        }
    }
}
