//! Subscriptions of the public: nobody is written to who has not confirmed it, each hears once of what concerns them, and
//! whoever stops is forgotten.

mod letters;
mod programs;
mod unknown;

use domain::subscription::Subscription;
use serde_json::{Value, json};
use testkit::mail_server::Letter;

use crate::deliveries::Around;
use crate::support::*;

/// Asks for letters through the API.
pub async fn asked(site: &Site, address: &str, language: &str, target: Value) -> Answer {
    let mut body = json!({"channel": "email", "address": address, "language": language});
    body.as_object_mut().unwrap().extend(target.as_object().unwrap().clone());
    site.public().post("/v1/subscriptions", body).await
}

/// The letters that came to an address.
pub fn letters_to(around: &Around, address: &str) -> Vec<Letter> {
    around.mail.letters().into_iter().filter(|letter| letter.to == [address]).collect()
}

/// The path behind the site's address at which a link with this beginning stands in a letter.
pub fn link_in(site: &Site, letter: &Letter, beginning: &str) -> String {
    let text = letter.part("text/plain").unwrap();
    let start = text.find(&format!("{}{beginning}", site.url)).unwrap_or_else(|| panic!("{beginning}: {text}"));
    text[start + site.url.len()..].split_whitespace().next().unwrap().to_owned()
}

/// The token in an address.
pub fn token_of(path: &str) -> String {
    path.split("token=").nth(1).unwrap().to_owned()
}

/// Somebody who has subscribed and confirmed it; the answer to the confirmation.
pub async fn subscriber(around: &Around, address: &str, language: &str, target: Value) -> Value {
    asked(&around.site, address, language, target).await.must_be(202);
    around.site.run_tasks().await;
    let letter = letters_to(around, address).pop().unwrap();
    let beginning = if language == "cy" { "/cy/subscribe/confirm" } else { "/subscribe/confirm" };
    let token = token_of(&link_in(&around.site, &letter, beginning));
    around.site.public().post("/v1/subscriptions/confirm", json!({"token": token})).await.must_be(200).json()
}

/// A bundle of these versions, approved and published; nothing that follows is done yet.
pub async fn published(around: &Around, title: &str, items: &[(&str, &str)]) -> String {
    let id = approved_bundle(&around.editor, &around.approver, title, items).await;
    let body = json!({"reason": "a test"});
    around.operator.post(&format!("/bundles/{id}/publish"), body).await.must_be(202);
    services::bundles::publish_due(&around.site.services).await.unwrap();
    assert_eq!(around.status(&id).await["state"], "published");
    id
}

/// A dataset whose first version is public.
pub async fn public_dataset(around: &Around, id: &str) {
    approved_version(&around.editor, &around.approver, id, &format!("All about {id}")).await;
    published(around, &format!("First of {id}"), &[(id, "1")]).await;
    around.site.run_tasks().await;
}

/// The row of a subscription.
pub async fn row(site: &Site, id: &str) -> Subscription {
    persistence::subscriptions::find(site.services.db.pool(), id).await.unwrap().unwrap()
}
