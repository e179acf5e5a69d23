//! `/roles` and `/roles/{id}`: the catalogue of roles and permissions.

use domain::policy::{Permission, Role};
use domain::refusal::Refusal;

use super::Answer;
use super::answer;
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, RolePath};
use super::params::{one_of, part_of};
use super::v1::RoleBody;

/// Lists the roles.
///
/// With the permissions of each, in words.
#[utoipa::path(
    get, path = "/roles", tag = "roles",
    params(
        Paging,
        ("permission" = Option<Permission>, Query, description = "Only roles that hold this permission", example = "bundles:approve"),
    ),
    responses((status = 200, description = "A page of roles", body = PageOf<RoleBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list(asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let mut params = asked.params();
    let wanted = params.one("permission", &one_of(Permission::ALL), Permission::parse);
    let paging = params.paging();
    params.finish()?;
    let holds = |role: &Role| wanted.is_none_or(|permission| role.permissions().contains(&permission));
    let roles: Vec<Role> = Role::ALL.iter().copied().filter(holds).collect();
    answer::page(&asked, part_of(&roles, paging).map(RoleBody::from))
}

/// Reads a role.
#[utoipa::path(
    get, path = "/roles/{id}", tag = "roles",
    params(RolePath),
    responses((status = 200, description = "The role", body = RoleBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn read(asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let role = Role::ALL.iter().copied().find(|role| role.as_str() == id).ok_or(Refusal::NotFound)?;
    asked.no_params()?;
    answer::read(&asked, None, &RoleBody::from(role))
}
