//! The taxonomy, what carries its topics, and where old addresses lead.

use chrono::TimeDelta;
use domain::dataset::Dataset;
use domain::page::Paging;
use domain::policy::Reach;
use domain::topic::Topic;
use domain::version::VersionState;
use persistence::datasets::DatasetFilter;
use persistence::{PersistenceError, dataset_topics, dataset_uses, datasets, topic_redirects, topics};
use testkit::builders;
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_public, add_version};

fn below(id: &str, parent: &str) -> Topic {
    Topic { parent_id: Some(parent.into()), ..builders::topic(id) }
}

async fn order(db: &TestDatabase) -> Vec<(String, u32)> {
    topics::list(db.pool()).await.unwrap().into_iter().map(|t| (t.id, t.position)).collect()
}

fn named(ids: &[(&str, u32)]) -> Vec<(String, u32)> {
    ids.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect()
}

async fn found(db: &TestDatabase, reach: Reach, topic: &str) -> Vec<String> {
    let filter = DatasetFilter { topics: vec![topic.into()], ..DatasetFilter::default() };
    let page = datasets::list_visible_to(db.pool(), &reach, &filter, Paging::WHOLE).await.unwrap();
    let mut ids: Vec<String> = page.items.into_iter().map(|d| d.id).collect();
    ids.sort();
    ids
}

