//! `/datasets/{id}/editions/{edition}/versions`.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use domain::dataset::Dataset;
use domain::file::File;
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::version::{Version, VersionAction, VersionMetadata, VersionState};
use serde_json::{Map, Value};
use services::versions::{self, NewVersion, VersionKey};
use services::{audit, datasets};

use super::Answer;
use super::answer;
use super::body::{Body, Wrong, keep_fixed, merged_with};
use super::bundle_steps::ReasonInput;
use super::ctx::{Asked, Path, version_number};
use super::described::{EditionPath, PageOf, Paging, VersionPath};
use super::guards::{dataset_to_change, version_to_change};
use super::params::{one_of, part_of};
use super::problem::Problem;
use super::v1::{VersionBody, edition_path, version_path};
use crate::state::AppState;

/// Names a version.
pub(super) type Words = Path<(String, String, String)>;

/// Lists the versions of an edition.
///
/// Newest first, each with its files.
#[utoipa::path(
    get, path = "/datasets/{id}/editions/{edition}/versions", tag = "versions",
    params(
        EditionPath,
        Paging,
        ("state" = Option<VersionState>, Query, description = "Only those in this state"),
    ),
    responses((status = 200, description = "A page of versions", body = PageOf<VersionBody>)),
)]
pub async fn list(State(state): State<AppState>, asked: Asked, Path((id, edition)): Path<(String, String)>) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let wanted = params.one("state", &one_of(VersionState::ALL), VersionState::parse);
    let dataset = datasets::find(&state.services, &asked.ctx, &id).await?;
    let mut found = versions::list(&state.services, &asked.ctx, &id, &edition).await?;
    params.finish()?;
    found.retain(|version| wanted.is_none_or(|state| version.state == state));
    let part = part_of(&found, paging);
    let mut stored = persistence::files::list_of_versions(state.services.db.pool(), &part.items).await?;
    let shown = dataset.shown();
    let present = |version: &Version| {
        let files: Vec<File> =
            stored.remove(&version.id).unwrap_or_default().into_iter().map(|stored| stored.file).collect();
        VersionBody::new(version, &files, &shown)
    };
    let items = part.items.iter().map(present).collect();
    let sent = answer::page(&asked, domain::page::Page::new(items, part.total_count, paging))?;
    looked_at(&state, &asked, &dataset, &part.items, sent).await
}

/// Reads a version.
///
/// With its files, alerts, notes and dimensions. The header `Link` leads to the versions beside it (RFC 5829).
#[utoipa::path(
    get, path = "/datasets/{id}/editions/{edition}/versions/{version}", tag = "versions",
    params(VersionPath),
    responses((status = 200, description = "The version", body = VersionBody)),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    let (version, dataset) = load(&state, &asked, &key_of(words)?).await?;
    asked.no_params()?;
    let links = beside(&state, &asked, &version).await?;
    let mut sent = answer::read(&asked, revision_of(&asked, &version), &present(&state, &version, &dataset).await?)?;
    answer::put(sent.headers_mut(), header::LINK, &links.join(", "));
    looked_at(&state, &asked, &dataset, &[version], sent).await
}

/// An answer that tells of versions, once the look at those that are not public yet is recorded; whoever has it already looks at
/// nothing.
pub(super) async fn looked_at(
    state: &AppState,
    asked: &Asked,
    dataset: &Dataset,
    versions: &[Version],
    sent: Response,
) -> Answer {
    if sent.status() != StatusCode::NOT_MODIFIED {
        for version in versions.iter().filter(|version| !version.is_public()) {
            audit::preview_of_details(&state.services, &asked.ctx, version, dataset).await?;
        }
    }
    Ok(sent)
}

/// The versions beside one and the history of all, as links of a header (RFC 5829).
pub(super) async fn beside(state: &AppState, asked: &Asked, version: &Version) -> Result<Vec<String>, Problem> {
    let (id, edition) = (&version.dataset_id, &version.edition);
    let neighbours = versions::neighbours(&state.services, &asked.ctx, version).await?;
    let mut links = neighbours.links(|number| version_path(id, edition, number));
    links.push(("version-history", format!("{}/versions", edition_path(id, edition))));
    Ok(links.into_iter().map(|(rel, path)| format!("<{path}>; rel=\"{rel}\"")).collect())
}

