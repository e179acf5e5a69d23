//! Asking to be told.

use chrono::TimeDelta;
use domain::delivery::Sink;
use domain::refusal::{Refusal, all_valid};
use domain::subscription::{Subscription, SubscriptionChannel, SubscriptionState, TO_CONFIRM};
use integrations::webhook::{host_of, secret_of};
use persistence::outbox::{self, Task};
use persistence::subscriptions::{self, Keys};
use persistence::throttles;

use super::keys::{confirmation_token, management_token, sealed_for, subscriber};
use super::tell::Told;
use super::wanted::{Wanted, check_address, find_target, read_address};
use crate::accounts::throttle::{self, Allowance};
use crate::accounts::{hash_of, secret_bytes};
use crate::{Ctx, Result, Services, ids};

/// Subscriptions asked for by one client.
const OF_CLIENT: Allowance = Allowance { tries: 30, within: TimeDelta::hours(1) };
/// Letters to one address; those over it are not sent, which nobody is told.
const TO_ADDRESS: Allowance = Allowance { tries: 5, within: TimeDelta::hours(1) };
/// Calls of one host, under whatever address.
const TO_HOST: Allowance = Allowance { tries: 30, within: TimeDelta::hours(1) };
/// For so long the same wish of the same address sends no other letter.
const AGAIN: TimeDelta = TimeDelta::minutes(15);

/// A subscription that waits to be confirmed.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The subscription.
    pub subscription: Subscription,
    /// What a program needs, shown this once.
    pub program: Option<ForProgram>,
}

/// What a program needs to know its messages and to read and end its subscription.
#[derive(Clone, Debug)]
pub struct ForProgram {
    /// With what its messages are signed.
    pub secret: String,
    /// What it shows to read or end its subscription.
    pub token: String,
}

/// Asks for a subscription; it begins when whoever reads what comes to the address confirms it.
///
/// Nothing is looked up by the address, so that the answer and its time are the same whoever has subscribed before.
pub async fn ask(services: &Services, ctx: &Ctx, wanted: Wanted) -> Result<Asked> {
    if wanted.channel == SubscriptionChannel::Email && services.accounts.mailer.is_none() {
        let message = "This site sends no mail. A program can be told through a webhook.";
        return Err(Refusal::blocked("no_mail", message).into());
    }
    let address = read_address(&wanted);
    let mut problems = Vec::new();
    check_address(services, &mut problems, wanted.channel, &address);
    let target = find_target(services, &mut problems, &wanted).await?;
    all_valid(problems)?;
    let from = format!("subscription asked from {}", throttle::client_of(ctx));
    throttle::spend(services, ctx, &from, OF_CLIENT).await?;
    let subscription = Subscription {
        id: ids::new_id(ctx.now),
        target,
        channel: wanted.channel,
        address,
        language: wanted.language,
        state: SubscriptionState::Pending { expires_at: ctx.now + TO_CONFIRM },
        created_at: ctx.now,
    };
    if wanted.channel == SubscriptionChannel::Webhook {
        let host = host_of(&subscription.address);
        throttle::spend(services, ctx, &format!("subscriptions of {host}"), TO_HOST).await?;
        return for_program(services, ctx, subscription).await;
    }
    if may_be_written_to(services, ctx, &subscription).await? {
        save(services, ctx, &subscription, None).await?;
    }
    Ok(Asked { subscription, program: None })
}

/// Whether a letter may go to an address now: not for the same wish again within a while, and not too many for any.
async fn may_be_written_to(services: &Services, ctx: &Ctx, subscription: &Subscription) -> Result<bool> {
    let who = subscriber(services, subscription);
    let (kind, id) = (subscription.target.kind(), subscription.target.id());
    let same = format!("subscription {who} {kind} {id}");
    let (times, _) = throttles::count(services.db.pool(), &same, ctx.now, ctx.now - AGAIN).await?;
    let waits = throttle::seconds_to_wait(services, ctx, &format!("subscriptions to {who}"), TO_ADDRESS).await?;
    Ok(times == 1 && waits.is_none())
}

async fn for_program(services: &Services, ctx: &Ctx, subscription: Subscription) -> Result<Asked> {
    let secret = secret_of(&secret_bytes());
    let sealed = services.accounts.vault.seal(&sealed_for(&subscription.id), secret.expose())?;
    save(services, ctx, &subscription, Some(&sealed)).await?;
    let token = management_token(services, &subscription.id);
    Ok(Asked { subscription, program: Some(ForProgram { secret: secret.expose().to_owned(), token }) })
}

/// Keeps the subscription, and the task to ask its address.
async fn save(services: &Services, ctx: &Ctx, subscription: &Subscription, secret: Option<&str>) -> Result<()> {
    let token_hash = hash_of(&confirmation_token(services, &subscription.id));
    let keys = Keys { subscriber: &subscriber(services, subscription), token_hash: &token_hash, secret };
    let sink = match subscription.channel {
        SubscriptionChannel::Email => Sink::SubscriberMail,
        SubscriptionChannel::Webhook => Sink::SubscriberWebhook,
    };
    let task = Task::new(ids::new_id(ctx.now), sink.as_str(), &subscription.id, Told::Confirm.written()?);
    let tx = services.db.begin().await?;
    subscriptions::insert(&tx, subscription, keys).await?;
    outbox::push(&tx, &task, ctx.now).await?;
    persistence::db::commit(tx).await?;
    services.nudges.follow_up.notify_one();
    Ok(())
}
