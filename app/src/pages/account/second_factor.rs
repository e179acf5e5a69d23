//! Setting a second factor up, and the recovery codes that are shown once.

use domain::account::{QrPicture, SetUp};
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::Form;
use crate::components::portal::{object_header, panel};
use crate::layout::portal::{Section, Shown, portal};

/// Shows the picture and the key for an authenticator app, and asks for a first code.
#[component]
pub fn SecondFactor() -> impl IntoView {
    portal(Section::Account, rpc::account::second_factor_set_up(), |set_up, visit| set_up_page(&set_up, visit))
}

fn set_up_page(set_up: &SetUp, visit: &Visit) -> Shown {
    let form = Form::of(visit, "account/confirm-second-factor");
    let key = set_up.key.clone();
    let add = view! {
        <div class="stack">
            <p>"Open your authenticator app, add an account and take this picture."</p>
            {picture(&set_up.picture)}
            <p>"If you cannot take a picture, type this key. It goes with six digits, 30 seconds and SHA-1, which is what apps expect."</p>
            <p><code id="second-factor-key">{key}</code></p>
        </div>
    };
    let confirm = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {form.field("code", "Code").autocomplete("one-time-code").hint("Six digits that the app shows now.").short().input()}
            <button class="button">"Set the second factor up"</button>
        </form>
    };
    let content = view! {
        {object_header("Account", "Set up a second factor", ().into_any(), None)}
        <div class="portal__content stack">
            {panel("1. Tell the app", false, None, add.into_any())}
            {panel("2. Show that it works", false, None, confirm.into_any())}
        </div>
    };
    Shown::new("Set up a second factor", content.into_any()).under("Account", "/account")
}

fn picture(picture: &QrPicture) -> AnyView {
    let (size, path) = (picture.size, picture.path.clone());
    view! {
        <svg
            role="img" aria-label="QR code with the key below" width="240" height="240"
            viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges"
        >
            <rect width=size height=size fill="#fff"></rect>
            <path d=path fill="#000"></path>
        </svg>
    }
    .into_any()
}

/// Shows the recovery codes that were just made, once.
#[component]
pub fn RecoveryCodes() -> impl IntoView {
    portal(Section::Account, rpc::account::recovery_codes(), |codes, _| codes_page(codes))
}

fn codes_page(codes: Vec<String>) -> Shown {
    let content = if codes.is_empty() {
        view! { <p>"Recovery codes are shown once. If you do not have them, make new ones on your account page."</p> }
            .into_any()
    } else {
        let codes: Vec<AnyView> =
            codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }.into_any()).collect();
        view! {
            <p>"Keep these codes apart from your phone, for example on paper. Each lets you in once if you do not have the app. They are not shown again."</p>
            <ul class="plain">{codes}</ul>
        }
        .into_any()
    };
    let content = view! {
        {object_header("Account", "Recovery codes", ().into_any(), None)}
        <div class="portal__content stack">
            {panel("Your codes", false, None, content)}
            <p><a class="button" href="/account">"Back to your account"</a></p>
        </div>
    };
    Shown::new("Recovery codes", content.into_any()).under("Account", "/account")
}
