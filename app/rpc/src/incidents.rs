//! Forms and reads of alerts and incidents.

mod act;
mod read;
mod silence;

pub use act::{
    AcknowledgeIncident, MitigateIncident, NoteIncident, OpenIncident, RateIncident, ReopenIncident, ResolveIncident,
    acknowledge_incident, mitigate_incident, note_incident, open_incident, rate_incident, reopen_incident,
    resolve_incident,
};
pub use read::{AlertDeskRead, IncidentRead, alert_desk_read, incident_read};
pub use silence::{SilenceCondition, UnsilenceCondition, silence_condition, unsilence_condition};
