//! `/datasets/{id}/editions/{edition}/versions/{version}/comments`: what people say about a version while they prepare and check it.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::bundle::remarks::comment_problems;
use domain::policy::Permission;
use domain::refusal::all_valid;
use domain::version::{Version, VersionComment};
use serde::{Deserialize, Serialize};
use services::versions;
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, VersionPath};
use super::v1::version_path;
use super::versions::{Words, key_of};
use crate::state::AppState;

/// A comment on a version.
#[derive(Debug, Serialize, ToSchema)]
struct VersionCommentBody {
    id: String,
    /// The version that it is about, as `dataset/edition/number`.
    about: String,
    /// The name of who said it.
    author: String,
    text: String,
    created_at: DateTime<Utc>,
}

impl VersionCommentBody {
    fn new(version: &Version, comment: &VersionComment) -> Self {
        Self {
            id: comment.id.clone(),
            about: version.reference(),
            author: comment.author.name.clone(),
            text: comment.text.clone(),
            created_at: comment.created_at,
        }
    }
}

/// A comment on a version as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct VersionCommentInput {
    /// What is to be said.
    #[schema(required = true, min_length = 1, max_length = 5000)]
    text: String,
}

/// Lists the comments on a version.
///
/// The oldest first, for those who read the dataset before it is public.
#[utoipa::path(
    get, path = "/datasets/{id}/editions/{edition}/versions/{version}/comments", tag = "versions",
    params(
        VersionPath,
        Paging,
    ),
    responses((status = 200, description = "A page of comments", body = PageOf<VersionCommentBody>)),
    security(("bearer" = [Permission::DatasetsRead]), ("session" = [Permission::DatasetsRead])),
)]
pub async fn comments(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    let mut params = asked.params();
    let paging = params.paging();
    let version = versions::commented(&state.services, &asked.ctx, &key).await?;
    params.finish()?;
    let found = versions::comments(&state.services, &asked.ctx, &key, paging).await?;
    answer::page(&asked, found.map(|comment| VersionCommentBody::new(&version, &comment)))
}

/// Comments on a version.
///
/// Whoever reads the dataset before it is public may, whatever the version's state. Comments are kept in the audit trail and are
/// never public; the version stays as it is.
#[utoipa::path(
    post, path = "/datasets/{id}/editions/{edition}/versions/{version}/comments", tag = "versions",
    params(VersionPath),
    request_body(content = VersionCommentInput, content_type = "application/json", example = json!({"text": "March is missing in two regions."})),
    responses((status = 201, description = "The comment", body = VersionCommentBody)),
    security(("bearer" = [Permission::DatasetsRead]), ("session" = [Permission::DatasetsRead])),
)]
pub async fn comment(State(state): State<AppState>, asked: Asked, Path(words): Words, body: Body) -> Answer {
    asked.ctx.caller()?;
    let key = key_of(words)?;
    let version = versions::commented(&state.services, &asked.ctx, &key).await?;
    let sent = body.read::<VersionCommentInput>().await?;
    all_valid(comment_problems(&sent.text))?;
    let made = versions::comment(&state.services, &asked.ctx, &key, &sent.text).await?;
    let path = version_path(&version.dataset_id, &version.edition, version.version);
    answer::created(&format!("{path}/comments"), None, &VersionCommentBody::new(&version, &made))
}
