//! Putting an approved version into a bundle: what comes next once it is approved.

use domain::text::escaped;
use domain::views::VersionAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::panel;

/// Where on the version's page the bundle is chosen.
const PLACE: &str = "put-into-a-bundle";

/// The button in the page's head: to the choice of a bundle, or where there is none to a new one.
pub(super) fn way_on(page: &VersionAdminPage) -> Option<AnyView> {
    let open = page.bundling.as_ref()?;
    let href = if open.is_empty() { new_bundle(page) } else { format!("{}#{PLACE}", page.version.admin_path()) };
    Some(view! { <a class="button" href=href>"Put into a bundle"</a> }.into_any())
}

/// The choice among the viewer's bundles in preparation, and the way to a new one with the version inside.
pub(super) fn bundling(page: &VersionAdminPage, visit: &Visit) -> Option<AnyView> {
    let open = page.bundling.as_ref()?;
    let form = Form::of(visit, "bundles/put-in");
    let choice = (!open.is_empty()).then(|| {
        let mut options = vec![(String::new(), "Choose a bundle".to_owned())];
        options.extend(open.iter().map(|bundle| (bundle.id.clone(), bundle.details.title.clone())));
        let only = if let [only] = open.as_slice() { only.id.as_str() } else { "" };
        view! {
            <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("version", page.version.reference())}
                {form.field("bundle", "A bundle of yours in preparation").value(only).select(options)}
                <button class="button button--secondary">"Put it in"</button>
            </form>
        }
    });
    let content = view! {
        <div class="stack stack--tight">
            {choice}
            <p><a href=new_bundle(page)>"Create a bundle with this version inside"</a></p>
        </div>
    };
    Some(view! { <div id=PLACE>{panel("Put into a bundle", false, None, content.into_any())}</div> }.into_any())
}

fn new_bundle(page: &VersionAdminPage) -> String {
    format!("/admin/bundles/new?version={}", escaped(&page.version.reference()))
}
