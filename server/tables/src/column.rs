//! Watches the cells of a column go by and tells at the end what they hold.

use domain::table::{ColumnKind, Problem, Severity};

use crate::{
    cells,
    period::{self, FORMS, Form},
};

/// Cells after which a column that is plainly text is no longer tried as something else.
const TRIAL: u64 = 500;

/// What was counted in one column.
#[derive(Debug)]
pub(crate) struct Watch {
    filled: u64,
    numbers: u64,
    comma_numbers: u64,
    whole: u64,
    codes: u64,
    odd: Option<(u64, String)>,
    forms_all: u16,
    forms_any: u16,
    periods: u64,
    bare: u64,
    first_lines: [u64; FORMS.len()],
    no_period: Option<u64>,
    day_first: Order,
    month_first: Order,
}

/// Whether dates went up in even steps when read in one order of day and month.
#[derive(Clone, Copy, Debug)]
struct Order {
    last: Option<f64>,
    ascending: bool,
    smallest: f64,
    largest: f64,
}

impl Default for Watch {
    fn default() -> Self {
        let order = Order { last: None, ascending: true, smallest: f64::INFINITY, largest: 0.0 };
        Self {
            filled: 0,
            numbers: 0,
            comma_numbers: 0,
            whole: 0,
            codes: 0,
            odd: None,
            forms_all: u16::MAX,
            forms_any: 0,
            periods: 0,
            bare: 0,
            first_lines: [0; FORMS.len()],
            no_period: None,
            day_first: order,
            month_first: order,
        }
    }
}

impl Watch {
    /// Looks at one cell; `commas` says whether figures with a decimal comma are possible.
    pub(crate) fn see(&mut self, cell: &str, line: u64, commas: bool) {
        if cells::is_missing(cell) {
            return;
        }
        self.filled += 1;
        if self.filled < TRIAL || self.numbers.max(self.comma_numbers) * 2 > self.filled {
            self.see_number(cell, line, commas);
        }
        if self.filled < TRIAL || self.periods * 2 > self.filled {
            self.see_period(cell, line);
        }
    }

    fn see_number(&mut self, cell: &str, line: u64, commas: bool) {
        let point = cells::number(cell);
        let comma = if commas { cells::comma_number(cell) } else { None };
        self.numbers += u64::from(point.is_some());
        self.comma_numbers += u64::from(comma.is_some());
        match point.or(comma) {
            Some(value) => {
                self.whole += u64::from(value.fract() == 0.0 && !cell.contains(['.', 'e', 'E']));
                self.codes += u64::from(cells::is_code(cell));
            }
            None if self.odd.is_none() => {
                self.odd = Some((line, cell.trim().chars().take(40).collect()));
            }
            None => {}
        }
    }

    fn see_period(&mut self, cell: &str, line: u64) {
        let forms = period::forms(cell);
        self.forms_all &= forms;
        if forms == 0 {
            self.no_period.get_or_insert(line);
            return;
        }
        self.periods += 1;
        self.bare += u64::from(period::is_bare(cell));
        if forms & !self.forms_any != 0 {
            for (at, form) in FORMS.into_iter().enumerate() {
                if forms & !self.forms_any & form as u16 != 0 {
                    self.first_lines[at] = line;
                }
            }
            self.forms_any |= forms;
        }
        if forms & DATES != 0 && self.forms_any & !DATES == 0 {
            self.day_first.see(cell, Form::DayFirst);
            self.month_first.see(cell, Form::MonthFirst);
        }
    }

    /// Whether the figures can only be read with a decimal comma.
    pub(crate) const fn proves_decimal_comma(&self) -> bool {
        self.filled > 0 && self.comma_numbers == self.filled && self.numbers < self.filled
    }

    /// What the column holds, and what its sender should know of it.
    pub(crate) fn verdict(&self, label: &str, decimal_comma: bool) -> (ColumnKind, Option<Problem>) {
        if self.filled == 0 {
            return (ColumnKind::Text, None);
        }
        if let Some(verdict) = self.time(label) {
            return verdict;
        }
        let numbers = if decimal_comma { self.comma_numbers } else { self.numbers };
        if numbers == self.filled && self.codes == 0 {
            let kind = if self.whole == self.filled { ColumnKind::Integer } else { ColumnKind::Number };
            return (kind, None);
        }
        let odd = self.filled - numbers;
        if odd > 0 && numbers >= 10 && odd * 20 <= self.filled {
            let (line, cell) = self.odd.clone().unwrap_or_default();
            let cells = if odd == 1 { "1 is not".to_owned() } else { format!("{odd} are not") };
            let problem = Problem::new(
                Severity::Warning,
                format!(
                    "Of {} cells {cells} a number, first “{cell}” in line {line}, so the column is treated as text. Leave such cells empty or mark them, for example [x].",
                    self.filled
                ),
            );
            return (ColumnKind::Text, Some(problem.at_line(line).in_column(label)));
        }
        (ColumnKind::Text, None)
    }

