//! Between the query of an address and what is searched for.

use super::{FILTERS, SearchQuery, Sort};
use crate::text::{escaped, unescaped};

/// So many values of one name are read.
const VALUES: usize = 50;
/// The longest search that is kept for somebody, in characters of its address; one that is escaped there counts as what stands for it.
pub const LONGEST_KEPT: usize = 1000;

/// The names and values of an address's query.
#[must_use]
pub fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (unescaped(name), unescaped(value))
    };
    parts.map(pair).collect()
}

impl SearchQuery {
    /// What the query of an address asks for, whichever page of it; what makes no sense is left out.
    #[must_use]
    pub fn of_address(query: &str) -> Self {
        let pairs = pairs(query);
        let all = |name: &str| -> Vec<String> {
            pairs.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.clone()).take(VALUES).collect()
        };
        let one = |name: &str| all(name).into_iter().next();
        let q = one("q").unwrap_or_default();
        let sort = one("sort").and_then(|text| Sort::parse(&text));
        Self {
            sort: sort.unwrap_or_else(|| natural(&q)),
            q,
            topics: all("topics"),
            formats: all("formats"),
            years: all("years").iter().filter_map(|text| text.parse().ok()).collect(),
            frequency: all("frequency"),
            designation: all("designation"),
            geography: all("geography"),
            publishers: all("publishers"),
            departments: all("departments"),
            has_chart: all("has_chart").iter().filter_map(|text| text.parse().ok()).collect(),
            ..Self::default()
        }
    }

    /// Chooses what another search chooses as well.
    pub fn choose_also(&mut self, other: Self) {
        self.topics.extend(other.topics);
        self.formats.extend(other.formats);
        self.years.extend(other.years);
        self.frequency.extend(other.frequency);
        self.designation.extend(other.designation);
        self.geography.extend(other.geography);
        self.publishers.extend(other.publishers);
        self.departments.extend(other.departments);
        self.has_chart.extend(other.has_chart);
    }

    /// What is asked for, as `name=value` each, without one filter value if asked.
    #[must_use]
    pub fn parameters(&self, without: Option<(&str, &str)>) -> Vec<String> {
        let mut parts = Vec::new();
        if !self.q.is_empty() {
            parts.push(format!("q={}", escaped(&self.q)));
        }
        for filter in FILTERS {
            for value in self.chosen(filter) {
                if without != Some((filter, value.as_str())) {
                    parts.push(format!("{filter}={}", escaped(&value)));
                }
            }
        }
        if self.sort != natural(&self.q) {
            parts.push(format!("sort={}", self.sort.as_str()));
        }
        parts
    }

    /// Words and filters as they are kept for somebody: the same text for the same search, in whatever order it was written.
    #[must_use]
    pub fn kept(&self) -> String {
        let q = self.q.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut parts: Vec<String> = Self { q: String::new(), sort: natural(""), ..self.clone() }.parameters(None);
        parts.sort();
        parts.dedup();
        if !q.is_empty() {
            parts.insert(0, format!("q={}", escaped(&q)));
        }
        parts.join("&")
    }
}

/// The order of results where none is chosen.
fn natural(q: &str) -> Sort {
    if q.trim().is_empty() { Sort::Newest } else { Sort::Relevance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_searches_choose_is_chosen_together() {
        let every = |one: &str| {
            let texts = ["topics", "formats", "frequency", "designation", "geography", "publishers", "departments"];
            format!("years=2024&has_chart=true&{}", texts.map(|name| format!("{name}={one}")).join("&"))
        };
        let mut chosen = SearchQuery::of_address(&every("a"));
        chosen.choose_also(SearchQuery::of_address(&every("b")));
        for filter in FILTERS {
            assert_eq!(chosen.chosen(filter).len(), 2, "{filter}");
        }
    }

    #[test]
    fn the_same_search_is_kept_as_the_same_text() {
        let kept = |address: &str| SearchQuery::of_address(address).kept();
        assert_eq!(
            kept("q=Ynys+M%C3%B4n&years=2024&topics=b&topics=a"),
            "q=Ynys%20M%C3%B4n&topics=a&topics=b&years=2024"
        );
        for other in [
            "topics=a&years=2024&topics=b&q=%20Ynys++M%C3%B4n&page=3&sort=title",
            "q=Ynys%20M%C3%B4n&topics=a&topics=b&topics=a&years=2024&x=1",
        ] {
            assert_eq!(kept(other), "q=Ynys%20M%C3%B4n&topics=a&topics=b&years=2024", "{other}");
        }
        assert_eq!(kept("has_chart=true&has_chart=perhaps"), "has_chart=true");
        assert_eq!((kept(""), kept("q=++&sort=title&page=2")), (String::new(), String::new()));
        let again = kept("q=%26%3D&formats=csv");
        assert_eq!(kept(&again), again);
    }
}
