//! `OpenDocument` workbooks: one document holds all sheets and is read as a stream (ODF 1.3, part 3).

mod tables;
mod xml;

use std::io::Read;
use std::ops::ControlFlow;

use calamine::DataRef;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use self::tables::{Part, each_part};
use self::xml::{Xml, attribute, resolve, times, value};
use super::formulas::Formulas;
use super::lines::Lines;
use super::{Book, Search, Sheet, guard, unreadable, values};
use crate::content::contains;
use crate::records::MAX_RECORD;
use crate::source::{Refused, Source, refusal};
use crate::{claim, compound};

/// Bytes of the list of parts in which encryption shows; the parts themselves stand first in it.
const MANIFEST: u64 = 1 << 20;
/// Spaces in a row that one tag stands for, at most.
const MAX_SPACES: u32 = 32_767;

/// A workbook whose parts were found to be within bounds.
pub(super) struct Document<'s> {
    source: &'s dyn Source,
    sheets: Vec<Sheet>,
}

impl<'s> Document<'s> {
    pub(super) fn open(source: &'s dyn Source, filename: &str) -> Result<Self, Refused> {
        claim::check("ods", filename, source)?;
        if is_locked(source)? {
            return Err(refusal(format!("“{filename}”: {}", compound::LOCKED)));
        }
        guard::check(source, false)?;
        Ok(Self { source, sheets: tables::sheets(source)? })
    }
}

