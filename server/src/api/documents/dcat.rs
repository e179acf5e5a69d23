//! A version as a dataset of DCAT-AP 3, and the dataset that it is a version of.
//!
//! Source: <https://semiceu.github.io/DCAT-AP/releases/3.0.0/>. Everything has an address, so that documents can be merged.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::dataset::{BasedOn, Coverage, DatasetMetadata, Frequency, Interval, Period, RelatedLink};
use domain::file::File;
use domain::topic::Topic;
use domain::version::{Alert, AlertKind};
use domain::views::VersionPage;

use super::graph::Graph;
use crate::api::v1::{dataset_path, segment, version_path};

const AUTHORITY: &str = "http://publications.europa.eu/resource/authority";
const IANA: &str = "https://www.iana.org/assignments/media-types";

/// Says everything about the version of a page.
pub fn dataset(graph: &mut Graph, page: &VersionPage, base: &str) {
    let metadata = page.dataset.shown();
    let version = &page.version;
    let path = |number: u32| format!("{base}{}", version_path(&version.dataset_id, &version.edition, number));
    let it = path(version.version);
    let whole = format!("{base}{}", dataset_path(&page.dataset.id));
    described(graph, &it, &metadata);
    graph.says(&it, "dct:alternative", &page.edition.title, "en");
    graph.says(&it, "dct:alternative", page.edition.title_cy.as_deref().unwrap_or(""), "cy");
    graph.states(&it, "dct:identifier", &version.reference());
    graph.states(&it, "dcat:version", &version.version.to_string());
    graph.leads(&it, "dcat:isVersionOf", &whole);
    let earlier = page.versions.iter().map(|v| v.version).filter(|number| *number < version.version).max();
    if let Some(number) = earlier {
        graph.leads(&it, "dcat:previousVersion", &path(number));
    }
    instant(graph, &it, "dct:issued", version.metadata.release_date);
    instant(graph, &it, "dct:modified", Some(version.last_updated));
    document(graph, &it, "dcat:landingPage", &format!("{base}{}", version.page_path()));
    notes(graph, &it, page);
    about(graph, &it, page, &metadata, base);
    for (file, _) in &page.files {
        let distribution = format!("{base}/v1/files/{}", segment(&file.id));
        graph.leads(&it, "dcat:distribution", &distribution);
        self::distribution(graph, &distribution, file, &metadata, (base, &version.page_path()));
    }
    described(graph, &whole, &metadata);
    graph.states(&whole, "dct:identifier", &page.dataset.id);
    document(graph, &whole, "dcat:landingPage", &format!("{base}/catalogue/{}", segment(&page.dataset.id)));
    graph.leads(&whole, "dcat:hasVersion", &it);
}

/// Title and description, which DCAT-AP asks of every dataset, with keywords.
fn described(graph: &mut Graph, it: &str, metadata: &DatasetMetadata) {
    graph.is_a(it, "dcat:Dataset");
    graph.says(it, "dct:title", &metadata.title, "en");
    graph.says(it, "dct:title", metadata.title_cy.as_deref().unwrap_or(""), "cy");
    let description = Some(&metadata.description).filter(|text| !text.trim().is_empty()).unwrap_or(&metadata.title);
    graph.says(it, "dct:description", description, "en");
    graph.says(it, "dct:description", metadata.description_cy.as_deref().unwrap_or(""), "cy");
    for keyword in &metadata.keywords {
        graph.says(it, "dcat:keyword", keyword, "en");
    }
}

/// What changed since the version before, how to use the figures, and what was found wrong.
fn notes(graph: &mut Graph, it: &str, page: &VersionPage) {
    let metadata = &page.version.metadata;
    for change in &metadata.latest_changes {
        graph.says(it, "adms:versionNotes", &joined(&change.name, &change.description), "en");
    }
    for note in &metadata.usage_notes {
        graph.says(it, "skos:note", &joined(&note.title, &note.note), "en");
    }
    for Alert { kind, description, description_cy, .. } in &metadata.alerts {
        let (name, welsh_name) =
            if *kind == AlertKind::Correction { ("Correction", "Cywiriad") } else { ("Notice", "Hysbysiad") };
        graph.says(it, "skos:changeNote", &joined(name, description), "en");
        if let Some(welsh) = description_cy {
            graph.says(it, "skos:changeNote", &joined(welsh_name, welsh), "cy");
        }
    }
}

fn joined(name: &str, text: &str) -> String {
    let parts: Vec<&str> = [name, text].into_iter().filter(|part| !part.trim().is_empty()).collect();
    parts.join(": ")
}

