//! Subscriptions of the public: from asked for to forgotten, and whom a publication is told to.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::subscription::{Subscription, SubscriptionChannel, SubscriptionStage, SubscriptionState, Target};
use persistence::outbox::{self, Task};
use persistence::subscriptions::{self, Keys, Reached};
use testkit::builders::at;
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

fn pending(id: &str, target: Target, expires_at: DateTime<Utc>) -> Subscription {
    Subscription {
        id: id.to_owned(),
        target,
        channel: SubscriptionChannel::Email,
        address: format!("{id}@example.org"),
        language: Language::Cy,
        state: SubscriptionState::Pending { expires_at },
        created_at: at(0),
    }
}

async fn add(db: &TestDatabase, id: &str, subscriber: &str, target: Target) {
    let token_hash = format!("hash of {id}");
    let keys = Keys { subscriber, token_hash: &token_hash, secret: Some("sealed") };
    subscriptions::insert(db.pool(), &pending(id, target, at(100)), keys).await.unwrap();
}

async fn stages(db: &TestDatabase) -> Vec<(SubscriptionStage, u64)> {
    let mut counts = subscriptions::counts(db.pool()).await.unwrap();
    counts.sort();
    counts.into_iter().map(|(stage, _, number)| (stage, number)).collect()
}

fn dataset(id: &str) -> Target {
    Target::Dataset(id.to_owned())
}

fn topic(id: &str) -> Target {
    Target::Topic(id.to_owned())
}

