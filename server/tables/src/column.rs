//! Watches the cells of a column go by and tells at the end what they hold.

mod counts;
mod distinct;
mod extremes;
mod statistics;

use domain::table::{ColumnKind, Problem, Severity};

pub(crate) use distinct::Budget;

use self::{
    counts::{Class, Counts},
    distinct::{Distinct, Found},
    extremes::Extremes,
};
use crate::{
    cells,
    period::{self, FORMS, Form},
};

/// Cells after which a column that is plainly text is no longer tried as something else.
const TRIAL: u64 = 500;
/// Letters that a cell of a spreadsheet may have.
pub(crate) const SPREADSHEET_CELL: usize = 32_767;

/// What was counted in one column.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Every different cell, until there are too many.
    distinct: Option<Distinct>,
    /// What was counted beside `distinct`.
    counts: Counts,
    odd: Option<(u64, String)>,
    forms_all: u16,
    forms_any: u16,
    first_lines: [u64; FORMS.len()],
    no_period: Option<u64>,
    day_first: Order,
    month_first: Order,
    extremes: Extremes,
    /// The line of the first cell that looks like a formula.
    pub formula: Option<u64>,
    /// The line and the letters of the first cell that is too long for a spreadsheet.
    pub long_cell: Option<(u64, usize)>,
    more_than: u64,
    samples: Vec<String>,
}

/// Whether dates went up in even steps when read in one order of day and month.
#[derive(Clone, Copy, Debug)]
struct Order {
    last: Option<f64>,
    ascending: bool,
    smallest: f64,
    largest: f64,
}

impl Default for Order {
    fn default() -> Self {
        Self { last: None, ascending: true, smallest: f64::INFINITY, largest: 0.0 }
    }
}

impl Watch {
    /// Waits for the first cell.
    pub(crate) fn new() -> Self {
        Self { distinct: Some(Distinct::default()), forms_all: u16::MAX, ..Self::default() }
    }

    /// Looks at one cell; `commas` says whether figures with a decimal comma are possible.
    pub(crate) fn see(&mut self, cell: &str, line: u64, commas: bool, budget: &mut Budget) {
        let Some(distinct) = &mut self.distinct else {
            self.see_any(cell, line, commas);
            return;
        };
        match distinct.find(cell) {
            Found::Before => {}
            Found::Known(forms) => self.see_order(cell, forms),
            Found::New(hash) => {
                let class = self.look(cell, line, commas);
                self.see_order(cell, class.forms);
                let added = self.distinct.as_mut().is_some_and(|distinct| distinct.add(hash, cell, class, budget));
                if !added {
                    self.overflow(budget);
                    self.counts.add(class, 1);
                }
            }
        }
    }

    /// Gives up telling cells apart.
    fn overflow(&mut self, budget: &mut Budget) {
        if let Some(distinct) = self.distinct.take() {
            self.more_than = distinct.values();
            self.samples = distinct.samples();
            let form = FORMS.into_iter().find(|form| self.forms_all & *form as u16 != 0);
            self.extremes.follow(form, distinct.filled());
            self.counts = distinct.counts();
            distinct.release(budget);
        }
    }

    /// A cell of a column with too many different ones: what it cannot be is not tried.
    fn see_any(&mut self, cell: &str, line: u64, commas: bool) {
        if cells::is_missing(cell) {
            self.counts.add(Class::missing(cell), 1);
            return;
        }
        self.see_long(cell, line);
        let counts = self.counts;
        let mut class = Class::default();
        if counts.filled < TRIAL || counts.numbers.max(counts.comma_numbers) * 2 > counts.filled {
            self.see_number(&mut class, cell, line, commas);
        }
        if counts.filled < TRIAL || counts.periods * 2 > counts.filled {
            self.see_period(&mut class, cell, line);
            self.see_order(cell, class.forms);
            self.extremes.see_period(cell);
        }
        if counts.filled < TRIAL || counts.places * 2 > counts.filled {
            class.set(Class::PLACE, cells::is_place_code(cell));
        }
        self.see_formula(&mut class, cell, line);
        self.counts.add(class, 1);
    }

    /// Everything about a cell that was not there before.
    fn look(&mut self, cell: &str, line: u64, commas: bool) -> Class {
        if cells::is_missing(cell) {
            return Class::missing(cell);
        }
        let mut class = Class::default();
        self.see_number(&mut class, cell, line, commas);
        self.see_period(&mut class, cell, line);
        class.set(Class::PLACE, cells::is_place_code(cell));
        self.see_formula(&mut class, cell, line);
        self.see_long(cell, line);
        class
    }

    fn see_long(&mut self, cell: &str, line: u64) {
        if self.long_cell.is_none() && cell.len() > SPREADSHEET_CELL {
            self.long_cell = Some((line, cell.chars().count()));
        }
    }

    fn see_formula(&mut self, class: &mut Class, cell: &str, line: u64) {
        let may_be = matches!(cell.as_bytes(), [b'=' | b'@' | b'\t' | b'\r' | b'\n' | b'+' | b'-', ..]);
        if may_be && cells::is_formula(cell) {
            class.set(Class::FORMULA, true);
            self.formula.get_or_insert(line);
        }
    }

