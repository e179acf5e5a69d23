//! How often the data of public datasets is downloaded: counted once a day for each reader, and told of whole days.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use domain::policy::Role;
use persistence::dataset_uses;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use services::uses::{self, Uses};
use services::{Ctx, Services};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;
use tokio::task::JoinSet;

use crate::support::*;
use crate::topics::published;

const FILE: &str = "/v1/files/downloads/gdp/gdp.csv";
const ARCHIVE: &str = "/v1/datasets/cpi/editions/time-series/versions/1/files.zip";
const ROWS: &str = "/v1/datasets/cpi/editions/time-series/versions/1/data?format=csv";
const TOPIC: &str = "/topics/output";

/// A site behind a proxy where everybody sees `gdp` and `cpi`, and those who prepare it `hidden`; an editor and an approver.
async fn site_with_two(db: TestDatabase) -> (Site, Caller, Caller) {
    let site = Site::start_as(db, &[("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    published(&site, &editor, &approver, "gdp").await;
    published(&site, &editor, &approver, "cpi").await;
    approved_version(&editor, &approver, "hidden", "Hidden").await;
    (site, editor, approver)
}

/// What a reader by number asks for.
fn of_reader(public: &Caller, reader: u8, path: &str) -> RequestBuilder {
    public.request(Method::GET, path).header("x-forwarded-for", format!("192.0.2.{reader}"))
}

/// How often it is written down that data of a dataset was taken.
async fn kept(site: &Site, dataset: &str) -> u64 {
    let ever = DateTime::UNIX_EPOCH..site.now() + TimeDelta::days(1);
    dataset_uses::total(site.services.db.pool(), dataset, ever).await.unwrap()
}

/// How often data of a dataset was taken so far.
async fn taken(site: &Site, dataset: &str) -> u64 {
    uses::keep_counts(&site.services).await.unwrap();
    kept(site, dataset).await
}

/// Which datasets the page of a topic says are downloaded most, in its order.
fn named(page: &str) -> Vec<&'static str> {
    let told = page.split("Most downloaded").nth(1).and_then(|rest| rest.split("</ol>").next()).unwrap_or_default();
    let place = |id: &'static str| Some((told.find(&format!("/catalogue/{id}\""))?, id));
    let mut found: Vec<(usize, &'static str)> = ["cpi", "gdp", "hidden"].into_iter().filter_map(place).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, id)| id).collect()
}

on_both_databases! {
    async fn a_topic_names_what_readers_download_most(db: TestDatabase) {
        let (site, editor, _) = site_with_two(db).await;
        let public = site.public();
        let page = async |path: &str| {
            uses::keep_counts(&site.services).await.unwrap();
            // Pages are remembered for a second.
            site.advance(TimeDelta::seconds(1));
            public.get(path).await.must_be(200).text
        };
        // What people who work here take is not counted, nor what is not public, nor headers alone.
        editor.get(FILE).await.must_be(200);
        editor.get("/v1/files/downloads/hidden/hidden.csv").await.must_be(200);
        public.send(public.request(Method::HEAD, FILE)).await.must_be(200);
        assert_eq!((taken(&site, "gdp").await, taken(&site, "hidden").await), (0, 0));
        let before = page(TOPIC).await;
        let past = "/releases?view=published&amp;topic=output";
        assert!(before.contains(past), "{before}");
        public.get(&past.replace("&amp;", "&")).await.must_be(200);
        // All filters of the search narrow the same datasets, and what comes new can be followed.
        for link in ["/search?sort=newest&topics=output", "/topics/output/feed.atom"] {
            assert!(before.contains(&format!("href=\"{}\"", link.replace('&', "&amp;"))), "{link} {before}");
            public.get(link).await.must_be(200);
        }

        let of_gdp = [(1, FILE), (2, FILE), (3, FILE)];
        let of_cpi = [(1, ARCHIVE), (2, ARCHIVE), (3, ROWS), (4, ROWS)];
        for (reader, path) in of_gdp.into_iter().chain(of_cpi) {
            public.send(of_reader(&public, reader, path)).await.must_be(200);
        }
        // One reader who takes the same again and again makes nothing the most.
        for _ in 0..5 {
            public.send(of_reader(&public, 1, FILE)).await.must_be(200);
        }
        // Who has it already takes nothing anew.
        for (reader, path) in [(5, ARCHIVE), (6, ROWS)] {
            let tag = public.send(of_reader(&public, 4, path)).await.must_be(200).header("etag");
            public.send(of_reader(&public, reader, path).header("if-none-match", tag)).await.must_be(304);
        }
        assert_eq!((taken(&site, "gdp").await, taken(&site, "cpi").await), (3, 4));
        assert!(!page(TOPIC).await.contains("Most downloaded"), "the day goes on");
        site.advance(TimeDelta::days(1));
        let after = page(TOPIC).await;
        assert_eq!(named(&after), ["cpi", "gdp"], "{after}");
        assert!(page("/cy/topics/output").await.contains("Lawrlwythwyd fwyaf"));
        site.account("worker@example.org", &[Role::Editor]).await;
        let worker = site.signed_in("worker@example.org").await;
        let own = worker.get("/admin/datasets/cpi").await.must_be(200).text;
        assert!(own.contains("4 downloads in the last 90 days"), "{own}");
        let hidden = worker.get("/admin/datasets/hidden").await.must_be(200).text;
        assert!(!hidden.contains("in the last 90 days"), "{hidden}");
    }

    async fn a_reader_counts_once_a_day_whichever_node_answers(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let node = |db| Services { db, uses: Uses::default(), ..site.services.clone() };
        let (one, two) = (node(site.services.db.clone()), node(other.database()));
        let takes = |node: &Services, reader: u8| {
            let client = Some([192, 0, 2, reader].into());
            let ctx = Ctx { client, ..Ctx::public(site.now(), "a-test".to_owned()) };
            uses::count(node, &ctx, "gdp", true);
        };
        let counted = async || {
            let (first, second) = tokio::join!(uses::keep_counts(&one), uses::keep_counts(&two));
            first.and(second).unwrap();
            kept(&site, "gdp").await
        };
        for (node, reader) in [(&one, 1), (&one, 1), (&two, 1), (&one, 2), (&two, 3)] {
            takes(node, reader);
        }
        assert_eq!(counted().await, 3, "of both nodes, in one round");
        for (node, reader) in [(&two, 2), (&one, 3), (&two, 4), (&one, 5)] {
            takes(node, reader);
        }
        assert_eq!(counted().await, 5, "in a later round");
        let anew = node(site.services.db.clone());
        takes(&anew, 1);
        uses::keep_counts(&anew).await.unwrap();
        assert_eq!(counted().await, 5, "by a node that was started anew");
        site.advance(TimeDelta::days(1));
        for (node, reader) in [(&one, 1), (&two, 2), (&two, 3), (&one, 3)] {
            takes(node, reader);
        }
        assert_eq!(counted().await, 8, "on another day");
    }

    async fn who_goes_on_through_rows_takes_nothing_anew(db: TestDatabase) {
        let (site, ..) = site_with_two(db).await;
        let public = site.public();
        let first = public.get(&ROWS.replace("format=csv", "limit=1")).await.must_be(200).json();
        let cursor = first["next_cursor"].as_str().unwrap();
        for more in ["limit=1&offset=1".to_owned(), format!("limit=1&cursor={cursor}")] {
            public.send(of_reader(&public, 1, &format!("{ROWS}&{more}"))).await.must_be(200);
        }
        assert_eq!(taken(&site, "cpi").await, 0);
        public.send(of_reader(&public, 1, &format!("{ROWS}&limit=1&offset=0"))).await.must_be(200);
        assert_eq!(taken(&site, "cpi").await, 1);
    }

    async fn what_was_counted_last_is_written_down_at_the_end(db: TestDatabase) {
        let (site, ..) = site_with_two(db).await;
        let public = site.public();
        let takes = async |reader: u8| public.send(of_reader(&public, reader, FILE)).await.must_be(200);
        // What is answered while the server stops counts, too.
        server::background::end(&site.state, takes(1), JoinSet::new(), Duration::from_secs(60)).await;
        assert_eq!(kept(&site, "gdp").await, 1);
        // So it does where something else has to be cut off.
        takes(2).await;
        let endless = std::future::pending::<()>();
        server::background::end(&site.state, endless, JoinSet::new(), Duration::ZERO).await;
        assert_eq!(kept(&site, "gdp").await, 2);
    }

    async fn what_a_topic_names_is_read_once_a_day_and_when_the_public_sees_something_else(db: TestDatabase) {
        let (site, editor, approver) = site_with_two(db).await;
        let (public, pool) = (site.public(), site.services.db.pool());
        let topic = json!({"slug": "prices", "title": "Prices"});
        site.environment().post("/v1/topics", topic).await.must_be(201);
        let day = site.now() - TimeDelta::days(2);
        let took = async |id: &str, times| dataset_uses::add(pool, day, &[(id.to_owned(), times)]).await.unwrap();
        took("cpi", 5).await;
        took("gdp", 4).await;
        let told = async || {
            // Pages are remembered for a second.
            site.advance(TimeDelta::seconds(1));
            site.record_statements();
            let page = public.get(TOPIC).await.must_be(200).text;
            let is_read = site.recorded_statements().iter().any(|statement| statement.contains("dataset_uses"));
            (named(&page), is_read)
        };
        assert_eq!(told().await, (vec!["cpi", "gdp"], true));
        took("gdp", 9).await;
        assert_eq!(told().await, (vec!["cpi", "gdp"], false), "the day goes on");
        // What readers find there no more is named no more.
        editor.change(Method::PATCH, "/datasets/cpi", json!({"topics": ["prices"]})).await.must_be(200);
        approver.put("/datasets/cpi/publish-metadata").await.must_be(200);
        assert_eq!(told().await, (vec!["gdp"], true));
        assert_eq!(told().await, (vec!["gdp"], false));
        site.advance(TimeDelta::days(1));
        assert_eq!(told().await, (vec!["gdp"], true), "on another day");
        assert_eq!(told().await, (vec!["gdp"], false));
    }

    async fn counts_are_forgotten_after_400_days(db: TestDatabase) {
        let site = Site::start(db).await;
        dataset_uses::add(site.services.db.pool(), site.now(), &[("gdp".to_owned(), 3)]).await.unwrap();
        for (days, left) in [(399, 3), (2, 0)] {
            site.advance(TimeDelta::days(days));
            uses::forget_counts(&site.services).await.unwrap();
            assert_eq!(kept(&site, "gdp").await, left);
        }
    }
}
