//! What imports did, thing by thing: kept in the transactions in which they did it, so that it can be taken back.

mod present;

pub use present::{Locked, editions_of, lock_free, versions_of};

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::imported::{CarriedOut, ImportSummary, ImportedItem, ImportedKind};
use domain::page::{Page, Paging};
use domain::policy::Reach;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde_json::Value;

use crate::convert::{count, from_json, instant, json, maybe_instant, maybe_json, micros, word};
use crate::entities::{dataset, import, import_item};
use crate::error::{PersistenceError, Result};

/// Rows changed at once.
const BATCH: usize = 500;
/// A revision that nothing is ever in.
const NO_REVISION: i64 = -1;

/// A thing that an import did, with what was said before where it said something else.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The thing.
    pub item: ImportedItem,
    /// What was said before.
    pub was: Option<Value>,
}

/// Keeps what an import did behind what it did before; whether it is the first thing.
///
/// What it did to the same version before is known by the version's new revision from now on, where that is what it found:
/// between two steps of an import somebody else may have changed the version, whose work stays.
pub async fn keep(
    db: &impl ConnectionTrait,
    of: &CarriedOut,
    item: &ImportedItem,
    was: Option<&Value>,
) -> Result<bool> {
    let row = import::Model {
        id: of.id.clone(),
        actor: json(&of.by)?,
        carried_out_at: micros(of.at),
        undone_by: None,
        undone_at: None,
    };
    let known = OnConflict::column(import::Column::Id).do_nothing().to_owned();
    let added = import::Entity::insert(row.into_active_model()).on_conflict(known);
    let is_first = added.exec_without_returning(db).await? == 1;
    if let (Some(version_id), Some(found)) = (&item.version_id, item.found) {
        import_item::Entity::update_many()
            .col_expr(import_item::Column::LeftRevision, Expr::value(item.left))
            .filter(import_item::Column::ImportId.eq(&of.id))
            .filter(import_item::Column::VersionId.eq(version_id))
            .filter(import_item::Column::LeftRevision.eq(found))
            .exec(db)
            .await?;
    }
    let row = import_item::Model {
        import_id: of.id.clone(),
        place: next_place(db, &of.id).await?,
        kind: item.kind.as_str().to_owned(),
        department: department_of(db, &item.dataset_id).await?,
        dataset_id: item.dataset_id.clone(),
        edition: item.edition.clone(),
        number: item.version.map(i64::from),
        version_id: item.version_id.clone(),
        file_id: item.file_id.clone(),
        filename: item.filename.clone(),
        was: was.map(json).transpose()?,
        found_revision: item.found,
        left_revision: item.left,
        changed_at: micros(item.at),
        taken_back_at: item.taken_back_at.map(micros),
    };
    import_item::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(is_first)
}

async fn next_place(db: &impl ConnectionTrait, import_id: &str) -> Result<i64> {
    let last: Option<Option<i64>> = import_item::Entity::find()
        .select_only()
        .column_as(import_item::Column::Place.max(), "last")
        .filter(import_item::Column::ImportId.eq(import_id))
        .into_tuple()
        .one(db)
        .await?;
    Ok(last.flatten().map_or(0, |last| last + 1))
}

async fn department_of(db: &impl ConnectionTrait, dataset_id: &str) -> Result<String> {
    let query = dataset::Entity::find_by_id(dataset_id).select_only().column(dataset::Column::Department);
    let found = query.into_tuple::<String>().one(db).await?;
    found.ok_or_else(|| {
        PersistenceError::Inconsistent(format!("an import of the dataset {dataset_id}, which is not there"))
    })
}

/// Whether there is an import with this id, whoever may see it.
pub async fn exists(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(import::Entity::find_by_id(id).count(db).await? > 0)
}

/// The import with this id, if somebody of this reach may write everything that it did.
pub async fn find_visible_to(db: &impl ConnectionTrait, reach: &Reach, id: &str) -> Result<Option<CarriedOut>> {
    one(import::Entity::find_by_id(id).filter(visible(reach)), db).await
}

/// The same with its row locked until the transaction ends, so that nobody else undoes it meanwhile.
pub async fn lock_visible_to(db: &impl ConnectionTrait, reach: &Reach, id: &str) -> Result<Option<CarriedOut>> {
    one(import::Entity::find_by_id(id).filter(visible(reach)).lock_exclusive(), db).await
}

