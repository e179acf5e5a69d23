//! The table file gives back every cell as it came, and reading in pieces changes nothing.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Read, Write};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use domain::table::{Column, Profile, Severity};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use tables::{Built, Limits, Table, build, preview};

const ALL: Limits = Limits { preview_rows: 20, options: 1000 };

/// Builds the file and reads the cells back out of it.
fn back(bytes: &[u8], name: &str) -> Option<(Built, Vec<Vec<String>>)> {
    let file = tempfile::tempfile().unwrap();
    let built = build(&bytes, name, ALL, file.try_clone().unwrap()).ok()?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
    let value = |key: &str| metadata.iter().find(|pair| pair.key == key).unwrap().value.clone().unwrap();
    assert_eq!(value("catalogue.layout"), "1");
    assert_eq!(serde_json::from_str::<Vec<Column>>(&value("catalogue.columns")).unwrap(), built.profile.columns);
    let mut rows = Vec::new();
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        rows.extend((0..batch.num_rows()).map(|row| cells(&batch, row, &built.profile)));
    }
    Some((built, rows))
}

fn cells(batch: &RecordBatch, row: usize, profile: &Profile) -> Vec<String> {
    let cell = |(at, column): (usize, &Column)| {
        if let Some(text) = batch.column_by_name(&format!("text:{}", column.name)).filter(|text| text.is_valid(row)) {
            return text.as_string::<i32>().value(row).to_owned();
        }
        let own = batch.column(at);
        match own.data_type() {
            _ if own.is_null(row) => String::new(),
            DataType::Int64 => own.as_primitive::<Int64Type>().value(row).to_string(),
            DataType::Float64 => own.as_primitive::<Float64Type>().value(row).to_string(),
            _ => own.as_string::<i32>().value(row).to_owned(),
        }
    };
    profile.columns.iter().enumerate().map(cell).collect()
}

fn comes_back(bytes: &[u8], name: &str) -> Option<Profile> {
    let (built, rows) = back(bytes, name)?;
    let sent = preview(bytes, &built.profile, usize::MAX).rows;
    // The preview cuts cells of more than 200 letters.
    let cut = |cell: &String| match cell.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", &cell[..at]),
        None => cell.clone(),
    };
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(cut).collect()).collect();
    assert_eq!(rows, sent, "{name}");
    assert_eq!(rows.len() as u64, built.profile.rows);
    assert_eq!(tables::options(bytes, &built.profile, 1000), built.dimensions);
    Some(built.profile)
}

#[test]
fn codes_that_a_file_does_not_say_are_looked_for_once() {
    const SAID: &[u8] = b"catalogue.codes";
    let table = b"V4_0,Time_codelist,Time,area,Area\n1,Month,Jan-96,W92,Wales\n2,Month,Feb-96,W92,Wales\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(build(&table.as_slice(), "v4.csv", ALL, file.reopen().unwrap()).is_ok());
    assert_eq!(Table::open(file.path()).unwrap().found_codes(), None, "the file says them");

    // As a program of before wrote it.
    let mut bytes = std::fs::read(file.path()).unwrap();
    let at = bytes.windows(SAID.len()).position(|part| part == SAID).unwrap();
    bytes[at] = b'C';
    std::fs::write(file.path(), &bytes).unwrap();
    let found = Table::open(file.path()).unwrap().found_codes().unwrap().to_vec();
    assert_eq!(found, [0, 1, 2, 3, 3]);
    let known = [0, 1, 1, 3, 3];
    let again = Table::open_known(file.path(), Some(&known)).unwrap();
    assert_eq!(again.found_codes().unwrap(), known, "what is known is taken for what is there");
    let unfit = Table::open_known(file.path(), Some(&[0, 9])).unwrap();
    assert_eq!(unfit.found_codes().unwrap(), found);
}

#[test]
fn awkward_files_come_back_as_they_came() {
    let mut read = 0;
    let folder = "tests/awkward";
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        read += u32::from(comes_back(&bytes, &path.to_string_lossy()).is_some());
    }
    assert!(read >= 9, "{read}");
}

