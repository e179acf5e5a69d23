//! Why a picture is refused.

/// Why bytes were not taken as a picture; each but the last is the sender's to mend.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The bytes are none of the forms that are taken, whatever their name says; SVG is a program, not a picture.
    #[error("the file is not a PNG, JPEG, WebP or GIF image")]
    NotAnImage,
    /// The bytes begin like a picture and cannot be read to their end.
    #[error("the image is damaged or incomplete")]
    Damaged,
    /// The picture moves, which readers cannot stop.
    #[error("the image is animated; send a still image")]
    Animated,
    /// The picture would need more pixels or memory than is allowed.
    #[error("the image is too large: at most {side} pixels a side and {pixels} pixels in all")]
    TooLarge {
        /// The largest width and height.
        side: u32,
        /// The most pixels.
        pixels: u64,
    },
    /// The decoded picture could not be written.
    #[error("the image could not be written: {0}")]
    Encoding(#[source] image::ImageError),
}
