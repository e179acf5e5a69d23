//! What the person signed in is told of what others did.

use domain::notification::{Inbox, InboxView, Notification};
use leptos::prelude::*;

use crate::components::form::hidden;
use crate::components::portal::{counted, empty, moment, object_header, pagination, tabs};
use crate::layout::portal::{Section, Shown, portal};
use crate::pages::administration::{page_number, query};

/// Where the page is.
const PATH: &str = "/admin/notifications";

/// The notifications, the newest first; which part of them is shown stands in the address.
#[component]
pub fn NotificationInbox() -> impl IntoView {
    let view = InboxView::parse(&query("show")).unwrap_or(InboxView::All);
    let load = rpc::account::notification_inbox(view.to_string(), page_number());
    portal(Section::Notifications, load, move |inbox, _| shown(&inbox, view))
}

/// The address of a part of the notifications.
fn address(view: InboxView) -> String {
    if view == InboxView::All { PATH.to_owned() } else { format!("{PATH}?show={view}") }
}

/// How many are shown, and how many of all wait to be read.
fn counts(shown: u64, unread: u64, view: InboxView) -> String {
    let in_all = if view == InboxView::All { "" } else { " in all" };
    format!("{}, {unread} not read{in_all}", counted(shown, "notification"))
}

fn shown(inbox: &Inbox, view: InboxView) -> Shown {
    let page = &inbox.notifications;
    let unread = inbox.unread;
    let meta = view! { <span>{counts(page.total_count, unread, view)}</span> }.into_any();
    // Only where everything that is not read yet is shown.
    let shows_all = matches!(view, InboxView::All | InboxView::Unread);
    let all_read = inbox.newest.as_ref().filter(|_| unread > 0 && shows_all).map(|newest| {
        view! {
            <form method="post" action="/rpc/account/mark-all-read">
                {hidden("newest", newest)}
                <button class="button button--secondary">"Mark all as read"</button>
            </form>
        }
        .into_any()
    });
    let rows = if page.items.is_empty() && view != InboxView::All {
        empty("Nothing of this", "Everything that you are told is kept for 60 days.", Some(("Everything", PATH)))
    } else if page.items.is_empty() {
        empty(
            "Nothing to tell",
            "Here stands what others do with versions and bundles of yours, and what waits for you.",
            Some(("Choose what to be told", "/account/notifications")),
        )
    } else {
        let items: Vec<AnyView> = page.items.iter().map(line).collect();
        view! { <ol class="timeline">{items}</ol> }.into_any()
    };
    let pages = pagination(page.total_count, page.limit, page.offset, |n| format!("{PATH}?show={view}&page={n}"));
    let parts = InboxView::ALL.iter().map(|part| (part.title().to_owned(), address(*part), *part == view));
    let content = view! {
        {object_header("", "Notifications", meta, all_read)}
        <div class="portal__content stack">
            <p class="muted">"The last 60 days. "<a href="/account/notifications">"Choose what to be told"</a></p>
            {tabs("Notifications", parts.collect())}
            {rows}{pages}
        </div>
    };
    Shown::new("Notifications", content.into_any())
}

/// What happened, with a link to what it happened to; what is not read says so.
fn line(notification: &Notification) -> AnyView {
    let Notification { id, words, about, href, by, at, said, unread, .. } = notification.clone();
    let new = unread.then(|| view! { <span class="tag state--submitted">"New"</span>" " });
    let said = said.map(|said| view! { <blockquote class="timeline__reason">{said}</blockquote> });
    let mark = if unread { "submitted" } else { "created" };
    let read = unread.then(|| {
        view! {
            <form method="post" action="/rpc/account/mark-read">
                {hidden("id", &id)}
                <button class="button button--secondary button--small">"Mark as read"<span class="visually-hidden">{format!(": {words}, {about}")}</span></button>
            </form>
        }
    });
    view! {
        <li class=format!("timeline__event state--{mark}")>
            <p class="timeline__title">{new}<strong>{words.clone()}</strong>": "<a href=href>{about.clone()}</a></p>
            <p class="small muted">{moment(at, "timeline__time")}", by "{by}</p>
            {said}
            {read}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_counted_of_all_whatever_is_shown() {
        assert_eq!(counts(80, 75, InboxView::All), "80 notifications, 75 not read");
        assert_eq!(counts(0, 75, InboxView::Unread), "0 notifications, 75 not read in all");
    }
}
