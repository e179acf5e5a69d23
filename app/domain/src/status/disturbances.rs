//! Incidents as the public is told of them, and the days that they spoiled.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::PartState;
use crate::operations::{Incident, IncidentSeverity, IncidentState};
use crate::uk_time::{day, day_bounds};

/// How many days are looked back upon.
pub const DAYS: u32 = 90;

/// What operators tell the public of an incident, in their words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicUpdate {
    /// When it was said.
    pub at: DateTime<Utc>,
    /// In English.
    pub text: String,
    /// In Welsh.
    pub text_cy: Option<String>,
}

impl PublicUpdate {
    /// Its place on the page, which is its name in feeds.
    #[must_use]
    pub fn place(&self) -> String {
        format!("update-{}", self.at.timestamp_micros())
    }
}

/// An incident as everybody may know it: nothing of its title, its condition, its cause or who deals with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicIncident {
    /// How grave it is.
    pub severity: IncidentSeverity,
    /// Where it stands.
    pub state: IncidentState,
    /// When it began.
    pub since: DateTime<Utc>,
    /// When it ceased to harm; none while it does.
    pub until: Option<DateTime<Utc>>,
    /// What was said of it, the oldest first.
    pub updates: Vec<PublicUpdate>,
}

impl PublicIncident {
    /// What the public may know of an incident; nothing where operators have told it nothing.
    #[must_use]
    pub fn of(incident: &Incident) -> Option<Self> {
        (!incident.public_updates.is_empty()).then(|| Self {
            severity: incident.severity,
            state: incident.state,
            since: incident.opened_at,
            until: incident.mitigated_at.or(incident.resolved_at),
            updates: incident.public_updates.clone(),
        })
    }

    /// Whether it is still dealt with.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state != IncidentState::Resolved
    }

    /// How the site is while it harms.
    #[must_use]
    pub const fn harm(&self) -> PartState {
        match self.severity {
            IncidentSeverity::P1 => PartState::Down,
            IncidentSeverity::P2 => PartState::Disturbed,
            IncidentSeverity::P3 | IncidentSeverity::P4 => PartState::Working,
        }
    }

    /// Whether it harmed at any time from `first` to `last`.
    fn touches(&self, (first, last): (DateTime<Utc>, DateTime<Utc>)) -> bool {
        self.since <= last && self.until.is_none_or(|until| until >= first)
    }
}

/// How each of the last days was on a UK clock, today last: the worst of the incidents that harmed then.
#[must_use]
pub fn days(incidents: &[PublicIncident], now: DateTime<Utc>) -> Vec<(NaiveDate, PartState)> {
    let today = day(now);
    let back = (0..DAYS).rev().filter_map(|days| today.checked_sub_days(Days::new(u64::from(days))));
    back.map(|day| {
        let bounds = day_bounds(day);
        let harmful = incidents.iter().filter(|one| bounds.is_some_and(|bounds| one.touches(bounds)));
        (day, harmful.map(PublicIncident::harm).max().unwrap_or(PartState::Working))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::operations::NewIncident;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn told(severity: IncidentSeverity, since: &str, until: Option<&str>) -> PublicIncident {
        let (since, until) = (at(since), until.map(at));
        PublicIncident { severity, state: IncidentState::Open, since, until, updates: Vec::new() }
    }

    #[test]
    fn what_the_public_was_not_told_is_not_there() {
        let new = NewIncident { title: "t".into(), description: "d".into(), severity: IncidentSeverity::P1 };
        let mut incident = Incident::by_hand("1".into(), new, Actor::system("t"), at("2026-07-06T09:00:00Z"));
        assert_eq!(PublicIncident::of(&incident), None);
        let said = PublicUpdate { at: incident.opened_at, text: "Downloads are slow.".into(), text_cy: None };
        incident.public_updates.push(said.clone());
        let public = PublicIncident::of(&incident).unwrap();
        assert!(public.is_live() && public.until.is_none());
        assert_eq!(public.updates, [said]);
    }

    #[test]
    fn a_day_is_as_bad_as_its_worst_incident() {
        let incidents = [
            told(IncidentSeverity::P2, "2026-07-03T10:00:00Z", Some("2026-07-04T10:00:00Z")),
            // Twenty past midnight in the UK is the day before elsewhere.
            told(IncidentSeverity::P1, "2026-07-03T23:20:00Z", Some("2026-07-03T23:40:00Z")),
            told(IncidentSeverity::P3, "2026-07-06T08:00:00Z", None),
        ];
        let days = days(&incidents, at("2026-07-06T12:00:00Z"));
        assert_eq!(days.len(), 90);
        let of = |day: &str| days.iter().find(|(other, _)| other.to_string() == day).unwrap().1;
        assert_eq!((of("2026-07-02"), of("2026-07-03")), (PartState::Working, PartState::Disturbed));
        assert_eq!((of("2026-07-04"), of("2026-07-05")), (PartState::Down, PartState::Working));
        assert_eq!(
            days.last().map(|(day, state)| (day.to_string(), *state)),
            Some(("2026-07-06".into(), PartState::Working))
        );
    }

    #[test]
    fn what_still_harms_marks_today() {
        let incidents = [told(IncidentSeverity::P1, "2026-01-01T00:00:00Z", None)];
        assert!(days(&incidents, at("2026-07-06T12:00:00Z")).iter().all(|(_, state)| *state == PartState::Down));
    }
}
