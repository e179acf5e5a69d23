//! Help: the guides, the keyboard, the states with who may take which step, and where to read on. The tables are made of
//! the rules.

use domain::bundle::{BundleAction, BundleStage};
use domain::refusal::Refusal;
use domain::release::ReleaseAction;
use domain::version::VersionAction;
use leptos::prelude::*;
use rpc::RpcError;

use super::super::administration::param;
use super::help_steps::{GUIDES, Guide, Step, guide};
use crate::components::portal::{object_header, panel, sentence, state_tag, state_words, table};
use crate::layout::portal::{SHORTCUTS, Section, Shown, portal};

/// The drawing of the states, which a test compares with the rules (`app/domain/tests/machines.rs`).
const STATES: &str = include_str!("../../../../docs/states.md");

/// The help page.
#[component]
pub fn Help() -> impl IntoView {
    // Whoever is signed in may read it.
    portal(Section::Help, rpc::account::dashboard(), |_, _| shown())
}

fn shown() -> Shown {
    let content = view! {
        {object_header("", "Help", ().into_any(), None)}
        <div class="panels">{guides()}{read_on()}{shortcuts()}{bundles()}{versions()}{releases()}</div>
    };
    Shown::new("Help", content.into_any())
}

fn guides() -> AnyView {
    let rows: Vec<AnyView> = GUIDES
        .iter()
        .map(|guide| {
            let href = format!("/admin/help/{}", guide.slug);
            view! { <li><a href=href>{guide.title}</a><span class="table__sub">{guide.lead}</span></li> }.into_any()
        })
        .collect();
    panel("Guides", false, None, view! { <ul class="plain stack stack--tight">{rows}</ul> }.into_any())
}

/// One guide: the steps of a role, with pictures.
#[component]
pub fn GuidePage() -> impl IntoView {
    let found = guide(&param("guide"));
    // Whoever is signed in may read it.
    let load = async move { found.ok_or(RpcError::Refused(Refusal::NotFound)) };
    portal(Section::Help, load, |guide, _| guided(guide))
}

fn guided(guide: &'static Guide) -> Shown {
    let steps: Vec<AnyView> = guide.steps.iter().enumerate().map(|(n, step)| step_shown(n + 1, step)).collect();
    let content = view! {
        {object_header("Guide", guide.title, ().into_any(), None)}
        <div class="guide stack"><p class="lead">{guide.lead}</p>{steps}</div>
    };
    Shown::new(guide.title, content.into_any()).under("Help", "/admin/help")
}

fn step_shown(n: usize, step: &'static Step) -> AnyView {
    let picture = step.picture.map(|(file, words)| {
        let src = format!("/assets/guide/{file}.png");
        let href = src.clone();
        view! { <a href=href><img class="guide__picture" src=src alt=words width="1280" height="800" loading="lazy"/></a> }
    });
    view! {
        <section class="guide__step">
            <h2>{format!("{n}. {}", step.title)}</h2>
            <p class="measure">{step.text}</p>
            {picture}
        </section>
    }
    .into_any()
}

fn shortcuts() -> AnyView {
    let rows = SHORTCUTS
        .iter()
        .map(|(keys, what, _)| view! { <tr><th scope="row"><kbd>{*keys}</kbd></th><td>{*what}</td></tr> }.into_any())
        .collect();
    let content = view! {
        <p>"They work on every page of the portal unless you type in a field. "<a href="/account#keyboard">"Switch them off in your account"</a>"."</p>
        {table("Keys", "keys-table", &[("Keys", false), ("Does", false)], rows)}
    };
    view! { <div id="shortcuts">{panel("Keyboard", false, None, content.into_any())}</div> }.into_any()
}

fn read_on() -> AnyView {
    let content = view! {
        <ul>
            <li><a href="/ops/runbook">"Runbook"</a>": what operators do when something fails"</li>
            <li><a href="/developers">"For developers"</a>": the API, by part"</li>
            <li><a href="/account">"Your account"</a>": what you may do, and why something is missing"</li>
            <li><a href="/publication-log">"Publication log"</a>": what became public, and when"</li>
        </ul>
    };
    panel("Read on", false, None, content.into_any())
}

