//! The Wagtail CMS: told that a bundle is public, and asked how far it is with the pages of a bundle.
//!
//! `POST {address}/bundles/{id}/publish`, `GET {address}/bundles/{id}/status` and `GET {address}/health`, each with the
//! key as a bearer token; a repeated call carries the same `Idempotency-Key`.

use std::time::Duration;

use reqwest::{Client, Url};
use serde_json::Value;

use crate::Secret;
use crate::outgoing::{self, DeliveryError};

/// A client of one Wagtail; cheap to clone.
#[derive(Clone, Debug)]
pub struct Wagtail {
    http: Client,
    address: String,
    key: Option<Secret>,
}

impl Wagtail {
    /// A client of the API at `address`, such as `https://wagtail.example.org/api`; nothing is sent yet.
    pub fn new(address: &str, key: Option<Secret>, patience: Duration) -> Result<Self, DeliveryError> {
        outgoing::address(address)?;
        Ok(Self { http: outgoing::client(patience)?, address: address.trim_end_matches('/').to_owned(), key })
    }

    /// Tells that a bundle is public; telling it twice under one `idempotency_key` is telling it once.
    pub async fn publish(&self, bundle_id: &str, idempotency_key: &str, body: &Value) -> Result<(), DeliveryError> {
        let request = self.http.post(self.at(&["bundles", bundle_id, "publish"])?).json(body);
        outgoing::send(self.signed(request).header("idempotency-key", idempotency_key)).await.map(|_| ())
    }

    /// How far Wagtail is with the pages of a bundle, in its own words; `None` where it does not know the bundle.
    pub async fn status(&self, bundle_id: &str) -> Result<Option<Value>, DeliveryError> {
        let request = self.signed(self.http.get(self.at(&["bundles", bundle_id, "status"])?));
        match outgoing::send(request).await {
            Ok(answer) => answer.json().map(Some),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether it is up.
    pub async fn check(&self) -> Result<(), DeliveryError> {
        outgoing::send(self.signed(self.http.get(self.at(&["health"])?))).await.map(|_| ())
    }

    fn at(&self, segments: &[&str]) -> Result<Url, DeliveryError> {
        below(&self.address, segments)
    }

    fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.key {
            Some(key) => request.bearer_auth(key.expose()),
            None => request,
        }
    }
}

/// The address with segments below it, each escaped.
pub(crate) fn below(address: &str, segments: &[&str]) -> Result<Url, DeliveryError> {
    let mut url = outgoing::address(address)?;
    match url.path_segments_mut() {
        Ok(mut path) => {
            path.pop_if_empty().extend(segments);
        }
        Err(()) => return Err(DeliveryError::refused("nothing can be below the address")),
    }
    Ok(url)
}
