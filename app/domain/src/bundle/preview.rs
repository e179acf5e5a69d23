//! What will become public with a bundle, against what is public now.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Bundle, ContentItem};
use crate::dataset::DatasetMetadata;
use crate::file::File;
use crate::version::Version;

/// A bundle's contents as readers will find them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundlePreview {
    /// The bundle.
    pub bundle: Bundle,
    /// Its items in order.
    pub items: Vec<PreviewItem>,
}

/// One version as readers will find it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewItem {
    /// The item.
    pub item: ContentItem,
    /// Whether nothing of the dataset is public yet.
    pub dataset_is_new: bool,
    /// Whether nothing of the edition is public yet.
    pub edition_is_new: bool,
    /// The version that readers find now as the latest of the edition.
    pub replaces: Option<u32>,
    /// The dataset's metadata as it will be.
    pub dataset: DatasetMetadata,
    /// The version as it will be, its state apart.
    pub version: Version,
    /// Its files.
    pub files: Vec<File>,
    /// What changes in the dataset's metadata.
    pub dataset_changes: Vec<Change>,
    /// What differs from the version that it replaces.
    pub version_changes: Vec<Change>,
    /// Names of files that the version it replaces does not have.
    pub files_added: Vec<String>,
    /// Names of files that only the version it replaces has.
    pub files_dropped: Vec<String>,
}

/// One field that differs.
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field's name on the wire.
    pub field: String,
    /// What readers find now; `null` where there is nothing.
    pub public: Value,
    /// What they will find; `null` where there is nothing.
    pub becoming: Value,
}

/// The fields that differ between two documents, in the order of their names; nothing, `null` and what is empty are one.
#[must_use]
pub fn changes<T: Serialize>(public: Option<&T>, becoming: &T) -> Vec<Change> {
    let object = |value: Option<&T>| match value.map(serde_json::to_value) {
        Some(Ok(Value::Object(object))) => object,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (object(public), object(Some(becoming)));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let plain = |value: Option<&Value>| value.filter(|v| !is_empty(v)).cloned().unwrap_or(Value::Null);
    names
        .into_iter()
        .map(|name| Change { field: name.clone(), public: plain(before.get(name)), becoming: plain(after.get(name)) })
        .filter(|change| change.public != change.becoming)
        .collect()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told() {
        let now = DatasetMetadata { title: "GDP".into(), ..DatasetMetadata::default() };
        let next = DatasetMetadata { title: "GDP, monthly".into(), survey: Some(String::new()), ..now.clone() };
        let told = changes(Some(&now), &next);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].field.as_str(), &told[0].becoming), ("title", &Value::from("GDP, monthly")));
        assert!(changes(Some(&now), &now).is_empty());
        assert!(changes(None, &now).iter().any(|change| change.field == "title" && change.public.is_null()));
    }
}
