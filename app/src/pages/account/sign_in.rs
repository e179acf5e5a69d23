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
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    let next = rpc::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned());
    if visit.caller.is_some() && !Form::of(&visit, "account/sign-in").was_refused() {
        rpc::request::see_other(&next);
    }
    narrow("Sign in", rpc::account::ways_in(), move |ways, visit| shown(&ways, visit, &next))
}

fn shown(ways: &WaysIn, visit: &Visit, next: &str) -> AnyView {
    let form = Form::of(visit, "account/sign-in");
    let provider = ways.provider.clone().map(|name| {
        let start = format!("/account/oidc/start?next={}", domain::text::escaped(next));
        view! { <p><a class="button button--secondary button--block" href=start>{format!("Sign in with {name}")}</a></p> }
    });
    view! {
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
