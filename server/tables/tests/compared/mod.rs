//! What changed between two tables.

use std::cell::Cell;
use std::collections::HashMap;

use domain::changes::{Changes, Renamed, Revision};
use domain::table::{Column, ColumnRole};
use proptest::prelude::*;
use tables::{Comparison, Limits, Table, TableError, Work, build, compare};

use crate::made::{Row, columns, file, file_with, rows_strategy};

/// The comparison of two tables, with so many values held at once.
fn compared(old: &Table, new: &Table, held: Option<u64>) -> Comparison {
    let folder = tempfile::tempdir().unwrap();
    let never = || false;
    let mut work = Work::new(folder.path(), &never);
    work.held = held.unwrap_or(work.held);
    let out = tempfile::tempfile().unwrap();
    compare(old, new, &work, &out).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left beside it");
    Comparison::open(out, old, new).unwrap()
}

fn page(old: &Table, new: &Table, limit: usize, offset: u64) -> Changes {
    compared(old, new, None).page(old, new, limit, offset).unwrap()
}

#[test]
fn added_removed_and_revised_are_told_by_their_keys() {
    let old: Vec<Row> = ["a", "b", "c", "c"].iter().zip(0..).map(|(area, at)| Row::plain(at, area)).collect();
    let mut new = old.clone();
    new[1].value = Some(3.0);
    new[3].count = Some(30);
    new[2].written = Some("1.50".to_owned());
    new.remove(0);
    new.push(Row::plain(9, "d"));
    let (old, new) = (file(&old, 2), file(&new, 3));
    let (old, new) = (Table::open(old.path()).unwrap(), Table::open(new.path()).unwrap());
    let changes = page(&old, &new, 10, 0);
    let key = |area: &str| vec![("area".to_owned(), area.to_owned()), ("time".to_owned(), "2019-03".to_owned())];
    assert_eq!((changes.rows_added.count, changes.rows_added.first), (1, vec![key("d")]));
    assert_eq!((changes.rows_removed.count, changes.rows_removed.first), (1, vec![key("a")]));
    assert_eq!((changes.cells_revised, changes.figures_revised), (2, 2));
    let told: Vec<_> = changes.revised.iter().map(|r| (&r.key, &*r.column, &*r.before, &*r.after)).collect();
    assert_eq!(told, [(&key("b"), "value", "1.5", "3"), (&key("c"), "count", "3", "30")]);
    assert_eq!(changes.largest[0].column, "count");
    assert!(changes.columns_added.is_empty() && changes.columns_retyped.is_empty());
    assert_eq!(page(&old, &new, 10, 1).revised.len(), 1);
    assert_eq!(page(&old, &old, 10, 0), Changes::default());
}

#[test]
fn figures_come_before_what_describes_them_and_are_counted_by_themselves() {
    let old: Vec<Row> = ["a", "b", "c"].iter().zip(0..).map(|(area, at)| Row::plain(at, area)).collect();
    let mut new: Vec<Row> = old.iter().map(|row| Row { note: "Normal value".to_owned(), ..row.clone() }).collect();
    // A figure that is kept back is one that was revised.
    (new[1].value, new[1].written) = (None, Some("[c]".to_owned()));
    new[2].value = Some(3.0);
    let (old, new) = (file(&old, 2), file(&new, 2));
    let (old, new) = (Table::open(old.path()).unwrap(), Table::open(new.path()).unwrap());
    let changes = page(&old, &new, 10, 0);
    assert_eq!((changes.cells_revised, changes.figures_revised, changes.labels_revised()), (5, 2, 3));
    let told: Vec<_> = changes.revised.iter().map(|r| (&*r.key[0].1, &*r.column, &*r.after)).collect();
    let (figures, labels) = told.split_at(2);
    assert_eq!(figures, [("b", "value", "[c]"), ("c", "value", "3")]);
    assert_eq!(labels, ["a", "b", "c"].map(|area| (area, "note", "Normal value")));
    assert_eq!(page(&old, &new, 1, 2).revised, changes.revised[2..3]);
}

/// The table of a CSV file.
fn sent(csv: &str) -> Table {
    let made = tempfile::NamedTempFile::new().unwrap();
    build(&csv.as_bytes(), "t.csv", Limits { preview_rows: 0, options: 0 }, made.reopen().unwrap()).unwrap();
    Table::open(made.path()).unwrap()
}

