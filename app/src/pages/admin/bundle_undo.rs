//! The way back from what was just put into a bundle or taken out of it.

use domain::bundle::BundleAction;
use domain::views::BundlePage;
use leptos::prelude::*;
use rpc::Visit;
use rpc::bundles::{Undo, undo};

use super::bundle_steps::{identity, offer};

/// A form that undoes the change that led to this page, while that can be done.
pub(super) fn undo_form(page: &BundlePage, visit: &Visit) -> Option<AnyView> {
    let (action, fields, words) = match undo(visit, &page.bundle.id)? {
        Undo::TakeOut(versions) => {
            let held: Vec<(String, String)> = page
                .contents
                .iter()
                .map(|item| (item.id.clone(), item.reference()))
                .filter(|(_, version)| versions.contains(version))
                .collect();
            let fields: Vec<AnyView> = held
                .into_iter()
                .map(|(id, version)| {
                    view! {
                        <input type="hidden" name="items[]" value=id/>
                        <input type="hidden" name="versions[]" value=version/>
                    }
                    .into_any()
                })
                .collect();
            (BundleAction::RemoveContent, fields, "Take out again what was just added.")
        }
        Undo::PutBack(versions) => {
            let fields: Vec<AnyView> = versions
                .into_iter()
                .map(|version| view! { <input type="hidden" name="versions[]" value=version/> }.into_any())
                .collect();
            (
                BundleAction::AddContent,
                fields,
                "Put back what was just taken out, at the end and without its sign-offs.",
            )
        }
    };
    if fields.is_empty() || offer(page, action).is_none_or(|offer| !offer.blockers.is_empty()) {
        return None;
    }
    let endpoint = match action {
        BundleAction::RemoveContent => "/rpc/bundles/remove-contents",
        _ => "/rpc/bundles/add-contents",
    };
    Some(
        view! {
            <form class="cluster small" method="post" action=endpoint>
                {identity(page)}
                {fields}
                <button class="button button--secondary button--small">"Undo"</button>
                <span class="muted">{words}</span>
            </form>
        }
        .into_any(),
    )
}
