//! Nothing that somebody typed or had in hand is lost where others were faster, several files are sent, or a past bundle is repeated.

use super::*;
use crate::browser::{filled, type_in};

const DATASET: &str = "/admin/datasets/gdp";

/// Sends a form as it stands in these fields; the page that follows.
async fn send(browser: &mut Browser, endpoint: &str, page: &str, fields: &[(String, String)]) -> String {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.submit(&format!("/rpc/{endpoint}"), page, &fields).await.must_be(200).text
}

fn value_of(fields: &[(String, String)], name: &str) -> String {
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

on_both_databases! {
    async fn a_field_that_was_not_touched_is_what_another_tab_saved(db: TestDatabase) {
        let desk = Desk::start(db).await;
        begin_dataset(&desk.editor, "gdp", "GDP").await;
        let mut browser = desk.browser("editor").await;
        let mut first = filled(&browser.get(DATASET).await.must_be(200).text, "datasets/edit");
        let mut second = first.clone();
        type_in(&mut first, "keywords", "growth, output");
        has(&send(&mut browser, "datasets/edit", DATASET, &first).await, &["The draft was saved."]);

        type_in(&mut second, "unit_of_measure", "index");
        type_in(&mut second, "description", "What is made, by quarter.");
        let late = send(&mut browser, "datasets/edit", DATASET, &second).await;
        has(&late, &["You edited the details at", "What you typed is kept below", "No field was changed by both"]);
        assert!(!late.contains("class=\"theirs\"") && !late.contains("Somebody else saved"), "{late}");
        let again = filled(&late, "datasets/edit");
        let of = |name: &str| value_of(&again, name);
        assert_eq!((of("keywords"), of("unit_of_measure")), ("growth, output".to_owned(), "index".to_owned()));
        has(&send(&mut browser, "datasets/edit", DATASET, &again).await, &["The draft was saved."]);
        let saved = filled(&browser.get(DATASET).await.must_be(200).text, "datasets/edit");
        let of = |name: &str| value_of(&saved, name);
        assert_eq!((of("keywords"), of("unit_of_measure")), ("growth, output".to_owned(), "index".to_owned()));
        assert_eq!((of("description"), of("contacts[0][name]")), ("What is made, by quarter.".into(), "Desk".into()));
    }

    async fn only_what_both_changed_is_a_conflict_with_the_way_to_it(db: TestDatabase) {
        let desk = Desk::start(db).await;
        begin_dataset(&desk.editor, "gdp", "GDP").await;
        desk.site.account("second@example.org", &[Role::Editor]).await;
        let (mut mine, mut theirs) = (desk.browser("editor").await, desk.browser("second").await);
        let page = mine.get(DATASET).await.must_be(200).text;
        let (mut ours, mut other) = (filled(&page, "datasets/edit"), filled(&page, "datasets/edit"));
        for (name, value) in [("survey", "Returns of councils"), ("contacts[0][telephone]", "01633 456789")] {
            type_in(&mut other, name, value);
        }
        send(&mut theirs, "datasets/edit", DATASET, &other).await;
        for (name, value) in [("survey", "Annual survey"), ("contacts[0][email]", "new@example.org")] {
            type_in(&mut ours, name, value);
        }
        let late = send(&mut mine, "datasets/edit", DATASET, &ours).await;
        has(&late, &["second@example.org edited the details at", "href=\"#datasets-edit-survey\"", "Survey: changed by both"]);
        assert_eq!((late.matches("class=\"theirs\"").count(), late.matches(": changed by both").count()), (1, 1), "{late}");
        let again = filled(&late, "datasets/edit");
        let of = |name: &str| value_of(&again, name);
        assert_eq!(of("survey"), "Annual survey");
        assert_eq!((of("contacts[0][email]"), of("contacts[0][telephone]")), ("new@example.org".into(), "01633 456789".into()));
        // A form that was refused for what was typed erases nothing either.
        type_in(&mut ours, "title", "");
        let wrong = send(&mut mine, "datasets/edit", DATASET, &ours).await;
        assert_eq!(value_of(&filled(&wrong, "datasets/edit"), "contacts[0][telephone]"), "01633 456789", "{wrong}");
    }

    async fn what_was_typed_for_a_step_that_somebody_else_took_first_can_be_copied(db: TestDatabase) {
        let desk = Desk::start(db).await;
        begin_dataset(&desk.editor, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        desk.editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        desk.editor.upload("gdp", "time-series", "1", "gdp.csv", TABLE).await.must_be(201);
        desk.editor.put(&format!("{versions}/1/submit")).await.must_be(200);
        let (mut browser, page) = (desk.browser("approver").await, VERSION.replace("/2", "/1"));
        let mut fields = filled(&browser.get(&page).await.must_be(200).text, "versions/return");
        desk.approver.put(&format!("{versions}/1/approve")).await.must_be(200);
        type_in(&mut fields, "reason", "Mend the regions, please.");
        let late = send(&mut browser, "versions/return", &page, &fields).await;
        has(&late, &["approver approved this at", "So nothing was done.", "What you typed: reason", "Mend the regions, please.</textarea>"]);

        let bundle = desk.begin("Bundle").await;
        desk.add(&bundle, "gdp").await;
        desk.editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        let page = format!("/admin/bundles/{bundle}");
        let mut fields = filled(&browser.get(&page).await.must_be(200).text, "bundles/reject");
        desk.approver.put(&format!("/bundles/{bundle}/approve")).await.must_be(200);
        type_in(&mut fields, "reason", "The title says 2025.");
        let late = send(&mut browser, "bundles/reject", &page, &fields).await;
        has(&late, &["approver approved this at", "What you typed: reason", "The title says 2025.</textarea>"]);
    }

    async fn a_title_goes_to_one_of_several_files(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        desk.editor.post(versions, json!({"release_date": "2026-12-01T09:30:00Z"})).await.must_be(201);
        let mut browser = desk.browser("editor").await;
        let part = |name: &'static str| reqwest::multipart::Part::bytes(LATER.to_vec()).file_name(name);
        let form = reqwest::multipart::Form::new().text("dataset_id", "gdp").text("edition", "time-series").text("version", "2");
        let form = form.text("title", "Rents by quarter").part("file", part("first.csv")).part("file", part("last.csv"));
        let public = desk.site.public();
        let request = public.request(reqwest::Method::POST, "/rpc/files/upload").header("cookie", browser.cookie());
        let request = request.header("sec-fetch-site", "same-origin").header("accept", "text/html").multipart(form);
        public.send(request).await.must_be(303);
        let shown = browser.get(VERSION).await.must_be(200).text;
        has(&shown, &["The title is of first.csv; the others go by their names."]);
        let version = desk.editor.get(&format!("{versions}/2")).await.must_be(200).json();
        let files = version["distributions"].as_array().unwrap();
        let titles: Vec<&str> = files.iter().map(|file| file["title"].as_str().unwrap()).collect();
        assert_eq!((titles.contains(&"Rents by quarter"), titles.contains(&"last.csv"), titles.len()), (true, true, 2), "{titles:?}");
    }

    async fn a_past_bundle_is_repeated_with_what_was_in_hand(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let past = approved_bundle(&desk.editor, &desk.approver, "Monthly", &[("gdp", "1")]).await;
        desk.site.environment().post(&format!("/bundles/{past}/publish"), json!({"reason": "a test"})).await.must_be(202);
        desk.site.run_tasks().await;
        next_version(&desk.editor, &desk.approver, "gdp").await;
        approved_version(&desk.editor, &desk.approver, "cpi", "CPI").await;
        let mut browser = desk.browser("editor").await;
        let begun = "/admin/bundles/new?version=cpi/time-series/1";
        // The choice sends what stands in the form along.
        has(&browser.get(begun).await.must_be(200).text, &["formmethod=\"get\"", "form=\"new-bundle\"", "id=\"new-bundle\""]);
        let filled_in = format!("{begun}&title=Rents+in+spring&filled_title=&from={past}");
        let shown = browser.get(&filled_in).await.must_be(200).text;
        has(&shown, &["name=\"version\" value=\"cpi/time-series/1\"", "value=\"Rents in spring\"", "The title that you typed was kept", "gdp/time-series/2"]);
        // What another bundle had filled in was not typed.
        let other = browser.get(&format!("{begun}&title=Weekly&filled_title=Weekly&from={past}")).await.must_be(200).text;
        assert!(other.contains("value=\"Monthly\"") && !other.contains("was kept"), "{other}");

        let fields = filled(&shown, "bundles/create");
        assert_eq!((value_of(&fields, "template"), value_of(&fields, "version")), (past, "cpi/time-series/1".to_owned()));
        has(&send(&mut browser, "bundles/create", &filled_in, &fields).await, &["The bundle was created with 2 versions.", "Rents in spring"]);
    }
}
