//! The search field with suggestions: a combobox (ARIA 1.2) over a plain form.

use domain::catalogue::{Offer, OfferKind};
use domain::language::Language;
use leptos::prelude::*;

/// The field and button of a search form; without scripts they send the form as it is.
#[island]
pub fn SearchBox(
    /// The field's id, which its label names.
    id: String,
    /// What was searched for.
    value: String,
    /// The button's words.
    button: String,
    /// The name of the list of suggestions.
    suggestions: String,
    /// What a topic and a release are called.
    kinds: (String, String),
    /// The language of the suggestions.
    language: Language,
) -> impl IntoView {
    let found = RwSignal::new(Vec::<Offer>::new());
    let chosen = RwSignal::new(None::<usize>);
    let asked = StoredValue::new(0_u32);
    let list_id = format!("{id}-list");
    let prefix = language.path_prefix();
    let ask = move |text: String| {
        let ticket = asked.get_value().wrapping_add(1);
        asked.set_value(ticket);
        chosen.set(None);
        if text.trim().chars().count() < 2 {
            found.set(Vec::new());
            return;
        }
        leptos::task::spawn_local(async move {
            let answer = rpc::catalogue::suggest(text, language).await.unwrap_or_default();
            if asked.get_value() == ticket {
                found.set(answer);
            }
        });
    };
    // An answer that is still on its way must not open the list again.
    let close = move || {
        asked.set_value(asked.get_value().wrapping_add(1));
        chosen.set(None);
        found.set(Vec::new());
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let count = found.with(Vec::len);
        let next = match (event.key().as_str(), chosen.get_untracked()) {
            ("Escape", _) => {
                close();
                return;
            }
            ("ArrowDown", at) if count > 0 => Some(at.map_or(0, |i| (i + 1) % count)),
            ("ArrowUp", at) if count > 0 => Some(at.map_or(count - 1, |i| (i + count - 1) % count)),
            ("Enter", Some(at)) => {
                event.prevent_default();
                if let Some(offer) = found.with(|list| list.get(at).cloned()) {
                    browser::go(&format!("{prefix}{}", offer.path));
                }
                Some(at)
            }
            (_, at) => {
                chosen.set(at);
                return;
            }
        };
        if matches!(event.key().as_str(), "ArrowDown" | "ArrowUp") {
            event.prevent_default();
        }
        chosen.set(next);
    };
    let (list_of_field, list_of_option, name) = (list_id.clone(), list_id.clone(), suggestions);
    let options = move || {
        found.with(|list| {
            list.iter()
                .enumerate()
                .map(|(i, offer)| {
                    let href = format!("{prefix}{}", offer.path);
                    // Most of what is offered are datasets, which need no telling.
                    let kind = match offer.kind {
                        OfferKind::Dataset => None,
                        OfferKind::Topic => Some(kinds.0.clone()),
                        OfferKind::Release => Some(kinds.1.clone()),
                    };
                    let kind = kind.map(|kind| view! { <span class="suggestions__kind">{kind}</span> });
                    let option = format!("{list_of_option}-{i}");
                    let lang = (offer.language != language).then_some(offer.language.as_str());
                    let selected = move || if chosen.get() == Some(i) { "true" } else { "false" };
                    view! {
                        <li class="suggestions__item" role="option" id=option aria-selected=selected>
                            <a class="suggestions__link" href=href tabindex="-1">
                                <span class="suggestions__title" lang=lang>{offer.title.clone()}</span>
                                " "
                                {kind}
                            </a>
                        </li>
                    }
                })
                .collect_view()
        })
    };
    let active = {
        let list = list_id.clone();
        move || chosen.get().map(|i| format!("{list}-{i}"))
    };
    let open = move || if found.with(Vec::is_empty) { "false" } else { "true" };
    view! {
        <div class="search-form__row">
            <input
                class="search-form__input"
                id=id
                type="search"
                name="q"
                value=value
                autocomplete="off"
                role="combobox"
                aria-autocomplete="list"
                aria-expanded=open
                aria-controls=list_of_field
                aria-activedescendant=active
                on:input=move |event| ask(event_target_value(&event))
                on:keydown=on_key
                on:focusout=move |_| close()
            />
            <button class="button search-form__button">{button}</button>
        </div>
        // Whoever presses the pointer on what is offered stays in the field, so that the list is still there for the click.
        <ul
            class="suggestions"
            role="listbox"
            id=list_id
            aria-label=name
            hidden=move || found.with(Vec::is_empty)
            on:mousedown=move |event| event.prevent_default()
        >
            {options}
        </ul>
    }
}

mod browser {
    /// Opens an address of this site.
    #[cfg(target_family = "wasm")]
    pub(super) fn go(path: &str) {
        if let Some(window) = web_sys::window()
            && window.location().set_href(path).is_err()
        {
            leptos::logging::warn!("the address could not be opened");
        }
    }

    #[cfg(not(target_family = "wasm"))]
    pub(super) const fn go(_: &str) {}
}