impl Book for Document<'_> {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn search(&mut self, wanted: &[usize], search: &mut Search) -> Result<(), Refused> {
        let (mut count, mut wanted) = (0_usize, wanted.iter().copied().peekable());
        each_part(self.source, |part, xml| {
            let sheet = match part {
                Part::Styles => None,
                Part::Sheet { .. } => {
                    count += 1;
                    wanted.next_if_eq(&(count - 1))
                }
            };
            let Some(sheet) = sheet else {
                xml.pass()?;
                return Ok(ControlFlow::Continue(()));
            };
            let is_found = search.has_cells(sheet, |lines, formulas| rows(xml, lines, formulas))?;
            Ok(if is_found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
    }
}

/// Whether the list of parts names one that is encrypted.
fn is_locked(source: &dyn Source) -> Result<bool, Refused> {
    let mut archive = ZipArchive::new(source.open()?).map_err(unreadable)?;
    let part = match archive.by_name("META-INF/manifest.xml") {
        Ok(part) => part,
        Err(ZipError::FileNotFound) => return Ok(false),
        Err(error) => return Err(unreadable(error)),
    };
    let mut list = Vec::new();
    part.take(MANIFEST).read_to_end(&mut list).map_err(unreadable)?;
    Ok(contains(&list, b"encryption-data"))
}

/// Takes the rows of a sheet, up to its end.
fn rows(xml: &mut Xml<'_>, lines: &mut Lines<'_>, formulas: &mut Formulas) -> Result<(), Refused> {
    let (mut row, mut groups) = (0_u32, 0_u32);
    loop {
        let repeated = match xml.next()? {
            Event::Start(element) => match element.name().0 {
                "table:table-rows" | "table:table-header-rows" | "table:table-row-group" => {
                    groups += 1;
                    continue;
                }
                "table:table-row" => Some(times(attribute(&element, "table:number-rows-repeated")?.as_deref())?),
                _ => None,
            },
            Event::End(_) if groups == 0 => return Ok(()),
            Event::End(_) => {
                groups -= 1;
                continue;
            }
            Event::Eof => return Err(damaged("it was cut off")),
            _ => continue,
        };
        match repeated {
            None => xml.pass()?,
            Some(times) => {
                cells(xml, (row, times), lines, formulas)?;
                row = row.saturating_add(times);
            }
        }
    }
}

/// Takes the cells of a row, which may stand for many rows below each other.
fn cells(
    xml: &mut Xml<'_>,
    (row, rows): (u32, u32),
    lines: &mut Lines<'_>,
    formulas: &mut Formulas,
) -> Result<(), Refused> {
    let mut column = 0_u32;
    loop {
        let cell = match xml.next()? {
            Event::Start(element) => match element.name().0 {
                "table:table-cell" | "table:covered-table-cell" => Some(Cell::of(&element)?),
                _ => None,
            },
            Event::End(_) => break,
            Event::Eof => return Err(damaged("it was cut off")),
            _ => continue,
        };
        let Some(cell) = cell else {
            xml.pass()?;
            continue;
        };
        let shown = written(xml)?;
        let value = cell.value(shown);
        if cell.is_formula {
            formulas.take((row, column), u64::from(cell.times) * u64::from(rows), &value);
        }
        lines.side_by_side((row, column), cell.times, &values::text(&value))?;
        column = column.saturating_add(cell.times);
    }
    if rows > 1 && lines.holds(row) {
        lines.repeat(rows - 1)?;
    }
    Ok(())
}

/// What the tag of a cell says of it.
struct Cell {
    /// How many cells beside each other it stands for.
    times: u32,
    is_formula: bool,
    is_text: bool,
    is_error: bool,
    told: Option<DataRef<'static>>,
}

impl Cell {
    fn of(element: &BytesStart<'_>) -> Result<Self, Refused> {
        let mut cell = Self { times: 1, is_formula: false, is_text: false, is_error: false, told: None };
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(damaged)?;
            match attribute.key.0 {
                "table:number-columns-repeated" => cell.times = times(Some(&value(&attribute)?))?,
                "table:formula" => cell.is_formula = true,
                "office:value-type" => cell.is_text = value(&attribute)? == "string",
                "calcext:value-type" => cell.is_error = value(&attribute)? == "error",
                "office:value" => cell.told = Some(number(value(&attribute)?)),
                "office:date-value" => cell.told = Some(DataRef::DateTimeIso(moment(&value(&attribute)?))),
                "office:time-value" => cell.told = Some(span(value(&attribute)?)),
                "office:boolean-value" => {
                    cell.told = Some(DataRef::Bool(value(&attribute)?.eq_ignore_ascii_case("true")))
                }
                "office:string-value" => cell.told = Some(DataRef::String(value(&attribute)?)),
                _ => {}
            }
        }
        Ok(cell)
    }

    /// What the cell holds: what its tag tells, else what is shown of it.
    fn value(&self, shown: Option<String>) -> DataRef<'static> {
        match (&self.told, shown) {
            (Some(told), shown) if self.is_untold_error(told, shown.as_deref()) => {
                shown.map_or(DataRef::Empty, DataRef::String)
            }
            (Some(told), _) => told.clone(),
            (None, Some(shown)) => DataRef::String(shown),
            (None, None) if self.is_text => DataRef::String(String::new()),
            (None, None) => DataRef::Empty,
        }
    }

    /// Whether something went wrong, and what it was stands in nothing but what is shown.
    fn is_untold_error(&self, told: &DataRef<'_>, shown: Option<&str>) -> bool {
        match told {
            DataRef::String(told) => self.is_error && told.is_empty(),
            // Older programs tell a zero, and not that it is none.
            _ => self.is_error || (self.is_formula && shown.is_some_and(is_error)),
        }
    }
}

/// Whether what is shown of a formula is an error, such as `#N/A`, `#DIV/0!`, `#NAME?` or `Err:503`.
fn is_error(shown: &str) -> bool {
    let named = shown.strip_prefix('#').and_then(|rest| rest.strip_suffix(['!', '?']));
    let numbered = shown.strip_prefix("Err:");
    shown == "#N/A"
        || named.is_some_and(|name| name.chars().any(char::is_alphabetic))
        || numbered.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}

fn number(told: String) -> DataRef<'static> {
    told.trim().parse().map_or(DataRef::String(told), DataRef::Float)
}

