//! Letters that wait, and when people want theirs.

use domain::letter_times::LetterTimes;
use domain::notification::{Choice, NotificationKind};
use persistence::held_letters::{self, HeldLetter};
use persistence::{accounts, notifications};
use serde_json::json;
use testkit::builders::{at, user};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

async fn people(db: &TestDatabase) {
    for id in ["ann", "bob"] {
        accounts::insert_user(db.pool(), &user(id), None).await.unwrap();
    }
}

fn letter(id: &str, of: &str, held: i64, due: i64) -> HeldLetter {
    HeldLetter {
        id: id.to_owned(),
        user_id: of.to_owned(),
        kind: "letter".to_owned(),
        subject: "reminder".to_owned(),
        payload: json!({"user_id": of}),
        held_at: at(held),
        due_at: at(due),
    }
}

on_both_databases! {
    async fn letters_wait_until_they_are_due_and_are_taken_once(db: TestDatabase) {
        people(&db).await;
        let pool = db.pool();
        let letters = [letter("a", "ann", 1, 60), letter("b", "ann", 0, 60), letter("c", "ann", 2, 90), letter("d", "bob", 0, 70)];
        held_letters::insert_all(pool, &letters).await.unwrap();
        for (second, limit, readers) in [(59, 9, vec![]), (60, 9, vec!["ann"]), (90, 9, vec!["ann", "bob"]), (90, 1, vec!["ann"])] {
            assert_eq!(held_letters::readers_due(pool, at(second), limit).await.unwrap(), readers, "{second}");
        }
        let [a, b, c, _] = letters;
        assert_eq!(held_letters::take_due(pool, "ann", at(60), 1).await.unwrap(), [b], "the oldest first");
        assert_eq!(held_letters::take_due(pool, "ann", at(60), 9).await.unwrap(), [a]);
        assert_eq!(held_letters::take_due(pool, "ann", at(60), 9).await.unwrap(), []);
        assert_eq!(held_letters::take_due(pool, "ann", at(90), 9).await.unwrap(), [c]);
    }

    async fn people_say_when_letters_come_to_them_alone(db: TestDatabase) {
        people(&db).await;
        let pool = db.pool();
        for (daily, from, until) in [("07:30", "", ""), ("17:00", "20:00", "06:00")] {
            let times = LetterTimes::read(daily, from, until).unwrap();
            notifications::save_letter_times(pool, "ann", &times).await.unwrap();
            assert_eq!(notifications::letter_times_of(pool, "ann").await.unwrap(), times);
        }
        assert_eq!(notifications::letter_times_of(pool, "bob").await.unwrap(), LetterTimes::default());
    }

    async fn letters_are_chosen_at_once_or_in_the_daily_one(db: TestDatabase) {
        people(&db).await;
        let kind = NotificationKind::VersionWaits;
        let choice = |by_mail: bool, daily: bool| Choice { kind, in_portal: true, by_mail, daily };
        for (of, chosen) in [("ann", choice(false, true)), ("bob", choice(false, false))] {
            notifications::save_choices(db.pool(), of, &[chosen]).await.unwrap();
            assert_eq!(notifications::choices_of(db.pool(), of).await.unwrap(), [chosen]);
        }
        assert_eq!(notifications::chose_letters(db.pool(), kind).await.unwrap(), ["ann"]);
        notifications::save_choices(db.pool(), "bob", &[choice(true, false)]).await.unwrap();
        assert_eq!(notifications::chose_letters(db.pool(), kind).await.unwrap(), ["ann", "bob"]);
    }
}
