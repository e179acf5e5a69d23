//! The public pages around datasets: what changed, comparisons, the register, corrections, feeds, sitemaps and feedback.

mod discovery;
mod feedback;
mod feeds;
mod languages;
mod link_cards;
mod lists;
mod registers;
mod versions;

use domain::policy::Role;
use serde_json::json;
use testkit::databases::TestDatabase;

use crate::support::*;

/// The figures at first, and as they were revised: a row more, a row less, a figure that moved.
const BEFORE: &[u8] = b"Area,Year,Value\nWales,2023,100\nWales,2024,110\nBath,2023,7\n";
const AFTER: &[u8] = b"Area,Year,Value\nWales,2023,100\nWales,2024,121\nWales,2025,130\n";

/// A site on which `areas` has two public versions, and `secret` none.
struct World {
    site: Site,
    approver: Caller,
    operator: Caller,
}

impl World {
    async fn make(db: TestDatabase) -> Self {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        table_version(&editor, &approver, "areas", BEFORE).await;
        publish(&site, &editor, &approver, &operator, "1").await;
        next_table(&editor, &approver, "areas", AFTER).await;
        publish(&site, &editor, &approver, &operator, "2").await;
        approved_version(&editor, &approver, "secret", "Secret figures").await;
        Self { site, approver, operator }
    }

    /// A public page, whole.
    async fn page(&self, path: &str) -> String {
        self.site.public().get(path).await.must_be(200).text
    }

    /// What stands on the page of an address that is nothing, without what differs from answer to answer.
    async fn missing(&self, path: &str) -> String {
        let page = self.site.public().get(path).await.must_be(404).text;
        // What is around the body has a nonce of its own each time.
        let body = page.split_once("<body").and_then(|(_, rest)| rest.split_once("</body>"));
        body.map(|(body, _)| body.to_owned()).unwrap_or_default()
    }

    /// Puts a correction on a version of `areas`.
    async fn correct(&self, version: u32, words: &str) {
        let path = format!("/v1/datasets/areas/editions/time-series/versions/{version}/alerts");
        self.approver.post(&path, json!({"type": "correction", "description": words})).await.must_be(201);
    }
}

async fn publish(site: &Site, editor: &Caller, approver: &Caller, operator: &Caller, version: &str) {
    let bundle = approved_bundle(editor, approver, "Areas", &[("areas", version)]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
}
