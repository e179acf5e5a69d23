//! `/incidents`: what went wrong, how it is dealt with, and the runbook's clocks.

use axum::extract::State;
use domain::operations::{Incident, IncidentCommand, IncidentSeverity, IncidentState, NewIncident};
use domain::policy::Permission;
use domain::refusal::Refusal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use services::incidents::{self, IncidentFilter};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{IncidentPath, PageOf, Paging};
use super::params::one_of;
use super::v1::{IncidentBody, incident_path};
use crate::state::AppState;

/// Lists the incidents.
///
/// The newest first, each with the times that the runbook allows for one so grave.
#[utoipa::path(get, path = "/incidents", tag = "incidents",
    params(
        Paging,
        ("state" = Option<Vec<IncidentState>>, Query, explode = false, description = "Where they stand", example = json!(["open", "acknowledged"])),
        ("severity" = Option<Vec<IncidentSeverity>>, Query, explode = false, description = "How grave they are", example = json!(["p1"])),
        ("q" = Option<String>, Query, description = "Part of the title or the description", example = "published"),
    ),
    responses((status = 200, description = "A page of incidents", body = PageOf<IncidentBody>)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate]), ("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])))]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    services::operations::watcher(&asked.ctx)?;
    let mut params = asked.params();
    let filter = IncidentFilter {
        states: params.many("state", &one_of(IncidentState::ALL), IncidentState::parse),
        severities: params.many("severity", &one_of(IncidentSeverity::ALL), IncidentSeverity::parse),
        text: params.text("q"),
    };
    let paging = params.paging();
    params.finish()?;
    let found = incidents::list(&state.services, &asked.ctx, &filter, paging).await?;
    answer::page(&asked, found.map(|incident| IncidentBody::new(incident, None, asked.ctx.now)))
}

/// Reads an incident.
///
/// With its timeline: who did what when, and what was said.
#[utoipa::path(get, path = "/incidents/{id}", tag = "incidents",
    params(IncidentPath),
    responses((status = 200, description = "The incident", body = IncidentBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate]), ("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])))]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let sheet = incidents::sheet(&state.services, &asked.ctx, &id, &[]).await?;
    asked.no_params()?;
    let revision = sheet.incident.revision;
    answer::read(&asked, Some(revision), &IncidentBody::new(sheet.incident, Some(&sheet.history), sheet.now))
}

/// An incident to open, as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIncidentInput {
    /// What is the matter, in one line.
    #[schema(min_length = 1, max_length = 200, example = "Nothing was published at 9:30")]
    title: String,
    /// What is known of it.
    #[serde(default)]
    #[schema(max_length = 5000)]
    description: String,
    /// How grave it is.
    severity: IncidentSeverity,
}

/// Opens an incident.
///
/// Everybody who is alerted of failed publications is alerted of it. Conditions of the runbook open theirs by themselves.
#[utoipa::path(post, path = "/incidents", tag = "incidents", request_body = NewIncidentInput,
    responses((status = 201, description = "The new incident", body = IncidentBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn open(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::SystemOperate)?;
    let sent: NewIncidentInput = body.read().await?;
    let new = NewIncident { title: sent.title, description: sent.description, severity: sent.severity };
    let opened = incidents::open(&state.services, &asked.ctx, new).await?;
    let (path, revision) = (incident_path(&opened.id), opened.revision);
    answer::created(&path, Some(revision), &IncidentBody::new(opened, None, asked.ctx.now))
}

/// An acknowledgement as it is sent: nothing more is needed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AcknowledgeInput {}

/// An update as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UpdateInput {
    /// How it stands, or what was done.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 5000,
        example = "The receiver answers again; what was given up is replayed."
    )]
    text: String,
}

/// An update as it is sent, for those concerned or for everybody.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IncidentUpdateInput {
    /// How it stands.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 5000,
        example = "Downloads are slow since noon; we look into it."
    )]
    text: String,
    /// Whether the public reads it, too, on `/status`.
    public: bool,
    /// What the public reads in Welsh.
    #[schema(max_length = 5000)]
    text_cy: String,
}

/// Another severity as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SeverityInput {
    /// Why.
    #[schema(required = true, min_length = 1, max_length = 5000, example = "Readers notice it, too.")]
    reason: String,
    /// How grave it is.
    #[schema(required = true)]
    severity: Option<IncidentSeverity>,
}

/// A resolution as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ResolveInput {
    /// What it came from.
    #[schema(
        required = true,
        min_length = 1,
        max_length = 5000,
        example = "The certificate of the receiver had expired."
    )]
    cause: String,
}

