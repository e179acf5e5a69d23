//! Tracker, which follows datasets: told the status of each that became public, and asked what it knows of one.
//!
//! `PUT {address}/datasets/{id}/status`, `GET {address}/datasets/{id}/status` and `GET {address}/health`, each with the key
//! as a bearer token.

use std::time::Duration;

use reqwest::Client;
use serde_json::Value;

use crate::Secret;
use crate::outgoing::{self, DeliveryError};
use crate::wagtail::below;

/// A client of one Tracker; cheap to clone.
#[derive(Clone, Debug)]
pub struct Tracker {
    http: Client,
    address: String,
    key: Option<Secret>,
}

impl Tracker {
    /// A client of the API at `address`; nothing is sent yet.
    pub fn new(address: &str, key: Option<Secret>, patience: Duration) -> Result<Self, DeliveryError> {
        outgoing::address(address)?;
        Ok(Self { http: outgoing::client(patience)?, address: address.trim_end_matches('/').to_owned(), key })
    }

    /// Tells the status of a dataset; telling it twice under one `idempotency_key` is telling it once.
    pub async fn report(&self, dataset_id: &str, idempotency_key: &str, body: &Value) -> Result<(), DeliveryError> {
        let request = self.http.put(below(&self.address, &["datasets", dataset_id, "status"])?).json(body);
        outgoing::send(self.signed(request).header("idempotency-key", idempotency_key)).await.map(|_| ())
    }

    /// What Tracker knows of a dataset, in its own words; `None` where it does not know it.
    pub async fn status(&self, dataset_id: &str) -> Result<Option<Value>, DeliveryError> {
        let request = self.signed(self.http.get(below(&self.address, &["datasets", dataset_id, "status"])?));
        match outgoing::send(request).await {
            Ok(answer) => answer.json().map(Some),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether it is up.
    pub async fn check(&self) -> Result<(), DeliveryError> {
        outgoing::send(self.signed(self.http.get(below(&self.address, &["health"])?))).await.map(|_| ())
    }

    fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.key {
            Some(key) => request.bearer_auth(key.expose()),
            None => request,
        }
    }
}
