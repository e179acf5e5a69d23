//! Letters of notifications wait for the daily letter of their readers and for the end of their quiet hours, on a UK clock.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::delivery::Sink;
use domain::policy::{Grant, Role};
use persistence::outbox::{self, Task};
use serde_json::json;
use services::deliveries::{Delivered, Outcome, gather_letters, run_due};
use testkit::mail_server::{Letter, MailServer, Treatment};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::reminders::site_with_mail;
use crate::support::*;

const PAGE: &str = "/account/notifications";
const ANN: &str = "ann@example.org";
const CAI: &str = "cai@example.org";
const WAITS: &str = "A version waits for your approval";

/// Ann edits and Cai approves, with their sessions.
async fn people(site: &Site) -> (Caller, Caller) {
    let (ann, _) = site.person(ANN, &[Grant::of(Role::Editor)]).await;
    let (cai, _) = site.person(CAI, &[Grant::of(Role::Approver)]).await;
    (ann, cai)
}

/// Somebody sends the form of their choices; the page after it.
async fn choose(site: &Site, email: &str, fields: &[(&str, &str)]) -> String {
    let mut browser = Browser::signed_in(site, email).await;
    browser.submit("/rpc/account/choose-notifications", PAGE, fields).await.must_be(200).text
}

/// Sends the first version of a new dataset for approval.
async fn submit(ann: &Caller, id: &str, title: &str) {
    begin_dataset(ann, id, title).await;
    let versions = format!("/datasets/{id}/editions/time-series/versions");
    ann.post(&versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
    ann.upload(id, "time-series", "1", "table.csv", TABLE).await.must_be(201);
    ann.put(&format!("{versions}/1/submit")).await.must_be(200);
}

/// Goes on to a time of the day on which tests begin, which is in winter.
fn go_to(site: &Site, time: &str) {
    let to: DateTime<Utc> = format!("2026-11-18T{time}Z").parse().unwrap();
    assert!(site.now() <= to, "it is later");
    site.advance(to - site.now());
}

/// Does all that is due; for how many people letters were gathered.
async fn work(site: &Site) -> u64 {
    site.run_tasks().await;
    let gathered = gather_letters(&site.services).await.unwrap();
    site.run_tasks().await;
    gathered
}

/// Publishes a bundle of theirs, of which both would be told by letter; its id.
async fn published(site: &Site, ann: &Caller, cai: &Caller) -> String {
    approved_version(ann, cai, "gdp", "Output").await;
    let id = approved_bundle(ann, cai, "Output of May", &[("gdp", "1")]).await;
    let instant = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Micros, true);
    let body = json!({"publication_date": instant, "reason": "as planned", "notification_channels": ["email"]});
    cai.put_json(&format!("/bundles/{id}/schedule"), body).await.must_be(200);
    site.advance(TimeDelta::hours(1));
    id
}

fn only(mail: &MailServer) -> Letter {
    let letters = mail.letters();
    assert_eq!(letters.len(), 1);
    letters.into_iter().next().unwrap()
}

