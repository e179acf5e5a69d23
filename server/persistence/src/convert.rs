//! Between rows and domain types: instants, JSON texts and numbers.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition, ExprTrait};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{PersistenceError, Result};

/// Microseconds since 1970-01-01 UTC.
pub fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// The instant of a number of microseconds.
pub fn instant(micros: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| PersistenceError::Inconsistent(format!("the instant {micros}")))
}

/// The same for what may be missing.
pub fn maybe_instant(micros: Option<i64>) -> Result<Option<DateTime<Utc>>> {
    micros.map(instant).transpose()
}

/// A value as JSON text.
pub fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| PersistenceError::Inconsistent(format!("a value without JSON form: {e}")))
}

/// A value from JSON text.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| PersistenceError::Inconsistent(format!("JSON: {e}")))
}

/// The same for what may be missing.
pub fn maybe_json<T: DeserializeOwned>(text: Option<&String>) -> Result<Option<T>> {
    text.map(|t| from_json(t)).transpose()
}

/// A stored word as its enum value.
pub fn word<T>(parsed: Option<T>, word: &str) -> Result<T> {
    parsed.ok_or_else(|| PersistenceError::Inconsistent(format!("the word {word}")))
}

/// A stored count as a number of ours.
pub fn count<N: TryFrom<i64>>(number: i64) -> Result<N> {
    N::try_from(number).map_err(|_| PersistenceError::Inconsistent(format!("the number {number}")))
}

/// A number of ours as it is stored; the greatest that can be where it is greater.
pub fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether a stored actor is this one, by the beginning of it: no pattern, so that no id can stand for others.
pub fn is_actor(column: impl ColumnTrait, actor_id: &str) -> Expr {
    let beginning = format!("{{\"id\":{},", serde_json::Value::from(actor_id));
    let length = i32::try_from(beginning.chars().count()).unwrap_or(i32::MAX);
    let stored = Func::cust("substr").arg(Expr::col(column.as_column_ref())).arg(1).arg(length);
    Expr::expr(stored).eq(beginning)
}

/// Whether somebody made something or changed it last, by the columns of both.
pub fn in_the_hands_of(made: impl ColumnTrait, changed: impl ColumnTrait, actor_id: &str) -> Condition {
    Condition::any().add(is_actor(made, actor_id)).add(is_actor(changed, actor_id))
}

/// Whether a column holds a text, in any case; letters beyond ASCII in the same case where the database folds no others.
pub fn contains(column: impl ColumnTrait, text: &str) -> Condition {
    let pattern = |text: &str| LikeExpr::new(format!("%{}%", escaped(text))).escape('\\');
    Condition::any()
        .add(Expr::expr(Func::lower(Expr::col(column.as_column_ref()))).like(pattern(&text.to_lowercase())))
        .add(Expr::col(column.as_column_ref()).like(pattern(text)))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
