//! Editions in the order that editors give them: who may move them, what readers of pages then see, and what goes by release all
//! the same.

use domain::policy::Role;
use serde_json::json;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const PAGE: &str = "/admin/datasets/gdp";
/// Every edition of these tests.
const EDITIONS: [&str; 4] = ["2025", "2026", "2027", "time-series"];

/// Publishes the first version of a new edition of `gdp`.
async fn publish(site: &Site, (editor, approver): (&Caller, &Caller), edition: &str, release: &str) {
    editor
        .post("/datasets/gdp/editions", json!({"edition": edition, "title": format!("Run {edition}")}))
        .await
        .must_be(201);
    let versions = format!("/datasets/gdp/editions/{edition}/versions");
    editor.post(&versions, json!({"release_date": release})).await.must_be(201);
    editor.upload("gdp", edition, "1", &format!("{edition}.csv"), TABLE).await.must_be(201);
    editor.put(&format!("{versions}/1/submit")).await.must_be(200);
    approver.put(&format!("{versions}/1/approve")).await.must_be(200);
    let bundle = editor.post("/bundles", json!({"title": edition, "type": "scheduled"})).await.must_be(201).json();
    let bundle = format!("/bundles/{}", bundle["id"].as_str().unwrap());
    let item = json!({"dataset_id": "gdp", "edition": edition, "version": "1"});
    editor.post(&format!("{bundle}/contents"), item).await.must_be(201);
    editor.put(&format!("{bundle}/submit")).await.must_be(200);
    approver.put(&format!("{bundle}/approve")).await.must_be(200);
    site.environment().post(&format!("{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
}

/// The editions of `gdp` as the API lists them to somebody.
async fn listed(caller: &Caller) -> Vec<String> {
    let answer = caller.get("/datasets/gdp/editions").await.must_be(200).json();
    answer["items"].as_array().unwrap().iter().map(|one| one["edition"].as_str().unwrap().to_owned()).collect()
}

/// The editions in the order in which their marks stand in a text.
fn in_order(text: &str, mark: impl Fn(&str) -> String) -> Vec<&'static str> {
    let place = |edition: &&'static str| Some((text.find(&mark(edition))?, *edition));
    let mut found: Vec<(usize, &'static str)> = EDITIONS.iter().filter_map(place).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, edition)| edition).collect()
}

/// The editions of `gdp` as its page in the portal lists them.
async fn on_desk(browser: &mut Browser) -> Vec<&'static str> {
    let page = browser.get(PAGE).await.must_be(200).text.replace("<!>", "");
    in_order(&page, |edition| format!("<span class=\"mono small muted\">{edition}</span>"))
}

/// The editions of `gdp` as its public page lists them.
async fn for_readers(site: &Site) -> Vec<&'static str> {
    let page = site.public().get("/catalogue/gdp").await.must_be(200).text;
    let (_, editions) = page.split_once("id=\"versions\"").unwrap();
    in_order(editions, |edition| format!("/catalogue/gdp/editions/{edition}\""))
}

/// Moves an edition by its form; the page that follows.
async fn moved(browser: &mut Browser, edition: &str, way: &str, past: &str) -> String {
    let fields = [("dataset_id", "gdp"), ("edition", edition), ("way", way), ("past", past)];
    browser.submit("/rpc/datasets/move-edition", PAGE, &fields).await.must_be(200).text
}

