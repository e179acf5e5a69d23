//! Versions that wait for approval: told to whoever may approve them, in the portal, and by letter where they chose so.

use chrono::TimeDelta;
use domain::policy::{Grant, Role};
use serde_json::json;
use testkit::mail_server::Treatment;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::reminders::{asking_for_second_factor, known_to_provider, site_with_mail, site_with_mail_and_provider};
use crate::support::*;

const WAITS: &str = "A version waits for your approval";
const VERSION: &str = "/datasets/cpi/editions/time-series/versions/1";
const ANN: &str = "ann@example.org";
const CAI: &str = "cai@example.org";
const DAN: &str = "dan@example.org";
const EVE: &str = "eve@example.org";
const FAY: &str = "fay@example.org";
const ALL: [&str; 5] = [ANN, CAI, DAN, EVE, FAY];

/// Ann prepares and may approve what others prepare; Cai approves, Dan for another department, Eve for this one, Fay nothing.
async fn people(site: &Site) -> Caller {
    site.department("elsewhere").await;
    let of = |department: &str| Grant { departments: vec![department.to_owned()], ..Grant::of(Role::Reviewer) };
    site.person(CAI, &[Grant::of(Role::Approver)]).await;
    site.person(DAN, &[of("elsewhere")]).await;
    site.person(EVE, &[of("economy")]).await;
    site.person(FAY, &[Grant::of(Role::Editor)]).await;
    site.person(ANN, &[Grant::of(Role::Editor), Grant::of(Role::Reviewer)]).await.0
}

/// Sends a version for approval.
async fn submit(ann: &Caller) {
    begin_dataset(ann, "cpi", "Prices & pay").await;
    let release = json!({"release_date": "2026-11-23T09:30:00Z"});
    ann.post("/datasets/cpi/editions/time-series/versions", release).await.must_be(201);
    ann.upload("cpi", "time-series", "1", "cpi.csv", TABLE).await.must_be(201);
    ann.put(&format!("{VERSION}/submit")).await.must_be(200);
}

/// Somebody chooses to be told of what waits, in the portal and by letter.
async fn choose_letters(site: &Site, email: &str) {
    let mut browser = Browser::signed_in(site, email).await;
    let chosen = [("in_portal[]", "version_waits"), ("by_mail[]", "version_waits")];
    let saved =
        browser.submit("/rpc/account/choose-notifications", "/account/notifications", &chosen).await.must_be(200);
    assert!(saved.text.contains("Your choices were saved.") && saved.text.contains(WAITS), "{}", saved.text);
}

on_both_databases! {
    async fn whoever_may_approve_a_version_is_told_while_it_waits(db: TestDatabase) {
        let site = Site::start(db).await;
        let ann = people(&site).await;
        submit(&ann).await;
        let told = async |email: &str| {
            let mut browser = Browser::signed_in(&site, email).await;
            browser.get("/admin/notifications").await.must_be(200).text
        };
        for (email, is_told) in [(ANN, false), (CAI, true), (DAN, false), (EVE, true), (FAY, false)] {
            let page = told(email).await;
            assert_eq!((page.contains(WAITS), page.contains("cpi/time-series/1")), (is_told, is_told), "{email}: {page}");
        }
        let link = "/admin/datasets/cpi/editions/time-series/versions/1";
        assert!(told(CAI).await.contains(&format!("href=\"{link}\"")));
        let approver = site.service("approver", &[Role::Approver]).await;
        approver.put(&format!("{VERSION}/approve")).await.must_be(200);
        for email in [CAI, EVE] {
            assert!(!told(email).await.contains(WAITS), "{email}");
        }
    }

    async fn letters_come_to_those_who_chose_them_and_may_approve_the_version(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let ann = people(&site).await;
        submit(&ann).await;
        site.run_tasks().await;
        assert!(mail.letters().is_empty(), "nobody chose any");
        for email in ALL {
            choose_letters(&site, email).await;
        }
        ann.put_json(&format!("{VERSION}/return"), json!({"reason": "Once more."})).await.must_be(200);
        ann.put(&format!("{VERSION}/submit")).await.must_be(200);
        for _ in 0..2 {
            site.run_tasks().await;
        }
        let letters = mail.letters();
        let mut to: Vec<String> = letters.iter().flat_map(|letter| letter.to.clone()).collect();
        to.sort_unstable();
        assert_eq!(to, [CAI, EVE]);
        for letter in &letters {
            assert_eq!(letter.header("Subject"), WAITS, "nothing of what it is about");
            let (text, html) = (letter.part("text/plain").unwrap(), letter.part("text/html").unwrap());
            let page = format!("{}/admin{VERSION}", site.url);
            for words in [format!("Sent by: {ANN}"), page, "/account/notifications".to_owned()] {
                assert!(text.contains(&words) && html.contains(&words), "{words}: {text}");
            }
            assert!(text.contains("Prices & pay, Time series, version 1") && html.contains("Prices &amp; pay"), "{text}");
        }
    }

    async fn a_letter_that_waits_is_not_sent_of_a_version_that_waits_no_more(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let ann = people(&site).await;
        choose_letters(&site, CAI).await;
        mail.next([Treatment::Drop]);
        submit(&ann).await;
        site.run_tasks().await;
        assert_eq!((mail.tries(), mail.letters().len()), (1, 0));
        let approver = site.service("approver", &[Role::Approver]).await;
        approver.put(&format!("{VERSION}/approve")).await.must_be(200);
        site.advance(TimeDelta::hours(1));
        site.run_tasks().await;
        assert_eq!((mail.tries(), persistence::outbox::open_count(site.services.db.pool()).await.unwrap()), (1, 0));
    }

    async fn a_version_that_is_sent_again_while_its_letter_waits_is_told_once(db: TestDatabase) {
        let (site, mail) = site_with_mail(db).await;
        let ann = people(&site).await;
        choose_letters(&site, CAI).await;
        mail.next([Treatment::Drop]);
        submit(&ann).await;
        site.run_tasks().await;
        assert_eq!((mail.tries(), mail.letters().len()), (1, 0));
        ann.put_json(&format!("{VERSION}/return"), json!({"reason": "Once more."})).await.must_be(200);
        ann.put(&format!("{VERSION}/submit")).await.must_be(200);
        site.advance(TimeDelta::hours(1));
        site.run_tasks().await;
        let open = persistence::outbox::open_count(site.services.db.pool()).await.unwrap();
        assert_eq!((mail.letters().len(), open), (1, 0));
    }

    async fn letters_come_to_those_whose_second_factor_is_asked_for_elsewhere(db: TestDatabase) {
        let (site, mail) = site_with_mail_and_provider(db).await;
        let ann = people(&site).await;
        for email in [CAI, EVE] {
            choose_letters(&site, email).await;
        }
        known_to_provider(&site, CAI).await;
        submit(&ann).await;
        let services = asking_for_second_factor(&site, &[Role::Approver, Role::Reviewer]);
        while services::tasks::run_due(&services).await.unwrap() > 0 {}
        let to: Vec<String> = mail.letters().into_iter().flat_map(|letter| letter.to).collect();
        assert_eq!(to, [CAI], "whom nobody else asks for one is held back");
    }
}
