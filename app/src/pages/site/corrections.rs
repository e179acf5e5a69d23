//! Every correction and notice on what is public.

use domain::correction::{Correction, CorrectionsPage, CorrectionsQuery};
use domain::language::Language;
use domain::version::AlertKind;
use leptos::prelude::*;
use leptos_meta::Link;

use super::paging;
use super::search_query::pairs;
use crate::components::written::{Written, around};
use crate::i18n::{Argument, date, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// Corrections on a page.
const PAGE: u32 = 20;

/// The corrections; each choice is in the address.
#[component]
pub fn Corrections() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let (query, number) = read(&frame.path);
    let asked = query.clone();
    loading(frame, "", rpc::catalogue::corrections(asked), move |page, frame| shown(frame, &query, number, &page))
}

/// Reads the query of an address; what makes no sense is left out.
#[must_use]
pub fn read(path: &str) -> (CorrectionsQuery, u32) {
    let pairs = pairs(path);
    let one = |name: &str| pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str());
    let page = paging::number(&pairs, PAGE);
    let query = CorrectionsQuery {
        year: one("year").and_then(|text| text.parse().ok()),
        kind: one("type").and_then(AlertKind::parse),
        offset: (page - 1) * PAGE,
        limit: PAGE,
    };
    (query, page)
}

/// The address of a page of some corrections.
#[must_use]
pub fn write(query: &CorrectionsQuery, page: u32) -> String {
    let parts: Vec<String> = [
        query.year.map(|year| format!("year={year}")),
        query.kind.map(|kind| format!("type={kind}")),
        (page > 1).then(|| format!("page={page}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { "/corrections".to_owned() } else { format!("/corrections?{}", parts.join("&")) }
}

fn shown(frame: &Frame, query: &CorrectionsQuery, number: u32, page: &CorrectionsPage) -> Shown {
    let lang = frame.lang;
    let count = ta(lang, "corrections-count", &[("n", Argument::Count(page.total_count))]);
    let items: Vec<AnyView> = page.items.iter().map(|correction| row(frame, correction)).collect();
    let (pages, href) = (paging::count(page.total_count, PAGE), |n| frame.href(&write(query, n)));
    let navigation = paging::pagination(frame, number, pages, href);
    let list = if let Some(beyond) = paging::beyond(frame, number, pages, href) {
        beyond
    } else if items.is_empty() {
        let (heading, help) = match page.years.is_empty() {
            true => ("corrections-none", "corrections-none-help"),
            false => ("corrections-none-match", "releases-none-help"),
        };
        view! { <div class="empty-state"><h2>{t(lang, heading)}</h2><p>{t(lang, help)}</p></div> }.into_any()
    } else {
        view! { <ul class="ledger">{items}</ul>{navigation} }.into_any()
    };
    let json = write(query, 1).replacen("/corrections", "/corrections.json", 1);
    let content = view! {
        <Link rel="alternate" type_="application/json" href=json.clone()/>
        <header class="page-title"><h1>{t(lang, "corrections-title")}</h1><p class="lead">{t(lang, "corrections-lead")}</p></header>
        {filters(frame, query, page)}
        <section aria-label=t(lang, "corrections-title")>
            <p class="result-bar__count" role="status"><strong>{count}</strong></p>
            {list}
        </section>
        <p class="small meta"><span><a href=frame.href("/feeds")>{t(lang, "feeds-follow")}</a></span><span><a href=json>"JSON"</a></span></p>
    };
    Shown { title: t(lang, "corrections-title"), description: t(lang, "corrections-lead"), content: content.into_any() }
}

fn filters(frame: &Frame, query: &CorrectionsQuery, page: &CorrectionsPage) -> AnyView {
    let lang = frame.lang;
    let years: Vec<AnyView> = page
        .years
        .iter()
        .map(|year| {
            view! { <option value=year.to_string() selected=query.year == Some(*year)>{year.to_string()}</option> }
                .into_any()
        })
        .collect();
    let kinds: Vec<AnyView> = AlertKind::ALL
        .iter()
        .map(|kind| {
            view! { <option value=kind.as_str() selected=query.kind == Some(*kind)>{kind_name(lang, *kind)}</option> }
                .into_any()
        })
        .collect();
    view! {
        <form class="calendar-filters" action=frame.href("/corrections") method="get" aria-label=t(lang, "search-filters")>
            <div class="field">
                <label class="field__label" for="year">{t(lang, "corrections-year")}</label>
                <select id="year" name="year"><option value="">{t(lang, "corrections-any-year")}</option>{years}</select>
            </div>
            <div class="field">
                <label class="field__label" for="type">{t(lang, "corrections-kind")}</label>
                <select id="type" name="type"><option value="">{t(lang, "corrections-any-kind")}</option>{kinds}</select>
            </div>
            <button class="button button--secondary">{t(lang, "search-apply")}</button>
        </form>
    }
    .into_any()
}

/// What an alert is called.
pub fn kind_name(lang: Language, kind: AlertKind) -> String {
    match kind {
        AlertKind::Correction => t(lang, "correction"),
        AlertKind::Alert => t(lang, "alert"),
    }
}

/// One correction or notice as a row of a list: when, on what, and what it says.
pub fn row(frame: &Frame, correction: &Correction) -> AnyView {
    let lang = frame.lang;
    let title = Written::of(lang, &correction.title, correction.title_cy.as_deref());
    let alert = &correction.alert;
    let about = Written::of(lang, &alert.description, alert.description_cy.as_deref());
    let version = around(
        lang,
        "release-version",
        &[("edition", Written::english(lang, &correction.edition_title))],
        &[("version", text(correction.version.to_string()))],
    );
    let when = correction.alert.date.map(|at| view! { <time datetime=at.to_rfc3339()>{date(lang, at)}</time> });
    let severity = alert.severity.map(|severity| {
        view! { <span class="ledger__sub">{t(lang, &format!("alert-severity-{severity}"))}</span> }
    });
    let tag = match correction.alert.kind {
        AlertKind::Correction => "tag state--postponed",
        AlertKind::Alert => "tag",
    };
    view! {
        <li class="ledger__row">
            <span class="ledger__when">{when}</span>
            <span class="ledger__what">
                <a href=frame.href(&correction.page_path()) lang=title.lang>{title.text}</a>
                <span class="ledger__sub">{version}</span>
                <span class="ledger__text" lang=about.lang>{about.text}</span>
                {severity}
            </span>
            <span class="ledger__end"><span class=tag>{kind_name(lang, correction.alert.kind)}</span></span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_alike() {
        let (query, page) = read("/corrections?year=2025&type=correction&page=3");
        assert_eq!((query.year, query.kind, query.offset), (Some(2025), Some(AlertKind::Correction), 40));
        assert_eq!(write(&query, page), "/corrections?year=2025&type=correction&page=3");
        let (query, page) = read("/corrections?year=soon&type=secret&page=-4");
        assert_eq!(write(&query, page), "/corrections");
    }
}
