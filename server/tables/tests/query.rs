//! Selections of a table file against a naive reading of the same rows.
#![expect(clippy::unwrap_used, reason = "tests")]

mod blanks;
mod compared;
mod made;

use std::io::Cursor;

use arrow::array::{Array, AsArray};
use calamine::Reader;
use domain::selection::{DataFormat, DimensionFilter, RangeFilter, Selection, Sort};
use made::{Row, file, rows_strategy};
use proptest::prelude::*;
use tables::{About, Page, Position, Table, TableError, write, write_page};

fn wanted(area: &[String], from: Option<i64>, to: Option<i64>, year: Option<i32>) -> Selection {
    let mut wanted = Selection::default();
    if !area.is_empty() {
        wanted.dimensions.push(DimensionFilter { name: "area".into(), options: area.to_vec() });
    }
    let range = |name: &str, from: Option<String>, to| RangeFilter { name: name.into(), from, to };
    if from.is_some() || to.is_some() {
        wanted.ranges.push(range("count", from.map(|n| n.to_string()), to.map(|n| n.to_string())));
    }
    if let Some(year) = year {
        wanted.ranges.push(range("time", Some(year.to_string()), Some(year.to_string())));
    }
    wanted
}

fn fits(row: &Row, area: &[String], from: Option<i64>, to: Option<i64>, year: Option<i32>) -> bool {
    (area.is_empty() || area.contains(&row.area) || area.contains(&row.code))
        && ((from.is_none() && to.is_none())
            || row.count.is_some_and(|n| from.is_none_or(|from| n >= from) && to.is_none_or(|to| n <= to)))
        && year.is_none_or(|year| row.time.starts_with(&year.to_string()))
}

fn json(table: &Table, selection: &Selection, page: Page) -> serde_json::Value {
    serde_json::from_slice(&write_page(table, selection, page).unwrap()).unwrap()
}

fn whole(table: &Table, selection: &Selection, format: DataFormat) -> Vec<u8> {
    let about = About { title: "A title".into(), ..About::default() };
    let pieces = write(table, selection, Page::default(), format, &about).unwrap();
    pieces.flat_map(Result::unwrap).collect()
}

fn places(json: &serde_json::Value) -> Vec<u64> {
    json["rows"].as_array().unwrap().iter().map(|row| row[0].as_u64().unwrap()).collect()
}

