//! Comments on a version, for those who read its dataset.

use domain::bundle::remarks::comment_problems;
use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use domain::version::{Version, VersionComment};
use persistence::{PersistenceError, version_comments};

use super::VersionKey;
use crate::ctx::forbidden;
use crate::{Ctx, Result, Services, ids, records};

/// What was said about the version, the oldest first.
///
/// # Errors
/// `NotFound` where the version is hidden from the caller, `Forbidden` where they see it without reading its dataset: because it is
/// public, or in a bundle that is shared with them.
pub async fn comments(
    services: &Services,
    ctx: &Ctx,
    key: &VersionKey,
    paging: Paging,
) -> Result<Page<VersionComment>> {
    let version = commented(services, ctx, key).await?;
    Ok(version_comments::page_of(services.db.pool(), &version.id, paging).await?)
}

/// The version, for somebody who reads and writes comments on it.
///
/// # Errors
/// As for [`comments`].
pub async fn commented(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<Version> {
    let caller = ctx.caller()?;
    let (version, dataset) = super::find_with_dataset(services, ctx, key).await?;
    if !caller.may_for(Permission::DatasetsRead, &dataset.department, &dataset.id) {
        return Err(forbidden(Permission::DatasetsRead).into());
    }
    Ok(version)
}

/// Says something about the version, whatever its state; the version stays as it is, and so does its revision.
///
/// # Errors
/// As for [`comments`], and `Invalid` for a text that says nothing or too much.
pub async fn comment(services: &Services, ctx: &Ctx, key: &VersionKey, text: &str) -> Result<VersionComment> {
    let caller = ctx.caller()?;
    let version = commented(services, ctx, key).await?;
    all_valid(comment_problems(text))?;
    let comment = VersionComment {
        id: ids::new_id(ctx.now),
        author: caller.actor.clone(),
        text: text.trim().replace("\r\n", "\n"),
        created_at: ctx.now,
    };
    let tx = services.db.begin().await?;
    match version_comments::insert(&tx, &version.id, &comment).await {
        // The version was deleted meanwhile.
        Err(PersistenceError::Reference(_)) => return Err(Refusal::NotFound.into()),
        other => other?,
    }
    let reference = version.reference();
    let details = serde_json::json!({"comment": comment.id, "text": comment.text});
    records::note(&tx, ctx, caller, records::version(&reference), "commented", details).await?;
    persistence::db::commit(tx).await?;
    Ok(comment)
}
