//! Images of versions: taking them in, giving them out, recalling them, and what is written about them.

mod change;
mod read;
mod upload;
mod withdraw;

pub use change::{delete, edit};
pub use read::{bytes, find, find_variant, list};
pub use upload::{NewImage, add, most_bytes};
pub use withdraw::{reinstate, withdraw};

use domain::image::Image;

use crate::Services;

/// What records keep of an image: what was written about it and which bytes it had.
fn as_recorded(image: &Image) -> serde_json::Value {
    serde_json::json!({
        "image_id": image.id,
        "alt": image.texts.alt,
        "caption": image.texts.caption,
        "title": image.texts.title,
        "sha256": image.variants.iter().find(|made| made.variant == "original").map(|made| &made.sha256),
    })
}

/// Removes the bytes of all sizes of an image that nothing refers to.
pub(crate) async fn discard(services: &Services, image: &Image) {
    for variant in &image.variants {
        crate::files::discard(services, &image.object_key(&variant.variant)).await;
    }
}
