//! The calendar as a file that calendar programs read (iCalendar, RFC 5545).

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{CalendarEntry, ReleaseState};
use crate::language::Language;
use crate::text::escaped;

/// The longest line, in octets without its end (RFC 5545, section 3.1).
const LINE: usize = 75;

/// The entries that have an exact date, as an iCalendar file in one language.
///
/// `site` is the site's address, such as `https://data.example.org`.
#[must_use]
pub fn feed(entries: &[CalendarEntry], site: &str, name: &str, language: Language) -> String {
    let mut out = String::new();
    let host = site.split_once("://").map_or(site, |(_, host)| host);
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dataset Catalogue//Release calendar//EN"] {
        line(&mut out, text);
    }
    line(&mut out, &format!("X-WR-CALNAME:{}", quoted(name)));
    for entry in entries {
        if let Some(at) = entry.date.instant() {
            event(&mut out, entry, at, site, host, language);
        }
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, entry: &CalendarEntry, at: DateTime<Utc>, site: &str, host: &str, language: Language) {
    let details = &entry.details;
    let title = language.pick(&details.title, details.title_cy.as_deref());
    let summary = language.pick(&details.summary, details.summary_cy.as_deref());
    let told = entry.changes.last().map(|change| change.at).or(entry.announced_at).unwrap_or(at);
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}@{host}", entry.id));
    line(out, &format!("DTSTAMP:{}", stamp(entry.published_at.unwrap_or(told))));
    line(out, &format!("SEQUENCE:{}", entry.changes.len()));
    line(out, &format!("DTSTART:{}", stamp(at)));
    line(out, &format!("SUMMARY:{}", quoted(title)));
    if !summary.trim().is_empty() {
        line(out, &format!("DESCRIPTION:{}", quoted(summary)));
    }
    line(out, &format!("URL:{site}{}/releases/{}", language.path_prefix(), escaped(&entry.id)));
    line(out, &format!("STATUS:{}", status(entry.state)));
    line(out, "TRANSP:TRANSPARENT");
    line(out, "END:VEVENT");
}

const fn status(state: ReleaseState) -> &'static str {
    match state {
        ReleaseState::Cancelled => "CANCELLED",
        ReleaseState::Confirmed | ReleaseState::Published => "CONFIRMED",
        ReleaseState::Draft | ReleaseState::Provisional | ReleaseState::Postponed => "TENTATIVE",
    }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as a value (RFC 5545, section 3.3.11).
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line, folded where it is too long.
fn line(out: &mut String, text: &str) {
    let mut octets = 0;
    for c in text.chars() {
        if octets + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        let _ = write!(out, "{c}");
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::{ReleaseDate, ReleaseDetails};

    fn entry(date: ReleaseDate) -> CalendarEntry {
        CalendarEntry {
            id: "gdp".into(),
            details: ReleaseDetails {
                title: "GDP, monthly; a first estimate".into(),
                title_cy: Some("CDG".into()),
                summary: format!("Line one\nline two {}", "ŵ".repeat(60)),
                ..ReleaseDetails::default()
            },
            state: ReleaseState::Confirmed,
            date,
            changes: Vec::new(),
            announced_at: DateTime::from_timestamp(1_795_000_000, 0),
            published_at: None,
        }
    }

    #[test]
    fn values_are_quoted_and_lines_folded() {
        let at = ReleaseDate::At("2026-12-01T09:30:00Z".parse().unwrap());
        let text = feed(&[entry(at)], "https://data.example.org", "Releases", Language::En);
        assert!(text.contains("SUMMARY:GDP\\, monthly\\; a first estimate\r\n"), "{text}");
        assert!(text.contains("DTSTART:20261201T093000Z\r\n") && text.contains("UID:gdp@data.example.org\r\n"));
        assert!(text.contains("Line one\\nline two"));
        assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn what_has_no_exact_date_is_left_out() {
        let month = entry(ReleaseDate::Month { year: 2026, month: 12 });
        let text = feed(&[month, entry(ReleaseDate::ToBeConfirmed)], "https://x", "R", Language::Cy);
        assert!(!text.contains("VEVENT"));
    }
}
