//! Alerts and incidents: which of the runbook's conditions hold, what is dealt with and by when, and what was.

use chrono::{DateTime, Utc};
use domain::operations::{AlertDesk as Data, Condition, Firing, Incident, IncidentSeverity, IncidentState};
use domain::policy::Permission;
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::{page_number, query};
use super::clocks::{clock_words, severity_tag, state_tag};
use super::look_again;
use super::silences::{silenced, silencing};
use crate::components::form::Form;
use crate::components::portal::{
    desk_region, empty, filter_input, filter_select, moment, object_header, pagination, panel, sentence, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// The alerts' page; its filters stand in the address.
#[component]
pub fn Alerts() -> impl IntoView {
    let (state, severity, q) = (query("state"), query("severity"), query("q"));
    let bundle = query("bundle");
    let desk = rpc::incidents::alert_desk_read(state.clone(), severity.clone(), q.clone(), page_number());
    let load = async move { Ok((rpc::live::desk_mark().await?, desk.await?)) };
    portal(Section::OpsAlerts, load, move |(mark, data), visit| {
        shown(mark, &data, (&state, &severity, &q), &bundle, visit)
    })
}

fn shown(mark: String, data: &Data, asked: (&str, &str, &str), bundle: &str, visit: &Visit) -> Shown {
    let firing = data.firing.iter().filter(|one| one.is_due).count();
    let noun = if firing == 1 { "condition holds" } else { "conditions hold" };
    let meta =
        view! { <span>{firing}" "{noun}</span><span>{data.live.len()}" open incidents"</span>{moment(data.now, "")} };
    let operates = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
    let now = view! {
        {object_header("", "Alerts and incidents", meta.into_any(), Some(look_again("/ops/alerts")))}
        <div class="panels">
            <div id="open-incidents" class="panel--wide">{panel("Open incidents", true, Some(("Escalation", "/ops/runbook#escalation")), live(data))}</div>
            {operates.then(|| view! { <div id="open-one" class="panel--wide">{open(bundle, visit)}</div> })}
            <div id="conditions" class="panel--wide">{panel("The runbook's conditions, on this node", true, Some(("Runbook", "/ops/runbook")), conditions(data, visit))}</div>
            {silenced(data, visit)}
        </div>
    };
    let said = format!("Alerts: {firing} {noun}, {} open incidents.", data.live.len());
    // What is being looked for stays as it is.
    let content = view! {
        {desk_region(mark, said, now.into_any())}
        <div class="panels">
            <div id="incidents" class="panel--wide">{panel("All incidents", true, None, listed(data, asked))}</div>
        </div>
    };
    Shown::new("Alerts and incidents", content.into_any()).under("Operations", "/ops")
}

fn live(data: &Data) -> AnyView {
    if data.live.is_empty() {
        let text = "Conditions of the runbook open an incident by themselves, but for those that are shown only; so can an operator.";
        return empty("No incident is open", text, None);
    }
    let headings = [("Incident", false), ("Severity", false), ("State", false), ("Next clock", false), ("By", false)];
    table("Open incidents", "live-table", &headings, data.live.iter().map(|one| live_row(one, data.now)).collect())
}

fn title_cell(incident: &Incident) -> AnyView {
    let (href, title) = (incident.path(), incident.title.clone());
    let by = if incident.condition.is_some() {
        "Opened by its condition".to_owned()
    } else {
        format!("Opened by {}", incident.opened_by.name)
    };
    let recovered = incident.recovered_at.map(|at| {
        view! { <span class="table__sub">"Its condition has not held since "{moment(at, "")}</span> }
    });
    view! { <th scope="row"><a href=href>{title}</a><span class="table__sub">{by}", "{moment(incident.opened_at, "")}</span>{recovered}</th> }
        .into_any()
}

fn live_row(incident: &Incident, now: DateTime<Utc>) -> AnyView {
    let clock = incident.next_clock();
    let words = clock.map_or_else(
        || view! { <span class="muted">"none runs"</span> }.into_any(),
        |clock| view! { {clock.kind.title()}": "{clock_words(&clock, now)} }.into_any(),
    );
    view! {
        <tr>
            {title_cell(incident)}
            <td>{severity_tag(incident.severity)}</td>
            <td>{state_tag(incident.state)}</td>
            <td>{words}</td>
            <td>{clock.map(|clock| moment(clock.due, ""))}</td>
        </tr>
    }
    .into_any()
}

fn conditions(data: &Data, visit: &Visit) -> AnyView {
    let mut rows: Vec<AnyView> = data.firing.iter().map(|one| firing_row(one, data, visit)).collect();
    let quiet = Condition::ALL.iter().filter(|condition| data.firing.iter().all(|one| one.condition != **condition));
    rows.extend(quiet.map(|condition| quiet_row(*condition, data, visit)));
    let headings =
        [("Condition", false), ("Now", false), ("Alerts when", false), ("Severity", false), ("What to do", false)];
    table("Conditions of the runbook", "conditions-table", &headings, rows)
}

fn firing_row(one: &Firing, data: &Data, visit: &Visit) -> AnyView {
    let condition = one.condition;
    let (tag, words) = if one.is_due { ("tag state--failed", "Holds") } else { ("tag state--scheduled", "Beyond") };
    let due = (!one.is_due).then(|| view! { <span class="table__sub">"alerts "{moment(one.due_at(), "")}</span> });
    let incident = data.live.iter().find(|incident| incident.key() == Some(one.key()));
    view! {
        <tr>
            <th scope="row">{one.title()}<span class="table__sub">"since "{moment(one.since, "")}</span></th>
            <td><span class=tag>{words}</span>" "{condition.value_words(one.value)}{due}</td>
            <td>{condition.threshold_words()}</td>
            <td>{severity_tag(condition.rule().severity)}</td>
            <td><div class="stack stack--tight">{ways(condition, incident)}{silencing(condition, &one.subject, data, visit)}</div></td>
        </tr>
    }
    .into_any()
}

fn quiet_row(condition: Condition, data: &Data, visit: &Visit) -> AnyView {
    view! {
        <tr>
            <th scope="row">{condition.title()}</th>
            <td><span class="tag state--published">"Within"</span></td>
            <td>{condition.threshold_words()}</td>
            <td>{severity_tag(condition.rule().severity)}</td>
            <td><div class="stack stack--tight">{ways(condition, None)}{silencing(condition, "", data, visit)}</div></td>
        </tr>
    }
    .into_any()
}

/// What is said of a condition that nobody could resolve as an incident, however long it holds.
const SHOWN_ONLY: &str = "Shown only: opens no incident";

/// The runbook's procedure, the page that shows more, and the incident that is open about it.
fn ways(condition: Condition, incident: Option<&Incident>) -> AnyView {
    let (title, page) = (condition.title(), condition.rule().page);
    let shown_only = (!condition.rule().opens).then(|| view! { <li class="muted">{SHOWN_ONLY}</li> });
    view! {
        <ul class="plain cluster">
            <li><a href=condition.runbook_path()>"Runbook"<span class="visually-hidden">": "{title}</span></a></li>
            <li><a href=page>"Look"<span class="visually-hidden">": "{title}</span></a></li>
            {incident.map(|incident| view! { <li><a href=incident.path()>"Its incident"</a></li> })}
            {shown_only}
        </ul>
    }
    .into_any()
}

/// The choices of a severity, with what makes an incident so grave.
pub(super) fn severities() -> Vec<(String, String)> {
    let of = |severity: &IncidentSeverity| {
        let words = format!("{}: answer within {}", severity.title(), severity.response_words().to_lowercase());
        (severity.as_str().to_owned(), words)
    };
    IncidentSeverity::ALL.iter().map(of).collect()
}

/// The form for what no condition tells of; who comes from a publication that failed finds its address filled in.
fn open(bundle: &str, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "incidents/open");
    let (matter, known) = if bundle.is_empty() {
        (String::new(), String::new())
    } else {
        ("The publication of a bundle failed".to_owned(), format!("See /admin/bundles/{bundle}/publication"))
    };
    let opened = form.was_refused() || !bundle.is_empty();
    let mut choices = vec![(String::new(), "Choose one".to_owned())];
    choices.extend(severities());
    let content = view! {
        <details class="details" open=opened>
            <summary>"Open an incident"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {form.field("title", "What is the matter").value(&matter).hint("In one line, such as: Nothing was published at 9:30am.").input()}
                {form.field("severity", "Severity").hint("The runbook's escalation says what makes an incident so grave.").select(choices)}
                {form.field("description", "What is known").value(&known).optional().textarea()}
                <button class="button">"Open it"</button>
            </form>
        </details>
    };
    panel("Something else is wrong?", true, None, content.into_any())
}

