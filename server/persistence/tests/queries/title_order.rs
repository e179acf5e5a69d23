//! Datasets by title: the order and the letters of each language, and keys that are made later.

use domain::dataset::{Dataset, DatasetMetadata};
use domain::language::Language::{Cy, En};
use domain::policy::Reach;
use domain::version::VersionState;
use persistence::datasets::{self, DatasetFilter};
use persistence::{dataset_desk, dataset_topics, publication, registers, title_order};
use testkit::builders::{self, at};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_bundle, add_dataset, add_public, add_version, publish};

fn says(title: &str, title_cy: Option<&str>) -> DatasetMetadata {
    DatasetMetadata { title_cy: title_cy.map(str::to_owned), ..builders::metadata(title) }
}

async fn add(db: &TestDatabase, id: &str, title: &str, title_cy: Option<&str>) {
    add_dataset(db, &Dataset { draft: Some(says(title, title_cy)), ..builders::dataset(id) }).await;
}

async fn add_some(db: &TestDatabase) {
    for (id, title, title_cy) in [
        ("births", "2021 births", None),
        ("health", "Census 2021: general health", None),
        ("skills", "Census 2021: Welsh skills", Some("Sgiliau")),
        ("eire", "“Éire” prices", None),
        ("lambs", "lambs", Some("Ŵyn")),
    ] {
        add(db, id, title, title_cy).await;
    }
}

async fn listed(db: &TestDatabase, reach: &Reach, filter: DatasetFilter) -> Vec<String> {
    let filter = DatasetFilter { by_title: true, ..filter };
    let ids = datasets::ids_visible_to(db.pool(), reach, &filter).await.unwrap();
    ids.lines().map(str::to_owned).collect()
}

async fn find(db: &TestDatabase, id: &str) -> Dataset {
    datasets::find_visible_to(db.pool(), &Reach::All, id).await.unwrap().unwrap()
}

fn in_welsh() -> DatasetFilter {
    DatasetFilter { language: Cy, ..DatasetFilter::default() }
}

