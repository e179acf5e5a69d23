//! The frames around pages.

pub mod head;
pub mod portal;
pub mod site;
