//! `/search/pins` and `/search/pins/{id}`: datasets that come first for a query.

use axum::extract::State;
use domain::policy::Permission;
use serde::Deserialize;
use services::{search_desk, topics};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, PinPath};
use super::params::part_of;
use super::v1::{PinBody, pin_path};
use crate::state::AppState;

/// Lists the queries for which datasets come first.
///
/// By their words, each with which of its datasets are public.
#[utoipa::path(get, path = "/search/pins", tag = "pins",
    params(Paging),
    responses((status = 200, description = "A page of pinned results", body = PageOf<PinBody>)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite]), ("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    search_desk::reader(&asked.ctx)?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let found = search_desk::list_pins(&state.services, &asked.ctx).await?;
    answer::page(&asked, part_of(&found, paging).map(PinBody::from))
}

/// Reads what comes first for a query.
#[utoipa::path(get, path = "/search/pins/{id}", tag = "pins",
    params(PinPath),
    responses((status = 200, description = "The pinned results", body = PinBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite]), ("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let seen = search_desk::find_pin(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &PinBody::from(seen))
}

/// What is to come first for a query, as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct PinInput {
    /// The query; its words count, not their case and marks.
    #[schema(required = true, min_length = 1)]
    query: String,
    /// The ids of the datasets, in their order.
    #[schema(required = true, min_items = 1, max_items = 3)]
    datasets: Vec<String>,
}

/// Puts datasets first for a query.
///
/// At once, on every node. Datasets that are not public, or not yet, show to nobody until they are. One query has one list: 409
/// where it has one already.
#[utoipa::path(post, path = "/search/pins", tag = "pins",
    request_body(content = PinInput, content_type = "application/json", example = json!({"query": "growth", "datasets": ["gdp-monthly"]})),
    responses((status = 201, description = "The pinned results", body = PinBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    topics::editor(&asked.ctx)?;
    let sent: PinInput = body.read().await?;
    let seen = search_desk::add_pin(&state.services, &asked.ctx, &sent.query, sent.datasets).await?;
    answer::created(&pin_path(&seen.pin.id), None, &PinBody::from(seen))
}

/// Puts nothing first for a query any more.
#[utoipa::path(delete, path = "/search/pins/{id}", tag = "pins",
    params(PinPath),
    responses((status = 204, description = "Nothing comes first any more")),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])),
    extensions(("x-if-match" = json!("none"))))]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    search_desk::find_pin(&state.services, &asked.ctx, &id).await?;
    topics::editor(&asked.ctx)?;
    asked.no_params()?;
    search_desk::remove_pin(&state.services, &asked.ctx, &id).await?;
    Ok(answer::deleted())
}
