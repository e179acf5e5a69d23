//! How bundles stand: status, timeline, readiness and the publish queue.

use axum::extract::State;
use services::bundles;

use super::Answer;
use super::answer;
use super::ctx::{Asked, Path};
use super::v1::{EventBody, QueueEntryBody, ReadinessBody, StatusBody};
use crate::state::AppState;

/// `GET /bundles/{id}/status`
pub async fn status(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let status = bundles::status(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &StatusBody::from(status))
}

/// `GET /bundles/{id}/timeline`
pub async fn timeline(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let events = bundles::timeline(&state.services, &asked.ctx, &id, paging).await?;
    params.finish()?;
    answer::page(&asked, events.map(EventBody::from))
}

/// `GET /bundles/{id}/readiness`
pub async fn readiness(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let checks = bundles::readiness(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &ReadinessBody::from(checks))
}

/// `GET /publish-queue`
pub async fn queue(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let entries = bundles::queue(&state.services, &asked.ctx, paging).await?;
    params.finish()?;
    answer::page(&asked, entries.map(QueueEntryBody::from))
}
