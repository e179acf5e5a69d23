//! The views of a list that somebody keeps under a name, above its table.

use domain::saved_view::{ListOfViews, SavedView, SavedViews, kept_query};
use leptos::prelude::*;
use rpc::Visit;

use super::Confirmed;
use crate::components::form::{Form, hidden};

/// Links to the views, and the form that keeps the filters of this address.
#[must_use]
pub fn saved_views(list: ListOfViews, kept: &SavedViews, visit: &Visit) -> AnyView {
    let query = visit.path.split_once('?').map(|(_, query)| kept_query(query)).unwrap_or_default();
    let me = visit.caller.as_ref().map(|caller| caller.actor.id.as_str()).unwrap_or_default();
    let items: Vec<AnyView> = kept.views.iter().map(|view| item(view, view.query == query, kept, me)).collect();
    let views = (!items.is_empty()).then(|| {
        view! { <nav aria-label="Saved views"><ul class="plain cluster small">{items}</ul></nav> }
    });
    let form = Form::of(visit, "saved-views/save");
    let teams = (!kept.teams.is_empty()).then(|| {
        let mut options = vec![(String::new(), "Only me".to_owned())];
        options.extend(kept.teams.iter().cloned());
        form.field("team", "Who sees it").short().select(options)
    });
    let problem = form.problem("query").map(|text| view! { <p class="field__error">{text}</p> });
    view! {
        {views}
        <details class="details small" open=form.was_refused()>
            <summary>"Save this view"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("list", list)}{hidden("query", &query)}
                {problem}
                {form.field("name", "Name of the view").short().hint("The filters of this page are kept under it.").input()}
                {teams}
                <button class="button button--secondary button--small">"Save the view"</button>
            </form>
        </details>
    }
    .into_any()
}

fn item(view: &SavedView, current: bool, kept: &SavedViews, me: &str) -> AnyView {
    let (href, name) = (view.address(), view.name.clone());
    let team = view.team.as_ref().and_then(|id| kept.teams.iter().find(|(known, _)| known == id));
    let own = view.owner_id == me;
    let note = match (own, team) {
        (true, None) => None,
        (true, Some((_, team))) => Some(format!("seen by {team}")),
        (false, _) => Some(format!("by {}", view.owner_name)),
    };
    let note = note.map(|text| view! { " "<span class="muted">{text}</span> });
    let delete = own.then(|| {
        let delete = Confirmed {
            words: "Delete",
            about: &view.name,
            note: "Only the name is given up; what the list shows stays.",
            action: "/rpc/saved-views/delete",
            fields: hidden("id", &view.id),
        };
        delete.view()
    });
    view! { <li><a href=href aria-current=current.then_some("page")>{name}</a>{note}{delete}</li> }.into_any()
}
