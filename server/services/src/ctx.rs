//! Who asks, when, from where, through what, and under which request.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::actor::Caller;
use domain::event::{Via, ViaKind};
use domain::policy::{Permission, Reach};
use domain::refusal::Refusal;
use sha2::{Digest, Sha256};

/// The first argument of every use case.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who asks; `None` is the public.
    pub caller: Option<Caller>,
    /// The time of the request.
    pub now: DateTime<Utc>,
    /// The request's id, for records and logs.
    pub request_id: String,
    /// The address that the request came from, as far as it is known.
    pub client: Option<IpAddr>,
    /// The session or token that it came through.
    pub via: Option<Via>,
    /// The import that it is a part of: what is done is kept with that, so that it can be taken back.
    pub import: Option<String>,
}

impl Ctx {
    /// A context of the system itself.
    #[must_use]
    pub fn system(name: &str, now: DateTime<Utc>) -> Self {
        let request_id = format!("{name}-{}", now.timestamp_micros());
        Self { caller: Some(Caller::system(name)), now, request_id, client: None, via: None, import: None }
    }

    /// A context of the public.
    #[must_use]
    pub const fn public(now: DateTime<Utc>, request_id: String) -> Self {
        Self { caller: None, now, request_id, client: None, via: None, import: None }
    }

    /// The caller, or the refusal for nobody.
    pub fn caller(&self) -> Result<&Caller, Refusal> {
        self.caller.as_ref().ok_or(Refusal::Unauthenticated)
    }

    /// The caller if some grant holds the permission.
    pub fn caller_with(&self, permission: Permission) -> Result<&Caller, Refusal> {
        let caller = self.caller()?;
        if caller.may(permission) { Ok(caller) } else { Err(forbidden(permission)) }
    }

    /// Whether it came through a token, ours or one of the sign-in service, which is no way to what is a person's own alone.
    #[must_use]
    pub fn is_through_token(&self) -> bool {
        self.via.as_ref().is_some_and(|via| matches!(via.kind, ViaKind::Token | ViaKind::Jwt))
    }

    /// How far the caller sees unpublished datasets, with what is shared with its teams.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.caller.as_ref().map_or(Reach::PublishedOnly, Caller::sees)
    }
}

/// What counts as one client: an IPv4 address, or the /64 network of an IPv6 one, all of which one subscriber has.
#[must_use]
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What a secret is known by in records and lists: the beginning of its SHA-256, from which nobody gets back to it.
#[must_use]
pub fn fingerprint(secret: &str) -> String {
    let mut hash = hex::encode(Sha256::digest(secret));
    hash.truncate(16);
    hash
}

/// The refusal for a missing permission.
#[must_use]
pub fn forbidden(permission: Permission) -> Refusal {
    Refusal::Forbidden { permission: permission.as_str().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_token_it_is_is_no_way_to_what_is_ones_own() {
        let through = |via| Ctx { via, ..Ctx::public(DateTime::UNIX_EPOCH, String::new()) }.is_through_token();
        assert!(through(Some(Via::token("t"))) && through(Some(Via::jwt("j"))));
        assert!(!through(Some(Via::session("s"))) && !through(None));
    }

    #[test]
    fn addresses_of_one_subscriber_count_as_one() {
        let near = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(near("2001:db8::1"), near("2001:db8::ffff:2"));
        assert_ne!(near("2001:db8:0:1::1"), near("2001:db8::1"));
        assert_ne!(near("192.0.2.1"), near("192.0.2.2"));
        assert_eq!(near("::ffff:192.0.2.1"), near("192.0.2.1"));
    }
}
