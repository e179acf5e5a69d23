//! A forgotten password, over a real mail server.

use std::sync::{Arc, OnceLock};

use chrono::TimeDelta;
use domain::policy::Role;
use services::{Ctx, Services};
use testkit::databases::TestDatabase;
use testkit::mail_server::{MailServer, Treatment};
use testkit::on_both_databases;

use crate::accounts::events_of;
use crate::browser::Browser;
use crate::support::*;

const NEW: &str = "another handful of words";

async fn site_with_mail(db: TestDatabase) -> (Site, MailServer) {
    let server = MailServer::start().await.unwrap();
    let url = server.url().to_owned();
    let site = Site::start_with(db, move |_| {
        vec![("SMTP_URL", url), ("MAIL_FROM", "Catalogue <catalogue@example.org>".to_owned())]
    });
    let site = site.await;
    site.account("editor@example.org", &[Role::Editor]).await;
    (site, server)
}

async fn ask(site: &Site, email: &str) -> Answer {
    let mut browser = Browser::new(site);
    browser.submit("/rpc/account/forgotten", "/account/forgotten", &[("email", email)]).await.must_be(200)
}

/// The path of the link in the last letter.
fn link(site: &Site, server: &MailServer) -> String {
    let text = server.letters().last().unwrap().part("text/plain").unwrap();
    let start = text.find(&format!("{}/account/reset?token=", site.url)).unwrap();
    text[start + site.url.len()..].split_whitespace().next().unwrap().to_owned()
}

async fn choose(browser: &mut Browser, path: &str, password: &str) -> Answer {
    let token = path.split("token=").nth(1).unwrap().to_owned();
    browser.submit("/rpc/account/reset", path, &[("token", &token), ("new_password", password)]).await
}

/// A node on which somebody else makes a change right after the first statement with these words, without waiting for anybody;
/// and whether it came through, once it was tried.
pub async fn interrupted(site: &Site, words: &'static str, change: &str) -> (Services, Arc<OnceLock<bool>>) {
    let other = site.database.another().await;
    let impatient = if other.database().is_shared() { "SET lock_timeout = '1ms'" } else { "PRAGMA busy_timeout = 0" };
    let change = format!("{impatient}; {change}");
    let came_through = Arc::new(OnceLock::new());
    let tried = came_through.clone();
    let watched = site.services.db.clone().observed(move |statement, _| {
        if statement.contains(words) {
            tried.get_or_init(|| {
                let changing = other.execute(&change);
                tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(changing)).is_ok()
            });
        }
    });
    (Services { db: watched, ..site.services.clone() }, came_through)
}

