//! Telling one subscriber: what is sent is made when it is sent, so that who has ended a subscription meanwhile hears nothing.

use chrono::{DateTime, Utc};
use domain::subscription::{Subscription, SubscriptionState};
use integrations::Secret;
use integrations::mail::Letter;
use persistence::outbox::Task;
use persistence::subscriptions;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::keys::{confirmation_token, sealed_for};
use super::letters;
use super::news::News;
use super::page::name_to_confirm;
use crate::{Result, ServiceError, Services};

/// What one subscriber is told, as it is kept with a task; it holds no address.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Told {
    /// That somebody has asked for a subscription, to be confirmed.
    Confirm,
    /// That something became public.
    News {
        /// When.
        at: DateTime<Utc>,
        /// The subscriptions that it is told for.
        subscriptions: Vec<String>,
        /// What became public.
        news: Vec<News>,
        /// For which of the subscriptions each is told.
        which: Vec<Which>,
        /// How much more became public.
        more: usize,
    },
}

/// Places in the list of subscriptions.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Which(pub Vec<usize>);

impl Told {
    /// The same for keeping it with a task.
    pub fn written(&self) -> Result<Value> {
        serde_json::to_value(self).map_err(|error| ServiceError::Internal(format!("a task cannot be written: {error}")))
    }

    fn read(task: &Task) -> Result<Self> {
        serde_json::from_value(task.payload.clone())
            .map_err(|error| ServiceError::Internal(format!("a task cannot be read: {error}")))
    }
}

/// What is told now, to whom.
enum Due {
    Confirm(Subscription),
    News { first: Subscription, at: DateTime<Utc>, news: Vec<News>, more: usize },
}

/// What of a task is still wanted; `None` where nothing is.
async fn due(services: &Services, task: &Task) -> Result<Option<Due>> {
    let db = services.db.pool();
    match Told::read(task)? {
        Told::Confirm => {
            let found = subscriptions::find(db, &task.subject).await?;
            let waits = |one: &Subscription| matches!(one.state, SubscriptionState::Pending { .. });
            let found = found.filter(|one| waits(one) && one.is_live(services.clock.now()));
            Ok(found.map(Due::Confirm))
        }
        Told::News { at, subscriptions: ids, news, which, more } => {
            let left = subscriptions::confirmed_among(db, &ids).await?;
            let is_left = |place: &usize| ids.get(*place).is_some_and(|id| left.iter().any(|one| one.id == *id));
            let wanted = news.into_iter().zip(which).filter(|(_, Which(places))| places.iter().any(is_left));
            let news: Vec<News> = wanted.map(|(news, _)| news).collect();
            let first = left.into_iter().next().filter(|_| !news.is_empty());
            Ok(first.map(|first| Due::News { first, at, news, more }))
        }
    }
}

/// The letter of a task; `None` where nobody wants it any more.
pub(crate) async fn letter(services: &Services, task: &Task) -> Result<Option<Letter>> {
    Ok(match due(services, task).await? {
        None => None,
        Some(Due::Confirm(subscription)) => {
            let about = name_to_confirm(services, &subscription.target).await?;
            Some(letters::confirmation(services, &subscription, &about, &task.id))
        }
        Some(Due::News { first, news, more, .. }) => Some(letters::of_news(services, &first, &news, more, &task.id)),
    })
}

/// A message to a program.
pub(crate) struct Call {
    /// The subscription.
    pub id: String,
    /// Where to.
    pub url: String,
    /// The JSON text.
    pub body: String,
    /// With what it is signed.
    pub secret: Secret,
}

/// The message of a task to a program; `None` where nobody wants it any more.
pub(crate) async fn call(services: &Services, task: &Task) -> Result<Option<Call>> {
    let Some(due) = due(services, task).await? else { return Ok(None) };
    let (subscription, body) = match due {
        Due::Confirm(subscription) => {
            let body = confirmation(services, &subscription);
            (subscription, body)
        }
        Due::News { first, at, news, more } => {
            let body = published(services, &first, at, &news, more);
            (first, body)
        }
    };
    let sealed = subscriptions::sealed_secret(services.db.pool(), &subscription.id).await?;
    let Some(sealed) = sealed else { return Ok(None) };
    let secret = Secret::new(services.accounts.vault.open(&sealed_for(&subscription.id), &sealed)?);
    Ok(Some(Call { id: subscription.id, url: subscription.address, body: body.to_string(), secret }))
}

fn confirmation(services: &Services, subscription: &Subscription) -> Value {
    let expires_at = match subscription.state {
        SubscriptionState::Pending { expires_at } => Some(expires_at),
        _ => None,
    };
    json!({
        "type": "subscription.confirm",
        "timestamp": subscription.created_at,
        "data": {
            "subscription_id": subscription.id,
            "target": subscription.target,
            "token": confirmation_token(services, &subscription.id),
            "confirm_url": format!("{}/v1/subscriptions/confirm", services.accounts.public_url),
            "expires_at": expires_at,
        },
    })
}

fn published(services: &Services, to: &Subscription, at: DateTime<Utc>, news: &[News], more: usize) -> Value {
    let site = &services.accounts.public_url;
    let told = |news: &News| {
        json!({
            "dataset_id": news.dataset_id,
            "edition": news.edition,
            "version": news.version.to_string(),
            "title": news.title,
            "title_cy": news.title_cy,
            "latest_changes": news.changes,
            "url": news.link(site, to.language),
        })
    };
    json!({
        "type": "dataset.published",
        "timestamp": at,
        "data": {
            "subscription_id": to.id,
            "target": to.target,
            "published_at": at,
            "datasets": news.iter().map(told).collect::<Vec<_>>(),
            "more": more,
        },
    })
}

/// Ends the subscription of a program that says it is gone for good (410).
pub(crate) async fn end_gone(services: &Services, id: &str) -> Result<()> {
    subscriptions::end(services.db.pool(), id, services.clock.now()).await?;
    tracing::info!(subscription.id = %id, "the program of a subscriber is gone, so its subscription has ended");
    Ok(())
}
