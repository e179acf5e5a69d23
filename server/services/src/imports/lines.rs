//! Reading the lines of an import.

use std::collections::{BTreeMap, BTreeSet};

use domain::import_columns;

use super::told::first_of;

/// The most bytes of an import; more belongs to the API.
pub const MAX_BYTES: usize = 100_000;
/// The most lines.
pub const MAX_LINES: usize = 500;

/// One line with its cells by column.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub number: u64,
    pub cells: BTreeMap<String, String>,
    /// Why its cells cannot be told apart, where they cannot.
    pub odd: Option<String>,
}

impl Line {
    pub(super) fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Reads the file; what makes all of it unreadable is told in sentences, what concerns a line is kept with it.
pub(super) fn read(csv: &str) -> Result<Vec<Line>, String> {
    if csv.len() > MAX_BYTES {
        return Err(format!("Send at most {MAX_BYTES} bytes at once; larger imports belong to the API."));
    }
    // A browser sends line ends in two characters, by which lines would be numbered otherwise.
    let csv = csv.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(csv.as_bytes());
    let headings: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_ascii_lowercase).collect();
    let wrong = problems_of(&headings);
    if !wrong.is_empty() {
        return Err(wrong.join(" "));
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| format!("The file cannot be read: {error}."))?;
        if lines.len() == MAX_LINES {
            return Err(format!("Send at most {MAX_LINES} lines at once."));
        }
        let number = record.position().map_or(0, csv::Position::line);
        let odd = (record.len() != headings.len())
            .then(|| format!("The line has {} cells, and there are {} columns.", record.len(), headings.len()));
        let cells = headings.iter().cloned().zip(record.iter().map(ToOwned::to_owned)).collect();
        lines.push(Line { number, cells, odd });
    }
    if lines.is_empty() { Err("There is no line below the headings.".to_owned()) } else { Ok(lines) }
}

/// Everything that is wrong with the headings.
fn problems_of(headings: &[String]) -> Vec<String> {
    let known: Vec<&str> = import_columns::COLUMNS.iter().map(|column| column.name).collect();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for heading in headings {
        if heading.is_empty() {
            wrong.push("A column has no heading.".to_owned());
        } else if !known.contains(&heading.as_str()) {
            wrong.push(format!("There is no column {heading}."));
        } else if !seen.insert(heading) {
            wrong.push(format!("The column {heading} stands twice."));
        }
    }
    wrong = first_of(wrong);
    if !wrong.is_empty() {
        wrong.push(format!("The columns are: {}.", known.join(", ")));
    }
    if !headings.iter().any(|heading| heading == "id") {
        wrong.push("The column id is needed.".to_owned());
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_with_their_numbers_and_cells() {
        let lines = read("\u{feff}id, Title ,topics\ncpi,\"Prices, monthly\",prices; inflation\n").unwrap();
        assert_eq!((lines.len(), lines[0].number), (1, 2));
        assert_eq!((lines[0].cell("title"), lines[0].cell("topics")), ("Prices, monthly", "prices; inflation"));
        assert_eq!(lines[0].cell("unit_of_measure"), "");
        // A cell with several lines does not move the numbers of those after it.
        let lines = read("id,qmi\r\ncpi,\"A | /a\r\nB | /b\"\r\nrpi,\r\n").unwrap();
        assert_eq!((lines[0].number, lines[1].number), (2, 4));
    }

    #[test]
    fn the_example_has_every_column_and_can_be_read() {
        let lines = read(&import_columns::example()).unwrap();
        assert_eq!(lines.len(), 1);
        for column in import_columns::COLUMNS {
            assert_eq!(lines[0].cell(column.name), column.example);
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_says_everything_that_is_wrong() {
        for (text, why) in [
            ("id,colour,size\na,b,c\n", "There is no column colour. There is no column size. The columns are: id,"),
            ("title,,title\nPrices,,\n", "A column has no heading. The column title stands twice."),
            ("title\nPrices\n", "The column id is needed."),
            ("id\n", "There is no line"),
        ] {
            assert!(read(text).unwrap_err().contains(why), "{text}");
        }
        let many = read(&format!("id{}\na\n", ",a".repeat(40))).unwrap_err();
        assert!(many.contains("There is no column a. And 20 more. The columns are: id,"), "{many}");
    }

    #[test]
    fn a_line_of_another_length_is_told_and_keeps_no_other() {
        let lines = read("id,title\ncpi\ngdp,Output\nrpi,Prices,more\n").unwrap();
        let odd: Vec<Option<&str>> = lines.iter().map(|line| line.odd.as_deref()).collect();
        assert_eq!(
            odd,
            [
                Some("The line has 1 cells, and there are 2 columns."),
                None,
                Some("The line has 3 cells, and there are 2 columns.")
            ]
        );
    }
}
