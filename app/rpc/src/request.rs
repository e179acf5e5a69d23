//! The request's side of a server function: services, context, visit and status.

use crate::visit::Visit;

/// The visit of the page being rendered; a default one in the browser.
#[must_use]
pub fn visit() -> Visit {
    #[cfg(not(target_family = "wasm"))]
    {
        native::parts().and_then(|parts| parts.extensions.get::<Visit>().cloned()).unwrap_or_default()
    }
    #[cfg(target_family = "wasm")]
    {
        Visit::default()
    }
}

/// Sets the status of the page being rendered, such as 404.
pub fn set_status(code: u16) {
    #[cfg(not(target_family = "wasm"))]
    native::set_status(code);
    #[cfg(target_family = "wasm")]
    let _ = code;
}

/// Sends the visitor to another address with 303 See Other.
pub fn see_other(path: &str) {
    #[cfg(not(target_family = "wasm"))]
    native::see_other(path);
    #[cfg(target_family = "wasm")]
    let _ = path;
}

/// Sends the visitor to the present address of the page with 308 Permanent Redirect.
pub fn moved(path: &str) {
    #[cfg(not(target_family = "wasm"))]
    native::moved(path);
    #[cfg(target_family = "wasm")]
    let _ = path;
}

/// Keeps the page being rendered out of every memory: its address holds a secret.
pub fn keep_private() {
    #[cfg(not(target_family = "wasm"))]
    native::keep_private();
}

#[cfg(not(target_family = "wasm"))]
pub use native::{asked_by_itself, context, form_page, sent_from};

#[cfg(not(target_family = "wasm"))]
mod native {
    use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;
    use services::{Ctx, Services};

    use crate::error::RpcError;

    pub(super) fn parts() -> Option<Parts> {
        use_context::<Parts>()
    }

    /// The services and the context of the request; a fault where the server did not provide them.
    pub fn context() -> Result<(Services, Ctx), RpcError> {
        let services = use_context::<Services>().ok_or(RpcError::Fault)?;
        let ctx = parts().and_then(|parts| parts.extensions.get::<Ctx>().cloned()).ok_or(RpcError::Fault)?;
        Ok((services, ctx))
    }

    pub(super) fn set_status(code: u16) {
        if let (Some(options), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(code)) {
            options.set_status(status);
        }
    }

    pub(super) fn keep_private() {
        if let Some(options) = use_context::<ResponseOptions>() {
            options.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        }
    }

    pub(super) fn see_other(path: &str) {
        send_to(StatusCode::SEE_OTHER, path);
    }

    pub(super) fn moved(path: &str) {
        send_to(StatusCode::PERMANENT_REDIRECT, path);
    }

    fn send_to(status: StatusCode, path: &str) {
        if let (Some(options), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) {
            options.set_status(status);
            options.insert_header(header::LOCATION, location);
        }
    }

    /// Whether an open page asks, which draws itself anew, and no person.
    #[must_use]
    pub fn asked_by_itself() -> bool {
        parts().is_some_and(|parts| parts.headers.contains_key("x-by-itself"))
    }

    /// The path of the page that a form was posted from, of this site only.
    #[must_use]
    pub fn form_page() -> Option<String> {
        sent_from(&parts()?.headers)
    }

    /// The same by the head of a request.
    #[must_use]
    pub fn sent_from(headers: &HeaderMap) -> Option<String> {
        let referer = headers.get(header::REFERER)?.to_str().ok()?;
        let url: axum::http::Uri = referer.parse().ok()?;
        let path = url.path_and_query()?.as_str();
        (path.starts_with('/') && !path.starts_with("//")).then(|| path.to_owned())
    }
}
