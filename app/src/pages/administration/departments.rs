//! Departments: the list, and one of them with what keeps it from being deleted.

use domain::administration::{DepartmentPage as Data, DepartmentRow};
use domain::page::Page;
use domain::text::escaped;
use domain::topic::Department;
use leptos::prelude::*;
use rpc::Visit;

use super::{page_number, param, query};
use crate::components::form::{Form, blockers_within, hidden};
use crate::components::portal::{Confirmed, empty, filter_input, object_header, pagination, panel, table, timeline};
use crate::layout::portal::{Section, Shown, portal};

/// The departments, by title.
#[component]
pub fn Departments() -> impl IntoView {
    let q = query("q");
    let load = rpc::access::department_list(q.clone(), page_number());
    portal(Section::Departments, load, move |page, visit| list(&page, &q, visit))
}

fn list(page: &Page<DepartmentRow>, q: &str, visit: &Visit) -> Shown {
    let total = page.total_count;
    let noun = if total == 1 { "department" } else { "departments" };
    let meta = view! { <span>{total}" "{noun}</span> }.into_any();
    let rows = if page.items.is_empty() {
        empty("No department fits", "Every dataset belongs to one, and rights can be limited to some.", None)
    } else {
        let headings = [("Department", false), ("Welsh", false), ("Datasets", true)];
        table("Departments", "departments-table", &headings, page.items.iter().map(row).collect())
    };
    let pages = pagination(total, page.limit, page.offset, |n| format!("/admin/departments?q={}&page={n}", escaped(q)));
    let form = Form::of(visit, "access/create-department");
    let create = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {titles(&form, None)}
            {form.field("id", "Id").hint("Lower case letters, digits and hyphens, such as prices. It never changes.").input()}
            <button class="button">"Make the department"</button>
        </form>
    };
    let content = view! {
        {object_header("", "Departments", meta, None)}
        <form class="filter-bar" method="get" action="/admin/departments" role="search">
            {filter_input("q", "Title", "search", q)}
            <button class="button button--secondary button--small">"Find"</button>
        </form>
        {rows}{pages}
        <div class="panels">{panel("Make a department", false, None, create.into_any())}</div>
    };
    Shown::new("Departments", content.into_any())
}

fn row(row: &DepartmentRow) -> AnyView {
    let Department { id, title, title_cy } = row.department.clone();
    let (href, datasets) = (format!("/admin/departments/{id}"), format!("/admin/datasets?department={id}"));
    let welsh = title_cy.map_or_else(
        || view! { <span class="muted">"not yet"</span> }.into_any(),
        |text| view! { <span lang="cy">{text}</span> }.into_any(),
    );
    view! {
        <tr>
            <th scope="row"><a href=href>{title}</a><span class="table__sub">{id}</span></th>
            <td class="wrap-cell">{welsh}</td>
            <td class="num"><a href=datasets>{row.datasets}</a></td>
        </tr>
    }
    .into_any()
}

/// The titles of a department in both languages.
fn titles(form: &Form, present: Option<&Department>) -> AnyView {
    let title = present.map(|department| department.title.as_str()).unwrap_or_default();
    let welsh = present.and_then(|department| department.title_cy.as_deref()).unwrap_or_default();
    view! {
        {form.field("title", "Title").value(title).input()}
        {form.field("title_cy", "Title in Welsh").value(welsh).optional().input()}
    }
    .into_any()
}

/// One department.
#[component]
pub fn DepartmentPage() -> impl IntoView {
    portal(Section::Departments, rpc::access::department_read(param("id")), |data, visit| one(&data, visit))
}

fn one(data: &Data, visit: &Visit) -> Shown {
    let department = &data.department;
    let datasets = format!("/admin/datasets?department={}", department.id);
    let meta =
        view! { <span class="mono">{department.id.clone()}</span><a href=datasets>"Its datasets"</a> }.into_any();
    let history = data.history.as_ref().map(|events| {
        let all = format!("/admin/audit?resource_type=department&resource_id={}", department.id);
        panel("History", false, Some(("All of it", &all)), timeline(events))
    });
    let content = view! {
        {object_header("Department", &department.title, meta, None)}
        <div class="portal__body">
            <div class="portal__content stack">{edit(data, visit)}</div>
            <aside class="portal__aside stack">{delete(data)}{history}</aside>
        </div>
    };
    Shown::new(department.title.clone(), content.into_any()).under("Departments", "/admin/departments")
}

fn edit(data: &Data, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "access/edit-department");
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("id", &data.department.id)}{hidden("revision", data.revision)}
            {titles(&form, Some(&data.department))}
            <p class="field__hint">"Public pages and the search show the new title at once."</p>
            <button class="button">"Save"</button>
        </form>
    };
    panel("Titles", true, None, content.into_any())
}

/// Deleting it, or everything that keeps it.
fn delete(data: &Data) -> AnyView {
    let content = if data.in_the_way.is_empty() {
        Confirmed {
            words: "Delete the department",
            about: "",
            note: "Nothing belongs to it, and no right is limited to it. It cannot be brought back.",
            action: "/rpc/access/delete-department",
            fields: view! { {hidden("id", &data.department.id)}{hidden("revision", data.revision)} }.into_any(),
        }
        .view()
    } else {
        blockers_within("Why it cannot be deleted", "why-not", &data.in_the_way)
    };
    panel("Delete", false, None, content)
}
