//! Between the address of the explorer and what is asked for.

use domain::explore::{ExplorePage, ExploreQuery};
use domain::selection::{DataFormat, DataQuery, MAX_OPTIONS, Selection};
use domain::table::{ChartKind, Drawing};
use domain::version::Version;

use domain::text::unescaped;

use crate::pages::site::escaped;

/// The word in an address that asks for what was published before.
const SHOWN: &str = "show";
/// What in an address asks for every column where it was published.
pub const AS_PUBLISHED: (&str, &str) = ("as", "published");

/// Reads the query of an address; what makes no sense is left out.
pub fn read(path: &str) -> ExploreQuery {
    let raw = path.split_once('?').map_or("", |(_, raw)| raw);
    let mut query = DataQuery::parse(raw).unwrap_or_default();
    for (name, words) in &query.others {
        if let Some(column) = name.strip_prefix("list.").filter(|column| !column.is_empty()) {
            query.selection.add(column, listed(words));
        }
    }
    let one = |name: &str| query.others.iter().find(|(other, value)| other == name && !value.is_empty());
    let find = query.others.iter().filter_map(|(name, words)| {
        let name = name.strip_prefix("find.")?;
        (!words.trim().is_empty()).then(|| (name.to_owned(), words.clone()))
    });
    ExploreQuery {
        file: one("file").map(|(_, name)| name.clone()),
        page: one("page").and_then(|(_, text)| text.parse().ok()).unwrap_or(1).clamp(1, 1_000_000_000),
        find: find.collect(),
        drawing: Drawing {
            kind: one("chart").and_then(|(_, word)| ChartKind::parse(word)),
            by: one("by").map(|(_, name)| name.clone()),
            panels: one("panels").and_then(|(_, text)| text.parse().ok()).unwrap_or(0),
            earlier: one("earlier").is_some_and(|(_, word)| word == SHOWN),
        },
        as_published: one(AS_PUBLISHED.0).is_some_and(|(_, word)| word == AS_PUBLISHED.1),
        selection: query.selection,
    }
}

/// The options of a list that was pasted: one to a line, as they come out of a column of a spreadsheet, or out of a row of it.
fn listed(words: &str) -> impl Iterator<Item = String> {
    let parts = words.split(['\n', '\r', '\t', ';']).map(str::trim).filter(|part| !part.is_empty());
    parts.take(MAX_OPTIONS + 1).map(str::to_owned)
}

/// The address of the explorer of another version with the same choices, from the first row on; its files have names of their own.
pub fn in_version(page: &ExplorePage, other: &Version) -> String {
    let query = &page.query;
    let drawing = Drawing { panels: 0, ..query.drawing.clone() };
    let mut parts = parts(page, &query.selection, 1, &drawing, query.as_published);
    parts.retain(|part| !part.starts_with("file="));
    joined(format!("{}/explore", other.page_path()), &parts)
}

/// The address of the explorer with another selection, at a page of its rows; it is drawn as now.
pub fn write(page: &ExplorePage, selection: &Selection, number: u64) -> String {
    // Another selection has other panels, so that their first page is shown.
    let panels = if *selection == page.query.selection { page.query.drawing.panels } else { 0 };
    written(page, selection, number, &Drawing { panels, ..page.query.drawing.clone() })
}

/// The address of the explorer with the same rows drawn otherwise.
pub fn write_drawn(page: &ExplorePage, drawing: &Drawing) -> String {
    written(page, &page.query.selection, page.query.page, drawing)
}

/// The address of the explorer with the same rows, each column where it was published or what they say alike above them.
pub fn write_laid_out(page: &ExplorePage, as_published: bool) -> String {
    let query = &page.query;
    joined(path(page), &parts(page, &query.selection, query.page, &query.drawing, as_published))
}

/// The names and values of an address's query for the hidden fields of a form: a list becomes a field for each of its words,
/// since a browser encodes the commas between them.
pub fn fields(address: &str) -> Vec<(String, String)> {
    let raw = address.split_once('?').map_or("", |(_, raw)| raw);
    let pairs = raw.split('&').filter_map(|pair| pair.split_once('='));
    pairs.flat_map(|(name, list)| list.split(',').map(move |word| (unescaped(name), unescaped(word)))).collect()
}

/// The address at which other sites embed what is shown: the drawing or, where it is wanted, the rows.
pub fn embedded(page: &ExplorePage, is_table: bool) -> String {
    let path = page.version.version.page_path().replacen("/catalogue/", "/embed/", 1);
    let query = &page.query;
    let mut parts = parts(page, &query.selection, 1, &query.drawing, query.as_published);
    parts.extend(is_table.then(|| "view=table".to_owned()));
    joined(path, &parts)
}

/// Whether the address of something embedded asks for the rows.
pub fn is_table(path: &str) -> bool {
    let raw = path.split_once('?').map_or("", |(_, raw)| raw);
    raw.split('&').any(|part| part == "view=table")
}

