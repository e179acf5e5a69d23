//! What an operator does: publish now, hold, pause the whole queue, close a circuit, try deliveries again or leave them out, clear failed files,
//! renew connections, make the index anew, block a caller.

use leptos::prelude::*;

use crate::error::RpcError;

/// Publishes a bundle at once, by somebody who has typed its title and said why, to the public too where the release calendar has
/// promised another time.
#[server(prefix = "/rpc", endpoint = "operations/run-now")]
pub async fn run_now(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] title: String,
    #[server(default)] reason: String,
    #[server(default)] release_reason: String,
    #[server(default)] release_reason_cy: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let order = services::operations::RunOrder {
        revision: crate::bundles::number(&revision),
        typed: &title,
        reason: &reason,
        told: domain::release::PublicReason::of(Some(release_reason), Some(release_reason_cy)),
    };
    let outcome = services::operations::run_now(&services, &ctx, &id, order).await;
    crate::form::done("operations/run-now", outcome, "/ops/queue", |bundle| {
        (format!("/admin/bundles/{}/publication", bundle.id), "Publication has begun.".to_owned())
    })
}

/// Takes a bundle out of the queue, with a reason; it stays approved.
#[server(prefix = "/rpc", endpoint = "operations/hold")]
pub async fn hold_bundle(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    use domain::bundle::BundleCommand;

    let (services, ctx) = crate::request::context()?;
    let revision = Some(crate::bundles::number(&revision));
    let outcome = match crate::bundles::needed(reason) {
        Ok(reason) => {
            let command = BundleCommand::CancelSchedule { reason: Some(reason) };
            services::bundles::take_step(&services, &ctx, &id, revision, command).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    crate::form::done("operations/hold", outcome, "/ops/queue", |bundle| {
        ("/ops/queue".to_owned(), format!("{} is held: it stays approved, without an instant.", bundle.details.title))
    })
}

/// What somebody says who pauses the queue or has it go on, as a form sends it.
#[cfg(not(target_family = "wasm"))]
fn order<'a>(revision: &str, typed: &'a str, reason: &'a str) -> services::operations::QueueOrder<'a> {
    let expected = Some(crate::bundles::number(revision));
    services::operations::QueueOrder { expected, typed: Some(typed), reason }
}

/// Pauses the whole publish queue, by somebody who has typed that they mean it and said why.
#[server(prefix = "/rpc", endpoint = "operations/pause-queue")]
pub async fn pause_queue(
    #[server(default)] revision: String,
    #[server(default)] confirmation: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let order = order(&revision, &confirmation, &reason);
    let outcome = services::operations::pause_queue(&services, &ctx, order).await;
    crate::form::done("operations/pause-queue", outcome, "/ops/queue", |_| {
        ("/ops/queue".to_owned(), "The queue is paused: no bundle is published on any node.".to_owned())
    })
}

/// Has the publish queue go on, by somebody who has typed that they mean it and said why.
#[server(prefix = "/rpc", endpoint = "operations/resume-queue")]
pub async fn resume_queue(
    #[server(default)] revision: String,
    #[server(default)] confirmation: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let order = order(&revision, &confirmation, &reason);
    let outcome = services::operations::resume_queue(&services, &ctx, order).await;
    crate::form::done("operations/resume-queue", outcome, "/ops/queue", |_| {
        ("/ops/queue".to_owned(), "The queue goes on: what is overdue is published now.".to_owned())
    })
}

/// Has a receiver that was left in peace called again.
#[server(prefix = "/rpc", endpoint = "operations/close-circuit")]
pub async fn close_circuit(#[server(default)] receiver: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = match domain::delivery::Sink::parse(&receiver) {
        Some(sink) => services::operations::close_circuit(&services, &ctx, sink).await.map(|()| sink),
        None => Err(domain::refusal::Refusal::NotFound.into()),
    };
    crate::form::done("operations/close-circuit", outcome, "/ops/integrations", |sink| {
        ("/ops/integrations".to_owned(), format!("{} is called again with the next delivery.", sink.title()))
    })
}

/// Leaves a receiver in peace for some hours, for a reason.
#[server(prefix = "/rpc", endpoint = "operations/open-circuit")]
pub async fn open_circuit(
    #[server(default)] receiver: String,
    #[server(default)] hours: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let hours = crate::bundles::number(&hours);
    let outcome = match domain::delivery::Sink::parse(&receiver) {
        Some(sink) => services::operations::open_circuit(&services, &ctx, sink, hours, &reason).await.map(|()| sink),
        None => Err(domain::refusal::Refusal::NotFound.into()),
    };
    crate::form::done("operations/open-circuit", outcome, "/ops/integrations", |sink| {
        ("/ops/integrations".to_owned(), format!("{} is left in peace; what is owed to it waits.", sink.title()))
    })
}

/// Has a delivery that follows from no bundle tried again at once.
#[server(prefix = "/rpc", endpoint = "operations/replay-delivery")]
pub async fn replay_delivery(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::deliveries::replay_alone(&services, &ctx, &id).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/ops/integrations".to_owned());
    crate::form::done("operations/replay-delivery", outcome, &page, |()| {
        (page.clone(), "The delivery is tried again.".to_owned())
    })
}

/// Leaves out a delivery that follows from no bundle, with a reason.
#[server(prefix = "/rpc", endpoint = "operations/skip-delivery")]
pub async fn skip_delivery(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::deliveries::skip_alone(&services, &ctx, &id, &reason).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/ops/integrations".to_owned());
    crate::form::done("operations/skip-delivery", outcome, &page, |()| {
        (page.clone(), "The delivery is left out.".to_owned())
    })
}

/// Takes failed jobs off the queue of files.
#[server(prefix = "/rpc", endpoint = "operations/clear-failed")]
pub async fn clear_failed() -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::files::clear_failed(&services, &ctx).await;
    crate::form::done("operations/clear-failed", outcome, "/ops/files", |cleared| {
        ("/ops/files".to_owned(), format!("Failed jobs taken off the queue: {cleared}. Their files stay failed."))
    })
}

