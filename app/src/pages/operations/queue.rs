//! The publish queue with hands: watch, hold, and publish now.

use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::bundle::{Bundle, BundleKind, BundleStage};
use domain::operations::QueueDesk as Data;
use domain::policy::Permission;
use domain::views::QueueEntry;
use leptos::prelude::*;
use rpc::Visit;

use super::{look_again, queue_pause};
use crate::components::form::{Form, hidden};
use crate::components::portal::{counted, empty, moment, object_header, panel, peak_warning, queue_region, state_tag};
use crate::layout::portal::{Section, Shown, portal};
use crate::pages::admin::{again_in, lateness_words, missing_releases, public_reason, queue_words};

/// What is scheduled or being published, soonest first, and what was approved without an instant.
#[component]
pub fn QueueDesk() -> impl IntoView {
    let load = async { Ok((rpc::live::queue_mark().await?, rpc::operations::queue_desk_read().await?)) };
    portal(Section::OpsQueue, load, |(mark, data), visit| shown(mark, &data, visit))
}

fn shown(mark: String, data: &Data, visit: &Visit) -> Shown {
    let total = data.queue.total_count;
    let meta = view! { <span>{total}" waiting"</span><span>"the runbook warns above 10"</span>{moment(data.now, "")} };
    let is_paused = data.switch.paused().is_some();
    let list = if data.queue.items.is_empty() {
        let link = Some(("Bundles that are approved", "/admin/bundles?state=approved"));
        empty("Nothing is waiting to be published", "Bundles appear here once an approver has scheduled them.", link)
    } else {
        let items: Vec<AnyView> = data
            .queue
            .items
            .iter()
            .enumerate()
            .map(|(n, entry)| item(n, entry, (data.now, is_paused), visit))
            .collect();
        view! { <ol class="desk-list">{items}</ol> }.into_any()
    };
    let content = view! {
        {object_header("", "Publish queue", meta.into_any(), Some(look_again("/ops/queue")))}
        {queue_pause::switch(data, visit)}
        {list}
        <div class="panels">{missing_releases(&data.missing)}{approved(data, visit)}</div>
    };
    let again = again_in(&data.queue.items, is_paused);
    let content = queue_region(mark, queue_words(&data.queue.items), again, content.into_any());
    Shown::new("Publish queue", content).under("Operations", "/ops")
}

fn item(n: usize, entry: &QueueEntry, (now, is_paused): (DateTime<Utc>, bool), visit: &Visit) -> AnyView {
    let bundle = &entry.bundle;
    let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
    let watch = format!("{href}/publication");
    let due = bundle.state.schedule().map(|schedule| moment(schedule.publication_date, ""));
    let lease = entry.lease.as_ref().map(|(node, until)| {
        let node = node.clone();
        view! { <span>"held by "<code>{node}</code>" until "{moment(*until, "")}</span> }
    });
    let late = (entry.lateness_ms > 5_000 && bundle.stage() == BundleStage::Scheduled)
        .then(|| view! { <a href="/ops/failures">"It is overdue: look into it"</a> });
    let tries = (bundle.attempts > 0).then(|| view! { <span>{bundle.attempts}" tries"</span> });
    view! {
        <li class="desk-item" id=item_id(bundle)>
            <p class="desk-item__title"><span class="muted">{n + 1}". "</span><a href=href>{title.clone()}</a>" "{state_tag(bundle.stage().as_str())}</p>
            <p class="meta">
                {due}<span>{lateness_words(entry.lateness_ms)}</span><span>{counted(bundle.item_count, "item")}</span>{tries}{lease}
                <a href=watch>"Watch"<span class="visually-hidden">" the publication of "{title}</span></a>{late}
            </p>
            {actions(bundle, (now, is_paused), visit)}
        </li>
    }
    .into_any()
}

/// By which a bundle is found again where the queue is drawn anew.
fn item_id(bundle: &Bundle) -> String {
    format!("queued-{}", bundle.id)
}

pub(super) fn may(visit: &Visit, permission: Permission) -> bool {
    visit.caller.as_ref().is_some_and(|caller: &Caller| caller.may(permission))
}

