//! Subscriptions as the office sees them: how many to what, and single ones without the whole address.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Subscription, SubscriptionChannel, SubscriptionStage, Target};
use crate::operations::ReceiverSight;
use crate::page::Page;

/// How many subscriptions there are to one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetCounts {
    /// Of what they tell.
    pub target: Target,
    /// Letters that are wanted.
    pub letters: u64,
    /// Letters that nobody has confirmed yet.
    pub letters_pending: u64,
    /// Programs that are told.
    pub programs: u64,
    /// Programs whose owner has not confirmed it yet.
    pub programs_pending: u64,
}

impl TargetCounts {
    /// All of them.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.letters + self.letters_pending + self.programs + self.programs_pending
    }
}

/// Counts by target, the most wanted first; what has ended counts for nothing.
#[must_use]
pub fn by_target(counts: Vec<(Target, SubscriptionChannel, SubscriptionStage, u64)>) -> Vec<TargetCounts> {
    let mut all: Vec<TargetCounts> = Vec::new();
    let mut places: HashMap<Target, usize> = HashMap::new();
    for (target, channel, stage, number) in counts {
        let place = *places.entry(target).or_insert_with_key(|target| {
            let target = target.clone();
            all.push(TargetCounts { target, letters: 0, letters_pending: 0, programs: 0, programs_pending: 0 });
            all.len() - 1
        });
        let one = &mut all[place];
        match (channel, stage) {
            (_, SubscriptionStage::Ended) => {}
            (SubscriptionChannel::Email, SubscriptionStage::Confirmed) => one.letters += number,
            (SubscriptionChannel::Email, SubscriptionStage::Pending) => one.letters_pending += number,
            (SubscriptionChannel::Webhook, SubscriptionStage::Confirmed) => one.programs += number,
            (SubscriptionChannel::Webhook, SubscriptionStage::Pending) => one.programs_pending += number,
        }
    }
    all.retain(|one| one.all() > 0);
    all.sort_by_key(|one| std::cmp::Reverse(one.all()));
    all
}

/// How many there are to whatever it be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionTotals {
    /// Letters that are wanted.
    pub letters: u64,
    /// Programs that are told.
    pub programs: u64,
    /// What nobody has confirmed yet.
    pub pending: u64,
}

impl SubscriptionTotals {
    /// The sums of these.
    #[must_use]
    pub fn of(targets: &[TargetCounts]) -> Self {
        targets.iter().fold(Self::default(), |sum, one| Self {
            letters: sum.letters + one.letters,
            programs: sum.programs + one.programs,
            pending: sum.pending + one.letters_pending + one.programs_pending,
        })
    }
}

/// A subscription without the whole address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedSubscription {
    /// Its id.
    pub id: String,
    /// Of what it tells.
    pub target: Target,
    /// How.
    pub channel: SubscriptionChannel,
    /// Enough of its address to know it again.
    pub address: String,
    /// Whether it is confirmed.
    pub confirmed: bool,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

impl From<Subscription> for WatchedSubscription {
    fn from(whole: Subscription) -> Self {
        Self {
            address: masked(&whole.address),
            confirmed: whole.state.stage() == SubscriptionStage::Confirmed,
            id: whole.id,
            target: whole.target,
            channel: whole.channel,
            created_at: whole.created_at,
        }
    }
}

/// An address of which only its first letter and its host are left.
#[must_use]
pub fn masked(address: &str) -> String {
    if let Some((scheme, rest)) = address.split_once("://") {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        return format!("{scheme}://{host}/…");
    }
    match address.rsplit_once('@') {
        Some((name, host)) => format!("{}…@{host}", name.chars().next().map(String::from).unwrap_or_default()),
        None => "…".to_owned(),
    }
}

/// What is asked of the list, as it stands in an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribersAsked {
    /// `pending` or `confirmed`.
    #[serde(default)]
    pub state: String,
    /// `dataset`, `topic` or `everything`.
    #[serde(default)]
    pub kind: String,
    /// The slug of the dataset or topic.
    #[serde(default)]
    pub of: String,
}

/// The subscriptions of the public, as the office sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriberDesk {
    /// How many there are, to everything.
    pub totals: SubscriptionTotals,
    /// How many to what, the most wanted first and not more than a page can show.
    pub targets: Vec<TargetCounts>,
    /// A page of those that fit, newest first.
    pub found: Page<WatchedSubscription>,
    /// What is owed to subscribers, and what was given up.
    pub deliveries: Vec<ReceiverSight>,
    /// How many webhooks the office itself has.
    pub webhooks: u64,
    /// Whether letters can be sent at all.
    pub by_mail: bool,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_people_are_not_shown_whole() {
        for (address, shown) in [
            ("reader@example.org", "r…@example.org"),
            ("Ünal@example.org", "Ü…@example.org"),
            ("@example.org", "…@example.org"),
            ("", "…"),
            ("https://user:pass@hooks.example.org:8443/path?token=x", "https://hooks.example.org:8443/…"),
        ] {
            assert_eq!(masked(address), shown);
        }
    }

    #[test]
    fn targets_are_counted_the_most_wanted_first() {
        use SubscriptionChannel::{Email, Webhook};
        use SubscriptionStage::{Confirmed, Ended, Pending};
        let cpi = || Target::Dataset("cpi".into());
        let counted = by_target(vec![
            (Target::Everything, Email, Ended, 9),
            (Target::Topic("prices".into()), Email, Confirmed, 2),
            (cpi(), Email, Confirmed, 3),
            (cpi(), Email, Pending, 1),
            (cpi(), Webhook, Confirmed, 4),
        ]);
        let named: Vec<_> = counted.iter().map(|one| (one.target.id(), one.all())).collect();
        assert_eq!(named, [("cpi", 8), ("prices", 2)]);
        assert_eq!((counted[0].letters, counted[0].letters_pending, counted[0].programs), (3, 1, 4));
        assert_eq!(SubscriptionTotals::of(&counted), SubscriptionTotals { letters: 5, programs: 4, pending: 1 });
    }
}