/// A reopening as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReopenInput {
    /// Why.
    #[schema(required = true, min_length = 1, max_length = 5000, example = "It is back since noon.")]
    reason: String,
}

/// Acknowledges an incident.
///
/// Its clock for the response stops.
#[utoipa::path(put, path = "/incidents/{id}/acknowledge", tag = "incidents", request_body = AcknowledgeInput,
    params(IncidentPath),
    responses((status = 200, description = "The incident", body = IncidentBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn acknowledge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    step(&state, &asked, &id, body, |AcknowledgeInput {}| Ok(IncidentCommand::Acknowledge)).await
}

/// Adds an update to an incident.
///
/// Its clock for the next update begins again. An incident that is over takes them too, for its review. With the first update that is
/// `public` everybody reads of it on `/status`: how grave it is, since when, where it stands, and the public updates.
#[utoipa::path(post, path = "/incidents/{id}/updates", tag = "incidents", request_body = IncidentUpdateInput,
    params(IncidentPath),
    responses((status = 201, description = "The incident", body = IncidentBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn update(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    to_change(&state, &asked, &id).await?;
    let sent: IncidentUpdateInput = body.read().await?;
    let command = IncidentCommand::Note { text: sent.text, public: sent.public, text_cy: sent.text_cy };
    let noted = incidents::take_step(&state.services, &asked.ctx, &id, None, &command).await?;
    let revision = noted.revision;
    answer::created(&incident_path(&id), Some(revision), &IncidentBody::new(noted, None, asked.ctx.now))
}

/// Changes the severity of an incident.
///
/// Its clocks are those of the new severity from then on, and count from the same beginning.
#[utoipa::path(put, path = "/incidents/{id}/severity", tag = "incidents", request_body = SeverityInput,
    params(IncidentPath),
    responses((status = 200, description = "The incident", body = IncidentBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn severity(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |sent: SeverityInput| {
        let severity = sent.severity.ok_or_else(|| Refusal::field("severity", "required", "Choose a severity."))?;
        Ok(IncidentCommand::ChangeSeverity { severity, reason: sent.reason })
    };
    step(&state, &asked, &id, body, build).await
}

/// Marks an incident as mitigated.
///
/// It harms nobody any more; its cause is still to be removed.
#[utoipa::path(put, path = "/incidents/{id}/mitigate", tag = "incidents", request_body = UpdateInput,
    params(IncidentPath),
    responses((status = 200, description = "The incident", body = IncidentBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn mitigate(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    step(&state, &asked, &id, body, |sent: UpdateInput| Ok(IncidentCommand::Mitigate { text: sent.text })).await
}

/// Resolves an incident.
///
/// The cause is kept with it. A condition that still holds an hour later opens another.
#[utoipa::path(put, path = "/incidents/{id}/resolve", tag = "incidents", request_body = ResolveInput,
    params(IncidentPath),
    responses((status = 200, description = "The incident", body = IncidentBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn resolve(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    step(&state, &asked, &id, body, |sent: ResolveInput| Ok(IncidentCommand::Resolve { cause: sent.cause })).await
}

/// Reopens an incident.
///
/// Somebody has to answer for it anew, so its clocks begin again.
#[utoipa::path(put, path = "/incidents/{id}/reopen", tag = "incidents", request_body = ReopenInput,
    params(IncidentPath),
    responses((status = 200, description = "The incident", body = IncidentBody)),
    security(("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn reopen(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    step(&state, &asked, &id, body, |sent: ReopenInput| Ok(IncidentCommand::Reopen { reason: sent.reason })).await
}

/// The incident, for somebody who may change it.
async fn to_change(state: &AppState, asked: &Asked, id: &str) -> Result<Incident, super::problem::Problem> {
    asked.ctx.caller_with(Permission::SystemOperate)?;
    Ok(incidents::find(&state.services, &asked.ctx, id).await?)
}

async fn step<T: DeserializeOwned + Default>(
    state: &AppState,
    asked: &Asked,
    id: &str,
    body: Body,
    build: impl FnOnce(T) -> Result<IncidentCommand, Refusal>,
) -> Answer {
    let before = to_change(state, asked, id).await?;
    let command = build(body.read_action().await?)?;
    let expected = asked.if_match().optional(before.revision);
    let taken = incidents::take_step(&state.services, &asked.ctx, id, expected, &command).await?;
    let revision = taken.revision;
    answer::changed(Some(revision), &IncidentBody::new(taken, None, asked.ctx.now))
}
