//! The taxonomy as a tree, and the form of a new topic.

use domain::curation::FiledTopics;
use domain::topic::{Topic, ancestors};
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::Form;
use crate::components::portal::{empty, grouped, object_header, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// The taxonomy.
#[component]
pub fn Topics() -> impl IntoView {
    portal(Section::Topics, rpc::topics::topic_tree(), |filed, visit| shown(&filed, visit))
}

fn shown(filed: &FiledTopics, visit: &Visit) -> Shown {
    let topics = filed.topics.as_slice();
    let noun = if topics.len() == 1 { "topic" } else { "topics" };
    let untold = topics.iter().filter(|topic| topic.title_cy.is_none()).count();
    let meta = view! { <span>{topics.len()}" "{noun}</span><span>{untold}" without a Welsh title"</span> };
    let list = if topics.is_empty() {
        empty("No topics yet", "Datasets are filed under topics, and readers browse by them.", None)
    } else {
        let headings = [
            ("Topic", false),
            ("Welsh", false),
            ("Slug", false),
            ("Place", true),
            ("Filed here", true),
            ("Of these public", true),
        ];
        table("Topics", "topics-table", &headings, topics.iter().map(|topic| row(topic, filed)).collect())
    };
    let form = Form::of(visit, "topics/create");
    let create = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {topic_fields(&form, None, topics)}
            <button class="button">"Add the topic"</button>
        </form>
    };
    let content = view! {
        {object_header("", "Topics", meta.into_any(), None)}
        {list}
        <div class="panels">{panel("Add a topic", false, None, create.into_any())}</div>
    };
    Shown::new("Topics", content.into_any())
}

fn row(topic: &Topic, filed: &FiledTopics) -> AnyView {
    let above = ancestors(&filed.topics, &topic.id);
    let (datasets, public) = filed.datasets.get(&topic.id).copied().unwrap_or_default();
    let depth = above.len().min(4);
    let under =
        above.first().map(|parent| view! { <span class="visually-hidden">", under "{parent.title.clone()}</span> });
    let (href, title) = (format!("/admin/topics/{}", topic.id), topic.title.clone());
    let welsh = topic.title_cy.clone().map_or_else(
        || view! { <span class="muted">"not yet"</span> }.into_any(),
        |text| view! { <span lang="cy">{text}</span> }.into_any(),
    );
    view! {
        <tr>
            <th scope="row"><span class=format!("tree tree--{depth}")><a href=href>{title}</a>{under}</span></th>
            <td class="wrap-cell">{welsh}</td>
            <td class="mono">{topic.id.clone()}</td>
            <td class="num">{topic.position + 1}</td>
            <td class="num">{grouped(datasets)}</td>
            <td class="num">{grouped(public)}</td>
        </tr>
    }
    .into_any()
}

/// The fields of a topic; its own branch is no place for it.
pub(super) fn topic_fields(form: &Form, present: Option<&Topic>, topics: &[Topic]) -> AnyView {
    let text = |read: fn(&Topic) -> Option<&String>| present.and_then(read).cloned().unwrap_or_default();
    let own = present.map(|topic| domain::topic::with_descendants(topics, &topic.id)).unwrap_or_default();
    let mut parents = vec![(String::new(), "None, at the top".to_owned())];
    parents.extend(topics.iter().filter(|topic| !own.contains(&topic.id)).map(|topic| {
        let above = ancestors(topics, &topic.id);
        let path: Vec<&str> = above.iter().rev().map(|t| t.title.as_str()).chain([topic.title.as_str()]).collect();
        (topic.id.clone(), path.join(" › "))
    }));
    let place = present.map(|topic| (topic.position + 1).to_string()).unwrap_or_default();
    view! {
        {form.field("title", "Title").value(&text(|t| Some(&t.title))).input()}
        {form.field("title_cy", "Title in Welsh").value(&text(|t| t.title_cy.as_ref())).optional().input()}
        {form.field("slug", "Slug").value(&text(|t| Some(&t.id))).hint("Its address. When it changes, the old address leads here.").input()}
        {form.field("parent_id", "Under").value(&text(|t| t.parent_id.as_ref())).select(parents)}
        {form.field("place", "Place among those beside it").value(&place).short().optional().hint("From 1. Without one it comes last.").input()}
        {form.field("description", "Description").value(&text(|t| Some(&t.description))).optional().textarea()}
        {form.field("description_cy", "Description in Welsh").value(&text(|t| t.description_cy.as_ref())).optional().textarea()}
    }
    .into_any()
}
