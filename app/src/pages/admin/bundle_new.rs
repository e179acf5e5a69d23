//! Beginning a bundle, anew or as a past one was.

use domain::bundle::desk::NewBundleForm;
use domain::bundle::repeat::title_of_next;
use domain::bundle::{BundleDetails, BundleKind};
use leptos::prelude::*;
use rpc::Visit;

use super::bundle_edit::fields;
use super::query;
use crate::components::form::{Form, hidden};
use crate::components::portal::{object_header, panel};
use crate::layout::portal::{Section, Shown, portal};

/// The form for a new bundle; `from` in the address names one to repeat, `version` one version that is to go in at once.
#[component]
pub fn NewBundle() -> impl IntoView {
    let given = |name: &str| Some(query(name)).filter(|value| !value.is_empty());
    let (template, version) = (given("from"), given("version"));
    let load = rpc::bundles::new_form(template, version.clone());
    portal(Section::Bundles, load, move |begin, visit| shown(&begin, version.as_deref(), visit))
}

fn shown(begin: &NewBundleForm, version: Option<&str>, visit: &Visit) -> Shown {
    let form = Form::of(visit, "bundles/create");
    let details = begin.template.as_ref().map_or_else(
        || BundleDetails {
            title: String::new(),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: Vec::new(),
        },
        |template| BundleDetails { title: title_of_next(&template.details.title), ..template.details.clone() },
    );
    let template = begin.template.as_ref().map(|template| hidden("template", &template.id));
    let content = view! {
        {object_header("", "New bundle", ().into_any(), None)}
        {repeat(begin)}
        <form class="stack" method="post" action=form.action() novalidate=true>
            {template}
            {repeated(begin)}
            {taken_in(begin, version)}
            {fields(&form, &details, &begin.teams)}
            <div class="button-group">
                <button class="button">"Create bundle"</button>
                <a href="/admin/bundles">"Cancel"</a>
            </div>
        </form>
    };
    Shown::new("New bundle", content.into_any()).under("Bundles", "/admin/bundles")
}

/// The choice of a past bundle.
fn repeat(begin: &NewBundleForm) -> Option<AnyView> {
    if begin.past.is_empty() {
        return None;
    }
    let chosen = begin.template.as_ref().map(|template| template.id.as_str());
    let options: Vec<AnyView> = begin
        .past
        .iter()
        .map(|bundle| {
            let day = bundle.state.published_at().map(domain::uk_time::date).unwrap_or_default();
            let text = format!("{}, {day}", bundle.details.title);
            let selected = chosen == Some(bundle.id.as_str());
            view! { <option value=bundle.id.clone() selected=selected>{text}</option> }.into_any()
        })
        .collect();
    Some(
        view! {
            <form class="filter-bar" method="get" action="/admin/bundles/new">
                <div><label for="from">"Repeat a past bundle"</label><select id="from" name="from"><option value="">"None, begin anew"</option>{options}</select></div>
                <button class="button button--secondary button--small">"Fill in"</button>
            </form>
        }
        .into_any(),
    )
}

/// The version that goes in at once, or that it cannot.
fn taken_in(begin: &NewBundleForm, version: Option<&str>) -> Option<AnyView> {
    let asked = version.filter(|_| begin.template.is_none())?;
    let body = match begin.versions.first() {
        Some(version) => {
            let (href, reference) = (version.admin_path(), version.reference());
            view! {
                {hidden("version", &reference)}
                <p>"This approved version goes in at once: "<a href=href>{reference.clone()}</a></p>
            }
            .into_any()
        }
        None => {
            let text = format!("{asked} is not free to go into a bundle of yours. The bundle begins empty.");
            view! { <p class="muted">{text}</p> }.into_any()
        }
    };
    Some(panel("With a version inside", false, None, body))
}

/// What goes into the repetition at once.
fn repeated(begin: &NewBundleForm) -> Option<AnyView> {
    let template = begin.template.as_ref()?;
    let title = format!("As {}", template.details.title);
    let body = if begin.versions.is_empty() {
        let text = "No approved version of its editions is free yet. They can be added later.";
        view! { <p class="muted">{text}</p> }.into_any()
    } else {
        let items: Vec<AnyView> = begin
            .versions
            .iter()
            .map(|version| {
                let (href, text) = (version.admin_path(), version.reference());
                view! { <li><a href=href>{text}</a></li> }.into_any()
            })
            .collect();
        view! { <p>"These approved versions follow its contents and go in at once:"</p><ul>{items}</ul> }.into_any()
    };
    Some(panel(&title, false, None, body))
}
