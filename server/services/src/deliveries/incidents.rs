//! Alerting people and programs of an incident, in the transaction that opens it.

use domain::delivery::{CircuitState, Sink, WebhookEvent};
use domain::operations::{AlertWay, Incident};
use domain::page::Paging;
use persistence::outbox::{self, Task};
use persistence::{Tx, webhooks};
use serde_json::Value;

use super::messages::Notice;
use crate::{Ctx, Result, Services, ids};

/// Queues the alert of an incident: in the log, and to every receiver of alerts that is configured.
pub(crate) async fn queue_incident(tx: &Tx, services: &Services, ctx: &Ctx, incident: &Incident) -> Result<()> {
    let payload = Notice::incident(incident).written()?;
    let mut tasks = vec![task(ctx, Sink::Alert, &incident.id, incident, &payload)];
    if services.delivers_to(Sink::Slack) {
        tasks.push(task(ctx, Sink::Slack, &incident.id, incident, &payload));
    }
    if services.delivers_to(Sink::Email) {
        tasks.extend(services.outlets.readers.iter().map(|to| task(ctx, Sink::Email, to, incident, &payload)));
    }
    for webhook in webhooks::told_of(tx, WebhookEvent::IncidentOpened).await? {
        tasks.push(task(ctx, Sink::Webhook, &webhook.id, incident, &payload));
    }
    Ok(outbox::push_all(tx, &tasks, ctx.now).await?)
}

/// By which ways alerts of incidents go out from here, and whether each could be reached when it was last tried.
pub async fn alert_ways(services: &Services) -> Result<Vec<AlertWay>> {
    const LAST: Paging = Paging { limit: 1, offset: 0 };
    let (db, outlets, now) = (services.db.pool(), &services.outlets, services.clock.now());
    let is_called = |receiver: &str| outlets.circuits.state(receiver, now) == CircuitState::Closed;
    let mut ways = Vec::new();
    if services.delivers_to(Sink::Email) && !outlets.readers.is_empty() {
        ways.push(AlertWay::of(outlets.readers.len(), "e-mail address", is_called(Sink::Email.as_str())));
    }
    if services.delivers_to(Sink::Slack) {
        ways.push(AlertWay { name: "Slack".to_owned(), is_up: is_called(Sink::Slack.as_str()) });
    }
    let (mut up, mut down) = (0, 0);
    for webhook in webhooks::told_of(db, WebhookEvent::IncidentOpened).await? {
        let last = webhooks::calls(db, &webhook.id, LAST).await?.items.pop();
        let answered = last.is_none_or(|call| call.error.is_none());
        let is_up = answered && is_called(&format!("{}:{}", Sink::Webhook, webhook.id));
        if is_up { up += 1 } else { down += 1 }
    }
    for (number, is_up) in [(up, true), (down, false)] {
        if number > 0 {
            ways.push(AlertWay::of(number, "webhook", is_up));
        }
    }
    Ok(ways)
}

/// One alert; none of them waits for another.
fn task(ctx: &Ctx, sink: Sink, to: &str, incident: &Incident, payload: &Value) -> Task {
    Task {
        lane: Some(format!("incident/{}/{sink}/{to}", incident.id)),
        ..Task::new(ids::new_id(ctx.now), sink.as_str(), to, payload.clone())
    }
}
