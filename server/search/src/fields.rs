//! The schema of the index and how a dataset is laid into it.

use std::collections::BTreeSet;

use chrono::Datelike;
use domain::catalogue::{FILTERS, SearchDocument};
use domain::folding::SortKeys;
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

use crate::SearchError;
use crate::words::{ENGLISH, PLAIN, words};

/// The field that holds the whole document. Its name changes whenever documents or words are laid out in another way, or hold
/// other words, which makes older indexes differ and so be built anew.
const SOURCE: &str = "source_6";
/// Between the parts of a label.
pub const PART: char = '\u{1f}';

/// How many filters there are.
pub const FILTER_COUNT: usize = FILTERS.len();
/// Names of the fast fields.
pub const ID: &str = "id";
pub const RELEASED: &str = "released";
pub const SORT_EN: &str = "sort_en";
pub const SORT_CY: &str = "sort_cy";
pub const LABELS: &str = "labels";

/// Handles to the fields of the schema.
#[derive(Clone, Copy)]
pub struct Fields {
    pub id: Field,
    pub source: Field,
    pub title: Field,
    pub title_plain: Field,
    pub title_cy: Field,
    pub keywords: Field,
    pub keywords_plain: Field,
    pub topics: Field,
    pub topics_cy: Field,
    pub description: Field,
    pub description_cy: Field,
    pub columns: Field,
    pub publisher: Field,
    pub geography: Field,
    pub other: Field,
    /// Codes and labels inside the data.
    pub values: Field,
    /// All text but the data's unstemmed: the vocabulary for beginnings, phrases and spelling.
    pub words: Field,
    facets: [Field; FILTER_COUNT],
    released: Field,
    sort_en: Field,
    sort_cy: Field,
    labels: Field,
}

/// Builds the schema.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_text_field(ID, STRING | FAST),
        source: builder.add_text_field(SOURCE, STORED),
        title: text(&mut builder, "title", ENGLISH),
        title_plain: text(&mut builder, "title_plain", PLAIN),
        title_cy: text(&mut builder, "title_cy", PLAIN),
        keywords: text(&mut builder, "keywords", ENGLISH),
        keywords_plain: text(&mut builder, "keywords_plain", PLAIN),
        topics: text(&mut builder, "topics", ENGLISH),
        topics_cy: text(&mut builder, "topics_cy", PLAIN),
        description: text(&mut builder, "description", ENGLISH),
        description_cy: text(&mut builder, "description_cy", PLAIN),
        columns: text(&mut builder, "columns", ENGLISH),
        publisher: text(&mut builder, "publisher", ENGLISH),
        geography: text(&mut builder, "geography", ENGLISH),
        other: text(&mut builder, "other", ENGLISH),
        values: text(&mut builder, "values", PLAIN),
        words: text(&mut builder, "words", PLAIN),
        facets: FILTERS.map(|name| builder.add_text_field(&facet_field(name), STRING | FAST)),
        released: builder.add_i64_field(RELEASED, FAST),
        sort_en: builder.add_text_field(SORT_EN, FAST),
        sort_cy: builder.add_text_field(SORT_CY, FAST),
        labels: builder.add_text_field(LABELS, FAST),
    };
    (builder.build(), fields)
}

/// The name of the fast field of a filter.
pub fn facet_field(filter: &str) -> String {
    format!("facet_{filter}")
}

