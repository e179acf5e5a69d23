//! A second factor by authenticator app, with recovery codes.

use chrono::TimeDelta;
use domain::policy::Role;
use serde_json::json;
use services::{Ctx, accounts};
use testkit::on_both_databases;
use totp_rs::{Builder, Secret};

use crate::account_pages::secret_on;
use crate::accounts::events_of;
use crate::browser::Browser;
use crate::support::*;

/// Who has a second factor in tests.
pub const EMAIL: &str = "editor@example.org";

/// The code that an app with this key shows now.
fn code(site: &Site, key: &str) -> String {
    let secret = Secret::try_from_base32(key).unwrap();
    let seconds = u64::try_from(site.now().timestamp()).unwrap();
    Builder::new().with_secret(secret).build_noncompliant().generate(seconds).to_string()
}

/// The text between two marks.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split(start).nth(1).and_then(|rest| rest.split(end).next()).unwrap_or_else(|| panic!("no {start} in {text}"))
}

/// Sets a second factor up in a browser; its key and the recovery codes.
pub async fn set_up(site: &Site, browser: &mut Browser) -> (String, Vec<String>) {
    let page = browser.submit("/rpc/account/begin-second-factor", "/account", &[]).await.must_be(200);
    assert!(page.text.contains("<svg role=\"img\" aria-label=\"QR code"), "{}", page.text);
    let key = between(&page.text, "<code id=\"second-factor-key\">", "</code>").replace(' ', "");
    let fields = [("code", code(site, &key))];
    let fields = [(fields[0].0, fields[0].1.as_str())];
    let page =
        browser.submit("/rpc/account/confirm-second-factor", "/account/second-factor", &fields).await.must_be(200);
    let codes = codes_on(&page.text);
    assert_eq!(codes.len(), 10);
    (key, codes)
}

