//! Filling and editing a bundle.

use domain::bundle::{BundleAction, BundleDetails};
use domain::people::Team;
use domain::views::BundlePage;
use leptos::prelude::*;
use rpc::Visit;

use super::bundle_steps::{identity, offer};
use crate::components::form::Form;
use crate::components::portal::panel;

/// The fields of a bundle's details.
pub(super) fn fields(form: &Form, details: &BundleDetails, teams: &[Team]) -> AnyView {
    let kinds = vec![
        (
            "scheduled".to_owned(),
            "Scheduled".to_owned(),
            "Published at a date and time that an approver sets.".to_owned(),
        ),
        ("manual".to_owned(), "Manual".to_owned(), "Published by an operator's hand.".to_owned()),
    ];
    let options = teams.iter().map(|team| (team.id.clone(), team.name.clone(), String::new())).collect();
    let teams = (!teams.is_empty())
        .then(|| form.tick_boxes("preview_teams", "Teams that may preview it", options, &details.preview_teams));
    view! {
        {form.field("title", "Title").value(&details.title).hint("Such as Prices, November 2026. At most 200 characters.").input()}
        {form.field("description", "Description").value(&details.description).optional().textarea()}
        {form.radios("kind", "Type", kinds, details.kind.as_str())}
        {teams}
    }
    .into_any()
}

/// The details of a bundle in preparation, and its end.
pub(super) fn edit_details(page: &BundlePage, visit: &Visit) -> AnyView {
    if offer(page, BundleAction::Edit).is_none_or(|offer| !offer.blockers.is_empty()) {
        return ().into_any();
    }
    let form = Form::of(visit, "bundles/edit");
    let delete = offer(page, BundleAction::Delete).filter(|offer| offer.blockers.is_empty()).map(|_| {
        let form = Form::of(visit, "bundles/delete");
        let hint = format!("Type \u{201c}{}\u{201d}, so that the right bundle is deleted.", page.bundle.details.title);
        view! {
            <details class="details" open=form.was_refused()>
                <summary>"Delete the bundle"</summary>
                <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                    {identity(page)}
                    <p>"Its versions stay and can go into other bundles. The bundle itself cannot be brought back."</p>
                    {form.field("confirmation", "The bundle's title").hint(hint).autocomplete("off").input()}
                    <button class="button button--warning">"Delete bundle"</button>
                </form>
            </details>
        }
    });
    let content = view! {
        <div class="stack stack--tight">
            <details class="details" open=form.was_refused()>
                <summary>"Edit the details"</summary>
                <form class="details__body stack" method="post" action=form.action() novalidate=true>
                    {identity(page)}
                    {fields(&form, &page.bundle.details, &page.teams)}
                    <button class="button">"Save details"</button>
                </form>
            </details>
            {delete}
        </div>
    };
    panel("Details", false, None, content.into_any())
}

/// Puts one of the versions that can be added into the bundle.
pub(super) fn add_content(page: &BundlePage, visit: &Visit) -> AnyView {
    if offer(page, BundleAction::AddContent).is_none_or(|offer| !offer.blockers.is_empty()) {
        return ().into_any();
    }
    let many = format!("{}/contents/add", page.bundle.admin_path());
    let many = view! { <a href=many>"Add many at once"</a> };
    if page.candidates.is_empty() {
        let text = "No approved version is free to be added. Versions appear here once they are approved.";
        return view! { <p class="muted">{text}" "<a href="/admin/datasets">"Go to the datasets"</a>", or "{many}"."</p> }.into_any();
    }
    let form = Form::of(visit, "bundles/add-content");
    let mut options = vec![(String::new(), "Choose a version".to_owned())];
    options.extend(page.candidates.iter().map(|version| {
        let text = format!("{}, {}, version {}", version.dataset_id, version.edition_title, version.version);
        (version.reference(), text)
    }));
    view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {identity(page)}
            {form.field("version", "Add a version").select(options)}
            <div class="button-group"><button class="button button--secondary">"Add version"</button>{many}</div>
        </form>
    }
    .into_any()
}
