//! The tasks that tell one publication to its subscribers.

use chrono::{DateTime, Utc};
use domain::delivery::Sink;
use domain::subscription::{Subscription, SubscriptionChannel, Target};
use domain::topic::Topic;
use persistence::outbox::Task;
use sha2::{Digest, Sha256};

use super::news::News;
use super::searches::Searches;
use super::tell::{Told, Which};
use crate::Result;

/// The most versions that a letter tells of.
const IN_A_LETTER: usize = 25;
/// The most versions that a message to a program tells of.
const IN_A_MESSAGE: usize = 500;

/// A publication, to be told to those who subscribed to it.
pub(super) struct Telling<'a> {
    pub bundle_id: &'a str,
    pub at: DateTime<Utc>,
    pub news: &'a [News],
    pub taxonomy: &'a [Topic],
    /// What the searches among the subscriptions found.
    pub searches: &'a Searches,
}

impl Telling<'_> {
    /// One letter for all mail subscriptions of a subscriber, one message for each of a program, which has its own secret;
    /// none for whom nothing of this is meant.
    pub fn tasks(&self, found: &[(String, Subscription)]) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for group in found.chunk_by(|(one, _), (other, _)| one == other) {
            let meant = group.iter().filter(|(_, one)| self.news.iter().any(|news| self.is_meant(one, news)));
            let (mails, programs): (Vec<_>, Vec<_>) =
                meant.partition(|(_, subscription)| subscription.channel == SubscriptionChannel::Email);
            if let Some((subscriber, _)) = mails.first() {
                let those: Vec<&Subscription> = mails.iter().map(|(_, subscription)| subscription).collect();
                tasks.push(self.task(Sink::SubscriberMail, subscriber, &those, IN_A_LETTER)?);
            }
            for (_, subscription) in programs {
                tasks.push(self.task(Sink::SubscriberWebhook, &subscription.id, &[subscription], IN_A_MESSAGE)?);
            }
        }
        Ok(tasks)
    }

    fn is_meant(&self, one: &Subscription, news: &News) -> bool {
        match &one.target {
            Target::Search(kept) => self.searches.find(kept, one.language, &news.dataset_id),
            target => target.covers(&news.dataset_id, &news.topics, self.taxonomy),
        }
    }

    fn task(&self, sink: Sink, who: &str, subscriptions: &[&Subscription], most: usize) -> Result<Task> {
        let mut told: Vec<News> = Vec::new();
        let mut which: Vec<Which> = Vec::new();
        let mut more = 0;
        for news in self.news {
            let wanted_by: Vec<usize> = subscriptions
                .iter()
                .enumerate()
                .filter(|(_, one)| self.is_meant(one, news))
                .map(|(place, _)| place)
                .collect();
            match (wanted_by.is_empty(), told.len() < most) {
                (true, _) => {}
                (false, true) => {
                    told.push(news.clone());
                    which.push(Which(wanted_by));
                }
                (false, false) => more += 1,
            }
        }
        let ids: Vec<String> = subscriptions.iter().map(|one| one.id.clone()).collect();
        let subject = ids.first().cloned().unwrap_or_default();
        let payload = Told::News { at: self.at, subscriptions: ids, news: told, which, more }.written()?;
        // A program is called once at a time and in order: it takes no more than one place of those who are called together.
        let lane = (sink == Sink::SubscriberWebhook).then(|| format!("{sink}/{who}"));
        Ok(Task { lane, ..Task::new(self.id_for(who), sink.as_str(), &subject, payload) })
    }

    /// The id of the task that tells somebody of this publication, whoever makes it however often; later ones are greater.
    fn id_for(&self, who: &str) -> String {
        let digest = Sha256::new().chain_update(self.bundle_id).chain_update("\n").chain_update(who).finalize();
        let mut bytes = [0_u8; 10];
        bytes.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
        let millis = u64::try_from(self.at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
    }
}

#[cfg(test)]
mod tests {
    use domain::language::Language;
    use domain::subscription::SubscriptionState;

    use super::*;

    fn subscription(id: &str, target: Target, channel: SubscriptionChannel) -> Subscription {
        Subscription {
            id: id.to_owned(),
            target,
            channel,
            address: "reader@example.org".to_owned(),
            language: Language::En,
            state: SubscriptionState::Confirmed { at: DateTime::UNIX_EPOCH },
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn news(dataset: &str) -> News {
        News {
            dataset_id: dataset.to_owned(),
            edition: "2026".to_owned(),
            edition_title: "2026".to_owned(),
            version: 1,
            title: dataset.to_owned(),
            title_cy: None,
            changes: Vec::new(),
            topics: Vec::new(),
        }
    }

    fn told(task: &Task) -> (Vec<&str>, Vec<&str>) {
        let texts = |name: &str| task.payload[name].as_array().unwrap().iter();
        let ids = texts("subscriptions").map(|id| id.as_str().unwrap()).collect();
        (ids, texts("news").map(|news| news["dataset_id"].as_str().unwrap()).collect())
    }

    #[test]
    fn a_letter_tells_once_of_what_several_searches_find_and_nothing_of_the_rest() {
        let of = |text: &str| Target::Search(text.to_owned());
        let (mail, program) = (SubscriptionChannel::Email, SubscriptionChannel::Webhook);
        let found = [
            ("ann".to_owned(), subscription("1", of("q=gas"), mail)),
            ("ann".to_owned(), subscription("2", of("q=prices"), mail)),
            ("ann".to_owned(), subscription("3", of("q=births"), mail)),
            ("ann".to_owned(), subscription("4", Target::Dataset("oil".to_owned()), mail)),
            ("bob".to_owned(), subscription("5", of("q=births"), mail)),
            ("hook".to_owned(), subscription("6", of("q=gas"), program)),
        ];
        let searches = Searches::of(&[])
            .with("q=gas", Language::En, &["gas"])
            .with("q=prices", Language::En, &["gas", "oil"])
            .with("q=births", Language::Cy, &["gas"]);
        let news = ["gas", "oil", "rain"].map(news);
        let telling =
            Telling { bundle_id: "b", at: DateTime::UNIX_EPOCH, news: &news, taxonomy: &[], searches: &searches };
        let tasks = telling.tasks(&found).unwrap();
        let each: Vec<_> = tasks.iter().map(told).collect();
        assert_eq!(each, [(vec!["1", "2", "4"], vec!["gas", "oil"]), (vec!["6"], vec!["gas"])]);
        let again = telling.tasks(&found).unwrap();
        let ids = |tasks: &[Task]| tasks.iter().map(|task| task.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&tasks), ids(&again), "the same whoever makes them however often");
    }
}