#[test]
fn a_renamed_heading_is_told_as_such_and_hides_no_row() {
    let months = |heading: &str, second: &str| {
        let rows = format!("39.9,Month,Apr-05,K02,UK\n{second},Month,May-05,K02,UK\n80,Month,Jun-05,K02,UK\n");
        sent(&format!("V4_0,{heading},time,uk-only,geography\n{rows}"))
    };
    let (old, new) = (months("time", "77.7"), months("mmm-yy", "77.8"));
    let changes = page(&old, &new, 10, 0);
    let renamed = [("time", "mmm-yy"), ("time-2", "time")];
    let renamed = renamed.map(|(before, after)| Renamed { before: before.into(), after: after.into() });
    assert_eq!(changes.columns_renamed, renamed);
    assert_eq!((changes.rows_added.count, changes.rows_removed.count, changes.cells_revised), (0, 0, 1));
    assert!(changes.columns_added.is_empty() && changes.columns_removed.is_empty() && !changes.rows_unmatched);
    let told = &changes.revised[0];
    assert_eq!((&*told.column, &*told.before, &*told.after), ("V4_0", "77.7", "77.8"));
    assert_eq!(told.key[0], ("time".to_owned(), "May-05".to_owned()));
    // A dimension is found again by what it holds, though a row came.
    let old = sent("Region,Year,Value\nWales,2019,1\nYork,2019,2\nWales,2020,3\nYork,2020,4\n");
    let new = sent("Area,Year,Value\nWales,2019,1\nYork,2019,5\nWales,2020,3\nYork,2020,4\nBath,2020,6\n");
    let changes = page(&old, &new, 10, 0);
    assert_eq!(changes.columns_renamed, [Renamed { before: "Region".into(), after: "Area".into() }]);
    assert_eq!((changes.rows_added.count, changes.rows_removed.count, changes.cells_revised), (1, 0, 1));
    assert_eq!(changes.revised[0].key[0], ("Area".to_owned(), "York".to_owned()));
}

#[test]
fn rows_of_other_dimensions_are_not_said_to_be_replaced() {
    let old = sent("Year,Area,Value\n2019,Wales,1\n2020,Wales,2\n");
    let other = page(&old, &sent("Year,Council,Value\n2021,Cardiff,1\n2022,Cardiff,2\n2023,Newport,3\n"), 10, 0);
    assert_eq!((other.rows_unmatched, other.rows_added.count, other.rows_removed.count), (true, 3, 2));
    assert_eq!((other.columns_added, other.columns_removed), (vec!["Council".to_owned()], vec!["Area".to_owned()]));
    let replaced = page(&old, &sent("Year,Area,Value\n2021,Wales,1\n2022,Wales,2\n"), 10, 0);
    assert_eq!((replaced.rows_unmatched, replaced.rows_added.count, replaced.rows_removed.count), (false, 2, 2));
}

/// The columns without dimensions, by which no row is known.
fn without_keys() -> Vec<Column> {
    let attribute = |column: Column| Column { role: ColumnRole::Attribute, ..column };
    columns().into_iter().map(attribute).collect()
}

/// What stands in a row as it is compared, by the names of its columns.
fn cells(row: &Row, has_keys: bool) -> Vec<(&'static str, String)> {
    let number = |number: Option<f64>| number.map(|n| n.to_string()).unwrap_or_default();
    let value = if row.value.is_some() { number(row.value) } else { row.written.clone().unwrap_or_default() };
    let mut cells = vec![("place", row.place.to_string())];
    if !has_keys {
        cells.extend([("area-code", row.code.clone()), ("area", row.area.clone()), ("time", row.time.clone())]);
    }
    cells.extend([("count", row.count.map(|n| n.to_string()).unwrap_or_default()), ("value", value)]);
    cells.push(("note", row.note.trim().to_owned()));
    cells
}

