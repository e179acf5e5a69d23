//! A version's metadata as one document, in the vocabularies that programs know.

pub mod catalogue;
mod csvw;
mod data_package;
mod dcat;
mod format;
mod graph;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::dataset::Dataset;
use domain::refusal::Refusal;
use domain::version::Version;
use serde::Serialize;
use services::catalogue::{Scope, version_seen_by};
use services::datasets;
use services::versions::{self, VersionKey};

use self::format::Format;
use self::graph::Graph;
use super::Answer;
use super::answer::{caching, put};
use super::ctx::{Asked, Path, version_number};
use super::described::{MetadataDocument, VersionPath};
use super::etag::{none_match_holds, tag_of};
use super::problem::Problem;
use super::v1::{DatasetBody, VersionBody, metadata_document, version_path};
use super::versions::files_of;
use crate::state::AppState;

/// Reads the merged metadata of a version.
///
/// One document of dataset and version. `Accept` chooses the vocabulary: `application/json` (the catalogue's own), `application/ld+json`
/// (DCAT-AP 3), `text/turtle` (the same), `application/ld+json;profile="https://schema.org/"`, `application/csvm+json` (CSV on the Web)
/// or `application/vnd.datapackage+json`. Each also has an address of its own with a suffix.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/metadata", tag = "metadata",
    params(VersionPath),
    responses((status = 200, description = "The document", content(
        (MetadataDocument = "application/json"), (serde_json::Value = "application/ld+json"), (String = "text/turtle"),
        (serde_json::Value = "application/csvm+json"), (serde_json::Value = "application/vnd.datapackage+json")))))]
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
/// `metadata.csvw.json` (CSV on the Web) or `metadata.datapackage.json` (Data Package).
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/{document}", tag = "metadata",
    params(VersionPath,
        ("document" = String, Path, description = "`metadata.` and the suffix", example = "metadata.ttl")),
    responses((status = 200, description = "The document", content(
        (MetadataDocument = "application/json"), (serde_json::Value = "application/ld+json"), (String = "text/turtle"),
        (serde_json::Value = "application/csvm+json"), (serde_json::Value = "application/vnd.datapackage+json")))))]
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
    let bytes = match format {
        Format::Json => own(state, asked, found).await?,
        other => in_words_of_others(state, asked, &found.0, other).await?,
    };
    let mut sent = send(asked, format.content_type(), bytes);
    let version = &found.0;
    let path = version_path(&version.dataset_id, &version.edition, version.version);
    let links: Vec<String> = Format::ALL
        .iter()
        .filter(|other| **other != format)
        .map(|f| format!("<{path}/metadata.{}>; rel=\"alternate\"; type=\"{}\"", f.suffix(), f.plain_type()))
        .collect();
    put(sent.headers_mut(), header::LINK, &links.join(", "));
    Ok(sent)
}

/// The document in a vocabulary that speaks of the whole page of a version.
async fn in_words_of_others(
    state: &AppState,
    asked: &Asked,
    version: &Version,
    format: Format,
) -> Result<Vec<u8>, Problem> {
    let scope = Scope {
        dataset_id: version.dataset_id.clone(),
        edition: Some(version.edition.clone()),
        version: Some(version.version),
    };
    let page = &version_seen_by(&state.services, &asked.ctx, &scope).await?;
    let base = state.config.public_url.trim_end_matches('/');
    let graph = || {
        let mut graph = Graph::default();
        dcat::dataset(&mut graph, page, base);
        graph
    };
    match format {
        Format::Dcat => Ok(graph().json_ld()?),
        Format::Turtle => Ok(graph().turtle()?),
        Format::SchemaOrg => written(&domain::schema_org::document(page, base)),
        Format::Csvw => written(&csvw::document(page, base).ok_or(Refusal::NotFound)?),
        Format::DataPackage => written(&data_package::document(page, base)),
        Format::Json => Err(Refusal::NotFound.into()),
    }
}

/// The catalogue's own document.
async fn own(state: &AppState, asked: &Asked, (version, dataset): &(Version, Dataset)) -> Result<Vec<u8>, Problem> {
    let editions = datasets::editions_found(&state.services, &asked.ctx, dataset).await?;
    let body = VersionBody::new(version, &files_of(state, version).await?, &dataset.shown());
    written(&metadata_document(&DatasetBody::new(dataset, &editions), &body)?)
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
