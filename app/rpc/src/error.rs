//! What a server function can answer besides its result.

use domain::refusal::Refusal;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// A refusal that pages can show, or a fault that they can only apologise for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RpcError {
    /// Refused; nothing changed.
    #[error("{0}")]
    Refused(Refusal),
    /// Something failed; the log knows what, under the request's id.
    #[error("Something went wrong. Try again in a moment.")]
    Fault,
}

impl From<Refusal> for RpcError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl FromServerFnError for RpcError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Fault
    }
}

#[cfg(not(target_family = "wasm"))]
impl From<services::ServiceError> for RpcError {
    fn from(error: services::ServiceError) -> Self {
        match error {
            services::ServiceError::Refused(refusal) => {
                if refusal.is_for_want_of_a_right() {
                    crate::request::visit().note_refusal(&refusal);
                }
                Self::Refused(refusal)
            }
            other => {
                let request_id = crate::request::context().map(|(_, ctx)| ctx.request_id).unwrap_or_default();
                tracing::error!(request_id, error = &other as &dyn std::error::Error, "a page's request failed");
                Self::Fault
            }
        }
    }
}
