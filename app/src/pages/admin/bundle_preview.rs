//! The whole release as the public will see it, item by item.

use std::collections::BTreeMap;

use domain::bundle::preview::PreviewItem;
use domain::views::{BundleApproval, BundlePage};
use leptos::prelude::*;
use rpc::Visit;
use serde_json::Value;

use super::bundle_remarks::{comments, sign_off};
use super::{param, query};
use crate::components::portal::{empty, field_label, object_header, panel, size_words, state_tag, titled, value_view};
use crate::layout::portal::{Section, Shown, portal};

/// One item of the release with the way to the others; looking is recorded until all is public.
#[component]
pub fn BundlePreviewPage() -> impl IntoView {
    let item = query("item");
    portal(Section::Bundles, rpc::bundles::approval(param("id")), move |approval, visit| shown(&approval, &item, visit))
}

fn shown(approval: &BundleApproval, wanted: &str, visit: &Visit) -> Shown {
    let page = &approval.page;
    let (name, path) = (page.bundle.details.title.clone(), page.bundle.admin_path());
    let items = &approval.preview.items;
    let at = items.iter().position(|item| item.item.id == wanted).unwrap_or(0);
    let body = match items.get(at) {
        None => empty("Nothing to preview yet", "There is no version in this bundle.", Some(("To the bundle", &path))),
        Some(item) => one(approval, at, item, visit),
    };
    let note = if page.bundle.state.published_at().is_some() {
        "All of this is public."
    } else {
        "Nothing of this is public yet. Who looks at it is recorded."
    };
    let meta = view! { {state_tag(page.bundle.stage().as_str())}<span>{note}</span> };
    let content =
        view! { {object_header("Preview", &name, meta.into_any(), None)}{shared(page)}{release(approval)}{body} };
    Shown::new("Preview", content.into_any()).under("Bundles", "/admin/bundles").under(name, path)
}

/// With whom the preview is shared.
fn shared(page: &BundlePage) -> AnyView {
    let teams = &page.bundle.details.preview_teams;
    let names: Vec<&str> =
        page.teams.iter().filter(|team| teams.contains(&team.id)).map(|team| team.name.as_str()).collect();
    let text = if names.is_empty() {
        "It is shared with no team. Choose teams in the bundle's details; their members open this very address."
            .to_owned()
    } else {
        format!("Shared with {}; their members open this very address.", names.join(", "))
    };
    view! { <p class="small muted">{text}</p> }.into_any()
}

/// The ways to the release of the calendar that comes with the bundle, as readers will find it.
fn release(approval: &BundleApproval) -> Option<AnyView> {
    let id = approval.preview.release.as_ref()?;
    let bundle = &approval.page.bundle;
    if bundle.state.published_at().is_some() {
        let href = format!("/releases/{id}");
        return Some(
            view! { <p class="small"><a class="link-button" href=href>"The release in the calendar"</a></p> }
                .into_any(),
        );
    }
    let (own, calendar) = (bundle.release_preview_path("release"), bundle.release_preview_path("calendar"));
    Some(
        view! {
            <p class="cluster small">
                <a href=own>"The release as readers will find it"</a>
                <a href=calendar>"Its place in the calendar"</a>
            </p>
        }
        .into_any(),
    )
}

fn one(approval: &BundleApproval, at: usize, item: &PreviewItem, visit: &Visit) -> AnyView {
    let (page, items) = (&approval.page, &approval.preview.items);
    let own = page.contents.iter().find(|known| known.id == item.item.id);
    let signed = own.map(|known| panel("Signed off", false, None, sign_off(page, visit, known)));
    view! {
        {walk(page, items, at)}
        <div class="portal__body">
            <div class="portal__content stack">
                <article class="panel preview stack">
                    <h2>{item.dataset.title.clone()}</h2>
                    <p class="meta">{badges(item)}</p>
                    {pages(page, item)}
                    <p class="lead">{item.dataset.description.clone()}</p>
                    {downloads(item)}
                    {facts("About this version", &item.version.metadata, &approval.topics)}
                    {facts("About the dataset", &item.dataset, &approval.topics)}
                </article>
            </div>
            <aside class="portal__aside stack">{signed}{comments(page, visit, own)}</aside>
        </div>
    }
    .into_any()
}

