//! The broker's end of signing in: of a password that is sent (RFC 4616), and of one that is only proved (RFC 5802 and 7677).
//!
//! It reckons with another library than librdkafka does, so that both agree only where both keep to the standard.

use std::num::NonZeroU32;

use aws_lc_rs::{digest, hmac, pbkdf2};
use base64_simd::STANDARD;
use integrations::kafka::Mechanism;

const SALT: &[u8] = b"the same for every name";
const ROUNDS: NonZeroU32 = NonZeroU32::new(4096).unwrap();

/// What a broker says to a message of somebody who signs in.
pub enum Verdict {
    /// It asks for more.
    GoOn(Vec<u8>),
    /// Name and password are right; with what shows that the broker knows the password, too.
    Known(Vec<u8>),
    /// They are not.
    Unknown,
}

/// One name with its password, and how far somebody got who signs in with them.
#[derive(Clone)]
pub struct Exchange {
    mechanism: Mechanism,
    name: String,
    password: String,
    /// The first message of the client without its head, and that of the broker, once they were said.
    said: Option<(String, String)>,
}

impl Exchange {
    /// One that nobody has begun.
    pub fn new(mechanism: Mechanism, name: &str, password: &str) -> Self {
        Self { mechanism, name: name.to_owned(), password: password.to_owned(), said: None }
    }

    /// What it is called.
    pub fn mechanism(&self) -> &'static str {
        self.mechanism.as_str()
    }

    /// What the broker says to the next message.
    pub fn answer(&mut self, message: &[u8]) -> Verdict {
        let text = String::from_utf8(message.to_vec()).unwrap();
        match (self.mechanism, self.said.take()) {
            (Mechanism::Plain, _) if text == format!("\0{}\0{}", self.name, self.password) => {
                Verdict::Known(Vec::new())
            }
            (Mechanism::Plain, _) => Verdict::Unknown,
            (_, None) => self.begin(&text),
            (_, Some((theirs, ours))) => self.end(&text, &theirs, &ours),
        }
    }

    /// Tells the salt to somebody who names the name.
    fn begin(&mut self, message: &str) -> Verdict {
        let bare = message.strip_prefix("n,,").unwrap();
        let Some(nonce) = bare.strip_prefix(&format!("n={},r=", self.name)) else { return Verdict::Unknown };
        let ours = format!("r={nonce}-of-both,s={},i={ROUNDS}", STANDARD.encode_to_string(SALT));
        self.said = Some((bare.to_owned(), ours.clone()));
        Verdict::GoOn(ours.into_bytes())
    }

    /// Looks whether the proof could be made, and shows that the broker could, too.
    fn end(&self, message: &str, theirs: &str, ours: &str) -> Verdict {
        let (unproved, proof) = message.rsplit_once(",p=").unwrap();
        let nonce = ours.split(',').next().unwrap();
        if unproved != format!("c=biws,{nonce}") {
            return Verdict::Unknown;
        }
        let said = format!("{theirs},{ours},{unproved}");
        let salted = self.salted();
        let stored = self.hash(&self.sign(&salted, b"Client Key"));
        let signature = self.sign(&stored, said.as_bytes());
        let proof = STANDARD.decode_to_vec(proof).unwrap();
        let key: Vec<u8> = proof.iter().zip(&signature).map(|(proof, signature)| proof ^ signature).collect();
        if proof.len() != signature.len() || self.hash(&key) != stored {
            return Verdict::Unknown;
        }
        let shown = self.sign(&self.sign(&salted, b"Server Key"), said.as_bytes());
        Verdict::Known(format!("v={}", STANDARD.encode_to_string(shown)).into_bytes())
    }

    fn salted(&self) -> Vec<u8> {
        let (algorithm, length) = match self.mechanism {
            Mechanism::ScramSha512 => (pbkdf2::PBKDF2_HMAC_SHA512, 64),
            Mechanism::Plain | Mechanism::ScramSha256 => (pbkdf2::PBKDF2_HMAC_SHA256, 32),
        };
        let mut salted = vec![0; length];
        pbkdf2::derive(algorithm, ROUNDS, SALT, self.password.as_bytes(), &mut salted);
        salted
    }

    fn sign(&self, key: &[u8], text: &[u8]) -> Vec<u8> {
        let algorithm = match self.mechanism {
            Mechanism::ScramSha512 => hmac::HMAC_SHA512,
            Mechanism::Plain | Mechanism::ScramSha256 => hmac::HMAC_SHA256,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), text).as_ref().to_vec()
    }

    fn hash(&self, text: &[u8]) -> Vec<u8> {
        let algorithm = match self.mechanism {
            Mechanism::ScramSha512 => &digest::SHA512,
            Mechanism::Plain | Mechanism::ScramSha256 => &digest::SHA256,
        };
        digest::digest(algorithm, text).as_ref().to_vec()
    }
}
