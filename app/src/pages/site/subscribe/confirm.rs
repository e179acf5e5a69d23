//! The page that the link of the first letter leads to.

use domain::refusal::Refusal;
use domain::subscription::{MOST_SEARCHES, SubscriptionView, TOO_MANY_SEARCHES};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{said, saying};
use crate::components::form::hidden;
use crate::components::written::joined;
use crate::i18n::{t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

const FORM: &str = "subscriptions/confirm";

/// One button to press: opening the link confirms nothing, since mail programs open links by themselves.
#[component]
pub fn ConfirmSubscription() -> impl IntoView {
    rpc::request::keep_private();
    let frame = Frame::of_visit(true);
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let flash = rpc::request::visit().flash.filter(|flash| flash.form == FORM);
    let is_full = flash.is_some_and(|flash| has_no_room(flash.refusal.as_ref()));
    loading(frame, "", rpc::subscriptions::to_confirm(token), move |found, frame| match found {
        Some(found) if !found.confirmed => asked(frame, &found, is_full),
        Some(_) => told(frame, "subscribe-confirmed", "subscribe-confirmed-text"),
        None => told(frame, "subscribe-link-over", "subscribe-link-over-text"),
    })
}

/// Whether somebody was refused who is told of as many searches as one can be.
fn has_no_room(refusal: Option<&Refusal>) -> bool {
    let Some(Refusal::Blocked { blockers, .. }) = refusal else { return false };
    blockers.iter().any(|blocker| blocker.code == TOO_MANY_SEARCHES)
}

fn asked(frame: &Frame, found: &SubscriptionView, is_full: bool) -> Shown {
    let lang = frame.lang;
    let most = [("n", text(MOST_SEARCHES.to_string()))];
    let full = is_full.then(|| view! { <p class="field__error" role="alert">{ta(lang, "subscribe-full", &most)}</p> });
    let what = joined(saying(lang, "subscribe-confirm-what", &found.target));
    let content = view! {
        <header class="page-title"><h1>{t(lang, "subscribe-confirm")}</h1><p class="lead">{what}</p></header>
        {full}
        <form class="stack" method="post" action=format!("/rpc/{FORM}")>
            {hidden("language", lang)}{hidden("token", &found.token)}
            <button class="button">{t(lang, "subscribe-confirm-button")}</button>
        </form>
    };
    Shown { title: t(lang, "subscribe-confirm"), description: String::new(), content: content.into_any() }
}

fn told(frame: &Frame, heading: &'static str, sentence: &'static str) -> Shown {
    let lang = frame.lang;
    let content = view! {
        <header class="page-title"><h1>{t(lang, heading)}</h1><p class="lead">{t(lang, sentence)}</p></header>
        <p><a href=frame.href("/subscribe")>{t(lang, "subscribe-again")}</a></p>
    };
    Shown { title: t(lang, heading), description: String::new(), content: content.into_any() }
}

/// Says that letters will come.
#[component]
pub fn SubscriptionConfirmed() -> impl IntoView {
    said("subscribe-confirmed", "subscribe-confirmed-text")
}
