//! Beginning: who, for which version, how large, under which name; all of it before the first byte.

use domain::policy::Permission;
use domain::upload::{Meant, UploadState};
use persistence::uploads;
use storage::RunningHash;

use super::{KEPT, Upload};
use crate::{Ctx, Result, Services, ids};

/// Begins an upload of so many bytes; whatever can be refused of the file is refused now.
pub async fn begin(services: &Services, ctx: &Ctx, meant: Meant, length: u64) -> Result<Upload> {
    let caller = ctx.caller_with(Permission::DatasetsWrite)?;
    let new = crate::files::new_file(&meant);
    crate::versions::find(services, ctx, &new.version).await?;
    let tx = services.db.begin().await?;
    if let Err(error) = crate::files::judge(services, &tx, ctx, &new, Some(length)).await {
        drop(tx);
        return crate::files::recorded(services, ctx, &new, None, Err(error)).await;
    }
    let id = ids::new_id(ctx.now);
    let upload = Upload {
        owner: caller.actor.id.clone(),
        state: UploadState::Open,
        length,
        received: 0,
        object_key: format!("files/{id}"),
        multipart_id: None,
        parts: Vec::new(),
        tail_key: None,
        hash: RunningHash::default().put_down(),
        problem: None,
        created_at: ctx.now,
        expires_at: ctx.now + KEPT,
        meant,
        id,
    };
    uploads::insert(&tx, &upload).await?;
    persistence::db::commit(tx).await?;
    tracing::info!(upload.id = %upload.id, dataset = %upload.meant.dataset_id, bytes = length, "an upload was begun");
    Ok(upload)
}
