//! Accounts, teams, tokens, sessions and failed sign-ins.

use chrono::TimeDelta;
use domain::people::{ServiceToken, Team, User};
use domain::policy::Role;
use persistence::people::UserFilter;
use persistence::sessions::{self, SessionDetails, StoredSession};
use persistence::{PersistenceError, accounts, people, teams, tokens};
use testkit::builders::{at, grant_for, user};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

fn token(id: &str, name: &str) -> ServiceToken {
    ServiceToken {
        id: id.to_owned(),
        name: name.to_owned(),
        grants: vec![grant_for(Role::Editor, &["economy"])],
        approve_own: true,
        owner_id: None,
        created_at: at(0),
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
        revision: 1,
    }
}

fn team(id: &str, members: &[&str]) -> Team {
    Team::new(id, &format!("Team {id}"), members.iter().map(|&m| m.to_owned()).collect())
}

fn session(id: &str, user_id: Option<&str>) -> StoredSession {
    StoredSession {
        id: id.to_owned(),
        user_id: user_id.map(str::to_owned),
        data: "{}".to_owned(),
        expires_at: at(60),
        details: SessionDetails::default(),
    }
}

async fn is_live(db: &TestDatabase, id: &str) -> bool {
    sessions::load(db.pool(), id, at(0)).await.unwrap().is_some()
}

