//! What departments keep in standard storage: the policy, what it would do, and what is held.

use domain::archiving::{ArchivePolicy, Fate};
use domain::curation::ArchiveDesk as Data;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::query;
use super::archive_sizes::sizes;
use super::archive_versions::{archived, versions};
use crate::components::form::{Form, hidden};
use crate::components::portal::{empty, filter_select, object_header, panel, size_words};
use crate::layout::portal::{Section, Shown, portal};

/// The archive of a department.
#[component]
pub fn Archive() -> impl IntoView {
    let load = rpc::archive::archive_read(query("department"), query("keep_versions"), query("keep_months"));
    portal(Section::Archive, load, |data, visit| shown(&data, visit))
}

fn shown(data: &Data, visit: &Visit) -> Shown {
    let leaving: Vec<u64> =
        data.versions.iter().filter(|(_, fate)| *fate == Fate::Archive).map(|(candidate, _)| candidate.bytes).collect();
    let bytes: u64 = leaving.iter().sum();
    let meta = view! { <span>{leaving.len()}" versions would leave"</span><span>{size_words(bytes)}</span> };
    let body = match &data.policy {
        None => {
            empty("Choose a department", "Each department says how much of its past stays in standard storage.", None)
        }
        Some((policy, revision)) => view! {
            <div class="panels">{set(data, policy, *revision, visit)}{attempt(data)}</div>
            <div class="panels">{sizes(data)}{versions(data, visit)}{archived(data)}</div>
        }
        .into_any(),
    };
    let mut departments = vec![(String::new(), "Choose one".to_owned())];
    departments.extend(data.departments.iter().map(|of| (of.id.clone(), of.title.clone())));
    let content = view! {
        {object_header("", "Archive", meta.into_any(), None)}
        <form class="filter-bar" method="get" action="/admin/archive">
            {filter_select("department", "Department", departments, &data.department)}
            <button class="button button--secondary button--small">"Look"</button>
        </form>
        {body}
    };
    Shown::new("Archive", content.into_any())
}

fn number(value: Option<u32>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn set(data: &Data, policy: &ArchivePolicy, revision: i64, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "archive/set-policy");
    let choices = [
        ("true", "Carried out", "Once an hour the versions that it does not keep move to the archive."),
        ("false", "Kept, not carried out", "Nothing moves."),
    ];
    let choices = choices.map(|(value, words, hint)| (value.to_owned(), words.to_owned(), hint.to_owned())).to_vec();
    let enabled = if policy.enabled { "true" } else { "false" };
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("department", &data.department)}{hidden("revision", revision)}
            {form.field("keep_versions", "Newest versions that stay").value(&number(policy.keep_versions)).short().optional().hint("Of each edition. The newest always stays.").input()}
            {form.field("keep_months", "Months that a version stays").value(&number(policy.keep_months)).short().optional().hint("After its publication. Whatever either rule keeps stays.").input()}
            {form.radios("enabled", "The policy is", choices, enabled)}
            <button class="button">"Save the policy"</button>
        </form>
    };
    panel("Policy", false, None, content.into_any())
}

/// Another policy, tried out without changing anything.
fn attempt(data: &Data) -> AnyView {
    let tried = data.tried.clone().unwrap_or_default();
    let note = data
        .tried
        .is_some()
        .then(|| view! { <p>"The list below is what these numbers would do. Nothing was changed."</p> });
    let department = data.department.clone();
    let (versions, months) = (number(tried.keep_versions), number(tried.keep_months));
    let content = view! {
        <form class="stack" method="get" action="/admin/archive">
            <input type="hidden" name="department" value=department/>
            <div class="field"><label class="field__label" for="try-versions">"Newest versions that would stay"</label><input class="field__input" id="try-versions" name="keep_versions" inputmode="numeric" value=versions/></div>
            <div class="field"><label class="field__label" for="try-months">"Months that a version would stay"</label><input class="field__input" id="try-months" name="keep_months" inputmode="numeric" value=months/></div>
            <button class="button button--secondary">"Try it out"</button>
        </form>
        {note}
    };
    panel("Try other numbers", false, None, content.into_any())
}