/// A page of the imports of which somebody of this reach may write everything that they did, the newest first.
pub async fn list_visible_to(db: &impl ConnectionTrait, reach: &Reach, paging: Paging) -> Result<Page<ImportSummary>> {
    let query = import::Entity::find().filter(visible(reach));
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_desc(import::Column::CarriedOutAt)
        .order_by_desc(import::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    let counted: Vec<(String, String, i64, i64)> = import_item::Entity::find()
        .select_only()
        .column(import_item::Column::ImportId)
        .column(import_item::Column::Kind)
        .column_as(import_item::Column::Place.count(), "all_of_it")
        .column_as(import_item::Column::TakenBackAt.count(), "taken_back")
        .filter(import_item::Column::ImportId.is_in(rows.iter().map(|row| row.id.as_str())))
        .group_by(import_item::Column::ImportId)
        .group_by(import_item::Column::Kind)
        .into_tuple()
        .all(db)
        .await?;
    let summaries = rows
        .iter()
        .map(|row| {
            let mut summary = ImportSummary { import: to_import(row)?, counts: Vec::new(), taken_back: 0 };
            for (_, kind, all, taken_back) in counted.iter().filter(|(id, ..)| *id == row.id) {
                summary.counts.push((word(ImportedKind::parse(kind), kind)?, count(*all)?));
                summary.taken_back += count::<u64>(*taken_back)?;
            }
            summary.counts.sort_unstable();
            Ok(summary)
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::new(summaries, total, paging))
}

/// Everything that an import did, in order, for whoever it was found for.
pub async fn items_of(db: &impl ConnectionTrait, id: &str) -> Result<Vec<Kept>> {
    let rows = import_item::Entity::find()
        .filter(import_item::Column::ImportId.eq(id))
        .order_by_asc(import_item::Column::Place)
        .all(db)
        .await?;
    rows.into_iter().map(to_kept).collect()
}

/// Notes that these things of an import, by their places, were taken back.
pub async fn mark_taken_back(db: &impl ConnectionTrait, id: &str, places: &[i64], now: DateTime<Utc>) -> Result<()> {
    for places in places.chunks(BATCH) {
        import_item::Entity::update_many()
            .col_expr(import_item::Column::TakenBackAt, Expr::value(micros(now)))
            .filter(import_item::Column::ImportId.eq(id))
            .filter(import_item::Column::Place.is_in(places.iter().copied()))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Notes who undid an import.
pub async fn note_undone(db: &impl ConnectionTrait, id: &str, by: &Actor, now: DateTime<Utc>) -> Result<()> {
    import::Entity::update_many()
        .col_expr(import::Column::UndoneBy, Expr::value(json(by)?))
        .col_expr(import::Column::UndoneAt, Expr::value(micros(now)))
        .filter(import::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// What an import left of a version in one of these revisions is there again in another, since what came after it was taken back.
pub async fn follow_version(db: &impl ConnectionTrait, version_id: &str, left: &[i64], is_now: i64) -> Result<()> {
    import_item::Entity::update_many()
        .col_expr(import_item::Column::LeftRevision, Expr::value(is_now))
        .filter(import_item::Column::VersionId.eq(version_id))
        .filter(import_item::Column::LeftRevision.is_in(left.iter().copied()))
        .filter(import_item::Column::TakenBackAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// The same of a dataset's draft, which was put back just now.
pub async fn follow_draft(
    db: &impl ConnectionTrait,
    dataset_id: &str,
    left: i64,
    is_now: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let of_dataset = [ImportedKind::Dataset, ImportedKind::Draft].map(ImportedKind::as_str);
    import_item::Entity::update_many()
        .col_expr(import_item::Column::LeftRevision, Expr::value(is_now))
        .col_expr(import_item::Column::ChangedAt, Expr::value(micros(now)))
        .filter(import_item::Column::DatasetId.eq(dataset_id))
        .filter(import_item::Column::Kind.is_in(of_dataset))
        .filter(import_item::Column::LeftRevision.eq(left))
        .filter(import_item::Column::TakenBackAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Notes that a dataset is deleted: one that is made anew under its id is nothing that an import made, whatever its revision.
pub(crate) async fn note_deleted(db: &impl ConnectionTrait, dataset_id: &str) -> Result<()> {
    import_item::Entity::update_many()
        .col_expr(import_item::Column::LeftRevision, Expr::value(NO_REVISION))
        .filter(import_item::Column::DatasetId.eq(dataset_id))
        .filter(import_item::Column::TakenBackAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// The imports of which nothing lies outside this reach: of others somebody would learn what they may not know of.
fn visible(reach: &Reach) -> Condition {
    match reach {
        Reach::All => Condition::all(),
        // No row is without an id.
        Reach::PublishedOnly => Condition::all().add(import::Column::Id.is_null()),
        Reach::Limited { departments, datasets, .. } => {
            let beyond = Query::select()
                .column(import_item::Column::ImportId)
                .from(import_item::Entity)
                .and_where(import_item::Column::Department.is_not_in(departments))
                .and_where(import_item::Column::DatasetId.is_not_in(datasets))
                .to_owned();
            Condition::all().add(import::Column::Id.not_in_subquery(beyond))
        }
    }
}

async fn one(query: Select<import::Entity>, db: &impl ConnectionTrait) -> Result<Option<CarriedOut>> {
    query.one(db).await?.as_ref().map(to_import).transpose()
}

fn to_import(row: &import::Model) -> Result<CarriedOut> {
    let by: Option<Actor> = maybe_json(row.undone_by.as_ref())?;
    Ok(CarriedOut {
        id: row.id.clone(),
        by: from_json(&row.actor)?,
        at: instant(row.carried_out_at)?,
        undone: by.zip(maybe_instant(row.undone_at)?),
    })
}

fn to_kept(row: import_item::Model) -> Result<Kept> {
    let item = ImportedItem {
        place: row.place,
        kind: word(ImportedKind::parse(&row.kind), &row.kind)?,
        dataset_id: row.dataset_id,
        edition: row.edition,
        version: row.number.map(count).transpose()?,
        version_id: row.version_id,
        file_id: row.file_id,
        filename: row.filename,
        found: row.found_revision,
        left: row.left_revision,
        at: instant(row.changed_at)?,
        taken_back_at: maybe_instant(row.taken_back_at)?,
    };
    Ok(Kept { item, was: maybe_json(row.was.as_ref())? })
}
