//! What browsers tell of faults in the scripts of the portal's pages.

use domain::policy::Role;
use serde_json::json;
use testkit::on_both_databases;

use crate::support::*;

const PATH: &str = "/admin/script-faults";

on_both_databases! {
    async fn only_pages_of_people_signed_in_tell_and_no_more_than_is_read(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("ann@example.org", &[Role::Editor]).await;
        let ann = site.signed_in("ann@example.org").await;
        let fault = json!({"message": "Uncaught TypeError: x is null", "script": "desk.js", "line": 12, "page": "/admin"});
        site.public().post(PATH, fault.clone()).await.must_be(401);
        site.service("reader", &[Role::Editor]).await.post(PATH, fault.clone()).await.must_be(401);
        ann.post(PATH, fault.clone()).await.must_be(204);
        ann.get(PATH).await.must_be(405);
        ann.post(PATH, json!({"message": "x".repeat(20_000)})).await.must_be(413);
        ann.post(PATH, json!({"line": "twelve"})).await.must_be(400);
        // What was told wrongly counts, too.
        for _ in 0..7 {
            ann.post(PATH, fault.clone()).await.must_be(204);
        }
        ann.post(PATH, fault.clone()).await.must_be(429);
        site.advance(chrono::TimeDelta::hours(1));
        // The session has ended meanwhile.
        let ann = site.signed_in("ann@example.org").await;
        ann.post(PATH, fault).await.must_be(204);
        let metrics = site.public().get("/metrics").await.text;
        for name in ["script_faults_total{outcome=\"noted\"} ", "script_faults_total{outcome=\"refused\"} "] {
            let value = metrics.split(&format!("\n{name}")).nth(1).and_then(|rest| rest.lines().next()).unwrap();
            assert!(value.parse::<f64>().unwrap() >= 1.0, "{name}{value}");
        }
    }

    async fn pages_of_the_portal_alone_load_what_tells(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("ann@example.org", &[Role::Editor]).await;
        let ann = site.signed_in("ann@example.org").await;
        assert!(ann.get("/admin").await.must_be(200).text.contains("/assets/faults.js"));
        for page in ["/", "/search", "/account/sign-in"] {
            let shown = site.public().get(page).await.must_be(200).text;
            assert!(!shown.contains("faults.js"), "{page}");
        }
        assert!(!ann.get("/search").await.must_be(200).text.contains("faults.js"), "nor does a public page for whoever is signed in");
    }
}
