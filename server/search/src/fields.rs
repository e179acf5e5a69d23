//! The schema of the index and how a dataset is laid into it.

use std::collections::BTreeSet;

use chrono::Datelike;
use domain::catalogue::SearchDocument;
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};

use crate::SearchError;
use crate::words::{ENGLISH, PLAIN, sort_key};

/// The field that holds the whole document. Its name changes whenever documents or words are laid out in another way,
/// which makes older indexes differ and so be built anew.
const SOURCE: &str = "source_1";
/// Between the parts of a label.
pub const PART: char = '\u{1f}';

/// The filters, in the order of [`Fields::facets`].
pub const FACETS: [&str; 6] = ["topics", "formats", "years", "frequency", "designation", "departments"];
/// Names of the fast fields.
pub const ID: &str = "id";
pub const RELEASED: &str = "released";
pub const SORT_EN: &str = "sort_en";
pub const SORT_CY: &str = "sort_cy";
pub const TOPIC_LABEL: &str = "topic_label";
pub const DEPARTMENT_LABEL: &str = "department_label";

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
    pub other: Field,
    /// All text unstemmed: the vocabulary for beginnings, phrases and spelling.
    pub words: Field,
    pub facets: [Field; 6],
    released: Field,
    sort_en: Field,
    sort_cy: Field,
    topic_label: Field,
    department_label: Field,
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
        other: text(&mut builder, "other", ENGLISH),
        words: text(&mut builder, "words", PLAIN),
        facets: FACETS.map(|name| builder.add_text_field(&format!("facet_{name}"), STRING | FAST)),
        released: builder.add_i64_field(RELEASED, FAST),
        sort_en: builder.add_text_field(SORT_EN, FAST),
        sort_cy: builder.add_text_field(SORT_CY, FAST),
        topic_label: builder.add_text_field(TOPIC_LABEL, FAST),
        department_label: builder.add_text_field(DEPARTMENT_LABEL, FAST),
    };
    (builder.build(), fields)
}

fn text(builder: &mut SchemaBuilder, name: &str, analyser: &str) -> Field {
    let indexing =
        TextFieldIndexing::default().set_tokenizer(analyser).set_index_option(IndexRecordOption::WithFreqsAndPositions);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

impl Fields {
    /// Lays a dataset into the index.
    pub fn document(&self, dataset: &SearchDocument) -> Result<TantivyDocument, SearchError> {
        let mut doc = TantivyDocument::default();
        doc.add_text(self.id, &dataset.dataset_id);
        doc.add_text(self.source, serde_json::to_string(dataset)?);
        doc.add_i64(self.released, dataset.release_date.timestamp_millis());
        let title_cy = dataset.title_cy.as_deref().filter(|title| !title.trim().is_empty());
        doc.add_text(self.sort_en, sort_key(&dataset.title));
        doc.add_text(self.sort_cy, sort_key(title_cy.unwrap_or(&dataset.title)));

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
            let title_cy = topic.title_cy.as_deref().unwrap_or_default();
            spread(&mut doc, title_cy, &[self.topics_cy, self.words]);
            doc.add_text(self.topic_label, format!("{}{PART}{}{PART}{title_cy}", topic.id, topic.title));
        }
        let about = [&dataset.dataset_id, &dataset.publisher, &dataset.department.title];
        for value in about.into_iter().chain(&dataset.editions).chain(&dataset.dimensions) {
            spread(&mut doc, value, &[self.other, self.words]);
        }
        let department = &dataset.department;
        doc.add_text(self.department_label, format!("{}{PART}{}", department.id, department.title));
        for (field, values) in self.facets.into_iter().zip(facet_values(dataset)) {
            for value in values {
                doc.add_text(field, value);
            }
        }
        Ok(doc)
    }
}

/// The values of each filter, in the order of [`FACETS`].
fn facet_values(dataset: &SearchDocument) -> [BTreeSet<String>; 6] {
    let topics = dataset.topics.iter().map(|topic| &topic.id).chain(&dataset.topic_ancestors);
    [
        topics.cloned().collect(),
        dataset.formats.iter().map(|format| format.to_lowercase()).collect(),
        BTreeSet::from([dataset.release_date.year().to_string()]),
        dataset.frequency.iter().cloned().collect(),
        dataset.designation.iter().cloned().collect(),
        BTreeSet::from([dataset.department.id.clone()]),
    ]
}
