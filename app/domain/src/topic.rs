//! The taxonomy.

use serde::{Deserialize, Serialize};

/// A node of the taxonomy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// The slug.
    pub id: String,
    /// The English title.
    pub title: String,
    /// The Welsh title.
    pub title_cy: Option<String>,
    /// A sentence about it.
    pub description: String,
    /// The same in Welsh.
    pub description_cy: Option<String>,
    /// The topic above.
    pub parent_id: Option<String>,
}

/// Who owns datasets; grants can be limited to departments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// The slug.
    pub id: String,
    /// The English title.
    pub title: String,
    /// The Welsh title.
    pub title_cy: Option<String>,
}
