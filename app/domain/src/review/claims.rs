//! Who has taken what waits for review: told to others so that no two do the same, and in nobody's way.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::wire::wire_enum;

/// Something that waits for review, by its kind and id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reviewed {
    /// A version, by its reference.
    Version(String),
    /// A bundle, by its id.
    Bundle(String),
}

impl Reviewed {
    /// Reads what [`Reviewed::key`] writes.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        match key.split_once('/')? {
            (_, "") => None,
            ("version", reference) => Some(Self::Version(reference.to_owned())),
            ("bundle", id) => Some(Self::Bundle(id.to_owned())),
            _ => None,
        }
    }

    /// The word that stands for it in forms and in the database.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Version(reference) => format!("version/{reference}"),
            Self::Bundle(id) => format!("bundle/{id}"),
        }
    }
}

/// That somebody is reviewing something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What.
    pub of: Reviewed,
    /// Who.
    pub by: Actor,
    /// Since when.
    pub since: DateTime<Utc>,
}

wire_enum! {
    /// What of the queue is shown by who reviews it.
    ClaimFilter {
        /// What the viewer has taken.
        Mine => "mine",
        /// What nobody has taken.
        Unclaimed => "unclaimed",
    }
}

/// What the address of the queue says; everything empty asks for all, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewQuery {
    /// `versions`, `bundles`, or `open` for what somebody other than the viewer has to approve; else everything.
    pub show: String,
    /// By who reviews it.
    pub claim: Option<ClaimFilter>,
    /// The newest first rather than the oldest.
    pub newest_first: bool,
}

impl ReviewQuery {
    /// Reads the values of an address, each by its name.
    #[must_use]
    pub fn read(value: impl Fn(&str) -> String) -> Self {
        let show = value("show");
        Self {
            show: if ["versions", "bundles", "open"].contains(&show.as_str()) { show } else { String::new() },
            claim: ClaimFilter::parse(&value("claim")),
            newest_first: value("sort") == "newest",
        }
    }

    /// The address that asks for this.
    #[must_use]
    pub fn address(&self) -> String {
        let show = (!self.show.is_empty()).then(|| format!("show={}", self.show));
        let claim = self.claim.map(|claim| format!("claim={claim}"));
        let sort = self.newest_first.then(|| "sort=newest".to_owned());
        let parts: Vec<String> = [show, claim, sort].into_iter().flatten().collect();
        if parts.is_empty() { "/admin/review".to_owned() } else { format!("/admin/review?{}", parts.join("&")) }
    }

    /// Whether something is shown to `me` that is claimed so, `own` being what the viewer edited last.
    #[must_use]
    pub fn shows(&self, claim: Option<&Claim>, me: &str, own: bool) -> bool {
        let by_claim = match self.claim {
            None => true,
            Some(ClaimFilter::Mine) => claim.is_some_and(|claim| claim.by.id == me),
            Some(ClaimFilter::Unclaimed) => claim.is_none(),
        };
        by_claim && !(own && self.show == "open")
    }
}

/// What became of one of several versions that were to be approved at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedVersion {
    /// Its reference.
    pub reference: String,
    /// The portal's page for it.
    pub page: String,
    /// Why it is not approved; empty where it is.
    pub refused: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reviewed_is_named_by_one_word() {
        for of in [Reviewed::Version("gdp/2026/1".into()), Reviewed::Bundle("b-1".into())] {
            assert_eq!(Reviewed::parse(&of.key()), Some(of));
        }
        for key in ["", "version", "version/", "dataset/gdp"] {
            assert_eq!(Reviewed::parse(key), None, "{key}");
        }
    }

    #[test]
    fn the_address_says_what_is_shown() {
        let all = ReviewQuery::read(|_| "else".into());
        assert_eq!(all.address(), "/admin/review");
        let asked = ReviewQuery { show: "open".into(), claim: Some(ClaimFilter::Mine), newest_first: true };
        assert_eq!(asked.address(), "/admin/review?show=open&claim=mine&sort=newest");
        let claim = |id: &str| Claim {
            of: Reviewed::Bundle("b".into()),
            by: Actor { id: id.into(), ..Actor::system("x") },
            since: DateTime::UNIX_EPOCH,
        };
        let (mine, theirs) = (claim("me"), claim("you"));
        let free = ReviewQuery { claim: Some(ClaimFilter::Unclaimed), ..all.clone() };
        for (query, claimed, own, shown) in [
            (&all, None, true, true),
            (&all, Some(&theirs), false, true),
            (&asked, Some(&mine), false, true),
            (&asked, Some(&mine), true, false),
            (&asked, Some(&theirs), false, false),
            (&asked, None, false, false),
            (&free, None, false, true),
            (&free, Some(&mine), false, false),
        ] {
            assert_eq!(query.shows(claimed, "me", own), shown, "{query:?} {claimed:?}");
        }
    }
}
