//! The sizes in which a picture is offered, and the forms in which it is written.

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};

use crate::decode::Picture;
use crate::encode::encode;
use crate::error::ImageError;

/// A form in which pictures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lossless, with transparency.
    Png,
    /// For photographs.
    Jpeg,
    /// Lossless and smaller, for what was sent so.
    WebP,
}

impl Form {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

/// A size of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// As large as it was sent.
    Original,
    /// 320 pixels wide.
    Small,
    /// 640 pixels wide.
    Medium,
    /// 1280 pixels wide.
    Large,
}

impl Variant {
    /// All of them, the original first.
    pub const ALL: [Self; 4] = [Self::Original, Self::Small, Self::Medium, Self::Large];

    /// Its word in addresses and keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// The width that it is brought to; none for the original.
    pub const fn width(self) -> Option<u32> {
        match self {
            Self::Original => None,
            Self::Small => Some(320),
            Self::Medium => Some(640),
            Self::Large => Some(1280),
        }
    }
}

/// A picture in one size, ready to be stored.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// Which size it is.
    pub variant: Variant,
    /// In which form its bytes are.
    pub form: Form,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The original and every size smaller than it: a picture is never enlarged.
///
/// # Errors
/// `Encoding`, which no sender causes.
pub fn render(picture: &Picture) -> Result<Vec<Rendition>, ImageError> {
    let form = match picture.from {
        ImageFormat::Jpeg => Form::Jpeg,
        ImageFormat::WebP => Form::WebP,
        _ => Form::Png,
    };
    let sizes = Variant::ALL.into_iter().filter(|variant| variant.width().is_none_or(|width| width < picture.width()));
    sizes.map(|variant| rendition(picture, variant, form)).collect()
}

fn rendition(picture: &Picture, variant: Variant, form: Form) -> Result<Rendition, ImageError> {
    let resized: DynamicImage;
    let pixels = match variant.width() {
        None => &picture.pixels,
        Some(width) => {
            resized = picture.pixels.resize_exact(width, scaled_height(picture, width), FilterType::CatmullRom);
            &resized
        }
    };
    Ok(Rendition { variant, form, width: pixels.width(), height: pixels.height(), bytes: encode(pixels, form)? })
}

/// The height that keeps the shape, rounded, and at least one pixel.
fn scaled_height(picture: &Picture, width: u32) -> u32 {
    let (full, high) = (u64::from(picture.width()), u64::from(picture.height()));
    let height = (high * u64::from(width) + full / 2) / full;
    u32::try_from(height).unwrap_or(u32::MAX).max(1)
}
