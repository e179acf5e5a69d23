//! Signing in and out.

mod dashboard;
mod sign_in;
mod sign_out;

pub use dashboard::{Dashboard, dashboard};
pub use sign_in::{SignIn, sign_in};
pub use sign_out::{SignOut, sign_out};