fn listed(data: &Data, (state, severity, q): (&str, &str, &str)) -> AnyView {
    let page = &data.listed;
    let mut states = vec![(String::new(), "Any state".to_owned())];
    states.extend(IncidentState::ALL.iter().map(|one| (one.as_str().to_owned(), sentence(one.as_str()))));
    let mut grave = vec![(String::new(), "Any severity".to_owned())];
    grave.extend(IncidentSeverity::ALL.iter().map(|one| (one.as_str().to_owned(), one.title().to_owned())));
    let rows = if page.items.is_empty() {
        empty("No incidents here", "What was resolved stays listed, with its cause and its history.", None)
    } else {
        let headings =
            [("Incident", false), ("Severity", false), ("State", false), ("Resolved", false), ("Clocks", false)];
        table("Incidents", "incidents-table", &headings, page.items.iter().map(|one| row(one, data.now)).collect())
    };
    let pages = pagination(page.total_count, page.limit, page.offset, |n| {
        let (state, severity, q) = (escaped(state), escaped(severity), escaped(q));
        format!("/ops/alerts?state={state}&severity={severity}&q={q}&page={n}#incidents")
    });
    view! {
        <form class="filter-bar" method="get" action="/ops/alerts#incidents" role="search">
            {filter_input("q", "Words", "search", q)}
            {filter_select("state", "State", states, state)}
            {filter_select("severity", "Severity", grave, severity)}
            <button class="button button--secondary button--small">"Find"</button>
        </form>
        {rows}{pages}
    }
    .into_any()
}

fn row(incident: &Incident, now: DateTime<Utc>) -> AnyView {
    let over = incident.clocks().iter().filter(|clock| clock.is_breached(now)).count();
    let clocks = match over {
        0 => view! { <span class="tag state--published">"Kept"</span> }.into_any(),
        n => view! { <span class="tag state--failed">{n}" breached"</span> }.into_any(),
    };
    view! {
        <tr>
            {title_cell(incident)}
            <td>{severity_tag(incident.severity)}</td>
            <td>{state_tag(incident.state)}</td>
            <td>{incident.resolved_at.map(|at| moment(at, ""))}</td>
            <td>{clocks}</td>
        </tr>
    }
    .into_any()
}
