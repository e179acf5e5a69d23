//! The runbook's own lines with curl, as printed, ports and ids apart: what curl would send is what is sent here.

use chrono::{DateTime, TimeDelta, Utc};
use domain::policy::Role;
use reqwest::Method;
use serde_json::Value;
use testkit::on_both_databases;

use crate::support::*;

const CREATE: &str = r#"POST /bundles
Content-Type: application/json
{
  "title": "Monthly GDP Release - November 2025",
  "description": "Economic indicators for Q3 2025",
  "type": "scheduled"
}"#;

const ADD: &str = r#"POST /bundles/{bundle-id}/contents
Content-Type: application/json
{
  "dataset_id": "gdp-monthly",
  "edition": "time-series", 
  "version": "1"
}"#;

const SCHEDULE: &str = r#"PUT /bundles/{bundle-id}/schedule
Content-Type: application/json
{
  "publication_date": "2025-11-15T09:00:00Z",
  "notification_channels": ["email", "webhook"]
}"#;

const ONE: &str = r#"curl -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:BUNDLE_API_PORT/bundles/{bundle-id}"#;
const SCHEDULED: &str = r#"curl -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:BUNDLE_API_PORT/bundles?state=scheduled"#;
const QUEUE: &str = r#"curl -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:SCHEDULER_PORT/publish-queue"#;
const PUBLISH: &str = r#"curl -X POST -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:SCHEDULER_PORT/bundles/{bundle-id}/publish"#;
const RETRY: &str = r#"curl -X PUT -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:BUNDLE_API_PORT/bundles/{bundle-id}/retry"#;
const CANCEL: &str = r#"curl -X DELETE -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:BUNDLE_API_PORT/bundles/{bundle-id}/schedule"#;
const RESET: &str = r#"curl -X PUT -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:BUNDLE_PORT/bundles/{bundle-id}/reset-to-approved"#;
const VERSION: &str = "curl http://localhost:22000/datasets/{dataset-id}/editions/{edition}/versions/{version}";
const RESCHEDULE: &str = r#"curl -X PUT -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:BUNDLE_PORT/bundles/{bundle-id}/schedule \
     -d '{"publication_date": "2025-11-05T15:00:00Z"}'"#;
const APPROVE_VERSION: &str = r#"curl -X PUT -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:22000/datasets/{id}/editions/{edition}/versions/{version}/approve"#;
/// Shown without a token; they are private all the same.
const STATUS: &str = "curl http://localhost:SCHEDULER_PORT/bundles/{bundle-id}/status";
const TIMELINE: &str = "curl http://localhost:BUNDLE_PORT/bundles/{bundle-id}/timeline";
const STATE: &str = "curl http://localhost:BUNDLE_PORT/bundles/{bundle-id} | jq '.state,.last_modified'";
const WAGTAIL: &str = "curl http://localhost:CMS_INTEGRATION_PORT/wagtail/status/{bundle-id}";
const TRACKING: &str = "curl http://localhost:TRACKER_PORT/datasets/{dataset-id}/tracking-status";
const ITEMS: &str = r#"curl http://localhost:BUNDLE_PORT/bundles/{bundle-id}/contents | \
   jq '.items[] | {dataset_id, state, last_validated}'"#;

/// About the service itself, as far as they are printed without a token.
const PLAIN: [&str; 6] = [
    "curl http://localhost:22000/health      # Dataset API",
    "curl http://localhost:26900/health      # Files API",
    r#"curl -w "@curl-format.txt" -o /dev/null -s http://localhost:22000/health"#,
    r#"curl http://localhost:22000/healthcheck | jq '.checks[] | select(.name=="MongoDB")'"#,
    r#"curl -w "Response time: %{time_total}s\n" http://localhost:22000/datasets"#,
    "curl http://localhost:22000/datasets?state=submitted",
];
/// About files and connections, with what each answers.
const OF_OPERATORS: [(&str, &str); 3] = [
    (
        r#"curl -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:26900/files/queue/status"#,
        "queued",
    ),
    (
        r#"curl -X DELETE -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:26900/files/queue/clear-failed"#,
        "cleared",
    ),
    (
        r#"curl -X POST -H "Authorization: Bearer $SERVICE_AUTH_TOKEN" \
     http://localhost:22000/admin/database/reset-connections"#,
        "closed",
    ),
];

