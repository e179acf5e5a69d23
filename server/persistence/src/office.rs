//! What an office has set while the catalogue runs.

use domain::office::{Setting, SettingChange, SettingName};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{from_json, instant, json, micros};
use crate::entities::office_setting;
use crate::error::{PersistenceError, Result};

/// The revision of a setting that was never changed.
pub const UNSET: i64 = 1;

/// A setting that was changed at least once.
#[derive(Clone, Debug)]
pub struct StoredSetting {
    /// Which one.
    pub name: SettingName,
    /// What the office set; `None` where it went back to the default.
    pub value: Option<Setting>,
    /// Goes up with every change.
    pub revision: i64,
    /// The last change.
    pub changed: SettingChange,
}

/// Every setting that was changed at least once; what another version of the program wrote and this one cannot read is left
/// out, so that nothing else is lost with it.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<StoredSetting>> {
    let rows = office_setting::Entity::find().order_by_asc(office_setting::Column::Name).all(db).await?;
    let known = rows.into_iter().filter_map(|row| Some((SettingName::parse(&row.name)?, row)));
    Ok(known.filter_map(|(name, row)| readable(name, row)).collect())
}

/// One setting, if it was changed at least once.
pub async fn find(db: &impl ConnectionTrait, name: SettingName) -> Result<Option<StoredSetting>> {
    let row = office_setting::Entity::find_by_id(name.as_str()).one(db).await?;
    row.map(|row| stored(name, row)).transpose()
}

/// Saves a setting that is of the revision before; false where it is not.
pub async fn save(db: &impl ConnectionTrait, setting: &StoredSetting) -> Result<bool> {
    let row = office_setting::Model {
        name: setting.name.as_str().to_owned(),
        value: setting.value.as_ref().map(text_of).transpose()?,
        revision: setting.revision,
        changed_at: micros(setting.changed.at),
        changed_by: setting.changed.by.clone(),
        reason: setting.changed.reason.clone(),
    };
    write(db, row).await
}

/// Writes a row in place of the one of the revision before; false where that is not there.
pub(crate) async fn write(db: &impl ConnectionTrait, row: office_setting::Model) -> Result<bool> {
    let before = row.revision - 1;
    if before == UNSET {
        let known = OnConflict::column(office_setting::Column::Name).do_nothing().to_owned();
        let added = office_setting::Entity::insert(row.into_active_model()).on_conflict(known);
        return Ok(added.exec_without_returning(db).await? == 1);
    }
    let done = office_setting::Entity::update_many()
        .col_expr(office_setting::Column::Value, Expr::value(row.value))
        .col_expr(office_setting::Column::Revision, Expr::value(row.revision))
        .col_expr(office_setting::Column::ChangedAt, Expr::value(row.changed_at))
        .col_expr(office_setting::Column::ChangedBy, Expr::value(row.changed_by))
        .col_expr(office_setting::Column::Reason, Expr::value(row.reason))
        .filter(office_setting::Column::Name.eq(row.name))
        .filter(office_setting::Column::Revision.eq(before))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

fn text_of(setting: &Setting) -> Result<String> {
    json(&setting.value().map_err(|error| unreadable(&error))?)
}

fn stored(name: SettingName, row: office_setting::Model) -> Result<StoredSetting> {
    let value = row.value.map(|text| name.read(from_json(&text)?).map_err(|error| unreadable(&error))).transpose()?;
    let changed = SettingChange { at: instant(row.changed_at)?, by: row.changed_by, reason: row.reason };
    Ok(StoredSetting { name, value, revision: row.revision, changed })
}

/// The setting, or a line in the log where it is of another shape.
fn readable(name: SettingName, row: office_setting::Model) -> Option<StoredSetting> {
    stored(name, row)
        .inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            tracing::warn!(setting = %name, error, "a setting cannot be read, and its default is in force here");
        })
        .ok()
}

fn unreadable(error: &serde_json::Error) -> PersistenceError {
    PersistenceError::Inconsistent(format!("a setting: {error}"))
}
