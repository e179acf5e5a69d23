//! What operators do with work of the outbox, and how much of it is open.

use chrono::{DateTime, Utc};
use domain::delivery::Sink;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect,
};

use super::{Task, row_of};
use crate::convert::{count, micros};
use crate::entities::outbox;
use crate::error::Result;

/// Leaves work out for a reason, whoever holds it; false where it was finished before.
pub async fn skip(db: &impl ConnectionTrait, id: &str, reason: &str, now: DateTime<Utc>) -> Result<bool> {
    Ok(skip_open(db, Condition::all().add(outbox::Column::Id.eq(id)), reason, now).await? == 1)
}

async fn skip_open(db: &impl ConnectionTrait, these: Condition, reason: &str, now: DateTime<Utc>) -> Result<u64> {
    let done = outbox::Entity::update_many()
        .col_expr(outbox::Column::FinishedAt, Expr::value(micros(now)))
        .col_expr(outbox::Column::SkipReason, Expr::value(reason))
        .filter(these)
        .filter(outbox::Column::FinishedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Removes what was finished before `before` and belongs to no bundle, and takes the addresses out of finished letters about
/// bundles, whose steps stay; how much that was.
pub async fn forget_finished(db: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<u64> {
    let ended = |column: outbox::Column| column.lt(micros(before));
    let finished = || Condition::any().add(ended(outbox::Column::FinishedAt)).add(ended(outbox::Column::GivenUpAt));
    let removed =
        outbox::Entity::delete_many().filter(outbox::Column::BundleId.is_null()).filter(finished()).exec(db).await?;
    let blanked = outbox::Entity::update_many()
        .col_expr(outbox::Column::Subject, Expr::value(""))
        .col_expr(outbox::Column::Payload, Expr::value("{}"))
        .filter(outbox::Column::Kind.eq(Sink::Email.as_str()))
        .filter(outbox::Column::Subject.ne(""))
        .filter(finished())
        .exec(db)
        .await?;
    Ok(removed.rows_affected + blanked.rows_affected)
}

/// Leaves all open work of a kind for a subject out; how much that was.
pub async fn skip_open_of(
    db: &impl ConnectionTrait,
    kind: &str,
    subject: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<u64> {
    let these = Condition::all().add(outbox::Column::Kind.eq(kind)).add(outbox::Column::Subject.eq(subject));
    skip_open(db, these, reason, now).await
}

/// Notes ahead of a publication that work will be left out.
pub async fn note_skipped(db: &impl ConnectionTrait, task: &Task, reason: &str, now: DateTime<Utc>) -> Result<()> {
    let row =
        outbox::Model { finished_at: Some(micros(now)), skip_reason: Some(reason.to_owned()), ..row_of(task, now)? };
    outbox::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Takes back the note that work will be left out; false where there is none.
pub async fn forget_skipped(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    let done = outbox::Entity::delete_many()
        .filter(outbox::Column::Id.eq(id))
        .filter(outbox::Column::Lane.is_null())
        .filter(outbox::Column::SkipReason.is_not_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// What was left out of these bundles: the bundle with the name, once for each.
pub async fn skipped_names_of(db: &impl ConnectionTrait, bundle_ids: &[&str]) -> Result<Vec<(String, String)>> {
    Ok(outbox::Entity::find()
        .select_only()
        .columns([outbox::Column::BundleId, outbox::Column::Name])
        .filter(outbox::Column::BundleId.is_in(bundle_ids.iter().copied()))
        .filter(outbox::Column::SkipReason.is_not_null())
        .into_tuple()
        .all(db)
        .await?)
}

/// Leaves the open work of these bundles out whose name holds this word; how much that was.
pub async fn skip_open_named(
    db: &impl ConnectionTrait,
    bundle_ids: &[&str],
    word: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<u64> {
    let of_these = outbox::Column::BundleId.is_in(bundle_ids.iter().copied());
    let these = Condition::all().add(of_these).add(outbox::Column::Name.contains(word));
    skip_open(db, these, reason, now).await
}

/// Whether work of this name was ever queued for a bundle.
pub async fn is_queued(db: &impl ConnectionTrait, bundle_id: &str, name: &str) -> Result<bool> {
    let found = outbox::Entity::find()
        .filter(outbox::Column::BundleId.eq(bundle_id))
        .filter(outbox::Column::Name.eq(name))
        .count(db)
        .await?;
    Ok(found > 0)
}

/// Has work that failed tried again at once, with all its tries before it; false where it is not open or never failed.
pub async fn replay(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = again(id, now)
        .filter(outbox::Column::FinishedAt.is_null())
        .filter(outbox::Column::LastError.is_not_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Has work done once more, finished or not; false where it is unknown or being done for the first time.
pub async fn reopen(db: &impl ConnectionTrait, id: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = again(id, now)
        .col_expr(outbox::Column::FinishedAt, Expr::value(None::<i64>))
        .col_expr(outbox::Column::SkipReason, Expr::value(None::<String>))
        .filter(outbox::Column::FinishedAt.is_not_null().or(outbox::Column::LastError.is_not_null()))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

fn again(id: &str, now: DateTime<Utc>) -> sea_orm::UpdateMany<outbox::Entity> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::GivenUpAt, Expr::value(None::<i64>))
        .col_expr(outbox::Column::AvailableAt, Expr::value(micros(now)))
        .col_expr(outbox::Column::Forgiven, Expr::col(outbox::Column::Attempts))
        .filter(outbox::Column::Id.eq(id))
}

/// How much work of a kind is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The kind.
    pub kind: String,
    /// How much waits or is being done.
    pub open: u64,
    /// When the oldest of it was queued.
    pub oldest: Option<DateTime<Utc>>,
    /// How much was given up.
    pub given_up: u64,
}

/// How much work is open, by kind; kinds without any are left out.
pub async fn backlog(db: &impl ConnectionTrait) -> Result<Vec<Backlog>> {
    let mut all: Vec<Backlog> = Vec::new();
    for given_up in [false, true] {
        let gone = outbox::Column::GivenUpAt;
        let rows: Vec<(String, i64, Option<String>)> = outbox::Entity::find()
            .select_only()
            .column(outbox::Column::Kind)
            .column_as(outbox::Column::Id.count(), "open")
            .column_as(outbox::Column::Id.min(), "oldest")
            .filter(outbox::Column::FinishedAt.is_null())
            .filter(if given_up { gone.is_not_null() } else { gone.is_null() })
            .group_by(outbox::Column::Kind)
            .into_tuple()
            .all(db)
            .await?;
        for (kind, number, oldest) in rows {
            let at = all.iter().position(|line| line.kind == kind).unwrap_or_else(|| {
                all.push(Backlog { kind, open: 0, oldest: None, given_up: 0 });
                all.len() - 1
            });
            let Some(line) = all.get_mut(at) else { continue };
            if given_up {
                line.given_up = count(number)?;
            } else {
                line.open = count(number)?;
                line.oldest = oldest.as_deref().and_then(crate::probes::queued_at);
            }
        }
    }
    Ok(all)
}
