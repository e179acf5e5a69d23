//! What stands for subscribers and subscriptions where their addresses and rows must not.
//!
//! All of it is signed with the site's key, so that nothing has to be kept that could be stolen: a token is known by its hash
//! or by its signature.

use domain::subscription::{Subscription, SubscriptionChannel};

use crate::Services;

const SUBSCRIBER: &str = "subscriber";
const CONFIRM: &str = "confirm a subscription";
const MANAGE: &str = "manage a subscription";

/// What a subscriber is known by: the same for all subscriptions of an address.
pub(super) fn subscriber_of(services: &Services, channel: SubscriptionChannel, address: &str) -> String {
    services.accounts.vault.sign(SUBSCRIBER, &format!("{channel} {address}"))
}

/// The same for a subscription that has not ended.
pub(super) fn subscriber(services: &Services, subscription: &Subscription) -> String {
    subscriber_of(services, subscription.channel, &subscription.address)
}

/// The token that confirms a subscription: the same however often it is sent.
pub(super) fn confirmation_token(services: &Services, id: &str) -> String {
    services.accounts.vault.sign(CONFIRM, id)
}

/// What the owner of a subscription shows to read or end it.
#[must_use]
pub fn management_token(services: &Services, id: &str) -> String {
    format!("{id}.{}", services.accounts.vault.sign(MANAGE, id))
}

/// The subscription that a management token belongs to, if it is one.
pub(super) fn managed<'a>(services: &Services, token: &'a str) -> Option<&'a str> {
    let (id, signature) = token.split_once('.')?;
    services.accounts.vault.is_signed(MANAGE, id, signature).then_some(id)
}

/// For whom the secret of a subscription is sealed.
pub(super) fn sealed_for(id: &str) -> String {
    format!("subscription {id}")
}

/// The address of the page on which a subscription is confirmed.
pub(super) fn confirm_link(services: &Services, subscription: &Subscription) -> String {
    let (site, language) = (&services.accounts.public_url, subscription.language.path_prefix());
    format!("{site}{language}/subscribe/confirm?token={}", confirmation_token(services, &subscription.id))
}

/// The address of the page on which a subscription is ended.
pub(super) fn manage_link(services: &Services, subscription: &Subscription) -> String {
    let (site, language) = (&services.accounts.public_url, subscription.language.path_prefix());
    format!("{site}{language}/subscribe/manage?token={}", management_token(services, &subscription.id))
}
