//! Which request it is, and whether it is the same one again.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use domain::refusal::FieldProblem;
use services::Ctx;
use sha2::{Digest, Sha256};

use crate::http::client::ClientAddress;

/// The header.
pub const KEY: &str = "idempotency-key";
/// The longest key, in bytes.
const LONGEST_KEY: usize = 255;

/// A request that carries a key.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// The key, with who uses it and for what.
    pub id: String,
    /// What is known of it before its body has arrived: a digest in hexadecimal digits.
    pub head: String,
}

impl Recognised {
    /// What the head of a request with this key tells.
    pub fn of(ctx: &Ctx, key: &str, request: &Request) -> Self {
        let who = ctx.caller.as_ref().map_or_else(
            || format!("public {:?}", ClientAddress::of(request.extensions()).0),
            |caller| format!("{} {}", caller.actor.kind, caller.actor.id),
        );
        // Under /v1 and without it is the same address.
        let path = request.uri().path();
        let id = digest(&[&who, path.strip_prefix("/v1").unwrap_or(path), key]);
        let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        // Of the media type its name alone, since the boundary of a form differs each time.
        let kind = text(header::CONTENT_TYPE.as_str()).split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let query = request.uri().query().unwrap_or("");
        Self { id, head: digest(&[&kind, text("upload-length"), text("upload-metadata"), query]) }
    }

    /// What the request is recognised by once the digest of its body is known.
    pub fn with(&self, body: &str) -> String {
        format!("{}{body}", self.head)
    }
}

/// The key, with or without the quotes of the draft standard.
pub fn key_of(headers: &HeaderMap) -> Result<String, FieldProblem> {
    let mut lines = headers.get_all(KEY).iter();
    let first = lines.next().and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    let sound = !first.is_empty()
        && first.len() <= LONGEST_KEY
        && first.bytes().all(|b| (0x20..0x7f).contains(&b))
        && lines.next().is_none();
    if !sound {
        let message = "Send one key of 1 to 255 printable ASCII characters.";
        return Err(FieldProblem::new("Idempotency-Key", "invalid_value", message));
    }
    let quoted = first.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    Ok(quoted.filter(|plain| !plain.is_empty()).unwrap_or(first).to_owned())
}

/// A digest of parts none of which can run into the next.
fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Option<String> {
        key_of(&HeaderMap::from_iter([(KEY.parse().unwrap(), text.parse().unwrap())])).ok()
    }

    #[test]
    fn keys_are_read_with_and_without_quotes() {
        assert_eq!(key("\"8e03978e\"").as_deref(), Some("8e03978e"));
        assert_eq!(key(" 8e03978e ").as_deref(), Some("8e03978e"));
        assert_eq!(key("\"\"").as_deref(), Some("\"\""));
        assert_eq!(key(""), None);
        assert_eq!(key(" "), None);
        assert_eq!(key(&"k".repeat(256)), None);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
    }
}
