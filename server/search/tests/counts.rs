//! Counts, totals and orders against a naive model, over several segments with things taken out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{catalogue, dataset, day, filled, words};
use domain::catalogue::{DepartmentRef, FILTERS, SearchDocument, SearchQuery, Sort, TopicRef};
use proptest::prelude::*;
use search::{Guidance, SearchIndex};

const TOPICS: [(&str, &[&str]); 4] = [
    ("economy", &["economy"]),
    ("prices", &["economy", "prices"]),
    ("people", &["people"]),
    ("births", &["people", "births"]),
];

fn document(number: usize, traits: [usize; 9]) -> SearchDocument {
    let [topic, format, year, frequency, designation, place, publisher, department, chart] = traits;
    let (id, above) = TOPICS[topic];
    let mut made = dataset(&format!("d-{number}"), &format!("Title {}", number % 7), "Plain", &[], "work");
    made.topics = vec![TopicRef { id: id.into(), title: id.into(), title_cy: None }];
    made.topic_ancestors = above.iter().map(|&id| id.into()).collect();
    made.formats = [vec![], vec!["csv".into()], vec!["csv".into(), "XLSX".into()]][format % 3].clone();
    made.release_date = day(2020 + i32::try_from(year).unwrap(), 1, 1);
    made.frequency = [None, Some("Daily, weekly".into()), Some("Annual".into())][frequency % 3].clone();
    made.designation = [None, Some("official".into())][designation % 2].clone();
    made.geography = [None, Some("Wales".into()), Some("England and Wales".into())][place % 3].clone();
    made.publisher = ["Met Office", "Department for Food, Rivers and Air"][publisher % 2].into();
    let department_id = format!("dep-{department}");
    made.department = DepartmentRef { title: department_id.clone(), id: department_id };
    made.has_chart = chart.is_multiple_of(2);
    if number.is_multiple_of(3) {
        made.keywords = vec!["kestrel".into()];
    }
    made
}

fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

fn values(dataset: &SearchDocument, filter: &str) -> BTreeSet<String> {
    match filter {
        "topics" => dataset.topic_ancestors.iter().cloned().collect(),
        "formats" => dataset.formats.iter().map(|format| format.to_lowercase()).collect(),
        "years" => BTreeSet::from([dataset.release_date.format("%Y").to_string()]),
        "frequency" => dataset.frequency.iter().map(|text| slug(text)).collect(),
        "designation" => dataset.designation.iter().cloned().collect(),
        "geography" => dataset.geography.iter().map(|text| slug(text)).collect(),
        "publishers" => BTreeSet::from([slug(&dataset.publisher)]),
        "has_chart" => BTreeSet::from([dataset.has_chart.to_string()]),
        _ => BTreeSet::from([dataset.department.id.clone()]),
    }
}

fn passes(dataset: &SearchDocument, query: &SearchQuery, but: Option<&str>) -> bool {
    FILTERS.iter().filter(|filter| Some(**filter) != but).all(|filter| {
        let chosen = query.chosen(filter);
        chosen.is_empty() || values(dataset, filter).iter().any(|value| chosen.contains(value))
    })
}

fn worded(dataset: &SearchDocument, query: &SearchQuery) -> bool {
    query.q.is_empty() || !dataset.keywords.is_empty()
}

fn check(index: &SearchIndex, all: &BTreeMap<String, SearchDocument>, query: &SearchQuery) {
    let page = index.search(query).unwrap();
    let mut expected: Vec<_> = all.values().filter(|d| worded(d, query) && passes(d, query, None)).collect();
    assert_eq!(page.total_count, expected.len() as u64, "{query:?}");
    assert_eq!(page.unfiltered_count, all.values().filter(|d| worded(d, query)).count() as u64);
    for filter in FILTERS {
        let mut counts: BTreeMap<String, u64> = query.chosen(filter).into_iter().map(|value| (value, 0)).collect();
        for dataset in all.values().filter(|d| worded(d, query) && passes(d, query, Some(filter))) {
            values(dataset, filter).into_iter().for_each(|value| *counts.entry(value).or_insert(0) += 1);
        }
        let told: BTreeMap<String, u64> = page.facets[filter].iter().map(|c| (c.value.clone(), c.count)).collect();
        assert_eq!(told, counts, "{filter} of {query:?}");
    }
    let ids: Vec<String> = all.keys().cloned().chain(["never-was".to_owned()]).collect();
    let among = index.found_among(query, Guidance::built_in(), &ids).unwrap();
    let passing: Vec<&String> =
        all.iter().filter(|(_, d)| worded(d, query) && passes(d, query, None)).map(|(id, _)| id).collect();
    assert_eq!(among.iter().collect::<Vec<_>>(), passing, "{query:?}");
    if query.sort != Sort::Relevance {
        expected.sort_by_key(|d| (query.sort == Sort::Title).then(|| d.title.to_lowercase()));
        if query.sort == Sort::Newest {
            expected.sort_by_key(|d| (std::cmp::Reverse(d.release_date), d.dataset_id.clone()));
        }
        let skipped = expected.iter().skip(query.offset as usize).take(query.limit as usize);
        let wanted: Vec<&str> = skipped.map(|d| d.dataset_id.as_str()).collect();
        assert_eq!(common::ids(&page), wanted, "{query:?}");
    }
}

#[test]
fn they_are_true_of_a_small_catalogue() {
    let all = catalogue().into_iter().map(|dataset| (dataset.dataset_id.clone(), dataset)).collect();
    for sort in Sort::ALL {
        check(&filled(), &all, &SearchQuery { sort, years: vec![2023], formats: vec!["csv".into()], ..words("") });
    }
}

fn traits() -> impl Strategy<Value = [usize; 9]> {
    prop::array::uniform9(0..4_usize)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn they_are_always_true(
        batches in prop::collection::vec(prop::collection::vec((0..40_usize, traits()), 1..15), 1..4),
        gone in prop::collection::vec(0..40_usize, 0..8),
        asked in prop::collection::vec((traits(), prop::array::uniform9(0..3_u8), 0..3_usize, any::<bool>(), 0..9_u32), 12),
    ) {
        let index = SearchIndex::in_memory().unwrap();
        let mut all = BTreeMap::new();
        for (revision, batch) in (1..).zip(&batches) {
            let documents: Vec<_> = batch.iter().map(|(number, traits)| document(*number, *traits)).collect();
            index.apply(revision, &documents, &[]).unwrap();
            all.extend(documents.into_iter().map(|dataset| (dataset.dataset_id.clone(), dataset)));
        }
        let gone: Vec<String> = gone.iter().map(|number| format!("d-{number}")).collect();
        index.apply(9, &[], &gone).unwrap();
        gone.iter().for_each(|id| drop(all.remove(id)));
        for (traits, chosen, sort, has_words, offset) in asked {
            let like = document(0, traits);
            let pick = |at: usize| -> Vec<String> {
                // A filter is used about one time in three.
                if chosen[at] == 0 { values(&like, FILTERS[at]).into_iter().collect() } else { Vec::new() }
            };
            let query = SearchQuery {
                q: if has_words { "kestrel".into() } else { String::new() },
                topics: pick(0),
                formats: pick(1),
                years: pick(2).iter().map(|year| year.parse().unwrap()).collect(),
                frequency: pick(3),
                designation: pick(4),
                geography: pick(5),
                publishers: pick(6),
                departments: pick(7),
                has_chart: pick(8).iter().map(|chart| chart == "true").collect(),
                sort: Sort::ALL[sort],
                limit: 5,
                offset,
                ..SearchQuery::default()
            };
            check(&index, &all, &query);
        }
    }
}
