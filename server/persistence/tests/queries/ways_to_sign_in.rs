//! Second factors, remembered devices, links, people of a provider, throttles and what sessions tell of themselves.

use chrono::TimeDelta;
use domain::account::{Passkey, RememberedDevice};
use domain::invitation::Invitation;
use domain::policy::{Grant, Role};
use persistence::identities::{self, Identity};
use persistence::passkeys::StoredPasskey;
use persistence::sessions::{self, SessionDetails, StoredSession};
use persistence::{
    PersistenceError, accounts, invitations, passkeys, password_links, remembered_devices, second_factors, throttles,
};
use testkit::builders::{at, user};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

async fn people(db: &TestDatabase) {
    for id in ["ann", "bob"] {
        accounts::insert_user(db.pool(), &user(id), Some("hash".into())).await.unwrap();
    }
}

on_both_databases! {
    async fn a_step_of_time_and_a_recovery_code_are_used_once(db: TestDatabase) {
        people(&db).await;
        let pool = db.pool();
        second_factors::begin(pool, "ann", "sealed").await.unwrap();
        assert_eq!(second_factors::find(pool, "ann").await.unwrap().unwrap().confirmed_at, None);
        assert!(second_factors::use_step(pool, "ann", 7).await.unwrap());
        assert!(!second_factors::use_step(pool, "ann", 7).await.unwrap());
        assert!(!second_factors::use_step(pool, "ann", 6).await.unwrap());
        assert!(second_factors::use_step(pool, "ann", 8).await.unwrap());
        assert!(!second_factors::use_step(pool, "bob", 9).await.unwrap());
        second_factors::confirm(pool, "ann", at(5)).await.unwrap();
        assert_eq!(second_factors::find(pool, "ann").await.unwrap().unwrap().confirmed_at, Some(at(5)));

        second_factors::replace_codes(pool, "ann", &["a".into(), "b".into()]).await.unwrap();
        assert!(second_factors::use_code(pool, "ann", "a", at(6)).await.unwrap());
        assert!(!second_factors::use_code(pool, "ann", "a", at(7)).await.unwrap());
        assert!(!second_factors::use_code(pool, "bob", "b", at(7)).await.unwrap());
        assert_eq!(second_factors::codes_left(pool, "ann").await.unwrap(), 1);
        second_factors::replace_codes(pool, "ann", &["c".into()]).await.unwrap();
        assert!(!second_factors::use_code(pool, "ann", "b", at(8)).await.unwrap());

        // Beginning anew starts from nothing.
        second_factors::begin(pool, "ann", "other").await.unwrap();
        let anew = second_factors::find(pool, "ann").await.unwrap().unwrap();
        assert_eq!((anew.sealed_secret.as_str(), anew.confirmed_at, anew.last_step), ("other", None, 0));
        assert!(second_factors::remove(pool, "ann").await.unwrap());
        assert!(!second_factors::remove(pool, "ann").await.unwrap());
        assert_eq!(second_factors::codes_left(pool, "ann").await.unwrap(), 1, "they may stand in for passkeys");
        second_factors::remove_codes(pool, "ann").await.unwrap();
        assert_eq!(second_factors::codes_left(pool, "ann").await.unwrap(), 0);
    }

    async fn passkeys_are_somebodys_alone_and_their_counts_go_on(db: TestDatabase) {
        people(&db).await;
        let pool = db.pool();
        let key = |id: &str, of: &str, second: i64| StoredPasskey {
            passkey: Passkey {
                id: id.to_owned(),
                user_id: of.to_owned(),
                name: format!("key {id}"),
                created_at: at(second),
                last_used_at: None,
            },
            credential: "{}".to_owned(),
        };
        assert!(!second_factors::is_asked_for(pool, "ann").await.unwrap());
        for (id, of, second) in [("a", "ann", 0), ("b", "ann", 5), ("c", "bob", 9)] {
            passkeys::insert(pool, &key(id, of, second), &format!("hash of {id}")).await.unwrap();
        }
        let again = passkeys::insert(pool, &key("d", "bob", 9), "hash of a").await;
        assert!(matches!(again, Err(PersistenceError::Duplicate(_))), "a credential is one person's");
        assert_eq!(passkeys::of_user(pool, "ann").await.unwrap(), [key("b", "ann", 5), key("a", "ann", 0)]);
        assert!(second_factors::is_asked_for(pool, "ann").await.unwrap());
        second_factors::begin(pool, "ann", "sealed").await.unwrap();
        second_factors::confirm(pool, "ann", at(5)).await.unwrap();
        assert_eq!(second_factors::confirmed(pool).await.unwrap(), ["ann", "bob"]);

        // What does not count says 0 again and again; what counts never goes back, nor to 0.
        for (counter, taken) in [(0, true), (0, true), (3, true), (3, false), (2, false), (0, false), (4, true)] {
            let used = passkeys::note_use(pool, "a", "{\"n\":1}", counter, at(7)).await.unwrap();
            assert_eq!(used, taken, "{counter}");
        }
        let used = &passkeys::of_user(pool, "ann").await.unwrap()[1];
        assert_eq!((used.passkey.last_used_at, used.credential.as_str()), (Some(at(7)), "{\"n\":1}"));
        assert!(passkeys::delete(pool, "a").await.unwrap() && !passkeys::delete(pool, "a").await.unwrap());
        assert!(!passkeys::note_use(pool, "a", "{}", 9, at(8)).await.unwrap());
        assert_eq!(passkeys::delete_of_user(pool, "ann").await.unwrap(), 1);
        assert!(second_factors::is_asked_for(pool, "ann").await.unwrap(), "by the app");
        // They go with the account, too.
        assert!(persistence::people::delete(pool, &user("bob"), at(10)).await.unwrap());
        assert!(passkeys::of_user(pool, "bob").await.unwrap().is_empty());
    }

    async fn devices_are_known_by_their_hashes_and_forgotten_one_by_one_or_all_of_somebody(db: TestDatabase) {
        people(&db).await;
        let pool = db.pool();
        let device = |id: &str, of: &str, second: i64| RememberedDevice {
            expires_at: at(second) + TimeDelta::seconds(60),
            ..RememberedDevice::new(id.to_owned(), of, "Firefox on Linux", 30, at(second))
        };
        for (id, of, second) in [("a", "ann", 0), ("b", "ann", 5), ("c", "bob", 9)] {
            remembered_devices::insert(pool, &device(id, of, second), &format!("hash of {id}")).await.unwrap();
        }
        assert!(remembered_devices::insert(pool, &device("d", "bob", 9), "hash of c").await.is_err(), "each shows its own");
        assert_eq!(remembered_devices::find(pool, "hash of a").await.unwrap(), Some(device("a", "ann", 0)));
        assert_eq!(remembered_devices::find(pool, "a").await.unwrap(), None);
        assert!(remembered_devices::note_use(pool, "a", at(7)).await.unwrap());
        let used = RememberedDevice { last_used_at: Some(at(7)), ..device("a", "ann", 0) };
        assert_eq!(remembered_devices::of_user(pool, "ann").await.unwrap(), [device("b", "ann", 5), used]);

        assert!(remembered_devices::delete(pool, "b").await.unwrap());
        assert!(!remembered_devices::delete(pool, "b").await.unwrap());
        assert!(!remembered_devices::note_use(pool, "b", at(8)).await.unwrap());
        // Each goes when its time is over.
        assert_eq!(remembered_devices::delete_expired(pool, at(60) - TimeDelta::microseconds(1)).await.unwrap(), 0);
        assert_eq!(remembered_devices::delete_expired(pool, at(60)).await.unwrap(), 1);
        assert_eq!(remembered_devices::of_user(pool, "bob").await.unwrap(), [device("c", "bob", 9)]);
        // They go with the account, too.
        assert!(persistence::people::delete(pool, &user("bob"), at(10)).await.unwrap());
        assert_eq!(remembered_devices::find(pool, "hash of c").await.unwrap(), None);
    }

    async fn a_link_works_once_until_its_end_and_is_the_only_one(db: TestDatabase) {
        people(&db).await;
        let pool = db.pool();
        password_links::replace(pool, "ann", "first", at(60)).await.unwrap();
        password_links::replace(pool, "bob", "other", at(30)).await.unwrap();
        password_links::replace(pool, "ann", "second", at(60)).await.unwrap();
        assert_eq!(password_links::find(pool, "first", at(0)).await.unwrap(), None);
        let before = at(60) - TimeDelta::microseconds(1);
        assert_eq!(password_links::find(pool, "second", before).await.unwrap().as_deref(), Some("ann"));
        assert_eq!(password_links::find(pool, "second", at(60)).await.unwrap(), None);
        assert!(!password_links::take(pool, "second", at(60)).await.unwrap());
        assert!(password_links::take(pool, "second", before).await.unwrap());
        assert!(!password_links::take(pool, "second", before).await.unwrap());
        assert_eq!(password_links::delete_expired(pool, at(30)).await.unwrap(), 1);
    }

    async fn a_letter_that_left_is_noted_of_its_own_invitation_alone(db: TestDatabase) {
        people(&db).await;
        let pool = db.pool();
        let (first, second) = (Invitation::new("ann", "Root", at(0)), Invitation::new("ann", "Root", at(5)));
        invitations::save(pool, &first).await.unwrap();
        invitations::save(pool, &second).await.unwrap();
        invitations::note_sent(pool, &first, at(6)).await.unwrap();
        assert_eq!(invitations::find(pool, "ann").await.unwrap(), Some(second.clone()));
        invitations::note_sent(pool, &second, at(7)).await.unwrap();
        let sent = invitations::find_to_change(pool, "ann").await.unwrap();
        assert_eq!(sent, Some(Invitation { sent_at: Some(at(7)), ..second }));
    }

    async fn people_of_a_provider_are_known_by_issuer_and_subject(db: TestDatabase) {
        people(&db).await;
        let pool = db.pool();
        let ann = Identity { issuer: "https://a".into(), subject: "1".into(), user_id: "ann".into(), grants: Vec::new() };
        identities::save(pool, &ann, at(0)).await.unwrap();
        identities::save(pool, &Identity { issuer: "https://b".into(), user_id: "bob".into(), ..ann.clone() }, at(0)).await.unwrap();
        let changed = Identity { grants: vec![Grant::of(Role::Editor)], ..ann };
        identities::save(pool, &changed, at(1)).await.unwrap();
        assert_eq!(identities::find(pool, "https://a", "1").await.unwrap(), Some(changed.clone()));
        assert_eq!(identities::find(pool, "https://a", "2").await.unwrap(), None);
        assert_eq!(identities::of_user(pool, "ann").await.unwrap(), [changed]);
    }

    async fn tries_are_counted_within_their_window_even_side_by_side(db: TestDatabase) {
        let pool = db.pool();
        let count = async |subject: &str, now: i64| {
            throttles::count(pool, subject, at(now), at(now) - TimeDelta::seconds(60)).await.unwrap()
        };
        assert_eq!(count("a", 0).await, (1, at(0)));
        assert_eq!(count("a", 59).await, (2, at(0)));
        assert_eq!(count("b", 59).await, (1, at(59)));
        throttles::give_back(pool, "a").await.unwrap();
        assert_eq!(count("a", 59).await, (2, at(0)));
        assert_eq!(count("a", 60).await, (1, at(60)));
        throttles::clear(pool, "a").await.unwrap();
        let many = async |many: i64, now: i64| {
            throttles::count_many(pool, "a", many, at(now), at(now) - TimeDelta::seconds(60)).await.unwrap()
        };
        assert_eq!((many(7, 0).await, many(5, 59).await, many(3, 60).await), ((7, at(0)), (12, at(0)), (3, at(60))));
        throttles::clear(pool, "a").await.unwrap();
        assert_eq!(count("a", 61).await, (1, at(61)));
        let at_once = tokio::join!(count("c", 0), count("c", 0), count("c", 0), count("c", 0));
        let mut counts = [at_once.0.0, at_once.1.0, at_once.2.0, at_once.3.0];
        counts.sort_unstable();
        assert_eq!(counts, [1, 2, 3, 4]);
        assert_eq!(throttles::delete_before(pool, at(61)).await.unwrap(), 2);
    }

    async fn a_window_that_is_held_goes_on_and_tells_who_tried_meanwhile(db: TestDatabase) {
        let pool = db.pool();
        let count = async |now: i64| throttles::count(pool, "a", at(now), at(now) - TimeDelta::seconds(60)).await.unwrap();
        assert_eq!(throttles::prolong(pool, "a", at(0)).await.unwrap(), None);
        assert_eq!(count(0).await, (1, at(0)));
        assert_eq!(throttles::prolong(pool, "a", at(40)).await.unwrap(), Some(1));
        assert_eq!(count(99).await, (2, at(40)));
        assert_eq!(throttles::prolong(pool, "a", at(99)).await.unwrap(), Some(2));
        assert_eq!((count(158).await, count(159).await), ((3, at(99)), (1, at(159))));
    }

    async fn a_window_is_begun_once_whoever_begins_it_and_ends_when_it_was_meant_to(db: TestDatabase) {
        let other = db.another().await;
        let subjects = || -> Vec<String> { (0..1_200).rev().map(|number| format!("subject {number:04}")).collect() };
        let begins = async |database: persistence::Database| {
            let tx = database.begin().await.unwrap();
            let begun = throttles::begin_once(&tx, subjects(), at(60)).await.unwrap();
            persistence::db::commit(tx).await.unwrap();
            begun
        };
        let (one, two) = tokio::join!(begins(db.database()), begins(other.database()));
        assert_eq!((one.len(), two.len()).max((two.len(), one.len())), (1_200, 0), "what begins first begins all");
        let more = vec!["subject 0007".to_owned(), "another".to_owned()];
        assert_eq!(throttles::begin_once(db.pool(), more, at(60)).await.unwrap(), ["another"]);
        assert!(throttles::begin_once(db.pool(), Vec::new(), at(60)).await.unwrap().is_empty());
        assert_eq!(throttles::delete_before(db.pool(), at(60) - throttles::KEPT).await.unwrap(), 0);
        let over = at(60) + TimeDelta::microseconds(1);
        assert_eq!(throttles::delete_before(db.pool(), over - throttles::KEPT).await.unwrap(), 1_201);
    }

    async fn a_session_that_has_ended_is_not_brought_back(db: TestDatabase) {
        let details = SessionDetails {
            created_at: Some(at(0)),
            last_seen_at: Some(at(1)),
            browser: Some("Firefox on Linux".into()),
            address: Some("127.0.0.1".into()),
        };
        let session = |id: &str, seen| StoredSession {
            id: id.into(),
            user_id: Some("ann".into()),
            data: "{}".into(),
            expires_at: at(60),
            details: SessionDetails { last_seen_at: Some(at(seen)), ..details.clone() },
        };
        let pool = db.pool();
        sessions::insert(pool, &session("a", 1)).await.unwrap();
        sessions::insert(pool, &session("b", 9)).await.unwrap();
        sessions::insert(pool, &StoredSession { user_id: Some("bob".into()), ..session("c", 5) }).await.unwrap();
        let listed: Vec<String> = sessions::of_user(pool, "ann", at(10)).await.unwrap().into_iter().map(|s| s.id).collect();
        assert_eq!(listed, ["b", "a"]);
        assert_eq!(sessions::of_user(pool, "ann", at(10)).await.unwrap()[1].details, details);
        assert!(sessions::of_user(pool, "ann", at(60)).await.unwrap().is_empty());
        sessions::save(pool, &session("a", 20)).await.unwrap();
        assert_eq!(sessions::of_user(pool, "ann", at(20)).await.unwrap()[0].id, "a");
        sessions::delete(pool, "a").await.unwrap();
        sessions::save(pool, &session("a", 30)).await.unwrap();
        assert!(sessions::load(pool, "a", at(0)).await.unwrap().is_none());
    }
}
