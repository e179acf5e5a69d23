//! Workbooks of spreadsheets: the first sheet that holds a table is read as text, one line a row.

mod formulas;
mod guard;
mod lines;
mod markup;
mod ods;
mod once;
mod values;
mod xls;
mod xlsx;

#[cfg(test)]
mod tests;

use domain::table::{Problem, Severity};
use tempfile::NamedTempFile;

use self::formulas::Formulas;
use self::lines::Lines;
use crate::encoding;
use crate::profile::{Inspected, inspect_text};
use crate::source::{CHUNK, Refused, Source, refusal};

/// The forms in which workbooks are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Excel since 2007.
    Xlsx,
    /// Excel before.
    Xls,
    /// `OpenDocument`.
    Ods,
}

impl Form {
    /// What a name claims.
    fn of(filename: &str) -> Option<Self> {
        let (_, ending) = filename.rsplit_once('.')?;
        [("xlsx", Self::Xlsx), ("xls", Self::Xls), ("ods", Self::Ods)]
            .into_iter()
            .find_map(|(known, form)| ending.eq_ignore_ascii_case(known).then_some(form))
    }
}

/// Whether a name claims to be a workbook.
pub(crate) fn is_workbook(filename: &str) -> bool {
    Form::of(filename).is_some()
}

/// Sheets that a workbook may have.
const MAX_SHEETS: usize = 10_000;
/// Bytes that the name of a sheet may have; spreadsheets allow some dozen letters.
const MAX_NAME: usize = 1 << 10;
/// Other sheets that are named one by one.
const NAMED: usize = 20;

/// A sheet, as its workbook tells of it before its cells.
struct Sheet {
    name: String,
    /// Whether people who open the workbook do not see it.
    is_hidden: bool,
}

/// Puts a sheet behind the others.
fn add(sheets: &mut Vec<Sheet>, name: String, is_hidden: bool) -> Result<(), Refused> {
    if sheets.len() == MAX_SHEETS {
        return Err(refusal(format!("The workbook has more than {MAX_SHEETS} sheets. Send the figures as CSV.")));
    }
    if name.len() > MAX_NAME {
        return Err(unreadable("the name of a sheet is longer than 1 KB"));
    }
    sheets.push(Sheet { name, is_hidden });
    Ok(())
}

/// The sheets of a workbook, in whatever form it came.
trait Book {
    /// The sheets, in their order.
    fn sheets(&self) -> &[Sheet];

    /// Tries these sheets, which are in order, one after another until one has cells; in one pass, however many they are.
    fn search(&mut self, wanted: &[usize], search: &mut Search) -> Result<(), Refused>;
}

/// Looks for the first sheet with cells.
#[derive(Default)]
struct Search {
    found: Option<Found>,
    /// The first sheet that has nothing but formulas without values.
    uncalculated: Option<usize>,
}

/// A sheet with cells.
struct Found {
    sheet: usize,
    rows: NamedTempFile,
    formulas: Formulas,
}

impl Search {
    /// Tries a sheet, whose cells `take` takes in order, and those of them that are formulas; whether it has any.
    fn has_cells<F>(&mut self, sheet: usize, take: F) -> Result<bool, Refused>
    where
        F: FnOnce(&mut Lines<'_>, &mut Formulas) -> Result<(), Refused>,
    {
        let mut rows = NamedTempFile::new()?;
        let mut formulas = Formulas::default();
        let mut lines = Lines::new(&mut rows);
        take(&mut lines, &mut formulas)?;
        if lines.end()? == 0 {
            self.uncalculated = self.uncalculated.or_else(|| formulas.lack_values().then_some(sheet));
            return Ok(false);
        }
        self.found = Some(Found { sheet, rows, formulas });
        Ok(true)
    }
}

/// The rows of a sheet as text, and what they are.
pub(crate) struct Unpacked {
    pub rows: NamedTempFile,
    pub inspected: Inspected,
}

/// Reads the first sheet with cells of a workbook: one that people do not see only where no other has any.
pub(crate) fn unpack(source: &dyn Source, filename: &str) -> Result<Unpacked, Refused> {
    let mut book = open(source, filename)?;
    let mut search = Search::default();
    for is_hidden in [false, true] {
        let sheets = book.sheets().iter().enumerate();
        let wanted: Vec<usize> = sheets.filter(|(_, sheet)| sheet.is_hidden == is_hidden).map(|(at, _)| at).collect();
        if search.found.is_none() && !wanted.is_empty() {
            book.search(&wanted, &mut search)?;
        }
    }
    let sheets = book.sheets();
    let Some(Found { sheet, rows, formulas }) = search.found else {
        return Err(no_table(search.uncalculated.map(|at| sheets[at].name.as_str())));
    };
    let name = &sheets[sheet].name;
    let path = rows.path().to_owned();
    let encoded = encoding::survey(&path, CHUNK, None)?;
    let mut inspected = inspect_text(&path, &encoded, Some(name.clone()), true)?;
    let mut problems = vec![told(sheet, sheets)];
    problems.extend(formulas.problems(name));
    problems.append(&mut inspected.profile.problems);
    inspected.profile.problems = problems;
    Ok(Unpacked { rows, inspected })
}

fn no_table(uncalculated: Option<&str>) -> Refused {
    refusal(match uncalculated {
        Some(name) => format!(
            "The workbook holds no table: the sheet “{name}” has only formulas without values. Open it in a spreadsheet, save it and send it again."
        ),
        None => "The workbook holds no table: all its sheets are empty.".to_owned(),
    })
}

/// Opens a workbook in the form that its name claims, if it is one.
fn open<'s>(source: &'s dyn Source, filename: &str) -> Result<Box<dyn Book + 's>, Refused> {
    let book: Box<dyn Book + 's> = match Form::of(filename) {
        Some(Form::Xls) => Box::new(xls::Workbook::open(source, filename)?),
        Some(Form::Ods) => Box::new(ods::Document::open(source, filename)?),
        Some(Form::Xlsx) | None => Box::new(xlsx::Workbook::open(source, filename)?),
    };
    Ok(book)
}

/// Which sheet was read, and which were not.
fn told(read: usize, sheets: &[Sheet]) -> Problem {
    let others = sheets.iter().enumerate().filter(|(at, _)| *at != read);
    let named: Vec<String> = others.take(NAMED).map(|(_, other)| format!("“{}”", other.name)).collect();
    let more = sheets.len().saturating_sub(named.len() + 1);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let rest = match named.as_slice() {
        [] => String::new(),
        named => format!(" The other sheets are not part of the table: {}{more}.", named.join(", ")),
    };
    let Sheet { name, is_hidden } = &sheets[read];
    let hidden = if *is_hidden { " It is hidden; no sheet that is shown has cells." } else { "" };
    Problem::new(Severity::Note, format!("The table was read from the sheet “{name}”.{hidden}{rest}"))
}

fn unreadable(error: impl std::fmt::Display) -> Refused {
    refusal(format!("The workbook cannot be read: {error}. Save it again, or send the figures as CSV."))
}