/// The words of a shell line: quotes taken off, line ends escaped by `\` joined, everything after a pipe or a comment's sign left out.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quote, mut begun) = (String::new(), None, false);
    for c in line.replace("\\\n", " ").chars() {
        match (c, quote) {
            ('|' | '#', None) => break,
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => (quote, begun) = (Some(c), true),
            (c, None) if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (c, _) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

/// Sends what curl would send for the line; with `signed`, the token goes with a line that is printed without one.
async fn curl(site: &Site, line: &str, ids: &[(&str, &str)], signed: bool) -> Answer {
    let mut method = None;
    let (mut headers, mut address, mut data) = (Vec::new(), String::new(), None);
    let mut words = words(line).into_iter().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-X" => method = words.next(),
            "-H" => headers.extend(words.next()),
            "-d" => data = words.next(),
            // How the answer is shown.
            "-w" | "-o" => drop(words.next()),
            "-s" => {}
            _ => address = word,
        }
    }
    let path = address.trim_start_matches("http://localhost:");
    let mut path = path[path.find('/').unwrap()..].to_owned();
    for (name, value) in ids {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    assert!(!path.contains('{'), "{path}");
    let method = method.unwrap_or_else(|| if data.is_some() { "POST".into() } else { "GET".into() });
    let mut request = plain_client().request(method.parse::<Method>().unwrap(), format!("{}{path}", site.url));
    request = request.header("accept", "*/*").header("user-agent", "curl/8.5.0");
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value.replace("$SERVICE_AUTH_TOKEN", ENVIRONMENT_TOKEN));
    }
    if signed {
        request = request.bearer_auth(ENVIRONMENT_TOKEN);
    }
    if let Some(data) = data {
        request = request.header("content-type", "application/x-www-form-urlencoded").body(data);
    }
    read(request.send().await.unwrap()).await
}

