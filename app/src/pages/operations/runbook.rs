//! The living runbook: its procedures with the values of now, and the page that does each step.

use domain::operations::{IncidentSeverity, Overview as Data};
use leptos::prelude::*;

use super::runbook_steps::{PROCEDURES, Procedure, Step, value};
use super::{health_tag, look_again};
use crate::components::portal::{copy_button, copying, moment, object_header, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// The runbook.
#[component]
pub fn Runbook() -> impl IntoView {
    portal(Section::OpsRunbook, rpc::operations::overview_read(), |data, visit| shown(&data, &visit.site))
}

fn shown(data: &Data, site: &str) -> Shown {
    let meta = view! { {health_tag(data.standing())}<span>"values of "{moment(data.now, "")}</span> };
    let contents: Vec<AnyView> = PROCEDURES
        .iter()
        .map(|procedure| {
            let href = format!("#{}", procedure.id);
            view! { <li><a href=href>{procedure.title}</a></li> }.into_any()
        })
        .collect();
    let procedures: Vec<AnyView> = PROCEDURES.iter().map(|one| procedure(one, data, site)).collect();
    let content = view! {
        {object_header("", "Runbook", meta.into_any(), Some(look_again("/ops/runbook")))}
        <nav aria-label="Procedures"><ul>{contents}<li><a href="#escalation">"Escalation"</a></li></ul></nav>
        <div class="panels">{procedures}{escalation()}</div>
        {copying()}
    };
    Shown::new("Runbook", content.into_any()).under("Operations", "/ops")
}

fn procedure(procedure: &Procedure, data: &Data, site: &str) -> AnyView {
    let id = |n: usize| format!("command-{}-{}", procedure.id, n + 1);
    let steps: Vec<AnyView> =
        procedure.steps.iter().enumerate().map(|(n, one)| step(one, &id(n), data, site)).collect();
    let content = view! { <p>{procedure.when}</p><ol class="desk-list">{steps}</ol> };
    view! { <div id=procedure.id class="panel--wide">{panel(procedure.title, true, None, content.into_any())}</div> }
        .into_any()
}

/// A step with its live value, the page that does it, and its command for this site under this id.
fn step(step: &Step, id: &str, data: &Data, site: &str) -> AnyView {
    let now = value(step.live, data).map(|value| view! { <span>"Now: "<strong>{value}</strong></span> });
    let page = (!step.page.is_empty()).then(|| view! { <a href=step.page>"Do it here"</a> });
    let command = (!step.command.is_empty()).then(|| {
        view! {
            <pre class="command" tabindex="0"><code id=id.to_owned()>{step.command_at(site)}</code></pre>
            {copy_button(id, step.what)}
        }
    });
    view! {
        <li class="desk-item">
            <p class="desk-item__title">{step.what}</p>
            <p class="meta">{now}{page}</p>
            {command}
        </li>
    }
    .into_any()
}

fn escalation() -> AnyView {
    let rows = IncidentSeverity::ALL
        .iter()
        .map(|severity| {
            view! {
                <tr>
                    <th scope="row">{severity.title()}</th>
                    <td>{severity.response_words()}</td>
                    <td class="wrap-cell">{severity.when()}</td>
                    <td class="wrap-cell">{severity.escalation()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [("Severity", false), ("Answer within", false), ("When", false), ("Passed on to", false)];
    let list = table("Escalation by severity", "escalation-table", &headings, rows);
    view! { <div id="escalation" class="panel--wide">{panel("Escalation", true, Some(("Alerts and incidents", "/ops/alerts")), list)}</div> }.into_any()
}
