//! Webhooks, their secrets and the log of their calls.

use domain::delivery::{Webhook, WebhookCall, WebhookEvent};
use domain::page::Paging;
use persistence::webhooks;
use testkit::builders::{actor, at};
use testkit::on_both_databases;

fn webhook(id: &str, events: &[WebhookEvent]) -> Webhook {
    Webhook {
        id: id.to_owned(),
        url: format!("https://example.org/{id}"),
        description: String::new(),
        events: events.to_vec(),
        enabled: true,
        previous_until: None,
        created_by: actor("admin"),
        created_at: at(0),
        last_modified: at(0),
        revision: 1,
    }
}

fn call(id: &str, webhook: &str, seconds: i64) -> WebhookCall {
    WebhookCall {
        id: id.to_owned(),
        webhook_id: webhook.to_owned(),
        message_id: "m".to_owned(),
        event: "bundle.published".to_owned(),
        bundle_id: None,
        attempt: 2,
        called_at: at(seconds),
        took_ms: 7,
        status: Some(500),
        error: Some("it answered 500".to_owned()),
    }
}

on_both_databases! {
    async fn only_those_that_ask_for_an_event_are_told(db: TestDatabase) {
        for (id, events) in [("1", vec![WebhookEvent::Published]), ("2", vec![WebhookEvent::Failed]), ("3", WebhookEvent::ALL.to_vec())] {
            webhooks::insert(db.pool(), &webhook(id, &events), "sealed").await.unwrap();
        }
        let off = Webhook { enabled: false, ..webhook("3", WebhookEvent::ALL) };
        let told = async |event| -> Vec<String> { webhooks::told_of(db.pool(), event).await.unwrap().into_iter().map(|w| w.id).collect() };
        assert_eq!(told(WebhookEvent::Failed).await, ["2", "3"]);
        assert!(webhooks::save(db.pool(), &off).await.unwrap());
        assert!(!webhooks::save(db.pool(), &off).await.unwrap(), "its revision is another now");
        assert_eq!(told(WebhookEvent::Failed).await, ["2"]);
        assert_eq!(told(WebhookEvent::Published).await, ["1"]);
        assert_eq!(webhooks::page(db.pool(), Paging::default()).await.unwrap().total_count, 3);
    }

    async fn the_secret_before_is_given_for_a_while(db: TestDatabase) {
        let one = webhook("1", WebhookEvent::ALL);
        webhooks::insert(db.pool(), &one, "first").await.unwrap();
        assert!(webhooks::rotate(db.pool(), &one, "second", at(100), at(10)).await.unwrap());
        assert!(!webhooks::rotate(db.pool(), &one, "third", at(100), at(10)).await.unwrap());
        for (seconds, previous) in [(99, Some("first".to_owned())), (100, None)] {
            let (_, sealed) = webhooks::find_with_secrets(db.pool(), "1", at(seconds)).await.unwrap().unwrap();
            assert_eq!((sealed.current.as_str(), sealed.previous), ("second", previous));
        }
    }

    async fn calls_are_listed_newest_first_and_go_with_their_webhook(db: TestDatabase) {
        webhooks::insert(db.pool(), &webhook("1", WebhookEvent::ALL), "sealed").await.unwrap();
        webhooks::insert(db.pool(), &webhook("2", WebhookEvent::ALL), "sealed").await.unwrap();
        for line in [call("a", "1", 1), call("b", "1", 2), call("c", "2", 3)] {
            webhooks::log(db.pool(), &line).await.unwrap();
        }
        let page = webhooks::calls(db.pool(), "1", Paging::default()).await.unwrap();
        assert_eq!(page.items, [call("b", "1", 2), call("a", "1", 1)]);
        assert!(webhooks::find_call(db.pool(), "2", "a").await.unwrap().is_none());
        webhooks::forget_calls(db.pool(), at(2)).await.unwrap();
        assert!(webhooks::find_call(db.pool(), "1", "a").await.unwrap().is_none());
        assert!(!webhooks::delete(db.pool(), "1", 7).await.unwrap());
        assert!(webhooks::delete(db.pool(), "1", 1).await.unwrap());
        assert!(webhooks::find_call(db.pool(), "1", "b").await.unwrap().is_none());
        assert!(webhooks::find_call(db.pool(), "2", "c").await.unwrap().is_some());
    }
}