    fn see_number(&mut self, class: &mut Class, cell: &str, line: u64, commas: bool) {
        if let Some(simple) = cells::simple(cell) {
            let comma = if commas && simple.whole.is_none() { cells::comma_number(cell) } else { None };
            let comma = comma.or(simple.whole.filter(|_| commas).map(|_| simple.value));
            class.set(Class::POINT, true);
            class.set(Class::COMMA, comma.is_some());
            class.set(Class::WHOLE, simple.whole.is_some());
            class.set(Class::CODE, simple.code);
            class.set(Class::NOT_AS_WHOLE, !(simple.exact && simple.whole.is_some()));
            class.set(Class::NOT_AS_DECIMAL, !simple.exact);
            self.extremes.see(cell, Some(simple.value), comma);
            return;
        }
        let point = cells::number(cell);
        let comma = if commas { cells::comma_number(cell) } else { None };
        class.set(Class::POINT, point.is_some());
        class.set(Class::COMMA, comma.is_some());
        class.set(Class::NOT_AS_WHOLE, !cells::whole_in(cell, false).1);
        class.set(Class::NOT_AS_DECIMAL, !cells::decimal_in(cell, false).1);
        match point.or(comma) {
            Some(value) => {
                class.set(Class::WHOLE, value.fract() == 0.0 && !cell.contains(['.', 'e', 'E']));
                class.set(Class::CODE, cells::is_code(cell));
                self.extremes.see(cell, point, comma);
            }
            None if self.odd.is_none() => {
                self.odd = Some((line, cell.trim().chars().take(40).collect()));
            }
            None => {}
        }
    }

    fn see_period(&mut self, class: &mut Class, cell: &str, line: u64) {
        let forms = period::forms(cell);
        self.forms_all &= forms;
        if forms == 0 {
            self.no_period.get_or_insert(line);
            return;
        }
        class.forms = forms;
        class.set(Class::PERIOD, true);
        class.set(Class::BARE, period::is_bare(cell));
        if forms & !self.forms_any != 0 {
            for (at, form) in FORMS.into_iter().enumerate() {
                if forms & !self.forms_any & form as u16 != 0 {
                    self.first_lines[at] = line;
                }
            }
            self.forms_any |= forms;
        }
    }

    /// Whether dates ascend matters only while they may be settled by it.
    fn see_order(&mut self, cell: &str, forms: u16) {
        if forms & DATES != 0 && self.forms_any & !DATES == 0 && self.day_first.ascending {
            self.day_first.see(cell, Form::DayFirst);
            self.month_first.see(cell, Form::MonthFirst);
        }
    }

    /// Every different cell with how often it stands there, in the order of the table, unless there were too many.
    pub(crate) fn cells(&self) -> Option<impl Iterator<Item = (&str, u64)>> {
        self.distinct.as_ref().map(Distinct::cells)
    }

    /// Everything that was counted.
    pub(crate) fn counts(&self) -> Counts {
        self.distinct.as_ref().map_or(self.counts, Distinct::counts)
    }

    /// Whether some cell is not just how the number of its column is written.
    pub(crate) fn needs_text(&self, kind: ColumnKind, decimal_comma: bool) -> bool {
        let counts = self.counts();
        match kind {
            ColumnKind::Integer => counts.not_as_whole > 0,
            ColumnKind::Number if decimal_comma => counts.not_as_whole + counts.not_as_decimal > 0,
            ColumnKind::Number => counts.not_as_decimal > 0,
            ColumnKind::Text | ColumnKind::Time => false,
        }
    }

    /// Whether the figures can only be read with a decimal comma.
    pub(crate) fn proves_decimal_comma(&self) -> bool {
        let counts = self.counts();
        counts.filled > 0 && counts.comma_numbers == counts.filled && counts.numbers < counts.filled
    }

    /// What the column holds, and what its sender should know of it.
    pub(crate) fn verdict(&self, label: &str, decimal_comma: bool) -> (ColumnKind, Option<Problem>) {
        let counts = self.counts();
        if counts.filled == 0 {
            return (ColumnKind::Text, None);
        }
        if let Some(verdict) = self.time(label, counts) {
            return verdict;
        }
        let numbers = if decimal_comma { counts.comma_numbers } else { counts.numbers };
        if numbers == counts.filled && counts.codes == 0 {
            let kind = if counts.whole == counts.filled { ColumnKind::Integer } else { ColumnKind::Number };
            return (kind, None);
        }
        let odd = counts.filled - numbers;
        if odd > 0 && numbers >= 10 && odd * 20 <= counts.filled {
            let (line, cell) = self.odd.clone().unwrap_or_default();
            let cells = if odd == 1 { "1 is not".to_owned() } else { format!("{odd} are not") };
            let problem = Problem::new(
                Severity::Warning,
                format!(
                    "Of {} cells {cells} a number, first “{cell}” in line {line}, so the column is treated as text. Leave such cells empty or mark them, for example [x].",
                    counts.filled
                ),
            );
            return (ColumnKind::Text, Some(problem.at_line(line).in_column(label)));
        }
        (ColumnKind::Text, None)
    }

    fn time(&self, label: &str, counts: Counts) -> Option<(ColumnKind, Option<Problem>)> {
        let named = is_time_heading(label);
        let all_bare = counts.bare == counts.filled;
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
        if self.mixed_dates(counts).is_some() {
            let problem = Problem::new(
                Severity::Warning,
                format!(
                    "Dates are written in different ways: {}. They were read with the day first, which alone sets the rows at even distances.",
                    self.listed()
                ),
            );
            return Some((ColumnKind::Time, Some(problem.in_column(label))));
        }
        let dates = counts.periods - counts.bare;
        if self.forms_all == 0
            && counts.periods * 2 >= counts.filled
            && (dates * 2 >= counts.filled || (named && dates > 0))
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
    fn mixed_dates(&self, counts: Counts) -> Option<Form> {
        let slashed = Form::DayFirst as u16 | Form::MonthFirst as u16;
        let both = self.forms_any & Form::IsoDate as u16 != 0 && self.forms_any & slashed != 0;
        let only_dates = counts.periods == counts.filled && self.forms_any & !DATES == 0;
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
