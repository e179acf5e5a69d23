//! Subscribing to news by letter: the form, and the pages that the letters lead to.

mod confirm;
mod manage;
pub(super) mod searched;

pub use confirm::{ConfirmSubscription, SubscriptionConfirmed};
pub use manage::{ManageSubscription, SubscriptionEnded};

use domain::language::Language;
use domain::refusal::Refusal;
use domain::subscription::{SubscribePage, Target, TargetView};
use domain::text::escaped;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::visit::Flash;

use crate::components::form::hidden;
use crate::components::written::{Written, joined, pieces};
use crate::i18n::t;
use crate::layout::site::{Frame, Shown, loading, page};

const FORM: &str = "subscriptions/subscribe";

/// Asks for the address to which letters go.
#[component]
pub fn Subscribe() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let query = use_query_map();
    let named = |name: &str| query.read_untracked().get(name).filter(|id| !id.is_empty());
    let load = rpc::subscriptions::subscribe_page_for(named("dataset"), named("topic"), named("search"));
    let flash = rpc::request::visit().flash.filter(|flash| flash.form == FORM);
    loading(frame, "", load, move |page, frame| shown(frame, &page, flash.as_ref()))
}

/// The link to the page for a dataset or a topic; nothing where the site sends no mail.
pub(super) fn link(frame: &Frame, target: &Target) -> Option<AnyView> {
    link_saying(frame, target, "footer-subscribe")
}

/// The same for a target, in the words of a message.
pub(super) fn link_saying(frame: &Frame, target: &Target, key: &str) -> Option<AnyView> {
    rpc::request::visit().by_mail.then(|| {
        let href = frame.href(&address(target));
        view! { <a href=href>{t(frame.lang, key)}</a> }.into_any()
    })
}

fn address(target: &Target) -> String {
    match target {
        Target::Dataset(id) => format!("/subscribe?dataset={}", escaped(id)),
        Target::Topic(id) => format!("/subscribe?topic={}", escaped(id)),
        Target::Search(kept) => format!("/subscribe?search={}", escaped(kept)),
        Target::Everything => "/subscribe".to_owned(),
    }
}

/// What is subscribed to, as a line of its own.
fn named(lang: Language, about: &TargetView) -> Vec<Written> {
    let title = Written::of(lang, &about.title, about.title_cy.as_deref());
    match about.target {
        Target::Dataset(_) => vec![title],
        Target::Topic(_) => pieces(lang, "subscribe-topic", &[("title", vec![title])], &[]),
        Target::Search(_) => pieces(lang, "subscribe-search", &[("search", searched::words(lang, about))], &[]),
        Target::Everything => vec![Written::own(t(lang, "subscribe-everything"))],
    }
}

/// A message that says what is subscribed to.
fn saying(lang: Language, key: &str, about: &TargetView) -> Vec<Written> {
    pieces(lang, key, &[("what", named(lang, about))], &[])
}

fn shown(frame: &Frame, page: &SubscribePage, flash: Option<&Flash>) -> Shown {
    let lang = frame.lang;
    let (heading, problem) =
        (saying(lang, "subscribe-title", &page.about), flash.and_then(|flash| problem(lang, flash)));
    let summary = problem.clone().map(|message| {
        view! {
            <section class="error-summary" role="alert" tabindex="-1" aria-labelledby="error-summary-title">
                <h2 id="error-summary-title">{t(lang, "subscribe-problem")}</h2>
                <ul><li><a href="#subscribe-address">{message}</a></li></ul>
            </section>
        }
    });
    let title: String = heading.iter().map(|piece| piece.text.as_str()).collect();
    let title = if problem.is_some() { format!("{}: {title}", t(lang, "subscribe-error")) } else { title };
    let ask = if page.by_mail {
        form(frame, &page.about.target, flash, problem)
    } else {
        view! { <p>{t(lang, "subscribe-no-mail")}</p> }.into_any()
    };
    let content = view! {
        {summary}
        <header class="page-title"><h1>{joined(heading)}</h1><p class="lead">{t(lang, "subscribe-lead")}</p></header>
        <div class="measure stack">
            {ask}
            <h2>{t(lang, "subscribe-kept")}</h2>
            <p>{t(lang, "subscribe-kept-text")}</p>
            <h2>{t(lang, "subscribe-programs")}</h2>
            <p>{t(lang, "subscribe-programs-text")}" "<a href=frame.href("/developers/subscriptions")>{t(lang, "footer-api")}</a></p>
        </div>
    };
    Shown { title, description: t(lang, "subscribe-lead"), content: content.into_any() }
}

fn form(frame: &Frame, target: &Target, flash: Option<&Flash>, problem: Option<String>) -> AnyView {
    let lang = frame.lang;
    let typed = flash.and_then(|flash| flash.values.get("address")?.first().cloned()).unwrap_or_default();
    let what = match target {
        Target::Dataset(id) => Some(hidden("dataset_id", id)),
        Target::Topic(id) => Some(hidden("topic_id", id)),
        Target::Search(kept) => Some(hidden("search", kept)),
        Target::Everything => None,
    };
    let class = if problem.is_some() { "field field--error" } else { "field" };
    let described = if problem.is_some() { "subscribe-hint subscribe-error" } else { "subscribe-hint" };
    let invalid = problem.as_ref().map(|_| "true");
    let told = problem.map(|message| {
        let error = t(lang, "subscribe-error");
        view! { <p class="field__error" id="subscribe-error"><span class="visually-hidden">{error}": "</span>{message}</p> }
    });
    view! {
        <form class="stack" method="post" action=format!("/rpc/{FORM}") novalidate=true>
            {hidden("language", lang)}{what}
            <div class=class>
                <label class="field__label" for="subscribe-address">{t(lang, "subscribe-address")}</label>
                <p class="field__hint" id="subscribe-hint">{t(lang, "subscribe-hint")}</p>
                {told}
                <input
                    class="field__input" id="subscribe-address" name="address" type="email" value=typed
                    autocomplete="email" aria-describedby=described aria-invalid=invalid
                />
            </div>
            <button class="button">{t(lang, "subscribe-button")}</button>
        </form>
    }
    .into_any()
}

/// Why the form was refused, in the reader's language.
fn problem(lang: Language, flash: &Flash) -> Option<String> {
    let refusal = flash.refusal.as_ref()?;
    Some(match refusal {
        Refusal::TooMany { .. } => t(lang, "subscribe-too-many"),
        _ if flash.problems().iter().any(|problem| problem.field == "address") => t(lang, "subscribe-bad-address"),
        _ => t(lang, "subscribe-failed"),
    })
}

/// Says that a letter is on its way.
#[component]
pub fn SubscriptionSent() -> impl IntoView {
    said("subscribe-sent", "subscribe-sent-text")
}

/// A page that says one thing.
fn said(heading: &'static str, sentence: &'static str) -> AnyView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let content = view! {
        <header class="page-title"><h1>{t(lang, heading)}</h1><p class="lead">{t(lang, sentence)}</p></header>
        <p><a href=frame.href("/")>{t(lang, "subscribe-home")}</a></p>
    };
    page(&frame, "", Shown { title: t(lang, heading), description: String::new(), content: content.into_any() })
}
