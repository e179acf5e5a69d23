//! The finished document, made once, and its address.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, LazyLock};

use axum::extract::State;
use bytes::Bytes;
use domain::reference::{ApiReference, ReferenceSource};
use serde_json::Value;
use services::ServiceError;

use super::completing::{About, complete};
use super::reference::reference_of;
use crate::api::ctx::Asked;
use crate::api::etag::tag_of;
use crate::api::{Answer, answer};
use crate::config::Config;
use crate::state::AppState;

/// The description of the whole API, made when it is first asked for, so that no start waits for it; cheap to clone.
#[derive(Clone)]
pub struct Document(Arc<LazyLock<Result<Made, serde_json::Error>, Making>>);

type Making = Box<dyn FnOnce() -> Result<Made, serde_json::Error> + Send>;

#[derive(Debug)]
struct Made {
    bytes: Bytes,
    tag: String,
    reference: Arc<ApiReference>,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document")
    }
}

impl Document {
    /// The description of this installation's API.
    #[must_use]
    pub fn new(config: Arc<Config>) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(move || {
            let value = Self::value(&config)?;
            let bytes = Bytes::from(serde_json::to_vec(&value)?);
            Ok(Made { tag: tag_of(None, &bytes), bytes, reference: Arc::new(reference_of(&value)) })
        }))))
    }

    /// The same as the developers' pages show it; empty where the API cannot be described, which is a fault of ours.
    #[must_use]
    pub fn reference(&self) -> Arc<ApiReference> {
        match LazyLock::force(&self.0) {
            Ok(made) => Arc::clone(&made.reference),
            Err(error) => {
                tracing::error!(%error, "the API cannot be described");
                Arc::default()
            }
        }
    }

    /// Where pages ask for the reference.
    #[must_use]
    pub fn source(&self) -> ReferenceSource {
        let document = self.clone();
        ReferenceSource::new(move || document.reference())
    }

    /// The same as JSON, for the command line and for tests.
    pub fn value(config: &Config) -> Result<Value, serde_json::Error> {
        let about = About {
            site_name: config.site_name.clone(),
            public_url: config.public_url.clone(),
            contact_email: config.contact_email.clone(),
        };
        let (whole, unprefixed) = crate::api::descriptions();
        let unprefixed: BTreeSet<String> = unprefixed.paths.paths.into_keys().collect();
        complete(&whole, &unprefixed, &about)
    }
}

/// Describes the API.
///
/// This document: OpenAPI 3.1, made from the program itself. People read it at `/developers`.
#[utoipa::path(
    get, path = "/openapi.json", tag = "health",
    responses((status = 200, description = "The description", body = Object)),
)]
pub async fn openapi(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.no_params()?;
    match LazyLock::force(&state.document.0) {
        Ok(made) => Ok(answer::kept(&asked, &made.tag, made.bytes.clone())),
        Err(error) => Err(ServiceError::Internal(format!("the API cannot be described: {error}")).into()),
    }
}
