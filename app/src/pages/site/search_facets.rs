//! The filters of the search page: one form, and the choices made as links that take them back.

use domain::catalogue::{FILTERS, FacetCount, SearchPage as Found, SearchQuery};
use domain::language::Language;
use leptos::prelude::*;

use super::chip;
use super::search_query::write;
use crate::components::written::{Written, joined};
use crate::i18n::t;
use crate::layout::site::Frame;

/// Options shown at once; the rest unfolds.
const SHOWN: usize = 6;
/// Topics up to this many are shown with those under them.
const SMALL_TREE: usize = 14;
/// Filters that are open before anything is chosen in them.
const OPEN: [&str; 3] = ["topics", "formats", "years"];

/// The form of all filters; none where there is nothing to choose and nothing chosen.
pub fn facets(frame: &Frame, query: &SearchQuery, found: &Found) -> Option<AnyView> {
    let lang = frame.lang;
    let on: usize = FILTERS.iter().map(|filter| query.chosen(filter).len()).sum();
    let groups: Vec<AnyView> =
        FILTERS.iter().filter_map(|filter| group(frame, query, filter, found.facets.get(*filter)?)).collect();
    if groups.is_empty() && on == 0 {
        return None;
    }
    let kept = (!query.q.is_empty()).then(|| view! { <input type="hidden" name="q" value=query.q.clone()/> });
    let number = (on > 0).then(|| view! { " "<span class="facets__count">{on}</span> });
    let clear =
        (on > 0).then(|| view! { <a href=frame.href(&write(&plain(query), 1, None))>{t(lang, "search-clear")}</a> });
    let form = view! {
        <form class="facets" aria-label=t(lang, "search-filters") action=frame.href("/search") method="get">
            {kept}
            <input type="hidden" name="sort" value=query.sort.as_str()/>
            <details class="facets__panel" open=on.gt(&0)>
                <summary>{t(lang, "search-filters")}{number}</summary>
                {groups}
                <div class="facets__actions">
                    <button class="button button--secondary button--small">{t(lang, "search-apply")}</button>
                    {clear}
                </div>
            </details>
        </form>
    };
    Some(form.into_any())
}

/// The same question without filters.
pub fn plain(query: &SearchQuery) -> SearchQuery {
    SearchQuery {
        q: query.q.clone(),
        sort: query.sort,
        limit: query.limit,
        language: query.language,
        ..SearchQuery::default()
    }
}

fn group(frame: &Frame, query: &SearchQuery, filter: &'static str, counts: &[FacetCount]) -> Option<AnyView> {
    let lang = frame.lang;
    let on = query.chosen(filter);
    if counts.is_empty() {
        return None;
    }
    let options: Vec<AnyView> = if filter == "topics" {
        tree(frame, counts, &on)
    } else {
        counts.iter().map(|option| checkbox(frame, filter, option, &on)).collect()
    };
    let legend = t(lang, &format!("facet-{filter}"));
    let is_open = OPEN.contains(&filter) || !on.is_empty();
    let is_chosen_beyond = counts.iter().skip(SHOWN).any(|option| on.contains(&option.value));
    let mut options = options.into_iter();
    let first: Vec<AnyView> = options.by_ref().take(SHOWN).collect();
    let rest: Vec<AnyView> = options.collect();
    let more = (!rest.is_empty()).then(|| {
        let words = format!("{} ({})", t(lang, "search-more"), rest.len());
        view! { <details class="facet__more" open=is_chosen_beyond><summary>{words}</summary>{rest}</details> }
    });
    Some(
        view! {
            <details class="facet" open=is_open>
                <summary>{legend.clone()}</summary>
                <div role="group" aria-label=legend>{first}{more}</div>
            </details>
        }
        .into_any(),
    )
}

fn checkbox(frame: &Frame, filter: &'static str, option: &FacetCount, on: &[String]) -> AnyView {
    let label = label(frame, filter, option);
    let checked = on.iter().any(|value| value.eq_ignore_ascii_case(&option.value));
    view! {
        <label class="facet__option">
            <input type="checkbox" name=filter value=option.value.clone() checked=checked/>
            <span class="facet__label" lang=label.lang>{label.text}</span>
            <span class="facet__n num">{option.count}</span>
        </label>
    }
    .into_any()
}

/// Topics, those under them further in: of few all, of many those under chosen ones.
fn tree(frame: &Frame, counts: &[FacetCount], on: &[String]) -> Vec<AnyView> {
    let listed = |id: &Option<String>| id.as_ref().is_some_and(|id| counts.iter().any(|count| count.value == *id));
    let is_under = |count: &&FacetCount, top: &FacetCount| count.parent.as_ref() == Some(&top.value);
    let tops = counts.iter().filter(|count| !listed(&count.parent));
    let branch = tops.map(|top| {
        let under: Vec<&FacetCount> = counts.iter().filter(|count| is_under(count, top)).collect();
        let is_open = counts.len() <= SMALL_TREE
            || on.contains(&top.value)
            || under.iter().any(|count| on.contains(&count.value));
        let below: Vec<AnyView> = under.iter().map(|count| checkbox(frame, "topics", count, on)).collect();
        let below = match (below.is_empty(), is_open) {
            (true, _) => None,
            (false, true) => Some(view! { <div class="facet__below">{below}</div> }.into_any()),
            (false, false) => {
                let words = format!("{} ({})", t(frame.lang, "search-narrower"), below.len());
                let folded = view! { <details class="facet__more"><summary>{words}</summary>{below}</details> };
                Some(view! { <div class="facet__below">{folded}</div> }.into_any())
            }
        };
        view! { <div class="facet__branch">{checkbox(frame, "topics", top, on)}{below}</div> }.into_any()
    });
    branch.collect()
}

fn label(frame: &Frame, filter: &str, option: &FacetCount) -> Written {
    let label = Written::told(frame.lang, option.label.as_str(), option.language);
    named(frame.lang, filter, &option.value, label)
}

/// What readers are told for a value of a filter that the index calls `label`.
pub fn named(lang: Language, filter: &str, value: &str, label: Written) -> Written {
    match filter {
        "designation" => Written::own(t(lang, &format!("quality-{value}"))),
        "formats" => Written::own(value.to_uppercase()),
        "frequency" => Written::frequency(lang, &label.text),
        "has_chart" => Written::own(t(lang, if value == "true" { "facet-with-chart" } else { "facet-without-chart" })),
        _ => label,
    }
}

/// The choices made, each as a link that takes it back.
pub fn chips(frame: &Frame, query: &SearchQuery, found: &Found) -> Option<AnyView> {
    let lang = frame.lang;
    let mut chips: Vec<AnyView> = Vec::new();
    for filter in FILTERS {
        for value in query.chosen(filter) {
            let href = frame.href(&write(query, 1, Some((filter, &value))));
            let counts = found.facets.get(filter);
            let known = counts.and_then(|counts| counts.iter().find(|c| c.value.eq_ignore_ascii_case(&value)));
            let words = known.map_or_else(|| Written::own(value.clone()), |option| label(frame, filter, option));
            let name = Written::own(format!("{}: ", t(lang, &format!("facet-{filter}"))));
            chips.push(chip(frame, joined(vec![name, words]), href));
        }
    }
    (!chips.is_empty()).then(|| view! { <ul class="chips">{chips}</ul> }.into_any())
}
