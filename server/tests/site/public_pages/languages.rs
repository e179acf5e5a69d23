//! Content in another language than its page: marked with its own, with a notice on pages that are about it.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use serde_json::{Value, json};
use testkit::on_both_databases;

use super::World;
use crate::support::*;

const EDITION: &str = "/catalogue/areas/editions/time-series";

/// The pages about `areas`, which was never written in Welsh.
fn about_areas() -> [String; 6] {
    [
        "/catalogue/areas".to_owned(),
        EDITION.to_owned(),
        format!("{EDITION}/versions/1"),
        format!("{EDITION}/versions/2/explore"),
        format!("{EDITION}/compare?from=1&to=2"),
        "/catalogue/areas/quality".to_owned(),
    ]
}

/// The pages that name it.
const NAMING_AREAS: [&str; 10] = [
    "/",
    "/search?q=areas",
    "/catalogue",
    "/topics/output",
    "/corrections",
    "/publication-log",
    "/status",
    "/subscribe?dataset=areas",
    "/list?dataset=areas",
    "/catalogue/areas",
];

/// What those who see a page read of it.
fn body_of(page: &str) -> &str {
    page.split_once("<body").map_or(page, |(_, body)| body)
}

/// The tags of the elements that hold this text and nothing else.
fn tags<'a>(page: &'a str, text: &str) -> Vec<&'a str> {
    let body = body_of(page);
    let ends = body.match_indices(&format!(">{text}<")).map(|(at, _)| at).collect::<Vec<_>>();
    ends.into_iter().map(|at| body[..at].rsplit('<').next().unwrap_or_default()).collect()
}

/// Whether the text stands on the page, everywhere with this mark or, for `None`, everywhere without any.
fn is_marked(page: &str, text: &str, lang: Option<&str>) -> bool {
    let tags = tags(page, text);
    let fits = |tag: &&str| match lang {
        Some(lang) => tag.contains(&format!(" lang=\"{lang}\"")),
        None => !tag.contains(" lang=\""),
    };
    !tags.is_empty() && tags.iter().all(fits)
}

/// Makes a public dataset of the metadata of `id` with these changes.
pub(super) async fn published(world: &World, id: &str, changes: Value) {
    let (editor, approver) = (world.site.service(&format!("editor of {id}"), &[Role::Editor]).await, &world.approver);
    let mut body = metadata(id);
    for (name, value) in [("id", id), ("type", "static"), ("department", "economy")] {
        body[name] = json!(value);
    }
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    editor.post("/datasets", body).await.must_be(201);
    let edition = json!({"edition": "time-series", "title": "Time series", "title_cy": "Cyfres amser"});
    editor.post(&format!("/datasets/{id}/editions"), edition).await.must_be(201);
    next_version(&editor, approver, id).await;
    let bundle = approved_bundle(&editor, approver, id, &[(id, "1")]).await;
    world.operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    world.site.run_tasks().await;
}

