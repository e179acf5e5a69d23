//! What differs between two versions: in their tables, and in what is said of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bundle::preview;
use crate::table::ColumnKind;
use crate::version::VersionMetadata;

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
    /// Columns that go by another name: at the same place there is the same heading, or nearly the same in the cells.
    #[serde(default)]
    pub columns_renamed: Vec<Renamed>,
    /// Rows whose key is new.
    pub rows_added: RowChanges,
    /// Rows whose key is gone.
    pub rows_removed: RowChanges,
    /// Whether no row of one table could be matched with one of the other, as they have other dimensions: then what is told as added and
    /// removed is all that each has.
    #[serde(default)]
    pub rows_unmatched: bool,
    /// Cells of rows with the same key that differ.
    pub cells_revised: u64,
    /// How many of those are figures; the others are labels that describe them, such as their status.
    pub figures_revised: u64,
    /// A page of all of them: the figures, then the labels, each in the order of the new table.
    pub revised: Vec<Revision>,
    /// The figures that moved most, by the share of the greater of both.
    pub largest: Vec<Revision>,
    /// What is said of the version that was said otherwise, or not at all, of the other; of two tables alone there is nothing.
    #[serde(default)]
    pub metadata: Vec<Reworded>,
}

impl Changes {
    /// How many labels that describe figures differ.
    #[must_use]
    pub const fn labels_revised(&self) -> u64 {
        self.cells_revised.saturating_sub(self.figures_revised)
    }
}

/// A field of what is said of a version that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Reworded {
    /// Its name, as the version has it.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "temporal_coverage"))]
    pub field: String,
    /// What was said; `null` where that was nothing.
    pub before: Value,
    /// What is said; `null` where that is nothing.
    pub after: Value,
}

impl Reworded {
    /// The fields that differ, in the order of their names.
    #[must_use]
    pub fn between(before: &VersionMetadata, after: &VersionMetadata) -> Vec<Self> {
        let changes = preview::changes(Some(before), after).into_iter();
        changes.map(|one| Self { field: one.field, before: one.public, after: one.becoming }).collect()
    }
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

/// A column that goes by another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Renamed {
    /// The old name.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "time"))]
    pub before: String,
    /// The new name.
    #[cfg_attr(not(target_family = "wasm"), schema(example = "mmm-yy"))]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_otherwise_is_told_field_by_field() {
        let before = VersionMetadata { temporal_coverage: Some("2020 to 2024".into()), ..VersionMetadata::default() };
        let after =
            VersionMetadata { temporal_coverage: None, lowest_geography: Some("ltla".into()), ..before.clone() };
        let told = Reworded::between(&before, &after);
        let told: Vec<_> = told.iter().map(|one| (one.field.as_str(), &one.before, &one.after)).collect();
        let (covered, lowest) = (Value::from("2020 to 2024"), Value::from("ltla"));
        assert_eq!(told, [("lowest_geography", &Value::Null, &lowest), ("temporal_coverage", &covered, &Value::Null)]);
        assert!(Reworded::between(&after, &after).is_empty());
    }
}
