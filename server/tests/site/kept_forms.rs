//! A form that is sent when its session has ended is given back to its person after they have signed in again, and to nobody else.

use domain::policy::Role;
use serde_json::json;
use services::{Ctx, accounts};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::browser::{Browser, filled, type_in};
use crate::second_factor::set_up;
use crate::support::*;

const PAGE: &str = "/admin/datasets/gdp/editions/time-series/versions/2/prepare/details";
const EDIT: &str = "/rpc/versions/edit";
const KEPT: &str = "Your session has ended. Sign in to go on; what you typed is kept.";
const TYPED: &str = "2019 to the spring of 2026";

struct Portal {
    site: Site,
    editor: Caller,
}

impl Portal {
    async fn start(db: TestDatabase) -> Self {
        Self::of(Site::start(db).await).await
    }

    /// A site with a second version in preparation, and two people who may edit it.
    async fn of(site: Site) -> Self {
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        editor.post(versions, json!({"release_date": "2026-12-01T09:30:00Z"})).await.must_be(201);
        for email in ["editor@example.org", "second@example.org"] {
            site.account(email, &[Role::Editor]).await;
        }
        Self { site, editor }
    }

    async fn coverage(&self) -> String {
        let version = self.editor.get("/datasets/gdp/editions/time-series/versions/2").await.must_be(200).json();
        version["temporal_coverage"].as_str().unwrap_or_default().to_owned()
    }

    /// As if every session had been ended elsewhere.
    async fn end_sessions(&self) {
        self.site.database.execute("DELETE FROM sessions").await.unwrap();
    }
}

/// Types into the form of the page and sends it; the address that follows.
async fn send(browser: &mut Browser, fields: &[(String, String)]) -> String {
    let mut fields = fields.to_vec();
    type_in(&mut fields, "temporal_coverage", TYPED);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(EDIT, PAGE, &fields).await.must_be(303).header("location")
}

/// Signs somebody in on the page at an address, who is led on to the form's page.
async fn sign_in(browser: &mut Browser, at: &str, email: &str) -> String {
    let fields = [("email", email), ("password", PASSWORD), ("next", PAGE)];
    let answer = browser.post("/rpc/account/sign-in", at, &fields).await.must_be(303);
    assert_eq!(answer.header("location"), PAGE, "{answer:?}");
    browser.get(PAGE).await.must_be(200).text
}

async fn form_of(browser: &mut Browser) -> Vec<(String, String)> {
    filled(&browser.get(PAGE).await.must_be(200).text, "versions/edit")
}

