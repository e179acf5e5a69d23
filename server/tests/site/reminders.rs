//! Reminders before an instant: once each, to those who work on a bundle and may read it, by letter where they chose so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::policy::{Grant, Role};
use domain::uk_time::date_time;
use persistence::identities::Identity;
use serde_json::json;
use services::accounts::AccountSettings;
use services::bundles::{publish_due, remind_due};
use services::{Clock, Services};
use testkit::databases::TestDatabase;
use testkit::mail_server::{MailServer, Treatment};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::instant::{events, schedule, scheduled};
use crate::support::*;

const ANN: &str = "ann@example.org";
const CAI: &str = "cai@example.org";
const DAN: &str = "dan@example.org";
const EVE: &str = "eve@example.org";
const TITLE: &str = "Prices of May";

/// What somebody who signs in now is told.
async fn inbox(site: &Site, email: &str) -> String {
    let mut browser = Browser::signed_in(site, email).await;
    browser.get("/admin/notifications").await.must_be(200).text.replace("<!>", "")
}

/// Ann edits and Cai approves, Dan might have, and Eve edits for another department; Ann and Cai with their sessions.
async fn people(site: &Site) -> (Caller, Caller) {
    site.department("elsewhere").await;
    let elsewhere = Grant { departments: vec!["elsewhere".into()], ..Grant::of(Role::Editor) };
    site.person(EVE, &[elsewhere]).await;
    site.person(DAN, &[Grant::of(Role::Approver)]).await;
    let (ann, _) = site.person(ANN, &[Grant::of(Role::Editor)]).await;
    let (cai, _) = site.person(CAI, &[Grant::of(Role::Approver)]).await;
    (ann, cai)
}

/// A bundle of Ann that Cai approved and scheduled in thirty hours; its id and instant.
async fn in_thirty_hours(site: &Site, ann: &Caller, cai: &Caller) -> (String, DateTime<Utc>) {
    approved_version(ann, cai, "gdp", "GDP").await;
    let id = approved_bundle(ann, cai, TITLE, &[("gdp", "1")]).await;
    schedule(site, cai, &id, TimeDelta::hours(30)).await;
    (id, site.now() + TimeDelta::hours(30))
}

async fn remind(services: &Services) -> u64 {
    remind_due(services).await.unwrap()
}

/// Somebody chooses reminders in the portal and by letter; what the page says then.
async fn choose_letters(site: &Site, email: &str) -> String {
    let mut browser = Browser::signed_in(site, email).await;
    let chosen = [("in_portal[]", "bundle_reminder"), ("by_mail[]", "bundle_reminder")];
    browser.submit("/rpc/account/choose-notifications", "/account/notifications", &chosen).await.must_be(200).text
}

/// A site and the mail server that it writes letters through.
pub async fn site_with_mail(db: TestDatabase) -> (Site, MailServer) {
    site_with_mail_and(db, Vec::new()).await
}

/// The same with an OpenID provider, which nobody asks anything.
pub async fn site_with_mail_and_provider(db: TestDatabase) -> (Site, MailServer) {
    let provider =
        vec![("OIDC_ISSUER_URL", "http://127.0.0.1:9/".to_owned()), ("OIDC_CLIENT_ID", "catalogue".to_owned())];
    site_with_mail_and(db, provider).await
}

