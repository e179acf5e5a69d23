//! Encryption at rest for the embedded service: objects as segments that can be read from the middle.
//!
//! A segment is 64 KiB of the object (the last one less), sealed by AES-256-GCM under a nonce of its own that stands before it. The
//! object's key and the segment's number are authenticated with it, so that neither segments nor objects can change places unseen. Parts
//! of an upload hold whole segments. That nothing was cut off at a segment's end is told by the size and digest in the database.

use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64_simd::STANDARD;
use bytes::{Bytes, BytesMut};
use futures::stream::{BoxStream, StreamExt, TryStreamExt, try_unfold};

use crate::upload::PART_SIZE;
use crate::{Secret, StorageError};

/// The bytes of an object that a segment holds.
const SEGMENT: usize = 64 * 1024;
const TAG_LEN: usize = 16;
/// What a segment has in storage beside its bytes.
const BESIDE: usize = NONCE_LEN + TAG_LEN;
const SEALED: usize = SEGMENT + BESIDE;
/// The metadata by which a sealed object is known.
pub(crate) const MARK: &str = "sealed";
/// The form that is written, as the value of that metadata.
pub(crate) const FORM: &str = "1";

/// Seals and opens the objects of a storage; clones share the key.
#[derive(Clone)]
pub(crate) struct Seal(Arc<RandomizedNonceKey>);

impl Seal {
    /// Of a key of 32 bytes in base64.
    pub(crate) fn new(key: &Secret) -> Result<Self, StorageError> {
        let failed = || StorageError::service("read its encryption key", "give 32 bytes in base64");
        let bytes = STANDARD.decode_to_vec(key.reveal().trim()).map_err(|_| failed())?;
        RandomizedNonceKey::new(&AES_256_GCM, &bytes).map(|key| Self(Arc::new(key))).map_err(|_| failed())
    }

    /// A part of an object, by its number from 1, as it is stored; an object that comes whole is its only part.
    pub(crate) fn part(&self, key: &str, number: usize, part: &[u8]) -> Result<Bytes, StorageError> {
        let before = number.saturating_sub(1) * (PART_SIZE / SEGMENT);
        let mut sealed = BytesMut::with_capacity(part.len() + (part.len() / SEGMENT + 1) * BESIDE);
        for (at, segment) in part.chunks(SEGMENT).enumerate() {
            let mut bytes = segment.to_vec();
            let nonce = self
                .0
                .seal_in_place_append_tag(bound_to(key, (before + at) as u64), &mut bytes)
                .map_err(|e| StorageError::service("encrypt an object", e))?;
            sealed.extend_from_slice(nonce.as_ref());
            sealed.extend_from_slice(&bytes);
        }
        Ok(sealed.freeze())
    }

    fn open(&self, key: &str, number: u64, sealed: &[u8]) -> io::Result<Bytes> {
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "the object was changed, or sealed by another key");
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut bytes = rest.to_vec();
        let length = self.0.open_in_place(nonce, bound_to(key, number), &mut bytes).map_err(|_| broken())?.len();
        bytes.truncate(length);
        Ok(Bytes::from(bytes))
    }

    /// The bytes of the object in this range, out of a stream that begins with the range's first segment.
    pub(crate) fn opened<S>(
        &self,
        key: &str,
        stream: S,
        range: &RangeInclusive<u64>,
    ) -> BoxStream<'static, io::Result<Bytes>>
    where
        S: futures::Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static,
    {
        let reading = Reading {
            seal: self.clone(),
            key: key.to_owned(),
            stream,
            held: BytesMut::new(),
            number: range.start() / SEGMENT as u64,
            skip: usize::try_from(range.start() % SEGMENT as u64).unwrap_or_default(),
            left: range.end() - range.start() + 1,
        };
        try_unfold(reading, async |mut reading| Ok(reading.next().await?.map(|bytes| (bytes, reading)))).boxed()
    }
}

fn bound_to(key: &str, number: u64) -> Aad<Vec<u8>> {
    Aad::from([&number.to_be_bytes(), key.as_bytes()].concat())
}

struct Reading<S> {
    seal: Seal,
    key: String,
    stream: S,
    held: BytesMut,
    number: u64,
    skip: usize,
    left: u64,
}

