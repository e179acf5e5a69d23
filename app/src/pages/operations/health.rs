//! Every component as it was last found: the same that `/healthcheck` tells.

use chrono::{DateTime, Utc};
use domain::operations::{ComponentSight, Readings};
use leptos::prelude::*;

use super::{check_now, health_tag, look_again};
use crate::components::portal::{desk_region, facts, moment, object_header, panel, table, text};
use crate::layout::portal::{Section, Shown, portal};

/// The parts of the program and how each was found.
#[component]
pub fn Health() -> impl IntoView {
    let load = async { Ok((rpc::live::desk_mark().await?, rpc::operations::readings_read().await?)) };
    portal(Section::OpsHealth, load, |(mark, data), visit| {
        let operates = visit.caller.as_ref().is_some_and(|c| c.may(domain::policy::Permission::SystemOperate));
        shown(mark, &data, operates)
    })
}

fn shown(mark: String, data: &Readings, operates: bool) -> Shown {
    let meta = view! { {health_tag(&data.status)}<span>{data.components.len()}" components"</span> };
    let headings = [
        ("Component", false),
        ("State", false),
        ("Found", false),
        ("Last in order", false),
        ("Last failed", false),
        ("Took", true),
    ];
    let rows = data.components.iter().map(row).collect();
    let actions = view! { {operates.then(|| check_now("Check everything now"))}{look_again("/ops/health")} };
    let content = view! {
        {object_header("", "Health", meta.into_any(), Some(actions.into_any()))}
        {table("Components", "components-table", &headings, rows)}
        <div class="panels">{program(data)}{resources(data, operates)}</div>
    };
    let said = format!("Health: {}.", data.status.to_lowercase());
    Shown::new("Health", desk_region(mark, said, content.into_any())).under("Operations", "/ops")
}

fn row(component: &ComponentSight) -> AnyView {
    let when = |at: Option<DateTime<Utc>>| {
        at.map_or_else(|| view! { <span class="muted">"never"</span> }.into_any(), |at| moment(at, ""))
    };
    view! {
        <tr>
            <th scope="row">{component.name.clone()}<span class="table__sub">"Looked at "{moment(component.last_checked, "")}</span></th>
            <td>{health_tag(&component.status)}</td>
            <td class="wrap-cell">{component.message.clone()}</td>
            <td>{when(component.last_success)}</td>
            <td>{when(component.last_failure)}</td>
            <td class="num">{component.duration_ms}" ms"{spark(&component.recent)}</td>
        </tr>
    }
    .into_any()
}

/// How long the last looks took, as a line from the oldest to the newest; nothing of a single one.
fn spark(recent: &[i64]) -> Option<AnyView> {
    const WIDE: usize = 120;
    const HIGH: i64 = 28;
    let last = recent.len().checked_sub(1).filter(|last| *last > 0)?;
    let (least, most) = (recent.iter().min()?, recent.iter().max()?);
    let height = |ms: &i64| HIGH - 4 - ms.saturating_mul(HIGH - 8) / (*most).max(1);
    let points: Vec<String> =
        recent.iter().enumerate().map(|(n, ms)| format!("{},{}", n * WIDE / last, height(ms))).collect();
    let said = format!("The last {} looks took {least} to {most} ms", recent.len());
    Some(
        view! {
            <svg class="sparkline" viewBox=format!("0 0 {WIDE} {HIGH}") width="60" height="14" role="img" aria-label=said>
                <path class="sparkline__line" d=format!("M{}", points.join(" L"))></path>
            </svg>
        }
        .into_any(),
    )
}

fn program(data: &Readings) -> AnyView {
    let commit: String = data.commit.chars().take(12).collect();
    let rows = vec![
        ("Version", text(data.version.clone())),
        ("Commit", view! { <code>{commit}</code> }.into_any()),
        ("Started", moment(data.started_at, "")),
        ("For machines", view! { <a href="/healthcheck">"/healthcheck"</a> }.into_any()),
    ];
    panel("Program", false, None, facts(rows))
}

fn resources(data: &Readings, operates: bool) -> AnyView {
    let number =
        |value: Option<f64>| value.map_or_else(|| "not measured yet".to_owned(), |value| format!("{value:.0}"));
    let memory = data
        .sum("process_resident_memory_bytes")
        .map_or_else(|| "not measured yet".to_owned(), |bytes| format!("{:.0} MB", bytes / 1_000_000.0));
    let connections = |state: &str| number(data.labelled("database_connections", "state", state));
    let rows = vec![
        ("Memory", text(memory)),
        ("Database connections in use", text(connections("used"))),
        ("Idle", text(connections("idle"))),
        ("At most", text(number(data.sum("database_connections_max")))),
        ("People signed in", text(number(data.sum("sessions_open")))),
        ("Requests under way", text(number(data.sum("http_requests_in_flight")))),
        ("Revisions that search is behind", text(number(data.sum("search_index_lag")))),
    ];
    let reset = operates.then(|| {
        view! {
            <form class="stack stack--tight" method="post" action="/rpc/operations/reset-connections">
                <p class="small muted">"Closes idle connections to the database and opens new ones. Nobody's work is cut off."</p>
                <button class="button button--secondary">"Renew the connections"</button>
            </form>
        }
    });
    panel("Resources", false, None, view! { {facts(rows)}{reset} }.into_any())
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::spark;

    #[test]
    fn the_last_looks_are_a_line_as_high_as_the_longest() {
        assert!(spark(&[]).is_none() && spark(&[4]).is_none());
        let html = spark(&[0, 10, 5]).unwrap().to_html();
        assert!(html.contains("d=\"M0,24 L60,4 L120,14\"") && html.contains("took 0 to 10 ms"), "{html}");
        assert!(spark(&[0, 0]).is_some());
    }
}
