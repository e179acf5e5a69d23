//! Managing accounts: lists, edits, and who holds which rights.

use chrono::{DateTime, Utc};
use domain::page::{Page, Paging};
use domain::people::User;
use domain::policy::{Grant, Permission, Role};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::access;
use crate::accounts::to_user;
use crate::convert::{contains, from_json, json, micros};
use crate::entities::{event, team, team_member, user};
use crate::error::Result;
use crate::policies;

/// Which accounts are asked for.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Only those whose name or address holds this text.
    pub text: Option<String>,
    /// Only those that are disabled, or that are not.
    pub disabled: Option<bool>,
    /// Only those with a grant of this role.
    pub role: Option<Role>,
    /// Only those with a grant that names this department; of the role asked for, if one is.
    pub department: Option<String>,
}

/// All accounts that fit, by name.
pub async fn list(db: &impl ConnectionTrait, filter: &UserFilter) -> Result<Vec<User>> {
    let rows = fitting(db, filter)?.all(db).await?;
    rows.iter().map(to_user).collect()
}

/// A page of the accounts that fit, by name; in two statements.
pub async fn page(db: &impl ConnectionTrait, filter: &UserFilter, paging: Paging) -> Result<Page<User>> {
    let query = fitting(db, filter)?;
    let total = query.clone().count(db).await?;
    let rows = query.limit(u64::from(paging.limit)).offset(u64::from(paging.offset)).all(db).await?;
    Ok(Page::new(rows.iter().map(to_user).collect::<Result<_>>()?, total, paging))
}

fn fitting(db: &impl ConnectionTrait, filter: &UserFilter) -> Result<Select<user::Entity>> {
    let mut query = user::Entity::find();
    if let Some(text) = &filter.text {
        let named = Condition::any().add(contains(user::Column::Name, text)).add(contains(user::Column::Email, text));
        query = query.filter(named);
    }
    if let Some(disabled) = filter.disabled {
        query = query.filter(user::Column::Disabled.eq(disabled));
    }
    if filter.role.is_some() || filter.department.is_some() {
        let backend = db.get_database_backend();
        query = query.filter(policies::held_by_user(backend, filter.role, filter.department.as_deref())?);
    }
    Ok(query.order_by_asc(user::Column::Name).order_by_asc(user::Column::Id))
}

/// Which of these ids are accounts.
pub async fn known(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<String>> {
    let known = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(known)
}

/// Replaces an account if the revision still holds; false where somebody was faster. The revision goes up by one.
pub async fn replace(db: &impl ConnectionTrait, user: &User, now: DateTime<Utc>) -> Result<bool> {
    let done = user::Entity::update_many()
        .col_expr(user::Column::Email, Expr::value(user.email.clone()))
        .col_expr(user::Column::Name, Expr::value(user.name.clone()))
        .col_expr(user::Column::Disabled, Expr::value(user.disabled))
        .col_expr(user::Column::Grants, Expr::value(json(&user.grants)?))
        .col_expr(user::Column::LastEdited, Expr::value(micros(now)))
        .col_expr(user::Column::Revision, Expr::value(user.revision + 1))
        .filter(user::Column::Id.eq(&user.id))
        .filter(user::Column::Revision.eq(user.revision))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        access::note_user(db, user, now).await?;
    }
    Ok(done.rows_affected == 1)
}

/// Deletes an account if the revision still holds; false where somebody was faster.
pub async fn delete(db: &impl ConnectionTrait, user: &User, now: DateTime<Utc>) -> Result<bool> {
    let done = user::Entity::delete_many()
        .filter(user::Column::Id.eq(&user.id))
        .filter(user::Column::Revision.eq(user.revision))
        .exec(db)
        .await?;
    if done.rows_affected == 1 {
        access::note_user_gone(db, user, now).await?;
    }
    Ok(done.rows_affected == 1)
}

/// Whether any record tells of something that this actor did.
pub async fn has_acted(db: &impl ConnectionTrait, actor_id: &str) -> Result<bool> {
    let own = event::Column::ActorId.eq(actor_id).and(event::Column::EventType.is_not_in(["signed_in", "signed_out"]));
    Ok(event::Entity::find().filter(own).limit(1).count(db).await? > 0)
}

/// How many people may manage people without an end to it, on their own or through a team; they stay so until the transaction ends.
///
/// Their rows are locked, so that of two changes at once the second sees what the first left.
pub async fn lasting_managers(db: &impl ConnectionTrait) -> Result<usize> {
    let of_teams = manager_teams(db).await?;
    let mut members: Vec<String> = Vec::new();
    for team_id in of_teams {
        let of_team: Vec<String> = team_member::Entity::find()
            .select_only()
            .column(team_member::Column::UserId)
            .filter(team_member::Column::TeamId.eq(team_id))
            .into_tuple()
            .all(db)
            .await?;
        members.extend(of_team);
    }
    let rows = user::Entity::find()
        .filter(user::Column::Disabled.eq(false))
        .filter(Condition::any().add(user::Column::Id.is_in(&members)).add(user::Column::Grants.contains("\"admin\"")))
        .order_by_asc(user::Column::Id)
        .lock_exclusive()
        .all(db)
        .await?;
    let mut count = 0;
    for row in &rows {
        let grants: Vec<Grant> = from_json(&row.grants)?;
        if members.contains(&row.id) || grants.iter().any(manages_people_for_good) {
            count += 1;
        }
    }
    Ok(count)
}

async fn manager_teams(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let rows = team::Entity::find()
        .filter(team::Column::Grants.contains("\"admin\""))
        .order_by_asc(team::Column::Id)
        .lock_exclusive()
        .all(db)
        .await?;
    let mut ids = Vec::new();
    for row in rows {
        if from_json::<Vec<Grant>>(&row.grants)?.iter().any(manages_people_for_good) {
            ids.push(row.id);
        }
    }
    Ok(ids)
}

fn manages_people_for_good(grant: &Grant) -> bool {
    grant.expires_at.is_none() && grant.holds(Permission::UsersManage)
}
