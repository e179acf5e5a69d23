//! Workbooks of Excel since 2007, read with calamine a cell at a time.

use std::io::BufReader;

use calamine::{Reader, SheetVisible, Xlsx};

use super::formulas::Formulas;
use super::lines::Lines;
use super::once::Once;
use super::{Book, Search, Sheet, add, guard, unreadable, values};
use crate::compound::{self, Compound};
use crate::content::{self, Content};
use crate::source::{Input, Refused, Source, refusal};

/// A workbook whose parts were found to be within bounds.
pub(super) struct Workbook<'s> {
    workbook: Xlsx<BufReader<Once<Box<dyn Input + 's>>>>,
    sheets: Vec<Sheet>,
}

impl<'s> Workbook<'s> {
    pub(super) fn open(source: &'s dyn Source, filename: &str) -> Result<Self, Refused> {
        match content::sniff_source(source)? {
            Some(Content::Xlsx) => {}
            // With a password it is packed into a compound document.
            Some(Content::Xls) if compound::look(source)? == Compound::Locked => {
                return Err(refusal(format!("“{filename}”: {}", compound::LOCKED)));
            }
            _ => {
                return Err(refusal(format!(
                    "“{filename}”: This is not an Excel workbook, though its name ends in .xlsx. Save it as a workbook again, or send the figures as CSV."
                )));
            }
        }
        let parts = Once::new(source.open()?, guard::check(source, true)?);
        let workbook: Xlsx<_> = Xlsx::new(BufReader::new(parts)).map_err(unreadable)?;
        let mut sheets = Vec::new();
        for sheet in workbook.sheets_metadata() {
            add(&mut sheets, sheet.name.clone(), sheet.visible != SheetVisible::Visible)?;
        }
        Ok(Self { workbook, sheets })
    }

    /// Takes the cells of a sheet.
    fn read(&mut self, sheet: usize, lines: &mut Lines<'_>, formulas: &mut Formulas) -> Result<(), Refused> {
        // A sheet of charts has no cells, nor has one whose part was read twice: the search would have ended with it.
        let Ok(mut cells) = self.workbook.worksheet_cells_reader(&self.sheets[sheet].name) else {
            return Ok(());
        };
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(unreadable)? {
            if cell.formula.is_some() {
                formulas.take(cell.pos, 1, &cell.value);
            }
            lines.cell(cell.pos, &values::text(&cell.value))?;
        }
        Ok(())
    }
}

impl Book for Workbook<'_> {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn search(&mut self, wanted: &[usize], search: &mut Search) -> Result<(), Refused> {
        for sheet in wanted {
            if search.has_cells(*sheet, |lines, formulas| self.read(*sheet, lines, formulas))? {
                break;
            }
        }
        Ok(())
    }
}
