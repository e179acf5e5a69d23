//! Workbooks of other forms than XLSX are read within the same bounds, whatever their bytes are.

mod made;

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use domain::table::{Profile, Severity};
use proptest::prelude::*;

use self::made::{OlderSheet, cells, content, formula, label, ods, ods_of, record, stream, xlsx};
use super::unpack;
use crate::compound::tests::{document, holding};
use crate::source::{Input, Refused, Source};

/// The rows as text and what they are, or why there are none.
fn read(bytes: &[u8], name: &str) -> Result<(String, Profile), String> {
    match unpack(&bytes, name) {
        Ok(unpacked) => {
            let rows = std::fs::read_to_string(unpacked.rows.path()).expect("text");
            Ok((rows, unpacked.inspected.profile))
        }
        Err(Refused::Table(problems)) => Err(problems[0].message.clone()),
        Err(other) => panic!("{other}"),
    }
}

fn refused(bytes: &[u8], name: &str, why: &str) {
    let told = read(bytes, name).expect_err(why);
    assert!(told.contains(why), "{why}: {told}");
}

/// What is more than a note.
fn weighty(profile: &Profile) -> Vec<(Severity, Option<u64>, &str)> {
    let weighty = profile.problems.iter().filter(|problem| problem.severity > Severity::Note);
    weighty.map(|problem| (problem.severity, problem.line, problem.message.as_str())).collect()
}

const SHEETS: &str = r#"
<table:table table:name="Cover"><table:table-column/>
  <table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table>
<table:table table:name="R &amp; D">
  <table:shapes><draw:frame><table:table table:name="none"/></draw:frame></table:shapes>
  <table:table-header-rows><table:table-row>
    <table:table-cell office:value-type="string"><text:p>Day</text:p></table:table-cell>
    <table:table-cell office:value-type="string"><text:p>Area</text:p></table:table-cell>
    <table:table-cell office:value-type="string"><text:p>Rate</text:p></table:table-cell>
    <table:table-cell office:value-type="string" office:string-value="Same"><text:p>shown otherwise</text:p></table:table-cell>
    <table:table-cell office:value-type="string"><text:p>Taken</text:p></table:table-cell>
  </table:table-row></table:table-header-rows>
  <table:table-row table:number-rows-repeated="2">
    <table:table-cell office:value-type="date" office:date-value="2000-01-01T00:00:00"><text:p>1 January</text:p></table:table-cell>
    <table:table-cell office:value-type="string"><office:annotation><text:p>a note</text:p></office:annotation><text:p>T<text:span>ŷ</text:span> &amp; <text:s text:c="2"/>b&#33;</text:p><text:p>c</text:p></table:table-cell>
    <table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="0.30000000000000004"><text:p>0.3</text:p></table:table-cell>
    <table:table-cell office:value-type="time" office:time-value="PT36H00M00S"><text:p>36:00</text:p></table:table-cell>
  </table:table-row>
  <table:table-row-group><table:table-row>
    <table:table-cell office:value-type="date" office:date-value="2000-01-02"/>
    <table:table-cell office:value-type="boolean" office:boolean-value="true"/>
    <table:table-cell table:formula="of:=1+2" office:value-type="float" office:value="3"/>
    <table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>
    <table:table-cell table:formula="of:=2+2"/>
  </table:table-row></table:table-row-group>
  <table:table-row table:number-rows-repeated="1048572"><table:covered-table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table>"#;

#[test]
fn a_sheet_of_opendocument_is_read_as_one_of_excel() {
    let (rows, profile) = read(&ods(SHEETS), "rates.ods").expect("a table");
    let repeated = "\"2000-01-01\",\"Tŷ &   b!\nc\",\"0.3\",\"0.3\",\"1.5\"\n";
    let last = "\"2000-01-02\",\"TRUE\",\"3\",\"#N/A\"\n";
    assert_eq!(rows, ["\"Day\",\"Area\",\"Rate\",\"Same\",\"Taken\"\n", repeated, repeated, last].concat());
    assert_eq!((profile.sheet.as_deref(), profile.rows), (Some("R & D"), 3));
    let note = &profile.problems[0].message;
    assert!(note.contains("“R & D”") && note.contains("“Cover”") && !note.contains("none"), "{note}");
    let told = weighty(&profile);
    assert_eq!((told[0].0, told[0].1), (Severity::Blocking, Some(4)));
    assert!(told[0].2.contains("hold no value, at E4:") && told[1].2.contains("at C4, D4:"), "{told:?}");
}

