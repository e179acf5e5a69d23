//! Slow endpoints and statements, from what this process measured of itself.

use domain::operations::{Endpoint, PerformanceDesk, endpoints};
use domain::policy::Permission;
use leptos::prelude::*;

use super::super::administration::query;
use super::costs::{caches, statements};
use super::look_again;
use crate::components::portal::{empty, filter_select, grouped, moment, object_header, table};
use crate::layout::portal::{Section, Shown, portal};

/// The most endpoints shown.
const MOST: usize = 100;

/// The endpoints, the slowest first.
#[component]
pub fn Performance() -> impl IntoView {
    let (kind, sort) = (query("kind"), query("sort"));
    portal(Section::OpsPerformance, rpc::operations::performance_desk_read(), move |desk, visit| {
        let reads_log = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
        shown(&desk, &kind, &sort, reads_log)
    })
}

fn shown(desk: &PerformanceDesk, kind: &str, sort: &str, reads_log: bool) -> Shown {
    let data = &desk.readings;
    let mut all = endpoints(&data.samples);
    all.retain(|endpoint| kind.is_empty() || endpoint.kind == kind);
    match sort {
        "count" => all.sort_by(|a, b| b.count.total_cmp(&a.count)),
        "faults" => all.sort_by(|a, b| b.faults.total_cmp(&a.faults)),
        _ => {}
    }
    let meta = view! { <span>{all.len()}" endpoints"</span><span>"since "{moment(data.started_at, "")}</span><span>"target p95 below 500 ms"</span> };
    let list = if all.is_empty() {
        empty("Nothing was measured", "Endpoints appear once they were asked.", None)
    } else {
        let headings = [
            ("Endpoint", false),
            ("Sort", false),
            ("Requests", true),
            ("p50", true),
            ("p95", true),
            ("p99", true),
            ("4xx", true),
            ("5xx", true),
        ];
        table("Endpoints", "endpoints-table", &headings, all.iter().take(MOST).map(|one| row(one, reads_log)).collect())
    };
    let content = view! {
        {object_header("", "Performance", meta.into_any(), Some(look_again("/ops/performance")))}
        {filter(kind, sort)}
        {list}
        <p class="small muted">"Times are of this node since it started, in milliseconds, read from the same measures as "<code>"/metrics"</code>"."</p>
        <div class="panels">{statements(&desk.statements)}{caches(&data.caches)}</div>
    };
    Shown::new("Performance", content.into_any()).under("Operations", "/ops")
}

fn filter(kind: &str, sort: &str) -> AnyView {
    let named = |options: &[(&str, &str)]| {
        options.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect::<Vec<_>>()
    };
    let kinds = named(&[
        ("", "Everything"),
        ("api", "API"),
        ("page", "Public pages"),
        ("portal", "Portal"),
        ("form", "Forms"),
        ("asset", "Assets"),
    ]);
    let sorts = named(&[("", "Slowest first"), ("count", "Most asked first"), ("faults", "Most faults first")]);
    view! {
        <form class="filter-bar" method="get" action="/ops/performance">
            {filter_select("kind", "Of", kinds, kind)}
            {filter_select("sort", "Order", sorts, sort)}
            <button class="button button--secondary button--small">"Show"</button>
        </form>
    }
    .into_any()
}

/// An endpoint; who may read the log gets from it to its lines, and from those to all of one request.
fn row(endpoint: &Endpoint, reads_log: bool) -> AnyView {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole and not negative")]
    let number = |value: f64| grouped(value as u64);
    let time = |ms: f64| if ms < 10.0 { format!("{ms:.1}") } else { format!("{ms:.0}") };
    let slow = (endpoint.p95 >= 500.0).then(|| view! { " "<span class="tag state--failed">"Slow"</span> });
    let sick = (endpoint.faults > 0.0).then(|| view! { " "<span class="tag state--failed">"Faults"</span> });
    let name = view! { <code>{endpoint.method.clone()}" "{endpoint.route.clone()}</code> };
    let name = if reads_log {
        let href = format!("/ops/logs?q={}", domain::text::escaped(&endpoint.route));
        view! { <a href=href>{name}<span class="visually-hidden">": its lines of the log"</span></a> }.into_any()
    } else {
        name.into_any()
    };
    view! {
        <tr>
            <th scope="row">{name}{slow}{sick}</th>
            <td>{endpoint.kind.clone()}</td>
            <td class="num">{number(endpoint.count)}</td>
            <td class="num">{time(endpoint.p50)}</td>
            <td class="num">{time(endpoint.p95)}</td>
            <td class="num">{time(endpoint.p99)}</td>
            <td class="num">{number(endpoint.refusals)}</td>
            <td class="num">{number(endpoint.faults)}</td>
        </tr>
    }
    .into_any()
}