fn codes_on(page: &str) -> Vec<String> {
    page.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// Takes the first step; the second is asked for.
async fn first_step(site: &Site) -> Browser {
    let mut browser = Browser::new(site);
    let answer = browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(answer.header("location"), "/account/second-step?next=/admin");
    browser
}

async fn second(browser: &mut Browser, code: &str) -> Answer {
    browser
        .post("/rpc/account/second-step", "/account/second-step?next=/admin", &[("code", code), ("next", "/admin")])
        .await
}

on_both_databases! {
    async fn where_a_role_asks_for_it_nothing_else_is_open_until_it_is_set_up(db: TestDatabase) {
        let site = Site::start_as(db, &[("SECOND_FACTOR_REQUIRED_FOR", "approver, editor")]).await;
        site.account(EMAIL, &[Role::Editor]).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut browser = Browser::new(&site);
        assert_eq!(browser.sign_in(EMAIL, PASSWORD).await.header("location"), "/admin");
        assert_eq!(browser.get("/admin").await.must_be(303).header("location"), "/account");
        let account = browser.get("/account").await.must_be(200).text;
        assert!(account.contains("Your role asks for a second factor"), "{account}");
        let session = site.signed_in(EMAIL).await;
        let refused = session.get("/v1/bundles").await.must_be(403);
        assert_eq!(refused.code(), "SECOND_FACTOR_REQUIRED", "{}", refused.text);
        session.get("/v1/datasets").await.must_be(200);
        let db = site.services.db.pool();
        let (user, _) = persistence::accounts::find_user_by_email(db, EMAIL).await.unwrap().unwrap();
        // The tester of rights says so, too.
        let question = json!({"subject": {"kind": "user", "id": user.id}, "permission": "bundles:write"});
        let verdict = async || site.environment().post("/policies/check", question.clone()).await.must_be(200).json();
        let owing = verdict().await;
        assert!(owing["allowed"] == false && owing["message"].as_str().unwrap().contains("second factor"), "{owing}");
        set_up(&site, &mut browser).await;
        assert_eq!(verdict().await["allowed"], true);
        browser.get("/admin").await.must_be(200);
        session.get("/v1/bundles").await.must_be(200);
        Browser::signed_in(&site, "operator@example.org").await.get("/ops").await.must_be(200);

        // Nor is anything open to a token of theirs, as soon as they owe it again.
        let fields = [("name", "Notebook"), ("scope[]", "editor::"), ("ends_on", "2027-01-31"), ("password", PASSWORD)];
        let made = browser.submit("/rpc/account/create-token", "/account/tokens", &fields).await.must_be(200).text;
        let token = site.bearer(secret_on(&made));
        token.get("/v1/bundles").await.must_be(200);
        let admin = Ctx::system("test", site.now());
        accounts::reset_second_factor(&site.services, &admin, &user.id).await.unwrap();
        token.get("/v1/bundles").await.must_be(401);
    }

    async fn once_set_up_a_code_is_asked_for_and_each_works_once(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account(EMAIL, &[Role::Editor]).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        let (key, codes) = set_up(&site, &mut owner).await;
        // Shown once, the secret never again.
        assert!(codes_on(&owner.get("/account/recovery-codes").await.text).is_empty());
        owner.get("/account/second-factor").await.must_be(404);
        assert!(owner.get("/account").await.text.contains("10 recovery codes are left"));

        site.advance(TimeDelta::seconds(30));
        let mut browser = first_step(&site).await;
        browser.get("/admin").await.must_be(303);
        let page = browser.get("/account/second-step?next=/admin").await.must_be(200);
        assert!(page.text.contains("autocomplete=\"one-time-code\""));
        second(&mut browser, "000000").await;
        assert!(browser.get("/account/second-step").await.text.contains("This code does not fit"));
        let (shown, half_way) = (code(&site, &key), browser.session());
        assert_eq!(second(&mut browser, &shown).await.header("location"), "/admin");
        browser.get("/admin").await.must_be(200);
        assert_ne!(browser.session(), half_way, "the session of the first step is not the one that opens the portal");

        let mut thief = first_step(&site).await;
        second(&mut thief, &shown).await;
        thief.get("/admin").await.must_be(303);
        assert!(!thief.get("/account/second-step").await.text.contains(&shown), "what was typed is not kept");

        // A recovery code works in its place, once.
        let mut lost = first_step(&site).await;
        assert_eq!(second(&mut lost, &codes[0].to_uppercase()).await.header("location"), "/admin");
        let mut again = first_step(&site).await;
        second(&mut again, &codes[0]).await;
        again.get("/admin").await.must_be(303);
        assert!(lost.get("/account").await.text.contains("9 recovery codes are left"));
        let events = events_of(&site, EMAIL).await;
        let expected = [
            "created", "signed_in", "second_factor_begun", "second_factor_added", "sign_in_failed", "signed_in", "sign_in_failed",
            "recovery_code_used", "signed_in", "sign_in_failed",
        ];
        assert_eq!(events, expected);
        let failed = site.environment().get("/audit?action=sign_in_failed").await.must_be(200).json();
        let failed = &failed["items"][0];
        assert_eq!((&failed["actor"]["id"], &failed["details"]["method"]), (&json!("anonymous"), &json!("second factor")));
    }

    async fn guessing_codes_has_to_wait_and_the_first_step_does_not_last(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account(EMAIL, &[Role::Editor]).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        let (key, _) = set_up(&site, &mut owner).await;
        site.advance(TimeDelta::seconds(60));
        let mut browser = first_step(&site).await;
        for _ in 0..5 {
            second(&mut browser, "000000").await;
        }
        second(&mut browser, &code(&site, &key)).await;
        assert!(browser.get("/account/second-step").await.text.contains("Too many tries"));
        browser.get("/admin").await.must_be(303);
        site.advance(TimeDelta::minutes(16));
        // The first step was too long ago.
        let answer = second(&mut browser, &code(&site, &key)).await;
        assert!(answer.header("location").starts_with("/account/sign-in"));
        let mut browser = first_step(&site).await;
        assert_eq!(second(&mut browser, &code(&site, &key)).await.header("location"), "/admin");
    }

    async fn taking_it_away_or_new_codes_need_the_password(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account(EMAIL, &[Role::Editor]).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        let (_, codes) = set_up(&site, &mut owner).await;
        let page = owner.submit("/rpc/account/renew-recovery-codes", "/account", &[("password", "not the right words")]).await;
        assert!(page.text.contains("This is not your password"));
        let page = owner.submit("/rpc/account/renew-recovery-codes", "/account", &[("password", PASSWORD)]).await;
        let renewed = codes_on(&page.text);
        assert_eq!(renewed.len(), 10);
        let mut browser = first_step(&site).await;
        second(&mut browser, &codes[1]).await;
        browser.get("/admin").await.must_be(303);
        assert_eq!(second(&mut browser, &renewed[1]).await.header("location"), "/admin");

        let page = owner.submit("/rpc/account/remove-second-factor", "/account", &[("password", "not the right words")]).await;
        assert!(page.text.contains("This is not your password"));
        first_step(&site).await;
        let page = owner.submit("/rpc/account/remove-second-factor", "/account", &[("password", PASSWORD)]).await;
        assert!(page.text.contains("Your second factor was removed"));
        Browser::signed_in(&site, EMAIL).await;
    }

    async fn an_administrator_can_reset_it_and_nobody_else(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account(EMAIL, &[Role::Editor]).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        set_up(&site, &mut owner).await;
        let db = site.services.db.pool();
        let (user, _) = persistence::accounts::find_user_by_email(db, EMAIL).await.unwrap().unwrap();
        let mut ctx = Ctx::public(site.now(), "test".into());
        assert!(accounts::reset_second_factor(&site.services, &ctx, &user.id).await.is_err());
        ctx.caller = accounts::by_user_id(&site.services, &ctx, &user.id).await.unwrap();
        assert!(accounts::reset_second_factor(&site.services, &ctx, &user.id).await.is_err());
        first_step(&site).await;
        let admin = Ctx::system("test", site.now());
        accounts::reset_second_factor(&site.services, &admin, &user.id).await.unwrap();
        Browser::signed_in(&site, EMAIL).await;
    }

    async fn the_secret_is_sealed_in_the_database(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account(EMAIL, &[Role::Editor]).await;
        let mut owner = Browser::signed_in(&site, EMAIL).await;
        let (key, _) = set_up(&site, &mut owner).await;
        let db = site.services.db.pool();
        let (user, _) = persistence::accounts::find_user_by_email(db, EMAIL).await.unwrap().unwrap();
        let factor = persistence::second_factors::find(db, &user.id).await.unwrap().unwrap();
        let bytes = Secret::try_from_base32(&key).unwrap();
        let plain: String = bytes.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!factor.sealed_secret.contains(&key) && !factor.sealed_secret.contains(&plain));
    }
}
