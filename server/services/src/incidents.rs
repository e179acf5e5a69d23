//! Incidents: opened by people and by conditions, and dealt with by operators.

mod change;
mod read;
mod silences;
mod watch;

pub use change::{open, take_step};
pub use persistence::incidents::IncidentFilter;
pub use read::{desk, find, list, sheet, told_of};
pub use silences::{silence, unsilence};
pub use watch::{Watched, watch};

use domain::actor::Caller;
use domain::event::Happened;
use domain::operations::Incident;
use persistence::{Tx, incidents};

use crate::records::{self, About};
use crate::{Ctx, Result, Services, deliveries};

fn about(id: &str) -> About<'_> {
    About { resource_type: "incident", resource_id: id }
}

/// Writes a new incident with its record, and alerts everybody who is alerted of failures; the caller commits.
async fn insert(tx: &Tx, services: &Services, ctx: &Ctx, by: &Caller, incident: &Incident) -> Result<()> {
    incidents::insert(tx, incident).await?;
    let opened = Happened {
        event_type: "opened",
        from_state: "none",
        to_state: incident.state.as_str(),
        reason: Some(incident.description.clone()).filter(|text| !text.is_empty()),
    };
    let details = serde_json::json!({
        "title": incident.title, "severity": incident.severity, "condition": incident.condition, "subject": incident.subject,
    });
    records::Entry::new(ctx, &by.actor, about(&incident.id), opened.event_type)
        .step(&opened)
        .details(details)
        .write(tx);
    deliveries::queue_incident(tx, services, ctx, incident).await
}
