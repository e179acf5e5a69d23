//! Managing people: who there is, what they may do, and taking it away again.

mod access_review;
mod disable;
mod edit;
mod passkeys;
mod read;
mod sessions;

pub use access_review::{ReviewLine, access_review, last_signed_in};
pub use disable::remove;
pub(crate) use edit::email_taken;
pub use edit::{Details, edit};
pub use passkeys::{list_passkeys, remove_passkey};
pub use read::{Asked, find, has_second_factor, list, me, set_password, sign_in};
pub use sessions::{SessionSeen, end_session, end_sessions, list_sessions, sign_everybody_out};
