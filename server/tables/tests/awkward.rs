//! Files as people really send them: what is accepted, what is said of them and what is refused.
#![expect(clippy::unwrap_used, reason = "tests")]

use domain::table::{ColumnKind, ColumnRole, Problem, Profile, Severity};
use tables::{Limits, MAX_COLUMNS, Refused, build_as, chart, inspect, preview};

macro_rules! file {
    ($name:literal) => {
        (include_bytes!(concat!("awkward/", $name)).as_slice(), $name)
    };
}

fn accepted((bytes, name): (&[u8], &str)) -> Profile {
    inspect(bytes, name).unwrap()
}

fn refused((bytes, name): (&[u8], &str)) -> Problem {
    let problems = inspect(bytes, name).unwrap_err();
    assert!(problems.iter().all(|problem| problem.severity == Severity::Error));
    problems.into_iter().next().unwrap()
}

fn says(profile: &Profile, severity: Severity, part: &str) -> bool {
    profile.problems.iter().any(|problem| problem.severity == severity && problem.message.contains(part))
}

#[test]
fn utf16_is_read_with_its_welsh_letters() {
    let file = file!("utf16le-bom.csv");
    let profile = accepted(file);
    assert_eq!((profile.encoding.as_str(), profile.byte_order_mark), ("UTF-16LE", true));
    assert_eq!(profile.columns.len(), 7);
    let rows = preview(file.0, &profile, 40).rows;
    assert!(rows.iter().flatten().any(|cell| cell == "Pen-y-bont ar Ogwr 008"));
    assert!(says(&profile, Severity::Note, "UTF-16LE"));
}

#[test]
fn an_older_encoding_is_named_and_the_preamble_found() {
    let file = file!("windows-1252-preamble.csv");
    let profile = accepted(file);
    assert_eq!((profile.encoding.as_str(), profile.preamble_rows, profile.rows), ("windows-1252", 2, 57));
    assert_eq!(profile.columns[0].name, "AREACD");
    assert!(preview(file.0, &profile, 1).rows[0].contains(&"£".to_owned()));
    assert!(says(&profile, Severity::Warning, "windows-1252"));
    assert!(says(&profile, Severity::Note, "line 3"));
}

