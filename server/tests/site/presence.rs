//! What an open page of the portal is told: who else has the same thing open, what happened to it, what waits; and who
//! is told nothing.

use chrono::TimeDelta;
use domain::policy::{Grant, Role};
use reqwest::header::ACCEPT;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::*;

const DATASET: &str = "/admin/datasets/cpi";
const NOTHING: &str = "/admin/bundles/0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51";

fn asked(at: &str) -> String {
    format!("/admin/events?at={at}")
}

async fn told(caller: &Caller, at: &str) -> Value {
    caller.get(&asked(at)).await.must_be(200).json()
}

/// The words about others that the page shows as it is made.
fn line(page: &str) -> String {
    let rest = page.split("id=\"live-others\"").nth(1).unwrap();
    rest.split_once('>').unwrap().1.split('<').next().unwrap().trim().to_owned()
}

/// A stream of events, as it is heard.
struct Heard {
    response: Response,
    text: String,
    chunks: u32,
}

impl Heard {
    async fn begin(caller: &Caller, address: &str) -> Self {
        let request = caller.request(Method::GET, address).header(ACCEPT, "text/event-stream");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{address}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "private, no-store");
        Self { response, text: String::new(), chunks: 0 }
    }

    /// The data of the next event of this name, those before it passed over.
    async fn until(&mut self, name: &str) -> Value {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |wanted: &str| event.lines().find_map(|line| line.strip_prefix(wanted)).map(str::trim);
                if field("event:") == Some(name) {
                    return serde_json::from_str(field("data:").unwrap()).unwrap();
                }
            }
            let chunk = self.chunk().await;
            let chunk = chunk.unwrap_or_else(|| panic!("the stream ended without {name}"));
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next bytes; signs of life come every few seconds where nothing happens, so that only a count of them ends the wait.
    async fn chunk(&mut self) -> Option<Vec<u8>> {
        self.chunks += 1;
        assert!(self.chunks < 50, "what was waited for did not come: {}", self.text);
        self.response.chunk().await.unwrap().map(|bytes| bytes.to_vec())
    }

    async fn ends(mut self) {
        while self.chunk().await.is_some() {}
    }
}

