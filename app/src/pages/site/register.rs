//! The whole catalogue by title, letter by letter.

use domain::language::Language;
use domain::register::{OTHER, PAGE_DATASETS, RegisterPage, RegisterQuery, letter_of};
use domain::views::DatasetSummary;
use leptos::prelude::*;
use leptos_meta::Link;

use super::home::nothing_yet;
use super::search_query::pairs;
use super::{escaped, paging, structured};
use crate::components::written::{Written, joined, mark};
use crate::i18n::{Argument, date, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// The list for programs, as what it is in a browser too.
const AS_JSON: &str = "/v1/datasets?sort=title&format=json";

/// Every dataset by title; each choice is in the address.
#[component]
pub fn Register() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let query = read(&frame.path, frame.lang);
    let asked = query.clone();
    loading(frame, "", rpc::catalogue::register(asked), move |page, frame| shown(frame, &query, page))
}

/// Reads the query of an address for the readers of a language; what makes no sense is left out.
fn read(path: &str, language: Language) -> RegisterQuery {
    let pairs = pairs(path);
    let one = |name: &str| pairs.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.clone());
    let letter = one("letter").map(|word| if word.chars().count() == 1 { letter_of(&word) } else { OTHER });
    let page = paging::number(&pairs, PAGE_DATASETS);
    RegisterQuery { letter, topic: one("topic"), department: one("department"), page, language }
}

