//! Reads pictures that people send and writes them anew in safe forms and sizes, and draws those that stand for pages elsewhere.
//!
//! Nothing of the bytes that were sent is kept: a picture is decoded within limits, turned as its camera said, and
//! encoded again, so that neither metadata nor what hides behind a picture survives. Pure functions: no storage, no clock.

mod canvas;
mod card;
mod decode;
mod encode;
mod error;
mod jpeg;
mod letters;
mod variant;

pub use card::{CARD_HEIGHT, CARD_WIDTH, Card, Figure, draw};
pub use decode::{Limits, Picture, read};
pub use error::ImageError;
pub use variant::{Form, Rendition, Variant, render};
