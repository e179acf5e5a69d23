//! What stands in a cell, as text: the same for workbooks of every form.

use calamine::{DataRef, ExcelDateTime};

/// The text of a cell.
pub(super) fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => figure(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) => moment(time),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A figure with the 15 digits that spreadsheets show.
fn figure(number: f64) -> String {
    let short = number.to_string();
    if short.bytes().filter(u8::is_ascii_digit).count() <= 15 {
        return short;
    }
    format!("{number:.14e}").parse::<f64>().map_or(short, |rounded| rounded.to_string())
}

fn moment(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if time.is_duration() {
        return figure(time.as_f64());
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date}T{hour:02}:{minute:02}:{second:02}") }
}
