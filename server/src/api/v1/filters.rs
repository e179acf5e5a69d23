//! Saved filters.

use chrono::{DateTime, Utc};
use domain::filter::{FilterOutput, FilteredFile, OutputState, SavedFilter};
use domain::refusal::Refusal;
use domain::selection::{DataFormat, DimensionFilter, Place, RangeFilter, Selection, Sort};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use services::filters::formats_of;
use utoipa::ToSchema;

use super::{Links, segment, version_path};

/// The version that a filter speaks of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilteredVersion {
    /// The dataset's id.
    #[schema(example = "under-five-mortality")]
    pub id: String,
    /// The edition.
    #[schema(example = "time-series")]
    pub edition: String,
    /// The version's number.
    #[serde(deserialize_with = "number_or_text")]
    #[schema(value_type = String, pattern = "^[1-9][0-9]{0,8}$", example = "3")]
    pub version: String,
    /// The file, where it is not the version's first table; always told in answers, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub file: Option<String>,
}

/// Takes a version's number as a text or a number.
fn number_or_text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(D::Error::custom("give a version's number, such as \"1\"")),
    }
}

/// What is selected of a dimension.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilteredDimension {
    /// The column's name.
    #[schema(example = "Country")]
    pub name: String,
    /// Codes or labels, any of which fits; over all dimensions at most 10,000.
    #[serde(default)]
    #[schema(max_items = 10000, example = json!(["Wales"]))]
    pub options: Vec<String>,
}

/// A range of a time or a figure, both ends included.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilteredRange {
    /// The column's name.
    #[schema(example = "Year")]
    pub name: String,
    /// The least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A filter as it is sent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterInput {
    /// Of which table.
    pub dataset: FilteredVersion,
    /// What is selected of its dimensions; those that are left out are whole.
    #[serde(default)]
    pub dimensions: Vec<FilteredDimension>,
    /// Ranges of times and figures, one for each column.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub ranges: Vec<FilteredRange>,
    /// The columns wanted, in that order, each once; none means all.
    #[serde(default)]
    #[schema(max_items = 16384)]
    pub columns: Vec<String>,
    /// The order of the rows: names of columns, with a hyphen before them for the greatest first.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub sort: Vec<String>,
}

impl FilterInput {
    /// The selection that it asks for, a dimension that is named twice being one.
    ///
    /// # Errors
    /// `Invalid` for more than one selection may say, before anything is made of it.
    pub fn selection(&self) -> Result<Selection, Refusal> {
        let dimension =
            |one: &FilteredDimension| DimensionFilter { name: one.name.clone(), options: one.options.clone() };
        let range =
            |one: &FilteredRange| RangeFilter { name: one.name.clone(), from: one.from.clone(), to: one.to.clone() };
        let sent = Selection {
            dimensions: self.dimensions.iter().map(dimension).collect(),
            ranges: self.ranges.iter().map(range).collect(),
            columns: self.columns.clone(),
            sort: self.sort.iter().map(|word| Sort::read(word)).collect(),
        };
        sent.gathered()
    }

    /// How a place in the selection that was made of this is called here, where a dimension may be named twice.
    #[must_use]
    pub fn called(&self, place: &Place, kept: &Selection) -> String {
        let dimension = |at: usize| kept.dimensions.get(at);
        let range = |at: usize| {
            let name = &kept.ranges.get(at)?.name;
            self.ranges.iter().position(|one| one.name == *name)
        };
        let sent = match place {
            Place::Dimension(at) => dimension(*at)
                .and_then(|filter| self.dimensions.iter().position(|one| one.name == filter.name))
                .map(Place::Dimension),
            Place::Option(at, option) => dimension(*at).and_then(|filter| {
                let wanted = filter.options.get(*option)?;
                let said = |one: &FilteredDimension| place_of(wanted, &one.options);
                let mut named = self.dimensions.iter().enumerate().filter(|(_, one)| one.name == filter.name);
                named.find_map(|(at, one)| Some(Place::Option(at, said(one)?)))
            }),
            Place::Range(at) => range(*at).map(Place::Range),
            Place::From(at) => range(*at).map(Place::From),
            Place::To(at) => range(*at).map(Place::To),
            Place::Whole(_) | Place::Column(_) | Place::Sort(_) => None,
        };
        sent.as_ref().unwrap_or(place).in_body()
    }
}

/// Where an option is said, if it is; a blank one is kept without its blanks.
pub(crate) fn place_of(option: &str, said: &[String]) -> Option<usize> {
    said.iter().position(|said| said == option || (option.is_empty() && said.trim().is_empty()))
}

impl From<&SavedFilter> for FilterInput {
    fn from(saved: &SavedFilter) -> Self {
        Self::of((&saved.dataset_id, &saved.edition, saved.version), saved.file.as_ref(), &saved.selection)
    }
}

impl FilterInput {
    fn of((dataset, edition, version): (&str, &str, u32), file: Option<&FilteredFile>, selection: &Selection) -> Self {
        Self {
            dataset: FilteredVersion {
                id: dataset.to_owned(),
                edition: edition.to_owned(),
                version: version.to_string(),
                file: file.map(|file| file.filename.clone()),
            },
            dimensions: selection
                .dimensions
                .iter()
                .map(|filter| FilteredDimension { name: filter.name.clone(), options: filter.options.clone() })
                .collect(),
            ranges: selection
                .ranges
                .iter()
                .map(|range| FilteredRange { name: range.name.clone(), from: range.from.clone(), to: range.to.clone() })
                .collect(),
            columns: selection.columns.clone(),
            sort: selection.sort.iter().map(Sort::written).collect(),
        }
    }
}

