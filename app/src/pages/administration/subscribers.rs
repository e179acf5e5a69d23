//! The public's subscriptions: how many to what, what could not be delivered, and single ones with masked addresses.

use domain::operations::ReceiverSight;
use domain::subscription::{
    SubscriberDesk, SubscribersAsked, SubscriptionChannel, SubscriptionStage, Target, TargetKind, WatchedSubscription,
};
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::{page_number, query};
use crate::components::form::{Form, hidden};
use crate::components::portal::{
    counted, empty, filter_input, filter_select, grouped, moment, object_header, pagination, panel, sentence,
    state_tag, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// The subscriptions; the filters stand in the address.
#[component]
pub fn Subscribers() -> impl IntoView {
    let asked = SubscribersAsked { state: query("state"), kind: query("kind"), of: query("of") };
    let load = rpc::operations::subscriber_desk_read(asked.clone(), page_number());
    portal(Section::Subscribers, load, move |desk, visit| shown(&desk, &asked, visit))
}

fn shown(desk: &SubscriberDesk, asked: &SubscribersAsked, visit: &Visit) -> Shown {
    let totals = desk.totals;
    let (letters, programs, waiting) = (grouped(totals.letters), grouped(totals.programs), grouped(totals.pending));
    let meta = view! { <span>{letters}" by letter"</span><span>{programs}" programs"</span><span>{waiting}" to be confirmed"</span> };
    let webhooks = counted(desk.webhooks, "webhook");
    let link = view! { <a class="button button--secondary" href="/admin/webhooks">{webhooks}" of the office"</a> };
    let no_mail = (!desk.by_mail).then(|| {
        view! { <section class="banner banner--warning"><p>"No mail server is configured, so nobody can ask for letters: "<code>"SMTP_URL"</code>" names one."</p></section> }
    });
    let content = view! {
        {object_header("", "Subscribers", meta.into_any(), Some(link.into_any()))}
        {no_mail}
        {panel("By dataset and topic", true, None, targets(desk))}
        {panel("Deliveries", true, Some(("Integrations", "/ops/integrations")), deliveries(desk))}
        {panel("Subscriptions", true, None, found(desk, asked, visit))}
    };
    Shown::new("Subscribers", content.into_any())
}

/// What a subscription is about: its words, and the address of the list of those to the same.
fn about(target: &Target) -> (String, String) {
    let (kind, id) = (target.kind(), target.id());
    let words = if kind == TargetKind::Everything {
        "Everything".to_owned()
    } else {
        format!("{}: {id}", sentence(kind.as_str()))
    };
    (words, format!("/admin/subscribers?kind={}&of={}", kind.as_str(), escaped(id)))
}

fn targets(desk: &SubscriberDesk) -> AnyView {
    if desk.targets.is_empty() {
        let link = Some(("The form that readers use", "/subscribe"));
        return empty(
            "Nobody has subscribed",
            "Readers and programs ask for it on the pages of datasets and topics.",
            link,
        );
    }
    let rows = desk.targets.iter().map(|one| {
        let (words, href) = about(&one.target);
        view! {
            <tr>
                <th scope="row"><a href=href>{words}</a></th>
                <td class="num">{grouped(one.letters)}</td>
                <td class="num">{grouped(one.letters_pending)}</td>
                <td class="num">{grouped(one.programs)}</td>
                <td class="num">{grouped(one.programs_pending)}</td>
            </tr>
        }
        .into_any()
    });
    let headings = [
        ("About", false),
        ("Letters", true),
        ("Letters to be confirmed", true),
        ("Programs", true),
        ("Programs to be confirmed", true),
    ];
    table("Subscriptions by dataset and topic", "targets-table", &headings, rows.collect())
}

fn deliveries(desk: &SubscriberDesk) -> AnyView {
    let rows = desk.deliveries.iter().map(|sight: &ReceiverSight| {
        let oldest = sight.oldest.map(|at| moment(at, ""));
        view! {
            <tr>
                <th scope="row">{sight.sink.title()}</th>
                <td class="num">{grouped(sight.open)}</td>
                <td>{oldest}</td>
                <td class="num">{grouped(sight.given_up)}</td>
            </tr>
        }
        .into_any()
    });
    let headings = [("To", false), ("Waiting", true), ("Oldest", false), ("Given up", true)];
    let list = table("Deliveries to subscribers", "deliveries-table", &headings, rows.collect());
    view! {
        {list}
        <p class="small muted">"A letter that a mail server refuses for good, and a message that no program takes for days, is given up. What bounces later comes to the address that letters are sent from, and is not known here."</p>
    }
    .into_any()
}

fn found(desk: &SubscriberDesk, asked: &SubscribersAsked, visit: &Visit) -> AnyView {
    let page = &desk.found;
    let list = if page.items.is_empty() {
        empty(
            "No subscription fits",
            "Choose less to see more of them. What has ended is not listed: its address is forgotten.",
            Some(("All subscriptions", "/admin/subscribers")),
        )
    } else {
        let headings =
            [("Address", false), ("About", false), ("State", false), ("Asked for", false), ("Action", false)];
        let rows = page.items.iter().map(|one| row(one, visit)).collect();
        table("Subscriptions", "subscriptions-table", &headings, rows)
    };
    let question = format!("state={}&kind={}&of={}", escaped(&asked.state), escaped(&asked.kind), escaped(&asked.of));
    let pages =
        pagination(page.total_count, page.limit, page.offset, |n| format!("/admin/subscribers?{question}&page={n}"));
    view! { {filters(asked)}{list}{pages} }.into_any()
}

fn filters(asked: &SubscribersAsked) -> AnyView {
    let named = |word: &str| (word.to_owned(), sentence(word));
    let mut states = vec![(String::new(), "Every state".to_owned())];
    states.extend([SubscriptionStage::Pending, SubscriptionStage::Confirmed].map(|stage| named(stage.as_str())));
    let mut kinds = vec![(String::new(), "Anything".to_owned())];
    kinds.extend(TargetKind::ALL.iter().map(|kind| named(kind.as_str())));
    view! {
        <form class="filter-bar" method="get" action="/admin/subscribers" role="search">
            {filter_select("state", "State", states, &asked.state)}
            {filter_select("kind", "About", kinds, &asked.kind)}
            {filter_input("of", "Id of the dataset or topic", "search", &asked.of)}
            <button class="button button--secondary button--small">"Filter"</button>
        </form>
    }
    .into_any()
}

fn row(one: &WatchedSubscription, visit: &Visit) -> AnyView {
    let (words, href) = about(&one.target);
    let by = if one.channel == SubscriptionChannel::Email { "by letter" } else { "to a program" };
    let state = if one.confirmed { SubscriptionStage::Confirmed } else { SubscriptionStage::Pending };
    view! {
        <tr>
            <th scope="row">{one.address.clone()}<span class="table__sub">{by}</span></th>
            <td><a href=href>{words}</a></td>
            <td>{state_tag(state.as_str())}</td>
            <td>{moment(one.created_at, "")}</td>
            <td class="wrap-cell">{end(one, visit)}</td>
        </tr>
    }
    .into_any()
}

/// Ending it, behind a form with its reason.
fn end(one: &WatchedSubscription, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "operations/end-subscription").where_is("id", &one.id);
    let (open, address) = (form.was_refused(), one.address.clone());
    view! {
        <details class="details" open=open>
            <summary>"End"<span class="visually-hidden">": "{address}</span></summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", &one.id)}
                {form.field("reason", "Reason").hint("It is told nothing more and its address is forgotten. The reason is kept in the audit trail.").textarea()}
                <button class="button button--warning button--small">"End it"</button>
            </form>
        </details>
    }
    .into_any()
}
