//! Workbooks of Excel before 2007, read a record at a time (MS-XLS): what all sheets share, then the cells of one.

mod looks;
mod records;
mod sorted;

use std::collections::HashMap;
use std::fs::File;

use calamine::{CellErrorType, DataRef, ExcelDateTime, ExcelDateTimeType};
use encoding_rs::{BIG5, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, WINDOWS_1252};

use self::looks::Look;
use self::records::{Records, Spread, Writing};
use self::sorted::Sorted;
use super::formulas::Formulas;
use super::lines::Lines;
use super::{Book, Search, Sheet, add, values};
use crate::source::{Refused, Source, refusal};
use crate::{claim, compound};

/// Bytes that the texts which cells share may take; the same bound as that of newer workbooks.
const MAX_SHARED: usize = 64 << 20;
/// Formats that cells may be in.
const MAX_LOOKS: usize = 1 << 16;

/// The kinds of record that matter.
mod kind {
    pub const FORMULA: u16 = 0x0006;
    pub const EOF: u16 = 0x000A;
    pub const DATE_MODE: u16 = 0x0022;
    pub const FILE_PASS: u16 = 0x002F;
    pub const CODE_PAGE: u16 = 0x0042;
    pub const BOUND_SHEET: u16 = 0x0085;
    pub const MUL_RK: u16 = 0x00BD;
    pub const RICH_STRING: u16 = 0x00D6;
    pub const LOOK: u16 = 0x00E0;
    pub const SHARED_TEXTS: u16 = 0x00FC;
    pub const LABEL_SHARED: u16 = 0x00FD;
    pub const NUMBER: u16 = 0x0203;
    pub const LABEL: u16 = 0x0204;
    pub const BOOL_ERROR: u16 = 0x0205;
    pub const STRING: u16 = 0x0207;
    pub const RK: u16 = 0x027E;
    pub const FORMAT: u16 = 0x041E;
    pub const BOF: u16 = 0x0809;
}

/// A workbook whose stream was copied out of its compound document.
pub(super) struct Workbook {
    records: Records<File>,
    shared: Shared,
}

/// What all sheets share.
struct Shared {
    writing: Writing,
    /// Whether days are counted from 1904, as on old Macintoshes.
    is_1904: bool,
    sheets: Vec<Sheet>,
    /// Where the cells of each sheet are.
    places: Vec<Place>,
    formats: HashMap<u16, Look>,
    /// The format of each look that cells refer to.
    looks: Vec<u16>,
    texts: Texts,
}

struct Place {
    at: u32,
    /// Charts and macros have none.
    has_cells: bool,
}

/// Many texts in one.
#[derive(Default)]
struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Workbook {
    pub(super) fn open(source: &dyn Source, filename: &str) -> Result<Self, Refused> {
        claim::check("xls", filename, source)?;
        let stream = compound::workbook(source)?.ok_or_else(damaged)?;
        // A spreadsheet gives each sheet bytes of its own, so that twice of all is more than enough.
        let most = stream.metadata()?.len().saturating_mul(2);
        let mut records = Records::new(stream, most);
        let shared = Shared::read(&mut records, filename)?;
        Ok(Self { records, shared })
    }

    /// Takes the cells of a sheet.
    fn read(&mut self, sheet: usize, lines: &mut Lines<'_>, formulas: &mut Formulas) -> Result<(), Refused> {
        let start = &self.shared.places[sheet];
        if !start.has_cells {
            return Ok(());
        }
        self.records.go_to(start.at)?;
        let cells = Sorted::new(lines, sorted::MOST);
        let mut taking = Taking { shared: &self.shared, cells, formulas, awaited: None };
        let mut data = Vec::new();
        if self.records.next(&mut data)? != Some(kind::BOF) {
            return Err(damaged());
        }
        // Charts within a sheet have cells of their own.
        let mut inside = 0_u32;
        loop {
            match self.records.next(&mut data)?.ok_or_else(damaged)? {
                kind::BOF => inside += 1,
                kind::EOF if inside == 0 => break,
                kind::EOF => inside -= 1,
                _ if inside > 0 => {}
                kind::STRING => {
                    let text = Spread::new(&mut self.records, std::mem::take(&mut data), 0);
                    taking.awaited(text)?;
                }
                kind::LABEL | kind::RICH_STRING => {
                    let place = place(&data)?;
                    let mut text = Spread::new(&mut self.records, std::mem::take(&mut data), 6);
                    taking.cell(place, &DataRef::String(text.text(true, taking.shared.writing)?))?;
                }
                found => taking.record(found, &data)?,
            }
        }
        taking.nothing_came();
        taking.cells.end()
    }
}

