//! Filters: which of several changes is kept, and all that it changes.

use std::sync::{Arc, Mutex};

use domain::filter::{FilteredFile, SavedFilter};
use domain::selection::{DimensionFilter, Selection};
use persistence::filters;
use testkit::builders::at;
use testkit::large::plan_of;
use testkit::on_both_databases;

fn filter() -> SavedFilter {
    SavedFilter {
        id: "f".into(),
        dataset_id: "cpi".into(),
        edition: "all".into(),
        version: 1,
        file: Some(FilteredFile { id: "cpi-1".into(), filename: "cpi.csv".into() }),
        selection: Selection::default(),
        owner: Some("ann".into()),
        created_at: at(0),
        last_updated: at(0),
        expires_at: at(90),
        revision: 1,
    }
}

on_both_databases! {
    async fn a_filter_moves_to_another_table_as_a_whole_and_once(db: TestDatabase) {
        filters::insert(db.pool(), &filter()).await.unwrap();
        let dimensions = vec![DimensionFilter { name: "Year".into(), options: vec!["2025".into()] }];
        let moved = SavedFilter {
            dataset_id: "gdp".into(),
            edition: "monthly".into(),
            version: 2,
            file: Some(FilteredFile { id: "gdp-2".into(), filename: "gdp.csv".into() }),
            selection: Selection { dimensions, ..Selection::default() },
            last_updated: at(5),
            expires_at: at(95),
            ..filter()
        };
        assert!(filters::save(db.pool(), &moved).await.unwrap());
        assert!(!filters::save(db.pool(), &filter()).await.unwrap(), "somebody else was faster");
        let kept = filters::find(db.pool(), "f", at(94)).await.unwrap();
        assert_eq!(kept, Some(SavedFilter { revision: 2, ..moved }));
        assert!(!filters::delete(db.pool(), "f", 1).await.unwrap());
        assert_eq!(filters::find(db.pool(), "f", at(95)).await.unwrap(), None);
    }

    async fn those_of_an_owner_are_counted_until_their_time_is_over(db: TestDatabase) {
        let stranger = || Some("an-address".to_owned());
        for (id, owner, until) in [
            ("a", filter().owner, 90),
            ("b", filter().owner, 95),
            ("c", stranger(), 90),
            ("d", None, 90),
        ] {
            let kept = SavedFilter { id: id.into(), owner, expires_at: at(until), ..filter() };
            filters::insert(db.pool(), &kept).await.unwrap();
        }
        let number = async |owner: &str, now| filters::number_of(db.pool(), owner, at(now)).await.unwrap();
        assert_eq!((number("ann", 89).await, number("an-address", 89).await, number("ben", 89).await), (2, 1, 0));
        assert_eq!((number("ann", 90).await, number("ann", 95).await), (1, 0));
        filters::forget(db.pool(), at(90)).await.unwrap();
        assert_eq!((number("ann", 0).await, number("an-address", 0).await), (1, 0));
        assert!(filters::delete(db.pool(), "b", 1).await.unwrap());
        assert_eq!(number("ann", 0).await, 0);
    }

    async fn those_of_an_owner_are_found_by_their_index(db: TestDatabase) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let told = asked.clone();
        let watched = db.database().observed(move |statement, _| told.lock().unwrap().push(statement.to_owned()));
        assert_eq!(filters::number_of(watched.pool(), "ann", at(0)).await.unwrap(), 0);
        let statements = asked.lock().unwrap().clone();
        let plan = plan_of(&db.database(), &statements[0]).await.unwrap();
        assert!(plan.iter().any(|step| step.contains("filters_by_owner")), "{}\n{}", statements[0], plan.join("\n"));
    }
}
