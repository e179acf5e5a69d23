//! Receivers: whether each is called, what is owed to it, and having it tried again or left out.

use chrono::{DateTime, Utc};
use domain::delivery::{CircuitState, Sink};
use domain::operations::{Integrations as Data, LastCalls, OwedDelivery, ReceiverSight};
use domain::page::Page;
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::{page_number, query};
use super::{look_again, span_words};
use crate::components::form::{Form, hidden};
use crate::components::portal::{desk_region, empty, moment, object_header, pagination, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// The receivers of what follows from publications.
#[component]
pub fn Integrations() -> impl IntoView {
    let (ask, page) = (query("ask"), page_number());
    let load = async move { Ok((rpc::live::desk_mark().await?, rpc::operations::integrations_read(ask, page).await?)) };
    portal(Section::OpsIntegrations, load, |(mark, data), visit| shown(mark, &data, visit))
}

fn shown(mark: String, data: &Data, visit: &Visit) -> Shown {
    let may = |permission| visit.caller.as_ref().is_some_and(|caller| caller.may(permission));
    let (operates, publishes) = (may(Permission::SystemOperate), may(Permission::BundlesPublish));
    let open: u64 = data.receivers.iter().map(|receiver| receiver.open).sum();
    let meta = view! { <span>{open}" owed"</span><span>{data.owed.total_count}" failing"</span>{moment(data.now, "")} }
        .into_any();
    let headings = [
        ("Receiver", false),
        ("Circuit", false),
        ("Owed", true),
        ("Oldest", true),
        ("Given up", true),
        ("Action", false),
    ];
    let rows = data.receivers.iter().map(|receiver| row(receiver, data.now, operates, visit)).collect();
    let owed = if data.owed.items.is_empty() {
        empty("Nothing fails", "What could not be delivered is listed here until it is done or left out.", None)
    } else {
        let may_act =
            |owed: &OwedDelivery| if owed.is_alone { operates } else { publishes && owed.bundle_id.is_some() };
        let items: Vec<AnyView> = data.owed.items.iter().map(|owed| item(owed, may_act(owed), visit)).collect();
        let Page { total_count, limit, offset, .. } = data.owed;
        let pages = pagination(total_count, limit, offset, |n| format!("/ops/integrations?page={n}"));
        view! { <ul class="checklist">{items}</ul>{pages} }.into_any()
    };
    let said = format!("Integrations: {open} owed, {} failing.", data.owed.total_count);
    let content = view! {
        {object_header("", "Integrations", meta, Some(look_again("/ops/integrations")))}
        {data.asked.as_ref().map(answer)}
        {table("Receivers", "receivers-table", &headings, rows)}
        <div class="panels">{panel("Failing deliveries", true, None, owed)}</div>
    };
    // Who asked a receiver asked once: a page that draws itself anew would ask it again and again.
    let content = match &data.asked {
        Some(_) => content.into_any(),
        None => desk_region(mark, said, content.into_any()),
    };
    Shown::new("Integrations", content).under("Operations", "/ops")
}

fn answer((sink, found): &(Sink, Result<(), String>)) -> AnyView {
    let (class, words) = match found {
        Ok(()) => ("banner banner--success", format!("{} is up.", sink.title())),
        Err(error) => ("banner banner--error", format!("{} is down: {error}.", sink.title())),
    };
    view! { <section class=class role="status" aria-label="Answer"><p>{words}</p></section> }.into_any()
}

fn row(receiver: &ReceiverSight, now: DateTime<Utc>, operates: bool, visit: &Visit) -> AnyView {
    let sink = receiver.sink;
    let (tag, words) = match receiver.circuit {
        None => ("tag tag--plain", "Inside"),
        Some(CircuitState::Closed) => ("tag state--published", "Called"),
        Some(CircuitState::HalfOpen) => ("tag state--scheduled", "Tried"),
        Some(CircuitState::Open) => ("tag state--failed", "Left in peace"),
    };
    let oldest = receiver.oldest.filter(|_| receiver.open > 0).map(|at| span_words((now - at).num_seconds()));
    let ask = sink.is_remote().then(|| {
        let href = format!("/ops/integrations?ask={sink}");
        view! { <a class="link-button" href=href>"Ask it"<span class="visually-hidden">": "{sink.title()}</span></a> }
    });
    let closes = operates && receiver.circuit.is_some_and(|circuit| circuit != CircuitState::Closed);
    let close = closes.then(|| {
        view! {
            <form method="post" action="/rpc/operations/close-circuit">
                {hidden("receiver", sink)}
                <button class="link-button">"Call it again"<span class="visually-hidden">": "{sink.title()}</span></button>
            </form>
        }
    });
    let opens = operates && receiver.circuit == Some(CircuitState::Closed) && sink != Sink::Letter;
    let open = opens.then(|| leave_in_peace(sink, visit));
    let held = receiver.held.as_ref().map(|hold| {
        let (by, reason) = (hold.by.clone(), hold.reason.clone());
        view! { <span class="table__sub">"By "{by}" until "{moment(hold.until, "")}": "{reason}</span> }
    });
    view! {
        <tr>
            <th scope="row">{sink.title()}{last_calls(&receiver.calls)}</th>
            <td><span class=tag>{words}</span>{held}</td>
            <td class="num">{receiver.open}</td>
            <td class="num">{oldest}</td>
            <td class="num">{receiver.given_up}</td>
            <td>{ask}{close}{open}</td>
        </tr>
    }
    .into_any()
}

/// How its last calls ended, as this node saw them.
fn last_calls(calls: &LastCalls) -> AnyView {
    let taken = calls.taken.map(|at| view! { <span class="table__sub">"Took a delivery "{moment(at, "")}</span> });
    let failed = calls.failed.clone().map(|(at, error)| {
        view! { <span class="table__sub">"Failed "{moment(at, "")}": "{error}</span> }
    });
    view! { {taken}{failed} }.into_any()
}

/// Leaving a receiver in peace by hand, with its reason.
fn leave_in_peace(sink: Sink, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "operations/open-circuit").where_is("receiver", sink.as_str());
    let (open, title) = (form.was_refused(), sink.title());
    let letters =
        (sink == Sink::Email).then(|| view! { <p>"Invitations and links to new passwords go out all the same."</p> });
    view! {
        <details class="details" open=open>
            <summary>"Leave in peace"<span class="visually-hidden">": "{title}</span></summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("receiver", sink)}
                {letters}
                {form.field("hours", "Hours").short().value("1").hint("From 1 to 72. What is owed waits, and goes out afterwards.").input()}
                {form.field("reason", "Reason").hint("On this node, until it is started again. The reason is kept in the audit trail.").input()}
                <button class="button button--warning">"Leave in peace"</button>
            </form>
        </details>
    }
    .into_any()
}

