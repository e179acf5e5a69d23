//! Who asks most, and who is let in no more for a time.

use domain::operations::{CallerBlock, CallerSight, LONGEST_BLOCK, LimitsDesk};
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, grouped, moment, panel, table};

/// Hours that are offered to block somebody for.
const HOURS: &str = "24";

fn operates(visit: &Visit) -> bool {
    visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate))
}

/// Those who asked most within this hour and the last, each with a way to block them.
pub(super) fn top(desk: &LimitsDesk, visit: &Visit) -> AnyView {
    let callers = &desk.readings.callers;
    let content = if callers.is_empty() {
        view! { <p class="muted">"Nobody has asked within this hour and the last."</p> }.into_any()
    } else {
        let headings = [("Caller", false), ("Requests", true), ("Refused", true), ("Last asked", false), ("", false)];
        let rows = callers.iter().map(|caller| row(caller, desk, visit)).collect();
        table("Top callers", "callers-table", &headings, rows)
    };
    let content = view! {
        {content}
        <p class="small muted">"Of this node, within this hour and the last. Addresses are told by a hash, tokens by their names; whoever asks by both is counted by both."</p>
    };
    panel("Top callers", true, None, content.into_any())
}

fn row(caller: &CallerSight, desk: &LimitsDesk, visit: &Visit) -> AnyView {
    let title = caller.title();
    let is_blocked = desk.blocks.iter().any(|block| block.subject == caller.subject);
    let tag = is_blocked.then(|| view! { " "<span class="tag state--failed">"Blocked"</span> });
    let step = (operates(visit) && !is_blocked).then(|| block_form(caller, &title, visit));
    view! {
        <tr>
            <th scope="row">{title.clone()}{tag}</th>
            <td class="num">{grouped(caller.requests)}</td>
            <td class="num">{grouped(caller.refused)}</td>
            <td>{moment(caller.last_seen, "")}</td>
            <td>{step}</td>
        </tr>
    }
    .into_any()
}

fn block_form(caller: &CallerSight, title: &str, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "operations/block-caller").where_is("subject", &caller.subject);
    let (open, about) = (form.was_refused(), format!(": {title}"));
    let hint = format!("From 1 to {LONGEST_BLOCK}. The block ends by itself.");
    view! {
        <details class="details" open=open>
            <summary>"Block"<span class="visually-hidden">{about}</span></summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("kind", caller.kind)}{hidden("subject", &caller.subject)}
                {form.field("hours", "Hours").short().value(HOURS).hint(hint).input()}
                {form.field("reason", "Reason").hint("Every request is answered 429 on every node. The reason is kept in the audit trail.").input()}
                <button class="button button--warning">"Block"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Those who are blocked, each with a way to let them in again; nothing where there are none.
pub(super) fn blocked(desk: &LimitsDesk, visit: &Visit) -> AnyView {
    if desk.blocks.is_empty() {
        return ().into_any();
    }
    let headings = [("Caller", false), ("Reason", false), ("Until", false), ("By", false), ("", false)];
    let rows = desk.blocks.iter().map(|block| blocked_row(block, operates(visit))).collect();
    panel("Blocked", true, None, table("Blocked callers", "blocked-table", &headings, rows))
}

fn blocked_row(block: &CallerBlock, operates: bool) -> AnyView {
    let (title, reason, by) = (block.title.clone(), block.reason.clone(), block.blocked_by.clone());
    let unblock = operates.then(|| {
        let unblock = Confirmed {
            words: "Let in again",
            about: &block.title,
            note: "The caller is answered again at once, on every node.",
            action: "/rpc/operations/unblock-caller",
            fields: hidden("subject", &block.subject),
        };
        unblock.view()
    });
    view! {
        <tr>
            <th scope="row">{title}</th>
            <td class="wrap-cell">{reason}</td>
            <td>{moment(block.until, "")}</td>
            <td>{by}<span class="table__sub">{moment(block.blocked_at, "")}</span></td>
            <td>{unblock}</td>
        </tr>
    }
    .into_any()
}
