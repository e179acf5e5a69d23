//! Beginning: who, for which version, how large, under which name; all of it before the first byte.

use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::upload::{Meant, UploadState};
use persistence::{files, uploads};
use storage::RunningHash;

use super::{KEPT, Upload};
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, ids};

/// Begins an upload of so many bytes; whatever can be refused of the file is refused now.
pub async fn begin(services: &Services, ctx: &Ctx, meant: Meant, length: u64) -> Result<Upload> {
    let caller = ctx.caller_with(Permission::DatasetsWrite)?;
    let limit = services.settings.max_upload_bytes;
    let key =
        VersionKey { dataset_id: meant.dataset_id.clone(), edition: meant.edition.clone(), version: meant.version };
    crate::versions::find(services, ctx, &key).await?;
    let tx = services.db.begin().await?;
    let (version, _) = crate::versions::find_to_change(&tx, ctx, Permission::DatasetsWrite, &key).await?;
    if length > limit {
        return Err(Refusal::TooLarge { limit }.into());
    }
    crate::files::check_claims(length, &crate::files::new_file(&meant))?;
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    let there = files::list_of_version(&tx, &version).await?;
    if there.iter().any(|stored| stored.file.filename == meant.filename) {
        return Err(crate::files::name_taken(&meant.filename).into());
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
