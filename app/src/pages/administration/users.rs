//! The list of accounts, and the form of a new one.

use domain::administration::{EVERYBODY, SignsIn, UserList};
use domain::people::User;
use domain::policy::Role;
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::grants::{grant_fields, grant_in_words};
use super::invitations::open_invitations;
use super::{page_number, query};
use crate::components::form::Form;
use crate::components::portal::{empty, filter_input, filter_select, moment, object_header, pagination, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// What the list is narrowed by.
#[derive(Clone, Debug)]
struct Asked {
    q: String,
    role: String,
    department: String,
    state: String,
}

/// The accounts, by name.
#[component]
pub fn Users() -> impl IntoView {
    let asked = Asked { q: query("q"), role: query("role"), department: query("department"), state: query("state") };
    let load = rpc::access::user_list_read(
        asked.q.clone(),
        asked.role.clone(),
        asked.department.clone(),
        asked.state.clone(),
        page_number(),
    );
    portal(Section::Users, load, move |list, visit| shown(&list, &asked, visit))
}

fn shown(list: &UserList, asked: &Asked, visit: &Visit) -> Shown {
    let page = &list.users;
    let total = page.total_count;
    let noun = if total == 1 { "account" } else { "accounts" };
    let meta = view! { <span>{total}" "{noun}</span> }.into_any();
    let create = view! {
        <a class="button button--secondary" href="/admin/users.csv" download="">"Access review (CSV)"</a>
        <a class="button" href="/admin/users/new">"Make an account"</a>
    }
    .into_any();
    let rows = if page.items.is_empty() {
        empty("Nobody fits", "Choose less, or make an account.", Some(("All accounts", "/admin/users")))
    } else {
        let headings =
            [("Name", false), ("State", false), ("Roles", false), ("Signed in", false), ("Last changed", false)];
        let signs = list.sign_in.iter().copied().chain(std::iter::repeat(SignsIn::default()));
        let rows = page.items.iter().zip(signs).map(|(user, sign_in)| row(user, sign_in)).collect();
        table("Accounts", "users-table", &headings, rows)
    };
    let pages = pagination(total, page.limit, page.offset, |n| {
        format!(
            "/admin/users?q={}&role={}&department={}&state={}&page={n}",
            escaped(&asked.q),
            escaped(&asked.role),
            escaped(&asked.department),
            escaped(&asked.state)
        )
    });
    let content = view! { {object_header("", "People", meta, Some(create))}{filter(list, asked)}{rows}{pages}{open_invitations(&list.invitations, list.now)}{everybody(visit)} };
    Shown::new("People", content.into_any())
}

/// Signing everybody else out, in an emergency.
fn everybody(visit: &Visit) -> AnyView {
    let form = Form::of(visit, "access/sign-everybody-out");
    let hint = format!("Type \u{201c}{EVERYBODY}\u{201d}, so that it does not happen by a slip.");
    let content = view! {
        <p class="small muted">"For when somebody may have taken a session over. You stay signed in here and nowhere else; everybody else signs in again, and what they typed is kept. API tokens stay."</p>
        <details class="details" open=form.was_refused()>
            <summary>"Sign everybody else out"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {form.field("reason", "Reason").hint("The audit trail keeps it.").input()}
                {form.field("confirmation", "To confirm it").hint(hint).autocomplete("off").input()}
                <button class="button button--warning">"Sign everybody else out"</button>
            </form>
        </details>
    };
    view! { <div class="panels">{panel("Emergency", false, None, content.into_any())}</div> }.into_any()
}

fn filter(list: &UserList, asked: &Asked) -> AnyView {
    let any = |words: &str| vec![(String::new(), words.to_owned())];
    let mut roles = any("Any role");
    roles.extend(Role::ALL.iter().map(|role| (role.as_str().to_owned(), role.title().to_owned())));
    let mut departments = any("Any department");
    departments.extend(list.departments.iter().map(|of| (of.id.clone(), of.title.clone())));
    let mut states = any("Open and suspended");
    states.extend([("open", "Open"), ("suspended", "Suspended")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    view! {
        <form class="filter-bar" method="get" action="/admin/users" role="search">
            {filter_input("q", "Name or e-mail", "search", &asked.q)}
            {filter_select("role", "Role", roles, &asked.role)}
            {filter_select("department", "Department", departments, &asked.department)}
            {filter_select("state", "State", states, &asked.state)}
            <button class="button button--secondary button--small">"Find"</button>
        </form>
    }
    .into_any()
}

fn row(user: &User, sign_in: SignsIn) -> AnyView {
    let (href, name, email) = (format!("/admin/users/{}", user.id), user.name.clone(), user.email.clone());
    let roles: Vec<String> = user.grants.iter().map(grant_in_words).collect();
    let roles = if roles.is_empty() { "none of their own".to_owned() } else { roles.join("; ") };
    let last =
        sign_in.last.map_or_else(|| view! { <span class="muted">"never"</span> }.into_any(), |at| moment(at, ""));
    let factor = if sign_in.has_second_factor { "with a second factor" } else { "no second factor" };
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a><span class="table__sub">{email}</span></th>
            <td>{account_tag(user.disabled)}</td>
            <td class="wrap-cell">{roles}</td>
            <td>{last}<span class="table__sub">{factor}</span></td>
            <td>{moment(user.last_edited, "")}</td>
        </tr>
    }
    .into_any()
}

/// Whether an account may be used, with its own shape.
pub(super) fn account_tag(disabled: bool) -> AnyView {
    if disabled {
        view! { <span class="tag state--failed">"Suspended"</span> }.into_any()
    } else {
        view! { <span class="tag state--published">"Open"</span> }.into_any()
    }
}

/// The form of a new account.
#[component]
pub fn NewUser() -> impl IntoView {
    let load = rpc::access::user_list_read(String::new(), String::new(), String::new(), String::new(), 1);
    portal(Section::Users, load, |list, visit| new_user(&list, visit))
}

fn new_user(list: &UserList, visit: &Visit) -> Shown {
    let form = Form::of(visit, "access/create-user");
    let fields = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {form.field("name", "Name").hint("As colleagues see it.").autocomplete("off").input()}
            {form.field("email", "E-mail").kind("email").autocomplete("off").hint("To sign in with.").input()}
            <h3>"First role"</h3>
            {grant_fields(&form, &list.departments, true)}
            <h3>"The way in"</h3>
            {form.ticked("invite", "Invitation", vec![("on".to_owned(), "Invite the person".to_owned(), "A letter with a link to choose a password, which works once and for seven days. Where this site sends no mail, you are shown the link.".to_owned())], false)}
            {form.field("password", "Or a first password").kind("password").autocomplete("new-password").optional().hint("14 characters or more. Leave it empty where people are invited or sign in elsewhere.").input()}
            <button class="button">"Make the account"</button>
        </form>
    };
    let content = view! {
        {object_header("", "Make an account", ().into_any(), None)}
        <div class="portal__content stack">{panel("Account", false, None, fields.into_any())}</div>
    };
    Shown::new("Make an account", content.into_any()).under("People", "/admin/users")
}
