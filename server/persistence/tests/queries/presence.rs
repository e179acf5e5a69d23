//! Who has which thing open.

use domain::presence::Presence;
use persistence::presence;
use testkit::builders::{actor, at};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

fn there(object: &str, id: &str, since: i64, seen: i64) -> Presence {
    Presence { object: object.to_owned(), actor: actor(id), since: at(since), seen_at: at(seen), typed_at: None }
}

async fn ids(db: &TestDatabase, now: i64) -> Vec<String> {
    let found = presence::of_object(db.pool(), "bundle:b", at(now)).await.unwrap();
    found.into_iter().map(|presence| presence.actor.id).collect()
}

on_both_databases! {
    async fn a_sign_takes_the_place_of_the_last_one_and_ends_after_a_minute(db: TestDatabase) {
        for sign in [there("bundle:b", "ann", 0, 0), there("bundle:b", "bob", 0, 10), there("bundle:c", "cai", 0, 10)] {
            presence::save(db.pool(), &sign).await.unwrap();
        }
        assert_eq!(ids(&db, 10).await, ["bob", "ann"]);
        let newer = Presence { typed_at: Some(at(40)), ..there("bundle:b", "ann", 0, 40) };
        presence::save(db.pool(), &newer).await.unwrap();
        assert_eq!(presence::of_object(db.pool(), "bundle:b", at(40)).await.unwrap()[0], newer);
        assert_eq!(ids(&db, 69).await, ["ann", "bob"]);
        assert_eq!(ids(&db, 70).await, ["ann"]);
        assert_eq!(presence::forget(db.pool(), at(70)).await.unwrap(), 2);
        assert_eq!(ids(&db, 70).await, ["ann"]);
    }
}
