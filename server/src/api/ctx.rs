//! What handlers take out of a request's head.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use domain::refusal::{FieldProblem, Refusal};
use serde::de::DeserializeOwned;
use services::{Ctx, ServiceError};

use super::etag::IfMatch;
use super::params::Params;
use super::problem::Problem;

/// Who asks, when, and under which request; put there by the middleware that identifies callers.
#[derive(Clone, Debug)]
pub struct RequestCtx(pub Ctx);

impl<S: Send + Sync> FromRequestParts<S> for RequestCtx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let missing = || ServiceError::Internal("a request came without its context".to_owned());
        Ok(Self(parts.extensions.get::<Ctx>().cloned().ok_or_else(missing)?))
    }
}

/// A request's context together with the parts of its head that shape the answer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who asks, when, and under which request.
    pub ctx: Ctx,
    /// The headers.
    pub headers: HeaderMap,
    /// The address as it was asked for.
    pub uri: Uri,
    /// What is wrong with the `Idempotency-Key`, if anything is.
    key: Option<FieldProblem>,
}

/// What is wrong with the key of a request, which is told in its turn.
#[derive(Clone, Debug)]
pub struct UnsoundKey(pub FieldProblem);

/// Refuses what must not be in the head of a request that takes no parameters: any at all, and a key that is none.
pub(super) fn bare_head(query: Option<&str>, key: Option<&FieldProblem>) -> Result<(), Refusal> {
    let mut params = Params::parse(query.unwrap_or(""));
    params.add(key);
    params.finish()
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let RequestCtx(ctx) = RequestCtx::from_request_parts(parts, state).await?;
        let original = parts.extensions.get::<OriginalUri>().map(|uri| uri.0.clone());
        let uri = original.unwrap_or_else(|| parts.uri.clone());
        let key = parts.extensions.get::<UnsoundKey>().map(|unsound| unsound.0.clone());
        Ok(Self { ctx, headers: parts.headers.clone(), uri, key })
    }
}

impl Asked {
    /// The query's parameters.
    #[must_use]
    pub fn params(&self) -> Params {
        Params::parse(self.uri.query().unwrap_or(""))
    }

    /// Refuses any parameter at all, and a key that is none; for what takes no body, since reading one asks the same.
    pub fn no_params(&self) -> Result<(), Refusal> {
        bare_head(self.uri.query(), self.key.as_ref())
    }

    /// The revision that the caller says it is changing.
    #[must_use]
    pub fn if_match(&self) -> IfMatch {
        IfMatch::of(&self.headers)
    }
}

/// The words in the address; what cannot be one names nothing, so it is not found.
#[derive(Clone, Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.path().contains("%00") {
            return Err(Refusal::NotFound.into());
        }
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(words)) => Ok(Self(words)),
            Err(_) => Err(Refusal::NotFound.into()),
        }
    }
}

/// A version's number as addresses write it: digits without a leading zero.
#[must_use]
pub fn version_number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}