#[test]
fn repeated_rows_and_cells_stay_within_a_spreadsheet() {
    let sheet = |row: &str, cell: &str, text: &str| {
        let attributes =
            format!("table:number-rows-repeated=\"{row}\"><table:table-cell table:number-columns-repeated=\"{cell}\"");
        ods(&cells(&format!(
            "<table:table-row {attributes}><text:p>{text}</text:p></table:table-cell></table:table-row>"
        )))
    };
    refused(&sheet("1048577", "1", "a"), "t.ods", "beyond row");
    refused(&sheet("1", "4294967295", "a"), "t.ods", "beyond row");
    refused(&sheet("1", "99999999999", "a"), "t.ods", "cannot be read");
    refused(&sheet("1048576", "1", &"a".repeat(10_000)), "t.ods", "more than 2 GB");
    refused(&sheet("1", "16384", &"a".repeat(10_000)), "t.ods", "longer than 16 MB");
    let (rows, _) = read(&sheet("3", "2", "a"), "t.ods").expect("a table");
    assert_eq!(rows, "\"a\",\"a\"\n".repeat(3));
}

#[test]
fn documents_that_are_locked_broken_or_endless_are_refused() {
    let locked = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>";
    refused(&ods_of(b"\x8A\x01\x02 nothing to read", locked), "t.ods", "protected with a password");
    refused(&ods(""), "t.ods", "all its sheets are empty");
    let long = "a".repeat(257);
    refused(&ods(&cells(&format!("<{long}></{long}>"))), "t.ods", "name of an element is too long");
    let long = "a".repeat(1025);
    refused(&ods(&sheet(&long, "ta1", "a")), "t.ods", "name of a sheet is longer than 1 KB");
    let deep = "<text:span>".repeat(2000);
    let row =
        format!("<table:table-row><table:table-cell><text:p>{deep}</text:p></table:table-cell></table:table-row>");
    refused(&ods(&cells(&row)), "t.ods", "too many elements");
    let whole = content(SHEETS);
    let end = whole.rfind("<table:table-row ").expect("a row");
    refused(&ods_of(&whole.as_bytes()[..end], ""), "t.ods", "cannot be read");
    refused(&ods_of(whole.replace("</table:table-row>", "</wrong>").as_bytes(), ""), "t.ods", "cannot be read");
    refused(b"PK\x05\x06\0\0\0\0\0\0\0\0", "t.ods", "a ZIP archive");
}

/// A sheet with one cell.
fn sheet(name: &str, style: &str, text: &str) -> String {
    format!(
        "<table:table table:name=\"{name}\" table:style-name=\"{style}\"><table:table-row>\
         <table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell></table:table-row></table:table>"
    )
}

#[test]
fn hidden_sheets_are_read_where_no_other_has_cells() {
    let read_from = |bytes: &[u8], name: &str| {
        let (_, mut profile) = read(bytes, name).expect("a table");
        (profile.sheet.unwrap_or_default(), profile.problems.remove(0).message)
    };
    let style = "<style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>";
    let document = |sheets: String| ods_of(content(&sheets).replace("<style:style/>", style).as_bytes(), "");
    // What formulas need of another file is no sheet at all.
    let copy = sheet("'file:///rates.ods'#Rates", "ta1", "a")
        .replace("<table:table-row>", "<table:table-source/><table:table-row>");
    let (lists, rates) = (sheet("Lists", "ta2", "a"), sheet("Rates", "ta1", "a"));
    let (name, note) = read_from(&document(format!("{copy}{lists}{rates}")), "t.ods");
    assert_eq!(name, "Rates");
    assert!(note.ends_with("are not part of the table: “Lists”."), "{note}");
    let rates = sheet("Rates", "ta1", "");
    let (name, note) = read_from(&document(format!("{copy}{lists}{rates}")), "t.ods");
    assert_eq!(name, "Lists");
    assert!(note.contains("It is hidden") && note.contains("“Rates”"), "{note}");

    let hidden = |state: u8| OlderSheet { name: "Lists", state, kind: 0, records: vec![label(0, 0, b"a")] };
    let workbook = |sheets: &[OlderSheet]| holding("Workbook", &stream(0x0600, &[], sheets));
    for state in [1, 2] {
        let shown = OlderSheet::of(vec![label(0, 0, b"a")]);
        assert_eq!(read_from(&workbook(&[hidden(state), shown]), "t.xls").0, "Rates");
        let (name, note) = read_from(&workbook(&[hidden(state), OlderSheet::of(Vec::new())]), "t.xls");
        assert_eq!(name, "Lists");
        assert!(note.contains("It is hidden"), "{note}");
    }
}

