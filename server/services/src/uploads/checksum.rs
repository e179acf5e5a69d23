//! What the sender says of the bytes of one request.

use aws_lc_rs::digest::{self, Context};

/// How it was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-1, which every client of the protocol knows; it finds accidents, not forgeries.
    Sha1,
    /// SHA-256.
    Sha256,
}

/// A checksum that the bytes of a request must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// How it was computed.
    pub algorithm: Algorithm,
    /// Its bytes.
    pub value: Vec<u8>,
}

/// The checksum of what has come so far, beside the one that is wanted.
pub(super) struct Checking {
    wanted: Vec<u8>,
    context: Context,
}

impl Checking {
    pub(super) fn new(checksum: Checksum) -> Self {
        let algorithm = match checksum.algorithm {
            Algorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Sha256 => &digest::SHA256,
        };
        Self { wanted: checksum.value, context: Context::new(algorithm) }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    pub(super) fn holds(self) -> bool {
        self.context.finish().as_ref() == self.wanted
    }
}