fn text(builder: &mut SchemaBuilder, name: &str, analyser: &str) -> Field {
    let indexing =
        TextFieldIndexing::default().set_tokenizer(analyser).set_index_option(IndexRecordOption::WithFreqsAndPositions);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

impl Fields {
    /// The field that holds the ids of topics, those above included.
    pub const fn topic_ids(&self) -> Field {
        self.facets[0]
    }

    /// Lays a dataset into the index.
    pub fn document(&self, dataset: &SearchDocument) -> Result<TantivyDocument, SearchError> {
        let mut doc = TantivyDocument::default();
        doc.add_text(self.id, &dataset.dataset_id);
        doc.add_text(self.source, serde_json::to_string(dataset)?);
        doc.add_i64(self.released, dataset.release_date.timestamp_millis());
        let title_cy = dataset.title_cy.as_deref().filter(|title| !title.trim().is_empty());
        let sorted_by = SortKeys::of(&dataset.title, title_cy);
        doc.add_text(self.sort_en, sorted_by.english);
        doc.add_text(self.sort_cy, sorted_by.welsh);

        let spread = |doc: &mut TantivyDocument, value: &str, fields: &[Field]| {
            for field in fields {
                doc.add_text(*field, value);
            }
        };
        spread(&mut doc, &dataset.title, &[self.title, self.title_plain, self.words]);
        spread(&mut doc, &dataset.description, &[self.description, self.words]);
        if let Some(title) = title_cy {
            spread(&mut doc, title, &[self.title_cy, self.words]);
        }
        if let Some(description) = &dataset.description_cy {
            spread(&mut doc, description, &[self.description_cy, self.words]);
        }
        for keyword in &dataset.keywords {
            spread(&mut doc, keyword, &[self.keywords, self.keywords_plain, self.words]);
        }
        for topic in &dataset.topics {
            spread(&mut doc, &topic.title, &[self.topics, self.words]);
            spread(&mut doc, topic.title_cy.as_deref().unwrap_or_default(), &[self.topics_cy, self.words]);
        }
        for value in [&dataset.publisher, &dataset.department.title] {
            spread(&mut doc, value, &[self.publisher, self.words]);
        }
        if let Some(value) = &dataset.geography {
            spread(&mut doc, value, &[self.geography, self.words]);
        }
        for column in &dataset.columns {
            spread(&mut doc, column, &[self.columns, self.words]);
        }
        for value in [&dataset.dataset_id].into_iter().chain(&dataset.editions).chain(&dataset.unit) {
            spread(&mut doc, value, &[self.other, self.words]);
        }
        for value in &dataset.values {
            doc.add_text(self.values, value);
        }
        for (field, values) in self.facets.into_iter().zip(facet_values(dataset)) {
            for value in values {
                doc.add_text(field, value);
            }
        }
        for label in labels_of(dataset) {
            doc.add_text(self.labels, label);
        }
        Ok(doc)
    }
}

/// What a filter's value is called in an address, made from a text that people wrote.
pub fn slug(text: &str) -> String {
    let parts: Vec<_> = words(text).into_iter().map(|word| word.text).collect();
    parts.join("-")
}

/// The values of each filter, in the order of [`FILTERS`].
fn facet_values(dataset: &SearchDocument) -> [BTreeSet<String>; FILTER_COUNT] {
    let topics = dataset.topics.iter().map(|topic| &topic.id).chain(&dataset.topic_ancestors);
    let slugs = |text: Option<&str>| text.map(slug).filter(|slug| !slug.is_empty()).into_iter().collect();
    [
        topics.cloned().collect(),
        dataset.formats.iter().map(|format| format.to_lowercase()).collect(),
        BTreeSet::from([dataset.release_date.year().to_string()]),
        slugs(dataset.frequency.as_deref()),
        dataset.designation.iter().cloned().collect(),
        slugs(dataset.geography.as_deref()),
        slugs(Some(&dataset.publisher)),
        BTreeSet::from([dataset.department.id.clone()]),
        BTreeSet::from([dataset.has_chart.to_string()]),
    ]
}

/// What the values of the filters are called: filter, value, English, Welsh.
fn labels_of(dataset: &SearchDocument) -> Vec<String> {
    let label = |filter: &str, value: &str, en: &str, cy: &str| {
        [filter, value, en, cy].map(|part| part.replace(PART, " ")).join(&PART.to_string())
    };
    let mut labels: Vec<String> = Vec::new();
    for topic in &dataset.topics {
        labels.push(label("topics", &topic.id, &topic.title, topic.title_cy.as_deref().unwrap_or_default()));
    }
    labels.push(label("departments", &dataset.department.id, &dataset.department.title, ""));
    let written = [
        ("frequency", dataset.frequency.as_deref()),
        ("geography", dataset.geography.as_deref()),
        ("publishers", Some(dataset.publisher.as_str())),
    ];
    labels
        .extend(written.into_iter().filter_map(|(filter, text)| text.map(|text| label(filter, &slug(text), text, ""))));
    labels
}
