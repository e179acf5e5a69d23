//! Departments: who owns datasets, and what grants can be limited to.

use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use domain::slug::Slug;
use domain::text::{check_line, check_optional};
use domain::topic::Department;
use persistence::people::UserFilter;
use persistence::{PersistenceError, departments, people, revisions, teams, tokens};

use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// A page of the departments by title, for everybody.
pub async fn list(services: &Services, title: Option<&str>, paging: Paging) -> Result<Page<Department>> {
    Ok(departments::page(services.db.pool(), title, paging).await?)
}

/// The department with its revision, for everybody.
pub async fn find(services: &Services, id: &str) -> Result<(Department, i64)> {
    Ok(departments::find(services.db.pool(), id).await?.ok_or(Refusal::NotFound)?)
}

/// Makes a department.
pub async fn create(services: &Services, ctx: &Ctx, department: Department) -> Result<Department> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let mut problems = problems_of(&department);
    if let Err(problem) = Slug::parse("id", &department.id) {
        problems.push(problem);
    }
    all_valid(problems)?;
    let tx = services.db.begin().await?;
    match departments::insert(&tx, &department).await {
        Err(PersistenceError::Duplicate(_)) => {
            let message = format!("There is a department {} already.", department.id);
            return Err(Refusal::blocked("id_taken", message).into());
        }
        other => other?,
    }
    records::change(&tx, ctx, by, about(&department.id), "created", &(), &department).await?;
    persistence::db::commit(tx).await?;
    Ok(department)
}

/// Replaces a department's titles; the search follows for its public datasets.
pub async fn edit(services: &Services, ctx: &Ctx, expected: i64, department: Department) -> Result<(Department, i64)> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let (before, revision) = departments::find(&tx, &department.id).await?.ok_or(Refusal::NotFound)?;
    all_valid(problems_of(&department))?;
    if revision != expected || !departments::replace(&tx, &department, revision).await? {
        return Err(Refusal::Stale.into());
    }
    let public = departments::public_datasets(&tx, &department.id).await?;
    if !public.is_empty() {
        revisions::raise(&tx, &public).await?;
    }
    records::change(&tx, ctx, by, about(&department.id), "edited", &before, &department).await?;
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok((department, revision + 1))
}

/// Deletes a department that owns no dataset and that no grant names.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let (before, revision) = departments::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if revision != expected {
        return Err(Refusal::Stale.into());
    }
    if is_granted(&tx, ctx, id).await? {
        let message = "Grants are limited to this department. Change them first.";
        return Err(Refusal::blocked("granted", message).into());
    }
    match departments::delete(&tx, id, revision).await {
        Err(PersistenceError::Reference(_)) => {
            let message = "Datasets belong to this department, so it cannot be deleted.";
            return Err(Refusal::blocked("in_use", message).into());
        }
        Ok(false) => return Err(Refusal::Stale.into()),
        other => other?,
    };
    records::change(&tx, ctx, by, about(id), "deleted", &before, &()).await?;
    Ok(persistence::db::commit(tx).await?)
}

async fn is_granted(tx: &persistence::Tx, ctx: &Ctx, id: &str) -> Result<bool> {
    let names = |grants: &[domain::policy::Grant]| grants.iter().any(|g| g.departments.iter().any(|d| d == id));
    Ok(people::list(tx, &UserFilter::default()).await?.iter().any(|user| names(&user.grants))
        || teams::list(tx).await?.iter().any(|team| names(&team.grants))
        || tokens::list_live(tx, ctx.now).await?.iter().any(|token| names(&token.grants)))
}

fn problems_of(department: &Department) -> Vec<domain::refusal::FieldProblem> {
    let mut problems = Vec::new();
    check_line(&mut problems, "title", &department.title, 200);
    check_optional(&mut problems, "title_cy", department.title_cy.as_deref().unwrap_or(""), 200, false);
    problems
}

const fn about(id: &str) -> About<'_> {
    About { resource_type: "department", resource_id: id }
}
