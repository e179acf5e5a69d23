//! The provider's tokens as bearers of the API (RFC 6750, RFC 9068).

use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::{Identity, OpenidError, Provider};

/// How far the provider's clock may be from ours, in seconds.
const LEEWAY: i64 = 60;
/// The longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1024;
/// The signatures that are taken: never none, never one made with a shared secret.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::PS256];

impl Provider {
    /// Whose token this is, if it was made by the provider, for us, and holds now.
    pub async fn bearer(&self, now: DateTime<Utc>, token: &str) -> Result<Identity, OpenidError> {
        let header = header_of(token)?;
        let mut known = self.known(now).await?;
        let mut key = find(&known.keys, &header);
        if key.is_none() {
            known = self.known_anew(now).await?;
            key = find(&known.keys, &header);
        }
        let key = key.ok_or_else(|| refused("no key of the provider fits"))?;
        let key = DecodingKey::from_jwk(key).map_err(|e| refused(&e.to_string()))?;
        let issuer = known.metadata.issuer().as_str();
        let mut rules = Validation::new(header.alg);
        rules.set_issuer(&[issuer]);
        let audience = self.settings.audience.as_ref().unwrap_or(&self.settings.client_id);
        rules.set_audience(&[audience, &self.settings.client_id]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The library would ask the system's clock; ours is asked below.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = decode::<Map<String, Value>>(token, &key, &rules).map_err(|e| refused(&e.to_string()))?.claims;
        check_times(&claims, now.timestamp())?;
        let identity = Identity::of(issuer, &claims, &self.settings.groups_claim);
        identity.ok_or_else(|| refused("there is no subject"))
    }
}

fn header_of(token: &str) -> Result<Header, OpenidError> {
    if token.len() > LONGEST {
        return Err(refused("the token is too long"));
    }
    let header = decode_header(token).map_err(|e| refused(&e.to_string()))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(refused("the signature is of a kind that is not taken"));
    }
    let kind = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    if !matches!(kind.trim_start_matches("application/"), "jwt" | "at+jwt") || header.crit.is_some() {
        return Err(refused("the token is of another kind"));
    }
    Ok(header)
}

/// The key that a token names, or the only one that fits where it names none.
fn find<'a>(keys: &'a JwkSet, header: &Header) -> Option<&'a Jwk> {
    let mut fitting = keys.keys.iter().filter(|key| fits(key, header));
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Some(key),
        _ => None,
    }
}

fn fits(key: &Jwk, header: &Header) -> bool {
    let named = header.kid.is_none() || key.common.key_id == header.kid;
    let signs = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let algorithm = match key.common.key_algorithm {
        None => true,
        Some(KeyAlgorithm::RS256) => header.alg == Algorithm::RS256,
        Some(KeyAlgorithm::ES256) => header.alg == Algorithm::ES256,
        Some(KeyAlgorithm::PS256) => header.alg == Algorithm::PS256,
        Some(_) => false,
    };
    let family = DecodingKey::from_jwk(key).is_ok_and(|key| key.family() == header.alg.family());
    named && signs && algorithm && family
}

fn check_times(claims: &Map<String, Value>, now: i64) -> Result<(), OpenidError> {
    let seconds = |name: &str| {
        claims.get(name).map(|value| value.as_f64().ok_or_else(|| refused("a time is not a number"))).transpose()
    };
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
    let (earliest, latest) = ((now - LEEWAY) as f64, (now + LEEWAY) as f64);
    if seconds("exp")?.is_none_or(|exp| exp <= earliest) {
        return Err(refused("the token has expired"));
    }
    if seconds("nbf")?.is_some_and(|nbf| nbf > latest) {
        return Err(refused("the token does not hold yet"));
    }
    Ok(())
}

fn refused(why: &str) -> OpenidError {
    OpenidError::Refused(why.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_hold_between_their_times_with_a_minute_to_spare() {
        let holds = |claims: Value, now| check_times(claims.as_object().unwrap(), now).is_ok();
        assert!(holds(json!({"exp": 1000}), 1059));
        assert!(!holds(json!({"exp": 1000}), 1060));
        assert!(holds(json!({"exp": 9000, "nbf": 1000}), 940));
        assert!(!holds(json!({"exp": 9000, "nbf": 1000}), 939));
        assert!(!holds(json!({}), 0));
        assert!(!holds(json!({"exp": "tomorrow"}), 0));
    }

    #[test]
    fn tokens_without_a_signature_or_of_another_kind_are_not_looked_at() {
        use jsonwebtoken::{EncodingKey, encode};
        let none = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.";
        assert!(header_of(none).is_err());
        let shared = encode(&Header::new(Algorithm::HS256), &json!({"sub": "1"}), &EncodingKey::from_secret(b"x"));
        assert!(header_of(&shared.unwrap()).is_err());
        assert!(header_of(&"x".repeat(LONGEST + 1)).is_err());
        // {"alg":"RS256","typ":"logout+jwt"}
        assert!(header_of("eyJhbGciOiJSUzI1NiIsInR5cCI6ImxvZ291dCtqd3QifQ.e30.e30").is_err());
        // {"alg":"RS256","typ":"at+jwt"}
        assert!(header_of("eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.e30").is_ok());
    }
}
