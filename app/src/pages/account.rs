//! Signing in, and the account of the person signed in.

mod activity;
mod first_time;
mod forgotten;
mod frame;
mod inbox;
mod notifications;
mod overview;
mod parts;
mod passkeys;
mod second_factor;
mod second_step;
mod security;
mod sign_in;
mod tokens;

pub use activity::Activity;
pub use first_time::FirstTime;
pub use forgotten::{Forgotten, Reset};
pub use inbox::NotificationInbox;
pub use notifications::NotificationChoices;
pub use overview::Account;
pub use second_factor::{RecoveryCodes, SecondFactor};
pub use second_step::SecondStep;
pub use sign_in::SignIn;
pub use tokens::Tokens;
