//! What a line says of a dataset.

use domain::dataset::{BasedOn, Contact, DatasetMetadata, QualityDesignation};

use super::cells::{contacts, link, links, some, words};
use super::lines::Line;
use super::told;

impl Line {
    /// The metadata with what the line says, and everything that is wrong with it; columns that the file does not have stay
    /// as they are.
    pub(super) fn applied(&self, present: DatasetMetadata) -> (DatasetMetadata, Vec<String>) {
        let mut metadata = present;
        let mut wrong = Vec::new();
        for (column, text) in &self.cells {
            match column.as_str() {
                "quality_designation" => wrong.extend(apply_designation(&mut metadata, text)),
                column => apply(&mut metadata, column, text),
            }
        }
        self.apply_origin(&mut metadata);
        self.apply_contact(&mut metadata);
        wrong.extend(self.apply_other_contacts(&mut metadata));
        wrong.extend(metadata.problems().iter().map(told::problem));
        (metadata, wrong)
    }

    /// What the dataset is derived from, where the file has columns for it.
    fn apply_origin(&self, metadata: &mut DatasetMetadata) {
        let mut based_on = metadata.is_based_on.take().unwrap_or_default();
        for (column, place) in [("is_based_on_type", &mut based_on.kind), ("is_based_on_id", &mut based_on.id)] {
            if let Some(text) = self.cells.get(column) {
                place.clone_from(text);
            }
        }
        metadata.is_based_on = Some(based_on).filter(|based_on| *based_on != BasedOn::default());
    }

    /// The first contact, where the file has columns for it. A dataset without one cannot be published, so cells that are all
    /// empty leave it as it is.
    fn apply_contact(&self, metadata: &mut DatasetMetadata) {
        let is_empty = |column: &str| self.cells.get(column).is_some_and(String::is_empty);
        if is_empty("contact_name") && is_empty("contact_email") && self.cell("contact_telephone").is_empty() {
            return;
        }
        let mut contact = metadata.contacts.first().cloned().unwrap_or_default();
        for (column, place) in [
            ("contact_name", &mut contact.name),
            ("contact_email", &mut contact.email),
            ("contact_telephone", &mut contact.telephone),
        ] {
            if let Some(text) = self.cells.get(column) {
                place.clone_from(text);
            }
        }
        match metadata.contacts.first_mut() {
            _ if contact == Contact::default() => {}
            Some(first) => *first = contact,
            None => metadata.contacts.push(contact),
        }
    }

    /// The contacts after the first, where the file has a column for them; why they cannot be.
    fn apply_other_contacts(&self, metadata: &mut DatasetMetadata) -> Option<String> {
        let others = contacts(self.cells.get("other_contacts")?);
        if metadata.contacts.is_empty() && !others.is_empty() {
            return Some(
                "other_contacts: Give the first contact in the columns contact_name and contact_email.".to_owned(),
            );
        }
        metadata.contacts.truncate(1);
        metadata.contacts.extend(others);
        None
    }
}

/// Puts what a cell says into its place.
fn apply(metadata: &mut DatasetMetadata, column: &str, text: &str) {
    match column {
        "title" => text.clone_into(&mut metadata.title),
        "title_cy" => metadata.title_cy = some(text),
        "description" => text.clone_into(&mut metadata.description),
        "description_cy" => metadata.description_cy = some(text),
        "keywords" => metadata.keywords = words(text),
        "topics" => metadata.topics = words(text),
        // A dataset without a licence cannot be published, so nobody empties this by a table.
        "licence" if !text.is_empty() => text.clone_into(&mut metadata.licence),
        "licence_url" if !text.is_empty() => text.clone_into(&mut metadata.licence_url),
        "attribution" => metadata.attribution = some(text),
        "release_frequency" => text.clone_into(&mut metadata.release_frequency),
        "next_release" => metadata.next_release = some(text),
        "publisher" => text.clone_into(&mut metadata.publisher),
        "publisher_url" => metadata.publisher_url = some(text),
        "publisher_type" => metadata.publisher_type = some(text),
        "unit_of_measure" => metadata.unit_of_measure = some(text),
        "survey" => metadata.survey = some(text),
        "temporal_coverage" => metadata.temporal_coverage = some(text),
        "spatial_coverage" => metadata.spatial_coverage = some(text),
        "qmi" => metadata.qmi = link(text),
        "methodologies" => metadata.methodologies = links(text),
        "publications" => metadata.publications = links(text),
        "related_content" => metadata.related_content = links(text),
        "related_datasets" => metadata.related_datasets = links(text),
        _ => {}
    }
}

/// The designation, which an empty cell leaves as it is; why a word is none.
fn apply_designation(metadata: &mut DatasetMetadata, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let Some(designation) = QualityDesignation::parse(text) else {
        let known: Vec<&str> = QualityDesignation::ALL.iter().map(|known| known.as_str()).collect();
        return Some(format!(
            "quality_designation: There is no quality designation {text}. Give one of {}.",
            known.join(", ")
        ));
    };
    metadata.quality_designation = designation;
    None
}

#[cfg(test)]
mod tests {
    use domain::import_columns::COLUMNS;
    use domain::version::VersionMetadata;

