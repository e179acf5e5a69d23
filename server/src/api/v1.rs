//! The shapes of version 1 (product contract, section 9): more may be added, nothing renamed.

mod audit;
mod bundles;
mod catalogue;
mod datasets;
mod deliveries;
mod feedback;
mod files;
mod filters;
mod images;
mod imports;
mod incidents;
mod invitations;
mod people;
mod previews;
mod publication_log;
mod releases;
mod rights;
mod search_desk;
mod settings;
mod subscriptions;
mod topics;
mod versions;

pub use audit::{AccessBody, AuditRecordBody, VerdictBody, access_csv, audit_csv_head, audit_csv_line};
pub use bundles::{
    BundleBody, ContentBody, EventBody, QueueBody, QueueEntryBody, QueueSwitchBody, ReadinessBody, StatusBody, StepBody,
};
pub use catalogue::{HitBody, SearchBody, SuggestionBody, hit_csv_head, hit_csv_line};
pub use datasets::{DatasetBody, EditionBody, STATIC};
pub use deliveries::{
    NewWebhookBody, TrackingStatusBody, WagtailStatusBody, WebhookBody, WebhookDeliveryBody, webhook_path,
};
pub use feedback::{FeedbackBody, feedback_csv_head, feedback_csv_line};
pub use files::{ClearedBody, FileBody, FileQueueBody, FileStatusBody, UploadBody, file_path, upload_path};
pub(crate) use filters::place_of;
pub use filters::{FilterBody, FilterInput, FilterOutputBody, NewFilterBody, filter_path, output_path};
pub use images::{ImageBody, ImageInput, ImageSizeBody, image_path};
pub use imports::{ImportBody, ImportSheetBody};
pub use incidents::{IncidentBody, incident_path};
pub use invitations::{InvitationBody, NewInvitationBody, invitation_path};
pub use people::{
    DepartmentBody, MeBody, NewServiceTokenBody, PasskeyBody, ServiceTokenBody, TeamBody, UserBody, UserSessionBody,
    department_path, team_path, token_path, user_path,
};
pub use previews::PreviewBody;
pub use publication_log::PublicationBody;
pub use releases::{ReleaseBody, release_path};
pub use rights::{PolicyBody, RightsVerdictBody, RoleBody, policy_path};
pub use search_desk::{PinBody, SynonymBody, pin_path, synonym_path};
pub use settings::{SettingBody, setting_path};
pub use subscriptions::{AskedBody, ConfirmedBody, SubscriptionBody};
pub use topics::{MergedBody, TopicBody, topic_path};
pub use versions::{DimensionBody, VersionBody, metadata_document};

use std::collections::BTreeMap;

use domain::actor::{Actor, ActorKind};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use utoipa::ToSchema;

/// Addresses by what they lead to.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = BTreeMap<String, String>, example = json!({"self": "/v1/datasets/gdp-monthly", "page": "/catalogue/gdp-monthly"}))]
pub struct Links(BTreeMap<&'static str, String>);

impl Links {
    /// Adds an address; one of the same name is replaced.
    pub fn insert(&mut self, name: &'static str, address: String) {
        self.0.insert(name, address);
    }

    /// The address of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&String> {
        self.0.get(name)
    }
}

impl<const N: usize> From<[(&'static str, String); N]> for Links {
    fn from(links: [(&'static str, String); N]) -> Self {
        Self(links.into())
    }
}

impl FromIterator<(&'static str, String)> for Links {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(links: I) -> Self {
        Self(links.into_iter().collect())
    }
}

/// What may stand unescaped in one segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActorBody {
    id: String,
    name: String,
    #[schema(value_type = String, example = "user")]
    kind: ActorKind,
}

impl From<&Actor> for ActorBody {
    fn from(actor: &Actor) -> Self {
        Self { id: actor.id.clone(), name: actor.name.clone(), kind: actor.kind }
    }
}

/// One segment of a path, escaped.
#[must_use]
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The address of a dataset.
#[must_use]
pub fn dataset_path(id: &str) -> String {
    format!("/v1/datasets/{}", segment(id))
}

/// The address of an edition.
#[must_use]
pub fn edition_path(id: &str, edition: &str) -> String {
    format!("{}/editions/{}", dataset_path(id), segment(edition))
}

/// The address of a version.
#[must_use]
pub fn version_path(id: &str, edition: &str, version: u32) -> String {
    format!("{}/versions/{version}", edition_path(id, edition))
}

/// The address of a bundle.
#[must_use]
pub fn bundle_path(id: &str) -> String {
    format!("/v1/bundles/{}", segment(id))
}
