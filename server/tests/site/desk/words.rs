//! What pages of the desk say of what happened and of what is wrong: the instants, names and words that their readers know.

use chrono::SecondsFormat;
use domain::uk_time;
use reqwest::Method;

use super::*;

/// A program for Windows under another name.
const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff";

/// The part of a text from some words to others.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).and_then(|(_, rest)| rest.split(to).next()).unwrap_or_default()
}

async fn schedule(desk: &Desk, bundle: &str, at: chrono::DateTime<chrono::Utc>) {
    let body = json!({"publication_date": at.to_rfc3339_opts(SecondsFormat::Secs, true)});
    desk.approver.put_json(&format!("/bundles/{bundle}/schedule"), body).await.must_be(200);
}

on_both_databases! {
    async fn a_schedule_is_told_with_its_instants_and_an_approval_keeps_its_time(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&desk.editor, &desk.approver, "Spring", &[("gdp", "1")]).await;
        let approved = desk.site.now();
        let (first, second) = (approved + TimeDelta::hours(5), approved + TimeDelta::hours(9));
        for at in [first, second] {
            desk.site.advance(TimeDelta::hours(1));
            schedule(&desk, &bundle, at).await;
        }
        desk.site.advance(TimeDelta::hours(1));
        desk.approver.delete(&format!("/bundles/{bundle}/schedule")).await.must_be(200);
        let page = desk.person("approver").await.get(&format!("/admin/bundles/{bundle}")).await.must_be(200).text;
        let [first, second, approved] = [first, second, approved].map(uk_time::date_time);
        has(&page, &[
            &format!("scheduled it for {first}"),
            &format!("changed the time from {first} to {second}"),
            &format!("cancelled the schedule for {second}"),
        ]);
        let step = between(&page, "stepper__name\">Approved", "</li>");
        assert!(step.contains(&approved), "it is approved since its approval: {step}");
    }

    async fn a_sign_off_holds_after_the_publication_of_what_was_signed_off(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&desk.editor, &desk.approver, "Spring", &[("gdp", "1")]).await;
        let items = desk.editor.get(&format!("/bundles/{bundle}/contents")).await.must_be(200).json();
        let item = items["items"][0]["id"].as_str().unwrap().to_owned();
        desk.approver.put(&format!("/bundles/{bundle}/contents/{item}/sign-off")).await.must_be(200);
        schedule(&desk, &bundle, desk.site.now() + TimeDelta::hours(1)).await;
        desk.site.advance(TimeDelta::hours(2));
        desk.site.run_tasks().await;
        let page = desk.person("editor").await.get(&format!("/admin/bundles/{bundle}")).await.must_be(200).text;
        has(&page, &["class=\"signed\">approver<"]);
        assert!(!page.contains("before it changed"), "{page}");
    }

    async fn who_sends_what_is_refused_is_not_said_to_have_found_its_faults(db: TestDatabase) {
        let desk = Desk::start(db).await;
        begin_dataset(&desk.editor, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        desk.editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        desk.editor.upload("gdp", "time-series", "1", "report.pdf", PROGRAM).await.must_be(422);
        let page = desk.person("editor").await.get(&VERSION.replace("/2", "/1")).await.must_be(200).text;
        has(&page, &["sent a file that was refused, report.pdf"]);
        assert!(!page.contains("found faults"), "{page}");
    }

    async fn what_happened_recently_names_its_bundles(db: TestDatabase) {
        let desk = Desk::start(db).await;
        let (kept, gone) = (desk.begin("Spring").await, desk.begin("Autumn").await);
        let path = format!("/bundles/{gone}");
        let tag = desk.editor.get(&path).await.must_be(200).header("etag");
        desk.editor.send(desk.editor.request(Method::DELETE, &path).header("if-match", tag)).await.must_be(204);
        let page = desk.person("approver").await.get("/admin").await.must_be(200).text;
        let recent = between(&page, "Recently", "</section>");
        has(recent, &[&format!("href=\"/admin/bundles/{kept}\">Spring<"), "a bundle that was deleted since"]);
        assert!(!recent.contains(">a bundle<") && !recent.contains(&gone), "{recent}");
    }

    async fn an_approver_reads_the_words_of_the_forms(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let first = approved_bundle(&desk.editor, &desk.approver, "First", &[("gdp", "1")]).await;
        let person = desk.person("approver").await;
        let page = person.get(&format!("/admin/bundles/{first}/approve")).await.must_be(200).text;
        has(&page, &["Address of the licence", ">Official statistics<", ">Output<", ">23 November 2026<", ">New<"]);
        for code in ["Licence url", ">official<", ">output<", "23 November 2026, "] {
            assert!(!page.contains(code), "{code}: {page}");
        }
        schedule(&desk, &first, desk.site.now() + TimeDelta::hours(1)).await;
        desk.site.advance(TimeDelta::hours(2));
        desk.site.run_tasks().await;

        let body = json!({"temporal_coverage": "2023 to 2025"});
        desk.editor.change(Method::PATCH, "/datasets/gdp", body).await.must_be(200);
        // The same table once more.
        next_version(&desk.editor, &desk.approver, "gdp").await;
        let second = approved_bundle(&desk.editor, &desk.approver, "Second", &[("gdp", "2")]).await;
        let person = desk.person("approver").await;
        let page = person.get(&format!("/admin/bundles/{second}/approve")).await.must_be(200).text;
        has(&page, &[">Time covered<", "The same bytes as before"]);
        assert!(!page.contains("In place of the one before") && !page.contains("Temporal coverage"), "{page}");
        let preview = person.get(&format!("/admin/bundles/{second}/preview")).await.must_be(200).text;
        has(&preview, &["Time covered", "Official statistics", ">Output<"]);
    }

    async fn advice_is_told_apart_and_stands_on_a_page_once(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = desk.begin("Amber").await;
        desk.add(&bundle, "gdp").await;
        let address = format!("/admin/bundles/{bundle}");
        let person = desk.person("editor").await;
        let page = person.get(&address).await.must_be(200).text;
        assert_eq!(page.matches("Add a title in Welsh.").count(), 1, "{page}");
        has(between(&page, "Add a title in Welsh.", "</li>"), &[">Advice<", "href=\"/admin/datasets/gdp\""]);
        has(between(&page, ">Readiness<", "</section>"), &["Add a title in Welsh.", "I have looked at each"]);
        let unapproved = |page: &str| between(page, "The bundle is not approved yet.", "</li>").to_owned();
        let told = unapproved(&page);
        assert!(told.contains(">Not yet<") && !told.contains("Mend it"), "no link leads to the page itself: {told}");

        desk.editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        for path in [address.clone(), format!("{address}/approve")] {
            let told = unapproved(&person.get(&path).await.must_be(200).text);
            assert!(told.contains("Somebody approves it") && !told.contains("Mend it"), "{path}: {told}");
        }
    }

    async fn what_is_missing_is_called_as_its_field_is(db: TestDatabase) {
        let desk = Desk::start(db).await;
        begin_dataset(&desk.editor, "gdp", "GDP").await;
        let mut browser = desk.browser("editor").await;
        let page = "/admin/datasets/gdp";
        let fields = [("dataset_id", "gdp"), ("title", ""), ("title_cy", ""), ("edition", "")];
        let refused = browser.submit("/rpc/datasets/create-edition", page, &fields).await.must_be(200).text;
        let summary = between(&refused, "error-summary-title\">", "</section>");
        let at = |words: &str| summary.find(words).unwrap_or_else(|| panic!("{words} is not in {summary}"));
        assert!(at("Fill in “Edition title”.") < at("Fill in “Edition id”."), "as they stand on the page: {summary}");
    }
}
