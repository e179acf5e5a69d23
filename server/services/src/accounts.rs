//! Accounts, the ways to sign in, and tokens.

mod attempts;
mod authenticate;
mod ceremony;
mod change_password;
mod create_user;
mod devices;
mod forgotten;
mod invitations;
mod kept_forms;
mod letters;
mod one_time_codes;
mod own_sessions;
mod own_tokens;
mod passkey_step;
mod passkeys;
mod password_rules;
mod passwords;
mod provider;
mod relying_party;
mod second_factor;
mod second_step;
mod settings;
mod sign_in;
pub(crate) mod throttle;
mod tokens;
mod vault;

pub use authenticate::{by_bearer, by_user_id};
pub(crate) use authenticate::{environment_actor, hash_of};
pub use ceremony::PasskeyAsked;
pub use change_password::change_password;
pub use create_user::{NewUser, create_user, create_user_unless, list_users, reset_password, save_team, set_passwords};
pub use devices::forget_device;
pub(crate) use devices::forget_devices_of;
pub(crate) use forgotten::send_letter;
pub use forgotten::{ask_for_link, link_is_live, reset_by_link};
pub(crate) use invitations::end_links_of;
pub use invitations::{
    Accepted, accept_invitation, find_invitation, invitation_of, invite, invite_new, open_invitations, welcome,
    withdraw_invitation,
};
pub use kept_forms::{browser_mark, marked_by, open_form, seal_form};
pub(crate) use letters::escaped;
pub(crate) use own_sessions::end_others_of_caller;
pub use own_sessions::{end_all_sessions, end_session, handle_of, own_account};
pub use own_tokens::{NewOwnToken, create_own_token, own_tokens, revoke_own_token};
pub(crate) use own_tokens::{acting_by, end_tokens_of};
pub use passkey_step::{ask_for_passkey, passkey_step, second_step_ways};
pub(crate) use passkeys::take_away;
pub use passkeys::{begin_passkey, finish_passkey, remove_passkey};
pub(crate) use provider::{all_group_grants, group_grants};
pub use provider::{begin_with_provider, finish_with_provider, provider_sign_out};
pub use relying_party::RelyingParty;
pub(crate) use second_factor::is_held_back;
pub use second_factor::{
    begin_second_factor, confirm_second_factor, open_codes, owes_second_factor, remove_second_factor,
    renew_recovery_codes, reset_second_factor, seal_codes, second_factor_set_up,
};
pub use second_step::second_step;
pub use settings::{AccountSettings, SignInProvider, ways_in};
pub use sign_in::{Opening, sign_in, sign_out};
pub(crate) use tokens::secret_bytes;
pub use tokens::{NewToken, create_token, create_token_unless, find_token, list_tokens, revoke_token};
pub use vault::Vault;

use domain::people::User;

use crate::{Result, Services};

/// The hash of somebody's password, where they have one.
async fn password_of(services: &Services, user: &User) -> Result<Option<String>> {
    let found = persistence::accounts::find_user_by_email(services.db.pool(), &user.email).await?;
    Ok(found.and_then(|(_, hash)| hash))
}
