//! The API's description of itself: OpenAPI 3.1, made of what the handlers say, completed by rule in one pass.
//!
//! Handlers say what is theirs: summary, permission, parameters, bodies. What holds for all of them (the envelope's errors,
//! revisions, repeated requests, limits) is added here, so that it is said once and cannot be forgotten.

pub mod addresses;
pub mod bodies;
mod completing;
pub mod document;
pub mod envelope;
mod examples;
mod fields;
pub mod filters;
mod names;
mod operations;
mod reference;
mod schemas;
mod shared;
mod tags;

pub use addresses::{
    BundleIdPath, BundlePath, ContentPath, DatasetPath, DepartmentPath, DownloadPath, EditionPath, FilePath,
    FilterDimensionPath, FilterOptionPath, FilterOutputPath, FilterPath, ImagePath, ImageSizePath, ImportPath,
    IncidentPath, InvitationPath, PasskeyPath, PinPath, PolicyPath, ReleasePath, RolePath, ServiceTokenPath,
    SettingPath, StepPath, SubscriptionPath, SynonymPath, TeamPath, TopicPath, TusAdding, TusBeginning, TusSpeaking,
    UploadPath, UserPath, VersionPath, WebhookCallPath, WebhookPath,
};
pub use bodies::{DatasetInput, ImageForm, MetadataDocument, NewDatasetInput, UploadForm};
pub use document::Document;
pub use domain::page::Paging;
pub use envelope::ErrorEnvelope;
pub use filters::{AuditPeriod, LogPeriod, PublicationPeriod, ReleasePeriod};

pub use super::answer::PageBody as PageOf;
