//! One publication that needs somebody: evidence, the safe next step as a button, and the others with why not.

use domain::bundle::{BundleAction, BundleKind};
use domain::operations::{Casualty, Finding, is_mended, is_over};
use domain::progress::NextStep;
use domain::refusal::Blocker;
use domain::views::Check;
use leptos::prelude::*;
use rpc::Visit;

use super::failure_files;
use crate::components::form::{Form, hidden};
use crate::components::portal::{checklist, moment, panel, state_tag};
use crate::pages::admin::{leave_out_ahead, public_reason, which_hour};

/// The publication with everything that was found of it.
pub(super) fn casualty(one: &Casualty, visit: &Visit) -> AnyView {
    let progress = &one.progress;
    let bundle = &progress.bundle;
    let (id, href) = (format!("bundle-{}", bundle.id), bundle.admin_path());
    let watch = format!("{href}/publication");
    let failure = bundle.state.failure().map(|failure| {
        let message = failure.message.clone();
        view! { <p><strong>{message}</strong></p><p class="meta">"Failed "{moment(failure.at, "")}</p> }
    });
    let findings: Vec<AnyView> = one.findings.iter().map(|found| finding(found, &progress.checks)).collect();
    let checks = (!progress.checks.is_empty()).then(|| {
        view! {
            <details class="details">
                <summary>"Every check as it stands now"</summary>
                <div class="details__body">{checklist(&progress.checks)}</div>
            </details>
        }
    });
    let content = view! {
        <div class="stack">
            <p class="meta">{state_tag(bundle.stage().as_str())}<a href=href>"Bundle"</a><a href=watch>"Its publication"</a></p>
            {failure}
            <p>{progress.course().said()}</p>
            {findings}
            {failure_files::incidents(one)}
            {checks}
            {failure_files::first(one, visit).unwrap_or_else(|| view! { <div class="cluster">{next(one, visit)}</div> }.into_any())}
            {others(one, visit)}
        </div>
    };
    view! { <div id=id>{panel(&bundle.details.title, true, None, content.into_any())}</div> }.into_any()
}

fn finding(finding: &Finding, checks: &[Check]) -> AnyView {
    let items: Vec<AnyView> = finding.evidence.iter().map(|blocker| evidence(blocker, checks)).collect();
    // What is found again needs nobody any more.
    let is_history = finding.is_over(checks);
    let title = if is_history {
        "Files were missing from the storage when it failed".to_owned()
    } else if finding.evidence.iter().all(|blocker| blocker.code == "bytes_missing") {
        // What the runbook counts as this cause says nothing of files.
        format!("Files are missing from the storage ({})", finding.cause.title().to_lowercase())
    } else {
        finding.cause.title().to_owned()
    };
    view! {
        <section class="blockers">
            <h3 class="blockers__title">{title}</h3>
            <ul>{items}</ul>
            {(!is_history).then(|| view! { <p>{finding.cause.resolution()}</p> })}
        </section>
    }
    .into_any()
}

fn evidence(blocker: &Blocker, checks: &[Check]) -> AnyView {
    let then = if is_over(blocker, checks) { " So it was when it failed; the storage has them now." } else { "" };
    let message = format!("{}{then}", blocker.message);
    match blocker.fix_url.clone() {
        Some(href) => {
            let words = if blocker.code == "bytes_missing" { "The file\u{2019}s version" } else { "Mend it" };
            view! { <li>{message}" "<a href=href>{words}</a></li> }.into_any()
        }
        None => view! { <li>{message}</li> }.into_any(),
    }
}

/// The one safe step, as a button with its reason.
fn next(one: &Casualty, visit: &Visit) -> AnyView {
    let progress = &one.progress;
    match progress.next_step() {
        NextStep::Retry => retry(one, visit),
        NextStep::Reset => reset(one, visit),
        NextStep::Replay(step) => {
            let form = Form::of(visit, "bundles/replay-step").where_is("step", &step);
            view! {
                <form method="post" action=form.action()>
                    {hidden("id", &progress.bundle.id)}{hidden("step", step)}
                    <button class="button">"Try the step again"</button>
                </form>
            }
            .into_any()
        }
        NextStep::Ask => {
            view! { <p class="muted">"Somebody with more rights has to act: an approver or an operator."</p> }
                .into_any()
        }
        NextStep::Nothing if is_mended(progress) => {
            view! { <p class="muted">"What stood in the way is mended."</p> }.into_any()
        }
        NextStep::Nothing => view! { <p class="muted">"It goes on by itself once nothing holds it."</p> }.into_any(),
    }
}

