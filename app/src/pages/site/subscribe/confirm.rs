//! The page that the link of the first letter leads to.

use domain::subscription::SubscriptionView;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{said, saying};
use crate::components::form::hidden;
use crate::components::written::joined;
use crate::i18n::t;
use crate::layout::site::{Frame, Shown, loading};

/// One button to press: opening the link confirms nothing, since mail programs open links by themselves.
#[component]
pub fn ConfirmSubscription() -> impl IntoView {
    rpc::request::keep_private();
    let frame = Frame::of_visit(true);
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    loading(frame, "", rpc::subscriptions::to_confirm(token), |found, frame| match found {
        Some(found) if !found.confirmed => asked(frame, &found),
        Some(_) => told(frame, "subscribe-confirmed", "subscribe-confirmed-text"),
        None => told(frame, "subscribe-link-over", "subscribe-link-over-text"),
    })
}

fn asked(frame: &Frame, found: &SubscriptionView) -> Shown {
    let lang = frame.lang;
    let what = joined(saying(lang, "subscribe-confirm-what", &found.target));
    let content = view! {
        <header class="page-title"><h1>{t(lang, "subscribe-confirm")}</h1><p class="lead">{what}</p></header>
        <form class="stack" method="post" action="/rpc/subscriptions/confirm">
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
