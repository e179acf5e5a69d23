//! `/filters`: selections that are kept, by anybody.

pub mod dimensions;
pub mod outputs;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use domain::filter::SavedFilter;
use domain::refusal::{FieldProblem, Refusal};
use domain::selection::{Place, Selection};
use domain::text::escaped;
use services::ServiceError;
use services::filters::{self, Naming, NewFilter};
use services::versions::VersionKey;

use super::Answer;
use super::accept::{page_instead, version_page};
use super::answer;
use super::body::{Body, Wrong, merged};
use super::ctx::{Asked, Path, version_number};
use super::described::{ErrorEnvelope, FilterPath};
use super::problem::Problem;
use super::v1::{FilterBody, FilterInput, NewFilterBody, filter_path};
use crate::state::AppState;

/// The header in which the maker of a filter shows its secret.
const SECRET: &str = "filter-secret";

/// Keeps a selection.
///
/// Of a version that the caller may see. The answer holds the secret with which it is changed, this once; an account that made it needs none.
/// It is kept for 90 days after it was last changed or submitted. It names each column once, and at most 10,000 options, 100 ranges and 8
/// columns to sort by. Each caller may have a good many kept within a day, counted by their size; then 429. So many are kept at a time for
/// an account, and for everybody without one at one address; then 409 with the reason `too_many_filters`, until some are deleted or over.
#[utoipa::path(
    post, path = "/filters", tag = "filters",
    request_body(content = FilterInput, content_type = "application/json", example = json!({
        "dataset": {"id": "under-five-mortality", "edition": "time-series", "version": "3"},
        "dimensions": [{"name": "Country", "options": ["Wales"]}]
    })),
    responses(
        (status = 201, description = "The filter and its secret", body = NewFilterBody),
        (status = 404, description = "There is no such version or table, or the caller may not know that there is", body = ErrorEnvelope),
        (status = 409, description = "As many filters as are kept for one caller are kept already, or the version's first table was recalled, and no other is named", body = ErrorEnvelope),
        (status = 422, description = "It says more than a filter may, which is told with the limit, or names what the table does not have", body = ErrorEnvelope),
    ),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    let sent: FilterInput = body.read().await?;
    let (version, selection) = read_all(&sent)?;
    let new = NewFilter { version, filename: sent.dataset.file.clone(), selection };
    let naming = |place: &Place, kept: &Selection| sent.called(place, kept);
    let (saved, secret) = filters::create(&state.services, &asked.ctx, new, &naming).await?;
    answer::created(&filter_path(&saved.id), Some(saved.revision), &NewFilterBody::new(&saved, secret))
}

/// Reads a filter.
#[utoipa::path(
    get, path = "/filters/{id}", tag = "filters",
    params(FilterPath),
    responses((status = 200, description = "The filter", body = FilterBody)),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let saved = filters::find(&state.services, &asked.ctx, &id).await?;
    if let Some(page) = explorer_instead(&state, &asked, &saved).await? {
        return Ok(page);
    }
    asked.no_params()?;
    private(answer::read(&asked, Some(saved.revision), &FilterBody::from(&saved)))
}

/// Replaces a filter.
///
/// By another selection, of the same or another version.
#[utoipa::path(
    put, path = "/filters/{id}", tag = "filters",
    params(FilterPath),
    request_body(content = FilterInput, content_type = "application/json", example = json!({
        "dataset": {"id": "under-five-mortality", "edition": "time-series", "version": "3"},
        "dimensions": [{"name": "Country", "options": ["Wales"]}]
    })),
    responses((status = 200, description = "The filter as it is now", body = FilterBody)),
    security(("filter" = [])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let saved = owned(&state, &asked, &id).await?;
    let sent: FilterInput = body.read().await?;
    change(&state, &asked, saved, sent).await
}

/// Changes parts of a filter.
///
/// Such as the version alone, to move it to the newest.
#[utoipa::path(
    patch, path = "/filters/{id}", tag = "filters",
    params(FilterPath),
    request_body(content = FilterInput, content_type = "application/json", example = json!({"dataset": {"id": "under-five-mortality", "edition": "time-series", "version": "3"}})),
    responses((status = 200, description = "The filter as it is now", body = FilterBody)),
    security(("filter" = [])),
)]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let saved = owned(&state, &asked, &id).await?;
    let patch = body.read_object().await?;
    let names_file = patch.get("dataset").and_then(|dataset| dataset.get("file")).is_some();
    let mut sent = merged(&FilterInput::from(&saved), patch)?;
    if !names_file && is_missing(&state, &asked, &saved, &sent).await? {
        // The table was renamed in the version that the filter moves to.
        sent.dataset.file = None;
    }
    change(&state, &asked, saved, sent).await
}

