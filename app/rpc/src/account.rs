//! Signing in and out, and one's own account.

mod change_password;
mod dashboard;
mod forgotten;
mod own_account;
mod reset;
mod second_factor;
mod second_step;
mod sessions;
mod sign_in;
mod sign_out;

pub use change_password::{ChangePassword, change_password};
pub use dashboard::{Dashboard, dashboard};
pub use forgotten::{Forgotten, forgotten};
pub use own_account::{OwnAccount, WaysIn, own_account, ways_in};
pub use reset::{LinkIsLive, Reset, link_is_live, reset};
pub use second_factor::{
    BeginSecondFactor, ConfirmSecondFactor, RecoveryCodes, RemoveSecondFactor, RenewRecoveryCodes, SecondFactorSetUp,
    begin_second_factor, confirm_second_factor, recovery_codes, remove_second_factor, renew_recovery_codes,
    second_factor_set_up,
};
pub use second_step::{SecondStep, second_step};
pub use sessions::{EndAllSessions, EndSession, end_all_sessions, end_session};
pub use sign_in::{SignIn, sign_in};
pub use sign_out::{SignOut, sign_out};
