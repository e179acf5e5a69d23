//! The roles with what each holds, and every right with the roles that hold it.

use domain::policy::{Permission, Role};
use leptos::prelude::*;

use crate::components::portal::{object_header, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// The roles; they are part of the program, so they can be read and not changed.
#[component]
pub fn Roles() -> impl IntoView {
    // Only those who may see who holds a role look at this page.
    let load = rpc::access::team_list(String::new(), 1);
    portal(Section::Roles, load, |_, _| shown())
}

fn shown() -> Shown {
    let meta = view! { <span>{Role::ALL.len()}" roles, "{Permission::ALL.len()}" rights"</span> }.into_any();
    let roles: Vec<AnyView> = Role::ALL.iter().map(|role| role_panel(*role)).collect();
    let content = view! {
        {object_header("", "Roles", meta, None)}
        <p>"A grant gives somebody a role, perhaps for some departments or datasets only, perhaps for a time. Nobody both prepares and approves, and nobody raises their own rights."</p>
        <div class="panels">{roles}</div>
        {matrix()}
    };
    Shown::new("Roles", content.into_any())
}

fn role_panel(role: Role) -> AnyView {
    let held = format!("/admin/users?role={role}");
    let rights: Vec<AnyView> = role
        .permissions()
        .iter()
        .map(|right| view! { <li><code>{right.as_str()}</code>" "{right.description()}</li> }.into_any())
        .collect();
    let content = view! { <p>{role.description()}</p><ul>{rights}</ul> };
    panel(role.title(), false, Some(("Who holds it", &held)), content.into_any())
}

fn matrix() -> AnyView {
    let mut headings = vec![("Right", false)];
    headings.extend(Role::ALL.iter().map(|role| (role.title(), false)));
    let rows = Permission::ALL.iter().map(|right| matrix_row(*right)).collect();
    panel("Every right", true, None, table("Which role holds which right", "rights-table", &headings, rows))
}

fn matrix_row(right: Permission) -> AnyView {
    let cells: Vec<AnyView> = Role::ALL
        .iter()
        .map(|role| {
            let held = if role.permissions().contains(&right) { "Yes" } else { "" };
            view! { <td>{held}</td> }.into_any()
        })
        .collect();
    view! { <tr><th scope="row"><code>{right.as_str()}</code></th>{cells}</tr> }.into_any()
}
