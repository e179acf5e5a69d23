//! What can be done to a version in its state, with the reasons why not.

use domain::version::{VersionAction, VersionState};
use domain::views::{Offer, VersionAdminPage};
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, blockers, blockers_within, hidden};
use crate::components::portal::panel;

/// The one thing to do next, for this state and viewer.
pub(super) fn primary(page: &VersionAdminPage, visit: &Visit) -> Option<AnyView> {
    let (offer, endpoint, words) = next(page)?;
    if !offer.blockers.is_empty() {
        let button = view! { <button class="button" type="button" aria-disabled="true" aria-describedby="why-not">{words}</button> };
        return Some(button.into_any());
    }
    let form = Form::of(visit, endpoint);
    Some(
        view! {
            <form method="post" action=form.action()>{identity(page)}<button class="button">{words}</button></form>
        }
        .into_any(),
    )
}

/// The form that sends the version for approval, or the button that cannot with why; nothing where that is not offered.
pub(super) fn submission(page: &VersionAdminPage, visit: &Visit) -> Option<AnyView> {
    offer(page, VersionAction::Submit)?;
    primary(page, visit)
}

/// The step that the button in the page's head takes, with its endpoint and words.
fn next(page: &VersionAdminPage) -> Option<(&Offer<VersionAction>, &'static str, &'static str)> {
    [
        (VersionAction::Submit, "versions/submit", "Submit for approval"),
        (VersionAction::Approve, "versions/approve", "Approve"),
    ]
    .into_iter()
    .find_map(|(action, endpoint, words)| Some((offer(page, action)?, endpoint, words)))
}

/// Why the next step is barred; on every part of the page, since the button in its head points here.
pub(super) fn barred(page: &VersionAdminPage) -> Option<AnyView> {
    let offer = next(page).map(|(offer, ..)| offer).filter(|offer| !offer.blockers.is_empty())?;
    let title = match offer.action {
        VersionAction::Approve => "Why you cannot approve this",
        _ => "Why this cannot be submitted yet",
    };
    Some(blockers(title, "why-not", &offer.blockers))
}

/// What the state means for people now, where nothing bars the next step.
pub(super) fn standing(page: &VersionAdminPage) -> AnyView {
    if next(page).is_some_and(|(offer, ..)| !offer.blockers.is_empty()) {
        return ().into_any();
    }
    let text = match page.version.state {
        VersionState::Created => return ().into_any(),
        VersionState::Submitted => "Waiting for approval by somebody other than its last editor.",
        VersionState::Approved if page.bundle.is_some() => {
            "Approved, and in a bundle. It becomes public with that bundle."
        }
        VersionState::Approved => "Approved. It becomes public once it is in a published bundle.",
        VersionState::Published => "Public.",
        VersionState::Archived => "Public, with its files in the archive.",
    };
    view! { <section class="banner banner--information"><p>{text}</p></section> }.into_any()
}

/// The other actions of this state: those that ask for a reason, and deletion.
pub(super) fn offers_of_reasons(page: &VersionAdminPage, visit: &Visit) -> AnyView {
    let known = [
        (
            VersionAction::Return,
            "versions/return",
            "Return to its editor",
            "What has to change before it can be approved.",
        ),
        (VersionAction::Reopen, "versions/reopen", "Reopen", "The approval is lost; say why."),
    ];
    let mut items: Vec<AnyView> = known
        .into_iter()
        .filter_map(|(action, endpoint, words, hint)| {
            let offer = offer(page, action)?;
            Some(reasoned(page, &Form::of(visit, endpoint), offer, (words, hint)))
        })
        .collect();
    items.extend(super::version_alerts::archive(page, visit));
    if page.can_edit {
        items.push(delete(page, visit));
    }
    if items.is_empty() {
        return ().into_any();
    }
    panel("Other actions", false, None, view! { <div class="stack stack--tight">{items}</div> }.into_any())
}

fn reasoned(
    page: &VersionAdminPage,
    form: &Form,
    offer: &Offer<VersionAction>,
    (words, hint): (&'static str, &'static str),
) -> AnyView {
    let id = offer.action.as_str();
    let body = if offer.blockers.is_empty() {
        view! {
            <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
                {identity(page)}
                {form.field("reason", "Reason").hint(hint).textarea()}
                <button class="button button--secondary">{words}</button>
            </form>
        }
        .into_any()
    } else {
        blockers_within("Why not", &format!("why-not-{id}"), &offer.blockers)
    };
    view! {
        <details class="details" id=id open=form.was_refused()>
            <summary>{words}</summary>
            <div class="details__body">{body}</div>
        </details>
    }
    .into_any()
}

fn delete(page: &VersionAdminPage, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "versions/delete");
    view! {
        <details class="details">
            <summary>"Delete the version"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action()>
                {identity(page)}
                <p>"Its files go with it. This cannot be undone. Only the newest version can be deleted."</p>
                <button class="button button--warning">"Delete version"</button>
            </form>
        </details>
    }
    .into_any()
}

/// The version and the revision that the viewer looked at.
pub(super) fn identity(page: &VersionAdminPage) -> AnyView {
    let version = &page.version;
    view! {
        {hidden("dataset_id", &version.dataset_id)}
        {hidden("edition", &version.edition)}
        {hidden("version", version.version)}
        {hidden("revision", version.revision)}
    }
    .into_any()
}

/// What the viewer may do now, or not and why, if the action stands in this state's table.
pub(super) fn offer(page: &VersionAdminPage, action: VersionAction) -> Option<&Offer<VersionAction>> {
    page.offers.iter().find(|offer| offer.action == action)
}
