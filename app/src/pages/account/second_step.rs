//! The second step of signing in.

use domain::account::SecondStepWays;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::Visit;

use super::frame::narrow;
use crate::components::form::{Form, hidden};

/// Asks for a code of the authenticator app or a recovery code, and for a passkey where the person has one and the browser knows them.
#[component]
pub fn SecondStep() -> impl IntoView {
    let visit = rpc::request::visit();
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    let next = rpc::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned());
    if visit.awaits_second_step.is_none() {
        let to = if visit.caller.is_some() { next.clone() } else { rpc::form::sign_in_path(&next) };
        rpc::request::see_other(&to);
    }
    narrow("Second step", rpc::account::second_step_ways(), move |ways, visit| shown(&ways, visit, &next))
}

fn shown(ways: &SecondStepWays, visit: &Visit, next: &str) -> AnyView {
    let form = Form::of(visit, "account/second-step");
    let hint = if ways.app || !ways.passkey {
        "Six digits from your authenticator app, or one of your recovery codes if you do not have it with you."
    } else {
        "One of your recovery codes, if you do not have your passkey with you."
    };
    // One thing at a time stands out.
    let go_on = if ways.passkey { "button button--secondary button--block" } else { "button button--block" };
    view! {
        {ways.passkey.then(|| passkey(next))}
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("next", next)}
            {form.field("code", "Code").autocomplete("one-time-code").hint(hint).input()}
            {remember(ways, visit, &form)}
            <button class=go_on>"Go on"</button>
        </form>
        <p class="small muted">"If you have lost the app or the passkey and the recovery codes, ask an administrator to reset your second factor."</p>
    }
    .into_any()
}

/// Asks for a passkey; hidden until the script `public/passkeys.js` finds that this browser knows them.
fn passkey(next: &str) -> AnyView {
    let next = next.to_owned();
    view! {
        <div class="stack" id="show-passkey" data-next=next hidden>
            <button type="button" class="button button--block">"Use a passkey"</button>
            <p class="small" id="passkey-said" role="status"></p>
            <p class="muted">"Or give a code:"</p>
        </div>
        <script r#type="module" src="/assets/passkeys.js"></script>
    }
    .into_any()
}

/// Offers to ask for no code on this device for a time; not after a provider, whose word is not followed by a password.
fn remember(ways: &SecondStepWays, visit: &Visit, form: &Form) -> Option<AnyView> {
    if ways.remember_days == 0 || visit.through_provider {
        return None;
    }
    let days = if ways.remember_days == 1 { "1 day".to_owned() } else { format!("{} days", ways.remember_days) };
    let label = format!("Remember this device for {days}");
    let hint = "You are asked for your password alone here. Leave it empty on a device that others use, too.";
    Some(form.ticked("remember_device", "This device", vec![("on".to_owned(), label, hint.to_owned())], false))
}
