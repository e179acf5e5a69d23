//! What happens to every request before a handler sees it.

pub mod at_once;
pub mod browser;
pub mod callers;
pub mod client;
mod cors;
pub mod edge;
pub mod headers;
pub mod idempotent;
pub mod identify;
pub mod maintenance;
pub mod origin;
pub mod patient;
pub mod places;
pub mod rates;
pub mod refused;
pub mod remembered;
pub mod second_factor;
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
    let whole = ["/files/upload", "/images", "/rpc/files/upload", "/rpc/images/add", "/rpc/imports/files"];
    whole.contains(&path) || tus::is_upload(path)
}

#[cfg(test)]
mod tests {
    use super::takes_its_time;

    #[test]
    fn what_carries_bytes_takes_its_time() {
        for path in ["/files/upload", "/v1/files/upload", "/v1/images", "/rpc/images/add", "/rpc/imports/files"] {
            assert!(takes_its_time(path), "{path}");
        }
        for path in ["/images/any", "/v1/files/any", "/rpc/images/edit", "/v1/search"] {
            assert!(!takes_its_time(path), "{path}");
        }
    }
}
