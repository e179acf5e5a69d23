//! The database as operators see it, and that a backup was made.

use domain::operations::{Backup, DatabaseDesk, PerformanceDesk, Readings, worth_a_look};
use domain::policy::Permission;
use persistence::{backups, sights};

use super::{nodes, watcher};
use crate::records::{self, About};
use crate::{Ctx, Result, Services, ids};

/// Size, schema, connections, statements, leases and the last backup.
pub async fn database_desk(services: &Services, ctx: &Ctx) -> Result<DatabaseDesk> {
    watcher(ctx)?;
    let measure = services.db.measure().await?;
    let statements = worth_a_look(services.db.running().await?);
    let leases = sights::leases(services.db.pool()).await?;
    let backup = backups::last(services.db.pool()).await?;
    let pool = services.db.pool_figures();
    Ok(DatabaseDesk {
        kind: services.db.kind().to_owned(),
        version: measure.version,
        bytes: measure.bytes,
        wal: measure.wal,
        steps: measure.steps,
        last_step: measure.last_step,
        used: pool.open - pool.idle.min(pool.open),
        idle: pool.idle,
        most: pool.most,
        statements,
        leases,
        backup,
        node: nodes::answering(services, ctx).await?,
        now: ctx.now,
    })
}

/// What takes time: endpoints as they were measured, and the statements that took most.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right.
pub fn performance_desk(services: &Services, ctx: &Ctx, readings: Readings) -> Result<PerformanceDesk> {
    const MOST: usize = 25;
    watcher(ctx)?;
    Ok(PerformanceDesk { readings, statements: services.db.statements().costliest(MOST) })
}

/// Keeps that a backup was made, so that its age can be told.
pub async fn note_backup(services: &Services, ctx: &Ctx, backup: &Backup) -> Result<()> {
    let by = ctx.caller_with(Permission::SystemOperate)?;
    let tx = services.db.begin().await?;
    backups::insert(&tx, &ids::new_id(ctx.now), backup).await?;
    let about = About { resource_type: "system", resource_id: "database" };
    let details =
        serde_json::json!({"taken_at": backup.taken_at, "made_by": backup.made_by, "objects": backup.objects});
    records::note(&tx, ctx, by, about, "backup_made", details).await?;
    Ok(persistence::db::commit(tx).await?)
}
