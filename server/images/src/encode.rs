//! Writing: pixels and nothing else.

use image::DynamicImage;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;

use crate::error::ImageError;
use crate::variant::Form;

/// Good enough that text in a photograph stays sharp.
const JPEG_QUALITY: u8 = 88;

/// The picture as bytes of this form.
pub(crate) fn encode(pixels: &DynamicImage, form: Form) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    match form {
        Form::Jpeg => pixels.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)),
        Form::Png => {
            let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
            pixels.write_with_encoder(encoder)
        }
        Form::WebP => {
            // Its encoder writes colours alone.
            let colours: DynamicImage =
                if pixels.color().has_alpha() { pixels.to_rgba8().into() } else { pixels.to_rgb8().into() };
            colours.write_with_encoder(WebPEncoder::new_lossless(&mut bytes))
        }
    }
    .map_err(ImageError::Encoding)?;
    Ok(bytes)
}
