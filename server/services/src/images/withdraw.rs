//! Recalling a public image: the one way in which a published picture stops being given out.

use domain::image::Image;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::{images, versions};
use serde_json::json;

use super::change::find_to_change;
use crate::files::Recall;
use crate::{Ctx, Result, Services, public_change, records};

/// Recalls a public image: from the commit on nobody outside gets it, in any size, and no page shows it.
///
/// # Errors
/// `Blocked` where the image is not public (such images are removed), and every refusal of the right to correct.
pub async fn withdraw(services: &Services, ctx: &Ctx, id: &str, recall: Recall) -> Result<Image> {
    change(services, ctx, id, true, recall).await
}

/// Gives a recalled image out again, in the place that it had.
///
/// # Errors
/// `Blocked` where the image was not recalled, and every refusal of the right to correct.
pub async fn reinstate(services: &Services, ctx: &Ctx, id: &str, recall: Recall) -> Result<Image> {
    change(services, ctx, id, false, recall).await
}

async fn change(services: &Services, ctx: &Ctx, id: &str, withdraws: bool, recall: Recall) -> Result<Image> {
    let tx = services.db.begin().await?;
    let (image, mut version, caller) = find_to_change(&tx, ctx, Permission::DatasetsCorrect, id).await?;
    if !version.is_public() {
        let message = "The image is not public yet. Remove it from its version instead.";
        return Err(Refusal::blocked("not_published", message).into());
    }
    if !images::set_withdrawn(&tx, id, withdraws).await? {
        let (code, message) = match withdraws {
            true => ("already_withdrawn", "The image was withdrawn already."),
            false => ("not_withdrawn", "The image was not withdrawn."),
        };
        return Err(Refusal::blocked(code, message).into());
    }
    crate::versions::put_notice(ctx, &mut version, recall.notice)?;
    version.last_updated = ctx.now;
    if !versions::save(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let event = if withdraws { "image_withdrawn" } else { "image_reinstated" };
    let reference = version.reference();
    let state = |withdrawn: bool| json!({"image_id": id, "state": if withdrawn { "withdrawn" } else { "published" }});
    let sha256 = image.original().map(|made| &made.sha256);
    let details = json!({"image_id": id, "alt": image.texts.alt, "sha256": sha256});
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), event);
    entry.because(Some(recall.reason)).details(details).change(&state(!withdraws), &state(withdraws))?.write(&tx);
    public_change::raise(&tx, &version.dataset_id).await?;
    persistence::db::commit(tx).await?;
    public_change::tell(services);
    tracing::warn!(image.id = %id, version = %reference, by = %caller.actor.name, event, "a published image was recalled or given again");
    Ok(Image { withdrawn: withdraws, ..image })
}
