//! A forgotten password, over a real mail server.

use chrono::TimeDelta;
use domain::policy::Role;
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
        let page = choose(&mut browser, &path, "editoreditor").await;
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

    async fn a_link_ends_after_an_hour_and_when_another_is_asked_for(db: TestDatabase) {
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
        site.advance(TimeDelta::minutes(61));
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
