//! `/datasets/{id}/editions`.

use axum::extract::State;
use domain::policy::Permission;
use serde::{Deserialize, Serialize};
use services::datasets::{self, NewEdition};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{DatasetPath, EditionPath, PageOf, Paging};
use super::guards::dataset_to_change;
use super::params::part_of;
use super::v1::{EditionBody, edition_path};
use crate::state::AppState;

/// Lists the editions of a dataset.
///
/// Newest first.
#[utoipa::path(
    get, path = "/datasets/{id}/editions", tag = "editions",
    params(
        DatasetPath,
        Paging,
        ("state" = Option<String>, Query, pattern = "^([Cc]reated|[Pp]ublished|CREATED|PUBLISHED)$", description = "Only those that are public, or that are not yet", example = "published"),
    ),
    responses((status = 200, description = "A page of editions", body = PageOf<EditionBody>)),
)]
pub async fn list(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let is_public = |word: &str| match word.to_ascii_lowercase().as_str() {
        "published" => Some(true),
        "created" => Some(false),
        _ => None,
    };
    let wanted = params.one("state", "created or published", is_public);
    let mut editions = datasets::list_editions(&state.services, &asked.ctx, &id).await?;
    params.finish()?;
    editions.retain(|edition| wanted.is_none_or(|public| edition.published_at.is_some() == public));
    answer::page(&asked, part_of(&editions, paging).map(|edition| EditionBody::from(&edition)))
}

/// Reads an edition.
#[utoipa::path(
    get, path = "/datasets/{id}/editions/{edition}", tag = "editions",
    params(EditionPath),
    responses((status = 200, description = "The edition", body = EditionBody)),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path((id, edition)): Path<(String, String)>) -> Answer {
    let found = datasets::find_edition(&state.services, &asked.ctx, &id, &edition).await?;
    asked.no_params()?;
    // Only those who see drafts may base a change on what they read.
    let dataset = datasets::find(&state.services, &asked.ctx, &id).await?;
    let revision = dataset.draft.as_ref().map(|_| found.revision);
    answer::read(&asked, revision, &EditionBody::from(&found))
}

/// An edition as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct EditionInput {
    /// The edition, a slug that never changes.
    #[schema(required = true, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", max_length = 100)]
    edition: String,
    /// The title.
    #[schema(required = true, min_length = 1, max_length = 200)]
    title: String,
    /// The title in Welsh.
    title_cy: Option<String>,
}

/// Creates an edition of a dataset.
#[utoipa::path(
    post, path = "/datasets/{id}/editions", tag = "editions",
    params(DatasetPath),
    request_body(content = EditionInput, content_type = "application/json", example = json!({"edition": "time-series", "title": "Time series"})),
    responses((status = 201, description = "The new edition", body = EditionBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &id).await?;
    let EditionInput { edition, title, title_cy } = body.read().await?;
    let new = NewEdition { dataset_id: id, edition, title, title_cy };
    let made = datasets::create_edition(&state.services, &asked.ctx, new).await?;
    answer::created(&edition_path(&made.dataset_id, &made.edition), Some(made.revision), &EditionBody::from(&made))
}