/// All pages by their cursors.
fn paged(table: &Table, selection: &Selection, limit: u64) -> Vec<u64> {
    let mut all = Vec::new();
    let mut start = None;
    loop {
        let page = json(table, selection, Page { start, offset: 0, limit: Some(limit) });
        all.extend(places(&page));
        // The last page has none at all.
        match page.get("next_cursor") {
            Some(cursor) => start = Some(Position::parse(table, selection, cursor.as_str().unwrap()).unwrap()),
            None => return all,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_those_of_a_naive_reading(
        rows in rows_strategy(),
        area in prop::collection::vec("[a-d]|E[a-d]", 0..3),
        from in prop::option::of(-5i64..5),
        to in prop::option::of(-5i64..5),
        year in prop::option::of(2018i32..2022),
        sort in prop::sample::subsequence(vec!["area", "count", "value", "time"], 0..3),
        descending: bool,
        limit in 1u64..20,
        offset in 0u64..10,
        loaded: bool,
    ) {
        let made = file(&rows, 7);
        let table = Table::open(made.path()).unwrap();
        if loaded { table.load().unwrap(); }
        let mut selection = wanted(&area, from, to, year);
        selection.columns = vec!["place".into(), "area".into()];
        selection.sort = sort.iter().map(|name| Sort { name: (*name).into(), descending }).collect();
        let mut expected: Vec<&Row> = rows.iter().filter(|row| fits(row, &area, from, to, year)).collect();
        expected.sort_by(|a, b| {
            sort.iter().fold(std::cmp::Ordering::Equal, |order, name| order.then_with(|| a.compare(b, name, descending)))
        });
        let expected: Vec<u64> = expected.iter().map(|row| row.place).collect();
        prop_assert_eq!(table.count(&selection).unwrap(), expected.len() as u64);
        prop_assert_eq!(&places(&json(&table, &selection, Page::default())), &expected);
        prop_assert_eq!(&paged(&table, &selection, limit), &expected);
        let skipped = json(&table, &selection, Page { start: None, offset, limit: Some(limit) });
        let part: Vec<u64> = expected.iter().skip(offset as usize).take(limit as usize).copied().collect();
        prop_assert_eq!(places(&skipped), part);
        prop_assert_eq!(skipped["total_rows"].as_u64(), Some(expected.len() as u64));

        let page = table.options("area", &selection, "", 100, 0).unwrap();
        let mut codes: Vec<&str> = Vec::new();
        for row in &rows { if !codes.contains(&row.code.as_str()) { codes.push(&row.code); } }
        let options: Vec<(&str, u64)> = page.options.iter().map(|o| (o.code.as_str(), o.count)).collect();
        let counted: Vec<(&str, u64)> = codes.iter().map(|code| {
            (*code, rows.iter().filter(|row| row.code == *code && fits(row, &[], from, to, year)).count() as u64)
        }).collect();
        prop_assert_eq!(options, counted);
    }

    #[test]
    fn every_format_gives_the_cells_back(rows in rows_strategy()) {
        let made = file(&rows, 7);
        let table = Table::open(made.path()).unwrap();
        let all = Selection::default();
        let bytes = whole(&table, &all, DataFormat::Csv);
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let labels: Vec<&str> = table.columns().iter().map(|column| column.label.as_str()).collect();
        prop_assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), labels);
        let read: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(read.len(), rows.len());
        for (record, row) in read.iter().zip(&rows) {
            prop_assert_eq!(record.iter().collect::<Vec<_>>(), row.cells_in_csv());
        }
        let lines = String::from_utf8(whole(&table, &all, DataFormat::Ndjson)).unwrap();
        prop_assert_eq!(lines.lines().count(), rows.len());
        for (line, row) in lines.lines().zip(&rows) {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            prop_assert_eq!(object["count"].as_i64(), row.count);
            prop_assert_eq!(object["value"].as_f64(), row.value);
            prop_assert_eq!(object["note"].as_str().unwrap_or(""), row.note.as_str());
        }
        let bytes = bytes::Bytes::from(whole(&table, &all, DataFormat::Parquet));
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(bytes, 1_000).unwrap();
        let batches: Vec<_> = reader.map(Result::unwrap).collect();
        prop_assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), rows.len());
        prop_assert!(batches.iter().all(|batch| batch.num_columns() == table.columns().len()));
        let notes = batches.iter().flat_map(|batch| {
            let notes = batch.column_by_name("note").unwrap().as_string::<i32>().clone();
            (0..notes.len()).map(move |at| notes.is_valid(at).then(|| notes.value(at).to_owned())).collect::<Vec<_>>()
        });
        let expected = rows.iter().map(|row| Some(row.note.clone()).filter(|note| !note.is_empty()));
        prop_assert_eq!(notes.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "nothing is null, as in JSON");
        let mut book = calamine::Xlsx::new(Cursor::new(whole(&table, &all, DataFormat::Xlsx))).unwrap();
        let sheet = book.worksheet_range("Data").unwrap();
        for (at, row) in rows.iter().enumerate() {
            let cell = sheet.get_value((at as u32 + 1, 4));
            prop_assert_eq!(cell.and_then(calamine::DataType::get_float), row.count.map(|n| n as f64));
        }
        let about = book.worksheet_range("About").unwrap();
        prop_assert_eq!(about.get_value((0, 1)).unwrap().to_string(), "A title");
    }
}

/// The CSV that is generated of a file.
fn generated(sent: &[u8], name: &str) -> String {
    let made = tempfile::NamedTempFile::new().unwrap();
    tables::build(&sent, name, tables::Limits { preview_rows: 0, options: 0 }, made.reopen().unwrap()).unwrap();
    let table = Table::open(made.path()).unwrap();
    String::from_utf8(whole(&table, &Selection::default(), DataFormat::Csv)).unwrap()
}

