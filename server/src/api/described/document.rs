//! The finished document, made once at start, and its address.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use bytes::Bytes;
use domain::reference::ApiReference;
use serde_json::Value;

use super::completing::{About, complete};
use super::reference::reference_of;
use crate::api::ctx::Asked;
use crate::api::etag::tag_of;
use crate::api::{Answer, answer};
use crate::config::Config;
use crate::state::AppState;

/// The description of the whole API; cheap to clone.
#[derive(Clone, Debug)]
pub struct Document {
    bytes: Bytes,
    tag: String,
    /// The same as the developers' pages show it.
    pub reference: Arc<ApiReference>,
}

impl Document {
    /// The description of this installation's API.
    pub fn new(config: &Config) -> Result<Self, serde_json::Error> {
        let value = Self::value(config)?;
        let bytes = Bytes::from(serde_json::to_vec(&value)?);
        Ok(Self { tag: tag_of(None, &bytes), bytes, reference: Arc::new(reference_of(&value)) })
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
    Ok(answer::kept(&asked, &state.document.tag, state.document.bytes.clone()))
}
