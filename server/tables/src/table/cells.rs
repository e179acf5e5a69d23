//! Decoded cells: some columns of some rows.

use arrow::array::{Array, AsArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};

use super::{Table, TableError};

/// The cells of one field.
pub(crate) enum Cells {
    Dictionary { keys: ScalarBuffer<i32>, nulls: Option<NullBuffer>, values: StringArray },
    Text(StringArray),
    Integers(Int64Array),
    Numbers(Float64Array),
}

/// A figure of a numeric column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(i64),
    Float(f64),
}

impl Number {
    /// As a number with decimals.
    pub(crate) fn value(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "figures are compared as numbers with decimals")]
            Self::Integer(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

/// Figures of which none is missing.
pub(crate) enum Figures<'c> {
    Integers(&'c [i64]),
    Numbers(&'c [f64]),
}

impl Cells {
    /// Whether no row has anything.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Dictionary { keys, nulls, .. } => {
                nulls.as_ref().map_or(keys.is_empty(), |nulls| nulls.null_count() == keys.len())
            }
            Self::Text(texts) => texts.null_count() == texts.len(),
            Self::Integers(numbers) => numbers.null_count() == numbers.len(),
            Self::Numbers(numbers) => numbers.null_count() == numbers.len(),
        }
    }

    /// The figures, where every row has one.
    pub(crate) fn figures(&self) -> Option<Figures<'_>> {
        match self {
            Self::Integers(numbers) if numbers.null_count() == 0 => Some(Figures::Integers(numbers.values())),
            Self::Numbers(numbers) if numbers.null_count() == 0 => Some(Figures::Numbers(numbers.values())),
            _ => None,
        }
    }

    pub(crate) fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Dictionary { keys, nulls, values } => {
                if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                    return None;
                }
                Some(values.value(usize::try_from(keys[row]).ok()?))
            }
            Self::Text(texts) => (!texts.is_null(row)).then(|| texts.value(row)),
            Self::Integers(_) | Self::Numbers(_) => None,
        }
    }

    pub(crate) fn number(&self, row: usize) -> Option<Number> {
        match self {
            Self::Integers(numbers) => (!numbers.is_null(row)).then(|| Number::Integer(numbers.value(row))),
            Self::Numbers(numbers) => (!numbers.is_null(row)).then(|| Number::Float(numbers.value(row))),
            Self::Dictionary { .. } | Self::Text(_) => None,
        }
    }
}

/// Some rows of a table, each field that was asked for.
pub(crate) struct Chunk {
    pub rows: usize,
    fields: Vec<Option<Cells>>,
}

impl Chunk {
    /// From a batch whose fields are `leaves` of `total`.
    pub(super) fn new(batch: &RecordBatch, leaves: &[usize], total: usize) -> Result<Self, TableError> {
        let mut fields: Vec<Option<Cells>> = (0..total).map(|_| None).collect();
        for (leaf, array) in leaves.iter().zip(batch.columns()) {
            let cells = match array.data_type() {
                DataType::Int64 => Cells::Integers(array.as_primitive::<Int64Type>().clone()),
                DataType::Float64 => Cells::Numbers(array.as_primitive::<Float64Type>().clone()),
                DataType::Utf8 => Cells::Text(array.as_string::<i32>().clone()),
                _ => {
                    let array = array
                        .as_dictionary_opt::<Int32Type>()
                        .ok_or_else(|| TableError::Damaged("unknown type of field".to_owned()))?;
                    Cells::Dictionary {
                        keys: array.keys().values().clone(),
                        nulls: array.keys().nulls().cloned(),
                        values: array
                            .values()
                            .as_string_opt::<i32>()
                            .ok_or_else(|| TableError::Damaged("unknown type of dictionary".to_owned()))?
                            .clone(),
                    }
                }
            };
            fields[*leaf] = Some(cells);
        }
        Ok(Self { rows: batch.num_rows(), fields })
    }

    /// The cells of a field; nothing if it was not asked for.
    pub(crate) fn field(&self, leaf: usize) -> Option<&Cells> {
        self.fields.get(leaf).and_then(Option::as_ref)
    }

    /// The figure in a cell.
    pub(crate) fn number(&self, at: usize, row: usize) -> Option<Number> {
        self.field(at)?.number(row)
    }

    /// The text that stands in a text cell, or beside the number of a numeric one.
    pub(crate) fn text(&self, table: &Table, at: usize, row: usize) -> Option<&str> {
        self.field(table.text_of(at).unwrap_or(at))?.text(row)
    }

    /// Gives the cell as it came to `take`.
    pub(crate) fn with_cell<R>(&self, table: &Table, at: usize, row: usize, take: impl FnOnce(&str) -> R) -> R {
        if let Some(text) = self.text(table, at, row) {
            return take(text);
        }
        match self.number(at, row) {
            Some(Number::Integer(number)) => take(itoa::Buffer::new().format(number)),
            Some(Number::Float(number)) => take(&number.to_string()),
            None => take(""),
        }
    }
}
