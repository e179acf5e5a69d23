//! Teams: who is in them, and what they were granted.

use chrono::{DateTime, Utc};
use domain::page::{Page, Paging};
use domain::people::Team;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::access;
use crate::convert::{contains, from_json, json, maybe_instant, micros};
use crate::entities::{bundle_team, team, team_member};
use crate::error::Result;

/// Adds a team; the id must be new and every member an account.
pub async fn insert(db: &impl ConnectionTrait, team: &Team) -> Result<()> {
    team::Entity::insert(to_row(team)?.into_active_model()).exec_without_returning(db).await?;
    save_members(db, team, edited_at(team)).await
}

/// Adds a team or replaces its name and members as of its last edit; what it was granted stays.
pub async fn save(db: &impl ConnectionTrait, team: &Team) -> Result<()> {
    let granted = find(db, &team.id).await?.map_or_else(|| team.grants.clone(), |before| before.grants);
    let raised = Expr::col((team::Entity, team::Column::Revision)).add(1);
    team::Entity::insert(to_row(team)?.into_active_model())
        .on_conflict(
            OnConflict::column(team::Column::Id)
                .update_column(team::Column::Name)
                .value(team::Column::Revision, raised)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    save_members(db, &Team { grants: granted, ..team.clone() }, edited_at(team)).await
}

/// Replaces a team if the revision still holds; false where somebody was faster. The revision goes up by one.
pub async fn replace(db: &impl ConnectionTrait, team: &Team, now: DateTime<Utc>) -> Result<bool> {
    let done = team::Entity::update_many()
        .col_expr(team::Column::Name, Expr::value(team.name.clone()))
        .col_expr(team::Column::Grants, Expr::value(json(&team.grants)?))
        .col_expr(team::Column::LastEdited, Expr::value(micros(now)))
        .col_expr(team::Column::Revision, Expr::value(team.revision + 1))
        .filter(team::Column::Id.eq(&team.id))
        .filter(team::Column::Revision.eq(team.revision))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        save_members(db, team, now).await?;
    }
    Ok(done.rows_affected == 1)
}

/// Deletes a team if the revision still holds; false where somebody was faster.
pub async fn delete(db: &impl ConnectionTrait, team: &Team, now: DateTime<Utc>) -> Result<bool> {
    let done = team::Entity::delete_many()
        .filter(team::Column::Id.eq(&team.id))
        .filter(team::Column::Revision.eq(team.revision))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        access::note_team(db, team, &team.members, false, now).await?;
    }
    Ok(done.rows_affected == 1)
}

/// The team with this id.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<Team>> {
    let row = team::Entity::find_by_id(id).one(db).await?;
    Ok(with_members(db, row.into_iter().collect()).await?.into_iter().next())
}

/// A page of the teams by name, of those whose name holds a text, or that somebody is in.
pub async fn page(
    db: &impl ConnectionTrait,
    name: Option<&str>,
    member: Option<&str>,
    paging: Paging,
) -> Result<Page<Team>> {
    let mut query = team::Entity::find();
    if let Some(text) = name {
        query = query.filter(contains(team::Column::Name, text));
    }
    if let Some(user_id) = member {
        let of_member = sea_orm::sea_query::Query::select()
            .column(team_member::Column::TeamId)
            .from(team_member::Entity)
            .and_where(team_member::Column::UserId.eq(user_id))
            .to_owned();
        query = query.filter(team::Column::Id.in_subquery(of_member));
    }
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_asc(team::Column::Name)
        .order_by_asc(team::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(with_members(db, rows).await?, total, paging))
}

/// All teams by name.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Team>> {
    let rows = team::Entity::find().order_by_asc(team::Column::Name).order_by_asc(team::Column::Id).all(db).await?;
    with_members(db, rows).await
}

/// The ids of the bundles that are shared with the team.
pub async fn bundles_of(db: &impl ConnectionTrait, id: &str) -> Result<Vec<String>> {
    let rows = bundle_team::Entity::find()
        .filter(bundle_team::Column::TeamId.eq(id))
        .order_by_asc(bundle_team::Column::BundleId)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.bundle_id).collect())
}

/// When a team was last edited; one that nobody says it of has been as it is from the beginning.
fn edited_at(team: &Team) -> DateTime<Utc> {
    team.last_edited.unwrap_or(DateTime::UNIX_EPOCH)
}

async fn save_members(db: &impl ConnectionTrait, team: &Team, now: DateTime<Utc>) -> Result<()> {
    let was: Vec<String> = team_member::Entity::find()
        .select_only()
        .column(team_member::Column::UserId)
        .filter(team_member::Column::TeamId.eq(&team.id))
        .order_by_asc(team_member::Column::UserId)
        .into_tuple()
        .all(db)
        .await?;
    team_member::Entity::delete_many().filter(team_member::Column::TeamId.eq(&team.id)).exec(db).await?;
    for user_id in &team.members {
        let member = team_member::Model { team_id: team.id.clone(), user_id: user_id.clone() };
        team_member::Entity::insert(member.into_active_model()).exec_without_returning(db).await?;
    }
    access::note_team(db, team, &was, true, now).await
}

async fn with_members(db: &impl ConnectionTrait, rows: Vec<team::Model>) -> Result<Vec<Team>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let members = team_member::Entity::find()
        .filter(team_member::Column::TeamId.is_in(rows.iter().map(|row| row.id.as_str())))
        .order_by_asc(team_member::Column::UserId)
        .all(db)
        .await?;
    let read = |row: team::Model| {
        Ok(Team {
            members: members.iter().filter(|m| m.team_id == row.id).map(|m| m.user_id.clone()).collect(),
            grants: from_json(&row.grants)?,
            last_edited: maybe_instant(row.last_edited)?,
            revision: row.revision,
            id: row.id,
            name: row.name,
        })
    };
    rows.into_iter().map(read).collect()
}

fn to_row(team: &Team) -> Result<team::Model> {
    Ok(team::Model {
        id: team.id.clone(),
        name: team.name.clone(),
        grants: json(&team.grants)?,
        last_edited: team.last_edited.map(micros),
        revision: team.revision,
    })
}
