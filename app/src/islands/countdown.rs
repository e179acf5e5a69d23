//! The time until a publication, second by second, and the page again once it is there.

use leptos::prelude::*;

/// For how long after its instant something is still waited for, in milliseconds. What is overdue for longer may stay so: nobody's
/// page is loaded again and again for it.
pub const WAITED_FOR: i64 = 10_000;

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
        // A wait longer than browsers can hold ends with the visit.
        if reload
            && let Some(wait) = wait(target, now).and_then(|wait| u32::try_from(wait).ok())
            && wait < 0x7fff_ffff
        {
            leptos::prelude::set_timeout(again, Duration::from_millis(u64::from(wait)));
        }
    }

    /// After how many milliseconds to load the page again: a little after the instant, and then less and less often.
    #[cfg(any(target_family = "wasm", test))]
    fn wait(target: i64, now: i64) -> Option<i64> {
        let overdue = (now - target).max(0);
        (overdue < super::WAITED_FOR).then(|| (target - now).max(overdue) + 700)
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

    #[cfg(test)]
    mod tests {
        use super::super::WAITED_FOR;
        use super::wait;

        #[test]
        fn what_is_overdue_is_asked_for_less_and_less_and_then_no_more() {
            assert_eq!((wait(60_000, 0), wait(0, 0), wait(0, 2_000)), (Some(60_700), Some(700), Some(2_700)));
            assert_eq!((wait(0, WAITED_FOR - 1).is_some(), wait(0, WAITED_FOR)), (true, None));
            let times = std::iter::successors(Some(0), |at| wait(0, *at).map(|wait| at + wait));
            assert_eq!(times.count(), 5);
        }
    }
}
