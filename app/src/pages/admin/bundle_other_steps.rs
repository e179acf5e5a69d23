//! The steps of a bundle beside the next one: those that ask for a reason, and those of other states.

use domain::bundle::{BundleAction, BundleKind, BundleStage};
use domain::views::{BundlePage, Offer};
use leptos::prelude::*;
use rpc::Visit;

use super::bundle_steps::{identity, offer, public_reason};
use crate::components::form::{Form, blockers_within};
use crate::components::portal::{panel, peak_warning, sentence, state_words};

/// The form that takes the instant away, where that is offered.
pub(super) fn cancel_schedule(page: &BundlePage, visit: &Visit) -> Option<AnyView> {
    let offer = offer(page, BundleAction::CancelSchedule)?;
    let form = Form::of(visit, "bundles/cancel-schedule");
    let content = reasoned(page, visit, &form, offer, ("Cancel the schedule", "The bundle stays approved."));
    Some(panel("No longer then", false, None, content))
}

/// The other actions of this state, each of which asks for a reason.
pub(super) fn offers_of_reasons(page: &BundlePage, visit: &Visit) -> AnyView {
    let known = [
        (
            BundleAction::Reject,
            "bundles/reject",
            "Send back to the editors",
            "What has to change before it can be approved.",
        ),
        (
            BundleAction::RequestChanges,
            "bundles/request-changes",
            "Request changes",
            "The approval is lost; say what has to change.",
        ),
        (BundleAction::CancelSchedule, "bundles/cancel-schedule", "Cancel the schedule", "The bundle stays approved."),
        (
            BundleAction::PublishNow,
            "bundles/publish-now",
            "Publish now",
            "Everything in the bundle becomes public at once.",
        ),
        (BundleAction::Reset, "bundles/reset", "Reset to approved", "For a bundle that failed or is stuck."),
    ];
    let mut items: Vec<AnyView> = known
        .into_iter()
        .filter_map(|(action, endpoint, words, hint)| {
            let offer = offer(page, action)?;
            Some(reasoned(page, visit, &Form::of(visit, endpoint), offer, (words, hint)))
        })
        .collect();
    items.extend(not_now(page, visit));
    if items.is_empty() {
        return ().into_any();
    }
    panel("Other actions", false, None, view! { <div class="stack stack--tight">{items}</div> }.into_any())
}

/// The steps that the viewer has the right for and that this state does not have, each with the states that do.
fn not_now(page: &BundlePage, visit: &Visit) -> Option<AnyView> {
    use BundleAction as A;
    let caller = visit.caller.as_ref()?;
    if matches!(page.bundle.stage(), BundleStage::Publishing | BundleStage::Published) {
        return None;
    }
    let steps =
        [A::AddContent, A::Submit, A::Reject, A::Approve, A::RequestChanges, A::Schedule, A::CancelSchedule, A::Retry];
    let rows: Vec<AnyView> = steps
        .into_iter()
        .filter(|step| caller.may(step.rule().1) && offer(page, *step).is_none())
        .map(|step| {
            let from: Vec<String> =
                step.rule().0.iter().map(|stage| state_words(stage.as_str()).to_lowercase()).collect();
            let text = format!("{}: only while it is {}.", sentence(step.label()), from.join(" or "));
            view! { <li>{text}</li> }.into_any()
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <details class="details">
                <summary>"Steps of other states"</summary>
                <div class="details__body"><ul>{rows}</ul></div>
            </details>
        }
        .into_any()
    })
}

fn reasoned(
    page: &BundlePage,
    visit: &Visit,
    form: &Form,
    offer: &Offer<BundleAction>,
    (words, hint): (&'static str, &'static str),
) -> AnyView {
    let id = offer.action.as_str().replace('_', "-");
    let class = match offer.action {
        BundleAction::PublishNow | BundleAction::Reset => "button button--warning",
        _ => "button button--secondary",
    };
    let body = if offer.blockers.is_empty() {
        view! {
            <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
                {identity(page)}
                {(offer.action == BundleAction::PublishNow).then(|| peak_warning(page.now, &visit.office.times))}
                {form.field("reason", "Reason").hint(hint).textarea()}
                {(offer.action == BundleAction::PublishNow).then(|| public_reason(form)).flatten()}
                {typed_title(page, form, offer.action)}
                <button class=class>{words}</button>
            </form>
        }
        .into_any()
    } else {
        blockers_within("Why not", &format!("why-not-{id}"), &offer.blockers)
    };
    let open = form.was_refused()
        || (offer.action == BundleAction::PublishNow && page.bundle.details.kind == BundleKind::Manual);
    view! {
        <details class="details" id=id open=open>
            <summary>{words}</summary>
            <div class="details__body">{body}</div>
        </details>
    }
    .into_any()
}

/// Asks for the bundle's title where everything becomes public at once and nothing brings it back.
fn typed_title(page: &BundlePage, form: &Form, action: BundleAction) -> Option<AnyView> {
    (action == BundleAction::PublishNow).then(|| {
        let hint =
            format!("Type \u{201c}{}\u{201d}, so that the right bundle is published.", page.bundle.details.title);
        form.field("confirmation", "The bundle's title").hint(hint).autocomplete("off").input()
    })
}
