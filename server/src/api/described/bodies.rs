//! Bodies that handlers read or write piece by piece, described as the whole that callers see.

use domain::dataset::DatasetMetadata;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v1::VersionBody;

/// A dataset to create: what it is called, who owns it, and its metadata.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewDatasetInput {
    /// The id, which never changes: lower-case letters, digits and single hyphens.
    #[schema(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", min_length = 1, max_length = 100, example = "gdp-monthly")]
    pub id: String,
    /// The owning department's id.
    #[schema(example = "economy")]
    pub department: String,
    /// The type of dataset.
    #[serde(rename = "type")]
    #[schema(pattern = "^static$", example = "static")]
    pub kind: Option<String>,
    /// What editors say about it.
    #[serde(flatten)]
    pub metadata: DatasetMetadata,
}

/// The metadata of a dataset. Its id, type and department may be sent along, unchanged.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetInput {
    /// The id, as it is.
    pub id: Option<String>,
    /// The owning department's id, as it is.
    pub department: Option<String>,
    /// The type of dataset.
    #[serde(rename = "type")]
    #[schema(pattern = "^static$", example = "static")]
    pub kind: Option<String>,
    /// What editors say about it.
    #[serde(flatten)]
    pub metadata: DatasetMetadata,
}

/// One document of dataset and version; where both say something the version counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct MetadataDocument {
    /// The type of dataset.
    #[serde(rename = "type")]
    pub kind: String,
    /// The owning department's id.
    pub department: String,
    /// The dataset's part.
    #[serde(flatten)]
    pub metadata: DatasetMetadata,
    /// The version's part.
    #[serde(flatten)]
    pub version: VersionBody,
}

/// A file for a version, as a form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadForm {
    /// The dataset's id.
    #[schema(example = "gdp-monthly")]
    pub dataset_id: String,
    /// The edition.
    #[schema(example = "time-series")]
    pub edition: String,
    /// The version's number.
    #[schema(pattern = "^[1-9][0-9]{0,8}$", example = "1")]
    pub version: String,
    /// A title for people; the file's name where there is none.
    pub title: Option<String>,
    /// The licence, where it differs from the dataset's.
    pub licence: Option<String>,
    /// That licence's address.
    pub licence_url: Option<String>,
    /// The file with its name, after all other fields: CSV, XLSX, XLS, ODS, JSON, CSVW metadata, SDMX, PDF, ZIP or plain text. The
    /// first four are read as tables, of workbooks the first sheet that holds one.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

/// An image for a version, as a form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageForm {
    /// The dataset's id.
    #[schema(example = "gdp-monthly")]
    pub dataset_id: String,
    /// The edition.
    #[schema(example = "time-series")]
    pub edition: String,
    /// The version's number.
    #[schema(pattern = "^[1-9][0-9]{0,8}$", example = "1")]
    pub version: String,
    /// What the image shows, for those who do not see it.
    #[schema(max_length = 500, example = "A line that rises from 2020 to 2026")]
    pub alt: String,
    /// What stands below it.
    #[schema(max_length = 1000)]
    pub caption: Option<String>,
    /// A title for people.
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// A PNG, JPEG, WebP or GIF image that does not move: at most 20 MB, 10,000 pixels a side and 25 million pixels in all.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}