/// Holding and publishing now, each behind a form with its reason; nothing is published by hand while the queue is paused.
fn actions(bundle: &Bundle, (now, is_paused): (DateTime<Utc>, bool), visit: &Visit) -> AnyView {
    let waits = matches!(bundle.stage(), BundleStage::Scheduled | BundleStage::Approved);
    if !waits {
        return ().into_any();
    }
    let hold = (bundle.stage() == BundleStage::Scheduled && may(visit, Permission::BundlesCancel))
        .then(|| hold(bundle, visit));
    let at_once = (!is_paused && may(visit, Permission::BundlesPublish)).then(|| run_now(bundle, now, visit));
    view! { <div class="check__actions">{moving(bundle, visit)}{hold}{at_once}</div> }.into_any()
}

/// The way to another instant, for who gives them; a place in the queue is an instant.
fn moving(bundle: &Bundle, visit: &Visit) -> Option<AnyView> {
    let moves = bundle.details.kind == BundleKind::Scheduled && may(visit, Permission::BundlesApprove);
    moves.then(|| {
        let words = if bundle.stage() == BundleStage::Scheduled { "Move" } else { "Give it a time" };
        let (href, title) = (format!("{}#schedule", bundle.admin_path()), bundle.details.title.clone());
        view! { <a class="link-button" href=href>{words}<span class="visually-hidden">": "{title}</span></a> }
            .into_any()
    })
}

fn hold(bundle: &Bundle, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "operations/hold").where_is("id", &bundle.id);
    let (open, title) = (form.was_refused(), bundle.details.title.clone());
    view! {
        <details class="details" open=open>
            <summary>"Hold"<span class="visually-hidden">": "{title}</span></summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", &bundle.id)}{hidden("revision", bundle.revision)}
                {form.field("reason", "Reason").hint("It loses its instant and stays approved. An approver gives it a new one.").textarea()}
                <button class="button button--warning">"Hold it"</button>
            </form>
        </details>
    }
    .into_any()
}

fn run_now(bundle: &Bundle, now: DateTime<Utc>, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "operations/run-now").where_is("id", &bundle.id);
    let (open, title) = (form.was_refused(), bundle.details.title.clone());
    let hint = format!("Type {title} to confirm: everything in it becomes public at once, and cannot be called back.");
    let reason = reason_hint(bundle.details.kind);
    view! {
        <details class="details" open=open>
            <summary>"Publish now"<span class="visually-hidden">": "{title}</span></summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", &bundle.id)}{hidden("revision", bundle.revision)}
                {peak_warning(now, &visit.office.times)}
                {form.field("title", "Title of the bundle").hint(hint).autocomplete("off").input()}
                {form.field("reason", "Reason").hint(reason).textarea()}
                {public_reason(&form)}
                <button class="button button--warning">"Publish now"</button>
            </form>
        </details>
    }
    .into_any()
}

/// When a bundle is published by hand: one that never has an instant always is.
const fn reason_hint(kind: BundleKind) -> &'static str {
    match kind {
        BundleKind::Manual => {
            "The usual way for a bundle that is published by hand. The reason is kept in the history."
        }
        BundleKind::Scheduled => "For emergencies. The reason is kept in the history.",
    }
}

fn approved(data: &Data, visit: &Visit) -> AnyView {
    let items: Vec<AnyView> = data
        .approved
        .iter()
        .map(|bundle| {
            let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
            view! {
                <li class="desk-item" id=item_id(bundle)>
                    <p class="desk-item__title"><a href=href>{title}</a></p>
                    <p class="meta"><span>{bundle.details.kind.to_string()}</span><span>{counted(bundle.item_count, "item")}</span></p>
                    {actions(bundle, (data.now, data.switch.paused().is_some()), visit)}
                </li>
            }
            .into_any()
        })
        .collect();
    let content = if items.is_empty() {
        view! { <p class="muted">"No approved bundle waits for an instant."</p> }.into_any()
    } else {
        view! { <ul class="desk-list">{items}</ul> }.into_any()
    };
    panel("Approved, without an instant", true, None, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_publish_by_hand_is_an_emergency_only_where_an_instant_is_given() {
        assert!(reason_hint(BundleKind::Scheduled).starts_with("For emergencies."));
        assert!(!reason_hint(BundleKind::Manual).contains("emergencies"));
    }
}
