//! Service tokens: listed, made and revoked.

use chrono::{DateTime, Utc};
use domain::administration::TokenList;
use domain::people::ServiceToken;
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::grants::{grant_fields, grant_in_words};
use super::{page_number, query};
use crate::components::form::{Form, hidden};
use crate::components::portal::{
    Confirmed, empty, filter_input, filter_select, history_link, moment, object_header, pagination, panel, secret_once,
    table,
};
use crate::layout::portal::{Section, Shown, portal};

/// The service tokens, the newest first.
#[component]
pub fn ServiceTokens() -> impl IntoView {
    let (q, state) = (query("q"), query("state"));
    let load = rpc::access::token_list_read(q.clone(), state.clone(), page_number());
    portal(Section::Tokens, load, move |list, visit| shown(&list, &q, &state, visit))
}

fn shown(list: &TokenList, q: &str, state: &str, visit: &Visit) -> Shown {
    let page = &list.tokens;
    let total = page.total_count;
    let noun = if total == 1 { "token" } else { "tokens" };
    let meta = view! { <span>{total}" "{noun}</span> }.into_any();
    let row = |token: &ServiceToken| token_row(token, list.now, "/rpc/access/revoke-token", owner_of(token, visit));
    let rows = if page.items.is_empty() {
        empty("No tokens here", "Another program calls the API with a token of its own.", None)
    } else {
        let headings = [("Token", false), ("State", false), ("May", false), ("Last used", false), ("Action", false)];
        table("Service tokens", "tokens-table", &headings, page.items.iter().map(row).collect())
    };
    let pages = pagination(total, page.limit, page.offset, |n| {
        format!("/admin/service-tokens?q={}&state={}&page={n}", escaped(q), escaped(state))
    });
    let states = [("", "Live and ended"), ("live", "Live"), ("ended", "Ended")];
    let states = states.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let content = view! {
        {object_header("", "Service tokens", meta, None)}
        {secret_once(list.secret.as_ref(), "The secret of the new token")}
        <form class="filter-bar" method="get" action="/admin/service-tokens" role="search">
            {filter_input("q", "Name", "search", q)}
            {filter_select("state", "State", states, state)}
            <button class="button button--secondary button--small">"Find"</button>
        </form>
        {rows}{pages}
        <div class="panels">{create(list, visit)}</div>
    };
    Shown::new("Service tokens", content.into_any())
}

/// A token as a row, with what is said of its owner; whoever revokes it posts to `revoking`.
pub(in crate::pages) fn token_row(
    token: &ServiceToken,
    now: DateTime<Utc>,
    revoking: &'static str,
    owner: Option<AnyView>,
) -> AnyView {
    let (name, live) = (token.name.clone(), token.is_live(now));
    let (tag, words) = match (live, token.revoked_at) {
        (true, _) => ("tag state--published", "Live"),
        (false, Some(_)) => ("tag state--failed", "Revoked"),
        (false, None) => ("tag state--archived", "Ended"),
    };
    let ends = token.expires_at.map(|at| view! { <span class="table__sub">"Ends "{moment(at, "")}</span> });
    let may: Vec<String> = token.grants.iter().map(grant_in_words).collect();
    let waived = token.approve_own.then(|| view! { <span class="table__sub">"Four eyes are waived for it."</span> });
    let used =
        token.last_used_at.map_or_else(|| view! { <span class="muted">"never"</span> }.into_any(), |at| moment(at, ""));
    let revoke = live.then(|| {
        let revoke = Confirmed {
            words: "Revoke",
            about: &name,
            note: "The program that uses it is shut out at once. A revoked token never opens anything again.",
            action: revoking,
            fields: hidden("id", &token.id),
        };
        revoke.view()
    });
    view! {
        <tr>
            <th scope="row">{name.clone()}<span class="table__sub">"Made "{moment(token.created_at, "")}</span>{ends}{owner}</th>
            <td><span class=tag>{words}</span></td>
            <td class="wrap-cell">{may.join("; ")}{waived}</td>
            <td>{used}</td>
            <td>{revoke}</td>
        </tr>
    }
    .into_any()
}

fn owner_of(token: &ServiceToken, visit: &Visit) -> Option<AnyView> {
    let owner = token.owner_id.as_ref().map(|id| {
        let href = format!("/admin/users/{id}");
        view! { <span class="table__sub">"Made by somebody for themselves: "<a href=href>"its owner"</a></span> }
    });
    let history = history_link(visit, "service_token", &token.id, &token.name);
    let history = history.map(|link| view! { <span class="table__sub">{link}</span> });
    Some(view! { {owner}{history} }.into_any())
}

fn create(list: &TokenList, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "access/create-token");
    let waive = vec![(
        "true".to_owned(),
        "Waive four eyes".to_owned(),
        "It may approve what it prepared itself; every such approval is marked in the audit trail.".to_owned(),
    )];
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {form.field("name", "Name").hint("What it is for.").input()}
            {grant_fields(&form, &list.departments, false)}
            {form.field("ends_on", "The token ends after").kind("date").short().optional().hint("Without a day it lasts until it is revoked.").input()}
            {form.radios("approve_own", "Four eyes", [vec![(String::new(), "As for everybody".to_owned(), String::new())], waive].concat(), "")}
            <button class="button">"Make the token"</button>
        </form>
    };
    panel("Make a token", false, None, content.into_any())
}