#[test]
fn of_many_sheets_some_are_named() {
    let names: Vec<String> = (0..25).map(|at| format!("S{at}")).collect();
    let sheets: String = names.iter().map(|name| sheet(name, "ta1", "a")).collect();
    let (_, profile) = read(&ods(&sheets), "t.ods").expect("a table");
    let note = &profile.problems[0].message;
    assert!(note.contains(": “S1”, “S2”,") && note.ends_with("“S20” and 4 more."), "{note}");
}

/// A workbook that counts how often it is opened.
struct Counted {
    bytes: Vec<u8>,
    times: Cell<u32>,
}

impl Source for Counted {
    fn open(&self) -> io::Result<Box<dyn Input + '_>> {
        self.times.set(self.times.get() + 1);
        Ok(Box::new(Cursor::new(self.bytes.as_slice())))
    }
}

#[test]
fn a_document_is_not_read_from_its_start_for_each_of_its_sheets() {
    let opened = |empty: usize| {
        let sheets = "<table:table table:name=\"Empty\"/>".repeat(empty) + &sheet("Rates", "ta1", "a");
        let counted = Counted { bytes: ods(&sheets), times: Cell::new(0) };
        let unpacked = unpack(&counted, "t.ods").expect("a table");
        assert_eq!(unpacked.inspected.profile.sheet.as_deref(), Some("Rates"));
        counted.times.get()
    };
    assert_eq!(opened(1), opened(50));
}

/// A workbook that counts how many of its bytes are read.
struct Metered {
    bytes: Vec<u8>,
    read: Cell<usize>,
}

struct Meter<'m> {
    input: Cursor<&'m [u8]>,
    read: &'m Cell<usize>,
}

impl Read for Meter<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(bytes)?;
        self.read.set(self.read.get() + read);
        Ok(read)
    }
}

impl Seek for Meter<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

impl Source for Metered {
    fn open(&self) -> io::Result<Box<dyn Input + '_>> {
        Ok(Box::new(Meter { input: Cursor::new(self.bytes.as_slice()), read: &self.read }))
    }
}

#[test]
fn sheets_that_name_one_part_do_not_have_it_read_on_and_on() {
    let cell = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Year</t></is></c></row>";
    let empty = "<row/>".repeat(20_000);
    let bytes = xlsx(&["same"; 1_000], &[("same", &empty)]);
    let metered = Metered { read: Cell::new(0), bytes };
    match unpack(&metered, "t.xlsx") {
        Err(Refused::Table(problems)) => assert!(problems[0].message.contains("all its sheets are empty")),
        other => panic!("{:?}", other.err()),
    }
    let (read, length) = (metered.read.get(), metered.bytes.len());
    assert!(read < 8 * length, "{read} bytes of {length}");
    let last = xlsx(&["same", "same", "other", "same"], &[("same", ""), ("other", cell)]);
    let (rows, profile) = self::read(&last, "t.xlsx").expect("a table");
    assert_eq!((rows.as_str(), profile.sheet.as_deref()), ("\"Year\"\n", Some("S3")));
    let (rows, profile) = self::read(&xlsx(&["same"; 3], &[("same", cell)]), "t.xlsx").expect("a table");
    assert_eq!((rows.as_str(), profile.sheet.as_deref()), ("\"Year\"\n", Some("S1")));
}

#[test]
fn a_sheet_is_read_that_begins_where_the_end_of_the_archive_is_looked_for() {
    let cell = |text: &str| format!("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>");
    let other = cell("Other");
    // The sheet that is read first is the last part, so that blanks in it alone move its beginning away from the end.
    let made = |blanks: usize| {
        let first = format!("{}{}", cell("Year"), " ".repeat(blanks));
        let bytes = xlsx(&["first", "other"], &[("other", &other), ("first", &first)]);
        let begins = bytes.windows(11).rposition(|tag| tag == b"<worksheet>").expect("a sheet");
        let from_end = bytes.len() - begins;
        (bytes, from_end)
    };
    let (_, least) = made(0);
    for (blanks, from_end) in [(1_024 - least, 1_024), (1_025 - least, 1_025)] {
        let (bytes, begins) = made(blanks);
        assert_eq!(begins, from_end);
        let (rows, profile) = read(&bytes, "t.xlsx").expect("a table");
        assert_eq!((rows.as_str(), profile.sheet.as_deref()), ("\"Year\"\n", Some("S1")), "{from_end}");
    }
}

