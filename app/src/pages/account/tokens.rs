//! One's own API tokens: listed, made with a part of one's rights, and revoked.

use domain::account::OwnTokens;
use domain::people::ServiceToken;
use leptos::prelude::*;
use rpc::Visit;

use super::parts::account_tabs;
use crate::components::form::Form;
use crate::components::portal::{counted, empty, object_header, panel, secret_once, table};
use crate::layout::portal::{Section, Shown, portal};
use crate::pages::administration::{grant_in_words, token_row};

/// The tokens that the person signed in made, the newest first.
#[component]
pub fn Tokens() -> impl IntoView {
    portal(Section::Account, rpc::account::own_tokens(), |tokens, visit| shown(&tokens, visit))
}

fn shown(own: &OwnTokens, visit: &Visit) -> Shown {
    let meta = view! { <span>{counted(own.tokens.len(), "token")}</span> }.into_any();
    let rows = if own.tokens.is_empty() {
        empty("No tokens yet", "With a token of yours a program calls the API as you, with what you leave it.", None)
    } else {
        let headings = [("Token", false), ("State", false), ("May", false), ("Last used", false), ("Action", false)];
        let row = |token: &ServiceToken| token_row(token, own.now, "/rpc/account/revoke-token", None);
        let rows = own.tokens.iter().map(row).collect();
        table("Your API tokens", "own-tokens-table", &headings, rows)
    };
    let content = view! {
        {object_header("Account", "API tokens", meta, None)}
        {account_tabs("/account/tokens")}
        <div class="portal__content stack">
            {secret_once(own.secret.as_ref(), "The secret of the new token")}
            {rows}
            {create(own, visit)}
        </div>
    };
    Shown::new("API tokens", content.into_any()).under("Account", "/account")
}

fn create(own: &OwnTokens, visit: &Visit) -> AnyView {
    if own.grants.is_empty() {
        let none = view! { <p class="muted">"You have no rights that a token could be given. What your groups bring when you sign in lasts as long as that session."</p> };
        return panel("Make a token", false, None, none.into_any());
    }
    let form = Form::of(visit, "account/create-token");
    let scope = own
        .grants
        .iter()
        .map(|grant| (grant.key(), grant_in_words(grant), grant.role.description().to_owned()))
        .collect();
    let departments = own.departments.iter().map(|of| (of.id.clone(), of.title.clone(), String::new())).collect();
    let password = own
        .has_password
        .then(|| form.field("password", "Your password").kind("password").autocomplete("current-password").input());
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            <p class="muted">"What the program does counts as yours: it is recorded under your name, and you cannot approve by it what you prepared. It never may more than you, and ends with your account, when you sign out everywhere, and when your password is reset."</p>
            {form.field("name", "Name").hint("What it is for.").input()}
            {form.tick_boxes("scope", "It may", scope, &[])}
            {form.tick_boxes("departments", "Only for these departments", departments, &[])}
            {form.field("ends_on", "The token ends after").kind("date").short().hint("Within a year.").input()}
            {password}
            <button class="button">"Make the token"</button>
        </form>
    };
    panel("Make a token", false, None, content.into_any())
}
