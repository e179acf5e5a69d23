//! Large outputs of filters, whose files are made by a job.

use chrono::TimeDelta;
use domain::policy::Role;
use persistence::output_jobs;
use reqwest::Method;
use serde_json::{Value, json};
use services::filters::{Prepared, prepare_due, sweep, take_up_outputs, tidy};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;
use crate::uploads::Faulty;

/// So that a few rows are large.
const LARGE: (&str, &str) = ("OUTPUT_AT_ONCE_CELLS", "10");
/// A table of two dimensions, of more cells than are made at once.
const AREAS: &[u8] =
    b"Area,Year,Value\nWales,2023,1.5\nWales,2024,2.5\nEngland,2023,10\nEngland,2024,11\nWales,2025,3\nEngland,2025,12\n";

/// Figures as people write them.
const GROUPED: &[u8] =
    b"Area,Year,Value\nWales,2023,\"1,500\"\nWales,2024,\"77,500\"\nEngland,2023,10\nEngland,2024,11\n";

/// Publishes the table, and gives the file's id.
async fn published(site: &Site) -> (Caller, String) {
    published_as(site, AREAS).await
}

async fn published_as(site: &Site, table: &[u8]) -> (Caller, String) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    let file = table_version(&editor, &approver, "areas", table).await;
    let bundle = approved_bundle(&editor, &approver, "Areas", &[("areas", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    (approver, file)
}

/// A filter of the whole table, or of one area; its address.
async fn filter(who: &Caller, options: Value) -> String {
    let body = json!({
        "dataset": {"id": "areas", "edition": "time-series", "version": "1"},
        "dimensions": [{"name": "Area", "options": options}],
    });
    who.post("/filters", body).await.must_be(201).header("location")
}

/// Has an output made of the whole table; its address.
async fn large(who: &Caller) -> String {
    let path = filter(who, json!(["Wales", "England"])).await;
    who.post(&format!("{path}/submit"), json!(null)).await.must_be(202).header("location")
}

async fn run(site: &Site) -> Vec<Prepared> {
    prepare_due(&site.services, &site.url).await.unwrap()
}

async fn state(who: &Caller, output: &str) -> String {
    who.get(output).await.must_be(200).json()["state"].as_str().unwrap().to_owned()
}

async fn objects(site: &Site) -> usize {
    site.services.storage.list("outputs/").await.unwrap().len()
}

on_both_databases! {
    async fn a_large_output_is_prepared_and_given_out_with_ranges(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        published(&site).await;
        let public = site.public();
        // A small one is complete at once.
        let small = filter(&public, json!(["Wales"])).await;
        let small = public.post(&format!("{small}/submit"), json!(null)).await.must_be(201).json();
        assert_eq!(small["state"], "completed");
        assert!(small.get("rows_written").is_none());

        let path = filter(&public, json!(["Wales", "England"])).await;
        let asked = public.post(&format!("{path}/submit"), json!(null)).await.must_be(202);
        assert_eq!(asked.header("retry-after"), "5");
        let (output, body) = (asked.header("location"), asked.json());
        assert_eq!((&body["state"], &body["rows"], &body["rows_written"]), (&json!("pending"), &json!(6), &json!(0)));
        let early = public.get(&format!("{output}/downloads/csv")).await.must_be(409);
        assert!(early.text.contains("still being made"), "{}", early.text);
        assert_eq!(early.header("retry-after"), "5");
        public.get(&format!("{output}/downloads/txt")).await.must_be(200);
        public.post(&format!("{output}/retry"), json!(null)).await.must_be(409);

        assert_eq!(run(&site).await, [Prepared::Completed]);
        assert_eq!(run(&site).await, []);
        let done = public.get(&output).await.must_be(200);
        assert_eq!(done.header("retry-after"), "");
        let done = done.json();
        assert_eq!((&done["state"], &done["rows_written"], &done["rows_to_write"]), (&json!("completed"), &json!(30), &json!(30)));
        assert_eq!(done["downloads"].as_array().unwrap().len(), 7);
        let csv = public.get(&format!("{output}/downloads/csv")).await.must_be(200);
        assert_eq!(csv.text.lines().count(), 7);
        assert!(csv.header("repr-digest").starts_with("sha-256=:") && csv.header("etag").starts_with("\"sha256-"));
        assert_eq!(csv.header("content-length"), csv.text.len().to_string());
        assert_eq!(csv.header("cache-control"), "private, no-store, no-transform");
        let part = public.request(Method::GET, &format!("{output}/downloads/csv")).header("range", "bytes=0-3");
        let part = public.send(part).await.must_be(206);
        assert_eq!((part.text.as_str(), part.header("content-range")), ("Area", format!("bytes 0-3/{}", csv.text.len())));
        let outside = public.request(Method::GET, &format!("{output}/downloads/csv")).header("range", "bytes=9999-");
        public.send(outside).await.must_be(416);
        let again = public.request(Method::GET, &format!("{output}/downloads/csv")).header("if-none-match", csv.header("etag"));
        public.send(again).await.must_be(304);
        for format in ["json", "ndjson", "xlsx", "parquet"] {
            public.get(&format!("{output}/downloads/{format}")).await.must_be(200);
        }

        // Its time over, it and its files go.
        assert_eq!(objects(&site).await, 5);
        site.advance(TimeDelta::days(7));
        public.get(&output).await.must_be(404);
        assert_eq!(tidy(&site.services).await.unwrap(), 1);
        assert_eq!(tidy(&site.services).await.unwrap(), 0);
        assert_eq!(objects(&site).await, 0);
    }

    async fn what_a_program_of_before_prepared_is_described_as_it_was_written(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        published_as(&site, GROUPED).await;
        let public = site.public();
        let output = large(&public).await;
        assert_eq!(run(&site).await, [Prepared::Completed]);
        let described = async || {
            let sent = public.get(&format!("{output}/downloads/csvw")).await.must_be(200);
            (sent.header("etag"), sent.json()["tableSchema"]["columns"][2]["datatype"].clone())
        };
        let (tag, now) = described().await;
        assert_eq!(now, "integer");
        let id = output.rsplit('/').next().unwrap_or_default();
        let before = format!("UPDATE output_files SET object_key = 'outputs/{id}/1/' || format");
        site.database.execute(&before).await.unwrap();
        let (other, then) = described().await;
        assert_eq!(then, json!({"base": "integer", "format": {"groupChar": ","}}));
        assert_ne!(tag, other);
    }

    async fn a_large_workbook_is_prepared_and_not_waited_for(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        published(&site).await;
        let public = site.public();
        let data = "/v1/datasets/areas/editions/time-series/versions/1/data";
        for query in ["format=xlsx", "format=xlsx&dim.Year=2023,2024", "format=xlsx&limit=4"] {
            let refused = public.get(&format!("{data}?{query}")).await.must_be(422).json();
            let problem = &refused["error"]["details"]["fields"][0];
            assert_eq!((&problem["field"], &problem["code"]), (&json!("format"), &json!("too_large")), "{query}");
            let told = problem["message"].as_str().unwrap();
            assert!(told.contains("/v1/filters") && told.contains("at most 10"), "{told}");
            let head = public.send(public.request(Method::HEAD, &format!("{data}?{query}"))).await;
            assert_eq!(head.status, 422, "{query}");
        }
        for query in ["format=xlsx&limit=3", "format=xlsx&columns=Value", "format=xlsx&offset=3", "format=csv", "format=parquet"] {
            let sent = public.request(Method::GET, &format!("{data}?{query}")).send().await.unwrap();
            assert_eq!(sent.status(), 200, "{query}");
        }
        // The explorer offers what is made, and says what becomes of the rest.
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let whole = public.get(explore).await.must_be(200).text;
        assert!(whole.contains("/data?format=csv") && !whole.contains("/data?format=xlsx"), "{whole}");
        assert!(whole.contains("A workbook (XLSX) of so many rows"), "{whole}");
        let part = public.get(&format!("{explore}?dim.Area=Wales")).await.must_be(200).text;
        assert!(part.contains("/data?format=xlsx") && !part.contains("A workbook (XLSX) of so many rows"), "{part}");
    }

    async fn another_node_takes_over_and_nothing_is_left_behind(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        published(&site).await;
        let public = site.public();
        let output = large(&public).await;
        let id = output.rsplit('/').next().unwrap().to_owned();
        let (pool, now) = (site.services.db.pool(), site.now());
        let taken = output_jobs::take_due(pool, "other/1", now, now + TimeDelta::seconds(30), 5).await.unwrap();
        assert_eq!(taken.len(), 1);
        // What the other had made before it died.
        let orphan = format!("outputs/{id}/1/csv");
        site.services.storage.put(&orphan, "text/csv", bytes::Bytes::from_static(b"half")).await.unwrap();
        assert!(output_jobs::renew(pool, &id, "other/1", now + TimeDelta::seconds(30), 4).await.unwrap());
        assert_eq!(public.get(&output).await.json()["rows_written"], 4);
        assert_eq!(state(&public, &output).await, "running");
        site.advance(TimeDelta::seconds(29));
        assert_eq!(run(&site).await, []);
        site.advance(TimeDelta::seconds(1));
        assert_eq!(run(&site).await, [Prepared::Completed]);
        // What the other says when it comes round changes nothing.
        assert!(!output_jobs::finish(pool, &id, "other/1", 6, &[]).await.unwrap());
        assert!(!output_jobs::fail(pool, &id, "other/1", "too late").await.unwrap());
        assert_eq!(state(&public, &output).await, "completed");
        assert_eq!((objects(&site).await, sweep(&site.services).await.unwrap(), objects(&site).await), (6, 1, 5));
        assert_eq!(public.get(&format!("{output}/downloads/csv")).await.must_be(200).text.lines().count(), 7);

        // A node that starts again does not wait for its own leases.
        let second = large(&public).await;
        let (holder, now) = (format!("{}/1", site.services.settings.node), site.now());
        output_jobs::take_due(pool, &holder, now, now + TimeDelta::seconds(30), 5).await.unwrap();
        assert_eq!(take_up_outputs(&site.services).await.unwrap(), 1);
        assert_eq!(run(&site).await, [Prepared::Completed]);
        // One that dies in every try does not come back for ever, and can be retried.
        let third = large(&public).await;
        for _ in 0..5 {
            let now = site.now();
            assert_eq!(output_jobs::take_due(pool, "dying/1", now, now, 5).await.unwrap().len(), 1);
            site.advance(TimeDelta::seconds(1));
        }
        assert_eq!(run(&site).await, [Prepared::GivenUp]);
        let failed = public.get(&third).await.json();
        assert_eq!(failed["state"], "failed");
        assert!(failed["error"].is_string());
        public.get(&format!("{third}/downloads/csv")).await.must_be(409);
        let retried = public.post(failed["links"]["retry"].as_str().unwrap(), json!(null)).await.must_be(202);
        assert_eq!((retried.json()["state"].as_str(), retried.header("location")), (Some("pending"), third.clone()));
        assert_eq!(run(&site).await, [Prepared::Completed]);
        assert_eq!((state(&public, &second).await, state(&public, &third).await), ("completed".into(), "completed".into()));
    }

    async fn a_storage_that_fails_in_the_middle_is_tried_again(db: TestDatabase) {
        let faulty = Faulty::start().await;
        let name = format!("outputs-{}", services::ids::new_id(chrono::DateTime::UNIX_EPOCH));
        let site = Site::start_with(db, |_| {
            let mut settings = faulty.settings(&name);
            settings.push((LARGE.0, LARGE.1.to_owned()));
            settings
        })
        .await;
        published(&site).await;
        let public = site.public();
        let output = large(&public).await;
        // Each file is one call: the first, one in the middle, the last.
        for (number, after) in [0, 2, 4].into_iter().enumerate() {
            faulty.refuse_after(after);
            assert_eq!(run(&site).await, [Prepared::PutOff], "after {after}");
            faulty.take_again();
            assert_eq!(objects(&site).await, 0, "what was made before is removed");
            let told = public.get(&output).await.json();
            assert_eq!(told["state"], "pending", "try {number}");
            let error = told["error"].as_str().unwrap();
            assert!(!error.contains("storage"), "what failed is for the log: {error}");
            assert_eq!(run(&site).await, []);
            site.advance(TimeDelta::minutes(5));
        }
        assert_eq!(run(&site).await, [Prepared::Completed]);
        assert_eq!(objects(&site).await, 5);
        assert_eq!(public.get(&format!("{output}/downloads/csv")).await.must_be(200).text.lines().count(), 7);
    }

    async fn what_is_withdrawn_is_given_out_no_longer(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        let (approver, file) = published(&site).await;
        let public = site.public();
        let (made, waiting) = (large(&public).await, large(&public).await);
        assert_eq!(run(&site).await, [Prepared::Completed]);
        let first = state(&public, &made).await;
        let recall = json!({"reason": "A figure is wrong."});
        approver.put_json(&format!("/files/{file}/withdraw"), recall.clone()).await.must_be(200);
        assert_eq!(objects(&site).await, 0);
        for output in [&made, &waiting] {
            assert_eq!(state(&public, output).await, "failed", "it was {first}");
            let gone = public.get(&format!("{output}/downloads/csv")).await.must_be(409);
            assert!(gone.text.contains("no longer given out"), "{}", gone.text);
        }
        // Tried again, it says why it cannot be, and once the file is given out again, it can.
        public.post(&format!("{made}/retry"), json!(null)).await.must_be(202);
        assert_eq!(run(&site).await, [Prepared::Refused]);
        assert!(public.get(&made).await.json()["error"].as_str().unwrap().contains("no longer given out"));
        approver.put_json(&format!("/files/{file}/reinstate"), recall).await.must_be(200);
        public.post(&format!("{made}/retry"), json!(null)).await.must_be(202);
        assert_eq!(run(&site).await, [Prepared::Completed]);
        public.get(&format!("{made}/downloads/csv")).await.must_be(200);
    }

    async fn outputs_of_what_is_hidden_are_hidden(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        table_version(&editor, &approver, "areas", AREAS).await;
        let output = large(&editor).await;
        assert_eq!(run(&site).await, [Prepared::Completed]);
        editor.get(&format!("{output}/downloads/csv")).await.must_be(200);
        let public = site.public();
        let unknown = "/v1/filter-outputs/5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11";
        for way in ["", "/downloads/csv"] {
            let hidden = public.get(&format!("{output}{way}")).await.must_be(404);
            let nothing = public.get(&format!("{unknown}{way}")).await.must_be(404);
            assert_eq!(hidden.json()["error"]["message"], nothing.json()["error"]["message"]);
        }
        public.post(&format!("{output}/retry"), json!(null)).await.must_be(404);
    }

    async fn a_reader_keeps_a_selection_and_watches_its_files(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        let (approver, file) = published(&site).await;
        let mut reader = Browser::new(&site);
        let explorer = "/catalogue/areas/editions/time-series/versions/1/explore";
        let of = |query: &'static str| {
            [("language", "en"), ("dataset_id", "areas"), ("edition", "time-series"), ("version", "1"), ("query", query)]
        };
        let page = reader.get(&format!("{explorer}?dim.Area=Wales&columns=Area,Value")).await.must_be(200).text;
        assert!(page.contains(r#"name="query" value="dim.Area=Wales&amp;columns=Area,Value&amp;file=areas.csv""#), "{page}");

        // A small one is there at once, with what was chosen.
        let small = reader.submit("/rpc/filters/keep", explorer, &of("dim.Area=Wales&columns=Area,Value")).await.must_be(200);
        assert_eq!(small.header("cache-control"), "private, no-store");
        for words in ["The files are ready.", "/downloads/parquet\"", "Wales", "Area, Value", "?dim.Area=Wales&amp;columns=Area,Value"] {
            assert!(small.text.contains(words), "{words} in {}", small.text);
        }
        assert!(!small.text.contains("output.js"));

        // What does not fit is refused on the page that it came from; what is not there is not found.
        let odd = reader.submit("/rpc/filters/keep", explorer, &of("dim.Colour=red")).await.must_be(200).text;
        assert!(odd.contains("It could not be kept. See whether"), "{odd}");
        reader.get("/outputs/5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11").await.must_be(404);

        // A large one is waited for, made, and has sizes.
        let address = reader.post("/rpc/filters/keep", explorer, &of("")).await.must_be(303).header("location");
        assert!(address.starts_with("/outputs/"));
        let waiting = reader.get(&address).await.must_be(200).text;
        assert!(waiting.contains("wait for their turn") && waiting.contains("output.js"), "{waiting}");
        assert!(!waiting.contains("/downloads/csv"));
        assert!(reader.get(&format!("/cy{address}")).await.must_be(200).text.contains("aros eu tro"));
        assert_eq!(run(&site).await, [Prepared::Completed]);
        let made = reader.get(&address).await.must_be(200).text;
        assert!(made.contains("The files are ready.") && made.contains("All rows and columns") && made.contains(" bytes<"), "{made}");

        // Browsers that open its JSON come here; recalled, it says so, and cannot be made again before the file is back.
        let json = reader.get(&format!("/v1/filter-{}", address.trim_start_matches('/'))).await.must_be(303);
        assert_eq!(json.header("location"), address);
        let recall = json!({"reason": "A figure is wrong."});
        approver.put_json(&format!("/files/{file}/withdraw"), recall).await.must_be(200);
        assert!(reader.get(&address).await.must_be(200).text.contains("The files could not be made."));
        let id = address.trim_start_matches("/outputs/");
        let again = reader.submit("/rpc/filters/retry", &address, &[("language", "en"), ("id", id)]).await.must_be(200).text;
        assert!(again.contains("wait for their turn"), "{again}");
        let twice = reader.submit("/rpc/filters/retry", &address, &[("language", "en"), ("id", id)]).await.must_be(200).text;
        assert!(twice.contains("cannot be made again just now"), "{twice}");
        site.advance(TimeDelta::days(7));
        reader.get(&address).await.must_be(404);
    }

    async fn nobody_fills_the_storage(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE, ("OUTPUT_MAX_BYTES", "2000")]).await;
        published(&site).await;
        let public = site.public();
        let path = filter(&public, json!(["Wales", "England"])).await;
        let submit = async || public.post(&format!("{path}/submit"), json!(null)).await;
        for _ in 0..3 {
            submit().await.must_be(202);
        }
        let refused = submit().await.must_be(429);
        assert_eq!(refused.header("retry-after"), "60");
        // There is no room for all formats of it.
        assert_eq!(run(&site).await, [Prepared::Refused]);
        assert_eq!(objects(&site).await, 0);
        submit().await.must_be(202);
    }
}
