//! Backups that were made, and the copy of a database in one file.

use std::path::Path;

use domain::operations::Backup;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder};

use crate::convert::{count, instant, micros, whole};
use crate::db::Database;
use crate::entities::backup::{Column, Entity, Model};
use crate::error::{PersistenceError, Result};

/// Keeps that a backup was made.
pub async fn insert(db: &impl ConnectionTrait, id: &str, backup: &Backup) -> Result<()> {
    let row = Model {
        id: id.to_owned(),
        taken_at: micros(backup.taken_at),
        made_by: backup.made_by.clone(),
        objects: backup.objects.map(whole),
        bytes: backup.bytes.map(whole),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The last backup that is known of.
pub async fn last(db: &impl ConnectionTrait) -> Result<Option<Backup>> {
    let row = Entity::find().order_by_desc(Column::TakenAt).order_by_desc(Column::Id).one(db).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Backup {
        taken_at: instant(row.taken_at)?,
        made_by: row.made_by,
        objects: row.objects.map(count).transpose()?,
        bytes: row.bytes.map(count).transpose()?,
    }))
}

impl Database {
    /// Writes SQLite as it is at this moment into a new file, while others go on reading and writing.
    ///
    /// # Errors
    /// Where the database is not SQLite, where the path is not text, and where the file exists.
    pub async fn copy_into(&self, to: &Path) -> Result<()> {
        let path = to.to_str().filter(|_| !self.is_shared());
        let path = path.ok_or_else(|| PersistenceError::Inconsistent("a copy that cannot be made".to_owned()))?;
        self.pool().execute_unprepared(&format!("VACUUM INTO '{}'", path.replace('\'', "''"))).await?;
        Ok(())
    }
}
