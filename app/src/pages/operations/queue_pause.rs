//! The whole publish queue, paused or going on: since when, by whom and why, what waits meanwhile, and the button for the other.

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, BundleStage};
use domain::office::{QueuePause, QueueSwitch};
use domain::operations::QueueDesk as Data;
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use super::queue::may;
use crate::components::form::{Form, hidden};
use crate::components::portal::moment;

/// So many of the bundles that wait are named.
const NAMED: usize = 20;

/// Loudly that no bundle is published, with the way to go on; or the way to pause everything.
pub(super) fn switch(data: &Data, visit: &Visit) -> AnyView {
    let operates = may(visit, Permission::SystemOperate);
    match data.switch.paused() {
        Some(pause) => paused(pause, data, operates.then(|| resume(&data.switch, visit))),
        None if operates => pause(&data.switch, visit),
        None => ().into_any(),
    }
}

fn paused(pause: &QueuePause, data: &Data, form: Option<AnyView>) -> AnyView {
    let (by, reason) = (pause.by.clone(), pause.reason.clone());
    let ask = form.is_none().then(|| view! { <p>"An operator resumes it: it needs the right system:operate."</p> });
    view! {
        <section class="banner banner--error" id="queue-paused">
            <h2 class="banner__title">"The whole queue is paused"</h2>
            <p>"Since "{moment(pause.since, "")}", by "{by}". No bundle is published on any node, neither at its instant nor by hand."</p>
            <p>"Reason: "{reason}</p>
            {waiting(data)}
            {form}{ask}
        </section>
    }
    .into_any()
}

/// What is due already, and what comes next.
fn waiting(data: &Data) -> AnyView {
    let bundles = || data.queue.items.iter().map(|entry| &entry.bundle);
    let overdue: Vec<&Bundle> = bundles().filter(|bundle| is_overdue(bundle, data.now)).collect();
    let next = bundles().find(|bundle| due(bundle).is_some_and(|at| at > data.now));
    let next = next.map(|bundle| {
        let title = bundle.details.title.clone();
        view! { <p>"Next comes "{title}{due(bundle).map(|at| view! { ", due "{moment(at, "")} })}"."</p> }
    });
    if overdue.is_empty() {
        return view! { <p>"Nothing is overdue yet."</p>{next} }.into_any();
    }
    let more = overdue.len().saturating_sub(NAMED);
    let named: Vec<AnyView> = overdue
        .into_iter()
        .take(NAMED)
        .map(|bundle| {
            let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
            let at = due(bundle).map(|at| view! { ", due "{moment(at, "")} });
            view! { <li><a href=href>{title}</a>{at}</li> }.into_any()
        })
        .chain((more > 0).then(|| view! { <li>{format!("and {more} more")}</li> }.into_any()))
        .collect();
    view! { <p>"Due meanwhile, and published at once when it is resumed:"</p><ul>{named}</ul>{next} }.into_any()
}

fn due(bundle: &Bundle) -> Option<DateTime<Utc>> {
    bundle.state.schedule().map(|schedule| schedule.publication_date)
}

/// Whether a bundle would be public by now, or is to be at once.
fn is_overdue(bundle: &Bundle, now: DateTime<Utc>) -> bool {
    due(bundle).is_some_and(|at| at <= now) || bundle.stage() == BundleStage::Publishing
}

fn pause(switch: &QueueSwitch, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "operations/pause-queue");
    let open = form.was_refused();
    let hint = format!(
        "Type {} to confirm: no bundle is published on any node until it is resumed, whatever is due.",
        QueueSwitch::PAUSE
    );
    view! {
        <details class="details" id="pause-queue" open=open>
            <summary>"Pause the whole queue"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("revision", switch.revision)}
                {form.field("confirmation", "Confirmation").hint(hint).autocomplete("off").input()}
                {form.field("reason", "Reason").hint("Everybody in the portal reads it; the audit trail keeps it.").input()}
                <button class="button button--warning">"Pause the queue"</button>
            </form>
        </details>
    }
    .into_any()
}

fn resume(switch: &QueueSwitch, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "operations/resume-queue");
    let hint = format!(
        "Type {} to confirm: what is overdue becomes public at once, and cannot be called back.",
        QueueSwitch::RESUME
    );
    view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {hidden("revision", switch.revision)}
            {form.field("confirmation", "Confirmation").hint(hint).autocomplete("off").input()}
            {form.field("reason", "Reason").hint("The audit trail keeps it.").input()}
            <button class="button button--warning">"Resume the queue"</button>
        </form>
    }
    .into_any()
}
