//! One account: what the person holds, what they can do, where they are signed in, and what was changed.

use domain::administration::UserPage as Data;
use leptos::prelude::*;
use rpc::Visit;

use super::grants::{grant_words, grants_panel};
use super::invitations::invitation_panel;
use super::tester::tester;
use super::user_forms::{danger, details, signing_in};
use super::users::account_tag;
use super::{param, query};
use crate::components::form::hidden;
use crate::components::portal::{moment, object_header, panel, secret_once, table, timeline};
use crate::layout::portal::{Section, Shown, portal};

/// One account.
#[component]
pub fn UserPage() -> impl IntoView {
    let load = rpc::access::user_read(param("id"), query("permission"), query("dataset"));
    portal(Section::Users, load, |data, visit| shown(&data, visit))
}

fn shown(data: &Data, visit: &Visit) -> Shown {
    let user = &data.user;
    let email = user.email.clone();
    let last = match data.last_signed_in {
        Some(at) => view! { <span>"last signed in "{moment(at, "")}</span> }.into_any(),
        None => view! { <span>"never signed in"</span> }.into_any(),
    };
    let meta = view! { {account_tag(user.disabled)}<span>{email}</span><span>"since "{moment(user.created_at, "")}</span>{last} };
    let content = view! {
        {object_header("Account", &user.name, meta.into_any(), None)}
        {secret_once(data.link.as_ref(), "The link of the invitation")}
        <div class="portal__body">
            <div class="portal__content stack">
                {grants_panel(("user", &user.id), &data.grants, &data.departments, data.now, visit)}
                {teams(data)}
                {tester(data)}
                {sessions(data)}
                {details(data, visit)}
            </div>
            <aside class="portal__aside stack">
                {invitation_panel(data)}
                {signing_in(data, visit)}
                {danger(data)}
                {history(data)}
            </aside>
        </div>
    };
    Shown::new(user.name.clone(), content.into_any()).under("People", "/admin/users")
}

fn teams(data: &Data) -> AnyView {
    let items: Vec<AnyView> = data
        .teams
        .iter()
        .map(|team| {
            let (href, name) = (format!("/admin/teams/{}", team.id), team.name.clone());
            let held: Vec<String> =
                team.grants.iter().map(|grant| format!("{} {}", grant.role.title(), grant_words(grant))).collect();
            let held = if held.is_empty() { "previews what is shared with it".to_owned() } else { held.join("; ") };
            view! { <li><a href=href>{name}</a>": "{held}</li> }.into_any()
        })
        .collect();
    let content = if items.is_empty() {
        view! { <p class="muted">"In no team."</p> }.into_any()
    } else {
        view! { <ul>{items}</ul> }.into_any()
    };
    panel("Teams", false, Some(("All teams", "/admin/teams")), content)
}

fn sessions(data: &Data) -> AnyView {
    if data.sessions.is_empty() {
        return panel("Signed in", false, None, view! { <p class="muted">"Nowhere."</p> }.into_any());
    }
    let when = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| moment(at, ""));
    let rows = data
        .sessions
        .iter()
        .map(|session| {
            let browser =
                if session.browser.is_empty() { "Unknown browser".to_owned() } else { session.browser.clone() };
            view! {
                <tr>
                    <th scope="row">{browser.clone()}</th>
                    <td>{session.address.clone()}</td>
                    <td>{when(session.created_at)}</td>
                    <td>{when(session.last_seen_at)}</td>
                    <td>{end_session(&data.user.id, &session.handle, &browser)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [("Browser", false), ("Address", false), ("Signed in", false), ("Last seen", false), ("", false)];
    panel("Signed in", true, None, table("Where the person is signed in", "sessions-table", &headings, rows))
}

/// Signing the person out in one place alone.
fn end_session(id: &str, handle: &str, browser: &str) -> AnyView {
    let about = format!(": {browser}");
    view! {
        <form method="post" action="/rpc/access/end-session">
            {hidden("id", id)}{hidden("session", handle)}
            <button class="link-button">"Sign out"<span class="visually-hidden">{about}</span></button>
        </form>
    }
    .into_any()
}

fn history(data: &Data) -> AnyView {
    let Some(events) = &data.history else { return ().into_any() };
    let all = format!("/admin/audit?resource_type=user&resource_id={}", data.user.id);
    panel("History", false, Some(("All of it", &all)), timeline(events))
}
