//! Sign-in through an OpenID provider (OpenID Connect Core 1.0): code flow with PKCE, discovery, keys that change,
//! sign-out at the provider, and the provider's bearer tokens.

mod bearer;
mod claims;
mod flow;
mod known;

use std::sync::Arc;
use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use tokio::sync::Mutex;

pub use claims::Identity;
pub use flow::{Begun, Finished};

use crate::Secret;

/// How long the provider may take for one answer, connecting included.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most bytes of one answer.
const LONGEST_ANSWER: usize = 1 << 20;

/// How to work with a provider.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The provider's address, exactly as it names itself.
    pub issuer: String,
    /// Our name at the provider.
    pub client_id: String,
    /// Our secret at the provider; none for a public client.
    pub client_secret: Option<Secret>,
    /// Which audience bearer tokens are for, besides our own name.
    pub audience: Option<String>,
    /// What to ask for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that lists a person's groups; dots reach into objects.
    pub groups_claim: String,
    /// Where the provider sends people back to after sign-in.
    pub return_url: String,
    /// Where the provider sends people back to after sign-out.
    pub signed_out_url: String,
}

/// Why the provider could not be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenidError {
    /// It is down, slow, or answers something else than it should.
    #[error("the OpenID provider cannot be used: {0}")]
    Unreachable(String),
    /// What was presented does not hold: a wrong signature, audience, time, state or code.
    #[error("the OpenID provider's answer does not hold: {0}")]
    Refused(String),
}

/// A provider and what is known of it; cheap to clone. Nothing is asked before somebody signs in.
#[derive(Clone, Debug)]
pub struct Provider {
    settings: Arc<Settings>,
    http: reqwest::Client,
    memory: Arc<Mutex<known::Memory>>,
}

impl Provider {
    /// A provider by its settings; it need not be up.
    pub fn new(settings: Settings) -> Result<Self, OpenidError> {
        // Redirects are not followed, so that nobody is led to an inner address.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|e| OpenidError::Unreachable(e.to_string()))?;
        Ok(Self { settings: Arc::new(settings), http, memory: Arc::default() })
    }

    /// The provider's address.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Whether this is how the provider names itself; a slash at the end makes no difference.
    #[must_use]
    pub fn is_named(&self, issuer: &str) -> bool {
        issuer.trim_end_matches('/') == self.settings.issuer.trim_end_matches('/')
    }
}

/// Why one request to the provider failed.
#[derive(Debug, thiserror::Error)]
enum HttpError {
    #[error("{0}")]
    Request(#[from] reqwest::Error),
    #[error("the answer is longer than {LONGEST_ANSWER} bytes")]
    TooLong,
}

/// Carries one of the library's requests out.
async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await? {
        if body.len() + part.len() > LONGEST_ANSWER {
            return Err(HttpError::TooLong);
        }
        body.extend_from_slice(&part);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(response)
}
