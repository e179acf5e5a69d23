//! Finding an instant for a bundle: what is usual, what else comes in that week, and what speaks against a time.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Bundle;
use super::readiness::NEIGHBOURHOOD;
use crate::office::PublicationTimes;
use crate::uk_time;
use crate::views::BundlePage;

/// How many instants are suggested.
const SUGGESTED: usize = 5;

/// Something that comes out at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    /// When.
    pub at: DateTime<Utc>,
    /// What it is called.
    pub title: String,
    /// Its page.
    pub path: String,
    /// What it is, in a word.
    pub kind: String,
}

/// An instant with what speaks against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The instant.
    pub at: DateTime<Utc>,
    /// What to know before it is taken; nothing where it is free.
    pub warnings: Vec<String>,
}

/// The portal's page for the schedule of a bundle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchedulePlan {
    /// The bundle's page.
    pub page: BundlePage,
    /// Instants that are usual, the soonest first.
    pub suggestions: Vec<Proposal>,
    /// The instant that was looked at, or the one that the bundle has.
    pub chosen: Option<Proposal>,
    /// What could not be read of the instant that was looked at.
    pub unread: Option<String>,
    /// How long its publication should take once it is begun, in milliseconds.
    pub expected_ms: i64,
    /// How many other bundles are due at the instant that was looked at.
    pub beside: usize,
    /// The days of the week that is shown, Monday first, each with what comes out.
    pub week: Vec<(NaiveDate, Vec<Coming>)>,
}

/// The usual time on the next working days, from the next minute on.
#[must_use]
pub fn suggestions(now: DateTime<Utc>, times: &PublicationTimes) -> Vec<DateTime<Utc>> {
    let days = uk_time::day(now).iter_days().take(3 * SUGGESTED);
    let at = |day: NaiveDate| uk_time::read(("", &day.to_string()), ("", &times.usual), ("", uk_time::WINTER)).ok();
    days.filter_map(at).filter(|at| *at > now && uk_time::on_a_weekday(*at)).take(SUGGESTED).collect()
}

/// What to know of an instant before it is taken.
#[must_use]
pub fn proposal(
    bundle: &Bundle,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
    coming: &[Coming],
    times: &PublicationTimes,
) -> Proposal {
    let own = bundle.admin_path();
    let others = || coming.iter().filter(|other| other.path != own);
    let mut warnings = Vec::new();
    if at <= now {
        warnings.push("This instant has passed.".to_owned());
    }
    if !uk_time::in_working_hours(at) {
        warnings.push("It lies outside Monday to Friday, 9am to 5pm: somebody has to be there if it fails.".to_owned());
    }
    for other in others().filter(|other| other.at == at) {
        warnings.push(format!("{} comes out at the same instant.", other.title));
    }
    if times.in_peak(at) {
        let near = |other: &&Coming| other.at != at && (other.at - at).abs() <= NEIGHBOURHOOD;
        for other in others().filter(near) {
            let minutes = NEIGHBOURHOOD.num_minutes();
            let peak = times.peak_words();
            warnings
                .push(format!("{} comes out within {minutes} minutes of it, in the peak window, {peak}.", other.title));
        }
    }
    Proposal { at, warnings }
}

/// How many other bundles come out at an instant; each is published whole, side by side.
#[must_use]
pub fn beside(bundle: &Bundle, at: DateTime<Utc>, coming: &[Coming]) -> usize {
    let own = bundle.admin_path();
    let other = |one: &&Coming| one.at == at && one.path != own && one.path.starts_with("/admin/bundles/");
    coming.iter().filter(other).count()
}

