//! Departments: who owns datasets, and what grants can be limited to.

use chrono::{DateTime, Utc};
use domain::administration::DepartmentRow;
use domain::page::{Page, Paging};
use domain::policy::{Grant, Permission};
use domain::refusal::{Blocker, Refusal, all_valid};
use domain::slug::Slug;
use domain::text::{check_line, check_optional};
use domain::topic::Department;
use persistence::people::UserFilter;
use persistence::{Connection, PersistenceError, departments, people, revisions, teams, tokens};

use crate::records::{self, About};
use crate::{Ctx, Result, Services};

/// So many of those whose grants name a department are told by name; nobody reads more.
const MOST_NAMED: usize = 20;

/// A page of the departments by title, for everybody.
pub async fn list(services: &Services, title: Option<&str>, paging: Paging) -> Result<Page<Department>> {
    Ok(departments::page(services.db.pool(), title, paging).await?)
}

/// A page of the departments by title with how much belongs to each, for those who manage people.
pub async fn desk(services: &Services, ctx: &Ctx, title: Option<&str>, paging: Paging) -> Result<Page<DepartmentRow>> {
    ctx.caller_with(Permission::UsersManage)?;
    let db = services.db.pool();
    let counts = departments::dataset_counts(db).await?;
    Ok(departments::page(db, title, paging).await?.map(|department| {
        let datasets = counts.get(&department.id).copied().unwrap_or_default();
        DepartmentRow { department, datasets }
    }))
}

/// The department with its revision and whatever keeps it from being deleted, for those who manage people.
pub async fn sheet(services: &Services, ctx: &Ctx, id: &str) -> Result<(Department, i64, Vec<Blocker>)> {
    ctx.caller_with(Permission::UsersManage)?;
    let (department, revision) = find(services, id).await?;
    Ok((department, revision, in_the_way(services.db.pool(), ctx.now, id).await?))
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

/// Deletes a department that nothing belongs to and that no grant names.
///
/// # Errors
/// `Blocked` with everything that stands in the way.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let (before, revision) = departments::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if revision != expected {
        return Err(Refusal::Stale.into());
    }
    let blockers = in_the_way(&tx, ctx.now, id).await?;
    if !blockers.is_empty() {
        return Err(Refusal::Blocked { message: "The department is still in use.".to_owned(), blockers }.into());
    }
    match departments::delete(&tx, id, revision).await {
        Err(PersistenceError::Reference(_)) => {
            let message = "Something was given to this department just now, so it cannot be deleted.";
            return Err(Refusal::blocked("in_use", message).into());
        }
        Ok(false) => return Err(Refusal::Stale.into()),
        other => other?,
    };
    records::change(&tx, ctx, by, about(id), "deleted", &before, &()).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// What belongs to a department, and whose grants name it.
async fn in_the_way(db: &impl Connection, now: DateTime<Utc>, id: &str) -> Result<Vec<Blocker>> {
    let (datasets, releases) = departments::held_by(db, id).await?;
    let mut blockers = Vec::new();
    if datasets > 0 {
        let what = if datasets == 1 { "1 dataset belongs".to_owned() } else { format!("{datasets} datasets belong") };
        let message = format!("{what} to this department. Give what belongs to it to another one first.");
        blockers.push(Blocker::new("in_use", message).about(id, Some(format!("/admin/datasets?department={id}"))));
    }
    if releases > 0 {
        let what = if releases == 1 {
            "1 entry of the release calendar names".to_owned()
        } else {
            format!("{releases} entries of the release calendar name")
        };
        let message = format!("{what} this department. Name another one there first.");
        blockers.push(Blocker::new("in_use", message).about(id, Some("/admin/releases".to_owned())));
    }
    let holders = holders(db, now, id).await?;
    let more = holders.len().saturating_sub(MOST_NAMED);
    blockers.extend(holders.into_iter().take(MOST_NAMED).map(|(holder, name, page)| {
        let message = format!("Grants of {name} are limited to this department. Change them first.");
        Blocker::new("granted", message).about(holder, Some(page))
    }));
    if more > 0 {
        blockers.push(Blocker::new("granted", format!("So are grants of {more} more.")));
    }
    Ok(blockers)
}

/// Everybody with a grant that names a department: the id, the name, and the page on which the grant can be changed.
async fn holders(db: &impl Connection, now: DateTime<Utc>, id: &str) -> Result<Vec<(String, String, String)>> {
    let names = |grants: &[Grant]| grants.iter().any(|grant| grant.departments.iter().any(|named| named == id));
    let mut holders = Vec::new();
    for user in people::list(db, &UserFilter::default()).await?.into_iter().filter(|user| names(&user.grants)) {
        let page = format!("/admin/users/{}", user.id);
        holders.push((user.id, user.name, page));
    }
    for team in teams::list(db).await?.into_iter().filter(|team| names(&team.grants)) {
        let page = format!("/admin/teams/{}", team.id);
        holders.push((team.id, team.name, page));
    }
    for token in tokens::list_live(db, now).await?.into_iter().filter(|token| names(&token.grants)) {
        holders.push((token.id, token.name, "/admin/service-tokens".to_owned()));
    }
    Ok(holders)
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
