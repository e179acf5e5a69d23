//! Alerting people and programs of an incident, in the transaction that opens it.

use domain::delivery::{Sink, WebhookEvent};
use domain::operations::Incident;
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

/// One alert; none of them waits for another.
fn task(ctx: &Ctx, sink: Sink, to: &str, incident: &Incident, payload: &Value) -> Task {
    Task {
        lane: Some(format!("incident/{}/{sink}/{to}", incident.id)),
        ..Task::new(ids::new_id(ctx.now), sink.as_str(), to, payload.clone())
    }
}
