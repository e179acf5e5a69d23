//! Beginning a version step by step, from a copy of the last one.

use domain::dataset::Edition;
use domain::refusal::Refusal;
use domain::version::{Version, VersionMetadata, VersionState};
use domain::views::DatasetAdminPage;
use leptos::prelude::*;
use rpc::{RpcError, Visit};
use serde_json::Value;

use super::param;
use super::version_wizard::steps_to_come;
use crate::components::form::{Form, hidden};
use crate::components::portal::{field_label, object_header, panel, value_view};
use crate::layout::portal::{Section, Shown, portal};

/// The page before the first step: its release date, and what is copied.
#[component]
pub fn NewVersion() -> impl IntoView {
    let (id, edition) = (param("id"), param("edition"));
    let load = async move {
        let page = rpc::datasets::admin_page(id).await?;
        let found = page.editions.iter().find(|(known, _)| known.edition == edition).cloned();
        let (edition, versions) = found.filter(|_| page.can_edit).ok_or(RpcError::Refused(Refusal::NotFound))?;
        Ok((page, edition, versions))
    };
    portal(Section::Datasets, load, |(page, edition, versions), visit| shown(&page, &edition, &versions, visit))
}

fn shown(page: &DatasetAdminPage, edition: &Edition, versions: &[Version], visit: &Visit) -> Shown {
    let name = page.dataset.working().title;
    let title = format!("New version of {}", edition.title);
    let meta = view! { <span>{name.clone()}</span> }.into_any();
    let content = view! {
        {object_header("Version", &title, meta, None)}
        {steps_to_come()}
        <div class="portal__body">
            <div class="portal__content stack">
                {unfinished(versions)}
                {begin(page, edition, versions.first(), visit)}
            </div>
            <aside class="portal__aside stack">{versions.first().map(copied)}</aside>
        </div>
    };
    let above = format!("/admin/datasets/{}", page.dataset.id);
    Shown::new(title, content.into_any()).under("Datasets", "/admin/datasets").under(name, above)
}

/// The way back to a version that was begun and not sent for approval.
fn unfinished(versions: &[Version]) -> Option<AnyView> {
    let begun = versions.iter().find(|version| version.state == VersionState::Created)?;
    let href = domain::review::WizardStep::Files.path(&begun.admin_path());
    let words = format!("Version {} is still being prepared.", begun.version);
    Some(
        view! {
            <section class="banner banner--information">
                <p>{words}" "<a href=href>"Go on with it"</a></p>
            </section>
        }
        .into_any(),
    )
}

fn begin(page: &DatasetAdminPage, edition: &Edition, last: Option<&Version>, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "versions/create");
    let carry = last.map(|last| {
        let words = format!("Copy from version {}", last.version);
        let hint = "What stays true of every release. What is not copied is said anew.";
        form.ticked("carry", "Begin with", vec![("yes".to_owned(), words, hint.to_owned())], true)
    });
    let first = domain::review::WizardStep::Files;
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("dataset_id", &page.dataset.id)}{hidden("edition", &edition.edition)}{hidden("step", first)}
            {form.field("release_date", "Release date").kind("date").short().hint("The date that readers see.").input()}
            {carry}
            <button class="button">"Begin and go on to the files"</button>
        </form>
    };
    panel("Begin", false, None, content.into_any())
}

/// Field by field what the new version takes over from the last one, and what it does not.
fn copied(last: &Version) -> AnyView {
    let (taken, left) = parted(&last.metadata);
    let row = |(field, value): (String, Value)| {
        let value = value_view(&field, &value);
        view! { <div><dt>{field_label(&field)}</dt><dd>{value}</dd></div> }.into_any()
    };
    let taken: Vec<AnyView> = taken.into_iter().map(row).collect();
    let taken = if taken.is_empty() {
        view! { <p class="muted">"It says nothing that is copied."</p> }.into_any()
    } else {
        view! { <dl class="metadata">{taken}</dl> }.into_any()
    };
    let left: Vec<String> = left.iter().map(|field| field_label(field)).collect();
    let left = format!("Not copied: {}, files.", left.join(", "));
    let title = format!("Copied from version {}", last.version);
    panel(&title, false, None, view! { {taken}<p class="small muted">{left}</p> }.into_any())
}

/// What is said in a version that the next one begins with, and the names of the fields that it begins without.
fn parted(metadata: &VersionMetadata) -> (Vec<(String, Value)>, Vec<String>) {
    let fields = |metadata: &VersionMetadata| match serde_json::to_value(metadata) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    // What of a version with everything said would not be there in the next one.
    let kept = fields(&metadata.carried_forward());
    let said = |value: &Value| !matches!(value, Value::Null) && value.as_array().is_none_or(|items| !items.is_empty());
    let all = fields(metadata).into_iter().filter(|(_, value)| said(value));
    let (taken, left): (Vec<_>, Vec<_>) = all.partition(|(field, value)| kept.get(field) == Some(value));
    (taken, left.into_iter().map(|(field, _)| field).collect())
}

#[cfg(test)]
mod tests {
    use domain::version::{LatestChange, UsageNote};

    use super::*;

    #[test]
    fn what_is_copied_and_what_is_not_is_told_apart() {
        let metadata = VersionMetadata {
            release_date: chrono::DateTime::from_timestamp(0, 0),
            usage_notes: vec![UsageNote { title: "Rounding".into(), note: "To one decimal.".into() }],
            latest_changes: vec![LatestChange { name: "Base".into(), ..LatestChange::default() }],
            ..VersionMetadata::default()
        };
        let (taken, left) = parted(&metadata);
        let taken: Vec<&str> = taken.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(taken, ["usage_notes"]);
        assert_eq!(left.len(), 2);
        assert!(left.iter().all(|field| field == "release_date" || field == "latest_changes"));
    }
}
