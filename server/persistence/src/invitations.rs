//! Invitations that were not taken up yet; their links are in `password_links`.

use chrono::{DateTime, Utc};
use domain::invitation::{Invitation, Invited};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::{instant, maybe_instant, micros};
use crate::entities::invitation::{Column, Entity, Model};
use crate::entities::user;
use crate::error::Result;

/// Writes an invitation, in place of the one before.
pub async fn save(db: &impl ConnectionTrait, invitation: &Invitation) -> Result<()> {
    let row = Model {
        user_id: invitation.user_id.clone(),
        invited_by: invitation.invited_by.clone(),
        invited_at: micros(invitation.invited_at),
        sent_at: invitation.sent_at.map(micros),
        expires_at: micros(invitation.expires_at),
    };
    let newer = OnConflict::column(Column::UserId)
        .update_columns([Column::InvitedBy, Column::InvitedAt, Column::SentAt, Column::ExpiresAt])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(newer).exec_without_returning(db).await?;
    Ok(())
}

/// The invitation of somebody that was not taken up yet, ended or not.
pub async fn find(db: &impl ConnectionTrait, user_id: &str) -> Result<Option<Invitation>> {
    Entity::find_by_id(user_id).one(db).await?.as_ref().map(to_invitation).transpose()
}

/// The same, locked until the transaction ends, so that it is neither withdrawn nor made anew meanwhile.
pub async fn find_to_change(db: &impl ConnectionTrait, user_id: &str) -> Result<Option<Invitation>> {
    Entity::find_by_id(user_id).lock_exclusive().one(db).await?.as_ref().map(to_invitation).transpose()
}

/// All that were not taken up yet, newest first, with whom they are to.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<Invited>> {
    let rows = Entity::find().order_by_desc(Column::InvitedAt).order_by_asc(Column::UserId).all(db).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.user_id.clone());
    let people = user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(person) = people.iter().find(|person| person.id == row.user_id) {
            let (name, email) = (person.name.clone(), person.email.clone());
            found.push(Invited { name, email, invitation: to_invitation(row)? });
        }
    }
    Ok(found)
}

/// Notes that the letter of an invitation left; not of one that was made in its place meanwhile.
pub async fn note_sent(db: &impl ConnectionTrait, invitation: &Invitation, at: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::SentAt, Expr::value(micros(at)))
        .filter(Column::UserId.eq(&invitation.user_id))
        .filter(Column::InvitedAt.eq(micros(invitation.invited_at)))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends the invitation of somebody: it was taken up, withdrawn, or is needed no more; false where there was none.
pub async fn end(db: &impl ConnectionTrait, user_id: &str) -> Result<bool> {
    Ok(Entity::delete_by_id(user_id).exec(db).await?.rows_affected == 1)
}

fn to_invitation(row: &Model) -> Result<Invitation> {
    Ok(Invitation {
        user_id: row.user_id.clone(),
        invited_by: row.invited_by.clone(),
        invited_at: instant(row.invited_at)?,
        sent_at: maybe_instant(row.sent_at)?,
        expires_at: instant(row.expires_at)?,
    })
}