/// Creates the next version of an edition.
///
/// Versions count up from 1. Files are added with `POST /v1/files/upload`.
#[utoipa::path(
    post, path = "/datasets/{id}/editions/{edition}/versions", tag = "versions",
    params(EditionPath),
    request_body(content = VersionMetadata, content_type = "application/json", example = json!({
            "release_date": "2025-11-15T09:30:00Z",
            "latest_changes": [{"name": "October added", "description": "Figures for October 2025.", "type": "addition"}]
        })),
    responses((status = 201, description = "The new version", body = VersionBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn create(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, edition)): Path<(String, String)>,
    body: Body,
) -> Answer {
    asked.ctx.caller()?;
    datasets::find_edition(&state.services, &asked.ctx, &id, &edition).await?;
    let dataset = dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &id).await?;
    let new = NewVersion { dataset_id: id, edition, metadata: body.read().await? };
    let version = versions::create(&state.services, &asked.ctx, new).await?;
    let location = version_path(&version.dataset_id, &version.edition, version.version);
    answer::created(&location, Some(version.revision), &present(&state, &version, &dataset).await?)
}

/// Changes a version.
///
/// A JSON merge patch (RFC 7396). Only while its state is `created` and it is in no bundle that is being prepared.
#[utoipa::path(
    patch, path = "/datasets/{id}/editions/{edition}/versions/{version}", tag = "versions",
    params(VersionPath),
    request_body(content = VersionMetadata, content_type = "application/json", example = json!({
            "temporal_coverage": "January 1997 to October 2025",
            "temporal": [{"start_date": "1997-01", "end_date": "2025-10", "frequency": "Monthly"}],
            "lowest_geography": "ltla",
            "column_notes": [{"name": "Council", "description": "Councils as their boundaries were in 2023.",
                "quality_statement_text": "Two councils did not answer.", "quality_statement_url": "https://example.org/quality",
                "code_list_url": "https://example.org/codes/councils"}]
        })),
    responses((status = 200, description = "The version as it is now", body = VersionBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(words): Words, body: Body) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    let before = version_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &key).await?;
    let mut object = body.read_object().await?;
    let mut wrong = Wrong::default();
    wrong.keep(keep_words(&mut object, &before));
    let metadata = merged_with(wrong, &before.metadata, object)?;
    let if_match = asked.if_match();
    let edited = versions::edit(&state.services, &asked.ctx, &key, if_match.required(before.revision), metadata).await;
    changed(&state, &asked, &edited.map_err(|error| if_match.explain(error))?).await
}

/// Deletes a version.
///
/// Only while its state is `created`.
#[utoipa::path(
    delete, path = "/datasets/{id}/editions/{edition}/versions/{version}", tag = "versions",
    params(VersionPath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    let before = version_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &key).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let deleted = versions::delete(&state.services, &asked.ctx, &key, if_match.required(before.revision)).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// Sends a version for approval.
///
/// From `created` to `submitted`.
#[utoipa::path(
    put, path = "/datasets/{id}/editions/{edition}/versions/{version}/submit", tag = "versions",
    params(VersionPath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "Ready for the release of 15 November"})),
    responses((status = 200, description = "The version as it is now", body = VersionBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn submit(state: State<AppState>, asked: Asked, words: Words, body: Body) -> Answer {
    step(state, asked, words, body, VersionAction::Submit).await
}

/// Approves a version.
///
/// From `submitted` to `approved`, by somebody other than its last editor. It needs at least one file that is ready.
#[utoipa::path(
    put, path = "/datasets/{id}/editions/{edition}/versions/{version}/approve", tag = "versions",
    params(VersionPath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "Checked against the publication tables"})),
    responses((status = 200, description = "The version as it is now", body = VersionBody)),
    security(("bearer" = [Permission::VersionsApprove]), ("session" = [Permission::VersionsApprove])),
)]
pub async fn approve(state: State<AppState>, asked: Asked, words: Words, body: Body) -> Answer {
    step(state, asked, words, body, VersionAction::Approve).await
}

