//! What differs between the tables of two versions.

use serde::{Deserialize, Serialize};

use crate::table::ColumnKind;

/// Everything that changed from one table to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Changes {
    /// The names of new columns.
    pub columns_added: Vec<String>,
    /// The names of columns that are gone.
    pub columns_removed: Vec<String>,
    /// Columns that hold something else than before.
    pub columns_retyped: Vec<Retyped>,
    /// Columns with another heading.
    pub columns_relabelled: Vec<Relabelled>,
    /// Rows whose key is new.
    pub rows_added: RowChanges,
    /// Rows whose key is gone.
    pub rows_removed: RowChanges,
    /// Cells of rows with the same key that differ.
    pub cells_revised: u64,
    /// A page of those, in the order of the new table.
    pub revised: Vec<Revision>,
    /// The figures that moved most, by the share of the greater of both.
    pub largest: Vec<Revision>,
}

/// A column that holds something else than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Retyped {
    /// Its name.
    pub name: String,
    /// What it held.
    pub before: ColumnKind,
    /// What it holds.
    pub after: ColumnKind,
}

/// A column with another heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Relabelled {
    /// Its name.
    pub name: String,
    /// The old heading.
    pub before: String,
    /// The new heading.
    pub after: String,
}

/// The values of a row's dimensions, each by the name of its column.
pub type RowKey = Vec<(String, String)>;

/// Rows that are in one table alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct RowChanges {
    /// How many.
    pub count: u64,
    /// The keys of the first of them.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Vec<Vec<Vec<String>>>, example = json!([[["Area", "Wales"], ["Year", "2024"]]])))]
    pub first: Vec<RowKey>,
}

/// One cell that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Revision {
    /// Which row.
    #[cfg_attr(not(target_family = "wasm"), schema(value_type = Vec<Vec<String>>, example = json!([["Area", "Wales"], ["Year", "2024"]])))]
    pub key: RowKey,
    /// The name of the column.
    pub column: String,
    /// The cell as it was.
    pub before: String,
    /// The cell as it is.
    pub after: String,
}
