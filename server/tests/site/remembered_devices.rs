//! Devices that are remembered at the second step of signing in, and all that has them forgotten.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::event::Event;
use domain::page::Paging;
use domain::policy::Role;
use reqwest::Method;
use serde_json::json;
use services::accounts::{self, AccountSettings};
use services::{Ctx, Services, people};
use sha2::{Digest, Sha256};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::accounts::{events_of, hidden};
use crate::browser::Browser;
use crate::forgotten::interrupted;
use crate::second_factor::{EMAIL, set_up};
use crate::support::*;

const STEP: &str = "/account/second-step?next=/admin";
const COOKIE: &str = "catalogue_device=";

/// A site with somebody who has a second factor: where they set it up, and their recovery codes.
async fn begin(db: TestDatabase, settings: &[(&'static str, &str)]) -> (Site, Browser, Vec<String>) {
    let site = Site::start_as(db, settings).await;
    site.account(EMAIL, &[Role::Editor]).await;
    let mut owner = Browser::signed_in(&site, EMAIL).await;
    let (_, codes) = set_up(&site, &mut owner).await;
    (site, owner, codes)
}

/// A browser in which the first step was taken.
async fn first_step(site: &Site, password: &str) -> Browser {
    let mut browser = Browser::new(site);
    assert_eq!(browser.sign_in(EMAIL, password).await.header("location"), STEP);
    browser
}

/// Takes the second step with the box ticked.
async fn tick(browser: &mut Browser, code: &str) -> Answer {
    let fields = [("code", code), ("next", "/admin"), ("remember_device", "on")];
    browser.post("/rpc/account/second-step", STEP, &fields).await
}

/// A browser that is a remembered device from now on.
async fn remembered(site: &Site, password: &str, code: &str) -> Browser {
    let mut browser = first_step(site, password).await;
    assert_eq!(tick(&mut browser, code).await.header("location"), "/admin");
    assert!(browser.cookie().contains(COOKIE));
    browser
}

/// Whether a code is asked for when the person signs in again in this browser.
async fn is_asked(browser: &mut Browser, password: &str) -> bool {
    let to = browser.sign_in(EMAIL, password).await.header("location");
    assert!(["/admin", STEP].contains(&to.as_str()), "{to}");
    to == STEP
}

/// What a device shows, out of the answer that had it remembered.
fn shown_by(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    set.split(COOKIE).nth(1).and_then(|rest| rest.split(';').next()).unwrap().to_owned()
}

async fn id_of(site: &Site) -> String {
    let found = persistence::accounts::find_user_by_email(site.services.db.pool(), EMAIL).await.unwrap();
    found.unwrap().0.id
}

/// What is on record about the person, oldest first.
async fn records(site: &Site) -> Vec<Event> {
    let id = id_of(site).await;
    persistence::events::of_resource(site.services.db.pool(), "user", &id, Paging::WHOLE).await.unwrap().items
}

on_both_databases! {
    async fn a_remembered_device_is_asked_for_the_password_alone_for_thirty_days(db: TestDatabase) {
        let (site, _, codes) = begin(db, &[]).await;
        let mut browser = first_step(&site, PASSWORD).await;
        assert!(browser.get(STEP).await.must_be(200).text.contains("Remember this device for 30 days"));
        // A wrong code has nothing remembered, and what was ticked stays so.
        assert!(!tick(&mut browser, "000000").await.header("set-cookie").contains(COOKIE));
        let page = browser.get(STEP).await.must_be(200).text;
        let ticked = page.split("name=\"remember_device\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
        assert!(ticked.contains("checked"), "{page}");

        let taken = tick(&mut browser, &codes[0]).await;
        let set = taken.header("set-cookie");
        let set = &set[set.find(COOKIE).unwrap()..];
        for part in ["HttpOnly", "SameSite=Lax", "Path=/rpc/account/sign-in", "Max-Age=2592000"] {
            assert!(set.contains(part), "{part}: {set}");
        }
        let kept = persistence::remembered_devices::find(site.services.db.pool(), &shown_by(&taken)).await.unwrap();
        assert!(kept.is_none(), "what it shows is kept as a hash alone");
        browser.post("/rpc/account/sign-out", "/account", &[]).await;
        assert!(!is_asked(&mut browser, PASSWORD).await);
        browser.get("/admin").await.must_be(200);

        // It stands in for nothing but the second factor, and for no other browser.
        let refused = browser.sign_in(EMAIL, "quite the wrong words").await.header("location");
        assert_eq!(refused, "/account/sign-in");
        first_step(&site, PASSWORD).await;
        let told = records(&site).await;
        let methods: Vec<&str> = told.iter().filter_map(|event| event.details["method"].as_str()).collect();
        assert_eq!(methods, ["password", "second factor", "second factor", "remembered device"]);
        let expected = [
            "created", "signed_in", "second_factor_begun", "second_factor_added", "sign_in_failed",
            "recovery_code_used", "signed_in", "device_remembered", "signed_out", "signed_in", "sign_in_failed",
        ];
        assert_eq!(events_of(&site, EMAIL).await, expected);
        let remembered = told.iter().find(|event| event.event_type == "device_remembered").unwrap();
        assert_eq!(remembered.details["browser"], "Firefox on Linux");
        assert!(!remembered.details.to_string().contains(&shown_by(&taken)));

        site.advance(TimeDelta::days(30) - TimeDelta::minutes(1));
        assert!(!is_asked(&mut browser, PASSWORD).await);
        site.advance(TimeDelta::minutes(1));
        assert!(is_asked(&mut browser, PASSWORD).await);
        assert!(!browser.cookie().contains(COOKIE), "what holds no more is shown no more");
    }

    async fn a_device_is_remembered_where_that_is_ticked_alone(db: TestDatabase) {
        let (site, _, codes) = begin(db, &[]).await;
        let mut browser = first_step(&site, PASSWORD).await;
        let fields = [("code", codes[0].as_str()), ("next", "/admin")];
        let taken = browser.post("/rpc/account/second-step", STEP, &fields).await;
        assert_eq!(taken.header("location"), "/admin");
        assert!(!taken.header("set-cookie").contains(COOKIE));
        assert!(is_asked(&mut browser, PASSWORD).await);
    }

    async fn a_new_password_forgets_every_device_however_it_came(db: TestDatabase) {
        let (site, mut owner, codes) = begin(db, &[]).await;
        let id = id_of(&site).await;
        let words = [
            PASSWORD, "another handful of words", "quite another handful of words", "three other words",
            "several quite longish words",
        ];
        let admin = Ctx::system("test", site.now());

        let mut browser = remembered(&site, words[0], &codes[0]).await;
        let fields = [("password", words[0]), ("new_password", words[1])];
        owner.submit("/rpc/account/change-password", "/account", &fields).await.must_be(200);
        assert!(is_asked(&mut browser, words[1]).await, "it was changed");

        let mut browser = remembered(&site, words[1], &codes[1]).await;
        people::set_password(&site.services, &admin, &id, words[2]).await.unwrap();
        assert!(is_asked(&mut browser, words[2]).await, "somebody else gave a new one");

        let mut browser = remembered(&site, words[2], &codes[2]).await;
        let hash = hex::encode(Sha256::digest("a-link"));
        let end = site.now() + TimeDelta::hours(1);
        persistence::password_links::replace(site.services.db.pool(), &id, &hash, end).await.unwrap();
        let public = Ctx::public(site.now(), "a-test".to_owned());
        accounts::reset_by_link(&site.services, &public, "a-link", words[3]).await.unwrap();
        assert!(is_asked(&mut browser, words[3]).await, "it was chosen by a letter");

        let mut browser = remembered(&site, words[3], &codes[3]).await;
        accounts::set_passwords(&site.services, &admin, &[EMAIL.to_owned()], words[4]).await.unwrap();
        assert!(is_asked(&mut browser, words[4]).await, "several were given the same");
        let forgotten = events_of(&site, EMAIL).await.into_iter().filter(|event| event == "device_forgotten").count();
        assert_eq!(forgotten, 4);
    }

    async fn without_its_second_factor_a_device_stands_in_for_no_other(db: TestDatabase) {
        let (site, mut owner, codes) = begin(db, &[]).await;
        let id = id_of(&site).await;
        let mut browser = remembered(&site, PASSWORD, &codes[0]).await;
        owner.submit("/rpc/account/remove-second-factor", "/account", &[("password", PASSWORD)]).await.must_be(200);
        let (_, codes) = set_up(&site, &mut owner).await;
        assert!(is_asked(&mut browser, PASSWORD).await, "it was set up anew");

        let mut browser = remembered(&site, PASSWORD, &codes[0]).await;
        let admin = Ctx::system("test", site.now());
        accounts::reset_second_factor(&site.services, &admin, &id).await.unwrap();
        set_up(&site, &mut owner).await;
        assert!(is_asked(&mut browser, PASSWORD).await, "an administrator had taken it away");
    }

    async fn signing_out_everywhere_and_suspending_forget_every_device(db: TestDatabase) {
        let (site, mut owner, codes) = begin(db, &[]).await;
        let id = id_of(&site).await;
        let mut browser = remembered(&site, PASSWORD, &codes[0]).await;
        owner.submit("/rpc/account/end-all-sessions", "/account", &[]).await.must_be(200);
        assert!(is_asked(&mut browser, PASSWORD).await, "signed out everywhere");

        let mut browser = remembered(&site, PASSWORD, &codes[1]).await;
        let admin = Ctx::system("test", site.now());
        people::end_sessions(&site.services, &admin, &id).await.unwrap();
        assert!(is_asked(&mut browser, PASSWORD).await, "signed out everywhere by an administrator");

        let mut browser = remembered(&site, PASSWORD, &codes[2]).await;
        let manager = site.service("admin", &[Role::Admin]).await;
        let path = format!("/users/{id}");
        manager.change(Method::PATCH, &path, json!({"disabled": true})).await.must_be(200);
        assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.header("location"), "/account/sign-in");
        manager.change(Method::PATCH, &path, json!({"disabled": false})).await.must_be(200);
        assert!(is_asked(&mut browser, PASSWORD).await, "suspended, and let in again");

        remembered(&site, PASSWORD, &codes[3]).await;
        let pool = site.services.db.pool();
        let user = persistence::accounts::find_user(pool, &id).await.unwrap().unwrap();
        people::remove(&site.services, &admin, &id, user.revision).await.unwrap();
        assert!(persistence::remembered_devices::of_user(pool, &id).await.unwrap().is_empty(), "taken away");
    }

    async fn a_device_stands_in_for_nobody_else_and_is_forgotten_when_another_person_signs_in(db: TestDatabase) {
        const OTHER: &str = "other@example.org";
        let (site, _, codes) = begin(db, &[]).await;
        site.account(OTHER, &[Role::Editor]).await;
        set_up(&site, &mut Browser::signed_in(&site, OTHER).await).await;
        let mut browser = remembered(&site, PASSWORD, &codes[0]).await;
        // Who does not get in changes nothing.
        browser.sign_in(OTHER, "quite the wrong words").await;
        assert!(!is_asked(&mut browser, PASSWORD).await);
        assert_eq!(browser.sign_in(OTHER, PASSWORD).await.header("location"), STEP);
        assert!(!browser.cookie().contains(COOKIE));
        let left = persistence::remembered_devices::of_user(site.services.db.pool(), &id_of(&site).await).await.unwrap();
        assert!(left.is_empty(), "{left:?}");
        let last = records(&site).await.pop().unwrap();
        assert_eq!((last.event_type.as_str(), last.actor.name.as_str()), ("device_forgotten", OTHER));
        assert!(is_asked(&mut browser, PASSWORD).await);
    }

    async fn devices_are_listed_with_the_sessions_and_forgotten_one_by_one(db: TestDatabase) {
        let (site, mut owner, codes) = begin(db, &[]).await;
        assert!(!owner.get("/account").await.must_be(200).text.contains("Devices that are remembered"));
        let mut first = remembered(&site, PASSWORD, &codes[0]).await;
        site.advance(TimeDelta::minutes(1));
        let mut second = remembered(&site, PASSWORD, &codes[1]).await;
        let page = owner.get("/account").await.must_be(200).text;
        assert!(page.contains("Devices that are remembered") && page.matches("Not yet").count() == 2, "{page}");
        let ids = hidden(&page, "device");
        assert_eq!(ids.len(), 2);
        for cookie in [first.cookie(), second.cookie()] {
            let shown = cookie.split(COOKIE).nth(1).and_then(|rest| rest.split(';').next()).unwrap();
            assert!(shown.len() == 64 && !page.contains(shown), "a device is given away");
        }

        let (form, newest) = ("/rpc/account/forget-device", [("device", ids[0].as_str())]);
        site.account("other@example.org", &[Role::Editor]).await;
        let mut stranger = Browser::signed_in(&site, "other@example.org").await;
        stranger.post(form, "/account", &newest).await;
        assert!(!is_asked(&mut second, PASSWORD).await, "nobody forgets the device of somebody else");
        assert!(owner.get("/account").await.text.matches("Not yet").count() == 1, "it was used");
        let page = owner.submit(form, "/account", &newest).await.must_be(200).text;
        assert!(page.contains("That device is forgotten") && hidden(&page, "device").len() == 1, "{page}");
        assert!(is_asked(&mut second, PASSWORD).await);
        assert!(!is_asked(&mut first, PASSWORD).await);
        let last = records(&site).await.into_iter().rfind(|event| event.event_type == "device_forgotten").unwrap();
        assert_eq!((last.details["device"].as_str(), &last.details["browser"]), (Some(ids[0].as_str()), &json!("Firefox on Linux")));
        site.advance(TimeDelta::days(31));
        let mut later = first_step(&site, PASSWORD).await;
        assert_eq!(tick(&mut later, &codes[2]).await.header("location"), "/admin");
        assert_eq!(hidden(&later.get("/account").await.text, "device").len(), 1, "what is over is not listed");
    }

    async fn where_it_is_switched_off_no_device_is_remembered(db: TestDatabase) {
        let (site, _, codes) = begin(db, &[("REMEMBER_DEVICE_DAYS", "0")]).await;
        let mut browser = first_step(&site, PASSWORD).await;
        assert!(!browser.get(STEP).await.must_be(200).text.contains("remember_device"));
        let taken = tick(&mut browser, &codes[0]).await;
        assert_eq!(taken.header("location"), "/admin");
        assert!(!taken.header("set-cookie").contains(COOKIE));
        assert!(is_asked(&mut browser, PASSWORD).await);
        assert!(!events_of(&site, EMAIL).await.contains(&"device_remembered".to_owned()));
    }

    async fn switching_it_off_or_shortening_it_holds_for_devices_that_are_remembered(db: TestDatabase) {
        let (site, _, codes) = begin(db, &[]).await;
        let mut browser = first_step(&site, PASSWORD).await;
        let shown = shown_by(&tick(&mut browser, &codes[0]).await);
        site.advance(TimeDelta::days(8));
        let ctx = Ctx::public(site.now(), "a-test".to_owned());
        for (days, is_asked) in [(0, true), (7, true), (8, true), (9, false), (30, false), (90, false)] {
            let settings = AccountSettings { remember_device_days: days, ..(*site.services.accounts).clone() };
            let services = Services { accounts: Arc::new(settings), ..site.services.clone() };
            let opening = accounts::sign_in(&services, &ctx, EMAIL, PASSWORD, Some(&shown)).await.unwrap();
            assert_eq!((opening.second_step, opening.forgets_device), (is_asked, is_asked), "{days} days");
        }
    }

    async fn a_device_is_remembered_under_the_lock_of_its_account(db: TestDatabase) {
        let (site, _, codes) = begin(db, &[]).await;
        let id = id_of(&site).await;
        // Who suspends somebody just then waits, and finds the device.
        let suspension = "UPDATE users SET disabled = TRUE";
        let (node, came_through) = interrupted(&site, "INSERT INTO \"remembered_devices\"", suspension).await;
        let ctx = Ctx::public(site.now(), "a-test".to_owned());
        let taken = accounts::second_step(&node, &ctx, &id, &codes[0], Some("Firefox on Linux")).await.unwrap();
        assert!(taken.1.is_some());
        assert_eq!(came_through.get(), Some(&false));
    }
}
