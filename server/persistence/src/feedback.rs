//! What readers told the office.

use chrono::{DateTime, Utc};
use domain::feedback::{Feedback, FeedbackKind, FeedbackState};
use domain::language::Language;
use domain::page::{Page, Paging};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{instant, maybe_instant, micros, word};
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
    };
    feedback::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// A page of what was told, newest first.
pub async fn list(db: &impl ConnectionTrait, filter: &FeedbackFilter, paging: Paging) -> Result<Page<Feedback>> {
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
    let query = feedback::Entity::find().filter(wanted);
    let total = query.clone().count(db).await?;
    let part = query
        .order_by_desc(feedback::Column::CreatedAt)
        .order_by_asc(feedback::Column::Id)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset));
    let items = part.all(db).await?.into_iter().map(to_feedback).collect::<Result<_>>()?;
    Ok(Page::new(items, total, paging))
}

/// Notes that somebody dealt with it; false where it is none, or was dealt with before.
pub async fn handle(db: &impl ConnectionTrait, id: &str, by: &str, now: DateTime<Utc>) -> Result<bool> {
    let done = feedback::Entity::update_many()
        .col_expr(feedback::Column::State, Expr::value(FeedbackState::Handled.as_str()))
        .col_expr(feedback::Column::HandledBy, Expr::value(by))
        .col_expr(feedback::Column::HandledAt, Expr::value(micros(now)))
        .filter(feedback::Column::Id.eq(id))
        .filter(feedback::Column::State.eq(FeedbackState::New.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
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
    })
}
