//! Signing in and out, and one's own account.

mod activity;
mod change_password;
mod dashboard;
mod first_time;
mod forgotten;
mod notifications;
mod own_account;
mod reset;
mod second_factor;
mod second_step;
mod sessions;
mod sign_in;
mod sign_out;
mod tokens;

pub use activity::{OwnActivity, own_activity};
pub use change_password::{ChangePassword, change_password};
pub use dashboard::{Dashboard, dashboard};
pub use first_time::{FirstTime, FirstTimeWelcome, first_time, first_time_welcome};
pub use forgotten::{Forgotten, forgotten};
pub use notifications::{
    ChooseNotifications, MarkAllRead, MarkRead, NotificationChoices, NotificationInbox, choose_notifications,
    mark_all_read, mark_read, notification_choices, notification_inbox,
};
pub use own_account::{OwnAccount, WaysIn, own_account, ways_in};
pub use reset::{LinkIsLive, Reset, link_is_live, reset};
pub use second_factor::{
    BeginSecondFactor, ConfirmSecondFactor, RecoveryCodes, RemovePasskey, RemoveSecondFactor, RenewRecoveryCodes,
    SecondFactorSetUp, begin_second_factor, confirm_second_factor, recovery_codes, remove_passkey,
    remove_second_factor, renew_recovery_codes, second_factor_set_up,
};
#[cfg(not(target_family = "wasm"))]
pub use second_factor::{CODES_PAGE, shown_codes};
pub use second_step::{SecondStep, SecondStepWays, second_step, second_step_ways};
pub use sessions::{EndAllSessions, EndSession, ForgetDevice, end_all_sessions, end_session, forget_device};
pub use sign_in::{SignIn, sign_in};
pub use sign_out::{SignOut, sign_out};
pub use tokens::{CreateOwnToken, OwnTokens, RevokeOwnToken, create_own_token, own_tokens, revoke_own_token};
