//! One glance: how everything stands against the runbook's thresholds.

use domain::operations::{Gauge, Grade, Incident, IncidentState, Indicator, Overview as Data};
use domain::policy::Permission;
use leptos::prelude::*;

use super::clocks::{incident_item_with, severity_tag};
use super::{grade_tag, health_tag, look_again, span_words};
use crate::components::form::hidden;
use crate::components::portal::{countdown, desk_region, moment, object_header, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// So many incidents are listed; the page about alerts has all of them.
const MOST: usize = 10;

/// The page that an operator looks at first.
#[component]
pub fn Overview() -> impl IntoView {
    let load = async { Ok((rpc::live::desk_mark().await?, rpc::operations::overview_read().await?)) };
    portal(Section::Ops, load, |(mark, data), visit| {
        let operates = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
        shown(mark, &data, operates)
    })
}

/// How everything stands, for those who only hear that it has changed.
fn said(data: &Data) -> String {
    let (incidents, failed) = (data.incidents.len(), data.failed.total_count);
    format!("Operations: {}. Open incidents: {incidents}. Failed bundles: {failed}.", data.standing().to_lowercase())
}

fn shown(mark: String, data: &Data, operates: bool) -> Shown {
    let node = data.node.clone();
    let uptime = span_words((data.now - data.readings.started_at).num_seconds());
    let meta = view! { {health_tag(data.standing())}{gravest(&data.incidents)}<span>"node "{node}</span><span>"up "{uptime}</span>{moment(data.now, "")} };
    let content = view! {
        {object_header("", "Operations", meta.into_any(), Some(look_again("/ops")))}
        {counts(data)}
        <div class="panels">
            {thresholds(&data.indicators)}
            {next(data)}
            {attention(data, operates)}
            {heartbeat(data)}
        </div>
    };
    Shown::new("Operations", desk_region(mark, said(data), content.into_any()))
}

/// How many incidents are not over, and how grave the gravest of them is; nothing where there is none.
fn gravest(incidents: &[Incident]) -> Option<AnyView> {
    let severity = incidents.iter().map(|incident| incident.severity).min()?;
    let words = match incidents.len() {
        1 => "1 open incident".to_owned(),
        number => format!("{number} open incidents, the gravest"),
    };
    Some(view! { <span><a href="/ops/alerts#open-incidents">{words}</a>" "{severity_tag(severity)}</span> }.into_any())
}

fn counts(data: &Data) -> AnyView {
    let tile = |text: &'static str, n: u64, href: &'static str, modifier: &'static str| {
        let class = if n > 0 { format!("kpi {modifier}") } else { "kpi".to_owned() };
        view! { <div class=class><dt>{text}</dt><dd class="num"><a href=href>{n}</a></dd></div> }
    };
    let failed = data.failed.total_count;
    let sick = data.readings.components.iter().filter(|component| component.status != "OK").count() as u64;
    let firing = data.readings.firing.iter().filter(|one| one.is_due).count() as u64;
    let alarms = data.indicators.iter().filter(|indicator| indicator.grade != Grade::Good).count() as u64;
    let incidents = data.incidents.len() as u64;
    view! {
        <dl class="kpis">
            {tile("Open incidents", incidents, "/ops/alerts#open-incidents", "kpi--fail")}
            {tile("In the queue", data.queued, "/ops/queue", "")}
            {tile("Failed bundles", failed, "/ops/failures", "kpi--fail")}
            {tile("Deliveries given up", data.given_up, "/ops/integrations", "kpi--fail")}
            {tile("Failed files", data.failed_files, "/ops/files", "kpi--warn")}
            {tile("Components not in order", sick, "/ops/health", "kpi--fail")}
            {tile("Conditions that alert", firing, "/ops/alerts#conditions", "kpi--fail")}
            {tile("Outside of their targets", alarms, "/ops#thresholds", "kpi--warn")}
        </dl>
    }
    .into_any()
}

fn thresholds(indicators: &[Indicator]) -> AnyView {
    let rows = indicators.iter().map(indicator_row).collect();
    let headings = [("Measure", false), ("Now", true), ("Target", false), ("Stands", false)];
    let list = table("Measures against the runbook's targets", "indicators-table", &headings, rows);
    view! { <div id="thresholds" class="panel--wide">{panel("Against the runbook's targets", true, Some(("Runbook", "/ops/runbook")), list)}</div> }
        .into_any()
}

