//! A version's metadata as one document, in the vocabularies that programs know.

pub mod catalogue;
mod csvw;
mod data_package;
mod dcat;
mod format;
mod graph;
mod words;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::dataset::Dataset;
use domain::file::File;
use domain::refusal::Refusal;
use domain::table::{MISSING_MARKERS, Profile};
use domain::version::Version;
use domain::views::VersionPage;
use serde::Serialize;
use services::catalogue::{Scope, version_seen_by};
use services::datasets;
use services::versions::{self, VersionKey};

pub(super) use self::csvw::{column_as_sent, column_of_csv};
use self::format::Format;
use self::graph::Graph;
use super::Answer;
use super::answer::{caching, put};
use super::ctx::{Asked, Path, version_number};
use super::described::{MetadataDocument, VersionPath};
use super::etag::{none_match_holds, tag_of};
use super::problem::Problem;
use super::v1::{DatasetBody, VersionBody, metadata_document, version_path};
use super::versions::{beside, files_of, looked_at};
use crate::state::AppState;

/// Reads the merged metadata of a version.
///
/// One document of dataset and version. `Accept` chooses the vocabulary: `application/json` (the catalogue's own), `application/ld+json`
/// (DCAT-AP 3), `text/turtle` (the same), `application/ld+json;profile="https://schema.org/"`, `application/csvm+json` (CSV on the Web),
/// `application/vnd.datapackage+json` or `text/plain` (words for people). Each also has an address of its own with a suffix.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/metadata", tag = "metadata",
    params(VersionPath),
    responses((status = 200, description = "The document", content(
        (MetadataDocument = "application/json"), (serde_json::Value = "application/ld+json"), (String = "text/turtle"),
        (serde_json::Value = "application/csvm+json"), (serde_json::Value = "application/vnd.datapackage+json"),
        (String = "text/plain")))))]
pub async fn negotiated(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, edition, version)): Path<(String, String, String)>,
) -> Answer {
    let found = load(&state, &asked, id, edition, &version).await?;
    asked.no_params()?;
    let accept = asked.headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let accept: Vec<&str> = accept.collect();
    let format = Format::chosen(&accept.join(",")).ok_or_else(|| {
        let types: Vec<&str> = Format::ALL.iter().map(|format| format.media_type()).collect();
        Problem::of_status(StatusCode::NOT_ACCEPTABLE).with("available", types)
    })?;
    answer(&state, &asked, &found, format).await
}

/// Reads the metadata of a version in one vocabulary.
///
/// The suffix chooses it: `metadata.json`, `metadata.jsonld` and `metadata.ttl` (DCAT-AP 3), `metadata.schema.jsonld` (schema.org),
/// `metadata.csvw.json` (CSV on the Web), `metadata.datapackage.json` (Data Package) or `metadata.txt` (words for people, with how many
/// options each dimension has and the first of them).
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/{document}", tag = "metadata",
    params(VersionPath,
        ("document" = String, Path, description = "`metadata.` and the suffix", example = "metadata.ttl")),
    responses((status = 200, description = "The document", content(
        (MetadataDocument = "application/json"), (serde_json::Value = "application/ld+json"), (String = "text/turtle"),
        (serde_json::Value = "application/csvm+json"), (serde_json::Value = "application/vnd.datapackage+json"),
        (String = "text/plain")))))]
pub async fn suffixed(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, edition, version, document)): Path<(String, String, String, String)>,
) -> Answer {
    let suffix = document.strip_prefix("metadata.").ok_or(Refusal::NotFound)?;
    let format = Format::of_suffix(suffix).ok_or(Refusal::NotFound)?;
    let found = load(&state, &asked, id, edition, &version).await?;
    asked.no_params()?;
    answer(&state, &asked, &found, format).await
}

async fn load(
    state: &AppState,
    asked: &Asked,
    dataset_id: String,
    edition: String,
    version: &str,
) -> Result<(Version, Dataset), Problem> {
    let version = version_number(version).ok_or(Refusal::NotFound)?;
    let key = VersionKey { dataset_id, edition, version };
    Ok(versions::find_with_dataset(&state.services, &asked.ctx, &key).await?)
}

async fn answer(state: &AppState, asked: &Asked, found: &(Version, Dataset), format: Format) -> Answer {
    let (bytes, has_csv) = match format {
        Format::Json => own(state, asked, found).await?,
        other => in_words_of_others(state, asked, &found.0, other).await?,
    };
    let mut sent = send(asked, format.content_type(), bytes);
    let version = &found.0;
    let path = version_path(&version.dataset_id, &version.edition, version.version);
    let mut links: Vec<String> = Format::ALL
        .iter()
        .filter(|other| **other != format && (has_csv || **other != Format::Csvw))
        .map(|f| format!("<{path}/metadata.{}>; rel=\"alternate\"; type=\"{}\"", f.suffix(), f.plain_type()))
        .collect();
    links.extend(beside(state, asked, version).await?);
    put(sent.headers_mut(), header::LINK, &links.join(", "));
    looked_at(state, asked, &found.1, std::slice::from_ref(version), sent).await
}

/// What describes a version beside its files: its page, and documents by their names.
pub struct Beside {
    /// The page as the caller sees it.
    pub page: VersionPage,
    /// The documents that have something to say of it.
    pub documents: Vec<(String, Vec<u8>)>,
}