#[test]
fn figures_are_written_plainly_however_they_were_sent() {
    let commas = generated(b"a;b;c\n1,5;1.234;x,y\n-2,25;7;z\n:;1.000.000;\n", "t.csv");
    assert_eq!(commas, "a,b,c\r\n1.5,1234,\"x,y\"\r\n-2.25,7,z\r\n:,1000000,\r\n");
    let groups = generated("a,b\n\"77,500\",£5\n-3,12.5 %\n[x],\"1,000.25\"\n".as_bytes(), "t.csv");
    assert_eq!(groups, "a,b\r\n77500,5\r\n-3,12.5\r\n[x],1000.25\r\n");
    // What reads as the figure stays as it came.
    for plain in ["a,b\r\n1.50,100.0\r\n.5,1e3\r\n-0,7\r\n", "a,b\r\n1,+2\r\n:,-0\r\n"] {
        assert_eq!(generated(plain.as_bytes(), "t.csv"), plain);
    }
    let sent = include_bytes!("awkward/semicolon-decimal-comma.csv");
    assert!(!generated(sent, "t.csv").contains("113,53101"));
    let sent = include_bytes!("awkward/thousands-separators.csv");
    assert!(generated(sent, "t.csv").lines().all(|line| !line.contains('"')));
}

#[test]
fn what_a_spreadsheet_would_run_is_text_in_csv() {
    let sent = "a,b\n\"\n=1+1\",1\n=1+1,2\n@SUM(A1),3\nx,4\n";
    let expected = "a,b\r\n\"'\n=1+1\",1\r\n'=1+1,2\r\n'@SUM(A1),3\r\nx,4\r\n";
    assert_eq!(generated(sent.as_bytes(), "t.csv"), expected);
}

#[test]
fn what_a_table_does_not_have_is_told_with_what_is_near() {
    let rows: Vec<Row> = (0..20).map(|at| Row::plain(at, if at % 2 == 0 { "England" } else { "Wales" })).collect();
    let made = file(&rows, 7);
    let table = Table::open(made.path()).unwrap();
    let mut selection = wanted(&["Englnd".into(), "Wales".into()], None, None, None);
    selection.ranges.push(RangeFilter { name: "time".into(), from: Some("spring".into()), to: None });
    selection.ranges.push(RangeFilter { name: "count".into(), from: None, to: Some("many".into()) });
    let problems = table.check(&selection).unwrap();
    let told: Vec<(&str, &str)> = problems.iter().map(|p| (p.field.as_str(), p.code.as_str())).collect();
    assert_eq!(told, [("dim.area", "unknown_option"), ("from.time", "not_a_period"), ("to.count", "not_a_number")]);
    assert!(problems[0].message.contains("Did you mean “England”"), "{}", problems[0].message);
    assert!(table.check(&wanted(&["Wales".into()], Some(1), None, Some(2019))).unwrap().is_empty());
}

#[test]
fn everything_that_a_table_does_not_have_is_told_at_once_with_its_place() {
    let rows: Vec<Row> = (0..20).map(|at| Row::plain(at, if at % 2 == 0 { "England" } else { "Wales" })).collect();
    let made = file(&rows, 7);
    let table = Table::open(made.path()).unwrap();
    let dimension = |name: &str, option: &str| DimensionFilter { name: name.into(), options: vec![option.into()] };
    let mut selection = wanted(&["Wales".into(), "Englnd".into()], None, None, None);
    selection.dimensions.extend([dimension("Nope", "x"), dimension("count", "1")]);
    selection.ranges.push(RangeFilter { name: "time".into(), from: None, to: Some("spring".into()) });
    selection.ranges.push(RangeFilter { name: "area".into(), from: None, to: Some("Wales".into()) });
    selection.columns = vec!["area".into(), "Nah".into()];
    selection.sort = vec![Sort::read("-Zog")];
    let misfits = table.misfits(&selection).unwrap();
    let told: Vec<_> = misfits.iter().map(|misfit| (misfit.place.in_body(), misfit.code.as_str())).collect();
    let expected = [
        ("dimensions.1.name", "unknown_dimension"),
        ("dimensions.2.name", "not_a_dimension"),
        ("ranges.1.name", "not_ordered"),
        ("columns.1", "unknown_column"),
        ("sort.0", "unknown_column"),
        ("dimensions.0.options.1", "unknown_option"),
        ("ranges.0.to", "not_a_period"),
    ];
    assert_eq!(told, expected.map(|(place, code)| (place.to_owned(), code)));
    let in_address: Vec<String> = table.check(&selection).unwrap().into_iter().map(|problem| problem.field).collect();
    assert_eq!(in_address, ["dim.Nope", "dim.count", "to.area", "columns", "sort", "dim.area", "to.time"]);
}