/// Waits until somebody was seen at the dataset by the present time of the site.
async fn seen_now(site: &Site, name: &str) {
    let patience = std::time::Duration::from_secs(20);
    let seen = async {
        loop {
            let there =
                persistence::presence::of_object(site.services.db.pool(), "dataset:cpi", site.now()).await.unwrap();
            if there.iter().any(|presence| presence.actor.name == name && presence.seen_at == site.now()) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(patience, seen).await.unwrap_or_else(|_| panic!("{name} was not seen again"));
}

/// A site with a dataset, and two editors who are signed in.
async fn two_editors(db: TestDatabase) -> (Site, Caller, Caller, Caller) {
    let site = Site::start(db).await;
    let service = site.service("loader", &[Role::Editor]).await;
    begin_dataset(&service, "cpi", "Prices").await;
    let (ann, _) = site.person("ann@example.org", &[Grant::of(Role::Editor)]).await;
    let (bob, _) = site.person("bob@example.org", &[Grant::of(Role::Editor)]).await;
    (site, service, ann, bob)
}

on_both_databases! {
    async fn people_who_open_a_thing_see_each_other_with_scripts_and_without(db: TestDatabase) {
        let (_site, _, ann, bob) = two_editors(db).await;
        let alone = ann.get(DATASET).await.must_be(200).text;
        assert!(line(&alone).is_empty() && alone.contains("Nobody else has this open. "), "{alone}");
        assert!(alone.contains("href=\"/admin/datasets/cpi\">Refresh</a></p></noscript>"), "{alone}");
        let page = bob.get(DATASET).await.must_be(200).text;
        assert!(line(&page).starts_with("ann@example.org has this open since "), "{page}");
        assert!(!page.contains("Nobody else has this open"), "{page}");

        let seen = told(&ann, DATASET).await;
        assert_eq!(seen["others"]["people"].as_array().unwrap().len(), 1, "{seen}");
        assert_eq!((&seen["others"]["people"][0]["name"], &seen["others"]["people"][0]["editing"]), (&json!("bob@example.org"), &json!(false)));
        bob.get(&format!("{}&typing=yes", asked(DATASET))).await.must_be(200);
        let words = told(&ann, DATASET).await["others"]["words"].as_str().unwrap().to_owned();
        assert!(words.starts_with("bob@example.org is editing this, here since "), "{words}");
        assert_eq!(told(&ann, "/admin/datasets").await["others"], Value::Null);
        assert!(!ann.get("/admin/datasets").await.must_be(200).text.contains("bob@"));
    }

    async fn who_comments_on_what_nobody_can_edit_has_it_open_and_no_more(db: TestDatabase) {
        let (site, service, ann, bob) = two_editors(db).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        next_version(&service, &approver, "cpi").await;
        let (version, approved) = (format!("{DATASET}/editions/time-series/versions/1"), approved_bundle(&service, &approver, "Spring", &[("cpi", "1")]).await);
        let open = service.post("/bundles", json!({"title": "Summer", "type": "scheduled"})).await.must_be(201).json();
        let (approved, open) = (format!("/admin/bundles/{approved}"), format!("/admin/bundles/{}", open["id"].as_str().unwrap()));
        // The dataset's draft is held as it is by the bundle that is approved.
        for (at, editing) in [(version.as_str(), false), (approved.as_str(), false), (open.as_str(), true), (DATASET, false)] {
            bob.get(&format!("{}&typing=yes", asked(at))).await.must_be(200);
            let seen = told(&ann, at).await;
            assert_eq!(seen["others"]["people"][0]["editing"], editing, "{at}: {seen}");
            let words = if editing { "is editing this, here since " } else { "has this open since " };
            assert!(seen["others"]["words"].as_str().unwrap().contains(words), "{at}: {seen}");
        }
    }

    async fn a_page_of_the_queue_is_told_when_the_queue_changes(db: TestDatabase) {
        let (site, service, ann, _) = two_editors(db).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        next_version(&service, &approver, "cpi").await;
        let bundle = approved_bundle(&service, &approver, "Spring", &[("cpi", "1")]).await;
        let mark = told(&ann, "/ops/queue").await["drawn"]["mark"].clone();
        assert_eq!(told(&ann, "/admin/queue").await["drawn"]["mark"], mark);
        assert_eq!(told(&ann, "/admin/bundles").await["drawn"], Value::Null);
        assert!(ann.get("/admin/queue").await.must_be(200).text.contains(&format!("data-mark={mark}")), "{mark}");
        let mut heard = Heard::begin(&ann, &asked("/admin/queue")).await;
        assert_eq!(heard.until("drawn").await["mark"], mark);
        let at = (site.now() + TimeDelta::hours(1)).to_rfc3339();
        approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": at})).await.must_be(200);
        assert_ne!(heard.until("drawn").await["mark"], mark);
    }

    async fn a_page_of_the_operations_desk_is_told_when_something_needs_somebody(db: TestDatabase) {
        let (site, _, ann, _) = two_editors(db).await;
        let (operator, _) = site.person("operator@example.org", &[Grant::of(Role::Operator)]).await;
        let mark = told(&operator, "/ops").await["drawn"]["mark"].clone();
        for page in ["/ops", "/ops/health", "/ops/failures", "/ops/integrations", "/ops/files", "/ops/alerts"] {
            assert_eq!(told(&operator, page).await["drawn"]["mark"], mark, "{page}");
            let html = operator.get(page).await.must_be(200).text;
            for sign in ["id=\"desk\"", &format!("data-mark={mark}"), "/assets/follow-mark.js", "Look again"] {
                assert!(html.contains(sign), "{page} {sign}: {html}");
            }
        }
        // Who asked a receiver asked once; the page does not ask it again by itself.
        assert!(!operator.get("/ops/integrations?ask=search_index").await.must_be(200).text.contains("id=\"desk\""));
        // An editor follows what they see, and no more.
        let of_editor = told(&ann, "/ops/failures").await["drawn"]["mark"].clone();
        let mut heard = Heard::begin(&operator, &asked("/ops")).await;
        assert_eq!(heard.until("drawn").await["mark"], mark);
        let fields = json!({"title": "Nothing is published", "severity": "p1"});
        let opened = site.environment().post("/v1/incidents", fields).await.must_be(201).json();
        assert_ne!(heard.until("drawn").await["mark"], mark);
        assert_eq!(told(&ann, "/ops/failures").await["drawn"]["mark"], of_editor);
        let path = format!("/ops/incidents/{}", opened["id"].as_str().unwrap());
        let of_incident = told(&operator, &path).await["drawn"]["mark"].clone();
        assert!(operator.get(&path).await.must_be(200).text.contains(&format!("data-mark={of_incident}")), "{of_incident}");
    }

    async fn somebody_counts_for_a_minute_after_the_last_sign(db: TestDatabase) {
        let (site, _, ann, bob) = two_editors(db).await;
        told(&bob, DATASET).await;
        let since = told(&ann, DATASET).await["others"]["people"][0]["since"].clone();
        site.advance(TimeDelta::seconds(59));
        assert_eq!(told(&ann, DATASET).await["others"]["people"][0]["since"], since);
        site.advance(TimeDelta::seconds(1));
        assert_eq!(told(&ann, DATASET).await["others"]["people"], json!([]));
        told(&bob, DATASET).await;
        assert_ne!(told(&ann, DATASET).await["others"]["people"][0]["since"], since, "they came anew");
    }

    async fn a_stream_keeps_its_reader_there_and_tells_of_others_and_of_changes(db: TestDatabase) {
        let (site, service, ann, bob) = two_editors(db).await;
        let page = ann.get(DATASET).await.must_be(200).text;
        let mark = page.split("data-mark=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mut heard = Heard::begin(&ann, &format!("{}&since={mark}", asked(DATASET))).await;
        assert_eq!(heard.until("others").await["people"], json!([]));
        told(&bob, DATASET).await;
        site.advance(TimeDelta::seconds(5));
        assert_eq!(heard.until("others").await["people"][0]["name"], "bob@example.org");
        service.change(Method::PATCH, "/datasets/cpi", json!({"title": "Prices of today"})).await.must_be(200);
        let change = heard.until("changed").await;
        assert_eq!((&change["by"], &change["own"]), (&json!("loader"), &json!(false)));
        assert!(change["words"].as_str().unwrap().starts_with("Changed by loader at "), "{change}");
        assert_eq!(change["history"], "/admin/datasets/cpi#history");
        // The stream alone is a sign of its reader, though nobody loads the page again.
        for _ in 0..3 {
            site.advance(TimeDelta::seconds(45));
            seen_now(&site, "ann@example.org").await;
        }
    }

    async fn a_page_that_knows_of_the_last_change_is_told_of_none(db: TestDatabase) {
        let (_site, service, ann, _) = two_editors(db).await;
        let first = told(&ann, DATASET).await["changed"].clone();
        let known = format!("{}&since={}", asked(DATASET), first["mark"].as_str().unwrap());
        assert_eq!(ann.get(&known).await.must_be(200).json()["changed"], Value::Null);
        service.post("/datasets/cpi/editions", json!({"edition": "months", "title": "Months"})).await.must_be(201);
        let change = ann.get(&known).await.must_be(200).json()["changed"].clone();
        assert_eq!((&change["by"], &change["own"]), (&json!("loader"), &json!(false)));
        ann.change(Method::PATCH, "/datasets/cpi", json!({"title": "Prices again"})).await.must_be(200);
        assert_eq!(ann.get(&known).await.must_be(200).json()["changed"]["own"], true);
    }

    async fn who_may_not_see_a_thing_hears_what_everybody_hears_of_nothing(db: TestDatabase) {
        let (site, service, ann, _) = two_editors(db).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        next_version(&service, &approver, "cpi").await;
        let bundle = approved_bundle(&service, &approver, "Secret", &[("cpi", "1")]).await;
        let hidden = format!("/admin/bundles/{bundle}");
        told(&ann, &hidden).await;
        site.department("health").await;
        let grants = [Grant { departments: vec!["health".into()], ..Grant::of(Role::Editor) }];
        let (stranger, _) = site.person("stranger@example.org", &grants).await;
        for accept in ["application/json", "text/event-stream"] {
            let ask = async |at: &str| {
                let request = stranger.request(Method::GET, &asked(at)).header(ACCEPT, accept);
                let answer = stranger.send(request).await.must_be(404);
                let trace = answer.json()["error"]["details"]["trace_id"].as_str().unwrap().to_owned();
                (answer.header("content-type"), answer.text.replace(&trace, "TRACE"))
            };
            assert_eq!(ask(&hidden).await, ask(NOTHING).await, "{accept}");
            assert_eq!(ask(DATASET).await, ask("/admin/datasets/nothing").await, "{accept}");
        }
        assert_eq!(told(&ann, &hidden).await["others"]["people"], json!([]), "who may not see it is not there");

        site.public().get(&asked(&hidden)).await.must_be(401);
        service.get(&asked(&hidden)).await.must_be(401);
        let from = |site: &str| ann.request(Method::GET, &asked(&hidden)).header("sec-fetch-site", site);
        ann.send(from("cross-site")).await.must_be(403);
        ann.send(from("same-origin")).await.must_be(200);
    }

    async fn a_previewer_of_a_version_is_told_nothing_of_those_who_work_on_it(db: TestDatabase) {
        let (site, service, ann, _) = two_editors(db).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        next_version(&service, &approver, "cpi").await;
        let at = format!("{DATASET}/editions/time-series/versions/1");
        assert!(told(&ann, &at).await["changed"].is_object());
        let (press, press_id) = site.person("press@example.org", &[Grant::of(Role::Previewer)]).await;
        press.get(&asked(&at)).await.must_be(404);
        let admin = site.service("admin", &[Role::Admin]).await;
        admin.post("/teams", json!({"name": "Press", "members": [press_id]})).await.must_be(201);
        let body = json!({"title": "Shared", "type": "scheduled", "preview_teams": ["press"]});
        let bundle = service.post("/bundles", body).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let item = json!({"dataset_id": "cpi", "edition": "time-series", "version": "1"});
        service.post(&format!("/bundles/{bundle}/contents"), item).await.must_be(201);
        let seen = told(&press, &at).await;
        assert_eq!((&seen["others"]["people"], &seen["changed"]), (&json!([]), &Value::Null), "{seen}");
    }

    async fn streams_of_one_person_have_a_bound_and_pages_go_on_without(db: TestDatabase) {
        let (site, _, ann, bob) = two_editors(db).await;
        let mut open = Vec::new();
        for _ in 0..12 {
            open.push(Heard::begin(&ann, &asked(DATASET)).await);
        }
        let one_more = ann.request(Method::GET, &asked(DATASET)).header(ACCEPT, "text/event-stream");
        let refused = ann.send(one_more).await.must_be(429);
        assert_eq!(refused.header("retry-after"), "60");
        told(&ann, DATASET).await;
        open.push(Heard::begin(&bob, &asked(DATASET)).await);
        let metrics = site.public().get("/metrics").await.text;
        for name in ["live_streams_open ", "live_streams_refused_total{reason=\"person\"} "] {
            let value = metrics.split(&format!("\n{name}")).nth(1).and_then(|rest| rest.lines().next()).unwrap();
            assert!(value.parse::<f64>().unwrap() >= 1.0, "{name}{value}");
        }
    }

    async fn a_stream_ends_with_the_session_and_with_the_program(db: TestDatabase) {
        let (site, _, ann, bob) = two_editors(db).await;
        let (mut of_ann, of_bob) = (Heard::begin(&ann, &asked(DATASET)).await, Heard::begin(&bob, &asked(DATASET)).await);
        let nothing: [(&str, &str); 0] = [];
        let out = ann.request(Method::POST, "/rpc/account/sign-out").header(ACCEPT, "text/html").form(&nothing);
        ann.send(out).await.must_be(303);
        site.advance(TimeDelta::seconds(15));
        of_ann.until("signed-out").await;
        of_ann.ends().await;
        ann.get(&asked(DATASET)).await.must_be(401);
        site.state.ending.cancel();
        of_bob.ends().await;
    }

    async fn a_page_that_is_left_open_does_not_keep_its_session_alive(db: TestDatabase) {
        let (site, _, ann, _) = two_editors(db).await;
        let idle = TimeDelta::from_std(site.state.config.session_idle_timeout).unwrap();
        for _ in 0..4 {
            site.advance(idle / 4 - TimeDelta::seconds(1));
            told(&ann, DATASET).await;
            // What draws itself anew asks for the whole page, and says that nobody did.
            let anew = ann.request(Method::GET, "/admin/queue").header("x-by-itself", "yes");
            ann.send(anew).await.must_be(200);
        }
        site.advance(TimeDelta::seconds(5));
        ann.get(&asked(DATASET)).await.must_be(401);
    }

    async fn the_rail_says_how_much_waits_for_its_reader(db: TestDatabase) {
        let (site, service, ann, _) = two_editors(db).await;
        let versions = "/datasets/cpi/editions/time-series/versions";
        service.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        service.upload("cpi", "time-series", "1", "cpi.csv", TABLE).await.must_be(201);
        service.put(&format!("{versions}/1/submit")).await.must_be(200);
        ann.post("/bundles", json!({"title": "Mine", "type": "scheduled"})).await.must_be(201);
        assert_eq!(told(&ann, "/admin").await["counts"], json!({"review": 0, "bundles": 1, "failures": 0, "incidents": 0, "feedback": 0, "notifications": 0}));
        let page = ann.get("/admin").await.must_be(200).text;
        assert!(page.contains("data-count=\"bundles\" class=\"rail__n\">1<") && page.contains("data-count=\"review\" class=\"rail__n\"><"), "{page}");
        let (approver, _) = site.person("cai@example.org", &[Grant::of(Role::Approver)]).await;
        assert_eq!(told(&approver, "/admin").await["counts"], json!({"review": 1, "bundles": 0, "failures": 0, "incidents": 0, "feedback": 0, "notifications": 1}));
        assert!(approver.get("/admin").await.must_be(200).text.contains("data-count=\"review\" class=\"rail__n\">1<"));
    }
}
