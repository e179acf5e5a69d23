//! The row changes that make a bundle public.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::bundle::ContentItem;
use domain::version::VersionState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter};

use crate::convert::micros;
use crate::entities::version;
use crate::error::Result;

/// Makes every item public: versions, files, editions and the datasets' drafts; false where an item is no longer as it was.
///
/// Call inside the transaction that publishes the bundle, and roll it back on false.
pub async fn publish_contents(db: &impl ConnectionTrait, items: &[ContentItem], now: DateTime<Utc>) -> Result<bool> {
    for item in items {
        let done = version::Entity::update_many()
            .col_expr(version::Column::State, Expr::value(VersionState::Published.as_str()))
            .col_expr(version::Column::PublishedAt, Expr::value(micros(now)))
            .col_expr(version::Column::LastUpdated, Expr::value(micros(now)))
            .col_expr(version::Column::Revision, Expr::col(version::Column::Revision).add(1))
            .filter(version::Column::Id.eq(&item.version_id))
            .filter(version::Column::State.eq(VersionState::Approved.as_str()))
            .filter(version::Column::Revision.eq(item.validated_revision))
            .exec(db)
            .await?;
        if done.rows_affected != 1 {
            return Ok(false);
        }
        crate::files::publish_of_version(db, &item.version_id).await?;
        crate::editions::publish(db, &item.dataset_id, &item.edition, now).await?;
    }
    // What was approved where it is known, else what was looked at just now.
    let drafts: BTreeMap<&str, i64> = items
        .iter()
        .map(|item| (item.dataset_id.as_str(), item.approved_draft.unwrap_or(item.draft_revision)))
        .collect();
    for (dataset, draft) in drafts {
        if !crate::datasets::publish_draft(db, dataset, draft, now).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