on_both_databases! {
    async fn accounts_are_found_by_address_and_by_id(db: TestDatabase) {
        let ann = User { grants: vec![grant_for(Role::Editor, &["economy"])], ..user("ann") };
        accounts::insert_user(db.pool(), &ann, Some("hash".into())).await.unwrap();
        accounts::insert_user(db.pool(), &user("abe"), None).await.unwrap();
        let found = accounts::find_user_by_email(db.pool(), "ann@example.org").await.unwrap();
        assert_eq!(found, Some((ann.clone(), Some("hash".into()))));
        assert_eq!(accounts::find_user(db.pool(), "ann").await.unwrap(), Some(ann.clone()));
        assert_eq!(accounts::find_user(db.pool(), "bob").await.unwrap(), None);
        assert_eq!(accounts::users_among(db.pool(), &["bob", "ann"]).await.unwrap(), std::slice::from_ref(&ann));
        assert_eq!(accounts::find_user_by_email(db.pool(), "%").await.unwrap(), None);
        assert_eq!(accounts::list_users(db.pool()).await.unwrap(), [user("abe"), ann.clone()]);

        let twice = accounts::insert_user(db.pool(), &User { id: "other".into(), ..ann }, None).await;
        assert!(matches!(twice, Err(PersistenceError::Duplicate(_))), "{twice:?}");
        assert!(accounts::set_password(db.pool(), "abe", "new").await.unwrap());
        assert!(!accounts::set_password(db.pool(), "bob", "new").await.unwrap());
        let hash = |found: Option<(User, Option<String>)>| found.unwrap().1;
        assert_eq!(hash(accounts::find_user_by_email(db.pool(), "abe@example.org").await.unwrap()).unwrap(), "new");
        assert_eq!(hash(accounts::find_user_by_email(db.pool(), "ann@example.org").await.unwrap()).unwrap(), "hash");
    }

    async fn a_saved_team_replaces_the_one_before(db: TestDatabase) {
        for id in ["ann", "bob", "cy"] {
            accounts::insert_user(db.pool(), &user(id), None).await.unwrap();
        }
        teams::save(db.pool(), &team("a", &["ann", "bob"])).await.unwrap();
        teams::save(db.pool(), &team("b", &["bob"])).await.unwrap();
        assert_eq!(accounts::teams_of(db.pool(), "bob").await.unwrap().0, ["a", "b"]);

        let renamed = Team { name: "Renamed".into(), ..team("a", &["cy"]) };
        teams::save(db.pool(), &renamed).await.unwrap();
        assert_eq!(accounts::teams_of(db.pool(), "bob").await.unwrap().0, ["b"]);
        assert!(accounts::teams_of(db.pool(), "ann").await.unwrap().0.is_empty());
        let renamed = Team { revision: 2, ..renamed };
        assert_eq!(teams::list(db.pool()).await.unwrap(), [renamed, team("b", &["bob"])]);
        let unknown = teams::save(db.pool(), &team("c", &["nobody"])).await;
        assert!(matches!(unknown, Err(PersistenceError::Reference(_))), "{unknown:?}");
    }

    async fn tokens_end_when_they_expire_or_are_revoked(db: TestDatabase) {
        let ending = ServiceToken { expires_at: Some(at(60)), ..token("1", "ends") };
        tokens::insert(db.pool(), &ending, "hash-1").await.unwrap();
        tokens::insert(db.pool(), &token("2", "name"), "hash-2").await.unwrap();
        tokens::insert(db.pool(), &token("3", "name"), "hash-3").await.unwrap();
        tokens::insert(db.pool(), &token("4", "kept"), "hash-4").await.unwrap();
        let live = |hash: &'static str, now| {
            let pool = db.pool().clone();
            async move { tokens::find_live(&pool, hash, now).await.unwrap() }
        };
        let found = live("hash-1", at(60) - TimeDelta::microseconds(1)).await.unwrap();
        assert_eq!((found.id.as_str(), found.approve_own, found.expires_at), ("1", true, Some(at(60))));
        assert_eq!(found.grants, ending.grants);
        assert!(live("hash-1", at(60)).await.is_none());
        assert!(live("hash-4", at(1_000_000)).await.is_some());
        assert!(live("missing", at(0)).await.is_none());

        assert_eq!(tokens::revoke(db.pool(), "name", at(5)).await.unwrap(), ["2", "3"]);
        assert!(tokens::revoke(db.pool(), "name", at(6)).await.unwrap().is_empty());
        assert_eq!(tokens::revoke(db.pool(), "1", at(6)).await.unwrap(), ["1"]);
        for (hash, is_left) in [("hash-1", false), ("hash-2", false), ("hash-3", false), ("hash-4", true)] {
            assert_eq!(live(hash, at(0)).await.is_some(), is_left, "{hash}");
        }
    }

    async fn the_last_use_of_a_token_is_noted_once_a_minute(db: TestDatabase) {
        tokens::insert(db.pool(), &token("1", "loader"), "hash-1").await.unwrap();
        let mut seen = Vec::new();
        for now in [0, 30, 59, 60, 100] {
            let known = tokens::find(db.pool(), "1").await.unwrap().unwrap();
            tokens::note_use(db.pool(), &known, at(now)).await.unwrap();
            seen.push(tokens::find(db.pool(), "1").await.unwrap().unwrap().last_used_at);
        }
        assert_eq!(seen, [Some(at(0)), Some(at(0)), Some(at(0)), Some(at(60)), Some(at(60))]);
    }

    async fn an_account_is_replaced_by_its_revision_and_counted_while_it_manages_people(db: TestDatabase) {
        let admin = User { grants: vec![domain::policy::Grant::of(Role::Admin)], ..user("ann") };
        accounts::insert_user(db.pool(), &admin, None).await.unwrap();
        let limited = User { grants: vec![grant_for(Role::Admin, &["economy"])], ..user("bob") };
        accounts::insert_user(db.pool(), &limited, None).await.unwrap();
        accounts::insert_user(db.pool(), &user("cy"), None).await.unwrap();
        let managers = || async { people::lasting_managers(db.pool()).await.unwrap() };
        assert_eq!(managers().await, 1);
        let mut board = team("board", &["cy"]);
        teams::insert(db.pool(), &board).await.unwrap();
        board.grants = admin.grants.clone();
        assert!(teams::replace(db.pool(), &board, at(1)).await.unwrap());
        assert!(!teams::replace(db.pool(), &board, at(1)).await.unwrap(), "the revision went up");
        assert_eq!(managers().await, 2);
        assert!(people::replace(db.pool(), &User { disabled: true, ..admin.clone() }, at(2)).await.unwrap());
        assert!(!people::replace(db.pool(), &admin, at(2)).await.unwrap(), "the revision went up");
        assert_eq!(managers().await, 1);
        let disabled = UserFilter { disabled: Some(true), ..UserFilter::default() };
        let found = people::list(db.pool(), &disabled).await.unwrap();
        assert_eq!(found.iter().map(|u| (u.id.as_str(), u.last_edited)).collect::<Vec<_>>(), [("ann", at(2))]);
        let named = UserFilter { text: Some("CY@".into()), ..UserFilter::default() };
        assert_eq!(people::list(db.pool(), &named).await.unwrap(), [user("cy")]);
    }

    async fn sessions_end_at_their_instant(db: TestDatabase) {
        sessions::insert(db.pool(), &session("s", None)).await.unwrap();
        let twice = sessions::insert(db.pool(), &session("s", None)).await;
        assert!(matches!(twice, Err(PersistenceError::Duplicate(_))), "{twice:?}");
        let before = at(60) - TimeDelta::microseconds(1);
        assert!(sessions::load(db.pool(), "s", before).await.unwrap().is_some());
        assert!(sessions::load(db.pool(), "s", at(60)).await.unwrap().is_none());
        assert!(sessions::load(db.pool(), "missing", at(0)).await.unwrap().is_none());

        let longer = StoredSession { expires_at: at(120), data: "new".into(), ..session("s", Some("ann")) };
        sessions::save(db.pool(), &longer).await.unwrap();
        sessions::insert(db.pool(), &session("t", None)).await.unwrap();
        let loaded = sessions::load(db.pool(), "s", at(60)).await.unwrap().unwrap();
        assert_eq!((loaded.data.as_str(), loaded.user_id.as_deref(), loaded.expires_at), ("new", Some("ann"), at(120)));
        assert_eq!(sessions::delete_expired(db.pool(), before).await.unwrap(), 0);
        assert_eq!(sessions::delete_expired(db.pool(), at(60)).await.unwrap(), 1);
        assert!(is_live(&db, "s").await && !is_live(&db, "t").await);
    }

    async fn sessions_of_one_person_end_together(db: TestDatabase) {
        for (id, owner) in [("1", Some("ann")), ("2", Some("ann")), ("3", Some("bob")), ("4", None)] {
            sessions::insert(db.pool(), &session(id, owner)).await.unwrap();
        }
        assert_eq!(sessions::delete_of_user(db.pool(), "ann").await.unwrap(), 2);
        sessions::delete(db.pool(), "4").await.unwrap();
        for (id, is_left) in [("1", false), ("2", false), ("3", true), ("4", false)] {
            assert_eq!(is_live(&db, id).await, is_left, "{id}");
        }
    }

    async fn sessions_of_all_others_end_together(db: TestDatabase) {
        for (id, owner) in [("1", Some("ann")), ("2", Some("bob")), ("3", Some("cy")), ("4", None)] {
            sessions::insert(db.pool(), &session(id, owner)).await.unwrap();
        }
        assert_eq!(sessions::delete_of_all_but(db.pool(), "ann").await.unwrap(), 2);
        for (id, is_left) in [("1", true), ("2", false), ("3", false), ("4", true)] {
            assert_eq!(is_live(&db, id).await, is_left, "{id}");
        }
    }

    async fn failed_sign_ins_are_kept_by_address_until_cleared(db: TestDatabase) {
        let of = async |email: &str| {
            let tx = db.database().begin().await.unwrap();
            let found = accounts::sign_in_failures_to_change(&tx, email).await.unwrap();
            tx.rollback().await.unwrap();
            found
        };
        let nobody = (0, chrono::DateTime::UNIX_EPOCH);
        assert_eq!(of("ann@example.org").await, nobody);
        accounts::note_sign_in(db.pool(), "ann@example.org", Some((1, at(1)))).await.unwrap();
        accounts::note_sign_in(db.pool(), "ann@example.org", Some((2, at(9)))).await.unwrap();
        accounts::note_sign_in(db.pool(), "bob@example.org", Some((7, at(7)))).await.unwrap();
        assert_eq!(of("ann@example.org").await, (2, at(9)));
        accounts::note_sign_in(db.pool(), "ann@example.org", None).await.unwrap();
        assert_eq!(of("ann@example.org").await, nobody);
        assert_eq!(of("bob@example.org").await, (7, at(7)));
    }
}
