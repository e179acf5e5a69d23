//! The row changes that make a bundle public: as many statements for a thousand items as for one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::bundle::ContentItem;
use domain::version::VersionState;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter};

use crate::convert::micros;
use crate::entities::{bundle_content, edition, version};
use crate::error::Result;

/// Makes every item public: versions, files, editions and the datasets' drafts; false where an item is no longer as it was.
///
/// All items are of one bundle, and all that it holds. Call inside the transaction that publishes the bundle, and roll it
/// back on false.
pub async fn publish_contents(db: &impl ConnectionTrait, items: &[ContentItem], now: DateTime<Utc>) -> Result<bool> {
    let Some(bundle_id) = items.first().map(|item| item.bundle_id.as_str()) else { return Ok(true) };
    let checked = Query::select()
        .column(bundle_content::Column::ValidatedRevision)
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::BundleId.eq(bundle_id))
        .and_where(
            Expr::col((bundle_content::Entity, bundle_content::Column::VersionId))
                .equals((version::Entity, version::Column::Id)),
        )
        .to_owned();
    let done = version::Entity::update_many()
        .col_expr(version::Column::State, Expr::value(VersionState::Published.as_str()))
        .col_expr(version::Column::PublishedAt, Expr::value(micros(now)))
        .col_expr(version::Column::LastUpdated, Expr::value(micros(now)))
        .col_expr(version::Column::Revision, Expr::col(version::Column::Revision).add(1))
        .filter(version::Column::Id.in_subquery(versions_of(bundle_id)))
        .filter(version::Column::State.eq(VersionState::Approved.as_str()))
        .filter(Expr::col((version::Entity, version::Column::Revision)).in_subquery(checked))
        .exec(db)
        .await?;
    if usize::try_from(done.rows_affected) != Ok(items.len()) {
        return Ok(false);
    }
    crate::files::publish_of_versions(db, versions_of(bundle_id)).await?;
    // Whoever moves editions among the others leaves those alone that are written here (`editions::lock_free`), and never waits.
    edition::Entity::update_many()
        .col_expr(edition::Column::PublishedAt, Expr::value(micros(now)))
        .filter(edition::Column::PublishedAt.is_null())
        .filter(
            Expr::tuple([Expr::col(edition::Column::DatasetId), Expr::col(edition::Column::Id)])
                .in_subquery(editions_of(bundle_id)),
        )
        .exec(db)
        .await?;
    // What was approved where it is known, else what was looked at just now.
    let drafts: BTreeMap<&str, i64> = items
        .iter()
        .map(|item| (item.dataset_id.as_str(), item.approved_draft.unwrap_or(item.draft_revision)))
        .collect();
    crate::datasets::publish_drafts(db, &drafts.into_iter().collect::<Vec<_>>(), now).await
}

fn versions_of(bundle_id: &str) -> SelectStatement {
    Query::select()
        .column(bundle_content::Column::VersionId)
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::BundleId.eq(bundle_id))
        .to_owned()
}

fn editions_of(bundle_id: &str) -> SelectStatement {
    Query::select()
        .column(version::Column::DatasetId)
        .column(version::Column::Edition)
        .from(version::Entity)
        .and_where(version::Column::Id.in_subquery(versions_of(bundle_id)))
        .to_owned()
}
