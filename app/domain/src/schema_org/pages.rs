//! Other pages of the site as schema.org tells them: the way to a page, a release, the catalogue as a whole.

use serde_json::{Value, json};

use crate::language::Language;
use crate::release::{CalendarEntry, ReleaseState};

/// The way to a page as a `BreadcrumbList`: names with their addresses, the page itself last.
#[must_use]
pub fn breadcrumbs(trail: &[(String, String)]) -> Value {
    let item = |(place, (name, address)): (usize, &(String, String))| json!({"@type": "ListItem", "position": place + 1, "name": name, "item": address});
    let items: Vec<Value> = trail.iter().enumerate().map(item).collect();
    json!({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items})
}

/// A release as an `Event` that happens at its address; nothing while its instant is not known.
#[must_use]
pub fn event(entry: &CalendarEntry, language: Language, address: &str, office: &str) -> Option<Value> {
    let at = entry.published_at.or(entry.date.instant())?;
    let details = &entry.details;
    let before = entry.changes.last().and_then(|change| change.previous.instant());
    let status = match entry.state {
        ReleaseState::Cancelled => "EventCancelled",
        // Put off to an instant that is known.
        _ if before.is_some() => "EventRescheduled",
        ReleaseState::Postponed => "EventPostponed",
        _ => "EventScheduled",
    };
    let mut event = json!({
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": address,
        "url": address,
        "name": language.pick(&details.title, details.title_cy.as_deref()),
        "startDate": at,
        "eventStatus": format!("https://schema.org/{status}"),
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": address},
        "organizer": {"@type": "Organization", "name": office},
        "isAccessibleForFree": true,
    });
    let about = language.pick(&details.summary, details.summary_cy.as_deref());
    if !about.trim().is_empty() {
        event["description"] = json!(about);
    }
    if status == "EventRescheduled" {
        event["previousStartDate"] = json!(before);
    }
    Some(event)
}

/// The whole catalogue as a `DataCatalog`; `base` stands before the addresses of this site.
#[must_use]
pub fn catalogue(base: &str, name: &str, about: &str) -> Value {
    let address = format!("{base}/catalogue");
    json!({
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "@id": address,
        "url": address,
        "name": name,
        "description": about,
        "inLanguage": ["en", "cy"],
        "isAccessibleForFree": true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::{ChangeKind, DateChange, PublicReason, ReleaseDate, ReleaseDetails};

    fn entry(state: ReleaseState, date: ReleaseDate) -> CalendarEntry {
        let title_cy = Some("CMC".to_owned());
        CalendarEntry {
            id: "gdp".into(),
            details: ReleaseDetails { title: "GDP".into(), title_cy, ..ReleaseDetails::default() },
            state,
            date,
            changes: Vec::new(),
            announced_at: None,
            published_at: None,
        }
    }

    #[test]
    fn a_trail_is_numbered_from_one() {
        let list = breadcrumbs(&[("Home".into(), "https://a/".into()), ("GDP".into(), "https://a/gdp".into())]);
        assert_eq!(
            list["itemListElement"][1],
            json!({"@type": "ListItem", "position": 2, "name": "GDP", "item": "https://a/gdp"})
        );
    }

    #[test]
    fn a_release_is_an_event_once_its_instant_is_known() {
        let at = |text: &str| ReleaseDate::At(text.parse().unwrap());
        let of = |entry: &CalendarEntry| event(entry, Language::Cy, "https://a/releases/gdp", "Office");
        assert_eq!(of(&entry(ReleaseState::Provisional, ReleaseDate::ToBeConfirmed)), None);
        let mut confirmed = entry(ReleaseState::Confirmed, at("2026-12-16T09:30:00Z"));
        let told = of(&confirmed).unwrap();
        assert_eq!((&told["name"], &told["startDate"]), (&json!("CMC"), &json!("2026-12-16T09:30:00Z")));
        assert_eq!(told["eventStatus"], "https://schema.org/EventScheduled");
        assert!(told.get("description").is_none() && told.get("previousStartDate").is_none());
        confirmed.changes.push(DateChange {
            kind: ChangeKind::DateChanged,
            previous: at("2026-12-09T09:30:00Z"),
            date: confirmed.date,
            reason: PublicReason { text: "Late data".into(), text_cy: None },
            at: "2026-12-01T09:30:00Z".parse().unwrap(),
        });
        let told = of(&confirmed).unwrap();
        assert_eq!(told["eventStatus"], "https://schema.org/EventRescheduled");
        assert_eq!(told["previousStartDate"], "2026-12-09T09:30:00Z");
        let cancelled = CalendarEntry { state: ReleaseState::Cancelled, ..confirmed };
        assert_eq!(of(&cancelled).unwrap()["eventStatus"], "https://schema.org/EventCancelled");
    }
}
