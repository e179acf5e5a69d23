//! What operators read of webhooks is what there is.

use std::collections::BTreeSet;

use domain::delivery::WebhookEvent;

#[test]
fn the_events_of_webhooks_are_all_named_where_receivers_are_set_up() {
    let text = std::fs::read_to_string("../../deploy/README.md").unwrap();
    let table = text.split_once("| event of webhooks |").unwrap().1.split("\n\n").next().unwrap();
    let named: BTreeSet<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(event, _)| event)).collect();
    let events: BTreeSet<&str> = WebhookEvent::ALL.iter().map(|event| event.as_str()).collect();
    assert_eq!(named, events);
}
