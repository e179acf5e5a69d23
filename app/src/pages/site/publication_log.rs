//! The public log of publications: when each was due, when it came, and what was in it.

use domain::publication_log::{LogQuery, Publication};
use domain::text::escaped;
use leptos::prelude::*;

use super::developers::reference;
use super::paging;
use super::publication_entry::entry;
use super::search_query::pairs;
use crate::i18n::{Argument, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// Entries on one page.
const PAGE: u32 = 20;

/// How a record is checked with tools that everybody has.
const CHECK: &str = "curl -s 'SITE/v1/publication-log?limit=1' |\n  jq -cjS '.items[0] | del(.hash)' | sha256sum";

/// The log; every choice is in its address.
#[component]
pub fn PublicationLog() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let (query, page) = read(&frame.path);
    let asked = query.clone();
    let reference = reference();
    loading(frame, "", rpc::catalogue::publication_log(asked), move |found, frame| {
        let lang = frame.lang;
        let count = ta(lang, "log-count", &[("n", Argument::Count(found.total_count))]);
        let (pages, href) = (paging::count(found.total_count, PAGE), |n| frame.href(&write(&query, n)));
        let list = paging::beyond(frame, page, pages, href).unwrap_or_else(|| match found.items.is_empty() {
            true => none(frame, &query),
            false => table(frame, &found.items),
        });
        let content = view! {
            <header class="page-title"><h1>{t(lang, "log-title")}</h1><p class="lead">{t(lang, "log-lead")}</p></header>
            {only(frame, &query)}
            <div class="publication-log-list">
                <p class="result-bar__count" role="status"><strong>{count}</strong></p>
                {list}
                {paging::pagination(frame, page, pages, href)}
            </div>
            {how_to_check(frame, &reference.address)}
        };
        Shown { title: t(lang, "log-title"), description: t(lang, "log-lead"), content: content.into_any() }
    })
}

/// Reads the query of an address; what makes no sense is left out.
fn read(path: &str) -> (LogQuery, u32) {
    let pairs = pairs(path);
    let one = |name: &str| pairs.iter().find(|(n, v)| n == name && !v.trim().is_empty()).map(|(_, v)| v.clone());
    let page = paging::number(&pairs, PAGE);
    let query = LogQuery {
        dataset: one("dataset"),
        release: one("release"),
        offset: (page - 1).saturating_mul(PAGE),
        limit: PAGE,
    };
    (query, page)
}

/// The query of an address.
fn write(query: &LogQuery, page: u32) -> String {
    let mut parts = Vec::new();
    for (name, value) in [("dataset", &query.dataset), ("release", &query.release)] {
        parts.extend(value.as_ref().map(|value| format!("{name}={}", escaped(value))));
    }
    if page > 1 {
        parts.push(format!("page={page}"));
    }
    if parts.is_empty() { "/publication-log".to_owned() } else { format!("/publication-log?{}", parts.join("&")) }
}

/// That not all is shown, and the way to all of it.
fn only(frame: &Frame, query: &LogQuery) -> Option<AnyView> {
    let lang = frame.lang;
    let words = match (&query.dataset, &query.release) {
        (Some(id), _) => ta(lang, "log-only-dataset", &[("id", text(id))]),
        (None, Some(id)) => ta(lang, "log-only-release", &[("id", text(id))]),
        (None, None) => return None,
    };
    let line = view! { <p>{words}" "<a href=frame.href("/publication-log")>{t(lang, "log-all")}</a></p> };
    Some(line.into_any())
}

fn table(frame: &Frame, items: &[Publication]) -> AnyView {
    let lang = frame.lang;
    let rows: Vec<AnyView> = items.iter().map(|publication| entry(frame, publication)).collect();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby="log-caption">
            <table class="table publication-log">
                <caption id="log-caption" class="visually-hidden">{t(lang, "log-title")}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t(lang, "log-release")}</th>
                        <th scope="col">{t(lang, "log-scheduled")}</th>
                        <th scope="col">{t(lang, "log-published")}</th>
                        <th scope="col" class="num">{t(lang, "log-delay")}</th>
                    </tr>
                </thead>
                {rows}
            </table>
        </div>
    }
    .into_any()
}

fn none(frame: &Frame, query: &LogQuery) -> AnyView {
    let lang = frame.lang;
    let (heading, help) = if query.dataset.is_some() || query.release.is_some() {
        (t(lang, "log-none-match"), t(lang, "log-none-match-help"))
    } else {
        (t(lang, "log-none"), t(lang, "log-none-help"))
    };
    view! { <div class="empty-state"><h2>{heading}</h2><p>{help}</p></div> }.into_any()
}

/// How anybody can prove that the log is whole.
fn how_to_check(frame: &Frame, address: &str) -> AnyView {
    let lang = frame.lang;
    let check = CHECK.replace("SITE", address);
    view! {
        <section class="section" aria-labelledby="log-check">
            <header class="section__head"><h2 id="log-check">{t(lang, "log-check")}</h2></header>
            <div class="measure stack">
                <p>{t(lang, "log-check-text")}</p>
                <pre tabindex="0" aria-label=t(lang, "log-check-example")><code>{check}</code></pre>
                <p><a href="/v1/publication-log/verify">{t(lang, "log-verify")}</a></p>
                <p class="small"><a href=frame.href("/developers/releases")>{t(lang, "log-json")}</a></p>
            </div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_alike() {
        for path in ["/publication-log", "/publication-log?dataset=gdp&page=3", "/publication-log?release=gdp%2Fq"] {
            let (query, page) = read(path);
            assert_eq!(write(&query, page), path);
        }
        let (query, page) = read("/publication-log?dataset=&page=-1");
        assert_eq!((query.dataset, query.offset, page), (None, 0, 1));
    }
}
