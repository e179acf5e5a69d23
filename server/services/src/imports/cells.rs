//! What stands in one cell of an import: words, links, contacts and periods.

use domain::dataset::{Contact, Period, RelatedLink};

/// Text, where there is any.
pub(super) fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// Words with semicolons between them.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

/// The one link of a cell.
pub(super) fn link(text: &str) -> Option<RelatedLink> {
    let [title, href, description] = parts(text);
    (!text.is_empty()).then_some(RelatedLink { title, href, description })
}

/// The links of a cell.
pub(super) fn links(text: &str) -> Vec<RelatedLink> {
    items(text, has_bar).iter().filter_map(|item| link(item)).collect()
}

/// The contacts of a cell.
pub(super) fn contacts(text: &str) -> Vec<Contact> {
    let contact = |item: &str| {
        let [name, email, telephone] = parts(item);
        Contact { name, email, telephone }
    };
    items(text, has_bar).iter().map(|item| contact(item)).collect()
}

/// The periods of a cell, such as `1997-01/2025-10 Monthly`; one date alone is its first and its last.
pub(super) fn periods(text: &str) -> Vec<Period> {
    let period = |item: &str| {
        let (start, end, frequency) = period_parts(item);
        Period {
            frequency: frequency.to_owned(),
            start_date: start.to_owned(),
            end_date: if end == ".." { String::new() } else { end.to_owned() },
        }
    };
    items(text, |_| true).iter().map(|item| period(item)).collect()
}

/// The first date of a period, its last, and its frequency; blanks around the slash between the dates mean nothing.
fn period_parts(item: &str) -> (&str, &str, &str) {
    let first_ends = item.find(|sign: char| sign == '/' || sign.is_whitespace()).unwrap_or(item.len());
    let (start, rest) = item.split_at(first_ends);
    let rest = rest.trim_start();
    let Some(behind) = rest.strip_prefix('/') else { return (start, start, rest) };
    let next = behind.trim_start();
    // In `2011/ Annual` no date follows the slash, as figures are still added.
    let is_date = next.len() == behind.len() || next.starts_with(|sign: char| sign == '.' || sign.is_ascii_digit());
    if !is_date {
        return (start, "", next);
    }
    let (end, frequency) = next.split_once(char::is_whitespace).unwrap_or((next, ""));
    (start, end, frequency.trim_start())
}

/// What a cell lists: one a line where it has lines, otherwise with semicolons between them. A semicolon before or behind which
/// no item can stand belongs to the text of one.
fn items(text: &str, can_be_one: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if text.contains('\n') {
        found.extend(text.split('\n').map(ToOwned::to_owned));
    } else {
        for piece in text.split(';') {
            match found.last_mut() {
                Some(last) if !can_be_one(piece) || !can_be_one(last.as_str()) => {
                    last.push(';');
                    last.push_str(piece);
                }
                _ => found.push(piece.to_owned()),
            }
        }
    }
    let is_mark = |sign: char| sign == ';' || sign.is_whitespace();
    found.iter().map(|item| item.trim_matches(is_mark).to_owned()).filter(|item| !item.is_empty()).collect()
}

/// Whether a text has more than one part.
fn has_bar(text: &str) -> bool {
    text.contains('|')
}

/// Three parts with bars between them; what is left out is empty, and the last may hold bars.
fn parts(item: &str) -> [String; 3] {
    let mut found = item.splitn(3, '|').map(|part| part.trim().to_owned());
    std::array::from_fn(|_| found.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(link: &RelatedLink) -> String {
        format!("{}>{}>{}", link.title, link.href, link.description)
    }

    #[test]
    fn links_and_contacts_are_listed_by_semicolons_or_lines() {
        let read = |text: &str| links(text).iter().map(told).collect::<Vec<_>>();
        assert_eq!(read("A | /a | One. ; B|/b;"), ["A>/a>One.", "B>/b>"]);
        assert_eq!(read("A | /a | One; two | three.\r\nB | /b"), ["A>/a>One; two | three.", "B>/b>"]);
        assert_eq!(read(""), Vec::<String>::new());
        // A semicolon within a text, where no two links can stand around it.
        assert_eq!(read("A | /a | One; two"), ["A>/a>One; two"]);
        assert_eq!(read("A | /a | One; two; B | /b | Three;four ; "), ["A>/a>One; two", "B>/b>Three;four"]);
        assert_eq!(read("; A; or B | /a; C | /c"), ["A; or B>/a>", "C>/c>"]);
        assert_eq!(link("A; B | /a").as_ref().map(told).as_deref(), Some("A; B>/a>"));
        assert_eq!(link(""), None);
        let found = contacts("Desk | desk@example.org; Press | press@example.org | 029 2018 0134");
        assert_eq!((found.len(), found[0].telephone.as_str(), found[1].telephone.as_str()), (2, "", "029 2018 0134"));
    }

    #[test]
    fn periods_have_dates_and_a_frequency() {
        let read = |text: &str| {
            let told = |period: Period| format!("{}>{}>{}", period.start_date, period.end_date, period.frequency);
            periods(text).into_iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(
            read("1997-01/2025-10 Monthly; 2011/ Every year; 2011/.."),
            ["1997-01>2025-10>Monthly", "2011>>Every year", "2011>>"]
        );
        assert_eq!(read("2021-03-21"), ["2021-03-21>2021-03-21>"]);
        assert_eq!(read("2021 Daily / weekly"), ["2021>2021>Daily / weekly"]);
        // Blanks around the slash.
        for text in ["2019/ 2025 Annual", "2019 /2025 Annual", "2019 / 2025  Annual"] {
            assert_eq!(read(text), ["2019>2025>Annual"], "{text}");
        }
        assert_eq!(read("2019 / Annual; 2019 / .. Annual"), ["2019>>Annual"; 2]);
    }
}