on_both_databases! {
    async fn what_happens_in_a_day_comes_in_one_letter_at_the_time_chosen(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let (ann, cai) = people(&site).await;
        let page = choose(&site, CAI, &[("daily[]", "version_waits"), ("daily_at", "12:30")]).await;
        assert!(page.contains("Your choices were saved.") && page.contains("value=\"12:30\""), "{page}");
        for (id, title) in [("cpi", "Prices & pay"), ("gdp", "Output"), ("ppi", "Approved meanwhile")] {
            submit(&ann, id, title).await;
        }
        assert_eq!(work(&site).await, 0);
        let open = persistence::outbox::open_count(site.services.db.pool()).await.unwrap();
        assert_eq!((mail.tries(), open), (0, 0), "nobody waits for the letters that wait");
        cai.put("/datasets/ppi/editions/time-series/versions/1/approve").await.must_be(200);
        go_to(&site, "12:29:59");
        assert_eq!(work(&site).await, 0);
        go_to(&site, "12:30:00");
        assert_eq!((work(&site).await, work(&site).await), (1, 0));
        let letter = only(&mail);
        assert_eq!(letter.to, [CAI]);
        let subject = letter.header("Subject");
        assert!(subject.ends_with(": 2 notifications"), "{subject}");
        let (text, html) = (letter.part("text/plain").unwrap(), letter.part("text/html").unwrap());
        for id in ["cpi", "gdp"] {
            let link = format!("{}/admin/datasets/{id}/editions/time-series/versions/1", site.url);
            assert!(text.contains(&link) && html.contains(&link), "{text}");
        }
        assert!(text.contains("Prices & pay, Time series, version 1") && html.contains("Prices &amp; pay"), "{text}");
        assert!(text.contains("18 November 2026, 11:06") && text.contains(PAGE), "{text}");
        assert!(!text.contains("Approved meanwhile"), "{text}");
    }

    async fn no_letter_comes_in_quiet_hours_but_those_of_accounts(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        people(&site).await;
        // Sessions may end meanwhile, a token does not.
        let editor = site.service("editor", &[Role::Editor]).await;
        let quiet = [("by_mail[]", "version_waits"), ("quiet_from", "11:00"), ("quiet_until", "13:00")];
        choose(&site, CAI, &quiet).await;
        submit(&editor, "cpi", "Prices").await;
        assert_eq!((work(&site).await, mail.letters().len()), (0, 0));
        let mut browser = Browser::new(&site);
        browser.submit("/rpc/account/forgotten", "/account/forgotten", &[("email", CAI)]).await.must_be(200);
        site.run_tasks().await;
        assert!(only(&mail).part("text/plain").unwrap().contains("/account/reset?token="));
        go_to(&site, "12:59:59");
        assert_eq!((work(&site).await, mail.letters().len()), (0, 1));
        go_to(&site, "13:00:00");
        assert_eq!(work(&site).await, 1);
        submit(&editor, "gdp", "Output").await;
        assert_eq!(work(&site).await, 0);
        let subjects: Vec<String> = mail.letters().iter().skip(1).map(|letter| letter.header("Subject")).collect();
        assert!(subjects[0].ends_with(": 1 notification"), "{subjects:?}");
        assert_eq!(subjects[1..], [WAITS], "at once again");
    }

    async fn a_daily_letter_that_cannot_be_sent_before_quiet_hours_waits_for_their_end(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let (ann, _) = people(&site).await;
        let times = [("daily[]", "version_waits"), ("daily_at", "12:30"), ("quiet_from", "13:00"), ("quiet_until", "14:00")];
        choose(&site, CAI, &times).await;
        submit(&ann, "cpi", "Prices").await;
        work(&site).await;
        go_to(&site, "12:30:00");
        mail.next([Treatment::Drop]);
        assert_eq!((work(&site).await, mail.tries()), (1, 1));
        go_to(&site, "13:00:00");
        assert_eq!((work(&site).await, mail.tries()), (0, 1));
        go_to(&site, "14:00:00");
        assert_eq!((work(&site).await, mail.letters().len()), (1, 1));
    }

    async fn letters_of_publications_wait_for_those_who_chose_so_and_for_nobody_else(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let (ann, cai) = people(&site).await;
        choose(&site, ANN, &[("daily[]", "bundle_published"), ("daily_at", "12:30")]).await;
        let id = published(&site, &ann, &cai).await;
        work(&site).await;
        assert_eq!(only(&mail).to, [CAI]);
        go_to(&site, "12:30:00");
        assert_eq!(work(&site).await, 1);
        let letters = mail.letters();
        let daily = &letters[1];
        assert_eq!((letters.len(), &daily.to[..]), (2, &[ANN.to_owned()][..]));
        let text = daily.part("text/plain").unwrap();
        assert!(text.contains("Bundle published: Output of May") && text.contains(&format!("/admin/bundles/{id}")), "{text}");
    }

    async fn nobody_is_told_later_of_a_bundle_that_they_may_read_no_more(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let (ann, cai) = people(&site).await;
        for email in [ANN, CAI] {
            choose(&site, email, &[("daily[]", "bundle_published"), ("daily_at", "12:30")]).await;
        }
        published(&site, &ann, &cai).await;
        work(&site).await;
        assert_eq!(mail.tries(), 0);
        site.database.execute("UPDATE users SET grants = '[]' WHERE email = 'ann@example.org'").await.unwrap();
        go_to(&site, "12:30:00");
        assert_eq!(work(&site).await, 2);
        assert_eq!(only(&mail).to, [CAI]);
    }

    async fn letters_of_somebody_that_cannot_be_read_hold_up_nobody_else(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let (ann, cai) = people(&site).await;
        for email in [ANN, CAI] {
            choose(&site, email, &[("daily[]", "bundle_published"), ("daily_at", "12:30")]).await;
        }
        published(&site, &ann, &cai).await;
        work(&site).await;
        // Readers come by their ids.
        let broken = "UPDATE held_letters SET payload = '{' WHERE user_id = (SELECT MIN(user_id) FROM held_letters)";
        site.database.execute(broken).await.unwrap();
        go_to(&site, "12:30:00");
        assert_eq!(work(&site).await, 1);
        only(&mail);
    }

    async fn a_task_that_cannot_be_read_is_put_off_as_any_other(db: TestDatabase) {
        let (site, _mail) = site_with_mail(db).await;
        let task = Task::new("unread".to_owned(), Sink::Letter.as_str(), "gathered", json!({}));
        let tx = site.services.db.begin().await.unwrap();
        outbox::push(&tx, &task, site.now()).await.unwrap();
        persistence::db::commit(tx).await.unwrap();
        let tried = run_due(&site.services, Sink::Letter).await.unwrap();
        assert_eq!(tried, [Delivered { sink: Sink::Letter, outcome: Outcome::Failed }]);
    }

    async fn times_that_are_none_are_refused_and_nothing_is_saved(db: TestDatabase) {
        let site = Site::start(db).await;
        people(&site).await;
        let ticked = ("daily[]", "bundle_failed");
        let page = choose(&site, ANN, &[ticked, ("daily_at", "noon"), ("quiet_from", "22:00")]).await;
        assert!(page.contains("Give a time, for example 08:00.") && page.contains("value=\"22:00\""), "{page}");
        let page = choose(&site, ANN, &[ticked, ("quiet_from", "22:00")]).await;
        assert!(page.contains("Say also when the quiet hours end."), "{page}");
        assert!(page.contains("Give the time at which the daily letter comes."), "it was cleared: {page}");
        let mut browser = Browser::signed_in(&site, ANN).await;
        let page = browser.get(PAGE).await.must_be(200).text;
        assert!(page.contains("value=\"08:00\"") && !page.contains("value=\"22:00\""), "{page}");
    }
}
