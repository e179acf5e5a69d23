//! Which node answers a page that shows what is one node's own, so that nobody takes it for all of them.

use chrono::{DateTime, Utc};
use domain::operations::{LATELY, NodeSight, SeenNode};
use leptos::prelude::*;

use super::span_words;
use crate::components::portal::moment;

/// Names the node and when it started, says by `own` what is its own, and names the others that were seen lately.
pub(super) fn answering(node: &NodeSight, own: &'static str, now: DateTime<Utc>) -> AnyView {
    let name = node.name.clone();
    view! {
        <p class="small muted">"The node "<code>{name}</code>" answers, which started on "{moment(node.started_at, "")}". "{own}" "{others(node, now)}</p>
    }
    .into_any()
}

fn others(node: &NodeSight, now: DateTime<Utc>) -> AnyView {
    let lately = LATELY.num_minutes();
    match node.others.as_slice() {
        _ if !node.is_shared => "No other node can use its database.".into_any(),
        [] => format!("No other node was seen in the last {lately} minutes.").into_any(),
        [first, more @ ..] => {
            let more: Vec<AnyView> = more.iter().map(|other| view! { ", "{seen(other, now)} }.into_any()).collect();
            view! { {format!("Other nodes that were seen in the last {lately} minutes: ")}{seen(first, now)}{more}"." }
                .into_any()
        }
    }
}

/// A node with how long ago it was seen.
fn seen(other: &SeenNode, now: DateTime<Utc>) -> AnyView {
    let (name, ago) = (other.name.clone(), span_words((now - other.seen_at).num_seconds()));
    view! { <code>{name}</code>{format!(" ({ago} ago)")} }.into_any()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn words(is_shared: bool, others: &[(&str, i64)]) -> String {
        let now = DateTime::from_timestamp(1_796_031_000, 0).unwrap();
        let seen = |(name, seconds): &(&str, i64)| SeenNode {
            name: (*name).to_owned(),
            seen_at: now - TimeDelta::seconds(*seconds),
        };
        let others = others.iter().map(seen).collect();
        let node = NodeSight { name: "node-a".into(), started_at: now - TimeDelta::hours(2), is_shared, others };
        answering(&node, "This is its own.", now).to_html().replace("<!>", "")
    }

    #[test]
    fn a_node_is_named_with_when_it_started_and_with_those_beside_it() {
        let alone = words(false, &[]);
        assert!(alone.contains("The node <code>node-a</code> answers, which started on "), "{alone}");
        assert!(alone.contains("7:30am</time>. This is its own. No other node can use its database."), "{alone}");
        let first = words(true, &[]);
        assert!(first.contains("No other node was seen in the last 15 minutes."), "{first}");
        let many = words(true, &[("node-b", 5), ("node-c", 130)]);
        assert!(many.contains("<code>node-b</code> (5 s ago), <code>node-c</code> (2 min ago)."), "{many}");
    }
}
