//! Subscriptions of the public: who asked to be told of publications, of what, and whether they have confirmed it.

mod watched;

pub use watched::{
    SubscriberDesk, SubscribersAsked, SubscriptionTotals, TargetCounts, WatchedSubscription, by_target, masked,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::catalogue::{LONGEST_KEPT, SearchQuery};
use crate::language::Language;
use crate::topic::{Topic, ancestors};
use crate::wire::wire_enum;

/// So many searches one subscriber is told of at most, since each is asked at every publication.
pub const MOST_SEARCHES: usize = 50;
/// By what a refusal says that a subscriber has that many.
pub const TOO_MANY_SEARCHES: &str = "too_many_searches";
/// How long somebody has to confirm that the address is theirs; after that nothing of it is kept.
pub const TO_CONFIRM: TimeDelta = TimeDelta::hours(48);

wire_enum! {
    /// The way in which a subscriber is told.
    SubscriptionChannel {
        /// By a letter.
        Email => "email",
        /// By a signed message to a program.
        Webhook => "webhook",
    }
}

wire_enum! {
    /// What a subscription is about.
    TargetKind {
        /// One dataset.
        Dataset => "dataset",
        /// A topic with those below it.
        Topic => "topic",
        /// Whatever a search finds.
        Search => "search",
        /// Whatever is published.
        Everything => "everything",
    }
}

/// What a subscriber wants to be told of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Target {
    /// The dataset of this slug.
    Dataset(String),
    /// The topic of this slug and all topics below it.
    Topic(String),
    /// What a search finds; its words and filters as they stand in an address ([`SearchQuery::kept`]).
    Search(String),
    /// Every publication.
    Everything,
}

impl Target {
    /// The sort of it.
    #[must_use]
    pub const fn kind(&self) -> TargetKind {
        match self {
            Self::Dataset(_) => TargetKind::Dataset,
            Self::Topic(_) => TargetKind::Topic,
            Self::Search(_) => TargetKind::Search,
            Self::Everything => TargetKind::Everything,
        }
    }

    /// The slug, or what is searched for; empty for everything.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Dataset(id) | Self::Topic(id) | Self::Search(id) => id,
            Self::Everything => "",
        }
    }

    /// What the search of an address finds; none where it asks for nothing in particular or is too long to be kept.
    #[must_use]
    pub fn of_search(query: &str) -> Option<Self> {
        let kept = SearchQuery::of_address(query).kept();
        (!kept.is_empty() && kept.len() <= LONGEST_KEPT).then_some(Self::Search(kept))
    }

    /// The target of a sort and a slug.
    #[must_use]
    pub fn of(kind: TargetKind, id: &str) -> Self {
        match kind {
            TargetKind::Dataset => Self::Dataset(id.to_owned()),
            TargetKind::Topic => Self::Topic(id.to_owned()),
            TargetKind::Search => Self::Search(id.to_owned()),
            TargetKind::Everything => Self::Everything,
        }
    }

    /// Whether a dataset that carries these topics is meant. What a search finds the index alone can tell: here it is nothing.
    #[must_use]
    pub fn covers(&self, dataset: &str, carried: &[String], taxonomy: &[Topic]) -> bool {
        match self {
            Self::Everything => true,
            Self::Search(_) => false,
            Self::Dataset(id) => id == dataset,
            Self::Topic(id) => with_ancestors(carried, taxonomy).contains(id),
        }
    }
}

/// Topics and all topics above them.
#[must_use]
pub fn with_ancestors(carried: &[String], taxonomy: &[Topic]) -> Vec<String> {
    let mut all: Vec<String> = carried.to_vec();
    all.extend(carried.iter().flat_map(|id| ancestors(taxonomy, id)).map(|topic| topic.id.clone()));
    all.sort();
    all.dedup();
    all
}

/// How far a subscription has come, with the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscriptionState {
    /// Somebody asked for it; whether the address is theirs is not known yet.
    Pending {
        /// When it is given up.
        expires_at: DateTime<Utc>,
    },
    /// Whoever reads what comes to the address wants it.
    Confirmed {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It is over, and its address is forgotten.
    Ended {
        /// When it ended.
        at: DateTime<Utc>,
    },
}

wire_enum! {
    /// The name of a subscription's state.
    SubscriptionStage {
        /// Waits to be confirmed.
        Pending => "pending",
        /// Is told of publications.
        Confirmed => "confirmed",
        /// Is over.
        Ended => "ended",
    }
}

