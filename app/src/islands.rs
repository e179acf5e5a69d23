//! The parts of pages that come alive in the browser.

mod countdown;
mod search_box;
mod theme_switch;
mod uploader;

pub use countdown::Countdown;
pub use search_box::SearchBox;
pub use theme_switch::ThemeSwitch;
pub use uploader::Uploader;

/// Called by the browser's entry point, so that this crate is linked.
pub const fn link() {}
