//! What people add to the search: rules of synonyms, and datasets that come first.

use chrono::{DateTime, Utc};
use domain::search_desk::{Pin, SynonymRule};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{from_json, instant, json, micros};
use crate::entities::{search_pin, search_synonym};
use crate::error::Result;

/// A rule that somebody added, or one that came with the program and was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRule {
    /// Its id.
    pub id: String,
    /// The rule.
    pub rule: SynonymRule,
    /// Whether search goes by it.
    pub is_on: bool,
    /// Who changed it last, by name.
    pub changed_by: String,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// Counts the changes, from 1.
    pub revision: i64,
}

/// All rules that are kept, in the order of their ids.
pub async fn rules(db: &impl ConnectionTrait) -> Result<Vec<StoredRule>> {
    let rows = search_synonym::Entity::find().order_by_asc(search_synonym::Column::Id).all(db).await?;
    rows.into_iter().map(to_rule).collect()
}

/// Keeps a rule for the first time; the id must be new.
pub async fn insert_rule(db: &impl ConnectionTrait, stored: &StoredRule) -> Result<()> {
    let row = search_synonym::Model {
        id: stored.id.clone(),
        asked: json(&stored.rule.asked)?,
        words: json(&stored.rule.words)?,
        is_on: stored.is_on,
        changed_by: stored.changed_by.clone(),
        changed_at: micros(stored.changed_at),
        revision: stored.revision,
    };
    search_synonym::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Replaces a rule if its revision still follows the one before; false where somebody was faster.
pub async fn update_rule(db: &impl ConnectionTrait, stored: &StoredRule) -> Result<bool> {
    let done = search_synonym::Entity::update_many()
        .col_expr(search_synonym::Column::Asked, Expr::value(json(&stored.rule.asked)?))
        .col_expr(search_synonym::Column::Words, Expr::value(json(&stored.rule.words)?))
        .col_expr(search_synonym::Column::IsOn, Expr::value(stored.is_on))
        .col_expr(search_synonym::Column::ChangedBy, Expr::value(stored.changed_by.clone()))
        .col_expr(search_synonym::Column::ChangedAt, Expr::value(micros(stored.changed_at)))
        .col_expr(search_synonym::Column::Revision, Expr::value(stored.revision))
        .filter(search_synonym::Column::Id.eq(&stored.id))
        .filter(search_synonym::Column::Revision.eq(stored.revision - 1))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Forgets a rule if the revision still holds; false where somebody was faster.
pub async fn delete_rule(db: &impl ConnectionTrait, id: &str, revision: i64) -> Result<bool> {
    let done = search_synonym::Entity::delete_many()
        .filter(search_synonym::Column::Id.eq(id))
        .filter(search_synonym::Column::Revision.eq(revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// All pins, by their queries.
pub async fn pins(db: &impl ConnectionTrait) -> Result<Vec<Pin>> {
    let rows = search_pin::Entity::find().order_by_asc(search_pin::Column::Query).all(db).await?;
    rows.into_iter().map(to_pin).collect()
}

/// Adds a pin; of one query there is one.
pub async fn insert_pin(db: &impl ConnectionTrait, pin: &Pin) -> Result<()> {
    let row = search_pin::Model {
        id: pin.id.clone(),
        query: pin.query.clone(),
        datasets: json(&pin.datasets)?,
        changed_by: pin.changed_by.clone(),
        changed_at: micros(pin.changed_at),
    };
    search_pin::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// Takes a pin away; false where there is none.
pub async fn delete_pin(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(search_pin::Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}

fn to_rule(row: search_synonym::Model) -> Result<StoredRule> {
    Ok(StoredRule {
        rule: SynonymRule { asked: from_json(&row.asked)?, words: from_json(&row.words)? },
        changed_at: instant(row.changed_at)?,
        id: row.id,
        is_on: row.is_on,
        changed_by: row.changed_by,
        revision: row.revision,
    })
}

fn to_pin(row: search_pin::Model) -> Result<Pin> {
    Ok(Pin {
        datasets: from_json(&row.datasets)?,
        changed_at: instant(row.changed_at)?,
        id: row.id,
        query: row.query,
        changed_by: row.changed_by,
    })
}
