//! The page of a dataset.

use std::collections::BTreeMap;

use domain::bundle::preview::{self, Change};
use domain::views::DatasetAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::bundle_approve::with_titles;
use super::dataset_card::{CardOf, as_listed};
use super::dataset_editions::editions;
use super::dataset_fields::fields;
use super::{param, query};
use crate::components::form::{Form, blockers, hidden};
use crate::components::portal::{
    changes_table, counted, history_files, history_panel, object_header, panel, progress, size_words, state_tag,
    timeline_of,
};
use crate::layout::portal::{Section, Shown, portal};

/// A dataset: its draft, its editions and their versions.
#[component]
pub fn DatasetPage() -> impl IntoView {
    let event = query("event");
    let part = query("editions").parse().unwrap_or(1);
    let load = rpc::datasets::admin_page(param("id"));
    portal(Section::Datasets, load, move |page, visit| shown(&page, (&event, part), visit))
}

fn shown(page: &DatasetAdminPage, (event, part): (&str, u32), visit: &Visit) -> Shown {
    let dataset = &page.dataset;
    let history = timeline_of(&format!("/admin/datasets/{}", dataset.id), &page.timeline, event);
    let files = history_files(visit, &format!("resource_type=dataset&resource_id={}", dataset.id));
    let history = view! { {history}{files} }.into_any();
    let title = dataset.working().title;
    let (id, editor) = (dataset.id.clone(), format!("Last edited by {}", dataset.last_edited_by.name));
    let uses = page.uses.map(|uses| {
        let words = format!("{} in the last 90 days", counted(uses, "download"));
        view! { <span>{words}</span> }
    });
    let bytes: u64 = page.comes_as.iter().flat_map(|of| &of.formats).map(|format| format.bytes).sum();
    let files = (bytes > 0).then(|| view! { <span>{format!("{} in files", size_words(bytes))}</span> });
    let meta = view! { {state_tag(dataset.state())}<span class="mono">{id}</span><span>{editor}</span>{files}{uses} }
        .into_any();
    let public = dataset.published.is_some().then(|| {
        let href = format!("/catalogue/{}", dataset.id);
        view! { <a class="button button--secondary" href=href>"Public page"</a> }.into_any()
    });
    let content = view! {
        {object_header("Dataset", &title, meta, public)}
        <div class="portal__body">
            <div class="portal__content stack">
                {gaps(page)}
                {namesakes(page)}
                {unpublished(page)}
                {publication(page, visit)}
                {editions(page, part, visit)}
                {details(page, visit)}
                {delete(page, visit)}
            </div>
            <aside class="portal__aside stack">{card(page)}{described(page)}{history_panel(None, history)}</aside>
        </div>
    };
    Shown::new(title, content.into_any()).under("Datasets", "/admin/datasets")
}