/// Rows added, rows removed and the cells that were revised, with the places of their rows, by a naive reading.
fn expected(old: &[Row], new: &[Row], has_keys: bool) -> (u64, u64, Vec<(u64, &'static str, u64)>) {
    let key = |row: &Row| if has_keys { (row.code.clone(), row.time.clone()) } else { Default::default() };
    let keyed = |rows: &[Row]| {
        let mut times = HashMap::new();
        let nth = rows.iter().map(|row| {
            let nth = times.entry(key(row)).or_insert(0);
            *nth += 1;
            (key(row), *nth)
        });
        nth.collect::<Vec<_>>()
    };
    let (old_keys, new_keys) = (keyed(old), keyed(new));
    let places: HashMap<_, usize> = old_keys.iter().zip(0..).collect();
    let mut revised = Vec::new();
    let mut matched = 0;
    for ((key, is), at) in new_keys.iter().zip(new).zip(0..) {
        let Some(before) = places.get(key) else { continue };
        matched += 1;
        let differ = cells(is, has_keys).into_iter().zip(cells(&old[*before], has_keys));
        revised.extend(differ.filter(|(is, was)| is != was).map(|((name, _), _)| (at, name, *before as u64)));
    }
    ((new.len() - matched) as u64, (old.len() - matched) as u64, revised)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_put_together_are_the_whole_however_little_is_held(
        old in rows_strategy(),
        new in rows_strategy(),
        held in 1u64..400,
        limit in 1usize..20,
        has_keys: bool,
        loaded: bool,
    ) {
        let columns = if has_keys { columns() } else { without_keys() };
        let (old_file, new_file) = (file_with(&columns, &old, 7), file_with(&columns, &new, 5));
        let (old_table, new_table) = (Table::open(old_file.path()).unwrap(), Table::open(new_file.path()).unwrap());
        if loaded {
            old_table.load().unwrap();
        }
        let whole = page(&old_table, &new_table, usize::MAX, 0);
        let (added, removed, revised) = expected(&old, &new, has_keys);
        prop_assert_eq!((whole.rows_added.count, whole.rows_removed.count), (added, removed));
        prop_assert_eq!(whole.cells_revised, revised.len() as u64);
        let is_figure = |(_, name, _): &(u64, &str, u64)| matches!(*name, "place" | "count" | "value");
        let (figures, labels): (Vec<_>, Vec<_>) = revised.into_iter().partition(is_figure);
        prop_assert_eq!(whole.figures_revised, figures.len() as u64);
        let revised = [figures, labels].concat();
        let told: Vec<&str> = whole.revised.iter().map(|revision| revision.column.as_str()).collect();
        prop_assert_eq!(told, revised.iter().map(|(_, name, _)| *name).collect::<Vec<_>>());
        for (revision, (after, name, before)) in whole.revised.iter().zip(&revised) {
            if *name == "place" {
                let place = |rows: &[Row], at: u64| rows[at as usize].place.to_string();
                let told = (revision.before.clone(), revision.after.clone());
                prop_assert_eq!(told, (place(&old, *before), place(&new, *after)));
            }
        }

        let kept = compared(&old_table, &new_table, Some(held));
        let mut put_together: Vec<Revision> = Vec::new();
        loop {
            let part = kept.page(&old_table, &new_table, limit, put_together.len() as u64).unwrap();
            let of_whole = Changes { revised: part.revised.clone(), ..whole.clone() };
            prop_assert_eq!(&part, &of_whole);
            if part.revised.is_empty() { break; }
            put_together.extend(part.revised);
        }
        prop_assert_eq!(put_together, whole.revised);
    }
}

#[test]
fn a_page_far_behind_is_read_where_it_lies() {
    const ROWS: u64 = 30_000;
    let old: Vec<Row> = (0..ROWS).map(|at| Row::plain(at, &format!("a{at}"))).collect();
    let revise = |row: &Row| Row { count: Some(-1), value: Some(2.5), ..row.clone() };
    // In another order, so that what comes out of the parts has to be put in order.
    let new: Vec<Row> = old.iter().rev().map(revise).collect();
    let (old, new) = (file(&old, 10_000), file(&new, 7_000));
    let (old, new) = (Table::open(old.path()).unwrap(), Table::open(new.path()).unwrap());
    let kept = compared(&old, &new, Some(20_000));
    assert_eq!(kept.size(), ROWS * 2 * 20);
    let last = kept.page(&old, &new, 3, ROWS * 2 - 3).unwrap();
    assert_eq!((last.cells_revised, last.rows_added.count, last.rows_removed.count), (ROWS * 2, 0, 0));
    let told: Vec<_> = last.revised.iter().map(|r| (&*r.key[0].1, &*r.column, &*r.before, &*r.after)).collect();
    assert_eq!(told, [("a1", "value", "1.5", "2.5"), ("a0", "count", "0", "-1"), ("a0", "value", "1.5", "2.5")]);
    assert!(kept.page(&old, &new, 3, ROWS * 2).unwrap().revised.is_empty());
    assert!(kept.page(&old, &new, 3, u64::MAX).unwrap().revised.is_empty());
}

#[test]
fn a_comparison_that_nobody_waits_for_stops_at_the_next_batch() {
    let rows: Vec<Row> = (0..40).map(|at| Row::plain(at, &format!("a{at}"))).collect();
    let made = file(&rows, 4);
    let table = Table::open(made.path()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for last in [0, 1, 9, 20] {
        let asked = Cell::new(0);
        let stopped = || {
            asked.set(asked.get() + 1);
            asked.get() > last
        };
        let work = Work::new(folder.path(), &stopped);
        let mut out = Vec::new();
        assert!(matches!(compare(&table, &table, &work, &mut out), Err(TableError::Stopped)), "{last}");
        assert_eq!(asked.get(), last + 1, "nothing goes on after the answer");
    }
}

#[test]
fn what_was_kept_of_other_tables_is_refused() {
    let of = |value: f64| -> Vec<Row> { vec![Row { value: Some(value), ..Row::plain(0, "a") }] };
    let (one, two, three) = (file(&of(1.0), 5), file(&of(2.0), 5), file(&of(3.0), 5));
    let [one, two, three] = [&one, &two, &three].map(|made| Table::open(made.path()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let never = || false;
    let mut kept = Vec::new();
    compare(&one, &two, &Work::new(folder.path(), &never), &mut kept).unwrap();
    let opened = |bytes: &[u8], old: &Table, new: &Table| {
        let path = folder.path().join("kept");
        std::fs::write(&path, bytes).unwrap();
        Comparison::open(std::fs::File::open(&path).unwrap(), old, new).map(|_| ())
    };
    assert!(opened(&kept, &one, &two).is_ok());
    for (old, new) in [(&one, &three), (&two, &one), (&three, &two)] {
        assert!(matches!(opened(&kept, old, new), Err(TableError::Damaged(_))));
    }
    for bytes in [&kept[1..], &kept[..kept.len() - 1], &kept[..0]] {
        assert!(opened(bytes, &one, &two).is_err());
    }
}
