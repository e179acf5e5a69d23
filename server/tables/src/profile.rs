//! Reads a whole file once and says what it is.

mod problems;
mod roles;

use std::ops::ControlFlow;

pub use domain::table::MAX_COLUMNS;
use domain::table::{Column, ColumnRole, DimensionOptions, Problem, Profile, Severity};
use encoding_rs::Encoding;

pub(crate) use roles::{is_v4_dimension, v4_marks};

use crate::{
    codes::{self, Pairs},
    column::{Budget, SPREADSHEET_CELL, Watch},
    content,
    encoding::{self, Encoded, Text},
    layout::{self, Head, Layout},
    names, options,
    records::{Dialect, MAX_RECORD, Reader, Record},
    source::{CHUNK, Refused, Source, refusal},
};

/// Ragged rows that are told one by one.
const RAGGED_SHOWN: u64 = 5;
/// Text in which the layout is sought; with rows so long that it holds but one, more.
const HEAD: usize = 4 << 20;

/// Reads a CSV file of any common dialect from memory.
///
/// # Errors
/// Every reason for which the file cannot be published, each with its line and what to do.
pub fn inspect(bytes: &[u8], filename: &str) -> Result<Profile, Vec<Problem>> {
    match look(&bytes, filename, CHUNK, false, None) {
        Ok(inspected) => Ok(inspected.profile),
        Err(Refused::Table(problems)) => Err(problems),
        Err(other) => Err(vec![Problem::new(Severity::Error, format!("The file could not be read: {other}"))]),
    }
}

/// Reads a CSV file of any common dialect from wherever it is, a piece at a time.
///
/// # Errors
/// Every reason for which the file cannot be published, or what went wrong with reading.
pub fn inspect_source(source: &dyn Source, filename: &str) -> Result<Profile, Refused> {
    Ok(look(source, filename, CHUNK, false, None)?.profile)
}

/// A profile and what the writer of the table file has to know besides.
pub(crate) struct Inspected {
    pub profile: Profile,
    /// For each column, whether its cells are not all just how its numbers are written.
    pub beside: Vec<bool>,
    /// For each column, the one that holds its codes, or itself.
    pub codes: Vec<usize>,
    /// For each column, its options where they are wanted, it is a dimension without codes and they are few enough.
    pub options: Vec<Option<DimensionOptions>>,
}

/// Reads a CSV file of any common dialect, a piece at a time, in the encoding that was chosen or that is found; `options` says
/// whether those of its dimensions are wanted.
pub(crate) fn look(
    source: &dyn Source,
    filename: &str,
    chunk: usize,
    options: bool,
    chosen: Option<&'static Encoding>,
) -> Result<Inspected, Refused> {
    if let Some(content) = content::sniff_source(source)? {
        let name = if filename.is_empty() { String::new() } else { format!("“{filename}”: ") };
        return Err(refusal(format!("{name}{}", content.advice())));
    }
    inspect_text(source, &encoding::survey(source, chunk, chosen)?, None, options)
}

/// Reads text whose encoding is known: a CSV file, or the rows of a sheet.
pub(crate) fn inspect_text(
    source: &dyn Source,
    encoded: &Encoded,
    sheet: Option<String>,
    options: bool,
) -> Result<Inspected, Refused> {
    let layout = find_layout(source, encoded, sheet.is_some())?;
    let dialect = Dialect { delimiter: layout.delimiter, sheet: sheet.is_some() };
    let mut reading = Reading::new(&layout, dialect);
    reading.run(Reader::open(source, encoded, dialect)?)?;
    // Quotes around nothing are no blank text, but make no column either.
    if reading.labels.is_empty() {
        return Err(blank());
    }
    Ok(reading.finish(encoded, layout, sheet, options))
}

fn find_layout(source: &dyn Source, encoded: &Encoded, sheet: bool) -> Result<Layout, Refused> {
    let mut text = Text::open(source, encoded)?;
    text.head(HEAD)?;
    if text.text.is_empty() && text.last {
        return Err(refusal("The file is empty: it holds 0 bytes. Check the export that made it and send it again."));
    }
    if text.text.trim().is_empty() {
        check_blank(source, encoded)?;
    }
    let ends = text.text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).take(8).count();
    let most = if ends < 8 { 2 * MAX_RECORD } else { HEAD };
    text.head(most)?;
    // The same whatever the size of the pieces.
    let whole = text.last && text.text.len() <= most;
    let head = text.text.floor_char_boundary(most);
    Ok(layout::find(Head { text: &text.text[..head], last: whole }, sheet))
}

/// Refuses a file that is nothing but blank lines.
fn check_blank(source: &dyn Source, encoded: &Encoded) -> Result<(), Refused> {
    let mut text = Text::open(source, encoded)?;
    while !text.last {
        text.more(text.text.len())?;
        if !text.text.trim().is_empty() {
            return Ok(());
        }
    }
    Err(blank())
}

/// The refusal of a file in which no cell holds anything.
fn blank() -> Refused {
    refusal("The file holds only blank lines. Check the export that made it and send it again.")
}

/// What is gathered while the records go by.
struct Reading {
    labels: Vec<String>,
    header_line: u64,
    header: bool,
    preamble: usize,
    watches: Vec<Watch>,
    pairs: Pairs,
    rows: u64,
    blank: u64,
    ragged: u64,
    padded: Option<u64>,
    dialect: Dialect,
    budget: Budget,
    line_endings: &'static str,
    errors: Vec<Problem>,
}

