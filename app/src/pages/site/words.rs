//! Pages of words: help, cookies, privacy.

use leptos::prelude::*;

use crate::i18n::t;
use crate::layout::site::{Frame, Shown, page};

/// How to find, read, compare, follow and cite figures.
#[component]
pub fn Help() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let parts = [
        ("help-find", "help-find-text", "/search", "nav-search"),
        ("help-read", "help-read-text", "/catalogue", "register-title"),
        ("help-trust", "help-trust-text", "/corrections", "corrections-title"),
        ("help-versions", "help-versions-text", "/publication-log", "log-title"),
        ("help-explore", "help-explore-text", "/developers", "footer-developers"),
        ("help-follow", "help-follow-text", "/feeds", "feeds-title"),
        ("help-ask", "help-ask-text", "/feedback", "feedback-title"),
    ];
    sections(&frame, ("help-title", "help-lead"), &parts, None)
}

/// What this site keeps in a browser.
#[component]
pub fn Cookies() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let row = |name: &'static str, kind: &str, why: &str, how_long: &str| {
        view! { <tr><th scope="row" class="mono">{name}</th><td>{t(lang, kind)}</td><td>{t(lang, why)}</td><td>{t(lang, how_long)}</td></tr> }
    };
    let table = view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby="cookies-caption">
            <table class="table">
                <caption id="cookies-caption">{t(lang, "cookies-caption")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t(lang, "cookies-name")}</th><th scope="col">{t(lang, "cookies-kind")}</th>
                        <th scope="col">{t(lang, "cookies-why")}</th><th scope="col">{t(lang, "cookies-how-long")}</th>
                    </tr>
                </thead>
                <tbody>
                    {row("catalogue_session", "cookies-cookie", "cookies-session-why", "cookies-session-how-long")}
                    {row("theme", "cookies-storage", "cookies-theme-why", "cookies-theme-how-long")}
                </tbody>
            </table>
        </div>
    };
    let parts = [("cookies-none", "cookies-none-text", "/privacy", "privacy-title")];
    sections(&frame, ("cookies-title", "cookies-lead"), &parts, Some(table.into_any()))
}

/// What is kept of those who visit.
#[component]
pub fn Privacy() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let parts = [
        ("privacy-visits", "privacy-visits-text", "/cookies", "cookies-title"),
        ("privacy-letters", "privacy-letters-text", "/subscribe", "footer-subscribe"),
        ("privacy-feedback", "privacy-feedback-text", "/feedback", "feedback-title"),
        ("privacy-staff", "privacy-staff-text", "/about", "about-title"),
    ];
    sections(&frame, ("privacy-title", "privacy-lead"), &parts, None)
}

/// A page of short sections, each with the link that it speaks of.
fn sections(
    frame: &Frame,
    (title, lead): (&str, &str),
    parts: &[(&str, &str, &str, &str)],
    more: Option<AnyView>,
) -> AnyView {
    let lang = frame.lang;
    let parts: Vec<AnyView> = parts
        .iter()
        .map(|(heading, words, href, link)| {
            view! { <h2>{t(lang, heading)}</h2><p>{t(lang, words)}" "<a href=frame.href(href)>{t(lang, link)}</a></p> }
                .into_any()
        })
        .collect();
    let content = view! {
        <header class="page-title"><h1>{t(lang, title)}</h1><p class="lead">{t(lang, lead)}</p></header>
        {more}
        <div class="prose section">{parts}</div>
    };
    page(frame, "", Shown { title: t(lang, title), description: t(lang, lead), content: content.into_any() })
}
