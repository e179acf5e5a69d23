//! The portal's list of datasets: filters, orders and counts, and nothing of drafts out of reach.

use chrono::NaiveDate;
use domain::dataset::desk::{DatasetIssue, DatasetOrder, Latest};
use domain::dataset::{Dataset, DatasetMetadata};
use domain::page::Paging;
use domain::policy::Reach;
use domain::version::VersionState;
use persistence::dataset_desk::{self, DeskFilter};
use persistence::{bundles, dataset_outlooks, datasets, versions};
use testkit::builders::{self, at, limited};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_dataset, add_public, add_version};

fn everything() -> DeskFilter {
    DeskFilter {
        text: None,
        latest: None,
        topics: Vec::new(),
        department: None,
        issue: None,
        today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        order: DatasetOrder::Title,
    }
}

async fn found(db: &TestDatabase, reach: &Reach, filter: &DeskFilter) -> Vec<String> {
    let part = dataset_desk::part_visible_to(db.pool(), reach, filter, Paging::default()).await.unwrap();
    let total = dataset_desk::count_visible_to(db.pool(), reach, filter).await.unwrap();
    assert_eq!(total, part.len() as u64, "{filter:?}");
    part.into_iter().map(|dataset| dataset.id).collect()
}

fn expecting(id: &str, next_release: Option<&str>) -> Dataset {
    let draft = DatasetMetadata { next_release: next_release.map(str::to_owned), ..builders::metadata(id) };
    Dataset { draft: Some(draft), ..builders::dataset(id) }
}

async fn save_draft(db: &TestDatabase, id: &str, change: impl FnOnce(&mut DatasetMetadata)) {
    let seen = datasets::find_visible_to(db.pool(), &Reach::All, id).await.unwrap().unwrap();
    let mut draft = seen.working();
    change(&mut draft);
    assert!(datasets::save_draft(db.pool(), &seen, &draft).await.unwrap());
}

