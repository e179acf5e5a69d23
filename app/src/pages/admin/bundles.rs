//! The list of bundles.

use domain::bundle::{Bundle, BundleStage};
use domain::page::Page;
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use super::{escaped, query};
use crate::components::portal::{bundle_table, empty, object_header, pagination, state_words};
use crate::layout::portal::{Section, Shown, portal};

/// Bundles by state and title.
#[component]
pub fn Bundles() -> impl IntoView {
    let state = BundleStage::parse(&query("state"));
    let q = query("q");
    let page = query("page").parse().unwrap_or(1);
    let load = rpc::bundles::list(state, q.clone(), page);
    portal(Section::Bundles, load, move |page, visit| shown(&page, state, &q, visit))
}

fn shown(page: &Page<Bundle>, state: Option<BundleStage>, q: &str, visit: &Visit) -> Shown {
    let may_create = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::BundlesWrite));
    let create =
        may_create.then(|| view! { <a class="button" href="/admin/bundles/new">"Create a bundle"</a> }.into_any());
    let total = page.total_count;
    let noun = if total == 1 { "bundle" } else { "bundles" };
    let meta = view! { <span>{total}" "{noun}</span> }.into_any();
    let list = if page.items.is_empty() {
        let link = may_create.then_some(("Create a bundle", "/admin/bundles/new"));
        let text =
            "A bundle holds the versions that become public at one instant. Choose another state, or create one.";
        empty("No bundles here", text, link)
    } else {
        bundle_table("Bundles", "bundles-table", &page.items)
    };
    let word = state.map_or("", BundleStage::as_str);
    let pages = pagination(total, page.limit, page.offset, |n| {
        format!("/admin/bundles?state={word}&q={}&page={n}", escaped(q))
    });
    let content = view! {
        {object_header("", "Bundles", meta, create)}
        {tabs(state, q)}
        {filter(word, q)}
        {list}
        {pages}
    };
    Shown::new("Bundles", content.into_any())
}

fn tabs(state: Option<BundleStage>, q: &str) -> AnyView {
    let link = |word: &str, text: String, current: bool| {
        let href = format!("/admin/bundles?state={word}&q={}", escaped(q));
        view! { <li><a href=href aria-current=current.then_some("page")>{text}</a></li> }.into_any()
    };
    let mut links = vec![link("", "All".to_owned(), state.is_none())];
    links.extend(
        BundleStage::ALL.iter().map(|stage| link(stage.as_str(), state_words(stage.as_str()), state == Some(*stage))),
    );
    view! { <nav class="tabs" aria-label="States"><ul>{links}</ul></nav> }.into_any()
}

fn filter(state: &'static str, q: &str) -> AnyView {
    let q = q.to_owned();
    view! {
        <form class="filter-bar" method="get" action="/admin/bundles" role="search">
            <input type="hidden" name="state" value=state/>
            <div><label for="q">"Title"</label><input id="q" type="search" name="q" value=q/></div>
            <button class="button button--secondary button--small">"Find"</button>
        </form>
    }
    .into_any()
}