fn gaps(page: &DatasetAdminPage) -> AnyView {
    let gaps = page.dataset.working().gaps();
    if gaps.is_empty() {
        return ().into_any();
    }
    let items: Vec<AnyView> = gaps.into_iter().map(|(_, sentence)| view! { <li>{sentence}</li> }.into_any()).collect();
    view! {
        <section class="blockers">
            <h2 class="blockers__title">"Needed before a version can be published"</h2>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}

/// How lists will show the draft, for those who write it.
fn card(page: &DatasetAdminPage) -> Option<AnyView> {
    page.can_edit.then(|| as_listed(CardOf::Draft, &page.dataset.working(), &page.topics))
}

/// How much of what readers look for is said, and what they would miss; what publication needs stands above everything else.
fn described(page: &DatasetAdminPage) -> AnyView {
    let metadata = page.dataset.working();
    let (said, of) = metadata.described();
    let percent = u8::try_from(said * 100 / of.max(1)).unwrap_or(100);
    let items: Vec<AnyView> = metadata.wanting().into_iter().map(|text| view! { <li>{text}</li> }.into_any()).collect();
    let items = (!items.is_empty()).then(|| view! { <ul class="small">{items}</ul> });
    let content = view! {
        <p>{progress(percent, "How much is said of it")}</p>
        <p class="small muted">{format!("{said} of {of} points that readers look for.")}</p>
        {items}
    };
    panel("How well it is described", false, None, content.into_any())
}

/// That readers will not tell this dataset from others by its title.
fn namesakes(page: &DatasetAdminPage) -> Option<AnyView> {
    if page.namesakes.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = page
        .namesakes
        .iter()
        .map(|(id, title)| {
            let (href, title, id) = (format!("/admin/datasets/{id}"), title.clone(), id.clone());
            view! { <li><a href=href>{title}</a>" "<span class="mono small muted">{id}</span></li> }.into_any()
        })
        .collect();
    Some(
        view! {
            <section class="banner banner--warning">
                <h2 class="banner__title">"The same title is in use"</h2>
                <p>"Say in the title what tells them apart, unless one is to take the other\u{2019}s place."</p>
                <ul class="plain">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

/// What the draft says otherwise than readers find now; nothing where it says the same, or nothing is public yet.
fn unpublished(page: &DatasetAdminPage) -> Option<AnyView> {
    let (public, draft) = page.dataset.published.as_ref().zip(page.dataset.draft.as_ref())?;
    let titles: BTreeMap<String, String> =
        page.topics.iter().map(|topic| (topic.id.clone(), topic.title.clone())).collect();
    let changes: Vec<Change> =
        preview::changes(Some(public), draft).iter().map(|change| with_titles(change, &titles)).collect();
    (!changes.is_empty()).then(|| {
        let columns = ("Public now", "Will be public");
        let list = changes_table("What the draft changes", "draft-changes", columns, &changes);
        panel("What the draft changes", false, None, list)
    })
}

/// Publishing the draft of a public dataset by itself, or why that cannot be done now.
fn publication(page: &DatasetAdminPage, visit: &Visit) -> AnyView {
    let Some(reasons) = &page.publication else { return ().into_any() };
    if !reasons.is_empty() {
        return blockers("Why you cannot publish the draft", "why-not-publish", reasons);
    }
    let form = Form::of(visit, "datasets/publish-metadata");
    view! {
        <section class="banner banner--information">
            <p>"The draft differs from what is public. It becomes public with the next version, or now."</p>
            <form method="post" action=form.action()>
                {hidden("id", &page.dataset.id)}{hidden("revision", page.dataset.revision)}
                <button class="button">"Publish the draft now"</button>
            </form>
        </section>
    }
    .into_any()
}

fn details(page: &DatasetAdminPage, visit: &Visit) -> AnyView {
    let metadata = page.dataset.working();
    if !page.can_edit {
        return panel("Details", false, None, view! { <p class="measure">{metadata.description}</p> }.into_any());
    }
    let form = Form::of(visit, "datasets/edit");
    let note = page.dataset.published.is_some().then(|| {
        view! { <p class="muted">"What you save is a draft. It becomes public with the next published version."</p> }
    });
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("id", &page.dataset.id)}{hidden("revision", page.dataset.revision)}
            {note}
            {fields(&form, &metadata, &page.topics)}
            <button class="button">"Save draft"</button>
        </form>
    };
    panel("Details", false, None, content.into_any())
}

fn delete(page: &DatasetAdminPage, visit: &Visit) -> AnyView {
    if !page.can_edit || page.dataset.published_at.is_some() {
        return ().into_any();
    }
    let form = Form::of(visit, "datasets/delete");
    let hint = format!("Type {}, so that the right dataset is deleted.", page.dataset.id);
    view! {
        <details class="details" open=form.was_refused()>
            <summary>"Delete the dataset"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", &page.dataset.id)}{hidden("revision", page.dataset.revision)}
                <p>"Its editions, versions and files go with it. This cannot be undone."</p>
                {form.field("confirmation", "The dataset's id").hint(hint).autocomplete("off").input()}
                <button class="button button--warning">"Delete dataset"</button>
            </form>
        </details>
    }
    .into_any()
}