fn item(owed: &OwedDelivery, may_act: bool, visit: &Visit) -> AnyView {
    let step = &owed.step;
    let title = Sink::parse(&owed.kind).map_or_else(|| owed.kind.clone(), |sink| sink.title().to_owned());
    let name = step.name.clone();
    let error = step.last_error.clone().map(|error| view! { <span class="table__sub">{error}</span> });
    let next = step.next_attempt_at.map(|at| view! { <span class="table__sub">"Next try "{moment(at, "")}</span> });
    let given_up = step.given_up_at.map(|at| view! { <span class="table__sub">"Given up "{moment(at, "")}</span> });
    let bundle = owed.bundle_id.clone().map(|id| {
        let href = format!("/admin/bundles/{id}");
        view! { " "<a href=href>"Its bundle"</a> }
    });
    let actions = may_act.then(|| actions(owed, visit));
    let modifier = if step.given_up_at.is_some() { "fail" } else { "warn" };
    view! {
        <li class=format!("check check--{modifier}")>
            <div class="check__text"><strong>{title}</strong>": "{name}{bundle}{error}{next}{given_up}</div>
            <span class="check__note">{step.attempts}" tries"</span>
            {actions}
        </li>
    }
    .into_any()
}

/// What an operator may do about a delivery: as a step of its bundle, or where it follows from none by itself.
fn actions(owed: &OwedDelivery, visit: &Visit) -> AnyView {
    let step = &owed.step;
    let (replay, form, sent) = match &owed.bundle_id {
        Some(bundle) => (
            "/rpc/bundles/replay-step",
            Form::of(visit, "bundles/skip-step").where_is("step", &step.id),
            vec![("id", bundle.clone()), ("step", step.id.clone())],
        ),
        None => (
            "/rpc/operations/replay-delivery",
            Form::of(visit, "operations/skip-delivery").where_is("id", &step.id),
            vec![("id", step.id.clone())],
        ),
    };
    let fields = || sent.iter().map(|(name, value)| hidden(name, value)).collect::<Vec<AnyView>>();
    let (open, name) = (form.was_refused(), step.name.clone());
    // What was recalled or archived has no copy in the public bucket only once this is done.
    let stays = (owed.is_alone && owed.kind == Sink::PublicCopy.as_str())
        .then(|| view! { <p>"Copies of recalled or archived files may then stay in the public bucket."</p> });
    view! {
        <div class="check__actions">
            <form method="post" action=replay>
                {fields()}
                <button class="link-button">"Try again now"<span class="visually-hidden">": "{name.clone()}</span></button>
            </form>
            <details class="details" open=open>
                <summary>"Leave it out"<span class="visually-hidden">": "{name}</span></summary>
                <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                    {fields()}
                    {stays}
                    {form.field("reason", "Reason").hint("It is not tried any more. The reason is kept in the history.").input()}
                    <button class="button button--warning">"Leave it out"</button>
                </form>
            </details>
        </div>
    }
    .into_any()
}
