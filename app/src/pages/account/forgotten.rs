//! A forgotten password: asking for a letter, and choosing a new password by its link.

use domain::account::WaysIn;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::Visit;

use super::frame::{narrow, new_password};
use crate::components::form::{Form, hidden};

/// Asks for the address to which a letter goes, or says who can help where no mail is sent.
#[component]
pub fn Forgotten() -> impl IntoView {
    narrow("Forgotten password", rpc::account::ways_in(), |ways, visit| asked(&ways, visit))
}

fn asked(ways: &WaysIn, visit: &Visit) -> AnyView {
    let back = view! { <p><a href="/account/sign-in">"Back to sign in"</a></p> };
    if !ways.by_mail {
        return view! {
            <p>"This site sends no mail. Ask an operator or administrator of the catalogue to give you a new password."</p>
            {back}
        }
        .into_any();
    }
    let form = Form::of(visit, "account/forgotten");
    view! {
        <p>"We send a letter with a link to choose a new password. The link works once and for half an hour."</p>
        <form class="stack" method="post" action=form.action() novalidate=true>
            {form.field("email", "E-mail address").kind("email").autocomplete("username").input()}
            <button class="button button--block">"Send the letter"</button>
        </form>
        {back}
    }
    .into_any()
}

/// Asks for a new password where the link of the letter still works.
#[component]
pub fn Reset() -> impl IntoView {
    let token = use_query_map().read_untracked().get("token").unwrap_or_default();
    let live = rpc::account::link_is_live(token.clone());
    narrow("Choose a new password", live, move |live, visit| chosen(live, visit, &token))
}

fn chosen(live: bool, visit: &Visit, token: &str) -> AnyView {
    if !live {
        return view! {
            <p>"This link was used already or has ended. It works once and for half an hour."</p>
            <p><a href="/account/forgotten">"Ask for a new one"</a></p>
        }
        .into_any();
    }
    let form = Form::of(visit, "account/reset");
    view! {
        <p>"Afterwards you are signed out everywhere and sign in with the new password."</p>
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("token", token)}
            {new_password(&form, "New password")}
            <button class="button button--block">"Save the new password"</button>
        </form>
    }
    .into_any()
}
