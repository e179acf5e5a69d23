//! Reading: what it is by its content, how large, and whether it is whole.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use crate::error::ImageError;
use crate::jpeg;

/// How much a picture may ask for before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest width and height.
    pub side: u32,
    /// The most pixels, whatever the shape.
    pub pixels: u64,
    /// The most bytes that decoding may hold.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { side: 10_000, pixels: 25_000_000, memory: 256 * 1024 * 1024 }
    }
}

impl Limits {
    fn exceeded(self) -> ImageError {
        ImageError::TooLarge { side: self.side, pixels: self.pixels }
    }

    fn of_decoder(self) -> image::Limits {
        let mut limits = image::Limits::default();
        limits.max_image_width = Some(self.side);
        limits.max_image_height = Some(self.side);
        limits.max_alloc = Some(self.memory);
        limits
    }

    /// What went wrong while decoding, in our words.
    fn refusal(self, error: &image::ImageError) -> ImageError {
        match error {
            image::ImageError::Limits(_) => self.exceeded(),
            _ => ImageError::Damaged,
        }
    }
}

/// A picture that was read: upright, eight bits a channel, and nothing but pixels.
#[derive(Clone, Debug)]
pub struct Picture {
    pub(crate) pixels: DynamicImage,
    pub(crate) from: ImageFormat,
}

impl Picture {
    /// Its width in pixels, as it is looked at.
    pub fn width(&self) -> u32 {
        self.pixels.width()
    }

    /// Its height in pixels, as it is looked at.
    pub fn height(&self) -> u32 {
        self.pixels.height()
    }
}

/// Reads a picture by its content; the name and type that it was sent with say nothing.
///
/// # Errors
/// Everything in [`ImageError`] but `Encoding`.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Picture, ImageError> {
    let format = image::guess_format(bytes).map_err(|_| ImageError::NotAnImage)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif) {
        return Err(ImageError::NotAnImage);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.of_decoder());
    let mut decoder = reader.into_decoder().map_err(|error| limits.refusal(&error))?;
    let (width, height) = decoder.dimensions();
    // The header alone decides, so that nothing is held of what unpacks to more than it says.
    if u64::from(width) * u64::from(height) > limits.pixels || decoder.total_bytes() > limits.memory {
        return Err(limits.exceeded());
    }
    if format == ImageFormat::Jpeg && !jpeg::is_complete(bytes) {
        return Err(ImageError::Damaged);
    }
    if is_animated(bytes, format, limits)? {
        return Err(ImageError::Animated);
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(|error| limits.refusal(&error))?;
    pixels.apply_orientation(orientation);
    Ok(Picture { pixels: eight_bits(pixels), from: format })
}

fn is_animated(bytes: &[u8], format: ImageFormat, limits: Limits) -> Result<bool, ImageError> {
    let failed = |error: image::ImageError| limits.refusal(&error);
    let source = Cursor::new(bytes);
    match format {
        ImageFormat::Png => {
            PngDecoder::with_limits(source, limits.of_decoder()).and_then(|decoder| decoder.is_apng()).map_err(failed)
        }
        ImageFormat::WebP => WebPDecoder::new(source).map(|decoder| decoder.has_animation()).map_err(failed),
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(source).map_err(failed)?;
            decoder.set_limits(limits.of_decoder()).map_err(failed)?;
            let frames = decoder.into_frames().take(2).try_fold(0, |count, frame| frame.map(|_| count + 1));
            Ok(frames.map_err(failed)? > 1)
        }
        _ => Ok(false),
    }
}

/// Without a transparency that no pixel uses, and without a precision that screens do not show.
fn eight_bits(pixels: DynamicImage) -> DynamicImage {
    if !pixels.color().has_alpha() {
        let grey = !pixels.color().has_color();
        return if grey { pixels.into_luma8().into() } else { pixels.into_rgb8().into() };
    }
    let pixels = pixels.into_rgba8();
    if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        DynamicImage::from(pixels).into_rgb8().into()
    } else {
        pixels.into()
    }
}
