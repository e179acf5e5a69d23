//! Editions.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::dataset::Edition;
use domain::policy::{Preview, Reach};
use sea_orm::sea_query::{Expr, LockBehavior, LockType, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, Order, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{count, json, maybe_instant, micros};
use crate::entities::{edition, version};
use crate::error::Result;

/// Adds an edition that somebody titled; its slug must be new within the dataset.
pub async fn insert(db: &impl ConnectionTrait, edition: &Edition, by: &Actor, now: DateTime<Utc>) -> Result<()> {
    let row = edition::Model {
        dataset_id: edition.dataset_id.clone(),
        id: edition.edition.clone(),
        title: edition.title.clone(),
        title_cy: edition.title_cy.clone(),
        created_at: micros(now),
        published_at: None,
        revision: 1,
        position: None,
        last_edited_by: Some(json(by)?),
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
    let editions = load(db, reach, &[dataset_id], Some(id)).await?;
    Ok(editions.into_iter().next().map(|(edition, _)| edition))
}

/// The dataset's editions that somebody of this reach sees, the one released last first.
pub async fn list_visible_to(db: &impl ConnectionTrait, reach: &Reach, dataset_id: &str) -> Result<Vec<Edition>> {
    let editions = load(db, reach, &[dataset_id], None).await?;
    Ok(editions.into_iter().map(|(edition, _)| edition).collect())
}

/// The same, each with the place that editors gave it among the others; none where they gave it none.
pub async fn list_with_places_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
) -> Result<Vec<(Edition, Option<i64>)>> {
    load(db, reach, &[dataset_id], None).await
}

/// The editions of several datasets that somebody of this reach sees, by dataset, the one released last first.
pub async fn list_of_datasets_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_ids: &[&str],
) -> Result<HashMap<String, Vec<Edition>>> {
    let mut listed: HashMap<String, Vec<Edition>> = HashMap::with_capacity(dataset_ids.len());
    for (edition, _) in load(db, reach, dataset_ids, None).await? {
        listed.entry(edition.dataset_id.clone()).or_default().push(edition);
    }
    Ok(listed)
}