    use super::*;

    fn line(cells: &[(&str, &str)]) -> Line {
        let cells = cells.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Line { number: 2, cells, odd: None }
    }

    /// Metadata of which the example changes every part.
    fn present() -> DatasetMetadata {
        let contact = Contact { name: "Desk".into(), email: "desk@example.org".into(), telephone: String::new() };
        DatasetMetadata {
            title: "Prices".into(),
            licence: String::new(),
            licence_url: String::new(),
            contacts: vec![contact],
            is_based_on: Some(BasedOn { kind: "population".into(), id: "UR".into() }),
            ..DatasetMetadata::default()
        }
    }

    #[test]
    fn each_column_is_read_into_its_place() {
        let of_the_line = ["id", "department", "edition", "release_date", "file"];
        for column in COLUMNS.iter().filter(|column| !of_the_line.contains(&column.name)) {
            let line = line(&[(column.name, column.example)]);
            let (metadata, wrong) = line.applied(present());
            assert_eq!(wrong, Vec::<String>::new(), "{}", column.name);
            let version = line.applied_to_version(VersionMetadata::default());
            let changed = (metadata != present(), version != VersionMetadata::default());
            let of_version = ["lowest_geography", "temporal"].contains(&column.name);
            assert_eq!(changed, (!of_version, of_version), "{}", column.name);
            assert!(version.problems().iter().all(|problem| problem.field == "release_date"), "{}", column.name);
        }
    }

    #[test]
    fn cells_are_read_into_all_their_parts_and_emptied_by_nothing_in_them() {
        let said = line(&[
            ("related_datasets", "Parks | /catalogue/parks | Green; Land | https://example.org/land"),
            ("qmi", "Quality | /quality"),
            ("is_based_on_id", "CR"),
            ("other_contacts", "Press | press@example.org"),
            ("publisher_url", "https://example.org"),
        ]);
        let (metadata, wrong) = said.applied(present());
        assert_eq!(wrong, Vec::<String>::new());
        assert_eq!(metadata.related_datasets[0].description, "Green");
        assert_eq!(metadata.related_datasets[1].href, "https://example.org/land");
        assert_eq!(metadata.is_based_on, Some(BasedOn { kind: "population".into(), id: "CR".into() }));
        assert_eq!((metadata.contacts.len(), metadata.contacts[1].name.as_str()), (2, "Press"));
        let emptied = line(&[
            ("related_datasets", ""),
            ("qmi", ""),
            ("is_based_on_type", ""),
            ("is_based_on_id", ""),
            ("other_contacts", ""),
            ("publisher_url", ""),
            ("licence", ""),
            ("quality_designation", ""),
        ]);
        assert_eq!(emptied.applied(metadata).0, DatasetMetadata { is_based_on: None, ..present() });
    }

    #[test]
    fn the_first_contact_stays_where_all_its_cells_are_empty() {
        let mut before = present();
        before.contacts[0].telephone = "029 2018 0134".into();
        let empty = [("contact_name", ""), ("contact_email", ""), ("contact_telephone", "")];
        for cells in [&empty[..], &empty[..2]] {
            assert_eq!(line(cells).applied(before.clone()), (before.clone(), Vec::new()), "{cells:?}");
        }
        let (without_number, wrong) = line(&empty[2..]).applied(before.clone());
        assert_eq!((without_number.contacts[0].telephone.as_str(), wrong), ("", Vec::new()));
        let (_, wrong) = line(&[("contact_name", ""), ("contact_email", "new@example.org")]).applied(before);
        assert!(wrong[0].starts_with("contact_name:"), "{wrong:?}");
        let nobody = DatasetMetadata { contacts: Vec::new(), ..present() };
        assert_eq!(line(&empty).applied(nobody.clone()), (nobody, Vec::new()));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_by_its_column() {
        let long = "x".repeat(301);
        let (_, wrong) = line(&[
            ("title", ""),
            ("quality_designation", "splendid"),
            ("licence_url", "javascript:alert(1)"),
            ("publisher_url", "office"),
            ("publisher_type", long.as_str()),
            ("next_release", "2026-13-01"),
            ("temporal_coverage", "2023/2019"),
            ("related_datasets", "Parks | ftp://parks; Land | land"),
            ("qmi", "Quality"),
            ("is_based_on_type", ""),
            ("contact_email", "nobody"),
            ("other_contacts", "Press"),
        ])
        .applied(present());
        let columns: Vec<&str> = wrong.iter().map(|reason| reason.split(':').next().unwrap_or_default()).collect();
        assert_eq!(
            columns,
            [
                "quality_designation",
                "title",
                "publisher_type",
                "licence_url",
                "publisher_url",
                "next_release",
                "temporal_coverage",
                "contact_email",
                "other_contacts, 1, email",
                "related_datasets, 1, href",
                "related_datasets, 2, href",
                "qmi, href",
                "is_based_on_type",
            ]
        );
        let (_, wrong) = line(&[("other_contacts", "Press | press@example.org")])
            .applied(DatasetMetadata { contacts: Vec::new(), ..present() });
        assert!(wrong[0].starts_with("other_contacts: Give the first contact"), "{wrong:?}");
    }
}
