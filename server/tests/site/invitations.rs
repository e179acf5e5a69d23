//! Invitations: an account made for somebody, who gets into it by a link.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use domain::policy::Role;
use reqwest::Method;
use serde_json::json;
use services::Services;
use testkit::databases::TestDatabase;
use testkit::mail_server::MailServer;
use testkit::on_both_databases;

use crate::accounts::events_of;
use crate::browser::Browser;
use crate::support::*;

const EMAIL: &str = "ann@example.org";
const API: &str = "/v1/invitations";
const ENDED: &str = "was taken up already, has ended or was withdrawn";

/// The path of the link in a text.
fn link(site: &Site, text: &str) -> String {
    let start = text.find(&format!("{}/account/first-time/", site.url)).unwrap();
    let rest = &text[start + site.url.len()..];
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "/-_".contains(*c)).collect()
}

async fn begin(browser: &mut Browser, path: &str, password: &str) -> Answer {
    let token = path.rsplit('/').next().unwrap().to_owned();
    browser.post("/rpc/account/first-time", path, &[("token", &token), ("new_password", password)]).await
}

/// A site that sends letters, what takes them, and an administrator.
async fn with_letters(db: TestDatabase) -> (Site, MailServer, Browser) {
    let server = MailServer::start().await.unwrap();
    let url = server.url().to_owned();
    let site = Site::start_with(db, move |_| {
        vec![("SMTP_URL", url), ("MAIL_FROM", "Catalogue <catalogue@example.org>".to_owned())]
    });
    let site = site.await;
    site.account("admin@example.org", &[Role::Admin]).await;
    let admin = Browser::signed_in(&site, "admin@example.org").await;
    (site, server, admin)
}

