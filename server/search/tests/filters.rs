//! Filters, counts, orders and pages.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::{catalogue, filled, ids, words};
use domain::catalogue::{SearchPage, SearchQuery, Sort};
use domain::language::Language;
use search::SearchIndex;

fn counts<'a>(page: &'a SearchPage, facet: &str) -> Vec<(&'a str, u64)> {
    page.facets[facet].iter().map(|count| (count.value.as_str(), count.count)).collect()
}

#[test]
fn nothing_asked_shows_everything_newest_first() {
    let page = filled().search(&words("")).unwrap();
    assert_eq!(page.total_count, 12);
    let dates: Vec<_> = page.items.iter().map(|hit| hit.release_date).collect();
    assert!(dates.is_sorted_by(|a, b| a >= b));
    assert_eq!(ids(&page)[0], "census-travel-to-work");
    assert_eq!(counts(&page, "years"), [("2024", 6), ("2023", 6)]);
    assert_eq!(counts(&page, "formats"), [("csv", 12), ("xlsx", 4)]);
    assert_eq!(counts(&page, "frequency"), [("annual", 8), ("monthly", 4)]);
    assert_eq!(page.facets["formats"][0].label, "CSV");
    assert_eq!(page.facets["departments"][0].label, "People and places");
    assert!(counts(&page, "topics").contains(&("economy", 4)), "a parent topic counts what is under it");
}

#[test]
fn values_of_one_filter_widen_and_filters_narrow() {
    let index = filled();
    let base = SearchQuery { topics: vec!["environment".into()], ..words("") };
    assert_eq!(index.search(&base).unwrap().total_count, 3);
    let wider = SearchQuery { topics: vec!["environment".into(), "gdp".into()], ..base.clone() };
    assert_eq!(index.search(&wider).unwrap().total_count, 4);
    let narrower = SearchQuery { years: vec![2024], ..base.clone() };
    assert_eq!(index.search(&narrower).unwrap().total_count, 2);
    let worded = SearchQuery { q: "rain".into(), ..narrower };
    assert_eq!(ids(&index.search(&worded).unwrap()), ["monthly-rainfall"]);
    let none = SearchQuery { departments: vec!["prices".into()], ..base };
    let page = index.search(&none).unwrap();
    assert_eq!((page.total_count, page.items.len()), (0, 0));
}

#[test]
fn each_filter_counts_under_the_selection_of_the_others() {
    let query = SearchQuery { topics: vec!["environment".into()], formats: vec!["XLSX".into()], ..words("") };
    let page = filled().search(&query).unwrap();
    assert_eq!(ids(&page), ["monthly-rainfall"]);
    // Formats: as if only the topic were chosen.
    assert_eq!(counts(&page, "formats"), [("csv", 3), ("xlsx", 1)]);
    // Topics: as if only the format were chosen.
    let topics = counts(&page, "topics");
    assert!(topics.contains(&("environment", 1)) && topics.contains(&("economy", 2)), "{topics:?}");
    // The rest: under both.
    assert_eq!(counts(&page, "years"), [("2024", 1)]);
}

#[test]
fn counts_agree_with_what_choosing_the_value_finds() {
    let index = filled();
    let query = SearchQuery { years: vec![2023], frequency: vec!["annual".into()], ..words("prices region") };
    let page = index.search(&query).unwrap();
    for count in &page.facets["topics"] {
        let chosen = SearchQuery { topics: vec![count.value.clone()], ..query.clone() };
        assert_eq!(index.search(&chosen).unwrap().total_count, count.count, "{}", count.value);
    }
}

#[test]
fn a_chosen_value_without_datasets_is_still_listed() {
    let page = filled().search(&SearchQuery { years: vec![1999], ..words("") }).unwrap();
    assert_eq!(counts(&page, "years"), [("2024", 6), ("2023", 6), ("1999", 0)]);
}

#[test]
fn pages_neither_overlap_nor_leave_gaps() {
    let index = filled();
    let mut same_day = catalogue();
    for dataset in &mut same_day {
        dataset.release_date = common::day(2024, 5, 5);
    }
    // In several commits, so that several segments are merged into one order.
    for (at, batch) in (8..).zip(same_day.chunks(5)) {
        index.apply(at, batch, &[]).unwrap();
    }
    for (sort, q) in [(Sort::Newest, ""), (Sort::Title, ""), (Sort::Relevance, "time")] {
        let mut seen = Vec::new();
        for offset in (0..15).step_by(5) {
            let page = index.search(&SearchQuery { sort, limit: 5, offset, ..words(q) }).unwrap();
            assert_eq!((page.total_count, page.limit, page.offset), (12, 5, offset));
            seen.extend(page.items.into_iter().map(|hit| hit.dataset_id));
        }
        let different: BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), different.len()), (12, 12), "{sort:?}");
        if sort == Sort::Newest {
            assert!(seen.is_sorted(), "same day: by id");
        }
    }
}

#[test]
fn pages_are_parts_of_the_whole_in_its_order() {
    let index = SearchIndex::in_memory().unwrap();
    let mut all = catalogue();
    for (at, dataset) in (0..).zip(&mut all) {
        dataset.release_date = common::day(2001 + (at * 5) % 12, 1, 1);
    }
    // Of several segments, each holds late and early ones.
    for (at, batch) in (8..).zip(all.chunks(6)) {
        index.apply(at, batch, &[]).unwrap();
    }
    for (sort, q) in [(Sort::Newest, ""), (Sort::Title, ""), (Sort::Relevance, "prices"), (Sort::Newest, "inflation")] {
        let page = |limit, offset| index.search(&SearchQuery { sort, limit, offset, ..words(q) }).unwrap();
        let whole = page(100, 0);
        let dates: Vec<_> = whole.items.iter().map(|hit| hit.release_date).collect();
        assert!(sort != Sort::Newest || dates.is_sorted_by(|a, b| a > b), "{dates:?}");
        let pages = (0..).step_by(2).map(|offset| page(2, offset)).take_while(|page| !page.items.is_empty());
        let parts: Vec<_> = pages.flat_map(|page| page.items).collect();
        assert!(parts.len() > 2, "{q}");
        assert_eq!(parts, whole.items, "{sort:?} {q}");
    }
}

#[test]
fn titles_sort_in_the_language_of_the_reader() {
    let index = filled();
    let titles = |language| -> Vec<String> {
        let query = SearchQuery { sort: Sort::Title, language, ..words("") };
        index.search(&query).unwrap().items.into_iter().map(|hit| hit.title).collect()
    };
    for language in Language::ALL {
        let titles = titles(language);
        assert!(titles.is_sorted_by_key(|title| title.to_lowercase().replace(':', "")), "{titles:#?}");
    }
    assert!(titles(Language::Cy).contains(&"Cyfrifiad 2021: sgiliau Cymraeg".to_owned()));
}

#[test]
fn odd_limits_and_offsets_are_fine() {
    let index = filled();
    for (limit, offset, shown) in [(0, 0, 0), (u32::MAX, 0, 12), (5, 11, 1), (5, u32::MAX, 0)] {
        let page = index.search(&SearchQuery { limit, offset, ..words("") }).unwrap();
        assert_eq!((page.items.len(), page.total_count), (shown, 12), "{limit} {offset}");
    }
}
