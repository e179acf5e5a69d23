//! The second step of signing in.

use domain::account::WaysIn;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::Visit;

use super::frame::narrow;
use crate::components::form::{Form, hidden};

/// Asks for a code of the authenticator app, or a recovery code.
#[component]
pub fn SecondStep() -> impl IntoView {
    let visit = rpc::request::visit();
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    let next = rpc::form::local_path(&next).unwrap_or_else(|| "/admin".to_owned());
    if visit.awaits_second_step.is_none() {
        let to = if visit.caller.is_some() { next.clone() } else { rpc::form::sign_in_path(&next) };
        rpc::request::see_other(&to);
    }
    narrow("Enter your code", rpc::account::ways_in(), move |ways, visit| shown(&ways, visit, &next))
}

fn shown(ways: &WaysIn, visit: &Visit, next: &str) -> AnyView {
    let form = Form::of(visit, "account/second-step");
    let hint = "Six digits from your authenticator app, or one of your recovery codes if you do not have it with you.";
    view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("next", next)}
            {form.field("code", "Code").autocomplete("one-time-code").hint(hint).input()}
            {remember(ways, visit, &form)}
            <button class="button button--block">"Go on"</button>
        </form>
        <p class="small muted">"If you have lost the app and the recovery codes, ask an administrator to reset your second factor."</p>
    }
    .into_any()
}

/// Offers to ask for no code on this device for a time; not after a provider, whose word is not followed by a password.
fn remember(ways: &WaysIn, visit: &Visit, form: &Form) -> Option<AnyView> {
    if ways.remember_days == 0 || visit.through_provider {
        return None;
    }
    let days = if ways.remember_days == 1 { "1 day".to_owned() } else { format!("{} days", ways.remember_days) };
    let label = format!("Remember this device for {days}");
    let hint = "You are asked for your password alone here. Leave it empty on a device that others use, too.";
    Some(form.ticked("remember_device", "This device", vec![("on".to_owned(), label, hint.to_owned())], false))
}
