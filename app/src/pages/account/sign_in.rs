//! The sign-in page.

use domain::account::WaysIn;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::Visit;

use super::frame::narrow;
use crate::components::form::{Form, hidden};

/// Asks for address and password; what was typed stays, the password never does.
#[component]
pub fn SignIn() -> impl IntoView {
    let visit = rpc::request::visit();
    let asked = use_query_map().read_untracked().get("next").and_then(|next| rpc::form::local_path(&next));
    let ended = asked.as_deref().and_then(|next| ended(&visit, next));
    let next = asked.unwrap_or_else(|| "/admin".to_owned());
    if visit.caller.is_some() && !Form::of(&visit, "account/sign-in").was_refused() {
        rpc::request::see_other(&next);
    }
    narrow("Sign in", rpc::account::ways_in(), move |ways, visit| shown(&ways, visit, &next, ended))
}

/// What is said to whoever is sent here since their session has ended: that this is so, and whether what they typed is kept.
fn ended(visit: &Visit, next: &str) -> Option<&'static str> {
    if visit.kept.as_deref() == Some(next) {
        return Some("Your session has ended. Sign in to go on; what you typed is kept.");
    }
    visit.was_signed_in.as_ref().map(|_| "Your session has ended. Sign in to go on.")
}

/// That nothing here is guarded as it would be elsewhere, and how to get in.
fn demonstration() -> AnyView {
    view! {
        <section class="banner banner--warning" aria-label="Demonstration">
            <p>"This is a demonstration. Its people, such as editor@example.org, approver@example.org and operator@example.org, have one password, which was printed when the program started."</p>
        </section>
    }
    .into_any()
}

fn shown(ways: &WaysIn, visit: &Visit, next: &str, ended: Option<&'static str>) -> AnyView {
    let form = Form::of(visit, "account/sign-in");
    let provider = ways.provider.clone().map(|name| {
        let start = format!("/account/oidc/start?next={}", domain::text::escaped(next));
        view! { <p><a class="button button--secondary button--block" href=start>{format!("Sign in with {name}")}</a></p> }
    });
    let ended = ended.map(|words| {
        view! { <section class="banner banner--information" role="status" aria-label="Session"><p>{words}</p></section> }
    });
    view! {
        {ended}
        {ways.demo.then(demonstration)}
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("next", next)}
            {form.field("email", "E-mail address").kind("email").autocomplete("username").input()}
            {form.field("password", "Password").kind("password").autocomplete("current-password").input()}
            <button class="button button--block">"Sign in"</button>
        </form>
        {provider}
        <p><a href="/account/forgotten">"I have forgotten my password"</a></p>
    }
    .into_any()
}