/// A day without midnight and a time without parts of a second, as with other workbooks.
fn moment(told: &str) -> String {
    let whole = told.split_once('.').map_or(told, |(whole, _)| whole);
    whole.strip_suffix("T00:00:00").unwrap_or(whole).to_owned()
}

/// A time in days, as Excel counts it.
fn span(told: String) -> DataRef<'static> {
    days(&told).map_or(DataRef::String(told), DataRef::Float)
}

/// The days of a time such as `PT10H30M00S`.
fn days(told: &str) -> Option<f64> {
    let (sign, rest) = told.strip_prefix('-').map_or((1.0, told), |rest| (-1.0, rest));
    let (mut days, mut digits) = (0.0, String::new());
    for letter in rest.strip_prefix('P')?.chars() {
        let in_a_day = match letter {
            'T' => continue,
            '0'..='9' | '.' => {
                digits.push(letter);
                continue;
            }
            'D' => 1.0,
            'H' => 24.0,
            'M' => 1440.0,
            'S' => 86_400.0,
            _ => return None,
        };
        days += digits.parse::<f64>().ok()? / in_a_day;
        digits.clear();
    }
    digits.is_empty().then_some(sign * days)
}

/// What is shown in a cell, up to its end: each paragraph is a line. Notes and drawings are no part of it.
fn written(xml: &mut Xml<'_>) -> Result<Option<String>, Refused> {
    let (mut text, mut paragraphs, mut open) = (String::new(), 0_u32, 0_u32);
    loop {
        if text.len() > MAX_RECORD {
            return Err(refusal(format!(
                "The workbook holds a cell of more than {} MB. Send the figures as CSV.",
                MAX_RECORD >> 20
            )));
        }
        let is_part = match xml.next()? {
            Event::Start(element) => match element.name().0 {
                "text:p" if open == 0 => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs = paragraphs.saturating_add(1);
                    true
                }
                "text:s" if open > 0 => {
                    let spaces = times(attribute(&element, "text:c")?.as_deref())?.min(MAX_SPACES);
                    text.extend(std::iter::repeat_n(' ', spaces as usize));
                    true
                }
                "text:tab" if open > 0 => {
                    text.push('\t');
                    true
                }
                "text:line-break" if open > 0 => {
                    text.push('\n');
                    true
                }
                name => open > 0 && name.starts_with("text:") && name != "text:note",
            },
            Event::End(_) if open == 0 => return Ok((paragraphs > 0).then_some(text)),
            Event::End(_) => {
                open -= 1;
                continue;
            }
            Event::Text(part) if open > 0 => {
                text.push_str(&part.xml10_content());
                continue;
            }
            Event::CData(part) if open > 0 => {
                text.push_str(&part.xml10_content());
                continue;
            }
            Event::GeneralRef(reference) if open > 0 => {
                resolve(&reference, &mut text)?;
                continue;
            }
            Event::Eof => return Err(damaged("it was cut off")),
            _ => continue,
        };
        if is_part {
            open += 1;
        } else {
            xml.pass()?;
        }
    }
}

/// What cannot be read, and why.
fn damaged(error: impl std::fmt::Display) -> Refused {
    unreadable(error)
}

#[cfg(test)]
mod tests {
    use super::{days, moment};

    #[test]
    fn moments_are_written_as_of_other_workbooks() {
        for (told, kept) in [
            ("2000-01-01", "2000-01-01"),
            ("2000-01-01T00:00:00", "2000-01-01"),
            ("2000-01-01T00:00:00.000000000", "2000-01-01"),
            ("2000-01-01T10:30:00.250000000", "2000-01-01T10:30:00"),
        ] {
            assert_eq!(moment(told), kept);
        }
    }

    #[test]
    fn spans_are_counted_in_days() {
        assert_eq!(days("PT36H00M00S"), Some(1.5));
        assert_eq!(days("-P1DT6H"), Some(-1.25));
        assert_eq!(days("PT00H45M00.0S"), Some(0.03125));
        for wrong in ["", "12:30", "PT1", "PTH", "P1Y", "PT1.2.3S"] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }
}
