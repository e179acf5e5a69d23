//! What datasets are sorted by where they are listed by title: their folded titles, for the readers of each language, in their rows.
//!
//! A row whose `sorted_revision` is its revision has the keys of the titles that it is listed by. A node of the program of before,
//! which knows nothing of keys, raises the revision alone and so tells that they are to be made anew.

use domain::dataset::{Dataset, DatasetMetadata};
use domain::folding::SortKeys;
use domain::language::Language;
use sea_orm::sea_query::{CaseStatement, Expr, LockBehavior, LockType, Values};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select, UpdateMany,
};

use crate::convert::from_json;
use crate::each_row;
use crate::entities::dataset;
use crate::error::Result;

/// Datasets whose keys are made at once.
const BATCH: u64 = 500;

/// The column by which titles are sorted for the readers of a language.
pub(crate) const fn column(language: Language) -> dataset::Column {
    match language {
        Language::En => dataset::Column::SortEn,
        Language::Cy => dataset::Column::SortCy,
    }
}

/// What a dataset that says this of itself is sorted by.
pub(crate) fn keys(metadata: &DatasetMetadata) -> SortKeys {
    SortKeys::of(&metadata.title, metadata.title_cy.as_deref())
}

/// The value of `sorted_revision` with a change that raises the revision and leaves the titles as they are: keys that were wrong
/// before are known to be wrong afterwards.
pub(crate) fn as_sorted_as_before() -> Expr {
    Expr::col(dataset::Column::SortedRevision).add(1)
}

/// The same update, which raises the revision by one and saves a draft: what was never public is listed by its titles.
pub(crate) fn with_draft(
    update: UpdateMany<dataset::Entity>,
    dataset: &Dataset,
    draft: &DatasetMetadata,
) -> UpdateMany<dataset::Entity> {
    if dataset.published.is_some() {
        return update.col_expr(dataset::Column::SortedRevision, as_sorted_as_before());
    }
    titled(update, draft).col_expr(dataset::Column::SortedRevision, Expr::value(dataset.revision + 1))
}

/// The same update, after which rows are listed by the titles of this draft.
fn titled(update: UpdateMany<dataset::Entity>, draft: &DatasetMetadata) -> UpdateMany<dataset::Entity> {
    let keys = keys(draft);
    update
        .col_expr(dataset::Column::Title, Expr::value(draft.title.clone()))
        .col_expr(dataset::Column::SortEn, Expr::value(keys.english))
        .col_expr(dataset::Column::SortCy, Expr::value(keys.welsh))
}

/// Has rows listed by the titles of their drafts, in one statement; those that are so already cost nothing.
pub(crate) async fn save_changed(
    db: &impl ConnectionTrait,
    drafts: &[(dataset::Model, DatasetMetadata)],
) -> Result<()> {
    let changed = |(row, draft): &(dataset::Model, DatasetMetadata)| {
        let keys = keys(draft);
        if (&row.title, &row.sort_en, &row.sort_cy) == (&draft.title, &keys.english, &keys.welsh) {
            return None;
        }
        let (id, title) = (row.id.clone(), draft.title.clone());
        Some(Values(vec![id.into(), title.into(), keys.english.into(), keys.welsh.into()]))
    };
    let rows: Vec<Values> = drafts.iter().filter_map(changed).collect();
    if !rows.is_empty() {
        let titles = [dataset::Column::Title, dataset::Column::SortEn, dataset::Column::SortCy];
        db.execute(&each_row::update::<dataset::Entity>(dataset::Column::Id, &titles, rows)).await?;
    }
    Ok(())
}

/// Whether there are datasets without the keys of their titles, as after an upgrade, or where a program of before changed them.
pub async fn is_missing(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(unsorted().limit(1).one(db).await?.is_some())
}

/// Makes the keys of some of those datasets, by two statements; how many there were. Those that others are changing now are left.
pub async fn fill(db: &impl ConnectionTrait) -> Result<usize> {
    // Held until the commit, so that nobody saves another title beside the keys of this one.
    let query = unsorted().order_by_asc(dataset::Column::Id).limit(BATCH);
    let rows = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(db).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let (mut english, mut welsh) = (CaseStatement::new(), CaseStatement::new());
    for row in &rows {
        let listed: DatasetMetadata = from_json(row.published.as_ref().unwrap_or(&row.draft))?;
        let keys = keys(&listed);
        english = english.case(dataset::Column::Id.eq(&row.id), keys.english);
        welsh = welsh.case(dataset::Column::Id.eq(&row.id), keys.welsh);
    }
    dataset::Entity::update_many()
        .col_expr(dataset::Column::SortEn, english.finally(Expr::col(dataset::Column::SortEn)).into())
        .col_expr(dataset::Column::SortCy, welsh.finally(Expr::col(dataset::Column::SortCy)).into())
        .col_expr(dataset::Column::SortedRevision, Expr::col(dataset::Column::Revision))
        .filter(dataset::Column::Id.is_in(rows.iter().map(|row| row.id.as_str())))
        .exec(db)
        .await?;
    Ok(rows.len())
}

fn unsorted() -> Select<dataset::Entity> {
    let sorted = Expr::col((dataset::Entity, dataset::Column::SortedRevision));
    dataset::Entity::find().filter(sorted.not_equals((dataset::Entity, dataset::Column::Revision)))
}
