//! The words in addresses: what they are, how they look, an example that the demonstration data knows.

use utoipa::IntoParams;

/// The address of a dataset.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DatasetPath {
    /// The dataset's id, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "under-five-mortality")]
    pub id: String,
}

/// The address of an edition.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct EditionPath {
    /// The dataset's id, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "under-five-mortality")]
    pub id: String,
    /// The edition, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "time-series")]
    pub edition: String,
}

/// The address of a version.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct VersionPath {
    /// The dataset's id, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "under-five-mortality")]
    pub id: String,
    /// The edition, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "time-series")]
    pub edition: String,
    /// The version's number: 1, 2, 3 …
    #[param(pattern = "^[1-9][0-9]{0,8}$", example = "2")]
    pub version: String,
}

/// The address of a bundle.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct BundlePath {
    /// The bundle's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
}

/// The address of a content item.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ContentPath {
    /// The bundle's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
    /// The content item's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-8a02-7c4f-8e57-5b1d9c3f6a20")]
    pub item: String,
}

/// The address of a file.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilePath {
    /// The file's id.
    #[param(example = "0198f3b1-1d6b-7f02-a3c8-7e90b2d4c613")]
    pub id: String,
}

/// The address of an upload.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct UploadPath {
    /// The upload's id.
    #[param(example = "0198f3b1-1d6b-7f02-a3c8-7e90b2d4c613")]
    pub upload: String,
}

/// What every request of the protocol says.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct TusSpeaking {
    /// The version of the protocol.
    #[param(rename = "Tus-Resumable", pattern = "^1\\.0\\.0$", example = "1.0.0")]
    pub tus_resumable: String,
}

/// What the first request of an upload says.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct TusBeginning {
    /// The version of the protocol.
    #[param(rename = "Tus-Resumable", pattern = "^1\\.0\\.0$", example = "1.0.0")]
    pub tus_resumable: String,
    /// How many bytes the file has.
    #[param(rename = "Upload-Length", pattern = "^[0-9]{1,15}$", example = "2000000000")]
    pub upload_length: String,
    /// What the file is: names with values in base64, separated by commas.
    #[param(
        rename = "Upload-Metadata",
        example = "filename Z2RwLmNzdg==,dataset_id Z2RwLW1vbnRobHk=,edition dGltZS1zZXJpZXM=,version MQ=="
    )]
    pub upload_metadata: String,
    /// What bytes that come along add up to: `sha256` or `sha1`, and the digest in base64.
    #[param(rename = "Upload-Checksum")]
    pub upload_checksum: Option<String>,
}

/// What a request says that adds bytes.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct TusAdding {
    /// The version of the protocol.
    #[param(rename = "Tus-Resumable", pattern = "^1\\.0\\.0$", example = "1.0.0")]
    pub tus_resumable: String,
    /// Where the bytes begin.
    #[param(rename = "Upload-Offset", pattern = "^[0-9]{1,15}$", example = "0")]
    pub upload_offset: String,
    /// What they add up to: `sha256` or `sha1`, and the digest in base64.
    #[param(rename = "Upload-Checksum")]
    pub upload_checksum: Option<String>,
}

/// The address of a published file.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DownloadPath {
    /// The dataset's id, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "under-five-mortality")]
    pub dataset: String,
    /// The file's name.
    #[param(example = "under-five-mortality.csv")]
    pub filename: String,
}

/// The address of a topic.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TopicPath {
    /// The topic's id, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "environment")]
    pub id: String,
}

/// The address of a release.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ReleasePath {
    /// The release's id, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "quarterly-national-accounts")]
    pub id: String,
}

/// The address of an account.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct UserPath {
    /// The account's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
}

/// The address of a passkey.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PasskeyPath {
    /// The account's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
    /// The passkey's id, a UUID.
    #[param(format = "uuid", example = "0198f3b2-3e4a-7a61-b0d8-9c1f5e7a2b44")]
    pub passkey: String,
}

/// The address of a team.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TeamPath {
    /// The team's id, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "press-office")]
    pub id: String,
}

/// The address of a role.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RolePath {
    /// The role's id.
    #[param(example = "editor")]
    pub id: String,
}

/// The address of a setting.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SettingPath {
    /// The setting.
    #[param(example = "maintenance")]
    pub name: String,
}

/// The address of a policy.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PolicyPath {
    /// The policy's id.
    #[param(example = "0198f3b0-8a02-7c4f-8e57-5b1d9c3f6a20")]
    pub id: String,
}

/// The address of a service token.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ServiceTokenPath {
    /// The token's id, a UUID; not its secret.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
}

/// The address of a department.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DepartmentPath {
    /// The department's id, a slug.
    #[param(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100, example = "economy")]
    pub id: String,
}

/// The address of a step that follows from a publication.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct StepPath {
    /// The bundle's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
    /// The step's name, or its id where several have the name.
    #[param(example = "wagtail")]
    pub step: String,
}

/// The address of a webhook.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct WebhookPath {
    /// The webhook's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
}

/// The address of an import.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ImportPath {
    /// The import's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-6d2a-7b1c-9a4f-3e8c1d5b7f60")]
    pub id: String,
}

/// The address of a call of a webhook.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct WebhookCallPath {
    /// The webhook's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
    /// The call's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-8a02-7c4f-8e57-5b1d9c3f6a20")]
    pub delivery: String,
}

/// The address of a bundle, as the integrations name it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct BundleIdPath {
    /// The bundle's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub bundle_id: String,
}

/// The address of a subscription.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SubscriptionPath {
    /// The subscription's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
}

/// The address of a filter.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilterPath {
    /// The filter's id, a UUID.
    #[param(format = "uuid", example = "5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11")]
    pub id: String,
}

/// The address of what a filter says of a dimension.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilterDimensionPath {
    /// The filter's id, a UUID.
    #[param(format = "uuid", example = "5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11")]
    pub id: String,
    /// The dimension's name.
    #[param(example = "Country")]
    pub name: String,
}

/// The address of an option that a filter names.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilterOptionPath {
    /// The filter's id, a UUID.
    #[param(format = "uuid", example = "5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11")]
    pub id: String,
    /// The dimension's name.
    #[param(example = "Country")]
    pub name: String,
    /// A code or a label.
    #[param(example = "Wales")]
    pub option: String,
}

/// The address of what was made of a filter.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilterOutputPath {
    /// The output's id, a UUID.
    #[param(format = "uuid", example = "c1a7a3d2-6a55-4d0f-8d7e-3f1b2a9c4d20")]
    pub id: String,
}

/// The address of an image.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ImagePath {
    /// The image's id, a UUID.
    #[param(format = "uuid", example = "0198f3b1-1d6b-7f02-a3c8-7e90b2d4c613")]
    pub id: String,
}

/// The address of an image in one size.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ImageSizePath {
    /// The image's id, a UUID.
    #[param(format = "uuid", example = "0198f3b1-1d6b-7f02-a3c8-7e90b2d4c613")]
    pub id: String,
    /// The size: `original`, or a smaller one where the image is wider than that.
    #[param(pattern = "^(original|small|medium|large)$", example = "medium")]
    pub variant: String,
}

/// The address of an incident.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct IncidentPath {
    /// The incident's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
}

/// The address of an invitation.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct InvitationPath {
    /// The id of the account that it is to, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
}

/// The address of a rule of synonyms.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SynonymPath {
    /// The rule's id.
    #[param(example = "built-in-gdp-gross-domestic-product")]
    pub id: String,
}

/// The address of what comes first for a query.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PinPath {
    /// The pin's id, a UUID.
    #[param(format = "uuid", example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    pub id: String,
}
