//! The frames around pages.

pub mod portal;
pub mod site;
