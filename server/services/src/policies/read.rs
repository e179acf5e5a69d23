//! Reading policies.

use domain::page::{Page, Paging};
use domain::policy::{Permission, Role};
use domain::refusal::Refusal;
use domain::rights::{Policy, SubjectKind};

use super::holder::Holder;
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

impl PolicyFilter {
    fn fits(&self, policy: &Policy) -> bool {
        let grant = &policy.grant;
        self.kind.is_none_or(|kind| policy.subject.kind == kind)
            && self.subject.as_ref().is_none_or(|id| policy.subject.id == *id)
            && self.role.is_none_or(|role| grant.role == role)
            && self.permission.is_none_or(|permission| grant.holds(permission))
            && self.department.as_ref().is_none_or(|id| grant.departments.contains(id))
            && self.dataset.as_ref().is_none_or(|id| grant.datasets.contains(id))
    }
}

/// A page of the policies: of people by name, then of teams, then of live service tokens.
pub async fn list(services: &Services, ctx: &Ctx, filter: &PolicyFilter, paging: Paging) -> Result<Page<Policy>> {
    ctx.caller_with(Permission::UsersManage)?;
    let holders = Holder::all(services, ctx.now).await?;
    let mut found: Vec<Policy> = holders.iter().flat_map(Holder::policies).collect();
    found.retain(|policy| filter.fits(policy));
    Ok(Page::of_whole(found, paging))
}

/// The policy with this id.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Policy> {
    ctx.caller_with(Permission::UsersManage)?;
    let holders = Holder::all(services, ctx.now).await?;
    let found = holders.iter().flat_map(Holder::policies).find(|policy| policy.id == id);
    Ok(found.ok_or(Refusal::NotFound)?)
}
