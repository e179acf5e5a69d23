//! What follows from a publication, or was told of one that failed: each step with what became of it, and what an operator can do.

use domain::views::{BundlePage, Step};
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{moment, panel, state_words};

/// The steps, where there are any.
pub(super) fn deliveries(page: &BundlePage, visit: &Visit) -> AnyView {
    if page.steps.is_empty() {
        return ().into_any();
    }
    let owed = page.steps.iter().filter(|step| step.is_owed()).count();
    let is_public = page.bundle.state.published_at().is_some();
    // What a try that failed told people of is no sign that anything was published.
    let title = if is_public { "Steps after publication" } else { "Deliveries" };
    let summary = match (owed, is_public) {
        (0, true) => "Everything has been done.".to_owned(),
        (0, false) => {
            "It is not public. What was to be told of it until now was told; what follows publication is still to come."
                .to_owned()
        }
        (1, true) => "One step is still owed.".to_owned(),
        (many, true) => format!("{many} steps are still owed."),
        (1, false) => "It is not public. One message about it is still owed.".to_owned(),
        (many, false) => format!("It is not public. {many} messages about it are still owed."),
    };
    let items: Vec<AnyView> = page.steps.iter().map(|step| item(step, page, visit)).collect();
    let content = view! { <p class="muted">{summary}</p><ul class="checklist">{items}</ul> };
    panel(title, false, None, content.into_any())
}

fn item(step: &Step, page: &BundlePage, visit: &Visit) -> AnyView {
    let modifier = mark_of(step);
    let name = title(&step.name);
    let error = step.last_error.clone().filter(|_| step.state != "done");
    let error = error.map(|error| view! { <span class="table__sub">{error}</span> });
    let reason = step.skip_reason.clone().map(|reason| view! { <span class="table__sub">"Left out: "{reason}</span> });
    let next = step.next_attempt_at.map(|at| view! { <span class="table__sub">"Next try "{moment(at, "")}</span> });
    let given_up = step.given_up_at.filter(|_| step.is_owed());
    let given_up = given_up.map(|at| view! { <span class="table__sub">"Given up "{moment(at, "")}</span> });
    let blocking = (step.blocking && step.is_owed())
        .then(|| view! { <span class="table__sub">"Publications wait for this."</span> });
    let note = if step.attempts > 1 { format!("{}, {} tries", step.state, step.attempts) } else { step.state.clone() };
    // What was noted ahead of the publication was never tried and holds nothing that could be told afterwards.
    let undoes = step.state == "skipped" && (step.attempts > 0 || page.bundle.state.published_at().is_none());
    let undo = (page.can_operate && undoes).then(|| after_all(step, page, visit));
    let actions = (page.can_operate && step.is_owed()).then(|| actions(step, page, visit));
    view! {
        <li class=format!("check check--{modifier}")>
            <div class="check__text">{name}{error}{reason}{next}{given_up}{blocking}</div>
            <span class="check__note">{note}</span>
            {actions}{undo}
        </li>
    }
    .into_any()
}

/// The sign of a step's state.
pub(super) fn mark_of(step: &Step) -> &'static str {
    match step.state.as_str() {
        "done" => "pass",
        "failed" => "fail",
        "running" => "running",
        "skipped" => "warn",
        _ => "pending",
    }
}

/// The name in words: what it is for comes after the first colon.
pub(super) fn title(name: &str) -> String {
    match name.split_once(':') {
        Some((kind, whom)) => format!("{}: {}", state_words(kind), whom.replace(':', ", ")),
        None => state_words(name),
    }
}

/// Has a step done that was left out.
fn after_all(step: &Step, page: &BundlePage, visit: &Visit) -> AnyView {
    let (form, name) = (Form::of(visit, "bundles/replay-step").where_is("step", &step.id), title(&step.name));
    view! {
        <div class="check__actions">
            <form method="post" action=form.action()>
                {hidden("id", &page.bundle.id)}{hidden("step", &step.id)}
                <button class="link-button">"Do it after all"<span class="visually-hidden">": "{name}</span></button>
            </form>
        </div>
    }
    .into_any()
}

fn actions(step: &Step, page: &BundlePage, visit: &Visit) -> AnyView {
    let name = format!(" {}", title(&step.name));
    let again = (step.state == "failed").then(|| {
        let form = Form::of(visit, "bundles/replay-step").where_is("step", &step.id);
        view! {
            <form method="post" action=form.action()>
                {hidden("id", &page.bundle.id)}{hidden("step", &step.id)}
                <button class="link-button">"Try again now"<span class="visually-hidden">":"{name.clone()}</span></button>
            </form>
        }
    });
    let form = Form::of(visit, "bundles/skip-step").where_is("step", &step.id);
    let open = form.was_refused();
    view! {
        <div class="check__actions">
        {again}
        <details class="details" open=open>
            <summary>"Leave it out"<span class="visually-hidden">":"{name}</span></summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", &page.bundle.id)}{hidden("step", &step.id)}
                {form.field("reason", "Reason").hint("It is not tried any more. The reason is kept in the history.").textarea()}
                <button class="button button--warning">"Leave it out"</button>
            </form>
        </details>
        </div>
    }
    .into_any()
}
