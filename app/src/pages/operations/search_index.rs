//! This node's search index: whether it is where the catalogue is, whether it holds a dataset, and making it anew.

use domain::operations::{IndexDesk, SoughtDataset};
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::query;
use super::look_again;
use crate::components::form::hidden;
use crate::components::portal::{facts, filter_input, grouped, moment, object_header, panel, size_words};
use crate::layout::portal::{Section, Shown, portal};

/// The index of the node that answers.
#[component]
pub fn SearchIndex() -> impl IntoView {
    portal(Section::OpsSearchIndex, rpc::operations::index_desk_read(query("dataset")), |data, visit| {
        shown(&data, visit)
    })
}

fn shown(data: &IndexDesk, visit: &Visit) -> Shown {
    let behind = data.revision.saturating_sub(data.cursor);
    let whole = data.held == data.public && behind == 0;
    let (class, words) = match (whole, behind) {
        (true, _) => ("tag state--published", "As the catalogue is"),
        (_, 0) => ("tag state--failed", "Not as the catalogue is"),
        _ => ("tag state--scheduled", "Behind"),
    };
    let meta = view! {
        <span class=class>{words}</span>
        <span>"of "{data.node.clone()}</span>
        <span>{size_words(data.bytes)}</span>
    }
    .into_any();
    let content = view! {
        {object_header("", "Search index", meta, Some(look_again("/ops/search-index")))}
        <dl class="kpis">
            {tile("Datasets found by search", data.held)}
            {tile("Public datasets", data.public)}
            {tile("Revisions behind", behind)}
        </dl>
        <p class="small muted">"Each node has an index of its own, of what is public alone. It follows every change by the catalogue's revision, "{data.revision}" now; a node that was away catches up by itself."</p>
        <div class="panels">{find(data, visit)}{anew(data, visit)}</div>
    };
    Shown::new("Search index", content.into_any()).under("Operations", "/ops")
}

fn tile(words: &'static str, number: u64) -> AnyView {
    view! { <div class="kpi"><dt>{words}</dt><dd class="num">{grouped(number)}</dd></div> }.into_any()
}

fn find(data: &IndexDesk, visit: &Visit) -> AnyView {
    let id = data.sought.as_ref().map(|sought| sought.id.clone()).unwrap_or_default();
    let answer = data.sought.as_ref().map(|sought| {
        let (class, words) = finding(sought, data.cursor < data.revision);
        view! { <p role="status"><span class=class>{sought.id.clone()}</span>" "{words}</p> }
    });
    let again = data.sought.as_ref().filter(|_| operates(visit)).map(|sought| {
        view! {
            <form method="post" action="/rpc/operations/read-dataset-again">
                {hidden("dataset", &sought.id)}
                <button class="button button--secondary">"Read it again"</button>
            </form>
        }
    });
    let content = view! {
        <form class="filter-bar" method="get" action="/ops/search-index">
            {filter_input("dataset", "Id of the dataset", "text", &id)}
            <button class="button button--secondary button--small">"Look"</button>
        </form>
        {answer}{again}
    };
    panel("Is a dataset found?", false, None, content.into_any())
}

/// Whether the visitor may have the index made.
fn operates(visit: &Visit) -> bool {
    visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate))
}

/// What it means that the index holds a dataset or not.
fn finding(sought: &SoughtDataset, is_behind: bool) -> (&'static str, &'static str) {
    match (sought.is_public, sought.is_held) {
        (true, true) => ("tag state--published", "is public, and search finds it."),
        (true, false) if is_behind => ("tag state--scheduled", "is public; the index has not come so far yet."),
        (true, false) => ("tag state--failed", "is public, but the index misses it. Have it read again."),
        (false, true) if is_behind => {
            ("tag state--scheduled", "is not public any more; the index has not come so far yet.")
        }
        (false, true) => ("tag state--failed", "is not public, but the index holds it. Have it read again."),
        (false, false) => ("tag state--created", "is not a public dataset, so search does not find it."),
    }
}

fn anew(data: &IndexDesk, visit: &Visit) -> AnyView {
    let last = match &data.rebuild {
        None => view! { <p class="muted">"Nobody has asked for it since this node started."</p> }.into_any(),
        Some(rebuild) => {
            let ended = match (rebuild.finished_at, rebuild.datasets) {
                (None, _) => {
                    let read = format!("{} of {} datasets read so far", grouped(rebuild.so_far), grouped(data.public));
                    view! { <span class="tag state--publishing">"Being made"</span>" "{read} }.into_any()
                }
                (Some(at), Some(datasets)) => {
                    view! { <span class="tag state--published">"Done"</span>" "{moment(at, "")}", with "{grouped(datasets)}" datasets" }.into_any()
                }
                (Some(at), None) => {
                    view! { <span class="tag state--failed">"Failed"</span>" "{moment(at, "")}"; the log says why, and the index of before is used" }.into_any()
                }
            };
            facts(vec![("Asked for", moment(rebuild.started_at, "")), ("Came to", ended)])
        }
    };
    let goes_on = data.rebuild.as_ref().is_some_and(|rebuild| rebuild.finished_at.is_none());
    let button = (operates(visit) && !goes_on).then(|| {
        view! {
            <form class="stack stack--tight" method="post" action="/rpc/operations/rebuild-index">
                <p class="small muted">"Everything public is read from the database again. Until that is done, searches find what they found before. Only this node's index is made."</p>
                <button class="button button--secondary">"Make the index anew"</button>
            </form>
        }
    });
    panel("Made anew", false, None, view! { {last}{button} }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_search_misses_is_told_from_what_it_may_not_have() {
        let words = |is_public, is_held, is_behind| {
            finding(&SoughtDataset { id: "cpi".into(), is_public, is_held }, is_behind).1
        };
        assert!(words(true, false, false).contains("misses it"));
        assert!(words(true, false, true).contains("not come so far"));
        assert!(words(false, true, false).contains("holds it"));
        assert_eq!(words(false, false, false), words(false, false, true));
    }
}
