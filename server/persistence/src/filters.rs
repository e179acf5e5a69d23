//! Saved filters and their outputs.

use chrono::{DateTime, Utc};
use domain::filter::{FilterOutput, FilteredFile, SavedFilter};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
};

use crate::convert::{count, from_json, instant, json, micros};
use crate::entities::{filter, filter_output, output_job};
use crate::error::Result;

/// Adds a filter.
pub async fn insert(db: &impl ConnectionTrait, saved: &SavedFilter) -> Result<()> {
    let row = filter::Model {
        id: saved.id.clone(),
        dataset_id: saved.dataset_id.clone(),
        edition: saved.edition.clone(),
        number: i64::from(saved.version),
        file_id: id_of(saved.file.as_ref()),
        filename: name_of(saved.file.as_ref()),
        selection: json(&saved.selection)?,
        owner: saved.owner.clone(),
        created_at: micros(saved.created_at),
        last_updated: micros(saved.last_updated),
        expires_at: micros(saved.expires_at),
        revision: saved.revision,
    };
    filter::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The filter with this id, unless its time is over.
pub async fn find(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<Option<SavedFilter>> {
    let found = filter::Entity::find_by_id(id).filter(filter::Column::ExpiresAt.gt(micros(now))).one(db).await?;
    found.map(to_filter).transpose()
}

/// How many filters of an owner are kept, without those whose time is over.
pub async fn number_of(db: &impl ConnectionTrait, owner: &str, now: DateTime<Utc>) -> Result<u64> {
    let live = filter::Column::ExpiresAt.gt(micros(now));
    Ok(filter::Entity::find().filter(filter::Column::Owner.eq(owner)).filter(live).count(db).await?)
}

/// Saves what a filter has become, on condition that nobody else changed it; false where somebody did.
pub async fn save(db: &impl ConnectionTrait, saved: &SavedFilter) -> Result<bool> {
    let done = filter::Entity::update_many()
        .col_expr(filter::Column::DatasetId, Expr::value(saved.dataset_id.as_str()))
        .col_expr(filter::Column::Edition, Expr::value(saved.edition.as_str()))
        .col_expr(filter::Column::Number, Expr::value(i64::from(saved.version)))
        .col_expr(filter::Column::FileId, Expr::value(id_of(saved.file.as_ref())))
        .col_expr(filter::Column::Filename, Expr::value(name_of(saved.file.as_ref())))
        .col_expr(filter::Column::Selection, Expr::value(json(&saved.selection)?))
        .col_expr(filter::Column::LastUpdated, Expr::value(micros(saved.last_updated)))
        .col_expr(filter::Column::ExpiresAt, Expr::value(micros(saved.expires_at)))
        .col_expr(filter::Column::Revision, Expr::value(saved.revision + 1))
        .filter(filter::Column::Id.eq(&saved.id))
        .filter(filter::Column::Revision.eq(saved.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Keeps a filter until another instant; its revision stays, as nothing of it changes.
pub async fn prolong(db: &impl ConnectionTrait, id: &str, until: DateTime<Utc>) -> Result<()> {
    filter::Entity::update_many()
        .col_expr(filter::Column::ExpiresAt, Expr::value(micros(until)))
        .filter(filter::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes a filter that is of this revision; false where it is not.
pub async fn delete(db: &impl ConnectionTrait, id: &str, revision: i64) -> Result<bool> {
    let gone = filter::Entity::delete_many()
        .filter(filter::Column::Id.eq(id))
        .filter(filter::Column::Revision.eq(revision))
        .exec(db)
        .await?;
    Ok(gone.rows_affected == 1)
}

/// Adds an output.
pub async fn insert_output(db: &impl ConnectionTrait, output: &FilterOutput) -> Result<()> {
    let row = filter_output::Model {
        id: output.id.clone(),
        filter_id: output.filter_id.clone(),
        dataset_id: output.dataset_id.clone(),
        edition: output.edition.clone(),
        number: i64::from(output.version),
        file_id: id_of(output.file.as_ref()),
        filename: name_of(output.file.as_ref()),
        selection: json(&output.selection)?,
        row_count: i64::try_from(output.rows).unwrap_or(i64::MAX),
        created_at: micros(output.created_at),
        expires_at: micros(output.expires_at),
    };
    filter_output::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The output with this id, unless its time is over; without its job.
pub async fn find_output(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<Option<FilterOutput>> {
    let live = filter_output::Column::ExpiresAt.gt(micros(now));
    filter_output::Entity::find_by_id(id).filter(live).one(db).await?.map(to_output).transpose()
}

/// Forgets filters and outputs whose time is over; an output with files of its own goes with them (`output_jobs::delete`).
pub async fn forget(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
    filter::Entity::delete_many().filter(filter::Column::ExpiresAt.lte(micros(now))).exec(db).await?;
    let with_files = output_job::Entity::find().select_only().column(output_job::Column::OutputId).into_query();
    filter_output::Entity::delete_many()
        .filter(filter_output::Column::ExpiresAt.lte(micros(now)))
        .filter(filter_output::Column::Id.not_in_subquery(with_files))
        .exec(db)
        .await?;
    Ok(())
}

fn id_of(file: Option<&FilteredFile>) -> Option<String> {
    file.map(|file| file.id.clone())
}

fn name_of(file: Option<&FilteredFile>) -> Option<String> {
    file.map(|file| file.filename.clone())
}

fn file_of(id: Option<String>, filename: Option<String>) -> Option<FilteredFile> {
    Some(FilteredFile { id: id?, filename: filename? })
}

fn to_filter(row: filter::Model) -> Result<SavedFilter> {
    Ok(SavedFilter {
        version: count(row.number)?,
        selection: from_json(&row.selection)?,
        created_at: instant(row.created_at)?,
        last_updated: instant(row.last_updated)?,
        expires_at: instant(row.expires_at)?,
        id: row.id,
        dataset_id: row.dataset_id,
        edition: row.edition,
        file: file_of(row.file_id, row.filename),
        owner: row.owner,
        revision: row.revision,
    })
}

fn to_output(row: filter_output::Model) -> Result<FilterOutput> {
    Ok(FilterOutput {
        version: count(row.number)?,
        selection: from_json(&row.selection)?,
        rows: count(row.row_count)?,
        created_at: instant(row.created_at)?,
        expires_at: instant(row.expires_at)?,
        job: None,
        id: row.id,
        filter_id: row.filter_id,
        dataset_id: row.dataset_id,
        edition: row.edition,
        file: file_of(row.file_id, row.filename),
    })
}
