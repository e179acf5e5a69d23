//! `/policies`, `/policies/{id}` and the tester of rights.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::policy::{Permission, Role};
use domain::refusal::FieldProblem;
use domain::rights::{Subject, SubjectKind};
use serde::{Deserialize, Serialize};
use services::policies::{self, PolicyFilter, Question};
use utoipa::ToSchema;

use super::Answer;
use super::accept::page_instead;
use super::answer;
use super::body::{Body, decode_beside};
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, PolicyPath};
use super::grants::GrantInput;
use super::params::one_of;
use super::v1::{PolicyBody, RightsVerdictBody, policy_path};
use crate::state::AppState;

/// Lists the policies.
///
/// Every grant that was given here, with its holder: those of people first, then of teams, then of live service tokens. What somebody's
/// groups bring where they sign in elsewhere is decided there, and told by `/policies/check`.
#[utoipa::path(
    get, path = "/policies", tag = "policies",
    params(
        Paging,
        ("kind" = Option<SubjectKind>, Query, description = "Only policies of people, of teams or of service tokens", example = "user"),
        ("subject" = Option<String>, Query, description = "Only policies of the person, team or token with this id", example = "press-office"),
        ("role" = Option<Role>, Query, description = "Only policies that grant this role", example = "approver"),
        ("permission" = Option<Permission>, Query, description = "Only policies that give this permission", example = "bundles:approve"),
        ("department" = Option<String>, Query, description = "Only policies that name this department", example = "economy"),
        ("dataset" = Option<String>, Query, description = "Only policies that name this dataset", example = "gdp-monthly"),
    ),
    responses((status = 200, description = "A page of policies", body = PageOf<PolicyBody>)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let mut params = asked.params();
    let filter = PolicyFilter {
        kind: params.one("kind", &one_of(SubjectKind::ALL), SubjectKind::parse),
        subject: params.text("subject"),
        role: params.one("role", &one_of(Role::ALL), Role::parse),
        permission: params.one("permission", &one_of(Permission::ALL), Permission::parse),
        department: params.text("department"),
        dataset: params.text("dataset"),
    };
    let paging = params.paging();
    params.finish()?;
    let found = policies::list(&state.services, &asked.ctx, &filter, paging).await?;
    answer::page(&asked, found.map(|policy| PolicyBody::new(policy, asked.ctx.now)))
}

/// Reads a policy.
#[utoipa::path(
    get, path = "/policies/{id}", tag = "policies",
    params(PolicyPath),
    responses((status = 200, description = "The policy", body = PolicyBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let policy = policies::find(&state.services, &asked.ctx, &id).await?;
    if let Some(page) = page_instead(&asked.headers, || page_of(&policy.subject)) {
        return Ok(page);
    }
    asked.no_params()?;
    answer::read(&asked, Some(policy.revision), &PolicyBody::new(policy, asked.ctx.now))
}

/// Where a grant is shown: with who holds it.
fn page_of(holder: &Subject) -> String {
    match holder.kind {
        SubjectKind::User => format!("/admin/users/{}", holder.id),
        SubjectKind::Team => format!("/admin/teams/{}", holder.id),
        SubjectKind::Service => "/admin/service-tokens".to_owned(),
    }
}

/// Whom something is asked or said about.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SubjectInput {
    /// A person, a team or a service token.
    #[schema(value_type = SubjectKind, required = true)]
    kind: String,
    /// Its id.
    #[schema(required = true)]
    id: String,
}

impl SubjectInput {
    fn read(&self, problems: &mut Vec<FieldProblem>) -> Option<SubjectKind> {
        if self.id.trim().is_empty() {
            problems.push(FieldProblem::required("subject.id"));
        }
        let kind = SubjectKind::parse(&self.kind);
        if kind.is_none() {
            problems.push(if self.kind.trim().is_empty() {
                FieldProblem::required("subject.kind")
            } else {
                FieldProblem::new("subject.kind", "unknown", format!("Give {}.", one_of(SubjectKind::ALL)))
            });
        }
        kind.filter(|_| !self.id.trim().is_empty())
    }
}

/// A policy to make.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NewPolicyInput {
    /// Who shall hold it.
    #[schema(required = true)]
    subject: SubjectInput,
    /// The role.
    #[schema(value_type = Role, required = true)]
    role: String,
    /// Departments that it is limited to; without these and datasets there is no limit.
    departments: Vec<String>,
    /// Datasets that it is limited to.
    datasets: Vec<String>,
    /// When it ends.
    expires_at: Option<DateTime<Utc>>,
}