#[test]
fn figures_written_in_odd_ways_come_back() {
    let odd = "a,b,c,d\n1,1.50,\"77,500\",x\n2,-0,:, y\n3,0.1,,z\n-0,1e3, 5,\n4,.5,12345678901234567,q\n9223372036854775807,£5,7,\"a \"\"b\"\"\"\n";
    let profile = comes_back(odd.as_bytes(), "odd.csv").unwrap();
    assert_eq!(profile.rows, 6);
    assert!(profile.columns[0].kind.is_numeric() && profile.columns[2].kind.is_numeric());
    comes_back("a;b\n1,5;1.234\n2,25;7\n-0,5;1.000.000\n".as_bytes(), "comma.csv").unwrap();
}

#[test]
fn what_is_in_the_columns_is_counted() {
    let table = "Area code,Year,Value\nE06000001,2001,5\nW92000004,1999,:\nE06000001,2003,\"1,200\"\n";
    let profile = comes_back(table.as_bytes(), "t.csv").unwrap();
    let [code, year, value] = profile.statistics.as_slice() else { panic!("{:?}", profile.statistics) };
    assert_eq!((code.distinct, code.exact, code.subject), (2, true, Some(domain::table::Subject::Geography)));
    assert_eq!((year.least.as_deref(), year.greatest.as_deref()), (Some("1999"), Some("2003")));
    assert_eq!((value.missing, value.least.as_deref(), value.greatest.as_deref()), (1, Some("5"), Some("1,200")));
    assert_eq!(code.samples, ["E06000001", "W92000004"]);
}

#[test]
fn many_different_cells_are_counted_up_to_a_bound() {
    let mut text = String::from("code,day,count\n");
    for row in 0..60_000 {
        text.push_str(&format!("E{row:08},2001-01-{:02},{row}\n", row % 28 + 1));
    }
    let profile = comes_back(text.as_bytes(), "t.csv").unwrap();
    assert_eq!((profile.statistics[0].distinct, profile.statistics[0].exact), (50_000, false));
    assert_eq!((profile.statistics[1].distinct, profile.statistics[1].exact), (28, true));
    assert_eq!(profile.statistics[2].greatest.as_deref(), Some("59999"));
}

#[test]
fn rows_without_end_are_refused_with_their_line() {
    let long = "x".repeat(17 << 20);
    let told = |text: String| tables::inspect(text.as_bytes(), "t.csv").unwrap_err().remove(0);
    let quote = told(format!("a,b\n1,2\n3,\"{long}\n"));
    assert!(quote.line == Some(3) && quote.message.contains("quote opened in line 3 is not closed"), "{quote:?}");
    let row = told(format!("a,b\n1,2\n3,{long}\n4,5\n"));
    assert!(row.line == Some(3) && row.message.contains("line 3 is longer than 16 MB"), "{row:?}");
}

fn workbook(fill: impl Fn(&mut rust_xlsxwriter::Workbook)) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

#[test]
fn the_first_sheet_with_cells_of_a_workbook_is_the_table() {
    let bytes = workbook(|workbook| {
        workbook.add_worksheet().set_name("Cover").unwrap();
        let sheet = workbook.add_worksheet();
        sheet.set_name("Rates").unwrap();
        sheet.write(0, 0, "Rates of something").unwrap();
        for (at, heading) in ["Day", "Area", "Rate"].into_iter().enumerate() {
            sheet.write(2, at as u16, heading).unwrap();
        }
        let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        for row in 0..5_u32 {
            sheet.write_with_format(3 + row, 0, f64::from(36_526 + row), &day).unwrap();
            sheet.write(3 + row, 1, "Tŷ \"a\", b").unwrap();
            sheet.write(3 + row, 2, 0.1 + 0.2 + f64::from(row)).unwrap();
        }
        workbook.add_worksheet().set_name("Notes").unwrap();
    });
    let (built, rows) = back(&bytes, "rates.xlsx").unwrap();
    assert_eq!(
        (built.profile.sheet.as_deref(), built.profile.rows, built.profile.preamble_rows),
        (Some("Rates"), 5, 2)
    );
    assert_eq!(rows[0], ["2000-01-01", "Tŷ \"a\", b", "0.3"]);
    assert_eq!(built.preview.rows, rows);
    let note = &built.profile.problems[0].message;
    assert!(note.contains("“Rates”") && note.contains("“Cover”, “Notes”"), "{note}");
}

