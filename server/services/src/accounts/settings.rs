//! What accounts need to be told once, at start.

use domain::account::WaysIn;
use domain::policy::{Grant, Role};
use integrations::mail::Mailer;
use integrations::openid::Provider;

use super::relying_party::RelyingParty;
use super::vault::Vault;
use crate::Services;

/// How people may sign in, and what letters to them say.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// What the site is called.
    pub site_name: String,
    /// The site's address, without a slash at the end.
    pub public_url: String,
    /// Sends letters, where a mail server is configured.
    pub mailer: Option<Mailer>,
    /// The OpenID provider, where one is configured.
    pub provider: Option<SignInProvider>,
    /// The site as passkeys know it, where its address lets it offer them.
    pub passkeys: Option<RelyingParty>,
    /// The roles whose holders need a second factor.
    pub second_factor_roles: Vec<Role>,
    /// For how many days a device can be remembered at the second step; 0 where none can.
    pub remember_device_days: u32,
    /// Whether this is a demonstration, whose people sign in with a password that was printed.
    pub demo: bool,
    /// Seals what the database may not show.
    pub vault: Vault,
}

/// An OpenID provider and what its groups may do here.
#[derive(Clone, Debug)]
pub struct SignInProvider {
    /// What people call it.
    pub name: String,
    /// The provider itself.
    pub openid: Provider,
    /// The role that each group brings.
    pub roles: Vec<(String, Role)>,
}

impl SignInProvider {
    /// What somebody in these groups may do.
    #[must_use]
    pub fn grants_of(&self, groups: &[String]) -> Vec<Grant> {
        let mut grants: Vec<Grant> = Vec::new();
        for (group, role) in &self.roles {
            let grant = Grant::of(*role);
            if groups.contains(group) && !grants.contains(&grant) {
                grants.push(grant);
            }
        }
        grants
    }
}

/// The ways to sign in besides a password, and for how long a device can be remembered.
#[must_use]
pub fn ways_in(services: &Services) -> WaysIn {
    WaysIn {
        provider: services.accounts.provider.as_ref().map(|provider| provider.name.clone()),
        by_mail: services.accounts.mailer.is_some(),
        remember_days: services.accounts.remember_device_days,
        demo: services.accounts.demo,
    }
}
