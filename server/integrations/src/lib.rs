//! Clients of other systems: the only crate that sends requests out of the catalogue, apart from the object storage.

pub mod kafka;
pub mod mail;
pub mod openid;
pub mod outgoing;
mod secret;
pub mod slack;
pub mod tracker;
pub mod wagtail;
pub mod webhook;

pub use outgoing::DeliveryError;
pub use secret::Secret;
