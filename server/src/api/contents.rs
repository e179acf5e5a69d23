//! `/bundles/{id}/contents`.

use axum::extract::State;
use domain::bundle::BundleAction;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use serde::{Deserialize, Serialize};
use services::bundles;
use services::versions::VersionKey;
use utoipa::ToSchema;

use super::Answer;
use super::answer::{self, PageBody};
use super::body::Body;
use super::ctx::{Asked, Path, version_number};
use super::described::{BundlePath, ContentPath, PageOf, Paging};
use super::guards::bundle_to_change;
use super::params::part_of;
use super::v1::{ContentBody, bundle_path, segment};
use crate::state::AppState;

/// Lists the versions in a bundle.
///
/// Each with what still prevents its publication.
#[utoipa::path(
    get, path = "/bundles/{id}/contents", tag = "contents",
    params(
        BundlePath,
        Paging,
    ),
    responses((status = 200, description = "A page of content items", body = PageOf<ContentBody>)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let (bundle, items) = bundles::find_with_contents(&state.services, &asked.ctx, &id).await?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let part = part_of(&items, paging).map(|item| ContentBody::from(&item));
    answer::read(&asked, Some(bundle.revision), &PageBody::new(&asked.uri, part))
}

/// Reads one content item.
#[utoipa::path(
    get, path = "/bundles/{id}/contents/{item}", tag = "contents",
    params(ContentPath),
    responses((status = 200, description = "The content item", body = ContentBody)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path((id, item)): Path<(String, String)>) -> Answer {
    let (_, items) = bundles::find_with_contents(&state.services, &asked.ctx, &id).await?;
    let found = items.iter().find(|content| content.id == item).ok_or(Refusal::NotFound)?;
    asked.no_params()?;
    answer::read(&asked, None, &ContentBody::from(found))
}

/// A version to add, as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ContentInput {
    /// The dataset's id.
    #[schema(required = true, min_length = 1)]
    dataset_id: String,
    /// The edition.
    #[schema(required = true, min_length = 1)]
    edition: String,
    /// The version's number, as a text or a number.
    #[schema(value_type = NumberOrText, required = true)]
    version: Option<NumberOrText>,
}

/// `1` or `"1"`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
enum NumberOrText {
    /// As a number.
    Number(u32),
    /// As a text.
    Text(String),
}

impl ContentInput {
    fn checked(self) -> Result<VersionKey, Refusal> {
        let mut problems = Vec::new();
        for (name, value) in [("dataset_id", &self.dataset_id), ("edition", &self.edition)] {
            if value.trim().is_empty() {
                problems.push(FieldProblem::required(name));
            }
        }
        let version = match self.version {
            None => {
                problems.push(FieldProblem::required("version"));
                None
            }
            Some(NumberOrText::Number(number)) => Some(number),
            Some(NumberOrText::Text(text)) => version_number(&text),
        };
        if version.is_none() && problems.iter().all(|problem| problem.field != "version") {
            problems.push(FieldProblem::new("version", "invalid_value", "Give a version's number, such as 1."));
        }
        all_valid(problems)?;
        Ok(VersionKey { dataset_id: self.dataset_id, edition: self.edition, version: version.unwrap_or_default() })
    }
}

/// Adds a version to a bundle.
///
/// The version must be `approved` and in no other bundle that is not yet published. The bundle becomes `in_progress`.
#[utoipa::path(
    post, path = "/bundles/{id}/contents", tag = "contents",
    params(BundlePath),
    request_body(content = ContentInput, content_type = "application/json", example = json!({"dataset_id": "gdp-monthly", "edition": "time-series", "version": "1"})),
    responses((status = 201, description = "The new content item", body = ContentBody)),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
    extensions(("x-if-match" = json!("optional"))),
)]
pub async fn add(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::AddContent, &id).await?;
    let key = body.read::<ContentInput>().await?.checked()?;
    let expected = asked.if_match().optional(before.revision);
    let item = bundles::add_content(&state.services, &asked.ctx, &id, expected, &key).await?;
    let location = format!("{}/contents/{}", bundle_path(&id), segment(&item.id));
    answer::created(&location, None, &ContentBody::from(&item))
}

/// Takes a version out of a bundle.
///
/// Without any left the bundle is `created` again.
#[utoipa::path(
    delete, path = "/bundles/{id}/contents/{item}", tag = "contents",
    params(ContentPath),
    responses((status = 204, description = "Taken out")),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
    extensions(("x-if-match" = json!("optional"))),
)]
pub async fn remove(State(state): State<AppState>, asked: Asked, Path((id, item)): Path<(String, String)>) -> Answer {
    asked.ctx.caller()?;
    let (_, items) = bundles::find_with_contents(&state.services, &asked.ctx, &id).await?;
    if !items.iter().any(|content| content.id == item) {
        return Err(Refusal::NotFound.into());
    }
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::RemoveContent, &id).await?;
    asked.no_params()?;
    let expected = asked.if_match().optional(before.revision);
    bundles::remove_content(&state.services, &asked.ctx, &id, expected, &item).await?;
    Ok(answer::deleted())
}

/// An order as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OrderInput {
    /// The ids of all content items, in the order wanted.
    #[schema(required = true)]
    order: Vec<String>,
}

/// Puts the versions of a bundle in preparation into another order.
///
/// Every content item is named once. `If-Match` takes the tag of the bundle or of its contents.
#[utoipa::path(
    put, path = "/bundles/{id}/contents", tag = "contents",
    params(BundlePath),
    request_body(content = OrderInput, content_type = "application/json", example = json!({"order": ["0197b2f0-3a5c-7c11-9d55-6f0a4f6f1a02", "0197b2f0-3a5c-7c11-9d55-6f0a4f6f1a01"]})),
    responses((status = 200, description = "The contents in their new order", body = PageOf<ContentBody>)),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
    extensions(("x-if-match" = json!("required"))),
)]
pub async fn reorder(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::ReorderContent, &id).await?;
    let OrderInput { order } = body.read().await?;
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let reordered = bundles::reorder_contents(&state.services, &asked.ctx, &id, expected, &order).await;
    let items = reordered.map_err(|error| if_match.explain(error))?;
    let part = part_of(&items, Paging::WHOLE).map(|item| ContentBody::from(&item));
    answer::changed(Some(before.revision + 1), &PageBody::new(&asked.uri, part))
}

/// Reorders the versions of a bundle in preparation.
///
/// The same as `PUT`: every content item is named once. `If-Match` takes the tag of the bundle or of its contents.
#[utoipa::path(
    patch, path = "/bundles/{id}/contents", tag = "contents",
    params(BundlePath),
    request_body(content = OrderInput, content_type = "application/json", example = json!({"order": ["0197b2f0-3a5c-7c11-9d55-6f0a4f6f1a02", "0197b2f0-3a5c-7c11-9d55-6f0a4f6f1a01"]})),
    responses((status = 200, description = "The contents in their new order", body = PageOf<ContentBody>)),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
    extensions(("x-if-match" = json!("required"))),
)]
pub async fn patch_order(state: State<AppState>, asked: Asked, id: Path<String>, body: Body) -> Answer {
    reorder(state, asked, id, body).await
}
