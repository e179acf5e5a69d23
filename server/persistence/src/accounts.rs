//! People, teams, service tokens and failed sign-ins.

use chrono::{DateTime, Utc};
use domain::people::{Team, User};
use domain::policy::Grant;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{from_json, instant, json, micros};
use crate::entities::{service_token, sign_in_failure, team, team_member, user};
use crate::error::Result;

/// Adds an account; the address must be new.
pub async fn insert_user(db: &impl ConnectionTrait, user: &User, password_hash: Option<String>) -> Result<()> {
    let row = user::Model {
        id: user.id.clone(),
        email: user.email.clone(),
        name: user.name.clone(),
        password_hash,
        disabled: user.disabled,
        grants: json(&user.grants)?,
        created_at: micros(user.created_at),
        revision: 1,
    };
    user::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The account with this address, and its password's hash.
pub async fn find_user_by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<(User, Option<String>)>> {
    let row = user::Entity::find().filter(user::Column::Email.eq(email)).one(db).await?;
    row.map(|row| Ok((to_user(&row)?, row.password_hash))).transpose()
}

/// The account with this id.
pub async fn find_user(db: &impl ConnectionTrait, id: &str) -> Result<Option<User>> {
    user::Entity::find_by_id(id).one(db).await?.as_ref().map(to_user).transpose()
}

/// All accounts by name.
pub async fn list_users(db: &impl ConnectionTrait) -> Result<Vec<User>> {
    let rows = user::Entity::find().order_by_asc(user::Column::Name).all(db).await?;
    rows.iter().map(to_user).collect()
}

/// Replaces a password's hash; false where there is no such account.
pub async fn set_password(db: &impl ConnectionTrait, id: &str, hash: &str) -> Result<bool> {
    let done = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, sea_orm::sea_query::Expr::value(hash))
        .col_expr(user::Column::Revision, sea_orm::sea_query::Expr::col(user::Column::Revision).add(1))
        .filter(user::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

fn to_user(row: &user::Model) -> Result<User> {
    Ok(User {
        id: row.id.clone(),
        email: row.email.clone(),
        name: row.name.clone(),
        disabled: row.disabled,
        grants: from_json(&row.grants)?,
        created_at: instant(row.created_at)?,
    })
}

/// Adds a team or replaces it, members and all.
pub async fn save_team(db: &impl ConnectionTrait, team: &Team) -> Result<()> {
    let row = team::Model { id: team.id.clone(), name: team.name.clone() };
    team::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::column(team::Column::Id).update_column(team::Column::Name).to_owned())
        .exec_without_returning(db)
        .await?;
    team_member::Entity::delete_many().filter(team_member::Column::TeamId.eq(&team.id)).exec(db).await?;
    for user_id in &team.members {
        let member = team_member::Model { team_id: team.id.clone(), user_id: user_id.clone() };
        team_member::Entity::insert(member.into_active_model()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// All teams with their members.
pub async fn list_teams(db: &impl ConnectionTrait) -> Result<Vec<Team>> {
    let teams = team::Entity::find().order_by_asc(team::Column::Name).all(db).await?;
    let members = team_member::Entity::find().all(db).await?;
    Ok(teams
        .into_iter()
        .map(|t| Team {
            members: members.iter().filter(|m| m.team_id == t.id).map(|m| m.user_id.clone()).collect(),
            id: t.id,
            name: t.name,
        })
        .collect())
}

/// The ids of the teams that somebody is in.
pub async fn teams_of(db: &impl ConnectionTrait, user_id: &str) -> Result<Vec<String>> {
    let rows = team_member::Entity::find().filter(team_member::Column::UserId.eq(user_id)).all(db).await?;
    Ok(rows.into_iter().map(|m| m.team_id).collect())
}

/// A service token without its secret.
#[derive(Clone, Debug)]
pub struct ServiceToken {
    /// A UUIDv7.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub grants: Vec<Grant>,
    /// Whether four eyes are waived for it.
    pub approve_own: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Adds a token by the hash of its secret.
pub async fn insert_token(db: &impl ConnectionTrait, token: &ServiceToken, token_hash: &str) -> Result<()> {
    let row = service_token::Model {
        id: token.id.clone(),
        name: token.name.clone(),
        token_hash: token_hash.to_owned(),
        grants: json(&token.grants)?,
        approve_own: token.approve_own,
        created_at: micros(token.created_at),
        expires_at: token.expires_at.map(micros),
        last_used_at: None,
        revoked_at: None,
    };
    service_token::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The live token with this hash.
pub async fn find_token(
    db: &impl ConnectionTrait,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<ServiceToken>> {
    let row = service_token::Entity::find()
        .filter(service_token::Column::TokenHash.eq(token_hash))
        .filter(service_token::Column::RevokedAt.is_null())
        .one(db)
        .await?;
    let Some(row) = row.filter(|row| row.expires_at.is_none_or(|end| micros(now) < end)) else {
        return Ok(None);
    };
    Ok(Some(ServiceToken {
        grants: from_json(&row.grants)?,
        created_at: instant(row.created_at)?,
        expires_at: row.expires_at.map(instant).transpose()?,
        id: row.id,
        name: row.name,
        approve_own: row.approve_own,
    }))
}

/// Ends a token by id or name; the number of tokens ended.
pub async fn revoke_token(db: &impl ConnectionTrait, id_or_name: &str, now: DateTime<Utc>) -> Result<u64> {
    let done = service_token::Entity::update_many()
        .col_expr(service_token::Column::RevokedAt, sea_orm::sea_query::Expr::value(micros(now)))
        .filter(service_token::Column::Id.eq(id_or_name).or(service_token::Column::Name.eq(id_or_name)))
        .filter(service_token::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Failures of sign-in for an address, and until when it is blocked.
pub async fn sign_in_failures(db: &impl ConnectionTrait, email: &str) -> Result<Option<(i64, DateTime<Utc>)>> {
    let row = sign_in_failure::Entity::find_by_id(email).one(db).await?;
    row.map(|row| Ok((row.failures, instant(row.blocked_until)?))).transpose()
}

/// Notes the failures of sign-in for an address; none clears them.
pub async fn note_sign_in(
    db: &impl ConnectionTrait,
    email: &str,
    failures: Option<(i64, DateTime<Utc>)>,
) -> Result<()> {
    let Some((failures, blocked_until)) = failures else {
        sign_in_failure::Entity::delete_by_id(email).exec(db).await?;
        return Ok(());
    };
    let row = sign_in_failure::Model { email: email.to_owned(), failures, blocked_until: micros(blocked_until) };
    sign_in_failure::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(sign_in_failure::Column::Email)
                .update_columns([sign_in_failure::Column::Failures, sign_in_failure::Column::BlockedUntil])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}