#[test]
fn mixed_encodings_are_refused_at_the_first_bad_byte() {
    let problem = refused(file!("mixed-encodings.csv"));
    assert_eq!(problem.line, Some(3));
    assert!(problem.message.contains("0xF4 at offset 46"));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_heading() {
    let profile = accepted(file!("utf8-bom-crlf.csv"));
    assert_eq!((profile.columns[0].label.as_str(), profile.line_endings.as_str()), ("period-start", "CRLF"));
    assert!(profile.byte_order_mark && profile.problems.is_empty());
}

#[test]
fn line_ends_of_old_macs_end_rows() {
    let profile = accepted(file!("bare-cr.csv"));
    assert_eq!((profile.rows, profile.line_endings.as_str()), (24, "CR"));
    assert!(says(&profile, Severity::Note, "CR only"));
}

#[test]
fn rows_wider_than_the_headings_are_refused() {
    let problem = refused(file!("ragged-rows.csv"));
    assert_eq!(problem.line, Some(2));
    assert!(problem.message.starts_with("Line 2 has 7 fields, the header 6"));
    assert_eq!(inspect(file!("ragged-rows.csv").0, "").unwrap_err().len(), 6);
}

#[test]
fn equal_headings_are_told_and_told_apart() {
    let profile = accepted(file!("duplicate-headings.csv"));
    assert_eq!([&profile.columns[1].name, &profile.columns[2].name], ["time", "time-2"]);
    assert!(says(&profile, Severity::Warning, "Columns 2 and 3 have the same heading"));
    assert_eq!(profile.columns[0].role, ColumnRole::Measure);
    assert_eq!(profile.columns[2].kind, ColumnKind::Time);
}

#[test]
fn broken_quotes_and_nul_bytes_are_refused_with_their_line() {
    let problem = refused(file!("unclosed-quote.csv"));
    assert_eq!(problem.line, Some(2));
    assert!(problem.message.contains("quote opened in line 2 is not closed"));
    let problem = refused(file!("nul-byte.csv"));
    assert_eq!(problem.line, Some(3));
    assert!(problem.message.contains("NUL byte in line 3"));
}

#[test]
fn other_kinds_of_file_are_told_by_their_content() {
    assert!(refused(file!("zip-renamed.csv")).message.contains("This is a ZIP archive, not CSV"));
    assert!(refused(file!("executable-renamed.csv")).message.contains("This is a program, not CSV"));
    let workbook = refused(file!("xlsx-renamed.csv")).message;
    assert!(
        workbook.contains("This is an Excel workbook, not CSV: upload it as .xlsx or save it as CSV"),
        "{workbook}"
    );
    assert!(refused(file!("empty.csv")).message.contains("The file is empty"));
    assert!(refused((b"\r\n\r\n", "blank.csv")).message.contains("only blank lines"));
}

#[test]
fn semicolons_and_decimal_commas_are_understood() {
    let profile = accepted(file!("semicolon-decimal-comma.csv"));
    assert_eq!((profile.delimiter, profile.decimal_comma), (';', true));
    assert_eq!(profile.columns[1].kind, ColumnKind::Number);
    let chart = chart(file!("semicolon-decimal-comma.csv").0, &profile).unwrap();
    assert_eq!(chart.series[0].values[1], Some(35.77));
}

#[test]
fn thousands_and_markers_leave_a_column_numeric() {
    let profile = accepted(file!("thousands-separators.csv"));
    assert_eq!(profile.columns[2].kind, ColumnKind::Integer);
    let chart = chart(file!("thousands-separators.csv").0, &profile).unwrap();
    assert_eq!(chart.series[0].values[0], Some(77_500.0));
    assert!(chart.series[0].values.contains(&None));
}

#[test]
fn dates_in_many_forms_stay_text_and_are_not_drawn() {
    let file = file!("mixed-date-forms.csv");
    let profile = accepted(file);
    assert_eq!(profile.columns[0].kind, ColumnKind::Text);
    for part in ["2001-01-31 from line 2", "31/01/2001 from line 3", "Jan-01 from line 7"] {
        assert!(says(&profile, Severity::Warning, part), "{part}");
    }
    assert_eq!(chart(file.0, &profile), None);
}

#[test]
fn quoted_line_ends_do_not_make_rows() {
    let profile = accepted(file!("quoted-newlines.csv"));
    assert_eq!((profile.rows, profile.columns.len()), (3, 3));
}

#[test]
fn formulas_are_warned_of_and_signed_numbers_are_not() {
    let profile = accepted(file!("formula-injection.csv"));
    assert_eq!(profile.columns[1].kind, ColumnKind::Number);
    assert!(says(&profile, Severity::Warning, "8 cells begin like a formula, first in line 2"));
}

#[test]
fn headings_without_rows_are_loudly_accepted() {
    let file = file!("header-only.csv");
    for (bytes, columns) in [(file.0, 6), (b"Date,Value".as_slice(), 2)] {
        let profile = accepted((bytes, file.1));
        assert_eq!((profile.rows, profile.columns.len()), (0, columns));
        assert!(says(&profile, Severity::Blocking, "no rows of data"));
        assert!(profile.must_be_confirmed());
        assert!(preview(bytes, &profile, 10).rows.is_empty());
    }
}

#[test]
fn one_column_needs_no_delimiter() {
    let file = file!("one-column.csv");
    let profile = accepted(file);
    assert_eq!((profile.columns.len(), profile.rows, profile.columns[0].kind), (1, 33, ColumnKind::Text));
    assert_eq!(profile.columns[0].label, "Local authority");
    let rows = preview(file.0, &profile, 40).rows;
    assert_eq!((rows.len(), rows[32][0].as_str()), (33, "Vale of Glamorgan"));
    assert!(profile.problems.is_empty(), "{:?}", profile.problems);
}

#[test]
fn tabs_between_cells_are_told() {
    let file = file!("tab-delimited.csv");
    let profile = accepted(file);
    assert_eq!((profile.delimiter, profile.columns.len(), profile.rows), ('\t', 5, 39));
    assert_eq!(preview(file.0, &profile, 1).rows[0], ["2", "Bolton", "", "", ""]);
    assert!(says(&profile, Severity::Note, "separated by tabs"));
}

#[test]
fn a_table_of_2000_columns_is_taken_whole() {
    let mut text = String::from("series");
    for day in 0..1999 {
        text.push_str(&format!(",{}-{:02}-{:02}", 2000 + day / 336, day / 28 % 12 + 1, day % 28 + 1));
    }
    for name in ["Brent", "Brent less 1"] {
        text.push_str(&format!("\n{name}"));
        for day in 0..1999 {
            text.push_str(&format!(",{}.5", 60 + day % 40));
        }
    }
    let profile = accepted((text.as_bytes(), "wide-2000-columns.csv"));
    assert_eq!((profile.columns.len(), profile.rows), (2000, 2));
    // Nobody is offered two thousand dimensions.
    let dimensions: Vec<_> = profile.columns.iter().filter(|column| column.role == ColumnRole::Dimension).collect();
    assert_eq!(dimensions.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["series"]);
    assert_eq!(preview(text.as_bytes(), &profile, 20).rows[1].len(), 2000);
    let wider = "a,".repeat(MAX_COLUMNS) + "b\n";
    let told = refused((wider.as_bytes(), "wider.csv")).message;
    assert!(told.contains("has 16385 columns; at most 16384 are accepted"), "{told}");
}

#[test]
fn blank_lines_and_empty_headings_are_counted() {
    let profile = accepted(file!("short-and-blank-rows.csv"));
    assert_eq!(profile.rows, 49);
    assert!(says(&profile, Severity::Note, "1 blank line was skipped"));
    let file = file!("empty-headings-cp1252.csv");
    let profile = accepted(file);
    assert_eq!((profile.encoding.as_str(), profile.rows), ("windows-1252", 194));
    assert!(says(&profile, Severity::Warning, "Columns 8, 9 and 10 have no heading"));
    assert!(says(&profile, Severity::Warning, "the first letter concerned is ‘ in line 29"));
    let rows = preview(file.0, &profile, 40).rows;
    assert!(rows[27][4].contains("‘Burma’"), "{}", rows[27][4]);
    assert_eq!(rows[1][2], "Albanian ", "cells are kept as they are");
    let profile = accepted((b"a,,b,\n1,2,3,4\n\n5,6,7,8\n", "t.csv"));
    assert_eq!(profile.rows, 2);
    assert!(says(&profile, Severity::Note, "1 blank line was skipped"));
    assert!(says(&profile, Severity::Warning, "Columns 2 and 4 have no heading"));
}

#[test]
fn a_missing_heading_row_is_told_and_no_row_is_lost() {
    let bytes = b"Hartlepool,12.5\nRedcar,10.1\nYork,9\n";
    let profile = accepted((bytes, "t.csv"));
    assert_eq!((profile.header, profile.rows), (false, 3));
    assert_eq!(preview(bytes, &profile, 1).rows[0], ["Hartlepool", "12.5"]);
    assert!(says(&profile, Severity::Warning, "no heading row"));
}

#[test]
fn short_rows_are_refused_and_empty_surplus_is_not() {
    assert_eq!(refused((b"a,b,c\n1,2,3\n1,2\n", "t.csv")).line, Some(3));
    assert_eq!(accepted((b"a,b\n1,2,,\n3,4\n", "t.csv")).rows, 2);
}

#[test]
fn a_few_odd_cells_in_a_column_of_numbers_are_named() {
    let mut text = String::from("area,value\n");
    for row in 0..40 {
        text.push_str(&format!("A{row},{row}\n"));
    }
    text.push_str("B,about 12\n");
    let profile = accepted((text.as_bytes(), "t.csv"));
    assert_eq!(profile.columns[1].kind, ColumnKind::Text);
    assert!(says(&profile, Severity::Warning, "1 is not a number, first “about 12” in line 42"));
}

#[test]
fn long_cells_are_cut_in_the_preview_alone() {
    let bytes = format!("id,text\n1,{}\n", "ŵ".repeat(40_000));
    let profile = accepted((bytes.as_bytes(), "t.csv"));
    assert!(says(&profile, Severity::Note, "40000 letters"));
    assert_eq!(preview(bytes.as_bytes(), &profile, 5).rows[0][1].chars().count(), 201);
    // As very-long-cell.csv is made; what sheets and CSV hold of it, `query.rs` says.
    let bytes = format!("id,text\n1,short\n2,\"{}\"\n3,short\n", "All statistics are estimates. ".repeat(2400));
    let profile = accepted((bytes.as_bytes(), "very-long-cell.csv"));
    assert_eq!(profile.rows, 3);
    assert!(says(&profile, Severity::Note, "The cell in line 3 has 72000 letters"));
}

/// Every file of the folder, so that none is there that no test here asks for.
#[test]
fn every_file_is_asked_for() {
    let source = include_str!("awkward.rs");
    for entry in std::fs::read_dir("tests/awkward").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(source.contains(&format!("file!(\"{name}\")")), "{name}");
    }
}

