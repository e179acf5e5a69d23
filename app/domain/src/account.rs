//! What somebody sees of their own account: ways to sign in, second factors, sessions and remembered devices.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::people::ServiceToken;
use crate::policy::Grant;
use crate::topic::Department;

/// The ways to sign in besides a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysIn {
    /// The name of the OpenID provider, where there is one.
    pub provider: Option<String>,
    /// Whether a forgotten password can be replaced through a letter.
    pub by_mail: bool,
    /// For how many days a device can be remembered at the second step; 0 where none can.
    pub remember_days: u32,
    /// Whether this is a demonstration, whose people sign in with a password that was printed.
    pub demo: bool,
}

/// Somebody's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// The address to sign in with.
    pub email: String,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// The authenticator app that is asked for at sign-in.
    pub second_factor: Option<SecondFactorSight>,
    /// The passkeys that may be shown in its place, the newest first.
    pub passkeys: Vec<Passkey>,
    /// Whether one can be added: browsers know them at a domain name by TLS alone.
    pub offers_passkeys: bool,
    /// How many recovery codes are left.
    pub codes_left: u64,
    /// Where the person is signed in, last seen first.
    pub sessions: Vec<SessionSight>,
    /// Where the second factor is not asked for, the newest first; each ends when it does by now.
    pub devices: Vec<RememberedDevice>,
    /// What they or a team of theirs was granted for a time that is over.
    pub ended: Vec<Grant>,
}

/// An authenticator app as its owner sees it; its secret is never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorSight {
    /// Since when it is asked for.
    pub since: DateTime<Utc>,
}

/// A passkey as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its id.
    pub id: String,
    /// Who signs in with it.
    pub user_id: String,
    /// What its owner calls it, such as `Blue key`.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last shown.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// By what somebody who has taken the first step of signing in may take the second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondStepWays {
    /// Whether by a code of an authenticator app.
    pub app: bool,
    /// Whether by a passkey.
    pub passkey: bool,
    /// For how many days the device can be remembered; 0 where none can.
    pub remember_days: u32,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSight {
    /// Names the session without giving it away.
    pub handle: String,
    /// The browser and system, such as `Firefox on Linux`.
    pub browser: String,
    /// The client's address.
    pub address: String,
    /// When the person signed in.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A device on which somebody who gives the right password is not asked for the second factor for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedDevice {
    /// Its id; what the device shows is another text, of which only a hash is kept.
    pub id: String,
    /// Whose second factor is not asked for.
    pub user_id: String,
    /// The browser and system, such as `Firefox on Linux`.
    pub browser: String,
    /// When the person had it remembered.
    pub created_at: DateTime<Utc>,
    /// When its time is over.
    pub expires_at: DateTime<Utc>,
    /// When it last stood in for the second factor.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl RememberedDevice {
    /// A device that is remembered from now on for so many days.
    #[must_use]
    pub fn new(id: String, user_id: &str, browser: &str, days: u32, now: DateTime<Utc>) -> Self {
        Self {
            id,
            user_id: user_id.to_owned(),
            browser: browser.to_owned(),
            created_at: now,
            expires_at: now + TimeDelta::days(i64::from(days)),
            last_used_at: None,
        }
    }

    /// The same as it holds where devices are remembered for so many days by now: whoever shortens that shortens it for those that
    /// are remembered, too, and nobody makes it longer for them.
    #[must_use]
    pub fn under(self, days: u32) -> Self {
        let expires_at = self.expires_at.min(self.created_at + TimeDelta::days(i64::from(days)));
        Self { expires_at, ..self }
    }

    /// Whether its time is not over yet.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at
    }
}

/// The tokens that somebody made for themselves, and what one more could be made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTokens {
    /// The tokens, the newest first.
    pub tokens: Vec<ServiceToken>,
    /// What the person may do now and after this session, of which a token is given a part.
    pub grants: Vec<Grant>,
    /// Whether the person has a password, which is asked for.
    pub has_password: bool,
    /// What that can be limited to.
    pub departments: Vec<Department>,
    /// The secret of the token just made: shown once.
    pub secret: Option<String>,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

/// What an authenticator app needs to be told, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// The key to type where no picture can be taken: Base32 in groups of four.
    pub key: String,
    /// The picture to take.
    pub picture: QrPicture,
}

/// A QR code as one path of an SVG, four modules of white around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrPicture {
    /// The width and height in modules, the white around included.
    pub size: usize,
    /// The black modules.
    pub path: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_remembered_for_its_days_and_for_fewer_where_that_was_shortened() {
        let made = DateTime::from_timestamp(1_795_000_000, 0).unwrap_or_default();
        let after = |days: i64| made + TimeDelta::days(days);
        let device = RememberedDevice::new("d".to_owned(), "ann", "Firefox on Linux", 30, made);
        assert!(device.is_live(made) && device.is_live(after(30) - TimeDelta::seconds(1)));
        assert!(!device.is_live(after(30)));
        assert_eq!(device.clone().under(30), device);
        assert_eq!(device.clone().under(7).expires_at, after(7));
        assert_eq!(device.clone().under(90).expires_at, after(30), "it is not made longer");
        assert!(!device.under(0).is_live(made), "none is remembered any more");
    }
}
