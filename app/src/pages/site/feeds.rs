//! How to follow what is new without an account.

use leptos::prelude::*;

use crate::i18n::t;
use crate::layout::site::{Frame, Shown, page};

/// What can be followed, and where.
#[component]
pub fn Feeds() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let whole = [
        ("feeds-releases", "/search/feed", true),
        ("feeds-calendar", "/releases", true),
        ("feeds-corrections", "/corrections", false),
        ("status-incidents", "/status", false),
    ];
    let rows: Vec<AnyView> =
        whole.into_iter().map(|(key, base, is_calendar)| row(&frame, key, base, is_calendar)).collect();
    let part = |key: &str, example: &str| {
        view! { <div><dt>{t(lang, key)}</dt><dd><code class="long">{frame.absolute(&frame.href(example))}</code></dd></div> }
    };
    let other = if rpc::request::visit().by_mail {
        view! { {t(lang, "feeds-other-text")}" "<a href=frame.href("/subscribe")>{t(lang, "footer-subscribe")}</a>", " }
            .into_any()
    } else {
        format!("{} ", t(lang, "feeds-other-programs")).into_any()
    };
    let content = view! {
        <header class="page-title"><h1>{t(lang, "feeds-title")}</h1><p class="lead">{t(lang, "feeds-lead")}</p></header>
        <section class="section" aria-labelledby="whole">
            <div class="section__head"><h2 id="whole">{t(lang, "feeds-whole")}</h2></div>
            <ul class="ledger">{rows}</ul>
            <p class="measure">{t(lang, "feeds-older")}</p>
        </section>
        <section class="section" aria-labelledby="part">
            <div class="section__head"><h2 id="part">{t(lang, "feeds-part")}</h2></div>
            <div class="stack">
                <p class="measure">{t(lang, "feeds-part-text")}</p>
                <dl class="metadata">
                    {part("feeds-dataset", "/catalogue/…/feed.atom")}
                    {part("feeds-topic", "/topics/…/feed.atom")}
                    {part("feeds-search", "/search/feed.atom?q=…")}
                    {part("feeds-release", "/releases/…/calendar.ics")}
                    {part("feeds-month", "/releases.ics?month=2027-01&q=…")}
                </dl>
            </div>
        </section>
        <section class="section" aria-labelledby="other">
            <div class="section__head"><h2 id="other">{t(lang, "feeds-other")}</h2></div>
            <p class="measure">{other}<a href=frame.href("/developers")>{t(lang, "footer-developers")}</a></p>
        </section>
    };
    page(
        &frame,
        "",
        Shown { title: t(lang, "feeds-title"), description: t(lang, "feeds-lead"), content: content.into_any() },
    )
}

fn row(frame: &Frame, key: &str, base: &str, is_calendar: bool) -> AnyView {
    let link = |ending: &str, name: &'static str| {
        let href = frame.href(&format!("{base}.{ending}"));
        let hidden = format!(": {}", t(frame.lang, key));
        view! { <span><a href=href>{name}<span class="visually-hidden">{hidden}</span></a></span> }
    };
    let calendar = is_calendar.then(|| link("ics", "iCalendar"));
    view! {
        <li class="ledger__row ledger__row--plain">
            <span class="ledger__what">{t(frame.lang, key)}</span>
            <span class="ledger__end meta">{link("atom", "Atom")}{link("rss", "RSS")}{calendar}</span>
        </li>
    }
    .into_any()
}
