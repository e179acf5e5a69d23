//! The list of datasets, and the form for a new one.

use domain::dataset::DatasetMetadata;
use domain::dataset::desk::{DatasetColumn, DatasetDesk, DatasetIssue, DatasetOrder, DatasetQuery, DatasetRow, Latest};
use domain::policy::Permission;
use domain::saved_view::{ListOfViews, SavedViews};
use domain::topic::Topic;
use domain::version::VersionState;
use domain::views::DatasetForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::Visit;

use super::dataset_card::{CardOf, as_listed};
use super::dataset_fields::fields;
use super::datasets_several::{outcome, several};
use super::query;
use crate::components::form::{Form, hidden};
use crate::components::portal::{
    counted, empty, filter_input, filter_select, moment, object_header, pagination, saved_views, state_tag,
    state_words, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// Datasets as the address asks for them: everything that was chosen stands in it.
#[component]
pub fn Datasets() -> impl IntoView {
    // Each box that is ticked is a value of its own.
    let columns = use_query_map().read_untracked().get_all("columns").unwrap_or_default().join(",");
    let asked = DatasetQuery::read(|name| if name == "columns" { columns.clone() } else { query(name) });
    let load = async {
        Ok((rpc::datasets::list(asked).await?, rpc::saved_views::saved_views_read(ListOfViews::Datasets).await?))
    };
    portal(Section::Datasets, load, |(desk, kept), visit| shown(&desk, &kept, visit))
}

fn shown(desk: &DatasetDesk, kept: &SavedViews, visit: &Visit) -> Shown {
    let may_create = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::DatasetsWrite));
    let create = may_create.then(|| view! { <a class="button" href="/admin/datasets/new">"Create a dataset"</a> });
    let (file, total) = (desk.query.file(), desk.rows.total_count);
    let actions = view! { {create}<a class="button button--secondary" href=file download="">"CSV"</a> }.into_any();
    let noun = if desk.query.filters().is_empty() { "in all" } else { "found" };
    let meta = view! { <span>{format!("{total} {noun}")}</span> }.into_any();
    let content = view! {
        {object_header("", "Datasets", meta, Some(actions))}
        {filter(desk)}
        {columns(&desk.query)}
        {saved_views(ListOfViews::Datasets, kept, visit)}
        {desk.changed.as_ref().map(outcome)}
        {list(desk, may_create, visit)}
    };
    Shown::new("Datasets", content.into_any())
}

fn filter(desk: &DatasetDesk) -> AnyView {
    let asked = &desk.query;
    let any = |text: &str| vec![(String::new(), text.to_owned())];
    let mut states = any("Any");
    states.push((Latest::Missing.as_str().to_owned(), "No version yet".to_owned()));
    states.extend(VersionState::ALL.iter().map(|state| (state.as_str().to_owned(), state_words(state.as_str()))));
    let mut topics = any("Any");
    topics.extend(topic_options(&desk.topics));
    let mut departments = any("Any");
    departments.extend(desk.departments.iter().map(|one| (one.id.clone(), one.title.clone())));
    let mut issues = any("Any or none");
    let of_issue =
        |issue: DatasetIssue, count: u64| (issue.as_str().to_owned(), format!("{} ({count})", issue.title()));
    issues.extend(desk.issues.iter().map(|(issue, count)| of_issue(*issue, *count)));
    let orders = DatasetOrder::ALL.iter().map(|order| (order.as_str().to_owned(), order_words(*order).to_owned()));
    let clear = (!asked.filters().is_empty()).then(|| {
        let none = DatasetQuery {
            order: asked.order,
            columns: asked.columns.clone(),
            ..DatasetQuery::read(|_| String::new())
        };
        view! { <a href=none.address()>"Clear"</a> }
    });
    view! {
        <form class="filter-bar" method="get" action="/admin/datasets" role="search">
            {filter_input("q", "Title or id", "search", &asked.q)}
            {filter_select("state", "Latest version", states, asked.latest.map_or("", Latest::as_str))}
            {filter_select("topic", "Topic", topics, &asked.topic)}
            {filter_select("department", "Department", departments, &asked.department)}
            {filter_select("issue", "Issue", issues, asked.issue.map_or("", DatasetIssue::as_str))}
            {filter_select("sort", "Sort by", orders.collect(), asked.order.as_str())}
            {kept_columns(asked)}
            <button class="button button--secondary button--small">"Find"</button>
            {clear}
        </form>
    }
    .into_any()
}

/// The chosen columns, which stay when others are looked for.
fn kept_columns(asked: &DatasetQuery) -> Option<AnyView> {
    let columns = asked.columns_word();
    (!columns.is_empty()).then(|| hidden("columns", columns))
}

