//! Entries of the release calendar as events of calendar programs.

use super::{CalendarEntry, ReleaseState};
use crate::calendar::{Event, EventStatus, EventTime};
use crate::language::Language;
use crate::text::escaped;

/// The entries that have an exact date, as events in one language.
///
/// `site` is the site's address, such as `https://data.example.org`.
#[must_use]
pub fn events(entries: &[CalendarEntry], site: &str, language: Language) -> Vec<Event> {
    entries.iter().filter_map(|entry| event(entry, site, language)).collect()
}

/// The entry as an event; none where its date is not exact.
#[must_use]
pub fn event(entry: &CalendarEntry, site: &str, language: Language) -> Option<Event> {
    let at = entry.date.instant()?;
    let host = site.split_once("://").map_or(site, |(_, host)| host);
    let details = &entry.details;
    let told = entry.changes.last().map(|change| change.at).or(entry.announced_at).unwrap_or(at);
    Some(Event {
        uid: format!("{}@{host}", entry.id),
        said: entry.published_at.unwrap_or(told),
        sequence: entry.changes.len(),
        time: EventTime::At(at),
        title: language.pick(&details.title, details.title_cy.as_deref()).to_owned(),
        text: language.pick(&details.summary, details.summary_cy.as_deref()).to_owned(),
        href: format!("{site}{}/releases/{}", language.path_prefix(), escaped(&entry.id)),
        status: status(entry.state),
    })
}

const fn status(state: ReleaseState) -> EventStatus {
    match state {
        ReleaseState::Cancelled => EventStatus::Cancelled,
        ReleaseState::Confirmed | ReleaseState::Published => EventStatus::Confirmed,
        ReleaseState::Draft | ReleaseState::Provisional | ReleaseState::Postponed => EventStatus::Tentative,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::release::{ReleaseDate, ReleaseDetails};

    fn entry(date: ReleaseDate) -> CalendarEntry {
        CalendarEntry {
            id: "gdp".into(),
            details: ReleaseDetails {
                title: "GDP, monthly".into(),
                title_cy: Some("CDG".into()),
                ..ReleaseDetails::default()
            },
            state: ReleaseState::Postponed,
            date,
            changes: Vec::new(),
            announced_at: DateTime::from_timestamp(1_795_000_000, 0),
            published_at: None,
        }
    }

    #[test]
    fn an_exact_date_is_an_event_of_one_name_in_both_languages() {
        let at = ReleaseDate::At("2026-12-01T09:30:00Z".parse().unwrap());
        let said = |language| event(&entry(at), "https://data.example.org", language).unwrap();
        let (english, welsh) = (said(Language::En), said(Language::Cy));
        assert_eq!((english.uid.as_str(), english.title.as_str()), ("gdp@data.example.org", "GDP, monthly"));
        assert_eq!((welsh.uid.as_str(), welsh.title.as_str()), ("gdp@data.example.org", "CDG"));
        assert_eq!(welsh.href, "https://data.example.org/cy/releases/gdp");
        assert_eq!(english.status, EventStatus::Tentative, "what is put off is not promised");
    }

    #[test]
    fn what_has_no_exact_date_is_left_out() {
        let month = entry(ReleaseDate::Month { year: 2026, month: 12 });
        assert!(events(&[month, entry(ReleaseDate::ToBeConfirmed)], "https://x", Language::Cy).is_empty());
    }
}
