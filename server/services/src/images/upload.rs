//! Taking an image in: it is read and written anew before anything is kept of it.

use bytes::Bytes;
use domain::image::{Image, ImageTexts, ImageVariant};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use images::{ImageError, Limits, Rendition};
use persistence::versions;
use tokio::sync::Semaphore;

use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services, ids, records};

/// An image as it was sent.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// The version that it belongs to.
    pub version: VersionKey,
    /// What is written about it.
    pub texts: ImageTexts,
    /// Its bytes.
    pub bytes: Bytes,
}

/// The most bytes that an image may have, of which all are held at once while it is read.
const MOST_BYTES: u64 = 20_000_000;

/// Reading an image holds all its pixels, so that no more than these are read side by side.
static READERS: Semaphore = Semaphore::const_new(2);

/// The most bytes that an image may have here.
#[must_use]
pub fn most_bytes(services: &Services) -> u64 {
    services.settings.max_upload_bytes.min(MOST_BYTES)
}

/// Makes a picture an image of a version in all its sizes, or refuses with every problem.
pub async fn add(services: &Services, ctx: &Ctx, new: NewImage) -> Result<Image> {
    ctx.caller_with(Permission::DatasetsWrite)?;
    let version = crate::versions::find(services, ctx, &new.version).await?;
    let (mut problems, bytes) = (new.texts.problems(), new.bytes);
    let _turn = READERS.acquire().await.map_err(|e| ServiceError::Internal(e.to_string()))?;
    let made = tokio::task::spawn_blocking(move || {
        images::read(&bytes, Limits::default()).and_then(|picture| images::render(&picture))
    })
    .await
    .map_err(|e| ServiceError::Internal(format!("the image reader stopped: {e}")))?;
    let renditions = match made {
        Ok(renditions) => renditions,
        Err(error @ ImageError::Encoding(_)) => return Err(ServiceError::Internal(error.to_string())),
        Err(error) => {
            problems.push(as_field_problem(&error));
            Vec::new()
        }
    };
    all_valid(problems)?;
    let mut image = Image {
        id: ids::new_id(ctx.now),
        dataset_id: version.dataset_id,
        edition: version.edition,
        version: version.version,
        texts: new.texts,
        variants: Vec::new(),
        created_at: ctx.now,
        revision: 1,
        withdrawn: false,
    };
    let (services, ctx, key) = (services.clone(), ctx.clone(), new.version);
    // In a task of its own, so that a sender who hangs up leaves no bytes behind that belong to nothing.
    let kept = tokio::spawn(async move {
        let outcome = keep(&services, &ctx, &key, &mut image, renditions).await;
        // After a fault it may be committed all the same, and what no row knows is swept.
        if outcome.as_ref().is_err_and(|error| error.refusal().is_some()) {
            super::discard(&services, &image).await;
        }
        outcome.map(|()| image)
    });
    kept.await.map_err(|e| ServiceError::Internal(format!("keeping an image stopped: {e}")))?
}

async fn keep(
    services: &Services,
    ctx: &Ctx,
    key: &VersionKey,
    image: &mut Image,
    renditions: Vec<Rendition>,
) -> Result<()> {
    for rendition in renditions {
        store(services, image, rendition).await?;
    }
    image.variants.sort_by_key(|made| made.width);
    let tx = services.db.begin().await?;
    let (mut version, caller) = crate::versions::find_to_change(&tx, ctx, Permission::DatasetsWrite, key).await?;
    crate::versions::must_be_editable(&tx, ctx, &version).await?;
    persistence::images::insert(&tx, &version.id, image).await?;
    version.last_edited_by = caller.actor.clone();
    version.last_updated = ctx.now;
    if !versions::touch(&tx, &version).await? {
        return Err(Refusal::Stale.into());
    }
    let reference = version.reference();
    let entry = records::Entry::new(ctx, &caller.actor, records::version(&reference), "image_added");
    let details = serde_json::json!({"image_id": image.id});
    entry.details(details).change(&(), &super::as_recorded(image))?.write(&tx);
    persistence::db::commit(tx).await?;
    Ok(())
}

async fn store(services: &Services, image: &mut Image, rendition: Rendition) -> Result<()> {
    let (word, media_type) = (rendition.variant.as_str(), rendition.form.media_type());
    let (bytes, key) = (Bytes::from(rendition.bytes), image.object_key(word));
    let size = bytes.len() as u64;
    let whole = futures::stream::iter([Ok::<_, std::io::Error>(bytes)]);
    let kept = services.storage.put_stream(&key, media_type, whole, size).await?;
    image.variants.push(ImageVariant {
        variant: word.to_owned(),
        media_type: media_type.to_owned(),
        width: rendition.width,
        height: rendition.height,
        size,
        sha256: kept.sha256,
    });
    Ok(())
}

fn as_field_problem(error: &ImageError) -> FieldProblem {
    let (code, message) = match error {
        ImageError::Animated => ("animated", "Send an image that does not move."),
        ImageError::TooLarge { .. } => {
            ("image_too_large", "Send an image of at most 10,000 pixels a side and 25 million pixels in all.")
        }
        ImageError::Damaged => ("damaged", "The image is damaged or incomplete. Save it anew and send that."),
        ImageError::NotAnImage | ImageError::Encoding(_) => ("not_an_image", "Send a PNG, JPEG, WebP or GIF image."),
    };
    FieldProblem::new("file", code, message)
}
