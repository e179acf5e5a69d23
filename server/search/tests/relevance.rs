//! Whether people find what they mean.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{dataset, filled, ids, words};
use domain::catalogue::SearchQuery;
use domain::language::Language;

/// Words typed, and the dataset that has to come first.
const FIRST: &[(&str, &str)] = &[
    ("rainfall", "monthly-rainfall"),
    ("women managers", "women-in-managerial-positions"),
    ("house price", "median-house-prices-small-areas"),
    ("prices of houses", "median-house-prices-small-areas"),
    ("oil", "brent-crude-oil-price"),
    ("the price of oil", "brent-crude-oil-price"),
    ("cpi", "consumer-prices-index-coicop"),
    ("consumer prices inflation", "consumer-prices-index-coicop"),
    ("cpih", "cpih-selected-months"),
    ("gdp", "gross-domestic-product-volume"),
    ("gross domestic product", "gross-domestic-product-volume"),
    ("jobless", "unemployment-rate"),
    ("CO₂", "atmospheric-carbon-dioxide"),
    ("carbon dioxide", "atmospheric-carbon-dioxide"),
    ("commuting", "census-travel-to-work"),
    ("welsh census", "census-welsh-language-skills"),
    ("unemployment by region", "unemployment-rate"),
    ("unempl", "unemployment-rate"),
    ("gross domestic prod", "gross-domestic-product-volume"),
    ("lower super output area", "median-house-prices-small-areas"),
    ("glawiad", "monthly-rainfall"),
];

