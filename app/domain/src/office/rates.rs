//! How often who may ask: as the environment says, and as an operator changes it while the catalogue runs.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::SessionLimits;
use crate::refusal::FieldProblem;

/// The most requests a minute that can be said anywhere.
pub const MOST_A_MINUTE: u32 = 10_000_000;
/// The fewest from one address or with one token or session: enough to look at the page of the limits and change them back.
const FEWEST: u32 = 60;
/// The fewest tries to sign in from one address, since many people may have one.
const FEWEST_SIGN_IN: u32 = 5;
/// The fewest searches from one address.
const FEWEST_SEARCHES: u32 = 10;

/// How many requests a minute are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateQuotas {
    /// From one address.
    pub address: u32,
    /// With one token or session.
    pub caller: u32,
    /// Tries to sign in from one address.
    pub sign_in: u32,
    /// Searches from one address.
    pub search: u32,
}

impl RateQuotas {
    /// Each quota with the name of its field.
    #[must_use]
    pub const fn named(self) -> [(&'static str, u32); 4] {
        [("address", self.address), ("caller", self.caller), ("sign_in", self.sign_in), ("search", self.search)]
    }

    /// How many each may be where the environment says these: never so few that nobody could work, unless it says fewer itself,
    /// and of tries to sign in never more than it says, since they keep passwords from being guessed.
    #[must_use]
    pub fn bounds(self) -> [RangeInclusive<u32>; 4] {
        [
            FEWEST.min(self.address)..=MOST_A_MINUTE,
            FEWEST.min(self.caller)..=MOST_A_MINUTE,
            FEWEST_SIGN_IN.min(self.sign_in)..=self.sign_in,
            FEWEST_SEARCHES.min(self.search)..=MOST_A_MINUTE,
        ]
    }

    /// Everything that is wrong with these where the environment says those.
    pub(super) fn problems(self, environment: Self) -> Vec<FieldProblem> {
        let each = self.named().into_iter().zip(environment.bounds());
        let wrong = each.filter(|((_, quota), allowed)| !allowed.contains(quota));
        wrong
            .map(|((field, _), allowed)| {
                let (least, most) = allowed.into_inner();
                let why = if most < MOST_A_MINUTE { "; the environment allows no more" } else { "" };
                FieldProblem::new(field, "out_of_range", format!("Give {least} to {most} requests a minute{why}."))
            })
            .collect()
    }

    /// What is in force where the environment says these and an operator has set others: where the environment was changed
    /// since, still no more tries to sign in than it says, and never nothing at all.
    #[must_use]
    pub fn under(self, set: Option<Self>) -> Self {
        set.map_or(self, |set| Self {
            address: set.address.max(1),
            caller: set.caller.max(1),
            sign_in: set.sign_in.clamp(1, self.sign_in.max(1)),
            search: set.search.max(1),
        })
    }
}

/// What the environment says of settings that can be changed while the catalogue runs: their defaults, and for some the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvironmentLimits {
    /// When sessions end.
    pub sessions: SessionLimits,
    /// How often who may ask.
    pub rates: RateQuotas,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVIRONMENT: RateQuotas = RateQuotas { address: 30_000, caller: 30_000, sign_in: 120, search: 12_000 };

    fn fields(quotas: RateQuotas, environment: RateQuotas) -> Vec<String> {
        quotas.problems(environment).into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn no_limit_locks_everybody_out_and_signing_in_is_never_easier_than_the_environment_says() {
        let of = |address, caller, sign_in, search| RateQuotas { address, caller, sign_in, search };
        assert_eq!(fields(of(60, 60, 5, 10), ENVIRONMENT), Vec::<String>::new());
        assert_eq!(fields(of(MOST_A_MINUTE, MOST_A_MINUTE, 120, MOST_A_MINUTE), ENVIRONMENT), Vec::<String>::new());
        assert_eq!(fields(of(59, 0, 4, 9), ENVIRONMENT), ["address", "caller", "sign_in", "search"]);
        let more = MOST_A_MINUTE + 1;
        assert_eq!(fields(of(more, more, 121, more), ENVIRONMENT), ["address", "caller", "sign_in", "search"]);
        let said: Vec<String> =
            of(59, 60, 121, 10).problems(ENVIRONMENT).into_iter().map(|problem| problem.message).collect();
        assert_eq!(
            said,
            [
                "Give 60 to 10000000 requests a minute.",
                "Give 5 to 120 requests a minute; the environment allows no more."
            ]
        );
        // An environment that says less than that can be gone back to.
        let few = of(3, 2, 1, 1);
        assert_eq!(fields(few, few), Vec::<String>::new());
        assert_eq!(fields(of(2, 2, 1, 1), few), ["address"]);
    }

    #[test]
    fn what_was_set_holds_under_what_the_environment_says_now() {
        let set = RateQuotas { address: 100, caller: 40_000, sign_in: 60, search: 20 };
        assert_eq!(ENVIRONMENT.under(None), ENVIRONMENT);
        assert_eq!(ENVIRONMENT.under(Some(set)), set);
        let stricter = RateQuotas { sign_in: 10, ..ENVIRONMENT };
        assert_eq!(stricter.under(Some(set)), RateQuotas { sign_in: 10, ..set });
        let nothing = RateQuotas { address: 0, caller: 0, sign_in: 0, search: 0 };
        assert_eq!(ENVIRONMENT.under(Some(nothing)), RateQuotas { address: 1, caller: 1, sign_in: 1, search: 1 });
    }
}
