//! Passwords and sessions of one's own account.

use std::net::IpAddr;

use chrono::TimeDelta;
use domain::policy::Role;
use domain::refusal::Refusal;
use futures::FutureExt;
use futures::future::join_all;
use serde_json::json;
use services::accounts::{self, NewUser};
use services::{Ctx, ServiceError, Services};
use sha2::{Digest, Sha256};
use testkit::on_both_databases;

use crate::browser::{Browser, FIREFOX};
use crate::instant::soon;
use crate::support::*;

const NEW: &str = "another handful of words";

fn code_of(error: ServiceError) -> String {
    match error {
        ServiceError::Refused(Refusal::Invalid { problems }) => problems[0].code.clone(),
        other => panic!("{other:?}"),
    }
}

/// The values of a hidden field on a page, in order.
pub fn hidden(page: &str, name: &str) -> Vec<String> {
    let fields = page.split("<input").filter(|tag| tag.contains(&format!("name=\"{name}\"")));
    fields.filter_map(|tag| Some(tag.split("value=\"").nth(1)?.split('"').next()?.to_owned())).collect()
}

on_both_databases! {
    async fn guessable_passwords_are_refused_wherever_one_is_set(db: TestDatabase) {
        let site = Site::start(db).await;
        let ctx = Ctx::system("test", site.now());
        let new = |password: &str| NewUser {
            email: "rhiannon.prydderch@example.org".into(),
            name: "Rhiannon Prydderch".into(),
            password: Some(password.into()),
            grants: Vec::new(),
        };
        for (password, code) in [
            ("thirteenchars", "password_length"),
            ("passwordpassword", "password_guessable"),
            ("RhiannonPrydderch", "password_guessable"),
            ("rhiannon.prydderch@example.org", "password_guessable"),
            ("Dataset Catalogue", "password_guessable"),
        ] {
            assert_eq!(code_of(accounts::create_user(&site.services, &ctx, new(password)).await.unwrap_err()), code, "{password}");
        }
        accounts::create_user(&site.services, &ctx, new(PASSWORD)).await.unwrap();
        let email = "rhiannon.prydderch@example.org";
        let reset = accounts::reset_password(&site.services, &ctx, email, "prydderch rhiannon").await;
        assert_eq!(code_of(reset.unwrap_err()), "password_guessable");
        let all = accounts::set_passwords(&site.services, &ctx, &[email.to_owned()], "qwertyuiopasdf").await;
        assert_eq!(code_of(all.unwrap_err()), "password_guessable");
        let mut browser = Browser::signed_in(&site, email).await;
        let fields = [("password", PASSWORD), ("new_password", "letmeinletmein")];
        let page = browser.submit("/rpc/account/change-password", "/account", &fields).await.must_be(200);
        assert!(page.text.contains("easy to guess") && !page.text.contains("letmeinletmein"));
    }

    async fn who_types_a_password_may_have_it_shown(db: TestDatabase) {
        const SCRIPT: &str = "show-password.js";
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let invited = admin.post("/v1/invitations", json!({"email": "ann@example.org", "name": "Ann Lee"})).await.must_be(201);
        let link = invited.json()["link"].as_str().unwrap().replace(&site.url, "");
        site.account("editor@example.org", &[Role::Editor]).await;
        let id = persistence::accounts::find_user_by_email(site.services.db.pool(), "editor@example.org").await.unwrap().unwrap().0.id;
        let (hash, end) = (hex::encode(Sha256::digest("a-link")), site.now() + TimeDelta::hours(1));
        persistence::password_links::replace(site.services.db.pool(), &id, &hash, end).await.unwrap();
        for page in ["/account/sign-in", "/account/reset?token=a-link", link.as_str()] {
            let text = Browser::new(&site).get(page).await.must_be(200).text;
            // Without the script the field is what it ever was, and no button stands there for nothing.
            assert!(text.contains("type=\"password\"") && !text.contains("Show password"), "{text}");
            assert!(text.contains(&format!("src=\"/assets/{SCRIPT}\"")), "{text}");
        }
        // In the portal it comes with the script of the desk.
        let text = Browser::signed_in(&site, "editor@example.org").await.get("/account").await.must_be(200).text;
        assert!(text.contains("type=\"password\"") && text.contains("src=\"/assets/desk.js\""), "{text}");
        assert!(include_str!("../../../public/desk.js").contains(&format!("import \"./{SCRIPT}\"")));
    }

    async fn changing_the_password_needs_the_present_one_and_ends_the_other_sessions(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut here = Browser::signed_in(&site, "editor@example.org").await;
        let mut there = Browser::signed_in(&site, "editor@example.org").await;
        let wrong = [("password", "not the present words"), ("new_password", NEW)];
        let page = here.submit("/rpc/account/change-password", "/account", &wrong).await;
        assert!(page.text.contains("This is not your password"));
        there.get("/admin").await.must_be(200);

        let right = [("password", PASSWORD), ("new_password", NEW)];
        let page = here.submit("/rpc/account/change-password", "/account", &right).await.must_be(200);
        assert!(page.text.contains("Your password was changed"));
        there.get("/admin").await.must_be(303);
        let mut again = Browser::new(&site);
        assert_eq!(again.sign_in("editor@example.org", PASSWORD).await.header("location"), "/account/sign-in");
        assert_eq!(again.sign_in("editor@example.org", NEW).await.header("location"), "/admin");
    }

    async fn sessions_are_listed_and_ended_one_by_one_or_all_at_once(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        site.account("other@example.org", &[Role::Editor]).await;
        let mut here = Browser::signed_in(&site, "editor@example.org").await;
        site.advance(TimeDelta::minutes(5));
        let mut there = Browser::signed_in(&site, "editor@example.org").await;
        let mut stranger = Browser::signed_in(&site, "other@example.org").await;
        let page = here.get("/account").await.must_be(200);
        assert!(FIREFOX.contains("Firefox") && page.text.matches("Firefox on Linux").count() >= 2);
        assert!(page.text.contains("127.0.0.1") && page.text.contains("This session"));
        let handles = hidden(&page.text, "session");
        assert_eq!(handles.len(), 1, "only the others can be ended one by one");
        for secret in here.cookie().split('=').chain(there.cookie().split('=')).filter(|part| part.len() > 20) {
            assert!(!page.text.contains(secret), "a session is given away");
        }

        // Nobody ends a session of somebody else.
        stranger.post("/rpc/account/end-session", "/account", &[("session", &handles[0])]).await;
        there.get("/admin").await.must_be(200);
        let page = here.submit("/rpc/account/end-session", "/account", &[("session", &handles[0])]).await;
        assert!(page.text.contains("That session has ended"));
        there.get("/admin").await.must_be(303);
        here.get("/admin").await.must_be(200);

        let mut third = Browser::signed_in(&site, "editor@example.org").await;
        let page = here.submit("/rpc/account/end-all-sessions", "/account", &[]).await.must_be(200);
        assert!(page.text.contains("signed out everywhere"));
        here.get("/admin").await.must_be(303);
        third.get("/admin").await.must_be(303);
        stranger.get("/admin").await.must_be(200);
    }

    async fn a_session_lives_while_it_is_used_and_no_longer_than_its_longest(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut used = Browser::signed_in(&site, "editor@example.org").await;
        let mut idle = Browser::signed_in(&site, "editor@example.org").await;
        for _ in 0..14 {
            site.advance(TimeDelta::minutes(50));
            used.get("/admin").await.must_be(200);
        }
        idle.get("/admin").await.must_be(303);
        site.advance(TimeDelta::minutes(25));
        used.get("/admin").await.must_be(303);
    }

    async fn one_client_that_guesses_for_many_accounts_has_to_wait(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut browser = Browser::new(&site);
        for n in 0..50 {
            browser.sign_in(&format!("nobody-{n}@example.org"), "quite the wrong words").await.must_be(303);
        }
        browser.sign_in("editor@example.org", PASSWORD).await;
        assert!(browser.get("/account/sign-in").await.text.contains("Too many tries"));
        site.advance(TimeDelta::minutes(16));
        assert_eq!(browser.sign_in("editor@example.org", PASSWORD).await.header("location"), "/admin");
        // What was right does not count.
        for _ in 0..55 {
            assert_eq!(browser.sign_in("editor@example.org", PASSWORD).await.header("location"), "/admin");
        }
    }

    async fn guesses_side_by_side_all_count_and_a_right_password_takes_the_count_back(db: TestDatabase) {
        const EMAIL: &str = "editor@example.org";
        let other_node = db.another().await;
        let site = Site::start(db).await;
        let nodes = [site.services.clone(), Services { db: other_node.database(), ..site.services.clone() }];
        site.account(EMAIL, &[Role::Editor]).await;
        // Each from an address of its own, by turns on one node and on the other.
        let ctx = |number: u8| {
            Ctx { client: Some(IpAddr::from([192, 0, 2, number])), ..Ctx::public(site.now(), format!("try-{number}")) }
        };
        let side_by_side = async |many: u8, password: &str| {
            let tries = (0..many).map(|number| {
                let (services, ctx, password) = (nodes[usize::from(number % 2)].clone(), ctx(number), password.to_owned());
                async move {
                    match accounts::sign_in(&services, &ctx, EMAIL, &password, None).await {
                        Ok(_) => "in",
                        Err(ServiceError::Refused(Refusal::TooMany { .. })) => "has to wait",
                        Err(ServiceError::Refused(Refusal::Invalid { .. })) => "wrong",
                        Err(other) => panic!("{other:?}"),
                    }
                }
            });
            let mut ends = join_all(tries).await;
            ends.sort_unstable();
            ends
        };
        // Five are free, and from the sixth on the account waits.
        let ends = side_by_side(20, "quite the wrong words").await;
        assert_eq!(ends, [vec!["has to wait"; 14], vec!["wrong"; 6]].concat());
        assert_eq!(side_by_side(2, PASSWORD).await, ["has to wait"; 2]);
        site.advance(TimeDelta::seconds(3));
        assert_eq!(side_by_side(1, PASSWORD).await, ["in"]);
        // Nothing of that is left: neither the wrong ones, nor those that were right.
        for _ in 0..3 {
            assert_eq!(side_by_side(5, PASSWORD).await, ["in"; 5]);
        }
        assert_eq!(side_by_side(5, "quite the wrong words").await, ["wrong"; 5]);
        assert_eq!(side_by_side(1, PASSWORD).await, ["in"]);

        // A failure by a clock that is ahead makes nobody wait by another.
        let ahead = Ctx { now: site.now() + TimeDelta::seconds(1), ..ctx(30) };
        accounts::sign_in(&nodes[1], &ahead, EMAIL, "quite the wrong words", None).await.unwrap_err();
        assert_eq!(side_by_side(1, PASSWORD).await, ["in"]);
    }

    async fn a_right_password_is_not_left_as_a_wrong_one_by_who_hangs_up(db: TestDatabase) {
        const EMAIL: &str = "editor@example.org";
        let site = Site::start(db).await;
        site.account(EMAIL, &[Role::Editor]).await;
        let ctx = Ctx::public(site.now(), "a-try".to_owned());
        assert!(accounts::sign_in(&site.services, &ctx, EMAIL, PASSWORD, None).now_or_never().is_none());
        // Nobody waits for it any more, and it goes on to its end.
        soon(async {
            while !events_of(&site, EMAIL).await.contains(&"signed_in".to_owned()) {
                tokio::task::yield_now().await;
            }
        })
        .await;
        let tx = site.services.db.begin().await.unwrap();
        let (failures, _) = persistence::accounts::sign_in_failures_to_change(&tx, EMAIL).await.unwrap();
        assert_eq!(failures, 0);
        tx.rollback().await.unwrap();
    }

    async fn the_steps_of_an_account_are_on_record(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut browser = Browser::signed_in(&site, "editor@example.org").await;
        browser.post("/rpc/account/change-password", "/account", &[("password", PASSWORD), ("new_password", NEW)]).await;
        browser.post("/rpc/account/begin-second-factor", "/account", &[]).await;
        browser.post("/rpc/account/sign-out", "/account", &[]).await;
        let mut again = Browser::new(&site);
        again.sign_in("editor@example.org", NEW).await;
        again.post("/rpc/account/end-all-sessions", "/account", &[]).await;
        let events = events_of(&site, "editor@example.org").await;
        let expected = [
            "created", "signed_in", "password_changed", "second_factor_begun", "signed_out", "signed_in", "signed_out_everywhere",
        ];
        assert_eq!(events, expected);
    }
}

/// What is on record about somebody, oldest first.
pub async fn events_of(site: &Site, email: &str) -> Vec<String> {
    let db = site.services.db.pool();
    let (user, _) = persistence::accounts::find_user_by_email(db, email).await.unwrap().unwrap();
    let paging = domain::page::Paging { limit: 100, offset: 0 };
    let page = persistence::events::of_resource(db, "user", &user.id, paging).await.unwrap();
    page.items.into_iter().map(|event| event.event_type).collect()
}
