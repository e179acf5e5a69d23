//! The JSON API: handlers that translate, and the shapes of what they answer.

mod accept;
mod answer;
mod body;
mod bundle_reads;
mod bundle_steps;
mod bundles;
mod catalogue;
mod contents;
pub mod ctx;
mod datasets;
mod downloads;
mod editions;
mod etag;
mod files;
mod guards;
mod params;
pub mod problem;
mod upload;
pub mod v1;
mod versions;

pub use answer::PageBody;
pub use etag::none_match_holds;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post, put};
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Every path that the runbook names, relative to wherever it is mounted: under `/v1` and unprefixed.
pub fn router() -> Router<AppState> {
    finish(runbook_routes())
}

/// What `/v1` holds: the runbook's paths, and those that belong to pages when unprefixed (`/search`, `/topics`).
pub fn v1_router() -> Router<AppState> {
    finish(
        runbook_routes()
            .route("/topics", get(catalogue::topics))
            .route("/topics/{id}", get(catalogue::topic))
            .route("/search", get(catalogue::search))
            .route("/search/suggest", get(catalogue::suggest)),
    )
}

fn finish(routes: OpenApiRouter<AppState>) -> Router<AppState> {
    let (routes, _) = routes.split_for_parts();
    routes
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn(accept::send_browsers_to_pages))
        .layer(from_fn(problem::render))
}

fn runbook_routes() -> OpenApiRouter<AppState> {
    dataset_routes().merge(bundle_routes()).merge(file_routes())
}

fn dataset_routes() -> OpenApiRouter<AppState> {
    const VERSION: &str = "/datasets/{id}/editions/{edition}/versions/{version}";
    OpenApiRouter::default()
        .route("/datasets", get(datasets::list).post(datasets::create))
        .route(
            "/datasets/{id}",
            get(datasets::read).put(datasets::replace).patch(datasets::merge).delete(datasets::delete),
        )
        .route("/datasets/{id}/editions", get(editions::list).post(editions::create))
        .route("/datasets/{id}/editions/{edition}", get(editions::read))
        .route("/datasets/{id}/editions/{edition}/versions", get(versions::list).post(versions::create))
        .route(VERSION, get(versions::read).patch(versions::merge).delete(versions::delete))
        .route(&format!("{VERSION}/metadata"), get(versions::metadata))
        .route(&format!("{VERSION}/submit"), put(versions::submit))
        .route(&format!("{VERSION}/approve"), put(versions::approve))
        .route(&format!("{VERSION}/return"), put(versions::send_back))
        .route(&format!("{VERSION}/reopen"), put(versions::reopen))
}

fn bundle_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .route("/bundles", get(bundles::list).post(bundles::create))
        .route("/bundles/{id}", get(bundles::read).patch(bundles::merge).delete(bundles::delete))
        .route("/bundles/{id}/contents", get(contents::list).post(contents::add))
        .route("/bundles/{id}/contents/{item}", get(contents::read).delete(contents::remove))
        .route("/bundles/{id}/submit", put(bundle_steps::submit))
        .route("/bundles/{id}/reject", put(bundle_steps::reject))
        .route("/bundles/{id}/approve", put(bundle_steps::approve))
        .route("/bundles/{id}/request-changes", put(bundle_steps::request_changes))
        .route("/bundles/{id}/schedule", put(bundle_steps::schedule).delete(bundle_steps::cancel_schedule))
        .route("/bundles/{id}/retry", put(bundle_steps::retry))
        .route("/bundles/{id}/reset-to-approved", put(bundle_steps::reset))
        .route("/bundles/{id}/publish", post(bundle_steps::publish))
        .route("/bundles/{id}/status", get(bundle_reads::status))
        .route("/bundles/{id}/timeline", get(bundle_reads::timeline))
        .route("/bundles/{id}/readiness", get(bundle_reads::readiness))
        .route("/publish-queue", get(bundle_reads::queue))
}

fn file_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .route("/files/upload", post(upload::upload).layer(DefaultBodyLimit::disable()))
        .route("/files/{id}", get(files::read).delete(files::delete))
        .route("/files/{id}/status", get(files::status))
        .route("/files/{id}/content", get(downloads::content))
        .route("/files/downloads/{dataset}/{filename}", get(downloads::download))
}

/// What a handler answers.
type Answer = Result<axum::response::Response, problem::Problem>;
