//! What the last form left behind: a notice, or why it was refused.

use domain::refusal::{Blocker, Refusal};
use leptos::prelude::*;
use rpc::visit::{Flash, Visit};

use super::prefix_of;

/// The notice or refusal of the last form, at the top of the page.
#[must_use]
pub fn messages(visit: &Visit) -> AnyView {
    let Some(flash) = &visit.flash else {
        return ().into_any();
    };
    let notice = flash.notice.clone().map(|notice| {
        view! {
            <section class="banner banner--success" role="status" aria-label="Done"><p>{notice}</p></section>
        }
    });
    let refusal = flash.refusal.as_ref().map(|refusal| summary(flash, refusal));
    view! { {notice}{refusal} }.into_any()
}

/// Every reason why something cannot be done, with links to where each can be mended; a part of the page of its own.
#[must_use]
pub fn blockers(title: &str, id: &str, blockers: &[Blocker]) -> AnyView {
    let (title, id, items) = (title.to_owned(), id.to_owned(), blocker_items(blockers));
    view! {
        <section class="blockers" id=id>
            <h2 class="blockers__title">{title}</h2>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}

/// The same within a part of the page that has a heading.
#[must_use]
pub fn blockers_within(title: &str, id: &str, blockers: &[Blocker]) -> AnyView {
    let (title, id, items) = (title.to_owned(), id.to_owned(), blocker_items(blockers));
    view! {
        <section class="blockers" id=id>
            <h3 class="blockers__title">{title}</h3>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}

fn summary(flash: &Flash, refusal: &Refusal) -> AnyView {
    let (title, items) = match refusal {
        Refusal::Invalid { .. } | Refusal::Unreadable { .. } => ("There is a problem".to_owned(), problem_items(flash)),
        Refusal::Blocked { message, blockers }
            if blockers.len() > 1 || blockers.iter().any(|b| b.message != *message) =>
        {
            (message.clone(), blocker_items(blockers))
        }
        Refusal::Stale => {
            let kept = "What you typed is kept below. Where the other text differs it stands under the field; saving again takes yours.";
            let mut said = vec![refusal.to_string()];
            // Only a form of fields has something to keep.
            said.extend(flash.form.ends_with("/edit").then(|| kept.to_owned()));
            let items = said.into_iter().map(|text| view! { <li>{text}</li> }.into_any()).collect();
            ("Somebody else saved meanwhile".to_owned(), items)
        }
        other => {
            let message = other.to_string();
            ("This could not be done".to_owned(), vec![view! { <li>{message}</li> }.into_any()])
        }
    };
    view! {
        <section class="error-summary" role="alert" tabindex="-1" aria-labelledby="error-summary-title">
            <h2 id="error-summary-title">{title}</h2>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}

fn problem_items(flash: &Flash) -> Vec<AnyView> {
    flash
        .problems()
        .iter()
        .map(|problem| {
            let href = format!("#{}-{}", prefix_of(&flash.form), field_with_id(&problem.field));
            let message = spoken(&problem.field, &problem.code, &problem.message);
            view! { <li><a href=href>{message}</a></li> }.into_any()
        })
        .collect()
}

fn blocker_items(blockers: &[Blocker]) -> Vec<AnyView> {
    blockers
        .iter()
        .map(|blocker| {
            let message = blocker.message.clone();
            match blocker.fix_url.clone() {
                Some(href) => view! { <li>{message}" "<a href=href>"Look at it"</a></li> }.into_any(),
                None => view! { <li>{message}</li> }.into_any(),
            }
        })
        .collect()
}

/// Lists of words and ticks have one control, so their parts point to it.
fn field_with_id(field: &str) -> &str {
    match field.split_once('.') {
        Some((list @ ("keywords" | "topics" | "preview_teams" | "notification_channels"), _)) => list,
        _ => field,
    }
}

/// A problem that reads well without its field beside it.
fn spoken(field: &str, code: &str, message: &str) -> String {
    if code != "required" || message != "This is needed." {
        return message.to_owned();
    }
    let words: Vec<String> =
        field.split('.').filter(|part| part.parse::<u32>().is_err()).map(|part| part.replace('_', " ")).collect();
    format!("Give the {}.", words.join(": "))
}
