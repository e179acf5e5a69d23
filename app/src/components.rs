//! What pages are made of.

pub mod form;
pub mod portal;
pub mod written;
