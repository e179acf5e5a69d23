//! How bundles stand: status, timeline, readiness and the publish queue.

use axum::extract::State;
use domain::policy::Permission;
use services::{bundles, operations};

use super::Answer;
use super::answer;
use super::ctx::{Asked, Path};
use super::described::{BundlePath, PageOf, Paging};
use super::v1::{EventBody, PreviewBody, QueueBody, ReadinessBody, StatusBody};
use crate::state::AppState;

/// Tells how the publication of a bundle stands.
///
/// Step by step, and version by version.
#[utoipa::path(
    get, path = "/bundles/{id}/status", tag = "bundles",
    params(BundlePath),
    responses((status = 200, description = "How it stands", body = StatusBody)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn status(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let status = bundles::status(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &StatusBody::from(status))
}

/// Tells what happened to a bundle.
///
/// Oldest first: who did what, when and why.
#[utoipa::path(
    get, path = "/bundles/{id}/timeline", tag = "bundles",
    params(
        BundlePath,
        Paging,
    ),
    responses((status = 200, description = "A page of events", body = PageOf<EventBody>)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn timeline(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let events = bundles::timeline(&state.services, &asked.ctx, &id, paging).await?;
    params.finish()?;
    answer::page(&asked, events.map(EventBody::from))
}

/// Tells what stands in the way of a bundle's publication.
///
/// Every check passes, warns or fails, and says where to mend it. A step that people have yet to take, such as the approval, warns.
#[utoipa::path(
    get, path = "/bundles/{id}/readiness", tag = "bundles",
    params(BundlePath),
    responses((status = 200, description = "The checklist", body = ReadinessBody)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn readiness(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let checks = bundles::readiness(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &ReadinessBody::from(checks))
}

/// Shows what a bundle will make public.
///
/// Each version with its metadata and files as readers will find them, and what changes against what is public now. `rehearsal`
/// tells what the command `catalogue rehearse` tells: every missing approval and whatever else stands in the way, and how long
/// the publication should take. Nothing is published for a trial, so that the duration is an estimate from the number of versions; the
/// command measures it. Nothing is changed but that looking is recorded. Open to those who read bundles and to previewers of a team that the bundle is shared with.
#[utoipa::path(
    get, path = "/bundles/{id}/preview", tag = "bundles",
    params(BundlePath),
    responses((status = 200, description = "The bundle's contents as readers will find them", body = PreviewBody)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn preview(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    bundles::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let preview = bundles::preview(&state.services, &asked.ctx, &id).await?;
    let outlook = bundles::outlook(&state.services, &preview).await;
    answer::read(&asked, None, &PreviewBody::new(preview, outlook))
}

/// Lists what is scheduled or being published.
///
/// Soonest first, with lateness, attempts and the node that holds the lease; `paused` tells since when, by whom and why none of
/// it is published. `missing_releases` are those that the public was promised and that no bundle would publish.
#[utoipa::path(
    get, path = "/publish-queue", tag = "bundles",
    params(Paging),
    responses((status = 200, description = "A page of the queue", body = QueueBody)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn queue(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let entries = bundles::queue(&state.services, &asked.ctx, paging).await?;
    params.finish()?;
    let switch = operations::queue_switch(&state.services, &asked.ctx).await?;
    let missing = bundles::missing_soon(&state.services, &asked.ctx).await?;
    answer::read(&asked, Some(switch.revision), &QueueBody::new(&asked.uri, entries, &switch, missing))
}
