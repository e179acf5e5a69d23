//! What an operator does with an incident.

use leptos::prelude::*;

use crate::error::RpcError;

/// Opens an incident; everybody who is alerted of failures is alerted of it.
#[server(prefix = "/rpc", endpoint = "incidents/open")]
pub async fn open_incident(
    #[server(default)] title: String,
    #[server(default)] description: String,
    #[server(default)] severity: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match native::severity(&severity) {
        Ok(severity) => {
            let new = domain::operations::NewIncident { title, description, severity };
            services::incidents::open(&services, &ctx, new).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    let told = match &outcome {
        Ok(_) => native::told(&services).await,
        Err(_) => String::new(),
    };
    crate::form::done("incidents/open", outcome, "/ops/alerts", |incident| {
        (incident.path(), format!("The incident is open. {told}"))
    })
}

/// Answers for an incident.
#[server(prefix = "/rpc", endpoint = "incidents/acknowledge")]
pub async fn acknowledge_incident(
    #[server(default)] id: String,
    #[server(default)] revision: String,
) -> Result<(), RpcError> {
    let command = domain::operations::IncidentCommand::Acknowledge;
    native::step("incidents/acknowledge", &id, &revision, Ok(command), "You have answered for it.").await
}

/// Tells how an incident stands, those concerned or everybody.
#[server(prefix = "/rpc", endpoint = "incidents/note")]
pub async fn note_incident(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] text: String,
    #[server(default)] public: String,
    #[server(default)] text_cy: String,
) -> Result<(), RpcError> {
    let command = domain::operations::IncidentCommand::Note { text, public: public == "true", text_cy };
    native::step("incidents/note", &id, &revision, Ok(command), "The update was added.").await
}

/// Gives an incident another severity.
#[server(prefix = "/rpc", endpoint = "incidents/rate")]
pub async fn rate_incident(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] severity: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let command = native::severity(&severity);
    let command = command.map(|severity| domain::operations::IncidentCommand::ChangeSeverity { severity, reason });
    native::step("incidents/rate", &id, &revision, command, "The severity was changed, and its clocks with it.").await
}

/// Says that an incident harms nobody any more.
#[server(prefix = "/rpc", endpoint = "incidents/mitigate")]
pub async fn mitigate_incident(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] text: String,
) -> Result<(), RpcError> {
    let command = domain::operations::IncidentCommand::Mitigate { text };
    native::step("incidents/mitigate", &id, &revision, Ok(command), "It is mitigated.").await
}

/// Ends an incident, with its cause.
#[server(prefix = "/rpc", endpoint = "incidents/resolve")]
pub async fn resolve_incident(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] cause: String,
) -> Result<(), RpcError> {
    let command = domain::operations::IncidentCommand::Resolve { cause };
    native::step("incidents/resolve", &id, &revision, Ok(command), "The incident is resolved.").await
}

/// Begins an incident again.
#[server(prefix = "/rpc", endpoint = "incidents/reopen")]
pub async fn reopen_incident(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let command = domain::operations::IncidentCommand::Reopen { reason };
    native::step("incidents/reopen", &id, &revision, Ok(command), "The incident is open again.").await
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::operations::{IncidentCommand, IncidentSeverity};
    use domain::refusal::Refusal;

    use crate::error::RpcError;

    /// The severity that was chosen.
    pub fn severity(word: &str) -> Result<IncidentSeverity, Refusal> {
        IncidentSeverity::parse(word).ok_or_else(|| Refusal::field("severity", "required", "Choose a severity."))
    }

    /// Whom the alert of the incident goes to that was opened just now.
    pub async fn told(services: &services::Services) -> String {
        match services::deliveries::alert_ways(services).await {
            Ok(ways) => domain::operations::told_words(&ways),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "whom an alert goes to cannot be read");
                "Whom its alert goes to cannot be told just now; see Integrations.".to_owned()
            }
        }
    }

    /// Takes a step of a form, and says so on the incident's page.
    pub async fn step(
        form: &str,
        id: &str,
        revision: &str,
        command: Result<IncidentCommand, Refusal>,
        said: &str,
    ) -> Result<(), RpcError> {
        let (services, ctx) = crate::request::context()?;
        let revision = Some(crate::bundles::number(revision));
        let outcome = match command {
            Ok(command) => services::incidents::take_step(&services, &ctx, id, revision, &command).await,
            Err(refusal) => Err(refusal.into()),
        };
        let page = format!("/ops/incidents/{}", domain::text::escaped(id));
        crate::form::done(form, outcome, &page, |_| (page.clone(), said.to_owned()))
    }
}
