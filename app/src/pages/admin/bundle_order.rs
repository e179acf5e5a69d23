//! The order of a bundle's versions, which is the order in which they are previewed and shown with its release.

use domain::bundle::{BundleAction, ContentItem};
use domain::views::BundlePage;
use leptos::prelude::*;

use super::bundle_steps::{identity, offer};
use crate::components::form::hidden;

/// Buttons that move an item past those beside it, while the bundle is in preparation; the other one brings it back.
pub(super) fn moves(page: &BundlePage, at: usize, item: &ContentItem) -> Option<AnyView> {
    offer(page, BundleAction::ReorderContent).filter(|offer| offer.blockers.is_empty())?;
    let beside = |at: Option<usize>| at.and_then(|at| page.contents.get(at));
    let up = beside(at.checked_sub(1)).map(|past| form(page, "Move up", item, past));
    let down = beside(at.checked_add(1)).map(|past| form(page, "Move down", item, past));
    (up.is_some() || down.is_some()).then(|| view! { <div class="cluster">{up}{down}</div> }.into_any())
}

fn form(page: &BundlePage, words: &'static str, item: &ContentItem, past: &ContentItem) -> AnyView {
    let about = format!(": {}, past {}", item.reference(), past.reference());
    view! {
        <form method="post" action="/rpc/bundles/move-content">
            {identity(page)}{hidden("item_id", &item.id)}{hidden("past", &past.id)}
            <button class="button button--secondary button--small">{words}<span class="visually-hidden">{about}</span></button>
        </form>
    }
    .into_any()
}
