//! Which sheets the document of an `OpenDocument` workbook holds, and which of them are hidden: their styles tell, before them.

use std::collections::HashSet;
use std::io::BufReader;
use std::ops::ControlFlow;

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::damaged;
use super::xml::{Xml, attribute};
use crate::sheet::{MAX_NAME, MAX_SHEETS, Sheet, add, unreadable};
use crate::source::{Refused, Source};

/// A part of the document.
pub(super) enum Part {
    /// How its sheets and cells look.
    Styles,
    Sheet {
        name: String,
        style: Option<String>,
    },
}

impl Part {
    /// A sheet, unless it is what formulas need of another file: a copy that no spreadsheet shows, known by its name alone,
    /// such as `'file:///rates.ods'#Rates`. A sheet that is linked with another file is shown and has a name like others.
    fn sheet(element: &BytesStart<'_>) -> Result<Option<Self>, Refused> {
        let name = attribute(element, "table:name")?.unwrap_or_default();
        if name.starts_with('\'') && name.contains("'#") {
            return Ok(None);
        }
        Ok(Some(Self::Sheet { name, style: attribute(element, "table:style-name")? }))
    }
}

/// Calls `visit` with each part of the document, until it breaks; it has to read the part up to its end.
pub(super) fn each_part<F>(source: &dyn Source, mut visit: F) -> Result<(), Refused>
where
    F: FnMut(Part, &mut Xml<'_>) -> Result<ControlFlow<()>, Refused>,
{
    let mut archive = ZipArchive::new(source.open()?).map_err(unreadable)?;
    let content = archive.by_name("content.xml").map_err(unreadable)?;
    let mut xml = Xml::new(Box::new(BufReader::new(content)));
    loop {
        let part = match xml.next()? {
            Event::Start(element) => match element.name().0 {
                "office:document-content" | "office:body" | "office:spreadsheet" => continue,
                "office:automatic-styles" => Some(Part::Styles),
                "table:table" => Part::sheet(&element)?,
                _ => None,
            },
            Event::Eof => return Ok(()),
            _ => continue,
        };
        let Some(part) = part else {
            xml.pass()?;
            continue;
        };
        if visit(part, &mut xml)?.is_break() {
            return Ok(());
        }
    }
}

/// The sheets of a document, in their order.
pub(super) fn sheets(source: &dyn Source) -> Result<Vec<Sheet>, Refused> {
    let (mut sheets, mut hiding) = (Vec::new(), HashSet::new());
    each_part(source, |part, xml| {
        match part {
            Part::Styles => take_hiding(xml, &mut hiding)?,
            Part::Sheet { name, style } => {
                add(&mut sheets, name, style.is_some_and(|style| hiding.contains(&style)))?;
                xml.pass()?;
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(sheets)
}

/// Takes the names of the styles that hide their sheets, up to the end of all styles; no more than there may be sheets.
fn take_hiding(xml: &mut Xml<'_>, hiding: &mut HashSet<String>) -> Result<(), Refused> {
    let mut open = 0_u32;
    let mut style: Option<String> = None;
    loop {
        match xml.next()? {
            Event::Start(element) => {
                open += 1;
                match element.name().0 {
                    "style:style" => style = attribute(&element, "style:name")?,
                    "style:table-properties" if attribute(&element, "table:display")?.as_deref() == Some("false") => {
                        let known = style.take().filter(|name| name.len() <= MAX_NAME);
                        if let Some(name) = known
                            && hiding.len() < MAX_SHEETS
                        {
                            hiding.insert(name);
                        }
                    }
                    _ => {}
                }
            }
            Event::End(_) if open == 0 => return Ok(()),
            Event::End(_) => open -= 1,
            Event::Eof => return Err(damaged("it was cut off")),
            _ => {}
        }
    }
}
