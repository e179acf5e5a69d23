//! Excel workbooks: the first sheet that holds a table is read as text, one line a row.

mod formulas;
mod guard;

use std::io::{BufReader, BufWriter, Seek, Write};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use domain::table::{Problem, Severity};
use tempfile::NamedTempFile;

use self::formulas::Formulas;
use crate::content::{self, Content};
use crate::encoding;
use crate::profile::{Inspected, inspect_text};
use crate::source::{CHUNK, Refused, Source, refusal};

/// Whether a name claims to be an Excel workbook.
pub(crate) fn is_workbook(filename: &str) -> bool {
    filename.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("xlsx"))
}

/// The rows of a sheet as text, and what they are.
pub(crate) struct Unpacked {
    pub rows: NamedTempFile,
    pub inspected: Inspected,
}

/// Reads the first sheet with cells of a workbook.
pub(crate) fn unpack(source: &dyn Source, filename: &str) -> Result<Unpacked, Refused> {
    if content::sniff_source(source)? != Some(Content::Xlsx) {
        return Err(refusal(format!(
            "“{filename}”: This is not an Excel workbook, though its name ends in .xlsx. Save it as a workbook again, or send the figures as CSV."
        )));
    }
    guard::check(source)?;
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(source.open()?)).map_err(unreadable)?;
    let names = workbook.sheet_names();
    let mut uncalculated = None;
    for name in &names {
        let mut rows = NamedTempFile::new()?;
        let mut formulas = Formulas::default();
        if write_rows(&mut workbook, name, &mut rows, &mut formulas)? == 0 {
            uncalculated = uncalculated.or_else(|| (formulas.empty.count > 0).then_some(name));
            continue;
        }
        let path = rows.path().to_owned();
        let encoded = encoding::survey(&path, CHUNK, None)?;
        let mut inspected = inspect_text(&path, &encoded, Some(name.clone()), true)?;
        let mut problems = vec![told(name, &names)];
        problems.extend(formulas.problems(name));
        problems.append(&mut inspected.profile.problems);
        inspected.profile.problems = problems;
        return Ok(Unpacked { rows, inspected });
    }
    Err(refusal(match uncalculated {
        Some(name) => format!(
            "The workbook holds no table: the sheet “{name}” has only formulas without values. Open it in a spreadsheet, save it and send it again."
        ),
        None => "The workbook holds no table: all its sheets are empty.".to_owned(),
    }))
}

fn told(name: &str, names: &[String]) -> Problem {
    let others: Vec<String> = names.iter().filter(|other| *other != name).map(|other| format!("“{other}”")).collect();
    let rest = match others.as_slice() {
        [] => String::new(),
        others => format!(" The other sheets are not part of the table: {}.", others.join(", ")),
    };
    Problem::new(Severity::Note, format!("The table was read from the sheet “{name}”.{rest}"))
}

fn unreadable(error: calamine::XlsxError) -> Refused {
    refusal(format!("The workbook cannot be read: {error}. Save it again, or send the figures as CSV."))
}

/// Writes the rows of a sheet, empty ones as blank lines, and tells its formulas; how many rows hold something.
fn write_rows<R: std::io::Read + Seek>(
    workbook: &mut Xlsx<R>,
    name: &str,
    out: &mut NamedTempFile,
    formulas: &mut Formulas,
) -> Result<u64, Refused> {
    // A sheet of charts has no cells.
    let Ok(mut cells) = workbook.worksheet_cells_reader(name) else {
        return Ok(0);
    };
    let mut out = BufWriter::new(out);
    let (mut row, mut column, mut filled) = (0, 0, 0);
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(unreadable)? {
        let (at_row, at_column) = cell.pos;
        if cell.formula.is_some() {
            formulas.take(cell.pos, &cell.value);
        }
        let text = text(&cell.value);
        if text.is_empty() {
            continue;
        }
        if at_row < row || (at_row == row && at_column < column) {
            return Err(refusal("The workbook cannot be read: its cells are out of order. Save it again."));
        }
        if at_row > row || filled == 0 {
            filled += 1;
        }
        while row < at_row {
            out.write_all(b"\n")?;
            (row, column) = (row + 1, 0);
        }
        while column < at_column {
            out.write_all(b",")?;
            column += 1;
        }
        write!(out, "\"{}\"", text.replace('"', "\"\""))?;
    }
    if filled > 0 {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(filled)
}

fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => figure(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) => moment(time),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A figure with the 15 digits that spreadsheets show.
fn figure(number: f64) -> String {
    let short = number.to_string();
    if short.bytes().filter(u8::is_ascii_digit).count() <= 15 {
        return short;
    }
    format!("{number:.14e}").parse::<f64>().map_or(short, |rounded| rounded.to_string())
}

fn moment(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if time.is_duration() {
        return figure(time.as_f64());
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
}
