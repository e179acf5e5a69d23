//! What the addresses of public lists ask for, and which pages show the same, for whoever answers it in another form.

use domain::catalogue::SearchQuery;
use domain::comparison::CompareQuery;
use domain::correction::CorrectionsQuery;
use domain::language::Language;
use domain::release::CalendarQuery;

/// What an address of the search asks for.
#[must_use]
pub fn search(path: &str, language: Language) -> SearchQuery {
    super::search_query::read(path, language).0
}

/// The address of the page with what a search finds.
#[must_use]
pub fn page_of_search(query: &SearchQuery) -> String {
    super::search_query::write(query, 1, None)
}

/// What an address of the release calendar asks for.
#[must_use]
pub fn releases(path: &str) -> CalendarQuery {
    super::releases_query::read(path).0
}

/// The address of the page with these releases.
#[must_use]
pub fn page_of_releases(query: &CalendarQuery) -> String {
    super::releases_query::write(query, 1)
}

/// What an address of the corrections asks for.
#[must_use]
pub fn corrections(path: &str) -> CorrectionsQuery {
    super::corrections::read(path).0
}

/// The address of the page with these corrections.
#[must_use]
pub fn page_of_corrections(query: &CorrectionsQuery) -> String {
    super::corrections::write(query, 1)
}

/// Which page of a list of so many entries a page an address asks for, from 1.
#[must_use]
pub fn number(path: &str, size: u32) -> u32 {
    super::paging::number(&super::search_query::pairs(path), size)
}

/// What an address of a comparison asks for; none where a version's number is none.
#[must_use]
pub fn comparison(path: &str) -> Option<CompareQuery> {
    super::compare::read(path)
}
