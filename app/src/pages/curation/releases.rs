//! The list of entries of the release calendar.

use domain::curation::ReleaseList;
use domain::policy::Permission;
use domain::release::{Release, ReleaseDate, ReleaseState};
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::{page_number, query};
use crate::components::portal::{
    empty, filter_input, filter_select, moment, object_header, pagination, state_tag, state_words, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// The entries, the latest date first unless told otherwise.
#[component]
pub fn Releases() -> impl IntoView {
    let (q, state, order) = (query("q"), query("state"), query("order"));
    let load = rpc::releases::release_list_read(q.clone(), state.clone(), order.clone(), page_number());
    portal(Section::Releases, load, move |list, visit| shown(&list, (&q, &state, &order), visit))
}

fn shown(list: &ReleaseList, (q, state, order): (&str, &str, &str), visit: &Visit) -> Shown {
    let page = &list.releases;
    let total = page.total_count;
    let noun = if total == 1 { "release" } else { "releases" };
    let meta = view! { <span>{total}" "{noun}</span> }.into_any();
    let may_write = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::ReleasesWrite));
    let create =
        may_write.then(|| view! { <a class="button" href="/admin/releases/new">"Make an entry"</a> }.into_any());
    let rows = if page.items.is_empty() {
        let link = may_write.then_some(("Make an entry", "/admin/releases/new"));
        empty("No releases here", "An entry shows a title and a date to the public once it is announced.", link)
    } else {
        let headings = [("Release", false), ("State", false), ("Date", false), ("Bundle", false), ("Changes", true)];
        table("Releases", "releases-table", &headings, page.items.iter().map(row).collect())
    };
    let pages = pagination(total, page.limit, page.offset, |n| {
        format!("/admin/releases?q={}&state={}&order={}&page={n}", escaped(q), escaped(state), escaped(order))
    });
    let mut states = vec![(String::new(), "Any state".to_owned())];
    states.extend(ReleaseState::ALL.iter().map(|s| (s.as_str().to_owned(), state_words(s.as_str()))));
    let orders = [("", "Latest first"), ("soonest", "Soonest first"), ("title", "By title")];
    let orders = orders.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let content = view! {
        {object_header("", "Releases", meta, create)}
        <form class="filter-bar" method="get" action="/admin/releases" role="search">
            {filter_input("q", "Title", "search", q)}
            {filter_select("state", "State", states, state)}
            {filter_select("order", "Order", orders, order)}
            <button class="button button--secondary button--small">"Find"</button>
        </form>
        {rows}{pages}
    };
    Shown::new("Releases", content.into_any())
}

fn row(release: &Release) -> AnyView {
    let (href, title) = (format!("/admin/releases/{}", release.id), release.details.title.clone());
    let department = release.details.department.clone().unwrap_or_else(|| "the whole office".to_owned());
    let bundle = if release.bundle_id.is_some() { "linked" } else { "-" };
    view! {
        <tr>
            <th scope="row"><a href=href>{title}</a><span class="table__sub">{department}</span></th>
            <td>{state_tag(release.state.as_str())}</td>
            <td>{date_view(release.date)}</td>
            <td>{bundle}</td>
            <td class="num">{release.changes.len()}</td>
        </tr>
    }
    .into_any()
}

/// A date as far as it is known.
pub(super) fn date_view(date: ReleaseDate) -> AnyView {
    match date {
        ReleaseDate::At(at) => moment(at, ""),
        ReleaseDate::Month { .. } => view! { <span>{date.month().unwrap_or_default()}</span> }.into_any(),
        ReleaseDate::ToBeConfirmed => view! { <span class="muted">"to be confirmed"</span> }.into_any(),
    }
}
