//! Reads a whole file once and says what it is.

use domain::table::{Column, ColumnKind, ColumnRole, Problem, Profile, Severity};

use crate::{
    cells,
    column::Watch,
    content,
    encoding::{self, Decoded},
    layout::{self, Layout},
    names,
    records::{Record, Records},
};

/// Columns that a table may have: as many as a spreadsheet.
pub const MAX_COLUMNS: usize = 16_384;
/// Letters that a cell of a spreadsheet may have.
const SPREADSHEET_CELL: usize = 32_767;
/// Ragged rows that are told one by one.
const RAGGED_SHOWN: u64 = 5;

/// Reads a CSV file of any common dialect.
///
/// # Errors
/// Every reason for which the file cannot be published, each with its line and what to do.
pub fn inspect(bytes: &[u8], filename: &str) -> Result<Profile, Vec<Problem>> {
    if bytes.is_empty() {
        return Err(refusal("The file is empty: it holds 0 bytes. Check the export that made it and send it again."));
    }
    if let Some(content) = content::sniff(bytes) {
        let name = if filename.is_empty() { String::new() } else { format!("“{filename}”: ") };
        return Err(refusal(&format!("{name}{}", content.advice())));
    }
    let decoded = encoding::decode(bytes).map_err(|problem| vec![problem])?;
    if decoded.text.trim().is_empty() {
        return Err(refusal("The file holds only blank lines. Check the export that made it and send it again."));
    }
    let layout = layout::find(&decoded.text);
    let mut reading = Reading::new(&layout);
    reading.run(&decoded.text, &layout)?;
    Ok(reading.finish(&decoded, layout))
}

fn refusal(message: &str) -> Vec<Problem> {
    vec![Problem::new(Severity::Error, message)]
}

/// What is gathered while the records go by.
struct Reading {
    labels: Vec<String>,
    header_line: u64,
    header: bool,
    watches: Vec<Watch>,
    rows: u64,
    blank: u64,
    ragged: u64,
    padded: Option<u64>,
    formulas: (u64, u64),
    long_cell: Option<(u64, usize)>,
    line_endings: &'static str,
    errors: Vec<Problem>,
}

impl Reading {
    fn new(layout: &Layout) -> Self {
        let labels = layout
            .named_by_preamble
            .as_ref()
            .map(|pairs| pairs.iter().map(|(label, _)| label.clone()).collect::<Vec<_>>())
            .unwrap_or_default();
        Self {
            watches: labels.iter().map(|_| Watch::default()).collect(),
            labels,
            header_line: 0,
            header: layout.header,
            rows: 0,
            blank: 0,
            ragged: 0,
            padded: None,
            formulas: (0, 0),
            long_cell: None,
            line_endings: "none",
            errors: Vec::new(),
        }
    }

    fn run(&mut self, text: &str, layout: &Layout) -> Result<(), Vec<Problem>> {
        let mut records = Records::new(text, layout.delimiter);
        let mut record = Record::default();
        let mut before = layout.preamble;
        let commas = layout.delimiter != b',';
        while records.read(&mut record).map_err(|problem| vec![problem])? {
            if before > 0 {
                before -= 1;
            } else if record.is_blank() {
                self.blank += 1;
            } else if self.header_line == 0 && self.begin(&record)? {
            } else {
                self.row(&record, commas);
            }
        }
        self.line_endings = records.ends.name();
        if self.ragged > RAGGED_SHOWN {
            let more = self.ragged - RAGGED_SHOWN;
            self.errors
                .push(Problem::new(Severity::Error, format!("{more} more rows have the wrong number of fields.")));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(std::mem::take(&mut self.errors)) }
    }

    /// Takes the first record after the preamble; true where it is the headings.
    fn begin(&mut self, record: &Record) -> Result<bool, Vec<Problem>> {
        self.header_line = record.line;
        let width = record.cells.len();
        if width > MAX_COLUMNS {
            return Err(refusal(&format!(
                "The table has {width} columns; at most {MAX_COLUMNS} are accepted. Turn it so that periods or areas run down the rows."
            )));
        }
        if self.header {
            self.labels = record.cells.iter().map(|cell| cell.trim().to_owned()).collect();
        } else if self.labels.is_empty() {
            self.labels = (1..=width).map(|number| format!("Column {number}")).collect();
        }
        self.watches = self.labels.iter().map(|_| Watch::default()).collect();
        Ok(self.header)
    }