/// Forgets a filter.
#[utoipa::path(
    delete, path = "/filters/{id}", tag = "filters",
    params(FilterPath),
    responses((status = 204, description = "Forgotten")),
    security(("filter" = [])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let saved = owned(&state, &asked, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let done = filters::delete(&state.services, &asked.ctx, &saved, if_match.required(saved.revision)).await;
    done.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// The way to the explorer, whose address holds all of a selection, for whoever would rather have HTML; there is none of a version that is
/// not public.
async fn explorer_instead(
    state: &AppState,
    asked: &Asked,
    saved: &SavedFilter,
) -> std::result::Result<Option<Response>, Problem> {
    let page = page_instead(&asked.headers, || {
        let file = saved.file.as_ref().map(|file| format!("file={}", escaped(&file.filename)));
        let rows = Some(saved.selection.to_query()).filter(|rows| !rows.is_empty());
        let parameters: Vec<String> = file.into_iter().chain(rows).collect();
        let mark = if parameters.is_empty() { "" } else { "?" };
        let version = version_page(&saved.dataset_id, &saved.edition, saved.version);
        format!("{version}/explore{mark}{}", parameters.join("&"))
    });
    let Some(page) = page else { return Ok(None) };
    Ok(filters::is_of_public(&state.services, saved).await?.then_some(page))
}

/// Whether a filter moves to another version that has no table of the filter's file name.
async fn is_missing(state: &AppState, asked: &Asked, saved: &SavedFilter, sent: &FilterInput) -> Result<bool, Problem> {
    let key = version_of(sent)?;
    let name = sent.dataset.file.as_deref().filter(|_| key != filters::key_of(saved));
    let Some(name) = name else { return Ok(false) };
    match filters::file_named(&state.services, &asked.ctx, &key, Some(name)).await {
        Err(ServiceError::Refused(Refusal::NotFound)) => Ok(true),
        found => Ok(found.map(|_| false)?),
    }
}

async fn change(state: &AppState, asked: &Asked, saved: SavedFilter, sent: FilterInput) -> Answer {
    let (key, selection) = read_all(&sent)?;
    let name = sent.dataset.file.as_deref();
    let stays = key == filters::key_of(&saved) && name.is_some_and(|name| is_of(&saved, name));
    let file = match stays {
        true => saved.file.clone(),
        false => Some(filters::file_named(&state.services, &asked.ctx, &key, name).await?),
    };
    let VersionKey { dataset_id, edition, version } = key;
    let changed = SavedFilter { dataset_id, edition, version, file, selection, ..saved };
    let naming = |place: &Place, kept: &Selection| sent.called(place, kept);
    let saved = save(state, asked, changed, &naming).await?;
    answer::changed(Some(saved.revision), &FilterBody::from(&saved))
}

/// Whether a filter is of the file of this name.
fn is_of(saved: &SavedFilter, name: &str) -> bool {
    saved.file.as_ref().is_some_and(|file| file.filename == name)
}

/// Saves a changed filter, if it is based on the revision that is there.
async fn save(
    state: &AppState,
    asked: &Asked,
    changed: SavedFilter,
    naming: Naming<'_>,
) -> Result<SavedFilter, Problem> {
    let if_match = asked.if_match();
    let revision = if_match.required(changed.revision);
    let done = filters::edit(&state.services, &asked.ctx, SavedFilter { revision, ..changed }, naming).await;
    done.map_err(|error| if_match.explain(error))
}

/// The filter, for its owner or whoever shows its secret.
async fn owned(state: &AppState, asked: &Asked, id: &str) -> Result<SavedFilter, Problem> {
    let saved = known(state, asked, id).await?;
    must_own(state, asked, &saved)?;
    Ok(saved)
}

/// The filter, for somebody who could be its owner; [`must_own`] asks whether they are, once it is known what is there.
async fn known(state: &AppState, asked: &Asked, id: &str) -> Result<SavedFilter, Problem> {
    if secret(&asked.headers).is_none() {
        asked.ctx.caller()?;
    }
    Ok(filters::find(&state.services, &asked.ctx, id).await?)
}

fn must_own(state: &AppState, asked: &Asked, saved: &SavedFilter) -> Result<(), Refusal> {
    filters::must_be_owner(&state.services, &asked.ctx, saved, secret(&asked.headers))
}

fn secret(headers: &HeaderMap) -> Option<&str> {
    headers.get(SECRET).and_then(|value| value.to_str().ok())
}

/// The version and the selection that are sent, or everything that is wrong with either.
fn read_all(sent: &FilterInput) -> Result<(VersionKey, Selection), Refusal> {
    let mut wrong = Wrong::default();
    let (version, selection) = (wrong.keep(version_of(sent)), wrong.keep(sent.selection()));
    wrong.or_none(version.zip(selection))
}

fn version_of(sent: &FilterInput) -> Result<VersionKey, Refusal> {
    let number = version_number(&sent.dataset.version).ok_or_else(|| Refusal::Invalid {
        problems: vec![FieldProblem::new("dataset.version", "invalid_value", "Give a version's number, such as 1.")],
    })?;
    Ok(VersionKey { dataset_id: sent.dataset.id.clone(), edition: sent.dataset.edition.clone(), version: number })
}

/// Nobody but the one who asked keeps it: its address is all that protects it.
fn private(answer: Answer) -> Answer {
    answer.map(|mut answer| {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        answer
    })
}
