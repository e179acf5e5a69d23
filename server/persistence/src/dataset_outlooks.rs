//! What drafts lack, and until when their next release is expected, beside them: lists find by it what JSON would hide.

use domain::dataset::DatasetMetadata;
use domain::dataset::desk::DatasetIssue;
use sea_orm::sea_query::{Expr, LockBehavior, LockType, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::convert::from_json;
use crate::entities::{dataset, dataset_issue, dataset_outlook};
use crate::error::Result;

/// Datasets that are read at once where it is still to be told of them.
const BATCH: u64 = 500;

/// Notes it of a dataset's draft, which was just saved, in place of what was noted before.
pub async fn save(db: &impl ConnectionTrait, dataset_id: &str, draft: &DatasetMetadata) -> Result<()> {
    let query = dataset::Entity::find_by_id(dataset_id).select_only().column(dataset::Column::DraftRevision);
    let Some(draft_revision) = query.into_tuple::<i64>().one(db).await? else { return Ok(()) };
    let issues = issues(dataset_id, draft).map(IntoActiveModel::into_active_model).collect();
    note(db, &[dataset_id], vec![outlook(dataset_id, draft_revision, draft).into_active_model()], issues).await
}

/// Replaces what is noted of these datasets.
async fn note(
    db: &impl ConnectionTrait,
    dataset_ids: &[&str],
    outlooks: Vec<dataset_outlook::ActiveModel>,
    issues: Vec<dataset_issue::ActiveModel>,
) -> Result<()> {
    let newer = OnConflict::column(dataset_outlook::Column::DatasetId)
        .update_columns([dataset_outlook::Column::NextRelease, dataset_outlook::Column::DraftRevision])
        .to_owned();
    dataset_outlook::Entity::insert_many(outlooks).on_conflict(newer).exec_without_returning(db).await?;
    let of_these = dataset_issue::Column::DatasetId.is_in(dataset_ids.iter().copied());
    dataset_issue::Entity::delete_many().filter(of_these).exec(db).await?;
    if !issues.is_empty() {
        dataset_issue::Entity::insert_many(issues).exec_without_returning(db).await?;
    }
    Ok(())
}

fn outlook(dataset_id: &str, draft_revision: i64, draft: &DatasetMetadata) -> dataset_outlook::Model {
    let next_release = draft.expected_until().map(|day| day.format("%Y-%m-%d").to_string());
    dataset_outlook::Model { dataset_id: dataset_id.to_owned(), next_release, draft_revision }
}

fn issues<'a>(dataset_id: &'a str, draft: &'a DatasetMetadata) -> impl Iterator<Item = dataset_issue::Model> + use<'a> {
    let row = move |issue: DatasetIssue| dataset_issue::Model {
        dataset_id: dataset_id.to_owned(),
        issue: issue.as_str().to_owned(),
    };
    draft.standing_issues().into_iter().map(row)
}

/// Whether there are datasets of whose draft it is not noted, as after an upgrade, or where a program of before changed it.
pub async fn is_missing(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(unnoted().limit(1).one(db).await?.is_some())
}

/// Notes it of some of those datasets, by three statements; how many there were. Those that others are changing now are left.
pub async fn fill(db: &impl ConnectionTrait) -> Result<usize> {
    // Held until the commit, so that nobody saves another draft beside what is noted of this one.
    let query = unnoted().order_by_asc(dataset::Column::Id).limit(BATCH);
    let rows = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(db).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut outlooks: Vec<dataset_outlook::ActiveModel> = Vec::with_capacity(rows.len());
    let mut lacking: Vec<dataset_issue::ActiveModel> = Vec::new();
    for row in &rows {
        let draft: DatasetMetadata = from_json(&row.draft)?;
        outlooks.push(outlook(&row.id, row.draft_revision, &draft).into_active_model());
        lacking.extend(issues(&row.id, &draft).map(IntoActiveModel::into_active_model));
    }
    note(db, &ids, outlooks, lacking).await?;
    Ok(rows.len())
}

fn unnoted() -> Select<dataset::Entity> {
    let outlook = |column: dataset_outlook::Column| Expr::col((dataset_outlook::Entity, column));
    let noted = Query::select()
        .column((dataset_outlook::Entity, dataset_outlook::Column::DatasetId))
        .from(dataset_outlook::Entity)
        .and_where(outlook(dataset_outlook::Column::DatasetId).equals((dataset::Entity, dataset::Column::Id)))
        .and_where(
            outlook(dataset_outlook::Column::DraftRevision).equals((dataset::Entity, dataset::Column::DraftRevision)),
        )
        .to_owned();
    dataset::Entity::find().filter(Condition::all().add(Expr::exists(noted).not()))
}
