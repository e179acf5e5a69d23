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
        view! { <p class="muted">"You have no rights."</p> }.into_any()
    } else {
        view! { <dl class="summary-list">{grants}</dl> }.into_any()
    };
    let rights = view! { {grants}{missing(&account.ended, visit)} };
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
            {security(account, visit)}{panel("What you may do", false, None, rights.into_any())}{teams}{keyboard()}
        </div>
    };
    Shown::new("Account", content.into_any())
}

/// Why a right may be missing, and whom to ask for it.
fn missing(ended: &[Grant], visit: &Visit) -> AnyView {
    let ended: Vec<AnyView> = ended.iter().map(|grant| view! { <li>{ended_words(grant)}</li> }.into_any()).collect();
    let ended = (!ended.is_empty()).then(|| view! { <ul class="plain small muted">{ended}</ul> });
    let contact = visit.contact.clone().map(|address| {
        let href = format!("mailto:{address}");
        view! { ", or write to "<a href=href>{address.to_string()}</a> }
    });
    view! {
        {ended}
        <p class="small muted">"What is not listed was not given to you, or its time is over. Ask an administrator for it"{contact}"."</p>
    }
    .into_any()
}

/// A right whose time is over, as a sentence.
fn ended_words(grant: &Grant) -> String {
    let when = grant.expires_at.map_or_else(String::new, |at| format!(" on {}", domain::uk_time::date_time(at)));
    format!("{}, for {}, ended{when}.", state_words(grant.role.as_str()), reach_of(grant))
}

/// What a right is for.
fn reach_of(grant: &Grant) -> String {
    let reach: Vec<&str> = grant.departments.iter().chain(&grant.datasets).map(String::as_str).collect();
    if reach.is_empty() { "everything".to_owned() } else { reach.join(", ") }
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
    let until = grant.expires_at.map_or_else(String::new, |at| format!(", until {}", domain::uk_time::date(at)));
    let what: Vec<&str> = grant.role.permissions().iter().map(|permission| permission.as_str()).collect();
    view! {
        <div class="summary-list__row">
            <dt>{role}</dt>
            <dd>{format!("For {}{until}", reach_of(grant))}<p class="small muted">{what.join(", ")}</p></dd>
        </div>
    }
    .into_any()
}
