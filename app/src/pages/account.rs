//! Signing in, and the account of the person signed in.

mod forgotten;
mod frame;
mod overview;
mod second_factor;
mod second_step;
mod security;
mod sign_in;

pub use forgotten::{Forgotten, Reset};
pub use overview::Account;
pub use second_factor::{RecoveryCodes, SecondFactor};
pub use second_step::SecondStep;
pub use sign_in::SignIn;
