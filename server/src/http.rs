//! What happens to every request before a handler sees it.

pub mod at_once;
pub mod browser;
pub mod callers;
pub mod client;
mod cors;
pub mod device_cookie;
pub mod edge;
pub mod headers;
pub mod idempotent;
pub mod identify;
pub mod left_behind;
pub mod maintenance;
pub mod origin;
pub mod patient;
pub mod person_cookie;
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

use axum::http::Uri;

/// Whether a request may take as long as it needs: uploads, whole or in parts, as the sender's line does; and the proof of the audit
/// trail, which is read from its first record on and grows for ever.
#[must_use]
pub fn takes_its_time(path: &str) -> bool {
    let path = path.strip_prefix("/v1").unwrap_or(path);
    let whole = ["/files/upload", "/images", "/rpc/files/upload", "/rpc/images/add", "/rpc/imports/files"];
    whole.contains(&path) || tus::is_upload(path) || path == "/audit/verify"
}

/// The same of a whole address: the portal's page of the trail proves it only where it is asked to.
#[must_use]
pub fn may_take_its_time(address: &Uri) -> bool {
    let asks_for_proof = |query: &str| query.split('&').any(|pair| pair == "verify=yes");
    takes_its_time(address.path()) || (address.path() == "/admin/audit" && address.query().is_some_and(asks_for_proof))
}

#[cfg(test)]
mod tests {
    use super::{may_take_its_time, takes_its_time};

    #[test]
    fn what_carries_bytes_takes_its_time() {
        for path in ["/files/upload", "/v1/files/upload", "/v1/images", "/rpc/images/add", "/rpc/imports/files"] {
            assert!(takes_its_time(path), "{path}");
        }
        for path in ["/images/any", "/v1/files/any", "/rpc/images/edit", "/v1/search"] {
            assert!(!takes_its_time(path), "{path}");
        }
    }

    #[test]
    fn the_proof_of_the_trail_takes_its_time() {
        let takes = |address: &str| may_take_its_time(&address.parse().unwrap());
        for address in ["/audit/verify", "/v1/audit/verify", "/admin/audit?verify=yes", "/admin/audit?q=a&verify=yes"] {
            assert!(takes(address), "{address}");
        }
        for address in ["/audit", "/v1/audit?verify=yes", "/admin/audit", "/admin/audit?verify=no", "/admin?verify=yes"]
        {
            assert!(!takes(address), "{address}");
        }
    }
}
