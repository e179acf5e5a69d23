//! `/bundles/{id}/comments` and sign-offs: what people say about a bundle while they check it.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::bundle::remarks::{Comment, SignOff, comment_problems};
use domain::policy::Permission;
use domain::refusal::all_valid;
use serde::{Deserialize, Serialize};
use services::bundles;
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{BundlePath, ContentPath, PageOf, Paging};
use super::params::part_of;
use super::v1::bundle_path;
use crate::state::AppState;

/// A comment on a bundle.
#[derive(Debug, Serialize, ToSchema)]
struct CommentBody {
    id: String,
    bundle_id: String,
    /// The version that it is about, as `dataset/edition/number`.
    about: Option<String>,
    /// The name of who said it.
    author: String,
    text: String,
    created_at: DateTime<Utc>,
}

impl From<&Comment> for CommentBody {
    fn from(comment: &Comment) -> Self {
        Self {
            id: comment.id.clone(),
            bundle_id: comment.bundle_id.clone(),
            about: comment.about.clone(),
            author: comment.author.name.clone(),
            text: comment.text.clone(),
            created_at: comment.created_at,
        }
    }
}

/// That somebody has checked an item.
#[derive(Debug, Serialize, ToSchema)]
struct SignOffBody {
    item_id: String,
    /// The name of who checked it.
    signed_by: String,
    signed_at: DateTime<Utc>,
    /// The version's revision that was checked.
    version_revision: i64,
}

impl From<&SignOff> for SignOffBody {
    fn from(made: &SignOff) -> Self {
        Self {
            item_id: made.item_id.clone(),
            signed_by: made.by.name.clone(),
            signed_at: made.at,
            version_revision: made.version_revision,
        }
    }
}

/// A comment as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct CommentInput {
    /// What is to be said.
    #[schema(required = true, min_length = 1, max_length = 5000)]
    text: String,
    /// The content item that it is about; without one it is about the whole.
    item_id: Option<String>,
}

/// Lists the comments on a bundle.
///
/// The oldest first. A comment stays when the item that it is about is taken out.
#[utoipa::path(
    get, path = "/bundles/{id}/comments", tag = "bundles",
    params(
        BundlePath,
        Paging,
    ),
    responses((status = 200, description = "A page of comments", body = PageOf<CommentBody>)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn comments(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let found = bundles::comments(&state.services, &asked.ctx, &id, paging).await?;
    params.finish()?;
    answer::page(&asked, found.map(|comment| CommentBody::from(&comment)))
}

/// Comments on a bundle.
///
/// Whoever sees the bundle may. Comments are kept in the audit trail and are never public.
#[utoipa::path(
    post, path = "/bundles/{id}/comments", tag = "bundles",
    params(BundlePath),
    request_body(content = CommentInput, content_type = "application/json", example = json!({"text": "The title still says 2025."})),
    responses((status = 201, description = "The comment", body = CommentBody)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn comment(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    bundles::find(&state.services, &asked.ctx, &id).await?;
    let sent = body.read::<CommentInput>().await?;
    all_valid(comment_problems(&sent.text))?;
    let made = bundles::comment(&state.services, &asked.ctx, &id, sent.item_id.as_deref(), &sent.text).await?;
    answer::created(&format!("{}/comments", bundle_path(&id)), None, &CommentBody::from(&made))
}

/// Lists what was signed off of a bundle.
///
/// Each with who checked which item when, and the revision of the version that was checked.
#[utoipa::path(
    get, path = "/bundles/{id}/sign-offs", tag = "bundles",
    params(
        BundlePath,
        Paging,
    ),
    responses((status = 200, description = "A page of sign-offs", body = PageOf<SignOffBody>)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn sign_offs(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let found = bundles::sign_offs(&state.services, &asked.ctx, &id).await?;
    params.finish()?;
    answer::page(&asked, part_of(&found, paging).map(|made| SignOffBody::from(&made)))
}

/// Signs an item of a bundle off.
///
/// It says that the caller has checked the version: with `If-Match` as it was under that tag of the version, otherwise as it is now.
/// It is not the approval, which is of the whole bundle.
#[utoipa::path(
    put, path = "/bundles/{id}/contents/{item}/sign-off", tag = "contents",
    params(ContentPath),
    responses((status = 200, description = "The sign-off", body = SignOffBody)),
    security(("bearer" = [Permission::BundlesReview]), ("session" = [Permission::BundlesReview])),
    extensions(("x-if-match" = json!("optional"))),
)]
pub async fn sign_off(State(state): State<AppState>, asked: Asked, Path((id, item)): Path<(String, String)>) -> Answer {
    asked.ctx.caller()?;
    let found = bundles::item_to_review(&state.services, &asked.ctx, &id, &item).await?;
    asked.no_params()?;
    let seen = asked.if_match().optional(found.version_revision);
    let made = bundles::sign_off(&state.services, &asked.ctx, &id, &item, seen).await?;
    answer::changed(None, &SignOffBody::from(&made))
}

/// Takes a sign-off back.
///
/// Only the caller's own.
#[utoipa::path(
    delete, path = "/bundles/{id}/contents/{item}/sign-off", tag = "contents",
    params(ContentPath),
    responses((status = 204, description = "Taken back")),
    security(("bearer" = [Permission::BundlesReview]), ("session" = [Permission::BundlesReview])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn withdraw(State(state): State<AppState>, asked: Asked, Path((id, item)): Path<(String, String)>) -> Answer {
    asked.ctx.caller()?;
    bundles::item_to_review(&state.services, &asked.ctx, &id, &item).await?;
    asked.no_params()?;
    bundles::withdraw_sign_off(&state.services, &asked.ctx, &id, &item).await?;
    Ok(answer::deleted())
}