fn about(graph: &mut Graph, it: &str, page: &VersionPage, metadata: &DatasetMetadata, base: &str) {
    publisher(graph, it, metadata, base);
    for (i, contact) in metadata.contacts.iter().enumerate() {
        let point = format!("{it}#contact-{}", i + 1);
        graph.leads(it, "dcat:contactPoint", &point);
        graph.is_a(&point, "vcard:Kind");
        graph.states(&point, "vcard:fn", &contact.name);
        graph.leads(&point, "vcard:hasEmail", &format!("mailto:{}", contact.email));
        let digits: String = contact.telephone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        if !digits.is_empty() {
            graph.leads(&point, "vcard:hasTelephone", &format!("tel:{digits}"));
        }
    }
    for topic in &page.topics {
        let concept = theme(graph, topic, base);
        graph.leads(it, "dcat:theme", &concept);
    }
    if let Some(frequency) = Frequency::of(&metadata.release_frequency) {
        graph.leads(it, "dct:accrualPeriodicity", &frequency.address());
    }
    let covered = page.version.metadata.temporal_coverage.as_ref().or(metadata.temporal_coverage.as_ref());
    let periods = &page.version.metadata.temporal;
    if let Some(text) = covered.filter(|_| periods.is_empty()) {
        covers(graph, it, text);
    }
    for (i, one) in periods.iter().enumerate() {
        period(graph, it, &format!("{it}#period-{}", i + 1), one);
    }
    if let Some(name) = &metadata.spatial_coverage {
        place(graph, it, name);
    }
    graph.leads(it, "dct:accessRights", &format!("{AUTHORITY}/access-right/PUBLIC"));
    graph.leads(it, "dct:language", &format!("{AUTHORITY}/language/ENG"));
    if metadata.title_cy.is_some() {
        graph.leads(it, "dct:language", &format!("{AUTHORITY}/language/CYM"));
    }
    related(graph, it, metadata, base);
    if let Some(based_on) = &metadata.is_based_on {
        origin(graph, it, based_on, base);
    }
}

/// Says who publishes; DCAT-AP wants an agent with a name.
pub fn publisher(graph: &mut Graph, it: &str, metadata: &DatasetMetadata, base: &str) {
    if metadata.publisher.trim().is_empty() {
        return;
    }
    let agent = format!("{it}#publisher");
    graph.leads(it, "dct:publisher", &agent);
    graph.is_a(&agent, "foaf:Agent");
    graph.states(&agent, "foaf:name", &metadata.publisher);
    if let Some(page) = &metadata.publisher_url {
        document(graph, &agent, "foaf:homepage", &absolute(page, base));
    }
    if let Some(kind) = &metadata.publisher_type {
        let concept = format!("{agent}-type");
        graph.leads(&agent, "dct:type", &concept);
        graph.is_a(&concept, "skos:Concept");
        graph.says(&concept, "skos:prefLabel", kind, "en");
    }
}

fn theme(graph: &mut Graph, topic: &Topic, base: &str) -> String {
    let concept = format!("{base}/v1/topics/{}", segment(&topic.id));
    graph.is_a(&concept, "skos:Concept");
    graph.says(&concept, "skos:prefLabel", &topic.title, "en");
    graph.says(&concept, "skos:prefLabel", topic.title_cy.as_deref().unwrap_or(""), "cy");
    concept
}

/// The time covered as it was written, by its days where they can be read.
fn covers(graph: &mut Graph, it: &str, text: &str) {
    let period = format!("{it}#period");
    match Coverage::of(text) {
        Coverage::Interval(interval) => days(graph, it, &period, interval),
        Coverage::Words | Coverage::Impossible => {
            graph.leads(it, "dct:temporal", &period);
            graph.is_a(&period, "dct:PeriodOfTime");
            graph.says(&period, "rdfs:label", text, "en");
        }
    }
}

/// A stretch of time, and how far apart the figures in it are.
fn period(graph: &mut Graph, it: &str, address: &str, period: &Period) {
    if let Some(interval) = period.interval() {
        days(graph, it, address, interval);
    }
    if let Some(duration) = Frequency::of(&period.frequency).and_then(Frequency::duration) {
        graph.values(it, "dcat:temporalResolution", &duration, "xsd:duration");
    }
}