    fn time(&self, label: &str) -> Option<(ColumnKind, Option<Problem>)> {
        let named = is_time_heading(label);
        let all_bare = self.bare == self.filled;
        if self.forms_all != 0 && (named || !all_bare) {
            let open = Form::DayFirst as u16 | Form::MonthFirst as u16;
            let note = (self.forms_all & open == open).then(|| {
                Problem::new(
                    Severity::Warning,
                    "Nothing shows whether the day or the month comes first; the dates are read with the day first. Write them as 2001-01-31 to be sure.",
                )
                .in_column(label)
            });
            return Some((ColumnKind::Time, note));
        }
        if self.mixed_dates().is_some() {
            let problem = Problem::new(
                Severity::Warning,
                format!(
                    "Dates are written in different ways: {}. They were read with the day first, which alone sets the rows at even distances.",
                    self.listed()
                ),
            );
            return Some((ColumnKind::Time, Some(problem.in_column(label))));
        }
        let dates = self.periods - self.bare;
        if self.forms_all == 0 && self.periods * 2 >= self.filled && (dates * 2 >= self.filled || (named && dates > 0))
        {
            let mut message = format!("Dates are written in different ways: {}", self.listed());
            if let Some(line) = self.no_period {
                message.push_str(&format!(". Line {line} holds no date that could be read"));
            }
            message
                .push_str(". The column is treated as text; write all its dates in one way, for example 2001-01-31.");
            return Some((ColumnKind::Text, Some(Problem::new(Severity::Warning, message).in_column(label))));
        }
        None
    }

    /// Whether ISO dates and slashed ones stand together and only the day-first reading sets them at even distances.
    fn mixed_dates(&self) -> Option<Form> {
        let slashed = Form::DayFirst as u16 | Form::MonthFirst as u16;
        let both = self.forms_any & Form::IsoDate as u16 != 0 && self.forms_any & slashed != 0;
        let only_dates = self.periods == self.filled && self.forms_any & !DATES == 0;
        (both && only_dates && self.day_first.is_even() && !self.month_first.is_even()).then_some(Form::DayFirst)
    }

    /// The forms met, each with the line where it first stands.
    fn listed(&self) -> String {
        let slashed = self.first_lines[slot(Form::DayFirst)];
        let mut found: Vec<(u64, &str)> = FORMS
            .into_iter()
            .enumerate()
            .filter(|(_, form)| self.forms_any & *form as u16 != 0)
            .filter(|(at, form)| *form != Form::MonthFirst || slashed == 0 || slashed > self.first_lines[*at])
            .map(|(at, form)| (self.first_lines[at], form.example()))
            .collect();
        found.sort_unstable();
        let parts: Vec<String> =
            found.iter().map(|(line, example)| format!("like {example} from line {line}")).collect();
        parts.join(", ")
    }
}

const DATES: u16 = Form::IsoDate as u16 | Form::DayFirst as u16 | Form::MonthFirst as u16;

fn slot(form: Form) -> usize {
    FORMS.iter().position(|other| *other == form).unwrap_or_default()
}

impl Order {
    fn see(&mut self, cell: &str, form: Form) {
        let Some(period) = period::read(cell, Form::IsoDate).or_else(|| period::read(cell, form)) else {
            self.ascending = false;
            return;
        };
        let position = period.position();
        if let Some(last) = self.last {
            let step = position - last;
            self.ascending &= step >= 0.0;
            if step > 0.0 {
                self.smallest = self.smallest.min(step);
                self.largest = self.largest.max(step);
            }
        }
        self.last = Some(position);
    }

    /// Whether no step is much longer than another: months differ by a tenth, a weekend is three days.
    fn is_even(&self) -> bool {
        self.ascending && self.largest > 0.0 && self.largest <= self.smallest * 5.0
    }
}

/// Whether a heading names a time.
pub(crate) fn is_time_heading(label: &str) -> bool {
    const WORDS: [&str; 11] =
        ["year", "years", "date", "time", "period", "month", "quarter", "day", "week", "yyyy", "mmm"];
    label
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}