impl SubscriptionState {
    /// Its name.
    #[must_use]
    pub const fn stage(&self) -> SubscriptionStage {
        match self {
            Self::Pending { .. } => SubscriptionStage::Pending,
            Self::Confirmed { .. } => SubscriptionStage::Confirmed,
            Self::Ended { .. } => SubscriptionStage::Ended,
        }
    }
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// A UUIDv7.
    pub id: String,
    /// Of what it tells.
    pub target: Target,
    /// How.
    pub channel: SubscriptionChannel,
    /// Where to: a mail address or the address of a program; empty once it has ended.
    pub address: String,
    /// In which language letters are written.
    pub language: Language,
    /// How far it has come.
    pub state: SubscriptionState,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

impl Subscription {
    /// Whether it may still be confirmed, read or ended at `now`.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        match self.state {
            SubscriptionState::Pending { expires_at } => now < expires_at,
            SubscriptionState::Confirmed { .. } => true,
            SubscriptionState::Ended { .. } => false,
        }
    }
}

/// A subscription as its owner sees it on a page: no address, since whoever has the link need not see more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    /// What its owner shows to change it.
    pub token: String,
    /// Of what it tells.
    pub target: TargetView,
    /// Whether it is confirmed.
    pub confirmed: bool,
}

/// A target with its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetView {
    /// What it is.
    pub target: Target,
    /// Its English title, or the words that are searched for; empty for everything.
    pub title: String,
    /// Its Welsh title.
    pub title_cy: Option<String>,
    /// The filters of a search.
    pub narrowed: Vec<Narrowing>,
}

/// A value chosen in a filter of a search, with its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrowing {
    /// The filter, by its name in addresses.
    pub filter: String,
    /// The value.
    pub value: String,
    /// What people read for it in English.
    pub label: String,
    /// The same in Welsh, where there is that.
    pub label_cy: Option<String>,
}

/// What the page to subscribe needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribePage {
    /// Of what one would be told.
    pub about: TargetView,
    /// Whether the site sends letters.
    pub by_mail: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(id: &str, parent: Option<&str>) -> Topic {
        Topic { id: id.into(), parent_id: parent.map(Into::into), ..Topic::default() }
    }

    #[test]
    fn a_topic_covers_what_is_filed_below_it_and_nothing_beside() {
        let taxonomy = [topic("economy", None), topic("prices", Some("economy")), topic("cpi", Some("prices"))];
        let carried = ["prices".to_owned()];
        for (target, covered) in [
            (Target::Everything, true),
            (Target::Dataset("inflation".into()), true),
            (Target::Dataset("other".into()), false),
            (Target::Topic("economy".into()), true),
            (Target::Topic("prices".into()), true),
            (Target::Topic("cpi".into()), false),
            (Target::Search("q=inflation".into()), false),
        ] {
            assert_eq!(target.covers("inflation", &carried, &taxonomy), covered, "{target:?}");
            assert_eq!(Target::of(target.kind(), target.id()), target);
        }
    }

    #[test]
    fn a_search_that_asks_for_nothing_or_for_too_much_is_not_kept() {
        let search = |text: &str| Target::of_search(text).map(|target| target.id().to_owned());
        assert_eq!(search("formats=csv&q=gas&sort=title").as_deref(), Some("q=gas&formats=csv"));
        for nothing in ["", "q=", "sort=title&page=4", "colour=red", &format!("q={}", "x".repeat(LONGEST_KEPT))] {
            assert_eq!(search(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn what_was_not_confirmed_in_time_and_what_has_ended_is_not_live() {
        let at = |hours: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        let subscription = |state| Subscription {
            id: "s".into(),
            target: Target::Everything,
            channel: SubscriptionChannel::Email,
            address: "reader@example.org".into(),
            language: Language::En,
            state,
            created_at: at(0),
        };
        let pending = subscription(SubscriptionState::Pending { expires_at: at(0) + TO_CONFIRM });
        assert!(pending.is_live(at(47)) && !pending.is_live(at(48)));
        assert!(subscription(SubscriptionState::Confirmed { at: at(1) }).is_live(at(10_000)));
        assert!(!subscription(SubscriptionState::Ended { at: at(1) }).is_live(at(1)));
    }
}
