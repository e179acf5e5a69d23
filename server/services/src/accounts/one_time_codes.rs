//! Codes of authenticator apps (TOTP, RFC 6238), and the codes that stand in for a lost one.

use chrono::{DateTime, Utc};
use domain::account::{QrPicture, SetUp};
use domain::people::User;
use qrcode::{Color, EcLevel, QrCode};
use rand::{RngCore, TryRngCore};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

use crate::{Result, ServiceError};

/// How many recovery codes somebody gets.
pub(super) const RECOVERY_CODES: usize = 10;
/// The letters and digits of recovery codes: none that look alike, 5 bits each.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
/// White modules around a QR code (ISO/IEC 18004).
const QUIET: usize = 4;

/// A new secret, as Base32.
pub(super) fn new_secret() -> String {
    Secret::generate().to_base32()
}

/// The step of time whose code this is: the present one, the one before or the one after.
pub(super) fn step_of(secret: &str, code: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let totp = Builder::new().with_secret(read(secret)?).build_noncompliant();
    Ok(totp.check(code, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// What an authenticator app needs to be told.
pub(super) fn set_up(site: &str, user: &User, secret: &str) -> Result<SetUp> {
    let plain = |text: &str| text.replace(':', " ");
    let totp: Totp = Builder::new()
        .with_secret(read(secret)?)
        .with_account_name(plain(&user.email))
        .with_issuer(Some(plain(site)))
        .build()
        .map_err(|e| broken(&e.to_string()))?;
    let url = totp.to_url().map_err(|e| broken(&e.to_string()))?;
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(SetUp { key: groups.join(" "), picture: picture(&url)? })
}

/// New recovery codes of 80 bits, as four groups of four.
pub(super) fn new_recovery_codes() -> Vec<String> {
    let mut source = rand::rngs::OsRng.unwrap_err();
    let mut code = || {
        let mut bytes = [0_u8; 16];
        source.fill_bytes(&mut bytes);
        let letters: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        format!("{}-{}-{}-{}", &letters[0..4], &letters[4..8], &letters[8..12], &letters[12..16])
    };
    (0..RECOVERY_CODES).map(|_| code()).collect()
}

/// How a recovery code is kept; signs and capitals make no difference.
pub(super) fn recovery_hash(user_id: &str, code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    hex::encode(Sha256::new().chain_update(user_id).chain_update(":").chain_update(plain).finalize())
}

fn read(secret: &str) -> Result<Secret> {
    Secret::try_from_base32(secret).map_err(|_| broken("the secret cannot be read"))
}

fn picture(text: &str) -> Result<QrPicture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|e| broken(&e.to_string()))?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                path.push_str(&format!("M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len()));
            }
            x += run.len();
        }
    }
    Ok(QrPicture { size: width + 2 * QUIET, path })
}

fn broken(why: &str) -> ServiceError {
    ServiceError::Internal(format!("a second factor: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B, as Base32.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // Appendix B lists eight digits; the last six are ours.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(step_of(SECRET, code, at(seconds)).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_no_more() {
        let code = "005924";
        let step = 1_234_567_890 / 30;
        for (shift, expected) in [(-60, None), (-30, Some(step)), (0, Some(step)), (30, Some(step)), (60, None)] {
            assert_eq!(step_of(SECRET, code, at(1_234_567_890 + shift)).unwrap(), expected, "{shift}");
        }
        for code in ["", "12345", "1234567", "00592x", "００５９２４"] {
            assert_eq!(step_of(SECRET, code, at(1_234_567_890)).unwrap(), None, "{code}");
        }
    }

    #[test]
    fn recovery_codes_differ_and_are_read_as_people_type_them() {
        let codes = new_recovery_codes();
        let distinct: std::collections::BTreeSet<&String> = codes.iter().collect();
        assert_eq!(distinct.len(), RECOVERY_CODES);
        assert!(codes.iter().all(|code| code.len() == 19));
        let hash = recovery_hash("ann", "abcd-efgh-jkmn-pqrs");
        assert_eq!(recovery_hash("ann", " ABCD EFGH JKMN PQRS"), hash);
        assert_ne!(recovery_hash("bob", "abcd-efgh-jkmn-pqrs"), hash);
    }

    #[test]
    fn the_picture_has_its_three_corners_and_the_key_its_groups() {
        let user = User {
            email: "ann@example.org".into(),
            ..serde_json::from_value(serde_json::json!({
                "id": "ann", "email": "", "name": "Ann", "disabled": false, "grants": [],
                "created_at": "2026-03-02T09:30:00Z", "last_edited": "2026-03-02T09:30:00Z", "revision": 1
            }))
            .unwrap()
        };
        let set_up = set_up("A site: ours", &user, SECRET).unwrap();
        assert!(set_up.key.starts_with("GEZD GNBV GY3T"));
        assert_eq!((set_up.picture.size - 8 - 17) % 4, 0);
        assert!(set_up.picture.path.starts_with("M4 4h7v1h-7z"));
    }
}
