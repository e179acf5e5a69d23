//! Workbooks of spreadsheets: the first sheet that holds a table is read as text, one line a row.

mod formulas;
mod guard;
mod lines;
mod ods;
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

/// The sheets of a workbook, in whatever form it came.
trait Book {
    /// The names of the sheets, in their order.
    fn names(&self) -> Vec<String>;

    /// Takes the cells of a sheet, in order, and those of them that are formulas.
    fn read(&mut self, sheet: usize, lines: &mut Lines<'_>, formulas: &mut Formulas) -> Result<(), Refused>;
}

/// The rows of a sheet as text, and what they are.
pub(crate) struct Unpacked {
    pub rows: NamedTempFile,
    pub inspected: Inspected,
}

/// Reads the first sheet with cells of a workbook.
pub(crate) fn unpack(source: &dyn Source, filename: &str) -> Result<Unpacked, Refused> {
    let mut book = open(source, filename)?;
    let names = book.names();
    let mut uncalculated = None;
    for (at, name) in names.iter().enumerate() {
        let mut rows = NamedTempFile::new()?;
        let mut formulas = Formulas::default();
        let mut lines = Lines::new(&mut rows);
        book.read(at, &mut lines, &mut formulas)?;
        if lines.end()? == 0 {
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

/// Opens a workbook in the form that its name claims, if it is one.
fn open<'s>(source: &'s dyn Source, filename: &str) -> Result<Box<dyn Book + 's>, Refused> {
    let book: Box<dyn Book + 's> = match Form::of(filename) {
        Some(Form::Xls) => Box::new(xls::Workbook::open(source, filename)?),
        Some(Form::Ods) => Box::new(ods::Document::open(source, filename)?),
        Some(Form::Xlsx) | None => Box::new(xlsx::Workbook::open(source, filename)?),
    };
    Ok(book)
}

fn told(name: &str, names: &[String]) -> Problem {
    let others: Vec<String> = names.iter().filter(|other| *other != name).map(|other| format!("“{other}”")).collect();
    let rest = match others.as_slice() {
        [] => String::new(),
        others => format!(" The other sheets are not part of the table: {}.", others.join(", ")),
    };
    Problem::new(Severity::Note, format!("The table was read from the sheet “{name}”.{rest}"))
}

fn unreadable(error: impl std::fmt::Display) -> Refused {
    refusal(format!("The workbook cannot be read: {error}. Save it again, or send the figures as CSV."))
}
