//! Pages of their own for what stands in short elsewhere: the history of a bundle, and an edition.

use reqwest::Method;

use super::*;

on_both_databases! {
    async fn the_history_of_a_bundle_is_searched_and_taken_away(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = desk.begin("January").await;
        desk.add(&bundle, "gdp").await;
        desk.editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        let queue = desk.person("approver").await.get("/admin/review?show=bundles").await.must_be(200).text;
        has(&queue, &["January", "Readiness of January"]);
        let why = json!({"reason": "The second table is old."});
        desk.approver.put_json(&format!("/bundles/{bundle}/reject"), why).await.must_be(200);
        desk.editor.change(Method::PATCH, &format!("/bundles/{bundle}"), json!({"title": "January, again"})).await.must_be(200);
        let (page, person) = (format!("/admin/bundles/{bundle}/timeline"), desk.person("editor").await);
        has(&person.get(&format!("/admin/bundles/{bundle}")).await.must_be(200).text, &[&format!("href=\"{page}\"")]);
        let whole = person.get(&page).await.must_be(200).text;
        has(&whole, &["January, again", "The second table is old.", "added a version", "edited the details", "Link to this entry", "What it changed"]);
        let found = person.get(&format!("{page}?q=second+TABLE")).await.must_be(200).text;
        has(&found, &["sent it back", "1 entry", ">Clear<"]);
        assert!(!found.contains("added a version"), "{found}");
        has(&person.get(&format!("{page}?event=content_added")).await.must_be(200).text, &["value=\"content_added\" selected", "1 entry"]);
        has(&person.get(&format!("{page}?q=nowhere")).await.must_be(200).text, &["Nothing of this happened"]);

        let csv = format!("{page}.csv?event=rejected");
        let file = person.get(&csv).await.must_be(200);
        assert!(file.header("content-disposition").contains("bundle-history-"), "{file:?}");
        has(&file.text, &["timestamp,event_type,actor_id", ",rejected,", "The second table is old."]);
        assert_eq!(file.text.matches("\r\n").count(), 2, "{}", file.text);
        let taken = desk.site.environment().get(&format!("/audit?action=exported&bundle={bundle}")).await.must_be(200).json();
        assert_eq!(taken["total_count"], 1, "{taken}");
        let stranger = desk.stranger().await;
        for address in [&page, &csv] {
            stranger.get(address).await.must_be(404);
            desk.site.public().get(address).await.must_be(303);
        }
    }

    async fn an_edition_has_a_page_on_which_its_titles_are_changed(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let page = "/admin/datasets/gdp/editions/time-series";
        let mut editor = desk.browser("editor").await;
        let dataset = editor.get("/admin/datasets/gdp").await.must_be(200).text.replace("<!>", "");
        has(&dataset, &[&format!("href=\"{page}\""), " of 12 points that readers look for.", " in files", "As a search will show the draft"]);
        has(&editor.get("/admin/datasets/new").await.must_be(200).text, &["As a search will show it", "id=\"id-said\"", "data-makes=", "/admin/bundles/new"]);
        let shown = editor.get(page).await.must_be(200).text;
        has(&shown, &["Prepare a new version", "1 version", "CSV ", "/editions/time-series/versions/1\">Version 1", "Approved", "Last changed"]);
        desk.editor.post("/datasets/gdp/editions", json!({"edition": "early", "title": "Early"})).await.must_be(201);
        let page = "/admin/datasets/gdp/editions/early";
        let seen = revision(&editor.get(page).await.must_be(200).text);
        let mut fields = vec![("dataset_id", "gdp"), ("edition", "early"), ("revision", seen.as_str()), ("title", "")];
        let refused = editor.post("/rpc/datasets/edit-edition", page, &fields).await.must_be(303);
        assert!(refused.header("location").ends_with(page), "{refused:?}");
        fields[3].1 = "Early figures";
        let changed = editor.post("/rpc/datasets/edit-edition", page, &fields).await.must_be(303);
        assert!(changed.header("location").ends_with(page), "{changed:?}");
        has(&editor.get(page).await.must_be(200).text, &["The edition is called Early figures now.", "Delete Early figures"]);
        editor.get("/admin/datasets/gdp/editions/none").await.must_be(404);
        desk.stranger().await.get("/admin/datasets/gdp/editions/time-series").await.must_be(404);
    }
}
