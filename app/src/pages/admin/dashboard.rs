//! The portal's start page.

use std::collections::BTreeMap;

use domain::bundle::{Bundle, BundleStage};
use domain::event::Event;
use domain::policy::Permission;
use domain::version::Version;
use domain::views;
use leptos::prelude::*;
use rpc::Visit;

use super::queue::lateness_words;
use crate::components::portal::{bundle_table, countdown, entry, moment, object_header, panel, progress};
use crate::layout::portal::{Section, Shown, portal};
use crate::pages::operations::incident_item;

/// What waits for the person signed in, what comes next and what happened last.
#[component]
pub fn Dashboard() -> impl IntoView {
    portal(Section::Dashboard, rpc::account::dashboard(), shown)
}

fn shown(data: views::Dashboard, visit: &Visit) -> Shown {
    let may = |right: Permission| visit.caller.as_ref().is_some_and(|caller| caller.may(right));
    let name = visit.caller.as_ref().map(|caller| caller.actor.name.clone()).unwrap_or_default();
    let bundle = may(Permission::BundlesWrite)
        .then(|| view! { <a class="button" href="/admin/bundles/new">"Create a bundle"</a> });
    let dataset = may(Permission::DatasetsWrite)
        .then(|| view! { <a class="button button--secondary" href="/admin/datasets/new">"Create a dataset"</a> });
    let create = (bundle.is_some() || dataset.is_some()).then(|| view! { {bundle}{dataset} }.into_any());
    let meta = view! { <span>{name}</span><span>{domain::uk_time::date(data.now)}</span> }.into_any();
    let review =
        bundles_panel("Waiting for review", "review-table", None, &data.to_review, "No bundle waits for review.");
    let all = (!data.mine.is_empty()).then_some(("All of yours", "/admin/bundles?owner=me"));
    let none = "You have no bundle in preparation.";
    let mine = bundles_panel("In preparation by you", "mine-table", all, &data.mine, none);
    let content = view! {
        {object_header("", "Dashboard", meta, create)}
        {counts(&data)}
        <div class="panels">
            {next(&data)}
            {attention(&data)}
            {review}
            {mine}
            {own_versions(&data.my_versions)}
            {scheduled(&data)}
            {recent(&data)}
        </div>
    };
    Shown::new("Dashboard", content.into_any())
}

fn counts(data: &views::Dashboard) -> AnyView {
    let of = |stage: BundleStage| data.counts.iter().find(|(s, _)| *s == stage).map_or(0, |(_, n)| *n);
    let tile = |text: &'static str, stage: BundleStage, modifier: &'static str| {
        let (n, href) = (of(stage), format!("/admin/bundles?state={stage}"));
        let class = if n > 0 { format!("kpi {modifier}") } else { "kpi".to_owned() };
        view! { <div class=class><dt>{text}</dt><dd class="num"><a href=href>{n}</a></dd></div> }
    };
    view! {
        <dl class="kpis">
            {tile("In progress", BundleStage::InProgress, "")}
            {tile("Ready for review", BundleStage::ReadyForReview, "")}
            {tile("Approved", BundleStage::Approved, "")}
            {tile("Scheduled", BundleStage::Scheduled, "kpi--warn")}
            {tile("Failed", BundleStage::Failed, "kpi--fail")}
            {tile("Published", BundleStage::Published, "")}
        </dl>
    }
    .into_any()
}

fn next(data: &views::Dashboard) -> AnyView {
    let coming = data.scheduled.iter().find_map(|bundle| Some((bundle, bundle.state.schedule()?.publication_date)));
    let Some((bundle, at)) = coming else {
        let text = "Nothing is scheduled. An approver gives an approved bundle its date and time.";
        return panel("Next publication", false, None, view! { <p class="muted">{text}</p> }.into_any());
    };
    let label = format!("{} publishes in", bundle.details.title);
    panel("Next publication", false, Some(("Open bundle", &bundle.admin_path())), countdown(at, data.now, &label, true))
}

