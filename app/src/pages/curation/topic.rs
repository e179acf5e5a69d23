//! One topic: its words, its place, merging and deleting it.

use domain::curation::{TopicSheet as Data, TopicWeight};
use domain::topic::with_descendants;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::param;
use super::topics::topic_fields;
use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, counted, object_header, panel, timeline};
use crate::layout::portal::{Section, Shown, portal};

/// One topic.
#[component]
pub fn TopicPage() -> impl IntoView {
    portal(Section::Topics, rpc::topics::topic_read(param("id")), |data, visit| shown(&data, visit))
}

fn shown(data: &Data, visit: &Visit) -> Shown {
    let topic = &data.topic;
    let public = format!("/topics/{}", topic.id);
    let meta = view! { <code>{topic.id.clone()}</code><a href=public>"Public page"</a> };
    let history = data.history.as_ref().map(|events| {
        let all = format!("/admin/audit?resource_type=topic&resource_id={}", topic.id);
        panel("History", false, Some(("All of it", &all)), timeline(events))
    });
    let content = view! {
        {object_header("Topic", &topic.title, meta.into_any(), None)}
        <div class="portal__body">
            <div class="portal__content stack">{edit(data, visit)}</div>
            <aside class="portal__aside stack">{merge(data, visit)}{delete(data)}{history}</aside>
        </div>
    };
    Shown::new(topic.title.clone(), content.into_any()).under("Topics", "/admin/topics")
}

fn edit(data: &Data, visit: &Visit) -> AnyView {
    let (form, topic) = (Form::of(visit, "topics/edit"), &data.topic);
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("id", &topic.id)}{hidden("revision", topic.revision)}
            {topic_fields(&form, Some(topic), &data.topics)}
            <button class="button">"Save"</button>
        </form>
    };
    panel("Words and place", true, None, content.into_any())
}

fn merge(data: &Data, visit: &Visit) -> AnyView {
    let (form, topic) = (Form::of(visit, "topics/merge"), &data.topic);
    let own = with_descendants(&data.topics, &topic.id);
    let mut targets = vec![(String::new(), "Choose a topic".to_owned())];
    targets.extend(data.topics.iter().filter(|t| !own.contains(&t.id)).map(|t| (t.id.clone(), t.title.clone())));
    let open = form.was_refused();
    let hint = format!("Type \u{201c}{}\u{201d}, so that no topic goes by a slip.", topic.title);
    let content = view! {
        <p class="small muted">"Its datasets, the topics below it and its address go to another topic, in one step that cannot be taken back."</p>
        {weight(&data.weight, &topic.id)}
        <details class="details" open=open>
            <summary>"Merge it into another"</summary>
            <form class="details__body stack" method="post" action=form.action() novalidate=true>
                {hidden("id", &topic.id)}{hidden("revision", topic.revision)}
                {form.field("into", "Into").select(targets)}
                {form.field("reason", "Reason").hint("It is kept in the history.").input()}
                {form.field("confirmation", "The topic's title").hint(hint).autocomplete("off").input()}
                <button class="button button--warning">"Merge"</button>
            </form>
        </details>
    };
    panel("Merge", false, None, content.into_any())
}

/// What a merge moves, by its numbers.
fn weight(weight: &TopicWeight, id: &str) -> AnyView {
    let datasets = match weight.datasets {
        0 => "No dataset".to_owned(),
        number => format!("{}, of which {} carry it in public", counted(number, "dataset"), weight.public),
    };
    let below = match weight.below.len() {
        0 => "No topic below it".to_owned(),
        number => format!("{} below it: {}", counted(number, "topic"), weight.below.join(", ")),
    };
    let addresses: Vec<String> = std::iter::once(id.to_owned())
        .chain(weight.addresses.iter().cloned())
        .map(|id| format!("/topics/{id}"))
        .collect();
    let addresses = format!("Redirects: {}", addresses.join(", "));
    view! { <ul class="small"><li>{datasets}</li><li>{below}</li><li>{addresses}</li></ul> }.into_any()
}

fn delete(data: &Data) -> AnyView {
    let topic = &data.topic;
    let delete = Confirmed {
        words: "Delete the topic",
        about: "",
        note: "Only a topic without datasets and without topics below it can be deleted. To keep its address alive, merge it.",
        action: "/rpc/topics/delete",
        fields: view! { {hidden("id", &topic.id)}{hidden("revision", topic.revision)} }.into_any(),
    };
    panel("Delete", false, None, delete.view())
}
