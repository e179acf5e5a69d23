//! Drafts of datasets in bundles: what is approved with a bundle is what becomes public with it.

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::bundle::{Bundle, BundleStage};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::rows::one;
use crate::convert::{json, micros};
use crate::entities::{bundle, bundle_content, dataset, version};
use crate::error::Result;

/// From these a bundle becomes public without another approval.
const APPROVED: [BundleStage; 4] =
    [BundleStage::Approved, BundleStage::Scheduled, BundleStage::Publishing, BundleStage::Failed];

/// A bundle approved and not yet public that holds a version of this dataset, or of this edition of it, whoever asks.
pub async fn approved_with(
    db: &impl ConnectionTrait,
    dataset_id: &str,
    edition: Option<&str>,
) -> Result<Option<Bundle>> {
    let row = bundle::Entity::find()
        .filter(bundle::Column::State.is_in(APPROVED.map(BundleStage::as_str)))
        .filter(bundle::Column::Id.in_subquery(holding_any_of(&[dataset_id], edition)))
        .order_by_asc(bundle::Column::Id)
        .one(db)
        .await?;
    one(db, row).await
}

/// Whether a bundle that is not public yet holds a version of this dataset, whoever asks.
pub async fn is_held_unpublished(db: &impl ConnectionTrait, dataset_id: &str) -> Result<bool> {
    let holding = bundle::Entity::find()
        .filter(bundle::Column::State.ne(BundleStage::Published.as_str()))
        .filter(bundle::Column::Id.in_subquery(holding_any_of(&[dataset_id], None)));
    Ok(holding.count(db).await? > 0)
}

/// The bundles that are not public yet and hold a version of this dataset, whoever asks, by id: each of them would make its draft public.
pub async fn unpublished_with(db: &impl ConnectionTrait, dataset_id: &str) -> Result<Vec<String>> {
    let ids = bundle::Entity::find()
        .select_only()
        .column(bundle::Column::Id)
        .filter(bundle::Column::State.ne(BundleStage::Published.as_str()))
        .filter(bundle::Column::Id.in_subquery(holding_any_of(&[dataset_id], None)))
        .order_by_asc(bundle::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

/// Locks the bundles under review with a version of one of these datasets until the transaction ends; their ids.
///
/// All at once and in the order of their ids, so that no two who change several drafts wait for each other.
pub async fn lock_under_review(db: &impl ConnectionTrait, datasets: &[&str]) -> Result<Vec<String>> {
    let ids = bundle::Entity::find()
        .select_only()
        .column(bundle::Column::Id)
        .filter(bundle::Column::State.eq(BundleStage::ReadyForReview.as_str()))
        .filter(bundle::Column::Id.in_subquery(holding_any_of(datasets, None)))
        .order_by_asc(bundle::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

/// Marks the bundles under review with a version of this dataset as changed by whoever edits its draft; their ids.
///
/// An approval that looked at the draft before is thereby out of date.
pub async fn touch_under_review(
    db: &impl ConnectionTrait,
    dataset_id: &str,
    by: &Actor,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let ids = lock_under_review(db, &[dataset_id]).await?;
    if !ids.is_empty() {
        bundle::Entity::update_many()
            .col_expr(bundle::Column::Revision, Expr::col(bundle::Column::Revision).add(1))
            .col_expr(bundle::Column::LastEditedBy, Expr::value(json(by)?))
            .col_expr(bundle::Column::LastModified, Expr::value(micros(now)))
            .filter(bundle::Column::Id.is_in(&ids))
            .filter(bundle::Column::State.eq(BundleStage::ReadyForReview.as_str()))
            .exec(db)
            .await?;
    }
    Ok(ids)
}

/// Locks the rows of a bundle's datasets until the transaction ends, so that none is edited between a look and its approval.
///
/// Whether others could have edited one before they were locked: on `SQLite` a transaction that may write is alone in any case.
pub async fn lock_drafts(db: &impl ConnectionTrait, bundle_id: &str) -> Result<bool> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return Ok(false);
    }
    let held = Query::select()
        .column(version::Column::DatasetId)
        .from(version::Entity)
        .and_where(version::Column::Id.in_subquery(versions_of(bundle_id)))
        .to_owned();
    dataset::Entity::find()
        .select_only()
        .column(dataset::Column::Id)
        .filter(dataset::Column::Id.in_subquery(held))
        .order_by_asc(dataset::Column::Id)
        .lock_exclusive()
        .into_tuple::<String>()
        .all(db)
        .await?;
    Ok(true)
}

/// Notes that every item was looked at and found fit, and the drafts that its datasets have now as those that were approved.
pub async fn note_approved_drafts(db: &impl ConnectionTrait, bundle_id: &str, now: DateTime<Utc>) -> Result<()> {
    let draft = Query::select()
        .column((dataset::Entity, dataset::Column::DraftRevision))
        .from(dataset::Entity)
        .inner_join(
            version::Entity,
            Expr::col((version::Entity, version::Column::DatasetId)).equals((dataset::Entity, dataset::Column::Id)),
        )
        .and_where(
            Expr::col((version::Entity, version::Column::Id))
                .equals((bundle_content::Entity, bundle_content::Column::VersionId)),
        )
        .to_owned();
    bundle_content::Entity::update_many()
        .col_expr(bundle_content::Column::ApprovedDraft, Expr::SubQuery(None, Box::new(draft.into())))
        .col_expr(bundle_content::Column::LastValidated, Expr::value(micros(now)))
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets which drafts were approved, as the bundle is not any more.
pub async fn forget_approved_drafts(db: &impl ConnectionTrait, bundle_id: &str) -> Result<()> {
    bundle_content::Entity::update_many()
        .col_expr(bundle_content::Column::ApprovedDraft, Expr::value(None::<i64>))
        .filter(bundle_content::Column::BundleId.eq(bundle_id))
        .exec(db)
        .await?;
    Ok(())
}

fn versions_of(bundle_id: &str) -> SelectStatement {
    Query::select()
        .column(bundle_content::Column::VersionId)
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::BundleId.eq(bundle_id))
        .to_owned()
}

fn holding_any_of(datasets: &[&str], edition: Option<&str>) -> SelectStatement {
    let mut versions = Query::select()
        .column(version::Column::Id)
        .from(version::Entity)
        .and_where(version::Column::DatasetId.is_in(datasets.iter().copied()))
        .to_owned();
    if let Some(edition) = edition {
        versions.and_where(version::Column::Edition.eq(edition));
    }
    Query::select()
        .column(bundle_content::Column::BundleId)
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::VersionId.in_subquery(versions))
        .to_owned()
}