fn indicator_row(indicator: &Indicator) -> AnyView {
    let (href, name) = (indicator.page.clone(), indicator.name.clone());
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a></th>
            <td class="num">{indicator.value.clone()}{indicator.gauge.map(drawn)}</td>
            <td class="wrap-cell">{indicator.target.clone()}</td>
            <td>{grade_tag(indicator.grade)}</td>
        </tr>
    }
    .into_any()
}

/// The value as a bar with its threshold as a line across; the row says both in words.
fn drawn(gauge: Gauge) -> AnyView {
    view! {
        <svg class="threshold" viewBox="0 0 1000 100" width="100" height="10" aria-hidden="true">
            <rect class="threshold__scale" x="0" y="30" width="1000" height="40"></rect>
            <rect class="threshold__now" x="0" y="30" width=gauge.now.to_string() height="40"></rect>
            <line class="threshold__line" x1=gauge.threshold.to_string() x2=gauge.threshold.to_string() y1="0" y2="100"></line>
        </svg>
    }
    .into_any()
}

fn next(data: &Data) -> AnyView {
    let coming = data.next.as_ref().and_then(|entry| Some((entry, entry.bundle.state.schedule()?.publication_date)));
    let Some((entry, at)) = coming else {
        let nothing = view! { <p class="muted">"Nothing is scheduled."</p> };
        return panel("Next publication", false, Some(("Queue", "/ops/queue")), nothing.into_any());
    };
    let label = format!("{} publishes in", entry.bundle.details.title);
    let href = format!("{}/publication", entry.bundle.admin_path());
    panel("Next publication", false, Some(("Watch it", &href)), countdown(at, data.now, &label, false))
}

/// Answering for an incident that nobody has answered for, and the runbook's procedure for its condition.
fn at_once(incident: &Incident, operates: bool) -> AnyView {
    let about = format!(": {}", incident.title);
    let answers = operates && incident.state == IncidentState::Open;
    let answer = answers.then(|| {
        view! {
            <form method="post" action="/rpc/incidents/acknowledge">
                {hidden("id", &incident.id)}{hidden("revision", incident.revision)}
                <button class="link-button">"Acknowledge"<span class="visually-hidden">{about.clone()}</span></button>
            </form>
        }
    });
    let runbook = incident.condition.map(|condition| {
        let href = condition.runbook_path();
        view! { <a class="link-button" href=href>"Runbook"<span class="visually-hidden">{about.clone()}</span></a> }
    });
    view! { <div class="check__actions">{answer}{runbook}</div> }.into_any()
}

fn attention(data: &Data, operates: bool) -> AnyView {
    let incidents = data
        .incidents
        .iter()
        .take(MOST)
        .map(|incident| incident_item_with(incident, data.now, Some(at_once(incident, operates))));
    let more = data.incidents.len().saturating_sub(MOST);
    let more = (more > 0).then(|| {
        view! {
            <li class="check check--warn"><span class="check__text"><a href="/ops/alerts#open-incidents">{more}" more incidents"</a></span></li>
        }
        .into_any()
    });
    let failed = data.failed.items.iter().map(|bundle| {
        let (title, note) = (bundle.details.title.clone(), bundle.state.failure().map(|failure| moment(failure.at, "")));
        let href = format!("/ops/failures#bundle-{}", bundle.id);
        view! {
            <li class="check check--fail"><span class="check__text"><a href=href>{title}</a>" could not be published"</span><span class="check__note">{note}</span></li>
        }
        .into_any()
    });
    let sick = data.readings.components.iter().filter(|component| component.status != "OK").map(|component| {
        let (name, message) = (component.name.clone(), component.message.clone());
        view! {
            <li class="check check--warn"><span class="check__text"><a href="/ops/health">{name}</a>": "{message}</span><span class="check__note">{component.status.to_lowercase()}</span></li>
        }
        .into_any()
    });
    let items: Vec<AnyView> = incidents.chain(more).chain(failed).chain(sick).collect();
    let content = if items.is_empty() {
        view! { <p class="muted">"Nothing waits for an operator."</p> }.into_any()
    } else {
        view! { <ul class="checklist">{items}</ul> }.into_any()
    };
    panel("Needs somebody", false, Some(("Guided recovery", "/ops/failures")), content)
}

fn heartbeat(data: &Data) -> AnyView {
    let content = match data.readings.last_beat {
        Some(at) => {
            let ago = span_words((data.now - at).num_seconds());
            view! { <p>"The scheduler of this node last looked for due bundles "{ago}" ago, "{moment(at, "")}"."</p> }
                .into_any()
        }
        None => view! { <p class="muted">"This node runs no scheduler."</p> }.into_any(),
    };
    panel("Scheduler", false, Some(("Health", "/ops/health")), content)
}
