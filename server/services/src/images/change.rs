//! Changing what is written about an image, and removing one, while its version is in preparation.

use domain::actor::Caller;
use domain::image::{Image, ImageTexts};
use domain::policy::Permission;
use domain::refusal::{Refusal, all_valid};
use domain::version::Version;
use persistence::{Tx, images, versions};

use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, records};

/// Replaces what is written about an image that its reader saw in this revision.
pub async fn edit(services: &Services, ctx: &Ctx, id: &str, revision: i64, texts: ImageTexts) -> Result<Image> {
    let tx = services.db.begin().await?;
    let (before, mut version, caller) = find_to_change(&tx, ctx, Permission::DatasetsWrite, id).await?;
    all_valid(texts.problems())?;
    let mut image = Image { texts, revision, ..before.clone() };
    if before.revision != revision {
        return Err(Refusal::Stale.into());
    }
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    if !images::save_texts(&tx, &image).await? {
        return Err(Refusal::Stale.into());
    }
    image.revision += 1;
    touch(&tx, ctx, &mut version, caller).await?;
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "image_edited");
    let details = serde_json::json!({"image_id": id});
    entry.details(details).change(&super::as_recorded(&before), &super::as_recorded(&image))?.write(&tx);
    persistence::db::commit(tx).await?;
    Ok(image)
}

/// Removes an image that its reader saw in this revision, and its bytes.
pub async fn delete(services: &Services, ctx: &Ctx, id: &str, revision: i64) -> Result<()> {
    let tx = services.db.begin().await?;
    let (image, mut version, caller) = find_to_change(&tx, ctx, Permission::DatasetsWrite, id).await?;
    if image.revision != revision {
        return Err(Refusal::Stale.into());
    }
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    images::delete(&tx, id).await?;
    touch(&tx, ctx, &mut version, caller).await?;
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "image_removed");
    let details = serde_json::json!({"image_id": id});
    entry.details(details).change(&super::as_recorded(&image), &())?.write(&tx);
    persistence::db::commit(tx).await?;
    super::discard(services, &image).await;
    Ok(())
}

/// The image and its version, locked; seen by the caller, who has this right.
pub(super) async fn find_to_change<'a>(
    tx: &Tx,
    ctx: &'a Ctx,
    permission: Permission,
    id: &str,
) -> Result<(Image, Version, &'a Caller)> {
    let image = images::find_visible_to(tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?.image;
    let key =
        VersionKey { dataset_id: image.dataset_id.clone(), edition: image.edition.clone(), version: image.version };
    let (version, caller) = crate::versions::find_to_change(tx, ctx, permission, &key).await?;
    Ok((image, version, caller))
}

async fn touch(tx: &Tx, ctx: &Ctx, version: &mut Version, caller: &Caller) -> Result<()> {
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if versions::touch(tx, version).await? { Ok(()) } else { Err(Refusal::Stale.into()) }
}