#[test]
fn errors_that_stand_in_what_is_shown_alone_are_no_figures() {
    let zero = "office:value-type=\"float\" office:value=\"0\"";
    let row = |cells: &[(&str, &str)]| {
        let cells = cells.iter().map(|(told, shown)| {
            format!("<table:table-cell {told} {zero}><text:p>{shown}</text:p></table:table-cell>")
        });
        format!("<table:table-row>{}</table:table-row>", cells.collect::<String>())
    };
    let formula = "table:formula=\"of:=A1\"";
    let rows = row(&[
        (formula, "#N/A"),
        (formula, "Err:503"),
        (formula, "#DIV/0!"),
        (formula, "#NAME?"),
        (formula, "#0!"),
        (formula, "Err:"),
        ("", "#N/A"),
        ("calcext:value-type=\"error\"", "Fehler:503"),
    ]);
    let (rows, _) = read(&ods(&cells(&rows)), "t.ods").expect("a table");
    assert_eq!(rows, "\"#N/A\",\"Err:503\",\"#DIV/0!\",\"#NAME?\",\"0\",\"0\",\"0\",\"Fehler:503\"\n");
}

#[test]
fn formulas_of_older_workbooks_tell_what_was_calculated_of_them() {
    let text = |kind: u8| [kind, 0, 1, 0, 0, 0, 0xFF, 0xFF];
    let error = [2, 0, 0x2A, 0, 0, 0, 0xFF, 0xFF];
    let rows = vec![
        label(0, 0, b"Name"),
        label(0, 1, b"Sum"),
        label(0, 2, b"Word"),
        label(1, 0, b"a"),
        formula(1, 1, 3_f64.to_le_bytes(), 0),
        formula(1, 2, text(0), 0),
        record(0x0207, b"\x01\0\0x"),
        label(2, 0, b"b"),
        formula(2, 1, [0; 8], 3),
        formula(2, 2, text(0), 0),
        label(3, 0, b"c"),
        formula(3, 1, text(1), 0),
        formula(3, 2, error, 0),
        label(4, 0, b"d"),
        formula(4, 1, text(3), 0),
        formula(4, 2, [0; 8], 0),
    ];
    let sheets = [OlderSheet { name: "Chart", state: 0, kind: 2, records: Vec::new() }, OlderSheet::of(rows)];
    let (rows, profile) = read(&holding("Workbook", &stream(0x0600, &[], &sheets)), "t.xls").expect("a table");
    assert_eq!(
        rows,
        "\"Name\",\"Sum\",\"Word\"\n\"a\",\"3\",\"x\"\n\"b\",\"0\"\n\"c\",\"TRUE\",\"#N/A\"\n\"d\",,\"0\"\n"
    );
    assert_eq!(profile.sheet.as_deref(), Some("Rates"));
    let told = weighty(&profile);
    assert_eq!((told[0].0, told[0].1), (Severity::Blocking, Some(3)));
    assert!(told[0].2.contains("hold no value, at C3:"), "{told:?}");
    assert!(told[1].2.contains("at B2, C2, B3, B4, C4 and 2 more:"), "{told:?}");
}

#[test]
fn zeros_and_empty_texts_of_formulas_block_where_there_is_nothing_else() {
    let told = |third: [u8; 8]| {
        let rows = vec![
            label(0, 0, b"Name"),
            label(0, 1, b"Change"),
            label(1, 0, b"a"),
            formula(1, 1, [0; 8], 2),
            label(2, 0, b"b"),
            formula(2, 1, [3, 0, 0, 0, 0, 0, 0xFF, 0xFF], 0),
            label(3, 0, b"c"),
            formula(3, 1, third, 2),
        ];
        let bytes = holding("Workbook", &stream(0x0600, &[], &[OlderSheet::of(rows)]));
        let (rows, profile) = read(&bytes, "t.xls").expect("a table");
        assert!(rows.starts_with("\"Name\",\"Change\"\n\"a\",\"0\"\n\"b\"\n\"c\",\""), "{rows}");
        let told = weighty(&profile);
        let blocking = told.iter().filter(|problem| problem.0 == Severity::Blocking).count();
        (blocking, told[0].1, told[0].2.to_owned())
    };
    let (blocking, line, message) = told([0; 8]);
    assert_eq!((blocking, line), (1, Some(2)));
    assert!(message.contains("hold no value but zeros and empty texts, at B2, B3, B4:"), "{message}");
    // LibreOffice calculates, and asks all the same for it to be done anew.
    let (blocking, line, message) = told(3_f64.to_le_bytes());
    assert_eq!((blocking, line), (0, Some(2)));
    assert!(message.contains("at B2, B3, B4:"), "{message}");
}

