//! `PUT …/versions/{version}`, and its way to the archive and back.

use axum::extract::State;
use domain::policy::Permission;
use domain::version::{VersionAction, VersionMetadata};
use services::versions;

use super::Answer;
use super::body::{Body, Wrong, decode_with};
use super::bundle_steps::ReasonInput;
use super::ctx::{Asked, Path};
use super::described::VersionPath;
use super::guards::version_to_change;
use super::v1::VersionBody;
use super::versions::{Words, changed, keep_words, key_of, step};
use crate::state::AppState;

/// Replaces what is said about a version in preparation.
///
/// What is left out is emptied; ids never change.
#[utoipa::path(put, path = "/datasets/{id}/editions/{edition}/versions/{version}", tag = "versions",
    params(VersionPath),
    request_body(content = VersionMetadata, content_type = "application/json",
        example = json!({"release_date": "2026-11-23T09:30:00Z", "usage_notes": [{"title": "Rounding", "note": "Figures are rounded."}]})),
    responses((status = 200, description = "The version as it is now", body = VersionBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])))]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(words): Words, body: Body) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    let before = version_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &key).await?;
    let mut object = body.read_object().await?;
    let mut wrong = Wrong::default();
    wrong.keep(keep_words(&mut object, &before));
    let metadata = decode_with(wrong, object)?;
    let if_match = asked.if_match();
    let edited = versions::edit(&state.services, &asked.ctx, &key, if_match.required(before.revision), metadata).await;
    changed(&state, &asked, &edited.map_err(|error| if_match.explain(error))?).await
}

/// Archives a public version.
///
/// From `published` to `archived`. Its page, documents and downloads stay; its bytes go to the archive part of the storage.
#[utoipa::path(put, path = "/datasets/{id}/editions/{edition}/versions/{version}/archive", tag = "versions",
    params(VersionPath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "Superseded ten years ago"})),
    responses((status = 200, description = "The version as it is now", body = VersionBody)),
    security(("bearer" = [Permission::VersionsArchive]), ("session" = [Permission::VersionsArchive])))]
pub async fn archive(state: State<AppState>, asked: Asked, words: Words, body: Body) -> Answer {
    step(state, asked, words, body, VersionAction::Archive).await
}

/// Restores an archived version.
///
/// From `archived` to `published`; its bytes come back from the archive.
#[utoipa::path(put, path = "/datasets/{id}/editions/{edition}/versions/{version}/restore", tag = "versions",
    params(VersionPath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "Superseded ten years ago"})),
    responses((status = 200, description = "The version as it is now", body = VersionBody)),
    security(("bearer" = [Permission::VersionsArchive]), ("session" = [Permission::VersionsArchive])))]
pub async fn restore(state: State<AppState>, asked: Asked, words: Words, body: Body) -> Answer {
    step(state, asked, words, body, VersionAction::Restore).await
}
