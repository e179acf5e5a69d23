//! What follows from a publication: everybody is told, nobody waits for another, and what is owed can be seen and mended.

mod channels;
mod duplicates;
mod failing;
mod mail;
mod of_no_bundle;
mod public_bucket;
mod root_causes;
mod waited_for;
pub mod webhooks;

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use testkit::mail_server::MailServer;
use testkit::on_both_databases;
use testkit::receiver::Receiver;

use crate::support::*;

/// A site with receivers of every kind around it, and the people of a publication.
pub struct Around {
    pub site: Site,
    pub wagtail: Receiver,
    pub tracker: Receiver,
    pub slack: Receiver,
    pub hook: Receiver,
    pub mail: MailServer,
    pub editor: Caller,
    pub approver: Caller,
    pub operator: Caller,
    settings: Vec<(&'static str, String)>,
}

impl Around {
    /// An operator and an approver with sessions, for the portal.
    pub async fn people(&self) -> (Caller, Caller) {
        self.site.account("operator@example.org", &[Role::Operator]).await;
        self.site.account("approver@example.org", &[Role::Approver]).await;
        (self.site.signed_in("operator@example.org").await, self.site.signed_in("approver@example.org").await)
    }

    /// Starts all of them; deliveries are given up after three tries, and no circuit opens unless `more` says so.
    pub async fn start(db: TestDatabase, more: &[(&'static str, &str)]) -> Self {
        let (wagtail, tracker) = (Receiver::start().await.unwrap(), Receiver::start().await.unwrap());
        let (slack, hook) = (Receiver::start().await.unwrap(), Receiver::start().await.unwrap());
        let mail = MailServer::start().await.unwrap();
        let mut settings: Vec<(&'static str, String)> =
            more.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        settings.extend([
            ("WAGTAIL_API_URL", format!("{}/api", wagtail.url())),
            ("WAGTAIL_API_KEY", "a-key-for-wagtail".to_owned()),
            ("TRACKER_API_URL", tracker.url().to_owned()),
            ("TRACKER_API_KEY", "a-key-for-tracker".to_owned()),
            ("SLACK_WEBHOOK_URL", format!("{}/services/T/B/x", slack.url())),
            ("SMTP_URL", mail.url().to_owned()),
            ("MAIL_FROM", "Catalogue <catalogue@example.org>".to_owned()),
            ("NOTIFICATION_EMAILS", "desk@example.org".to_owned()),
            ("WEBHOOK_ALLOW_PRIVATE", "true".to_owned()),
            ("SUBSCRIBER_WEBHOOK_ALLOW_PRIVATE", "true".to_owned()),
            ("DELIVERY_ATTEMPTS", "3".to_owned()),
            ("DELIVERY_BACKOFF", "10s".to_owned()),
            ("DELIVERY_BACKOFF_MAX", "1h".to_owned()),
            ("CIRCUIT_FAILURES", "1000".to_owned()),
        ]);
        let site = Site::start_with(db, |_| settings.clone()).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        Self { site, wagtail, tracker, slack, hook, mail, editor, approver, operator, settings }
    }

    /// Another node over the same database, with the same receivers.
    pub async fn another_node(&self) -> Site {
        Site::start_with(self.site.database.another().await, |_| self.settings.clone()).await
    }

    /// A bundle of these datasets, each with a first version, scheduled in a minute with these channels.
    pub async fn scheduled(&self, title: &str, datasets: &[&str], channels: Value) -> String {
        for dataset in datasets {
            approved_version(&self.editor, &self.approver, dataset, &format!("All about {dataset}")).await;
        }
        let items: Vec<(&str, &str)> = datasets.iter().map(|dataset| (*dataset, "1")).collect();
        let id = approved_bundle(&self.editor, &self.approver, title, &items).await;
        let at = (self.site.now() + TimeDelta::minutes(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = json!({"publication_date": at, "notification_channels": channels});
        self.approver.put_json(&format!("/bundles/{id}/schedule"), body).await.must_be(200);
        id
    }

    /// Lets the minute pass and does what is due.
    pub async fn publish(&self) {
        self.site.advance(TimeDelta::minutes(1));
        self.site.run_tasks().await;
    }

    /// A webhook at the receiver's address that is told of these events; its id and secret.
    pub async fn webhook(&self, events: Value) -> (String, String) {
        let body = json!({"url": format!("{}/hook", self.hook.url()), "events": events});
        let made = self.site.environment().post("/webhooks", body).await.must_be(201).json();
        (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
    }

    /// How the publication stands.
    pub async fn status(&self, id: &str) -> Value {
        self.operator.get(&format!("/bundles/{id}/status")).await.must_be(200).json()
    }

    /// The state of a step.
    pub async fn step(&self, id: &str, name: &str) -> Value {
        step_of(&self.status(id).await, name)
    }

    /// What happened to the bundle, by type, from the first step that was recorded on.
    pub async fn told(&self, id: &str) -> Vec<String> {
        let timeline = self.operator.get(&format!("/bundles/{id}/timeline?limit=100")).await.must_be(200).json();
        let events = timeline["items"].as_array().unwrap().iter().map(|e| e["event_type"].as_str().unwrap().to_owned());
        events.filter(|event| event.starts_with("step_")).collect()
    }
}

/// The newest step of this name.
pub fn step_of(status: &Value, name: &str) -> Value {
    let found = status["steps"].as_array().unwrap().iter().rev().find(|step| step["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {status}")).clone()
}

on_both_databases! {
    async fn everybody_is_told_once_as_was_chosen(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let (hook, _) = around.webhook(json!(["bundle.published"])).await;
        let id = around.scheduled("Autumn", &["cpi", "gdp"], json!(["email", "webhook", "slack"])).await;
        around.publish().await;
        around.site.run_tasks().await;
        let status = around.status(&id).await;
        assert_eq!(status["state"], "published");
        for name in ["search_index", "wagtail", "tracker:cpi", "tracker:gdp", "slack", "email:1", &format!("webhook:{hook}")] {
            let step = step_of(&status, name);
            assert_eq!((&step["state"], &step["attempts"]), (&json!("done"), &json!(1)), "{step}");
        }
        assert_eq!(status["steps"].as_array().unwrap().len(), 7);
        assert!(around.told(&id).await.is_empty());

        let [wagtail] = &around.wagtail.received()[..] else { panic!("not one") };
        let body: Value = serde_json::from_slice(&wagtail.body).unwrap();
        assert_eq!(wagtail.uri.path(), format!("/api/bundles/{id}/publish"));
        assert_eq!((&body["bundle_id"], &body["datasets"][1]["dataset_id"]), (&json!(id), &json!("gdp")));
        assert_eq!(wagtail.header("authorization"), "Bearer a-key-for-wagtail");
        let mut told: Vec<String> = around.tracker.received().iter().map(|r| r.uri.path().to_owned()).collect();
        told.sort_unstable();
        assert_eq!(told, ["/datasets/cpi/status", "/datasets/gdp/status"]);
        assert!(around.slack.received()[0].text().contains("Bundle published: Autumn (2 versions)"));
        let letter = &around.mail.letters()[0];
        assert_eq!(letter.to, ["desk@example.org"]);
        for part in ["text/plain", "text/html"] {
            let text = letter.part(part).unwrap();
            assert!(text.contains("Autumn") && text.contains("/catalogue/cpi/editions/time-series/versions/1"), "{text}");
        }
        assert_eq!(around.hook.received().len(), 1);
    }

    async fn how_it_stands_with_wagtail_and_tracker_is_asked_and_told(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        let id = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        assert!(around.slack.received().is_empty() && around.mail.letters().is_empty(), "no channel was chosen");
        around.wagtail.next([testkit::receiver::Behaviour::Answer(200, r#"{"pages": "live"}"#)]);
        for path in [format!("/wagtail/status/{id}"), format!("/v1/wagtail/status/{id}")] {
            let told = around.editor.get(&path).await.must_be(200).json();
            assert_eq!((&told["configured"], &told["step"]["state"]), (&json!(true), &json!("done")));
        }
        let asked = around.wagtail.received()[1].clone();
        assert_eq!((asked.method.as_str(), asked.uri.path()), ("GET", format!("/api/bundles/{id}/status").as_str()));
        around.tracker.next([testkit::receiver::Behaviour::Answer(500, "on fire")]);
        let told = around.editor.get("/datasets/cpi/tracking-status").await.must_be(200).json();
        assert_eq!((&told["reports"][0]["bundle_id"], &told["reports"][0]["step"]["state"]), (&json!(id), &json!("done")));
        assert!(told["tracker"].is_null() && told["tracker_error"].as_str().unwrap().contains("on fire"), "{told}");
        assert_eq!(around.site.public().get("/datasets/cpi/tracking-status").await.must_be(401).code(), "UNAUTHORIZED");
        around.site.public().get(&format!("/wagtail/status/{id}")).await.must_be(401);
        around.editor.get("/datasets/none/tracking-status").await.must_be(404);
        around.editor.get("/wagtail/status/none").await.must_be(404);
    }
}
