//! Between the address of the search page and what is searched for.

use domain::catalogue::SearchQuery;
use domain::language::Language;

use super::paging;

/// Hits on one page.
pub const PAGE: u32 = 10;

/// Reads the query of an address; what makes no sense is left out.
#[must_use]
pub fn read(path: &str, language: Language) -> (SearchQuery, u32) {
    let page = paging::number(&pairs(path), PAGE);
    let asked = SearchQuery::of_address(query_of(path));
    (SearchQuery { limit: PAGE, offset: (page - 1) * PAGE, language, ..asked }, page)
}

/// The query of an address, without one filter value if asked.
#[must_use]
pub fn write(query: &SearchQuery, page: u32, without: Option<(&str, &str)>) -> String {
    let mut parts = query.parameters(without);
    if page > 1 {
        parts.push(format!("page={page}"));
    }
    if parts.is_empty() { "/search".to_owned() } else { format!("/search?{}", parts.join("&")) }
}

/// The names and values of an address's query.
#[must_use]
pub fn pairs(path: &str) -> Vec<(String, String)> {
    domain::catalogue::pairs(query_of(path))
}

fn query_of(path: &str) -> &str {
    path.split_once('?').map_or("", |(_, query)| query)
}

#[cfg(test)]
mod tests {
    use domain::catalogue::Sort;

    use super::*;

    #[test]
    fn addresses_are_read_and_written_alike() {
        let path = "/search?q=Ynys+M%C3%B4n&topics=a&topics=b&years=2024&years=x&sort=title&page=3";
        let (query, page) = read(path, Language::En);
        assert_eq!((query.q.as_str(), page, query.offset), ("Ynys Môn", 3, 20));
        assert_eq!((query.topics.len(), query.years.clone()), (2, vec![2024]));
        let written = write(&query, 1, Some(("topics", "a")));
        assert_eq!(written, "/search?q=Ynys%20M%C3%B4n&topics=b&years=2024&sort=title");
    }

    #[test]
    fn nonsense_is_left_out() {
        let (query, page) = read("/search?page=-1&sort=upwards&%zz=%&q=%", Language::Cy);
        assert_eq!((page, query.sort, query.q.as_str()), (1, Sort::Relevance, "%"));
        assert_eq!(read("/search", Language::En).0.sort, Sort::Newest);
    }
}
