//! Conditions that open no incident for a time: the form beside each, and those that are silenced with the way back.

use domain::operations::{AlertDesk, Condition, LONGEST_SILENCE, Silence, key_of, titled};
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, moment, panel, table};

fn operates(visit: &Visit) -> bool {
    visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate))
}

/// That a condition is silenced, or the form that silences it; nothing for what opens no incident, and for who may not.
pub(super) fn silencing(condition: Condition, subject: &str, desk: &AlertDesk, visit: &Visit) -> AnyView {
    if !condition.rule().opens {
        return ().into_any();
    }
    if desk.silences.iter().any(|silence| silence.covers(condition, subject)) {
        return view! { <span class="tag tag--plain">"Silenced"</span> }.into_any();
    }
    if !operates(visit) {
        return ().into_any();
    }
    let key = key_of(condition, subject);
    let form = Form::of(visit, "incidents/silence").where_is("key", &key);
    let (open, about) = (form.was_refused(), format!(": {}", titled(condition, subject)));
    let hint = format!("From 1 to {LONGEST_SILENCE}. The silence ends by itself.");
    let why =
        "It opens no incident meanwhile, on any node, and so alerts nobody. The reason is kept in the audit trail.";
    view! {
        <details class="details" open=open>
            <summary>"Silence"<span class="visually-hidden">{about}</span></summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("key", key)}
                {form.field("hours", "Hours").short().value("1").hint(hint).input()}
                {form.field("reason", "Reason").hint(why).input()}
                <button class="button button--warning">"Silence it"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Those that are silenced, each with the way back; nothing where there are none.
pub(super) fn silenced(desk: &AlertDesk, visit: &Visit) -> Option<AnyView> {
    (!desk.silences.is_empty()).then(|| {
        let headings = [("Condition", false), ("Reason", false), ("Until", false), ("By", false), ("", false)];
        let rows = desk.silences.iter().map(|silence| row(silence, operates(visit))).collect();
        let list = table("Silenced conditions", "silences-table", &headings, rows);
        view! { <div id="silenced" class="panel--wide">{panel("Silenced", true, None, list)}</div> }.into_any()
    })
}

fn row(silence: &Silence, operates: bool) -> AnyView {
    let (title, reason, by) = (silence.title(), silence.reason.clone(), silence.silenced_by.clone());
    let back = operates.then(|| {
        let back = Confirmed {
            words: "Alert again",
            about: &title,
            note: "It opens an incident at once if it still holds.",
            action: "/rpc/incidents/unsilence",
            fields: hidden("key", silence.key()),
        };
        back.view()
    });
    view! {
        <tr>
            <th scope="row">{title.clone()}</th>
            <td class="wrap-cell">{reason}</td>
            <td>{moment(silence.until, "")}</td>
            <td>{by}<span class="table__sub">{moment(silence.silenced_at, "")}</span></td>
            <td>{back}</td>
        </tr>
    }
    .into_any()
}
