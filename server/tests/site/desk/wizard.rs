//! Preparing a version step by step.

use super::*;

on_both_databases! {
    async fn a_version_is_prepared_step_by_step(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let new = VERSION.replace("/2", "/new");
        let step = |step: &str| format!("{VERSION}/prepare/{step}");
        let mut browser = desk.browser("editor").await;
        has(&browser.get(&new).await.must_be(200).text, &["Copied from version 1", "Not copied: ", "Begin and go on to the files"]);
        let fields = [("dataset_id", "gdp"), ("edition", "time-series"), ("step", "files"), ("release_date", "2027-01-05"), ("carry", "yes")];
        let files = browser.submit("/rpc/versions/create", &new, &fields).await.must_be(200).text;
        has(&files, &["Prepare a version", "aria-current=\"step\"", "action=\"/rpc/files/upload\"", "Next: details"]);
        has(&browser.get(&new).await.must_be(200).text, &["Version 2 is still being prepared", &step("files")]);

        let details = browser.get(&step("details")).await.must_be(200).text;
        has(&details, &["Save and go on to the checks", "Changed", "Release date: version 1 says"]);
        let revision = revision(&details);
        let mut fields = vec![("dataset_id", "gdp"), ("edition", "time-series"), ("version", "2"), ("revision", revision.as_str()), ("step", "checks")];
        // What is refused stays on its step, with what was typed.
        fields.push(("temporal_coverage", "2023 to 2026"));
        let refused = browser.submit("/rpc/versions/edit", &step("details"), &fields).await.text;
        has(&refused, &["There is a problem", "2023 to 2026", "Save and go on to the checks"]);
        fields.push(("release_date", "2027-01-05"));
        let checks = browser.submit("/rpc/versions/edit", &step("details"), &fields).await.must_be(200).text;
        has(&checks, &["Compared with version 1", "Details that differ", "There is no file yet", "Next: submit"]);
        let submit = browser.get(&step("submit")).await.must_be(200).text;
        has(&submit, &["What is sent for approval", "aria-describedby=\"why-not\"", "Upload at least one.", "To do"]);
        let stranger = desk.stranger().await;
        for path in [new, step("files"), step("submit")] {
            stranger.get(&path).await.must_be(404);
        }
    }
}
