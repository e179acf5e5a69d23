//! The row changes that make bundles public: as many statements for a thousand items as for one, and for many bundles as for one.

use std::borrow::Borrow;
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
/// The items are all that their bundles hold, of one bundle or of several; a version is held by one alone. What is written is what
/// publishing the bundles one after the other at this time would write. Call inside the transaction that publishes them, with the
/// bundles saved before, so that they hold what they held, and roll it back on false.
pub async fn publish_contents<Item: Borrow<ContentItem> + Sync>(
    db: &impl ConnectionTrait,
    items: &[Item],
    now: DateTime<Utc>,
) -> Result<bool> {
    let items: Vec<&ContentItem> = items.iter().map(<Item as Borrow<ContentItem>>::borrow).collect();
    let mut bundles: Vec<&str> = items.iter().map(|item| item.bundle_id.as_str()).collect();
    bundles.sort_unstable();
    bundles.dedup();
    if bundles.is_empty() {
        return Ok(true);
    }
    let checked = Query::select()
        .column(bundle_content::Column::ValidatedRevision)
        .from(bundle_content::Entity)
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
        .filter(version::Column::Id.in_subquery(versions_of(&bundles)))
        .filter(version::Column::State.eq(VersionState::Approved.as_str()))
        .filter(Expr::col((version::Entity, version::Column::Revision)).in_subquery(checked))
        .exec(db)
        .await?;
    if usize::try_from(done.rows_affected) != Ok(items.len()) {
        return Ok(false);
    }
    crate::files::publish_of_versions(db, versions_of(&bundles)).await?;
    // Whoever moves editions among the others leaves those alone that are written here (`editions::lock_free`), and never waits.
    edition::Entity::update_many()
        .col_expr(edition::Column::PublishedAt, Expr::value(micros(now)))
        .filter(edition::Column::PublishedAt.is_null())
        .filter(
            Expr::tuple([Expr::col(edition::Column::DatasetId), Expr::col(edition::Column::Id)])
                .in_subquery(editions_of(&bundles)),
        )
        .exec(db)
        .await?;
    for drafts in drafts_of(&items) {
        if !crate::datasets::publish_drafts(db, &drafts.into_iter().collect::<Vec<_>>(), now).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The drafts of these items, by dataset: what was approved where it is known, else what was looked at just now. Where several
/// bundles hold one dataset each makes its draft public, the second and later ones in rounds of their own.
fn drafts_of<'a>(items: &[&'a ContentItem]) -> Vec<BTreeMap<&'a str, i64>> {
    let of_bundles: BTreeMap<(&str, &str), i64> = items
        .iter()
        .map(|item| {
            let draft = item.approved_draft.unwrap_or(item.draft_revision);
            ((item.dataset_id.as_str(), item.bundle_id.as_str()), draft)
        })
        .collect();
    let mut rounds: Vec<BTreeMap<&str, i64>> = Vec::new();
    for ((dataset, _), draft) in of_bundles {
        match rounds.iter_mut().find(|round| !round.contains_key(dataset)) {
            Some(round) => {
                round.insert(dataset, draft);
            }
            None => rounds.push(BTreeMap::from([(dataset, draft)])),
        }
    }
    rounds
}

fn versions_of(bundles: &[&str]) -> SelectStatement {
    Query::select()
        .column(bundle_content::Column::VersionId)
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::BundleId.is_in(bundles.iter().copied()))
        .to_owned()
}

fn editions_of(bundles: &[&str]) -> SelectStatement {
    Query::select()
        .column(version::Column::DatasetId)
        .column(version::Column::Edition)
        .from(version::Entity)
        .and_where(version::Column::Id.in_subquery(versions_of(bundles)))
        .to_owned()
}
