//! Grants: in words, as a list with the button to take each back, and the form of a new one.

use chrono::{DateTime, Utc};
use domain::policy::{Grant, Role};
use domain::rights::Policy;
use domain::topic::Department;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, panel, table};

/// A role with where it holds and until when.
pub(in crate::pages) fn grant_in_words(grant: &Grant) -> String {
    format!("{}, {}", grant.role.title(), grant_words(grant))
}

/// How far a grant reaches and until when, in words.
#[must_use]
pub(super) fn grant_words(grant: &Grant) -> String {
    let of: Vec<&str> = grant.departments.iter().chain(&grant.datasets).map(String::as_str).collect();
    let reach = if of.is_empty() { "for everything".to_owned() } else { format!("for {}", of.join(", ")) };
    match grant.expires_at {
        Some(at) => format!("{reach}, until {}", domain::uk_time::date_time(at)),
        None => reach,
    }
}

/// What somebody holds, and the form of one more grant; `kind` is `user` or `team`.
pub(super) fn grants_panel(
    (kind, id): (&'static str, &str),
    grants: &[Policy],
    departments: &[Department],
    now: DateTime<Utc>,
    visit: &Visit,
) -> AnyView {
    let list = if grants.is_empty() {
        view! { <p class="muted">"No grants yet."</p> }.into_any()
    } else {
        let headings = [("Role", false), ("Reach", false), ("Ends", false), ("Action", false)];
        table("Grants", "grants-table", &headings, grants.iter().map(|policy| row(policy, now)).collect())
    };
    let form = Form::of(visit, "access/grant-role");
    let open = form.was_refused();
    let content = view! {
        {list}
        <details class="details" open=open>
            <summary>"Grant a role"</summary>
            <form class="details__body stack" method="post" action=form.action() novalidate=true>
                {hidden("kind", kind)}{hidden("id", id)}
                {grant_fields(&form, departments, false)}
                <button class="button">"Grant it"</button>
            </form>
        </details>
    };
    panel("Grants", true, None, content.into_any())
}

fn row(policy: &Policy, now: DateTime<Utc>) -> AnyView {
    let grant = &policy.grant;
    let (title, what) = (grant.role.title(), grant.role.description());
    let reach: Vec<String> = grant.departments.iter().chain(&grant.datasets).cloned().collect();
    let reach = if reach.is_empty() { "everything".to_owned() } else { reach.join(", ") };
    let ends = match grant.expires_at {
        Some(at) if at <= now => format!("ended {}", domain::uk_time::date_time(at)),
        Some(at) => domain::uk_time::date_time(at),
        None => "never".to_owned(),
    };
    let take_back = Confirmed {
        words: "Take back",
        about: title,
        note: "What it gives is gone with the next page. It can be granted again.",
        action: "/rpc/access/withdraw-grant",
        fields: view! { {hidden("id", &policy.id)}{hidden("revision", policy.revision)} }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">{title}<span class="table__sub">{what}</span></th>
            <td class="wrap-cell">{reach}</td>
            <td>{ends}</td>
            <td>{take_back.view()}</td>
        </tr>
    }
    .into_any()
}

/// The fields of a grant; `may_be_none` where no role is a choice, too.
pub(super) fn grant_fields(form: &Form, departments: &[Department], may_be_none: bool) -> AnyView {
    let none = if may_be_none { "None yet" } else { "Choose one" };
    let mut roles = vec![(String::new(), none.to_owned())];
    roles.extend(Role::ALL.iter().map(|role| (role.as_str().to_owned(), role.title().to_owned())));
    let options = departments.iter().map(|of| (of.id.clone(), of.title.clone(), String::new())).collect();
    view! {
        {form.field("role", "Role").short().select(roles)}
        {form.tick_boxes("departments", "Only for these departments", options, &[])}
        {form.field("datasets", "Only for these datasets").optional().hint("Their ids, with commas between. Without departments and datasets it reaches everything.").input()}
        {form.field("expires_on", "Last day").kind("date").short().optional().hint("It holds until the end of this day.").input()}
    }
    .into_any()
}
