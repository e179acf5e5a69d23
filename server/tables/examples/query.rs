//! Times a filter and a whole CSV of a table file: `query FILE DIMENSION OPTION`; `--make FILE ROWS` makes one.
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a program that measures for people")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use domain::selection::{DataFormat, DimensionFilter, Selection};
use domain::table::{Column, ColumnKind, ColumnRole};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use tables::{About, Page, Table, write, write_page};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--make", path, rows] => make(Path::new(path), rows.parse()?),
        [path, dimension, option] => measure(Path::new(path), dimension, option),
        _ => Err("query FILE DIMENSION OPTION".into()),
    }
}

fn measure(path: &Path, dimension: &str, option: &str) -> Result<(), Box<dyn Error>> {
    let table = Table::open(path)?;
    if table.loaded_size() < 64 << 20 {
        table.load()?;
    }
    let filter = DimensionFilter { name: dimension.to_owned(), options: vec![option.to_owned()] };
    let selection = Selection { dimensions: vec![filter], ..Selection::default() };
    for _ in 0..5 {
        let start = Instant::now();
        let count = table.count(&selection)?;
        let counted = start.elapsed();
        let start = Instant::now();
        let page = write_page(&table, &selection, Page { limit: Some(1_000), ..Page::default() })?;
        println!("count {count} {counted:?}; 1,000 rows as JSON {:?}, {} bytes", start.elapsed(), page.len());
    }
    let start = Instant::now();
    let mut bytes = 0;
    for piece in write(&table, &Selection::default(), Page::default(), DataFormat::Csv, &About::default())? {
        bytes += piece?.len();
    }
    let took = start.elapsed();
    println!("CSV {bytes} bytes {took:?}, {} MB/s", bytes as u128 / took.as_micros().max(1));
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
    Ok(())
}

fn make(path: &Path, rows: usize) -> Result<(), Box<dyn Error>> {
    let column = |name: &str, kind, role| Column { name: name.into(), label: name.into(), kind, role };
    let columns = [
        column("area", ColumnKind::Text, ColumnRole::Dimension),
        column("time", ColumnKind::Time, ColumnRole::Dimension),
        column("sex", ColumnKind::Text, ColumnRole::Dimension),
        column("value", ColumnKind::Number, ColumnRole::Measure),
    ];
    let pair = KeyValue::new("catalogue.columns".to_owned(), serde_json::to_string(&columns)?);
    let properties = WriterProperties::builder()
        .set_key_value_metadata(Some(vec![pair]))
        .set_max_row_group_row_count(Some(262_144))
        .set_compression(Compression::LZ4_RAW)
        .build();
    let mut writer = None;
    for first in (0..rows).step_by(65_536) {
        let part = first..rows.min(first + 65_536);
        let text =
            |of: &dyn Fn(usize) -> String| Arc::new(StringArray::from_iter_values(part.clone().map(of))) as ArrayRef;
        let numbers = part.clone().map(|row| ((row * 7_919) % 1_000_003) as f64 / 100.0);
        let batch = RecordBatch::try_from_iter([
            ("area", text(&|row| format!("E{:08}", row % 100))),
            ("time", text(&|row| format!("{}", 1_990 + row / 100 % 30))),
            ("sex", text(&|row| if row % 2 == 0 { "Female".to_owned() } else { "Male".to_owned() })),
            ("value", Arc::new(Float64Array::from_iter_values(numbers)) as ArrayRef),
        ])?;
        let open = match writer.take() {
            Some(open) => open,
            None => ArrowWriter::try_new(std::fs::File::create(path)?, batch.schema(), Some(properties.clone()))?,
        };
        writer.insert(open).write(&batch)?;
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    Ok(())
}
