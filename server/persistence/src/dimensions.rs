//! What tables hold in their dimensions: made once, when a file is taken in.

use std::collections::HashMap;

use domain::table::{DimensionOptions, DimensionSize, OptionCount};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{count, from_json, json};
use crate::entities::file_dimension;
use crate::error::Result;

/// How a list of options begins that was made since blank cells are an option and periods are told by their labels.
///
/// The first option bears it, so that a node of the program of before, which passes over it, reads the list, too.
const LAYOUT: &str = "[{\"layout\":2,";

/// How many characters are read of the options of a dimension of which only the first are wanted.
const BEGINNING: usize = 4_000;

/// How a dimension of a table begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The table's file.
    pub file_id: String,
    /// The dimension with the number of its options.
    pub size: DimensionSize,
    /// The first options in the order of the table.
    pub options: Vec<OptionCount>,
}

/// Options as they are kept.
fn written(options: &[OptionCount]) -> Result<String> {
    Ok(json(&options)?.replacen("[{", LAYOUT, 1))
}

/// Options that were made as they are now; none at all were always the same.
fn is_current() -> Condition {
    let options = file_dimension::Column::Options;
    Condition::any().add(options.starts_with(LAYOUT)).add(options.eq("[]"))
}

/// Keeps the dimensions of a file's table, in the order of its columns, in place of any that were kept before.
pub async fn insert(db: &impl ConnectionTrait, file_id: &str, dimensions: &[DimensionOptions]) -> Result<()> {
    file_dimension::Entity::delete_many().filter(file_dimension::Column::FileId.eq(file_id)).exec(db).await?;
    for (position, dimension) in dimensions.iter().enumerate() {
        let row = file_dimension::Model {
            file_id: file_id.to_owned(),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            name: dimension.name.clone(),
            complete: dimension.complete,
            option_count: i64::try_from(dimension.options.len()).unwrap_or(i64::MAX),
            options: written(&dimension.options)?,
        };
        file_dimension::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Files of which options are kept that were made otherwise than now, by their ids, from beyond one on.
pub async fn outdated(db: &impl ConnectionTrait, after: &str, limit: u64) -> Result<Vec<String>> {
    let ids = file_dimension::Entity::find()
        .select_only()
        .column(file_dimension::Column::FileId)
        .distinct()
        .filter(file_dimension::Column::FileId.gt(after))
        .filter(is_current().not())
        .order_by_asc(file_dimension::Column::FileId)
        .limit(limit);
    Ok(ids.into_tuple().all(db).await?)
}

/// How many options each dimension of a file has, for whoever reached the file's version; nothing of those made otherwise than now.
pub async fn sizes(db: &impl ConnectionTrait, file_id: &str) -> Result<Vec<DimensionSize>> {
    let rows: Vec<(String, i64, bool)> = file_dimension::Entity::find()
        .select_only()
        .column(file_dimension::Column::Name)
        .column(file_dimension::Column::OptionCount)
        .column(file_dimension::Column::Complete)
        .filter(file_dimension::Column::FileId.eq(file_id))
        .filter(is_current())
        .order_by_asc(file_dimension::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(name, options, complete)| Ok(DimensionSize { name, option_count: count(options)?, complete }))
        .collect()
}

/// The options of one dimension of a file, for whoever reached the file's version; nothing where they were made otherwise than now.
pub async fn options(db: &impl ConnectionTrait, file_id: &str, name: &str) -> Result<Option<DimensionOptions>> {
    let row = file_dimension::Entity::find()
        .filter(file_dimension::Column::FileId.eq(file_id))
        .filter(file_dimension::Column::Name.eq(name))
        .filter(is_current())
        .one(db)
        .await?;
    row.map(|row| Ok(DimensionOptions { name: row.name, complete: row.complete, options: from_json(&row.options)? }))
        .transpose()
}

/// How many options each dimension of several files has, for whoever reached the files' versions, in one statement.
pub async fn sizes_of_files(db: &impl ConnectionTrait, file_ids: &[&str]) -> Result<HashMap<String, Vec<u64>>> {
    let mut found: HashMap<String, Vec<u64>> = HashMap::new();
    if file_ids.is_empty() {
        return Ok(found);
    }
    let rows: Vec<(String, i64)> = file_dimension::Entity::find()
        .select_only()
        .column(file_dimension::Column::FileId)
        .column(file_dimension::Column::OptionCount)
        .filter(file_dimension::Column::FileId.is_in(file_ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    for (file_id, options) in rows {
        found.entry(file_id).or_default().push(count(options)?);
    }
    Ok(found)
}

/// The dimensions of several files with their options, the shortest first and at most so many, for whoever reached the files'
/// versions, in one statement.
pub async fn shortest_of_files(
    db: &impl ConnectionTrait,
    file_ids: &[&str],
    most: u64,
) -> Result<HashMap<String, Vec<DimensionOptions>>> {
    let mut found: HashMap<String, Vec<DimensionOptions>> = HashMap::new();
    if file_ids.is_empty() || most == 0 {
        return Ok(found);
    }
    let rows = file_dimension::Entity::find()
        .filter(file_dimension::Column::FileId.is_in(file_ids.iter().copied()))
        .order_by_asc(file_dimension::Column::OptionCount)
        .order_by_asc(file_dimension::Column::FileId)
        .order_by_asc(file_dimension::Column::Position)
        .limit(most)
        .all(db)
        .await?;
    for row in rows {
        let options = from_json(&row.options)?;
        let dimension = DimensionOptions { name: row.name, complete: row.complete, options };
        found.entry(row.file_id).or_default().push(dimension);
    }
    Ok(found)
}

/// How the dimensions of several files begin, with at most so many options each, for whoever reached the files' versions, in one
/// statement; nothing of those made otherwise than now. However many options there are, only their beginning leaves the database.
pub async fn beginnings_of_files(db: &impl ConnectionTrait, file_ids: &[&str], most: usize) -> Result<Vec<Beginning>> {
    if file_ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(String, String, i64, bool, String)> = file_dimension::Entity::find()
        .select_only()
        .column(file_dimension::Column::FileId)
        .column(file_dimension::Column::Name)
        .column(file_dimension::Column::OptionCount)
        .column(file_dimension::Column::Complete)
        .column_as(Expr::cust(format!("SUBSTR(options, 1, {BEGINNING})")), "beginning")
        .filter(file_dimension::Column::FileId.is_in(file_ids.iter().copied()))
        .filter(is_current())
        .order_by_asc(file_dimension::Column::FileId)
        .order_by_asc(file_dimension::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(file_id, name, options, complete, text)| {
            let size = DimensionSize { name, option_count: count(options)?, complete };
            Ok(Beginning { file_id, size, options: first_of(&text, most) })
        })
        .collect()
}

/// The first options of a list that may be cut anywhere.
fn first_of(text: &str, most: usize) -> Vec<OptionCount> {
    let mut rest = text.strip_prefix('[').unwrap_or_default();
    let mut found = Vec::new();
    while found.len() < most {
        let mut read = serde_json::Deserializer::from_str(rest).into_iter::<OptionCount>();
        let Some(Ok(option)) = read.next() else { break };
        found.push(option);
        let next = rest.get(read.byte_offset()..).unwrap_or_default();
        rest = next.strip_prefix(',').unwrap_or_default();
    }
    found
}
