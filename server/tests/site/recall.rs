//! Recalling public files from the page of their version, and giving them out again.

use domain::policy::Role;
use serde_json::json;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const PAGE: &str = "/admin/datasets/gdp/editions/time-series/versions/1";
const DOWNLOAD: &str = "/files/downloads/gdp/gdp.csv";

on_both_databases! {
    async fn a_file_is_withdrawn_and_reinstated_with_reasons(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let file = approved_version(&editor, &approver, "gdp", "GDP").await;
        for (email, role) in [("editor@example.org", Role::Editor), ("approver@example.org", Role::Approver)] {
            site.account(email, &[role]).await;
        }
        let mut browser = Browser::signed_in(&site, "approver@example.org").await;
        let mut other = Browser::signed_in(&site, "editor@example.org").await;
        // Before it is public there is nothing to recall.
        assert!(!browser.get(PAGE).await.must_be(200).text.contains("files/withdraw"));
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        site.public().get(DOWNLOAD).await.must_be(200);

        assert!(browser.get(PAGE).await.must_be(200).text.contains("/rpc/files/withdraw"));
        assert!(!other.get(PAGE).await.must_be(200).text.contains("/rpc/files/withdraw"));
        let id = ("id", file.as_str());
        let refused = browser.submit("/rpc/files/withdraw", PAGE, &[id, ("reason", " "), ("notice", "It is mended.")]).await;
        assert!(refused.text.contains("Say why.") && refused.text.contains("It is mended."), "{}", refused.text);
        other.submit("/rpc/files/withdraw", PAGE, &[id, ("reason", "It is mine.")]).await;
        site.public().get(DOWNLOAD).await.must_be(200);

        let fields = [id, ("reason", "Table 1 names a person."), ("notice", "The file is being corrected.")];
        let done = browser.submit("/rpc/files/withdraw", PAGE, &fields).await.must_be(200);
        for words in ["gdp.csv was withdrawn.", "Withdrawn files", "/rpc/files/reinstate", "withdrew a file, gdp.csv", "Table 1 names a person."] {
            assert!(done.text.contains(words), "{words}: {}", done.text);
        }
        assert!(!done.text.contains("/rpc/files/withdraw"));
        site.public().get(DOWNLOAD).await.must_be(404);
        assert!(site.public().get("/catalogue/gdp").await.must_be(200).text.contains("The file is being corrected."));
        let seen = other.get(PAGE).await.must_be(200).text;
        assert!(seen.contains("Withdrawn files") && !seen.contains("/rpc/files/reinstate"), "{seen}");
        let audit = operator.get("/audit?action=file_withdrawn").await.must_be(200).json();
        assert_eq!((&audit["items"][0]["reason"], &audit["items"][0]["details"]["file_id"]), (&json!("Table 1 names a person."), &json!(file)));

        let done = browser.submit("/rpc/files/reinstate", PAGE, &[id, ("reason", "It names nobody.")]).await.must_be(200);
        assert!(done.text.contains("gdp.csv is given out again.") && !done.text.contains("Withdrawn files"), "{}", done.text);
        assert_eq!(site.public().get(DOWNLOAD).await.must_be(200).text.as_bytes(), TABLE);
        let again = browser.submit("/rpc/files/reinstate", PAGE, &[id, ("reason", "Once more.")]).await;
        assert!(again.text.contains("The file was not withdrawn."), "{}", again.text);
    }
}
