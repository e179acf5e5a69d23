//! Managing people: who there is, what they may do, and taking it away again.

mod disable;
mod edit;
mod read;
mod sessions;

pub use disable::remove;
pub(crate) use edit::email_taken;
pub use edit::{Details, edit};
pub use read::{Asked, find, has_second_factor, list, me, set_password};
pub use sessions::{SessionSeen, end_sessions, list_sessions};
