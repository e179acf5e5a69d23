//! Pages that say something about the site itself.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::i18n::{date, t, ta, text};
use crate::layout::site::{Frame, Shown, not_found, page};

/// Whatever does not exist.
#[component]
pub fn NotFound() -> impl IntoView {
    let frame = Frame::of_visit(false);
    let shown = not_found(&frame);
    page(&frame, "", shown)
}

/// What this catalogue is.
#[component]
pub fn About() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let address = ta(lang, "about-api-text", &[("address", text("/v1/datasets"))]);
    let content = view! {
        <header class="page-title"><h1>{t(lang, "about-title")}</h1><p class="lead">{t(lang, "about-lead")}</p></header>
        <div class="measure stack">
            <h2>{t(lang, "about-find")}</h2>
            <p>{t(lang, "about-find-text")}</p>
            <h2>{t(lang, "about-download")}</h2>
            <p>{t(lang, "about-download-text")}</p>
            <h2>{t(lang, "about-api")}</h2>
            <p>{address}</p>
        </div>
    };
    let shown =
        Shown { title: t(lang, "about-title"), description: t(lang, "about-lead"), content: content.into_any() };
    page(&frame, "", shown)
}

/// How everybody can use the site.
#[component]
pub fn Accessibility() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let list = |keys: &[&str]| {
        let items: Vec<_> = keys.iter().map(|key| view! { <li>{t(lang, key)}</li> }).collect();
        view! { <ul>{items}</ul> }
    };
    let made = DateTime::parse_from_rfc3339(rpc::request::visit().built).ok().map(|at| {
        let on = text(date(lang, at.with_timezone(&Utc)));
        view! { <p>{ta(lang, "accessibility-made", &[("date", on)])}</p> }
    });
    let content = view! {
        <header class="page-title">
            <h1>{t(lang, "accessibility-title")}</h1>
            <p class="lead">{t(lang, "accessibility-lead")}</p>
        </header>
        <div class="prose section">
            <p>{t(lang, "accessibility-text")}</p>
            <h2>{t(lang, "accessibility-tests")}</h2>
            <p>{t(lang, "accessibility-tests-text")}</p>
            {list(&["accessibility-test-axe", "accessibility-test-widths", "accessibility-test-size", "accessibility-test-keyboard", "accessibility-test-motion", "accessibility-test-structure", "accessibility-test-scripts"])}
            {made}
            <h2>{t(lang, "accessibility-limits")}</h2>
            {list(&["accessibility-limit-people", "accessibility-limit-files", "accessibility-limit-tables", "accessibility-limit-welsh"])}
            <h2>{t(lang, "accessibility-wrong")}</h2>
            <p>{t(lang, "accessibility-tell")}" "<a href=frame.href("/feedback")>{t(lang, "feedback-title")}</a>", "<a href=frame.href("/contact")>{t(lang, "contact-title")}</a></p>
            <p>{t(lang, "accessibility-complain")}" "<a href="https://www.equalityadvisoryservice.com/">"Equality Advisory and Support Service"</a></p>
        </div>
    };
    let title = t(lang, "accessibility-title");
    page(&frame, "", Shown { title, description: t(lang, "accessibility-lead"), content: content.into_any() })
}
