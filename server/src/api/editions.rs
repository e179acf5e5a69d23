//! `/datasets/{id}/editions`.

use axum::extract::State;
use domain::policy::Permission;
use serde::Deserialize;
use services::datasets::{self, NewEdition};

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::guards::dataset_to_change;
use super::params::part_of;
use super::v1::{EditionBody, edition_path};
use crate::state::AppState;

/// `GET /datasets/{id}/editions`
pub async fn list(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let editions = datasets::list_editions(&state.services, &asked.ctx, &id).await?;
    params.finish()?;
    answer::page(&asked, part_of(&editions, paging).map(|edition| EditionBody::from(&edition)))
}

/// `GET /datasets/{id}/editions/{edition}`
pub async fn read(State(state): State<AppState>, asked: Asked, Path((id, edition)): Path<(String, String)>) -> Answer {
    let found = datasets::find_edition(&state.services, &asked.ctx, &id, &edition).await?;
    asked.no_params()?;
    answer::read(&asked, None, &EditionBody::from(&found))
}

/// An edition as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EditionInput {
    edition: String,
    title: String,
    title_cy: Option<String>,
}

/// `POST /datasets/{id}/editions`
pub async fn create(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &id).await?;
    let EditionInput { edition, title, title_cy } = body.read().await?;
    let new = NewEdition { dataset_id: id, edition, title, title_cy };
    let made = datasets::create_edition(&state.services, &asked.ctx, new).await?;
    answer::created(&edition_path(&made.dataset_id, &made.edition), None, &EditionBody::from(&made))
}
