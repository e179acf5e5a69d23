//! What people have read of their notifications, which of them they want, and when letters of them come.

use std::collections::HashMap;

use domain::letter_times::LetterTimes;
use domain::notification::{Choice, NotificationKind};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entities::{event, letter_time, notification_choice, notification_mark, notification_read};
use crate::error::Result;

/// The number of the record up to which somebody has read everything; 0 where they never said so.
pub async fn read_up_to(db: &impl ConnectionTrait, user_id: &str) -> Result<i64> {
    let mark = notification_mark::Entity::find_by_id(user_id).one(db).await?;
    Ok(mark.map_or(0, |mark| mark.read_up_to))
}

/// The records that somebody has read one by one, beyond the number up to which they have read everything.
pub async fn read_alone(db: &impl ConnectionTrait, user_id: &str) -> Result<Vec<String>> {
    let query = notification_read::Entity::find()
        .select_only()
        .column(notification_read::Column::EventId)
        .filter(notification_read::Column::UserId.eq(user_id));
    Ok(query.into_tuple().all(db).await?)
}

/// Notes that somebody has read one.
pub async fn mark_read(db: &impl ConnectionTrait, user_id: &str, event_id: &str) -> Result<()> {
    let row = notification_read::Model { user_id: user_id.to_owned(), event_id: event_id.to_owned() };
    let same = OnConflict::columns([notification_read::Column::UserId, notification_read::Column::EventId])
        .update_column(notification_read::Column::EventId)
        .to_owned();
    notification_read::Entity::insert(row.into_active_model()).on_conflict(same).exec_without_returning(db).await?;
    Ok(())
}

/// Notes that somebody has read everything up to a record; what they have read beyond it stays read.
pub async fn mark_all_read(db: &impl ConnectionTrait, user_id: &str, up_to: i64) -> Result<()> {
    let row = notification_mark::Model { user_id: user_id.to_owned(), read_up_to: up_to };
    let later = OnConflict::column(notification_mark::Column::UserId)
        .update_column(notification_mark::Column::ReadUpTo)
        .action_and_where(notification_mark::Column::ReadUpTo.lt(up_to))
        .to_owned();
    notification_mark::Entity::insert(row.into_active_model()).on_conflict(later).exec_without_returning(db).await?;
    let alone = notification_read::Column::UserId.eq(user_id);
    notification_read::Entity::delete_many().filter(alone).filter(is_of_record_until(up_to)).exec(db).await?;
    Ok(())
}

/// Whether what somebody has read alone is a record up to this number.
fn is_of_record_until(up_to: i64) -> Expr {
    let of_read = (notification_read::Entity, notification_read::Column::EventId);
    let record = Query::select()
        .expr(Expr::val(1))
        .from(event::Entity)
        .and_where(Expr::col((event::Entity, event::Column::Id)).equals(of_read))
        .and_where(event::Column::Sequence.lte(up_to))
        .to_owned();
    Expr::exists(record)
}

/// What somebody has chosen; kinds that are no more are left out.
pub async fn choices_of(db: &impl ConnectionTrait, user_id: &str) -> Result<Vec<Choice>> {
    Ok(choices_of_all(db, &[user_id]).await?.remove(user_id).unwrap_or_default())
}

/// The same of several people, by their ids; whoever has chosen nothing is not among them.
pub async fn choices_of_all(db: &impl ConnectionTrait, user_ids: &[&str]) -> Result<HashMap<String, Vec<Choice>>> {
    let own = notification_choice::Column::UserId.is_in(user_ids.iter().copied());
    let mut choices: HashMap<String, Vec<Choice>> = HashMap::new();
    for row in notification_choice::Entity::find().filter(own).all(db).await? {
        let Some(kind) = NotificationKind::parse(&row.kind) else { continue };
        let choice = Choice { kind, in_portal: row.in_portal, by_mail: row.by_mail, daily: row.daily };
        choices.entry(row.user_id).or_default().push(choice);
    }
    Ok(choices)
}

/// The ids of those who chose letters of a kind, at once or in the daily one.
pub async fn chose_letters(db: &impl ConnectionTrait, kind: NotificationKind) -> Result<Vec<String>> {
    let query = notification_choice::Entity::find()
        .select_only()
        .column(notification_choice::Column::UserId)
        .filter(notification_choice::Column::Kind.eq(kind.as_str()))
        .filter(notification_choice::Column::ByMail.eq(true).or(notification_choice::Column::Daily.eq(true)))
        .order_by_asc(notification_choice::Column::UserId);
    Ok(query.into_tuple().all(db).await?)
}

/// Replaces what somebody has chosen.
pub async fn save_choices(db: &impl ConnectionTrait, user_id: &str, choices: &[Choice]) -> Result<()> {
    let own = notification_choice::Column::UserId.eq(user_id);
    notification_choice::Entity::delete_many().filter(own).exec(db).await?;
    for choice in choices {
        let row = notification_choice::Model {
            user_id: user_id.to_owned(),
            kind: choice.kind.as_str().to_owned(),
            in_portal: choice.in_portal,
            by_mail: choice.by_mail,
            daily: choice.daily,
        };
        notification_choice::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// When somebody gets letters; as it is for all who never said so.
pub async fn letter_times_of(db: &impl ConnectionTrait, user_id: &str) -> Result<LetterTimes> {
    let row = letter_time::Entity::find_by_id(user_id).one(db).await?;
    Ok(row.map_or_else(LetterTimes::default, |row| LetterTimes {
        daily_at: row.daily_at,
        quiet_from: row.quiet_from,
        quiet_until: row.quiet_until,
    }))
}

/// Replaces when somebody gets letters.
pub async fn save_letter_times(db: &impl ConnectionTrait, user_id: &str, times: &LetterTimes) -> Result<()> {
    let row = letter_time::Model {
        user_id: user_id.to_owned(),
        daily_at: times.daily_at.clone(),
        quiet_from: times.quiet_from.clone(),
        quiet_until: times.quiet_until.clone(),
    };
    let columns = [letter_time::Column::DailyAt, letter_time::Column::QuietFrom, letter_time::Column::QuietUntil];
    let anew = OnConflict::column(letter_time::Column::UserId).update_columns(columns).to_owned();
    letter_time::Entity::insert(row.into_active_model()).on_conflict(anew).exec_without_returning(db).await?;
    Ok(())
}
