//! The tasks that tell one publication to its subscribers.

use chrono::{DateTime, Utc};
use domain::delivery::Sink;
use domain::subscription::{Subscription, SubscriptionChannel};
use domain::topic::Topic;
use persistence::outbox::Task;
use sha2::{Digest, Sha256};

use super::news::News;
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
}

impl Telling<'_> {
    /// One letter for all mail subscriptions of a subscriber, one message for each of a program, which has its own secret.
    pub fn tasks(&self, found: &[(String, Subscription)]) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for group in found.chunk_by(|(one, _), (other, _)| one == other) {
            let (mails, programs): (Vec<_>, Vec<_>) =
                group.iter().partition(|(_, subscription)| subscription.channel == SubscriptionChannel::Email);
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

    fn task(&self, sink: Sink, who: &str, subscriptions: &[&Subscription], most: usize) -> Result<Task> {
        let mut told: Vec<News> = Vec::new();
        let mut which: Vec<Which> = Vec::new();
        let mut more = 0;
        for news in self.news {
            let wanted_by: Vec<usize> = subscriptions
                .iter()
                .enumerate()
                .filter(|(_, one)| one.target.covers(&news.dataset_id, &news.topics, self.taxonomy))
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
