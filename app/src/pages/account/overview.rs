//! Who is signed in, how, and what they may do.

use domain::account::OwnAccount;
use domain::policy::Grant;
use leptos::prelude::*;
use rpc::Visit;

use super::parts::account_tabs;
use super::security::security;
use crate::components::portal::{object_header, panel, state_words};
use crate::layout::portal::{Section, Shown, portal};

/// The account of the person signed in.
#[component]
pub fn Account() -> impl IntoView {
    portal(Section::Account, rpc::account::own_account(), |account, visit| shown(&account, visit))
}

fn shown(account: &OwnAccount, visit: &Visit) -> Shown {
    let Some(caller) = visit.caller.clone() else {
        return Shown::new("Account", ().into_any());
    };
    let grants: Vec<AnyView> = caller.grants.iter().map(grant).collect();
    let grants = if grants.is_empty() {
        view! { <p class="muted">"You have no rights yet. An administrator can give you some."</p> }.into_any()
    } else {
        view! { <dl class="summary-list">{grants}</dl> }.into_any()
    };
    let teams = (!caller.teams.is_empty()).then(|| {
        let teams = caller.teams.join(", ");
        panel("Teams", false, None, view! { <p>{teams}</p> }.into_any())
    });
    let sign_out = view! {
        <form method="post" action="/rpc/account/sign-out"><button class="button button--secondary">"Sign out"</button></form>
    };
    let content = view! {
        {object_header("Account", &caller.actor.name, ().into_any(), Some(sign_out.into_any()))}
        {account_tabs("/account")}
        <div class="portal__content stack">
            {security(account, visit)}{panel("What you may do", false, None, grants)}{teams}{keyboard()}
        </div>
    };
    Shown::new("Account", content.into_any())
}

/// Choices that this browser keeps; the script that follows them shows them.
fn keyboard() -> AnyView {
    let content = view! {
        <p class="muted"><a href="/admin/help#shortcuts">"The shortcuts"</a>" of the portal, and how dense its tables are. What you choose stays in this browser."</p>
        <div id="keyboard-choices" hidden>
            <label class="choice"><input type="checkbox" id="keys-off"/><span class="choice__label">"Switch the shortcuts off"</span></label>
            <label class="choice"><input type="checkbox" id="dense-tables"/><span class="choice__label">"Dense tables"</span></label>
        </div>
    };
    view! { <div id="keyboard">{panel("Keyboard and tables", false, None, content.into_any())}</div> }.into_any()
}

fn grant(grant: &Grant) -> AnyView {
    let role = state_words(grant.role.as_str());
    let mut reach: Vec<String> = grant.departments.iter().chain(&grant.datasets).cloned().collect();
    if reach.is_empty() {
        reach.push("everything".to_owned());
    }
    let until = grant.expires_at.map_or_else(String::new, |at| format!(", until {}", domain::uk_time::date(at)));
    let what: Vec<&str> = grant.role.permissions().iter().map(|permission| permission.as_str()).collect();
    view! {
        <div class="summary-list__row">
            <dt>{role}</dt>
            <dd>{format!("For {}{until}", reach.join(", "))}<p class="small muted">{what.join(", ")}</p></dd>
        </div>
    }
    .into_any()
}
