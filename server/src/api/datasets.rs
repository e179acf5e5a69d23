//! `/datasets` and `/datasets/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use domain::dataset::{Dataset, DatasetMetadata};
use domain::page::Page;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal};
use domain::version::VersionState;
use domain::views::DatasetSummary;
use persistence::datasets::DatasetFilter;
use serde_json::{Map, Value};
use services::audit;
use services::datasets::{self, NewDataset};

use super::Answer;
use super::answer;
use super::body::{Body, Wrong, decode_beside, decode_with, merged_beside, take_text};
use super::ctx::{Asked, Path};
use super::described::{DatasetInput, DatasetPath, NewDatasetInput, PageOf, Paging};
use super::guards::dataset_to_change;
use super::params::{Params, one_of};
use super::problem::Problem;
use super::v1::{DatasetBody, STATIC, dataset_path};
use crate::state::AppState;

/// Lists the datasets.
///
/// Everybody sees what is published; with a right to more, the caller also sees drafts. Newest change first, unless
/// sorted by title.
#[utoipa::path(
    get, path = "/datasets", tag = "datasets",
    params(
        Paging,
        ("state" = Option<VersionState>, Query, description = "Only datasets with a version in this state that the caller may see", example = "published"),
        ("topic" = Option<Vec<String>>, Query, explode = false, description = "Only datasets filed under one of these topics", example = json!(["economy"])),
        ("type" = Option<String>, Query, description = "The type of dataset; all are `static`", pattern = "^static$", example = "static"),
        ("department" = Option<String>, Query, description = "Only datasets of this department", example = "economy"),
        ("q" = Option<String>, Query, description = "Part of the title", example = "rainfall"),
        ("id" = Option<Vec<String>>, Query, explode = false, description = "Only these datasets", example = json!(["monthly-rainfall"])),
        ("sort" = Option<String>, Query, pattern = "^(-?title|-?last_updated|newest|oldest)$", description = "`title` or `last_updated`, with `-` the other way round; the newest come first where it is left out", example = "title"),
        ("format" = Option<String>, Query, pattern = "^json$", description = "`json`, the only one: whoever names it is not sent to a page", example = "json"),
    ),
    responses((status = 200, description = "A page of datasets", body = PageOf<DatasetBody>)),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let filter = filter_of(&mut params);
    params.one("format", "json", |word| (word == "json").then_some(()));
    let paging = params.paging();
    params.finish()?;
    let found = datasets::list_undated(&state.services, &asked.ctx, &filter, paging).await?;
    let ids: Vec<&str> = found.items.iter().map(|summary| summary.id.as_str()).collect();
    let editions = datasets::editions_of(&state.services, &asked.ctx, &ids).await?;
    let listed = |summary: DatasetSummary| {
        let of_dataset = editions.get(&summary.id).map(Vec::as_slice).unwrap_or_default();
        DatasetBody::listed(summary, of_dataset)
    };
    let items = found.items.into_iter().map(listed).collect();
    answer::page(&asked, Page::new(items, found.total_count, paging))
}

/// The order that is asked for, of datasets wherever they are listed: whether by title, and whether the other way round.
pub(super) fn order_of(params: &mut Params) -> (bool, bool) {
    let order = |word: &str| match word {
        "title" => Some((true, false)),
        "-title" => Some((true, true)),
        "-last_updated" | "newest" => Some((false, false)),
        "last_updated" | "oldest" => Some((false, true)),
        _ => None,
    };
    params.one("sort", "title, -title, last_updated or -last_updated", order).unwrap_or((false, false))
}

fn filter_of(params: &mut Params) -> DatasetFilter {
    let (by_title, reversed) = order_of(params);
    params.one("type", "static", |word| word.eq_ignore_ascii_case(STATIC).then_some(()));
    DatasetFilter {
        state: params.one("state", &one_of(VersionState::ALL), VersionState::parse),
        topics: params.list("topic"),
        department: params.text("department"),
        title: params.text("q"),
        ids: params.list("id"),
        by_title,
        reversed,
        ..DatasetFilter::default()
    }
}

/// Reads a dataset.
///
/// Those who may see the draft get it as `draft`, and an entity tag that they can change it with.
#[utoipa::path(
    get, path = "/datasets/{id}", tag = "datasets",
    params(DatasetPath),
    responses((status = 200, description = "The dataset", body = DatasetBody)),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let dataset = datasets::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let sent = answer::read(&asked, revision_of(&dataset), &present(&state, &asked, &dataset).await?)?;
    // Whoever has it already looks at nothing.
    if sent.status() != StatusCode::NOT_MODIFIED {
        audit::preview_of_draft(&state.services, &asked.ctx, &dataset).await?;
    }
    Ok(sent)
}

