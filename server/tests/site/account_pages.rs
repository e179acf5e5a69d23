//! The pages of one's own account: tokens, what one did, what one is told and what one wants to be told.

use chrono::TimeDelta;
use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::json;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const VERSION: &str = "/datasets/cpi/editions/time-series/versions/1";

/// The secret that a page shows this once.
pub fn secret_on(page: &str) -> String {
    let from = page.find("cat_").unwrap_or_else(|| panic!("no secret on {page}"));
    page[from..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// Makes a dataset with a version and sends that for approval.
async fn submitted_version(editor: &Caller) {
    begin_dataset(editor, "cpi", "Prices").await;
    let release = json!({"release_date": "2026-11-23T09:30:00Z"});
    editor.post("/datasets/cpi/editions/time-series/versions", release).await.must_be(201);
    editor.upload("cpi", "time-series", "1", "cpi.csv", TABLE).await.must_be(201);
    editor.put(&format!("{VERSION}/submit")).await.must_be(200);
}

on_both_databases! {
    async fn a_token_of_somebody_acts_as_they_do_and_ends_with_their_account(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        site.account("root@example.org", &[Role::Admin]).await;
        let grants = [Grant::of(Role::Editor), Grant::of(Role::Approver), Grant::of(Role::Admin)];
        let (person, id) = site.person("ann@example.org", &grants).await;
        let mut ann = Browser::signed_in(&site, "ann@example.org").await;
        let (page, form) = ("/account/tokens", "/rpc/account/create-token");
        let refused = ann.submit(form, page, &[("name", "Notebook"), ("ends_on", "2040-01-01")]).await.must_be(200).text;
        assert!(refused.contains("Choose what the token may do.") && refused.contains("within a year"), "{refused}");
        let fields = [("name", "Notebook"), ("scope[]", "editor::"), ("scope[]", "approver::"), ("ends_on", "2027-01-31")];
        let refused = ann.submit(form, page, &fields).await.must_be(200).text;
        assert!(refused.contains("This is not your password.") && !refused.contains("cat_"), "{refused}");
        let made = ann.submit(form, page, &[&fields[..], &[("password", PASSWORD)][..]].concat()).await.must_be(200).text;
        let token = site.bearer(secret_on(&made));
        assert!(!ann.get(page).await.text.contains("cat_"));

        let me = token.get("/users/me").await.must_be(200).json();
        assert_eq!((me["id"].as_str(), me["kind"].as_str()), (Some(id.as_str()), Some("user")));
        token.get("/service-tokens").await.must_be(403);
        person.get("/service-tokens").await.must_be(200);
        submitted_version(&token).await;
        for same in [&token, &person] {
            assert_eq!(same.put(&format!("{VERSION}/approve")).await.must_be(409).code(), "FOUR_EYES_REQUIRED");
        }
        let begun = token.request(Method::POST, "/rpc/account/begin-second-factor").header("origin", &site.url);
        let begun = begun.header("accept", "text/html").form(&[("nothing", "")]);
        assert!(token.send(begun).await.header("location").starts_with("/account/sign-in"));

        // What its owner did by other ways is not for it, nor is what they are to be told.
        let own = person.send(person.request(Method::POST, "/rpc/account/activity").form(&[("page", "1")])).await.text;
        assert!(own.contains("event_type"), "{own}");
        for (endpoint, hidden) in [("activity", "event_type"), ("notification-choices", "by_mail")] {
            let asked = token.request(Method::POST, &format!("/rpc/account/{endpoint}")).header("origin", &site.url);
            let told = token.send(asked.form(&[("page", "1")])).await.text;
            assert!(!told.contains(hidden), "{endpoint}: {told}");
        }

        // The tester of rights weighs what the token gives now, as every request does.
        let listed = admin.get("/service-tokens").await.must_be(200).json();
        let notebook = listed["items"].as_array().unwrap().iter().find(|token| token["name"] == "Notebook").unwrap();
        let question = json!({"subject": {"kind": "service", "id": notebook["id"]}, "permission": "bundles:write"});
        assert_eq!(admin.post("/policies/check", question.clone()).await.must_be(200).json()["allowed"], true);
        let path = format!("/users/{id}");
        admin.change(Method::PATCH, &path, json!({"grants": [{"role": "admin"}]})).await.must_be(200);
        assert_eq!(admin.post("/policies/check", question).await.must_be(200).json()["allowed"], false);
        token.post("/bundles", json!({"title": "No more", "type": "manual"})).await.must_be(403);
        admin.change(Method::PATCH, &path, json!({"disabled": true})).await.must_be(200);
        token.get("/users/me").await.must_be(401);
        admin.change(Method::PATCH, &path, json!({"disabled": false})).await.must_be(200);
        token.get("/users/me").await.must_be(401);
    }

    async fn tokens_of_somebody_end_when_they_sign_out_everywhere_or_their_password_is_reset(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let (_, id) = site.person("ann@example.org", &[Grant::of(Role::Editor)]).await;
        let fields = [("name", "Notebook"), ("scope[]", "editor::"), ("ends_on", "2027-01-31"), ("password", PASSWORD)];
        for everywhere in [true, false] {
            let mut ann = Browser::signed_in(&site, "ann@example.org").await;
            let made = ann.submit("/rpc/account/create-token", "/account/tokens", &fields).await.must_be(200).text;
            let token = site.bearer(secret_on(&made));
            token.get("/users/me").await.must_be(200);
            if everywhere {
                ann.submit("/rpc/account/end-all-sessions", "/account", &[]).await.must_be(200);
            } else {
                admin.put_json(&format!("/users/{id}/password"), json!({"password": "three other words"})).await.must_be(204);
            }
            token.get("/users/me").await.must_be(401);
        }
    }

    async fn the_account_says_which_rights_have_ended_and_whom_to_ask(db: TestDatabase) {
        let site = Site::start_as(db, &[("CONTACT_EMAIL", "desk@example.org")]).await;
        let ends = site.now() + TimeDelta::hours(1);
        let for_a_time = Grant { expires_at: Some(ends), ..Grant::of(Role::Operator) };
        site.person("ann@example.org", &[Grant::of(Role::Editor), for_a_time]).await;
        let page = async || Browser::signed_in(&site, "ann@example.org").await.get("/account").await.must_be(200).text;
        let ended = format!("Operator, for everything, ended on {}.", domain::uk_time::date_time(ends));
        assert!(!page().await.contains(&ended));
        site.advance(TimeDelta::hours(1));
        let shown = page().await;
        assert!(shown.contains(&ended) && shown.contains("href=\"mailto:desk@example.org\""), "{shown}");
        assert!(!shown.contains("Editor, for everything, ended"), "{shown}");
    }

    async fn everybody_sees_what_they_did_themselves(db: TestDatabase) {
        let site = Site::start(db).await;
        let (_, id) = site.person("ann@example.org", &[Grant::of(Role::Editor)]).await;
        let (bob, _) = site.person("bob@example.org", &[Grant::of(Role::Editor)]).await;
        let bundle = bob.post("/bundles", json!({"title": "Of Bob", "type": "manual"})).await.must_be(201).json();
        let mut ann = Browser::signed_in(&site, "ann@example.org").await;
        let page = ann.get("/account/activity").await.must_be(200).text;
        assert!(page.contains("Signed in") && page.contains(&format!("user {id}")), "{page}");
        assert!(!page.contains(bundle["id"].as_str().unwrap()), "{page}");
        let own = ["/account/activity", "/account/tokens", "/account/notifications", "/admin/notifications"];
        for address in own {
            assert!(site.public().get(address).await.must_be(303).header("location").starts_with("/account/sign-in"));
        }
    }

    async fn people_are_told_what_others_did_and_what_waits_for_them(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ann, _) = site.person("ann@example.org", &[Grant::of(Role::Editor)]).await;
        let (approver, _) = site.person("cai@example.org", &[Grant::of(Role::Approver)]).await;
        let counted = async |caller: &Caller| caller.get("/admin/events?at=/admin").await.must_be(200).json()["counts"]["notifications"].clone();
        submitted_version(&ann).await;
        assert_eq!((counted(&ann).await, counted(&approver).await), (json!(0), json!(1)), "the version waits");
        approver.put_json(&format!("{VERSION}/return"), json!({"reason": "May is missing."})).await.must_be(200);
        assert_eq!((counted(&ann).await, counted(&approver).await), (json!(1), json!(0)), "it waits no more");
        ann.put(&format!("{VERSION}/submit")).await.must_be(200);
        assert_eq!(counted(&approver).await, json!(1), "it waits once");
        approver.put(&format!("{VERSION}/approve")).await.must_be(200);
        assert_eq!((counted(&ann).await, counted(&approver).await), (json!(2), json!(0)));
        let bundle = ann.post("/bundles", json!({"title": "Prices of May", "type": "scheduled"})).await.must_be(201).json();
        let bundle = format!("/bundles/{}", bundle["id"].as_str().unwrap());
        let item = json!({"dataset_id": "cpi", "edition": "time-series", "version": "1"});
        ann.post(&format!("{bundle}/contents"), item).await.must_be(201);
        ann.put(&format!("{bundle}/submit")).await.must_be(200);
        assert_eq!((counted(&ann).await, counted(&approver).await), (json!(2), json!(1)));

        let mut browser = Browser::signed_in(&site, "ann@example.org").await;
        let (page, text) = ("/admin/notifications", |page: &str| page.replace("<!>", ""));
        let inbox = text(&browser.get(page).await.must_be(200).text);
        assert!(inbox.contains("Your version was sent back") && inbox.contains("May is missing."), "{inbox}");
        assert!(inbox.contains("Your version was approved") && inbox.contains("2 not read"), "{inbox}");
        let id = inbox.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let one = browser.submit("/rpc/account/mark-read", page, &[("id", &id)]).await.must_be(200).text;
        assert!(text(&one).contains("1 not read"), "{one}");
        for (part, number) in [("all", 2), ("unread", 1), ("own", 2), ("shared", 0)] {
            let listed = browser.get(&format!("{page}?show={part}")).await.must_be(200).text;
            assert_eq!(listed.matches("<li class=\"timeline__event").count(), number, "{part}: {listed}");
            // What is not shown is not marked.
            assert_eq!(listed.contains("Mark all as read"), matches!(part, "all" | "unread"), "{part}");
        }
        let newest = |page: &str| {
            let field = page.split("name=\"newest\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
            field.unwrap_or_else(|| panic!("nothing to mark on {page}")).to_owned()
        };
        let shown = newest(&one);
        // What comes between the look and the press is not read by it, as nobody has seen it.
        approver.post(&format!("{bundle}/comments"), json!({"text": "Is May in it?"})).await.must_be(201);
        let form = "/rpc/account/mark-all-read";
        let old = browser.submit(form, page, &[]).await.must_be(200).text;
        assert!(old.contains("did not say what it had shown") && text(&old).contains("2 not read"), "{old}");
        let some = browser.submit(form, page, &[("newest", &shown)]).await.must_be(200).text;
        assert!(text(&some).contains("1 not read") && some.contains("Is May in it?"), "{some}");
        assert_eq!(counted(&ann).await, json!(1));
        let all = browser.submit(form, page, &[("newest", &newest(&some))]).await.must_be(200).text;
        assert!(text(&all).contains("0 not read") && !all.contains("Mark as read"), "{all}");

        approver.put(&format!("{bundle}/approve")).await.must_be(200);
        assert_eq!((counted(&ann).await, counted(&approver).await), (json!(1), json!(0)), "what waits no more is gone");
        let chosen = [("in_portal[]", "version_returned"), ("by_mail[]", "bundle_failed")];
        let saved = browser.submit("/rpc/account/choose-notifications", "/account/notifications", &chosen).await.text;
        assert!(saved.contains("Your choices were saved."), "{saved}");
        assert_eq!(counted(&ann).await, json!(0));
        let inbox = browser.get(page).await.must_be(200).text;
        assert!(inbox.contains("Your version was sent back") && !inbox.contains("was approved"), "{inbox}");
    }

    async fn a_demonstration_says_so_where_people_sign_in(db: TestDatabase) {
        let site = Site::start_as(db, &[("DEMO", "true")]).await;
        let page = site.public().get("/account/sign-in").await.must_be(200).text;
        assert!(page.contains("This is a demonstration.") && page.contains("approver@example.org"), "{page}");
    }

    async fn where_people_sign_in_nobody_is_named(db: TestDatabase) {
        let site = Site::start(db).await;
        let page = site.public().get("/account/sign-in").await.must_be(200).text;
        assert!(!page.contains("demonstration") && !page.contains("@example.org"), "{page}");
    }
}
