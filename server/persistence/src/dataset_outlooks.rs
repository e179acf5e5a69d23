//! What drafts lack, and until when their next release is expected, beside them: lists find by it what JSON would hide.

use domain::dataset::DatasetMetadata;
use domain::dataset::desk::DatasetIssue;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::convert::from_json;
use crate::entities::{dataset, dataset_issue, dataset_outlook};
use crate::error::Result;

/// Datasets that are read at once where it is still to be told of them.
const BATCH: u64 = 500;

/// Notes it of a dataset's draft, in place of what was noted before.
pub async fn save(db: &impl ConnectionTrait, dataset_id: &str, draft: &DatasetMetadata) -> Result<()> {
    let newer = OnConflict::column(dataset_outlook::Column::DatasetId)
        .update_column(dataset_outlook::Column::NextRelease)
        .to_owned();
    let row = outlook(dataset_id, draft).into_active_model();
    dataset_outlook::Entity::insert(row).on_conflict(newer).exec_without_returning(db).await?;
    dataset_issue::Entity::delete_many().filter(dataset_issue::Column::DatasetId.eq(dataset_id)).exec(db).await?;
    let issues: Vec<dataset_issue::ActiveModel> =
        issues(dataset_id, draft).map(IntoActiveModel::into_active_model).collect();
    if !issues.is_empty() {
        dataset_issue::Entity::insert_many(issues).exec_without_returning(db).await?;
    }
    Ok(())
}

fn outlook(dataset_id: &str, draft: &DatasetMetadata) -> dataset_outlook::Model {
    let next_release = draft.expected_until().map(|day| day.format("%Y-%m-%d").to_string());
    dataset_outlook::Model { dataset_id: dataset_id.to_owned(), next_release }
}

fn issues<'a>(dataset_id: &'a str, draft: &'a DatasetMetadata) -> impl Iterator<Item = dataset_issue::Model> + use<'a> {
    let row = move |issue: DatasetIssue| dataset_issue::Model {
        dataset_id: dataset_id.to_owned(),
        issue: issue.as_str().to_owned(),
    };
    draft.standing_issues().into_iter().map(row)
}

/// Whether there are datasets of which it was never noted, as after an upgrade.
pub async fn is_missing(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(unnoted().limit(1).one(db).await?.is_some())
}

/// Notes it of some of those datasets, by two statements; how many there were.
pub async fn fill(db: &impl ConnectionTrait) -> Result<usize> {
    let rows = unnoted().order_by_asc(dataset::Column::Id).limit(BATCH).all(db).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let mut outlooks: Vec<dataset_outlook::ActiveModel> = Vec::with_capacity(rows.len());
    let mut lacking: Vec<dataset_issue::ActiveModel> = Vec::new();
    for row in &rows {
        let draft: DatasetMetadata = from_json(&row.draft)?;
        outlooks.push(outlook(&row.id, &draft).into_active_model());
        lacking.extend(issues(&row.id, &draft).map(IntoActiveModel::into_active_model));
    }
    // Another node may be at it, too.
    let known = OnConflict::column(dataset_outlook::Column::DatasetId).do_nothing().to_owned();
    dataset_outlook::Entity::insert_many(outlooks).on_conflict(known).exec_without_returning(db).await?;
    if !lacking.is_empty() {
        let known = OnConflict::columns([dataset_issue::Column::DatasetId, dataset_issue::Column::Issue])
            .do_nothing()
            .to_owned();
        dataset_issue::Entity::insert_many(lacking).on_conflict(known).exec_without_returning(db).await?;
    }
    Ok(rows.len())
}

fn unnoted() -> Select<dataset::Entity> {
    let noted = Query::select()
        .column((dataset_outlook::Entity, dataset_outlook::Column::DatasetId))
        .from(dataset_outlook::Entity)
        .and_where(
            Expr::col((dataset_outlook::Entity, dataset_outlook::Column::DatasetId))
                .equals((dataset::Entity, dataset::Column::Id)),
        )
        .to_owned();
    dataset::Entity::find().filter(Condition::all().add(Expr::exists(noted).not()))
}