/// The words of a retry, which by itself publishes nothing.
const READY: &str = "Make it ready for another try";
const RESET: &str = "Reset to approved";

/// Makes the bundle ready for another try, at another instant where one is given.
fn retry(one: &Casualty, visit: &Visit) -> AnyView {
    let bundle = &one.progress.bundle;
    let form = Form::of(visit, "bundles/retry").where_is("id", &bundle.id);
    let is_scheduled = bundle.details.kind == BundleKind::Scheduled;
    let (hint, when) = if is_scheduled {
        ("It becomes approved again, and is published once it has another time.", Some(when(&form)))
    } else {
        ("It becomes approved again, and an operator publishes it by hand.", None)
    };
    view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {hidden("id", &bundle.id)}{hidden("revision", bundle.revision)}
            {form.field("reason", "Reason").hint(format!("{hint} The reason is kept in the history.")).input()}
            {when}
            <button class="button">{READY}</button>
        </form>
    }
    .into_any()
}

/// The instant at which the publication is to be tried again, which may be given later.
fn when(form: &Form) -> AnyView {
    view! {
        <div class="field-row">
            {form.field("publication_date", "New date").kind("date").optional().short().hint("Without one it still needs a time afterwards.").input()}
            {form.field("publication_time", "New time").kind("time").optional().short().hint("On a UK clock.").input()}
        </div>
        {which_hour(form, None)}
        {public_reason(form)}
    }
    .into_any()
}

fn reset(one: &Casualty, visit: &Visit) -> AnyView {
    let bundle = &one.progress.bundle;
    let form = Form::of(visit, "bundles/reset").where_is("id", &bundle.id);
    let hint =
        "It becomes approved; mend what is named above, then schedule it again. The reason is kept in the history.";
    view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {hidden("id", &bundle.id)}{hidden("revision", bundle.revision)}
            {form.field("reason", "Reason").hint(hint).input()}
            <button class="button">{RESET}</button>
        </form>
    }
    .into_any()
}

/// What else there is in this state, and why it had better not be done; steps that are owed can be left out.
fn others(one: &Casualty, visit: &Visit) -> AnyView {
    let progress = &one.progress;
    let mut items: Vec<AnyView> =
        progress.others().into_iter().map(|(action, why)| other(one, action, &why, visit)).collect();
    if progress.can_operate {
        items.extend(progress.steps.iter().filter(|step| step.is_owed() && step.given_up_at.is_some()).map(|step| {
            let form = Form::of(visit, "bundles/skip-step").where_is("step", &step.id);
            let (open, name) = (form.was_refused(), step.name.clone());
            view! {
                <li><details class="details" open=open>
                    <summary>"Leave out: "{name}</summary>
                    <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                        {hidden("id", &progress.bundle.id)}{hidden("step", &step.id)}
                        {form.field("reason", "Reason").hint("It is not tried any more. The reason is kept in the history.").input()}
                        <button class="button button--warning">"Leave it out"</button>
                    </form>
                </details></li>
            }
            .into_any()
        }));
    }
    items.extend(leave_out_ahead(progress, visit));
    if items.is_empty() {
        return ().into_any();
    }
    view! { <h3>"Other ways"</h3><ul class="plain stack stack--tight">{items}</ul> }.into_any()
}

fn other(one: &Casualty, action: BundleAction, why: &[String], visit: &Visit) -> AnyView {
    let taken = match action {
        BundleAction::Retry if why.is_empty() => Some(("bundles/retry", READY, retry(one, visit))),
        BundleAction::Reset if why.is_empty() => Some(("bundles/reset", RESET, reset(one, visit))),
        _ => None,
    };
    let Some((endpoint, words, form)) = taken else {
        let href = format!("{}/publication", one.progress.bundle.admin_path());
        let reasons = if why.is_empty() { String::new() } else { format!(" ({})", why.join(" ")) };
        let words = crate::components::portal::sentence(action.label());
        return view! { <li><a href=href>{words}</a><span class="muted">{reasons}</span></li> }.into_any();
    };
    let refused = Form::of(visit, endpoint).where_is("id", &one.progress.bundle.id).was_refused();
    view! {
        <li><details class="details" open=refused>
            <summary>{words}</summary>
            <div class="details__body">{form}</div>
        </details></li>
    }
    .into_any()
}