/// The address of a part of the catalogue.
fn write(query: &RegisterQuery, letter: Option<char>, page: u32) -> String {
    let letter = letter.map(|letter| if letter == OTHER { "other".to_owned() } else { letter.to_string() });
    let parts: Vec<String> = [
        letter.map(|letter| format!("letter={letter}")),
        query.topic.as_ref().map(|topic| format!("topic={}", escaped(topic))),
        query.department.as_ref().map(|department| format!("department={}", escaped(department))),
        (page > 1).then(|| format!("page={page}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { "/catalogue".to_owned() } else { format!("/catalogue?{}", parts.join("&")) }
}

fn shown(frame: &Frame, query: &RegisterQuery, page: RegisterPage) -> Shown {
    let lang = frame.lang;
    let heading = match query.letter {
        Some(OTHER) => ta(lang, "register-letter", &[("letter", text(t(lang, "register-other")))]),
        Some(letter) => ta(lang, "register-letter", &[("letter", text(letter.to_string()))]),
        None => t(lang, "register-title"),
    };
    let count = ta(lang, "search-results", &[("n", Argument::Count(page.total_count))]);
    let (letters, filters) = (letters(frame, query, &page), filters(frame, query, &page));
    let pages = paging::count(page.total_count, PAGE_DATASETS);
    let href = |n| frame.href(&write(query, query.letter, n));
    let navigation = paging::pagination(frame, query.page, pages, href);
    let items: Vec<AnyView> = page.items.iter().map(|dataset| row(frame, dataset)).collect();
    let list = if let Some(beyond) = paging::beyond(frame, query.page, pages, href) {
        beyond
    } else if items.is_empty() && write(query, query.letter, 1) == "/catalogue" {
        nothing_yet(frame)
    } else if items.is_empty() {
        view! {
            <div class="empty-state">
                <h2>{t(lang, "register-none")}</h2>
                <p>{t(lang, "register-none-help")}</p>
                <p><a class="button button--secondary" href=frame.href("/catalogue")>{t(lang, "register-all")}</a></p>
            </div>
        }
        .into_any()
    } else {
        view! { <ul class="ledger">{items}</ul>{navigation} }.into_any()
    };
    let content = view! {
        <Link rel="alternate" type_="application/json" href="/v1/datasets?sort=title"/>
        <Link rel="alternate" type_="text/csv" href="/catalogue.csv"/>
        <Link rel="alternate" type_="application/ld+json" href="/v1/catalog.jsonld"/>
        {structured::catalogue(frame, &t(lang, "register-lead"))}
        <header class="page-title"><h1>{heading.clone()}</h1><p class="lead">{t(lang, "register-lead")}</p></header>
        {letters}
        {filters}
        <section aria-label=heading.clone()>
            <p class="result-bar__count" role="status"><strong>{count}</strong></p>
            {list}
        </section>
        <p class="small meta">
            <span><a href="/v1/catalog.ttl">"DCAT (Turtle)"</a></span><span><a href="/v1/catalog.jsonld">"DCAT (JSON-LD)"</a></span>
            <span><a href="/catalogue.csv" download="">{t(lang, "register-csv")}</a></span><span><a href=AS_JSON>{t(lang, "register-json")}</a></span>
        </p>
    };
    Shown { title: heading, description: t(lang, "register-lead"), content: content.into_any() }
}

/// The same datasets on the page of the search, which has every filter and other orders.
fn in_search(frame: &Frame, query: &RegisterQuery) -> String {
    let topic = query.topic.as_ref().map(|topic| format!("&topics={}", escaped(topic)));
    let department = query.department.as_ref().map(|one| format!("&departments={}", escaped(one)));
    frame.href(&format!("/search?sort=title{}{}", topic.unwrap_or_default(), department.unwrap_or_default()))
}

fn letters(frame: &Frame, query: &RegisterQuery, page: &RegisterPage) -> AnyView {
    let lang = frame.lang;
    let count_of =
        |letter: char| page.letters.iter().find(|(other, _)| *other == letter).map_or(0, |(_, count)| *count);
    let items: Vec<AnyView> = ('A'..='Z')
        .chain([OTHER])
        .map(|letter| {
            let count = count_of(letter);
            let name = if letter == OTHER { t(lang, "register-other-short") } else { letter.to_string() };
            if count == 0 {
                return view! { <li><span class="letters__none">{name}</span></li> }.into_any();
            }
            let href = frame.href(&write(query, Some(letter), 1));
            let current = (query.letter == Some(letter)).then_some("page");
            let words = ta(lang, "search-results", &[("n", Argument::Count(count))]);
            view! {
                <li>
                    <a href=href aria-current=current>
                        {name}<span class="letters__n num" aria-hidden="true">{count}</span>
                        <span class="visually-hidden">": "{words}</span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    let whole = (query.letter.is_none()).then_some("page");
    view! {
        <nav class="letters" aria-label=t(lang, "register-letters")>
            <ul><li><a href=frame.href(&write(query, None, 1)) aria-current=whole>{t(lang, "register-whole")}</a></li>{items}</ul>
        </nav>
    }
    .into_any()
}

fn filters(frame: &Frame, query: &RegisterQuery, page: &RegisterPage) -> AnyView {
    let lang = frame.lang;
    let topics: Vec<AnyView> = page
        .topics
        .iter()
        .map(|topic| {
            let title = lang.pick(&topic.title, topic.title_cy.as_deref());
            let marked = mark(lang, title, lang.of(&topic.title, topic.title_cy.as_deref()));
            let words = if topic.parent_id.is_some() { format!("– {title}") } else { title.to_owned() };
            let chosen = query.topic.as_ref() == Some(&topic.id);
            view! { <option value=topic.id.clone() selected=chosen lang=marked>{words}</option> }.into_any()
        })
        .collect();
    let departments: Vec<AnyView> = page
        .departments
        .iter()
        .map(|one| {
            let words = Written::of(lang, &one.title, one.title_cy.as_deref());
            let chosen = query.department.as_ref() == Some(&one.id);
            view! { <option value=one.id.clone() selected=chosen lang=words.lang>{words.text}</option> }.into_any()
        })
        .collect();
    let letter = query.letter.map(|letter| {
        let value = if letter == OTHER { "other".to_owned() } else { letter.to_string() };
        view! { <input type="hidden" name="letter" value=value/> }
    });
    view! {
        <form class="calendar-filters" action=frame.href("/catalogue") method="get" aria-label=t(lang, "search-filters")>
            {letter}
            <div class="field">
                <label class="field__label" for="topic">{t(lang, "facet-topics")}</label>
                <select id="topic" name="topic"><option value="">{t(lang, "register-any-topic")}</option>{topics}</select>
            </div>
            <div class="field">
                <label class="field__label" for="department">{t(lang, "department")}</label>
                <select id="department" name="department"><option value="">{t(lang, "register-any-department")}</option>{departments}</select>
            </div>
            <button class="button button--secondary">{t(lang, "search-apply")}</button>
        </form>
        <p class="small"><a href=in_search(frame, query)>{t(lang, "register-filters")}</a></p>
    }
    .into_any()
}

fn row(frame: &Frame, dataset: &DatasetSummary) -> AnyView {
    let lang = frame.lang;
    let metadata = &dataset.metadata;
    let title = Written::of(lang, &metadata.title, metadata.title_cy.as_deref());
    let href = frame.href(&format!("/catalogue/{}", dataset.id));
    let when = dataset.release_date.map(|at| view! { <time datetime=at.to_rfc3339()>{date(lang, at)}</time> });
    let about: Vec<Vec<Written>> =
        [Written::english(lang, &metadata.publisher), Written::frequency(lang, &metadata.release_frequency)]
            .into_iter()
            .filter(|words| !words.text.is_empty())
            .map(|words| vec![words])
            .collect();
    let about = joined(about.join(&Written::own(", ")));
    view! {
        <li class="ledger__row">
            <span class="ledger__when">{when}</span>
            <span class="ledger__what"><a href=href lang=title.lang>{title.text}</a><span class="ledger__sub">{about}</span></span>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_alike() {
        let read = |path: &str| read(path, Language::En);
        let query = read("/catalogue?letter=g&topic=prices&department=economy&page=2");
        assert_eq!((query.letter, query.page), (Some('G'), 2));
        assert_eq!(write(&query, query.letter, 2), "/catalogue?letter=G&topic=prices&department=economy&page=2");
        assert_eq!(read(&write(&query, Some(OTHER), 1)).letter, Some(OTHER));
        assert_eq!(write(&read("/catalogue?letter=&topic=&page=x"), None, 1), "/catalogue");
    }
}
