//! Guided recovery: what failed, which of the runbook's five root causes it is, what shows it, and the fix as a button.

use domain::operations::{Casualty, RootCause};
use leptos::prelude::*;
use rpc::Visit;

use super::failure::casualty;
use super::look_again;
use crate::components::portal::{empty, object_header, panel};
use crate::layout::portal::{Section, Shown, portal};

/// The publications that need somebody.
#[component]
pub fn Failures() -> impl IntoView {
    portal(Section::OpsFailures, rpc::operations::casualties(), |data, visit| shown(&data, visit))
}

fn shown(data: &[Casualty], visit: &Visit) -> Shown {
    let noun = if data.len() == 1 { "publication needs" } else { "publications need" };
    let meta = view! { <span>{data.len()}" "{noun}" somebody"</span> }.into_any();
    let list = if data.is_empty() {
        empty("Nothing failed", "No publication failed, is overdue, or waits for a receiver that was given up.", None)
    } else {
        let items: Vec<AnyView> = data.iter().map(|one| casualty(one, visit)).collect();
        view! { <div class="stack">{items}</div> }.into_any()
    };
    let content = view! {
        {object_header("", "Guided recovery", meta, Some(look_again("/ops/failures")))}
        {list}
        <div class="panels">{causes(data)}</div>
    };
    Shown::new("Guided recovery", content.into_any()).under("Operations", "/ops")
}

/// The runbook's table of root causes, with how many are found now.
fn causes(data: &[Casualty]) -> AnyView {
    let rows: Vec<AnyView> = RootCause::ALL
        .iter()
        .map(|cause| {
            let found = data.iter().filter(|one| one.findings.iter().any(|finding| finding.cause == *cause)).count();
            let (modifier, note) =
                if found > 0 { ("fail", format!("{found} now")) } else { ("pass", "not found".to_owned()) };
            view! {
                <li class=format!("check check--{modifier}")>
                    <span class="check__text"><strong>{cause.title()}</strong>": "{cause.resolution()}</span>
                    <span class="check__note">{note}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let list = view! { <ul class="checklist">{rows}</ul> };
    panel("The five root causes", true, Some(("Runbook", "/ops/runbook")), list.into_any())
}
