//! A small catalogue to search in.

use chrono::{DateTime, TimeZone, Utc};
use domain::catalogue::{DepartmentRef, FormatSize, SearchDocument, SearchPage, SearchQuery, TopicRef};
use search::SearchIndex;

/// A day of release at half past nine.
pub fn day(year: i32, month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, 9, 30, 0).unwrap()
}

fn topic(id: &str) -> (TopicRef, Vec<String>) {
    let (title, title_cy, parent) = match id {
        "inflation" => ("Inflation and price indices", Some("Chwyddiant a mynegeion prisiau"), "economy"),
        "gdp" => ("Gross domestic product", None, "economy"),
        "climate" => ("Climate", Some("Hinsawdd"), "environment"),
        "emissions" => ("Greenhouse gas emissions", None, "environment"),
        "language" => ("Language", Some("Iaith"), "people"),
        "housing" => ("Housing", Some("Tai"), "people"),
        _ => ("Employment and labour market", None, "people"),
    };
    let topic = TopicRef { id: id.into(), title: title.into(), title_cy: title_cy.map(Into::into) };
    (topic, vec![parent.into(), id.into()])
}

/// A dataset with the rest filled in.
pub fn dataset(id: &str, title: &str, description: &str, keywords: &[&str], topic_id: &str) -> SearchDocument {
    let (topic, topic_ancestors) = topic(topic_id);
    let department = match topic_ancestors[0].as_str() {
        "economy" => ("prices", "Prices and accounts"),
        "environment" => ("environment", "Environment"),
        _ => ("people", "People and places"),
    };
    SearchDocument {
        dataset_id: id.into(),
        title: title.into(),
        title_cy: None,
        description: description.into(),
        description_cy: None,
        keywords: keywords.iter().map(|&word| word.into()).collect(),
        topics: vec![topic],
        topic_ancestors,
        department: DepartmentRef { id: department.0.into(), title: department.1.into() },
        publisher: "Office for National Statistics".into(),
        formats: vec!["csv".into()],
        frequency: Some("annual".into()),
        designation: Some("official".into()),
        release_date: day(2021, 3, 1),
        editions: vec!["Time series".into()],
        unit: None,
        geography: Some("United Kingdom".into()),
        columns: vec!["Time".into(), "Geography".into()],
        has_chart: true,
        sizes: vec![FormatSize { format: "csv".into(), bytes: 1_200 }],
        edition: "Time series".into(),
        edition_cy: Some("Cyfres amser".into()),
        corrected_at: None,
        values: vec!["K02000001".into()],
    }
}

/// Twelve datasets over three departments.
pub fn catalogue() -> Vec<SearchDocument> {
    let mut all = vec![
        dataset(
            "consumer-prices-index-coicop",
            "Consumer Prices Index by COICOP group",
            "Index numbers that follow what households pay each month, for all items and for every group of goods.",
            &["CPI", "inflation", "COICOP", "cost of living"],
            "inflation",
        ),
        dataset(
            "cpih-selected-months",
            "Consumer Prices Index including housing costs (CPIH), selected months",
            "A measure of inflation that also counts the housing costs of owner occupiers.",
            &["CPIH", "inflation", "housing costs"],
            "inflation",
        ),
        dataset(
            "brent-crude-oil-price",
            "Brent crude oil spot price",
            "What a barrel of oil costs in US dollars, with monthly and weekly averages. Energy prices feed inflation.",
            &["oil", "energy prices"],
            "inflation",
        ),
        dataset(
            "gross-domestic-product-volume",
            "Gross domestic product: chained volume measure",
            "How fast the economy of the United Kingdom grows in real terms.",
            &["GDP", "economic growth"],
            "gdp",
        ),
        dataset(
            "atmospheric-carbon-dioxide",
            "Carbon dioxide in the atmosphere",
            "Monthly readings of the gas taken on a mountain far out in the ocean.",
            &["Mauna Loa", "climate change"],
            "climate",
        ),
        dataset(
            "greenhouse-gas-emissions",
            "Greenhouse gas emissions within UK borders",
            "Methane, nitrous oxide, carbon dioxide and fluorinated gases by source.",
            &["net zero"],
            "emissions",
        ),
        dataset(
            "monthly-rainfall",
            "Monthly rainfall since 1862",
            "Millimetres of water that fell on each part of the United Kingdom.",
            &["weather", "HadUK-Grid"],
            "climate",
        ),
        dataset(
            "unemployment-rate",
            "Unemployment rate by sex, age, disability and region",
            "The share of people without work who look for it, from the Labour Force Survey.",
            &["Labour Force Survey"],
            "work",
        ),
        dataset(
            "women-in-managerial-positions",
            "Women in managerial positions",
            "The part of managerial jobs that women hold, by age and region.",
            &["gender equality"],
            "work",
        ),
        dataset(
            "census-welsh-language-skills",
            "Census 2021: Welsh language skills",
            "Who can understand, speak, read or write Welsh, down to Ynys Môn and Gwynedd.",
            &["Census 2021", "Cymraeg"],
            "language",
        ),
        dataset(
            "census-travel-to-work",
            "Census 2021: method of travel to work",
            "By car, by train or on foot: journeys in the week before the census.",
            &["Census 2021", "commuting"],
            "work",
        ),
        dataset(
            "median-house-prices-small-areas",
            "Median house prices by lower layer super output area",
            "What half of all homes sold for less than, for neighbourhoods.",
            &["LSOA", "house prices"],
            "housing",
        ),
    ];
    for (at, dataset) in all.iter_mut().enumerate() {
        let month = u32::try_from(at).unwrap() + 1;
        dataset.release_date = day(if at % 2 == 0 { 2024 } else { 2023 }, month, 10);
        if at % 3 == 0 {
            dataset.formats.push("XLSX".into());
            dataset.frequency = Some("monthly".into());
        }
    }
    let welsh = &mut all[9];
    welsh.title_cy = Some("Cyfrifiad 2021: sgiliau Cymraeg".into());
    welsh.description_cy = Some("Pwy sy'n gallu deall, siarad, darllen neu ysgrifennu'r iaith ar Ynys Môn.".into());
    all
}

/// An index of [`catalogue`] at revision 7.
pub fn filled() -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    index.apply(7, &catalogue(), &[]).unwrap();
    index
}

/// A query for words alone.
pub fn words(q: &str) -> SearchQuery {
    SearchQuery { q: q.into(), ..SearchQuery::default() }
}

/// The ids of a page in order.
pub fn ids(page: &SearchPage) -> Vec<&str> {
    page.items.iter().map(|hit| hit.dataset_id.as_str()).collect()
}
