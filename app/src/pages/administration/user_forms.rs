//! The forms of an account's page: name and address, password and second factor, signing out and suspending.

use domain::administration::UserPage as Data;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, panel};

/// Name and address.
pub(super) fn details(data: &Data, visit: &Visit) -> AnyView {
    let (form, user) = (Form::of(visit, "access/edit-user"), &data.user);
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("id", &user.id)}{hidden("revision", user.revision)}
            {form.field("name", "Name").value(&user.name).autocomplete("off").input()}
            {form.field("email", "E-mail").kind("email").value(&user.email).autocomplete("off").input()}
            <button class="button button--secondary">"Save"</button>
        </form>
    };
    panel("Details", false, None, content.into_any())
}

/// A new password, and taking a lost second factor away.
pub(super) fn signing_in(data: &Data, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "access/set-password");
    let open = form.was_refused();
    let id = data.user.id.clone();
    let factor = if data.has_second_factor {
        let take_away = Confirmed {
            words: "Take the second factor away",
            about: "",
            note: "App, passkeys and recovery codes end. Then the password alone opens the account, until the person sets up another factor.",
            action: "/rpc/access/reset-factor",
            fields: hidden("id", &id),
        };
        view! { <p>"A second factor is asked for."</p>{take_away.view()} }.into_any()
    } else {
        view! { <p>"No second factor is set up."</p> }.into_any()
    };
    let content = view! {
        {factor}
        <details class="details" open=open>
            <summary>"Give a new password"</summary>
            <form class="details__body stack" method="post" action=form.action() novalidate=true>
                {hidden("id", &id)}
                {form.field("password", "New password").kind("password").autocomplete("new-password").hint("14 characters or more. All sessions end.").input()}
                <button class="button button--secondary">"Set it"</button>
            </form>
        </details>
    };
    panel("Signing in", false, None, content.into_any())
}

/// Signing out everywhere, and suspending.
pub(super) fn danger(data: &Data) -> AnyView {
    let user = &data.user;
    let identity = |disabled: &str| {
        view! { {hidden("id", &user.id)}{hidden("revision", user.revision)}{hidden("disabled", disabled)} }.into_any()
    };
    let standing = if user.disabled {
        view! {
            <form class="stack stack--tight" method="post" action="/rpc/access/suspend-user">
                {identity("false")}
                <p class="small muted">"The person may sign in again with what they held."</p>
                <button class="button button--secondary">"Open the account again"</button>
            </form>
        }
        .into_any()
    } else {
        let suspend = Confirmed {
            words: "Suspend",
            about: "",
            note: "Signs the person out everywhere; they cannot sign in until opened again. Grants stay.",
            action: "/rpc/access/suspend-user",
            fields: identity("true"),
        };
        suspend.view()
    };
    let sign_out = (!data.sessions.is_empty()).then(|| {
        let sign_out = Confirmed {
            words: "Sign out everywhere",
            about: "",
            note: "All sessions of the person, and the API tokens that they made, end at once, and remembered devices are forgotten; they may sign in again.",
            action: "/rpc/access/end-sessions",
            fields: hidden("id", &user.id),
        };
        sign_out.view()
    });
    let content = view! { <div class="stack">{sign_out}{standing}</div> };
    panel("Access", false, None, content.into_any())
}
