//! The parts of pages that come alive in the browser.

mod countdown;
mod search_box;
mod theme_switch;

pub use countdown::{Countdown, WAITED_FOR};
pub use search_box::SearchBox;
pub use theme_switch::ThemeSwitch;

/// Called by the browser's entry point, so that this crate is linked.
pub const fn link() {}