/// The seven days of the week of a day, Monday first.
#[must_use]
pub fn week_of(day: NaiveDate) -> Vec<NaiveDate> {
    let monday = day.week(chrono::Weekday::Mon).first_day();
    (0..7).filter_map(|n| monday.checked_add_days(Days::new(n))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::bundle::{BundleDetails, BundleKind, BundleState};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn bundle() -> Bundle {
        Bundle {
            id: "own".into(),
            details: BundleDetails {
                title: "Own".into(),
                description: String::new(),
                kind: BundleKind::Scheduled,
                preview_teams: Vec::new(),
            },
            state: BundleState::Created,
            item_count: 0,
            created_by: Actor::system("test"),
            created_at: at("2026-11-01T00:00:00Z"),
            last_edited_by: Actor::system("test"),
            last_modified: at("2026-11-01T00:00:00Z"),
            attempts: 0,
            revision: 1,
        }
    }

    #[test]
    fn working_days_are_suggested() {
        // A Friday, after the usual time.
        let found = suggestions(at("2026-11-27T10:00:00Z"), &PublicationTimes::default());
        assert_eq!(found.len(), 5);
        assert_eq!(found[0], at("2026-11-30T09:30:00Z"));
        assert_eq!(
            suggestions(at("2026-07-01T06:00:00Z"), &PublicationTimes::default())[0],
            at("2026-07-01T08:30:00Z")
        );
    }

    #[test]
    fn what_speaks_against_an_instant_is_told() {
        let other =
            |when: &str| Coming { at: at(when), title: "CPI".into(), path: "/other".into(), kind: "bundle".into() };
        let (now, times) = (at("2026-11-28T10:00:00Z"), PublicationTimes::default());
        let free = proposal(&bundle(), at("2026-12-01T09:30:00Z"), now, &[other("2026-12-01T10:30:00Z")], &times);
        assert!(free.warnings.is_empty());
        let clash = [other("2026-12-01T09:30:00Z"), other("2026-12-01T09:33:00Z")];
        assert_eq!(proposal(&bundle(), at("2026-12-01T09:30:00Z"), now, &clash, &times).warnings.len(), 2);
        let own = Coming { path: bundle().admin_path(), ..other("2026-12-01T09:30:00Z") };
        assert!(proposal(&bundle(), at("2026-12-01T09:30:00Z"), now, &[own], &times).warnings.is_empty());
        assert_eq!(proposal(&bundle(), at("2026-11-28T09:30:00Z"), now, &[], &times).warnings.len(), 2);
    }

    #[test]
    fn bundles_beside_are_counted_and_releases_are_not() {
        let when = at("2026-12-01T09:30:00Z");
        let coming = ["/admin/bundles/own", "/admin/bundles/other", "/releases/prices"].map(|path| Coming {
            at: when,
            title: "CPI".into(),
            path: path.into(),
            kind: "scheduled".into(),
        });
        assert_eq!(beside(&bundle(), when, &coming), 1);
        assert_eq!(beside(&bundle(), at("2026-12-01T09:31:00Z"), &coming), 0);
    }

    #[test]
    fn what_is_usual_and_when_many_come_out_is_what_the_office_says() {
        let early = PublicationTimes { usual: "07:00".into(), peak_from: "13:00".into(), peak_to: "14:30".into() };
        assert_eq!(suggestions(at("2026-11-27T10:00:00Z"), &early)[0], at("2026-11-30T07:00:00Z"));
        let other = Coming {
            at: at("2026-12-01T13:05:00Z"),
            title: "CPI".into(),
            path: "/other".into(),
            kind: "bundle".into(),
        };
        let told = proposal(&bundle(), at("2026-12-01T13:03:00Z"), at("2026-11-28T10:00:00Z"), &[other], &early);
        assert!(told.warnings.iter().any(|warning| warning.contains("1pm to 2:30pm")), "{:?}", told.warnings);
    }

    #[test]
    fn a_week_begins_on_monday() {
        let week = week_of("2026-11-28".parse().unwrap());
        assert_eq!(
            (week.len(), week[0].to_string(), week[6].to_string()),
            (7, "2026-11-23".into(), "2026-11-29".into())
        );
    }
}
