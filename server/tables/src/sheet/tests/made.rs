//! Workbooks made by hand, down to their records and tags.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A sheet of an older workbook.
pub struct OlderSheet {
    pub name: &'static str,
    /// Whether it is shown: 0 if it is.
    pub state: u8,
    pub kind: u8,
    pub records: Vec<Vec<u8>>,
}

impl OlderSheet {
    /// One with these records.
    pub fn of(records: Vec<Vec<u8>>) -> Self {
        Self { name: "Rates", state: 0, kind: 0, records }
    }
}

/// A record of an older workbook.
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// A cell with letters of one byte.
pub fn label(row: u16, column: u16, text: &[u8]) -> Vec<u8> {
    let head = [row, column, 0, text.len() as u16].map(u16::to_le_bytes).concat();
    record(0x0204, &[&head[..], &[0], text].concat())
}

/// A formula with what was calculated of it.
pub fn formula(row: u16, column: u16, calculated: [u8; 8], flags: u16) -> Vec<u8> {
    let head = [row, column, 0].map(u16::to_le_bytes).concat();
    record(0x0006, &[&head[..], &calculated, &flags.to_le_bytes(), &[0; 6]].concat())
}

/// The stream of an older workbook: what its sheets share, then each of them.
pub fn stream(version: u16, shared: &[Vec<u8>], sheets: &[OlderSheet]) -> Vec<u8> {
    let begin = |what: u16| record(0x0809, &[&version.to_le_bytes()[..], &what.to_le_bytes(), &[0; 12]].concat());
    let end = record(0x000A, &[]);
    let bodies: Vec<Vec<u8>> =
        sheets.iter().map(|sheet| [begin(0x10), sheet.records.concat(), end.clone()].concat()).collect();
    let named = |at: usize, sheet: &OlderSheet| {
        let width: &[u8] = if version == 0x0600 { &[0] } else { &[] };
        let head = [&(at as u32).to_le_bytes()[..], &[sheet.state, sheet.kind, sheet.name.len() as u8]].concat();
        record(0x0085, &[&head[..], width, sheet.name.as_bytes()].concat())
    };
    let before = [begin(5), shared.concat()].concat();
    let mut at = before.len() + sheets.iter().map(|sheet| named(0, sheet).len()).sum::<usize>() + end.len();
    let mut made = before;
    for (sheet, body) in sheets.iter().zip(&bodies) {
        made.extend(named(at, sheet));
        at += body.len();
    }
    made.extend(&end);
    made.extend(bodies.concat());
    made
}

/// A workbook of Excel since 2007 with a sheet for each of these names of parts, and the parts.
pub fn xlsx(named: &[&str], parts: &[(&str, &str)]) -> Vec<u8> {
    const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{KINDS}/{kind}\" Target=\"{target}\"/>")
    };
    let list = |related: String| format!("<Relationships>{related}</Relationships>");
    let sheets: String = (1..)
        .zip(named)
        .map(|(at, part)| format!("<sheet name=\"S{at}\" sheetId=\"{at}\" r:id=\"{part}\"/>"))
        .collect();
    let sheets = format!("<workbook><sheets>{sheets}</sheets></workbook>");
    let known = parts.iter().map(|(part, _)| related(part, "worksheet", &format!("worksheets/{part}.xml"))).collect();
    let mut entries = vec![
        ("_rels/.rels".to_owned(), list(related("r", "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml".to_owned(), sheets),
        ("xl/_rels/workbook.xml.rels".to_owned(), list(known)),
    ];
    entries.extend(parts.iter().map(|(part, cells)| {
        let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
        (format!("xl/worksheets/{part}.xml"), sheet)
    }));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in entries {
        archive.start_file(name, stored).expect("begun");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("ended").into_inner()
}

/// The document of an OpenDocument workbook with these sheets.
pub fn content(sheets: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content><office:automatic-styles><style:style/></office:automatic-styles>\
         <office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
}

/// A sheet with these rows.
pub fn cells(rows: &str) -> String {
    format!("<table:table table:name=\"Rates\">{rows}</table:table>")
}

/// An OpenDocument workbook with these sheets.
pub fn ods(sheets: &str) -> Vec<u8> {
    ods_of(content(sheets).as_bytes(), "")
}

/// One with this document and what its list of parts says.
pub fn ods_of(content: &[u8], parts: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let list = format!("<manifest:manifest>{parts}</manifest:manifest>");
    let parts: [(&str, &[u8]); 3] = [
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content),
        ("META-INF/manifest.xml", list.as_bytes()),
    ];
    for (name, bytes) in parts {
        archive.start_file(name, stored).expect("begun");
        archive.write_all(bytes).expect("written");
    }
    archive.finish().expect("ended").into_inner()
}
