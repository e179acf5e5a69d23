//! Correcting a public version step by step.

use super::*;

const NEW: &str = "/admin/corrections/new?dataset=gdp";

on_both_databases! {
    async fn a_correction_is_looked_at_before_readers_see_it(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&desk.editor, &desk.approver, "First", &[("gdp", "1")]).await;
        let operator = desk.site.service("operator", &[Role::Operator]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        desk.site.run_tasks().await;
        let mut approver = desk.browser("approver").await;
        has(&approver.get("/admin/corrections/new?q=gdp").await.must_be(200).text, &[NEW]);
        has(&approver.get(NEW).await.must_be(200).text, &["Which version of GDP?", ", version 1"]);
        let (english, welsh) = ("The figure was wrong.", "Roedd y ffigwr yn anghywir.");
        let version = format!("{NEW}&edition=time-series&version=1");
        has(&approver.get(&version).await.must_be(200).text, &["What is wrong in GDP", "Look at it", "maxlength=\"1500\""]);
        let said = format!("&severity=major&description={english}&description_cy={welsh}").replace(' ', "%20");
        let typed = format!("{version}{said}");
        let look = approver.get(&typed).await.must_be(200).text;
        has(&look, &["banner--error", "Cywiriad", english, welsh, "Publish to readers now", "Nobody by letter"]);
        let public = desk.site.public();
        assert!(!public.get("/catalogue/gdp").await.must_be(200).text.contains(english));

        let named = [("dataset_id", "gdp"), ("edition", "time-series"), ("severity", "major")];
        let words = [("version", "1"), ("kind", "correction"), ("description", english), ("description_cy", welsh)];
        approver.submit("/rpc/versions/add-alert", &typed, &[&named[..], &words[..]].concat()).await.must_be(200);
        has(&public.get("/catalogue/gdp").await.must_be(200).text, &[english, "Major:"]);
        has(&public.get("/cy/catalogue/gdp").await.must_be(200).text, &[welsh, "Mawr:"]);

        // Where the figures change, the words go with the version that corrects them.
        let mut editor = desk.browser("editor").await;
        let typed = format!("{version}&figures=yes{said}");
        let look = editor.get(&typed).await.must_be(200).text;
        has(&look, &["Begin the corrected version", "besides those whose searches find it"]);
        let words = [("carry", "yes"), ("step", "files"), ("release_date", "2027-01-05"), ("correction", english), ("correction_cy", welsh)];
        let begun = editor.submit("/rpc/versions/create", &typed, &[&named[..], &words[..]].concat()).await.must_be(200).text;
        has(&begun, &["Prepare a version", "Next: details"]);
        let second = desk.editor.get("/datasets/gdp/editions/time-series/versions/2").await.must_be(200).json();
        let alert = &second["alerts"][0];
        assert_eq!((&alert["type"], &alert["severity"], &alert["description_cy"]), (&json!("correction"), &json!("major"), &json!(welsh)));
        assert_eq!((&second["latest_changes"][0]["type"], &alert["date"]), (&json!("correction"), &second["release_date"]));
        desk.stranger().await.get(NEW).await.must_be(404);
    }
}
