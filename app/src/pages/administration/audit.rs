//! The site-wide search of the audit trail, with before and after, the state of the chain, and files to take away.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::administration::{AuditAsked, AuditList};
use domain::event::Verdict;
use domain::policy::Permission;
use domain::saved_view::{ListOfViews, SavedViews};
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::audit_record::record;
use super::{page_number, query};
use crate::components::portal::{
    empty, filter_input, filter_select, grouped, object_header, pagination, saved_views, sentence,
};
use crate::layout::portal::{Section, Shown, portal};

/// What happened, newest first.
#[component]
pub fn Audit() -> impl IntoView {
    let asked = AuditAsked {
        actor: query("actor"),
        action: query("action"),
        resource_type: query("resource_type"),
        resource_id: query("resource_id"),
        bundle: query("bundle"),
        from: query("from"),
        to: query("to"),
        q: query("q"),
    };
    let (sent, verify, page) = (asked.clone(), query("verify") == "yes", page_number());
    let load = async move {
        let list = rpc::audit::audit_list_read(sent, verify, page).await?;
        Ok((list, rpc::saved_views::saved_views_read(ListOfViews::Audit).await?))
    };
    portal(Section::Audit, load, move |(list, kept), visit| shown(&list, &asked, &kept, visit))
}

fn shown(list: &AuditList, asked: &AuditAsked, kept: &SavedViews, visit: &Visit) -> Shown {
    let page = &list.records;
    let total = page.total_count;
    let noun = if total == 1 { "record" } else { "records" };
    let meta = view! { <span>{grouped(total)}" "{noun}", newest first"</span> }.into_any();
    let rows = if page.items.is_empty() {
        empty("No record fits", "Choose less, or other days.", Some(("The whole trail", "/admin/audit")))
    } else {
        let reads_log = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
        let items: Vec<AnyView> = page.items.iter().map(|one| record(one, reads_log)).collect();
        view! { <ol class="timeline">{items}</ol> }.into_any()
    };
    let address = address_of(asked);
    let pages = pagination(total, page.limit, page.offset, |n| format!("{address}&page={n}"));
    let problem = list.problem.clone().map(|problem| {
        view! { <section class="banner banner--warning" role="status"><p>{problem}</p></section> }
    });
    let content = view! {
        {object_header("", "Audit trail", meta, Some(take_away(list, asked)))}
        {problem}
        {list.verdict.as_ref().map(chain)}
        {filter(asked)}
        {saved_views(ListOfViews::Audit, kept, visit)}
        {read_as(list)}
        {rows}
        {pages}
    };
    Shown::new("Audit trail", content.into_any())
}

/// The address of the same question, without a page.
fn address_of(asked: &AuditAsked) -> String {
    let pairs = [
        ("q", &asked.q),
        ("actor", &asked.actor),
        ("action", &asked.action),
        ("resource_type", &asked.resource_type),
        ("resource_id", &asked.resource_id),
        ("bundle", &asked.bundle),
        ("from", &asked.from),
        ("to", &asked.to),
    ];
    let set: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    format!("/admin/audit?{}", set.join("&"))
}

/// Links to files with all that was found, which the API makes, and to the check of the chain.
fn take_away(list: &AuditList, asked: &AuditAsked) -> AnyView {
    let instant =
        |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true)).unwrap_or_default();
    let words = |name: &str, text: &str| {
        text.split_whitespace().map(|word| format!("&{name}={}", escaped(word))).collect::<String>()
    };
    let each = |name: &str, found: &[(String, String)]| {
        found.iter().map(|(id, _)| format!("&{name}={}", escaped(id))).collect::<String>()
    };
    let one = |name: &str, text: &str| {
        if text.trim().is_empty() { String::new() } else { format!("&{name}={}", escaped(text.trim())) }
    };
    let found = [
        each("actor", &list.named.actors),
        words("action", &asked.action),
        words("resource_type", &asked.resource_type),
        each("resource_id", &list.named.resources),
        each("bundle", &list.named.bundles),
        one("from", &instant(list.from)),
        one("to", &instant(list.to)),
        one("q", &asked.q),
    ]
    .concat();
    let (csv, lines) = (format!("/v1/audit?format=csv{found}"), format!("/v1/audit?format=jsonl{found}"));
    let verify = format!("{}&verify=yes", address_of(asked));
    // Where nothing was found there is no file, and the API refuses a name that is nobody's.
    let files = (list.records.total_count > 0).then(|| {
        view! {
            <a class="button button--secondary" href=csv download="">"CSV"</a>
            <a class="button button--secondary" href=lines download="">"JSON"</a>
        }
    });
    view! {
        <a class="button button--secondary" href=verify>"Check the chain"</a>
        {files}
    }
    .into_any()
}

