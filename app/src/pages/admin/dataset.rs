//! The page of a dataset.

use domain::dataset::Edition;
use domain::version::Version;
use domain::views::DatasetAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::dataset_fields::fields;
use super::param;
use crate::components::form::{Form, hidden};
use crate::components::portal::{empty, moment, object_header, panel, state_tag, timeline};
use crate::layout::portal::{Section, Shown, portal};

/// A dataset: its draft, its editions and their versions.
#[component]
pub fn DatasetPage() -> impl IntoView {
    portal(Section::Datasets, rpc::datasets::admin_page(param("id")), |page, visit| shown(&page, visit))
}

fn shown(page: &DatasetAdminPage, visit: &Visit) -> Shown {
    let dataset = &page.dataset;
    let title = dataset.working().title;
    let (id, editor) = (dataset.id.clone(), format!("Last edited by {}", dataset.last_edited_by.name));
    let meta = view! { {state_tag(dataset.state())}<span class="mono">{id}</span><span>{editor}</span> }.into_any();
    let public = dataset.published.is_some().then(|| {
        let href = format!("/catalogue/{}", dataset.id);
        view! { <a class="button button--secondary" href=href>"Public page"</a> }.into_any()
    });
    let content = view! {
        {object_header("Dataset", &title, meta, public)}
        <div class="portal__body">
            <div class="portal__content stack">
                {gaps(page)}
                {editions(page, visit)}
                {details(page, visit)}
                {delete(page, visit)}
            </div>
            <aside class="portal__aside stack">{panel("History", false, None, timeline(&page.timeline))}</aside>
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
            <h3 class="blockers__title">"Needed before a version can be published"</h3>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}

fn editions(page: &DatasetAdminPage, visit: &Visit) -> AnyView {
    let mut list: Vec<AnyView> =
        page.editions.iter().map(|(edition, versions)| edition_view(page, edition, versions, visit)).collect();
    if list.is_empty() {
        let text = "An edition is a run within the dataset, such as a time series or a year. It holds the versions.";
        list.push(empty("No editions yet", text, None));
    }
    let new = page.can_edit.then(|| new_edition(page, visit));
    panel("Editions", false, None, view! { <div class="stack">{list}{new}</div> }.into_any())
}

fn edition_view(page: &DatasetAdminPage, edition: &Edition, versions: &[Version], visit: &Visit) -> AnyView {
    let (title, slug) = (edition.title.clone(), edition.edition.clone());
    let list = if versions.is_empty() {
        view! { <p class="muted">"No versions yet."</p> }.into_any()
    } else {
        version_rows(versions)
    };
    let new = page.can_edit.then(|| new_version(page, edition, visit));
    view! {
        <section class="stack stack--tight">
            <h3>{title}" "<span class="mono small muted">{slug}</span></h3>
            {list}
            {new}
        </section>
    }
    .into_any()
}

fn version_rows(versions: &[Version]) -> AnyView {
    let rows: Vec<AnyView> = versions
        .iter()
        .map(|version| {
            let href = version.admin_path();
            let text = format!("Version {}", version.version);
            let release = version.metadata.release_date.map(domain::uk_time::date);
            view! {
                <li class="ledger__row">
                    <span class="ledger__when">{release}</span>
                    <span class="ledger__what"><a href=href>{text}</a><span class="ledger__sub">"Changed "{moment(version.last_updated, "")}</span></span>
                    <span class="ledger__end">{state_tag(version.state.as_str())}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="ledger">{rows}</ul> }.into_any()
}

fn new_version(page: &DatasetAdminPage, edition: &Edition, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "versions/create").where_is("edition", &edition.edition);
    let words = format!("New version of {}", edition.title);
    view! {
        <details class="details" open=form.was_refused()>
            <summary>{words}</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("dataset_id", &page.dataset.id)}{hidden("edition", &edition.edition)}
                {form.field("release_date", "Release date").kind("date").short().hint("The date that readers see.").input()}
                <button class="button">"Create version"</button>
            </form>
        </details>
    }
    .into_any()
}

fn new_edition(page: &DatasetAdminPage, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "datasets/create-edition");
    view! {
        <details class="details" open=form.was_refused() || page.editions.is_empty()>
            <summary>"New edition"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("dataset_id", &page.dataset.id)}
                {form.field("title", "Edition title").hint("Such as Time series, or January 2026.").input()}
                {form.field("title_cy", "Edition title in Welsh").optional().input()}
                {form.field("edition", "Edition id").hint("Part of the address: lower-case letters, digits and hyphens.").input()}
                <button class="button">"Create edition"</button>
            </form>
        </details>
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
    view! {
        <details class="details">
            <summary>"Delete the dataset"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action()>
                {hidden("id", &page.dataset.id)}{hidden("revision", page.dataset.revision)}
                <p>"Its editions, versions and files go with it. This cannot be undone."</p>
                <button class="button button--warning">"Delete dataset"</button>
            </form>
        </details>
    }
    .into_any()
}