on_both_databases! {
    async fn what_was_typed_is_there_again_once_its_person_has_signed_in(db: TestDatabase) {
        let portal = Portal::start(db).await;
        let mut browser = Browser::signed_in(&portal.site, "editor@example.org").await;
        let form = form_of(&mut browser).await;
        portal.end_sessions().await;
        let to = send(&mut browser, &form).await;
        assert!(to.starts_with("/account/sign-in?next=/admin/datasets/gdp/"), "{to}");
        let page = browser.get(&to).await.must_be(200).text;
        assert!(page.contains(KEPT), "{page}");
        // A slip at the password takes nothing away.
        let wrong = [("email", "editor@example.org"), ("password", "quite the wrong words"), ("next", PAGE)];
        let slip = browser.submit("/rpc/account/sign-in", &to, &wrong).await.must_be(200).text;
        assert!(slip.contains("is not right") && slip.contains(KEPT), "{slip}");

        let back = sign_in(&mut browser, &to, "editor@example.org").await;
        assert!(back.contains("Not saved yet: your session had ended"), "{back}");
        let again = filled(&back, "versions/edit");
        assert!(again.contains(&("temporal_coverage".to_owned(), TYPED.to_owned())), "{again:?}");
        assert_eq!(portal.coverage().await, "", "nothing is carried out by itself");
        let once = browser.get(PAGE).await.must_be(200).text;
        assert!(!once.contains(TYPED), "it is given back once: {once}");
        assert_eq!(send(&mut browser, &again).await, PAGE);
        assert_eq!(portal.coverage().await, TYPED);
    }

    async fn what_others_saved_while_nobody_was_signed_in_stays(db: TestDatabase) {
        let portal = Portal::start(db).await;
        let mut browser = Browser::signed_in(&portal.site, "editor@example.org").await;
        let form = form_of(&mut browser).await;
        portal.site.advance(chrono::TimeDelta::hours(2));
        let to = send(&mut browser, &form).await;
        let version = "/datasets/gdp/editions/time-series/versions/2";
        let body = json!({"lowest_geography": "ltla"});
        portal.editor.change(reqwest::Method::PATCH, version, body).await.must_be(200);
        let again = filled(&sign_in(&mut browser, &to, "editor@example.org").await, "versions/edit");
        assert!(again.contains(&("lowest_geography".to_owned(), "ltla".to_owned())), "{again:?}");
        assert!(again.contains(&("temporal_coverage".to_owned(), TYPED.to_owned())), "{again:?}");
    }

    async fn it_belongs_to_its_page_with_its_query(db: TestDatabase) {
        let portal = Portal::start(db).await;
        let mut browser = Browser::signed_in(&portal.site, "editor@example.org").await;
        let mut form = form_of(&mut browser).await;
        portal.end_sessions().await;
        type_in(&mut form, "temporal_coverage", TYPED);
        let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let from = format!("{PAGE}?of=another");
        let to = browser.post(EDIT, &from, &fields).await.must_be(303).header("location");
        let elsewhere = sign_in(&mut browser, &to, "editor@example.org").await;
        assert!(!elsewhere.contains(TYPED), "{elsewhere}");
        assert!(browser.get(&from).await.must_be(200).text.contains(TYPED));
    }

    async fn what_was_sent_again_meanwhile_does_not_come_back(db: TestDatabase) {
        let portal = Portal::start(db).await;
        let mut browser = Browser::signed_in(&portal.site, "editor@example.org").await;
        let form = form_of(&mut browser).await;
        portal.end_sessions().await;
        send(&mut browser, &form).await;
        // As from another tab, while the page with the form is still open in this one.
        browser.sign_in("editor@example.org", PASSWORD).await.must_be(303);
        assert_eq!(send(&mut browser, &form).await, PAGE);
        for _ in 0..2 {
            let page = browser.get(PAGE).await.must_be(200).text;
            assert!(page.contains(TYPED) && !page.contains("Not saved yet"), "{page}");
        }
    }

    async fn it_waits_until_a_second_factor_is_set_up(db: TestDatabase) {
        let portal = Portal::of(Site::start_as(db, &[("SECOND_FACTOR_REQUIRED_FOR", "editor")]).await).await;
        let site = &portal.site;
        let mut browser = Browser::signed_in(site, "editor@example.org").await;
        set_up(site, &mut browser).await;
        let form = form_of(&mut browser).await;
        let found = persistence::accounts::find_user_by_email(site.services.db.pool(), "editor@example.org").await;
        let (user, _) = found.unwrap().unwrap();
        accounts::reset_second_factor(&site.services, &Ctx::system("test", site.now()), &user.id).await.unwrap();
        portal.end_sessions().await;
        let to = send(&mut browser, &form).await;
        let fields = [("email", "editor@example.org"), ("password", PASSWORD), ("next", PAGE)];
        browser.post("/rpc/account/sign-in", &to, &fields).await.must_be(303);
        assert_eq!(browser.get(PAGE).await.must_be(303).header("location"), "/account");
        set_up(site, &mut browser).await;
        let back = browser.get(PAGE).await.must_be(200).text;
        assert!(back.contains(TYPED) && back.contains("Not saved yet"), "{back}");
    }

    async fn nobody_else_is_given_it(db: TestDatabase) {
        let portal = Portal::start(db).await;
        let mut browser = Browser::signed_in(&portal.site, "editor@example.org").await;
        let form = form_of(&mut browser).await;
        portal.end_sessions().await;
        let to = send(&mut browser, &form).await;
        let theirs = sign_in(&mut browser, &to, "second@example.org").await;
        assert!(!theirs.contains(TYPED) && !theirs.contains("Not saved yet"), "{theirs}");
        // And it is gone for good.
        browser.post("/rpc/account/sign-out", PAGE, &[]).await.must_be(303);
        let mine = sign_in(&mut browser, "/account/sign-in", "editor@example.org").await;
        assert!(!mine.contains(TYPED), "{mine}");
    }

    async fn nothing_is_kept_of_nobody_for_long_or_of_any_size(db: TestDatabase) {
        let portal = Portal::start(db).await;
        let mut browser = Browser::signed_in(&portal.site, "editor@example.org").await;
        let form = form_of(&mut browser).await;

        // Whoever signs out is done.
        browser.post("/rpc/account/sign-out", PAGE, &[]).await.must_be(303);
        send(&mut browser, &form).await;
        let mine = sign_in(&mut browser, "/account/sign-in", "editor@example.org").await;
        assert!(!mine.contains(TYPED), "{mine}");

        // What is very large is not kept, and nobody is told that it was.
        portal.end_sessions().await;
        let mut large = form.clone();
        large.push(("latest_changes[0][description]".to_owned(), "a".repeat(70_000)));
        let to = send(&mut browser, &large).await;
        let page = browser.get(&to).await.must_be(200).text;
        assert!(page.contains("Your session has ended. Sign in to go on.") && !page.contains(KEPT), "{page}");
        assert!(!sign_in(&mut browser, &to, "editor@example.org").await.contains(TYPED));

        // Nor is what nobody came back for.
        portal.end_sessions().await;
        let to = send(&mut browser, &form).await;
        portal.site.advance(chrono::TimeDelta::minutes(61));
        assert!(!sign_in(&mut browser, &to, "editor@example.org").await.contains(TYPED));
    }

    async fn it_is_sealed_for_whom_the_browser_names_by_a_mark_of_ours(db: TestDatabase) {
        let portal = Portal::start(db).await;
        let services = &portal.site.services;
        let mark = accounts::browser_mark(services, "u-1");
        assert_eq!(accounts::marked_by(services, &mark).as_deref(), Some("u-1"));
        let of_another = mark.replace("u-1", "u-2");
        for forged in ["", "u-1", "u-1.", of_another.as_str()] {
            assert_eq!(accounts::marked_by(services, forged), None, "{forged}");
        }
        let sealed = accounts::seal_form(services, "u-1", TYPED).unwrap();
        assert!(!sealed.contains("spring") && accounts::open_form(services, "u-2", &sealed).is_err());
        assert_eq!(accounts::open_form(services, "u-1", &sealed).unwrap(), TYPED);

        let mut browser = Browser::signed_in(&portal.site, "editor@example.org").await;
        let form = form_of(&mut browser).await;
        portal.end_sessions().await;
        let to = send(&mut browser, &form).await;
        let stored = persistence::sessions::load(services.db.pool(), &browser.session(), portal.site.now()).await.unwrap().unwrap();
        assert!(stored.user_id.is_none() && stored.data.contains("kept_form") && !stored.data.contains("spring"), "{stored:?}");
        assert!(sign_in(&mut browser, &to, "editor@example.org").await.contains(TYPED));
    }
}
