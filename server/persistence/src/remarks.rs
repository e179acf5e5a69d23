//! Comments on bundles and sign-offs of their items, for whoever may see the bundle.

use domain::bundle::remarks::{Comment, SignOff};
use domain::page::{Page, Paging};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{from_json, instant, json, micros};
use crate::entities::{bundle_comment, bundle_content, bundle_sign_off};
use crate::error::Result;

/// Adds a comment.
pub async fn comment(db: &impl ConnectionTrait, comment: &Comment) -> Result<()> {
    let row = bundle_comment::Model {
        id: comment.id.clone(),
        bundle_id: comment.bundle_id.clone(),
        about: comment.about.clone(),
        author: json(&comment.author)?,
        comment: comment.text.clone(),
        created_at: micros(comment.created_at),
    };
    bundle_comment::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The comments on a bundle, the oldest first.
pub async fn comments_of(db: &impl ConnectionTrait, bundle_id: &str, paging: Paging) -> Result<Page<Comment>> {
    let query = bundle_comment::Entity::find().filter(bundle_comment::Column::BundleId.eq(bundle_id));
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_asc(bundle_comment::Column::CreatedAt)
        .order_by_asc(bundle_comment::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    let comments = rows.into_iter().map(|row| {
        Ok(Comment {
            id: row.id,
            bundle_id: row.bundle_id,
            about: row.about,
            author: from_json(&row.author)?,
            text: row.comment,
            created_at: instant(row.created_at)?,
        })
    });
    Ok(Page::new(comments.collect::<Result<_>>()?, total, paging))
}

/// Notes that somebody has checked an item, in place of what they noted of it before.
pub async fn sign_off(db: &impl ConnectionTrait, sign_off: &SignOff) -> Result<()> {
    take_back(db, &sign_off.item_id, &sign_off.by.id).await?;
    let row = bundle_sign_off::Model {
        item_id: sign_off.item_id.clone(),
        actor_id: sign_off.by.id.clone(),
        signed_by: json(&sign_off.by)?,
        signed_at: micros(sign_off.at),
        version_revision: sign_off.version_revision,
    };
    bundle_sign_off::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Takes back what somebody noted of an item; false where they noted nothing.
pub async fn take_back(db: &impl ConnectionTrait, item_id: &str, actor_id: &str) -> Result<bool> {
    let done = bundle_sign_off::Entity::delete_many()
        .filter(bundle_sign_off::Column::ItemId.eq(item_id))
        .filter(bundle_sign_off::Column::ActorId.eq(actor_id))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Everything that was signed off of a bundle, the oldest first.
pub async fn sign_offs_of(db: &impl ConnectionTrait, bundle_id: &str) -> Result<Vec<SignOff>> {
    let items = sea_orm::sea_query::Query::select()
        .column(bundle_content::Column::Id)
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::BundleId.eq(bundle_id))
        .to_owned();
    let rows = bundle_sign_off::Entity::find()
        .filter(bundle_sign_off::Column::ItemId.in_subquery(items))
        .order_by_asc(bundle_sign_off::Column::SignedAt)
        .order_by_asc(bundle_sign_off::Column::ItemId)
        .order_by_asc(bundle_sign_off::Column::ActorId)
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SignOff {
                item_id: row.item_id,
                by: from_json(&row.signed_by)?,
                at: instant(row.signed_at)?,
                version_revision: row.version_revision,
            })
        })
        .collect()
}
