//! What readers told the office.

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::feedback::{Feedback, FeedbackKind, FeedbackState};
use domain::language::Language;
use domain::page::{Page, Paging};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};

use crate::convert::{contains, instant, maybe_instant, micros, word};
use crate::entities::feedback;
use crate::error::Result;

/// Which of it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedbackFilter {
    /// Only what stands here.
    pub state: Option<FeedbackState>,
    /// Only this sort.
    pub kind: Option<FeedbackKind>,
    /// Only what is about this dataset.
    pub dataset_id: Option<String>,
    /// Only what holds these words, in what is told, the page or the note.
    pub text: Option<String>,
    /// Only what is given to somebody, or to nobody.
    pub assigned: Option<Assigned>,
    /// Only what was told up to then.
    pub until: Option<DateTime<Utc>>,
}

/// To whom something is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// To the account with this id.
    To(String),
    /// To nobody yet.
    Nobody,
}

/// Keeps what somebody told.
pub async fn insert(db: &impl ConnectionTrait, told: &Feedback) -> Result<()> {
    let row = feedback::Model {
        id: told.id.clone(),
        kind: told.kind.as_str().to_owned(),
        page: told.page.clone(),
        dataset_id: told.dataset_id.clone(),
        message: told.message.clone(),
        address: told.address.clone(),
        language: told.language.as_str().to_owned(),
        state: told.state.as_str().to_owned(),
        created_at: micros(told.created_at),
        handled_by: told.handled_by.clone(),
        handled_at: told.handled_at.map(micros),
        note: told.note.clone(),
        handled_by_name: told.handled_by_name.clone(),
        assigned_to: told.assigned_to.clone(),
        assigned_to_name: told.assigned_to_name.clone(),
        correction: told.correction.clone(),
    };
    feedback::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// A page of what was told, newest first.
pub async fn list(db: &impl ConnectionTrait, filter: &FeedbackFilter, paging: Paging) -> Result<Page<Feedback>> {
    let query = newest_first(filter);
    let total = query.clone().count(db).await?;
    let part = query.limit(u64::from(paging.limit)).offset(u64::from(paging.offset));
    let items = part.all(db).await?.into_iter().map(to_feedback).collect::<Result<_>>()?;
    Ok(Page::new(items, total, paging))
}

/// What comes after one that was read before, or first; so many at most. What is dealt with meanwhile moves nothing.
pub async fn list_after(
    db: &impl ConnectionTrait,
    filter: &FeedbackFilter,
    last: Option<&Feedback>,
    limit: u32,
) -> Result<Vec<Feedback>> {
    let mut query = newest_first(filter);
    if let Some(last) = last {
        let at = micros(last.created_at);
        let same = feedback::Column::CreatedAt.eq(at).and(feedback::Column::Id.gt(&last.id));
        query = query.filter(feedback::Column::CreatedAt.lt(at).or(same));
    }
    query.limit(u64::from(limit)).all(db).await?.into_iter().map(to_feedback).collect()
}

fn newest_first(filter: &FeedbackFilter) -> Select<feedback::Entity> {
    let mut wanted = Condition::all();
    if let Some(state) = filter.state {
        wanted = wanted.add(feedback::Column::State.eq(state.as_str()));
    }
    if let Some(kind) = filter.kind {
        wanted = wanted.add(feedback::Column::Kind.eq(kind.as_str()));
    }
    if let Some(dataset) = &filter.dataset_id {
        wanted = wanted.add(feedback::Column::DatasetId.eq(dataset));
    }
    match &filter.assigned {
        Some(Assigned::To(id)) => wanted = wanted.add(feedback::Column::AssignedTo.eq(id)),
        Some(Assigned::Nobody) => wanted = wanted.add(feedback::Column::AssignedTo.is_null()),
        None => {}
    }
    if let Some(until) = filter.until {
        wanted = wanted.add(feedback::Column::CreatedAt.lte(micros(until)));
    }
    if let Some(text) = &filter.text {
        let columns = [feedback::Column::Message, feedback::Column::Page, feedback::Column::Note];
        let held = columns.into_iter().fold(Condition::any(), |any, column| any.add(contains(column, text)));
        wanted = wanted.add(held);
    }
    feedback::Entity::find()
        .filter(wanted)
        .order_by_desc(feedback::Column::CreatedAt)
        .order_by_asc(feedback::Column::Id)
}

/// How much nobody has dealt with yet.
pub async fn count_new(db: &impl ConnectionTrait) -> Result<u64> {
    let new = feedback::Column::State.eq(FeedbackState::New.as_str());
    Ok(feedback::Entity::find().filter(new).count(db).await?)
}

/// Notes that somebody dealt with it, and a note where there is one, else the one of before stays; false where it is none, or
/// was dealt with before.
pub async fn handle(
    db: &impl ConnectionTrait,
    id: &str,
    by: &Actor,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut handled = feedback::Entity::update_many();
    if let Some(note) = note {
        handled = handled.col_expr(feedback::Column::Note, Expr::value(note));
    }
    let done = handled
        .col_expr(feedback::Column::State, Expr::value(FeedbackState::Handled.as_str()))
        .col_expr(feedback::Column::HandledBy, Expr::value(by.id.as_str()))
        .col_expr(feedback::Column::HandledByName, Expr::value(by.name.as_str()))
        .col_expr(feedback::Column::HandledAt, Expr::value(micros(now)))
        .filter(feedback::Column::Id.eq(id))
        .filter(feedback::Column::State.eq(FeedbackState::New.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Puts back what somebody had dealt with, with the note that it has; false where it is none, or waits already.
pub async fn put_back(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    let nobody = || Expr::value(None::<String>);
    let done = feedback::Entity::update_many()
        .col_expr(feedback::Column::State, Expr::value(FeedbackState::New.as_str()))
        .col_expr(feedback::Column::HandledBy, nobody())
        .col_expr(feedback::Column::HandledByName, nobody())
        .col_expr(feedback::Column::HandledAt, Expr::value(None::<i64>))
        .filter(feedback::Column::Id.eq(id))
        .filter(feedback::Column::State.eq(FeedbackState::Handled.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Gives it to somebody, by id and name, or to nobody; false where there is no such thing.
pub async fn assign(db: &impl ConnectionTrait, id: &str, to: Option<(&str, &str)>) -> Result<bool> {
    let (to, name) = (to.map(|(id, _)| id.to_owned()), to.map(|(_, name)| name.to_owned()));
    let done = feedback::Entity::update_many()
        .col_expr(feedback::Column::AssignedTo, Expr::value(to))
        .col_expr(feedback::Column::AssignedToName, Expr::value(name))
        .filter(feedback::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Links it to the page of a correction, or to none; false where there is no such thing.
pub async fn link(db: &impl ConnectionTrait, id: &str, correction: Option<&str>) -> Result<bool> {
    let done = feedback::Entity::update_many()
        .col_expr(feedback::Column::Correction, Expr::value(correction.map(ToOwned::to_owned)))
        .filter(feedback::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// One thing that was told.
pub async fn find(db: &impl ConnectionTrait, id: &str) -> Result<Option<Feedback>> {
    feedback::Entity::find_by_id(id).one(db).await?.map(to_feedback).transpose()
}

/// Whether there is such a thing.
pub async fn exists(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(feedback::Entity::find_by_id(id).count(db).await? > 0)
}

/// Forgets what was told before `then`.
pub async fn delete_before(db: &impl ConnectionTrait, then: DateTime<Utc>) -> Result<u64> {
    let old = feedback::Column::CreatedAt.lt(micros(then));
    Ok(feedback::Entity::delete_many().filter(old).exec(db).await?.rows_affected)
}

fn to_feedback(row: feedback::Model) -> Result<Feedback> {
    Ok(Feedback {
        kind: word(FeedbackKind::parse(&row.kind), &row.kind)?,
        state: word(FeedbackState::parse(&row.state), &row.state)?,
        language: if row.language == Language::Cy.as_str() { Language::Cy } else { Language::En },
        created_at: instant(row.created_at)?,
        handled_at: maybe_instant(row.handled_at)?,
        id: row.id,
        page: row.page,
        dataset_id: row.dataset_id,
        message: row.message,
        address: row.address,
        handled_by: row.handled_by,
        note: row.note,
        handled_by_name: row.handled_by_name,
        assigned_to: row.assigned_to,
        assigned_to_name: row.assigned_to_name,
        correction: row.correction,
    })
}
