//! What people add to the search, and counts of what was asked for.

use chrono::TimeDelta;
use domain::search_desk::{AskedQuery, Pin, SynonymRule};
use persistence::PersistenceError;
use persistence::search_desk::{self, StoredRule};
use persistence::search_queries;
use testkit::builders::at;
use testkit::on_both_databases;

/// More queries than the days of most tests have.
const MANY: u64 = 100;

fn asked(query: &str, asked: u64, unanswered: u64) -> AskedQuery {
    AskedQuery { query: query.into(), asked, unanswered }
}

on_both_databases! {
    async fn a_rule_is_kept_by_its_revision(db: TestDatabase) {
        let pool = db.pool();
        let first = StoredRule {
            id: "one".into(),
            rule: SynonymRule::of_lines("fags", "tobacco\ntybaco"),
            is_on: true,
            changed_by: "Ann".into(),
            changed_at: at(0),
            revision: 1,
        };
        search_desk::insert_rule(pool, &first).await.unwrap();
        let again = search_desk::insert_rule(pool, &first).await;
        assert!(matches!(again, Err(PersistenceError::Duplicate(_))), "{again:?}");
        assert_eq!(search_desk::rules(pool).await.unwrap(), std::slice::from_ref(&first));
        let second = StoredRule { is_on: false, revision: 2, ..first.clone() };
        assert!(search_desk::update_rule(pool, &second).await.unwrap());
        assert!(!search_desk::update_rule(pool, &second).await.unwrap(), "somebody was faster");
        assert_eq!(search_desk::rules(pool).await.unwrap(), [second]);
        assert!(!search_desk::delete_rule(pool, "one", 1).await.unwrap());
        assert!(search_desk::delete_rule(pool, "one", 2).await.unwrap());
        assert!(search_desk::rules(pool).await.unwrap().is_empty());
    }

    async fn a_query_has_one_pin(db: TestDatabase) {
        let pool = db.pool();
        let pin = |id: &str, query: &str| Pin {
            id: id.into(),
            query: query.into(),
            datasets: vec!["b".into(), "a".into()],
            changed_by: "Ann".into(),
            changed_at: at(0),
        };
        search_desk::insert_pin(pool, &pin("1", "cpi")).await.unwrap();
        let again = search_desk::insert_pin(pool, &pin("2", "cpi")).await;
        assert!(matches!(again, Err(PersistenceError::Duplicate(_))), "{again:?}");
        search_desk::insert_pin(pool, &pin("2", "a b")).await.unwrap();
        assert_eq!(search_desk::pins(pool).await.unwrap(), [pin("2", "a b"), pin("1", "cpi")]);
        assert!(search_desk::delete_pin(pool, "1").await.unwrap());
        assert!(!search_desk::delete_pin(pool, "1").await.unwrap());
    }

    async fn counts_add_up_and_what_is_rare_goes_with_its_day(db: TestDatabase) {
        let pool = db.pool();
        let (old, yesterday, today) = (at(0), at(0) + TimeDelta::days(90), at(0) + TimeDelta::days(91));
        search_queries::add(pool, old, &[asked("cpi", 9, 0)], MANY).await.unwrap();
        for day in [yesterday, today] {
            search_queries::add(pool, day, &[asked("cpi", 2, 0), asked("rare", 2, 2)], MANY).await.unwrap();
            search_queries::add(pool, day, &[asked("cpi", 1, 1), asked("unknown", 4, 4)], MANY).await.unwrap();
        }
        let most = search_queries::most(pool, yesterday, false, 9).await.unwrap();
        assert_eq!(most, [asked("unknown", 8, 8), asked("cpi", 6, 2)]);
        let first = search_queries::most(pool, old, false, 1).await.unwrap();
        assert_eq!(first, [asked("cpi", 15, 2)]);
        let nothing = search_queries::most(pool, yesterday, true, 9).await.unwrap();
        assert_eq!(nothing, [asked("unknown", 8, 8)]);
        search_queries::forget(pool, yesterday, today, MANY).await.unwrap();
        search_queries::add(pool, yesterday, &[asked("rare", 1, 1)], MANY).await.unwrap();
        search_queries::add(pool, today, &[asked("rare", 1, 1)], MANY).await.unwrap();
        let left = search_queries::most(pool, old, false, 9).await.unwrap();
        assert_eq!(left, [asked("unknown", 8, 8), asked("cpi", 6, 2), asked("rare", 3, 3)], "only today's was still there");
    }

    async fn what_nodes_add_at_once_adds_up(db: TestDatabase) {
        let other = db.another().await;
        let queries: Vec<AskedQuery> = (0..700).map(|number| asked(&format!("word {number:03}"), 3, 1)).collect();
        let adds = async |database: persistence::Database| {
            for _ in 0..3 {
                let tx = database.begin().await.unwrap();
                search_queries::add(&tx, at(0), &queries, 10_000).await.unwrap();
                persistence::db::commit(tx).await.unwrap();
            }
        };
        tokio::join!(adds(db.database()), adds(other.database()));
        let most = search_queries::most(db.pool(), at(0), false, 1_000).await.unwrap();
        assert_eq!(most.len(), 700);
        assert!(most.iter().all(|one| (one.asked, one.unanswered) == (18, 6)), "{most:?}");
    }

    async fn a_full_day_counts_on_what_it_knows(db: TestDatabase) {
        let (pool, today) = (db.pool(), at(0));
        search_queries::add(pool, today, &[asked("a", 3, 0), asked("b", 3, 0), asked("c", 1, 0)], 3).await.unwrap();
        let all = || search_queries::most(pool, today, false, 9);
        search_queries::add(pool, today, &[asked("a", 1, 1), asked("d", 4, 0), asked("e", 9, 0)], 3).await.unwrap();
        assert_eq!(all().await.unwrap(), [asked("a", 4, 1), asked("d", 4, 0), asked("b", 3, 0)], "the rare one made room");
        search_queries::add(pool, today, &[asked("b", 2, 0), asked("f", 9, 9)], 3).await.unwrap();
        assert_eq!(all().await.unwrap(), [asked("b", 5, 0), asked("a", 4, 1), asked("d", 4, 0)], "no room is left");
    }

    async fn each_day_that_is_over_keeps_its_first(db: TestDatabase) {
        let pool = db.pool();
        let days = [at(0), at(0) + TimeDelta::days(1), at(0) + TimeDelta::days(2)];
        let queries = [asked("d", 5, 0), asked("c", 5, 0), asked("b", 5, 0), asked("a", 4, 0), asked("e", 9, 0)];
        for day in days {
            search_queries::add(pool, day, &queries, MANY).await.unwrap();
        }
        search_queries::forget(pool, days[0], days[2], 3).await.unwrap();
        let kept = search_queries::most(pool, days[0], false, 9).await.unwrap();
        let told = [asked("e", 27, 0), asked("b", 15, 0), asked("c", 15, 0), asked("d", 5, 0), asked("a", 4, 0)];
        assert_eq!(kept, told, "of those asked for equally often the last go, and today stays whole");
    }
}