/// The choice of columns, which leaves the filters as they are.
fn columns(asked: &DatasetQuery) -> AnyView {
    let filters: Vec<AnyView> = asked.filters().into_iter().map(|(name, value)| hidden(name, value)).collect();
    let boxes: Vec<AnyView> = DatasetColumn::ALL
        .iter()
        .map(|column| {
            let checked = asked.shown().contains(column);
            view! {
                <label class="choice">
                    <input type="checkbox" name="columns" value=column.as_str() checked=checked/>
                    <span class="choice__label">{column.title()}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="details small">
            <summary>"Choose columns"</summary>
            <form class="details__body stack stack--tight" method="get" action="/admin/datasets">
                {filters}
                {hidden("sort", asked.order)}
                <fieldset class="field">
                    <legend class="field__label">"Columns beside the title"</legend>
                    <div class="choices choices--inline">{boxes}</div>
                </fieldset>
                <p class="muted">"With none ticked, all are shown. The address keeps the choice, and so does a saved view."</p>
                <button class="button button--secondary button--small">"Show these"</button>
            </form>
        </details>
    }
    .into_any()
}

/// Topics to choose from; those below another are set in by a dash.
pub(super) fn topic_options(topics: &[Topic]) -> Vec<(String, String)> {
    let words = |topic: &Topic| {
        let dash = if topic.parent_id.is_some() { "\u{2013} " } else { "" };
        format!("{dash}{}", topic.title)
    };
    topics.iter().map(|topic| (topic.id.clone(), words(topic))).collect()
}

const fn order_words(order: DatasetOrder) -> &'static str {
    match order {
        DatasetOrder::Title => "Title",
        DatasetOrder::Changed => "Latest change",
        DatasetOrder::NextRelease => "Next release",
    }
}

fn list(desk: &DatasetDesk, may_create: bool, visit: &Visit) -> AnyView {
    let page = &desk.rows;
    if page.items.is_empty() {
        let link = may_create.then_some(("Create a dataset", "/admin/datasets/new"));
        return empty("No datasets here", "Choose other filters, or create a dataset.", link);
    }
    let may_change = page.items.iter().any(|dataset| dataset.revision.is_some());
    let mut headings = if may_change { vec![("Choose", false)] } else { Vec::new() };
    headings.push(("Dataset", false));
    headings.extend(desk.query.shown().iter().map(|column| (column.title(), false)));
    let form = Form::of(visit, "datasets/change-several");
    let ticked = form.chosen("chosen", &[]);
    let rows = page.items.iter().map(|dataset| row(dataset, desk, may_change.then_some(ticked.as_slice()))).collect();
    let found = table("Datasets", "datasets-table", &headings, rows);
    let pages = pagination(page.total_count, page.limit, page.offset, |n| {
        DatasetQuery { page: u32::try_from(n).unwrap_or(1), ..desk.query.clone() }.address()
    });
    if may_change { several(&form, desk, found, pages) } else { view! { {found}{pages} }.into_any() }
}

/// A dataset; `ticked` names those that were ticked where any can be.
fn row(dataset: &DatasetRow, desk: &DatasetDesk, ticked: Option<&[String]>) -> AnyView {
    let href = format!("/admin/datasets/{}", dataset.id);
    let (title, id) = (dataset.title.clone(), dataset.id.clone());
    let department = desk.departments.iter().find(|one| one.id == dataset.department);
    let department = department.map_or_else(|| dataset.department.clone(), |one| one.title.clone());
    let cells: Vec<AnyView> = desk.query.shown().iter().map(|column| cell(dataset, *column)).collect();
    let choose = ticked.map(|ticked| view! { <td>{tick(dataset, ticked)}</td> });
    view! {
        <tr>
            {choose}
            <th scope="row"><a href=href>{title}</a><span class="table__sub"><span class="mono">{id}</span>", "{department}</span></th>
            {cells}
        </tr>
    }
    .into_any()
}

fn cell(dataset: &DatasetRow, column: DatasetColumn) -> AnyView {
    let narrow = |content: AnyView| view! { <td class="wrap-cell wrap-cell--narrow">{content}</td> }.into_any();
    match column {
        DatasetColumn::Latest => view! { <td>{latest(dataset)}</td> }.into_any(),
        DatasetColumn::NextRelease => {
            let next = dataset.next_release.clone().filter(|text| !text.trim().is_empty());
            let untold = || view! { <span class="muted">"not told"</span> }.into_any();
            narrow(next.map_or_else(untold, IntoAny::into_any))
        }
        DatasetColumn::Issues => {
            let tag = |issue: &DatasetIssue| {
                view! { <span class="tag state--scheduled">{issue.title()}</span>" " }.into_any()
            };
            narrow(dataset.issues.iter().map(tag).collect::<Vec<AnyView>>().into_any())
        }
        DatasetColumn::Changed => narrow(moment(dataset.last_updated, "")),
    }
}

fn latest(dataset: &DatasetRow) -> AnyView {
    let editions = counted(dataset.editions, "edition");
    let editions = view! { <span class="table__sub">{editions}</span> };
    let Some(latest) = &dataset.latest else {
        return view! { <span class="muted">"none yet"</span>{editions} }.into_any();
    };
    let href = format!("/admin/datasets/{}/editions/{}/versions/{}", dataset.id, latest.edition, latest.number);
    let words = format!("{}, version {}", latest.edition, latest.number);
    view! { {state_tag(latest.state.as_str())}<span class="table__sub"><a href=href>{words}</a></span>{editions} }
        .into_any()
}

fn tick(dataset: &DatasetRow, ticked: &[String]) -> Option<AnyView> {
    let value = format!("{} {}", dataset.id, dataset.revision?);
    let label = format!("Choose {}", dataset.title);
    let of_dataset = format!("{} ", dataset.id);
    let checked = ticked.iter().any(|one| one.starts_with(&of_dataset));
    Some(view! { <input type="checkbox" name="chosen[]" value=value checked=checked aria-label=label/> }.into_any())
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
        <div class="portal__body">
            <form class="stack" method="post" action=form.action() novalidate=true>
                {form.field("id", "Id").after("/catalogue/").optional().hint("Part of the address for ever: lower-case letters, digits and hyphens. It cannot be changed later. Left empty, it is made of the title.").input()}
                {form.field("department", "Department").select(departments)}
                {fields(&form, &DatasetMetadata::default(), &data.topics)}
                <div class="button-group">
                    <button class="button">"Create dataset"</button>
                    <a href="/admin/datasets">"Cancel"</a>
                </div>
            </form>
            <aside class="portal__aside stack">{as_listed(CardOf::New, &DatasetMetadata::default(), &data.topics)}</aside>
        </div>
    };
    Shown::new("New dataset", content.into_any()).under("Datasets", "/admin/datasets")
}
