//! Calendars that people's calendar programs read (iCalendar, RFC 5545).

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::feed::Entry;

/// The media type of a calendar.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";
/// The longest line, in octets without its end (RFC 5545, section 3.1).
const LINE: usize = 75;
/// How long an event is shown; without an end programs draw it so thin that nobody sees it.
const SHOWN_FOR: TimeDelta = TimeDelta::minutes(30);

/// A calendar that a program reads again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub events: Vec<Event>,
}

/// When an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventTime {
    /// At an instant.
    At(DateTime<Utc>),
    /// Some time on a day.
    Day(NaiveDate),
}

/// How sure an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventStatus {
    /// It may move.
    Tentative,
    /// It is promised, or was.
    Confirmed,
    /// It will not be.
    Cancelled,
}

/// An event of a calendar; its address is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// A name that stays the same in every calendar, in both languages and when it moves.
    pub uid: String,
    /// When this was said of it.
    pub said: DateTime<Utc>,
    /// How often it was moved.
    pub sequence: usize,
    /// When it is.
    pub time: EventTime,
    /// What it is called.
    pub title: String,
    /// A few sentences, plain text; may be empty.
    pub text: String,
    /// Where to read on.
    pub href: String,
    /// How sure it is.
    pub status: EventStatus,
}

impl Event {
    /// What became public, as an event of that instant.
    #[must_use]
    pub fn of_entry(entry: Entry) -> Self {
        Self {
            uid: entry.id,
            said: entry.updated,
            sequence: 0,
            time: EventTime::At(entry.published),
            title: entry.title,
            text: entry.summary,
            href: entry.href,
            status: EventStatus::Confirmed,
        }
    }

    fn write(&self, out: &mut String) {
        line(out, "BEGIN:VEVENT");
        line(out, &format!("UID:{}", quoted(&self.uid)));
        line(out, &format!("DTSTAMP:{}", stamp(self.said)));
        line(out, &format!("SEQUENCE:{}", self.sequence));
        match self.time {
            EventTime::At(at) => {
                line(out, &format!("DTSTART:{}", stamp(at)));
                line(out, &format!("DTEND:{}", stamp(at + SHOWN_FOR)));
            }
            EventTime::Day(day) => line(out, &format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d"))),
        }
        line(out, &format!("SUMMARY:{}", quoted(&self.title)));
        if !self.text.trim().is_empty() {
            line(out, &format!("DESCRIPTION:{}", quoted(&self.text)));
        }
        line(out, &format!("URL:{}", self.href));
        line(out, &format!("STATUS:{}", self.status.word()));
        line(out, "TRANSP:TRANSPARENT");
        line(out, "END:VEVENT");
    }
}

impl EventStatus {
    const fn word(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl Calendar {
    /// The calendar as a file.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::new();
        for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dataset Catalogue//Release calendar//EN"] {
            line(&mut out, text);
        }
        line(&mut out, &format!("X-WR-CALNAME:{}", quoted(&self.name)));
        for event in &self.events {
            event.write(&mut out);
        }
        line(&mut out, "END:VCALENDAR");
        out
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

    fn event(time: EventTime) -> Event {
        Event {
            uid: "gdp@data.example.org".into(),
            said: DateTime::UNIX_EPOCH,
            sequence: 2,
            time,
            title: "GDP, monthly; a first estimate".into(),
            text: format!("Line one\nline two {}", "ŵ".repeat(60)),
            href: "https://data.example.org/releases/gdp".into(),
            status: EventStatus::Tentative,
        }
    }

    fn text(event: Event) -> String {
        Calendar { name: "Prices, wages".into(), events: vec![event] }.write()
    }

    #[test]
    fn values_are_quoted_and_lines_folded() {
        let text = text(event(EventTime::At("2026-12-01T09:30:00Z".parse().unwrap())));
        assert!(text.contains("SUMMARY:GDP\\, monthly\\; a first estimate\r\n"), "{text}");
        assert!(text.contains("X-WR-CALNAME:Prices\\, wages\r\n") && text.contains("Line one\\nline two"), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn an_event_has_an_end_or_takes_the_day() {
        let exact = text(event(EventTime::At("2026-12-01T09:30:00Z".parse().unwrap())));
        assert!(exact.contains("DTSTART:20261201T093000Z\r\nDTEND:20261201T100000Z\r\n"), "{exact}");
        let day = text(event(EventTime::Day("2026-12-16".parse().unwrap())));
        assert!(day.contains("DTSTART;VALUE=DATE:20261216\r\n") && !day.contains("DTEND"), "{day}");
    }

    #[test]
    fn what_became_public_is_an_event_of_its_instant() {
        let at: DateTime<Utc> = "2026-12-01T09:30:00Z".parse().unwrap();
        let entry = Entry {
            id: "https://data.example.org/catalogue/cpi#released-1".into(),
            title: "CPI".into(),
            href: "https://data.example.org/catalogue/cpi".into(),
            summary: String::new(),
            published: at,
            updated: at,
            categories: Vec::new(),
        };
        let text = text(Event::of_entry(entry));
        assert!(text.contains("UID:https://data.example.org/catalogue/cpi#released-1\r\n"), "{text}");
        assert!(text.contains("STATUS:CONFIRMED\r\n") && !text.contains("DESCRIPTION"), "{text}");
    }
}