impl Reading {
    fn new(layout: &Layout, dialect: Dialect) -> Self {
        let labels = layout
            .named_by_preamble
            .as_ref()
            .map(|pairs| pairs.iter().map(|(label, _)| label.clone()).collect::<Vec<_>>())
            .unwrap_or_default();
        Self {
            watches: labels.iter().map(|_| Watch::new()).collect(),
            pairs: Pairs::default(),
            labels,
            header_line: 0,
            header: layout.header,
            preamble: layout.preamble,
            rows: 0,
            blank: 0,
            ragged: 0,
            padded: None,
            dialect,
            budget: Budget::default(),
            line_endings: "none",
            errors: Vec::new(),
        }
    }

    fn run(&mut self, reader: Reader<'_>) -> Result<(), Refused> {
        let mut before = self.preamble;
        let commas = self.dialect.delimiter != b',';
        let ends = reader.each(|record| {
            if before > 0 {
                before -= 1;
            } else if record.is_blank() {
                self.blank += 1;
            } else if self.header_line == 0 && self.begin(record)? {
            } else {
                self.row(record, commas);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        self.line_endings = ends.name();
        if self.ragged > RAGGED_SHOWN {
            let more = self.ragged - RAGGED_SHOWN;
            self.errors
                .push(Problem::new(Severity::Error, format!("{more} more rows have the wrong number of fields.")));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Refused::Table(std::mem::take(&mut self.errors))) }
    }

    /// Takes the first record after the preamble; true where it is the headings.
    fn begin(&mut self, record: &Record<'_>) -> Result<bool, Refused> {
        self.header_line = record.line;
        let width = record.cells.len();
        if width > MAX_COLUMNS {
            return Err(refusal(format!(
                "The table has {width} columns; at most {MAX_COLUMNS} are accepted. Turn it so that periods or areas run down the rows."
            )));
        }
        if self.header {
            self.labels = record.cells.iter().map(|cell| cell.trim().to_owned()).collect();
        } else if self.labels.is_empty() {
            self.labels = (1..=width).map(|number| format!("Column {number}")).collect();
        }
        self.watches = self.labels.iter().map(|_| Watch::new()).collect();
        self.pairs = Pairs::of_headings(&self.labels);
        Ok(self.header)
    }

    fn row(&mut self, record: &Record<'_>, commas: bool) {
        let width = self.labels.len();
        let found = record.cells.len();
        let short = found < width && !self.dialect.sheet;
        if short || record.cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
            self.ragged += 1;
            if self.ragged <= RAGGED_SHOWN {
                self.errors.push(problems::ragged(record.line, found, width, self.header));
            }
            return;
        }
        if found > width {
            self.padded.get_or_insert(record.line);
        }
        self.rows += 1;
        for (at, watch) in self.watches.iter_mut().enumerate() {
            let cell = record.cells.get(at).map_or("", |cell| cell.as_ref());
            watch.see(cell, record.line, commas, &mut self.budget);
        }
        self.pairs.see(|(code, label), take| take(record.cell(code), record.cell(label)));
    }

    fn finish(self, encoded: &Encoded, layout: Layout, sheet: Option<String>, options: bool) -> Inspected {
        let decimal_comma = self.watches.iter().any(Watch::proves_decimal_comma);
        let mut problems = encoded.problems.clone();
        problems.extend(self.layout_problems(layout.delimiter, decimal_comma));
        problems.extend(problems::headings(&self.labels, self.header, self.header_line, &layout));
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
        let seen = || self.watches.iter().zip(&kinds);
        let beside = seen().map(|(watch, kind)| watch.needs_text(*kind, decimal_comma)).collect();
        let statistics = seen()
            .zip(&self.labels)
            .map(|((watch, kind), label)| watch.statistics(label, *kind, decimal_comma))
            .collect();
        let v4 = self.labels.first().is_some_and(|label| v4_marks(label).is_some());
        let roles = roles::roles(&self.labels, &kinds);
        let columns: Vec<Column> = names
            .into_iter()
            .zip(self.labels)
            .zip(kinds.into_iter().zip(roles))
            .map(|((name, label), (kind, role))| Column { name, label, kind, role })
            .collect();
        let mut codes = codes::codes_of(&columns);
        self.pairs.settle(&mut codes);
        let options = columns.iter().zip(&self.watches).zip(&codes).enumerate().map(|(at, ((column, watch), code))| {
            let is_plain = options && column.role == ColumnRole::Dimension && *code == at;
            watch.cells().filter(|_| is_plain).map(|cells| options::of_cells(&column.name, cells))
        });
        let options = options.collect();
        let profile = Profile {
            encoding: encoded.encoding.name().to_owned(),
            byte_order_mark: encoded.byte_order_mark,
            delimiter: char::from(layout.delimiter),
            line_endings: self.line_endings.to_owned(),
            preamble_rows: layout.preamble as u64,
            header: self.header,
            decimal_comma,
            columns,
            rows: self.rows,
            problems,
            statistics,
            v4,
            sheet,
        };
        Inspected { profile, beside, codes, options }
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
                Severity::Blocking,
                "The file has headings but no rows of data. Check the export that made it; if it is meant to be empty, say why.",
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
        let formulas: u64 = self.watches.iter().map(|watch| watch.counts().formulas).sum();
        if let Some(first) = self.watches.iter().filter_map(|watch| watch.formula).min() {
            let cells = if formulas == 1 { "1 cell begins".to_owned() } else { format!("{formulas} cells begin") };
            problems.push(Problem::new(Severity::Warning, format!("{cells} like a formula, first in line {first}: a spreadsheet may run it when the file is opened. The bytes stay as sent; workbooks made from them hold such cells as text.")).at_line(first));
        }
        let long = self.watches.iter().filter_map(|watch| watch.long_cell).min_by_key(|(line, _)| *line);
        if let Some((line, letters)) = long {
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
