//! Taking a release through its states: `PUT /releases/{id}/…`.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::release::{PublicReason, ReleaseAction, ReleaseCommand};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use services::releases;
use utoipa::ToSchema;

use super::Answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::ReleasePath;
use super::releases::{changed, date_of, release_to_change};
use crate::state::AppState;

/// An announcement as it is sent: nothing more is needed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AnnounceInput {}

/// A confirmation as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmInput {
    /// The exact date, where the release has none yet.
    #[schema(example = "2026-12-11T09:30:00Z")]
    release_date: Option<DateTime<Utc>>,
    /// Why the date changes, as the public will read it; needed where a postponed release gets another date than was told.
    reason: Option<String>,
    /// The same in Welsh.
    reason_cy: Option<String>,
}

/// A postponement as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PostponeInput {
    /// Why, as the public will read it.
    #[schema(example = "The survey's results need further checks.")]
    reason: Option<String>,
    /// The same in Welsh.
    reason_cy: Option<String>,
    /// The new date.
    #[schema(example = "2027-01-15T09:30:00Z")]
    release_date: Option<DateTime<Utc>>,
    /// The new month, such as `2027-01`, where that is all that is known; with neither the new date is to be confirmed.
    release_month: Option<String>,
}

/// A cancellation as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CancelInput {
    /// Why, as the public will read it.
    #[schema(example = "The survey has been discontinued.")]
    reason: Option<String>,
    /// The same in Welsh.
    reason_cy: Option<String>,
}

/// Announces a release.
///
/// From now on the public sees its title, summary and date.
#[utoipa::path(put, path = "/releases/{id}/announce", tag = "releases", request_body = AnnounceInput,
    params(ReleasePath),
    responses((status = 200, description = "The announced release", body = super::v1::ReleaseBody)),
    security(("bearer" = [Permission::ReleasesWrite]), ("session" = [Permission::ReleasesWrite])))]
pub async fn announce(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    step(&state, &asked, &id, ReleaseAction::Announce, body, |AnnounceInput {}| Ok(ReleaseCommand::Announce)).await
}

/// Confirms a release.
///
/// From now on its exact date is a promise, and a change of it carries a public reason.
#[utoipa::path(put, path = "/releases/{id}/confirm", tag = "releases", request_body = ConfirmInput,
    params(ReleasePath),
    responses((status = 200, description = "The confirmed release", body = super::v1::ReleaseBody)),
    security(("bearer" = [Permission::ReleasesApprove]), ("session" = [Permission::ReleasesApprove])))]
pub async fn confirm(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: ConfirmInput| {
        let reason = PublicReason::of(input.reason, input.reason_cy);
        Ok(ReleaseCommand::Confirm { date: input.release_date, reason })
    };
    step(&state, &asked, &id, ReleaseAction::Confirm, body, build).await
}

/// Postpones a release.
///
/// The reason is public. While its bundle is scheduled, the bundle's schedule goes before.
#[utoipa::path(put, path = "/releases/{id}/postpone", tag = "releases", request_body = PostponeInput,
    params(ReleasePath),
    responses((status = 200, description = "The postponed release", body = super::v1::ReleaseBody)),
    security(("bearer" = [Permission::ReleasesApprove]), ("session" = [Permission::ReleasesApprove])))]
pub async fn postpone(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build = |input: PostponeInput| {
        let date = date_of(input.release_date, input.release_month.as_deref());
        let reason = PublicReason::of(input.reason, input.reason_cy);
        let date = date.map_err(|problem| Refusal::Invalid { problems: vec![problem] })?;
        Ok(ReleaseCommand::Postpone { date, reason })
    };
    step(&state, &asked, &id, ReleaseAction::Postpone, body, build).await
}

/// Cancels a release.
///
/// The reason is public. The bundle, which must not be scheduled, is let go and may get another release.
#[utoipa::path(put, path = "/releases/{id}/cancel", tag = "releases", request_body = CancelInput,
    params(ReleasePath),
    responses((status = 200, description = "The cancelled release", body = super::v1::ReleaseBody)),
    security(("bearer" = [Permission::ReleasesApprove]), ("session" = [Permission::ReleasesApprove])))]
pub async fn cancel(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let build =
        |input: CancelInput| Ok(ReleaseCommand::Cancel { reason: PublicReason::of(input.reason, input.reason_cy) });
    step(&state, &asked, &id, ReleaseAction::Cancel, body, build).await
}

async fn step<T: DeserializeOwned + Default>(
    state: &AppState,
    asked: &Asked,
    id: &str,
    action: ReleaseAction,
    body: Body,
    build: impl FnOnce(T) -> Result<ReleaseCommand, Refusal>,
) -> Answer {
    let before = release_to_change(state, asked, id, &[action.rule().permission]).await?;
    let command = build(body.read_action().await?)?;
    let expected = asked.if_match().optional(before.revision);
    let taken = releases::take_step(&state.services, &asked.ctx, id, expected, command).await?;
    changed(state, asked, taken).await
}