/// The stages of a bundle in the order of the workflow, and every action with who may take it from where.
fn bundles() -> AnyView {
    let path: Vec<AnyView> =
        BundleStage::ALL.iter().map(|stage| view! { <li>{state_tag(stage.as_str())}</li> }.into_any()).collect();
    let rows = BundleAction::ALL
        .iter()
        .filter(|action| !action.is_of_scheduler())
        .map(|action| {
            let (from, permission) = action.rule();
            let from: Vec<String> = from.iter().map(|stage| state_words(stage.as_str())).collect();
            action_row(action.label(), &from.join(", "), permission.as_str(), action.needs_reason())
        })
        .collect();
    let content = view! {
        <ol class="plain cluster" aria-label="Stages of a bundle">{path}</ol>
        {ways_on("Bundles")}
        {table("Actions on a bundle", "bundle-actions", HEADINGS, rows)}
    };
    view! { <div id="states" class="panel--wide">{panel("Bundles", true, None, content.into_any())}</div> }.into_any()
}

const HEADINGS: &[(&str, bool)] = &[("Action", false), ("From", false), ("Right", false), ("Reason", false)];

fn action_row(label: &str, from: &str, permission: &'static str, reason: bool) -> AnyView {
    let (label, from) = (sentence(label), from.to_owned());
    let reason = if reason { "needed" } else { "" };
    view! { <tr><th scope="row">{label}</th><td class="wrap-cell">{from}</td><td><code>{permission}</code></td><td>{reason}</td></tr> }
        .into_any()
}

fn versions() -> AnyView {
    let rows = VersionAction::ALL
        .iter()
        .map(|action| {
            let (from, to, permission, _) = action.rule();
            let way = format!("{} to {}", state_words(from.as_str()), state_words(to.as_str()).to_lowercase());
            action_row(&action.as_str().replace('_', " "), &way, permission.as_str(), action.needs_reason())
        })
        .collect();
    let content = view! { {ways_on("Versions")}{table("Actions on a version", "version-actions", HEADINGS, rows)} };
    panel("Versions", true, None, content.into_any())
}

/// From each state of a machine the steps on, each with where it leads.
fn ways_on(machine: &str) -> AnyView {
    let part = STATES.split("\n## ").find(|part| part.starts_with(machine)).unwrap_or_default();
    let edges: Vec<(&str, &str, &str)> = part.lines().filter_map(edge).collect();
    let mut states: Vec<&str> = edges.iter().map(|(from, ..)| *from).collect();
    states.dedup();
    let rows: Vec<AnyView> = states
        .into_iter()
        .map(|state| {
            let ways = edges.iter().filter(|(from, ..)| *from == state);
            let ways: Vec<AnyView> = ways.map(|(from, to, steps)| way(from, to, steps)).collect();
            view! { <div><dt>{state_tag(state)}</dt><dd><ul class="plain">{ways}</ul></dd></div> }.into_any()
        })
        .collect();
    view! { <dl class="metadata">{rows}</dl> }.into_any()
}

/// A line of the drawing: from where, to where, and by which steps; nothing of how it all begins.
fn edge(line: &str) -> Option<(&str, &str, &str)> {
    let (from, rest) = line.trim().split_once(" --> ")?;
    let (to, steps) = rest.split_once(": ")?;
    (from != "[*]").then_some((from, to, steps))
}

fn way(from: &str, to: &str, steps: &str) -> AnyView {
    let steps = sentence(&steps.replace('_', " "));
    if to == "[*]" {
        return view! { <li>{steps}": it is gone"</li> }.into_any();
    }
    if to == from {
        return view! { <li>{steps}": it stays so"</li> }.into_any();
    }
    view! { <li>{steps}": "{state_tag(to)}</li> }.into_any()
}

fn releases() -> AnyView {
    let rows = ReleaseAction::ALL
        .iter()
        .filter(|action| **action != ReleaseAction::Publish)
        .map(|action| {
            let rule = action.rule();
            let from: Vec<String> = rule.from.iter().map(|state| state_words(state.as_str())).collect();
            action_row(action.label(), &from.join(", "), rule.permission.as_str(), rule.needs_reason)
        })
        .collect();
    panel("Releases", true, None, table("Actions on a release", "release-actions", HEADINGS, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_drawn_with_its_ways_on() {
        let html = |machine| ways_on(machine).to_html().replace("<!>", "");
        let bundles = html("Bundles");
        for stage in BundleStage::ALL.iter().filter(|stage| **stage != BundleStage::Published) {
            let tag = format!("<dt><span class=\"tag state--{stage}\">");
            assert_eq!(bundles.matches(&tag).count(), 1, "{stage}: {bundles}");
        }
        assert!(bundles.contains("Submit: <span class=\"tag state--ready_for_review\">"), "{bundles}");
        assert!(bundles.contains("Delete: it is gone") && bundles.contains("edit: it stays so"), "{bundles}");
        assert!(html("Versions").contains("Archive: <span class=\"tag state--archived\">"));
    }
}
