//! One incident: its clocks, the one thing to do next, the other steps, and its timeline.

use domain::operations::{Incident, IncidentAction, IncidentSheet as Data, review_of};
use domain::policy::Permission;
use domain::status::PublicUpdate;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::param;
use super::alerts::severities;
use super::clocks::{clock_words, severity_tag, state_tag};
use crate::components::form::{Form, hidden};
use crate::components::portal::{
    copy_button, copying, desk_region, facts, moment, object_header, panel, sentence, table, text, timeline,
};
use crate::layout::portal::{Section, Shown, portal};

/// One incident.
#[component]
pub fn IncidentPage() -> impl IntoView {
    let sheet = rpc::incidents::incident_read(param("id"));
    let load = async move { Ok((rpc::live::desk_mark().await?, sheet.await?)) };
    portal(Section::OpsAlerts, load, |(mark, data), visit| shown(mark, &data, visit))
}

fn shown(mark: String, data: &Data, visit: &Visit) -> Shown {
    let incident = &data.incident;
    let meta = view! { {severity_tag(incident.severity)}{state_tag(incident.state)}<span>"opened "{moment(incident.opened_at, "")}</span> };
    let history = format!("/admin/audit?resource_type=incident&resource_id={}", incident.id);
    let content = view! {
        {object_header("Incident", &incident.title, meta.into_any(), None)}
        <div class="portal__body">
            <div class="portal__content stack">
                {clocks(data)}
                {steps(incident, visit)}
                {panel("Timeline", true, Some(("Audit trail", &history)), timeline(&data.history))}
            </div>
            <aside class="portal__aside stack">{about(data)}{told(incident)}{escalation(incident)}</aside>
        </div>
    };
    let said = format!("The incident is {}.", incident.state.as_str());
    Shown::new(incident.title.clone(), view! { {desk_region(mark, said, content.into_any())}{review(data)} }.into_any())
        .under("Operations", "/ops")
        .under("Alerts and incidents", "/ops/alerts")
}

