//! Every run of a publication, under way or at an end, with how long each took.

use domain::bundle::BundleStage;
use domain::operations::PublicationRun;
use domain::page::Page;
use leptos::prelude::*;

use super::super::administration::{page_number, query};
use crate::components::portal::{empty, moment, object_header, pagination, stacked_table, state_tag, state_words};
use crate::layout::portal::{Section, Shown, portal};
use crate::pages::admin::after_instant_words;

/// The stages in which a publication can be met here.
const STAGES: [BundleStage; 3] = [BundleStage::Publishing, BundleStage::Published, BundleStage::Failed];

/// The runs: what is under way, then what ended, the newest first.
#[component]
pub fn Publications() -> impl IntoView {
    let state = BundleStage::parse(&query("state")).filter(|stage| STAGES.contains(stage));
    portal(Section::OpsPublications, rpc::operations::publications(state, page_number()), move |page, _| {
        shown(&page, state)
    })
}

fn shown(page: &Page<PublicationRun>, state: Option<BundleStage>) -> Shown {
    let total = page.total_count;
    let noun = if total == 1 { "run" } else { "runs" };
    let meta = view! { <span>{total}" "{noun}", each of them kept"</span> }.into_any();
    let word = state.map_or("", BundleStage::as_str);
    let link = |word: &str, words: String, current: bool| {
        let href = format!("/ops/publications?state={word}");
        view! { <li><a href=href aria-current=current.then_some("page")>{words}</a></li> }.into_any()
    };
    let mut tabs = vec![link("", "All".to_owned(), state.is_none())];
    tabs.extend(STAGES.iter().map(|stage| link(stage.as_str(), state_words(stage.as_str()), state == Some(*stage))));
    let list = if page.items.is_empty() {
        empty(
            "No publications here",
            "They appear once a bundle's instant has come.",
            Some(("Publish queue", "/ops/queue")),
        )
    } else {
        let headings = [
            ("Bundle", false),
            ("State", false),
            ("Instant", false),
            ("Ended", false),
            ("Took", true),
            ("Items", true),
            ("Try", true),
            ("Trace", false),
        ];
        stacked_table("Publications", "publications-table", &headings, page.items.iter().map(row).collect())
    };
    let pages = pagination(total, page.limit, page.offset, |n| format!("/ops/publications?state={word}&page={n}"));
    let (table_file, document) =
        (format!("/ops/publications.csv?state={word}"), format!("/ops/publications.json?state={word}"));
    let report = view! {
        <a class="button button--secondary" href=table_file download="">"Report (CSV)"</a>
        <a class="button button--secondary" href=document download="">"Report (JSON)"</a>
    }
    .into_any();
    let content = view! {
        {object_header("", "Publications", meta, Some(report))}
        <nav class="tabs" aria-label="States"><ul>{tabs}</ul></nav>
        {list}{pages}
    };
    Shown::new("Publications", content.into_any()).under("Operations", "/ops")
}

fn row(run: &PublicationRun) -> AnyView {
    let title = run.title.clone().unwrap_or_else(|| "A bundle that is gone".to_owned());
    let title = if run.is_there {
        let href = format!("/admin/bundles/{}/publication", domain::text::escaped(&run.bundle_id));
        view! { <a href=href>{title}</a> }.into_any()
    } else {
        view! { {title}<span class="table__sub">"The bundle was deleted since."</span> }.into_any()
    };
    let unknown = || view! { <span class="muted">"not kept"</span> }.into_any();
    let instant = match (&run.facts, run.due()) {
        (_, Some(at)) => moment(at, ""),
        (Some(_), None) => view! { <span class="muted">"by hand"</span> }.into_any(),
        (None, None) => unknown(),
    };
    let late = run.late_ms().map(after_instant_words);
    let late = late.map(|words| view! { <span class="table__sub">{words}</span> });
    let error = run.error.clone().map(|message| view! { <span class="table__sub">{message}</span> });
    let took = run.took_ms().map(|took| format!("{took} ms"));
    let trace = run.trace_id.clone().map(|trace| {
        let href = format!("/ops/logs?trace={}", domain::text::escaped(&trace));
        view! { <a href=href><code>{trace}</code></a> }
    });
    let (items, attempts) =
        (run.facts.as_ref().map(|facts| facts.items), run.facts.as_ref().map(|facts| facts.attempts));
    view! {
        <tr>
            <th scope="row">{title}{error}</th>
            <td data-label="State">{state_tag(run.stage.as_str())}</td>
            <td data-label="Instant">{instant}</td>
            <td data-label="Ended">{run.ended_at.map(|at| moment(at, ""))}{late}</td>
            <td data-label="Took" class="num">{took}</td>
            <td data-label="Items" class="num">{items}</td>
            <td data-label="Try" class="num">{attempts}</td>
            <td data-label="Trace">{trace}</td>
        </tr>
    }
    .into_any()
}
