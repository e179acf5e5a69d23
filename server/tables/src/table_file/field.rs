//! One column on its way into the table file.

use std::io;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder, Int64Builder, StringBuilder};
use arrow::datatypes::{DataType, Field as ArrowField};
use domain::table::ColumnKind;

use crate::cells;
use crate::source::Refused;

/// The cells of a column that wait to be written.
pub(super) struct Field {
    own: Own,
    beside: Option<StringBuilder>,
    decimal_comma: bool,
}

enum Own {
    Whole(Int64Builder),
    Decimal(Float64Builder),
    Text(StringBuilder),
}

impl Field {
    pub(super) fn new(kind: ColumnKind, beside: bool, decimal_comma: bool) -> Self {
        let own = match kind {
            ColumnKind::Integer => Own::Whole(Int64Builder::new()),
            ColumnKind::Number => Own::Decimal(Float64Builder::new()),
            ColumnKind::Text | ColumnKind::Time => Own::Text(StringBuilder::new()),
        };
        Self { own, beside: beside.then(StringBuilder::new), decimal_comma }
    }

    /// The field that bears the column's name.
    pub(super) fn own(&self, name: &str) -> ArrowField {
        match self.own {
            Own::Whole(_) => ArrowField::new(name, DataType::Int64, true),
            Own::Decimal(_) => ArrowField::new(name, DataType::Float64, true),
            Own::Text(_) => ArrowField::new(name, DataType::Utf8, false),
        }
    }

    /// The field of its figures' text.
    pub(super) fn beside(&self, name: &str) -> Option<ArrowField> {
        self.beside.is_some().then(|| ArrowField::new(format!("text:{name}"), DataType::Utf8, true))
    }

    pub(super) fn push(&mut self, cell: &str) -> Result<(), Refused> {
        let told = match &mut self.own {
            Own::Text(cells) => {
                cells.append_value(cell);
                return Ok(());
            }
            Own::Whole(cells) => {
                let (number, told) = cells::whole_in(cell, self.decimal_comma);
                cells.append_option(number);
                told
            }
            Own::Decimal(cells) => {
                let (number, told) = cells::decimal_in(cell, self.decimal_comma);
                cells.append_option(number);
                told
            }
        };
        let text = (!told && !cell.is_empty()).then_some(cell);
        match (&mut self.beside, text) {
            (Some(beside), text) => beside.append_option(text),
            (None, None) => {}
            // The profile says that there is no such cell.
            (None, Some(_)) => return Err(io::Error::other("the file changed while it was read").into()),
        }
        Ok(())
    }

    pub(super) fn take(&mut self) -> ArrayRef {
        match &mut self.own {
            Own::Whole(cells) => Arc::new(cells.finish()),
            Own::Decimal(cells) => Arc::new(cells.finish()),
            Own::Text(cells) => Arc::new(cells.finish()),
        }
    }

    pub(super) fn take_beside(&mut self) -> Option<ArrayRef> {
        self.beside.as_mut().map(|cells| Arc::new(cells.finish()) as ArrayRef)
    }
}
