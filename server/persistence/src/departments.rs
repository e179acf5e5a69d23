//! Departments: who owns datasets.

use std::collections::HashMap;

use domain::page::{Page, Paging};
use domain::topic::Department;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{contains, count};
use crate::entities::{dataset, department, release};
use crate::error::Result;

/// Adds a department; the id must be new.
pub async fn insert(db: &impl ConnectionTrait, department: &Department) -> Result<()> {
    let row = department::Model {
        id: department.id.clone(),
        title: department.title.clone(),
        title_cy: department.title_cy.clone(),
        revision: 1,
    };
    department::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The department with its revision.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<(Department, i64)>> {
    Ok(department::Entity::find_by_id(id).one(db).await?.map(|row| (row.revision, row)).map(|(r, row)| (read(row), r)))
}

/// A page of the departments by title, of those whose title holds a text.
pub async fn page(db: &impl ConnectionTrait, title: Option<&str>, paging: Paging) -> Result<Page<Department>> {
    let mut query = department::Entity::find();
    if let Some(text) = title {
        query = query.filter(contains(department::Column::Title, text));
    }
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_asc(department::Column::Title)
        .order_by_asc(department::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.into_iter().map(read).collect(), total, paging))
}

/// Replaces a department's titles if the revision still holds; false where somebody was faster.
pub async fn replace(db: &impl ConnectionTrait, department: &Department, revision: i64) -> Result<bool> {
    let done = department::Entity::update_many()
        .col_expr(department::Column::Title, Expr::value(department.title.clone()))
        .col_expr(department::Column::TitleCy, Expr::value(department.title_cy.clone()))
        .col_expr(department::Column::Revision, Expr::value(revision + 1))
        .filter(department::Column::Id.eq(&department.id))
        .filter(department::Column::Revision.eq(revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Deletes a department that owns nothing, if the revision still holds; false where somebody was faster.
pub async fn delete(db: &impl ConnectionTrait, id: &str, revision: i64) -> Result<bool> {
    let done = department::Entity::delete_many()
        .filter(department::Column::Id.eq(id))
        .filter(department::Column::Revision.eq(revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many datasets and how many entries of the release calendar belong to a department, whoever may see them.
pub async fn held_by(db: &impl ConnectionTrait, id: &str) -> Result<(u64, u64)> {
    let datasets = dataset::Entity::find().filter(dataset::Column::Department.eq(id)).count(db).await?;
    let releases = release::Entity::find().filter(release::Column::Department.eq(id)).count(db).await?;
    Ok((datasets, releases))
}

/// How many datasets belong to each department, whoever may see them; those without any are not among them.
pub async fn dataset_counts(db: &impl ConnectionTrait) -> Result<HashMap<String, u64>> {
    let rows: Vec<(String, i64)> = dataset::Entity::find()
        .select_only()
        .column(dataset::Column::Department)
        .column_as(dataset::Column::Id.count(), "datasets")
        .group_by(dataset::Column::Department)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter().map(|(department, datasets)| Ok((department, count(datasets)?))).collect()
}

/// The ids of the public datasets of a department.
pub async fn public_datasets(db: &impl ConnectionTrait, id: &str) -> Result<Vec<String>> {
    let ids = dataset::Entity::find()
        .select_only()
        .column(dataset::Column::Id)
        .filter(dataset::Column::Department.eq(id))
        .filter(dataset::Column::PublishedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

fn read(row: department::Model) -> Department {
    Department { id: row.id, title: row.title, title_cy: row.title_cy }
}