/// Creates a dataset.
///
/// It is a draft until its first version is published. Publication needs a description, a topic, a contact and a
/// licence.
#[utoipa::path(
    post, path = "/datasets", tag = "datasets",
    request_body(content = NewDatasetInput, content_type = "application/json", example = json!({
            "id": "gdp-monthly", "department": "economy", "title": "Monthly GDP", "description": "Growth of the economy, month by month.", "topics": ["economy"],
            "contacts": [{"name": "GDP team", "email": "gdp@example.org"}]
        })),
    responses((status = 201, description = "The new dataset", body = DatasetBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::DatasetsWrite)?;
    let new = new_dataset(body.read_object().await?)?;
    let dataset = datasets::create(&state.services, &asked.ctx, new).await?;
    let body = present(&state, &asked, &dataset).await?;
    answer::created(&dataset_path(&dataset.id), revision_of(&dataset), &body)
}

fn new_dataset(mut object: Map<String, Value>) -> Result<NewDataset, Problem> {
    let mut wrong = Wrong::default();
    let mut text = |name: &str| wrong.keep(take_text(&mut object, name)).flatten();
    let kind = text("type").unwrap_or_else(|| STATIC.to_owned());
    let (id, department) = (text("id").unwrap_or_default(), text("department").unwrap_or_default());
    let metadata: DatasetMetadata = decode_with(wrong, object)?;
    if kind != STATIC {
        let mut problems = metadata.problems();
        problems.push(FieldProblem::new("type", "unknown_value", "Datasets are of the type static."));
        return Err(Refusal::Invalid { problems }.into());
    }
    Ok(NewDataset { id, kind, department, metadata })
}

/// Replaces the metadata of a dataset.
///
/// What is left out becomes empty. Of a published dataset the draft is replaced; it becomes public with the next
/// version.
#[utoipa::path(
    put, path = "/datasets/{id}", tag = "datasets",
    params(DatasetPath),
    request_body(content = DatasetInput, content_type = "application/json", example = json!({
            "title": "Monthly GDP", "description": "Growth of the economy, month by month.", "topics": ["economy"],
            "contacts": [{"name": "GDP team", "email": "gdp@example.org"}]
        })),
    responses((status = 200, description = "The dataset as it is now", body = DatasetBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &id).await?;
    let object = body.read_object().await?;
    save(&state, &asked, &before, decode_beside(object, &fixed(&before))?).await
}

/// Changes some of the metadata of a dataset.
///
/// A JSON merge patch (RFC 7396): `null` empties a field, lists are replaced whole.
#[utoipa::path(
    patch, path = "/datasets/{id}", tag = "datasets",
    params(DatasetPath),
    request_body(content = DatasetInput, content_type = "application/json", example = json!({"next_release": "12 December 2025", "survey": null})),
    responses((status = 200, description = "The dataset as it is now", body = DatasetBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &id).await?;
    let object = body.read_object().await?;
    save(&state, &asked, &before, merged_beside(&before.working(), object, &fixed(&before))?).await
}

fn fixed(dataset: &Dataset) -> [(&'static str, &str); 3] {
    [("id", &dataset.id), ("type", &dataset.kind), ("department", &dataset.department)]
}

async fn save(state: &AppState, asked: &Asked, before: &Dataset, draft: DatasetMetadata) -> Answer {
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let edited = datasets::edit(&state.services, &asked.ctx, &before.id, expected, draft).await;
    let dataset = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(revision_of(&dataset), &present(state, asked, &dataset).await?)
}

/// Deletes a dataset.
///
/// Only one of which nothing was ever published.
#[utoipa::path(
    delete, path = "/datasets/{id}", tag = "datasets",
    params(DatasetPath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = dataset_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let deleted = datasets::delete(&state.services, &asked.ctx, &id, if_match.required(before.revision)).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// Only those who see the draft may know that it changed.
pub(super) fn revision_of(dataset: &Dataset) -> Option<i64> {
    dataset.draft.as_ref().map(|_| dataset.revision)
}

pub(super) async fn present(state: &AppState, asked: &Asked, dataset: &Dataset) -> Result<DatasetBody, Problem> {
    let editions = datasets::editions_found(&state.services, &asked.ctx, dataset).await?;
    Ok(DatasetBody::new(dataset, &editions))
}
