//! Recording what changes nothing and still has to be known: refused rights, and looks at what is not public yet.

use domain::bundle::Bundle;
use domain::dataset::Dataset;
use domain::event::{PREVIEWED, REFUSED};
use domain::policy::{Permission, Reach};
use domain::version::Version;
use persistence::files::StoredFile;
use persistence::images::StoredImage;
use persistence::{Tx, bundles, datasets};
use serde_json::json;

use crate::records::{self, About, Entry};
use crate::{Ctx, Result, Services};

/// A right that somebody lacked.
#[derive(Clone, Debug)]
pub struct RefusedRight {
    /// `FORBIDDEN` or `FOUR_EYES_REQUIRED`.
    pub code: String,
    /// What the caller was told.
    pub message: String,
    /// The missing permission, as `resource:verb`.
    pub permission: Option<String>,
    /// What was asked: method and path.
    pub asked: String,
    /// What kind of thing it was about.
    pub resource_type: String,
    /// Which one.
    pub resource_id: String,
}

/// Records that the caller was refused for want of a right; callers that nobody knows have none to be refused.
pub async fn refused(services: &Services, ctx: &Ctx, refused: &RefusedRight) -> Result<()> {
    let Some(caller) = &ctx.caller else { return Ok(()) };
    let about = About { resource_type: &refused.resource_type, resource_id: &refused.resource_id };
    let details = json!({
        "code": refused.code,
        "message": refused.message,
        "permission": refused.permission,
        "asked": refused.asked,
    });
    let tx = services.db.begin().await?;
    Entry::new(ctx, &caller.actor, about, REFUSED).details(details).write(&tx);
    Ok(persistence::db::commit(tx).await?)
}

