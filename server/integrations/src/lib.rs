//! Clients of other systems: the only crate that sends requests out of the catalogue, apart from the object storage.

pub mod mail;
pub mod openid;
mod secret;

pub use secret::Secret;