/// How the chain was found.
fn chain(verdict: &Verdict) -> AnyView {
    let sound = grouped(verdict.sound);
    let (head, hash) = (verdict.head_sequence, verdict.head_hash.clone());
    match &verdict.broken {
        None => view! {
            <section class="banner banner--success" role="status" aria-label="The chain">
                <h2 class="banner__title">"The chain is whole"</h2>
                <p>{sound}" records were read and their hashes made anew. The newest is number "{head}":"</p>
                <p><code class="secret">{hash}</code></p>
            </section>
        }
        .into_any(),
        Some(broken) => {
            let (number, problem) = (broken.sequence, broken.problem.clone());
            view! {
                <section class="banner banner--error" role="alert" aria-label="The chain">
                    <h2 class="banner__title">"The chain is broken at record "{number}</h2>
                    <p>{problem}" "{sound}" records before it are sound. Keep the database as it is and "<a href="/ops/alerts">"open a P1 incident"</a>": this is data corruption."</p>
                </section>
            }
            .into_any()
        }
    }
}

/// What the names were taken to stand for, so that nobody takes two people for one.
fn read_as(list: &AuditList) -> Option<AnyView> {
    let said = |what: &str, found: &[(String, String)]| {
        let names: Vec<String> = found
            .iter()
            .filter(|(_, name)| !name.is_empty())
            .map(|(id, name)| if id == name { id.clone() } else { format!("{name} ({id})") })
            .collect();
        match (found.is_empty(), names.is_empty()) {
            (true, _) => None,
            (false, true) => Some(format!("{what}: no name holds this, so it was taken as an id.")),
            (false, false) => Some(format!("{what}: {}.", names.join(", "))),
        }
    };
    let named = &list.named;
    let told = [said("Who", &named.actors), said("Which one", &named.resources), said("Bundle", &named.bundles)];
    let items: Vec<AnyView> = told.into_iter().flatten().map(|text| view! { <li>{text}</li> }.into_any()).collect();
    (!items.is_empty()).then(|| view! { <ul class="plain small muted" aria-label="Read as">{items}</ul> }.into_any())
}

fn filter(asked: &AuditAsked) -> AnyView {
    let mut kinds = vec![(String::new(), "Anything".to_owned())];
    kinds.extend(
        domain::event::RESOURCE_TYPES.iter().map(|kind| ((*kind).to_owned(), sentence(&kind.replace('_', " ")))),
    );
    view! {
        <form class="filter-bar" method="get" action="/admin/audit" role="search">
            {filter_input("q", "Text", "search", &asked.q)}
            {filter_input("actor", "Who (name, address or id)", "text", &asked.actor)}
            {filter_input("action", "Did what", "text", &asked.action)}
            {filter_select("resource_type", "To what", kinds, &asked.resource_type)}
            {filter_input("resource_id", "Which one (title, name or id)", "text", &asked.resource_id)}
            {filter_input("bundle", "In the bundle (title or id)", "text", &asked.bundle)}
            {filter_input("from", "First day", "date", &asked.from)}
            {filter_input("to", "Last day", "date", &asked.to)}
            <button class="button button--secondary button--small">"Find"</button>
        </form>
    }
    .into_any()
}
