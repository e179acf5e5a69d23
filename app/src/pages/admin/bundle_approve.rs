//! The approval of a bundle: exactly what becomes public, who did what, and the decision.

use std::collections::BTreeMap;

use domain::bundle::preview::{Change, PreviewItem};
use domain::bundle::{BundleAction, BundleStage, BundleState, ContentItem};
use domain::event::Event;
use domain::views::{BundleApproval, BundlePage};
use leptos::prelude::*;
use rpc::Visit;

use super::bundle_remarks::{comments, sign_off, sign_off_words};
use super::bundle_steps::{identity, offer};
use super::param;
use crate::components::form::{Form, blockers_within};
use crate::components::portal::{
    changes_table, check_counts, checklist_at, empty, moment, object_header, panel, size_words, state_tag, table,
    titled,
};
use crate::layout::portal::{Section, Shown, portal};

/// Everything that an approver answers for, with the two ways to decide.
#[component]
pub fn BundleApprove() -> impl IntoView {
    portal(Section::Review, rpc::bundles::approval(param("id")), |approval, visit| shown(&approval, visit))
}

fn shown(approval: &BundleApproval, visit: &Visit) -> Shown {
    let page = &approval.page;
    let bundle = &page.bundle;
    let (name, path) = (bundle.details.title.clone(), bundle.admin_path());
    let preview = format!("{path}/preview");
    let meta = view! { {state_tag(bundle.stage().as_str())}<span>{sign_off_words(page)}</span><a href=preview>"Preview as the public will see it"</a> };
    let items = &approval.preview.items;
    let list: AnyView = if items.is_empty() {
        empty("Nothing would become public", "There is no version in this bundle.", Some(("To the bundle", &path)))
    } else {
        items.iter().enumerate().map(|(i, item)| item_view(approval, visit, i, item)).collect::<Vec<_>>().into_any()
    };
    let checks = view! { <p class="small muted">{check_counts(&page.checks)}</p>{checklist_at(&format!("{path}/approve"), &page.checks)} };
    let content = view! {
        {object_header("Approval", &name, meta.into_any(), None)}
        <div class="portal__body">
            <div class="portal__content stack">
                {decision(page, visit)}
                {list}
                {panel("Readiness", false, None, checks.into_any())}
                {comments(page, visit, None)}
            </div>
            <aside class="portal__aside stack">{panel("Who did what", false, None, people(page))}</aside>
        </div>
    };
    Shown::new("Approval", content.into_any()).under("Bundles", "/admin/bundles").under(name, path)
}

fn decision(page: &BundlePage, visit: &Visit) -> AnyView {
    let stage = page.bundle.stage();
    if stage != BundleStage::ReadyForReview {
        let text = match page.bundle.state.approval() {
            Some(mark) => format!("{} approved this bundle on {}.", mark.by.name, domain::uk_time::date_time(mark.at)),
            None => "This bundle was not sent for review yet.".to_owned(),
        };
        return view! { <section class="banner banner--information"><p>{text}</p></section> }.into_any();
    }
    let approve = match offer(page, BundleAction::Approve) {
        None => {
            view! { <p class="muted">"You may look at it; somebody with the right to approve bundles decides."</p> }
                .into_any()
        }
        Some(offer) if !offer.blockers.is_empty() => {
            blockers_within("Why you cannot approve this", "why-not", &offer.blockers)
        }
        Some(_) => {
            let form = Form::of(visit, "bundles/approve");
            view! { <form method="post" action=form.action()>{identity(page)}<button class="button">"Approve what is shown here"</button></form> }.into_any()
        }
    };
    let reject = offer(page, BundleAction::Reject).filter(|offer| offer.blockers.is_empty()).map(|_| {
        let form = Form::of(visit, "bundles/reject");
        view! {
            <details class="details" open=form.was_refused()>
                <summary>"Send back to the editors"</summary>
                <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                    {identity(page)}
                    {form.field("reason", "Reason").hint("What has to change before it can be approved.").textarea()}
                    <button class="button button--secondary">"Send back"</button>
                </form>
            </details>
        }
    });
    panel("Decision", false, None, view! { <div class="stack stack--tight">{approve}{reject}</div> }.into_any())
}

