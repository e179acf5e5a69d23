//! For developers: quick starts, the ways of the API, and its reference, part by part.

mod operation;
mod starts;

use std::sync::Arc;

use domain::language::Language;
use domain::reference::{ApiReference, Group, Operation, ReferenceSource};
use leptos::prelude::*;

use self::operation::operation_section;
use self::starts::quick_starts;
use super::param;
use crate::i18n::{t, ta, text};
use crate::layout::site::{Frame, Shown, not_found, page};

/// The reference that the server made of the API's description.
pub(super) fn reference() -> Arc<ApiReference> {
    use_context::<ReferenceSource>().map(|source| source.reference()).unwrap_or_default()
}

/// Where to begin, and everything there is.
#[component]
pub fn Developers() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let reference = reference();
    let english = english_note(lang);
    let groups: Vec<AnyView> = reference.groups.iter().map(|group| group_card(&frame, group)).collect();
    let content = view! {
        <header class="page-title">
            <h1>{t(lang, "developers-title")}</h1>
            <p class="lead">{t(lang, "developers-lead")}</p>
        </header>
        {quick_starts(lang, &reference.address)}
        <section class="section" aria-labelledby="ways">
            <header class="section__head"><h2 id="ways">{t(lang, "developers-ways")}</h2></header>
            <dl class="metadata">{way(lang, "key")}{way(lang, "pages")}{way(lang, "changes")}{way(lang, "errors")}</dl>
        </section>
        <section class="section" aria-labelledby="reference">
            <header class="section__head">
                <h2 id="reference">{t(lang, "developers-reference")}</h2>
                <a href="/v1/openapi.json">{t(lang, "developers-document")}</a>
            </header>
            {english}
            <div class="api-index" lang="en">{groups}</div>
        </section>
    };
    let (title, description) = (t(lang, "developers-title"), t(lang, "developers-lead"));
    page(&frame, "", Shown { title, description, content: content.into_any() })
}

fn way(lang: Language, name: &str) -> AnyView {
    let (title, about) = match name {
        "key" => (t(lang, "developers-key"), t(lang, "developers-key-text")),
        "pages" => (t(lang, "developers-pages"), t(lang, "developers-pages-text")),
        "changes" => (t(lang, "developers-changes"), t(lang, "developers-changes-text")),
        _ => (t(lang, "developers-errors"), t(lang, "developers-errors-text")),
    };
    view! { <div><dt>{title}</dt><dd>{about}</dd></div> }.into_any()
}

/// The description is written in English; whoever reads in Welsh is told.
fn english_note(lang: Language) -> Option<AnyView> {
    (lang == Language::Cy).then(|| view! { <p class="muted">{t(lang, "developers-english")}</p> }.into_any())
}

fn group_card(frame: &Frame, group: &Group) -> AnyView {
    let address = frame.href(&format!("/developers/{}", group.id));
    let lines: Vec<AnyView> = group.operations.iter().map(|operation| line(&address, operation)).collect();
    view! {
        <section class="api-index__group">
            <h3><a href=address>{group.title.clone()}</a></h3>
            <p class="muted">{group.about.clone()}</p>
            <ul class="plain api-index__list">{lines}</ul>
        </section>
    }
    .into_any()
}

fn line(address: &str, operation: &Operation) -> AnyView {
    let href = format!("{address}#{}", operation.id);
    view! {
        <li>
            {method(operation)}
            <a href=href>{operation.summary.clone()}</a>
            <code class="api-index__path">{operation.path.clone()}</code>
        </li>
    }
    .into_any()
}

/// The method as a sign.
fn method(operation: &Operation) -> AnyView {
    let class = format!("api-method api-method--{}", operation.method.to_lowercase());
    view! { <span class=class>{operation.method.clone()}</span> }.into_any()
}

/// One part of the reference in full.
#[component]
pub fn DevelopersGroup() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let reference = reference();
    let Some(group) = reference.group(&param("group").unwrap_or_default()) else {
        let shown = not_found(&frame);
        return page(&frame, "", shown);
    };
    let lines: Vec<AnyView> = group.operations.iter().map(|operation| line("", operation)).collect();
    let sections: Vec<AnyView> = group.operations.iter().map(|operation| operation_section(lang, operation)).collect();
    let others = reference.groups.iter().map(|other| {
        let href = frame.href(&format!("/developers/{}", other.id));
        let current = (other.id == group.id).then_some("page");
        view! { <li><a href=href aria-current=current>{other.title.clone()}</a></li> }
    });
    let content = view! {
        <nav class="breadcrumbs" aria-label=t(lang, "breadcrumb")>
            <ol>
                <li><a href=frame.href("/")>{t(lang, "home")}</a></li>
                <li><a href=frame.href("/developers")>{t(lang, "developers-title")}</a></li>
                <li aria-current="page" lang="en">{group.title.clone()}</li>
            </ol>
        </nav>
        <header class="page-title" lang="en">
            <h1>{group.title.clone()}</h1>
            <p class="lead">{group.about.clone()}</p>
        </header>
        {english_note(lang)}
        <div class="columns columns--aside-first">
            <nav class="api-nav" aria-label=t(lang, "developers-reference")><ul class="plain" lang="en">{others.collect_view()}</ul></nav>
            <div lang="en"><ul class="plain api-index__list">{lines}</ul>{sections}</div>
        </div>
    };
    let title = ta(lang, "developers-group", &[("title", text(&group.title))]);
    page(&frame, "", Shown { title, description: group.about.clone(), content: content.into_any() })
}