on_both_databases! {
    async fn datasets_are_found_by_what_they_lack_and_where_they_stand(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        add_version(&db, "cpi", "all", 2, VersionState::Submitted).await;
        add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        add_dataset(&db, &expecting("births", Some("22 November 2026"))).await;
        add_dataset(&db, &expecting("trade", Some("2027-01"))).await;
        save_draft(&db, "gdp", |draft| {
            draft.contacts.clear();
            draft.topics.clear();
            draft.licence.clear();
        })
        .await;

        for (filter, seen) in [
            (everything(), vec!["births", "cpi", "gdp", "trade"]),
            (DeskFilter { text: Some("BIRTH".into()), ..everything() }, vec!["births"]),
            (DeskFilter { latest: Some(Latest::In(VersionState::Submitted)), ..everything() }, vec!["cpi"]),
            (DeskFilter { latest: Some(Latest::In(VersionState::Published)), ..everything() }, vec![]),
            (DeskFilter { latest: Some(Latest::In(VersionState::Approved)), ..everything() }, vec!["gdp"]),
            (DeskFilter { latest: Some(Latest::Missing), ..everything() }, vec!["births", "trade"]),
            (DeskFilter { issue: Some(DatasetIssue::NoContact), ..everything() }, vec!["gdp"]),
            (DeskFilter { issue: Some(DatasetIssue::Stale), ..everything() }, vec!["births"]),
            (DeskFilter { issue: Some(DatasetIssue::NoNextRelease), ..everything() }, vec!["cpi", "gdp"]),
            (DeskFilter { department: Some("health".into()), ..everything() }, vec![]),
            (DeskFilter { topics: vec!["x".into()], ..everything() }, vec![]),
            (DeskFilter { order: DatasetOrder::NextRelease, ..everything() }, vec!["births", "trade", "cpi", "gdp"]),
        ] {
            assert_eq!(found(&db, &Reach::All, &filter).await, seen, "{filter:?}");
        }
        let counts = dataset_desk::issues_visible_to(db.pool(), &Reach::All, &everything()).await.unwrap();
        assert_eq!(counts, DatasetIssue::ALL.iter().copied().zip([1, 1, 1, 2, 1]).collect::<Vec<_>>());

        let newest = dataset_desk::newest_versions(db.pool(), &Reach::All, &["cpi", "gdp", "births"]).await.unwrap();
        let mut newest: Vec<String> = newest.into_iter().map(|version| version.id).collect();
        newest.sort();
        assert_eq!(newest, ["cpi.all.2", "gdp.all.1"]);
        let editions = dataset_desk::edition_counts(db.pool(), &Reach::All, &["cpi", "births"]).await.unwrap();
        assert_eq!((editions.get("cpi"), editions.get("births")), (Some(&1), None));
    }

    async fn a_draft_out_of_reach_tells_nothing(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        add_public(&db, "gdp", "all", 1, at(2)).await;
        add_version(&db, "cpi", "all", 2, VersionState::Submitted).await;
        save_draft(&db, "gdp", |draft| draft.next_release = Some("2026-01-01".into())).await;
        let outside = limited(&["health"], &[]);
        let stale = DeskFilter { issue: Some(DatasetIssue::Stale), ..everything() };
        let submitted = DeskFilter { latest: Some(Latest::In(VersionState::Submitted)), ..everything() };
        let soonest = DeskFilter { order: DatasetOrder::NextRelease, ..everything() };
        for (reach, by_stale, by_state, by_day) in [
            (&Reach::All, vec!["gdp"], vec!["cpi"], vec!["gdp", "cpi"]),
            (&outside, vec![], vec![], vec!["cpi", "gdp"]),
        ] {
            assert_eq!(found(&db, reach, &stale).await, by_stale);
            assert_eq!(found(&db, reach, &submitted).await, by_state);
            assert_eq!(found(&db, reach, &soonest).await, by_day);
        }
        let counts = dataset_desk::issues_visible_to(db.pool(), &outside, &everything()).await.unwrap();
        assert!(counts.iter().all(|(_, count)| *count == 0), "{counts:?}");
        let public = DeskFilter { latest: Some(Latest::In(VersionState::Published)), ..everything() };
        assert_eq!(found(&db, &outside, &public).await, ["cpi", "gdp"]);
    }

    async fn what_was_never_noted_is_noted_later(db: TestDatabase) {
        add_dataset(&db, &expecting("births", Some("1 May 2026"))).await;
        assert!(!dataset_outlooks::is_missing(db.pool()).await.unwrap());
        for table in ["dataset_outlooks", "dataset_issues"] {
            db.execute(&format!("DELETE FROM {table}")).await.unwrap();
        }
        assert!(dataset_outlooks::is_missing(db.pool()).await.unwrap());
        assert_eq!(dataset_outlooks::fill(db.pool()).await.unwrap(), 1);
        assert_eq!(dataset_outlooks::fill(db.pool()).await.unwrap(), 0);
        let stale = DeskFilter { issue: Some(DatasetIssue::Stale), ..everything() };
        assert_eq!(found(&db, &Reach::All, &stale).await, ["births"]);
        // As a node of the program of before saves a draft.
        let draft = "draft = replace(draft, '1 May 2026', '1 May 2096'), draft_revision = draft_revision + 1";
        db.execute(&format!("UPDATE datasets SET {draft}")).await.unwrap();
        assert_eq!(dataset_outlooks::fill(db.pool()).await.unwrap(), 1);
        assert!(!dataset_outlooks::is_missing(db.pool()).await.unwrap());
        assert!(found(&db, &Reach::All, &stale).await.is_empty());
    }

    async fn a_dataset_goes_to_another_department_once(db: TestDatabase) {
        let version = add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        add_dataset(&db, &Dataset { department: "health".into(), ..builders::dataset("births") }).await;
        assert!(!bundles::is_held_unpublished(db.pool(), "gdp").await.unwrap());
        let seen = datasets::find_visible_to(db.pool(), &Reach::All, "gdp").await.unwrap().unwrap();
        assert!(dataset_desk::give_to(db.pool(), &seen, "health", at(9)).await.unwrap());
        assert!(!dataset_desk::give_to(db.pool(), &seen, "health", at(9)).await.unwrap(), "the revision has gone up");
        let theirs = DeskFilter { department: Some("health".into()), ..everything() };
        assert_eq!(found(&db, &limited(&["health"], &[]), &theirs).await, ["births", "gdp"]);
        add_bundle(&db, &builders::bundle("spring"), &[&version]).await;
        assert!(bundles::is_held_unpublished(db.pool(), "gdp").await.unwrap());
    }

    async fn no_bundle_takes_a_version_in_while_its_dataset_is_given_away(db: TestDatabase) {
        add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        let tx = db.database().begin().await.unwrap();
        versions::lock_of_dataset(&tx, "gdp").await.unwrap();
        // On SQLite whoever may write is alone in any case.
        if db.database().kind() == "PostgreSQL" {
            let take_in = "SELECT id FROM versions WHERE dataset_id = 'gdp' FOR UPDATE NOWAIT";
            assert!(db.execute(take_in).await.is_err());
            tx.rollback().await.unwrap();
            db.execute(take_in).await.unwrap();
        }
    }
}