#[test]
fn a_hidden_sheet_is_the_table_where_no_other_has_cells() {
    for (area, read) in [("Cardiff", "Rates"), ("", "Lists")] {
        let bytes = workbook(|workbook| {
            let lists = workbook.add_worksheet();
            lists.set_name("Lists").unwrap().set_hidden(true).write(0, 0, "Area").unwrap();
            lists.write(1, 0, "Swansea").unwrap();
            let rates = workbook.add_worksheet();
            rates.set_name("Rates").unwrap().set_active(true);
            if !area.is_empty() {
                rates.write(0, 0, "Area").unwrap();
                rates.write(1, 0, area).unwrap();
            }
        });
        for state in ["hidden", "veryHidden"] {
            let bytes = replaced(&bytes, "state=\"hidden\"", &format!("state=\"{state}\""));
            let (built, _) = back(&bytes, "rates.xlsx").unwrap();
            assert_eq!(built.profile.sheet.as_deref(), Some(read), "{state}");
            assert_eq!(built.profile.problems[0].message.contains("It is hidden"), read == "Lists", "{state}");
        }
    }
}

#[test]
fn an_older_workbook_is_read_as_a_newer_one() {
    let (built, rows) = back(include_bytes!("older/rates.xls"), "rates.xls").unwrap();
    assert_eq!(
        (built.profile.sheet.as_deref(), built.profile.rows, built.profile.preamble_rows),
        (Some("Rates"), 600, 2)
    );
    assert_eq!(rows[0], ["2000-01-01", "2001-02-03T10:30:00", "Tŷ \"a\", b 0", "0.3", "1.5", "TRUE"]);
    let long = "Café a long name of a place, so that there are many bytes 599";
    assert_eq!(rows[599], ["2001-08-22", "2001-02-03T10:30:00", long, "599.3", "1.5", "FALSE"]);
    assert_eq!(built.preview.rows, rows[..20]);
    let note = &built.profile.problems[0].message;
    assert!(note.contains("“Rates”") && note.contains("“Cover”, “Notes”"), "{note}");

    // Made by a program that does not calculate.
    let (built, rows) = back(include_bytes!("older/not-calculated.xls"), "sums.xls").unwrap();
    assert_eq!((rows.len(), &rows[0][..2], rows[0][2].as_str()), (4, &["Area 1".to_owned(), "1".to_owned()][..], ""));
    let blocking = built.profile.problems.iter().find(|problem| problem.severity == Severity::Blocking).unwrap();
    assert!(blocking.message.contains("at C2, C3, C4, C5:"), "{}", blocking.message);
}

/// The workbook without the values that were calculated of formulas, where they are this one.
fn without_values(workbook: &[u8], value: &str) -> Vec<u8> {
    replaced(workbook, &format!("<v>{value}</v>"), "")
}

/// The workbook with other words in its parts.
fn replaced(workbook: &[u8], words: &str, others: &str) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut made = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let name = entry.name().unwrap().into_owned();
        made.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        made.write_all(text.replace(words, others).as_bytes()).unwrap();
    }
    made.finish().unwrap().into_inner()
}

