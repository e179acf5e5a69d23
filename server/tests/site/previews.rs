//! Rights that are limited: previewers see what is shared with their teams, others what their departments own, and nothing else.

mod landing;

use chrono::TimeDelta;
use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::*;

const VERSION: &str = "/datasets/gdp/editions/time-series/versions/1";
/// A table with a revised value and a new row.
const LATER: &[u8] = b"Year,Value\n2023,101.5\n2024,110\n2025,104\n2026,106.5\n";
/// The public page of the version that is to come.
const COMING: &str = "/catalogue/gdp/editions/time-series/versions/2";

/// The content of a page without the bar of a preview, what search engines are told, and where its links and forms lead.
fn content_of(page: &str) -> String {
    let main = page.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or_default();
    // Nor what the framework marks nothing with.
    let main = main.replace("<!--<() />-->", "");
    let bar = without(&main, "<section aria-label=\"Preview\"", "</section>");
    let told = without(&bar, "<script type=\"application/ld+json\"", "</script>");
    // Nor what is there only afterwards: the feeds, the chart's picture for other sites, and lists of what is public.
    let feeds = without(&told, "<div><dt>Feeds</dt>", "</div>");
    let picture = without(&feeds, "<p class=\"chart__earlier\"><a href=\"", "</p>");
    let list = without(&picture, "<p><a href=\"/list", "</p>");
    let links = without(&list, "href=\"", "\"");
    without(&links, "action=\"", "\"")
}

/// A text without whatever lies between these two.
fn without(text: &str, from: &str, until: &str) -> String {
    let mut parts = text.split(from);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |left, part| left + part.split_once(until).map_or("", |(_, rest)| rest))
}

/// A bundle that is shared with the press office and scheduled in half an hour, with a second version of `gdp` under another title
/// and the first of `cpi`, which nobody has seen.
struct Release {
    site: Site,
    editor: Caller,
    approver: Caller,
    press: Caller,
    bundle: String,
    file: String,
    items: Vec<String>,
}

