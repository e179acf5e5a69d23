//! `catalogue backup` and `catalogue restore`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use domain::operations::Backup;
use persistence::{Database, files};
use services::files::other_place;
use services::operations::note_backup;
use services::{Ctx, Services};
use storage::Backend;

use super::{Outcome, say};
use crate::backup::{self, BackupError, Piece};
use crate::config::Config;
use crate::{clock, startup};

/// Makes a backup in this folder, or only keeps that one was made by other means; then its age is told at `/ops/database`.
pub async fn make(config: &Config, to: Option<PathBuf>) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    let ctx = Ctx::system("command-line", services.clock.now());
    let Some(to) = to else {
        let made_by = "the office's own means".to_owned();
        note_backup(&services, &ctx, &Backup { taken_at: ctx.now, made_by, objects: None, bytes: None }).await?;
        say("It is kept that a backup was made just now.");
        return Ok(());
    };
    if services.db.is_shared() {
        return Err("The database is PostgreSQL: make its backup with pg_dump, then that of the objects, and run \
                    `catalogue backup --noted`."
            .into());
    }
    let made = copy(config, &services, &ctx, to.clone()).await?;
    note_backup(&services, &ctx, &made).await?;
    let (objects, bytes) = (made.objects.unwrap_or_default(), made.bytes.unwrap_or_default());
    say(&format!("The backup in {} is whole: {objects} files of objects, {bytes} bytes in all.", to.display()));
    if !matches!(config.storage.backend, Backend::Embedded { .. }) {
        say("The objects are in S3 and not in it: back up the bucket after it.");
    }
    say("It holds secrets. Keep it where only you can read it.");
    Ok(())
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The database first, so that every object it knows is there to be copied after it.
async fn copy(config: &Config, services: &Services, ctx: &Ctx, to: PathBuf) -> Result<Backup, Failure> {
    backup::begin(&to)?;
    services.db.copy_into(&to.join(backup::DATABASE)).await?;
    let objects = match &config.storage.backend {
        Backend::Embedded { folder, .. } => Some(folder.clone()),
        Backend::Remote { .. } => None,
    };
    let (key, folder, embedded) = (config.data_dir.join("secret-key"), to.clone(), objects.is_some());
    let gathering = tokio::task::spawn_blocking(move || backup::gather(&folder, objects.as_deref(), &[key.as_path()]));
    let pieces = gathering.await??;
    if embedded {
        settle(services, &to.join(backup::DATABASE), &config.storage.bucket, &pieces).await?;
    }
    let taken_at = ctx.now;
    let manifest = tokio::task::spawn_blocking(move || backup::finish(&to, pieces, taken_at)).await??;
    Ok(Backup {
        taken_at,
        made_by: "catalogue backup".to_owned(),
        objects: Some(manifest.objects()),
        bytes: Some(manifest.bytes()),
    })
}

/// Has the copied database name the bytes of each file where they were found: those of a version that was archived or restored
/// meanwhile went elsewhere. What was deleted meanwhile stays missing.
async fn settle(services: &Services, copy: &Path, bucket: &str, pieces: &[Piece]) -> Result<(), Failure> {
    let there: HashSet<&str> = pieces.iter().map(|piece| piece.path.as_str()).collect();
    let copy = Database::open_copy(copy).await?;
    for (id, key) in files::all_keys(copy.pool()).await? {
        let other = other_place(&key);
        if there.contains(backup::path_of(bucket, &key).as_str()) {
            continue;
        }
        if there.contains(backup::path_of(bucket, &other).as_str()) {
            files::move_bytes(copy.pool(), &id, &key, &other).await?;
        } else if !files::known_keys(services.db.pool(), &[key, other]).await?.is_empty() {
            return Err(BackupError::Missing(id).into());
        }
    }
    Ok(copy.close().await?)
}

/// Puts a backup into the data folder and the database's place.
pub fn restore(config: &Config, from: &Path) -> Outcome {
    let database = backup::sqlite_file(&config.database.url)
        .ok_or("The database is not a file of SQLite: restore PostgreSQL with pg_restore, then the objects.")?;
    let manifest = backup::put_back(from, &config.data_dir, &database)?;
    say(&format!("The catalogue is as of {}: {} files.", manifest.taken_at.to_rfc3339(), manifest.pieces.len()));
    say("Start the server: it brings the schema up to date and fills its search index by itself.");
    Ok(())
}
