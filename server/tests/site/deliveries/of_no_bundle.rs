//! Deliveries that follow from no bundle: tried again or left out by whoever runs the program.

use domain::policy::Role;
use domain::refusal::Refusal;
use serde_json::json;
use services::{Ctx, ServiceError};
use testkit::on_both_databases;
use testkit::receiver::Behaviour;

use super::Around;
use crate::browser::Browser;

const PAGE: &str = "/ops/integrations";
const REPLAY: &str = "/rpc/operations/replay-delivery";
const SKIP: &str = "/rpc/operations/skip-delivery";

/// The id of the delivery that the page offers to try again.
fn offered(page: &str) -> String {
    let form = page.split(&format!("action=\"{REPLAY}\"")).nth(1).unwrap_or_else(|| panic!("nothing to try on {page}"));
    form.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

on_both_databases! {
    async fn an_alert_that_fails_is_tried_again_or_left_out_with_a_reason(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        for (email, role) in [("operator@example.org", Role::Operator), ("admin@example.org", Role::Admin)] {
            around.site.account(email, &[role]).await;
        }
        let mut operator = Browser::signed_in(&around.site, "operator@example.org").await;
        let mut admin = Browser::signed_in(&around.site, "admin@example.org").await;
        let fails = async |title: &str| {
            around.slack.usually(Behaviour::Answer(503, "closed"));
            around.operator.post("/v1/incidents", json!({"title": title, "severity": "p3"})).await.must_be(201);
            around.site.run_tasks().await;
            around.slack.usually(Behaviour::Answer(200, "{}"));
        };
        fails("Disk is full").await;
        let shown = operator.get(PAGE).await.must_be(200).text;
        assert!(shown.contains("closed") && shown.contains("Leave it out"), "{shown}");
        let id = offered(&shown);
        let seen = admin.get(PAGE).await.must_be(200).text;
        assert!(seen.contains("closed") && !seen.contains(REPLAY) && !seen.contains(SKIP), "{seen}");
        for (form, fields) in [(REPLAY, vec![("id", id.as_str())]), (SKIP, vec![("id", id.as_str()), ("reason", "No.")])] {
            let refused = admin.submit(form, PAGE, &fields).await.text;
            assert!(refused.contains("system:operate"), "{form}: {refused}");
        }
        let again = operator.submit(REPLAY, PAGE, &[("id", &id)]).await.must_be(200).text;
        assert!(again.contains("The delivery is tried again."), "{again}");
        around.site.run_tasks().await;
        assert_eq!(around.slack.received().len(), 2);
        let done = operator.get(PAGE).await.text;
        assert!(done.contains("Nothing fails") && done.contains("Took a delivery ") && done.contains("Failed "), "{done}");

        fails("Disk is slow").await;
        let id = offered(&operator.get(PAGE).await.must_be(200).text);
        let unsaid = operator.submit(SKIP, PAGE, &[("id", &id), ("reason", " ")]).await.text;
        assert!(unsaid.contains("Say why."), "{unsaid}");
        let left = operator.submit(SKIP, PAGE, &[("id", &id), ("reason", "Told by telephone")]).await.text;
        assert!(left.contains("The delivery is left out.") && left.contains("Nothing fails"), "{left}");
        around.site.run_tasks().await;
        assert_eq!(around.slack.received().len(), 3);
        for (action, reason) in [("delivery_replayed", json!(null)), ("delivery_skipped", json!("Told by telephone"))] {
            let told = around.site.environment().get(&format!("/audit?action={action}")).await.must_be(200).json();
            assert_eq!((&told["total_count"], &told["items"][0]["reason"]), (&json!(1), &reason), "{told}");
        }
    }

    async fn a_step_of_a_bundle_is_not_reached_by_its_id_alone(db: TestDatabase) {
        let around = Around::start(db, &[]).await;
        around.wagtail.usually(Behaviour::Answer(503, "closed"));
        let bundle = around.scheduled("Autumn", &["cpi"], json!([])).await;
        around.publish().await;
        let step = around.step(&bundle, "wagtail").await["id"].as_str().unwrap().to_owned();
        let (services, ctx) = (&around.site.services, Ctx::system("test", around.site.now()));
        for id in [step.as_str(), "nothing"] {
            let replayed = services::deliveries::replay_alone(services, &ctx, id).await;
            let skipped = services::deliveries::skip_alone(services, &ctx, id, "A reason.").await;
            for outcome in [replayed, skipped] {
                assert!(matches!(outcome, Err(ServiceError::Refused(Refusal::NotFound))), "{id}: {outcome:?}");
            }
        }
        assert_eq!(around.step(&bundle, "wagtail").await["state"], "failed");
    }
}