impl Release {
    async fn scheduled(db: TestDatabase) -> Self {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let (press, press_id) = site.person("press@example.org", &[Grant::of(Role::Previewer)]).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        admin.post("/teams", json!({"name": "Press", "members": [press_id]})).await.must_be(201);
        approved_version(&editor, &approver, "gdp", "Old title").await;
        let first = approved_bundle(&editor, &approver, "First", &[("gdp", "1")]).await;
        operator.post(&format!("/bundles/{first}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        editor.change(Method::PATCH, "/datasets/gdp", json!({"title": "New title"})).await.must_be(200);
        let file = next_table(&editor, &approver, "gdp", LATER).await;
        approved_version(&editor, &approver, "cpi", "Prices").await;
        let body = json!({"title": "Second", "type": "scheduled", "preview_teams": ["press"]});
        let bundle = editor.post("/bundles", body).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        for (dataset, version) in [("gdp", "2"), ("cpi", "1")] {
            let item = json!({"dataset_id": dataset, "edition": "time-series", "version": version});
            editor.post(&format!("/bundles/{bundle}/contents"), item).await.must_be(201);
        }
        editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        approver.put(&format!("/bundles/{bundle}/approve")).await.must_be(200);
        let release = json!({"id": "gdp-spring", "title": "GDP, spring", "bundle_id": bundle});
        editor.post("/v1/releases", release).await.must_be(201);
        let at = site.now() + TimeDelta::minutes(30);
        approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": at})).await.must_be(200);
        let held = editor.get(&format!("/bundles/{bundle}/contents")).await.must_be(200).json();
        let id_of = |item: &Value| item["id"].as_str().unwrap().to_owned();
        let items = held["items"].as_array().unwrap().iter().map(id_of).collect();
        Self { site, editor, approver, press, bundle, file, items }
    }

    /// A page of an item as it will be.
    fn ahead(&self, item: usize, part: &str) -> String {
        format!("/admin/bundles/{}/preview/{}/{part}", self.bundle, self.items[item])
    }

    /// The release that comes with the bundle as it will be, or the calendar with it.
    fn of_release(&self, part: &str) -> String {
        format!("/admin/bundles/{}/preview/{part}", self.bundle)
    }

    /// Which pages somebody's looks at the bundle were recorded for, in order.
    async fn looks(&self) -> Vec<(String, Value, Value)> {
        let path = format!("/audit?bundle={}&action=previewed&limit=100", self.bundle);
        let found = self.approver.get(&path).await.must_be(200).json();
        let mut looks = Vec::new();
        for look in found["items"].as_array().unwrap() {
            let details = &look["details"];
            if details["page"].is_string() {
                let who = look["actor"]["name"].as_str().unwrap().to_owned();
                looks.push((who, details["page"].clone(), details["contents"].clone()));
            }
        }
        looks.sort_by_key(|(_, page, contents)| (page.to_string(), contents.to_string()));
        looks
    }
}

on_both_databases! {
    async fn previewers_see_the_shared_bundle_with_all_in_it_and_nothing_else(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let (press, press_id) = site.person("press@example.org", &[Grant::of(Role::Previewer)]).await;
        let (other, other_id) = site.person("other@example.org", &[Grant::of(Role::Previewer)]).await;
        admin.post("/teams", json!({"name": "Press", "members": [press_id]})).await.must_be(201);
        admin.post("/teams", json!({"name": "Other", "members": [other_id]})).await.must_be(201);
        let file = approved_version(&editor, &approver, "gdp", "GDP").await;
        let hidden = approved_version(&editor, &approver, "cpi", "CPI").await;
        next_version(&editor, &approver, "gdp").await;
        let body = json!({"title": "Shared", "type": "scheduled", "preview_teams": ["press"]});
        let bundle = editor.post("/bundles", body).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        editor.post(&format!("/bundles/{bundle}/contents"), item).await.must_be(201);

        let shared = [
            format!("/bundles/{bundle}"),
            format!("/bundles/{bundle}/contents"),
            "/datasets/gdp".to_owned(),
            "/datasets/gdp/editions/time-series".to_owned(),
            VERSION.to_owned(),
            format!("{VERSION}/metadata"),
            format!("/files/{file}"),
            format!("/files/{file}/content"),
            "/files/downloads/gdp/gdp.csv".to_owned(),
        ];
        for path in &shared {
            press.get(path).await.must_be(200);
            other.get(path).await.must_be(404);
        }
        for path in ["/datasets/cpi".to_owned(), format!("/files/{hidden}/content"), VERSION.replace("/1", "/2")] {
            press.get(&path).await.must_be(404);
        }
        assert_eq!(press.get("/datasets").await.must_be(200).json()["total_count"], 1);
        assert_eq!(press.get("/datasets/gdp/editions/time-series/versions").await.must_be(200).json()["total_count"], 1);
        assert_eq!(other.get("/datasets").await.must_be(200).json()["total_count"], 0);
        press.change(Method::PATCH, "/datasets/gdp", json!({"title": "Mine"})).await.must_be(403);
        press.put(&format!("/bundles/{bundle}/submit")).await.must_be(403);

        admin.change(Method::PATCH, "/teams/press", json!({"members": []})).await.must_be(200);
        for path in &shared {
            press.get(path).await.must_be(404);
        }
        admin.change(Method::PATCH, "/teams/press", json!({"members": [press_id]})).await.must_be(200);
        press.get(VERSION).await.must_be(200);
        editor.change(Method::PATCH, &format!("/bundles/{bundle}"), json!({"preview_teams": ["other"]})).await.must_be(200);
        for path in &shared {
            press.get(path).await.must_be(404);
            other.get(path).await.must_be(200);
        }
    }

    async fn limited_grants_hold_in_bundles_too(db: TestDatabase) {
        let site = Site::start(db).await;
        site.department("prices").await;
        let of = |role| Grant { departments: vec!["prices".into()], ..Grant::of(role) };
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let elsewhere = site.service_with("elsewhere", &[of(Role::Editor), Grant::of(Role::Reviewer)], false).await;
        let blind = site.service_with("blind", &[of(Role::Editor)], false).await;
        let limited = site.service_with("limited", &[of(Role::Approver)], false).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let mut body = metadata("CPI");
        body["id"] = json!("cpi");
        body["department"] = json!("prices");
        blind.post("/datasets", body).await.must_be(201);
        blind.post("/datasets/cpi/editions", json!({"edition": "time-series", "title": "Time series"})).await.must_be(201);
        next_version(&blind, &limited, "cpi").await;
        let gdp = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        let cpi = json!({"dataset_id": "cpi", "edition": "time-series", "version": "1"});

        let own = blind.post("/bundles", json!({"title": "Own", "type": "manual"})).await.must_be(201).json();
        let own = format!("/bundles/{}", own["id"].as_str().unwrap());
        blind.post(&format!("{own}/contents"), gdp.clone()).await.must_be(422);
        let seen = elsewhere.post("/bundles", json!({"title": "Seen", "type": "manual"})).await.must_be(201).json();
        let seen = format!("/bundles/{}/contents", seen["id"].as_str().unwrap());
        elsewhere.post(&seen, gdp.clone()).await.must_be(403);

        blind.post(&format!("{own}/contents"), cpi).await.must_be(201);
        blind.get(&format!("{own}/contents")).await.must_be(200);
        editor.post(&format!("{own}/contents"), gdp).await.must_be(201);
        // With something in it that lies outside, the bundle is out of sight as a whole.
        for who in [&blind, &limited] {
            who.get(&own).await.must_be(404);
            who.get(&format!("{own}/readiness")).await.must_be(404);
            assert_eq!(who.get("/bundles").await.must_be(200).json()["total_count"], 0);
        }
        editor.put(&format!("{own}/submit")).await.must_be(200);
        limited.put(&format!("{own}/approve")).await.must_be(404);
        approver.put(&format!("{own}/approve")).await.must_be(200);
    }

    async fn a_page_is_before_its_instant_what_it_is_after(db: TestDatabase) {
        let release = Release::scheduled(db).await;
        let (site, press) = (&release.site, &release.press);
        let pairs = [
            (release.ahead(0, "page"), COMING.to_owned()),
            (release.ahead(0, "compare?from=1&to=2"), "/catalogue/gdp/editions/time-series/compare?from=1&to=2".to_owned()),
            (release.ahead(0, "quality"), "/catalogue/gdp/quality".to_owned()),
            (release.ahead(1, "page"), COMING.replace("gdp", "cpi").replace("/2", "/1")),
            (release.of_release("release"), "/releases/gdp-spring".to_owned()),
        ];
        let mut before = Vec::new();
        for (ahead, _) in &pairs {
            let answer = press.get(ahead).await.must_be(200);
            assert_eq!(answer.header("cache-control"), "private, no-store", "{ahead}");
            assert!(answer.header("etag").is_empty(), "{ahead}");
            for words in ["name=\"robots\" content=\"noindex, nofollow\"", "Not public.", "Who looks at it is recorded.", "Back to the bundle"] {
                assert!(answer.text.contains(words), "{ahead}: {words}: {}", answer.text);
            }
            for told in ["rel=\"canonical\"", "application/atom+xml", "card.png"] {
                assert!(!answer.text.contains(told), "{ahead}: {told}");
            }
            before.push(answer.text);
        }
        let page = &before[0];
        for words in ["New title", "id=\"chart\"", "id=\"table\"", "id=\"changes\"", "Replaces version 1", "Before: as readers find it now", "Item 1 of 2"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        for leads in [format!("/files/{}/content", release.file), release.ahead(0, "explore"), release.ahead(0, "quality"), release.ahead(1, "page")] {
            assert!(page.contains(&format!("href=\"{leads}\"")), "{leads}: {page}");
        }
        assert!(!page.contains(&format!("href=\"{COMING}")) && !page.contains("/files/downloads/gdp/gdp.csv\""), "{page}");
        assert!(before[3].contains("Nothing of it was public before") && before[3].contains("New dataset"), "{}", before[3]);
        let explorer = press.get(&release.ahead(0, "explore?dim.Year=2026&columns=Year,Value")).await.must_be(200).text;
        assert!(explorer.contains("106.5") && explorer.contains(&format!("action=\"{}\"", release.ahead(0, "explore"))), "{explorer}");
        assert!(!explorer.contains("filters/keep"), "{explorer}");
        press.get(&format!("/files/{}/content", release.file)).await.must_be(200);
        let welsh = press.get(&format!("/cy{}", release.ahead(0, "page"))).await.must_be(200).text;
        assert!(welsh.contains("<html lang=\"cy\"") && welsh.contains(&format!("href=\"/cy{}\"", release.ahead(0, "explore"))), "{welsh}");
        for leads in [release.ahead(0, "page"), release.ahead(1, "page"), release.of_release("calendar")] {
            assert!(before[4].contains(&format!("href=\"{leads}\"")), "{leads}: {}", before[4]);
        }
        let calendar = press.get(&release.of_release("calendar")).await.must_be(200).text;
        assert!(calendar.contains("GDP, spring") && calendar.contains("Not public."), "{calendar}");
        assert!(calendar.contains(&format!("href=\"{}\"", release.of_release("release"))), "{calendar}");
        // Looking at it has made nothing of it public.
        for path in [COMING, "/catalogue/cpi", "/releases/gdp-spring", "/catalogue/gdp/editions/time-series/compare?from=1&to=2"] {
            site.public().get(path).await.must_be(404);
        }
        assert!(site.public().get("/catalogue/gdp").await.must_be(200).text.contains("Old title"));

        site.advance(TimeDelta::minutes(30));
        site.run_tasks().await;
        for ((ahead, public), before) in pairs.iter().zip(&before) {
            let after = site.public().get(public).await.must_be(200).text;
            assert_eq!(content_of(before), content_of(&after), "{ahead}");
        }
        let looks = release.looks().await.len();
        let now = press.get(&release.ahead(0, "page")).await.must_be(200).text;
        assert!(now.contains("The public page") && now.contains(&format!("href=\"{COMING}\"")) && !now.contains("Not public."), "{now}");
        assert_eq!(release.looks().await.len(), looks);
    }

    async fn pages_to_come_are_for_those_who_may_preview_them_and_their_looks_are_recorded(db: TestDatabase) {
        let release = Release::scheduled(db).await;
        let site = &release.site;
        site.department("prices").await;
        let elsewhere = Grant { departments: vec!["prices".into()], ..Grant::of(Role::Editor) };
        let admin = site.service("another admin", &[Role::Admin]).await;
        let (stranger, _) = site.person("stranger@example.org", &[]).await;
        let (neighbour, _) = site.person("neighbour@example.org", &[elsewhere]).await;
        let (other, other_id) = site.person("other@example.org", &[Grant::of(Role::Previewer)]).await;
        admin.post("/teams", json!({"name": "Other", "members": [other_id]})).await.must_be(201);
        let (editor, _) = site.person("editor@example.org", &[Grant::of(Role::Editor)]).await;
        let parts = ["page", "explore", "compare", "quality"];
        for part in parts {
            for path in [release.ahead(0, part), format!("/cy{}", release.ahead(0, part))] {
                for who in [&stranger, &neighbour, &other] {
                    let answer = who.get(&path).await.must_be(404);
                    assert!(!answer.text.contains("New title") && !answer.text.contains("notice-bar"), "{}", answer.text);
                }
                site.public().get(&path).await.must_be(303);
            }
        }
        for part in ["release", "calendar"] {
            for who in [&stranger, &neighbour, &other] {
                assert!(!who.get(&release.of_release(part)).await.must_be(404).text.contains("GDP, spring"));
            }
            site.public().get(&release.of_release(part)).await.must_be(303);
        }
        assert!(release.looks().await.is_empty());
        for part in parts {
            editor.get(&release.ahead(0, part)).await.must_be(200);
        }
        release.press.get(&release.ahead(1, "page")).await.must_be(200);
        let looks = release.looks().await;
        let expected = [
            ("editor@example.org", "compare", "gdp/time-series/2"),
            ("editor@example.org", "explore", "gdp/time-series/2"),
            ("press@example.org", "page", "cpi/time-series/1"),
            ("editor@example.org", "page", "gdp/time-series/2"),
            ("editor@example.org", "quality", "gdp/time-series/2"),
        ];
        assert_eq!(looks, expected.map(|(who, page, item)| (who.to_owned(), json!(page), json!([item]))));
        editor.get(&release.of_release("release")).await.must_be(200);
        let looks = release.looks().await;
        let all = json!(["gdp/time-series/2", "cpi/time-series/1"]);
        assert_eq!(looks.last(), Some(&("editor@example.org".to_owned(), json!("release"), all)));
        // What is in another bundle, and what never was, is not here.
        let hidden = release.ahead(0, "page").replace(&release.items[0], "nothing");
        editor.get(&hidden).await.must_be(404);
        editor.get(&release.ahead(0, "page").replace(&release.bundle, "nothing")).await.must_be(404);
        editor.get(&release.ahead(0, "compare?from=1&to=9")).await.must_be(404);
        // A version that is in no bundle does not show in the page of one that is.
        next_version(&release.editor, &release.approver, "cpi").await;
        let page = editor.get(&release.ahead(1, "page")).await.must_be(200).text;
        assert!(!page.contains("/catalogue/cpi/editions/time-series/versions/2"), "{page}");
    }

    async fn a_version_in_no_bundle_is_seen_as_readers_would_find_it_by_those_who_work_on_it(db: TestDatabase) {
        let release = Release::scheduled(db).await;
        let site = &release.site;
        let (editor, _) = site.person("editor@example.org", &[Grant::of(Role::Editor)]).await;
        site.department("prices").await;
        let elsewhere = Grant { departments: vec!["prices".into()], ..Grant::of(Role::Editor) };
        let (neighbour, _) = site.person("neighbour@example.org", &[elsewhere]).await;
        next_version(&release.editor, &release.approver, "cpi").await;
        let own = "/admin/datasets/cpi/editions/time-series/versions/2";
        assert!(editor.get(own).await.must_be(200).text.contains(&format!("href=\"{own}/preview/page\"")));
        for part in ["page", "explore", "compare", "quality"] {
            for path in [format!("{own}/preview/{part}"), format!("/cy{own}/preview/{part}")] {
                // Who previews another version of it in a bundle sees that one there, and not this.
                for who in [&release.press, &neighbour] {
                    assert!(!who.get(&path).await.must_be(404).text.contains("notice-bar"), "{path}");
                }
                site.public().get(&path).await.must_be(303);
            }
        }
        // Nor do they see that one by itself: this is for those who read the dataset.
        let shared = own.replace("/2", "/1");
        release.press.get(&release.ahead(1, "page")).await.must_be(200);
        for part in ["page", "explore", "quality"] {
            let path = format!("{shared}/preview/{part}");
            assert!(!release.press.get(&path).await.must_be(404).text.contains("notice-bar"), "{path}");
            editor.get(&path).await.must_be(200);
        }
        let looks = async || {
            let path = "/v1/audit?resource_id=cpi/time-series/2&action=previewed";
            let mut looks = release.approver.get(path).await.must_be(200).json()["items"].as_array().unwrap().clone();
            // The portal's own page is a look, too, though not at what readers will find.
            looks.retain(|look| !look["details"]["page"].is_null());
            looks
        };
        assert!(looks().await.is_empty(), "{:?}", looks().await);
        let page = editor.get(&format!("{own}/preview/page")).await.must_be(200).text;
        for sign in ["Not public.", "if it were published now.", "noindex", "Prices", "Back to the version", &format!("href=\"{own}/preview/explore")] {
            assert!(page.contains(sign), "{sign}: {page}");
        }
        assert!(!page.contains("Back to the bundle") && !page.contains("/catalogue/cpi/editions/time-series/versions/1\""), "{page}");
        editor.get(&format!("{own}/preview/explore")).await.must_be(200);
        editor.get(&format!("{own}/preview/quality")).await.must_be(200);
        let seen: Vec<Value> = looks().await.iter().map(|look| look["details"]["page"].clone()).collect();
        assert_eq!(seen.len(), 3, "{seen:?}");
        assert!(["page", "explore", "quality"].iter().all(|part| seen.contains(&json!(part))), "{seen:?}");
        editor.get(&format!("{}/preview/page", own.replace("/2", "/9"))).await.must_be(404);
        editor.get(&format!("{}/preview/page", own.replace("/2", "/none"))).await.must_be(404);
    }

    async fn what_is_read_of_a_version_before_its_instant_is_recorded_once(db: TestDatabase) {
        let release = Release::scheduled(db).await;
        let (press, approver) = (&release.press, &release.approver);
        let version = VERSION.replace("/1", "/2");
        let of_version = "version gdp/time-series/2".to_owned();
        let (of_draft, of_table) = ("dataset gdp".to_owned(), format!("file {}", release.file));
        let address = format!("/audit?bundle={}&action=previewed&limit=100", release.bundle);
        let mut expected: Vec<String> = Vec::new();
        let metadata = ["", ".json", ".jsonld", ".ttl", ".schema.jsonld", ".csvw.json", ".datapackage.json", ".txt"];
        let mut shown: Vec<(String, &String)> =
            metadata.iter().map(|suffix| (format!("{version}/metadata{suffix}"), &of_version)).collect();
        shown.push((version.clone(), &of_version));
        shown.push((version.trim_end_matches("/2").to_owned(), &of_version));
        shown.push((format!("{version}/dimensions"), &of_version));
        shown.push((format!("{version}/dimensions/Year/options"), &of_table));
        shown.push(("/datasets/gdp".to_owned(), &of_draft));
        for known in ["", "/status"] {
            shown.push((format!("/files/{}{known}", release.file), &of_table));
        }
        for (path, about) in &shown {
            let tag = press.get(path).await.must_be(200).header("etag");
            expected.push((*about).clone());
            // Whoever has it already looks at nothing new, and those who prepare it are not let in early.
            press.send(press.request(Method::GET, path).header("if-none-match", tag)).await.must_be(304);
            if !path.ends_with("/options") {
                release.editor.get(path).await.must_be(200);
            }
            let found = approver.get(&address).await.must_be(200).json();
            let looks: Vec<String> = found["items"].as_array().unwrap().iter().map(|look| {
                assert_eq!(look["actor"]["name"], "press@example.org", "{look}");
                format!("{} {}", look["resource_type"].as_str().unwrap(), look["resource_id"].as_str().unwrap())
            }).collect();
            let oldest_first: Vec<String> = looks.into_iter().rev().collect();
            assert_eq!(oldest_first, expected, "{path}");
        }
        // What was public before is nobody's preview.
        press.get(&format!("{VERSION}/metadata")).await.must_be(200);
        press.get(&format!("{VERSION}/dimensions/Year/options")).await.must_be(200);
        let list = approver.get(&format!("/bundles/{}/access-list", release.bundle)).await.must_be(200).json();
        let told = list["items"].as_array().unwrap().iter().find(|item| item["actor"]["name"] == "press@example.org").cloned();
        assert_eq!(told.unwrap()["looks"].as_array().unwrap().len(), expected.len(), "{list}");
    }

    async fn what_a_filter_tells_of_a_table_before_its_instant_is_recorded(db: TestDatabase) {
        let release = Release::scheduled(db).await;
        let press = &release.press;
        let looks = async || {
            let address = format!("/audit?bundle={}&action=previewed&sort=timestamp&limit=100", release.bundle);
            let found = release.approver.get(&address).await.must_be(200).json();
            let told = |look: &Value| format!("{} by {}", look["resource_type"].as_str().unwrap(), look["actor"]["name"].as_str().unwrap());
            found["items"].as_array().unwrap().iter().map(told).collect::<Vec<String>>()
        };
        let of = |version: &str, option: &str| json!({
            "dataset": {"id": "gdp", "edition": "time-series", "version": version},
            "dimensions": [{"name": "Year", "options": [option]}],
        });
        // What was public before is nobody's preview.
        press.post("/v1/filters", of("1", "2025")).await.must_be(201);
        assert!(looks().await.is_empty());
        let (table, version) = ("file by press@example.org".to_owned(), "version by press@example.org".to_owned());
        // Whether the table has an option, how many rows fit, and how an output that others made stands.
        press.post("/v1/filters", of("2", "2099")).await.must_be(422);
        assert_eq!(looks().await, vec![table.clone(); 1]);
        let filter = press.post("/v1/filters", of("2", "2026")).await.must_be(201).json();
        assert_eq!(looks().await, vec![table.clone(); 2]);
        let path = format!("/v1/filters/{}", filter["id"].as_str().unwrap());
        press.put(&format!("{path}/dimensions/Year/options/2099")).await.must_be(404);
        assert_eq!(looks().await, vec![table.clone(); 3]);
        press.put(&format!("{path}/dimensions/Year/options/2025")).await.must_be(428);
        let output = press.post(&format!("{path}/submit"), json!(null)).await.must_be(201).json();
        assert_eq!(output["rows"], 1, "{output}");
        assert_eq!(looks().await, vec![table.clone(); 5]);
        let output = format!("/v1/filter-outputs/{}", output["id"].as_str().unwrap());
        release.editor.get(&output).await.must_be(200);
        press.get(&output).await.must_be(200);
        assert_eq!(looks().await, [vec![table; 5], vec![version]].concat());
    }

    async fn what_a_refusal_tells_of_a_table_before_its_instant_is_recorded(db: TestDatabase) {
        let release = Release::scheduled(db).await;
        let version = VERSION.replace("/1", "/2");
        let address = format!("/audit?bundle={}&action=previewed", release.bundle);
        for (number, asked) in (1..).zip(["data?dim.Year=2099", "data?format=xlsx&dim.Year=2099", "dimensions/Year/options?dim.Year=2099"]) {
            release.press.get(&format!("{version}/{asked}")).await.must_be(422);
            let found = release.approver.get(&address).await.must_be(200).json();
            assert_eq!(found["total_count"], number, "{asked}: {found}");
            assert_eq!(found["items"][0]["resource_id"], release.file.as_str(), "{asked}: {found}");
        }
    }

    async fn a_shared_bundle_is_taken_for_review_by_those_alone_who_review_all_of_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.department("health").await;
        let of_health = Grant { departments: vec!["health".into()], ..Grant::of(Role::Reviewer) };
        let (ben, id) = site.person("ben@example.org", &[Grant::of(Role::Previewer), of_health]).await;
        let (cai, _) = site.person("cai@example.org", &[Grant::of(Role::Reviewer)]).await;
        site.environment().post("/teams", json!({"name": "Press", "members": [id]})).await.must_be(201);
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let body = json!({"title": "Spring", "type": "scheduled", "preview_teams": ["press"]});
        let bundle = editor.post("/bundles", body).await.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        editor.post(&format!("/bundles/{bundle}/contents"), item).await.must_be(201);
        editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        for (person, claims) in [(&ben, 0), (&cai, 1)] {
            person.get(&format!("/bundles/{bundle}")).await.must_be(200);
            let claim = person.request(Method::POST, "/rpc/reviews/claim");
            person.send(claim.form(&[("object", format!("bundle/{bundle}"))])).await;
            let trail = site.environment().get("/audit?action=review_claimed").await.must_be(200).json();
            assert_eq!(trail["total_count"], claims, "{trail}");
        }
    }
}
