//! Reading the lines of an import, and what each says of a dataset.

use std::collections::BTreeMap;

use domain::dataset::{Contact, DatasetMetadata, QualityDesignation};

/// The most bytes of an import; more belongs to the API.
pub const MAX_BYTES: usize = 100_000;
/// The most lines.
pub const MAX_LINES: usize = 500;

/// The columns that an import may have; `id` is needed, and for new datasets `department` and `title`.
pub const COLUMNS: &[&str] = &[
    "id",
    "department",
    "title",
    "title_cy",
    "description",
    "description_cy",
    "keywords",
    "topics",
    "release_frequency",
    "next_release",
    "unit_of_measure",
    "survey",
    "quality_designation",
    "temporal_coverage",
    "spatial_coverage",
    "contact_name",
    "contact_email",
    "contact_telephone",
    "edition",
    "release_date",
    "file",
];

/// One line with its cells by column.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub number: u64,
    pub cells: BTreeMap<String, String>,
}

impl Line {
    pub(super) fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// The metadata with what the line says; columns that the file does not have stay as they are.
    pub(super) fn applied(&self, present: DatasetMetadata) -> Result<DatasetMetadata, String> {
        let mut metadata = present;
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let list = |text: &str| {
            text.split(';').map(str::trim).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
        };
        for (column, text) in &self.cells {
            match column.as_str() {
                "title" => metadata.title = text.clone(),
                "title_cy" => metadata.title_cy = some(text),
                "description" => metadata.description = text.clone(),
                "description_cy" => metadata.description_cy = some(text),
                "keywords" => metadata.keywords = list(text),
                "topics" => metadata.topics = list(text),
                "release_frequency" => metadata.release_frequency = text.clone(),
                "next_release" => metadata.next_release = some(text),
                "unit_of_measure" => metadata.unit_of_measure = some(text),
                "survey" => metadata.survey = some(text),
                "temporal_coverage" => metadata.temporal_coverage = some(text),
                "spatial_coverage" => metadata.spatial_coverage = some(text),
                "quality_designation" if text.is_empty() => {}
                "quality_designation" => {
                    let unknown = || format!("There is no quality designation {text}.");
                    metadata.quality_designation = QualityDesignation::parse(text).ok_or_else(unknown)?;
                }
                _ => {}
            }
        }
        self.apply_contact(&mut metadata);
        Ok(metadata)
    }

    /// The first contact, where the file has columns for it.
    fn apply_contact(&self, metadata: &mut DatasetMetadata) {
        let has = |column| self.cells.contains_key(column);
        if !has("contact_name") && !has("contact_email") && !has("contact_telephone") {
            return;
        }
        let mut contact = metadata.contacts.first().cloned().unwrap_or_else(|| Contact {
            name: String::new(),
            email: String::new(),
            telephone: String::new(),
        });
        for (column, place) in [
            ("contact_name", &mut contact.name),
            ("contact_email", &mut contact.email),
            ("contact_telephone", &mut contact.telephone),
        ] {
            if let Some(text) = self.cells.get(column) {
                place.clone_from(text);
            }
        }
        let empty = contact.name.is_empty() && contact.email.is_empty() && contact.telephone.is_empty();
        match metadata.contacts.first_mut() {
            _ if empty => {}
            Some(first) => *first = contact,
            None => metadata.contacts.push(contact),
        }
    }
}

/// Reads the file; what makes it unreadable is told in a sentence.
pub(super) fn read(csv: &str) -> Result<Vec<Line>, String> {
    if csv.len() > MAX_BYTES {
        return Err(format!("Send at most {MAX_BYTES} bytes at once; larger imports belong to the API."));
    }
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let headings: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_ascii_lowercase).collect();
    if let Some(unknown) = headings.iter().find(|heading| !COLUMNS.contains(&heading.as_str())) {
        return Err(format!("There is no column {unknown}. The columns are: {}.", COLUMNS.join(", ")));
    }
    if !headings.iter().any(|heading| heading == "id") {
        return Err("The column id is needed.".to_owned());
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| format!("The file cannot be read: {error}."))?;
        if lines.len() == MAX_LINES {
            return Err(format!("Send at most {MAX_LINES} lines at once."));
        }
        let number = record.position().map_or(0, csv::Position::line);
        let cells = headings.iter().cloned().zip(record.iter().map(ToOwned::to_owned)).collect();
        lines.push(Line { number, cells });
    }
    if lines.is_empty() { Err("There is no line below the headings.".to_owned()) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_with_their_numbers_and_cells() {
        let lines = read("\u{feff}id, Title ,topics\ncpi,\"Prices, monthly\",prices; inflation\n").unwrap();
        assert_eq!((lines.len(), lines[0].number), (1, 2));
        let metadata = lines[0].applied(DatasetMetadata::default()).unwrap();
        assert_eq!((metadata.title.as_str(), metadata.topics.len()), ("Prices, monthly", 2));
        assert_eq!(metadata.licence, DatasetMetadata::default().licence, "what the file does not say stays");
    }

    #[test]
    fn a_file_that_cannot_be_read_says_why() {
        for (text, why) in [
            ("id,colour\na,b\n", "There is no column colour."),
            ("title\nPrices\n", "The column id is needed."),
            ("id\n", "There is no line"),
            ("id,title\ncpi\n", "cannot be read"),
        ] {
            assert!(read(text).unwrap_err().contains(why), "{text}");
        }
        let wrong = read("id,quality_designation\ncpi,splendid\n").unwrap();
        assert!(wrong[0].applied(DatasetMetadata::default()).is_err());
    }
}
