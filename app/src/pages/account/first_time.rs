//! The first time: whoever was invited puts their name right, chooses a password, and goes on to a second factor.

use domain::invitation::Welcome;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rpc::Visit;

use super::frame::{narrow, new_password};
use crate::components::form::{Form, hidden};

/// Asks for a password where the link of the invitation still works.
#[component]
pub fn FirstTime() -> impl IntoView {
    let token = use_params_map().read_untracked().get("token").unwrap_or_default();
    let load = rpc::account::first_time_welcome(token.clone());
    narrow("Welcome", load, move |welcome, visit| match welcome {
        Some(welcome) => chosen(&welcome, visit, &token),
        None => ended(),
    })
}

fn ended() -> AnyView {
    view! {
        <p>"This invitation was taken up already, has ended or was withdrawn. It works once and for seven days."</p>
        <p>"Ask whoever invited you for a new one. If you have chosen a password already, "<a href="/account/sign-in">"sign in"</a>"."</p>
    }
    .into_any()
}

fn chosen(welcome: &Welcome, visit: &Visit, token: &str) -> AnyView {
    let form = Form::of(visit, "account/first-time");
    let (name, email) = (welcome.name.clone(), welcome.email.clone());
    let factor = if welcome.needs_second_factor {
        view! { <p>"Your role asks for a second factor. You set it up in the next step, with an authenticator app on your phone."</p> }
            .into_any()
    } else {
        let hint = "A code of an authenticator app on your phone, besides the password. You can do this later, too.";
        let option = ("on".to_owned(), "Set it up in the next step".to_owned(), hint.to_owned());
        form.ticked("second_factor", "Second factor", vec![option], false)
    };
    view! {
        <p>"Hello "{name}". An account was made for you; you sign in to it with "<strong>{email}</strong>" and the password that you choose here."</p>
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("token", token)}
            {form.field("name", "Your name").autocomplete("name").value(&welcome.name).hint("As colleagues see it beside what you do.").input()}
            {new_password(&form, "Password")}
            {factor}
            <button class="button button--block">"Begin"</button>
        </form>
    }
    .into_any()
}
