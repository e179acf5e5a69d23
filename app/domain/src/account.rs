//! What somebody sees of their own account: ways to sign in, second factor and sessions.

use chrono::{DateTime, Utc};
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
}

/// Somebody's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// The address to sign in with.
    pub email: String,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// The second factor that is asked for at sign-in.
    pub second_factor: Option<SecondFactorSight>,
    /// Where the person is signed in, last seen first.
    pub sessions: Vec<SessionSight>,
}

/// A second factor as its owner sees it; its secret is never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorSight {
    /// Since when it is asked for.
    pub since: DateTime<Utc>,
    /// How many recovery codes are left.
    pub codes_left: u64,
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
