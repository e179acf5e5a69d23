//! Facts beside their names, and the controls of a filter.

use leptos::prelude::*;

/// Names and what stands beside them.
#[must_use]
pub fn facts(rows: Vec<(&str, AnyView)>) -> AnyView {
    let rows: Vec<AnyView> = rows
        .into_iter()
        .map(|(name, value)| {
            let name = name.to_owned();
            view! { <div class="summary-list__row"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
        })
        .collect();
    view! { <dl class="summary-list">{rows}</dl> }.into_any()
}

/// Plain text as a view.
#[must_use]
pub fn text(words: impl Into<String>) -> AnyView {
    let words = words.into();
    view! { {words} }.into_any()
}

/// A choice in a filter above a list; the first option stands for no choice.
#[must_use]
pub fn filter_select(name: &'static str, label: &str, options: Vec<(String, String)>, chosen: &str) -> AnyView {
    let (label, chosen) = (label.to_owned(), chosen.to_owned());
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }.into_any()
        })
        .collect();
    let id = format!("filter-{name}");
    view! { <div><label for=id.clone()>{label}</label><select id=id.clone() name=name>{options}</select></div> }
        .into_any()
}

/// A text or date in a filter above a list.
#[must_use]
pub fn filter_input(name: &'static str, label: &str, kind: &'static str, value: &str) -> AnyView {
    let (label, value) = (label.to_owned(), value.to_owned());
    let id = format!("filter-{name}");
    view! { <div><label for=id.clone()>{label}</label><input id=id.clone() type=kind name=name value=value/></div> }
        .into_any()
}

/// A secret that is shown this once.
#[must_use]
pub fn secret_once(secret: Option<&String>, what: &str) -> AnyView {
    let Some(secret) = secret.cloned() else { return ().into_any() };
    let what = what.to_owned();
    view! {
        <section class="banner banner--warning" aria-label="Secret">
            <h2 class="banner__title">{what}</h2>
            <p><code class="secret">{secret}</code></p>
            <p>"Copy it now: it is kept as a hash or sealed, and is not shown again."</p>
        </section>
    }
    .into_any()
}
