//! What happens to every request before a handler sees it.

pub mod browser;
pub mod client;
pub mod headers;
pub mod identify;
pub mod origin;
pub mod refused;
pub mod remembered;
pub mod session_changes;
pub mod session_fields;
pub mod session_store;
pub mod submitted;
pub mod trace;