/// Has somebody change an edition's titles if the revision still holds; false where others were faster. The revision goes up by one.
pub async fn save(db: &impl ConnectionTrait, edition: &Edition, by: &Actor) -> Result<bool> {
    let done = edition::Entity::update_many()
        .col_expr(edition::Column::Title, Expr::value(edition.title.clone()))
        .col_expr(edition::Column::TitleCy, Expr::value(edition.title_cy.clone()))
        .col_expr(edition::Column::LastEditedBy, Expr::value(json(by)?))
        .col_expr(edition::Column::Revision, Expr::value(edition.revision + 1))
        .filter(edition::Column::DatasetId.eq(&edition.dataset_id))
        .filter(edition::Column::Id.eq(&edition.edition))
        .filter(edition::Column::Revision.eq(edition.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Locks those editions of a dataset that nobody else is changing or publishing, until the transaction ends; their ids. It waits
/// for nobody.
///
/// Whoever begins a version meanwhile only refers to its edition, and neither keeps the other waiting.
pub async fn lock_free(db: &impl ConnectionTrait, dataset_id: &str) -> Result<Vec<String>> {
    let query = edition::Entity::find()
        .select_only()
        .column(edition::Column::Id)
        .filter(edition::Column::DatasetId.eq(dataset_id))
        .order_by_asc(edition::Column::Id);
    Ok(query.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked).into_tuple().all(db).await?)
}

/// Gives editions of a dataset their places. That is no change of an edition by itself, so its revision stays.
pub async fn place(db: &impl ConnectionTrait, dataset_id: &str, places: &[(&str, i64)]) -> Result<()> {
    for (id, place) in places {
        edition::Entity::update_many()
            .col_expr(edition::Column::Position, Expr::value(*place))
            .filter(edition::Column::DatasetId.eq(dataset_id))
            .filter(edition::Column::Id.eq(*id))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Deletes an edition that was never public; false where somebody was faster. Versions under it go with it.
pub async fn delete_unpublished(db: &impl ConnectionTrait, edition: &Edition) -> Result<bool> {
    let done = edition::Entity::delete_many()
        .filter(edition::Column::DatasetId.eq(&edition.dataset_id))
        .filter(edition::Column::Id.eq(&edition.edition))
        .filter(edition::Column::Revision.eq(edition.revision))
        .filter(edition::Column::PublishedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// An edition's columns, number and release of its newest version.
type Columns = (String, String, String, Option<String>, Option<i64>, i64, Option<i64>, Option<i64>, Option<i64>);

/// The editions with the places that editors gave them, the one released last first.
async fn load(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_ids: &[&str],
    id: Option<&str>,
) -> Result<Vec<(Edition, Option<i64>)>> {
    if dataset_ids.is_empty() {
        return Ok(Vec::new());
    }
    let newest = |wanted: Expr| {
        let mut query = of_edition(reach);
        query.expr(wanted).order_by((version::Entity, version::Column::Number), Order::Desc).limit(1);
        query
    };
    let mut query = edition::Entity::find()
        .select_only()
        .columns([
            edition::Column::DatasetId,
            edition::Column::Id,
            edition::Column::Title,
            edition::Column::TitleCy,
            edition::Column::PublishedAt,
            edition::Column::Revision,
            edition::Column::Position,
        ])
        .column_as(asked(newest(Expr::col((version::Entity, version::Column::Number)))), "number")
        .column_as(asked(newest(crate::versions::released())), "release")
        .filter(edition::Column::DatasetId.is_in(dataset_ids.iter().copied()))
        .filter(visible(reach))
        .order_by_asc(edition::Column::CreatedAt)
        .order_by_asc(edition::Column::Id);
    if let Some(id) = id {
        query = query.filter(edition::Column::Id.eq(id));
    }
    let rows: Vec<Columns> = query.into_tuple().all(db).await?;
    let mut listed = Vec::with_capacity(rows.len());
    for (dataset_id, edition, title, title_cy, published_at, revision, position, number, release) in rows {
        let edition = Edition {
            latest_version: number.map(count).transpose()?,
            latest_release: maybe_instant(release)?,
            published_at: maybe_instant(published_at)?,
            dataset_id,
            edition,
            title,
            title_cy,
            revision,
        };
        listed.push((edition, position));
    }
    listed.sort_by_key(|(edition, _)| std::cmp::Reverse(edition.latest_release));
    Ok(listed)
}

/// The versions of the edition of the row at hand that somebody of this reach sees.
fn of_edition(reach: &Reach) -> SelectStatement {
    let of = |column: version::Column| Expr::col((version::Entity, column));
    Query::select()
        .from(version::Entity)
        .and_where(of(version::Column::DatasetId).equals((edition::Entity, edition::Column::DatasetId)))
        .and_where(of(version::Column::Edition).equals((edition::Entity, edition::Column::Id)))
        .cond_where(crate::versions::visible(reach))
        .to_owned()
}

fn asked(query: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(query.into()))
}

pub(crate) fn visible(reach: &Reach) -> Condition {
    let public = edition::Column::PublishedAt.is_not_null();
    match reach {
        Reach::All => Condition::all(),
        Reach::PublishedOnly => Condition::all().add(public),
        Reach::Limited { departments, datasets, previews } => {
            let reached = Condition::any()
                .add(public)
                .add(edition::Column::DatasetId.in_subquery(crate::datasets::reached(departments, datasets)));
            match previews {
                Some(preview) => reached.add(Expr::exists(previewed(preview))),
                None => reached,
            }
        }
    }
}

/// The edition's versions that are in a bundle shared with the viewer's teams.
fn previewed(preview: &Preview) -> SelectStatement {
    let of = |column: version::Column| Expr::col((version::Entity, column));
    Query::select()
        .column((version::Entity, version::Column::Id))
        .from(version::Entity)
        .and_where(of(version::Column::DatasetId).equals((edition::Entity, edition::Column::DatasetId)))
        .and_where(of(version::Column::Edition).equals((edition::Entity, edition::Column::Id)))
        .and_where(of(version::Column::Id).in_subquery(crate::previews::versions(preview)))
        .to_owned()
}
