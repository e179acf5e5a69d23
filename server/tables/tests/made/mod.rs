//! A table file made from plain rows.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use domain::table::{Column, ColumnKind, ColumnRole};
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub struct Row {
    pub place: u64,
    pub code: String,
    pub area: String,
    pub time: String,
    pub count: Option<i64>,
    pub value: Option<f64>,
    /// The value as it came, where it came otherwise.
    pub written: Option<String>,
    pub note: String,
}

impl Row {
    pub fn plain(place: u64, area: &str) -> Self {
        let (code, area) = (format!("E{area}"), area.to_owned());
        let count = i64::try_from(place).ok();
        Self { place, code, area, time: "2019-03".into(), count, value: Some(1.5), written: None, note: String::new() }
    }

    pub fn compare(&self, other: &Self, name: &str, descending: bool) -> Ordering {
        fn last<T>(a: Option<T>, b: Option<T>, descending: bool, by: impl Fn(&T, &T) -> Ordering) -> Ordering {
            match (a, b) {
                (Some(a), Some(b)) if descending => by(&b, &a),
                (Some(a), Some(b)) => by(&a, &b),
                (a, b) => a.is_none().cmp(&b.is_none()),
            }
        }
        match name {
            "count" => last(self.count, other.count, descending, i64::cmp),
            "value" => last(self.value, other.value, descending, |a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal)),
            "time" => last(Some(&self.time), Some(&other.time), descending, |a, b| a.cmp(b)),
            _ => last(Some(&self.area), Some(&other.area), descending, |a, b| a.cmp(b)),
        }
    }

    /// The cells as a CSV reader gives them back.
    pub fn cells_in_csv(&self) -> Vec<String> {
        let text = |text: &str| {
            let risky = text.len() > 1 && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
            if risky { format!("'{text}") } else { text.to_owned() }
        };
        // What was written otherwise stays where it reads as the same figure, or where there is none.
        let is_kept =
            |text: &String| self.value.is_none_or(|value| text.parse::<f64>().is_ok_and(|read| read == value));
        let value = self.written.clone().filter(is_kept).or(self.value.map(|v| v.to_string())).unwrap_or_default();
        let count = self.count.map(|n| n.to_string()).unwrap_or_default();
        vec![
            self.place.to_string(),
            text(&self.code),
            text(&self.area),
            self.time.clone(),
            count,
            value,
            text(&self.note),
        ]
    }
}

pub fn rows_strategy() -> impl Strategy<Value = Vec<Row>> {
    let value = prop_oneof![
        (-5i32..5).prop_map(|n| (Some(f64::from(n) / 4.0), None)),
        (1i32..5).prop_map(|n| (Some(f64::from(n)), Some(format!("{n}.00")))),
        (1i32..5).prop_map(|n| (Some(f64::from(n) + 0.25), Some(format!("{n},25")))),
        (1i32..5).prop_map(|n| (Some(f64::from(n) * 1000.0), Some(format!("{n}.000")))),
        Just((None, Some(":".to_owned()))),
        Just((None, None)),
    ];
    let row = ("[a-d]", 2018i32..2022, 1u32..13, prop::option::of(-5i64..5), value, "[-=+@a\",\r\n\t é]{0,4}");
    prop::collection::vec(row, 1..60).prop_map(|rows| {
        let made = |(place, (area, year, month, count, (value, written), note)): (u64, (String, _, _, _, _, _))| {
            let time = format!("{year}-{month:02}");
            Row { place, code: format!("E{area}"), area, time, count, value, written, note }
        };
        (0..).zip(rows).map(made).collect()
    })
}

pub fn columns() -> Vec<Column> {
    let column = |name: &str, label: &str, kind, role| Column { name: name.into(), label: label.into(), kind, role };
    vec![
        column("place", "Place", ColumnKind::Integer, ColumnRole::Measure),
        column("area-code", "Area code", ColumnKind::Text, ColumnRole::Attribute),
        column("area", "Area", ColumnKind::Text, ColumnRole::Dimension),
        column("time", "Time", ColumnKind::Time, ColumnRole::Dimension),
        column("count", "Count", ColumnKind::Integer, ColumnRole::Measure),
        column("value", "Value", ColumnKind::Number, ColumnRole::Measure),
        column("note", "Note", ColumnKind::Text, ColumnRole::Attribute),
    ]
}

/// A table file of these rows, some of them to a row group.
pub fn file(rows: &[Row], group: usize) -> tempfile::NamedTempFile {
    file_with(&columns(), rows, group)
}

/// The same with columns that are described so.
pub fn file_with(columns: &[Column], rows: &[Row], group: usize) -> tempfile::NamedTempFile {
    let text = |of: fn(&Row) -> &str| Arc::new(StringArray::from_iter_values(rows.iter().map(of))) as ArrayRef;
    let places = rows.iter().map(|row| i64::try_from(row.place).ok());
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("place", Arc::new(Int64Array::from_iter(places)) as ArrayRef, true),
        ("area-code", text(|row| &row.code), false),
        ("area", text(|row| &row.area), false),
        ("time", text(|row| &row.time), false),
        ("count", Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.count))) as ArrayRef, true),
        ("value", Arc::new(Float64Array::from_iter(rows.iter().map(|row| row.value))) as ArrayRef, true),
        ("note", text(|row| &row.note), false),
        (
            "text:value",
            Arc::new(StringArray::from_iter(rows.iter().map(|row| row.written.as_deref()))) as ArrayRef,
            true,
        ),
    ])
    .unwrap();
    let pairs = vec![
        KeyValue::new("catalogue.columns".to_owned(), serde_json::to_string(columns).unwrap()),
        KeyValue::new("catalogue.layout".to_owned(), "1".to_owned()),
    ];
    let properties = WriterProperties::builder()
        .set_key_value_metadata(Some(pairs))
        .set_max_row_group_row_count(Some(group))
        .build();
    let made = tempfile::NamedTempFile::new().unwrap();
    let mut writer = ArrowWriter::try_new(made.reopen().unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    made
}
