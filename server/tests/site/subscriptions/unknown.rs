//! What nobody learns by subscribing: who has subscribed, and what is not public; and how often anybody may.

use chrono::TimeDelta;
use serde_json::json;
use testkit::on_both_databases;

use super::*;
use crate::browser::Browser;

/// A page without its nonce.
fn plain(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("-").to_owned();
    answer.text.replace(&nonce, "")
}

on_both_databases! {
    async fn the_answer_is_the_same_whoever_has_subscribed_and_nobody_is_flooded(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        public_dataset(&around, "cpi").await;
        subscriber(&around, "known@example.org", "en", json!({"dataset_id": "cpi"})).await;
        let cpi = || json!({"dataset_id": "cpi"});
        let known = asked(site, "known@example.org", "en", cpi()).await.must_be(202);
        let unknown = asked(site, "unknown@example.org", "en", cpi()).await.must_be(202);
        let again = asked(site, "Unknown@example.org ", "en", cpi()).await.must_be(202);
        assert_eq!((&known.text, &known.text), (&unknown.text, &again.text));
        let mut pages = Vec::new();
        for address in ["known@example.org", "third@example.org", "third@example.org"] {
            let mut browser = Browser::new(site);
            let fields = [("language", "en"), ("dataset_id", "cpi"), ("address", address)];
            pages.push(plain(&browser.submit("/rpc/subscriptions/subscribe", "/subscribe?dataset=cpi", &fields).await));
        }
        assert!(pages.iter().all(|page| *page == pages[0]));
        site.run_tasks().await;
        let count = |address: &str| letters_to(&around, address).len();
        assert_eq!((count("known@example.org"), count("unknown@example.org"), count("third@example.org")), (1, 1, 1));
        for _ in 0..8 {
            site.advance(TimeDelta::minutes(15));
            asked(site, "unknown@example.org", "en", cpi()).await.must_be(202);
            site.advance(TimeDelta::seconds(1));
            asked(site, "unknown@example.org", "en", json!({"topic_id": "output"})).await.must_be(202);
            site.run_tasks().await;
        }
        assert!((3..=14).contains(&count("unknown@example.org")), "{} letters in two hours", count("unknown@example.org"));
    }

    async fn what_is_not_public_cannot_be_subscribed_to_and_is_like_the_unknown(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        approved_version(&around.editor, &around.approver, "secret-figures", "Hidden").await;
        let refused = |answer: Answer| {
            let error = answer.must_be(422).json()["error"].clone();
            (error["code"].clone(), error["message"].clone(), error["details"]["fields"].clone())
        };
        let hidden = refused(asked(site, "a@example.org", "en", json!({"dataset_id": "secret-figures"})).await);
        let missing = refused(asked(site, "a@example.org", "en", json!({"dataset_id": "nothing"})).await);
        assert_eq!(hidden, missing);
        let body = json!({"channel": "email", "address": "a@example.org", "dataset_id": "secret-figures"});
        assert_eq!(refused(around.editor.post("/v1/subscriptions", body).await), missing, "whoever asks");
        let mut browser = Browser::new(site);
        let hidden = browser.get("/subscribe?dataset=secret-figures").await.must_be(404);
        let missing = browser.get("/subscribe?dataset=absent-figures").await.must_be(404);
        assert_eq!(plain(&hidden).replace("secret-figures", "absent-figures"), plain(&missing));
        let fields = [("language", "cy"), ("dataset_id", "secret-figures"), ("address", "a@example.org")];
        let page = browser.submit("/rpc/subscriptions/subscribe", "/cy/subscribe?dataset=secret-figures", &fields).await.must_be(404);
        assert!(!page.text.contains("Hidden"));
        asked(site, "a@example.org", "en", json!({"topic_id": "nothing"})).await.must_be(422);
        asked(site, "a@example.org", "en", json!({"topic_id": "output", "dataset_id": "secret-figures"})).await.must_be(422);
    }

    async fn a_refused_form_keeps_what_was_typed_and_says_why_in_its_language(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let mut browser = Browser::new(&around.site);
        for (page, language, words) in [("/subscribe?topic=output", "en", "Give an e-mail address"), ("/cy/subscribe?topic=output", "cy", "Rhowch gyfeiriad e-bost")] {
            let fields = [("language", language), ("topic_id", "output"), ("address", "no address")];
            let told = browser.submit("/rpc/subscriptions/subscribe", page, &fields).await.must_be(200);
            assert!(told.text.contains(words) && told.text.contains("value=\"no address\"") && told.text.contains("aria-invalid"), "{}", told.text);
        }
        around.site.run_tasks().await;
        assert!(around.mail.letters().is_empty());
    }

    async fn without_a_mail_server_only_programs_are_told(db: TestDatabase) {
        let site = Site::start(db).await;
        let page = site.public().get("/subscribe").await.must_be(200);
        assert!(page.text.contains("sends no mail") && !page.text.contains("name=\"address\""));
        // No page offers what there is not.
        for path in ["/", "/cy", "/search?q=gdp", "/topics/output", "/feeds"] {
            let page = site.public().get(path).await.must_be(200).text;
            assert!(!page.contains("E-mail updates") && !page.contains("href=\"/subscribe"), "{path} {page}");
        }
        let refused = asked(&site, "a@example.org", "en", json!({})).await.must_be(409);
        assert_eq!(refused.code(), "CONFLICT");
    }

    async fn it_is_counted_like_signing_in(db: TestDatabase) {
        let around = Around::start(db, &[("RATE_LIMIT_SIGN_IN_PER_MINUTE", "1")]).await;
        asked(&around.site, "a@example.org", "en", json!({"topic_id": "output"})).await.must_be(202);
        let refused = asked(&around.site, "b@example.org", "en", json!({"topic_id": "output"})).await.must_be(429);
        assert_eq!(refused.json()["error"]["details"]["policy"], "sign-in");
    }

    async fn one_client_asks_for_so_many_an_hour(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        for n in 0..30 {
            asked(&around.site, &format!("a{n}@example.org"), "en", json!({"topic_id": "output"})).await.must_be(202);
        }
        asked(&around.site, "another@example.org", "en", json!({"topic_id": "output"})).await.must_be(429);
        let mut browser = Browser::new(&around.site);
        let fields = [("language", "en"), ("topic_id", "output"), ("address", "yet@example.org")];
        let told = browser.submit("/rpc/subscriptions/subscribe", "/subscribe?topic=output", &fields).await.must_be(200);
        assert!(told.text.contains("Too many letters were asked for"));
        around.site.advance(TimeDelta::hours(1));
        asked(&around.site, "another@example.org", "en", json!({"topic_id": "output"})).await.must_be(202);
    }

    async fn a_node_that_serves_the_public_alone_takes_subscriptions(db: TestDatabase) {
        let settings = [("ENABLE_PRIVATE_ENDPOINTS", "false"), WITH_MAIL[0], WITH_MAIL[1]];
        let site = Site::start_as(db, &settings).await;
        asked(&site, "a@example.org", "en", json!({"topic_id": "output"})).await.must_be(202);
        let mut browser = Browser::new(&site);
        let fields = [("language", "en"), ("topic_id", "output"), ("address", "b@example.org")];
        let told = browser.submit("/rpc/subscriptions/subscribe", "/subscribe?topic=output", &fields).await.must_be(200);
        assert!(told.text.contains("Look at your mail"));
    }
}