fn days(graph: &mut Graph, it: &str, period: &str, interval: Interval) {
    let word = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    graph.leads(it, "dct:temporal", period);
    graph.is_a(period, "dct:PeriodOfTime");
    graph.values(period, "dcat:startDate", &word(interval.from), "xsd:date");
    graph.values(period, "dcat:endDate", &word(interval.until), "xsd:date");
}

fn place(graph: &mut Graph, it: &str, name: &str) {
    let is_address = name.starts_with("http://") || name.starts_with("https://");
    let place = if is_address { name.to_owned() } else { format!("{it}#place") };
    graph.leads(it, "dct:spatial", &place);
    graph.is_a(&place, "dct:Location");
    if !is_address {
        graph.says(&place, "skos:prefLabel", name, "en");
    }
}

fn related(graph: &mut Graph, it: &str, metadata: &DatasetMetadata, base: &str) {
    let methods = metadata.qmi.iter().chain(&metadata.methodologies);
    let links = methods
        .map(|link| ("foaf:page", link))
        .chain(metadata.publications.iter().map(|link| ("dct:isReferencedBy", link)))
        .chain(metadata.related_content.iter().map(|link| ("dct:relation", link)))
        .chain(metadata.related_datasets.iter().map(|link| ("dct:relation", link)));
    for (property, RelatedLink { title, href, description }) in links {
        let href = absolute(href, base);
        document(graph, it, property, &href);
        graph.says(&href, "dct:title", title, "en");
        graph.says(&href, "dct:description", description, "en");
    }
}

/// What the dataset is derived from: what has an address by that, anything else by its code.
fn origin(graph: &mut Graph, it: &str, based_on: &BasedOn, base: &str) {
    let source = if based_on.is_address() { absolute(&based_on.id, base) } else { format!("{it}#source") };
    graph.leads(it, "dct:source", &source);
    graph.leads(it, "prov:wasDerivedFrom", &source);
    graph.is_a(&source, "prov:Entity");
    graph.states(&source, "dct:identifier", &based_on.id);
}

/// An address of this site with what stands before it; any other as it is.
fn absolute(href: &str, base: &str) -> String {
    if href.starts_with('/') { format!("{base}{href}") } else { href.to_owned() }
}

fn document(graph: &mut Graph, it: &str, property: &str, href: &str) {
    graph.leads(it, property, href);
    graph.is_a(href, "foaf:Document");
}

fn distribution(graph: &mut Graph, it: &str, file: &File, metadata: &DatasetMetadata, (base, page): (&str, &str)) {
    graph.is_a(it, "dcat:Distribution");
    graph.says(it, "dct:title", &file.title, "en");
    graph.leads(it, "dcat:accessURL", &format!("{base}{page}"));
    graph.leads(it, "dcat:downloadURL", &format!("{base}{}", file.download_path()));
    graph.leads(it, "dcat:mediaType", &format!("{IANA}/{}", file.media_type));
    graph.leads(it, "dct:format", &format!("{AUTHORITY}/file-type/{}", file_type(&file.format)));
    graph.values(it, "dcat:byteSize", &file.size.to_string(), "xsd:nonNegativeInteger");
    instant(graph, it, "dct:issued", Some(file.created_at));
    let checksum = format!("{it}#checksum");
    graph.leads(it, "spdx:checksum", &checksum);
    graph.is_a(&checksum, "spdx:Checksum");
    graph.names(&checksum, "spdx:algorithm", "spdx:checksumAlgorithm_sha256");
    graph.values(&checksum, "spdx:checksumValue", &file.sha256, "xsd:hexBinary");
    let licence = file.licence_url.as_ref().filter(|url| !url.is_empty()).unwrap_or(&metadata.licence_url);
    let licence = absolute(licence, base);
    if !licence.is_empty() {
        graph.leads(it, "dct:license", &licence);
        graph.is_a(&licence, "dct:LicenseDocument");
        let name = file.licence.as_ref().filter(|name| !name.is_empty()).unwrap_or(&metadata.licence);
        graph.says(&licence, "rdfs:label", name, "en");
    }
}

/// The name of a format in the EU's vocabulary of file types.
fn file_type(format: &str) -> String {
    match format {
        "csvw" | "csvw-metadata" => "JSON_LD".to_owned(),
        "sdmx" => "XML".to_owned(),
        "txt" => "TXT".to_owned(),
        other => other.to_uppercase(),
    }
}

fn instant(graph: &mut Graph, it: &str, property: &str, at: Option<DateTime<Utc>>) {
    if let Some(at) = at {
        graph.values(it, property, &at.to_rfc3339_opts(SecondsFormat::AutoSi, true), "xsd:dateTime");
    }
}
