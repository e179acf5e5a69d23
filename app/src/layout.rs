//! The frames around pages.

pub mod head;
mod nearest;
pub mod portal;
pub mod site;
