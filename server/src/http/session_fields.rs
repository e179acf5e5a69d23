//! What a session holds, by name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The name of the cookie that holds the id of a session.
pub const SESSION_COOKIE: &str = "catalogue_session";
/// Who is signed in.
pub const USER_ID: &str = "user_id";
/// When they signed in.
pub const SIGNED_IN_AT: &str = "signed_in_at";
/// When the session was last used, to the minute.
pub const LAST_SEEN: &str = "last_seen";
/// The browser that signed in.
pub const BROWSER: &str = "browser";
/// The address that it signed in from.
pub const ADDRESS: &str = "address";
/// What a form left for the next page.
pub const FLASH: &str = "flash";
/// A form that was sent when its session had ended.
pub const KEPT: &str = "kept_form";
/// Who has taken the first step of signing in, as [`Pending`].
pub const PENDING: &str = "pending";
/// The OpenID provider's token of who is signed in.
pub const ID_TOKEN: &str = "id_token";
/// The same after signing out here, for signing out there.
pub const SIGN_OUT: &str = "sign_out";
/// A sign-in under way at the OpenID provider.
pub const AT_PROVIDER: &str = "at_provider";

/// What is kept of a question to somebody's passkeys until it is answered.
pub const PASSKEY: &str = "passkey";

/// Somebody between the first and the second step of signing in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// Who.
    pub user_id: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// How long somebody may take between two steps of signing in.
pub const PATIENCE: chrono::TimeDelta = chrono::TimeDelta::minutes(10);
