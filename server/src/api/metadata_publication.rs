//! `PUT /datasets/{id}/publish-metadata`.

use axum::extract::State;
use domain::policy::Permission;

use super::Answer;
use super::answer;
use super::body::Body;
use super::bundle_steps::ReasonInput;
use super::ctx::{Asked, Path};
use super::datasets::{present, revision_of};
use super::described::DatasetPath;
use super::guards::dataset_to_change;
use super::v1::DatasetBody;
use crate::state::AppState;

/// Publishes the draft of a dataset's metadata.
///
/// For a dataset that is public already, by somebody other than the draft's last editor, without a new version. Readers see it at once.
#[utoipa::path(put, path = "/datasets/{id}/publish-metadata", tag = "datasets",
    params(DatasetPath),
    request_body(content = Option<ReasonInput>, content_type = "application/json", example = json!({"reason": "New contact"})),
    responses((status = 200, description = "The dataset as it is now", body = DatasetBody)),
    security(("bearer" = [Permission::DatasetsCorrect]), ("session" = [Permission::DatasetsCorrect])))]
pub async fn publish_metadata(
    State(state): State<AppState>,
    asked: Asked,
    Path(id): Path<String>,
    body: Body,
) -> Answer {
    let before = dataset_to_change(&state, &asked.ctx, Permission::DatasetsCorrect, &id).await?;
    body.read_action::<ReasonInput>().await?.checked(false)?;
    let expected = asked.if_match().optional(before.revision);
    let dataset = services::datasets::publish_metadata(&state.services, &asked.ctx, &id, expected).await?;
    answer::changed(revision_of(&dataset), &present(&state, &asked, &dataset).await?)
}
