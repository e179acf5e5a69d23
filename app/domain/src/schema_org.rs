//! A version as schema.org tells it, for search engines of datasets, and other pages of the site.

mod pages;

pub use pages::{breadcrumbs, catalogue, event};

use serde_json::{Map, Value, json};

use crate::dataset::{Coverage, DatasetMetadata, Interval};
use crate::file::File;
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
    put("temporalCoverage", json!(covered(version.metadata.temporal_coverage.as_ref(), &metadata)));
    put("spatialCoverage", metadata.spatial_coverage.as_ref().map_or(Value::Null, |name| place(name)));
    put("variableMeasured", json!(measured(page)));
    put("about", page.topics.iter().map(|t| spoken(&t.title, t.title_cy.as_deref())).collect());
    put("publisher", organisation(&metadata));
    put("creator", organisation(&metadata));
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

fn covered(own: Option<&String>, metadata: &DatasetMetadata) -> Option<String> {
    let text = own.or(metadata.temporal_coverage.as_ref())?;
    Some(match Coverage::of(text) {
        Coverage::Interval(Interval { from, until }) => {
            let word = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "..".to_owned(), |day| day.to_string());
            format!("{}/{}", word(from), word(until))
        }
        _ => text.clone(),
    })
}

fn place(name: &str) -> Value {
    if name.starts_with("http") { json!({"@id": name}) } else { json!({"@type": "Place", "name": name}) }
}

/// What the figures measure: the columns that hold them.
fn measured(page: &VersionPage) -> Vec<Value> {
    let profile = page.files.iter().find_map(|(file, _)| file.profile.as_ref());
    let columns = profile.map(|profile| profile.columns.as_slice()).unwrap_or_default();
    let measures = columns.iter().filter(|column| column.role == crate::table::ColumnRole::Measure);
    measures.take(50).map(|column| json!({"@type": "PropertyValue", "name": column.label})).collect()
}

fn organisation(metadata: &DatasetMetadata) -> Value {
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
    json!({"@type": "Organization", "name": metadata.publisher, "contactPoint": contacts})
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