impl Book for Workbook {
    fn sheets(&self) -> &[Sheet] {
        &self.shared.sheets
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

/// The cells of a sheet as they go by.
struct Taking<'t, 'a> {
    shared: &'t Shared,
    cells: Sorted<'t, 'a>,
    formulas: &'t mut Formulas,
    /// A formula whose text stands in a record of its own.
    awaited: Option<(u32, u32)>,
}

impl Taking<'_, '_> {
    /// Takes the cells of a record that stands by itself; others are passed over.
    fn record(&mut self, found: u16, data: &[u8]) -> Result<(), Refused> {
        match found {
            kind::NUMBER => {
                let number = f64::from_le_bytes(part(data, 6)?);
                self.cell(place(data)?, &self.shared.figure(number16(data, 4)?, number))
            }
            kind::RK => {
                let number = packed(u32::from_le_bytes(part(data, 6)?));
                self.cell(place(data)?, &self.shared.figure(number16(data, 4)?, number))
            }
            kind::MUL_RK => self.side_by_side(data),
            kind::LABEL_SHARED => {
                let text = self.shared.texts.get(u32::from_le_bytes(part(data, 6)?)).ok_or_else(damaged)?;
                self.cell(place(data)?, &DataRef::SharedString(text))
            }
            kind::BOOL_ERROR => {
                let [value, is_error] = part(data, 6)?;
                let value = if is_error == 0 { DataRef::Bool(value != 0) } else { error(value)? };
                self.cell(place(data)?, &value)
            }
            kind::FORMULA => self.formula(data),
            _ => Ok(()),
        }
    }

    fn cell(&mut self, place: (u32, u32), value: &DataRef<'_>) -> Result<(), Refused> {
        self.nothing_came();
        self.cells.cell(place, values::text(value))
    }

    /// Takes figures in one row.
    fn side_by_side(&mut self, data: &[u8]) -> Result<(), Refused> {
        let (row, first) = place(data)?;
        let figures = data.get(4..data.len().saturating_sub(2)).ok_or_else(damaged)?;
        for (column, one) in (first..).zip(figures.chunks_exact(6)) {
            let number = packed(u32::from_le_bytes(part(one, 2)?));
            self.cell((row, column), &self.shared.figure(number16(one, 0)?, number))?;
        }
        Ok(())
    }

    /// Takes a formula with what was calculated of it last.
    fn formula(&mut self, data: &[u8]) -> Result<(), Refused> {
        self.nothing_came();
        let place = place(data)?;
        let calculated: [u8; 8] = part(data, 6)?;
        let value = match calculated {
            [0, .., 0xFF, 0xFF] => {
                self.awaited = Some(place);
                return Ok(());
            }
            [1, _, value, .., 0xFF, 0xFF] => DataRef::Bool(value != 0),
            [2, _, value, .., 0xFF, 0xFF] => error(value)?,
            // An empty text.
            [3, .., 0xFF, 0xFF] => DataRef::Empty,
            number => self.shared.figure(number16(data, 4)?, f64::from_le_bytes(number)),
        };
        // What may as well have been left by a program that does not calculate. One that leaves a zero wants it calculated by
        // whoever opens the file; but LibreOffice asks that of all formulas, of what it calculated, too.
        let is_unsure = match calculated {
            [3, .., 0xFF, 0xFF] => true,
            [0, 0, 0, 0, 0, 0, 0, 0] => number16(data, 14)? & 2 != 0,
            _ => false,
        };
        if is_unsure {
            self.formulas.take_unsure(place);
        } else {
            self.formulas.take(place, 1, &value);
        }
        self.cell(place, &value)
    }

    /// Takes the text of the formula before it.
    fn awaited(&mut self, mut text: Spread<'_, File>) -> Result<(), Refused> {
        let Some(place) = self.awaited.take() else { return Ok(()) };
        let value = DataRef::String(text.text(true, self.shared.writing)?);
        self.formulas.take(place, 1, &value);
        self.cell(place, &value)
    }

    /// Another cell came before the text of a formula did, or nothing at all.
    fn nothing_came(&mut self) {
        if let Some(place) = self.awaited.take() {
            self.formulas.take(place, 1, &DataRef::Empty);
        }
    }
}

impl Shared {
    /// Reads what stands before the first sheet.
    fn read(records: &mut Records<File>, filename: &str) -> Result<Self, Refused> {
        let mut data = Vec::new();
        if records.next(&mut data)? != Some(kind::BOF) {
            return Err(too_old_or_damaged(filename));
        }
        let writing = match number16(&data, 0)? {
            0x0600 => Writing::Unicode,
            0x0500 => Writing::Legacy(WINDOWS_1252),
            _ => return Err(too_old_or_damaged(filename)),
        };
        let mut shared = Self {
            writing,
            is_1904: false,
            sheets: Vec::new(),
            places: Vec::new(),
            formats: HashMap::new(),
            looks: Vec::new(),
            texts: Texts::default(),
        };
        loop {
            match records.next(&mut data)?.ok_or_else(damaged)? {
                kind::EOF => return Ok(shared),
                kind::FILE_PASS => return Err(refusal(format!("“{filename}”: {}", compound::LOCKED))),
                found => shared.take(found, records, &mut data)?,
            }
        }
    }

    fn take(&mut self, found: u16, records: &mut Records<File>, data: &mut Vec<u8>) -> Result<(), Refused> {
        match found {
            kind::CODE_PAGE => {
                if let Writing::Legacy(encoding) = &mut self.writing {
                    *encoding = encoding_of(number16(data, 0)?);
                }
            }
            kind::DATE_MODE => self.is_1904 = number16(data, 0)? == 1,
            kind::FORMAT => {
                let format = number16(data, 0)?;
                let long = matches!(self.writing, Writing::Unicode);
                let code = Spread::new(records, std::mem::take(data), 2).text(long, self.writing)?;
                self.formats.insert(format, Look::of_code(&code));
            }
            kind::LOOK if self.looks.len() < MAX_LOOKS => self.looks.push(number16(data, 2)?),
            kind::BOUND_SHEET => {
                let (at, [state, what]) = (u32::from_le_bytes(part(data, 0)?), part(data, 4)?);
                let name = Spread::new(records, std::mem::take(data), 6).text(false, self.writing)?;
                // Two bits tell whether it is shown, hidden, or hidden so that nobody is offered to show it.
                add(&mut self.sheets, name.replace('\0', ""), state & 3 != 0)?;
                self.places.push(Place { at, has_cells: what == 0 });
            }
            kind::SHARED_TEXTS => {
                let unique = u32::from_le_bytes(part(data, 4)?);
                self.texts.read(unique, Spread::new(records, std::mem::take(data), 8))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A figure as its look has it.
    fn figure(&self, look: u16, number: f64) -> DataRef<'static> {
        let format = self.looks.get(usize::from(look)).copied().unwrap_or(0);
        let time = |kind| DataRef::DateTime(ExcelDateTime::new(number, kind, self.is_1904));
        match self.formats.get(&format).copied().unwrap_or_else(|| Look::of_number(format)) {
            Look::Figure => DataRef::Float(number),
            Look::Moment => time(ExcelDateTimeType::DateTime),
            Look::Span => time(ExcelDateTimeType::TimeDelta),
        }
    }
}

impl Texts {
    /// Reads so many texts or, where their number is not given, all there are.
    fn read(&mut self, unique: u32, mut texts: Spread<'_, File>) -> Result<(), Refused> {
        while (unique == 0 || self.ends.len() < unique as usize) && texts.is_left()? {
            self.all.push_str(&texts.shared_text()?);
            self.ends.push(self.all.len() as u32);
            if self.all.len() + self.ends.len() * 4 > MAX_SHARED {
                return Err(refusal(format!(
                    "The texts of the workbook are more than is accepted: {} MB. Send the figures as CSV.",
                    MAX_SHARED >> 20
                )));
            }
        }
        Ok(())
    }

    fn get(&self, at: u32) -> Option<&str> {
        let at = at as usize;
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.all.get(start..end)
    }
}

/// The row and the column of a cell.
fn place(data: &[u8]) -> Result<(u32, u32), Refused> {
    Ok((u32::from(number16(data, 0)?), u32::from(number16(data, 2)?)))
}

fn number16(data: &[u8], at: usize) -> Result<u16, Refused> {
    Ok(u16::from_le_bytes(part(data, at)?))
}

/// So many bytes from here on.
fn part<const COUNT: usize>(data: &[u8], at: usize) -> Result<[u8; COUNT], Refused> {
    data.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or_else(damaged)
}

/// A figure in 30 bits: a whole number or the upper part of any other, perhaps in hundredths.
fn packed(bits: u32) -> f64 {
    let number =
        if bits & 2 == 0 { f64::from_bits(u64::from(bits & !3) << 32) } else { f64::from(bits.cast_signed() >> 2) };
    if bits & 1 == 0 { number } else { number / 100.0 }
}

fn error(code: u8) -> Result<DataRef<'static>, Refused> {
    Ok(DataRef::Error(match code {
        0x00 => CellErrorType::Null,
        0x07 => CellErrorType::Div0,
        0x0F => CellErrorType::Value,
        0x17 => CellErrorType::Ref,
        0x1D => CellErrorType::Name,
        0x24 => CellErrorType::Num,
        0x2A => CellErrorType::NA,
        0x2B => CellErrorType::GettingData,
        _ => return Err(damaged()),
    }))
}

/// The encoding that Windows gives this number.
fn encoding_of(page: u16) -> &'static Encoding {
    match page {
        932 => SHIFT_JIS,
        936 => GBK,
        949 => EUC_KR,
        950 => BIG5,
        10_000 | 32_768 => MACINTOSH,
        _ => Encoding::for_label(format!("windows-{page}").as_bytes()).unwrap_or(WINDOWS_1252),
    }
}

fn damaged() -> Refused {
    refusal(
        "The workbook cannot be read: it is damaged or was cut off. Save it again, best as XLSX, or send the figures as CSV.",
    )
}

fn too_old_or_damaged(filename: &str) -> Refused {
    refusal(format!(
        "“{filename}”: This workbook is older than Excel 95, or damaged, so that it cannot be read. Save it as XLSX, or send the figures as CSV."
    ))
}
