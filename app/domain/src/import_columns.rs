//! The columns of an import of metadata: what may stand in each, and an example to follow.

/// A column that an import may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportColumn {
    /// Its heading.
    pub name: &'static str,
    /// What its cells hold.
    pub holds: &'static str,
    /// A cell of the example.
    pub example: &'static str,
}

const fn column(name: &'static str, holds: &'static str, example: &'static str) -> ImportColumn {
    ImportColumn { name, holds, example }
}

const LINKS: &str = "Links, each as title | address | description, with semicolons or line ends between them; a semicolon that no other link follows belongs to the text.";

/// Every column; `id` is needed, and for new datasets `department` and `title`.
pub const COLUMNS: &[ImportColumn] = &[
    column("id", "The dataset; one that is new is made. Needed.", "allotments-let"),
    column(
        "department",
        "The id of the department that owns it; needed for a new dataset, and not changed here.",
        "environment",
    ),
    column("title", "The title; needed for a new dataset.", "Allotments let"),
    column("title_cy", "The title in Welsh.", "Rhandiroedd ar osod"),
    column("description", "What it holds.", "How many allotments councils let."),
    column("description_cy", "The same in Welsh.", "Faint o randiroedd y mae cynghorau yn eu gosod."),
    column("keywords", "Words people search for, with semicolons between them.", "gardens; councils"),
    column("topics", "Ids of topics, the main one first, with semicolons between them.", "environment"),
    column("licence", "The name of the licence; left empty, it stays.", "Open Government Licence v3.0"),
    column(
        "licence_url",
        "Its address; left empty, it stays.",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    ),
    column("attribution", "The sentence that the licence asks for.", "Source: Land statistics"),
    column("release_frequency", "How often it is released: words, or an entry such as MONTHLY.", "Annual"),
    column("next_release", "A date such as 2026-11-23, or words.", "2027-11-23"),
    column("publisher", "Who publishes the figures.", "Land statistics"),
    column("publisher_url", "The page of the publisher.", "https://example.org/land"),
    column("publisher_type", "What kind of body the publisher is.", "Government department"),
    column("unit_of_measure", "The unit of the figures.", "allotments"),
    column("survey", "The survey they come from.", "Allotment survey"),
    column(
        "quality_designation",
        "accredited-official, official, official-in-development or no-accreditation; left empty, it stays.",
        "official-in-development",
    ),
    column("temporal_coverage", "The time covered: an interval such as 2019-01/2023-12, or words.", "2019/2025"),
    column("spatial_coverage", "The area covered.", "Wales"),
    column(
        "contact_name",
        "The name of the first contact; left empty together with its e-mail address and telephone number, the contact stays.",
        "Land desk",
    ),
    column(
        "contact_email",
        "Its e-mail address; left empty together with its name and telephone number, the contact stays.",
        "land@example.org",
    ),
    column(
        "contact_telephone",
        "Its telephone number; left empty together with its name and e-mail address, the contact stays.",
        "029 2018 0134",
    ),
    column(
        "other_contacts",
        "Contacts after the first, each as name | e-mail | telephone, with semicolons or line ends between them.",
        "Press office | press@example.org | 029 2018 0135",
    ),
    column(
        "qmi",
        "Quality and methodology information: title | address | description.",
        "Quality of the allotment survey | https://example.org/quality | How councils are asked.",
    ),
    column("methodologies", LINKS, "How allotments are counted | https://example.org/methods"),
    column("publications", LINKS, "Allotments in Wales | https://example.org/report | The report of 2025."),
    column("related_content", LINKS, "Find an allotment | https://example.org/find"),
    column("related_datasets", LINKS, "Parks and gardens | /catalogue/parks; Land use | https://example.org/land-use"),
    column("is_based_on_type", "The kind of what it is derived from, such as dataset or population.", "dataset"),
    column("is_based_on_id", "The address or code of what it is derived from.", "https://example.org/land-register"),
    column("edition", "The edition that the columns after it speak of; one that is new is begun.", "2026"),
    column("release_date", "The date of release of a version that is begun.", "2026-11-23"),
    column("lowest_geography", "The lowest geography of the version's figures: a code such as ltla, or words.", "ltla"),
    column(
        "temporal",
        "The periods of the version's figures as dates, each as first/last frequency, with semicolons between them; the last is left out while figures are still added.",
        "2019/2025 Annual; 2024-01/ Monthly",
    ),
    column("file", "The name of a file that is sent with the import and belongs to the version.", ""),
];

/// A file with every column and one line that can be taken as it is.
#[must_use]
pub fn example() -> String {
    let line = |cells: Vec<String>| format!("{}\r\n", cells.join(","));
    let names = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
    let cells = COLUMNS.iter().map(|column| quoted(column.example)).collect();
    format!("{}{}", line(names), line(cells))
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_column_is_named_once_and_told_in_a_sentence() {
        let names: BTreeSet<&str> = COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), COLUMNS.len());
        for column in COLUMNS {
            assert!(column.holds.ends_with('.'), "{}", column.name);
        }
    }

    #[test]
    fn the_example_is_a_line_below_the_headings() {
        let text = example();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("id,department,title,") && lines[1].starts_with("allotments-let,environment,"));
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
