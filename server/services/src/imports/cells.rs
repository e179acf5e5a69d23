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
    items(text).filter_map(link).collect()
}

/// The contacts of a cell.
pub(super) fn contacts(text: &str) -> Vec<Contact> {
    let contact = |item: &str| {
        let [name, email, telephone] = parts(item);
        Contact { name, email, telephone }
    };
    items(text).map(contact).collect()
}

/// The periods of a cell, such as `1997-01/2025-10 Monthly`; one date alone is its first and its last.
pub(super) fn periods(text: &str) -> Vec<Period> {
    let period = |item: &str| {
        let (dates, frequency) = item.split_once(char::is_whitespace).unwrap_or((item, ""));
        let (start, end) = dates.split_once('/').unwrap_or((dates, dates));
        Period {
            frequency: frequency.trim().to_owned(),
            start_date: start.to_owned(),
            end_date: if end == ".." { String::new() } else { end.to_owned() },
        }
    };
    items(text).map(period).collect()
}

/// What a cell lists: one a line where it has lines, otherwise with semicolons between them, which may then stand in no text.
fn items(text: &str) -> impl Iterator<Item = &str> {
    let mark = if text.contains('\n') { '\n' } else { ';' };
    text.split(mark).map(str::trim).filter(|item| !item.is_empty())
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
    }
}
