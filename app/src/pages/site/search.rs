//! Searching and filtering what is public.

use domain::catalogue::{SearchPage as Found, SearchQuery, Sort};
use domain::subscription::Target;
use leptos::prelude::*;
use leptos_meta::Link;

use super::search_facets::{chips, facets};
use super::search_help::{meant, nothing, problems, tips};
use super::search_query::{PAGE, read, write};
use super::{paging, result_item, subscribe};
use crate::i18n::{Argument, t, ta, text};
use crate::layout::site::{Frame, Shown, loading, search_form};

/// The search page; every choice is in its address.
#[component]
pub fn SearchPage() -> impl IntoView {
    let frame = Frame::of_visit(false);
    let (query, page) = read(&frame.path, frame.lang);
    let asked = query.clone();
    loading(frame, "", rpc::catalogue::search(asked, true), move |found, frame| {
        let lang = frame.lang;
        let title = if query.q.is_empty() {
            t(lang, "search-title")
        } else {
            format!("{} – {}", query.q, t(lang, "search-title"))
        };
        let results =
            if found.total_count == 0 { nothing(frame, &query, &found) } else { list(frame, &query, page, &found) };
        let filters = facets(frame, &query, &found);
        let columns = filters.is_some().then_some("columns columns--aside-first");
        // What a page reads as plain words the API refuses.
        let json = found.problems.is_empty().then(|| {
            let href = format!("{}&limit={}&offset={}", data(frame, &query, "json"), query.limit, query.offset);
            view! { <Link rel="alternate" type_="application/json" href=href/> }
        });
        let content = view! {
            {json}
            <h1 class="visually-hidden">{t(lang, "search-title")}</h1>
            <div class="search-head">{search_form(frame, "q", "search-form--large", &query.q)}{tips(frame)}</div>
            <div class=columns>
                {filters.map(|form| view! { <aside>{form}</aside> })}
                <section aria-label=t(lang, "search-results-label")>
                    {problems(frame, &found)}
                    {meant(frame, &query, &found)}
                    {bar(frame, &query, &found)}
                    {chips(frame, &query, &found)}
                    {results}
                    {be_told(frame, &query, &found)}
                    {take_along(frame, &query, &found)}
                </section>
            </div>
        };
        Shown { title, description: t(lang, "search-about"), content: content.into_any() }
    })
}

fn bar(frame: &Frame, query: &SearchQuery, found: &Found) -> AnyView {
    let lang = frame.lang;
    let count = ta(lang, "search-results", &[("n", Argument::Count(found.total_count))]);
    let words = (!query.q.is_empty()).then(|| format!(" {}", ta(lang, "search-for", &[("q", text(&query.q))])));
    let sorts = Sort::ALL.map(|sort| {
        let href = frame.href(&write(&SearchQuery { sort, ..query.clone() }, 1, None));
        let current = (sort == query.sort).then_some("true");
        view! { <li><a href=href aria-current=current>{t(lang, &format!("sort-{}", sort.as_str()))}</a></li> }
    });
    view! {
        <div class="result-bar">
            <p class="result-bar__count" role="status"><strong>{count}</strong>{words}</p>
            <nav class="result-bar__sort" aria-label=t(lang, "search-sort")>
                <span aria-hidden="true">{t(lang, "search-sort")}</span>
                <ul class="plain cluster">{sorts.into_iter().collect_view()}</ul>
            </nav>
        </div>
    }
    .into_any()
}

fn list(frame: &Frame, query: &SearchQuery, page: u32, found: &Found) -> AnyView {
    let items: Vec<AnyView> = found.items.iter().cloned().map(|hit| result_item(frame, hit)).collect();
    let pages = paging::count(found.total_count, PAGE);
    let href = |n: u32| frame.href(&write(query, n, None));
    if let Some(beyond) = paging::beyond(frame, page, pages, href) {
        return beyond;
    }
    let navigation = paging::pagination(frame, page, pages, href);
    view! { <ol class="result-list" start=query.offset.saturating_add(1)>{items}</ol>{navigation} }.into_any()
}

/// The way to letters about what this search finds later, also where it finds nothing yet.
fn be_told(frame: &Frame, query: &SearchQuery, found: &Found) -> Option<AnyView> {
    let target = Target::of_search(&query.kept()).filter(|_| found.problems.is_empty())?;
    let link = subscribe::link_saying(frame, &target, "search-be-told")?;
    Some(view! { <p class="be-told">{link}</p> }.into_any())
}

/// The address at which programs find the same, in a format.
fn data(frame: &Frame, query: &SearchQuery, format: &str) -> String {
    let rest = query.parameters(None).iter().map(|part| format!("&{part}")).collect::<String>();
    format!("/v1/search?lang={}&format={format}{rest}", frame.lang.as_str())
}

/// The whole list as a file, and as a feed that tells what comes new.
fn take_along(frame: &Frame, query: &SearchQuery, found: &Found) -> Option<AnyView> {
    let lang = frame.lang;
    if found.total_count == 0 || !found.problems.is_empty() {
        return None;
    }
    let asked = query.parameters(None);
    let file = |format: &str| data(frame, query, format);
    let feed = if asked.is_empty() { String::new() } else { format!("?{}", asked.join("&")) };
    let calendar = frame.href(&format!("/search/feed.ics{feed}"));
    Some(
        view! {
            <aside class="take-along" aria-label=t(lang, "search-take")>
                <h2>{t(lang, "search-take")}</h2>
                <ul class="plain cluster">
                    <li><a href=file("csv") download="">{t(lang, "search-take-csv")}</a></li>
                    <li><a href=file("json")>"JSON"</a></li>
                    <li><a href=frame.href(&format!("/search/feed.atom{feed}")) type="application/atom+xml">{t(lang, "search-take-feed")}</a></li>
                    <li><a href=calendar type="text/calendar">{t(lang, "search-take-calendar")}</a></li>
                </ul>
            </aside>
        }
        .into_any(),
    )
}
