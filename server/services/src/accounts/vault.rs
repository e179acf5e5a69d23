//! Seals secrets that have to be read again, so that a copy of the database does not give them away.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use sha2::{Digest, Sha256};

use crate::{Result, ServiceError};

/// Seals and opens with one key (AES-256-GCM), and signs with another (HMAC-SHA-256); cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    sealing: RandomizedNonceKey,
    signing: hmac::Key,
}

impl Vault {
    /// A vault whose key is made of a secret text; the same text opens what was sealed before.
    pub fn new(secret: &str) -> Result<Self> {
        let made_for = |use_of: &str| Sha256::new().chain_update(use_of).chain_update(secret).finalize();
        let sealing = RandomizedNonceKey::new(&AES_256_GCM, &made_for("catalogue vault 1\n"));
        let sealing = sealing.map_err(|_| broken("has no key"))?;
        let signing = hmac::Key::new(hmac::HMAC_SHA256, &made_for("catalogue signatures 1\n"));
        Ok(Self(Arc::new(Keys { sealing, signing })))
    }

    /// What nobody without the key can make of a text, in hexadecimal digits: the same each time, and another for each
    /// purpose.
    pub(crate) fn sign(&self, purpose: &str, text: &str) -> String {
        hex::encode(hmac::sign(&self.0.signing, format!("{purpose}\n{text}").as_bytes()))
    }

    /// Whether this is the signature of a text, compared in the same time whatever it is.
    pub(crate) fn is_signed(&self, purpose: &str, text: &str, signature: &str) -> bool {
        let signed = |bytes: Vec<u8>| hmac::verify(&self.0.signing, format!("{purpose}\n{text}").as_bytes(), &bytes);
        hex::decode(signature).is_ok_and(|bytes| signed(bytes).is_ok())
    }

    /// Seals a text of `owner`; only for the same owner it can be opened again.
    pub(crate) fn seal(&self, owner: &str, text: &str) -> Result<String> {
        let mut bytes = text.as_bytes().to_vec();
        let nonce =
            self.0.sealing.seal_in_place_append_tag(Aad::from(owner), &mut bytes).map_err(|_| broken("cannot seal"))?;
        Ok(format!("{}{}", hex::encode(nonce.as_ref()), hex::encode(bytes)))
    }

    /// Opens what was sealed for `owner`.
    pub(crate) fn open(&self, owner: &str, sealed: &str) -> Result<String> {
        let cannot = || broken("cannot open what was sealed: was SECRET_KEY or the key file in DATA_DIR changed?");
        let mut bytes = hex::decode(sealed).map_err(|_| cannot())?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN).ok_or_else(cannot)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| cannot())?;
        let text = self.0.sealing.open_in_place(nonce, Aad::from(owner), sealed).map_err(|_| cannot())?;
        String::from_utf8(text.to_vec()).map_err(|_| cannot())
    }
}

fn broken(what: &str) -> ServiceError {
    ServiceError::Internal(format!("the vault {what}"))
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_with_the_same_key_opens_it() {
        let vault = Vault::new("a secret of the site").unwrap();
        let sealed = vault.seal("ann", "JBSWY3DP").unwrap();
        assert!(!sealed.contains("JBSWY3DP"));
        assert_ne!(sealed, vault.seal("ann", "JBSWY3DP").unwrap());
        assert_eq!(Vault::new("a secret of the site").unwrap().open("ann", &sealed).unwrap(), "JBSWY3DP");
        assert!(vault.open("bob", &sealed).is_err());
        assert!(Vault::new("another secret").unwrap().open("ann", &sealed).is_err());
        assert!(vault.open("ann", &sealed[2..]).is_err());
        assert!(vault.open("ann", "00").is_err());
    }

    #[test]
    fn a_signature_holds_for_its_purpose_and_text_alone() {
        let vault = Vault::new("a secret of the site").unwrap();
        let signature = vault.sign("confirm", "s-1");
        assert_eq!(signature, Vault::new("a secret of the site").unwrap().sign("confirm", "s-1"));
        assert!(vault.is_signed("confirm", "s-1", &signature));
        assert!(!vault.is_signed("manage", "s-1", &signature) && !vault.is_signed("confirm", "s-2", &signature));
        assert!(!Vault::new("another secret").unwrap().is_signed("confirm", "s-1", &signature));
        for wrong in ["", "00", "no hex", &signature[2..]] {
            assert!(!vault.is_signed("confirm", "s-1", wrong), "{wrong}");
        }
    }
}