impl<S: futures::Stream<Item = io::Result<Bytes>> + Unpin> Reading<S> {
    async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        while self.held.len() < SEALED {
            let Some(more) = self.stream.try_next().await? else { break };
            self.held.extend_from_slice(&more);
        }
        let segment = self.held.split_to(self.held.len().min(SEALED));
        let mut bytes = self.seal.open(&self.key, self.number, &segment)?;
        self.number += 1;
        let skipped = std::mem::take(&mut self.skip).min(bytes.len());
        let mut wanted = bytes.split_off(skipped);
        wanted.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= wanted.len() as u64;
        Ok(Some(wanted))
    }
}

/// How many bytes an object of this stored size has.
pub(crate) const fn plain_size(stored: u64) -> u64 {
    let (whole, rest) = (stored / SEALED as u64, stored % SEALED as u64);
    whole * SEGMENT as u64 + rest.saturating_sub(BESIDE as u64)
}

/// The stored bytes in which a range of the object's lies; what is beyond the object's end is beyond that of the stored one.
pub(crate) const fn stored_range(range: &RangeInclusive<u64>) -> RangeInclusive<u64> {
    let (segment, sealed) = (SEGMENT as u64, SEALED as u64);
    let first = *range.start() / segment;
    let last = *range.end() / segment;
    (first * sealed)..=(last.saturating_add(1).saturating_mul(sealed) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> Seal {
        Seal::new(&Secret::new("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")).unwrap()
    }

    fn all(seal: &Seal, key: &str, stored: &Bytes, range: RangeInclusive<u64>) -> io::Result<Vec<u8>> {
        let within = stored_range(&range);
        let end = usize::try_from(*within.end() + 1).unwrap().min(stored.len());
        let part = stored.slice(usize::try_from(*within.start()).unwrap()..end);
        // As a storage sends it: in pieces that know nothing of segments.
        let pieces: Vec<_> = part.chunks(10_007).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let opened = seal.opened(key, futures::stream::iter(pieces), &range);
        Ok(futures::executor::block_on(opened.try_collect::<Vec<_>>())?.concat())
    }

    #[test]
    fn what_was_sealed_opens_from_anywhere() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let stored = seal().part("a", 1, &bytes).unwrap();
        assert_eq!(plain_size(stored.len() as u64), 200_000);
        assert!(!stored.windows(16).any(|seen| seen == &bytes[..16]));
        for (first, last) in
            [(0, 199_999), (0, 0), (65_535, 65_536), (65_536, 65_536), (131_071, 199_999), (199_999, 199_999)]
        {
            assert_eq!(all(&seal(), "a", &stored, first..=last).unwrap(), bytes[first as usize..=last as usize]);
        }
    }

    #[test]
    fn every_size_is_known_by_what_is_stored() {
        for size in [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT] {
            let stored = seal().part("a", 1, &vec![7; size]).unwrap();
            assert_eq!(plain_size(stored.len() as u64), size as u64);
        }
    }

    #[test]
    fn nothing_changes_its_place_or_its_bytes_unseen() {
        let stored = seal().part("a", 1, &vec![1; 3 * SEGMENT]).unwrap();
        let end = 3 * SEGMENT as u64 - 1;
        assert!(all(&seal(), "a", &stored, 0..=end).is_ok());
        assert!(all(&seal(), "b", &stored, 0..=end).is_err(), "under another key");
        let mut changed = stored.to_vec();
        changed[100] ^= 1;
        assert!(all(&seal(), "a", &changed.into(), 0..=end).is_err(), "a byte changed");
        let swapped = [&stored[SEALED..2 * SEALED], &stored[..SEALED], &stored[2 * SEALED..]].concat();
        assert!(all(&seal(), "a", &swapped.into(), 0..=end).is_err(), "segments changed places");
        let other = Seal::new(&Secret::new("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")).unwrap();
        assert!(all(&other, "a", &stored, 0..=end).is_err(), "by another key");
    }

    #[test]
    fn a_key_is_thirty_two_bytes() {
        for key in ["", "short", "AAECAwQFBgcICQoLDA0ODw=="] {
            assert!(Seal::new(&Secret::new(key)).is_err(), "{key}");
        }
    }
}
