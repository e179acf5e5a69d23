//! The JSON API: handlers that translate, and the shapes of what they answer.

mod accept;
mod access_list;
pub mod access_review;
mod alerts;
mod answer;
mod archiving;
mod audit;
mod body;
mod bundle_events;
mod bundle_list;
mod bundle_reads;
mod bundle_steps;
mod bundle_timeline;
mod bundles;
mod catalogue;
mod contents;
mod csv;
pub mod ctx;
mod data;
mod dataset_list;
mod datasets;
mod deliveries;
mod departments;
pub mod described;
mod dimensions;
mod documents;
mod downloads;
mod edition_changes;
mod editions;
mod etag;
mod export;
mod feedback;
mod files;
mod filters;
mod form;
mod grants;
mod guards;
mod images;
mod import_example;
mod imports;
mod incidents;
mod invitations;
pub mod log_files;
mod maintenance;
mod metadata_publication;
pub mod page_files;
mod params;
mod pins;
mod plain_text;
mod policies;
pub mod problem;
mod publication_log;
pub mod publication_report;
mod queue_pause;
mod release_steps;
mod releases;
mod remarks;
mod roles;
mod search_file;
mod service_tokens;
mod settings;
mod subscriptions;
mod synonyms;
mod teams;
mod topics;
pub mod trying;
mod upload;
mod uploads;
mod user_access;
mod users;
pub mod v1;
mod version_changes;
mod version_comments;
mod versions;
mod webhooks;

pub use accept::prefers_html;
pub use answer::PageBody;
pub use etag::none_match_holds;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::health::answers as health;
use crate::state::AppState;

/// Every path that the runbook names, relative to wherever it is mounted: under `/v1` and unprefixed.
pub fn router(state: &AppState) -> Router<AppState> {
    finish(runbook_routes(), state)
}

/// What `/v1` holds: the runbook's paths, and those that belong to pages when unprefixed (`/search`, `/topics`, `/releases`, `/publication-log`).
pub fn v1_router(state: &AppState) -> Router<AppState> {
    finish(v1_routes(), state)
}

/// How the service is, for machines that watch it: they are answered whatever becomes of sessions and tokens.
pub fn health_router() -> Router<AppState> {
    health_routes().split_for_parts().0
}

/// What the handlers say of themselves: everything under `/v1`, and of it what also answers without.
fn descriptions() -> (OpenApi, OpenApi) {
    let unprefixed = health_routes().merge(runbook_routes());
    let whole = health_routes().merge(v1_routes());
    (whole.into_openapi(), unprefixed.into_openapi())
}

fn finish(routes: OpenApiRouter<AppState>, state: &AppState) -> Router<AppState> {
    let (routes, _) = routes.split_for_parts();
    routes
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn(accept::only_acceptable))
        .layer(from_fn_with_state(state.clone(), accept::send_browsers_to_pages))
        .layer(from_fn(problem::render))
}

fn v1_routes() -> OpenApiRouter<AppState> {
    runbook_routes()
        .merge(discovery_routes())
        .merge(harvest_routes())
        .merge(topic_routes())
        .merge(calendar_routes())
        .merge(subscription_routes())
        .merge(feedback_routes())
        .merge(incident_routes())
        .merge(setting_routes())
        .merge(invitation_routes())
        .merge(search_desk_routes())
        .merge(import_routes())
}

fn runbook_routes() -> OpenApiRouter<AppState> {
    let datasets = dataset_routes().merge(dataset_detail_routes());
    let bundles = datasets.merge(bundle_routes()).merge(file_routes()).merge(audit_routes());
    bundles.merge(people_routes()).merge(webhook_routes()).merge(filter_routes()).merge(image_routes())
}

fn health_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(health::health))
        .routes(routes!(health::healthcheck))
        .routes(routes!(health::metrics))
}

fn discovery_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(catalogue::search))
        .routes(routes!(catalogue::suggest))
        .routes(routes!(described::document::openapi))
}