on_both_databases! {
    async fn a_letter_leads_to_a_new_password_once(db: TestDatabase) {
        let (site, server) = site_with_mail(db).await;
        let mut elsewhere = Browser::signed_in(&site, "editor@example.org").await;
        let told = ask(&site, "Editor@example.org").await;
        assert!(told.text.contains("a letter with a link is on its way"));
        site.run_tasks().await;
        let letters = server.letters();
        assert_eq!(letters.len(), 1);
        assert_eq!((letters[0].from.as_str(), letters[0].to.as_slice()), ("catalogue@example.org", &["editor@example.org".to_owned()][..]));
        let path = link(&site, &server);
        let html = letters[0].part("text/html").unwrap();
        assert!(html.contains(&format!("<a href=\"{}{path}\">", site.url)), "{html}");

        // The database does not hold the link.
        let token = path.split("token=").nth(1).unwrap();
        assert!(persistence::password_links::find(site.services.db.pool(), token, site.now()).await.unwrap().is_none());

        let mut browser = Browser::new(&site);
        let page = browser.get(&path).await.must_be(200);
        assert!(page.text.contains("name=\"new_password\""));
        let page = choose(&mut browser, &path, "editoreditoreditor").await;
        assert!(page.text.contains("easy to guess") && page.text.contains("name=\"new_password\""));
        let page = choose(&mut browser, &path, NEW).await;
        assert!(page.text.contains("You have a new password"));
        elsewhere.get("/admin").await.must_be(303);
        assert_eq!(browser.sign_in("editor@example.org", NEW).await.header("location"), "/admin");

        let mut late = Browser::new(&site);
        assert!(late.get(&path).await.text.contains("was used already or has ended"));
        assert!(choose(&mut late, &path, "yet some other words").await.text.contains("was used already"));
        assert_eq!(late.sign_in("editor@example.org", PASSWORD).await.header("location"), "/account/sign-in");
        let events = events_of(&site, "editor@example.org").await;
        assert_eq!(events, ["created", "signed_in", "password_link_sent", "password_reset", "signed_in", "sign_in_failed"]);
    }

    async fn the_answer_is_the_same_whoever_has_an_account(db: TestDatabase) {
        let (site, server) = site_with_mail(db).await;
        let known = ask(&site, "editor@example.org").await;
        let unknown = ask(&site, "nobody@example.org").await;
        // Each page has a nonce of its own.
        let plain = |answer: &Answer| {
            let nonce = answer.header("content-security-policy").split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
            answer.text.replace(&nonce, "")
        };
        assert_eq!(plain(&known), plain(&unknown));
        site.run_tasks().await;
        assert_eq!(server.letters().len(), 1);
    }

    async fn a_link_ends_after_half_an_hour_and_when_another_is_asked_for(db: TestDatabase) {
        let (site, server) = site_with_mail(db).await;
        ask(&site, "editor@example.org").await;
        site.run_tasks().await;
        let first = link(&site, &server);
        ask(&site, "editor@example.org").await;
        site.run_tasks().await;
        let second = link(&site, &server);
        assert_ne!(first, second);
        let mut browser = Browser::new(&site);
        assert!(browser.get(&first).await.text.contains("was used already or has ended"));
        assert!(browser.get(&second).await.text.contains("name=\"new_password\""));
        site.advance(TimeDelta::minutes(29));
        assert!(browser.get(&second).await.text.contains("name=\"new_password\""));
        site.advance(TimeDelta::minutes(2));
        assert!(browser.get(&second).await.text.contains("was used already or has ended"));
        assert!(choose(&mut browser, &second, NEW).await.text.contains("was used already"));
    }

    async fn a_letter_waits_for_the_mail_server_and_nobody_is_flooded(db: TestDatabase) {
        let (site, server) = site_with_mail(db).await;
        server.refuse(2);
        ask(&site, "editor@example.org").await;
        site.run_tasks().await;
        assert!(server.letters().is_empty());
        for _ in 0..3 {
            site.advance(TimeDelta::minutes(1));
            site.run_tasks().await;
        }
        assert_eq!(server.letters().len(), 1);
        for _ in 0..5 {
            ask(&site, "editor@example.org").await;
            site.run_tasks().await;
        }
        assert_eq!(server.letters().len(), 3, "three letters an hour to one address");
    }

    async fn a_letter_whose_answer_was_lost_is_followed_by_another_with_the_link_that_works(db: TestDatabase) {
        let (site, server) = site_with_mail(db).await;
        server.next([Treatment::KeepAndDrop]);
        ask(&site, "editor@example.org").await;
        site.run_tasks().await;
        let lost = link(&site, &server);
        site.advance(TimeDelta::minutes(1));
        site.run_tasks().await;
        let again = link(&site, &server);
        let letters = server.letters();
        assert!(letters.len() == 2 && lost != again);
        // A reader's program must not take the second for the first, whose link has ended.
        assert_ne!(letters[0].header("Message-ID"), letters[1].header("Message-ID"));
        let mut browser = Browser::new(&site);
        assert!(browser.get(&lost).await.text.contains("was used already or has ended"));
        assert!(browser.get(&again).await.text.contains("name=\"new_password\""));
    }

    async fn no_link_goes_to_an_address_that_is_put_right_while_its_letter_is_made(db: TestDatabase) {
        let (site, server) = site_with_mail(db).await;
        ask(&site, "editor@example.org").await;
        let correction = "UPDATE users SET email = 'editor.lee@example.org' WHERE email = 'editor@example.org'; \
                          DELETE FROM password_links";
        let (node, came_through) = interrupted(&site, "FROM \"users\"", correction).await;
        services::tasks::run_due(&node).await.unwrap();
        let corrected = *came_through.get().unwrap();
        let works = !server.letters().is_empty()
            && Browser::new(&site).get(&link(&site, &server)).await.text.contains("name=\"new_password\"");
        assert_ne!(works, corrected, "a link works that went to an address which was corrected, or none was sent");
    }

    async fn a_link_is_used_up_under_the_lock_of_its_account(db: TestDatabase) {
        let (site, server) = site_with_mail(db).await;
        ask(&site, "editor@example.org").await;
        site.run_tasks().await;
        let path = link(&site, &server);
        let token = path.split("token=").nth(1).unwrap();
        // Who edits an account locks it before its links: the other way round the two would wait for each other.
        let (node, came_through) =
            interrupted(&site, "DELETE FROM \"password_links\"", "UPDATE users SET name = 'Ann Lee'").await;
        let ctx = Ctx::public(site.now(), "a-test".to_owned());
        services::accounts::reset_by_link(&node, &ctx, token, NEW).await.unwrap();
        assert_eq!(came_through.get(), Some(&false));
        assert_eq!(Browser::new(&site).sign_in("editor@example.org", NEW).await.header("location"), "/admin");
    }

    async fn a_letter_to_an_address_that_is_refused_for_good_ends(db: TestDatabase) {
        let (site, server) = site_with_mail(db).await;
        server.knows_nobody_at("editor@example.org");
        ask(&site, "editor@example.org").await;
        for _ in 0..4 {
            site.run_tasks().await;
            site.advance(TimeDelta::hours(1));
        }
        assert_eq!((server.tries(), server.letters().len()), (1, 0));
        let backlog = persistence::outbox::backlog(site.services.db.pool()).await.unwrap();
        assert!(backlog.iter().all(|line| line.kind != "letter"), "{backlog:?}");
    }

    async fn without_a_mail_server_an_operator_has_to_help(db: TestDatabase) {
        let site = Site::start(db).await;
        let mut browser = Browser::new(&site);
        let page = browser.get("/account/forgotten").await.must_be(200);
        assert!(page.text.contains("Ask an operator or administrator") && !page.text.contains("name=\"email\""));
        let page = browser.submit("/rpc/account/forgotten", "/account/forgotten", &[("email", "a@example.org")]).await;
        assert!(page.text.contains("This site sends no mail"));
    }
}
