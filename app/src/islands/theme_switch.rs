//! Choosing light or dark colours, or those of the system.

use leptos::prelude::*;

/// A button that goes round system, light and dark; shown only where scripts run.
#[island]
pub fn ThemeSwitch(
    /// What the button does.
    label: String,
    /// The names of system, light and dark.
    names: Vec<String>,
) -> impl IntoView {
    let ready = RwSignal::new(false);
    let theme = RwSignal::new(0_usize);
    Effect::new(move || {
        theme.set(browser::stored());
        ready.set(true);
    });
    let press = move |_| {
        let next = (theme.get_untracked() + 1) % 3;
        theme.set(next);
        browser::choose(next);
    };
    let sign = move || ["◐", "○", "●"][theme.get() % 3];
    let title = move || names.get(theme.get()).map(|name| format!("{label}: {name}")).unwrap_or_default();
    let described = title.clone();
    view! {
        <span class="theme-switch" hidden=move || !ready.get()>
            <button class="icon-button" type="button" aria-label=title title=described on:click=press>
                <span aria-hidden="true">{sign}</span>
            </button>
        </span>
    }
}

mod browser {
    #[cfg(target_family = "wasm")]
    const NAMES: [&str; 3] = ["system", "light", "dark"];

    #[cfg(target_family = "wasm")]
    fn storage() -> Option<web_sys::Storage> {
        web_sys::window()?.local_storage().ok().flatten()
    }

    /// The choice kept in this browser, put into force.
    #[cfg(target_family = "wasm")]
    pub(super) fn stored() -> usize {
        let kept = storage().and_then(|storage| storage.get_item("theme").ok().flatten());
        let at = kept.and_then(|name| NAMES.iter().position(|n| *n == name)).unwrap_or(0);
        apply(at);
        at
    }

    /// Puts a choice into force.
    #[cfg(target_family = "wasm")]
    fn apply(at: usize) {
        let root = web_sys::window().and_then(|w| w.document()).and_then(|d| d.document_element());
        let done = root.map(|root| {
            if at == 0 { root.remove_attribute("data-theme") } else { root.set_attribute("data-theme", NAMES[at % 3]) }
        });
        if done.is_some_and(|done| done.is_err()) {
            leptos::logging::warn!("the colours could not be changed");
        }
    }

    /// Puts what somebody chose into force and keeps it, which nothing else does: whoever chose nothing has nothing kept. A browser
    /// that keeps nothing still shows it.
    #[cfg(target_family = "wasm")]
    pub(super) fn choose(at: usize) {
        apply(at);
        let kept = storage().map(|storage| {
            if at == 0 { storage.remove_item("theme") } else { storage.set_item("theme", NAMES[at % 3]) }
        });
        if kept.is_some_and(|kept| kept.is_err()) {
            leptos::logging::warn!("the colours could not be kept");
        }
    }

    #[cfg(not(target_family = "wasm"))]
    pub(super) const fn stored() -> usize {
        0
    }

    #[cfg(not(target_family = "wasm"))]
    pub(super) const fn choose(_: usize) {}
}