/// Records that the caller is given the bytes of a file whose version is not public yet, or is told something out of its table; nothing
/// for public ones.
///
/// Call it before the first byte leaves: what cannot be recorded is not shown.
pub async fn preview_of_file(services: &Services, ctx: &Ctx, stored: &StoredFile) -> Result<()> {
    if stored.is_public {
        return Ok(());
    }
    let tx = services.db.begin().await?;
    note_preview_of_file(&tx, ctx, stored).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// The same in the transaction of what is done with the file.
pub(crate) async fn note_preview_of_file(tx: &Tx, ctx: &Ctx, stored: &StoredFile) -> Result<()> {
    if stored.is_public {
        return Ok(());
    }
    let file = &stored.file;
    let version = format!("{}/{}/{}", file.dataset_id, file.edition, file.version);
    let about = About { resource_type: "file", resource_id: &file.id };
    let details = json!({"filename": file.filename, "version": version, "sha256": file.sha256});
    note_preview(tx, ctx, about, &stored.version_id, details).await
}

/// Records that the caller is told what was found in a file whose version is not public yet, where only what is shared with it opens the
/// version: its editors ask all day how far their files have come.
pub async fn preview_of_findings(services: &Services, ctx: &Ctx, stored: &StoredFile) -> Result<()> {
    if stored.is_public || reads(services, ctx, &stored.file.dataset_id).await? {
        return Ok(());
    }
    preview_of_file(services, ctx, stored).await
}

/// Whether the caller reads the whole of a dataset that it was shown something of, not only what is shared with it.
async fn reads(services: &Services, ctx: &Ctx, dataset_id: &str) -> Result<bool> {
    let reach = ctx.caller()?.reach(Permission::DatasetsRead);
    if reach == Reach::All || reach == Reach::PublishedOnly {
        return Ok(reach == Reach::All);
    }
    let dataset = datasets::find_visible_to(services.db.pool(), &ctx.reach(), dataset_id).await?;
    Ok(dataset.is_some_and(|dataset| reach.covers(&dataset.department, &dataset.id)))
}

/// Records that the caller is given a picture that is not public yet.
pub async fn preview_of_image(services: &Services, ctx: &Ctx, stored: &StoredImage) -> Result<()> {
    if stored.is_public {
        return Ok(());
    }
    let image = &stored.image;
    let version = format!("{}/{}/{}", image.dataset_id, image.edition, image.version);
    let about = About { resource_type: "image", resource_id: &image.id };
    let tx = services.db.begin().await?;
    note_preview(&tx, ctx, about, &stored.version_id, json!({"version": version})).await?;
    Ok(persistence::db::commit(tx).await?)
}

async fn note_preview(
    tx: &Tx,
    ctx: &Ctx,
    about: About<'_>,
    version_id: &str,
    details: serde_json::Value,
) -> Result<()> {
    let actor = &ctx.caller()?.actor;
    let holding = bundles::holding(tx, version_id).await?.map(|bundle| bundle.id);
    Entry::new(ctx, actor, about, PREVIEWED).details(details).in_bundle(holding).write(tx);
    Ok(())
}

/// Records that the caller is shown something of a version that is not public yet, in the bundle that holds it.
pub async fn preview_of_version(
    services: &Services,
    ctx: &Ctx,
    version: &Version,
    bundle: Option<&Bundle>,
) -> Result<()> {
    let actor = &ctx.caller()?.actor;
    let reference = version.reference();
    let tx = services.db.begin().await?;
    let entry = Entry::new(ctx, actor, records::version(&reference), PREVIEWED);
    entry.in_bundle(bundle.map(|bundle| bundle.id.clone())).write(&tx);
    Ok(persistence::db::commit(tx).await?)
}

/// Records that the caller looked at a public page of a version as it will be; `details` say at which.
pub async fn preview_of_page(
    services: &Services,
    ctx: &Ctx,
    version: &Version,
    details: serde_json::Value,
) -> Result<()> {
    let reference = version.reference();
    let tx = services.db.begin().await?;
    note_preview(&tx, ctx, records::version(&reference), &version.id, details).await?;
    Ok(persistence::db::commit(tx).await?)
}

/// Records that the caller is told what a version holds that is not public yet, where only what is shared with it opens the version.
///
/// Who prepares or checks the dataset reads its versions all day, and is not among those who were let in early.
pub async fn preview_of_details(services: &Services, ctx: &Ctx, version: &Version, dataset: &Dataset) -> Result<()> {
    if version.is_public() || ctx.caller()?.may_for(Permission::DatasetsRead, &dataset.department, &dataset.id) {
        return Ok(());
    }
    let holding = bundles::holding(services.db.pool(), &version.id).await?;
    preview_of_version(services, ctx, version, holding.as_ref()).await
}

/// Records that the caller is told a draft that is not public yet, where only what is shared with it opens the draft: in every bundle that
/// would make it public.
pub async fn preview_of_draft(services: &Services, ctx: &Ctx, dataset: &Dataset) -> Result<()> {
    if dataset.draft.is_none() || dataset.draft == dataset.published {
        return Ok(());
    }
    let caller = ctx.caller()?;
    if caller.may_for(Permission::DatasetsRead, &dataset.department, &dataset.id) {
        return Ok(());
    }
    let held = bundles::unpublished_with(services.db.pool(), &dataset.id).await?;
    let tx = services.db.begin().await?;
    let look = || Entry::new(ctx, &caller.actor, records::dataset(&dataset.id), PREVIEWED);
    if held.is_empty() {
        look().write(&tx);
    }
    for bundle in held {
        look().in_bundle(Some(bundle)).write(&tx);
    }
    Ok(persistence::db::commit(tx).await?)
}

/// Records that the caller looked at the preview of a bundle that is not public yet; `details` say what of it was shown.
pub async fn preview_of_bundle(services: &Services, ctx: &Ctx, id: &str, details: serde_json::Value) -> Result<()> {
    let actor = &ctx.caller()?.actor;
    let tx = services.db.begin().await?;
    Entry::new(ctx, actor, records::bundle(id), PREVIEWED).details(details).write(&tx);
    Ok(persistence::db::commit(tx).await?)
}
