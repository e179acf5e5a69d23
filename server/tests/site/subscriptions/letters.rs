//! Letters: confirmed by a button, one for each release, ended from any of them.

use chrono::TimeDelta;
use domain::delivery::Sink;
use domain::subscription::{MOST_SEARCHES, Target};
use reqwest::Method;
use serde_json::json;
use testkit::on_both_databases;

use super::*;
use crate::browser::Browser;

const READER: &str = "reader@example.org";

/// A header of a letter, unfolded.
fn header(letter: &Letter, name: &str) -> String {
    let unfolded = letter.raw.replace("\r\n ", " ");
    let found = unfolded.lines().find_map(|line| line.strip_prefix(&format!("{name}:")).map(str::to_owned));
    found.unwrap_or_default().trim().to_owned()
}

on_both_databases! {
    async fn a_reader_confirms_hears_once_of_each_release_and_stops(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        public_dataset(&around, "cpi").await;
        let mut browser = Browser::new(site);
        // It has one name, wherever it is offered.
        for (path, link) in [("/catalogue/cpi", "/subscribe?dataset=cpi"), ("/topics/output", "/subscribe?topic=output"), ("/feeds", "/subscribe"), ("/", "/subscribe")] {
            let offered = format!("href=\"{link}\">E-mail updates</a>");
            assert!(browser.get(path).await.text.contains(&offered), "{path} {offered}");
        }
        let page = browser.get("/subscribe?dataset=cpi").await.must_be(200);
        assert!(page.text.contains("All about cpi") && page.text.contains("name=\"address\""), "{}", page.text);
        let fields = [("language", "en"), ("dataset_id", "cpi"), ("topic_id", ""), ("address", "Reader@Example.org")];
        let sent = browser.submit("/rpc/subscriptions/subscribe", "/subscribe?dataset=cpi", &fields).await.must_be(200);
        assert!(sent.text.contains("Look at your mail") && sent.header("set-cookie").is_empty());
        site.run_tasks().await;
        let [asking] = &letters_to(&around, READER)[..] else { panic!("not one letter") };
        assert_eq!(header(asking, "List-Unsubscribe"), "");
        let link = link_in(site, asking, "/subscribe/confirm");
        assert!(asking.part("text/html").unwrap().contains(&format!("{}{link}", site.url)));

        // Whoever opens the link has not confirmed anything.
        for _ in 0..2 {
            let page = browser.get(&link).await.must_be(200);
            assert!(page.text.contains("/rpc/subscriptions/confirm") && page.header("cache-control").contains("no-store"));
        }
        next_version(&around.editor, &around.approver, "cpi").await;
        published(&around, "Second", &[("cpi", "2")]).await;
        site.run_tasks().await;
        assert_eq!(letters_to(&around, READER).len(), 1, "not confirmed yet");
        for _ in 0..2 {
            let fields = [("language", "en"), ("token", &token_of(&link))];
            let done = browser.submit("/rpc/subscriptions/confirm", &link, &fields).await.must_be(200);
            assert!(done.text.contains("You have subscribed"));
        }
        assert!(browser.get(&link).await.text.contains("You have subscribed"));

        next_version(&around.editor, &around.approver, "cpi").await;
        let bundle = published(&around, "A name of the house", &[("cpi", "3")]).await;
        assert_eq!(letters_to(&around, READER).len(), 1);
        site.run_tasks().await;
        site.run_tasks().await;
        let letters = letters_to(&around, READER);
        let [_, news] = &letters[..] else { panic!("{} letters", letters.len()) };
        for part in ["text/plain", "text/html"] {
            let text = news.part(part).unwrap();
            let tells = ["All about cpi", "/catalogue/cpi/editions/time-series/versions/3", "/subscribe/manage?token="];
            assert!(tells.iter().all(|words| text.contains(words)), "{text}");
            assert!(!text.contains("A name of the house") && !text.contains(&bundle), "nothing of the bundle: {text}");
        }
        assert_eq!(around.step(&bundle, "subscribers").await["state"], "done");
        let manage = link_in(site, news, "/subscribe/manage");
        assert_eq!(header(news, "List-Unsubscribe"), format!("<{}{manage}>", site.url));
        assert_eq!(header(news, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let page = browser.get(&manage).await.must_be(200);
        assert!(page.text.contains("/rpc/subscriptions/end") && page.header("cache-control").contains("no-store"));

        // As a mail program does it: no cookie, no origin.
        let public = site.public();
        let click = || public.request(Method::POST, &manage).form(&[("List-Unsubscribe", "One-Click")]);
        public.send(click()).await.must_be(200);
        public.send(click()).await.must_be(200);
        assert!(browser.get(&manage).await.text.contains("No more letters"));
        let id = token_of(&manage).split('.').next().unwrap().to_owned();
        assert_eq!(row(site, &id).await.address, "");
        next_version(&around.editor, &around.approver, "cpi").await;
        let last = published(&around, "Fourth", &[("cpi", "4")]).await;
        site.run_tasks().await;
        assert_eq!(letters_to(&around, READER).len(), 2);
        assert!(around.status(&last).await["steps"].as_array().unwrap().iter().all(|step| step["name"] != "subscribers"));
    }

    async fn one_letter_tells_of_all_that_concerns_a_subscriber(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        for dataset in ["cpi", "gdp", "oil"] {
            public_dataset(&around, dataset).await;
        }
        let cpi = subscriber(&around, READER, "cy", json!({"dataset_id": "cpi"})).await;
        site.advance(TimeDelta::minutes(1));
        subscriber(&around, READER, "cy", json!({"dataset_id": "gdp"})).await;
        subscriber(&around, READER, "cy", json!({"dataset_id": "oil"})).await;
        subscriber(&around, "all@example.org", "en", json!({})).await;
        for dataset in ["cpi", "gdp"] {
            next_version(&around.editor, &around.approver, dataset).await;
        }
        published(&around, "Both", &[("cpi", "2"), ("gdp", "2")]).await;
        let before = letters_to(&around, READER).len();
        site.run_tasks().await;
        let letters = letters_to(&around, READER);
        assert_eq!(letters.len(), before + 1);
        let text = letters.last().unwrap().part("text/plain").unwrap();
        assert!(text.contains("Mae hyn newydd gael ei gyhoeddi") && text.contains("/cy/catalogue/gdp/editions/time-series/versions/2"), "{text}");
        assert!(text.contains("All about cpi") && !text.contains("oil"), "{text}");
        let all = letters_to(&around, "all@example.org").pop().unwrap().part("text/plain").unwrap();
        assert!(all.contains("This has just been published") && all.contains("gdp"), "{all}");

        // Who stops one of them is told of the others, also where that was after the publication.
        let mut browser = Browser::new(site);
        let manage = link_in(site, letters.last().unwrap(), "/cy/subscribe/manage");
        let page = browser.get(&manage).await.must_be(200);
        assert_eq!(page.text.matches("/rpc/subscriptions/end\"").count(), 3);
        for dataset in ["cpi", "gdp"] {
            next_version(&around.editor, &around.approver, dataset).await;
        }
        published(&around, "Both again", &[("cpi", "3"), ("gdp", "3")]).await;
        services::deliveries::run_due(&site.services, Sink::Subscribers).await.unwrap();
        let token = cpi["token"].as_str().unwrap();
        let over = browser.submit("/rpc/subscriptions/end", &manage, &[("language", "cy"), ("token", token)]).await;
        assert!(over.text.contains("Dim mwy o lythyrau"));
        site.run_tasks().await;
        let text = letters_to(&around, READER).pop().unwrap().part("text/plain").unwrap();
        assert!(text.contains("All about gdp") && !text.contains("All about cpi"), "{text}");
        let rest = link_in(site, &letters_to(&around, READER).pop().unwrap(), "/cy/subscribe/manage");
        browser.submit("/rpc/subscriptions/end-all", &rest, &[("language", "cy"), ("token", &token_of(&rest))]).await.must_be(200);
        next_version(&around.editor, &around.approver, "oil").await;
        published(&around, "Oil", &[("oil", "2")]).await;
        let before = letters_to(&around, READER).len();
        site.run_tasks().await;
        assert_eq!(letters_to(&around, READER).len(), before);
    }

    async fn a_reader_is_told_of_what_a_search_finds(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        for dataset in ["cpi", "gdp"] {
            public_dataset(&around, dataset).await;
        }
        let mut browser = Browser::new(site);
        assert!(browser.get("/search?q=cpi&formats=csv&sort=title").await.text.contains("/subscribe?search=q%3Dcpi%26formats%3Dcsv\""));
        let page = browser.get("/cy/subscribe?search=formats%3Dcsv%26q%3Dcpi").await.must_be(200);
        assert!(page.text.contains("y chwiliad “cpi”; Fformat: CSV") && page.text.contains("name=\"search\""), "{}", page.text);
        browser.get("/subscribe?search=colour%3Dred").await.must_be(404);
        asked(site, READER, "en", json!({"search": "sort=title"})).await.must_be(422);
        asked(site, READER, "en", json!({"search": "q=cpi", "topic_id": "output"})).await.must_be(422);

        subscriber(&around, READER, "cy", json!({"search": "formats=csv&q=cpi"})).await;
        subscriber(&around, READER, "cy", json!({"search": "topics=output"})).await;
        subscriber(&around, "oil@example.org", "en", json!({"search": "q=oil"})).await;
        subscriber(&around, "none@example.org", "en", json!({"search": "q=cpi&formats=xlsx"})).await;
        let first = letters_to(&around, READER)[0].part("text/plain").unwrap();
        assert!(first.contains("chwiliad") && !first.contains("“cpi”"), "a stranger may have written the words: {first}");
        let before = letters_to(&around, READER).len();
        for dataset in ["cpi", "gdp"] {
            next_version(&around.editor, &around.approver, dataset).await;
        }
        published(&around, "Both", &[("cpi", "2"), ("gdp", "2")]).await;
        for _ in 0..2 {
            site.run_tasks().await;
        }
        let letters = letters_to(&around, READER);
        assert_eq!(letters.len(), before + 1, "one letter, however many searches find it");
        let text = letters.last().unwrap().part("text/plain").unwrap();
        assert!(text.contains("All about cpi") && text.contains("All about gdp"), "{text}");
        // What was never public before is found too, since it is in the index when the searches are asked.
        assert_eq!(letters_to(&around, "oil@example.org").len(), 1);
        public_dataset(&around, "oil").await;
        let told = letters_to(&around, "oil@example.org");
        assert_eq!(told.len(), 2);
        assert!(told[1].part("text/plain").unwrap().contains("All about oil"));
        assert_eq!(letters_to(&around, "none@example.org").len(), 1);

        let manage = link_in(site, letters.last().unwrap(), "/cy/subscribe/manage");
        let own = browser.get(&manage).await.must_be(200);
        assert!(own.text.contains("Atal: ffigurau newydd ar gyfer y chwiliad “cpi”; Fformat: CSV"), "{}", own.text);
        assert_eq!(own.text.matches("/rpc/subscriptions/end\"").count(), 2);
    }

    async fn nobody_is_told_of_any_number_of_searches(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let (site, database) = (&around.site, around.site.services.db.pool());
        let first = subscriber(&around, READER, "en", json!({"search": "q=cpi"})).await;
        let first = row(site, first["id"].as_str().unwrap()).await;
        let who = persistence::subscriptions::subscriber_of(database, &first.id).await.unwrap().unwrap();
        for number in 1..MOST_SEARCHES {
            let id = format!("another-{number}");
            let keys = persistence::subscriptions::Keys { subscriber: &who, token_hash: &id, secret: None };
            let target = Target::Search(format!("q=x{number}"));
            let another = Subscription { id: id.clone(), target, ..first.clone() };
            persistence::subscriptions::insert(database, &another, keys).await.unwrap();
        }
        asked(site, READER, "en", json!({"search": "q=gdp"})).await.must_be(202);
        site.run_tasks().await;
        let link = link_in(site, &letters_to(&around, READER).pop().unwrap(), "/subscribe/confirm");
        let fields = [("language", "en"), ("token", &token_of(&link))];
        let full = Browser::new(site).submit("/rpc/subscriptions/confirm", &link, &fields).await.must_be(200);
        assert!(full.text.contains("You are told of 50 searches already"), "{}", full.text);
        site.public().post("/v1/subscriptions/confirm", json!({"token": token_of(&link)})).await.must_be(409);
        persistence::subscriptions::end(database, "another-1", site.now()).await.unwrap();
        site.public().post("/v1/subscriptions/confirm", json!({"token": token_of(&link)})).await.must_be(200);
    }

    async fn who_confirms_after_a_publication_is_not_told_of_it(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        public_dataset(&around, "cpi").await;
        subscriber(&around, "early@example.org", "en", json!({"topic_id": "output"})).await;
        around.site.advance(TimeDelta::minutes(1));
        next_version(&around.editor, &around.approver, "cpi").await;
        published(&around, "Second", &[("cpi", "2")]).await;
        around.site.advance(TimeDelta::seconds(1));
        // Asking runs what is owed, so that the confirmation is later than the publication and earlier than its telling.
        asked(&around.site, "late@example.org", "en", json!({"dataset_id": "cpi"})).await.must_be(202);
        services::deliveries::run_due(&around.site.services, Sink::SubscriberMail).await.unwrap();
        let link = link_in(&around.site, &letters_to(&around, "late@example.org")[0], "/subscribe/confirm");
        around.site.public().post("/v1/subscriptions/confirm", json!({"token": token_of(&link)})).await.must_be(200);
        around.site.run_tasks().await;
        assert_eq!(letters_to(&around, "late@example.org").len(), 1);
        assert_eq!(letters_to(&around, "early@example.org").len(), 2);
    }

    async fn a_process_that_stops_halfway_neither_loses_nor_doubles(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        public_dataset(&around, "cpi").await;
        let readers: Vec<String> = (0..3).map(|n| format!("reader{n}@example.org")).collect();
        for reader in &readers {
            subscriber(&around, reader, "en", json!({"dataset_id": "cpi"})).await;
        }
        next_version(&around.editor, &around.approver, "cpi").await;
        let bundle = published(&around, "Second", &[("cpi", "2")]).await;
        services::deliveries::run_due(&site.services, Sink::Subscribers).await.unwrap();
        // As if it had stopped before it could note that it was through, and how far it had come.
        let again = "UPDATE outbox SET finished_at = NULL, available_at = 0, payload = REPLACE(payload, '\"after\"', '\"lost\"') WHERE kind = 'subscribers'";
        site.database.execute(again).await.unwrap();
        // One letter is put off by the mail server.
        around.mail.refuse(1);
        services::deliveries::run_due(&site.services, Sink::SubscriberMail).await.unwrap();
        for _ in 0..3 {
            site.run_tasks().await;
            site.advance(TimeDelta::minutes(5));
        }
        for reader in &readers {
            let news = letters_to(&around, reader).into_iter().filter(|letter| !header(letter, "List-Unsubscribe").is_empty());
            assert_eq!(news.count(), 1, "{reader}");
        }
        assert_eq!(around.step(&bundle, "subscribers").await["attempts"], 2);
    }

    async fn an_address_that_takes_nothing_is_given_up_and_worries_nobody(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        public_dataset(&around, "cpi").await;
        subscriber(&around, READER, "en", json!({"dataset_id": "cpi"})).await;
        next_version(&around.editor, &around.approver, "cpi").await;
        published(&around, "Second", &[("cpi", "2")]).await;
        services::deliveries::run_due(&site.services, Sink::Subscribers).await.unwrap();
        around.mail.refuse(100);
        let mut outcomes = Vec::new();
        for _ in 0..4 {
            let tried = services::deliveries::run_due(&site.services, Sink::SubscriberMail).await.unwrap();
            outcomes.extend(tried.into_iter().map(|tried| tried.outcome.as_str()));
            site.advance(TimeDelta::hours(2));
        }
        assert_eq!(outcomes, ["failed", "failed", "given_up"]);
        let backlog = persistence::outbox::backlog(site.services.db.pool()).await.unwrap();
        assert!(backlog.iter().all(|line| line.kind != Sink::SubscriberMail.as_str()), "nothing is left for an operator");
    }

    async fn an_address_that_is_refused_for_good_is_not_asked_twice(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        public_dataset(&around, "cpi").await;
        subscriber(&around, READER, "en", json!({"dataset_id": "cpi"})).await;
        next_version(&around.editor, &around.approver, "cpi").await;
        published(&around, "Second", &[("cpi", "2")]).await;
        services::deliveries::run_due(&site.services, Sink::Subscribers).await.unwrap();
        around.mail.knows_nobody_at(READER);
        let mut outcomes = Vec::new();
        for _ in 0..3 {
            let tried = services::deliveries::run_due(&site.services, Sink::SubscriberMail).await.unwrap();
            outcomes.extend(tried.into_iter().map(|tried| tried.outcome.as_str()));
            site.advance(TimeDelta::hours(2));
        }
        assert_eq!(outcomes, ["given_up"]);
    }

    async fn a_link_ends_after_two_days(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        public_dataset(&around, "cpi").await;
        asked(&around.site, READER, "en", json!({"dataset_id": "cpi"})).await.must_be(202);
        around.site.run_tasks().await;
        let link = link_in(&around.site, &letters_to(&around, READER)[0], "/subscribe/confirm");
        around.site.advance(TimeDelta::hours(48));
        let mut browser = Browser::new(&around.site);
        assert!(browser.get(&link).await.text.contains("This link has ended"));
        let token = token_of(&link);
        let page = browser.submit("/rpc/subscriptions/confirm", &link, &[("language", "en"), ("token", &token)]).await;
        assert!(page.text.contains("This link has ended"));
        let refused = around.site.public().post("/v1/subscriptions/confirm", json!({"token": token})).await.must_be(422);
        assert_eq!(refused.json()["error"]["details"]["fields"][0]["code"], "ended");
    }

    async fn the_office_counts_subscribers_and_ends_one_for_a_reason(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let site = &around.site;
        public_dataset(&around, "cpi").await;
        subscriber(&around, READER, "en", json!({"dataset_id": "cpi"})).await;
        site.account("office@example.org", &[domain::policy::Role::Operator]).await;
        let mut office = Browser::signed_in(site, "office@example.org").await;
        let page = office.get("/admin/subscribers?kind=dataset&of=cpi").await.must_be(200).text;
        assert!(page.contains("Dataset: cpi") && page.contains("r…@example.org") && !page.contains(READER), "{page}");
        let id = page.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let end = "/rpc/operations/end-subscription";
        let refused = office.submit(end, "/admin/subscribers", &[("id", &id), ("reason", " ")]).await.text;
        assert!(refused.contains("Say why"), "{refused}");
        let done = office.submit(end, "/admin/subscribers", &[("id", &id), ("reason", "Asked by letter")]).await.text;
        assert!(done.contains("It has ended") && done.contains("Nobody has subscribed"), "{done}");
        assert_eq!(row(site, &id).await.address, "");
        let trail = office.get("/admin/audit?action=subscription_ended").await.must_be(200).text;
        assert!(trail.contains("Asked by letter") && !trail.contains(READER), "{trail}");
    }
}