    fn row(&mut self, record: &Record, commas: bool) {
        let width = self.labels.len();
        let found = record.cells.len();
        if found < width || record.cells[width..].iter().any(|cell| !cell.trim().is_empty()) {
            self.ragged += 1;
            if self.ragged <= RAGGED_SHOWN {
                self.errors.push(ragged(record.line, found, width, self.header));
            }
            return;
        }
        if found > width {
            self.padded.get_or_insert(record.line);
        }
        self.rows += 1;
        for (cell, watch) in record.cells.iter().zip(&mut self.watches) {
            watch.see(cell, record.line, commas);
            if cells::is_formula(cell) {
                self.formulas.0 += 1;
                if self.formulas.0 == 1 {
                    self.formulas.1 = record.line;
                }
            }
            if self.long_cell.is_none() && cell.len() > SPREADSHEET_CELL {
                self.long_cell = Some((record.line, cell.chars().count()));
            }
        }
    }

    fn finish(self, decoded: &Decoded, layout: Layout) -> Profile {
        let decimal_comma = self.watches.iter().any(Watch::proves_decimal_comma);
        let mut problems = decoded.problems.clone();
        problems.extend(self.layout_problems(layout.delimiter, decimal_comma));
        problems.extend(heading_problems(&self.labels, self.header, self.header_line, &layout));
        let mut kinds = Vec::with_capacity(self.labels.len());
        for (label, watch) in self.labels.iter().zip(&self.watches) {
            let (kind, problem) = watch.verdict(label, decimal_comma);
            kinds.push(kind);
            problems.extend(problem);
        }
        problems.extend(self.row_problems());
        let names = match layout.named_by_preamble {
            Some([(_, period), (_, series)]) => names::unique(&[period, series]),
            None => names::unique(&self.labels),
        };
        let roles = roles(&self.labels, &kinds);
        let columns = names
            .into_iter()
            .zip(self.labels)
            .zip(kinds.into_iter().zip(roles))
            .map(|((name, label), (kind, role))| Column { name, label, kind, role })
            .collect();
        Profile {
            encoding: decoded.encoding.name().to_owned(),
            byte_order_mark: decoded.byte_order_mark,
            delimiter: char::from(layout.delimiter),
            line_endings: self.line_endings.to_owned(),
            preamble_rows: layout.preamble as u64,
            header: self.header,
            decimal_comma,
            columns,
            rows: self.rows,
            problems,
        }
    }

    fn layout_problems(&self, delimiter: u8, decimal_comma: bool) -> Vec<Problem> {
        let mut notes = Vec::new();
        let separator = match delimiter {
            b'\t' => Some("tabs"),
            b';' => Some("semicolons"),
            b'|' => Some("upright bars"),
            _ => None,
        };
        if let Some(separator) = separator {
            let comma = if decimal_comma { " and decimals follow a comma" } else { "" };
            notes.push(format!("The cells are separated by {separator}{comma}."));
        }
        match self.line_endings {
            "CR" => notes.push("The lines end in CR only, as on old Macs; they were read as separate rows.".to_owned()),
            "mixed" => {
                notes.push("The lines end in different ways; every way was read as the end of a row.".to_owned())
            }
            _ => {}
        }
        notes.into_iter().map(|message| Problem::new(Severity::Note, message)).collect()
    }

    fn row_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.rows == 0 {
            problems.push(Problem::new(
                Severity::Warning,
                "The file has headings but no rows of data. Check the export that made it before this is published.",
            ));
        }
        if self.blank > 0 {
            let lines = if self.blank == 1 {
                "1 blank line was".to_owned()
            } else {
                format!("{} blank lines were", self.blank)
            };
            problems.push(Problem::new(Severity::Note, format!("{lines} skipped.")));
        }
        if let Some(line) = self.padded {
            problems.push(Problem::new(Severity::Note, format!("Some rows, first in line {line}, end in empty cells beyond the last heading; these were left out.")).at_line(line));
        }
        let (formulas, first) = self.formulas;
        if formulas > 0 {
            let cells = if formulas == 1 { "1 cell begins".to_owned() } else { format!("{formulas} cells begin") };
            problems.push(Problem::new(Severity::Warning, format!("{cells} like a formula, first in line {first}: a spreadsheet may run it when the file is opened. The bytes stay as sent; workbooks made from them hold such cells as text.")).at_line(first));
        }
        if let Some((line, letters)) = self.long_cell {
            problems.push(
                Problem::new(
                    Severity::Note,
                    format!(
                        "The cell in line {line} has {letters} letters; spreadsheets cut cells at {SPREADSHEET_CELL}."
                    ),
                )
                .at_line(line),
            );
        }
        problems
    }
}