/// Announces a release of the calendar.
async fn announced(world: &World, id: &str, details: Value) {
    let editor = world.site.service(&format!("editor of {id}"), &[Role::Editor]).await;
    let at = (world.site.now() + TimeDelta::days(3)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut release = details;
    release["id"] = json!(id);
    release["release_date"] = json!(at);
    editor.post("/v1/releases", release).await.must_be(201);
    editor.put(&format!("/v1/releases/{id}/announce")).await.must_be(200);
}

on_both_databases! {
    async fn what_is_not_in_welsh_is_marked_on_welsh_pages_and_nowhere_else(db: TestDatabase) {
        let world = World::make(db).await;
        world.correct(1, "The figure for Bath was too low.").await;
        for path in about_areas().iter().map(String::as_str).chain(NAMING_AREAS) {
            let welsh = world.page(&format!("/cy{}", if path == "/" { "" } else { path })).await;
            assert!(is_marked(&welsh, "areas", Some("en")), "{path} {:?}", tags(&welsh, "areas"));
            let english = world.page(path).await;
            // Titles in the log were always named by their language.
            if path != "/publication-log" {
                assert!(!body_of(&english).contains(" lang=\"en\""), "{path} {english}");
            }
        }
        let corrected = world.page(&format!("/cy{EDITION}/versions/1")).await;
        assert!(is_marked(&corrected, "The figure for Bath was too low.", Some("en")), "{corrected}");
        assert!(is_marked(&corrected, "What the economy made, month by month.", Some("en")), "{corrected}");
        assert!(corrected.contains("<tbody lang=\"en\">"), "{corrected}");
    }

    async fn every_page_about_what_is_not_in_welsh_says_so(db: TestDatabase) {
        let world = World::make(db).await;
        let notice = "Nid yw’r hyn a ddywedir am y set ddata hon";
        for path in about_areas() {
            let welsh = world.page(&format!("/cy{path}")).await;
            assert_eq!(welsh.matches(notice).count(), 1, "{path} {welsh}");
            assert!(!world.page(&path).await.contains("has not been written in Welsh"), "{path}");
        }
        // The topic has a Welsh title and no Welsh description.
        let topic = world.page("/cy/topics/output").await;
        assert!(topic.contains("am y pwnc hwn heb ei ysgrifennu"), "{topic}");
        assert!(is_marked(&topic, "What is made.", Some("en")) && is_marked(&topic, "Allbwn", None), "{topic}");
    }

    async fn what_is_in_welsh_has_no_mark_and_no_notice(db: TestDatabase) {
        let world = World::make(db).await;
        let changes = json!({
            "title_cy": "Prisiau", "description_cy": "Beth yw cost pethau.", "publisher": "Bureau", "release_frequency": "Monthly",
        });
        published(&world, "prices", changes).await;
        published(&world, "visits", json!({"title_cy": "Ymweliadau", "release_frequency": "Each spring"})).await;
        let welsh = world.page("/cy/catalogue/prices").await;
        for text in ["Prisiau", "Beth yw cost pethau.", "Cyfres amser", "Bob mis"] {
            assert!(is_marked(&welsh, text, None), "{text} {welsh}");
        }
        assert!(is_marked(&welsh, "Bureau", Some("en")), "{welsh}");
        assert!(!welsh.contains("Nid yw’r hyn a ddywedir"), "{welsh}");
        let explorer = world.page("/cy/catalogue/prices/editions/time-series/versions/1/explore").await;
        assert!(explorer.contains("content=\"Beth yw cost pethau.\"") && !explorer.contains("What the economy made"), "{explorer}");
        let found = world.page("/cy/search?q=prisiau").await;
        assert!(is_marked(&found, "Prisiau", None) && is_marked(&found, "Bob mis", None), "{found}");
        // The words that were searched for are still shown where they stand, within a text that is marked as a whole.
        let missing = world.site.public().get("/cy/catalogue/visit").await.must_be(404);
        assert!(is_marked(&missing.text, "Ymweliadau", None), "{}", missing.text);
        let missing = world.site.public().get("/cy/catalogue/area").await.must_be(404);
        assert!(is_marked(&missing.text, "areas", Some("en")), "{}", missing.text);
        let found = world.page("/cy/search?q=economy").await;
        let summary = body_of(&found).split("<p").find(|part| part.contains("<mark>economy</mark>")).unwrap_or_default();
        let tag = summary.split('>').next().unwrap_or_default();
        assert!(tag.contains(" lang=\"en\"") && tag.contains("result__summary"), "{found}");
        // A title in Welsh does not hide that the description is in English.
        let half = world.page("/cy/catalogue/visits").await;
        assert!(half.contains("Nid yw’r hyn a ddywedir") && is_marked(&half, "Each spring", Some("en")), "{half}");
        let list = world.page("/cy/catalogue").await;
        assert!(is_marked(&list, "Each spring", Some("en")) && is_marked(&list, "Ymweliadau", None), "{list}");
        let english = world.page("/catalogue/prices").await;
        assert!(english.contains("<dd>Monthly</dd>") && !english.contains("Prisiau<"), "{english}");
    }

    async fn releases_are_marked_each_by_its_own_language(db: TestDatabase) {
        let world = World::make(db).await;
        announced(&world, "plain", json!({"title": "Plain figures", "summary": "What they are."})).await;
        announced(&world, "both", json!({"title": "Both figures", "title_cy": "Ffigurau dwyieithog"})).await;
        announced(&world, "welsh", json!({"title": "Other figures", "title_cy": "Ffigurau eraill", "summary_cy": "Beth ydynt."})).await;
        let notice = "am y datganiad hwn heb ei ysgrifennu";
        let page = world.page("/cy/releases/plain").await;
        assert!(is_marked(&page, "Plain figures", Some("en")) && page.contains(notice), "{page}");
        let page = world.page("/cy/releases/both").await;
        assert!(is_marked(&page, "Ffigurau dwyieithog", None) && !page.contains(notice), "{page}");
        let list = world.page("/cy/releases").await;
        assert!(is_marked(&list, "Plain figures", Some("en")) && is_marked(&list, "What they are.", Some("en")), "{list}");
        assert!(is_marked(&list, "Ffigurau eraill", None) && is_marked(&list, "Beth ydynt.", None), "{list}");
        // What is there in Welsh alone is shown to English readers too, as what it is.
        let list = world.page("/releases").await;
        assert!(is_marked(&list, "Beth ydynt.", Some("cy")) && is_marked(&list, "Other figures", None), "{list}");
    }
}
