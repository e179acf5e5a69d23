//! Severities, states and clocks of incidents, each as words with a shape of its own.

use chrono::{DateTime, Utc};
use domain::operations::{Clock, Incident, IncidentSeverity, IncidentState, Standing};
use leptos::prelude::*;

use super::span_words;
use crate::components::portal::sentence;

/// A severity as a word with its own shape.
pub(super) fn severity_tag(severity: IncidentSeverity) -> AnyView {
    let class = match severity {
        IncidentSeverity::P1 => "tag state--failed",
        IncidentSeverity::P2 => "tag state--scheduled",
        IncidentSeverity::P3 | IncidentSeverity::P4 => "tag tag--plain",
    };
    view! { <span class=class>{severity.title()}</span> }.into_any()
}

/// A state as a word with its own shape.
pub(super) fn state_tag(state: IncidentState) -> AnyView {
    let class = match state {
        IncidentState::Open => "tag state--failed",
        IncidentState::Acknowledged => "tag state--submitted",
        IncidentState::Mitigated => "tag state--approved",
        IncidentState::Resolved => "tag state--published",
    };
    view! { <span class=class>{sentence(state.as_str())}</span> }.into_any()
}

/// An incident that is not over as a line of what needs somebody: how grave it is, how it stands, and its next clock.
pub(in crate::pages) fn incident_item(incident: &Incident, now: DateTime<Utc>) -> AnyView {
    incident_item_with(incident, now, None)
}

/// The same with what can be done at once.
pub(super) fn incident_item_with(incident: &Incident, now: DateTime<Utc>, actions: Option<AnyView>) -> AnyView {
    let class = match incident.severity {
        IncidentSeverity::P1 | IncidentSeverity::P2 => "check check--fail",
        IncidentSeverity::P3 | IncidentSeverity::P4 => "check check--warn",
    };
    let (href, title, state) = (incident.path(), incident.title.clone(), incident.state.as_str());
    let clock = incident.next_clock().map(|clock| view! { {clock.kind.title()}": "{clock_words(&clock, now)} });
    view! {
        <li class=class>
            <span class="check__text">{severity_tag(incident.severity)}" "<a href=href>{title}</a>" is "{state}</span>
            <span class="check__note">{clock}</span>
            {actions}
        </li>
    }
    .into_any()
}

/// How a clock stands, as words with a shape.
pub(super) fn clock_words(clock: &Clock, now: DateTime<Utc>) -> AnyView {
    let (class, words) = match clock.standing(now) {
        Standing::Left(left) => ("tag state--scheduled", format!("{} left", span_words(left.num_seconds()))),
        Standing::Breached(by) => ("tag state--failed", format!("{} over", span_words(by.num_seconds()))),
        Standing::Kept => ("tag state--published", "Kept".to_owned()),
        Standing::Missed(by) => ("tag state--failed", format!("Missed by {}", span_words(by.num_seconds()))),
    };
    view! { <span class=class>{words}</span> }.into_any()
}
