//! The time until a publication, second by second, and the page again once it is there.

use leptos::prelude::*;

/// Counts down to an instant; with `reload`, the page is loaded again shortly after it.
#[island]
pub fn Countdown(
    /// The instant, in milliseconds since 1970-01-01 UTC.
    target: i64,
    /// The server's time when the page was made, in the same unit.
    now: i64,
    /// Whether to load the page again once the instant has passed.
    reload: bool,
) -> impl IntoView {
    let left = RwSignal::new(target.saturating_sub(now).max(0));
    Effect::new(move || browser::start(target, now, reload, left));
    let parts = move || {
        let seconds = left.get() / 1000;
        let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        let part = |n: String, unit: &'static str| {
            view! { <span class="countdown__n">{n}</span><span class="countdown__u">{unit}</span> }
        };
        let day = (days > 0).then(|| part(days.to_string(), "d"));
        let second = (days == 0).then(|| part(format!("{rest:02}"), "s"));
        view! { {day}{part(format!("{hours:02}"), "h")}{part(format!("{minutes:02}"), "min")}{second} }
    };
    view! { <p class="countdown__clock" role="timer">{parts}</p> }
}

mod browser {
    use leptos::prelude::RwSignal;

    #[cfg(target_family = "wasm")]
    pub(super) fn start(target: i64, now: i64, reload: bool, left: RwSignal<i64>) {
        use std::time::Duration;

        use leptos::prelude::{Set, set_interval_with_handle};

        // The server's clock decides: the browser's own is only used to measure what has passed.
        let offset = now - clock();
        let ticking =
            set_interval_with_handle(move || left.set((target - clock() - offset).max(0)), Duration::from_millis(250));
        if ticking.is_err() {
            leptos::logging::warn!("the countdown cannot tick");
        }
        if reload {
            let wait = (target - now).max(0) + 700;
            // A wait longer than browsers can hold ends with the visit.
            if let Ok(wait) = u32::try_from(wait)
                && wait < 0x7fff_ffff
            {
                leptos::prelude::set_timeout(again, Duration::from_millis(u64::from(wait)));
            }
        }
    }

    #[cfg(target_family = "wasm")]
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit many times over")]
    fn clock() -> i64 {
        js_sys::Date::now() as i64
    }

    #[cfg(target_family = "wasm")]
    fn again() {
        if let Some(window) = web_sys::window()
            && window.location().reload().is_err()
        {
            leptos::logging::warn!("the page cannot be loaded again");
        }
    }

    #[cfg(not(target_family = "wasm"))]
    pub(super) const fn start(_: i64, _: i64, _: bool, _: RwSignal<i64>) {}
}
