//! The least and the greatest cell of a column.

use crate::period::{self, Form};

/// The least and greatest figures, under both ways of writing decimals, and periods in one form.
#[derive(Debug, Default)]
pub(super) struct Extremes {
    point: Span<f64>,
    comma: Span<f64>,
    form: Option<Form>,
    periods: Span<i64>,
}

#[derive(Debug)]
struct Span<T> {
    least: Option<(T, String)>,
    greatest: Option<(T, String)>,
}

impl<T> Default for Span<T> {
    fn default() -> Self {
        Self { least: None, greatest: None }
    }
}

impl<T: PartialOrd + Copy> Span<T> {
    fn see(&mut self, value: T, cell: &str) {
        keep(&mut self.least, value, cell, |old| value < old);
        keep(&mut self.greatest, value, cell, |old| value > old);
    }

    fn cells(&self) -> (Option<String>, Option<String>) {
        let cell = |end: &Option<(T, String)>| end.as_ref().map(|(_, cell)| cell.trim().to_owned());
        (cell(&self.least), cell(&self.greatest))
    }
}

fn keep<T: Copy>(end: &mut Option<(T, String)>, value: T, cell: &str, beyond: impl Fn(T) -> bool) {
    match end {
        Some((old, text)) => {
            if beyond(*old) {
                *old = value;
                text.clear();
                text.push_str(cell);
            }
        }
        None => *end = Some((value, cell.to_owned())),
    }
}

impl Extremes {
    pub(super) fn see(&mut self, cell: &str, point: Option<f64>, comma: Option<f64>) {
        if let Some(value) = point {
            self.point.see(value, cell);
        }
        if let Some(value) = comma {
            self.comma.see(value, cell);
        }
    }

    /// Reads periods in one form from here on.
    pub(super) fn follow<'c>(&mut self, form: Option<Form>, cells: impl Iterator<Item = &'c str>) {
        self.form = form;
        self.periods = periods(form, cells);
    }

    /// One more cell in the form followed.
    pub(super) fn see_period(&mut self, cell: &str) {
        if let Some(period) = self.form.and_then(|form| period::read(cell, form)) {
            self.periods.see(period.ordinal(), cell);
        }
    }

    pub(super) fn figures(&self, decimal_comma: bool) -> (Option<String>, Option<String>) {
        if decimal_comma { self.comma.cells() } else { self.point.cells() }
    }

    /// The first and last period, where this form was followed.
    pub(super) fn followed(&self, form: Option<Form>) -> (Option<String>, Option<String>) {
        if form.is_some() && form == self.form { self.periods.cells() } else { (None, None) }
    }
}

/// The first and last of some periods; without a form they are ISO dates or have the day first.
pub(super) fn between<'c>(
    form: Option<Form>,
    cells: impl Iterator<Item = &'c str>,
) -> (Option<String>, Option<String>) {
    periods(form, cells).cells()
}

fn periods<'c>(form: Option<Form>, cells: impl Iterator<Item = &'c str>) -> Span<i64> {
    let mut span = Span::default();
    for cell in cells {
        let period = match form {
            Some(form) => period::read(cell, form),
            None => period::read(cell, Form::IsoDate).or_else(|| period::read(cell, Form::DayFirst)),
        };
        if let Some(period) = period {
            span.see(period.ordinal(), cell);
        }
    }
    span
}
