//! The list of datasets, and the form for a new one.

use domain::dataset::DatasetMetadata;
use domain::page::Page;
use domain::policy::Permission;
use domain::saved_view::{ListOfViews, SavedViews};
use domain::views::{DatasetForm, DatasetSummary};
use leptos::prelude::*;
use rpc::Visit;

use super::dataset_fields::fields;
use super::{escaped, query};
use crate::components::form::Form;
use crate::components::portal::{empty, moment, object_header, pagination, saved_views, state_tag, table};
use crate::layout::portal::{Section, Shown, portal};

/// Datasets by title.
#[component]
pub fn Datasets() -> impl IntoView {
    let q = query("q");
    let page = query("page").parse().unwrap_or(1);
    let load = {
        let q = q.clone();
        async move {
            Ok((rpc::datasets::list(q, page).await?, rpc::saved_views::saved_views_read(ListOfViews::Datasets).await?))
        }
    };
    portal(Section::Datasets, load, move |(page, kept), visit| shown(&page, &q, &kept, visit))
}

fn shown(page: &Page<DatasetSummary>, q: &str, kept: &SavedViews, visit: &Visit) -> Shown {
    let may_create = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::DatasetsWrite));
    let create =
        may_create.then(|| view! { <a class="button" href="/admin/datasets/new">"Create a dataset"</a> }.into_any());
    let total = page.total_count;
    let list = if page.items.is_empty() {
        let link = may_create.then_some(("Create a dataset", "/admin/datasets/new"));
        empty("No datasets here", "Try fewer letters of the title, or create a dataset.", link)
    } else {
        let headings = [
            ("Dataset", false),
            ("State", false),
            ("Department", false),
            ("Latest release", false),
            ("Last changed", false),
        ];
        table("Datasets", "datasets-table", &headings, page.items.iter().map(row).collect())
    };
    let pages = pagination(total, page.limit, page.offset, |n| format!("/admin/datasets?q={}&page={n}", escaped(q)));
    let q = q.to_owned();
    let content = view! {
        {object_header("", "Datasets", view! { <span>{total}" in all"</span> }.into_any(), create)}
        <form class="filter-bar" method="get" action="/admin/datasets" role="search">
            <div><label for="q">"Title"</label><input id="q" type="search" name="q" value=q/></div>
            <button class="button button--secondary button--small">"Find"</button>
        </form>
        {saved_views(ListOfViews::Datasets, kept, visit)}
        {list}
        {pages}
    };
    Shown::new("Datasets", content.into_any())
}

fn row(dataset: &DatasetSummary) -> AnyView {
    let href = format!("/admin/datasets/{}", dataset.id);
    let (title, id, department) = (dataset.metadata.title.clone(), dataset.id.clone(), dataset.department.clone());
    let release = dataset.release_date.map_or_else(|| "none yet".to_owned(), domain::uk_time::date);
    view! {
        <tr>
            <th scope="row"><a href=href>{title}</a><span class="table__sub mono">{id}</span></th>
            <td>{state_tag(&dataset.state)}</td>
            <td>{department}</td>
            <td>{release}</td>
            <td>{moment(dataset.last_updated, "")}</td>
        </tr>
    }
    .into_any()
}

/// The form for a new dataset.
#[component]
pub fn NewDataset() -> impl IntoView {
    portal(Section::Datasets, rpc::datasets::form(), |data, visit| new_form(&data, visit))
}

fn new_form(data: &DatasetForm, visit: &Visit) -> Shown {
    let form = Form::of(visit, "datasets/create");
    let departments = data.departments.iter().map(|d| (d.id.clone(), d.title.clone())).collect();
    let content = view! {
        {object_header("", "New dataset", ().into_any(), None)}
        <form class="stack" method="post" action=form.action() novalidate=true>
            {form.field("id", "Id").after("/catalogue/").hint("Part of the address for ever: lower-case letters, digits and hyphens. It cannot be changed later.").input()}
            {form.field("department", "Department").select(departments)}
            {fields(&form, &DatasetMetadata::default(), &data.topics)}
            <div class="button-group">
                <button class="button">"Create dataset"</button>
                <a href="/admin/datasets">"Cancel"</a>
            </div>
        </form>
    };
    Shown::new("New dataset", content.into_any()).under("Datasets", "/admin/datasets")
}