on_both_databases! {
    async fn a_subscription_is_confirmed_in_time_and_loses_its_address_at_the_end(db: TestDatabase) {
        let pool = db.pool();
        assert!(!subscriptions::any_live(pool).await.unwrap());
        add(&db, "a", "ann", dataset("cpi")).await;
        assert!(subscriptions::any_live(pool).await.unwrap(), "it may be confirmed before a publication");
        assert_eq!(subscriptions::subscriber_of(pool, "a").await.unwrap().as_deref(), Some("ann"));
        assert_eq!(subscriptions::find(pool, "a").await.unwrap().unwrap(), pending("a", dataset("cpi"), at(100)));
        assert!(!subscriptions::confirm(pool, "a", at(100)).await.unwrap(), "too late");
        assert!(subscriptions::confirm(pool, "a", at(99)).await.unwrap());
        assert!(!subscriptions::confirm(pool, "a", at(99)).await.unwrap(), "done before");
        assert!(subscriptions::any_live(pool).await.unwrap());
        let found = subscriptions::find_by_token(pool, "hash of a").await.unwrap().unwrap();
        assert_eq!(found.state, SubscriptionState::Confirmed { at: at(99) });
        assert_eq!(subscriptions::sealed_secret(pool, "a").await.unwrap().as_deref(), Some("sealed"));
        assert_eq!(subscriptions::confirmed_of(pool, "ann").await.unwrap(), [found]);

        assert!(subscriptions::end(pool, "a", at(200)).await.unwrap());
        assert!(!subscriptions::end(pool, "a", at(201)).await.unwrap());
        let ended = subscriptions::find(pool, "a").await.unwrap().unwrap();
        assert_eq!((ended.address.as_str(), &ended.state), ("", &SubscriptionState::Ended { at: at(200) }));
        assert!(subscriptions::find_by_token(pool, "hash of a").await.unwrap().is_none());
        assert!(subscriptions::sealed_secret(pool, "a").await.unwrap().is_none());
        assert!(subscriptions::confirmed_of(pool, "ann").await.unwrap().is_empty());
    }

    async fn what_is_not_confirmed_or_ended_long_ago_is_forgotten(db: TestDatabase) {
        for id in ["late", "kept", "over"] {
            add(&db, id, id, Target::Everything).await;
        }
        let pool = db.pool();
        for id in ["kept", "over"] {
            assert!(subscriptions::confirm(pool, id, at(50)).await.unwrap());
        }
        assert!(subscriptions::end(pool, "over", at(60)).await.unwrap());
        assert_eq!(stages(&db).await, [(SubscriptionStage::Pending, 1), (SubscriptionStage::Confirmed, 1), (SubscriptionStage::Ended, 1)]);
        assert_eq!(subscriptions::forget(pool, at(99), at(60)).await.unwrap(), 0);
        assert_eq!(subscriptions::forget(pool, at(100), at(60)).await.unwrap(), 1);
        assert_eq!(subscriptions::forget(pool, at(100), at(61)).await.unwrap(), 1);
        assert_eq!(stages(&db).await, [(SubscriptionStage::Confirmed, 1)]);
    }

    async fn a_publication_reaches_each_subscriber_once_and_only_those_of_before(db: TestDatabase) {
        for (id, subscriber, target) in [
            ("1", "ann", dataset("cpi")),
            ("2", "ann", topic("economy")),
            ("3", "bob", Target::Everything),
            ("4", "cid", dataset("other")),
            ("5", "dai", topic("prices")),
            ("6", "eve", dataset("cpi")),
            ("7", "fay", dataset("cpi")),
            ("8", "gil", Target::Search("q=prices".into())),
        ] {
            add(&db, id, subscriber, target).await;
        }
        let pool = db.pool();
        for (id, second) in [("1", 10), ("2", 10), ("3", 10), ("4", 10), ("5", 20), ("6", 21), ("8", 10)] {
            assert!(subscriptions::confirm(pool, id, at(second)).await.unwrap());
        }
        let reached = Reached { datasets: vec!["cpi".into()], topics: vec!["economy".into(), "prices".into()], at: at(20) };
        let told = async |after: &str, limit| subscriptions::subscribers_of(pool, &reached, after, limit).await.unwrap();
        assert_eq!(told("", 10).await, ["ann", "bob", "dai", "gil"], "eve confirmed afterwards, fay never");
        assert_eq!(told("", 2).await, ["ann", "bob"]);
        assert_eq!(told("bob", 2).await, ["dai", "gil"]);
        let counted = subscriptions::count_reached(pool, &reached).await.unwrap();
        assert_eq!(counted, [(SubscriptionChannel::Email, 3)], "each once, however many of their subscriptions fit");
        let found = subscriptions::matching(pool, &reached, &["ann".to_owned(), "dai".to_owned()]).await.unwrap();
        let ids: Vec<(&str, &str)> = found.iter().map(|(who, subscription)| (who.as_str(), subscription.id.as_str())).collect();
        assert_eq!(ids, [("ann", "1"), ("ann", "2"), ("dai", "5")]);
        assert_eq!(subscriptions::end_all_of(pool, "ann", at(30)).await.unwrap(), 2);
        assert_eq!(told("", 10).await, ["bob", "dai", "gil"], "whatever a search finds the index knows");
        let left = subscriptions::confirmed_among(pool, &["1".to_owned(), "3".to_owned(), "7".to_owned()]).await.unwrap();
        assert_eq!(left.iter().map(|subscription| subscription.id.as_str()).collect::<Vec<_>>(), ["3"]);
    }

    async fn who_asked_twice_is_ended_once_for_all(db: TestDatabase) {
        for (id, subscriber, target) in [
            ("1", "ann", dataset("cpi")),
            ("2", "ann", dataset("cpi")),
            ("3", "ann", topic("cpi")),
            ("4", "bob", dataset("cpi")),
        ] {
            add(&db, id, subscriber, target).await;
        }
        assert_eq!(subscriptions::end_to(db.pool(), "ann", &dataset("cpi"), Some("2"), at(1)).await.unwrap(), 1);
        assert_eq!(subscriptions::end_to(db.pool(), "ann", &dataset("cpi"), None, at(1)).await.unwrap(), 1);
        assert_eq!(stages(&db).await, [(SubscriptionStage::Pending, 2), (SubscriptionStage::Ended, 2)]);
    }

    async fn subscriptions_follow_their_topic_and_end_with_it(db: TestDatabase) {
        add(&db, "1", "ann", topic("prices")).await;
        add(&db, "2", "bob", dataset("prices")).await;
        let pool = db.pool();
        subscriptions::move_topic(pool, "prices", "inflation").await.unwrap();
        assert_eq!(subscriptions::find(pool, "1").await.unwrap().unwrap().target, topic("inflation"));
        assert_eq!(subscriptions::find(pool, "2").await.unwrap().unwrap().target, dataset("prices"));
        assert_eq!(subscriptions::end_all_to(pool, &topic("inflation"), at(1)).await.unwrap(), 1);
        assert_eq!(stages(&db).await, [(SubscriptionStage::Pending, 1), (SubscriptionStage::Ended, 1)]);
    }

    async fn work_is_added_once_and_remembers_how_far_it_came(db: TestDatabase) {
        let task = |id: &str| Task::new(id.to_owned(), "subscriber_mail", "s", serde_json::json!({"first": true}));
        outbox::push_new(db.pool(), &[], at(0)).await.unwrap();
        outbox::push_new(db.pool(), &[task("a"), task("b")], at(0)).await.unwrap();
        let hold = outbox::Hold { by: "a node", until: at(60) };
        let taken = outbox::take_due(db.pool(), "subscriber_mail", at(1), hold, 1).await.unwrap();
        assert!(outbox::note_progress(db.pool(), &taken[0], &serde_json::json!({"after": "m"})).await.unwrap());
        assert!(outbox::finish(db.pool(), &taken[0], at(2)).await.unwrap());
        assert!(!outbox::note_progress(db.pool(), &taken[0], &serde_json::json!({})).await.unwrap());
        outbox::push_new(db.pool(), &[task("a"), task("b"), task("c")], at(3)).await.unwrap();
        let left = outbox::take_due(db.pool(), "subscriber_mail", at(4), hold, 9).await.unwrap();
        assert_eq!(left.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["b", "c"], "what was done is not done again");
    }
}
