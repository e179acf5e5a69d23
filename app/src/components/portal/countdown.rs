//! The time until a publication.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::islands::Countdown;

/// The time from `now` until `at`; with scripts it ticks, and with `reload` the page is loaded again at the instant.
#[must_use]
pub fn countdown(at: DateTime<Utc>, now: DateTime<Utc>, label: &str, reload: bool) -> AnyView {
    let label = label.to_owned();
    view! {
        <div class="countdown">
            <p class="countdown__label">{label}</p>
            <Countdown target=at.timestamp_millis() now=now.timestamp_millis() reload=reload/>
            <p class="countdown__at">{super::moment(at, "")}</p>
        </div>
    }
    .into_any()
}
