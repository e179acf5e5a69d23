//! The page on which a subscriber stops letters; every letter leads to it.

use domain::subscription::SubscriptionView;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{said, saying};
use crate::components::form::hidden;
use crate::components::written::joined;
use crate::i18n::t;
use crate::layout::site::{Frame, Shown, loading};

/// What the subscriber is told of, each with a button that stops it.
#[component]
pub fn ManageSubscription() -> impl IntoView {
    rpc::request::keep_private();
    let frame = Frame::of_visit(true);
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let load = rpc::subscriptions::own(token.clone());
    loading(frame, "", load, move |own, frame| if own.is_empty() { over(frame) } else { listed(frame, own, &token) })
}

fn listed(frame: &Frame, own: Vec<SubscriptionView>, token: &str) -> Shown {
    let lang = frame.lang;
    let several = own.len() > 1;
    let items: Vec<AnyView> = own.iter().map(|one| item(frame, one)).collect();
    let all = several.then(|| {
        view! {
            <form method="post" action="/rpc/subscriptions/end-all">
                {hidden("language", lang)}{hidden("token", token)}
                <button class="button button--warning">{t(lang, "subscribe-stop-all")}</button>
            </form>
        }
    });
    let content = view! {
        <header class="page-title"><h1>{t(lang, "subscribe-manage")}</h1><p class="lead">{t(lang, "subscribe-manage-lead")}</p></header>
        <ul class="plain stack">{items}</ul>
        {all}
    };
    Shown { title: t(lang, "subscribe-manage"), description: String::new(), content: content.into_any() }
}

fn item(frame: &Frame, one: &SubscriptionView) -> AnyView {
    let lang = frame.lang;
    let stop = joined(saying(lang, "subscribe-stop", &one.target));
    view! {
        <li>
            <form method="post" action="/rpc/subscriptions/end">
                {hidden("language", lang)}{hidden("token", &one.token)}
                <button class="button button--secondary">{stop}</button>
            </form>
        </li>
    }
    .into_any()
}

fn over(frame: &Frame) -> Shown {
    let lang = frame.lang;
    let content = view! {
        <header class="page-title"><h1>{t(lang, "subscribe-over")}</h1><p class="lead">{t(lang, "subscribe-over-text")}</p></header>
        <p><a href=frame.href("/subscribe")>{t(lang, "subscribe-again")}</a></p>
    };
    Shown { title: t(lang, "subscribe-over"), description: String::new(), content: content.into_any() }
}

/// Says that no letters come any more.
#[component]
pub fn SubscriptionEnded() -> impl IntoView {
    said("subscribe-over", "subscribe-over-text")
}
