//! `PATCH` and `DELETE /datasets/{id}/editions/{edition}`.

use axum::extract::State;
use domain::dataset::Edition;
use domain::policy::Permission;
use serde::{Deserialize, Serialize};
use services::datasets;

use super::Answer;
use super::answer;
use super::body::{Body, merged_beside};
use super::ctx::{Asked, Path};
use super::described::EditionPath;
use super::guards::dataset_to_change;
use super::problem::Problem;
use super::v1::EditionBody;
use crate::state::AppState;

/// What can be changed of an edition.
#[derive(Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EditionTitles {
    /// The title.
    title: String,
    /// The title in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    title_cy: Option<String>,
}

/// Changes the titles of an edition.
///
/// The titles of a public edition are public at once, so changing them takes the right to correct.
#[utoipa::path(patch, path = "/datasets/{id}/editions/{edition}", tag = "editions",
    params(EditionPath),
    request_body(content = EditionTitles, content_type = "application/json", example = json!({"title": "Time series since 1990"})),
    responses((status = 200, description = "The edition as it is now", body = EditionBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])))]
pub async fn merge(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, edition)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let before = edition_to_change(&state, &asked, &id, &edition, datasets::right_to_change).await?;
    let object = body.read_object().await?;
    let titles = EditionTitles { title: before.title.clone(), title_cy: before.title_cy.clone() };
    let fixed = [("dataset_id", before.dataset_id.as_str()), ("edition", before.edition.as_str())];
    let EditionTitles { title, title_cy } = merged_beside(&titles, object, &fixed)?;
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let changed = Edition { title, title_cy, ..before };
    let edited = datasets::edit_edition(&state.services, &asked.ctx, expected, changed).await;
    let edition = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(edition.revision), &EditionBody::from(&edition))
}

/// Deletes an edition.
///
/// One that holds no versions and was never public.
#[utoipa::path(delete, path = "/datasets/{id}/editions/{edition}", tag = "editions",
    params(EditionPath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])))]
pub async fn delete(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, edition)): Path<(String, String)>,
) -> Answer {
    let before = edition_to_change(&state, &asked, &id, &edition, |_| Permission::DatasetsWrite).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let deleted = datasets::delete_edition(&state.services, &asked.ctx, &id, &edition, expected).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

async fn edition_to_change(
    state: &AppState,
    asked: &Asked,
    id: &str,
    edition: &str,
    right: impl Fn(&Edition) -> Permission,
) -> Result<Edition, Problem> {
    asked.ctx.caller()?;
    let found = datasets::find_edition(&state.services, &asked.ctx, id, edition).await?;
    dataset_to_change(state, &asked.ctx, right(&found), id).await?;
    Ok(found)
}