/// Sends a request that the runbook prints as a head and a body.
async fn printed(caller: &Caller, request: &str, id: &str) -> Answer {
    let (head, body) = request.split_once('{').filter(|(head, _)| head.contains("Content-Type")).unwrap_or_else(|| {
        // The address itself holds a brace.
        let at = request.find("\n{").unwrap();
        (&request[..at], &request[at + 2..])
    });
    let (line, content_type) = head.split_once('\n').unwrap();
    let (method, path) = line.split_once(' ').unwrap();
    let (name, value) = content_type.trim().split_once(": ").unwrap();
    let request = caller.request(method.parse().unwrap(), &path.replace("{bundle-id}", id)).header(name, value);
    caller.send(request.body(format!("{{{body}"))).await
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A bundle of the runbook's words, filled, reviewed and approved by others than the bearer of the environment's token.
async fn approved_as_printed(editor: &Caller, approver: &Caller) -> String {
    let created = printed(editor, CREATE, "").await.must_be(201);
    let id = created.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(created.json()["state"], "created");
    assert!(created.header("location").ends_with(&id));
    let added = printed(editor, ADD, &id).await.must_be(201).json();
    assert_eq!((added["version"].as_str(), added["state"].as_str()), (Some("1"), Some("approved")));
    assert_eq!(editor.get(&format!("/bundles/{id}")).await.json()["state"], "in_progress");
    editor.put(&format!("/bundles/{id}/submit")).await.must_be(200);
    assert_eq!(approver.put(&format!("/bundles/{id}/approve")).await.must_be(200).json()["state"], "approved");
    id
}

on_both_databases! {
    async fn every_line_about_bundles_works_as_printed(db: TestDatabase) {
        let receiver = testkit::receiver::Receiver::start().await.unwrap();
        let settings = [WITH_MAIL, &[("WEBHOOK_ALLOW_PRIVATE", "true")]].concat();
        let site = Site::start_as(db, &settings).await;
        let hook = serde_json::json!({"url": receiver.url(), "events": ["bundle.published", "bundle.failed"]});
        site.environment().post("/webhooks", hook).await.must_be(201);
        // The runbook was written in November 2025.
        site.advance(at("2025-11-05T14:00:00Z") - site.now());
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        submitted_version(&editor, "gdp-monthly").await;
        let version = [("id", "gdp-monthly"), ("dataset-id", "gdp-monthly"), ("edition", "time-series"), ("version", "1")];
        assert_eq!(curl(&site, APPROVE_VERSION, &version, false).await.must_be(200).json()["state"], "approved");
        let id = approved_as_printed(&editor, &approver).await;
        let bundle = [("bundle-id", id.as_str())];
        let go = async |line: &str, status: u16| -> Value { curl(&site, line, &bundle, false).await.must_be(status).json() };

        let scheduled = printed(&site.environment(), SCHEDULE, &id).await.must_be(200).json();
        assert_eq!((&scheduled["state"], &scheduled["publication_date"]), (&"scheduled".into(), &"2025-11-15T09:00:00Z".into()));
        let told = serde_json::json!(["email", "webhook"]);
        assert_eq!(scheduled["notification_channels"], told);
        assert_eq!(go(ONE, 200).await["id"], id.as_str());
        let listed = go(SCHEDULED, 200).await;
        assert_eq!((listed["total_count"].as_u64(), &listed["items"][0]["id"]), (Some(1), &id.as_str().into()));
        let queue = go(QUEUE, 200).await;
        assert_eq!((&queue["items"][0]["bundle_id"], queue["items"][0]["lateness_ms"].as_i64().map(i64::signum)), (&id.as_str().into(), Some(-1)));
        // The line that schedules anew names nobody, and silences nobody.
        for (line, state) in [(RESCHEDULE, "scheduled"), (CANCEL, "approved"), (RESCHEDULE, "scheduled"), (RESET, "approved"), (RESCHEDULE, "scheduled")] {
            let bundle = go(line, 200).await;
            assert_eq!((&bundle["state"], &bundle["notification_channels"]), (&state.into(), &told), "{line}");
            if line == RESCHEDULE {
                assert_eq!(bundle["publication_date"], "2025-11-05T15:00:00Z");
            }
        }

        // Its bytes vanish, so it fails at its instant, whole, and is found out as the runbook does.
        let file = editor.get("/datasets/gdp-monthly/editions/time-series/versions/1").await.json()["distributions"][0]["id"].as_str().unwrap().to_owned();
        let bytes = site.services.storage.read(&format!("files/{file}")).await.unwrap().unwrap();
        site.services.storage.delete(&format!("files/{file}")).await.unwrap();
        site.advance(TimeDelta::hours(1));
        site.run_tasks().await;
        for (line, fields) in [(STATUS, vec!["state", "steps", "items"]), (STATE, vec!["state", "last_modified"]), (TIMELINE, vec!["items"])] {
            curl(&site, line, &bundle, false).await.must_be(401);
            let answer = curl(&site, line, &bundle, true).await.must_be(200).json();
            assert!(fields.iter().all(|field| !answer[field].is_null()), "{line} {answer}");
        }
        assert_eq!(go(ONE, 200).await["state"], "failed");
        let failure = go(ONE, 200).await["failure"].clone();
        assert!(failure["message"].as_str().unwrap().starts_with("Bundle publication failed: "), "{failure}");
        let items = curl(&site, ITEMS, &bundle, true).await.must_be(200).json();
        for field in ["dataset_id", "state", "last_validated"] {
            assert!(items["items"][0][field].is_string(), "{items}");
        }
        curl(&site, VERSION, &version, false).await.must_be(404);
        curl(&site, VERSION, &version, true).await.must_be(200);

        // Mended, it goes back to approved and is published by hand.
        site.services.storage.put(&format!("files/{file}"), "text/csv", bytes).await.unwrap();
        assert_eq!(go(RETRY, 200).await["state"], "approved");
        let begun = curl(&site, PUBLISH, &bundle, false).await.must_be(202);
        assert!(begun.header("location").ends_with("/status"));
        site.run_tasks().await;
        assert_eq!(curl(&site, STATUS, &bundle, true).await.json()["state"], "published");
        curl(&site, VERSION, &version, false).await.must_be(200);
        for (line, ids) in [(WAGTAIL, &bundle[..]), (TRACKING, &version[..])] {
            curl(&site, line, ids, false).await.must_be(401);
            assert_eq!(curl(&site, line, ids, true).await.must_be(200).json()["configured"], false);
        }
        let timeline = curl(&site, TIMELINE, &bundle, true).await.json();
        let happened: Vec<&str> = timeline["items"].as_array().unwrap().iter().map(|event| event["event_type"].as_str().unwrap()).collect();
        let expected = [
            "created", "content_added", "submitted", "approved", "scheduled", "rescheduled", "schedule_cancelled", "scheduled", "reset",
            "scheduled", "publishing", "failed", "retried", "publishing", "published",
        ];
        assert_eq!(happened, expected);
        // The channels that are configured heard of both.
        let heard = receiver.received().iter().map(testkit::receiver::Received::text).collect::<String>();
        assert!(heard.contains("Bundle publication failed: ") && heard.contains("bundle.published"), "{heard}");
    }

    async fn every_line_about_the_service_itself_works_as_printed(db: TestDatabase) {
        let site = Site::start(db).await;
        let patience = TimeDelta::seconds(90);
        let manner = server::health::Manner { patience, interval: std::time::Duration::from_secs(30), schedules: true };
        site.state.health.look(&site.services, manner).await;
        for line in PLAIN {
            let told = curl(&site, line, &[], false).await.must_be(200).json();
            assert!(told.is_object(), "{line} {told}");
        }
        for (line, member) in OF_OPERATORS {
            let told = curl(&site, line, &[], false).await.must_be(200).json();
            assert!(told[member].is_u64(), "{line} {told}");
        }
    }

    async fn a_line_that_comes_too_early_is_told_from_where_it_may_come(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let id = printed(&editor, CREATE, "").await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        for (line, allowed) in [(PUBLISH, vec!["approved", "scheduled"]), (RETRY, vec!["failed"]), (CANCEL, vec!["scheduled"]), (RESET, vec!["failed", "scheduled", "publishing"])] {
            let refused = curl(&site, line, &[("bundle-id", &id)], false).await.must_be(409).json();
            assert_eq!((&refused["error"]["code"], &refused["error"]["details"]["bundle_id"]), (&"INVALID_STATE_TRANSITION".into(), &id.as_str().into()));
            assert_eq!(refused["error"]["details"]["allowed_from"], serde_json::json!(allowed), "{line}");
        }
    }
}

/// A dataset with one version that waits for approval.
async fn submitted_version(editor: &Caller, id: &str) {
    let mut body = metadata("Gross domestic product");
    body["id"] = id.into();
    body["type"] = "static".into();
    body["department"] = "economy".into();
    editor.post("/datasets", body).await.must_be(201);
    let edition = serde_json::json!({"edition": "time-series", "title": "Time series"});
    editor.post(&format!("/datasets/{id}/editions"), edition).await.must_be(201);
    let versions = format!("/datasets/{id}/editions/time-series/versions");
    editor.post(&versions, serde_json::json!({"release_date": "2025-11-15T09:00:00Z"})).await.must_be(201);
    editor.upload(id, "time-series", "1", &format!("{id}.csv"), TABLE).await.must_be(201);
    editor.put(&format!("{versions}/1/submit")).await.must_be(200);
}