fn attention(data: &views::Dashboard) -> AnyView {
    let failed = data.failed.iter().map(|bundle| {
        let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
        let note = bundle.state.failure().map(|failure| moment(failure.at, ""));
        view! {
            <li class="check check--fail">
                <span class="check__text"><a href=href>{title}</a>" could not be published"</span>
                <span class="check__note">{note}</span>
            </li>
        }
        .into_any()
    });
    let incidents = data.incidents.iter().map(|incident| incident_item(incident, data.now));
    let items: Vec<AnyView> =
        incidents.chain(failed).chain(data.versions_to_approve.iter().map(version_item)).collect();
    if items.is_empty() {
        let text = "Nothing failed, and no version waits for your approval.";
        return panel("Waits for you", false, None, view! { <p class="muted">{text}</p> }.into_any());
    }
    let queue = (!data.versions_to_approve.is_empty()).then_some(("Review queue", "/admin/review"));
    panel("Waits for you", false, queue, view! { <ul class="checklist">{items}</ul> }.into_any())
}

fn version_item(version: &Version) -> AnyView {
    let (href, reference) = (version.admin_path(), version.reference());
    let editor = version.last_edited_by.name.clone();
    view! {
        <li class="check check--warn">
            <span class="check__text"><a href=href>{reference}</a>" waits for approval, sent by "{editor}</span>
            <span class="check__note">{moment(version.last_updated, "")}</span>
        </li>
    }
    .into_any()
}

fn bundles_panel(
    title: &'static str,
    id: &'static str,
    link: Option<(&str, &str)>,
    bundles: &[Bundle],
    none: &'static str,
) -> AnyView {
    let list = if bundles.is_empty() {
        view! { <p class="muted">{none}</p> }.into_any()
    } else {
        bundle_table(title, id, bundles)
    };
    panel(title, true, link, list)
}

/// Versions that the person has begun or changed and not sent yet; nothing for whoever has none.
fn own_versions(versions: &[Version]) -> AnyView {
    if versions.is_empty() {
        return ().into_any();
    }
    let items: Vec<AnyView> = versions
        .iter()
        .map(|version| {
            let (href, reference) = (version.admin_path(), version.reference());
            view! {
                <li class="check check--pending">
                    <span class="check__text"><a href=href>{reference}</a></span>
                    <span class="check__note">{moment(version.last_updated, "")}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    panel("Your versions in preparation", false, None, view! { <ul class="checklist">{items}</ul> }.into_any())
}

fn scheduled(data: &views::Dashboard) -> AnyView {
    let items: Vec<AnyView> = data
        .scheduled
        .iter()
        .map(|bundle| {
            let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
            let at = bundle.state.schedule().map(|schedule| schedule.publication_date);
            let (day, time) = (at.map(domain::uk_time::date), at.map(domain::uk_time::time));
            let items =
                if bundle.item_count == 1 { "1 version".to_owned() } else { format!("{} versions", bundle.item_count) };
            let left = at.map(|at| lateness_words((data.now - at).num_milliseconds()));
            let items = left.map_or_else(|| items.clone(), |left| format!("{items}, {left}"));
            let label = format!("Readiness of {title}");
            let ready = data.readiness.get(&bundle.id).map(|percent| progress(*percent, &label));
            view! {
                <li class="ledger__row">
                    <span class="ledger__when">{day}</span>
                    <span class="ledger__what"><a href=href>{title}</a><span class="ledger__sub">{items}</span></span>
                    <span class="ledger__end">{time}<span class="ledger__sub">{ready}</span></span>
                </li>
            }
            .into_any()
        })
        .collect();
    if items.is_empty() {
        return ().into_any();
    }
    panel(
        "Scheduled",
        false,
        Some(("Publish queue", "/admin/queue")),
        view! { <ul class="ledger">{items}</ul> }.into_any(),
    )
}

fn recent(data: &views::Dashboard) -> AnyView {
    if data.recent.is_empty() {
        return ().into_any();
    }
    let items: Vec<AnyView> = data.recent.iter().map(|event| entry(event, about(event, &data.titles))).collect();
    panel("Recently", false, None, view! { <ol class="timeline">{items}</ol> }.into_any())
}

/// What something happened to, and where that is.
fn about(event: &Event, titles: &BTreeMap<String, String>) -> Option<(String, String)> {
    match event.resource_type.as_str() {
        "bundle" => Some(match titles.get(&event.resource_id) {
            Some(title) => (title.clone(), format!("/admin/bundles/{}", event.resource_id)),
            // It has no page any more.
            None => ("a bundle that was deleted since".to_owned(), "/admin/bundles".to_owned()),
        }),
        "version" => {
            let mut parts = event.resource_id.split('/');
            let (dataset, edition, version) = (parts.next()?, parts.next()?, parts.next()?);
            let href = format!("/admin/datasets/{dataset}/editions/{edition}/versions/{version}");
            Some((event.resource_id.clone(), href))
        }
        _ => None,
    }
}
