//! Images of versions.

use chrono::{DateTime, Utc};
use domain::image::{Image, ImageTexts, ImageVariant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Links, segment, version_path};

/// An image.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImageBody {
    id: String,
    dataset_id: String,
    edition: String,
    version: String,
    alt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// `published` once its version is public, `withdrawn` while it is recalled.
    #[schema(example = "published")]
    state: &'static str,
    /// Its sizes, the narrowest first.
    downloads: Vec<ImageSizeBody>,
    created_at: DateTime<Utc>,
    links: Links,
}

impl ImageBody {
    /// Of an image whose version is public, or not.
    #[must_use]
    pub fn new(image: &Image, is_public: bool) -> Self {
        let path = image_path(&image.id);
        let links = Links::from([
            ("downloads", format!("{path}/downloads")),
            ("version", version_path(&image.dataset_id, &image.edition, image.version)),
            ("self", path),
        ]);
        Self {
            id: image.id.clone(),
            dataset_id: image.dataset_id.clone(),
            edition: image.edition.clone(),
            version: image.version.to_string(),
            alt: image.texts.alt.clone(),
            caption: image.texts.caption.clone(),
            title: image.texts.title.clone(),
            state: match (image.withdrawn, is_public) {
                (true, _) => "withdrawn",
                (false, true) => "published",
                (false, false) => "created",
            },
            downloads: image.variants.iter().map(|made| ImageSizeBody::new(image, made)).collect(),
            created_at: image.created_at,
            links,
        }
    }
}

/// An image in one size.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImageSizeBody {
    /// The size.
    #[schema(example = "medium")]
    variant: String,
    /// The media type.
    #[schema(example = "image/png")]
    r#type: String,
    /// Pixels across.
    width: u32,
    /// Pixels down.
    height: u32,
    /// Bytes.
    size: u64,
    sha256: String,
    /// The address of the bytes.
    href: String,
}

impl ImageSizeBody {
    /// Of an image.
    #[must_use]
    pub fn new(image: &Image, made: &ImageVariant) -> Self {
        Self {
            variant: made.variant.clone(),
            r#type: made.media_type.clone(),
            width: made.width,
            height: made.height,
            size: made.size,
            sha256: made.sha256.clone(),
            href: format!("{}/downloads/{}", image_path(&image.id), segment(&made.variant)),
        }
    }
}

/// What is written about an image, as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImageInput {
    /// What the image shows, for those who do not see it; it is needed.
    #[schema(max_length = 500)]
    pub alt: String,
    /// What stands below it.
    #[schema(max_length = 1000)]
    pub caption: Option<String>,
    /// A title for people.
    #[schema(max_length = 200)]
    pub title: Option<String>,
}

impl From<ImageInput> for ImageTexts {
    fn from(sent: ImageInput) -> Self {
        Self::new(sent.alt, sent.caption, sent.title)
    }
}

/// The address of what is known of an image.
#[must_use]
pub fn image_path(id: &str) -> String {
    format!("/v1/images/{}", segment(id))
}
