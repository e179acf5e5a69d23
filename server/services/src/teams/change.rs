//! Making, editing and deleting teams.

use domain::people::Team;
use domain::policy::Permission;
use domain::refusal::{Blocker, FieldProblem, Refusal, all_valid};
use domain::slug::Slug;
use domain::text::check_line;
use persistence::{PersistenceError, Tx, people, teams};

use crate::rights::Rights;
use crate::{Ctx, Result, Services, records};

/// A team as somebody wants it.
#[derive(Clone, Debug)]
pub struct NewTeam {
    /// The slug; made of the name where it is left out.
    pub id: Option<String>,
    /// The name.
    pub name: String,
    /// The members' user ids.
    pub members: Vec<String>,
}

/// Makes a team.
pub async fn create(services: &Services, ctx: &Ctx, new: NewTeam) -> Result<Team> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let mut problems = problems_of(&tx, &new).await?;
    let id = match &new.id {
        Some(id) => Slug::parse("id", id),
        None => Slug::made_of("id", &new.name),
    };
    // Of a name that is not there no id is asked for.
    if let Err(problem) = &id
        && (new.id.is_some() || !new.name.trim().is_empty())
    {
        problems.push(problem.clone());
    }
    all_valid(problems)?;
    let id = String::from(id.map_err(|problem| Refusal::Invalid { problems: vec![problem] })?);
    let team = Team { last_edited: Some(ctx.now), ..Team::new(&id, &new.name, distinct(new.members)) };
    match teams::insert(&tx, &team).await {
        Err(PersistenceError::Duplicate(_)) => {
            let message = format!("There is a team {id} already. Give another name, or an id.");
            return Err(Refusal::blocked("id_taken", message).into());
        }
        other => other?,
    }
    records::change(&tx, ctx, by, super::team(&id), "created", &(), &told(&team)).await?;
    persistence::db::commit(tx).await?;
    Ok(team)
}

/// Replaces a team's name and members; what it was granted stays.
pub async fn edit(services: &Services, ctx: &Ctx, id: &str, expected: i64, new: NewTeam) -> Result<Team> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let rights = Rights::before(&tx, by).await?;
    let before = teams::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    all_valid(problems_of(&tx, &new).await?)?;
    if before.revision != expected {
        return Err(Refusal::Stale.into());
    }
    let team = Team { name: new.name, members: distinct(new.members), last_edited: Some(ctx.now), ..before.clone() };
    if !teams::replace(&tx, &team, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    rights.must_hold_after(&tx, by).await?;
    records::change(&tx, ctx, by, super::team(id), "edited", &told(&before), &told(&team)).await?;
    persistence::db::commit(tx).await?;
    Ok(Team { revision: team.revision + 1, ..team })
}

/// Deletes a team that no bundle names.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, expected: i64) -> Result<()> {
    let by = ctx.caller_with(Permission::UsersManage)?;
    let tx = services.db.begin().await?;
    let rights = Rights::before(&tx, by).await?;
    let team = teams::find(&tx, id).await?.ok_or(Refusal::NotFound)?;
    if team.revision != expected {
        return Err(Refusal::Stale.into());
    }
    must_be_unnamed(&tx, id).await?;
    if !teams::delete(&tx, &team, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    rights.must_hold_after(&tx, by).await?;
    records::change(&tx, ctx, by, super::team(id), "deleted", &told(&team), &()).await?;
    Ok(persistence::db::commit(tx).await?)
}

async fn must_be_unnamed(tx: &Tx, id: &str) -> Result<()> {
    let bundles = teams::bundles_of(tx, id).await?;
    if bundles.is_empty() {
        return Ok(());
    }
    let message = format!("{} bundle(s) are shared with this team. Take it out of them first.", bundles.len());
    let blocker = |bundle: String| {
        let page = format!("/admin/bundles/{bundle}");
        Blocker::new("shared", "This bundle is shared with the team.").about(bundle, Some(page))
    };
    Err(Refusal::Blocked { message, blockers: bundles.into_iter().map(blocker).collect() }.into())
}

async fn problems_of(tx: &Tx, new: &NewTeam) -> Result<Vec<FieldProblem>> {
    let mut problems = Vec::new();
    check_line(&mut problems, "name", &new.name, 200);
    let known = people::known(tx, &new.members).await?;
    for (i, id) in new.members.iter().enumerate() {
        if !known.contains(id) {
            let message = format!("There is no account {id}.");
            problems.push(FieldProblem::new(&format!("members.{i}"), "unknown", message));
        }
    }
    Ok(problems)
}

/// A team as records tell it.
fn told(team: &Team) -> serde_json::Value {
    serde_json::json!({"name": team.name, "members": team.members, "grants": team.grants})
}

fn distinct(mut members: Vec<String>) -> Vec<String> {
    members.sort_unstable();
    members.dedup();
    members
}