#[test]
fn the_meant_dataset_comes_first() {
    let index = filled();
    let missed: Vec<_> = FIRST
        .iter()
        .filter_map(|(q, wanted)| {
            let page = index.search(&words(q)).unwrap();
            let found: Vec<String> = ids(&page).into_iter().map(str::to_owned).collect();
            (found.first().map(String::as_str) != Some(wanted)).then(|| format!("{q}: {found:?}"))
        })
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn titles_outrank_keywords_and_keywords_descriptions() {
    let index = filled();
    let extra = [
        dataset("in-description", "Another table", "It mentions seagulls once.", &[], "work"),
        dataset("in-keywords", "Some table", "Nothing here.", &["seagulls"], "work"),
        dataset("in-title", "Seagulls", "Nothing here either.", &[], "work"),
    ];
    index.apply(8, &extra, &[]).unwrap();
    let page = index.search(&words("seagull")).unwrap();
    assert_eq!(ids(&page), ["in-title", "in-keywords", "in-description"]);
}

#[test]
fn datasets_with_all_words_come_before_those_with_some() {
    let page = filled().search(&words("carbon emissions")).unwrap();
    assert_eq!(ids(&page), ["greenhouse-gas-emissions", "atmospheric-carbon-dioxide"]);
}

#[test]
fn an_exact_id_comes_first() {
    let index = filled();
    for dataset in common::catalogue() {
        let page = index.search(&words(&format!(" {} ", dataset.dataset_id.to_uppercase()))).unwrap();
        assert_eq!(ids(&page)[0], dataset.dataset_id);
    }
}

#[test]
fn a_misspelt_word_finds_and_suggests() {
    let index = filled();
    let page = index.search(&words("Inflaton  rate")).unwrap();
    assert_eq!(page.suggestion.as_deref(), Some("inflation  rate"));
    assert!(ids(&page).contains(&"consumer-prices-index-coicop"), "{:?}", ids(&page));
    let page = index.search(&words("rianfall")).unwrap();
    assert_eq!((ids(&page), page.suggestion.as_deref()), (vec!["monthly-rainfall"], Some("rainfall")));
    assert_eq!(index.search(&words("inflation")).unwrap().suggestion, None);
    let short = index.search(&words("oyl")).unwrap();
    assert_eq!((short.total_count, short.suggestion), (0, None), "short words are taken as they are");
}

#[test]
fn unknown_words_do_not_hide_the_known_ones() {
    let page = filled().search(&words("rainfall qqqqqqqq zzzzzzzz")).unwrap();
    assert_eq!(ids(&page), ["monthly-rainfall"]);
    assert_eq!(filled().search(&words("qqqqqqqq")).unwrap().total_count, 0);
}

#[test]
fn accents_do_not_matter() {
    let index = filled();
    for q in ["Ynys Môn", "ynys mon", "YNYS MÔN", "Ynys Mo\u{302}n"] {
        let page = index.search(&words(q)).unwrap();
        assert_eq!(ids(&page)[0], "census-welsh-language-skills", "{q}");
        let quoted = index.search(&words(&format!("\"{q}\""))).unwrap();
        assert_eq!(ids(&quoted), ["census-welsh-language-skills"], "{q}");
    }
}

#[test]
fn a_quoted_phrase_has_to_stand_as_written() {
    let index = filled();
    let page = index.search(&words("\"carbon dioxide\"")).unwrap();
    assert_eq!(ids(&page), ["atmospheric-carbon-dioxide", "greenhouse-gas-emissions"]);
    assert_eq!(index.search(&words("\"dioxide carbon\"")).unwrap().total_count, 0);
    let page = index.search(&words("methane \"carbon dioxide\"")).unwrap();
    assert_eq!(ids(&page), ["greenhouse-gas-emissions"]);
}

#[test]
fn welsh_readers_search_and_read_welsh() {
    let index = filled();
    let page = index.search(&SearchQuery { language: Language::Cy, ..words("sgiliau") }).unwrap();
    assert_eq!(ids(&page), ["census-welsh-language-skills"]);
    assert_eq!(page.items[0].title, "Cyfrifiad 2021: sgiliau Cymraeg");
    let page = index.search(&SearchQuery { language: Language::Cy, ..words("darllen") }).unwrap();
    let segments = &page.items[0].highlights[0].segments;
    let marked: Vec<_> = segments.iter().filter(|piece| piece.is_match).map(|piece| piece.text.as_str()).collect();
    assert_eq!(marked, ["darllen"]);
    assert!(page.items[0].summary.starts_with("Pwy sy'n gallu"));
    assert_eq!(page.facets["topics"].iter().find(|count| count.value == "language").unwrap().label, "Iaith");
    let page = index.search(&SearchQuery { language: Language::Cy, ..words("rainfall") }).unwrap();
    assert_eq!(page.items[0].title, "Monthly rainfall since 1862", "English stands in where Welsh is missing");
}

#[test]
fn highlights_mark_stemmed_and_unfinished_words() {
    let page = filled().search(&words("household mon")).unwrap();
    let hit = page.items.iter().find(|hit| hit.dataset_id == "consumer-prices-index-coicop").unwrap();
    let segments = &hit.highlights[0].segments;
    let marked: Vec<_> = segments.iter().filter(|piece| piece.is_match).map(|piece| piece.text.as_str()).collect();
    assert_eq!(marked, ["households", "month"]);
}

#[test]
fn suggestions_follow_the_typing() {
    let index = filled();
    let suggested = |prefix: &str, limit, language| -> Vec<String> {
        index.suggest(prefix, limit, language).unwrap().into_iter().map(|s| s.dataset_id).collect()
    };
    assert_eq!(suggested("mon", 5, Language::En), ["monthly-rainfall", "cpih-selected-months"]);
    assert_eq!(suggested("prices ind", 1, Language::En).len(), 1);
    assert_eq!(suggested("gdp", 5, Language::En), ["gross-domestic-product-volume"]);
    assert_eq!(suggested("  \"*", 5, Language::En), Vec::<String>::new());
    assert_eq!(suggested("mon", 0, Language::En), Vec::<String>::new());
    let welsh = index.suggest("cyfrif", 5, Language::Cy).unwrap();
    assert_eq!(welsh[0].title, "Cyfrifiad 2021: sgiliau Cymraeg");
}