#[test]
fn formula_cells_of_a_workbook_are_named_and_those_without_a_value_block() {
    let formula = |text: &str, result: &str| rust_xlsxwriter::Formula::new(text).set_result(result);
    let bytes = workbook(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.set_name("Rates").unwrap();
        for (at, heading) in ["Area", "Count", "Rate"].into_iter().enumerate() {
            sheet.write(0, at as u16, heading).unwrap();
        }
        for row in 1..=8_u32 {
            sheet.write(row, 0, format!("Area {row}")).unwrap();
            sheet.write_formula(row, 1, formula("=1+2", "3")).unwrap();
            sheet.write_formula(row, 2, formula("=B2/2", if row == 4 { "4711" } else { "1.5" })).unwrap();
        }
    });
    let told = |bytes: &[u8]| {
        let (built, rows) = back(bytes, "rates.xlsx").unwrap();
        let weighty = built.profile.problems.into_iter().filter(|problem| problem.severity > Severity::Note);
        (weighty.map(|problem| (problem.severity, problem.line, problem.message)).collect::<Vec<_>>(), rows)
    };
    let (whole, rows) = told(&bytes);
    assert_eq!((whole.len(), whole[0].0, whole[0].1, rows[3][2].as_str()), (1, Severity::Warning, Some(2), "4711"));
    assert!(whole[0].2.contains("“Rates” cells hold formulas, at B2, C2, B3, C3, B4 and 11 more"), "{}", whole[0].2);

    let (cut, rows) = told(&without_values(&bytes, "4711"));
    assert_eq!((cut.len(), cut[0].0, cut[0].1, rows[3][2].as_str()), (2, Severity::Blocking, Some(5), ""));
    assert!(cut[0].2.contains("“Rates” formulas hold no value, at C5:"), "{}", cut[0].2);

    // A sheet of nothing but such formulas is no table, and says why.
    let bytes = workbook(|workbook| {
        workbook.add_worksheet().write_formula(0, 0, formula("=1+1", "4711")).unwrap();
    });
    match build(&without_values(&bytes, "4711").as_slice(), "t.xlsx", ALL, std::io::sink()) {
        Err(tables::Refused::Table(problems)) => {
            assert!(problems[0].message.contains("only formulas without values"), "{problems:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn workbooks_that_are_none_or_merge_too_much_are_refused() {
    let refused = |bytes: &[u8], name: &str| match build(&bytes, name, ALL, std::io::sink()) {
        Err(tables::Refused::Table(problems)) => problems[0].message.clone(),
        other => panic!("{other:?}"),
    };
    assert!(refused(include_bytes!("awkward/zip-renamed.csv"), "t.xlsx").contains("not an Excel workbook"));
    assert!(refused(b"a,b\n1,2\n", "t.xlsx").contains("not an Excel workbook"));
    let named = workbook(|workbook| {
        workbook.add_worksheet().set_name("Rates").unwrap().write(0, 0, "Area").unwrap();
    });
    let named = replaced(&named, "<sheet name=\"Rates\"", &format!("<sheet name=\"{}\"", "a".repeat(1025)));
    assert!(refused(&named, "t.xlsx").contains("name of a sheet is longer than 1 KB"));
    let bytes = workbook(|workbook| {
        workbook.add_worksheet().write(0, 0, "x".repeat(32_000)).unwrap();
    });
    assert!(refused(&bytes, "t.csv").contains("This is an Excel workbook, not CSV"));
    // Room for so many would be asked for at once, and nothing would be left of the program.
    let claims = replaced(&bytes, "uniqueCount=\"1\"", "uniqueCount=\"99999999999999\"");
    assert!(refused(&claims, "t.xlsx").contains("holds 99999999999999 texts"));
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "-?[0-9]{1,20}",
        "-?[0-9]{0,4}\\.[0-9]{1,4}",
        "[0-9]{1,3},[0-9]{3}",
        "[:x~ ]{1,2}",
        "[a-zŵ£\" ,;\r\n]{0,8}",
        "20[0-2][0-9]-0[1-9]",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn generated_tables_come_back(
        columns in proptest::collection::vec((0_u8..3, proptest::collection::vec(cell(), 6)), 1..5),
    ) {
        let mut text = (0..columns.len()).map(|at| format!("h{at}")).collect::<Vec<_>>().join(",");
        text.push('\n');
        for row in 0..6 {
            let cells: Vec<String> = columns
                .iter()
                .map(|(sort, cells)| match sort {
                    0 => cells[row].clone(),
                    // A column of figures, some written oddly.
                    _ if cells[row].parse::<f64>().is_ok() || cells[row].is_empty() => cells[row].clone(),
                    _ => row.to_string(),
                })
                .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
                .collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        comes_back(text.as_bytes(), "generated.csv");
    }
}
