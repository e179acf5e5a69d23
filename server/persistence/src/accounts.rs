//! Accounts as sign-in needs them, and failed sign-ins; managing people is in `people`, `teams` and `tokens`.

use chrono::{DateTime, Utc};
use domain::people::User;
use domain::policy::Grant;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{from_json, instant, json, micros};
use crate::entities::{sign_in_failure, team, team_member, user};
use crate::error::Result;
use crate::{Tx, access};

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
        last_edited: micros(user.last_edited),
        revision: 1,
    };
    user::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    access::note_user(db, user, user.created_at).await
}

/// The account with this address, and its password's hash.
pub async fn find_user_by_email(db: &impl ConnectionTrait, email: &str) -> Result<Option<(User, Option<String>)>> {
    let row = user::Entity::find().filter(user::Column::Email.eq(email)).one(db).await?;
    row.map(|row| Ok((to_user(&row)?, row.password_hash))).transpose()
}

/// The same, locked until the transaction ends; none where the address was changed while it waited for the lock.
pub async fn find_user_by_email_to_change(
    db: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<(User, Option<String>)>> {
    let row = user::Entity::find().filter(user::Column::Email.eq(email)).lock_exclusive().one(db).await?;
    row.map(|row| Ok((to_user(&row)?, row.password_hash))).transpose()
}

/// The account with this id.
pub async fn find_user(db: &impl ConnectionTrait, id: &str) -> Result<Option<User>> {
    user::Entity::find_by_id(id).one(db).await?.as_ref().map(to_user).transpose()
}

/// Those of the accounts with these ids that there are, in no order.
pub async fn users_among(db: &impl ConnectionTrait, ids: &[&str]) -> Result<Vec<User>> {
    let rows = user::Entity::find().filter(user::Column::Id.is_in(ids.iter().copied())).all(db).await?;
    rows.iter().map(to_user).collect()
}

/// The account with this id, locked until the transaction ends: nobody changes it, or gives another way into it, meanwhile.
pub async fn find_user_to_change(db: &impl ConnectionTrait, id: &str) -> Result<Option<User>> {
    user::Entity::find_by_id(id).lock_exclusive().one(db).await?.as_ref().map(to_user).transpose()
}

/// All accounts by name.
pub async fn list_users(db: &impl ConnectionTrait) -> Result<Vec<User>> {
    let rows = user::Entity::find().order_by_asc(user::Column::Name).all(db).await?;
    rows.iter().map(to_user).collect()
}

/// Replaces a password's hash; false where there is no such account.
pub async fn set_password(db: &impl ConnectionTrait, id: &str, hash: &str) -> Result<bool> {
    let done = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::Revision, Expr::col(user::Column::Revision).add(1))
        .filter(user::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

pub(crate) fn to_user(row: &user::Model) -> Result<User> {
    Ok(User {
        id: row.id.clone(),
        email: row.email.clone(),
        name: row.name.clone(),
        disabled: row.disabled,
        grants: from_json(&row.grants)?,
        created_at: instant(row.created_at)?,
        last_edited: instant(row.last_edited)?,
        revision: row.revision,
    })
}

/// The ids of the teams that somebody is in, and what these teams were granted.
pub async fn teams_of(db: &impl ConnectionTrait, user_id: &str) -> Result<(Vec<String>, Vec<Grant>)> {
    let mine = Query::select()
        .column(team_member::Column::TeamId)
        .from(team_member::Entity)
        .and_where(team_member::Column::UserId.eq(user_id))
        .to_owned();
    let rows =
        team::Entity::find().filter(team::Column::Id.in_subquery(mine)).order_by_asc(team::Column::Id).all(db).await?;
    let mut grants: Vec<Grant> = Vec::new();
    for row in &rows {
        grants.extend(from_json::<Vec<Grant>>(&row.grants)?);
    }
    Ok((rows.into_iter().map(|row| row.id).collect(), grants))
}

/// Failures of sign-in for an address, and until when it is blocked: none, and not at all, where nobody failed. They are locked until
/// the transaction ends, so that of tries side by side each finds what the one before it has noted.
pub async fn sign_in_failures_to_change(db: &Tx, email: &str) -> Result<(i64, DateTime<Utc>)> {
    let none = sign_in_failure::Model { email: email.to_owned(), failures: 0, blocked_until: 0 };
    // A row that is there is written as it is, which locks it and gives it in one statement.
    let same = Expr::col((sign_in_failure::Entity, sign_in_failure::Column::Failures));
    let row = sign_in_failure::Entity::insert(none.into_active_model())
        .on_conflict(
            OnConflict::column(sign_in_failure::Column::Email)
                .value(sign_in_failure::Column::Failures, same)
                .to_owned(),
        )
        .exec_with_returning(db)
        .await?;
    Ok((row.failures, instant(row.blocked_until)?))
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
