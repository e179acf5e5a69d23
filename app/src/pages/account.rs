//! Signing in, and the account of the person signed in.

mod overview;
mod sign_in;

pub use overview::Account;
pub use sign_in::SignIn;
