//! The published demonstration content as the index is given it, read from its files.

use std::fs;
use std::io::{Error, Result};
use std::path::Path;

use chrono::{DateTime, Utc};
use domain::catalogue::{DepartmentRef, SearchDocument, TopicRef, findable};
use domain::table::MAX_KEPT_OPTIONS;
use serde_json::Value;

/// Every dataset of the seeds that has something published.
pub fn documents(seeds: &Path) -> Result<Vec<SearchDocument>> {
    let (topics, departments) = (json(&seeds.join("topics.json"))?, json(&seeds.join("departments.json"))?);
    let mut folders: Vec<_> = fs::read_dir(seeds.join("datasets"))?.collect::<Result<_>>()?;
    folders.sort_by_key(fs::DirEntry::path);
    let mut documents = Vec::new();
    for folder in folders {
        let dataset = json(&folder.path().join("dataset.json"))?;
        documents.extend(document(&folder.path(), &dataset, list(&topics), list(&departments))?);
    }
    Ok(documents)
}

fn json(path: &Path) -> Result<Value> {
    serde_json::from_slice(&fs::read(path)?).map_err(Error::other)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn maybe(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

fn texts(value: &Value, name: &str) -> Vec<String> {
    list(&value[name]).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn document(folder: &Path, dataset: &Value, topics: &[Value], departments: &[Value]) -> Result<Option<SearchDocument>> {
    let editions = list(&dataset["editions"]);
    let published =
        editions.iter().flat_map(|edition| list(&edition["versions"])).filter(|v| v["state"] == "published");
    let Some(latest) = published.max_by_key(|version| text(version, "release_date")) else {
        return Ok(None);
    };
    let chosen: Vec<&Value> =
        texts(dataset, "topics").iter().filter_map(|id| topics.iter().find(|topic| topic["id"] == **id)).collect();
    let above = chosen.iter().flat_map(|topic| [maybe(topic, "id"), maybe(topic, "parent")]).flatten();
    let department = departments.iter().find(|d| d["id"] == dataset["department"]);
    let (columns, values) = tables(folder, latest)?;
    Ok(Some(SearchDocument {
        dataset_id: text(dataset, "id"),
        title: text(dataset, "title"),
        title_cy: maybe(dataset, "title_cy"),
        description: text(dataset, "description"),
        description_cy: maybe(dataset, "description_cy"),
        keywords: texts(dataset, "keywords"),
        topic_ancestors: above.collect(),
        topics: chosen
            .iter()
            .map(|t| TopicRef { id: text(t, "id"), title: text(t, "title"), title_cy: maybe(t, "title_cy") })
            .collect(),
        department: DepartmentRef {
            id: text(dataset, "department"),
            title: department.map(|d| text(d, "title")).unwrap_or_default(),
        },
        publisher: text(dataset, "publisher"),
        formats: vec!["csv".to_owned()],
        frequency: maybe(dataset, "release_frequency"),
        designation: maybe(dataset, "quality_designation"),
        release_date: text(latest, "release_date").parse::<DateTime<Utc>>().map_err(Error::other)?,
        editions: editions.iter().map(|edition| text(edition, "title")).collect(),
        unit: maybe(dataset, "unit_of_measure"),
        geography: maybe(dataset, "spatial_coverage"),
        columns,
        has_chart: false,
        sizes: Vec::new(),
        edition: editions.first().map(|edition| text(edition, "title")).unwrap_or_default(),
        edition_cy: None,
        corrected_at: None,
        values,
    }))
}

/// The headings, and the codes and labels, of a version's tables, as the program takes them.
fn tables(folder: &Path, version: &Value) -> Result<(Vec<String>, Vec<String>)> {
    let (mut columns, mut dimensions) = (Vec::new(), Vec::new());
    for file in list(&version["files"]) {
        let bytes = fs::read(folder.join(text(file, "path")))?;
        let profile = tables::inspect(&bytes, &text(file, "filename"))
            .map_err(|problems| Error::other(format!("{}: {problems:?}", text(file, "path"))))?;
        columns.extend(profile.columns.iter().map(|column| column.label.clone()));
        dimensions.extend(tables::options(&bytes, &profile, MAX_KEPT_OPTIONS));
    }
    columns.dedup();
    Ok((columns, findable(&dimensions)))
}
