//! What receivers are told, and in which words.

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, ContentItem, Failure};
use domain::delivery::WebhookEvent;
use domain::operations::Incident;
use domain::refusal::Blocker;
use integrations::mail::Letter;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::held::HeldNews;
use crate::accounts::escaped;
use crate::{Result, ServiceError};

/// What happened to a bundle or to the service, as it is kept with a task and told to receivers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Notice {
    /// What happened.
    pub event: WebhookEvent,
    /// When.
    pub at: DateTime<Utc>,
    /// The bundle; empty where it is an incident.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bundle_id: String,
    /// The incident, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_id: Option<String>,
    /// Its title.
    pub title: String,
    /// When it was meant to be public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication_date: Option<DateTime<Utc>>,
    /// What became public.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<Told>,
    /// Why it failed, in the runbook's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A version that became public.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Told {
    pub dataset_id: String,
    pub edition: String,
    pub version: String,
    pub title: String,
    pub url: String,
}

impl Notice {
    /// A bundle became public.
    pub fn published(bundle: &Bundle, items: &[ContentItem], site: &str, now: DateTime<Utc>) -> Self {
        let told = |item: &ContentItem| Told {
            dataset_id: item.dataset_id.clone(),
            edition: item.edition.clone(),
            version: item.version.to_string(),
            title: item.title.clone(),
            url: format!("{site}/catalogue/{}/editions/{}/versions/{}", item.dataset_id, item.edition, item.version),
        };
        let at = bundle.state.published_at().unwrap_or(now);
        let datasets = items.iter().map(told).collect();
        Self { datasets, ..Self::of(bundle, WebhookEvent::Published, at) }
    }

    /// The publication of a bundle failed.
    pub fn failed(bundle: &Bundle, failure: &Failure) -> Self {
        Self { message: Some(failure.message.clone()), ..Self::of(bundle, WebhookEvent::Failed, failure.at) }
    }

    /// The publication of a bundle will fail unless something is mended before its instant.
    pub fn at_risk(bundle: &Bundle, blockers: &[Blocker], now: DateTime<Utc>) -> Self {
        let reasons: Vec<&str> = blockers.iter().map(|blocker| blocker.message.trim_end_matches('.')).collect();
        let message = format!("Bundle publication will fail unless this is mended: {}", reasons.join("; "));
        Self { message: Some(message), ..Self::of(bundle, WebhookEvent::AtRisk, now) }
    }

    /// An incident was opened.
    pub fn incident(incident: &Incident) -> Self {
        let message = format!("Incident opened ({}): {}", incident.severity.title(), incident.title);
        Self {
            event: WebhookEvent::IncidentOpened,
            at: incident.opened_at,
            bundle_id: String::new(),
            incident_id: Some(incident.id.clone()),
            title: incident.title.clone(),
            publication_date: None,
            datasets: Vec::new(),
            message: Some(message),
        }
    }

    /// Nothing happened: a receiver is tried out.
    pub fn test(now: DateTime<Utc>) -> Self {
        Self {
            event: WebhookEvent::Test,
            at: now,
            bundle_id: String::new(),
            incident_id: None,
            title: "Test".to_owned(),
            publication_date: None,
            datasets: Vec::new(),
            message: Some("This is a test: nothing was published and nothing failed.".to_owned()),
        }
    }

    fn of(bundle: &Bundle, event: WebhookEvent, at: DateTime<Utc>) -> Self {
        Self {
            event,
            at,
            bundle_id: bundle.id.clone(),
            incident_id: None,
            title: bundle.details.title.clone(),
            publication_date: bundle.state.schedule().map(|schedule| schedule.publication_date),
            datasets: Vec::new(),
            message: None,
        }
    }

    /// The notice of a task.
    pub fn read(payload: &Value) -> Result<Self> {
        serde_json::from_value(payload.clone())
            .map_err(|error| ServiceError::Internal(format!("a task cannot be read: {error}")))
    }

    /// The same for keeping it with a task.
    pub fn written(&self) -> Result<Value> {
        serde_json::to_value(self).map_err(|error| ServiceError::Internal(format!("a task cannot be written: {error}")))
    }

    /// The body of a webhook's message (Standard Webhooks 1.0, "Payload structure").
    pub fn envelope(&self) -> Value {
        let mut data = match &self.incident_id {
            Some(id) => json!({"incident_id": id, "title": self.title}),
            None if self.event == WebhookEvent::Test => json!({"title": self.title}),
            None => json!({
                "bundle_id": self.bundle_id,
                "title": self.title,
                "publication_date": self.publication_date,
            }),
        };
        if let Some(message) = &self.message {
            data["message"] = json!(message);
        } else {
            data["published_at"] = json!(self.at);
            data["datasets"] = json!(self.datasets);
        }
        json!({"type": self.event, "timestamp": self.at, "data": data})
    }

    /// The news in one line: a failure in the runbook's words.
    pub fn sentence(&self) -> String {
        match &self.message {
            Some(message) => message.clone(),
            None => format!("Bundle published: {} ({})", self.title, versions(self.datasets.len())),
        }
    }

    /// The portal's page of the bundle or incident.
    pub fn link(&self, site: &str) -> String {
        match &self.incident_id {
            Some(id) => format!("{site}/ops/incidents/{id}"),
            None => format!("{site}/admin/bundles/{}", self.bundle_id),
        }
    }

    /// The news as one of several things that a letter tells.
    pub fn told(&self, site: &str) -> HeldNews {
        HeldNews { sentence: self.sentence(), about: format!("Bundle: {}", self.title), page: self.link(site) }
    }

    /// The news as a letter to somebody who works on publications.
    pub fn letter(&self, site_name: &str, site: &str, to: &str, id: &str) -> Letter {
        let (sentence, link) = (self.sentence(), self.link(site));
        let lines: Vec<String> = self
            .datasets
            .iter()
            .map(|told| format!("{}, {}, version {}", told.title, told.edition, told.version))
            .collect();
        let list: String =
            self.datasets.iter().zip(&lines).map(|(told, line)| format!("- {line}: {}\n", told.url)).collect();
        let title = &self.title;
        let kind = if self.incident_id.is_some() { "Incident" } else { "Bundle" };
        let text = format!("{sentence}\n\n{kind}: {title}\n{list}\nLook at it: {link}\n\n{site_name}\n");
        let items: String = self
            .datasets
            .iter()
            .zip(&lines)
            .map(|(told, line)| format!("<li><a href=\"{}\">{}</a></li>", escaped(&told.url), escaped(line)))
            .collect();
        let items = if items.is_empty() { String::new() } else { format!("<ul>{items}</ul>") };
        let html = format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head><body><p>{0}</p>\
             <p>{kind}: {1}</p>{items}<p><a href=\"{2}\">Look at it</a></p><p>{3}</p></body></html>",
            escaped(&sentence),
            escaped(title),
            escaped(&link),
            escaped(site_name),
        );
        // A line break would end the header.
        let subject = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        Letter { id: Some(id.to_owned()), to: to.to_owned(), subject, text, html, unsubscribe: None }
    }
}

fn versions(count: usize) -> String {
    if count == 1 { "1 version".to_owned() } else { format!("{count} versions") }
}