/// The documents that go along with the files of a version.
///
/// # Errors
/// The refusal of the version, where the caller may not see it.
pub async fn documents_beside(state: &AppState, asked: &Asked, key: &VersionKey) -> Result<Beside, Problem> {
    let VersionKey { dataset_id, edition, version } = key.clone();
    let page = page_of(state, asked, dataset_id, edition, version).await?;
    let base = state.config.public_url.trim_end_matches('/');
    let mut documents = Vec::new();
    // Only documents that speak of the files as they lie beside them; the others name addresses.
    for (name, format) in [("csvw.json", Format::Csvw), ("datapackage.json", Format::DataPackage)] {
        if let Some(document) = described(&page, Place::Beside(base), format)? {
            documents.push((name.to_owned(), document));
        }
    }
    Ok(Beside { page, documents })
}

async fn page_of(
    state: &AppState,
    asked: &Asked,
    dataset_id: String,
    edition: String,
    version: u32,
) -> Result<VersionPage, Problem> {
    let scope = Scope { dataset_id, edition: Some(edition), version: Some(version) };
    Ok(version_seen_by(&state.services, &asked.ctx, &scope).await?)
}

/// The words for "no value" in tables.
pub(super) fn missing_markers() -> Vec<String> {
    let letters = ('a'..='z').map(|letter| format!("[{letter}]"));
    MISSING_MARKERS.into_iter().map(str::to_owned).chain(letters).collect()
}

/// What stands in the figures of a column beside digits, where it is not the usual.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    /// Before the decimals.
    decimal: Option<&'static str>,
    /// Between thousands.
    group: Option<&'static str>,
}

impl Marks {
    /// The marks of a column of a table, by its place; a comma between thousands is told by the cells that are known.
    fn of(profile: &Profile, at: usize) -> Self {
        if profile.decimal_comma {
            return Self { decimal: Some(","), group: Some(".") };
        }
        let known = profile.statistics.get(at);
        let grouped = known.is_some_and(|known| {
            let ends = [&known.least, &known.greatest].into_iter().flatten();
            ends.chain(&known.samples).any(|cell| cell.contains(','))
        });
        Self { decimal: None, group: grouped.then_some(",") }
    }
}

/// Where a document says that the files are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// On this site, under its address without a slash at the end.
    Site(&'a str),
    /// Beside the document, as in an archive; the site's address is for all other links.
    Beside(&'a str),
}

impl<'a> Place<'a> {
    /// The site's address.
    const fn base(self) -> &'a str {
        match self {
            Self::Site(base) | Self::Beside(base) => base,
        }
    }

    /// The address or path of a file.
    fn of(self, file: &File) -> String {
        match self {
            Self::Site(base) => format!("{base}{}", file.download_path()),
            Self::Beside(_) => file.filename.clone(),
        }
    }
}

/// The document in a vocabulary that speaks of the whole page of a version, and whether CSV on the Web has something to say of it.
async fn in_words_of_others(
    state: &AppState,
    asked: &Asked,
    version: &Version,
    format: Format,
) -> Result<(Vec<u8>, bool), Problem> {
    let page = page_of(state, asked, version.dataset_id.clone(), version.edition.clone(), version.version).await?;
    let base = state.config.public_url.trim_end_matches('/');
    let document = match format {
        Format::Text => {
            let dimensions = versions::begin_dimensions(&state.services, &page).await?;
            words::document(&page, base, &dimensions).into_bytes()
        }
        other => described(&page, Place::Site(base), other)?.ok_or(Refusal::NotFound)?,
    };
    Ok((document, page.files.iter().any(|(file, _)| file.is_csv_table())))
}

/// `None` where the vocabulary has no words for the version, or needs more than its page.
fn described(page: &VersionPage, place: Place, format: Format) -> Result<Option<Vec<u8>>, Problem> {
    let base = place.base();
    let graph = || {
        let mut graph = Graph::default();
        dcat::dataset(&mut graph, page, base);
        graph
    };
    Ok(match format {
        Format::Dcat => Some(graph().json_ld()?),
        Format::Turtle => Some(graph().turtle()?),
        Format::SchemaOrg => Some(written(&domain::schema_org::document(page, base))?),
        Format::Csvw => csvw::document(page, place).map(|document| written(&document)).transpose()?,
        Format::DataPackage => Some(written(&data_package::document(page, place))?),
        Format::Json | Format::Text => None,
    })
}

/// The catalogue's own document, and the same.
async fn own(
    state: &AppState,
    asked: &Asked,
    (version, dataset): &(Version, Dataset),
) -> Result<(Vec<u8>, bool), Problem> {
    let editions = datasets::editions_found(&state.services, &asked.ctx, dataset).await?;
    let files = files_of(state, version).await?;
    let body = VersionBody::new(version, &files, &dataset.shown());
    let document = written(&metadata_document(&DatasetBody::new(dataset, &editions), &body)?)?;
    Ok((document, files.iter().any(File::is_csv_table)))
}

fn written(value: &impl Serialize) -> Result<Vec<u8>, Problem> {
    Ok(serde_json::to_vec(value)?)
}

/// Answers a document, or 304 to somebody who has it already.
fn send(asked: &Asked, content_type: &str, bytes: Vec<u8>) -> Response {
    let mut headers = caching(&asked.ctx);
    let tag = tag_of(None, &bytes);
    put(&mut headers, header::ETAG, &tag);
    if none_match_holds(&asked.headers, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    put(&mut headers, header::CONTENT_TYPE, content_type);
    (headers, bytes).into_response()
}
