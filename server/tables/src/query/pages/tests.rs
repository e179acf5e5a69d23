//! How much of a wide table is held while it is read and written.

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use domain::selection::{DataFormat, Sort};
use domain::table::{Column, ColumnKind, ColumnRole};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use tempfile::NamedTempFile;

use super::*;
use crate::write::{About, Page, write};

const COLUMNS: usize = 2_500;
/// Rows in one group: more cells than are fetched at once, let alone handed out.
const ROWS: usize = 1_800;

/// A table file of whole numbers, in one group.
fn table(fields: Vec<(String, ArrayRef, bool)>) -> (Table, NamedTempFile) {
    let (kind, role) = (ColumnKind::Integer, ColumnRole::Measure);
    let column = |name: &String| Column { name: name.clone(), label: name.clone(), kind, role };
    let columns: Vec<Column> = fields.iter().map(|(name, ..)| column(name)).collect();
    let described = KeyValue::new("catalogue.columns".to_owned(), serde_json::to_string(&columns).unwrap());
    let properties = WriterProperties::builder()
        .set_key_value_metadata(Some(vec![described]))
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(10_000))
        .build();
    let batch = RecordBatch::try_from_iter_with_nullable(fields).unwrap();
    let file = NamedTempFile::new().unwrap();
    let mut writer = ArrowWriter::try_new(file.reopen().unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    (Table::open(file.path()).unwrap(), file)
}

/// A wide one with figures of ten digits; the first column goes down.
fn wide() -> (Table, NamedTempFile) {
    let rows = i64::try_from(ROWS).unwrap();
    let down = Arc::new(Int64Array::from_iter_values((0..rows).map(|row| -row))) as ArrayRef;
    let others = Arc::new(Int64Array::from_iter_values((0..rows).map(|row| 1_000_000_000 + row))) as ArrayRef;
    let figures = |at: usize| if at == 0 { Arc::clone(&down) } else { Arc::clone(&others) };
    table((0..COLUMNS).map(|at| (format!("c{at}"), figures(at), true)).collect())
}

/// Cells that are held by a batch, those of rows that others have picked among them.
fn held(batch: &RowBatch) -> usize {
    batch.chunks.iter().map(|chunk| chunk.rows).sum::<usize>() * COLUMNS
}

#[test]
fn a_wide_table_is_held_in_small_parts_in_any_order_and_any_format() {
    let (table, _file) = wide();
    let every = Selection::default();
    let mut next = 0;
    for batch in table.rows_of(&every, None, 0, None).unwrap() {
        let batch = batch.unwrap();
        assert!(held(&batch) <= BATCH.cells, "{} cells are decoded at once", held(&batch));
        assert_eq!(batch.numbers, (next..next + batch.rows() as u64).collect::<Vec<_>>());
        next += batch.rows() as u64;
    }
    assert_eq!(next, ROWS as u64);

    let sorted = Selection { sort: vec![Sort::read("c0")], ..Selection::default() };
    let mut last = ROWS as u64;
    for batch in table.rows_of(&sorted, None, 0, None).unwrap() {
        let batch = batch.unwrap();
        assert!(held(&batch) <= FETCH.cells, "{} cells are fetched at once", held(&batch));
        assert!(batch.rows() * COLUMNS <= BATCH.cells, "{} rows are handed out at once", batch.rows());
        for number in batch.numbers {
            assert_eq!(number + 1, last);
            last = number;
        }
    }
    assert_eq!(last, 0);

    // The first pieces show it, without writing all of it.
    for format in [DataFormat::Csv, DataFormat::Json, DataFormat::Ndjson] {
        let pieces = write(&table, &every, Page::default(), format, &About::default()).unwrap();
        for piece in pieces.take(3) {
            let size = piece.unwrap().len();
            assert!(size <= 6 << 20, "{size} bytes of {format:?} are made at once");
        }
    }
}

#[test]
fn columns_that_are_named_again_and_again_make_no_larger_parts() {
    let figures = Arc::new(Int64Array::from_iter_values(0..2_000)) as ArrayRef;
    let (table, _file) = table(vec![("v".to_owned(), figures, true)]);
    table.load().unwrap();
    // As it may have been kept when that was not refused.
    let again = Selection { columns: vec!["v".into(); 3_000], ..Selection::default() };
    let sizes: Vec<usize> = table.rows_of(&again, None, 0, None).unwrap().map(|batch| batch.unwrap().rows()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 2_000);
    assert!(sizes.iter().all(|rows| rows * 3_000 <= BATCH.cells), "{sizes:?}");
    let pieces = write(&table, &again, Page::default(), DataFormat::Csv, &About::default()).unwrap();
    let largest = pieces.take(3).map(|piece| piece.unwrap().len()).max().unwrap();
    assert!(largest <= 6 << 20, "{largest} bytes are made at once");
}