on_both_databases! {
    async fn a_link_that_is_handed_over_leads_in_once_and_to_the_second_factor(db: TestDatabase) {
        let site = Site::start_as(db, &[("SECOND_FACTOR_REQUIRED_FOR", "editor")]).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let fields = [("email", EMAIL), ("name", "Ann Lee"), ("role", "editor"), ("invite", "on")];
        let both = [&fields[..], &[("password", PASSWORD)]].concat();
        let refused = admin.submit("/rpc/access/create-user", "/admin/users/new", &both).await.text;
        assert!(refused.contains("Whoever is invited chooses a password"), "{refused}");
        let nobody = [("email", "x@openid.invalid"), ("name", "X"), ("invite", "on")];
        let refused = admin.submit("/rpc/access/create-user", "/admin/users/new", &nobody).await.text;
        assert!(refused.contains("needs no invitation") && refused.contains("x@openid.invalid"), "{refused}");
        assert!(!admin.get("/admin/users").await.must_be(200).text.contains("x@openid.invalid"), "no account was made");
        let made = admin.submit("/rpc/access/create-user", "/admin/users/new", &fields).await.must_be(200).text;
        let first = link(&site, &made);
        let list = admin.get("/admin/users").await.must_be(200).text;
        assert!(list.contains("Open invitations") && !list.contains(&first), "{list}");
        let id = list.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();

        let again = admin.submit("/rpc/access/invite", "/admin/users", &[("id", &id)]).await.must_be(200).text;
        let path = link(&site, &again);
        let mut ann = Browser::new(&site);
        assert!(ann.get(&first).await.must_be(200).text.contains(ENDED), "the link before has ended");
        let welcome = ann.get(&path).await.must_be(200);
        assert!(welcome.text.contains("Hello Ann Lee") && welcome.text.contains("Your role asks for a second factor"));
        assert_eq!(begin(&mut ann, &path, "short").await.header("location"), path);
        assert_eq!(begin(&mut ann, &path, PASSWORD).await.header("location"), "/account/second-factor");
        assert!(ann.get("/account/second-factor").await.must_be(200).text.contains("second-factor-key"));
        assert_eq!(ann.get("/admin").await.must_be(303).header("location"), "/account");

        assert!(Browser::new(&site).get(&path).await.text.contains(ENDED));
        assert!(!admin.get("/admin/users").await.text.contains("Open invitations"));
        let taken = admin.submit("/rpc/access/invite", "/admin/users", &[("id", &id)]).await.text;
        assert!(taken.contains("has a password already"), "{taken}");
        let events = events_of(&site, EMAIL).await;
        let told = ["created", "invited", "invited_again", "invitation_accepted", "second_factor_begun", "signed_in"];
        assert_eq!(events, told);
    }

    async fn whoever_takes_an_invitation_up_puts_their_name_right(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let invited = admin.post(API, json!({"email": EMAIL, "name": "An Lea", "grants": [{"role": "editor"}]})).await.must_be(201).json();
        let path = link(&site, invited["link"].as_str().unwrap());
        let mut ann = Browser::new(&site);
        let page = ann.get(&path).await.must_be(200).text;
        assert!(page.contains("name=\"name\"") && page.contains("value=\"An Lea\""), "{page}");
        let token = path.rsplit('/').next().unwrap().to_owned();
        let fields = |name: &'static str, password: &'static str| [("name", name), ("new_password", password)];
        for wrong in [fields("Ann\u{7}Lee", PASSWORD), fields("Ann Lee", "AnnLeeAnnLeeAnnLee")] {
            let sent = [&[("token", token.as_str())][..], &wrong[..]].concat();
            assert_eq!(ann.post("/rpc/account/first-time", &path, &sent).await.header("location"), path);
        }
        let sent = [&[("token", token.as_str())][..], &fields(" Ann Lee ", PASSWORD)[..]].concat();
        assert_eq!(ann.post("/rpc/account/first-time", &path, &sent).await.header("location"), "/admin");
        assert!(ann.get("/account").await.must_be(200).text.contains("Ann Lee"));
        let (user, _) = persistence::accounts::find_user_by_email(site.services.db.pool(), EMAIL).await.unwrap().unwrap();
        assert_eq!((user.name.as_str(), user.revision, user.grants.len()), ("Ann Lee", 3, 1));
        let trail = site.environment().get("/audit?action=invitation_accepted").await.must_be(200).json();
        let record = &trail["items"][0];
        assert_eq!((&record["before"]["name"], &record["after"]["name"]), (&json!("An Lea"), &json!("Ann Lee")));
    }

    async fn an_invitation_goes_by_letter_ends_after_a_week_and_is_withdrawn(db: TestDatabase) {
        let (site, server, mut admin) = with_letters(db).await;
        let fields = [("email", EMAIL), ("name", "Ann Lee"), ("invite", "on")];
        let made = admin.post("/rpc/access/create-user", "/admin/users/new", &fields).await.must_be(303);
        let page = made.header("location");
        let id = page.rsplit('/').next().unwrap().to_owned();
        assert!(admin.get(&page).await.text.contains("The invitation is on its way"));
        site.run_tasks().await;
        let first = link(&site, &server.letters().last().unwrap().part("text/plain").unwrap());
        assert!(Browser::new(&site).get(&first).await.text.contains("name=\"new_password\""));
        site.advance(TimeDelta::days(7));
        assert!(Browser::new(&site).get(&first).await.text.contains(ENDED));

        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        admin.submit("/rpc/access/invite", &page, &[("id", &id)]).await.must_be(200);
        site.run_tasks().await;
        let second = link(&site, &server.letters().last().unwrap().part("text/plain").unwrap());
        assert!(Browser::new(&site).get(&second).await.text.contains("name=\"new_password\""));
        let withdrawn = admin.submit("/rpc/access/withdraw-invitation", &page, &[("id", &id)]).await.text;
        assert!(withdrawn.contains("The invitation was taken back"), "{withdrawn}");
        let mut ann = Browser::new(&site);
        assert!(ann.get(&second).await.text.contains(ENDED));
        begin(&mut ann, &second, PASSWORD).await;
        assert!(ann.sign_in(EMAIL, PASSWORD).await.header("location").starts_with("/account/sign-in"));

        // Whoever read the letter to a wrong address gets in no more once it is put right.
        admin.submit("/rpc/access/invite", &page, &[("id", &id)]).await.must_be(200);
        site.run_tasks().await;
        let third = link(&site, &server.letters().last().unwrap().part("text/plain").unwrap());
        assert!(Browser::new(&site).get(&third).await.text.contains("name=\"new_password\""));
        let right = [("id", id.as_str()), ("revision", "1"), ("email", "ann.lee@example.org"), ("name", "Ann Lee")];
        let saved = admin.submit("/rpc/access/edit-user", &page, &right).await.text;
        assert!(saved.contains("The details were saved"), "{saved}");
        assert!(Browser::new(&site).get(&third).await.text.contains(ENDED));
    }

    async fn no_link_goes_to_an_address_that_is_put_right_while_its_letter_is_made(db: TestDatabase) {
        let (site, server, mut admin) = with_letters(db).await;
        let fields = [("email", EMAIL), ("name", "Ann Lee"), ("invite", "on")];
        admin.post("/rpc/access/create-user", "/admin/users/new", &fields).await.must_be(303);

        // As soon as the letter's maker has read the address, somebody puts it right and invites again, without waiting for anybody.
        let other = site.database.another().await;
        let impatient = if other.database().is_shared() { "SET lock_timeout = '1ms'" } else { "PRAGMA busy_timeout = 0" };
        let correction = format!(
            "{impatient}; \
             UPDATE users SET email = 'ann.lee@example.org' WHERE email = '{EMAIL}'; \
             DELETE FROM password_links; \
             UPDATE invitations SET invited_at = invited_at + 1"
        );
        let came = Arc::new(AtomicBool::new(false));
        let comes = came.clone();
        let watched = site.services.db.clone().observed(move |statement, _| {
            if statement.contains("FROM \"users\"") && !comes.swap(true, Ordering::SeqCst) {
                let correcting = other.execute(&correction);
                // Whether it comes through or is held off is for the letter's maker to say.
                let _ = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(correcting));
            }
        });
        let node = Services { db: watched, ..site.services.clone() };
        services::tasks::run_due(&node).await.unwrap();
        assert!(came.load(Ordering::SeqCst), "the address was never read");

        let list = admin.get("/admin/users").await.must_be(200).text;
        for letter in server.letters() {
            let path = link(&site, &letter.part("text/plain").unwrap());
            let works = Browser::new(&site).get(&path).await.text.contains("name=\"new_password\"");
            assert!(!works || list.contains(&letter.to[0]), "a link that works went to {:?}", letter.to);
        }
        assert!(!server.letters().is_empty() || list.contains("ann.lee@example.org"), "nobody was written to");
    }

    async fn programs_invite_invite_again_and_withdraw_and_see_each_link_once(db: TestDatabase) {
        let site = Site::start(db).await;
        let (admin, editor) = (site.service("admin", &[Role::Admin]).await, site.service("editor", &[Role::Editor]).await);
        let body = json!({"email": "Ann@Example.org", "name": "Ann Lee", "grants": [{"role": "editor"}]});
        site.public().post(API, body.clone()).await.must_be(401);
        site.public().get(API).await.must_be(401);
        editor.post(API, body.clone()).await.must_be(403);
        editor.get(API).await.must_be(403);
        let grants = json!([{"role": "king"}, {"role": "editor", "departments": ["nowhere"]}]);
        let wrong = admin.post(API, json!({"email": "x", "name": "", "grants": grants})).await.must_be(422).json();
        let fields = wrong["error"]["details"]["fields"].as_array().unwrap();
        let mut fields: Vec<&str> = fields.iter().map(|field| field["field"].as_str().unwrap()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["email", "grants.0.role", "grants.1.departments.0", "name"]);
        admin.post(API, json!({"email": EMAIL, "name": "Ann Lee", "password": PASSWORD})).await.must_be(400);

        let made = admin.post(API, body.clone()).await.must_be(201);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let (path, send) = (format!("{API}/{id}"), format!("{API}/{id}/send"));
        assert_eq!((made.header("location"), made.json()["email"].as_str()), (path.clone(), Some(EMAIL)));
        let first = link(&site, &made.text);
        assert_eq!(admin.post(API, body).await.must_be(409).code(), "CONFLICT");
        for read in [API, &path, "/v1/audit", &format!("/v1/users/{id}")] {
            let text = admin.get(read).await.must_be(200).text;
            assert!(text.contains(&id) && !text.contains("first-time"), "{read}: {text}");
        }
        let listed = admin.get(API).await.json();
        assert_eq!((&listed["total_count"], &listed["items"][0]["live"]), (&json!(1), &json!(true)));

        let again = || admin.request(Method::POST, &send).header("idempotency-key", "again");
        let second = link(&site, &admin.send(again()).await.must_be(200).text);
        assert!(admin.send(again()).await.must_be(409).text.contains("shown once"));
        assert!(Browser::new(&site).get(&first).await.text.contains(ENDED));
        assert!(Browser::new(&site).get(&second).await.text.contains("Hello Ann Lee"));
        admin.delete(&path).await.must_be(204);
        admin.delete(&path).await.must_be(404);
        admin.get(&path).await.must_be(404);
        assert!(Browser::new(&site).get(&second).await.text.contains(ENDED));
        admin.post(&format!("{API}/nobody/send"), json!(null)).await.must_be(404);
        let third = link(&site, &admin.post(&send, json!(null)).await.must_be(200).text);
        begin(&mut Browser::new(&site), &third, PASSWORD).await.must_be(303);
        let taken = admin.post(&send, json!(null)).await.must_be(409).json();
        assert_eq!(taken["error"]["details"]["reasons"][0]["code"], "has_password");
        let told = ["created", "invited", "invited_again", "invitation_withdrawn", "invited", "invitation_accepted", "signed_in"];
        assert_eq!(events_of(&site, EMAIL).await, told);
    }

    async fn where_letters_are_sent_no_program_is_told_a_link(db: TestDatabase) {
        let (site, server, _) = with_letters(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let invite = || {
            let request = admin.request(Method::POST, API).header("idempotency-key", "once");
            request.json(&json!({"email": EMAIL, "name": "Ann Lee"}))
        };
        let made = admin.send(invite()).await.must_be(201);
        assert!(made.json().get("link").is_none() && made.json().get("sent_at").is_none(), "{}", made.text);
        assert_eq!(admin.send(invite()).await.must_be(201).text, made.text);
        site.run_tasks().await;
        assert_eq!(server.letters().iter().filter(|letter| letter.to == [EMAIL]).count(), 1);
        let read = admin.get(&made.header("location")).await.must_be(200);
        assert!(read.json()["sent_at"].is_string() && !read.text.contains("first-time"), "{}", read.text);
        let refused = admin.post(API, json!({"email": "x@openid.invalid", "name": "X"})).await.must_be(409).json();
        assert_eq!(refused["error"]["details"]["reasons"][0]["code"], "of_provider");
        assert_eq!(admin.get("/v1/users?q=openid.invalid").await.must_be(200).json()["total_count"], 0);
    }
}