fn dataset_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(datasets::list, datasets::create))
        .routes(routes!(datasets::read, datasets::replace, datasets::merge, datasets::delete))
        .routes(routes!(editions::list, editions::create))
        .routes(routes!(editions::read, edition_changes::merge, edition_changes::delete))
        .routes(routes!(versions::list, versions::create))
        .routes(routes!(versions::read, version_changes::replace, versions::merge, versions::delete))
        .routes(routes!(versions::submit))
        .routes(routes!(versions::approve))
        .routes(routes!(versions::send_back))
        .routes(routes!(versions::reopen))
}

fn dataset_detail_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(metadata_publication::publish_metadata))
        .routes(routes!(version_changes::archive))
        .routes(routes!(archiving::hold, archiving::put_hold, archiving::delete_hold))
        .routes(routes!(archiving::policy, archiving::set_policy))
        .routes(routes!(archiving::report))
        .routes(routes!(version_changes::restore))
        .routes(routes!(alerts::list_alerts, alerts::add))
        .routes(routes!(alerts::withdraw))
        .routes(routes!(version_comments::comments, version_comments::comment))
        .routes(routes!(data::data))
        .routes(routes!(data::changes::changes))
        .routes(routes!(dimensions::list_dimensions))
        .routes(routes!(dimensions::options))
        .routes(routes!(downloads::whole::whole))
        .routes(routes!(documents::negotiated))
        .routes(routes!(documents::suffixed))
}

fn harvest_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(documents::catalogue::turtle)).routes(routes!(documents::catalogue::jsonld))
}

fn bundle_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(bundles::list, bundles::create))
        .routes(routes!(bundles::read, bundles::replace, bundles::merge, bundles::delete))
        .routes(routes!(contents::list, contents::add, contents::reorder, contents::patch_order))
        .routes(routes!(contents::read, contents::remove))
        .routes(routes!(bundle_steps::submit))
        .routes(routes!(bundle_steps::reject))
        .routes(routes!(bundle_steps::approve))
        .routes(routes!(bundle_steps::request_changes))
        .routes(routes!(bundle_steps::schedule, bundle_steps::cancel_schedule))
        .routes(routes!(bundle_steps::retry))
        .routes(routes!(bundle_steps::reset))
        .routes(routes!(bundle_steps::publish))
        .routes(routes!(remarks::comments, remarks::comment))
        .routes(routes!(remarks::sign_offs))
        .routes(routes!(remarks::sign_off, remarks::withdraw))
        .routes(routes!(bundle_reads::status))
        .routes(routes!(bundle_events::events))
        .routes(routes!(bundle_reads::timeline))
        .routes(routes!(bundle_reads::readiness))
        .routes(routes!(bundle_reads::preview))
        .routes(routes!(bundle_reads::queue))
        .routes(routes!(queue_pause::pause_queue))
        .routes(routes!(queue_pause::resume_queue))
        .routes(routes!(deliveries::skip))
        .routes(routes!(deliveries::replay))
        .routes(routes!(deliveries::wagtail))
        .routes(routes!(deliveries::tracking))
}

fn audit_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(audit::list))
        .routes(routes!(audit::verify))
        .routes(routes!(access_list::list))
}

fn webhook_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::read, webhooks::merge, webhooks::delete))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(webhooks::calls))
        .routes(routes!(webhooks::replay))
        .routes(routes!(webhooks::try_out))
}

fn topic_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(topics::list, topics::create))
        .routes(routes!(topics::read, topics::replace, topics::merge, topics::delete))
        .routes(routes!(topics::subtopics))
        .routes(routes!(topics::content))
        .routes(routes!(topics::merge_into))
}

fn subscription_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(subscriptions::create))
        .routes(routes!(subscriptions::confirm))
        .routes(routes!(subscriptions::read, subscriptions::end))
}

fn calendar_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(releases::list, releases::create))
        .routes(routes!(releases::read, releases::merge, releases::delete))
        .routes(routes!(release_steps::announce))
        .routes(routes!(release_steps::confirm))
        .routes(routes!(release_steps::postpone))
        .routes(routes!(release_steps::cancel))
        .routes(routes!(publication_log::list))
        .routes(routes!(publication_log::verify))
}

fn feedback_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(feedback::list))
}

