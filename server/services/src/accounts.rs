//! Accounts, sign-in and tokens.

mod attempts;
mod authenticate;
mod create_user;
mod passwords;
mod sign_in;
mod tokens;

pub use attempts::sign_out;
pub(crate) use authenticate::environment_actor;
pub use authenticate::{by_bearer, by_user_id};
pub use create_user::{NewUser, create_user, list_users, reset_password, save_team, set_passwords};
pub use sign_in::sign_in;
pub use tokens::{NewToken, create_token, revoke_token};
