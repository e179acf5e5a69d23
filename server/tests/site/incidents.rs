//! Alerts and incidents: opened by the runbook's conditions once, however many nodes see them, and dealt with against its clocks.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::operations::{Condition, NewSilence};
use domain::policy::Role;
use domain::refusal::Refusal;
use reqwest::Method;
use serde_json::{Value, json};
use server::background::look_round;
use services::{Ctx, ServiceError, incidents};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

/// A scheduled bundle, an hour ahead; its id.
async fn scheduled(site: &Site) -> String {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    approved_version(&editor, &approver, "cpi", "Prices").await;
    let id = approved_bundle(&editor, &approver, "Prices", &[("cpi", "1")]).await;
    let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    approver.put_json(&format!("/bundles/{id}/schedule"), json!({"publication_date": at})).await.must_be(200);
    id
}

async fn listed(who: &Caller, query: &str) -> Vec<Value> {
    let page = who.get(&format!("/v1/incidents?{query}")).await.must_be(200).json();
    page["items"].as_array().unwrap().clone()
}

/// The one incident of overdue bundles.
async fn overdue(who: &Caller) -> Value {
    let mut all = listed(who, "q=due").await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn time(value: &Value) -> DateTime<Utc> {
    text(value).parse().unwrap()
}

async fn told(site: &Site, id: &str) -> Vec<String> {
    let sheet = site.environment().get(&format!("/v1/incidents/{id}")).await.must_be(200).json();
    sheet["timeline"].as_array().unwrap().iter().map(|event| text(&event["event_type"])).collect()
}

on_both_databases! {
    async fn an_open_incident_is_seen_wherever_operators_look_first(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let fields = [("title", "Nothing is published"), ("severity", "p1"), ("description", "")];
        operator.post("/rpc/incidents/open", "/ops/alerts", &fields).await.must_be(303);
        let path = format!("/ops/incidents/{}", text(&listed(&site.environment(), "").await[0]["id"]));
        let page = operator.get("/ops").await.must_be(200).text.replace("<!>", "");
        for told in [">Critical<", "1 open incident<", &format!("href=\"{path}\""), "P1, critical", "Respond: ", "15 min left"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(page.contains("data-count=\"incidents\" class=\"rail__n\">1<") && !page.contains("Nothing waits for an operator"), "{page}");
        assert!(page.contains("action=\"/rpc/incidents/acknowledge\""), "{page}");
        let start = operator.get("/admin").await.must_be(200).text;
        assert!(start.contains(&path) && start.contains("P1, critical"), "{start}");
        let others = editor.get("/admin").await.must_be(200).text;
        assert!(!others.contains(&path) && !others.contains("data-count=\"incidents\""), "{others}");
        let runbook = operator.get("/ops/runbook").await.must_be(200).text;
        assert!(runbook.contains(">Critical<") && runbook.contains("<strong>CRITICAL</strong>"), "{runbook}");
    }

    async fn a_resolved_incident_has_a_text_to_begin_its_review_with(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let fields = json!({"title": "Nothing is published", "severity": "p1"});
        let id = text(&site.environment().post("/v1/incidents", fields).await.must_be(201).json()["id"]);
        let path = format!("/ops/incidents/{id}");
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        assert!(!operator.get(&path).await.must_be(200).text.contains("id=\"review\""));
        let fields = [("id", id.as_str()), ("revision", "1"), ("cause", "A full disk")];
        let over = operator.submit("/rpc/incidents/resolve", &path, &fields).await.text;
        for part in ["data-copies=\"review\"", "# Review: Nothing is published", "## Cause\n\nA full disk", "The runbook wants it reviewed by "] {
            assert!(over.contains(part), "{part}: {over}");
        }
    }

    async fn an_overdue_bundle_opens_one_incident_however_many_nodes_see_it(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let second = Site::start(other).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        scheduled(&site).await;
        for node in [&site, &second] {
            look_round(&node.state).await;
        }
        assert_eq!(listed(&operator, "").await, Vec::<Value>::new(), "all is well");
        for node in [&site, &second] {
            // At the threshold itself it is still within.
            node.advance(TimeDelta::hours(1) + TimeDelta::seconds(60) + TimeDelta::milliseconds(-1));
            look_round(&node.state).await;
        }
        assert_eq!(listed(&operator, "q=due").await, Vec::<Value>::new());
        for node in [&site, &second] {
            node.advance(TimeDelta::seconds(2));
        }
        tokio::join!(look_round(&site.state), look_round(&second.state));
        let incident = overdue(&operator).await;
        assert_eq!((&incident["severity"], &incident["state"], &incident["condition"]), (&json!("p1"), &json!("open"), &json!("publication_overdue")));
        assert_eq!(incident["clocks"][0]["clock"], "respond");
        assert_eq!(time(&incident["clocks"][0]["due"]), time(&incident["opened_at"]) + TimeDelta::minutes(15));
        let id = text(&incident["id"]);
        assert_eq!(told(&site, &id).await, ["opened"]);
        for _ in 0..3 {
            site.advance(TimeDelta::seconds(15));
            look_round(&site.state).await;
        }
        assert_eq!(text(&overdue(&operator).await["id"]), id, "it is opened once while it is open");

        // Its clock runs out while nobody answers, and whoever scrapes hears of it.
        site.advance(TimeDelta::minutes(20));
        look_round(&site.state).await;
        assert_eq!(overdue(&operator).await["clocks"][0]["breached"], true);
        let metrics = site.public().get("/metrics").await.text;
        for line in ["incident_clocks_breached{clock=\"respond\"} 1", "incidents_open{severity=\"p1\"} 1"] {
            assert!(metrics.contains(line), "{line}: {metrics}");
        }
    }

    async fn a_silenced_condition_opens_no_incident_until_it_may_again(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let second = Site::start(other).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let silence = "/rpc/incidents/silence";
        let wrong = [("key", "publish_queue_paused:"), ("hours", "0"), ("reason", "")];
        let refused = operator.submit(silence, "/ops/alerts", &wrong).await.text;
        assert!(refused.contains("Give a number of hours from 1 to 72."), "{refused}");
        let fields = [("key", "publication_overdue:"), ("hours", "2"), ("reason", "It waits for the minister")];
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let refused = admin.submit(silence, "/ops/alerts", &fields).await.text;
        assert!(refused.contains("system:operate") && !refused.contains("name=\"hours\""), "{refused}");
        let silenced = operator.submit(silence, "/ops/alerts", &fields).await.text;
        for part in ["it opens no incident until", "It waits for the minister", "/rpc/incidents/unsilence", "id=\"silenced\""] {
            assert!(silenced.contains(part), "{part}: {silenced}");
        }
        scheduled(&site).await;
        for node in [&site, &second] {
            node.advance(TimeDelta::minutes(62));
            look_round(&node.state).await;
        }
        assert_eq!(listed(&site.environment(), "q=due").await, Vec::<Value>::new());
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let back = [("key", "publication_overdue:")];
        let again = operator.submit("/rpc/incidents/unsilence", "/ops/alerts", &back).await.text;
        assert!(again.contains("it opens an incident again.") && !again.contains("id=\"silenced\""), "{again}");
        site.advance(TimeDelta::seconds(15));
        look_round(&site.state).await;
        overdue(&site.environment()).await;
        let kept = site.environment().get("/v1/audit?resource_type=system&resource_id=alerts").await.must_be(200).json();
        let kinds: Vec<String> = kept["items"].as_array().unwrap().iter().map(|event| text(&event["event_type"])).collect();
        assert!(kinds.contains(&"alert_silenced".to_owned()) && kinds.contains(&"alert_unsilenced".to_owned()), "{kept}");
    }

    async fn a_silence_that_is_over_cannot_be_taken_back(db: TestDatabase) {
        let site = Site::start(db).await;
        let key = "publication_overdue:";
        let asked = NewSilence { key: key.to_owned(), hours: 2, reason: "It waits for the minister".to_owned() };
        incidents::silence(&site.services, &Ctx::system("test", site.now()), &asked).await.unwrap();
        site.advance(TimeDelta::hours(2));
        let late = incidents::unsilence(&site.services, &Ctx::system("test", site.now()), key).await;
        assert!(matches!(late, Err(ServiceError::Refused(Refusal::NotFound))), "{late:?}");
    }

    async fn a_condition_recovers_comes_back_and_is_not_opened_twice(db: TestDatabase) {
        let site = Site::start(db).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        scheduled(&site).await;
        site.advance(TimeDelta::minutes(62));
        look_round(&site.state).await;
        let id = text(&overdue(&operator).await["id"]);
        let address = format!("/v1/incidents/{id}");
        // Resolved while it still holds: not opened again for an hour.
        operator.put_json(&format!("{address}/resolve"), json!({"cause": "The node was stopped."})).await.must_be(200);
        site.advance(TimeDelta::minutes(2));
        look_round(&site.state).await;
        assert_eq!(text(&overdue(&operator).await["id"]), id);
        operator.put_json(&format!("{address}/reopen"), json!({"reason": "It is still due."})).await.must_be(200);
        // It is published at last; nobody has seen the condition for three minutes.
        site.run_tasks().await;
        look_round(&site.state).await;
        assert_eq!(told(&site, &id).await.last().unwrap(), "reopened");
        site.advance(TimeDelta::minutes(4));
        look_round(&site.state).await;
        look_round(&site.state).await;
        assert_eq!(told(&site, &id).await, ["opened", "resolved", "reopened", "condition_recovered"]);
        assert_eq!(overdue(&operator).await["state"], "open", "people resolve it, with its cause");

        site.database.execute("UPDATE bundles SET state = 'scheduled'").await.unwrap();
        look_round(&site.state).await;
        assert_eq!(told(&site, &id).await.last().unwrap(), "condition_returned");
        assert!(overdue(&operator).await.get("recovered_at").is_none());
        operator.put_json(&format!("{address}/resolve"), json!({"cause": "Somebody set it back."})).await.must_be(200);
        site.advance(TimeDelta::minutes(59));
        look_round(&site.state).await;
        overdue(&operator).await;
        site.advance(TimeDelta::minutes(2));
        look_round(&site.state).await;
        let open = listed(&operator, "q=due&state=open").await;
        assert_eq!(open.len(), 1, "what still holds an hour later is opened anew");
        assert_ne!(text(&open[0]["id"]), id);
        let refused = operator.put_json(&format!("{address}/reopen"), json!({"reason": "Again."})).await.must_be(409);
        assert!(refused.text.contains("opened another incident"), "{}", refused.text);
    }

    async fn failures_in_a_row_are_counted_over_nodes_and_starts(db: TestDatabase) {
        let (other, anew) = (db.another().await, db.another().await);
        let site = Site::start(db).await;
        let second = Site::start(other).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let id = scheduled(&site).await;
        // Each node has a storage of its own here, and the bytes are in neither.
        let storage = &site.services.storage;
        let key = storage.list("files/").await.unwrap().remove(0);
        let bytes = storage.read(&key).await.unwrap().unwrap();
        storage.delete(&key).await.unwrap();
        let publish = async |node: &Site| {
            for each in [&site, &second] {
                each.advance(TimeDelta::hours(1));
            }
            let outcome = services::bundles::publish_due(&node.services).await.unwrap().remove(0);
            look_round(&node.state).await;
            outcome.failure.is_none()
        };
        let again = async || {
            let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
            let body = json!({"reason": "It is there now.", "publication_date": at});
            site.environment().put_json(&format!("/bundles/{id}/retry"), body).await.must_be(200);
        };
        let alarms = async || listed(&operator, "").await.iter().filter(|one| one["condition"] == "publications_fail").count();
        let in_a_row = async || {
            let text = site.public().get("/metrics").await.must_be(200).text;
            let line = text.lines().find_map(|line| line.strip_prefix("bundle_publication_consecutive_failures "));
            line.unwrap().to_owned()
        };
        for node in [&site, &second, &site] {
            assert!(!publish(node).await);
            again().await;
        }
        assert_eq!((in_a_row().await, alarms().await), ("3".to_owned(), 0), "three are still within");
        assert!(!publish(&second).await);
        assert_eq!((in_a_row().await, alarms().await), ("4".to_owned(), 1));

        // A node that starts only now knows of them, and of the one after them that went well.
        let third = Site::start(anew).await;
        third.advance(site.now() - third.now());
        look_round(&third.state).await;
        assert_eq!((in_a_row().await, alarms().await), ("4".to_owned(), 1));
        storage.put(&key, "text/csv", bytes).await.unwrap();
        again().await;
        assert!(publish(&site).await);
        look_round(&third.state).await;
        assert_eq!(in_a_row().await, "0");
    }

    async fn an_operator_opens_and_resolves_and_stale_changes_are_refused(db: TestDatabase) {
        let site = Site::start(db).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let body = json!({"title": "Nothing at 9:30", "severity": "p2", "description": "Readers call."});
        let opened = operator.post("/v1/incidents", body.clone()).await.must_be(201);
        let address = opened.header("location");
        let stale = opened.header("etag");
        assert_eq!(operator.post("/v1/incidents", json!({"title": " ", "severity": "p2"})).await.must_be(422).code(), "VALIDATION_ERROR");
        operator.post("/v1/incidents", json!({"title": "x", "severity": "p9"})).await.must_be(422);
        admin.get(&address).await.must_be(200);
        admin.post("/v1/incidents", body).await.must_be(403);
        admin.post(&format!("{address}/updates"), json!({"text": "x"})).await.must_be(403);

        site.advance(TimeDelta::minutes(61));
        let rated = json!({"severity": "p1", "reason": "The peak window has begun."});
        let rated = operator.put_json(&format!("{address}/severity"), rated).await.must_be(200).json();
        assert_eq!(rated["clocks"].as_array().unwrap().iter().map(|clock| clock["breached"].as_bool().unwrap()).collect::<Vec<_>>(), [true, false, false]);
        let late = operator.request(Method::PUT, &format!("{address}/acknowledge")).header("if-match", &stale).json(&json!({}));
        operator.send(late).await.must_be(412);
        operator.put_json(&format!("{address}/acknowledge"), json!({})).await.must_be(200);
        let again = operator.put_json(&format!("{address}/acknowledge"), json!({})).await.must_be(409);
        assert_eq!(again.code(), "INVALID_STATE_TRANSITION");
        operator.post(&format!("{address}/updates"), json!({"text": "The scheduler is restarted."})).await.must_be(201);
        operator.put_json(&format!("{address}/mitigate"), json!({"text": "It publishes again."})).await.must_be(200);
        operator.put_json(&format!("{address}/resolve"), json!({"cause": ""})).await.must_be(422);
        let over = operator.put_json(&format!("{address}/resolve"), json!({"cause": "A full disk."})).await.must_be(200).json();
        assert_eq!((&over["state"], &over["cause"], over["clocks"].as_array().unwrap().len()), (&json!("resolved"), &json!("A full disk."), 2));
        assert_eq!(time(&over["review_by"]), time(&over["resolved_at"]) + TimeDelta::hours(48));
        let id = text(&over["id"]);
        assert_eq!(told(&site, &id).await, ["opened", "severity_changed", "acknowledged", "noted", "mitigated", "resolved"]);
        let records = operator.get(&format!("/v1/audit?resource_type=incident&resource_id={id}")).await.must_be(200).json();
        assert_eq!(records["total_count"], 6);
        let key = || operator.request(Method::POST, "/v1/incidents").header("idempotency-key", "once").json(&json!({"title": "Twice", "severity": "p4"}));
        let (first, repeated) = (operator.send(key()).await.must_be(201), operator.send(key()).await.must_be(201));
        assert_eq!(first.json()["id"], repeated.json()["id"]);
        assert_eq!(listed(&operator, "severity=p4").await.len(), 1);
    }

    async fn whoever_is_alerted_of_failures_is_alerted_of_incidents(db: TestDatabase) {
        let site = Site::start_as(db, &[("WEBHOOK_ALLOW_PRIVATE", "true")]).await;
        let root = site.environment();
        // Nobody listens there; the call is in the log all the same.
        let hook = json!({"url": "http://127.0.0.1:9/hook", "events": ["incident.opened"]});
        let hook = text(&root.post("/webhooks", hook).await.must_be(201).json()["id"]);
        root.post("/v1/incidents", json!({"title": "Slow", "severity": "p3"})).await.must_be(201);
        site.run_tasks().await;
        let calls = root.get(&format!("/webhooks/{hook}/deliveries")).await.must_be(200).json();
        assert_eq!(calls["items"][0]["event"], "incident.opened", "{calls}");
    }

    async fn who_opens_an_incident_hears_whom_its_alert_goes_to(db: TestDatabase) {
        let site = Site::start_as(db, &[("WEBHOOK_ALLOW_PRIVATE", "true")]).await;
        for name in ["operator", "colleague"] {
            site.account(&format!("{name}@example.org"), &[Role::Operator]).await;
        }
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let mut open = async |title: &str| {
            let fields = [("title", title), ("severity", "p2"), ("description", "")];
            operator.submit("/rpc/incidents/open", "/ops/alerts", &fields).await.must_be(200).text
        };
        let alone = open("Slow pages").await;
        assert!(alone.contains("Nobody can be told: no way of alerting is set up.") && alone.contains("NOTIFICATION_EMAILS"), "{alone}");
        // Nobody listens there.
        let hook = json!({"url": "http://127.0.0.1:9/hook", "events": ["incident.opened"]});
        site.environment().post("/webhooks", hook).await.must_be(201);
        let untried = open("Slower pages").await;
        assert!(untried.contains("Its alert goes to 1 webhook."), "{untried}");
        site.run_tasks().await;
        let failing = open("No pages").await;
        assert!(failing.contains("Nobody can be told just now: 1 webhook could not be reached when last tried"), "{failing}");

        let mut colleague = Browser::signed_in(&site, "colleague@example.org").await;
        let inbox = colleague.get("/admin/notifications").await.must_be(200).text.replace("<!>", "");
        assert!(inbox.contains("An incident was opened") && inbox.contains("No pages") && inbox.contains("3 notifications"), "{inbox}");
        let own = operator.get("/admin/notifications").await.must_be(200).text;
        let editor = Browser::signed_in(&site, "editor@example.org").await.get("/admin/notifications").await.must_be(200).text;
        assert!(!own.contains("No pages") && !editor.contains("No pages"), "{own}\n{editor}");
    }

    async fn an_operator_deals_with_an_incident_on_its_page(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        scheduled(&site).await;
        site.advance(TimeDelta::minutes(62));
        look_round(&site.state).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let desk = operator.get("/ops/alerts").await.must_be(200).text;
        let only = Condition::ALL.iter().filter(|condition| !condition.rule().opens).count();
        assert_eq!(desk.matches("Shown only: opens no incident").count(), only, "{desk}");
        assert!(desk.contains("A bundle is due and not published") && desk.contains("Its incident"), "{desk}");
        assert!(desk.contains("14 min left") || desk.contains("15 min left"), "{desk}");
        let found = operator.get("/ops/alerts?state=open&severity=p1&q=due").await.must_be(200).text;
        assert!(found.contains("incidents-table"), "{found}");
        let none = operator.get("/ops/alerts?state=resolved").await.must_be(200).text;
        assert!(none.contains("No incidents here"), "{none}");
        assert!(operator.get("/ops").await.must_be(200).text.contains("Conditions that alert"));

        let incident = overdue(&site.environment()).await;
        let id = text(&incident["id"]);
        let page = format!("/ops/incidents/{id}");
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let shown = admin.get(&page).await.must_be(200).text;
        assert!(shown.contains("Operators deal with incidents") && shown.contains("/ops/runbook#failed-bundle"), "{shown}");
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        editor.get("/ops/alerts").await.must_be(403);
        editor.get(&page).await.must_be(403);
        operator.get("/ops/incidents/none").await.must_be(404);

        let first = [("id", id.as_str()), ("revision", "1")];
        let answered = operator.submit("/rpc/incidents/acknowledge", &page, &first).await.text;
        assert!(answered.contains("You have answered for it") && answered.contains("Mark as mitigated"), "{answered}");
        let late = operator.submit("/rpc/incidents/resolve", &page, &[("id", &id), ("revision", "1"), ("cause", "A stopped node")]).await.text;
        assert!(late.contains("This was changed meanwhile") && late.contains("A stopped node"), "{late}");
        let empty = operator.submit("/rpc/incidents/note", &page, &[("id", &id), ("revision", "2"), ("text", " ")]).await.text;
        assert!(empty.contains("Say it in a sentence"), "{empty}");
        let over = operator.submit("/rpc/incidents/resolve", &page, &[("id", &id), ("revision", "2"), ("cause", "A stopped node")]).await.text;
        assert!(over.contains("The incident is resolved") && over.contains("Review by") && over.contains("A stopped node"), "{over}");
        let unnamed = operator.submit("/rpc/incidents/open", "/ops/alerts", &[("title", "Odd figures"), ("severity", "")]).await.text;
        assert!(unnamed.contains("Choose a severity") && unnamed.contains("Odd figures"), "{unnamed}");
        let opened = operator.submit("/rpc/incidents/open", "/ops/alerts", &[("title", "Odd figures"), ("severity", "p4")]).await.text;
        assert!(opened.contains("The incident is open") && opened.contains("Next working day"), "{opened}");
    }
}
