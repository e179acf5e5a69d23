//! Subscriptions of the public.

use chrono::{DateTime, Utc};
use domain::subscription::{
    Subscription, SubscriptionChannel, SubscriptionStage, SubscriptionState, Target, TargetKind,
};
use serde::Serialize;
use services::subscriptions::Asked;
use utoipa::ToSchema;

use super::{Links, segment};

/// What a subscription is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetBody {
    kind: TargetKind,
    /// The slug of the dataset or topic, or the words and filters of the search.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "under-five-mortality")]
    id: Option<String>,
}

impl From<&Target> for TargetBody {
    fn from(target: &Target) -> Self {
        Self { kind: target.kind(), id: Some(target.id().to_owned()).filter(|id| !id.is_empty()) }
    }
}

/// A subscription that waits to be confirmed; the same whoever has subscribed before.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedBody {
    state: SubscriptionStage,
    channel: SubscriptionChannel,
    #[schema(value_type = String, example = "en")]
    language: &'static str,
    target: TargetBody,
    /// Until when it can be confirmed.
    expires_at: DateTime<Utc>,
    /// Its id, for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    id: Option<String>,
    /// For programs, shown this once: what to send as `Subscription-Token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// For programs, shown this once: with what messages are signed (Standard Webhooks 1.0).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: Option<String>,
}

impl From<Asked> for AskedBody {
    fn from(asked: Asked) -> Self {
        let Asked { subscription, program } = asked;
        let expires_at = match subscription.state {
            SubscriptionState::Pending { expires_at } => expires_at,
            SubscriptionState::Confirmed { at } | SubscriptionState::Ended { at } => at,
        };
        Self {
            state: subscription.state.stage(),
            channel: subscription.channel,
            language: subscription.language.as_str(),
            target: TargetBody::from(&subscription.target),
            expires_at,
            id: program.as_ref().map(|_| subscription.id),
            token: program.as_ref().map(|program| program.token.clone()),
            secret: program.map(|program| program.secret),
        }
    }
}

/// A subscription, for whoever has its token.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubscriptionBody {
    #[schema(example = "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51")]
    id: String,
    state: SubscriptionStage,
    channel: SubscriptionChannel,
    /// Where to: a mail address or the address of a program.
    #[schema(example = "reader@example.org")]
    address: String,
    #[schema(value_type = String, example = "en")]
    language: &'static str,
    target: TargetBody,
    created_at: DateTime<Utc>,
    /// Until when it can be confirmed, where it is not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// Since when it is told of publications.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<DateTime<Utc>>,
    links: Links,
}

impl From<&Subscription> for SubscriptionBody {
    fn from(subscription: &Subscription) -> Self {
        let (mut expires_at, mut confirmed_at) = (None, None);
        match subscription.state {
            SubscriptionState::Pending { expires_at: at } => expires_at = Some(at),
            SubscriptionState::Confirmed { at } => confirmed_at = Some(at),
            SubscriptionState::Ended { .. } => {}
        }
        Self {
            id: subscription.id.clone(),
            state: subscription.state.stage(),
            channel: subscription.channel,
            address: subscription.address.clone(),
            language: subscription.language.as_str(),
            target: TargetBody::from(&subscription.target),
            created_at: subscription.created_at,
            expires_at,
            confirmed_at,
            links: Links::from([("self", format!("/v1/subscriptions/{}", segment(&subscription.id)))]),
        }
    }
}

/// A subscription that was confirmed, with what to show to read or end it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConfirmedBody {
    #[serde(flatten)]
    subscription: SubscriptionBody,
    /// What to send as `Subscription-Token`.
    token: String,
}

impl ConfirmedBody {
    /// The body with its token.
    #[must_use]
    pub const fn new(subscription: SubscriptionBody, token: String) -> Self {
        Self { subscription, token }
    }
}