/// The ways to its page as readers will find it, and to the one that they find now.
fn pages(page: &BundlePage, item: &PreviewItem) -> AnyView {
    if page.bundle.state.published_at().is_some() {
        let href = item.version.page_path();
        return view! { <p><a class="button" href=href>"Open its page"</a></p> }.into_any();
    }
    let (ahead, now) = (page.bundle.preview_path(&item.item.id, "page"), item.present_page());
    let now = match now {
        Some(href) => view! { <a href=href>"As readers find it now"</a> }.into_any(),
        None => view! { <span class="muted">"Nothing of it was public before"</span> }.into_any(),
    };
    view! { <p class="cluster"><a class="button" href=ahead>"Open its page as readers will find it"</a>{now}</p> }
        .into_any()
}

/// The list of the items, and the ones before and after.
fn walk(page: &BundlePage, items: &[PreviewItem], at: usize) -> AnyView {
    let path = page.bundle.admin_path();
    let href = |item: &PreviewItem| format!("{path}/preview?item={}", item.item.id);
    let previous =
        at.checked_sub(1).and_then(|i| items.get(i)).map(|item| view! { <a rel="prev" href=href(item)>"Previous"</a> });
    let next = items.get(at + 1).map(|item| view! { <a rel="next" href=href(item)>"Next"</a> });
    let links: Vec<AnyView> = items
        .iter()
        .enumerate()
        .map(|(i, item)| {
            let text = format!("{}, {}", item.item.title, item.item.edition_title);
            view! { <li><a href=href(item) aria-current=(i == at).then_some("page")>{text}</a></li> }.into_any()
        })
        .collect();
    let place = format!("{} of {}", at + 1, items.len());
    view! {
        <nav class="tabs" aria-label="Items of the release"><ul>{links}</ul></nav>
        <p class="walk cluster small">{previous}<span>{place}</span>{next}</p>
    }
    .into_any()
}

fn badges(item: &PreviewItem) -> Vec<AnyView> {
    let mut said = vec![item.item.edition_title.clone(), format!("Version {}", item.version.version)];
    if let Some(at) = item.version.metadata.release_date {
        said.push(format!("Released {}", domain::uk_time::date(at)));
    }
    said.extend(item.novelty());
    said.into_iter().map(|text| view! { <span>{text}</span> }.into_any()).collect()
}

fn downloads(item: &PreviewItem) -> AnyView {
    let rows: Vec<AnyView> = item
        .files
        .iter()
        .map(|file| {
            let (href, name) = (format!("/files/{}/content", file.id), file.filename.clone());
            let title = if file.title.is_empty() { name.clone() } else { file.title.clone() };
            view! {
                <li class="ledger__row">
                    <span class="ledger__when">{file.format.to_uppercase()}</span>
                    <span class="ledger__what"><a href=href>{title}</a><span class="ledger__sub">{name}</span></span>
                    <span class="ledger__end">{size_words(file.size)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <h3>"Downloads"</h3><ul class="ledger">{rows}</ul> }.into_any()
}

/// Everything that is said in a document, field by field; what is empty readers do not see.
fn facts(title: &'static str, document: &impl serde::Serialize, topics: &BTreeMap<String, String>) -> Option<AnyView> {
    let Ok(Value::Object(fields)) = serde_json::to_value(document) else { return None };
    let said = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    };
    let shown_above = ["title", "description", "release_date"];
    let rows: Vec<AnyView> = fields
        .iter()
        .filter(|(name, value)| said(value) && !shown_above.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = if name == "topics" { titled(value, topics) } else { value.clone() };
            view! { <div><dt>{field_label(name)}</dt><dd>{value_view(name, &value)}</dd></div> }.into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| view! { <h3>{title}</h3><dl class="metadata">{rows}</dl> }.into_any())
}
