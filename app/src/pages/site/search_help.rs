//! What helps when a search finds nothing, or was written in a way that cannot be read.

use domain::catalogue::{QueryProblem, SearchField, SearchPage as Found, SearchQuery};
use leptos::prelude::*;

use super::escaped;
use super::home::nothing_yet;
use super::search_facets::plain;
use super::search_query::write;
use crate::components::written::Written;
use crate::i18n::{Argument, t, ta, text};
use crate::layout::site::Frame;

/// Another spelling.
pub fn meant(frame: &Frame, query: &SearchQuery, found: &Found) -> Option<AnyView> {
    let suggestion = found.suggestion.clone()?;
    let asked = SearchQuery { q: suggestion.clone(), ..query.clone() };
    let href = frame.href(&write(&asked, 1, None));
    Some(
        view! { <p class="did-you-mean">{t(frame.lang, "search-meant")}" "<a href=href>{suggestion}</a>"?"</p> }
            .into_any(),
    )
}

/// What is wrong with how the question is written.
pub fn problems(frame: &Frame, found: &Found) -> Option<AnyView> {
    let lang = frame.lang;
    let told: Vec<AnyView> = found
        .problems
        .iter()
        .map(|problem| {
            let words = match problem {
                QueryProblem::UnknownField(name) => ta(lang, "search-unknown-field", &[("name", text(name))]),
                QueryProblem::EmptyField(name) => ta(lang, "search-empty-field", &[("name", text(name))]),
            };
            view! { <p>{words}</p> }.into_any()
        })
        .collect();
    (!told.is_empty()).then(|| {
        view! {
            <div class="search-problem" role="status">
                {told}
                <p>{t(lang, "search-fields")}" "{fields()}</p>
            </div>
        }
        .into_any()
    })
}

fn fields() -> AnyView {
    let fields = SearchField::ALL.into_iter().enumerate();
    let fields = fields.map(|(at, field)| {
        let between = (at > 0).then_some(" ");
        view! { {between}<code>{field.as_str()}":"</code> }
    });
    fields.collect_view().into_any()
}

/// The ways of asking, for whoever wants to be exact.
pub fn tips(frame: &Frame) -> AnyView {
    let lang = frame.lang;
    let tip = |example: &'static str, key: &str| {
        let href = frame.href(&format!("/search?q={}", escaped(example)));
        view! { <dt><a href=href><code>{example}</code></a></dt><dd>{t(lang, key)}</dd> }
    };
    view! {
        <details class="search-tips">
            <summary>{t(lang, "search-tips")}</summary>
            <dl>
                {tip("\"house prices\"", "search-tip-phrase")}
                {tip("title:census", "search-tip-field")}
                {tip("column:gas", "search-tip-column")}
                {tip("code:2024", "search-tip-code")}
                {tip("census -welsh", "search-tip-without")}
            </dl>
            <p>{t(lang, "search-fields")}" "{fields()}</p>
        </details>
    }
    .into_any()
}

/// Nothing was found: why that may be, and where to go on.
pub fn nothing(frame: &Frame, query: &SearchQuery, found: &Found) -> AnyView {
    let lang = frame.lang;
    if found.is_nothing_public {
        return nothing_yet(frame);
    }
    let heading = if query.q.is_empty() {
        t(lang, "search-empty-filters")
    } else {
        ta(lang, "search-empty", &[("q", text(&query.q))])
    };
    let without = (found.unfiltered_count > 0).then(|| {
        let words = ta(lang, "search-without-filters", &[("n", Argument::Count(found.unfiltered_count))]);
        view! { <li><a href=frame.href(&write(&plain(query), 1, None))>{words}</a></li> }
    });
    let broader = found.broader.clone().map(|broader| {
        let href = frame.href(&write(&SearchQuery { q: broader.clone(), ..plain(query) }, 1, None));
        view! { <li><a href=href>{ta(lang, "search-broader", &[("q", text(broader))])}</a></li> }
    });
    let spelling = found.unfiltered_count == 0;
    let spelling = spelling.then(|| view! { <li>{t(lang, "search-empty-help")}</li> });
    let topics = found.browse.iter().map(|topic| {
        let title = Written::of(lang, &topic.title, topic.title_cy.as_deref());
        view! { <li><a class="button button--secondary button--small" href=frame.href(&format!("/topics/{}", topic.id)) lang=title.lang>{title.text}</a></li> }
    });
    let topics: Vec<_> = topics.collect();
    let browse = (!topics.is_empty()).then(|| {
        view! { <h3>{t(lang, "home-topics")}</h3><ul class="plain cluster">{topics}</ul> }
    });
    view! {
        <div class="empty-state empty-state--search">
            <h2>{heading}</h2>
            <ul>{without}{broader}{spelling}</ul>
            {browse}
            <p><a href=frame.href("/search")>{t(lang, "home-all")}</a></p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::catalogue::{SearchPage, SearchQuery};
    use domain::language::Language;
    use leptos::prelude::*;

    use super::nothing;
    use crate::layout::site::Frame;

    #[test]
    fn nothing_is_said_to_be_unpublished_that_was_only_not_found() {
        let (path, site_name, site) = ("/search".to_owned(), String::new(), String::new());
        let frame = Frame { lang: Language::En, path, site_name, site, with_search: false, ahead: None };
        let html = |is_nothing_public| {
            let found = SearchPage { is_nothing_public, ..SearchPage::default() };
            nothing(&frame, &SearchQuery::default(), &found).to_html()
        };
        assert!(html(true).contains("Nothing is published yet"));
        assert!(!html(false).contains("Nothing is published yet") && html(false).contains("No datasets match"));
    }
}
