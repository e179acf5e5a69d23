//! The time until a publication.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::islands::{Countdown, WAITED_FOR};

/// The time from `now` until `at`; with scripts it ticks, and with `reload` the page is loaded again at the instant. What is
/// overdue for more than a moment says since when, and waits for nothing.
#[must_use]
pub fn countdown(at: DateTime<Utc>, now: DateTime<Utc>, label: &str, reload: bool) -> AnyView {
    let (at_ms, now_ms) = (at.timestamp_millis(), now.timestamp_millis());
    if now_ms - at_ms >= WAITED_FOR {
        return view! { <p>"Due since "{super::moment(at, "")}", and not public yet."</p> }.into_any();
    }
    let label = label.to_owned();
    view! {
        <div class="countdown">
            <p class="countdown__label">{label}</p>
            <Countdown target=at_ms now=now_ms reload=reload/>
            <p class="countdown__at">{super::moment(at, "")}</p>
        </div>
    }
    .into_any()
}
