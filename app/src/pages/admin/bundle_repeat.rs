//! Repeating a bundle that is public with one press.

use domain::bundle::BundleStage;
use domain::bundle::repeat::title_of_next;
use domain::policy::Permission;
use domain::views::BundlePage;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::panel;

/// The form that begins the next bundle as this one was, with what follows its contents.
pub(super) fn repeat(page: &BundlePage, visit: &Visit) -> Option<AnyView> {
    let bundle = &page.bundle;
    let may = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::BundlesWrite));
    if !may || bundle.stage() != BundleStage::Published {
        return None;
    }
    let form = Form::of(visit, "bundles/create");
    let title = title_of_next(&bundle.details.title);
    let first = format!("/admin/bundles/new?from={}", bundle.id);
    let teams: Vec<AnyView> = bundle
        .details
        .preview_teams
        .iter()
        .map(|team| {
            let team = team.clone();
            view! { <input type="hidden" name="preview_teams[]" value=team/> }.into_any()
        })
        .collect();
    let words = format!(
        "This begins \u{201c}{title}\u{201d} with the approved versions of the same editions that are in no bundle yet."
    );
    let content = view! {
        <form class="stack stack--tight" method="post" action=form.action()>
            {hidden("template", &bundle.id)}{hidden("title", &title)}{hidden("description", &bundle.details.description)}
            {hidden("kind", bundle.details.kind)}
            {teams}
            <p>{words}</p>
            <div class="button-group">
                <button class="button button--secondary">"Repeat this bundle"</button>
                <a href=first>"Change the details first"</a>
            </div>
        </form>
    };
    Some(panel("Next time", false, None, content.into_any()))
}
