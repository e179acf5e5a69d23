//! What was counted in a column of a table.

use serde::{Deserialize, Serialize};

/// What was counted in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnStatistics {
    /// How many different cells it has, missing ones apart.
    pub distinct: u64,
    /// Whether `distinct` is exact; else there are more than that.
    pub exact: bool,
    /// Cells that are empty or hold a marker such as `:`.
    pub missing: u64,
    /// The least figure or the first period, written as in the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<String>,
    /// The greatest figure or the last period, written as in the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greatest: Option<String>,
    /// The first different cells, at most five, long ones cut.
    pub samples: Vec<String>,
    /// What its cells are about, where that was recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
}

/// What the cells of a column are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// When.
    Time,
    /// Where.
    Geography,
}
