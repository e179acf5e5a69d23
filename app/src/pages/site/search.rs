//! Searching and filtering what is public.

use domain::catalogue::{FacetCount, SearchPage as Found, SearchQuery, Sort};
use leptos::prelude::*;

use super::search_query::{FILTERS, PAGE, chosen, read, write};
use super::{chip, escaped, result_item};
use crate::i18n::{Argument, t, ta, text};
use crate::layout::site::{Frame, Shown, loading, search_form};

/// The search page; every choice is in its address.
#[component]
pub fn SearchPage() -> impl IntoView {
    let frame = Frame::of_visit(false);
    let (query, page) = read(&frame.path, frame.lang);
    let asked = query.clone();
    loading(frame, "", rpc::catalogue::search(asked), move |found, frame| {
        let lang = frame.lang;
        let title = if query.q.is_empty() {
            t(lang, "search-title")
        } else {
            format!("{} – {}", query.q, t(lang, "search-title"))
        };
        let results = if found.items.is_empty() { empty(frame, &query) } else { list(frame, &query, page, &found) };
        let content = view! {
            <h1 class="visually-hidden">{t(lang, "search-title")}</h1>
            {search_form(frame, "q", "search-form--large", &query.q)}
            <div class="columns columns--aside-first">
                <aside>{facets(frame, &query, &found)}</aside>
                <section aria-label=t(lang, "search-title")>
                    {bar(frame, &query, &found)}
                    {chips(frame, &query, &found)}
                    {meant(frame, &found)}
                    {results}
                </section>
            </div>
        };
        Shown { title, description: String::new(), content: content.into_any() }
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

fn facets(frame: &Frame, query: &SearchQuery, found: &Found) -> AnyView {
    let lang = frame.lang;
    let on: usize = FILTERS.iter().map(|filter| chosen(query, filter).len()).sum();
    let groups: Vec<AnyView> =
        FILTERS.iter().filter_map(|filter| group(frame, query, filter, found.facets.get(*filter)?)).collect();
    let kept = (!query.q.is_empty()).then(|| view! { <input type="hidden" name="q" value=query.q.clone()/> });
    let number = (on > 0).then(|| view! { " "<span class="facets__count">{on}</span> });
    view! {
        <form class="facets" aria-label=t(lang, "search-filters") action=frame.href("/search") method="get">
            {kept}
            <input type="hidden" name="sort" value=query.sort.as_str()/>
            <details class="facets__panel" open=on.gt(&0)>
                <summary>{t(lang, "search-filters")}{number}</summary>
                {groups}
                <div class="facets__actions">
                    <button class="button button--secondary button--small">{t(lang, "search-apply")}</button>
                </div>
            </details>
        </form>
    }
    .into_any()
}

fn group(frame: &Frame, query: &SearchQuery, filter: &'static str, counts: &[FacetCount]) -> Option<AnyView> {
    let lang = frame.lang;
    let on = chosen(query, filter);
    if counts.is_empty() {
        return None;
    }
    let options: Vec<AnyView> = counts
        .iter()
        .take(12)
        .map(|option| {
            let checked = on.contains(&option.value);
            view! {
                <label class="facet__option">
                    <input type="checkbox" name=filter value=option.value.clone() checked=checked/>
                    <span class="facet__label">{label(frame, filter, option)}</span>
                    <span class="facet__n num">{option.count}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let legend = t(lang, &format!("facet-{filter}"));
    Some(view! { <fieldset class="facet"><legend>{legend}</legend>{options}</fieldset> }.into_any())
}

fn label(frame: &Frame, filter: &str, option: &FacetCount) -> String {
    match filter {
        "designation" => t(frame.lang, &format!("quality-{}", option.value)),
        "formats" => option.value.to_uppercase(),
        _ => option.label.clone(),
    }
}

fn chips(frame: &Frame, query: &SearchQuery, found: &Found) -> Option<AnyView> {
    let lang = frame.lang;
    let mut chips: Vec<AnyView> = Vec::new();
    for filter in FILTERS {
        for value in chosen(query, filter) {
            let href = frame.href(&write(query, 1, Some((filter, &value))));
            let known = found.facets.get(filter).and_then(|counts| counts.iter().find(|c| c.value == value));
            let words = known.map_or_else(|| value.clone(), |option| label(frame, filter, option));
            let words = format!("{}: {words}", t(lang, &format!("facet-{filter}")));
            chips.push(chip(frame, words, href));
        }
    }
    (!chips.is_empty()).then(|| view! { <ul class="chips">{chips}</ul> }.into_any())
}

fn meant(frame: &Frame, found: &Found) -> Option<AnyView> {
    let suggestion = found.suggestion.clone()?;
    let href = frame.href(&format!("/search?q={}", escaped(&suggestion)));
    Some(
        view! { <p class="did-you-mean">{t(frame.lang, "search-meant")}" "<a href=href>{suggestion}</a>"?"</p> }
            .into_any(),
    )
}

fn list(frame: &Frame, query: &SearchQuery, page: u32, found: &Found) -> AnyView {
    let items: Vec<AnyView> = found.items.iter().cloned().map(|hit| result_item(frame, hit)).collect();
    let pages = u32::try_from(found.total_count.div_ceil(u64::from(PAGE))).unwrap_or(u32::MAX);
    let navigation = (pages > 1).then(|| pagination(frame, query, page, pages));
    view! { <ol class="result-list" start=query.offset + 1>{items}</ol>{navigation} }.into_any()
}

fn pagination(frame: &Frame, query: &SearchQuery, page: u32, pages: u32) -> AnyView {
    let lang = frame.lang;
    let href = |n: u32| frame.href(&write(query, n, None));
    let before = (page > 1).then(|| view! { <a rel="prev" href=href(page - 1)>{t(lang, "previous")}</a> });
    let after = (page < pages).then(|| view! { <a rel="next" href=href(page + 1)>{t(lang, "next")}</a> });
    let shown = (1..=pages).filter(|n| *n == 1 || *n == pages || n.abs_diff(page) <= 2);
    let mut last = 0;
    let mut items: Vec<AnyView> = Vec::new();
    for n in shown {
        if n > last + 1 {
            items.push(view! { <li class="pagination__gap">"…"</li> }.into_any());
        }
        let current = (n == page).then_some("page");
        items.push(view! { <li><a href=href(n) aria-current=current>{n}</a></li> }.into_any());
        last = n;
    }
    view! { <nav class="pagination" aria-label=t(lang, "pages")>{before}<ol>{items}</ol>{after}</nav> }.into_any()
}

fn empty(frame: &Frame, query: &SearchQuery) -> AnyView {
    let lang = frame.lang;
    let heading = if query.q.is_empty() {
        t(lang, "search-empty-filters")
    } else {
        ta(lang, "search-empty", &[("q", text(&query.q))])
    };
    view! {
        <div class="empty-state">
            <h2>{heading}</h2>
            <p>{t(lang, "search-empty-help")}</p>
            <p class="cluster">
                <a class="button button--secondary" href=frame.href(&format!("/search?q={}", escaped(&query.q)))>{t(lang, "search-clear")}</a>
                <a href=frame.href("/topics")>{t(lang, "home-topics")}</a>
            </p>
        </div>
    }
    .into_any()
}
