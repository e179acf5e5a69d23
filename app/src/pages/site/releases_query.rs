//! Between the address of the release calendar and what is asked for.

use domain::month::Month;
use domain::page::MAX_LIMIT;
use domain::release::{CalendarQuery, CalendarView, ReleaseDate, ReleaseState};

use super::search_query::pairs;
use super::{escaped, paging};

/// Entries on one page of a list.
const PAGE: u32 = 20;

/// Entries on one page of this view; a month is shown whole.
#[must_use]
pub const fn size(view: CalendarView) -> u32 {
    match view {
        CalendarView::Month => MAX_LIMIT,
        _ => PAGE,
    }
}

/// The states of which one may be chosen in this view; none where all entries stand in the same.
#[must_use]
pub const fn states(view: CalendarView) -> &'static [ReleaseState] {
    match view {
        CalendarView::Upcoming => &ReleaseState::UPCOMING,
        CalendarView::Month => &ReleaseState::ANNOUNCED,
        CalendarView::Published | CalendarView::Cancelled => &[],
    }
}

/// Reads the query of an address; what makes no sense is left out.
#[must_use]
pub fn read(path: &str) -> (CalendarQuery, u32) {
    let pairs = pairs(path);
    let one = |name: &str| pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.clone());
    let view = one("view").and_then(|word| CalendarView::parse(&word)).unwrap_or(CalendarView::Upcoming);
    let (page, size) = (paging::number(&pairs, size(view)), size(view));
    // Beyond these there are no grids.
    let has_grid = |(year, number): &(i32, u32)| view != CalendarView::Month || Month::new(*year, *number).is_some();
    let month = one("month").and_then(|text| match ReleaseDate::parse_month("month", &text) {
        Ok(ReleaseDate::Month { year, month }) => Some((year, month)),
        _ => None,
    });
    let query = CalendarQuery {
        view,
        state: one("state").and_then(|word| ReleaseState::parse(&word)).filter(|state| states(view).contains(state)),
        month: month.filter(has_grid),
        topic: one("topic").filter(|_| view == CalendarView::Published),
        q: one("q").unwrap_or_default(),
        offset: (page - 1) * size,
        limit: size,
    };
    (query, page)
}

/// The query of an address.
#[must_use]
pub fn write(query: &CalendarQuery, page: u32) -> String {
    let mut parts = Vec::new();
    if query.view != CalendarView::Upcoming {
        parts.push(format!("view={}", query.view));
    }
    if let Some(state) = query.state {
        parts.push(format!("state={state}"));
    }
    if let Some(month) = month_value(query.month) {
        parts.push(format!("month={month}"));
    }
    if let Some(topic) = &query.topic {
        parts.push(format!("topic={}", escaped(topic)));
    }
    if !query.q.is_empty() {
        parts.push(format!("q={}", escaped(&query.q)));
    }
    if page > 1 {
        parts.push(format!("page={page}"));
    }
    if parts.is_empty() { "/releases".to_owned() } else { format!("/releases?{}", parts.join("&")) }
}

/// A month as addresses write it.
#[must_use]
pub fn month_value(month: Option<(i32, u32)>) -> Option<String> {
    month.and_then(|(year, month)| ReleaseDate::Month { year, month }.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_alike() {
        let path = "/releases?state=confirmed&month=2026-12&q=pris%20a&page=3";
        let (query, page) = read(path);
        assert_eq!((query.month, page, query.offset), (Some((2026, 12)), 3, 40));
        assert_eq!(write(&query, page), path);
        assert_eq!(write(&read("/releases").0, 1), "/releases");
        for path in ["/releases?view=month&state=published&month=2026-12", "/releases?view=published&topic=prices&q=a"]
        {
            assert_eq!(write(&read(path).0, 1), path);
        }
    }

    #[test]
    fn topics_are_known_of_what_is_published_alone() {
        for path in
            ["/releases?topic=prices", "/releases?view=month&topic=prices", "/releases?view=cancelled&topic=prices"]
        {
            assert_eq!(read(path).0.topic, None, "{path}");
        }
    }

    #[test]
    fn nonsense_is_left_out() {
        let (query, page) = read("/releases?view=published&state=confirmed&month=soon&page=-1");
        assert_eq!((query.view, query.state, query.month, page), (CalendarView::Published, None, None, 1));
        let (query, _) = read("/releases?view=month&state=draft&month=1900-01");
        assert_eq!((query.view, query.state, query.month), (CalendarView::Month, None, None));
    }
}
