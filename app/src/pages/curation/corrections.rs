//! Corrections of what is public: find the dataset, say what readers should know, and see what was said lately.

use domain::catalogue::Hit;
use domain::curation::CorrectionDesk as Data;
use domain::event::Event;
use leptos::prelude::*;

use super::super::administration::query;
use crate::components::portal::{entry, filter_input, object_header, panel};
use crate::layout::portal::{Section, Shown, portal};

/// The desk of corrections.
#[component]
pub fn Corrections() -> impl IntoView {
    let q = query("q");
    portal(Section::Corrections, rpc::archive::corrections_read(q.clone()), move |data, _| shown(&data, &q))
}

fn shown(data: &Data, q: &str) -> Shown {
    let find = view! {
        <form class="filter-bar" method="get" action="/admin/corrections" role="search">
            {filter_input("q", "Dataset", "search", q)}
            <button class="button button--secondary button--small">"Find"</button>
        </form>
        {found(&data.found, q)}
    };
    let how = view! {
        <ol>
            <li>"Find the dataset and open the version that is wrong."</li>
            <li>"Figures are wrong: make a new version and publish it with a bundle; the old one stays with its files and says that it was superseded."</li>
            <li>"Something must be said at once: put an alert or a correction on the public version. Readers and feeds have it from the commit on."</li>
            <li>"Words are wrong: edit the dataset and publish its metadata."</li>
        </ol>
    };
    let guided = view! { <a class="button" href="/admin/corrections/new">"Correct step by step"</a> }.into_any();
    let content = view! {
        {object_header("", "Corrections", view! { <span>"A public version is never edited"</span> }.into_any(), Some(guided))}
        <div class="panels">
            {panel("Which dataset?", false, None, find.into_any())}
            {panel("How to correct", false, None, how.into_any())}
            {recent(&data.recent)}
        </div>
    };
    Shown::new("Corrections", content.into_any())
}

fn found(hits: &[Hit], q: &str) -> AnyView {
    if q.trim().is_empty() {
        return ().into_any();
    }
    if hits.is_empty() {
        return view! { <p class="muted">"No public dataset fits."</p> }.into_any();
    }
    let items: Vec<AnyView> = hits
        .iter()
        .map(|hit| {
            let href = format!("/admin/datasets/{}", hit.dataset_id);
            let title = hit.title.clone();
            view! { <li><a href=href>{title}</a>", "{domain::uk_time::date(hit.release_date)}</li> }.into_any()
        })
        .collect();
    view! { <ul>{items}</ul> }.into_any()
}

fn recent(events: &[Event]) -> AnyView {
    if events.is_empty() {
        return panel("Lately", true, None, view! { <p class="muted">"Nothing was corrected yet."</p> }.into_any());
    }
    let items: Vec<AnyView> = events
        .iter()
        .map(|event| {
            let mut parts = event.resource_id.split('/');
            let href = match (parts.next(), parts.next(), parts.next()) {
                (Some(dataset), Some(edition), Some(version)) => {
                    format!("/admin/datasets/{dataset}/editions/{edition}/versions/{version}")
                }
                _ => "/admin/datasets".to_owned(),
            };
            entry(event, Some((event.resource_id.clone(), href)))
        })
        .collect();
    panel("Lately", true, None, view! { <ol class="timeline">{items}</ol> }.into_any())
}
