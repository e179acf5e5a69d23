//! Comments on a bundle, and signing its items off.

use domain::bundle::ContentItem;
use domain::bundle::remarks::{Comment, SignOff, check_sign_off, comment_problems};
use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use persistence::{contents, remarks};

use crate::{Ctx, Result, Services, ids, records};

/// What was said about the bundle, the oldest first.
pub async fn comments(services: &Services, ctx: &Ctx, id: &str, paging: Paging) -> Result<Page<Comment>> {
    super::find(services, ctx, id).await?;
    Ok(remarks::comments_of(services.db.pool(), id, paging).await?)
}

/// Says something about the bundle, or about one of its items; whoever sees it may.
pub async fn comment(services: &Services, ctx: &Ctx, id: &str, item: Option<&str>, text: &str) -> Result<Comment> {
    let caller = ctx.caller()?;
    super::find(services, ctx, id).await?;
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    let mut problems = comment_problems(text);
    let about = item.map(|item| items.iter().find(|content| content.id == item).map(ContentItem::reference));
    if about == Some(None) {
        problems.push(FieldProblem::new("item_id", "unknown", "The bundle has no such item."));
    }
    all_valid(problems)?;
    let comment = Comment {
        id: ids::new_id(ctx.now),
        bundle_id: id.to_owned(),
        about: about.flatten(),
        author: caller.actor.clone(),
        text: text.trim().replace("\r\n", "\n"),
        created_at: ctx.now,
    };
    let tx = services.db.begin().await?;
    remarks::comment(&tx, &comment).await?;
    let details = serde_json::json!({"comment": comment.id, "about": comment.about, "text": comment.text});
    records::note(&tx, ctx, caller, records::bundle(id), "commented", details).await?;
    persistence::db::commit(tx).await?;
    Ok(comment)
}

/// What was signed off of the bundle, the oldest first.
pub async fn sign_offs(services: &Services, ctx: &Ctx, id: &str) -> Result<Vec<SignOff>> {
    super::find(services, ctx, id).await?;
    Ok(remarks::sign_offs_of(services.db.pool(), id).await?)
}

/// The item, for somebody who reviews the bundle.
pub async fn item_to_review(services: &Services, ctx: &Ctx, id: &str, item: &str) -> Result<ContentItem> {
    super::find(services, ctx, id).await?;
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    let found = items.into_iter().find(|content| content.id == item).ok_or(Refusal::NotFound)?;
    super::find_with(services, ctx, Permission::BundlesReview, id).await?;
    Ok(found)
}

/// Notes that the caller has checked an item: the version at the revision `seen`, or as it is now where nobody says which.
///
/// Refused as stale where the version has changed since, as a sign-off is of what was looked at.
pub async fn sign_off(services: &Services, ctx: &Ctx, id: &str, item: &str, seen: Option<i64>) -> Result<SignOff> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let (bundle, items, _) = super::find_to_change(&tx, ctx, Permission::BundlesReview, id).await?;
    let item = items.iter().find(|content| content.id == item).ok_or(Refusal::NotFound)?;
    check_sign_off(bundle.stage())?;
    if seen.is_some_and(|seen| seen != item.version_revision) {
        return Err(Refusal::Stale.into());
    }
    let made = SignOff {
        item_id: item.id.clone(),
        by: caller.actor.clone(),
        at: ctx.now,
        version_revision: item.version_revision,
    };
    remarks::sign_off(&tx, &made).await?;
    let details = serde_json::json!({"version": item.reference(), "revision": item.version_revision});
    records::note(&tx, ctx, caller, records::bundle(id), "item_signed_off", details).await?;
    persistence::db::commit(tx).await?;
    Ok(made)
}

/// Takes the caller's sign-off of an item back.
pub async fn withdraw_sign_off(services: &Services, ctx: &Ctx, id: &str, item: &str) -> Result<()> {
    let caller = ctx.caller()?;
    let tx = services.db.begin().await?;
    let (_, items, _) = super::find_to_change(&tx, ctx, Permission::BundlesReview, id).await?;
    let item = items.iter().find(|content| content.id == item).ok_or(Refusal::NotFound)?;
    if !remarks::take_back(&tx, &item.id, &caller.actor.id).await? {
        return Err(Refusal::NotFound.into());
    }
    let details = serde_json::json!({"version": item.reference()});
    records::note(&tx, ctx, caller, records::bundle(id), "sign_off_withdrawn", details).await?;
    Ok(persistence::db::commit(tx).await?)
}
