//! Periods as bounds and as keys.

use crate::period::{self, FORMS, Form, Length, Period};

/// The form of a column whose cells can be read in `forms`, if one form fits all.
pub(super) fn form_of(forms: u16) -> Option<Form> {
    if forms == u16::MAX {
        return None;
    }
    FORMS.into_iter().find(|form| forms & *form as u16 != 0)
}

/// The number that orders a cell by its first day.
pub(super) fn first_day(cell: &str, form: Option<Form>) -> Option<i64> {
    let read = match form {
        Some(form) => period::read(cell, form),
        None => FORMS.into_iter().find_map(|form| period::read(cell, form)),
    };
    read.map(Period::ordinal)
}

/// Reads a bound: like the cells of the column, else as year and month, else in any form.
pub(super) fn bound(text: &str, form: Option<Form>) -> Option<Period> {
    form.and_then(|form| period::read(text, form))
        .or_else(|| period::read(text, Form::IsoMonth))
        .or_else(|| FORMS.into_iter().find_map(|form| period::read(text, form)))
}

/// A number not before the last day of a period and before the next one's first.
pub(super) const fn last_day(period: Period) -> i64 {
    let year = period.year as i64 * 10_000;
    match period.length {
        Length::Year => year + 1_231,
        Length::FinancialYear => year + 10_331,
        Length::Quarter => year + (period.month as i64 + 2) * 100 + 31,
        Length::Month => year + period.month as i64 * 100 + 31,
        Length::Day => period.ordinal(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_reach_from_the_first_to_the_last_day() {
        let ends = |text| bound(text, None).map(|period| (period.ordinal(), last_day(period)));
        assert_eq!(ends("2019"), Some((20_190_101, 20_191_231)));
        assert_eq!(ends("2019 Q1"), Some((20_190_101, 20_190_331)));
        assert_eq!(ends("2019-03"), Some((20_190_301, 20_190_331)));
        assert_eq!(ends("2001-02"), Some((20_010_201, 20_010_231)));
        assert_eq!(ends("2019/20"), Some((20_190_401, 20_200_331)));
        assert_eq!(ends("2019-03-04"), Some((20_190_304, 20_190_304)));
        assert_eq!(ends("spring"), None);
    }
}
