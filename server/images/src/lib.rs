//! Reads pictures that people send and writes them anew in safe forms and sizes.
//!
//! Nothing of the bytes that were sent is kept: a picture is decoded within limits, turned as its camera said, and
//! encoded again, so that neither metadata nor what hides behind a picture survives. Pure functions: no storage, no clock.

mod decode;
mod encode;
mod error;
mod jpeg;
mod variant;

pub use decode::{Limits, Picture, read};
pub use error::ImageError;
pub use variant::{Form, Rendition, Variant, render};