#[test]
fn an_editor_may_choose_another_encoding() {
    let file = file!("windows-1252-preamble.csv");
    let limits = Limits { preview_rows: 5, options: 10 };
    let read_as = |name: &str| build_as(&file.0, file.1, Some(name), limits, std::io::sink());
    let built = read_as("macintosh").unwrap();
    assert_eq!((built.profile.encoding.as_str(), built.profile.preamble_rows), ("macintosh", 2));
    assert!(says(&built.profile, Severity::Note, "as an editor chose"));
    assert!(!built.profile.problems.iter().any(|problem| problem.message.contains("a guess")));
    // The same bytes are the pound sign of old Macs as well; £ is elsewhere in others.
    assert!(built.preview.rows[0].contains(&"£".to_owned()));
    assert!(read_as("ISO-8859-2").unwrap().preview.rows[0].contains(&"Ł".to_owned()));
    let Err(Refused::Table(problems)) = read_as("UTF-8") else { panic!("accepted") };
    assert!(problems[0].message.contains("bytes that are not UTF-8") && problems[0].line.is_some(), "{problems:?}");
}

#[test]
fn a_large_table_is_read_once_and_whole() {
    let mut text = String::with_capacity(4_000_000);
    text.push_str("code,count\n");
    for row in 0..200_000 {
        text.push_str(&format!("E{row:08},{}\n", row % 977));
    }
    let profile = accepted((text.as_bytes(), "large.csv"));
    assert_eq!((profile.rows, profile.columns[1].kind), (200_000, ColumnKind::Integer));
    assert_eq!(preview(text.as_bytes(), &profile, 3).rows.len(), 3);
}