/// A saved filter.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilterBody {
    id: String,
    #[serde(flatten)]
    filter: FilterInput,
    created_at: DateTime<Utc>,
    last_updated: DateTime<Utc>,
    /// When it is forgotten, unless it is changed or submitted before.
    expires_at: DateTime<Utc>,
    links: Links,
}

impl From<&SavedFilter> for FilterBody {
    fn from(saved: &SavedFilter) -> Self {
        let path = filter_path(&saved.id);
        let version = version_path(&saved.dataset_id, &saved.edition, saved.version);
        Self {
            id: saved.id.clone(),
            filter: FilterInput::from(saved),
            created_at: saved.created_at,
            last_updated: saved.last_updated,
            expires_at: saved.expires_at,
            links: Links::from([
                ("dimensions", format!("{path}/dimensions")),
                ("submit", format!("{path}/submit")),
                ("data", data_path(&version, saved)),
                ("version", version),
                ("self", path),
            ]),
        }
    }
}

/// The address of the data that it selects.
fn data_path(version: &str, saved: &SavedFilter) -> String {
    let file = saved.file.as_ref().map(|file| format!("file={}", segment(&file.filename)));
    let query = Some(saved.selection.to_query()).filter(|query| !query.is_empty());
    format!("{version}/data?{}", query.into_iter().chain(file).collect::<Vec<_>>().join("&"))
}

/// A filter that was just made, with the secret that changes it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewFilterBody {
    #[serde(flatten)]
    filter: FilterBody,
    /// Sent back in `Filter-Secret` to change the filter; it is answered this once.
    secret: String,
}

impl NewFilterBody {
    /// The filter with its secret.
    #[must_use]
    pub fn new(saved: &SavedFilter, secret: String) -> Self {
        Self { filter: FilterBody::from(saved), secret }
    }
}

/// The address of a filter.
#[must_use]
pub fn filter_path(id: &str) -> String {
    format!("/v1/filters/{}", segment(id))
}

/// The address of an output.
#[must_use]
pub fn output_path(id: &str) -> String {
    format!("/v1/filter-outputs/{}", segment(id))
}

/// One way to download an output.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputDownload {
    /// The format: of the data, `csvw` for its description, or `txt` for the same in words.
    #[schema(example = "csv")]
    format: String,
    /// Its address.
    href: String,
}

/// What was made of a filter.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilterOutputBody {
    id: String,
    filter_id: String,
    #[serde(flatten)]
    filter: FilterInput,
    /// How many rows it has.
    rows: u64,
    /// How far its files are; those that are made while they are read are `completed` at once.
    state: OutputState,
    /// How many rows are written so far, over all its files, where they are prepared.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows_written: Option<u64>,
    /// How many are to be written, over all its files, where they are prepared.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows_to_write: Option<u64>,
    /// Why the last try to make its files failed, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Each way to download it, as soon as it can be; a workbook is left out where it would not hold the rows.
    downloads: Vec<OutputDownload>,
    created_at: DateTime<Utc>,
    /// When it is forgotten.
    expires_at: DateTime<Utc>,
    links: Links,
}

/// The documents beside the formats of the data.
const DOCUMENTS: [&str; 2] = ["csvw", "txt"];

impl From<&FilterOutput> for FilterOutputBody {
    fn from(output: &FilterOutput) -> Self {
        let path = output_path(&output.id);
        let state = output.state();
        let made = formats_of(output.rows).filter(|_| state == OutputState::Completed);
        let formats = made.map(DataFormat::as_str).chain(DOCUMENTS);
        let to_write = || output.rows.saturating_mul(formats_of(output.rows).count() as u64);
        let download =
            |format: &str| OutputDownload { href: format!("{path}/downloads/{format}"), format: format.to_owned() };
        Self {
            id: output.id.clone(),
            filter_id: output.filter_id.clone(),
            filter: FilterInput::of(
                (&output.dataset_id, &output.edition, output.version),
                output.file.as_ref(),
                &output.selection,
            ),
            rows: output.rows,
            state,
            rows_written: output.job.as_ref().map(|job| job.rows_written),
            rows_to_write: output.job.as_ref().map(|_| to_write()),
            error: output.job.as_ref().and_then(|job| job.last_error.clone()),
            downloads: formats.map(download).collect(),
            created_at: output.created_at,
            expires_at: output.expires_at,
            links: links_of(output, path),
        }
    }
}

fn links_of(output: &FilterOutput, path: String) -> Links {
    let mut links = Links::from([
        ("filter", filter_path(&output.filter_id)),
        ("version", version_path(&output.dataset_id, &output.edition, output.version)),
    ]);
    if output.state() == OutputState::Failed {
        links.insert("retry", format!("{path}/retry"));
    }
    links.insert("self", path);
    links
}

#[cfg(test)]
#[path = "filters_tests.rs"]
mod tests;
