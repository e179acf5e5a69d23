//! Which of the searches that somebody subscribed to find what became public.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use domain::catalogue::SearchQuery;
use domain::language::Language;
use domain::subscription::{Subscription, Target};

use crate::{Result, Services, catalogue};

/// So many answers are kept at once; a search that many subscribed to is asked once for all of them.
const KEPT: usize = 10_000;

/// So many searches are asked before it is kept how far the telling has come.
const AT_ONCE: usize = 1_000;

/// For so long, or little more, searches are asked before that.
const ROUND: TimeDelta = TimeDelta::seconds(5);

/// As many of these subscriptions, which stand by subscriber, as can be looked at before progress is kept: those of whole
/// subscribers, and of one at least.
pub(super) fn at_once(found: &[(String, Subscription)]) -> &[(String, Subscription)] {
    let (mut searches, mut end) = (0, 0);
    for group in found.chunk_by(|(one, _), (other, _)| one == other) {
        searches += group.iter().filter(|(_, one)| matches!(one.target, Target::Search(_))).count();
        if end > 0 && searches > AT_ONCE {
            break;
        }
        end += group.len();
    }
    found.get(..end).unwrap_or(found)
}

/// What searches found of one publication.
#[derive(Debug, Default)]
pub(super) struct Searches {
    datasets: Vec<String>,
    is_indexed: bool,
    /// By the reader's language and the search.
    found: HashMap<Language, HashMap<String, HashSet<String>>>,
}

impl Searches {
    /// Searches for these datasets; none has been asked yet.
    pub fn of(datasets: &[String]) -> Self {
        Self { datasets: datasets.to_vec(), ..Self::default() }
    }

    /// Asks the searches among these subscriptions, each once, and gives those that it came to in a while: those of whole
    /// subscribers, and of one at least.
    pub async fn ask<'a>(
        &mut self,
        services: &Services,
        subscriptions: &'a [(String, Subscription)],
    ) -> Result<&'a [(String, Subscription)]> {
        if self.found.values().map(HashMap::len).sum::<usize>() > KEPT {
            self.found.clear();
        }
        let (begun, mut end) = (services.clock.now(), 0);
        for group in subscriptions.chunk_by(|(one, _), (other, _)| one == other) {
            if end > 0 && services.clock.now() - begun > ROUND {
                break;
            }
            for (_, one) in group {
                self.ask_one(services, one).await?;
            }
            end += group.len();
        }
        Ok(subscriptions.get(..end).unwrap_or(subscriptions))
    }

    /// The index is brought to the publication first, so that a node that lags behind finds no less than any other.
    async fn ask_one(&mut self, services: &Services, one: &Subscription) -> Result<()> {
        let Target::Search(kept) = &one.target else { return Ok(()) };
        if self.found.get(&one.language).is_some_and(|found| found.contains_key(kept)) {
            return Ok(());
        }
        if !self.is_indexed {
            catalogue::sync_index(services).await?;
            self.is_indexed = true;
        }
        let query = SearchQuery { language: one.language, ..SearchQuery::of_address(kept) };
        let found = catalogue::found_among(services, query, self.datasets.clone()).await?;
        self.found.entry(one.language).or_default().insert(kept.clone(), found.into_iter().collect());
        Ok(())
    }

    /// Whether a search that was asked in a language finds a dataset.
    pub fn find(&self, kept: &str, language: Language, dataset: &str) -> bool {
        let found = self.found.get(&language).and_then(|found| found.get(kept));
        found.is_some_and(|found| found.contains(dataset))
    }

    /// The same with an answer, for tests.
    #[cfg(test)]
    pub fn with(mut self, kept: &str, language: Language, found: &[&str]) -> Self {
        let found = found.iter().map(|&id| id.to_owned()).collect();
        self.found.entry(language).or_default().insert(kept.to_owned(), found);
        self
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::subscription::{SubscriptionChannel, SubscriptionState};

    use super::*;

    fn searches_of(who: &str, number: usize) -> Vec<(String, Subscription)> {
        let one = |place: usize| Subscription {
            id: format!("{who} {place}"),
            target: Target::Search(format!("q={place}")),
            channel: SubscriptionChannel::Email,
            address: String::new(),
            language: Language::En,
            state: SubscriptionState::Confirmed { at: DateTime::UNIX_EPOCH },
            created_at: DateTime::UNIX_EPOCH,
        };
        (0..number).map(|place| (who.to_owned(), one(place))).collect()
    }

    #[test]
    fn whole_subscribers_are_looked_at_and_one_at_least() {
        let (few, many) = (searches_of("a", 3), searches_of("b", AT_ONCE));
        assert_eq!(at_once(&[few.clone(), many.clone()].concat()).len(), 3);
        assert_eq!(at_once(&[many.clone(), few.clone()].concat()).len(), AT_ONCE);
        assert_eq!(at_once(&[few.clone(), searches_of("c", AT_ONCE - 3)].concat()).len(), AT_ONCE);
        assert_eq!(at_once(&searches_of("d", AT_ONCE + 1)).len(), AT_ONCE + 1);
        assert!(at_once(&[]).is_empty());
    }
}
