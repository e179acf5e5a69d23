//! What comes next: an approved version goes into a bundle, and everybody finds what they have in hand.

use super::*;

on_both_databases! {
    async fn an_approved_version_goes_into_a_new_bundle_from_its_own_page(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let (page, new) = (VERSION.replace("/2", "/1"), "/admin/bundles/new?version=gdp%2Ftime-series%2F1");
        let mut browser = desk.browser("editor").await;
        // With no bundle in hand the way leads to a new one at once.
        has(&browser.get(&page).await.must_be(200).text, &[&format!("href=\"{new}\" class=\"button\">Put into a bundle</a>")]);
        has(&browser.get(new).await.must_be(200).text, &["goes in at once", "name=\"version\" value=\"gdp/time-series/1\""]);
        let create = "/rpc/bundles/create";
        let fields = |title: &'static str| [("version", "gdp/time-series/1"), ("title", title), ("kind", "scheduled")];
        has(&browser.submit(create, new, &fields("")).await.text, &["error-summary", "goes in at once"]);
        has(&browser.submit(create, new, &fields("Spring")).await.must_be(200).text, &["The bundle was created with one version."]);

        // It is taken now: nobody is led there any more, and both or neither are made.
        assert!(!browser.get(&page).await.must_be(200).text.contains("Put into a bundle"));
        has(&browser.get(new).await.must_be(200).text, &["is not free to go into a bundle of yours"]);
        has(&browser.submit(create, new, &fields("Summer")).await.text, &["is in the bundle Spring already"]);
        assert_eq!(desk.editor.get("/bundles?q=Summer").await.must_be(200).json()["total_count"], 0);
        let unknown = [("version", "none/at/1"), ("title", "Summer"), ("kind", "scheduled")];
        browser.submit(create, new, &unknown).await.must_be(200);
        assert_eq!(desk.editor.get("/bundles?q=Summer").await.must_be(200).json()["total_count"], 0);
    }

    async fn what_comes_next_is_shown_with_how_ready_it_is_and_for_whom(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        desk.site.environment().post("/teams", json!({"name": "Press office", "members": []})).await.must_be(201);
        let bundle = approved_bundle(&desk.editor, &desk.approver, "Spring", &[("gdp", "1")]).await;
        let due = (desk.site.now() + TimeDelta::minutes(125)).to_rfc3339();
        desk.approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": due})).await.must_be(200);
        let start = desk.person("approver").await.get("/admin").await.must_be(200).text;
        has(&start, &["1 version, in 2 h", "aria-label=\"Readiness of Spring\""]);
        let page = desk.person("editor").await.get("/admin/datasets/gdp").await.must_be(200).text;
        let (_, after) = page.split_once(&format!("href=\"/admin/bundles/{bundle}\">Spring</a>")).unwrap();
        // A long title would leave no room for the version beside it.
        assert!(after.split("</li>").next().is_some_and(|rest| rest.contains("ledger__end")), "{page}");
        let item = desk.editor.get(&format!("/bundles/{bundle}/contents")).await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let page = desk.person("approver").await.get(&format!("/admin/bundles/{bundle}")).await.must_be(200).text;
        has(&page, &[&format!("href=\"/admin/bundles/{bundle}/preview?item={item}\""), "Shared with", "No team."]);
        let other = desk.begin("Autumn").await;
        let shared = desk.editor.request(reqwest::Method::PATCH, &format!("/bundles/{other}")).header("if-match", desk.editor.get(&format!("/bundles/{other}")).await.header("etag"));
        desk.editor.send(shared.json(&json!({"preview_teams": ["press-office"]}))).await.must_be(200);
        has(&desk.person("editor").await.get(&format!("/admin/bundles/{other}")).await.must_be(200).text, &["Press office."]);
    }

    async fn a_dataset_without_an_id_gets_one_of_its_title(db: TestDatabase) {
        let desk = Desk::start(db).await;
        let mut browser = desk.browser("editor").await;
        has(&browser.get("/admin").await.must_be(200).text, &["href=\"/admin/datasets/new\"", "href=\"/admin/bundles/new\""]);
        let (create, new) = ("/rpc/datasets/create", "/admin/datasets/new");
        let fields = |id: &'static str| [("id", id), ("title", "Gross domestic product, p\u{ea}l"), ("department", "economy"), ("licence", "Open Government Licence v3.0")];
        has(&browser.submit(create, new, &fields(" ")).await.must_be(200).text, &["The dataset was created."]);
        desk.editor.get("/datasets/gross-domestic-product-pel").await.must_be(200);
        has(&browser.submit(create, new, &fields("")).await.text, &["There is a dataset with the id gross-domestic-product-pel already."]);
        has(&browser.submit(create, new, &fields("gdp")).await.must_be(200).text, &["The dataset was created.", "The same title is in use", "href=\"/admin/datasets/gross-domestic-product-pel\""]);
        has(&browser.get("/admin/datasets/gross-domestic-product-pel").await.must_be(200).text, &["The same title is in use"]);
        // What somebody does not see has no title for them either, and who edits nothing has nothing to mend.
        let health = desk.stranger().await;
        let same = json!({"id": "health-gdp", "title": "gross domestic product, P\u{ca}L", "department": "health"});
        health.post("/datasets", same).await.must_be(201);
        assert!(!health.get("/admin/datasets/health-gdp").await.must_be(200).text.contains("The same title is in use"));
        has(&browser.get("/admin/datasets/gdp").await.must_be(200).text, &["href=\"/admin/datasets/health-gdp\""]);
        assert!(!desk.person("approver").await.get("/admin/datasets/gdp").await.must_be(200).text.contains("The same title is in use"));
        has(&browser.submit(create, new, &[("department", "economy")]).await.text, &["error-summary"]);
        // The form of a new one keeps its address.
        has(&browser.submit(create, new, &fields("new")).await.text, &["The word new cannot be an id"]);
        let titled = |title: &'static str| [("id", ""), ("title", title), ("department", "economy"), ("licence", "Open Government Licence v3.0")];
        has(&browser.submit(create, new, &titled("New")).await.must_be(200).text, &["The dataset was created."]);
        desk.editor.get("/datasets/new-1").await.must_be(200);
        has(&browser.submit(create, new, &titled("\u{65e5}\u{672c}")).await.text, &["No id can be made of this title. Give one."]);

        // What takes everything below it along is deleted by its name.
        let (page, delete) = ("/admin/datasets/gdp", "/rpc/datasets/delete");
        let of = |confirmation: &'static str| [("id", "gdp"), ("revision", "1"), ("confirmation", confirmation)];
        has(&browser.submit(delete, page, &of("")).await.text, &["so that the right one is deleted", "so that the right dataset is deleted"]);
        desk.editor.get("/datasets/gdp").await.must_be(200);
        has(&browser.submit(delete, page, &of("gdp")).await.must_be(200).text, &["The dataset was deleted."]);
        desk.editor.get("/datasets/gdp").await.must_be(404);
    }

    async fn an_approved_version_goes_into_one_of_the_bundles_in_hand(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let page = VERSION.replace("/2", "/1");
        let person = desk.person("editor").await;
        let own = person.post("/bundles", json!({"title": "Autumn", "type": "scheduled"})).await.must_be(201).json();
        let own = own["id"].as_str().unwrap().to_owned();
        desk.begin("Of somebody else").await;
        let mut browser = desk.browser("editor").await;
        let shown = browser.get(&page).await.must_be(200).text;
        has(&shown, &[&format!("href=\"{page}#put-into-a-bundle\""), "action=\"/rpc/bundles/put-in\"", ">Autumn</option>"]);
        assert!(!shown.contains("Of somebody else"), "{shown}");
        has(&browser.get(&format!("{page}?tab=data")).await.must_be(200).text, &["#put-into-a-bundle"]);
        let put = "/rpc/bundles/put-in";
        let unsaid = [("version", "gdp/time-series/1"), ("bundle", "")];
        has(&browser.submit(put, &page, &unsaid).await.text, &["Choose a bundle.", "Put into a bundle"]);
        let fields = [("version", "gdp/time-series/1"), ("bundle", own.as_str())];
        let done = browser.submit(put, &page, &fields).await.must_be(200).text;
        has(&done, &["version 1, was added.", "Take out again what was just added."]);
        assert_eq!(desk.editor.get(&format!("/bundles/{own}")).await.json()["item_count"], 1);
        has(&browser.submit(put, &page, &fields).await.text, &["in this bundle already"]);

        next_version(&desk.editor, &desk.approver, "gdp").await;
        let approver = desk.person("approver").await;
        assert!(!approver.get(VERSION).await.must_be(200).text.contains("Put into a bundle"), "approvers fill no bundles");
        desk.stranger().await.get(VERSION).await.must_be(404);
    }

    async fn a_bundle_offers_only_what_its_editor_may_put_in(db: TestDatabase) {
        let desk = Desk::start(db).await;
        desk.site.department("health").await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let mut births = metadata("Births");
        births["id"] = json!("births");
        births["department"] = json!("health");
        desk.editor.post("/datasets", births).await.must_be(201);
        let edition = json!({"edition": "time-series", "title": "Time series"});
        desk.editor.post("/datasets/births/editions", edition).await.must_be(201);
        next_version(&desk.editor, &desk.approver, "births").await;
        // Sees everything, and prepares what is of one department.
        let grants = [Grant { departments: vec!["economy".into()], ..Grant::of(Role::Editor) }, Grant::of(Role::Reviewer)];
        let (person, _) = desk.site.person("both@example.org", &grants).await;
        let bundle = person.post("/bundles", json!({"title": "Own", "type": "scheduled"})).await.must_be(201).json();
        let bundle = format!("/bundles/{}", bundle["id"].as_str().unwrap());
        let page = person.get(&format!("/admin{bundle}")).await.must_be(200).text;
        assert!(page.contains("gdp/time-series/1") && !page.contains("births/time-series/1"), "{page}");
        let item = json!({"dataset_id": "births", "edition": "time-series", "version": "1"});
        person.post(&format!("{bundle}/contents"), item).await.must_be(403);
    }

    async fn everybody_finds_what_they_have_in_hand_however_much_others_do(db: TestDatabase) {
        let desk = Desk::start(db).await;
        let person = desk.person("editor").await;
        person.post("/bundles", json!({"title": "Mine of old", "type": "scheduled"})).await.must_be(201);
        for number in 10..31 {
            desk.site.advance(TimeDelta::seconds(1));
            desk.begin(&format!("Theirs {number}")).await;
        }
        for (id, by) in [("gdp", &person), ("cpi", &desk.editor)] {
            begin_dataset(&desk.editor, id, id).await;
            let versions = format!("/v1/datasets/{id}/editions/time-series/versions");
            by.post(&versions, json!({"release_date": "2026-12-01T09:30:00Z"})).await.must_be(201);
        }
        let start = person.get("/admin").await.must_be(200).text;
        has(&start, &["Mine of old", "href=\"/admin/bundles?owner=me\""]);
        let in_hand = start.split(">Recently<").next().unwrap();
        assert!(!in_hand.contains("Theirs"), "{in_hand}");
        let own = start.split("Your versions in preparation").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
        assert!(own.contains("gdp/time-series/1") && !own.contains("cpi/time-series/1"), "{own}");

        let ask = async |query: &str| person.get(&format!("/admin/bundles{query}")).await.must_be(200).text;
        let mine = ask("?owner=me").await;
        assert!(mine.contains(">Mine of old<") && !mine.contains(">Theirs") && mine.contains(">Clear<"), "{mine}");
        let id = desk.editor.get("/users/me").await.must_be(200).json()["id"].as_str().unwrap().to_owned();
        let theirs = ask(&format!("?owner={id}&sort=title")).await;
        let at = |title: &str| theirs.find(&format!(">{title}<")).unwrap_or_else(|| panic!("{title} is not in {theirs}"));
        assert!(at("Theirs 10") < at("Theirs 11") && !theirs.contains(">Mine of old<"), "{theirs}");
        let newest = ask("?sort=created_at").await;
        assert!(newest.contains(">Theirs 30<") && !newest.contains(">Mine of old<"), "it is on the next page: {newest}");
        let file = person.get("/admin/bundles.csv?owner=me").await.must_be(200).text;
        assert!(file.contains("Mine of old") && !file.contains("Theirs"), "{file}");
        let others = desk.person("approver").await.get("/admin/bundles?owner=me").await.must_be(200).text;
        has(&others, &["No bundles here"]);
    }
}