async fn site_with_mail_and(db: TestDatabase, more: Vec<(&'static str, String)>) -> (Site, MailServer) {
    let mail = MailServer::start().await.unwrap();
    let url = mail.url().to_owned();
    let sending = vec![("SMTP_URL", url), ("MAIL_FROM", "Catalogue <catalogue@example.org>".to_owned())];
    (Site::start_with(db, |_| [sending, more].concat()).await, mail)
}

/// Notes somebody as one whom the site's provider lets in.
pub async fn known_to_provider(site: &Site, email: &str) {
    let db = site.services.db.pool();
    let (user, _) = persistence::accounts::find_user_by_email(db, email).await.unwrap().unwrap();
    let issuer = site.services.accounts.provider.as_ref().unwrap().openid.issuer().to_owned();
    let identity = Identity { issuer, subject: email.to_owned(), user_id: user.id, grants: Vec::new() };
    persistence::identities::save(db, &identity, site.now()).await.unwrap();
}

/// The site as it would be if it asked people in these roles for a second factor.
pub fn asking_for_second_factor(site: &Site, roles: &[Role]) -> Services {
    let accounts = AccountSettings { second_factor_roles: roles.to_vec(), ..(*site.services.accounts).clone() };
    Services { accounts: Arc::new(accounts), ..site.services.clone() }
}

on_both_databases! {
    async fn those_who_work_on_a_bundle_are_reminded_a_day_and_an_hour_before(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ann, cai) = people(&site).await;
        let (id, instant) = in_thirty_hours(&site, &ann, &cai).await;
        let said = format!("A bundle is due {}", date_time(instant));
        assert_eq!(remind(&site.services).await, 0);
        site.advance(TimeDelta::hours(6));
        assert_eq!((remind(&site.services).await, remind(&site.services).await), (1, 0), "once");
        for (email, is_told) in [(ANN, true), (CAI, true), (DAN, false), (EVE, false)] {
            let told = inbox(&site, email).await;
            assert_eq!((told.contains(&said), told.contains(TITLE)), (is_told, is_told), "{email}: {told}");
        }
        site.advance(TimeDelta::hours(23));
        assert_eq!((remind(&site.services).await, remind(&site.services).await), (1, 0));
        let told = inbox(&site, ANN).await;
        assert_eq!(told.matches(&said).count(), 1, "the hour takes the place of the day: {told}");
        let trail = site.environment().get("/audit?action=reminded").await.must_be(200).json();
        assert_eq!((&trail["total_count"], &trail["items"][0]["details"]["hours_ahead"]), (&json!(2), &json!(1)));
        let history = events(&site.environment(), &id).await;
        assert!(history.iter().all(|(event, _)| event != "reminded"), "nothing of the bundle changed: {history:?}");
        site.advance(TimeDelta::hours(1));
        assert_eq!(remind(&site.services).await, 0);
    }

    async fn a_bundle_that_is_moved_is_brought_to_mind_anew_and_by_one_node(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let node = Services { db: other.database(), ..site.services.clone() };
        let (id, approver) = scheduled(&site, "gdp").await;
        site.advance(TimeDelta::hours(1));
        let (one, another) = tokio::join!(remind(&site.services), remind(&node));
        assert_eq!(one + another, 1);
        assert_eq!(remind(&node).await, 0);
        schedule(&site, &approver, &id, TimeDelta::hours(3)).await;
        assert_eq!(remind(&node).await, 0, "the hours of the instant before count no more");
        site.advance(TimeDelta::hours(2));
        assert_eq!(remind(&node).await, 1);
        schedule(&site, &approver, &id, TimeDelta::hours(30)).await;
        approver.delete(&format!("/bundles/{id}/schedule")).await.must_be(200);
        site.advance(TimeDelta::hours(29));
        assert_eq!(remind(&site.services).await, 0, "it has no instant any more");
    }

    async fn what_is_not_due_soon_any_more_is_not_told_any_more(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ann, cai) = people(&site).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let (id, first) = in_thirty_hours(&site, &ann, &cai).await;
        let is_told = async |instant: DateTime<Utc>| {
            let told = inbox(&site, ANN).await;
            let says = told.contains(&format!("A bundle is due {}", date_time(instant)));
            assert_eq!(told.contains("A bundle is due"), says, "of no other instant: {told}");
            says
        };
        site.advance(TimeDelta::hours(6));
        assert_eq!(remind(&site.services).await, 1);
        assert!(is_told(first).await);

        schedule(&site, &approver, &id, TimeDelta::hours(48)).await;
        let moved = site.now() + TimeDelta::hours(48);
        assert!(!is_told(first).await, "it was moved");
        site.advance(TimeDelta::hours(24));
        assert_eq!(remind(&site.services).await, 1);
        assert!(is_told(moved).await);

        approver.delete(&format!("/bundles/{id}/schedule")).await.must_be(200);
        assert!(!is_told(moved).await, "it was taken from the schedule");
        schedule(&site, &approver, &id, moved - site.now()).await;
        assert!(is_told(moved).await, "it comes at that instant again");
        site.advance(moved - site.now());
        assert!(!is_told(moved).await, "it is past, though nobody has published it yet");

        schedule(&site, &approver, &id, TimeDelta::hours(30)).await;
        let last = site.now() + TimeDelta::hours(30);
        site.advance(TimeDelta::hours(6));
        assert_eq!(remind(&site.services).await, 1);
        assert!(is_told(last).await);
        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        assert!(site.now() < last && !is_told(last).await, "it is public");
    }

    async fn a_reminder_that_is_told_no_more_is_marked_as_read_all_the_same(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ann, cai) = people(&site).await;
        let (id, _) = in_thirty_hours(&site, &ann, &cai).await;
        // Sessions end meanwhile, a token does not.
        let mover = site.service("mover", &[Role::Approver]).await;
        site.advance(TimeDelta::hours(6));
        assert_eq!(remind(&site.services).await, 1);
        let page = "/admin/notifications";
        let mut browser = Browser::signed_in(&site, ANN).await;
        let shown = browser.get(page).await.must_be(200).text;
        let reminder = shown.split("<li").find(|entry| entry.contains("A bundle is due")).unwrap();
        let reminder = reminder.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        schedule(&site, &mover, &id, TimeDelta::hours(48)).await;
        let marks = async |email: &str| {
            let mut browser = Browser::signed_in(&site, email).await;
            let shown = browser.submit("/rpc/account/mark-read", page, &[("id", reminder)]).await.must_be(200).text;
            (shown.contains("It is marked as read."), shown.contains("A bundle is due"))
        };
        for moment in ["it was moved", "it was moved, once more"] {
            assert_eq!(marks(ANN).await, (true, false), "{moment}");
        }
        assert_eq!(marks(CAI).await, (true, false));
        for (email, why) in [(DAN, "he had no hand in it"), (EVE, "she may not see it")] {
            assert_eq!(marks(email).await, (false, false), "{why}");
        }
        // Moved back, it is told again, and stays read.
        schedule(&site, &mover, &id, TimeDelta::hours(24)).await;
        let shown = browser.get(page).await.must_be(200).text;
        assert!(shown.contains("A bundle is due") && !shown.contains(reminder), "{shown}");
        site.advance(TimeDelta::hours(24));
        assert_eq!(marks(ANN).await, (true, false), "its instant has passed");
    }

    async fn nobody_is_reminded_of_a_bundle_about_the_instant_of_another(db: TestDatabase) {
        let site = Site::start(db).await;
        let (_, approver) = scheduled(&site, "gdp").await;
        let (other, _) = scheduled(&site, "cpi").await;
        // A day before it is a minute before the instant of the first.
        schedule(&site, &approver, &other, TimeDelta::hours(26) - TimeDelta::minutes(1)).await;
        site.advance(TimeDelta::hours(1));
        assert_eq!(remind(&site.services).await, 1, "of the first, an hour before");
        site.advance(TimeDelta::minutes(59));
        assert_eq!(remind(&site.services).await, 0, "the instant comes");
        site.advance(TimeDelta::minutes(1));
        assert_eq!(remind(&site.services).await, 0, "it has come");
        assert_eq!(publish_due(&site.services).await.unwrap().len(), 1);
        site.advance(TimeDelta::minutes(1));
        assert_eq!(remind(&site.services).await, 0, "readers come");
        site.advance(TimeDelta::microseconds(1));
        assert_eq!(remind(&site.services).await, 1);
    }

    async fn nobody_is_reminded_while_a_bundle_is_due_unless_the_queue_is_paused(db: TestDatabase) {
        let site = Site::start(db).await;
        let (_, approver) = scheduled(&site, "gdp").await;
        let (other, _) = scheduled(&site, "cpi").await;
        schedule(&site, &approver, &other, TimeDelta::hours(26)).await;
        site.advance(TimeDelta::hours(2) + TimeDelta::minutes(10));
        assert_eq!(remind(&site.services).await, 0);
        let operator = site.service("operator", &[Role::Operator]).await;
        operator.post("/v1/publish-queue/pause", json!({"reason": "A figure is doubted"})).await.must_be(200);
        assert_eq!(remind(&site.services).await, 1);
    }

    async fn an_instant_that_comes_near_while_a_bundle_is_looked_at_is_left_alone(db: TestDatabase) {
        let site = Site::start(db).await;
        let (_, approver) = scheduled(&site, "gdp").await;
        let (other, _) = scheduled(&site, "cpi").await;
        schedule(&site, &approver, &other, TimeDelta::hours(26) - TimeDelta::seconds(62)).await;
        site.advance(TimeDelta::hours(1));
        assert_eq!(remind(&site.services).await, 1, "of the first, an hour before");
        site.advance(TimeDelta::hours(1) - TimeDelta::seconds(62));
        // A node that takes three seconds for what is looked at of a bundle.
        let has_looked = Arc::new(AtomicBool::new(false));
        let (clock, is_late) = (site.services.clock.clone(), has_looked.clone());
        let later = move || TimeDelta::seconds(if is_late.load(Ordering::SeqCst) { 3 } else { 0 });
        let watched = site.services.db.clone().observed(move |statement, _| {
            if statement.contains("bundle_sign_offs") {
                has_looked.store(true, Ordering::SeqCst);
            }
        });
        let slow = Services { db: watched, clock: Clock::new(move || clock.now() + later()), ..site.services.clone() };
        assert_eq!(remind(&slow).await, 0);
        assert_eq!(remind(&site.services).await, 1);
    }

    async fn what_the_calendar_promises_is_told_with_what_it_lacks_to_those_it_waits_for(db: TestDatabase) {
        let site = Site::start(db).await;
        let (ann, _) = people(&site).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&ann, &approver, "gdp", "GDP").await;
        let made = ann.post("/bundles", json!({"title": TITLE, "type": "scheduled"})).await.must_be(201).json();
        let bundle = format!("/bundles/{}", made["id"].as_str().unwrap());
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        ann.post(&format!("{bundle}/contents"), item).await.must_be(201);
        ann.put(&format!("{bundle}/submit")).await.must_be(200);
        let instant = site.now() + TimeDelta::hours(30);
        let at = instant.to_rfc3339_opts(SecondsFormat::Secs, true);
        let release = json!({"id": "prices", "title": "Prices", "release_date": at, "bundle_id": made["id"]});
        ann.post("/v1/releases", release).await.must_be(201);
        ann.put("/v1/releases/prices/announce").await.must_be(200);

        site.advance(TimeDelta::hours(6));
        assert_eq!((remind(&site.services).await, remind(&site.services).await), (1, 0));
        let said = format!("The release calendar promises a bundle for {}", date_time(instant));
        for (email, is_told) in [(ANN, true), (CAI, true), (DAN, true), (EVE, false)] {
            let told = inbox(&site, email).await;
            assert_eq!((told.contains(&said), told.contains(TITLE)), (is_told, is_told), "{email}: {told}");
            assert_eq!(told.contains("The bundle is not approved yet."), is_told, "{told}");
        }

        let cai = site.signed_in(CAI).await;
        cai.put(&format!("{bundle}/approve")).await.must_be(200);
        cai.put_json(&format!("{bundle}/schedule"), json!({"publication_date": at})).await.must_be(200);
        assert_eq!(remind(&site.services).await, 0, "it is the same instant");
        site.advance(TimeDelta::hours(23));
        assert_eq!(remind(&site.services).await, 1);
        let due = format!("A bundle is due {}", date_time(instant));
        assert!(inbox(&site, CAI).await.contains(&due));
        assert!(!inbox(&site, DAN).await.contains(&due), "it waits for nobody any more");
    }

    async fn letters_come_to_those_who_chose_them_and_may_read_the_bundle(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let (ann, cai) = people(&site).await;
        for email in [ANN, EVE, DAN] {
            let page = choose_letters(&site, email).await;
            assert!(page.contains("Your choices were saved.") && page.contains("may review is due soon"), "{page}");
        }
        let (id, instant) = in_thirty_hours(&site, &ann, &cai).await;
        site.advance(TimeDelta::hours(6));
        for _ in 0..2 {
            remind(&site.services).await;
            site.run_tasks().await;
        }
        let letters = mail.letters();
        let [letter] = &letters[..] else { panic!("{} letters", letters.len()) };
        assert_eq!(letter.to, [ANN]);
        let subject = letter.header("Subject");
        assert_eq!(subject, format!("A bundle is due {}", date_time(instant)), "nothing of what is in it");
        for part in ["text/plain", "text/html"] {
            let text = letter.part(part).unwrap();
            let tells = [TITLE.to_owned(), format!("{}/admin/bundles/{id}", site.url), "/account/notifications".to_owned()];
            assert!(tells.iter().all(|words| text.contains(words)), "{text}");
        }
    }

    async fn letters_come_to_those_whose_second_factor_is_asked_for_elsewhere(db: TestDatabase) {
        let (site, mail) = site_with_mail_and_provider(db).await;
        let (ann, cai) = people(&site).await;
        for email in [ANN, CAI] {
            choose_letters(&site, email).await;
        }
        known_to_provider(&site, ANN).await;
        in_thirty_hours(&site, &ann, &cai).await;
        site.advance(TimeDelta::hours(6));
        let services = asking_for_second_factor(&site, &[Role::Editor, Role::Approver]);
        assert_eq!(remind(&services).await, 1);
        while services::tasks::run_due(&services).await.unwrap() > 0 {}
        let to: Vec<String> = mail.letters().into_iter().flat_map(|letter| letter.to).collect();
        assert_eq!(to, [ANN], "whom nobody else asks for one is held back");
    }

    async fn a_letter_that_waits_is_not_sent_of_a_bundle_that_was_taken_from_the_schedule(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let (ann, cai) = people(&site).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        choose_letters(&site, ANN).await;
        let (id, _) = in_thirty_hours(&site, &ann, &cai).await;
        mail.next([Treatment::Drop]);
        site.advance(TimeDelta::hours(6));
        assert_eq!(remind(&site.services).await, 1);
        site.run_tasks().await;
        assert_eq!((mail.tries(), mail.letters().len()), (1, 0));
        approver.delete(&format!("/bundles/{id}/schedule")).await.must_be(200);
        site.advance(TimeDelta::hours(1));
        site.run_tasks().await;
        assert_eq!((mail.tries(), persistence::outbox::open_count(site.services.db.pool()).await.unwrap()), (1, 0));
    }
}