#[test]
fn what_is_chosen_stays_among_the_options_whatever_is_searched_for() {
    let areas = ["England", "Wales", "Ynys Môn", "Engelberg", "York"];
    let rows: Vec<Row> = (0..).zip(areas).map(|(at, area)| Row::plain(at, area)).collect();
    let made = file(&rows, 7);
    let table = Table::open(made.path()).unwrap();
    let to_choose = |chosen: &[&str], search: &str, listed: usize| {
        let chosen: Vec<String> = chosen.iter().map(|&area| area.to_owned()).collect();
        let page = table.options_to_choose("area", &wanted(&chosen, None, None, None), search, listed).unwrap();
        (page.options.into_iter().map(|option| option.label).collect::<Vec<_>>().join(" "), page.total)
    };
    assert_eq!(to_choose(&["Wales"], "eng", 9), ("Wales England Engelberg".to_owned(), 3));
    assert_eq!(to_choose(&["EWales", "York"], "eng", 3), ("Wales York England".to_owned(), 4), "by its code, too");
    assert_eq!(to_choose(&["Wales", "York"], "", 1), ("Wales York".to_owned(), 5));
    assert_eq!(to_choose(&[], "YNYS mon", 9), ("Ynys Môn".to_owned(), 1));
    assert_eq!(table.options("area", &Selection::default(), "mon", 9, 0).unwrap().total, 1);
}

#[test]
fn a_cursor_of_another_query_is_refused() {
    let rows: Vec<Row> = (0..20).map(|at| Row::plain(at, "Wales")).collect();
    let made = file(&rows, 7);
    let table = Table::open(made.path()).unwrap();
    let all = Selection::default();
    let page = json(&table, &all, Page { limit: Some(5), ..Page::default() });
    let cursor = page["next_cursor"].as_str().unwrap();
    assert!(Position::parse(&table, &all, cursor).is_ok());
    let other = wanted(&["Wales".into()], None, None, None);
    for (selection, text) in [(&other, cursor), (&all, "x"), (&all, "")] {
        assert!(matches!(Position::parse(&table, selection, text), Err(TableError::BadCursor)), "{text}");
    }
}

#[test]
fn options_beyond_those_that_are_kept_are_found_and_counted() {
    const KEPT: u64 = 50_000;
    let mut rows: Vec<Row> = (0..KEPT + 3).map(|place| Row::plain(place, &format!("{place:06}"))).collect();
    rows.push(Row { time: "2020-03".into(), ..Row::plain(KEPT + 3, "050001") });
    let made = file(&rows, 20_000);
    let table = Table::open(made.path()).unwrap();
    let found = |selection: &Selection, search: &str, limit, offset| {
        let page = table.find_options("area", selection, search, limit, offset).unwrap();
        let options: Vec<(String, u64)> = page.options.into_iter().map(|o| (o.code, o.count)).collect();
        (options, page.total, page.complete)
    };
    let told = |counts: &[(&str, u64)]| counts.iter().map(|(code, n)| ((*code).to_owned(), *n)).collect::<Vec<_>>();
    let all = Selection::default();
    assert_eq!(found(&all, "", 1, 1), (told(&[("E000001", 1)]), KEPT, false));
    let beyond = told(&[("E050000", 1), ("E050001", 2), ("E050002", 1)]);
    assert_eq!(found(&all, " e05000", 10, 0), (beyond.clone(), 3, true));
    assert_eq!(found(&all, "E05000", 1, 1), (beyond[1..2].to_vec(), 3, true));
    assert_eq!(found(&all, "E000007", 10, 0), (told(&[("E000007", 1)]), 1, true));
    assert_eq!(found(&all, "nowhere", 10, 0), (told(&[]), 0, true));
    // Those of the same column do not count, those of others do.
    let chosen = wanted(&["000001".to_owned()], None, None, Some(2020));
    assert_eq!(found(&chosen, "e05000", 10, 0).0, told(&[("E050000", 0), ("E050001", 1), ("E050002", 0)]));
}
