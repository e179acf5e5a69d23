//! `/users` and `/users/{id}`.

use axum::extract::State;
use domain::people::User;
use domain::policy::{Permission, Role};
use serde::{Deserialize, Serialize};
use services::accounts::{self, NewUser};
use services::people::{self, Details};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, decode_beside, merged_beside};
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, UserPath};
use super::grants::{GrantInput, read_all};
use super::params::one_of;
use super::v1::{MeBody, UserBody, user_path};
use crate::state::AppState;

/// Lists the accounts.
///
/// By name. Disabled ones are listed too.
#[utoipa::path(
    get, path = "/users", tag = "users",
    params(
        Paging,
        ("q" = Option<String>, Query, description = "Part of the name or e-mail address", example = "lee"),
        ("role" = Option<Role>, Query, description = "Only people with a grant of this role", example = "editor"),
        ("department" = Option<String>, Query, description = "Only people with a grant that names this department", example = "economy"),
        ("disabled" = Option<bool>, Query, description = "Only disabled accounts, or only the others", example = false),
    ),
    responses((status = 200, description = "A page of accounts", body = PageOf<UserBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let mut params = asked.params();
    let wanted = people::Asked {
        text: params.text("q"),
        role: params.one("role", &one_of(Role::ALL), Role::parse),
        department: params.text("department"),
        disabled: params.one("disabled", "true or false", |word| word.parse().ok()),
    };
    let paging = params.paging();
    params.finish()?;
    let found = people::list(&state.services, &asked.ctx, &wanted, paging).await?;
    answer::page(&asked, found.map(|user| UserBody::from(&user)))
}

/// Reads who the caller is.
///
/// With what it may do: its live grants, through teams too, and the permissions that they give.
#[utoipa::path(
    get, path = "/users/me", tag = "users",
    responses((status = 200, description = "The caller", body = MeBody)),
    security(("bearer" = []), ("session" = [])),
)]
pub async fn me(State(state): State<AppState>, asked: Asked) -> Answer {
    let (caller, user, teams) = people::me(&state.services, &asked.ctx).await?;
    asked.no_params()?;
    answer::read(&asked, None, &MeBody::new(caller, user.as_ref(), teams))
}

/// Reads an account.
#[utoipa::path(
    get, path = "/users/{id}", tag = "users",
    params(UserPath),
    responses((status = 200, description = "The account", body = UserBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let user = people::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, Some(user.revision), &UserBody::from(&user))
}

/// An account to make.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NewUserInput {
    /// The address to sign in with; no other account may have it.
    #[schema(required = true, max_length = 254)]
    email: String,
    /// The name shown to colleagues.
    #[schema(required = true, min_length = 1, max_length = 200)]
    name: String,
    /// The first password; leave it out where somebody else signs people in.
    #[schema(min_length = 12, max_length = 200)]
    password: Option<String>,
    /// What the person may do.
    grants: Vec<GrantInput>,
}

/// Makes an account.
#[utoipa::path(
    post, path = "/users", tag = "users",
    request_body(content = NewUserInput, content_type = "application/json", example = json!({
        "email": "ann.lee@example.org", "name": "Ann Lee", "password": "three longish words",
        "grants": [{"role": "editor", "departments": ["economy"]}]
    })),
    responses((status = 201, description = "The new account", body = UserBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: NewUserInput = body.read().await?;
    let mut problems = Vec::new();
    let grants = read_all("grants", sent.grants, &mut problems);
    let new = NewUser { email: sent.email, name: sent.name, password: sent.password, grants };
    let user = accounts::create_user_unless(&state.services, &asked.ctx, new, problems).await?;
    answer::created(&user_path(&user.id), Some(user.revision), &UserBody::from(&user))
}

/// An account as it shall be.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct UserInput {
    /// The address to sign in with.
    #[schema(required = true, max_length = 254)]
    email: String,
    /// The name shown to colleagues.
    #[schema(required = true, min_length = 1, max_length = 200)]
    name: String,
    /// Whether sign-in is refused; sessions end at once.
    disabled: bool,
    /// What the person may do.
    grants: Vec<GrantInput>,
}

impl From<&User> for UserInput {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.clone(),
            name: user.name.clone(),
            disabled: user.disabled,
            grants: user.grants.iter().map(GrantInput::from).collect(),
        }
    }
}

/// Replaces an account.
///
/// Grants that are sent back with their `id` stay the policies that they are. Nobody raises their own rights, and somebody
/// has to stay who manages people: both are 409.
#[utoipa::path(
    put, path = "/users/{id}", tag = "users",
    params(UserPath),
    request_body(content = UserInput, content_type = "application/json", example = json!({
        "email": "ann.lee@example.org", "name": "Ann Lee", "disabled": false, "grants": [{"role": "reviewer"}]
    })),
    responses((status = 200, description = "The account as it is now", body = UserBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = people::find(&state.services, &asked.ctx, &id).await?;
    let object = body.read_object().await?;
    save(&state, &asked, &before, decode_beside(object, &[("id", &before.id)])?).await
}

/// Changes parts of an account.
///
/// `grants` are replaced as a whole when they are sent.
#[utoipa::path(
    patch, path = "/users/{id}", tag = "users",
    params(UserPath),
    request_body(content = UserInput, content_type = "application/json", example = json!({"disabled": true})),
    responses((status = 200, description = "The account as it is now", body = UserBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = people::find(&state.services, &asked.ctx, &id).await?;
    let object = body.read_object().await?;
    save(&state, &asked, &before, merged_beside(&UserInput::from(&before), object, &[("id", &before.id)])?).await
}

async fn save(state: &AppState, asked: &Asked, before: &User, sent: UserInput) -> Answer {
    let mut problems = Vec::new();
    let grants = read_all("grants", sent.grants, &mut problems);
    let details = Details { email: sent.email, name: sent.name, disabled: sent.disabled, grants };
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let edited = people::edit(&state.services, &asked.ctx, &before.id, expected, details, problems).await;
    let user = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(user.revision), &UserBody::from(&user))
}

/// Takes an account away.
///
/// One that never did anything is deleted. Any other is disabled, so that records keep somebody to name. Sessions end at once.
#[utoipa::path(
    delete, path = "/users/{id}", tag = "users",
    params(UserPath),
    responses((status = 204, description = "Deleted, or disabled")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = people::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let removed = people::remove(&state.services, &asked.ctx, &id, if_match.required(before.revision)).await;
    removed.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}