#[test]
fn sheets_that_share_their_bytes_are_not_read_on_and_on() {
    let blank = record(0x0201, &[0; 6]).repeat(100);
    let made = |at: usize| {
        let same = record(0x0085, &[&(at as u32).to_le_bytes()[..], &[0, 0, 1, 0, b'x']].concat());
        stream(0x0600, &[same.repeat(5)], &[OlderSheet::of(vec![blank.clone()])])
    };
    // The records of the sheet stand last, between one that begins and one that ends them.
    let at = made(0).len() - blank.len() - 24;
    refused(&holding("Workbook", &made(at)), "t.xls", "stand in the same place");
}

#[test]
fn figures_of_older_workbooks_are_days_and_times_by_their_looks() {
    let looks = |format: u16| record(0x00E0, &[[0, 0], format.to_le_bytes()].concat());
    let shared = [
        record(0x0022, &[1, 0]),
        record(0x041E, b"\xA4\0\x0A\0\0dd/mm/yyyy"),
        looks(0),
        looks(164),
        looks(46),
        record(0x00FC, b"\x01\0\0\0\x01\0\0\0\x04\0\0Rate"),
    ];
    let rk = |number: u32| number.to_le_bytes();
    let (hundredths, whole) = ((12_345 << 2) | 3, (-7_i32 << 2).cast_unsigned() | 2);
    let rows = vec![
        label(0, 0, b"Day"),
        label(0, 1, b"Taken"),
        record(0x00FD, &[0, 0, 2, 0, 0, 0, 0, 0, 0, 0]),
        label(0, 3, b"Change"),
        label(0, 4, b"Final"),
        record(0x0203, &[&[1, 0, 0, 0, 1, 0][..], &0_f64.to_le_bytes()].concat()),
        record(0x027E, &[&[1, 0, 1, 0, 2, 0][..], &rk(0x3FF8_0000)].concat()),
        record(0x00BD, &[&[1, 0, 2, 0, 0, 0][..], &rk(hundredths), &[0, 0], &rk(whole), &[3, 0]].concat()),
        record(0x0205, &[1, 0, 4, 0, 0, 0, 1, 0]),
        // A chart in the sheet has cells of its own.
        record(0x0809, &[0; 16]),
        label(0, 0, b"none of the table"),
        record(0x000A, &[]),
        label(2, 0, b"later"),
    ];
    let bytes = holding("Workbook", &stream(0x0600, &shared, &[OlderSheet::of(rows)]));
    let (rows, _) = read(&bytes, "T.XLS").expect("a table");
    let heading = "\"Day\",\"Taken\",\"Rate\",\"Change\",\"Final\"\n";
    assert_eq!(rows, format!("{heading}\"1904-01-01\",\"1.5\",\"123.45\",\"-7\",\"TRUE\"\n\"later\"\n"));
}

#[test]
fn texts_of_excel_95_are_in_the_encoding_of_its_machine() {
    let text = |row: u16, text: &[u8]| {
        let head = [row, 0, 0, text.len() as u16].map(u16::to_le_bytes).concat();
        record(0x0204, &[&head[..], text].concat())
    };
    let rows = vec![text(0, b"Name"), text(1, b"\xE8"), text(2, b"b")];
    let bytes = holding("Book", &stream(0x0500, &[record(0x0042, &1250_u16.to_le_bytes())], &[OlderSheet::of(rows)]));
    assert_eq!(read(&bytes, "t.xls").expect("a table").0, "\"Name\"\n\"č\"\n\"b\"\n");
}

