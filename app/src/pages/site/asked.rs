//! What the addresses of public lists ask for, for whoever answers the same in another form.

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

/// What an address of the release calendar asks for.
#[must_use]
pub fn releases(path: &str) -> CalendarQuery {
    super::releases_query::read(path).0
}

/// What an address of the corrections asks for.
#[must_use]
pub fn corrections(path: &str) -> CorrectionsQuery {
    super::corrections::read(path).0
}

/// What an address of a comparison asks for; none where a version's number is none.
#[must_use]
pub fn comparison(path: &str) -> Option<CompareQuery> {
    super::compare::read(path)
}
