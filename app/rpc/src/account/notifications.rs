//! What one is told, what of it is read, and what one wants to be told.

use domain::letter_times::NotificationSettings;
use domain::notification::Inbox;
use leptos::prelude::*;

use crate::error::RpcError;

/// A page of a part of what the caller is told, the newest first.
#[server(prefix = "/rpc", endpoint = "account/notifications")]
pub async fn notification_inbox(#[server(default)] show: String, page: u32) -> Result<Inbox, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let view = domain::notification::InboxView::parse(&show).unwrap_or(domain::notification::InboxView::All);
    Ok(services::notifications::inbox(&services, &ctx, view, crate::form::paging(page)).await?)
}

/// Marks a notification as read.
#[server(prefix = "/rpc", endpoint = "account/mark-read")]
pub async fn mark_read(#[server(default)] id: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::notifications::mark_read(&services, &ctx, &id).await;
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/notifications".to_owned());
    crate::form::done("account/mark-read", outcome, &page, |()| (page.clone(), "It is marked as read.".to_owned()))
}

/// Marks as read what was told when the page was made, of which `newest` was the newest; what came since stays unread.
#[server(prefix = "/rpc", endpoint = "account/mark-all-read")]
pub async fn mark_all_read(#[server(default)] newest: String) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let outcome = services::notifications::mark_all_read(&services, &ctx, &newest).await;
    let page = "/admin/notifications";
    crate::form::done("account/mark-all-read", outcome, page, |()| {
        (page.to_owned(), "Everything that was shown is marked as read.".to_owned())
    })
}

/// What the caller wants to be told, kind by kind, and when letters of it come.
#[server(prefix = "/rpc", endpoint = "account/notification-choices")]
pub async fn notification_choices() -> Result<NotificationSettings, RpcError> {
    let (services, ctx) = crate::request::context()?;
    Ok(services::notifications::settings(&services, &ctx).await?)
}

/// Replaces what the caller wants to be told: the kinds that are ticked for the portal, those for letters at once and those for
/// the daily one, and the times of letters on a UK clock.
#[server(prefix = "/rpc", endpoint = "account/choose-notifications")]
pub async fn choose_notifications(
    #[server(default)] in_portal: Vec<String>,
    #[server(default)] by_mail: Vec<String>,
    #[server(default)] daily: Vec<String>,
    #[server(default)] daily_at: String,
    #[server(default)] quiet_from: String,
    #[server(default)] quiet_until: String,
) -> Result<(), RpcError> {
    use domain::letter_times::LetterTimes;
    use domain::notification::{Choice, NotificationKind};
    use domain::refusal::Refusal;

    let (services, ctx) = crate::request::context()?;
    let ticked = |list: &[String], kind: NotificationKind| list.iter().any(|word| word == kind.as_str());
    let chosen: Vec<Choice> = NotificationKind::ALL
        .iter()
        .map(|kind| Choice {
            kind: *kind,
            in_portal: ticked(&in_portal, *kind),
            by_mail: kind.has_letters() && ticked(&by_mail, *kind),
            daily: kind.has_letters() && ticked(&daily, *kind),
        })
        .collect();
    let wants_daily = chosen.iter().any(|choice| choice.daily);
    let times = services::notifications::settings(&services, &ctx).await.and_then(|former| {
        LetterTimes::chosen([&daily_at, &quiet_from, &quiet_until], &former.times, wants_daily)
            .map_err(|problems| Refusal::Invalid { problems }.into())
    });
    let outcome = match times {
        Ok(times) => services::notifications::choose(&services, &ctx, &chosen, times).await,
        Err(refusal) => Err(refusal),
    };
    let page = "/account/notifications";
    crate::form::done("account/choose-notifications", outcome, page, |()| {
        (page.to_owned(), "Your choices were saved.".to_owned())
    })
}
