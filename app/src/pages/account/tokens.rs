//! One's own API tokens: listed, made with a part of one's rights, and revoked.

use chrono::{DateTime, Utc};
use domain::account::OwnTokens;
use domain::people::ServiceToken;
use domain::policy::Grant;
use leptos::prelude::*;
use rpc::Visit;

use super::parts::account_tabs;
use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, counted, empty, moment, object_header, panel, secret_once, table};
use crate::layout::portal::{Section, Shown, portal};
use crate::pages::administration::grant_words;

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
        let rows = own.tokens.iter().map(|token| row(token, own.now)).collect();
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

fn row(token: &ServiceToken, now: DateTime<Utc>) -> AnyView {
    let (name, live) = (token.name.clone(), token.is_live(now));
    let (tag, words) = match (live, token.revoked_at) {
        (true, _) => ("tag state--published", "Live"),
        (false, Some(_)) => ("tag state--failed", "Revoked"),
        (false, None) => ("tag state--archived", "Ended"),
    };
    let ends = token.expires_at.map(|at| view! { <span class="table__sub">"Ends "{moment(at, "")}</span> });
    let may: Vec<String> = token.grants.iter().map(in_words).collect();
    let used =
        token.last_used_at.map_or_else(|| view! { <span class="muted">"never"</span> }.into_any(), |at| moment(at, ""));
    let revoke = live.then(|| {
        let revoke = Confirmed {
            words: "Revoke",
            about: &name,
            note: "The program that uses it is shut out at once. A revoked token never opens anything again.",
            action: "/rpc/account/revoke-token",
            fields: hidden("id", &token.id),
        };
        revoke.view()
    });
    view! {
        <tr>
            <th scope="row">{name.clone()}<span class="table__sub">"Made "{moment(token.created_at, "")}</span>{ends}</th>
            <td><span class=tag>{words}</span></td>
            <td class="wrap-cell">{may.join("; ")}</td>
            <td>{used}</td>
            <td>{revoke}</td>
        </tr>
    }
    .into_any()
}

fn in_words(grant: &Grant) -> String {
    format!("{}, {}", grant.role.title(), grant_words(grant))
}

fn create(own: &OwnTokens, visit: &Visit) -> AnyView {
    if own.grants.is_empty() {
        let none = view! { <p class="muted">"You have no rights that a token could be given. What your groups bring when you sign in lasts as long as that session."</p> };
        return panel("Make a token", false, None, none.into_any());
    }
    let form = Form::of(visit, "account/create-token");
    let scope =
        own.grants.iter().map(|grant| (grant.key(), in_words(grant), grant.role.description().to_owned())).collect();
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
