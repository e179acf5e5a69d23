//! What happens to every request before a handler sees it.

pub mod at_once;
pub mod browser;
pub mod client;
mod cors;
pub mod edge;
mod headers;
pub mod idempotent;
pub mod identify;
pub mod origin;
pub mod places;
pub mod rates;
pub mod refused;
pub mod remembered;
pub mod session_changes;
pub mod session_fields;
pub mod session_store;
pub mod submitted;
pub mod trace;
mod trace_parent;
pub mod tus;
mod variants;

/// Whether a request may take as long as the sender's line needs: uploads, whole or in parts.
#[must_use]
pub fn takes_its_time(path: &str) -> bool {
    let path = path.strip_prefix("/v1").unwrap_or(path);
    path == "/files/upload" || tus::is_upload(path) || ["/rpc/files/upload", "/rpc/imports/files"].contains(&path)
}