fn clocks(data: &Data) -> AnyView {
    let rows = data
        .incident
        .clocks()
        .iter()
        .map(|clock| {
            view! {
                <tr>
                    <th scope="row">{clock.kind.title()}</th>
                    <td>{clock_words(clock, data.now)}</td>
                    <td>{moment(clock.due, "")}</td>
                    <td>{clock.stopped.map(|at| moment(at, ""))}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let headings = [("Clock", false), ("Stands", false), ("Due", false), ("Done", false)];
    panel("Clocks", true, None, table("Clocks of the runbook", "clocks-table", &headings, rows))
}

/// Once it is over, the text that its review goes on from; it is not drawn anew, since its button is armed once.
fn review(data: &Data) -> Option<AnyView> {
    let incident = &data.incident;
    (!incident.is_live()).then(|| {
        let by = incident.review_by().map(|at| view! { <p>"The runbook wants it reviewed by "{moment(at, "")}"."</p> });
        let content = view! {
            {by}
            <details class="details">
                <summary>"A text to begin the review with"</summary>
                <div class="details__body stack stack--tight">
                    <p class="small muted">"What is known of it, in Markdown, and what a review asks."</p>
                    <pre class="command" tabindex="0"><code id="review">{review_of(incident, &data.history, data.now)}</code></pre>
                    {copy_button("review", "the text of the review")}
                </div>
            </details>
            {copying()}
        };
        view! { <div class="panels">{panel("Review", true, None, content.into_any())}</div> }.into_any()
    })
}

/// Whether everybody reads an update, too, and in Welsh.
fn to_the_public(form: &Form) -> AnyView {
    let hint = "Everybody then reads how grave it is, since when and where it stands, and the words above. Name nothing that is not published yet.";
    let option = vec![("true".to_owned(), "Show it on the public status page".to_owned(), hint.to_owned())];
    let welsh = form
        .field("text_cy", "Update in Welsh")
        .hint("For the public page in Welsh; without it the English words stand there.");
    view! { {form.ticked("public", "The public", option, false)}{welsh.textarea()} }.into_any()
}

/// What the public reads of it, the newest last.
fn told(incident: &Incident) -> Option<AnyView> {
    let rows = |update: &PublicUpdate| {
        let welsh = update.text_cy.clone().map(|words| view! { <p lang="cy">{words}</p> });
        view! { <li><p>{moment(update.at, "")}</p><p>{update.text.clone()}</p>{welsh}</li> }
    };
    let items: Vec<_> = incident.public_updates.iter().map(rows).collect();
    (!items.is_empty()).then(|| {
        let list = view! { <ul class="plain stack stack--tight">{items}</ul> };
        panel("What the public reads", false, Some(("Status page", "/status")), list.into_any())
    })
}

fn about(data: &Data) -> AnyView {
    let incident = &data.incident;
    let mut rows = vec![("Opened by", text(incident.opened_by.name.clone()))];
    if !incident.description.is_empty() {
        rows.push(("What is known", text(incident.description.clone())));
    }
    if let Some(condition) = incident.condition {
        let stands = match (&data.firing, incident.recovered_at) {
            (Some(firing), _) => text(format!("holds: {}", condition.value_words(firing.value))),
            (None, Some(at)) => view! { "not since "{moment(at, "")} }.into_any(),
            (None, None) => text("not seen by this node just now"),
        };
        let page = condition.rule().page;
        rows.push(("Condition", stands));
        rows.push((
            "What to do",
            view! { <a href=condition.runbook_path()>"The runbook's procedure"</a>", "<a href=page>"look at it"</a> }
                .into_any(),
        ));
    }
    if let Some(by) = &incident.acknowledged_by {
        rows.push(("Dealt with by", text(by.name.clone())));
    }
    if let Some(cause) = &incident.cause {
        rows.push(("Cause", text(cause.clone())));
    }
    if let Some(at) = incident.review_by() {
        rows.push(("Review by", moment(at, "")));
    }
    panel("Incident", false, None, facts(rows))
}

fn escalation(incident: &Incident) -> AnyView {
    let severity = incident.severity;
    let rows = vec![
        ("Answer within", text(severity.response_words())),
        ("Pass it on to", text(severity.escalation())),
        ("So grave when", text(severity.when())),
    ];
    panel("Escalation", false, Some(("Runbook", "/ops/runbook#escalation")), facts(rows))
}

/// What each action needs: its endpoint, its button, the field with what is said, and a hint.
const fn form_of(
    action: IncidentAction,
) -> (&'static str, &'static str, Option<(&'static str, &'static str, &'static str)>) {
    match action {
        IncidentAction::Acknowledge => ("incidents/acknowledge", "Acknowledge", None),
        IncidentAction::Note => (
            "incidents/note",
            "Add an update",
            Some(("text", "Update", "How it stands, for everybody concerned. The next update is due an hour later.")),
        ),
        IncidentAction::ChangeSeverity => {
            ("incidents/rate", "Change the severity", Some(("reason", "Reason", "Why it is graver, or less grave.")))
        }
        IncidentAction::Mitigate => (
            "incidents/mitigate",
            "Mark as mitigated",
            Some(("text", "What was done", "It harms nobody any more; the cause is still to be removed.")),
        ),
        IncidentAction::Resolve => (
            "incidents/resolve",
            "Resolve",
            Some(("cause", "Cause", "What it came from. It is kept for the review and for the next time.")),
        ),
        IncidentAction::Reopen => (
            "incidents/reopen",
            "Reopen",
            Some(("reason", "Reason", "Somebody has to answer for it anew: its clocks begin again.")),
        ),
    }
}

fn steps(incident: &Incident, visit: &Visit) -> AnyView {
    let may = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
    if !may {
        let words = view! { <p class="muted">"Operators deal with incidents: it needs the right system:operate."</p> };
        return panel("Next step", true, None, words.into_any());
    }
    let next = incident.next_step();
    let primary = next.map(|action| step(incident, action, true, visit));
    let others: Vec<AnyView> = IncidentAction::ALL
        .iter()
        .filter(|action| Some(**action) != next)
        .map(|action| match action.check_from(incident.state) {
            Ok(()) => other(incident, *action, visit),
            Err(refusal) => {
                let words = format!("{}: {refusal}", sentence(action.label()));
                view! { <li class="muted">{words}</li> }.into_any()
            }
        })
        .collect();
    let content = view! {
        {primary}
        <h3>"Other ways"</h3>
        <ul class="plain stack stack--tight">{others}</ul>
    };
    panel("Next step", true, None, content.into_any())
}

fn other(incident: &Incident, action: IncidentAction, visit: &Visit) -> AnyView {
    let (endpoint, button, _) = form_of(action);
    let open = Form::of(visit, endpoint).was_refused();
    view! {
        <li><details class="details" open=open>
            <summary>{button}</summary>
            <div class="details__body">{step(incident, action, false, visit)}</div>
        </details></li>
    }
    .into_any()
}

fn step(incident: &Incident, action: IncidentAction, primary: bool, visit: &Visit) -> AnyView {
    let (endpoint, button, said) = form_of(action);
    let form = Form::of(visit, endpoint);
    let class = if primary { "button" } else { "button button--secondary" };
    let severity = (action == IncidentAction::ChangeSeverity)
        .then(|| form.field("severity", "Severity").value(incident.severity.as_str()).select(severities()));
    let said = said.map(|(name, label, hint)| form.field(name, label).hint(hint).textarea());
    let public = (action == IncidentAction::Note).then(|| to_the_public(&form));
    view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {hidden("id", &incident.id)}{hidden("revision", incident.revision)}
            {severity}{said}{public}
            <button class=class>{button}</button>
        </form>
    }
    .into_any()
}
