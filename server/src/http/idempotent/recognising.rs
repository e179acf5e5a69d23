//! Which request it is, and whether it is the same one again.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use domain::refusal::{FieldProblem, Refusal};
use services::Ctx;
use sha2::{Digest, Sha256};

use crate::api::problem::Problem;
use crate::http::client::ClientAddress;

/// The header.
pub const KEY: &str = "idempotency-key";
/// The longest key, in bytes.
const LONGEST_KEY: usize = 255;
/// The largest body that is recognised by all of its bytes.
const MAX_BODY: usize = 1 << 20;

/// A request that carries a key.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// The key, with who uses it and for what.
    pub id: String,
    /// What the body is recognised by.
    pub fingerprint: String,
}

impl Recognised {
    /// Reads key and body, and gives the request back whole.
    pub async fn read(ctx: &Ctx, request: Request) -> Result<(Self, Request), Problem> {
        let key = key_of(request.headers())?;
        let who = ctx.caller.as_ref().map_or_else(
            || format!("public {:?}", ClientAddress::of(request.extensions()).0),
            |caller| format!("{} {}", caller.actor.kind, caller.actor.id),
        );
        // Under /v1 and without it is the same address.
        let path = request.uri().path();
        let id = digest(&[who.as_bytes(), path.strip_prefix("/v1").unwrap_or(path).as_bytes(), key.as_bytes()]);
        let (parts, body) = request.into_parts();
        let head =
            [header::CONTENT_TYPE.as_str(), "upload-length", "upload-metadata"].map(|name| media(&parts.headers, name));
        let query = parts.uri.query().unwrap_or("").to_owned();
        let (print, body) = if streams(&parts.headers) {
            (media(&parts.headers, header::CONTENT_LENGTH.as_str()).into_bytes(), body)
        } else {
            let bytes =
                to_bytes(body, MAX_BODY).await.map_err(|_| Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE))?;
            (bytes.to_vec(), Body::from(bytes))
        };
        let [kind, length, metadata] = &head;
        let fingerprint = digest(&[kind.as_bytes(), length.as_bytes(), metadata.as_bytes(), query.as_bytes(), &print]);
        Ok((Self { id, fingerprint }, Request::from_parts(parts, body)))
    }
}

/// The key, with or without the quotes of the draft standard.
fn key_of(headers: &HeaderMap) -> Result<String, Problem> {
    let mut lines = headers.get_all(KEY).iter();
    let first = lines.next().and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    let plain = first.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(first);
    let sound = !plain.is_empty()
        && plain.len() <= LONGEST_KEY
        && plain.bytes().all(|b| (0x20..0x7f).contains(&b))
        && lines.next().is_none();
    if sound {
        return Ok(plain.to_owned());
    }
    let message = "Send one key of 1 to 255 printable ASCII characters.";
    Err(Refusal::Unreadable { problems: vec![FieldProblem::new("Idempotency-Key", "invalid_value", message)] }.into())
}

/// Whether the body is a file on its way, which is recognised by its length and not read twice.
fn streams(headers: &HeaderMap) -> bool {
    let kind = media(headers, header::CONTENT_TYPE.as_str());
    kind.starts_with("multipart/") || kind == "application/offset+octet-stream" || kind == "application/octet-stream"
}

/// A header's value; of a media type its name alone, since the boundary of a form differs each time.
fn media(headers: &HeaderMap, name: &str) -> String {
    let text = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    if name == header::CONTENT_TYPE.as_str() {
        return text.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    }
    text.to_owned()
}

/// A digest of parts none of which can run into the next.
fn digest(parts: &[&[u8]]) -> String {
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
        assert_eq!(key(""), None);
        assert_eq!(key("\"\""), None);
        assert_eq!(key(&"k".repeat(256)), None);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
    }
}
