//! Which part of the trail somebody asks for.

use chrono::{DateTime, Utc};
use persistence::contents;
use persistence::events::{BundleOfRecords, EventFilter};
use serde::Serialize;

use crate::{Result, Services};

/// Which records are asked for; an export keeps the question in its own record.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AuditQuery {
    /// Only those of one of these actors, by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<String>,
    /// Only those of one of these kinds, such as `approved`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// Only those about one of these kinds of things, such as `bundle`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_types: Vec<String>,
    /// Only those about one of these things, by id.
    #[serde(rename = "resource_id", skip_serializing_if = "Vec::is_empty")]
    pub resource_ids: Vec<String>,
    /// Only those of one of these bundles and the versions in it.
    #[serde(rename = "bundle", skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<String>,
    /// Only those from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Only those up to here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// Only those that hold this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Oldest first rather than newest first.
    pub oldest_first: bool,
}

impl AuditQuery {
    pub(super) async fn filter(&self, services: &Services) -> Result<EventFilter> {
        let ids: Vec<&str> = self.bundles.iter().map(String::as_str).collect();
        let mut items = contents::lists_of_bundles(services.db.pool(), &ids).await?;
        let of = |id: &String| {
            let versions = items.remove(id).unwrap_or_default().iter().map(|item| item.reference()).collect();
            BundleOfRecords { id: id.clone(), versions }
        };
        let bundles = self.bundles.iter().map(of).collect();
        Ok(EventFilter {
            actors: self.actors.clone(),
            event_types: self.actions.clone(),
            resource_types: self.resource_types.clone(),
            resource_ids: self.resource_ids.clone(),
            bundles,
            from: self.from,
            to: self.to,
            text: self.text.clone(),
            versions_within: None,
            oldest_first: self.oldest_first,
        })
    }
}