/// Closes the idle connections to the database.
#[server(prefix = "/rpc", endpoint = "operations/reset-connections")]
pub async fn reset_connections() -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::maintenance::reset_connections(&services, &ctx).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/ops/health".to_owned());
    crate::form::done("operations/reset-connections", outcome, &page, |renewed| {
        let said = format!("Connections closed: {}. In use and left alone: {}.", renewed.closed, renewed.in_use);
        (page.clone(), said)
    })
}

/// Looks at every component of the node that answers at once, instead of at the next round.
#[server(prefix = "/rpc", endpoint = "operations/check-now")]
pub async fn check_now() -> Result<(), RpcError> {
    use domain::operations::ComponentSight;
    use domain::policy::Permission;

    let (_, ctx) = crate::request::context()?;
    let outcome = match ctx.caller_with(Permission::SystemOperate) {
        Ok(_) => Ok(super::Instruments::look().await?),
        Err(refusal) => Err(services::ServiceError::from(refusal)),
    };
    let page = crate::request::form_page().unwrap_or_else(|| "/ops/health".to_owned());
    crate::form::done("operations/check-now", outcome, &page, |readings| {
        let amiss = |component: &&ComponentSight| component.status != "OK";
        let named: Vec<&str> =
            readings.components.iter().filter(amiss).map(|component| component.name.as_str()).collect();
        let said = if named.is_empty() {
            "all are in order".to_owned()
        } else {
            format!("not in order: {}", named.join(", "))
        };
        (page.clone(), format!("Components looked at just now: {}; {said}.", readings.components.len()))
    })
}

/// Ends one subscription of the public, for a reason.
#[server(prefix = "/rpc", endpoint = "operations/end-subscription")]
pub async fn end_subscription(
    #[server(default)] id: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::subscriptions::end_by_hand(&services, &ctx, &id, &reason).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/subscribers".to_owned());
    crate::form::done("operations/end-subscription", outcome, &page, |()| {
        (page.clone(), "It has ended, and its address is forgotten.".to_owned())
    })
}

/// Lets somebody in no more for some hours, for a reason.
#[server(prefix = "/rpc", endpoint = "operations/block-caller")]
pub async fn block_caller(
    #[server(default)] kind: String,
    #[server(default)] subject: String,
    #[server(default)] hours: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    use domain::operations::{CallerKind, NewBlock};

    let (services, ctx) = crate::request::context()?;
    let kind = CallerKind::parse(&kind).unwrap_or(CallerKind::Address);
    let new = NewBlock { kind, subject, hours: crate::bundles::number(hours.trim()), reason };
    let outcome = services::callers::block(&services, &ctx, new).await;
    crate::form::done("operations/block-caller", outcome, "/ops/limits", |block| {
        let until = domain::uk_time::date_time(block.until);
        ("/ops/limits".to_owned(), format!("{} is let in no more until {until}.", block.title))
    })
}

/// Lets somebody in again before their time.
#[server(prefix = "/rpc", endpoint = "operations/unblock-caller")]
pub async fn unblock_caller(#[server(default)] subject: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::callers::unblock(&services, &ctx, &subject).await;
    crate::form::done("operations/unblock-caller", outcome, "/ops/limits", |block| {
        ("/ops/limits".to_owned(), format!("{} is let in again.", block.title))
    })
}

/// Has this node's search index made anew, while searches go on.
#[server(prefix = "/rpc", endpoint = "operations/rebuild-index")]
pub async fn rebuild_index() -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::catalogue::begin_rebuild(&services, &ctx).await;
    crate::form::done("operations/rebuild-index", outcome, "/ops/search-index", |()| {
        ("/ops/search-index".to_owned(), "The index is being made anew.".to_owned())
    })
}

/// Has the index of the node that answers read one dataset again.
#[server(prefix = "/rpc", endpoint = "operations/read-dataset-again")]
pub async fn read_dataset_again(#[server(default)] dataset: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::catalogue::read_again(&services, &ctx, &dataset).await;
    let page = format!("/ops/search-index?dataset={}", domain::text::escaped(&dataset));
    crate::form::done("operations/read-dataset-again", outcome, &page, |is_public| {
        let said = if *is_public {
            "The dataset was read again, and search finds it."
        } else {
            "There is no public dataset of this id, and search finds none."
        };
        (page.clone(), said.to_owned())
    })
}