/// Returns a version to its editor.
///
/// From `submitted` to `created`, with a reason.
#[utoipa::path(
    put, path = "/datasets/{id}/editions/{edition}/versions/{version}/return", tag = "versions",
    params(VersionPath),
    request_body(content = ReasonInput, content_type = "application/json", example = json!({"reason": "The unit of measure is missing"})),
    responses((status = 200, description = "The version as it is now", body = VersionBody)),
    security(("bearer" = [Permission::VersionsApprove]), ("session" = [Permission::VersionsApprove])),
)]
pub async fn send_back(state: State<AppState>, asked: Asked, words: Words, body: Body) -> Answer {
    step(state, asked, words, body, VersionAction::Return).await
}

/// Takes the approval of a version back.
///
/// From `approved` to `submitted`, with a reason. Refused while it is in a bundle that is not yet published.
#[utoipa::path(
    put, path = "/datasets/{id}/editions/{edition}/versions/{version}/reopen", tag = "versions",
    params(VersionPath),
    request_body(content = ReasonInput, content_type = "application/json", example = json!({"reason": "A figure was revised"})),
    responses((status = 200, description = "The version as it is now", body = VersionBody)),
    security(("bearer" = [Permission::VersionsApprove]), ("session" = [Permission::VersionsApprove])),
)]
pub async fn reopen(state: State<AppState>, asked: Asked, words: Words, body: Body) -> Answer {
    step(state, asked, words, body, VersionAction::Reopen).await
}

pub(super) async fn step(
    State(state): State<AppState>,
    asked: Asked,
    Path(words): Words,
    body: Body,
    action: VersionAction,
) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    let (_, _, permission, _) = action.rule();
    let before = version_to_change(&state, &asked.ctx, permission, &key).await?;
    let reason = body.read_action::<ReasonInput>().await?.checked(action.needs_reason())?;
    let expected = asked.if_match().optional(before.revision);
    let version = versions::take_step(&state.services, &asked.ctx, &key, action, expected, reason).await?;
    changed(&state, &asked, &version).await
}

pub(super) async fn changed(state: &AppState, asked: &Asked, version: &Version) -> Result<Response, Problem> {
    let dataset = datasets::find(&state.services, &asked.ctx, &version.dataset_id).await?;
    answer::changed(Some(version.revision), &present(state, version, &dataset).await?)
}

/// Takes out the words that name a version; others than its own are refused.
pub(super) fn keep_words(object: &mut Map<String, Value>, version: &Version) -> Result<(), Refusal> {
    let number = version.version.to_string();
    if object.get("version").and_then(Value::as_u64) == Some(u64::from(version.version)) {
        object.remove("version");
    }
    let fixed = [("dataset_id", version.dataset_id.as_str()), ("edition", &version.edition), ("version", &number)];
    keep_fixed(object, &fixed)
}

/// What cannot be a version's number names nothing.
pub(super) fn key_of((dataset_id, edition, version): (String, String, String)) -> Result<VersionKey, Refusal> {
    let version = version_number(&version).ok_or(Refusal::NotFound)?;
    Ok(VersionKey { dataset_id, edition, version })
}

fn revision_of(asked: &Asked, version: &Version) -> Option<i64> {
    asked.ctx.caller.as_ref().map(|_| version.revision)
}

async fn load(state: &AppState, asked: &Asked, key: &VersionKey) -> Result<(Version, Dataset), Problem> {
    Ok(versions::find_with_dataset(&state.services, &asked.ctx, key).await?)
}

async fn present(state: &AppState, version: &Version, dataset: &Dataset) -> Result<VersionBody, Problem> {
    Ok(VersionBody::new(version, &files_of(state, version).await?, &dataset.shown()))
}

/// The files of a version that was found for the caller.
pub(super) async fn files_of(state: &AppState, version: &Version) -> Result<Vec<File>, Problem> {
    let stored = persistence::files::list_of_version(state.services.db.pool(), version).await?;
    Ok(stored.into_iter().map(|stored| stored.file).collect())
}
