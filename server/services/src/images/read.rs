//! Giving images out: the database decides who sees what, the storage gives the bytes.

use domain::image::ImageVariant;
use domain::refusal::Refusal;
use persistence::images::{self, StoredImage};
use storage::ObjectStream;

use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services, audit};

/// The image with this id, if the caller may see its version; a recalled one only for those who work on it.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<StoredImage> {
    let found = images::find_visible_to(services.db.pool(), &ctx.reach(), id).await?;
    let stored = found.ok_or(Refusal::NotFound)?;
    if stored.image.withdrawn {
        crate::files::must_read(services, ctx, &stored.image.dataset_id).await?;
    }
    Ok(stored)
}

/// The images of a version that are given out, if the caller may see it.
pub async fn list(services: &Services, ctx: &Ctx, key: &VersionKey) -> Result<Vec<StoredImage>> {
    let version = crate::versions::find(services, ctx, key).await?;
    Ok(images::list_of_version(services.db.pool(), &version).await?)
}

/// The image in one of its sizes, if the caller may see its version.
pub async fn find_variant(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    variant: &str,
) -> Result<(StoredImage, ImageVariant)> {
    let stored = find(services, ctx, id).await?;
    let made = stored.image.variants.iter().find(|made| made.variant == variant).cloned();
    Ok((stored, made.ok_or(Refusal::NotFound)?))
}

/// The bytes of a size; that somebody looks at what is not public yet is recorded.
pub async fn bytes(
    services: &Services,
    ctx: &Ctx,
    stored: &StoredImage,
    variant: &ImageVariant,
) -> Result<ObjectStream> {
    audit::preview_of_image(services, ctx, stored).await?;
    let key = stored.image.object_key(&variant.variant);
    let found = services.storage.get(&key, None).await?;
    found.ok_or_else(|| ServiceError::Internal(format!("the bytes of {key} are missing")))
}
