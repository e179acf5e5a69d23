//! `/subscriptions`: being told of publications, without an account.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use domain::language::Language;
use domain::refusal::Refusal;
use domain::subscription::{Subscription, SubscriptionChannel};
use serde::Deserialize;
use services::subscriptions::{self, Wanted};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::SubscriptionPath;
use super::problem::Problem;
use super::v1::{AskedBody, ConfirmedBody, SubscriptionBody};
use crate::state::AppState;

/// The header in which the owner of a subscription shows its token.
const TOKEN: &str = "subscription-token";

/// A subscription as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubscriptionInput {
    /// How to tell.
    channel: SubscriptionChannel,
    /// Where to: a mail address, or the public address of a program.
    #[schema(min_length = 3, max_length = 2000, example = "reader@example.org")]
    address: String,
    /// In which language letters are written and links lead.
    #[serde(default)]
    #[schema(value_type = String, pattern = "^(en|cy)$", default = "en", example = "en")]
    language: Language,
    /// The dataset to be told of; leave it, `topic_id` and `search` out to be told of everything.
    #[serde(default)]
    #[schema(example = "under-five-mortality")]
    dataset_id: Option<String>,
    /// The topic to be told of, with all topics below it.
    #[serde(default)]
    topic_id: Option<String>,
    /// The search to be told of: words and filters as they stand in the address of its page, in at most 1,000
    /// characters of it.
    #[serde(default)]
    #[schema(max_length = 1000, example = "q=rainfall&formats=csv")]
    search: Option<String>,
}

/// Asks to be told of publications.
///
/// The address is asked first: a mail address gets a letter with a link, a program a signed message `subscription.confirm`
/// with a token to be sent to `/subscriptions/confirm`, within 48 hours. The answer is the same whoever has subscribed
/// before; to a program it tells the secret of its signatures, this once.
#[utoipa::path(
    post, path = "/subscriptions", tag = "subscriptions",
    request_body(content = SubscriptionInput, content_type = "application/json", example = json!({
        "channel": "email", "address": "reader@example.org", "language": "en", "dataset_id": "under-five-mortality"
    })),
    responses((status = 202, description = "The address will be asked", body = AskedBody)),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    let sent: SubscriptionInput = body.read().await?;
    let wanted = Wanted {
        channel: sent.channel,
        address: sent.address,
        language: sent.language,
        dataset_id: sent.dataset_id,
        topic_id: sent.topic_id,
        search: sent.search,
    };
    let made = subscriptions::ask(&state.services, &asked.ctx, wanted).await?;
    answer::accepted("/v1/subscriptions/confirm", None, &AskedBody::from(made))
}

/// A token as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmationInput {
    /// The token of the letter's link or of the message.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    token: String,
}

/// Confirms a subscription.
///
/// From now on it is told of publications. Confirming again answers the same.
#[utoipa::path(
    post, path = "/subscriptions/confirm", tag = "subscriptions",
    request_body = ConfirmationInput,
    responses((status = 200, description = "The subscription, with its token", body = ConfirmedBody)),
)]
pub async fn confirm(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    let sent: ConfirmationInput = body.read().await?;
    let confirmed = subscriptions::confirm(&state.services, &asked.ctx, &sent.token).await?;
    let token = subscriptions::management_token(&state.services, &confirmed.id);
    answer::changed(None, &ConfirmedBody::new(SubscriptionBody::from(&confirmed), token))
}

/// Reads a subscription.
///
/// Only with its token; one that has ended is no longer found.
#[utoipa::path(
    get, path = "/subscriptions/{id}", tag = "subscriptions",
    params(SubscriptionPath),
    responses((status = 200, description = "The subscription", body = SubscriptionBody)),
    security(("subscription" = [])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let found = owned(&state, &asked, &id).await?;
    asked.no_params()?;
    let mut answer = answer::read(&asked, None, &SubscriptionBody::from(&found))?;
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(answer)
}

/// Ends a subscription.
///
/// With any other of the same address to the same; nothing more is told, and the address is deleted at once.
#[utoipa::path(
    delete, path = "/subscriptions/{id}", tag = "subscriptions",
    params(SubscriptionPath),
    responses((status = 204, description = "Ended")),
    security(("subscription" = [])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn end(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let found = owned(&state, &asked, &id).await?;
    asked.no_params()?;
    subscriptions::end_of(&state.services, &asked.ctx, &found).await?;
    Ok(answer::deleted())
}

/// The subscription, for whoever shows its token.
async fn owned(state: &AppState, asked: &Asked, id: &str) -> Result<Subscription, Problem> {
    let token = asked.headers.get(TOKEN).and_then(|value| value.to_str().ok());
    let token = token.ok_or(Refusal::Unauthenticated)?;
    Ok(subscriptions::find(&state.services, &asked.ctx, id, token).await?)
}