on_both_databases! {
    async fn an_earlier_edition_tells_of_the_one_that_was_released_last(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        begin_dataset(&editor, "gdp", "GDP").await;
        publish(&site, (&editor, &approver), "2026", "2026-11-17T09:30:00Z").await;
        let page = async |path: &str| site.public().get(path).await.must_be(200).text;
        assert!(!page("/catalogue/gdp/editions/2026").await.contains("Another edition"));
        publish(&site, (&editor, &approver), "2025", "2025-11-20T09:30:00Z").await;
        let told = "Another edition of this dataset, Run 2026, was released later, on 17 November 2026.";
        for path in ["/catalogue/gdp/editions/2025", "/catalogue/gdp/editions/2025/versions/1"] {
            let page = page(path).await;
            assert!(page.contains(told) && page.contains("href=\"/catalogue/gdp/editions/2026\">See that edition"), "{path} {page}");
        }
        for path in ["/catalogue/gdp", "/catalogue/gdp/editions/2026", "/catalogue/gdp/editions/2026/versions/1"] {
            assert!(!page(path).await.contains("Another edition"), "{path}");
        }
        let welsh = page("/cy/catalogue/gdp/editions/2025").await;
        assert!(welsh.contains("Rhyddhawyd argraffiad arall") && welsh.contains("<span lang=\"en\">Run 2026</span>"), "{welsh}");
        // Editions of one day came side by side, and none of them later.
        publish(&site, (&editor, &approver), "2027", "2026-11-17T09:30:00Z").await;
        for edition in ["2026", "2027"] {
            let page = page(&format!("/catalogue/gdp/editions/{edition}")).await;
            assert!(!page.contains("Another edition"), "{edition} {page}");
        }
    }

    async fn editions_stand_as_they_were_moved_and_the_latest_is_still_the_latest(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        for (email, role) in [("ed@example.org", Role::Editor), ("ap@example.org", Role::Approver), ("re@example.org", Role::Reviewer)] {
            site.account(email, &[role]).await;
        }
        begin_dataset(&editor, "gdp", "GDP").await;
        publish(&site, (&editor, &approver), "2025", "2025-11-20T09:30:00Z").await;
        publish(&site, (&editor, &approver), "2026", "2026-11-17T09:30:00Z").await;
        assert_eq!(listed(&site.public()).await, ["2026", "2025"]);
        // A release that is being prepared changes nothing of the order in which the public ones are kept.
        editor.post("/datasets/gdp/editions/2025/versions", json!({"release_date": "2027-11-20T09:30:00Z"})).await.must_be(201);
        let mut ed = Browser::signed_in(&site, "ed@example.org").await;
        let mut ap = Browser::signed_in(&site, "ap@example.org").await;
        // What is public has no places yet: whoever gives it the first settles how readers find it from then on.
        let page = ed.get(PAGE).await.must_be(200).text;
        assert!(!page.contains("Move up") && !page.contains("Move down"), "{page}");
        let refused = moved(&mut ed, "time-series", "down", "2026").await;
        assert!(refused.contains("datasets:correct"), "{refused}");
        assert_eq!(on_desk(&mut ed).await, ["time-series", "2026", "2025"]);
        let page = moved(&mut ap, "time-series", "down", "2026").await;
        assert!(page.contains("The edition Time series was moved."), "{page}");
        assert_eq!(on_desk(&mut ed).await, ["2026", "time-series", "2025"]);
        assert_eq!(for_readers(&site).await, ["2026", "2025"]);

        // From then on to write is enough past what is not public.
        moved(&mut ed, "time-series", "up", "2026").await;
        let page = ed.get(PAGE).await.must_be(200).text.replace("<!>", "");
        assert!(page.contains("Move down<span class=\"visually-hidden\">: Time series, past Run 2026</span>"), "{page}");
        assert!(!page.contains("past Run 2025") && !page.contains(": Run 2025, past"), "only who corrects moves what is public: {page}");
        moved(&mut ed, "time-series", "down", "2026").await;
        assert_eq!(on_desk(&mut ed).await, ["2026", "time-series", "2025"]);

        // Whoever looked before somebody else moved is told, and nothing is moved another time.
        let late = moved(&mut ed, "time-series", "down", "2026").await;
        assert!(late.contains("You moved an edition") && late.contains("So nothing was done."), "{late}");
        assert_eq!(on_desk(&mut ed).await, ["2026", "time-series", "2025"]);
        let refused = moved(&mut ed, "2025", "up", "2026").await;
        assert!(refused.contains("datasets:correct"), "{refused}");
        let unsaid = moved(&mut ed, "2025", "sideways", "2026").await;
        assert!(unsaid.contains("Say whether the edition goes up or down."), "{unsaid}");
        let mut reviewer = Browser::signed_in(&site, "re@example.org").await;
        assert!(!reviewer.get(PAGE).await.must_be(200).text.contains("Move up"));
        assert!(moved(&mut reviewer, "time-series", "up", "2026").await.contains("datasets:write"));

        moved(&mut ap, "2025", "up", "time-series").await;
        let page = moved(&mut ap, "2025", "up", "2026").await;
        assert!(page.contains("moved an edition, 2025"), "{page}");
        assert_eq!(for_readers(&site).await, ["2025", "2026"]);
        // Programs find the newest first, as they always did.
        assert_eq!(listed(&site.public()).await, ["2026", "2025"]);
        assert_eq!(listed(&editor).await, ["2025", "2026", "time-series"]);
        let history = site.environment().get("/audit?resource_type=dataset&resource_id=gdp&action=editions_reordered").await.must_be(200).json();
        let last = &history["items"][0];
        assert_eq!(last["before"]["editions"], json!(["2026", "2025", "time-series"]));
        assert_eq!(last["after"]["editions"], json!(["2025", "2026", "time-series"]));

        for page in ["/catalogue/gdp", "/cy/catalogue/gdp"] {
            let page = site.public().get(page).await.must_be(200).text;
            let (_, editions) = page.split_once("id=\"versions\"").unwrap();
            let at = |edition: &str| editions.find(&format!("/catalogue/gdp/editions/{edition}\"")).unwrap();
            assert!(at("2025") < at("2026"), "{editions}");
            let marked = |from: usize, until: usize| editions[from..until].contains("tag--latest");
            assert!(page.contains("2026.csv") && !marked(at("2025"), at("2026")) && marked(at("2026"), editions.len()), "{page}");
        }
        let dataset = site.public().get("/datasets/gdp").await.must_be(200).json();
        let latest = dataset["links"]["latest_version"].as_str().unwrap();
        assert!(latest.ends_with("/editions/2026/versions/1"), "{latest}");
        // What is new stands first until it is moved.
        editor.post("/datasets/gdp/editions", json!({"edition": "2027", "title": "Run 2027"})).await.must_be(201);
        assert_eq!(on_desk(&mut ed).await, ["2027", "2025", "2026", "time-series"]);
    }

    async fn editions_that_are_being_published_are_not_moved_and_not_waited_for(db: TestDatabase) {
        let other_node = db.another().await;
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        site.account("ed@example.org", &[Role::Editor]).await;
        begin_dataset(&editor, "gdp", "GDP").await;
        editor.post("/datasets/gdp/editions", json!({"edition": "2027", "title": "Run 2027"})).await.must_be(201);
        let mut ed = Browser::signed_in(&site, "ed@example.org").await;
        let order = on_desk(&mut ed).await;
        let (first, second) = (order[0], order[1]);
        // On SQLite whoever may write is alone in any case.
        if other_node.database().kind() == "PostgreSQL" {
            // As a publication stands when it has written an edition and has not come to the dataset yet.
            let publication = other_node.database().begin().await.unwrap();
            persistence::editions::place(&publication, "gdp", &[(second, 9)]).await.unwrap();
            let refused = moved(&mut ed, first, "down", second).await;
            assert!(refused.contains("is being changed or published right now"), "{refused}");
            // What it takes next is free.
            persistence::datasets::lock(&publication, "gdp").await.unwrap();
            publication.rollback().await.unwrap();
            assert_eq!(on_desk(&mut ed).await, order);
        }
        let done = moved(&mut ed, first, "down", second).await;
        assert!(done.contains("was moved."), "{done}");
        assert_eq!(on_desk(&mut ed).await, [second, first]);
    }
}
