//! A version as schema.org tells it, for search engines of datasets, and other pages of the site.

mod pages;

pub use pages::{breadcrumbs, catalogue, event};

use serde_json::{Map, Value, json};

use crate::dataset::{BasedOn, Coverage, DatasetMetadata, Interval, Period};
use crate::file::File;
use crate::table::{Column, ColumnRole};
use crate::version::ColumnNote;
use crate::views::VersionPage;

/// A document of schema.org.
pub type Document = Value;

/// The dataset of a page as JSON-LD of the type `Dataset`; `base` stands before the addresses of this site.
#[must_use]
pub fn document(page: &VersionPage, base: &str) -> Value {
    let metadata = page.dataset.shown();
    let (id, version) = (&page.dataset.id, &page.version);
    let address = format!("{base}{}", version.page_path());
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if !empty {
            out.insert(name.to_owned(), value);
        }
    };
    put("@context", json!("https://schema.org"));
    put("@type", json!("Dataset"));
    put("@id", json!(address));
    put("url", json!(address));
    put("identifier", json!(version.reference()));
    put("name", spoken(&metadata.title, metadata.title_cy.as_deref()));
    put("description", spoken(&metadata.description, metadata.description_cy.as_deref()));
    put("isPartOf", json!({"@type": "Dataset", "@id": format!("{base}/catalogue/{id}"), "name": metadata.title}));
    put("version", json!(version.version.to_string()));
    put("datePublished", json!(version.metadata.release_date));
    put("dateModified", json!(version.last_updated));
    put("keywords", json!(metadata.keywords));
    put("license", json!(metadata.licence_url));
    put("creditText", json!(metadata.attribution));
    put("isAccessibleForFree", json!(true));
    put("temporalCoverage", covered(page, &metadata));
    put("spatialCoverage", metadata.spatial_coverage.as_ref().map_or(Value::Null, |name| place(name)));
    put("variableMeasured", json!(measured(page)));
    put("about", page.topics.iter().map(|t| spoken(&t.title, t.title_cy.as_deref())).collect());
    put("isBasedOn", metadata.is_based_on.as_ref().map_or(Value::Null, |source| origin(source, base)));
    put("publisher", organisation(&metadata, base));
    put("creator", organisation(&metadata, base));
    put(
        "includedInDataCatalog",
        json!({"@type": "DataCatalog", "@id": format!("{base}/catalogue"), "url": format!("{base}/catalogue")}),
    );
    put("distribution", page.files.iter().map(|(file, _)| download(file, &metadata, base)).collect());
    put("correction", page.version.metadata.alerts.iter().map(|alert| json!(alert.description)).collect());
    Value::Object(out)
}

/// A text with its Welsh, each naming its language, or the English alone.
fn spoken(english: &str, welsh: Option<&str>) -> Value {
    match welsh.filter(|text| !text.trim().is_empty()) {
        Some(welsh) => {
            json!([{"@language": "en", "@value": english}, {"@language": "cy", "@value": welsh}])
        }
        None => json!(english),
    }
}

/// The periods of the version; where it has none, the time covered as the version or the dataset says it.
fn covered(page: &VersionPage, metadata: &DatasetMetadata) -> Value {
    let own = &page.version.metadata;
    let mut periods: Vec<String> = own.temporal.iter().filter_map(Period::interval).map(interval).collect();
    match (periods.pop(), own.temporal_coverage.as_ref().or(metadata.temporal_coverage.as_ref())) {
        (Some(only), _) if periods.is_empty() => json!(only),
        (Some(last), _) => {
            periods.push(last);
            json!(periods)
        }
        (None, Some(text)) => match Coverage::of(text) {
            Coverage::Interval(days) => json!(interval(days)),
            _ => json!(text),
        },
        (None, None) => Value::Null,
    }
}

/// An interval of days as ISO 8601 writes it.
fn interval(Interval { from, until }: Interval) -> String {
    let word = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "..".to_owned(), |day| day.to_string());
    format!("{}/{}", word(from), word(until))
}

/// What the dataset is derived from: an address, or a thing that has a code alone.
fn origin(source: &BasedOn, base: &str) -> Value {
    if source.is_address() {
        return json!(absolute(&source.id, base));
    }
    json!({"@type": "CreativeWork", "identifier": source.id, "additionalType": source.kind})
}

fn absolute(href: &str, base: &str) -> String {
    if href.starts_with('/') { format!("{base}{href}") } else { href.to_owned() }
}

fn place(name: &str) -> Value {
    if name.starts_with("http") { json!({"@id": name}) } else { json!({"@type": "Place", "name": name}) }
}

/// What the figures measure: the columns that hold them, as editors call and describe them.
fn measured(page: &VersionPage) -> Vec<Value> {
    let profile = page.files.iter().find_map(|(file, _)| file.profile.as_ref());
    let columns = profile.map(|profile| profile.columns.as_slice()).unwrap_or_default();
    let measures = columns.iter().filter(|column| column.role == ColumnRole::Measure);
    let notes = &page.version.metadata.column_notes;
    let told = |column: &Column| {
        let note = ColumnNote::about(notes, &column.name);
        let label = note.map(|note| note.label.as_str()).filter(|label| !label.is_empty()).unwrap_or(&column.label);
        let mut measure = json!({"@type": "PropertyValue", "name": label});
        if let Some(note) = note.filter(|note| !note.description.is_empty()) {
            measure["description"] = json!(note.description);
        }
        measure
    };
    measures.take(50).map(told).collect()
}

fn organisation(metadata: &DatasetMetadata, base: &str) -> Value {
    if metadata.publisher.is_empty() {
        return Value::Null;
    }
    let contacts: Vec<Value> = metadata
        .contacts
        .iter()
        .map(|contact| {
            let mut point = json!({"@type": "ContactPoint", "name": contact.name, "email": contact.email});
            if !contact.telephone.is_empty() {
                point["telephone"] = json!(contact.telephone);
            }
            point
        })
        .collect();
    let mut organisation = json!({"@type": "Organization", "name": metadata.publisher, "contactPoint": contacts});
    if let Some(page) = &metadata.publisher_url {
        organisation["url"] = json!(absolute(page, base));
    }
    if let Some(kind) = &metadata.publisher_type {
        organisation["additionalType"] = json!(kind);
    }
    organisation
}

fn download(file: &File, metadata: &DatasetMetadata, base: &str) -> Value {
    json!({
        "@type": "DataDownload",
        "name": file.title,
        "encodingFormat": file.media_type,
        "contentUrl": format!("{base}{}", file.download_path()),
        "contentSize": format!("{} B", file.size),
        "sha256": file.sha256,
        "license": file.licence_url.as_ref().unwrap_or(&metadata.licence_url),
    })
}
