//! Between the address of the search page and what is searched for.

use domain::catalogue::{FILTERS, SearchQuery, Sort};
use domain::language::Language;

use super::{escaped, paging};

/// Hits on one page.
pub const PAGE: u32 = 10;

/// Reads the query of an address; what makes no sense is left out.
#[must_use]
pub fn read(path: &str, language: Language) -> (SearchQuery, u32) {
    let pairs = pairs(path);
    let all = |name: &str| -> Vec<String> {
        pairs.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.clone()).take(50).collect()
    };
    let one = |name: &str| all(name).into_iter().next();
    let page = paging::number(&pairs, PAGE);
    let q = one("q").unwrap_or_default();
    let sort = one("sort").and_then(|text| Sort::parse(&text));
    let query = SearchQuery {
        sort: sort.unwrap_or(if q.trim().is_empty() { Sort::Newest } else { Sort::Relevance }),
        q,
        topics: all("topics"),
        formats: all("formats"),
        years: all("years").iter().filter_map(|text| text.parse().ok()).collect(),
        frequency: all("frequency"),
        designation: all("designation"),
        geography: all("geography"),
        publishers: all("publishers"),
        departments: all("departments"),
        limit: PAGE,
        offset: (page - 1) * PAGE,
        language,
    };
    (query, page)
}

/// The query of an address, without one filter value if asked.
#[must_use]
pub fn write(query: &SearchQuery, page: u32, without: Option<(&str, &str)>) -> String {
    let mut parts = parameters(query, without);
    if page > 1 {
        parts.push(format!("page={page}"));
    }
    if parts.is_empty() { "/search".to_owned() } else { format!("/search?{}", parts.join("&")) }
}

/// What is asked for, as `name=value` each, without one filter value if asked.
#[must_use]
pub fn parameters(query: &SearchQuery, without: Option<(&str, &str)>) -> Vec<String> {
    let mut parts = Vec::new();
    if !query.q.is_empty() {
        parts.push(format!("q={}", escaped(&query.q)));
    }
    for filter in FILTERS {
        for value in query.chosen(filter) {
            if without != Some((filter, value.as_str())) {
                parts.push(format!("{filter}={}", escaped(&value)));
            }
        }
    }
    let natural = if query.q.trim().is_empty() { Sort::Newest } else { Sort::Relevance };
    if query.sort != natural {
        parts.push(format!("sort={}", query.sort.as_str()));
    }
    parts
}

/// The names and values of an address's query.
#[must_use]
pub fn pairs(path: &str) -> Vec<(String, String)> {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (unescaped(name), unescaped(value))
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(byte) = bytes.get(i) {
        let code = text.get(i + 1..i + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                out.push(code);
                i += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(*byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
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
