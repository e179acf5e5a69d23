//! Teams: the list, and one of them with its members and grants.

use domain::administration::TeamPage as Data;
use domain::page::Page;
use domain::people::Team;
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::grants::grants_panel;
use super::{page_number, param, query};
use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, empty, filter_input, object_header, pagination, panel, table, timeline};
use crate::layout::portal::{Section, Shown, portal};

/// The teams, by name.
#[component]
pub fn Teams() -> impl IntoView {
    let q = query("q");
    let load = rpc::access::team_list(q.clone(), page_number());
    portal(Section::Teams, load, move |page, visit| list(&page, &q, visit))
}

fn list(page: &Page<Team>, q: &str, visit: &Visit) -> Shown {
    let total = page.total_count;
    let noun = if total == 1 { "team" } else { "teams" };
    let meta = view! { <span>{total}" "{noun}</span> }.into_any();
    let rows = if page.items.is_empty() {
        empty("No team fits", "A team may preview the bundles that are shared with it.", None)
    } else {
        let headings = [("Team", false), ("Members", true), ("Grants", true)];
        table("Teams", "teams-table", &headings, page.items.iter().map(row).collect())
    };
    let pages = pagination(total, page.limit, page.offset, |n| format!("/admin/teams?q={}&page={n}", escaped(q)));
    let form = Form::of(visit, "access/create-team");
    let create = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {form.field("name", "Name").hint("Its id is made of it, unless you give one.").input()}
            {form.field("id", "Id").optional().hint("Lower case letters from a to z, digits and hyphens, such as prices-desk. It never changes.").input()}
            <button class="button">"Make the team"</button>
        </form>
    };
    let content = view! {
        {object_header("", "Teams", meta, None)}
        <form class="filter-bar" method="get" action="/admin/teams" role="search">
            {filter_input("q", "Name", "search", q)}
            <button class="button button--secondary button--small">"Find"</button>
        </form>
        {rows}{pages}
        <div class="panels">{panel("Make a team", false, None, create.into_any())}</div>
    };
    Shown::new("Teams", content.into_any())
}

fn row(team: &Team) -> AnyView {
    let (href, name, id) = (format!("/admin/teams/{}", team.id), team.name.clone(), team.id.clone());
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a><span class="table__sub">{id}</span></th>
            <td class="num">{team.members.len()}</td>
            <td class="num">{team.grants.len()}</td>
        </tr>
    }
    .into_any()
}

/// One team.
#[component]
pub fn TeamPage() -> impl IntoView {
    portal(Section::Teams, rpc::access::team_read(param("id")), |data, visit| one(&data, visit))
}

fn one(data: &Data, visit: &Visit) -> Shown {
    let team = &data.team;
    let id = team.id.clone();
    let meta = view! { <span class="mono">{id}</span><span>{team.members.len()}" members"</span> }.into_any();
    let history = data.history.as_ref().map(|events| {
        let all = format!("/admin/audit?resource_type=team&resource_id={}", team.id);
        panel("History", false, Some(("All of it", &all)), timeline(events))
    });
    let content = view! {
        {object_header("Team", &team.name, meta, None)}
        <div class="portal__body">
            <div class="portal__content stack">
                {members(data, visit)}
                {grants_panel(("team", &team.id), &data.grants, &data.departments, data.now, visit)}
            </div>
            <aside class="portal__aside stack">{delete(team)}{history}</aside>
        </div>
    };
    Shown::new(team.name.clone(), content.into_any()).under("Teams", "/admin/teams")
}

fn members(data: &Data, visit: &Visit) -> AnyView {
    let (form, team) = (Form::of(visit, "access/edit-team"), &data.team);
    let listed = data.people.iter().filter(|user| !user.disabled || team.members.contains(&user.id));
    let options = listed.map(|user| (user.id.clone(), user.name.clone(), user.email.clone())).collect();
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("id", &team.id)}{hidden("revision", team.revision)}
            {form.field("name", "Name").value(&team.name).input()}
            {form.tick_boxes("members", "Members", options, &team.members)}
            <button class="button">"Save"</button>
        </form>
    };
    panel("Members", true, None, content.into_any())
}

fn delete(team: &Team) -> AnyView {
    let delete = Confirmed {
        words: "Delete the team",
        about: "",
        note: "Its members lose what it was granted. A team that a bundle is shared with cannot be deleted.",
        action: "/rpc/access/delete-team",
        fields: view! { {hidden("id", &team.id)}{hidden("revision", team.revision)} }.into_any(),
    };
    panel("Delete", false, None, delete.view())
}
