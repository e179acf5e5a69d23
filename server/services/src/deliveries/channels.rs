//! The channels on which people and programs can be told.

use domain::bundle::{BundleCommand, Channel};
use domain::delivery::{Sink, WebhookEvent};
use domain::refusal::{FieldProblem, all_valid};
use persistence::{Tx, webhooks};

use crate::{Result, Services};

/// The channels that are configured: e-mail with a mail server, Slack with an address, webhooks where one is told of publications.
pub async fn usable_channels(services: &Services) -> Result<Vec<Channel>> {
    let told = webhooks::told_of(services.db.pool(), WebhookEvent::Published).await?;
    Ok(usable(services, !told.is_empty()))
}

fn usable(services: &Services, webhooks: bool) -> Vec<Channel> {
    let is_usable = |channel: &Channel| match channel {
        Channel::Email => services.delivers_to(Sink::Email),
        Channel::Slack => services.delivers_to(Sink::Slack),
        Channel::Webhook => webhooks,
    };
    Channel::ALL.iter().copied().filter(is_usable).collect()
}

/// Refuses a schedule that chooses channels on which nobody would hear anything, and says which can be used.
pub(crate) async fn must_be_usable(tx: &Tx, services: &Services, command: &BundleCommand) -> Result<()> {
    let BundleCommand::Schedule(schedule) = command else { return Ok(()) };
    if schedule.notification_channels.is_empty() {
        return Ok(());
    }
    let told = webhooks::told_of(tx, WebhookEvent::Published).await?;
    let usable = usable(services, !told.is_empty());
    let words: Vec<&str> = usable.iter().map(|channel| channel.as_str()).collect();
    let choice = if words.is_empty() {
        "No channel is; leave the list empty.".to_owned()
    } else {
        format!("What can be used: {}.", words.join(", "))
    };
    let problem = |(n, channel): (usize, &Channel)| {
        let message = format!("{channel} is not configured here. {choice}");
        FieldProblem::new(&format!("notification_channels.{n}"), "not_configured", message)
    };
    let chosen = schedule.notification_channels.iter().enumerate();
    Ok(all_valid(chosen.filter(|(_, channel)| !usable.contains(channel)).map(problem).collect())?)
}