fn incident_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(incidents::list, incidents::open))
        .routes(routes!(incidents::read))
        .routes(routes!(incidents::acknowledge))
        .routes(routes!(incidents::update))
        .routes(routes!(incidents::severity))
        .routes(routes!(incidents::mitigate))
        .routes(routes!(incidents::resolve))
        .routes(routes!(incidents::reopen))
}

fn setting_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(settings::list)).routes(routes!(settings::read, settings::replace))
}

fn invitation_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::read, invitations::withdraw))
        .routes(routes!(invitations::send))
}

fn search_desk_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(synonyms::list, synonyms::create))
        .routes(routes!(synonyms::read, synonyms::replace, synonyms::merge, synonyms::delete))
        .routes(routes!(synonyms::switch_on))
        .routes(routes!(synonyms::switch_off))
        .routes(routes!(pins::list, pins::create))
        .routes(routes!(pins::read, pins::delete))
}

fn import_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(imports::list))
        .routes(routes!(imports::read))
        .routes(routes!(imports::undo))
}

fn file_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(upload::upload).layer(DefaultBodyLimit::disable()))
        .routes(routes!(uploads::begin).layer(DefaultBodyLimit::disable()))
        .routes(routes!(uploads::look, uploads::add, uploads::end).layer(DefaultBodyLimit::disable()))
        .routes(routes!(files::read, files::rename, files::delete))
        .routes(routes!(files::withdraw))
        .routes(routes!(files::reinstate))
        .routes(routes!(files::confirm))
        .routes(routes!(files::read_as))
        .routes(routes!(files::status))
        .routes(routes!(files::retry))
        .routes(routes!(files::queue))
        .routes(routes!(files::clear_failed))
        .routes(routes!(downloads::content))
        .routes(routes!(downloads::download))
}

fn image_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(images::create).layer(DefaultBodyLimit::disable()))
        .routes(routes!(images::list))
        .routes(routes!(images::read, images::replace, images::delete))
        .routes(routes!(images::withdraw))
        .routes(routes!(images::reinstate))
        .routes(routes!(images::downloads::list_sizes))
        .routes(routes!(images::downloads::download_size))
}

fn filter_routes() -> OpenApiRouter<AppState> {
    use filters::dimensions as of;
    OpenApiRouter::default()
        .routes(routes!(filters::create))
        .routes(routes!(filters::read, filters::replace, filters::merge, filters::delete))
        .routes(routes!(of::list_filter_dimensions))
        .routes(routes!(
            of::read_filter_dimension,
            of::set_filter_dimension,
            of::change_filter_dimension,
            of::remove_filter_dimension
        ))
        .routes(routes!(of::list_filter_options))
        .routes(routes!(of::add_filter_option, of::remove_filter_option))
        .routes(routes!(filters::outputs::submit_filter))
        .routes(routes!(filters::outputs::read_output))
        .routes(routes!(filters::outputs::retry_output))
        .routes(routes!(filters::outputs::download_output))
}

fn people_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default()
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::me))
        .routes(routes!(users::read, users::replace, users::merge, users::delete))
        .routes(routes!(user_access::set_password))
        .routes(routes!(user_access::reset_second_factor))
        .routes(routes!(user_access::list_passkeys))
        .routes(routes!(user_access::remove_passkey))
        .routes(routes!(user_access::list_sessions, user_access::end_sessions))
        .routes(routes!(teams::list, teams::create))
        .routes(routes!(teams::read, teams::replace, teams::merge, teams::delete))
        .routes(routes!(roles::list))
        .routes(routes!(roles::read))
        .routes(routes!(policies::list, policies::create))
        .routes(routes!(policies::check))
        .routes(routes!(policies::read, policies::replace, policies::delete))
        .routes(routes!(service_tokens::list, service_tokens::create))
        .routes(routes!(service_tokens::read, service_tokens::revoke))
        .routes(routes!(departments::list, departments::create))
        .routes(routes!(departments::read, departments::replace, departments::delete))
        .routes(routes!(maintenance::reset_connections))
}

/// What a handler answers.
type Answer = Result<axum::response::Response, problem::Problem>;
