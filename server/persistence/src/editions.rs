//! Editions.

use chrono::{DateTime, Utc};
use domain::dataset::Edition;
use domain::policy::Reach;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{count, maybe_instant, micros};
use crate::entities::{edition, version};
use crate::error::Result;

/// Adds an edition; its slug must be new within the dataset.
pub async fn insert(db: &impl ConnectionTrait, edition: &Edition, now: DateTime<Utc>) -> Result<()> {
    let row = edition::Model {
        dataset_id: edition.dataset_id.clone(),
        id: edition.edition.clone(),
        title: edition.title.clone(),
        title_cy: edition.title_cy.clone(),
        created_at: micros(now),
        published_at: None,
        revision: 1,
    };
    edition::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The edition as somebody of this reach sees it.
pub async fn find_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    id: &str,
) -> Result<Option<Edition>> {
    let editions = load(db, reach, dataset_id, Some(id)).await?;
    Ok(editions.into_iter().next())
}

/// The dataset's editions that somebody of this reach sees, the one released last first.
pub async fn list_visible_to(db: &impl ConnectionTrait, reach: &Reach, dataset_id: &str) -> Result<Vec<Edition>> {
    load(db, reach, dataset_id, None).await
}

/// Notes that an edition is public; part of a publication.
pub async fn publish(db: &impl ConnectionTrait, dataset_id: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
    edition::Entity::update_many()
        .col_expr(edition::Column::PublishedAt, Expr::value(micros(now)))
        .filter(edition::Column::DatasetId.eq(dataset_id))
        .filter(edition::Column::Id.eq(id))
        .filter(edition::Column::PublishedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

async fn load(db: &impl ConnectionTrait, reach: &Reach, dataset_id: &str, id: Option<&str>) -> Result<Vec<Edition>> {
    let mut query = edition::Entity::find()
        .filter(edition::Column::DatasetId.eq(dataset_id))
        .filter(visible(reach))
        .order_by_asc(edition::Column::CreatedAt)
        .order_by_asc(edition::Column::Id);
    if let Some(id) = id {
        query = query.filter(edition::Column::Id.eq(id));
    }
    let rows = query.all(db).await?;
    let versions = version::Entity::find()
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(crate::versions::visible(reach))
        .order_by_desc(version::Column::Number)
        .all(db)
        .await?;
    let mut editions = Vec::with_capacity(rows.len());
    for row in rows {
        let latest = versions.iter().find(|v| v.edition == row.id);
        editions.push(Edition {
            latest_version: latest.map(|v| count(v.number)).transpose()?,
            latest_release: maybe_instant(latest.and_then(|v| v.release_date))?,
            published_at: maybe_instant(row.published_at)?,
            dataset_id: row.dataset_id,
            edition: row.id,
            title: row.title,
            title_cy: row.title_cy,
            revision: row.revision,
        });
    }
    editions.sort_by_key(|e| std::cmp::Reverse(e.latest_release));
    Ok(editions)
}

fn visible(reach: &Reach) -> Condition {
    let public = edition::Column::PublishedAt.is_not_null();
    match reach {
        Reach::All => Condition::all(),
        Reach::PublishedOnly => Condition::all().add(public),
        Reach::Limited { departments, datasets } => Condition::any()
            .add(public)
            .add(edition::Column::DatasetId.in_subquery(crate::datasets::reached(departments, datasets))),
    }
}
