//! A search that is subscribed to, in words.

use domain::language::Language;
use domain::subscription::{Narrowing, TargetView};

use crate::components::written::Written;
use crate::i18n::t;
use crate::pages::site::search_facets::named;

/// What is searched for, and then each filter with what is chosen in it.
pub fn words(lang: Language, about: &TargetView) -> Vec<Written> {
    let mut words = Vec::new();
    if !about.title.is_empty() {
        words.push(Written::own(format!("“{}”", about.title)));
    }
    for chosen in about.narrowed.chunk_by(|one, other| one.filter == other.filter) {
        if !words.is_empty() {
            words.push(Written::own("; "));
        }
        for (at, one) in chosen.iter().enumerate() {
            let before =
                if at == 0 { format!("{}: ", t(lang, &format!("facet-{}", one.filter))) } else { ", ".to_owned() };
            words.push(Written::own(before));
            words.push(value(lang, one));
        }
    }
    words
}

fn value(lang: Language, one: &Narrowing) -> Written {
    named(lang, &one.filter, &one.value, Written::of(lang, &one.label, one.label_cy.as_deref()))
}

#[cfg(test)]
mod tests {
    use domain::catalogue::FILTERS;
    use domain::language::Language::{Cy, En};
    use domain::subscription::Target;

    use super::*;

    fn chosen(filter: &str, value: &str, label: &str, label_cy: Option<&str>) -> Narrowing {
        Narrowing {
            filter: filter.to_owned(),
            value: value.to_owned(),
            label: label.to_owned(),
            label_cy: label_cy.map(str::to_owned),
        }
    }

    fn said(lang: Language, words: &str, narrowed: &[Narrowing]) -> Vec<(String, Option<&'static str>)> {
        let about = TargetView {
            target: Target::Search(String::new()),
            title: words.to_owned(),
            title_cy: None,
            narrowed: narrowed.to_vec(),
        };
        super::words(lang, &about).into_iter().map(|one| (one.text, one.lang)).collect()
    }

    #[test]
    fn words_and_filters_are_said_in_the_language_of_the_page() {
        let narrowed = [
            chosen("topics", "prices", "Prices", Some("Prisiau")),
            chosen("topics", "trade", "Trade", None),
            chosen("frequency", "monthly", "Monthly", None),
            chosen("has_chart", "true", "true", None),
        ];
        let english: String = said(En, "gas", &narrowed).into_iter().map(|(text, _)| text).collect();
        assert_eq!(english, "“gas”; Topic: Prices, Trade; How often released: Monthly; Chart: With a chart");
        let welsh = said(Cy, "", &narrowed);
        assert_eq!(welsh.first().map(|(text, _)| text.as_str()), Some("Pwnc: "));
        let marked: Vec<&str> =
            welsh.iter().filter(|(_, lang)| lang.is_some()).map(|(text, _)| text.as_str()).collect();
        assert_eq!(marked, ["Trade"]);
    }

    #[test]
    fn every_filter_has_a_name() {
        for filter in FILTERS {
            let key = format!("facet-{filter}");
            assert!(t(En, &key) != key && t(Cy, &key) != key, "{filter}");
        }
    }
}