fn written(page: &ExplorePage, selection: &Selection, number: u64, drawing: &Drawing) -> String {
    joined(path(page), &parts(page, selection, number, drawing, page.query.as_published))
}

/// What stands in an address of a table, a page of its rows, their drawing and their layout.
fn parts(page: &ExplorePage, selection: &Selection, number: u64, drawing: &Drawing, as_published: bool) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(page.query.file.as_ref().map(|name| format!("file={}", escaped(name))));
    parts.extend(Some(selection.to_query()).filter(|text| !text.is_empty()));
    parts.extend((number > 1).then(|| format!("page={number}")));
    parts.extend(drawing.kind.map(|kind| format!("chart={kind}")));
    parts.extend(drawing.by.as_ref().map(|name| format!("by={}", escaped(name))));
    parts.extend((drawing.panels > 1).then(|| format!("panels={}", drawing.panels)));
    parts.extend(drawing.earlier.then(|| format!("earlier={SHOWN}")));
    parts.extend(as_published.then(|| format!("{}={}", AS_PUBLISHED.0, AS_PUBLISHED.1)));
    parts
}

fn joined(path: String, parts: &[String]) -> String {
    if parts.is_empty() { path } else { format!("{path}?{}", parts.join("&")) }
}

/// The address at which the explorer of a version draws also what was published before.
pub fn with_earlier(version: &Version) -> String {
    format!("{}/explore?earlier={SHOWN}#chart-figure", version.page_path())
}

/// The address at which the explorer of a version shows every column of its table where it was published.
pub fn whole_table(version: &Version) -> String {
    format!("{}/explore?{}={}#rows", version.page_path(), AS_PUBLISHED.0, AS_PUBLISHED.1)
}

/// The address of the explorer of this version.
pub fn path(page: &ExplorePage) -> String {
    format!("{}/explore", page.version.version.page_path())
}

/// The address of all these rows for programs, in a format, without the site.
pub fn data(page: &ExplorePage, format: DataFormat) -> String {
    // Nothing is said of how many where a format gives all of them anyway.
    let limit = (!format.is_whole()).then(|| "limit=all".to_owned());
    for_programs(page, [format!("format={}", format.as_str())].into_iter().chain(limit).collect())
}

/// The address of the first of these rows for programs, as JSON, from which each page of them leads to the next.
pub fn first_rows(page: &ExplorePage) -> String {
    for_programs(page, Vec::new())
}

fn for_programs(page: &ExplorePage, mut parts: Vec<String>) -> String {
    let Version { dataset_id, edition, version, .. } = &page.version.version;
    parts.extend(Some(page.query.selection.to_query()).filter(|text| !text.is_empty()));
    parts.extend(page.query.file.as_ref().map(|name| format!("file={}", escaped(name))));
    joined(format!("/v1/datasets/{dataset_id}/editions/{edition}/versions/{version}/data"), &parts)
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
        let drawing = read("/x/explore?chart=multiples&by=Area+code&panels=2").drawing;
        let expected =
            Drawing { kind: Some(ChartKind::Multiples), by: Some("Area code".into()), panels: 2, earlier: false };
        assert_eq!(drawing, expected);
        assert!(read("/x/explore?earlier=show").drawing.earlier && !read("/x/explore?earlier=1").drawing.earlier);
        assert!(read("/x/explore?as=published").as_published && !read("/x/explore?as=always").as_published);
        assert_eq!(read("/x/explore?chart=pie&by=&panels=x").drawing, Drawing::default());
        assert_eq!(read("/x?limit=nonsense"), ExploreQuery { page: 1, ..ExploreQuery::default() });
    }

    #[test]
    fn a_list_that_was_pasted_is_added_to_what_is_chosen() {
        let query =
            read("/x/explore?dim.Area=Wales&list.Area=Bath%2C+city%0D%0A+York+%0D%0A%0D%0AWales&list.Sex=%20&list.=x");
        assert_eq!(query.selection.to_query(), "dim.Area=Wales,Bath%2C%20city,York");
        assert_eq!(read("/x/explore?list.Year=2023%092024;2025").selection.to_query(), "dim.Year=2023,2024,2025");
    }

    #[test]
    fn what_is_embedded_is_the_drawing_unless_the_rows_are_wanted() {
        assert!(is_table("/embed/a/editions/b/versions/1?dim.Area=Wales&view=table"));
        assert!(!is_table("/embed/a/editions/b/versions/1?view=tables") && !is_table("/embed/a"));
    }

    #[test]
    fn the_words_of_a_list_become_fields_of_their_own() {
        let fields = fields("/x/explore?dim.Area=Bath%2C%20city,Wales&columns=a,b&page=2");
        let expected =
            [("dim.Area", "Bath, city"), ("dim.Area", "Wales"), ("columns", "a"), ("columns", "b"), ("page", "2")];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(super::fields("/x/explore"), []);
    }
}