/// Grants a role to a person, a team or a service token.
///
/// Nobody raises their own rights: 409.
#[utoipa::path(
    post, path = "/policies", tag = "policies",
    request_body(content = NewPolicyInput, content_type = "application/json", example = json!({
        "subject": {"kind": "team", "id": "press-office"}, "role": "previewer", "expires_at": "2030-12-31T00:00:00Z"
    })),
    responses((status = 201, description = "The new policy", body = PolicyBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: NewPolicyInput = body.read().await?;
    let mut problems = Vec::new();
    let kind = sent.subject.read(&mut problems);
    let grant = GrantInput {
        id: None,
        role: sent.role,
        departments: sent.departments,
        datasets: sent.datasets,
        expires_at: sent.expires_at,
    };
    let grant = grant.read("", &mut problems);
    let policy = policies::create(&state.services, &asked.ctx, kind, &sent.subject.id, grant, problems).await?;
    let location = policy_path(&policy.id);
    answer::created(&location, Some(policy.revision), &PolicyBody::new(policy, asked.ctx.now))
}

/// Replaces what a policy grants.
///
/// Its id and its holder never change. Nobody raises their own rights: 409.
#[utoipa::path(
    put, path = "/policies/{id}", tag = "policies",
    params(PolicyPath),
    request_body(content = GrantInput, content_type = "application/json", example = json!({"role": "previewer", "departments": ["economy"]})),
    responses((status = 200, description = "The policy as it is now", body = PolicyBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = policies::find(&state.services, &asked.ctx, &id).await?;
    let mut object = body.read_object().await?;
    let mut problems = Vec::new();
    if let Some(subject) = object.remove("subject") {
        let same = subject["kind"] == before.subject.kind.as_str() && subject["id"] == before.subject.id.as_str();
        if !same {
            problems.push(FieldProblem::new("subject", "immutable", "This cannot be changed."));
        }
    }
    let sent: GrantInput = decode_beside(object, &[("id", &before.id)])?;
    let grant = sent.read("", &mut problems);
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let replaced = policies::replace(&state.services, &asked.ctx, &id, expected, grant, problems).await;
    let policy = replaced.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(policy.revision), &PolicyBody::new(policy, asked.ctx.now))
}

/// Takes a grant back.
#[utoipa::path(
    delete, path = "/policies/{id}", tag = "policies",
    params(PolicyPath),
    responses((status = 204, description = "Taken back")),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = policies::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let deleted = policies::delete(&state.services, &asked.ctx, &id, if_match.required(before.revision)).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// A question about rights.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct QuestionInput {
    /// Who would do it.
    #[schema(required = true)]
    subject: SubjectInput,
    /// What.
    #[schema(value_type = Permission, required = true)]
    permission: String,
    /// To which dataset; without one, to any at all.
    dataset: Option<String>,
}

/// Tests whether somebody may do something.
///
/// By the same rules as every operation: a person is weighed with their teams, with what their groups brought at the last sign-in elsewhere,
/// and with the second factor that they may owe. Answers by which grants it is allowed, and what every other grant lacks; nothing is changed.
#[utoipa::path(
    post, path = "/policies/check", tag = "policies",
    request_body(content = QuestionInput, content_type = "application/json", example = json!({
        "subject": {"kind": "team", "id": "press-office"}, "permission": "bundles:preview"
    })),
    responses((status = 200, description = "Whether it is allowed, and why", body = RightsVerdictBody)),
    security(("bearer" = [Permission::UsersManage]), ("session" = [Permission::UsersManage])),
)]
pub async fn check(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::UsersManage)?;
    let sent: QuestionInput = body.read().await?;
    let mut problems = Vec::new();
    let kind = sent.subject.read(&mut problems);
    let permission = Permission::parse(&sent.permission);
    if permission.is_none() {
        problems.push(if sent.permission.trim().is_empty() {
            FieldProblem::required("permission")
        } else {
            FieldProblem::new("permission", "unknown", format!("Give {}.", one_of(Permission::ALL)))
        });
    }
    let question = Question { subject: kind.map(|kind| (kind, sent.subject.id)), permission, dataset: sent.dataset };
    let verdict = policies::check(&state.services, &asked.ctx, question, problems).await?;
    answer::changed(None, &RightsVerdictBody::new(verdict, asked.ctx.now))
}
