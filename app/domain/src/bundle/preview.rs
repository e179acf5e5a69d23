//! What will become public with a bundle, against what is public now.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Bundle, ContentItem};
use crate::dataset::DatasetMetadata;
use crate::file::File;
use crate::version::{Version, version_preview_path};

/// A bundle's contents as readers will find them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BundlePreview {
    /// The bundle.
    pub bundle: Bundle,
    /// Its items in order.
    pub items: Vec<PreviewItem>,
    /// The slug of the release of the calendar that comes with it.
    #[serde(default)]
    pub release: Option<String>,
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
    /// Names of files that are byte for byte those of the version it replaces.
    #[serde(default)]
    pub files_same: Vec<String>,
}

impl PreviewItem {
    /// What is new about it to readers, in a few words.
    #[must_use]
    pub fn novelty(&self) -> Option<String> {
        match (self.dataset_is_new, self.edition_is_new, self.replaces) {
            (true, ..) => Some("New dataset".to_owned()),
            (_, true, _) => Some("New edition".to_owned()),
            (_, _, Some(number)) => Some(format!("Replaces version {number}")),
            _ => None,
        }
    }

    /// The page that readers find in its place now; nothing where the dataset is new to them.
    #[must_use]
    pub fn present_page(&self) -> Option<String> {
        let dataset = format!("/catalogue/{}", self.item.dataset_id);
        match self.replaces {
            Some(_) => Some(format!("{dataset}/editions/{}", self.item.edition)),
            None => (!self.dataset_is_new).then_some(dataset),
        }
    }
}

/// What somebody looks at before it is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PreviewOf {
    /// An item of a bundle.
    Item {
        /// The bundle's id.
        bundle: String,
        /// The item's id.
        item: String,
    },
    /// A version by itself, be it in a bundle or in none.
    Version {
        /// The dataset's slug.
        dataset: String,
        /// The edition's slug.
        edition: String,
        /// The number.
        version: u32,
    },
}

/// From where somebody looks at a page that is not public yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// The bundle; nothing where a version is looked at by itself.
    #[serde(default)]
    pub bundle: Option<Bundle>,
    /// Its items in order, or the version alone.
    pub items: Vec<ContentItem>,
    /// The item whose page is shown; where it is the release's, the first.
    pub shown: PreviewItem,
    /// The slug of the release of the calendar that comes with the bundle.
    #[serde(default)]
    pub release: Option<String>,
}

/// A page as readers will find it, with from where it is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Previewed<T> {
    /// From where.
    pub look: Look,
    /// The page.
    pub page: T,
}

impl Look {
    /// Whether readers find the page themselves.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public_since().is_some()
    }

    /// Since when they do.
    #[must_use]
    pub fn public_since(&self) -> Option<DateTime<Utc>> {
        match &self.bundle {
            Some(bundle) => bundle.state.published_at(),
            None => self.shown.version.published_at.filter(|_| self.shown.version.is_public()),
        }
    }

    /// When they will, where that is known.
    #[must_use]
    pub fn instant(&self) -> Option<DateTime<Utc>> {
        self.bundle.as_ref()?.state.schedule().map(|schedule| schedule.publication_date)
    }

    /// The portal's page from which it is looked at: the bundle's, or the version's.
    #[must_use]
    pub fn admin_path(&self) -> String {
        self.bundle.as_ref().map_or_else(|| self.shown.version.admin_path(), Bundle::admin_path)
    }

    /// Where a page of an item is to be seen: its `page`, `explore`, `compare` or `quality`.
    #[must_use]
    pub fn preview_path(&self, item: &ContentItem, part: &str) -> String {
        match &self.bundle {
            Some(bundle) => bundle.preview_path(&item.id, part),
            None => version_preview_path(&item.dataset_id, &item.edition, item.version, part),
        }
    }

    /// The place of the item among the others, from 0.
    #[must_use]
    pub fn place(&self) -> usize {
        self.items.iter().position(|item| item.id == self.shown.item.id).unwrap_or_default()
    }

    /// Whether a file is one that readers cannot have yet.
    #[must_use]
    pub fn holds_back(&self, file: &File) -> bool {
        let of_item = |item: &ContentItem| {
            (&item.dataset_id, &item.edition, item.version) == (&file.dataset_id, &file.edition, file.version)
        };
        !self.is_public() && self.items.iter().any(of_item)
    }

    /// Where that is to be seen which will stand at a public address; nothing for what stands there already.
    #[must_use]
    pub fn instead_of(&self, address: &str) -> Option<String> {
        if self.is_public() {
            return None;
        }
        let (path, rest) = address.split_at(address.find(['?', '#']).unwrap_or(address.len()));
        let words: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (item, part) = match *words.as_slice() {
            ["releases", id] if self.release.as_deref() == Some(id) => {
                return Some(format!("{}{rest}", self.bundle.as_ref()?.release_preview_path("release")));
            }
            ["releases"] if self.release.is_some() && rest.is_empty() => {
                return Some(self.bundle.as_ref()?.release_preview_path("calendar"));
            }
            ["catalogue", dataset] => (self.latest(dataset, None)?, "page"),
            ["catalogue", dataset, "quality"] => (self.latest(dataset, None)?, "quality"),
            ["catalogue", dataset, "editions", edition] => (self.latest(dataset, Some(edition))?, "page"),
            ["catalogue", dataset, "editions", edition, "compare"] => (self.latest(dataset, Some(edition))?, "compare"),
            ["catalogue", dataset, "editions", edition, "versions", number] => {
                (self.numbered(dataset, edition, number)?, "page")
            }
            ["catalogue", dataset, "editions", edition, "versions", number, "explore"] => {
                (self.numbered(dataset, edition, number)?, "explore")
            }
            _ => return None,
        };
        Some(format!("{}{rest}", self.preview_path(item, part)))
    }

    /// The item that will be the latest of an edition; where no edition is named, the one that is shown or another of its dataset.
    fn latest(&self, dataset: &str, edition: Option<&str>) -> Option<&ContentItem> {
        let Some(edition) = edition else {
            let is_of = |item: &&ContentItem| item.dataset_id == dataset;
            return Some(&self.shown.item).filter(is_of).or_else(|| self.items.iter().find(is_of));
        };
        let of_edition = |item: &&ContentItem| item.dataset_id == dataset && item.edition == edition;
        self.items.iter().filter(of_edition).max_by_key(|item| item.version)
    }

    fn numbered(&self, dataset: &str, edition: &str, number: &str) -> Option<&ContentItem> {
        let is_it = |item: &&ContentItem| {
            item.dataset_id == dataset && item.edition == edition && item.version.to_string() == number
        };
        self.items.iter().find(is_it)
    }
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
