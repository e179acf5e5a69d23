//! The code flow: to the provider, back with a code, and out again.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::dangerous::insecure_decode_claims;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdToken, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, PostLogoutRedirectUrl, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::known::{Known, chain, unreachable};
use super::{Identity, OpenidError, Provider, send};

/// How far the provider's clock may be from ours.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// The signatures that are taken: never none, never one made with a shared secret.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
];

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A sign-in that has begun; all but the address stays with us.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// What the provider has to send back unchanged.
    pub state: String,
    /// What the provider has to put into its token.
    pub nonce: String,
    /// What proves that the code is used by who asked for it (PKCE, RFC 7636).
    pub verifier: String,
}

/// A sign-in that has come to its end.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Who signed in.
    pub identity: Identity,
    /// The provider's token, needed for signing out there.
    pub id_token: String,
}

/// Every claim, by name.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Everything {
    #[serde(flatten)]
    claims: Map<String, Value>,
}

impl AdditionalClaims for Everything {}

impl Provider {
    /// Begins a sign-in.
    pub async fn begin(&self, now: DateTime<Utc>) -> Result<Begun, OpenidError> {
        let client = self.client(&self.known(now).await?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let code = CoreAuthenticationFlow::AuthorizationCode;
        let (url, state, nonce) = client
            .authorize_url(code, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(self.settings.scopes.iter().map(|scope| Scope::new(scope.clone())))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            url: url.to_string(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Ends a sign-in with the code that the browser brought back.
    pub async fn finish(
        &self,
        now: DateTime<Utc>,
        code: String,
        nonce: String,
        verifier: String,
    ) -> Result<Finished, OpenidError> {
        let known = self.known(now).await?;
        let client = self.client(&known)?;
        let http = |request| send(self.http.clone(), request);
        let answer: CoreTokenResponse = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(unreachable)?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => OpenidError::Refused(answer.to_string()),
                other => unreachable(other),
            })?;
        let id_token = answer.id_token().ok_or_else(|| OpenidError::Refused("there is no ID token".to_owned()))?;
        let subject = self.verified_subject(now, &known, &answer, id_token, &Nonce::new(nonce)).await?;
        let id_token = id_token.to_string();
        let mut claims: Map<String, Value> = insecure_decode_claims(&id_token).map_err(refused)?;
        if let Ok(request) = client.user_info(answer.access_token().clone(), Some(subject)) {
            let more: UserInfoClaims<Everything, CoreGenderClaim> =
                request.request_async(&http).await.map_err(unreachable)?;
            if let Ok(Value::Object(more)) = serde_json::to_value(&more) {
                claims.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
            }
        }
        let identity = Identity::of(known.metadata.issuer(), &claims, &self.settings.groups_claim);
        let identity = identity.ok_or_else(|| OpenidError::Refused("there is no subject".to_owned()))?;
        Ok(Finished { identity, id_token })
    }

    /// Where to sign out at the provider; none where it does not offer that.
    pub async fn sign_out_url(&self, now: DateTime<Utc>, id_token: &str) -> Result<Option<String>, OpenidError> {
        let known = self.known(now).await?;
        let Some(endpoint) = known.metadata.additional_metadata().end_session_endpoint.clone() else {
            return Ok(None);
        };
        let back = PostLogoutRedirectUrl::new(self.settings.signed_out_url.clone()).map_err(unreachable)?;
        let hint = CoreIdToken::from_str(id_token).map_err(refused)?;
        let request = LogoutRequest::from(endpoint)
            .set_id_token_hint(&hint)
            .set_client_id(ClientId::new(self.settings.client_id.clone()))
            .set_post_logout_redirect_uri(back);
        Ok(Some(request.http_get_url().to_string()))
    }

    fn client(&self, known: &Known) -> Result<Client, OpenidError> {
        let secret = self.settings.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let id = ClientId::new(self.settings.client_id.clone());
        let back = RedirectUrl::new(self.settings.return_url.clone()).map_err(unreachable)?;
        Ok(CoreClient::from_provider_metadata(known.metadata.as_ref().clone(), id, secret).set_redirect_uri(back))
    }

    /// Whose ID token it is, if signature, issuer, audience, time, nonce and access token all fit.
    async fn verified_subject(
        &self,
        now: DateTime<Utc>,
        known: &Known,
        answer: &CoreTokenResponse,
        id_token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<openidconnect::SubjectIdentifier, OpenidError> {
        match check(&self.client(known)?, now, answer, id_token, nonce) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                // The provider signs with a key that we have not seen yet.
                let anew = self.known_anew(now).await?;
                check(&self.client(&anew)?, now, answer, id_token, nonce).map_err(refused)
            }
            other => other.map_err(refused),
        }
    }
}

fn check(
    client: &Client,
    now: DateTime<Utc>,
    answer: &CoreTokenResponse,
    id_token: &CoreIdToken,
    nonce: &Nonce,
) -> Result<openidconnect::SubjectIdentifier, ClaimsVerificationError> {
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || now - LEEWAY);
    let claims = id_token.claims(&verifier, nonce)?;
    if let Some(expected) = claims.access_token_hash() {
        let other = |error: String| ClaimsVerificationError::Other(error);
        let algorithm = id_token.signing_alg().map_err(|e| other(e.to_string()))?;
        let key = id_token.signing_key(&verifier).map_err(|e| other(e.to_string()))?;
        let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
        if actual.map_err(|e| other(e.to_string()))? != *expected {
            return Err(other("the access token is not the one of the ID token".to_owned()));
        }
    }
    Ok(claims.subject().clone())
}

fn refused(error: impl std::error::Error) -> OpenidError {
    OpenidError::Refused(chain(&error))
}
