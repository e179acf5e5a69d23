//! What a body is recognised by, found out while it passes, however large it is.

use std::mem::take;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use futures::TryStreamExt;
use http_body::{Body as _, Frame, SizeHint};
use memchr::memmem;
use sha2::{Digest, Sha256};

/// A body that is hashed while somebody reads it; whoever holds a copy can read on where the other stopped.
#[derive(Clone)]
pub struct Passing(Arc<Mutex<Seen>>);

struct Seen {
    body: Body,
    print: Print,
    is_over: bool,
}

impl Passing {
    /// Watches the body of a request with these headers.
    pub fn new(headers: &HeaderMap, body: Body) -> Self {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let print = Print { boundary: multer::parse_boundary(kind).ok(), ..Print::default() };
        Self(Arc::new(Mutex::new(Seen { body, print, is_over: false })))
    }

    /// The body, for whoever does the work.
    pub fn body(&self) -> Body {
        Body::new(self.clone())
    }

    /// The digest in hexadecimal digits, if all of the body has passed.
    pub fn digest(&self) -> Option<String> {
        let seen = self.seen();
        (seen.is_over || seen.body.is_end_stream()).then(|| seen.print.clone().finish())
    }

    /// Lets at most so many bytes more pass, and gives the digest if that was all.
    pub async fn read_on(&self, most: u64) -> Result<Option<String>, axum::Error> {
        let mut rest = self.body().into_data_stream();
        let mut left = most;
        while let Some(bytes) = rest.try_next().await? {
            let Some(fewer) = left.checked_sub(bytes.len() as u64) else { return Ok(None) };
            left = fewer;
        }
        Ok(self.digest())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl http_body::Body for Passing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut seen = self.seen();
        let polled = Pin::new(&mut seen.body).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(bytes) = frame.data_ref() {
                    seen.print.update(bytes);
                }
            }
            Poll::Ready(None) => seen.is_over = true,
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.seen().body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.seen().body.size_hint()
    }
}

/// The digest of a body: of what stands between the boundaries where it is a form, since those differ each time.
#[derive(Clone, Default)]
struct Print {
    boundary: Option<String>,
    /// What could still be the beginning of a boundary, never longer than one.
    held: Vec<u8>,
    part: Sha256,
    whole: Sha256,
}

impl Print {
    fn update(&mut self, bytes: &[u8]) {
        let Some(boundary) = self.boundary.as_ref().map(String::as_bytes).filter(|text| !text.is_empty()) else {
            self.part.update(bytes);
            return;
        };
        let mut held = take(&mut self.held);
        held.extend_from_slice(bytes);
        let mut from = 0;
        for at in memmem::find_iter(&held, boundary) {
            self.part.update(&held[from..at]);
            self.whole.update(self.part.finalize_reset());
            from = at + boundary.len();
        }
        let sure = from.max((held.len() + 1).saturating_sub(boundary.len()));
        self.part.update(&held[from..sure]);
        self.held = held.split_off(sure);
    }

    fn finish(mut self) -> String {
        self.part.update(&self.held);
        self.whole.update(self.part.finalize());
        hex::encode(self.whole.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(boundary: Option<&str>, body: &[u8], chunk: usize) -> String {
        let mut print = Print { boundary: boundary.map(str::to_owned), ..Print::default() };
        for bytes in body.chunks(chunk) {
            print.update(bytes);
            assert!(print.held.len() < boundary.map_or(1, str::len), "more is held than could be a boundary");
        }
        print.finish()
    }

    fn form(boundary: &str, value: &str) -> Vec<u8> {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n{value}\r\n--{boundary}--\r\n")
            .into_bytes()
    }

    #[test]
    fn a_form_is_the_same_with_another_boundary_and_in_other_pieces() {
        let whole = print(Some("XyXyZ"), &form("XyXyZ", "XyXy"), 1000);
        for chunk in 1..9 {
            assert_eq!(print(Some("XyXyZ"), &form("XyXyZ", "XyXy"), chunk), whole, "{chunk}");
        }
        assert_eq!(print(Some("another-one"), &form("another-one", "XyXy"), 7), whole);
        assert_ne!(print(Some("XyXyZ"), &form("XyXyZ", "XyXz"), 7), whole);
    }

    #[test]
    fn parts_do_not_run_into_each_other_and_other_bodies_are_taken_as_they_are() {
        assert_ne!(print(Some("B"), b"abBc", 3), print(Some("B"), b"aBbc", 3));
        assert_eq!(print(None, b"abBc", 1), print(None, b"abBc", 4));
        assert_ne!(print(None, b"abBc", 3), print(None, b"aBbc", 3));
    }

    #[tokio::test]
    async fn who_reads_on_knows_the_whole_or_that_there_is_more() {
        let passing = || Passing::new(&HeaderMap::new(), Body::from("ten bytes."));
        assert_eq!(passing().digest(), None);
        assert_eq!(passing().read_on(9).await.unwrap(), None);
        let whole = passing().read_on(10).await.unwrap();
        assert_eq!(whole, Some(print(None, b"ten bytes.", 3)));
        assert_eq!(Passing::new(&HeaderMap::new(), Body::empty()).digest(), Some(print(None, b"", 1)));
    }
}
