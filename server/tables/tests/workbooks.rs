//! What workbooks promise that are made of tables: no more rows than a sheet has, long cells cut and told, nothing that runs.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use calamine::{Data, Reader, Xlsx};
use domain::selection::{DataFormat, Selection};
use tables::{
    About, IsStopped, Limits, MAX_SHEET_ROWS, Page, Position, Table, TableError, build, write, write_counted,
    write_page,
};
use tempfile::NamedTempFile;

/// The table file of a CSV; it goes with its file.
fn table(bytes: &[u8]) -> (Table, NamedTempFile) {
    let file = NamedTempFile::new().unwrap();
    let limits = Limits { preview_rows: 0, options: 0 };
    build(&bytes, "t.csv", limits, file.reopen().unwrap()).unwrap();
    (Table::open(file.path()).unwrap(), file)
}

fn whole(table: &Table, format: DataFormat) -> Vec<u8> {
    let pieces = write(table, &Selection::default(), Page::default(), format, &About::default()).unwrap();
    pieces.flat_map(Result::unwrap).collect()
}

fn workbook(table: &Table) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(whole(table, DataFormat::Xlsx))).unwrap()
}

#[test]
fn a_cell_that_is_too_long_is_cut_in_the_sheet_told_beside_and_whole_in_csv() {
    // Letters that count twice for Excel: none may be cut in half.
    let long = "All statistics are estimates \u{1F4C8}. ".repeat(2400);
    let (table, _file) = table(format!("id,text\n1,short\n2,\"{long}\"\n3,short\n").as_bytes());
    let mut book = workbook(&table);
    let sheet = book.worksheet_range("Data").unwrap();
    let cell = sheet.get_value((2, 1)).unwrap().to_string();
    let kept = cell.strip_suffix(" … [cut]").unwrap();
    assert!(long.starts_with(kept), "{}", &kept[kept.len() - 20..]);
    assert!((32_760..=32_767).contains(&cell.encode_utf16().count()), "{}", cell.encode_utf16().count());
    assert_eq!(sheet.get_value((3, 1)).unwrap().to_string(), "short");
    let about = book.worksheet_range("About").unwrap();
    let notes: Vec<String> = about.rows().map(|row| format!("{}: {}", row[0], row[1])).collect();
    assert!(notes.iter().any(|note| note.starts_with("Note: 1 cells hold more letters")), "{notes:?}");

    let csv = String::from_utf8(whole(&table, DataFormat::Csv)).unwrap();
    assert!(csv.contains(&long));
    let (plain, _file) = self::table(b"id,text\n1,short\n");
    let about = workbook(&plain).worksheet_range("About").unwrap();
    assert!(about.rows().all(|row| row[0] != "Note"), "nothing was cut");
}

#[test]
fn what_a_spreadsheet_would_run_is_text_in_the_sheet() {
    let (table, _file) = table(include_bytes!("awkward/formula-injection.csv"));
    let mut book = workbook(&table);
    let formulas = book.worksheet_formula("Data").unwrap();
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()), "{formulas:?}");
    let sheet = book.worksheet_range("Data").unwrap();
    for (place, text) in [((1, 2), "=1+1"), ((3, 2), "@SUM(A1:A9)"), ((4, 0), "=2+5"), ((7, 2), "+44 20 7946 0000")] {
        assert_eq!(sheet.get_value(place), Some(&Data::String(text.to_owned())));
    }
    for (row, number) in [(1, -1.5), (2, 2.5), (3, -0.3)] {
        assert_eq!(sheet.get_value((row, 1)), Some(&Data::Float(number)));
    }
}

#[test]
fn more_rows_than_a_sheet_has_are_refused_and_a_part_of_them_is_not() {
    let rows = MAX_SHEET_ROWS + 2;
    let (table, _file) = table(format!("value\n{}", "1\n".repeat(usize::try_from(rows).unwrap())).as_bytes());
    let all = Selection::default();
    let made = |page: Page| write(&table, &all, page, DataFormat::Xlsx, &About::default()).map(drop);
    match made(Page::default()) {
        Err(TableError::TooManyRows { rows: told, most }) => assert_eq!((told, most), (rows, MAX_SHEET_ROWS)),
        other => panic!("{other:?}"),
    }
    made(Page { limit: Some(10), ..Page::default() }).unwrap();
    made(Page { offset: rows - 5, ..Page::default() }).unwrap();
    // From a cursor on it shows only while they are written.
    let first: serde_json::Value =
        serde_json::from_slice(&write_page(&table, &all, Page { limit: Some(1), ..Page::default() }).unwrap()).unwrap();
    let start = Some(Position::parse(&table, &all, first["next_cursor"].as_str().unwrap()).unwrap());
    assert!(matches!(made(Page { start, ..Page::default() }), Err(TableError::TooManyRows { .. })));
    made(Page { start, limit: Some(10), ..Page::default() }).unwrap();
}

#[test]
fn a_workbook_that_nobody_waits_for_any_longer_is_made_no_further() {
    let rows = 500;
    let (table, _file) = table(format!("value\n{}", "1\n".repeat(rows)).as_bytes());
    // What comes of it where nobody waits after so many questions, and how many were asked.
    let made = |most: usize| {
        let asked = AtomicUsize::new(0);
        let stopped = || asked.fetch_add(1, Ordering::Relaxed) >= most;
        let waiting: (Arc<AtomicU64>, IsStopped<'_>) = (Arc::default(), &stopped);
        let all = Selection::default();
        let made = write_counted(&table, &all, Page::default(), DataFormat::Xlsx, &About::default(), waiting).map(drop);
        (made, asked.into_inner())
    };
    let (whole, asked) = made(usize::MAX);
    whole.unwrap();
    assert!(asked > rows, "between all rows, and while it is packed: {asked}");
    for most in [0, 1, rows - 1, rows, asked - 1] {
        let (stopped, asked) = made(most);
        assert!(matches!(stopped, Err(TableError::Stopped)), "{most}: {stopped:?}");
        assert!(asked <= most + 2, "{most}: {asked}");
    }
}