fn ragged(line: u64, found: usize, width: usize, header: bool) -> Problem {
    let fields = if found == 1 { "field" } else { "fields" };
    let other = if header { "the header" } else { "the first row" };
    Problem::new(
        Severity::Error,
        format!("Line {line} has {found} {fields}, {other} {width}: values would stand under the wrong headings. Correct the row, or put quotes around cells that hold the separator."),
    )
    .at_line(line)
}

fn heading_problems(labels: &[String], header: bool, line: u64, layout: &Layout) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !header && layout.named_by_preamble.is_none() {
        problems.push(
            Problem::new(Severity::Warning, format!("There seems to be no heading row: line {line} already holds data, so the columns were named Column 1, Column 2 and so on. Add a row of headings and send the file again."))
                .at_line(line),
        );
    }
    if header && layout.preamble > 0 {
        problems.push(
            Problem::new(
                Severity::Note,
                format!("The headings were found in line {line}; what stands above them is not part of the table."),
            )
            .at_line(line),
        );
    }
    let empty: Vec<usize> = (1..).zip(labels).filter(|(_, label)| label.is_empty()).map(|(at, _)| at).collect();
    if !empty.is_empty() {
        problems.push(
            Problem::new(
                Severity::Warning,
                format!("{} no heading. Give each column a heading, or remove it.", listed(&empty, "has", "have")),
            )
            .at_line(line),
        );
    }
    let mut seen: std::collections::HashMap<&str, Vec<usize>> = std::collections::HashMap::new();
    for (at, label) in (1..).zip(labels).filter(|(_, label)| !label.is_empty()) {
        seen.entry(label).or_default().push(at);
    }
    let mut twice: Vec<(&str, Vec<usize>)> = seen.into_iter().filter(|(_, places)| places.len() > 1).collect();
    twice.sort_by_key(|(_, places)| places[0]);
    for (label, places) in twice {
        problems.push(
            Problem::new(Severity::Warning, format!("{} the same heading “{label}”; the later ones are addressed with a number added. Better give each its own heading.", listed(&places, "has", "have")))
                .at_line(line)
                .in_column(label),
        );
    }
    problems
}

/// "Column 3 has" or "Columns 8, 9 and 10 have".
fn listed(places: &[usize], one: &str, many: &str) -> String {
    let words: Vec<String> = places.iter().take(20).map(ToString::to_string).collect();
    match words.as_slice() {
        [only] => format!("Column {only} {one}"),
        [most @ .., _] if places.len() > 20 => {
            format!("Columns {} and {} more {many}", most.join(", "), places.len() - most.len())
        }
        [most @ .., last] => format!("Columns {} and {last} {many}", most.join(", ")),
        [] => String::new(),
    }
}

/// The marks that a V4 table announces in its first heading, as in `V4_1`.
pub(crate) fn v4_marks(first_label: &str) -> Option<usize> {
    first_label.strip_prefix("V4_").or_else(|| first_label.strip_prefix("v4_"))?.parse().ok()
}

fn roles(labels: &[String], kinds: &[ColumnKind]) -> Vec<ColumnRole> {
    if let Some(marks) = labels.first().and_then(|label| v4_marks(label)) {
        return (0..labels.len())
            .map(|at| match at {
                0 => ColumnRole::Measure,
                at if at <= marks || (at - marks) % 2 == 1 => ColumnRole::Attribute,
                _ => ColumnRole::Dimension,
            })
            .collect();
    }
    let slugs: Vec<String> = labels.iter().map(|label| names::slug(label)).collect();
    (0..labels.len())
        .map(|at| {
            if kinds[at] == ColumnKind::Time {
                ColumnRole::Dimension
            } else if is_attribute(&slugs[at], &slugs) {
                ColumnRole::Attribute
            } else if kinds[at].is_numeric() {
                ColumnRole::Measure
            } else {
                ColumnRole::Dimension
            }
        })
        .collect()
}

/// Columns that describe a figure, and codes whose labels stand beside them.
fn is_attribute(slug: &str, all: &[String]) -> bool {
    const KNOWN: [&str; 12] = [
        "unit",
        "units",
        "unit-measure",
        "unit-of-measure",
        "unit-multiplier",
        "observation-status",
        "obs-status",
        "marker",
        "data-marking",
        "geocode",
        "status",
        "notes",
    ];
    KNOWN.contains(&slug)
        || slug.strip_suffix("-code").is_some_and(|stem| {
            all.iter().any(|other| other == stem || other.strip_suffix("-label").is_some_and(|label| label == stem))
        })
}
