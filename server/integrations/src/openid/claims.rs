//! What the provider says of a person.

use serde_json::{Map, Value};

/// A person as the provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's address.
    pub issuer: String,
    /// The provider's own id of the person, never reused.
    pub subject: String,
    /// The mail address, lower case.
    pub email: Option<String>,
    /// Whether the provider has verified that address.
    pub email_verified: bool,
    /// The name to show.
    pub name: Option<String>,
    /// The groups the person is in.
    pub groups: Vec<String>,
    /// The id of the token that says all this, where it has one that can be written down.
    pub token_id: Option<String>,
}

impl Identity {
    /// Reads the claims of a token that was found to hold.
    pub(super) fn of(issuer: &str, claims: &Map<String, Value>, groups_claim: &str) -> Option<Self> {
        let text = |name: &str| {
            let found = claims.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
            found.map(ToOwned::to_owned)
        };
        Some(Self {
            issuer: issuer.to_owned(),
            subject: text("sub").filter(|subject| subject.len() <= 255)?,
            email: text("email").map(|email| email.to_lowercase()).filter(|email| email.len() <= 254),
            email_verified: claims.get("email_verified").is_some_and(is_true),
            name: text("name").or_else(|| text("preferred_username")).map(|name| name.chars().take(200).collect()),
            groups: groups(claims, groups_claim),
            token_id: text("jti").filter(|id| id.len() <= 255 && id.bytes().all(|byte| byte.is_ascii_graphic())),
        })
    }
}

/// Some providers send the word instead of the value.
fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str() == Some("true"))
}

/// The groups under a claim's name, or along a path such as `realm_access.roles`.
fn groups(claims: &Map<String, Value>, claim: &str) -> Vec<String> {
    let whole = claims.get(claim);
    let found = whole.or_else(|| {
        let mut parts = claim.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    });
    match found {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(claims: Value, groups_claim: &str) -> Option<Identity> {
        Identity::of("https://id.example.org", claims.as_object().unwrap(), groups_claim)
    }

    #[test]
    fn groups_are_read_in_every_form_that_providers_send() {
        let read = |claims, claim| of(claims, claim).unwrap().groups;
        assert_eq!(read(json!({"sub": "1", "groups": ["a", "b"]}), "groups"), ["a", "b"]);
        assert_eq!(read(json!({"sub": "1", "groups": "a"}), "groups"), ["a"]);
        assert_eq!(read(json!({"sub": "1", "realm_access": {"roles": ["a"]}}), "realm_access.roles"), ["a"]);
        assert_eq!(read(json!({"sub": "1", "https://x.example/g": ["a"]}), "https://x.example/g"), ["a"]);
        assert!(read(json!({"sub": "1", "groups": 7}), "groups").is_empty());
        assert!(read(json!({"sub": "1"}), "groups").is_empty());
    }

    #[test]
    fn a_token_is_known_by_its_id_where_that_can_be_written_down() {
        let read = |id: &str| of(json!({"sub": "1", "jti": id}), "groups").unwrap().token_id;
        assert_eq!(read("urn:uuid:7").as_deref(), Some("urn:uuid:7"));
        for odd in ["", "a\u{0}b", "two words", &"x".repeat(256)] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert_eq!(of(json!({"sub": "1", "jti": 7}), "groups").unwrap().token_id, None);
    }

    #[test]
    fn an_address_counts_as_verified_only_where_the_provider_says_so() {
        let read = |claims| of(claims, "groups").unwrap();
        assert!(read(json!({"sub": "1", "email": "A@Example.org", "email_verified": true})).email_verified);
        assert_eq!(read(json!({"sub": "1", "email": "A@Example.org"})).email.as_deref(), Some("a@example.org"));
        assert!(!read(json!({"sub": "1", "email": "a@example.org"})).email_verified);
        assert!(!read(json!({"sub": "1", "email": "a@example.org", "email_verified": "no"})).email_verified);
        assert_eq!(of(json!({"email": "a@example.org"}), "groups"), None);
    }
}
