//! Old versions leave standard storage by the policy of their department.

use chrono::TimeDelta;
use domain::delivery::Sink;
use domain::policy::Role;
use persistence::outbox::{self, Hold};
use reqwest::Method;
use serde_json::json;
use services::archiving;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const POLICY: &str = "/v1/departments/economy/archive-policy";
const REPORT: &str = "/v1/departments/economy/archive-report";

fn version(number: u32) -> String {
    format!("/v1/datasets/gdp/editions/time-series/versions/{number}")
}

/// Publishes three versions.
async fn three_versions(site: &Site) -> Caller {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver, Role::Operator]).await;
    approved_version(&editor, &approver, "gdp", "GDP").await;
    for number in ["1", "2", "3"] {
        if number != "1" {
            next_version(&editor, &approver, "gdp").await;
        }
        let bundle = approved_bundle(&editor, &approver, number, &[("gdp", number)]).await;
        approver.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
    }
    approver
}

on_both_databases! {
    async fn a_policy_is_tried_out_carried_out_held_back_and_undone(db: TestDatabase) {
        let site = Site::start(db).await;
        let approver = three_versions(&site).await;
        site.public().get(POLICY).await.must_be(401);
        let policy = approver.get(POLICY).await.must_be(200);
        assert_eq!(policy.json()["enabled"], false);

        // Tried out: nothing happens.
        let report = approver.get(&format!("{REPORT}?keep_versions=1")).await.must_be(200).json();
        assert_eq!(report["leaving"], 2);
        assert_eq!(report["leaving_bytes"], 2 * TABLE.len());
        let fates: Vec<_> = report["versions"].as_array().unwrap().iter().map(|v| v["outcome"].as_str().unwrap()).collect();
        assert_eq!(fates, ["newest", "archive", "archive"]);
        assert_eq!(archiving::carry_out(&site.services).await.unwrap(), 0);
        approver.get(&format!("{REPORT}?keep_versions=0")).await.must_be(400);
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let page = operator.get("/admin/archive?department=economy&keep_versions=1").await.must_be(200).text.replace("<!>", "");
        for (table, name) in [("sizes-table", ">gdp</a></th>"), ("ages-table", ">Less than a year</th>")] {
            let (_, rows) = page.split_once(&format!("id=\"{table}\"")).unwrap();
            let (_, row) = rows.split_once(name).unwrap();
            assert!(row.split("</tr>").next().unwrap().contains("<td class=\"num\">3</td>"), "{table}: {row}");
        }

        let sends = async |body| approver.change(Method::PUT, POLICY, body).await;
        sends(json!({"enabled": true})).await.must_be(422);
        sends(json!({"enabled": true, "keep_versions": 1})).await.must_be(200);
        let hold = format!("{}/archive-hold", version(1));
        approver.put_json(&hold, json!({})).await.must_be(422);
        approver.put_json(&hold, json!({"reason": "An inquiry quotes it."})).await.must_be(200);
        assert_eq!(approver.get(REPORT).await.json()["versions"][2]["hold"], "An inquiry quotes it.");
        approver.put_json(&format!("{}/archive", version(1)), json!({})).await.must_be(409);
        assert_eq!(archiving::carry_out(&site.services).await.unwrap(), 1);
        site.run_tasks().await;
        let state = async |number| site.public().get(&version(number)).await.must_be(200).json()["state"].clone();
        assert_eq!([state(1).await, state(2).await, state(3).await], ["published", "archived", "published"]);
        // Its bytes stand in the archive, and readers still get them.
        assert_eq!(site.services.storage.list("archive/").await.unwrap().len(), 1);
        let download = "/files/downloads/gdp/gdp.csv?edition=time-series&version=2";
        assert_eq!(site.public().get(download).await.must_be(200).text.as_bytes(), TABLE);

        // Restored, it is not archived again; let go, it is.
        approver.put_json(&format!("{}/restore", version(2)), json!({})).await.must_be(200);
        assert_eq!(archiving::carry_out(&site.services).await.unwrap(), 0);
        approver.delete(&format!("{}/archive-hold", version(2))).await.must_be(204);
        approver.delete(&format!("{}/archive-hold", version(2))).await.must_be(404);
        assert_eq!(archiving::carry_out(&site.services).await.unwrap(), 1);
        let trail = approver.get("/audit?action=archived").await.must_be(200).json();
        assert_eq!(trail["items"][0]["actor"]["kind"], "system");
        assert_eq!(trail["items"][0]["reason"], "The archive policy of economy");
        // Its bytes are moved there and back one after the other, and have as long for it as a copy.
        let hold = Hold { by: "test", until: site.now() + TimeDelta::hours(1) };
        let due = outbox::take_due(site.services.db.pool(), Sink::Archive.as_str(), site.now(), hold, 4).await.unwrap();
        assert_eq!(due.len(), 1);
        let outlets = &site.services.outlets;
        assert_eq!(outlets.manner(Sink::Archive).timeout, outlets.manner(Sink::PublicCopy).timeout);
    }
}