on_both_databases! {
    async fn titles_are_sorted_without_case_accents_and_marks_in_each_language(db: TestDatabase) {
        add_some(&db).await;
        let by = async |filter| listed(&db, &Reach::All, filter).await;
        assert_eq!(by(DatasetFilter::default()).await, ["births", "health", "skills", "eire", "lambs"]);
        assert_eq!(by(in_welsh()).await, ["births", "health", "eire", "skills", "lambs"]);
        let reversed = DatasetFilter { reversed: true, ..in_welsh() };
        assert_eq!(by(reversed).await, ["lambs", "skills", "eire", "health", "births"]);
    }

    async fn drafts_that_become_public_together_are_listed_each_by_its_own_title(db: TestDatabase) {
        let mut held = Vec::new();
        for (id, title) in [("a", "Zinc"), ("b", "b"), ("c", "Apples")] {
            add_public(&db, id, "all", 1, at(1)).await;
            let seen = find(&db, id).await;
            assert!(datasets::save_draft(db.pool(), &seen, &says(title, None)).await.unwrap());
            held.push(add_version(&db, id, "all", 2, VersionState::Approved).await);
        }
        assert_eq!(listed(&db, &Reach::PublishedOnly, DatasetFilter::default()).await, ["a", "b", "c"]);
        let items = add_bundle(&db, &builders::bundle("all"), &held.iter().collect::<Vec<_>>()).await;
        let tx = db.database().begin().await.unwrap();
        assert!(publication::publish_contents(&tx, &items, at(2)).await.unwrap());
        persistence::db::commit(tx).await.unwrap();
        assert_eq!(listed(&db, &Reach::PublishedOnly, DatasetFilter::default()).await, ["c", "b", "a"]);
        assert!(!title_order::is_missing(db.pool()).await.unwrap());
    }

    async fn titles_stand_under_their_first_letter_in_each_language(db: TestDatabase) {
        add_some(&db).await;
        for (language, letter, ids) in [
            (En, 'C', vec!["health", "skills"]),
            (Cy, 'C', vec!["health"]),
            (En, 'E', vec!["eire"]),
            (En, 'L', vec!["lambs"]),
            (Cy, 'L', vec![]),
            (Cy, 'W', vec!["lambs"]),
            (Cy, 'S', vec!["skills"]),
            (En, 'Z', vec![]),
            (En, '#', vec!["births"]),
        ] {
            let filter = DatasetFilter { initial: Some(letter), language, ..DatasetFilter::default() };
            assert_eq!(listed(&db, &Reach::All, filter).await, ids, "{language} {letter}");
        }
        for (language, expected) in [
            (En, [("2", 1), ("c", 2), ("e", 1), ("l", 1)].as_slice()),
            (Cy, [("2", 1), ("c", 1), ("e", 1), ("s", 1), ("w", 1)].as_slice()),
        ] {
            let filter = DatasetFilter { language, ..DatasetFilter::default() };
            let mut found = registers::initials_visible_to(db.pool(), &Reach::All, &filter).await.unwrap();
            found.sort();
            let expected: Vec<(String, i64)> = expected.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect();
            assert_eq!(found, expected, "{language}");
        }
    }

    async fn the_order_follows_titles_as_they_become_public(db: TestDatabase) {
        add(&db, "one", "Beta", None).await;
        add(&db, "two", "Gamma", Some("Alffa")).await;
        for id in ["one", "two"] {
            let version = add_version(&db, id, "all", 1, VersionState::Approved).await;
            publish(&db, &version, at(1)).await;
        }
        let public = async |filter| listed(&db, &Reach::PublishedOnly, filter).await;
        assert_eq!((public(DatasetFilter::default()).await, public(in_welsh()).await), (vec!["one".to_owned(), "two".into()], vec!["two".to_owned(), "one".into()]));

        // A draft of what is public moves nothing, whatever becomes public of something else.
        let two = find(&db, "two").await;
        assert!(datasets::save_draft(db.pool(), &two, &says("Alpha", Some("Zeta"))).await.unwrap());
        assert_eq!(public(DatasetFilter::default()).await, ["one", "two"]);
        assert!(!title_order::is_missing(db.pool()).await.unwrap());
        let version = add_version(&db, "two", "all", 2, VersionState::Approved).await;
        publish(&db, &version, at(2)).await;
        assert_eq!(public(DatasetFilter::default()).await, ["two", "one"]);
        assert_eq!(public(in_welsh()).await, ["one", "two"]);

        let two = find(&db, "two").await;
        assert!(datasets::save_draft(db.pool(), &two, &says("Alpha", Some("Alffa"))).await.unwrap());
        assert!(datasets::publish_metadata(db.pool(), "two", two.revision + 1, at(3)).await.unwrap());
        assert_eq!(public(in_welsh()).await, ["two", "one"]);
        assert!(!title_order::is_missing(db.pool()).await.unwrap());

        // What was never public is listed by its draft.
        add(&db, "three", "Delta", None).await;
        let three = find(&db, "three").await;
        assert!(datasets::save_draft(db.pool(), &three, &says("Aardvarks", None)).await.unwrap());
        assert_eq!(listed(&db, &Reach::All, DatasetFilter::default()).await, ["three", "two", "one"]);
    }

    async fn keys_that_are_missing_are_made_later(db: TestDatabase) {
        add_some(&db).await;
        assert!(!title_order::is_missing(db.pool()).await.unwrap());
        // As rows of before the keys are found after an upgrade.
        db.execute("UPDATE datasets SET sort_en = '', sort_cy = '', sorted_revision = 0").await.unwrap();
        assert!(title_order::is_missing(db.pool()).await.unwrap());
        assert_eq!(title_order::fill(db.pool()).await.unwrap(), 5);
        assert_eq!(title_order::fill(db.pool()).await.unwrap(), 0);
        assert_eq!(listed(&db, &Reach::All, in_welsh()).await, ["births", "health", "eire", "skills", "lambs"]);

        // As a node of the program of before saves a draft; what this one changes meanwhile does not hide it.
        let renamed = "title = 'Aloes', draft = replace(draft, 'lambs', 'Aloes'), revision = revision + 1";
        db.execute(&format!("UPDATE datasets SET {renamed} WHERE id = 'lambs'")).await.unwrap();
        let lambs = find(&db, "lambs").await;
        assert!(dataset_desk::give_to(db.pool(), &lambs, builders::DEPARTMENT, at(1)).await.unwrap());
        dataset_topics::replace(db.pool(), "lambs", builders::TOPIC, builders::TOPIC).await.unwrap();
        assert_eq!(title_order::fill(db.pool()).await.unwrap(), 1);
        assert!(!title_order::is_missing(db.pool()).await.unwrap());
        assert_eq!(listed(&db, &Reach::All, DatasetFilter::default()).await.last().map(String::as_str), Some("eire"));
        let under_a = DatasetFilter { initial: Some('A'), ..DatasetFilter::default() };
        assert_eq!(listed(&db, &Reach::All, under_a).await, ["lambs"]);
    }
}