/// What one version brings, against what readers find now.
fn item_view(approval: &BundleApproval, visit: &Visit, i: usize, item: &PreviewItem) -> AnyView {
    let (page, content) = (&approval.page, &item.item);
    let title = format!("{}, {}, version {}", content.title, content.edition_title, content.version);
    let what = match (item.dataset_is_new, item.replaces) {
        (true, _) => "A dataset that is new to the public".to_owned(),
        (false, Some(number)) => format!("Replaces version {number} as the latest"),
        (false, None) if item.edition_is_new => "An edition that is new to the public".to_owned(),
        (false, None) => "Public already".to_owned(),
    };
    let path = item.version.admin_path();
    let differs = format!("{path}?tab=all");
    let of_dataset = "What changes about the dataset";
    let dataset_changes: Vec<Change> =
        item.dataset_changes.iter().map(|change| with_titles(change, &approval.topics)).collect();
    let dataset = differences(&title, format!("dataset-changes-{i}"), of_dataset, &dataset_changes);
    let of_version = "What is said of the version";
    let version = differences(&title, format!("version-changes-{i}"), of_version, &item.version_changes);
    let signed = page.contents.iter().find(|known| known.id == content.id);
    let signed = signed.map(
        |known| view! { <div class="cluster small"><strong>"Signed off:"</strong>{sign_off(page, visit, known)}</div> },
    );
    // What is public goes on to be edited, and no longer differs from what was checked.
    let is_to_come = page.bundle.stage() != BundleStage::Published;
    let drift = is_to_come.then(|| view! { <p class="small">{drift(content)}</p> });
    let body = view! {
        <p>{what}". "<a href=differs>"Everything that differs, figures too"</a></p>
        {drift}
        {dataset}
        {version}
        {files(&title, i, item)}
        {signed}
    };
    panel(&title, false, None, body.into_any())
}

/// Whether a version, and the dataset's draft beside it, are still what was checked.
fn drift(item: &ContentItem) -> String {
    let checked = domain::uk_time::date_time(item.last_validated);
    let version = item.version_revision != item.validated_revision;
    let dataset = item.approved_draft.is_some_and(|approved| approved != item.draft_revision);
    match (version, dataset) {
        (false, false) => format!("Checked {checked}; nothing was changed since."),
        (true, _) => format!("The version was changed since it was checked, {checked}. Take it out and add it again."),
        (false, true) => {
            format!("The dataset was edited since the approval, by {}. Request changes.", item.draft_edited_by.name)
        }
    }
}

/// The same change with topics by their titles.
pub(super) fn with_titles(change: &Change, topics: &BTreeMap<String, String>) -> Change {
    if change.field != "topics" {
        return change.clone();
    }
    let (public, becoming) = (titled(&change.public, topics), titled(&change.becoming, topics));
    Change { public, becoming, ..change.clone() }
}

/// A table of changes; its caption also names the item, since each has the same headings.
fn differences(item: &str, id: String, title: &str, changes: &[Change]) -> Option<AnyView> {
    let title = title.to_owned();
    (!changes.is_empty()).then(|| {
        let table = changes_table(&format!("{title}: {item}"), id, ("Public now", "Will be public"), changes);
        view! { <h3>{title}</h3>{table} }.into_any()
    })
}

fn files(title: &str, i: usize, item: &PreviewItem) -> AnyView {
    let rows = item
        .files
        .iter()
        .map(|file| {
            let what = match &file.filename {
                name if item.files_added.contains(name) => "New",
                name if item.files_same.contains(name) => "The same bytes as before",
                _ => "In place of the one before",
            };
            let hash = file.sha256.get(..12).unwrap_or_default().to_owned();
            let (href, name) = (format!("/files/{}/content", file.id), file.filename.clone());
            view! {
                <tr>
                    <th scope="row" class="long"><a href=href>{name}</a></th>
                    <td>{what}</td>
                    <td class="num">{size_words(file.size)}</td>
                    <td class="mono">{hash}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [("File", false), ("What it is", false), ("Size", true), ("SHA-256 begins", false)];
    let dropped = (!item.files_dropped.is_empty()).then(
        || view! { <p class="field__error">{format!("No longer there: {}.", item.files_dropped.join(", "))}</p> },
    );
    view! { <h3>"Files"</h3>{table(&format!("Files: {title}"), format!("files-{i}"), &headings, rows)}{dropped} }
        .into_any()
}

fn people(page: &BundlePage) -> AnyView {
    let bundle = &page.bundle;
    let mut said = vec![
        ("Created by", bundle.created_by.name.clone(), Some(bundle.created_at)),
        ("Last edited by", bundle.last_edited_by.name.clone(), Some(bundle.last_modified)),
    ];
    if let BundleState::ReadyForReview { submitted } = &bundle.state {
        said.push(("Sent for review by", submitted.by.name.clone(), Some(submitted.at)));
    }
    if let Some(mark) = bundle.state.approval() {
        said.push(("Approved by", mark.by.name.clone(), Some(mark.at)));
    }
    let editors: Vec<String> = editors(&page.timeline);
    if !editors.is_empty() {
        said.push(("Took part", editors.join(", "), None));
    }
    let rows: Vec<AnyView> = said
        .into_iter()
        .map(|(what, who, at)| view! { <div><dt>{what}</dt><dd>{who}{at.map(|at| view! { <span class="table__sub">{moment(at, "")}</span> })}</dd></div> }.into_any())
        .collect();
    view! { <dl class="metadata">{rows}</dl> }.into_any()
}

/// Everybody who did something to the bundle, each once.
fn editors(timeline: &[Event]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for event in timeline {
        if !names.contains(&event.actor.name) {
            names.push(event.actor.name.clone());
        }
    }
    names
}