on_both_databases! {
    async fn topics_keep_their_order_among_those_beside_them(db: TestDatabase) {
        for topic in [builders::topic("a"), builders::topic("b"), below("x", "a"), below("y", "a")] {
            topics::insert(db.pool(), &topic).await.unwrap();
        }
        topics::arrange(db.pool(), &["b".into(), "a".into()]).await.unwrap();
        topics::arrange(db.pool(), &["y".into(), "x".into()]).await.unwrap();
        let all = order(&db).await;
        assert_eq!(all, named(&[("b", 0), ("y", 0), ("a", 1), ("x", 1)]));
        let again = topics::insert(db.pool(), &builders::topic("a")).await;
        assert!(matches!(again, Err(PersistenceError::Duplicate(_))), "{again:?}");
        topics::move_children(db.pool(), "a", "b").await.unwrap();
        let moved = topics::list_to_change(db.pool()).await.unwrap();
        assert!(moved.iter().filter(|t| t.parent_id.as_deref() == Some("b")).count() == 2);
        assert_eq!(topics::known(db.pool(), &["x".into(), "none".into()]).await.unwrap(), ["x"]);
    }

    async fn a_topic_is_changed_and_deleted_at_its_revision_only(db: TestDatabase) {
        let topic = builders::topic("a");
        topics::insert(db.pool(), &topic).await.unwrap();
        let renamed = Topic { title: "First".into(), ..topic.clone() };
        assert!(topics::update(db.pool(), &renamed).await.unwrap());
        assert!(!topics::update(db.pool(), &topic).await.unwrap());
        let now = topics::list(db.pool()).await.unwrap().remove(0);
        assert_eq!((now.title.as_str(), now.revision), ("First", 2));
        assert!(!topics::delete(db.pool(), "a", 1).await.unwrap());
        topics::insert(db.pool(), &below("x", "a")).await.unwrap();
        let held = topics::delete(db.pool(), "a", 2).await;
        assert!(matches!(held, Err(PersistenceError::Reference(_))), "{held:?}");
        assert!(topics::delete(db.pool(), "x", 1).await.unwrap() && topics::delete(db.pool(), "a", 2).await.unwrap());
    }

    async fn old_addresses_lead_to_where_the_last_one_led(db: TestDatabase) {
        for id in ["b", "c"] {
            topics::insert(db.pool(), &builders::topic(id)).await.unwrap();
        }
        topic_redirects::lead(db.pool(), "a", "b").await.unwrap();
        topic_redirects::lead(db.pool(), "b", "c").await.unwrap();
        for old in ["a", "b"] {
            assert_eq!(topic_redirects::find(db.pool(), old).await.unwrap().as_deref(), Some("c"));
        }
        let followed = topic_redirects::follow(db.pool(), &["a".into(), "x".into()]).await.unwrap();
        assert_eq!(followed, ["c", "x"]);
        topic_redirects::forget(db.pool(), "a").await.unwrap();
        assert_eq!(topic_redirects::find(db.pool(), "a").await.unwrap(), None);
        assert!(topics::delete(db.pool(), "c", 1).await.unwrap());
        assert_eq!(topic_redirects::find(db.pool(), "b").await.unwrap(), None);
    }

    async fn a_filter_by_topic_shows_drafts_only_to_those_who_reach_them(db: TestDatabase) {
        add_version(&db, "gdp", "all", 1, VersionState::Approved).await;
        add_public(&db, "cpi", "all", 1, builders::at(1)).await;
        let seen = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        let mut draft = builders::metadata("cpi");
        draft.topics = vec!["other".into()];
        assert!(datasets::save_draft(db.pool(), &seen, &draft).await.unwrap());

        assert_eq!(found(&db, Reach::PublishedOnly, builders::TOPIC).await, ["cpi"]);
        assert_eq!(found(&db, Reach::All, builders::TOPIC).await, ["cpi", "gdp"]);
        assert!(found(&db, Reach::All, "other").await.is_empty(), "what is public counts as it is public");
        let topic = [builders::TOPIC.to_owned()];
        assert_eq!(dataset_topics::carrying(db.pool(), &topic).await.unwrap(), ["cpi", "gdp"]);
        assert_eq!(dataset_topics::publicly_carrying(db.pool(), &topic).await.unwrap(), ["cpi"]);
        assert_eq!(dataset_topics::carrying(db.pool(), &["other".to_owned()]).await.unwrap(), ["cpi"]);
        let counts = dataset_topics::counts(db.pool()).await.unwrap();
        assert_eq!((counts.len(), counts.get(builders::TOPIC), counts.get("other")), (2, Some(&(2, 1)), Some(&(1, 0))));
    }

    async fn the_most_used_of_a_topic_are_told_and_old_counts_forgotten(db: TestDatabase) {
        let pool = db.pool();
        add_version(&db, "hidden", "all", 1, VersionState::Approved).await;
        for id in ["cpi", "gdp", "trade"] {
            add_public(&db, id, "all", 1, builders::at(1)).await;
        }
        let (old, today) = (builders::at(0), builders::at(0) + TimeDelta::days(91));
        let took = |uses: &[(&str, u64)]| -> Vec<(String, u64)> {
            uses.iter().map(|(id, times)| ((*id).to_owned(), *times)).collect()
        };
        dataset_uses::add(pool, old, &took(&[("trade", 99)])).await.unwrap();
        dataset_uses::add(pool, today, &took(&[("cpi", 2), ("gdp", 3), ("hidden", 9)])).await.unwrap();
        dataset_uses::add(pool, today, &took(&[("cpi", 2)])).await.unwrap();
        let topic = [builders::TOPIC.to_owned()];
        let most = async |days, most| dataset_uses::most_with_topics(pool, &topic, days, most).await.unwrap();
        let later = today + TimeDelta::days(1);
        assert_eq!(most(today..later, (1, 9)).await, ["cpi", "gdp"]);
        assert_eq!(most(today..later, (4, 9)).await, ["cpi"]);
        assert_eq!(most(old..later, (1, 2)).await, ["trade", "cpi"]);
        assert_eq!(most(old..today, (1, 9)).await, ["trade"], "the day goes on");
        let other = ["other".to_owned()];
        assert!(dataset_uses::most_with_topics(pool, &other, old..later, (1, 9)).await.unwrap().is_empty());
        assert_eq!(dataset_uses::total(pool, "cpi", old..later).await.unwrap(), 4);
        assert_eq!(dataset_uses::total(pool, "cpi", old..today).await.unwrap(), 0);
        dataset_uses::forget(pool, today).await.unwrap();
        assert_eq!(dataset_uses::total(pool, "trade", old..later).await.unwrap(), 0);
        assert_eq!(dataset_uses::total(pool, "gdp", old..later).await.unwrap(), 3);
    }

    async fn a_topic_is_replaced_in_the_public_copy_and_in_the_draft(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, builders::at(1)).await;
        let before = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        dataset_topics::replace(db.pool(), "cpi", builders::TOPIC, "new").await.unwrap();
        let after = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        assert_eq!((after.working().topics, after.shown().topics), (vec!["new".to_owned()], vec!["new".to_owned()]));
        assert_eq!((after.revision, after.last_updated), (before.revision + 1, before.last_updated));
        assert_eq!(found(&db, Reach::PublishedOnly, "new").await, ["cpi"]);
        assert!(found(&db, Reach::All, builders::TOPIC).await.is_empty());
        let stale = Dataset { last_updated: builders::at(9), ..before };
        assert!(!datasets::save_draft(db.pool(), &stale, &builders::metadata("cpi")).await.unwrap());
    }
}
