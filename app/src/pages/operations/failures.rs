//! Guided recovery: what failed, which of the runbook's five root causes it is, what shows it, and the fix as a button.

use domain::operations::{Casualty, RootCause};
use domain::page::Page;
use leptos::prelude::*;
use rpc::Visit;
use rpc::bundles::MADE_READY;

use super::super::administration::page_number;
use super::failure::casualty;
use super::look_again;
use crate::components::portal::{desk_region, empty, object_header, pagination, panel};
use crate::layout::portal::{Section, Shown, portal};

/// The publications that need somebody.
#[component]
pub fn Failures() -> impl IntoView {
    let page = page_number();
    let load = async move { Ok((rpc::live::desk_mark().await?, rpc::operations::casualties(page).await?)) };
    portal(Section::OpsFailures, load, |(mark, data), visit| shown(mark, &data, visit))
}

fn shown(mark: String, data: &Page<Casualty>, visit: &Visit) -> Shown {
    let total = data.total_count;
    let noun = if total == 1 { "publication needs" } else { "publications need" };
    let meta = view! { <span>{total}" "{noun}" somebody"</span> }.into_any();
    let list = if data.items.is_empty() {
        empty("Nothing failed", "No publication failed, is overdue, or waits for a receiver that was given up.", None)
    } else {
        let items: Vec<AnyView> = data.items.iter().map(|one| casualty(one, visit)).collect();
        view! { <div class="stack">{items}</div> }.into_any()
    };
    let pages = pagination(total, data.limit, data.offset, |n| format!("/ops/failures?page={n}"));
    let said = format!("Guided recovery: {total} {noun} somebody.");
    let content = view! {
        {object_header("", "Guided recovery", meta, Some(look_again("/ops/failures")))}
        {list}{pages}
        <div class="panels">{causes(data)}</div>
    };
    // What was just done is told once: what is drawn anew does not hold it any more.
    let content = view! { {made_ready(visit)}{desk_region(mark, said, content.into_any())} };
    Shown::new("Guided recovery", content.into_any()).under("Operations", "/ops")
}

/// The way to a bundle that was just made ready for another try and has no instant: no list here holds it any more.
fn made_ready(visit: &Visit) -> Option<AnyView> {
    let flash = visit.flash.as_ref().filter(|flash| flash.form == MADE_READY && flash.refusal.is_none())?;
    let kept = |name: &str| flash.values.get(name)?.first().cloned();
    let (title, href) = (kept("title")?, kept("bundle").map(|id| format!("/admin/bundles/{id}"))?);
    let schedule = format!("{href}#schedule");
    Some(
        view! {
            <section class="banner banner--warning" id="made-ready">
                <p><a href=href>{title}</a>" still needs a time: "<a href=schedule>"Give it one"</a>", or have an approver do so. Until then it is not published."</p>
            </section>
        }
        .into_any(),
    )
}

/// The runbook's table of root causes, with how many are found now among the publications on the page.
fn causes(data: &Page<Casualty>) -> AnyView {
    let here = if data.items.len() as u64 == data.total_count { "now" } else { "on this page" };
    let rows: Vec<AnyView> = RootCause::ALL
        .iter()
        .map(|cause| {
            let has = |one: &&Casualty| {
                let checks = &one.progress.checks;
                one.findings.iter().any(|finding| finding.cause == *cause && !finding.is_over(checks))
            };
            let found = data.items.iter().filter(has).count();
            let (modifier, note) = match (found, here) {
                (0, "now") => ("pass", "not found".to_owned()),
                (0, _) => ("pass", format!("none {here}")),
                _ => ("fail", format!("{found} {here}")),
            };
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