#[test]
fn older_workbooks_that_are_locked_damaged_or_too_old_are_refused() {
    let made = |version: u16, shared: &[Vec<u8>], rows: Vec<Vec<u8>>| {
        holding("Workbook", &stream(version, shared, &[OlderSheet::of(rows)]))
    };
    refused(&made(0x0600, &[record(0x002F, &[1, 0])], Vec::new()), "t.xls", "protected with a password");
    refused(&made(0x0400, &[], Vec::new()), "t.xls", "older than Excel 95");
    refused(&made(0x0600, &[], Vec::new()), "t.xls", "all its sheets are empty");
    refused(&made(0x0600, &[], vec![label(0, 0, b"a"), label(0, 0, b"b")]), "t.xls", "stand in one place");
    refused(&made(0x0600, &[], vec![record(0x00FD, &[0; 10])]), "t.xls", "damaged");
    refused(&made(0x0600, &[], vec![record(0x0203, &[0; 5])]), "t.xls", "damaged");
    let whole = stream(0x0600, &[], &[OlderSheet::of(vec![label(0, 0, b"a")])]);
    refused(&holding("Workbook", &whole[..whole.len() - 4]), "t.xls", "cut off");
    refused(b"a,b\n1,2\n", "t.xls", "Excel workbook");
    let locked = document(&["EncryptionInfo", "EncryptedPackage"], [0; 16]);
    for name in ["t.xls", "t.xlsx"] {
        refused(&locked, name, "protected with a password");
    }
}

/// Cells of an older workbook in their order, each with what belongs to it.
fn older_cells() -> Vec<Vec<u8>> {
    let number = |row: u16, column: u16, number: f64| {
        record(0x0203, &[&[row, column, 0].map(u16::to_le_bytes).concat()[..], &number.to_le_bytes()].concat())
    };
    let mut cells = vec![label(0, 0, b"Name"), label(0, 1, b"Rate"), label(0, 2, b"Word"), label(0, 3, b"Sum")];
    for row in 1..9 {
        let text = [formula(row, 2, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 0), record(0x0207, b"\x01\0\0x")].concat();
        cells.extend([label(row, 0, &[b'a', b'0' + row as u8]), number(row, 1, f64::from(row) / 4.0), text]);
        cells.push(formula(row, 3, f64::from(row).to_le_bytes(), 0));
    }
    cells
}

/// The bytes with some of them changed and perhaps the end cut off.
fn changed(bytes: &[u8], changes: &[(usize, u8)], cut: Option<usize>) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, byte) in changes {
        let at = at % bytes.len();
        bytes[at] = *byte;
    }
    bytes.truncate(cut.map_or(bytes.len(), |cut| cut % bytes.len()));
    bytes
}

/// Whatever is wrong is told of the table; nothing stops halfway.
fn is_told(bytes: &[u8], name: &str) -> bool {
    matches!(unpack(&bytes, name), Ok(_) | Err(Refused::Table(_)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cells_of_older_workbooks_are_read_in_whatever_order_they_were_written(
        cells in Just(older_cells()).prop_shuffle(),
    ) {
        let told = |cells: Vec<Vec<u8>>| {
            let (rows, profile) = read(&holding("Workbook", &stream(0x0600, &[], &[OlderSheet::of(cells)])), "t.xls")?;
            let problems: Vec<_> = profile.problems.into_iter().map(|told| (told.line, told.message)).collect();
            Ok::<_, String>((rows, problems))
        };
        let in_order = told(older_cells());
        prop_assert!(in_order.as_ref().is_ok_and(|(rows, _)| rows.contains("\n\"a8\",\"2\",\"x\",\"8\"\n")), "{in_order:?}");
        prop_assert_eq!(told(cells), in_order);
    }

    #[test]
    fn nothing_stops_at_changed_bytes(
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..12),
        cut in proptest::option::of(any::<usize>()),
    ) {
        let older = include_bytes!("../../tests/older/not-calculated.xls");
        prop_assert!(is_told(&changed(older, &changes, cut), "t.xls"));
        let inside = stream(0x0600, &[], &[OlderSheet::of(vec![label(0, 0, b"a"), formula(1, 0, [0, 0, 0, 0, 0, 0, 255, 255], 0), record(0x0207, b"\x01\0\0x")])]);
        prop_assert!(is_told(&holding("Workbook", &changed(&inside, &changes, cut)), "t.xls"));
        prop_assert!(is_told(&ods_of(&changed(content(SHEETS).as_bytes(), &changes, cut), ""), "t.ods"));
        prop_assert!(is_told(&changed(&ods(SHEETS), &changes, cut), "t.ods"));
    }
}
