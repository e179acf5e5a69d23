//! Between the address of the explorer and what is asked for.

use domain::explore::{ExplorePage, ExploreQuery};
use domain::selection::{DataQuery, Selection};

use crate::pages::site::escaped;

/// Reads the query of an address; what makes no sense is left out.
pub fn read(path: &str) -> ExploreQuery {
    let raw = path.split_once('?').map_or("", |(_, raw)| raw);
    let query = DataQuery::parse(raw).unwrap_or_default();
    let one = |name: &str| query.others.iter().find(|(other, value)| other == name && !value.is_empty());
    let find = query.others.iter().filter_map(|(name, words)| {
        let name = name.strip_prefix("find.")?;
        (!words.trim().is_empty()).then(|| (name.to_owned(), words.clone()))
    });
    ExploreQuery {
        file: one("file").map(|(_, name)| name.clone()),
        page: one("page").and_then(|(_, text)| text.parse().ok()).unwrap_or(1).clamp(1, 1_000_000_000),
        find: find.collect(),
        selection: query.selection,
    }
}

/// The address of the explorer with another selection, at a page of its rows.
pub fn write(page: &ExplorePage, selection: &Selection, number: u64) -> String {
    let mut parts = Vec::new();
    parts.extend(page.query.file.as_ref().map(|name| format!("file={}", escaped(name))));
    parts.extend(Some(selection.to_query()).filter(|text| !text.is_empty()));
    parts.extend((number > 1).then(|| format!("page={number}")));
    let path = path(page);
    if parts.is_empty() { path } else { format!("{path}?{}", parts.join("&")) }
}

/// The address of the explorer of this version.
pub fn path(page: &ExplorePage) -> String {
    format!("{}/explore", page.version.version.page_path())
}

/// The address of these rows for programs, in a format, without the site.
pub fn data(page: &ExplorePage, format: &str) -> String {
    let version = &page.version.version;
    let mut parts = vec![format!("format={format}")];
    parts.extend(Some(page.query.selection.to_query()).filter(|text| !text.is_empty()));
    parts.extend(page.query.file.as_ref().map(|name| format!("file={}", escaped(name))));
    format!(
        "/v1/datasets/{}/editions/{}/versions/{}/data?{}",
        version.dataset_id,
        version.edition,
        version.version,
        parts.join("&")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_wanted_and_nonsense_wants_nothing() {
        let query = read("/catalogue/a/editions/b/versions/1/explore?dim.Area=Wales&find.Area=wa&page=3&file=a.csv");
        assert_eq!((query.page, query.file.as_deref()), (3, Some("a.csv")));
        assert_eq!(query.find, [("Area".to_owned(), "wa".to_owned())]);
        assert_eq!(query.selection.to_query(), "dim.Area=Wales");
        assert_eq!(read("/x?limit=nonsense"), ExploreQuery { page: 1, ..ExploreQuery::default() });
    }
}
