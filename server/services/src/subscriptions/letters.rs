//! Letters to subscribers, as plain text and as HTML.

use domain::language::Language;
use domain::subscription::{Subscription, TargetView};
use integrations::mail::Letter;

use super::keys::{confirm_link, manage_link};
use super::news::News;
use super::words;
use crate::Services;
use crate::accounts::escaped;

/// The letter that asks whether the reader wants a subscription.
pub(super) fn confirmation(services: &Services, to: &Subscription, about: &TargetView, id: &str) -> Letter {
    let site = &services.accounts.site_name;
    let words = words::to_confirm(to.language, site, about);
    let link = confirm_link(services, to);
    let text =
        format!("{}\n\n{}:\n{link}\n\n{}\n{}\n\n{site}\n", words.asked, words.press, words.until, words.otherwise);
    let html = page(
        to.language,
        &words.subject,
        &format!(
            "<p>{}</p><p><a href=\"{}\">{}</a></p><p>{}</p><p>{}</p><p>{}</p>",
            escaped(&words.asked),
            escaped(&link),
            escaped(words.press),
            escaped(words.until),
            escaped(words.otherwise),
            escaped(site),
        ),
    );
    Letter {
        id: Some(id.to_owned()),
        to: to.address.clone(),
        subject: line(&words.subject),
        text,
        html,
        unsubscribe: None,
    }
}

/// The letter about what became public, for the first of the subscriptions that it is written for.
pub(super) fn of_news(services: &Services, to: &Subscription, news: &[News], more: usize, id: &str) -> Letter {
    let (site, address) = (&services.accounts.site_name, &services.accounts.public_url);
    let language = to.language;
    let title = news.first().map(|news| language.pick(&news.title, news.title_cy.as_deref())).unwrap_or_default();
    let words = words::of_news(language, site, title, (news.len() + more).saturating_sub(1), more);
    let stop = manage_link(services, to);
    let (mut text, mut items) = (format!("{}\n\n", words.opening), String::new());
    for news in news {
        let (said, link) = (news.line(language), news.link(address, language));
        text.push_str(&format!("- {said}\n  {link}\n"));
        items.push_str(&format!("<li><p><a href=\"{}\">{}</a></p>", escaped(&link), escaped(&said)));
        if !news.changes.is_empty() {
            text.push_str(&format!("  {}:\n", words.changes));
            items.push_str(&format!("<p>{}:</p><ul>", escaped(words.changes)));
            for change in &news.changes {
                text.push_str(&format!("  * {change}\n"));
                items.push_str(&format!("<li>{}</li>", escaped(change)));
            }
            items.push_str("</ul>");
        }
        items.push_str("</li>");
    }
    let (more_text, more_html) = match &words.more {
        Some(more) => (format!("\n{more} {address}\n"), format!("<p>{}</p>", escaped(more))),
        None => (String::new(), String::new()),
    };
    text.push_str(&format!("{more_text}\n{}\n{}: {stop}\n\n{site}\n", words.why, words.stop));
    let html = page(
        language,
        &words.subject,
        &format!(
            "<p>{}</p><ul>{items}</ul>{more_html}<p>{} <a href=\"{}\">{}</a></p><p><a href=\"{}\">{}</a></p>",
            escaped(words.opening),
            escaped(words.why),
            escaped(&stop),
            escaped(words.stop),
            escaped(address),
            escaped(site),
        ),
    );
    Letter {
        id: Some(id.to_owned()),
        to: to.address.clone(),
        subject: line(&words.subject),
        text,
        html,
        unsubscribe: Some(stop),
    }
}

fn page(language: Language, title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>{body}</body></html>"
    )
}

/// A line break would end the header.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
