//! What people say about a version on its own page.

use super::*;

on_both_databases! {
    async fn people_talk_about_a_version_on_its_page(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let (page, path) = (VERSION.replace("/2", "/1"), "/v1/datasets/gdp/editions/time-series/versions/1");
        let comments = format!("{path}/comments");
        let before = desk.editor.get(path).await.must_be(200).header("etag");
        let made = desk.editor.post(&comments, json!({"text": " March is\r\nmissing. "})).await.must_be(201).json();
        assert_eq!((&made["about"], &made["author"], &made["text"]), (&json!("gdp/time-series/1"), &json!("editor"), &json!("March is\nmissing.")));
        for nothing in [json!({"text": " "}), json!({}), json!({"text": "x".repeat(5001)})] {
            desk.editor.post(&comments, nothing).await.must_be(422);
        }
        let mut browser = desk.browser("approver").await;
        for tab in ["", "?tab=details", "?tab=data", "?tab=files", "?tab=all"] {
            let shown = browser.get(&format!("{page}{tab}")).await.must_be(200).text;
            has(&shown, &["action=\"/rpc/versions/comment\"", "March is\nmissing.", "it is never public"]);
        }
        let fields = [("dataset_id", "gdp"), ("edition", "time-series"), ("version", "1"), ("text", "Mended <b>now</b>.")];
        let tab = format!("{page}?tab=data");
        let added = browser.post("/rpc/versions/comment", &tab, &fields).await.must_be(303).header("location");
        assert!(added.ends_with("?tab=data#comments"), "to where it stands: {added}");
        has(&browser.get(&added).await.must_be(200).text, &["Your comment was added.", "Mended &lt;b&gt;now&lt;/b&gt;.", "This is the first version of its edition"]);
        let empty = [&fields[..3], &[("text", "")]].concat();
        has(&browser.submit("/rpc/versions/comment", &tab, &empty).await.text, &["Write a comment first."]);
        let listed = desk.approver.get(&format!("{comments}?limit=1&offset=1")).await.must_be(200).json();
        assert_eq!((&listed["total_count"], &listed["items"][0]["text"]), (&json!(2), &json!("Mended <b>now</b>.")));
        assert_eq!(desk.editor.get(path).await.must_be(200).header("etag"), before, "the version stays as it is");
        let trail = desk.approver.get("/v1/audit?resource_id=gdp/time-series/1&action=commented").await.must_be(200).json();
        assert_eq!(trail["total_count"], 2);
        has(&trail.to_string(), &["March is", "Mended <b>now</b>."]);
    }

    async fn what_is_said_of_a_version_is_told_to_who_made_it_and_to_nobody_else(db: TestDatabase) {
        let desk = Desk::start(db).await;
        let maker = desk.person("editor").await;
        approved_version(&maker, &desk.approver, "gdp", "GDP").await;
        let comments = "/v1/datasets/gdp/editions/time-series/versions/1/comments";
        let approver = desk.person("approver").await;
        approver.post(comments, json!({"text": "Is March in it?"})).await.must_be(201);
        let told = maker.get("/admin/notifications").await.must_be(200).text;
        has(&told, &["Somebody commented on a version", "Is March in it?", &VERSION.replace("/2", "/1")]);
        assert!(!approver.get("/admin/notifications").await.text.contains("Is March in it?"));
        maker.post(comments, json!({"text": "It is by now."})).await.must_be(201);
        has(&approver.get("/admin/notifications").await.must_be(200).text, &["Somebody commented on a version", "It is by now."]);
        assert!(!maker.get("/admin/notifications").await.text.contains("It is by now."), "nobody is told of what they said");

        let (press, id) = desk.site.person("press@example.org", &[Grant::of(Role::Previewer)]).await;
        desk.site.environment().post("/teams", json!({"name": "Press", "members": [id]})).await.must_be(201);
        let shared = json!({"title": "Shared", "type": "scheduled", "preview_teams": ["press"]});
        let bundle = desk.editor.post("/bundles", shared).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        press.get(comments).await.must_be(404);
        desk.add(&bundle, "gdp").await;
        // Who previews the version says so on the bundle; what those say who work on it is not theirs to read.
        press.get(comments).await.must_be(403);
        press.post(comments, json!({"text": "Hello"})).await.must_be(403);
        let shown = press.get(&VERSION.replace("/2", "/1")).await.must_be(200).text;
        assert!(!shown.contains("Is March in it?") && !shown.contains("/rpc/versions/comment"), "{shown}");
        let stranger = desk.stranger().await;
        stranger.get(comments).await.must_be(404);
        stranger.post(comments, json!({"text": "Hello"})).await.must_be(404);
        desk.site.public().get(comments).await.must_be(401);
    }
}
