//! `/invitations` and what is below it.

use axum::extract::State;
use domain::policy::Permission;
use serde::Deserialize;
use services::accounts::{self, NewUser};
use services::people;
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{InvitationPath, PageOf, Paging};
use super::grants::{GrantInput, read_all};
use super::params::part_of;
use super::v1::{InvitationBody, NewInvitationBody, invitation_path};
use crate::state::AppState;

/// Lists the invitations that were not taken up yet.
///
/// The newest first, those whose links have ended among them; never with their links.
#[utoipa::path(
    get, path = "/invitations", tag = "invitations",
    params(Paging),
    responses((status = 200, description = "A page of invitations", body = PageOf<InvitationBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let found = accounts::open_invitations(&state.services, &asked.ctx).await?;
    answer::page(&asked, part_of(&found, paging).map(|invited| InvitationBody::new(&invited, asked.ctx.now)))
}

/// Reads an invitation.
///
/// Without its link, which nobody can read again. One that was taken up or withdrawn is there no more.
#[utoipa::path(
    get, path = "/invitations/{id}", tag = "invitations",
    params(InvitationPath),
    responses((status = 200, description = "The invitation", body = InvitationBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let invited = accounts::find_invitation(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &InvitationBody::new(&invited, asked.ctx.now))
}

/// Somebody to invite, with the account that is made for them.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct InvitationInput {
    /// The address to sign in with; no other account may have it.
    #[schema(required = true, max_length = 254)]
    email: String,
    /// The name shown to colleagues.
    #[schema(required = true, min_length = 1, max_length = 200)]
    name: String,
    /// What the person may do.
    grants: Vec<GrantInput>,
}

/// Invites a person.
///
/// An account without a password is made for them; where either is refused, neither is done. The link by which they choose a
/// password works once and for seven days: it goes by letter or, where no mail is sent, is answered this once in `link`.
#[utoipa::path(
    post, path = "/invitations", tag = "invitations",
    request_body(content = InvitationInput, content_type = "application/json", example = json!({
        "email": "bob.jones@example.org", "name": "Bob Jones", "grants": [{"role": "reviewer", "departments": ["economy"]}]
    })),
    responses((status = 201, description = "The new invitation", body = NewInvitationBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: InvitationInput = body.read().await?;
    let mut problems = Vec::new();
    let grants = read_all("grants", sent.grants, &mut problems);
    let new = NewUser { email: sent.email, name: sent.name, password: None, grants };
    let (invited, link) = accounts::invite_new(&state.services, &asked.ctx, new, problems).await?;
    let body = NewInvitationBody::new(&invited, link, asked.ctx.now);
    answer::created(&invitation_path(&invited.invitation.user_id), None, &body)
}

/// Invites somebody to their account, or invites again.
///
/// The link before ends, and a new one goes by letter or is answered this once in `link`. Also for an account that has no
/// invitation, as it was made without one or its invitation was withdrawn; not for one that is suspended or has another way in.
#[utoipa::path(
    post, path = "/invitations/{id}/send", tag = "invitations",
    params(InvitationPath),
    responses((status = 200, description = "The invitation as it is now", body = NewInvitationBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn send(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    people::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let (invited, link) = accounts::invite(&state.services, &asked.ctx, &id).await?;
    answer::changed(None, &NewInvitationBody::new(&invited, link, asked.ctx.now))
}

/// Withdraws an invitation.
///
/// Its link ends at once. The account stays, with no way into it until somebody is invited again.
#[utoipa::path(
    delete, path = "/invitations/{id}", tag = "invitations",
    params(InvitationPath),
    responses((status = 204, description = "Withdrawn")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn withdraw(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    accounts::find_invitation(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    accounts::withdraw_invitation(&state.services, &asked.ctx, &id).await?;
    Ok(answer::deleted())
}
