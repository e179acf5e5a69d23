//! What one did oneself, as the audit trail keeps it.

use domain::event::{Event, ViaKind};
use domain::page::Page;
use leptos::prelude::*;

use super::parts::account_tabs;
use crate::components::portal::{empty, grouped, moment, object_header, pagination, sentence, words};
use crate::layout::portal::{Section, Shown, portal};
use crate::pages::administration::{page_number, page_of};

/// The kinds of things whose pages are not for administrators alone.
const FOR_EVERYBODY: [&str; 4] = ["bundle", "dataset", "release", "version"];

/// What the person signed in did, the newest first.
#[component]
pub fn Activity() -> impl IntoView {
    portal(Section::Account, rpc::account::own_activity(page_number()), |page, _| shown(&page))
}

fn shown(page: &Page<Event>) -> Shown {
    let total = page.total_count;
    let noun = if total == 1 { "record" } else { "records" };
    let meta = view! { <span>{grouped(total)}" "{noun}", newest first"</span> }.into_any();
    let rows = if page.items.is_empty() {
        empty("You have done nothing yet", "What you change, look at early and are refused is kept here.", None)
    } else {
        let items: Vec<AnyView> = page.items.iter().map(line).collect();
        view! { <ol class="timeline">{items}</ol> }.into_any()
    };
    let pages = pagination(total, page.limit, page.offset, |n| format!("/account/activity?page={n}"));
    let content = view! {
        {object_header("Account", "What you did", meta, None)}
        {account_tabs("/account/activity")}
        <div class="portal__content stack">
            <p class="muted">"These are your own lines of the audit trail. If you did not do something that stands here, change your password, sign out everywhere, which also revokes your API tokens, and tell an administrator."</p>
            {rows}{pages}
        </div>
    };
    Shown::new("What you did", content.into_any()).under("Account", "/account")
}

/// What was done, to what, when and from where.
fn line(event: &Event) -> AnyView {
    let mark = event.to_state.clone().unwrap_or_else(|| "created".to_owned());
    let what = sentence(&words(event));
    let name = format!("{} {}", event.resource_type.replace('_', " "), event.resource_id);
    let href = page_of(event).filter(|_| FOR_EVERYBODY.contains(&event.resource_type.as_str()));
    let about = match href {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => view! { {name} }.into_any(),
    };
    let reason =
        event.reason.clone().map(|reason| view! { <blockquote class="timeline__reason">{reason}</blockquote> });
    let through = event.via.as_ref().map_or("", |via| match via.kind {
        ViaKind::Session => ", through a session",
        ViaKind::Token => ", through a token",
        ViaKind::Jwt => ", through a token of the sign-in service",
    });
    let from = event.client.as_ref().map(|address| format!(", from {address}")).unwrap_or_default();
    view! {
        <li class=format!("timeline__event state--{mark}")>
            <p class="timeline__title"><strong>{what}</strong>": "{about}</p>
            <p class="small muted">{moment(event.timestamp, "timeline__time")}{format!("{from}{through}")}</p>
            {reason}
        </li>
    }
    .into_any()
}
