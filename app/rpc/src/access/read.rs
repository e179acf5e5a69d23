//! What the pages about people and teams show.

use domain::administration::{TeamPage, UserList, UserPage};
use domain::page::Page;
use domain::people::Team;
use leptos::prelude::*;

use crate::error::RpcError;

/// The accounts that hold a text in name or address, with a role, of a department, or suspended; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "access/users")]
pub async fn user_list_read(
    q: String,
    role: String,
    department: String,
    state: String,
    page: u32,
) -> Result<UserList, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let text = |value: String| Some(value.trim().to_owned()).filter(|value| !value.is_empty());
    let asked = services::people::Asked {
        text: text(q),
        role: domain::policy::Role::parse(&role),
        department: text(department),
        disabled: match state.as_str() {
            "open" => Some(false),
            "suspended" => Some(true),
            _ => None,
        },
    };
    let users = services::people::list(&services, &ctx, &asked, crate::form::paging(page)).await?;
    Ok(UserList {
        sign_in: services::people::sign_in(&services, &ctx, &users.items).await?,
        users,
        departments: departments(&services).await?,
        invitations: services::accounts::open_invitations(&services, &ctx).await?,
        now: ctx.now,
    })
}

/// One account; with a permission, also the answer of the tester of rights.
#[server(prefix = "/rpc", endpoint = "access/user")]
pub async fn user_read(id: String, permission: String, dataset: String) -> Result<UserPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let user = services::people::find(&services, &ctx, &id).await?;
    let tested = match domain::policy::Permission::parse(&permission) {
        Some(permission) => Some(native::tested(&services, &ctx, &id, permission, dataset.trim()).await?),
        None => None,
    };
    let (invitation, may_be_invited) = services::accounts::invitation_of(&services, &ctx, &user).await?;
    Ok(UserPage {
        grants: native::grants_of(&services, &ctx, domain::rights::SubjectKind::User, &id).await?,
        teams: services::teams::list(&services, &ctx, None, Some(&id), domain::page::Paging::WHOLE).await?.items,
        sessions: native::sessions_of(&services, &ctx, &id).await?,
        departments: departments(&services).await?,
        has_second_factor: services::people::has_second_factor(&services, &ctx, &id).await?,
        last_signed_in: services::people::last_signed_in(&services, &ctx, &id).await?,
        invitation,
        may_be_invited,
        link: super::kept_secret(&services, &ctx, &["access/invite"]),
        tested,
        history: history_of(&services, &ctx, "user", &id).await?,
        now: ctx.now,
        user,
    })
}

/// The teams whose name holds a text; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "access/teams")]
pub async fn team_list(q: String, page: u32) -> Result<Page<Team>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let name = Some(q.trim()).filter(|q| !q.is_empty());
    Ok(services::teams::list(&services, &ctx, name, None, crate::form::paging(page)).await?)
}

/// One team.
#[server(prefix = "/rpc", endpoint = "access/team")]
pub async fn team_read(id: String) -> Result<TeamPage, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let team = services::teams::find(&services, &ctx, &id).await?;
    Ok(TeamPage {
        grants: native::grants_of(&services, &ctx, domain::rights::SubjectKind::Team, &id).await?,
        people: services::accounts::list_users(&services, &ctx).await?,
        departments: departments(&services).await?,
        history: history_of(&services, &ctx, "team", &id).await?,
        now: ctx.now,
        team,
    })
}

#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{departments, history_of};

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::account::SessionSight;
    use domain::administration::TestedRight;
    use domain::event::Event;
    use domain::page::Paging;
    use domain::policy::Permission;
    use domain::refusal::Refusal;
    use domain::rights::{Policy, SubjectKind};
    use domain::topic::Department;
    use services::policies::{PolicyFilter, Question};
    use services::{Ctx, Result, ServiceError, Services};

    /// So many of the newest records of a thing are shown beside it.
    const NEWEST: u32 = 12;

    pub(crate) async fn departments(services: &Services) -> Result<Vec<Department>> {
        Ok(services::departments::list(services, None, Paging::WHOLE).await?.items)
    }

    pub async fn grants_of(services: &Services, ctx: &Ctx, kind: SubjectKind, id: &str) -> Result<Vec<Policy>> {
        let filter = PolicyFilter { kind: Some(kind), subject: Some(id.to_owned()), ..PolicyFilter::default() };
        Ok(services::policies::list(services, ctx, &filter, Paging::WHOLE).await?.items)
    }

    pub async fn sessions_of(services: &Services, ctx: &Ctx, id: &str) -> Result<Vec<SessionSight>> {
        let found = services::people::list_sessions(services, ctx, id).await?;
        let sight = |session: services::people::SessionSeen| SessionSight {
            handle: session.id,
            browser: session.browser.unwrap_or_default(),
            address: session.address.unwrap_or_default(),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            current: false,
        };
        Ok(found.into_iter().map(sight).collect())
    }

    /// Asks the tester of rights; a dataset that is not known is told as its answer.
    pub async fn tested(
        services: &Services,
        ctx: &Ctx,
        id: &str,
        permission: Permission,
        dataset: &str,
    ) -> Result<TestedRight> {
        let question = Question {
            subject: Some((SubjectKind::User, id.to_owned())),
            permission: Some(permission),
            dataset: Some(dataset.to_owned()).filter(|id| !id.is_empty()),
        };
        let dataset = dataset.to_owned();
        match services::policies::check(services, ctx, question, Vec::new()).await {
            Ok(verdict) => {
                let (allowed, message, grants) = (verdict.allowed, verdict.message, verdict.grants);
                Ok(TestedRight { permission, dataset, allowed, message, grants })
            }
            Err(ServiceError::Refused(Refusal::Invalid { problems })) => {
                let message = problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join(" ");
                Ok(TestedRight { permission, dataset, allowed: false, message, grants: Vec::new() })
            }
            Err(other) => Err(other),
        }
    }

    /// The newest records about a thing, for those who may read the audit trail.
    pub(crate) async fn history_of(
        services: &Services,
        ctx: &Ctx,
        resource_type: &str,
        id: &str,
    ) -> Result<Option<Vec<Event>>> {
        if services::audit::check_reader(ctx).is_err() {
            return Ok(None);
        }
        let query = services::audit::AuditQuery {
            resource_types: vec![resource_type.to_owned()],
            resource_ids: vec![id.to_owned()],
            ..services::audit::AuditQuery::default()
        };
        let found = services::audit::list(services, ctx, &query, Paging { limit: NEWEST, offset: 0 }).await?;
        Ok(Some(found.items.into_iter().rev().map(|record| record.event).collect()))
    }
}
