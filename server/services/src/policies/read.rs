//! Reading policies.

use domain::page::{Page, Paging};
use domain::policy::{Permission, Role};
use domain::refusal::Refusal;
use domain::rights::{Policy, SubjectKind};
use persistence::policies;

use crate::{Ctx, Result, Services};

/// Which policies are asked for.
#[derive(Clone, Debug, Default)]
pub struct PolicyFilter {
    /// Only those of such holders.
    pub kind: Option<SubjectKind>,
    /// Only those of the holder with this id.
    pub subject: Option<String>,
    /// Only those of this role.
    pub role: Option<Role>,
    /// Only those that give this permission.
    pub permission: Option<Permission>,
    /// Only those that name this department.
    pub department: Option<String>,
    /// Only those that name this dataset.
    pub dataset: Option<String>,
}

/// The same in the words of the tables: what gives a permission are the roles that hold it.
fn in_roles(filter: &PolicyFilter) -> policies::PolicyFilter {
    let holds = |role: &Role| filter.permission.is_none_or(|permission| role.permissions().contains(&permission));
    let fits = |role: &Role| filter.role.is_none_or(|wanted| wanted == *role) && holds(role);
    let narrowed = filter.role.is_some() || filter.permission.is_some();
    policies::PolicyFilter {
        id: None,
        kind: filter.kind,
        subject: filter.subject.clone(),
        roles: narrowed.then(|| Role::ALL.iter().copied().filter(fits).collect()),
        unlimited: filter.permission.is_some_and(|permission| !permission.is_of_datasets()),
        department: filter.department.clone(),
        dataset: filter.dataset.clone(),
    }
}

/// A page of the policies: of people by name, then of teams, then of live service tokens.
pub async fn list(services: &Services, ctx: &Ctx, filter: &PolicyFilter, paging: Paging) -> Result<Page<Policy>> {
    ctx.caller_with(Permission::UsersManage)?;
    Ok(policies::page(services.db.pool(), &in_roles(filter), ctx.now, paging).await?)
}

/// The policy with this id.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Policy> {
    ctx.caller_with(Permission::UsersManage)?;
    let only = policies::PolicyFilter { id: Some(id.to_owned()), ..policies::PolicyFilter::default() };
    let found = policies::page(services.db.pool(), &only, ctx.now, Paging::WHOLE).await?;
    Ok(found.items.into_iter().next().ok_or(Refusal::NotFound)?)
}
