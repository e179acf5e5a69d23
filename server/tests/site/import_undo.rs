//! Undoing an import: what nobody touched since is taken back, everything else stays and is named.

use bytes::Bytes;
use chrono::TimeDelta;
use domain::imported::{ImportFate, ImportedItem};
use domain::policy::{Grant, Reach, Role};
use domain::refusal::Refusal;
use reqwest::Method;
use serde_json::json;
use services::imports::{Sent, Undone, carried_out, carry_out, look, rehearse, undo};
use services::{Ctx, ServiceError};
use testkit::{builders, on_both_databases};
use tokio::task::JoinHandle;

use crate::browser::Browser;
use crate::instant::soon;
use crate::support::*;

const PAGE: &str = "/admin/imports";
const HEADINGS: &str = "id,department,title,description,topics,contact_name,contact_email,edition,release_date,file\n";

fn office(site: &Site) -> Ctx {
    Ctx::system("importer", site.now())
}

/// A line that makes a dataset with everything that it needs, and a version with a file.
fn line(id: &str) -> String {
    format!("{id},economy,About {id},What it holds.,output,Desk,desk@example.org,time-series,2026-12-01,{id}.csv\n")
}

/// Carries an import out with these files, a few minutes before whatever comes next; its id.
async fn imported(site: &Site, csv: &str, files: &[&str]) -> String {
    let ctx = office(site);
    let mut sent = Sent::default();
    for name in files {
        let bytes = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(TABLE))]);
        sent.take(name, services::files::receive(&site.services, &ctx, bytes).await.unwrap());
    }
    let report = carry_out(&site.services, &ctx, csv, sent).await.unwrap();
    assert!(!report.was_cut_short() && report.counts()[3] == 0, "{report:?}");
    site.advance(TimeDelta::minutes(5));
    report.import.unwrap()
}

/// What would become of each thing.
async fn told(site: &Site, id: &str) -> Vec<String> {
    let word = |(item, fate): &(ImportedItem, ImportFate)| {
        let fate = match fate {
            ImportFate::TakenBack => "goes",
            ImportFate::Stays(why) => why.as_str(),
            ImportFate::Gone => "gone",
            ImportFate::Before(_) => "went",
        };
        format!("{}: {fate}", item.name())
    };
    look(&site.services, &office(site), id).await.unwrap().things.iter().map(word).collect()
}

async fn undone(site: &Site, id: &str, typed: &str) -> services::Result<Undone> {
    undo(&site.services, &office(site), id, typed).await
}

/// What was recorded of something, oldest first.
async fn recorded(site: &Site, kind: &str, id: &str) -> Vec<String> {
    let events = persistence::events::newest_of(site.services.db.pool(), kind, id, 100).await.unwrap();
    events.into_iter().map(|event| event.event_type).collect()
}

/// Undoes an import beside the test, until somebody else's lock is in the way.
async fn begun_to_undo(site: &Site, id: &str, typed: &'static str) -> JoinHandle<services::Result<Undone>> {
    let (services, ctx, id) = (site.services.clone(), office(site), id.to_owned());
    let undoing = tokio::spawn(async move { undo(&services, &ctx, &id, typed).await });
    soon(site.database.somebody_waits()).await;
    undoing
}

/// A bundle, not yet with anything in it.
async fn begun_bundle(editor: &Caller, title: &str) -> String {
    let bundle = editor.post("/bundles", json!({"title": title, "type": "scheduled"})).await.must_be(201).json();
    bundle["id"].as_str().unwrap().to_owned()
}

on_both_databases! {
    async fn what_an_import_made_is_deleted_and_what_it_changed_is_put_back(db: TestDatabase) {
        let site = Site::start(db).await;
        let api = site.service("editor", &[Role::Editor]).await;
        begin_dataset(&api, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        api.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        let csv = "id,department,title,topics,edition,release_date,lowest_geography,file\n\
                   cpi,economy,Prices,output,2026,2026-12-01,ltla,cpi.csv\n\
                   gdp,,Output,output,time-series,,lsoa,gdp.csv\n";
        let id = imported(&site, csv, &["cpi.csv", "gdp.csv"]).await;
        assert_eq!(told(&site, &id).await, [
            "Dataset cpi: goes",
            "Edition 2026 of cpi: goes",
            "Version 1 of cpi, 2026: goes",
            "File cpi.csv in version 1 of cpi, 2026: goes",
            "Metadata of gdp: goes",
            "Details of version 1 of gdp, time-series: goes",
            "File gdp.csv in version 1 of gdp, time-series: goes",
        ]);
        // Whoever has not seen how many things go takes nothing back.
        for typed in ["", "6", "seven"] {
            let refused = undone(&site, &id, typed).await;
            assert!(matches!(&refused, Err(ServiceError::Refused(Refusal::Invalid { .. }))), "{refused:?}");
        }
        api.get("/datasets/cpi").await.must_be(200);
        assert_eq!(api.get("/datasets/gdp").await.json()["title"], "Output");

        assert_eq!(undone(&site, &id, " 7 ").await.unwrap(), Undone { taken_back: 7, staying: 0 });
        api.get("/datasets/cpi").await.must_be(404);
        assert_eq!(api.get("/datasets/gdp").await.must_be(200).json()["title"], "GDP");
        let version = api.get(&format!("{versions}/1")).await.must_be(200).json();
        assert!(version["lowest_geography"].is_null(), "{version}");
        api.get("/files/downloads/gdp/gdp.csv").await.must_be(404);
        assert!(site.services.storage.list("").await.unwrap().is_empty(), "no bytes are left");
        assert_eq!(recorded(&site, "import", &id).await, ["carried_out", "undone"]);
        assert_eq!(recorded(&site, "dataset", "cpi").await, ["created", "edition_created", "edition_deleted", "deleted"]);
        assert_eq!(recorded(&site, "version", "cpi/2026/1").await, ["created", "file_uploaded", "deleted"]);
        let edited = persistence::events::newest_of(site.services.db.pool(), "dataset", "gdp", 1).await.unwrap().remove(0);
        assert_eq!((edited.before, edited.after), (Some(json!({"title": "Output"})), Some(json!({"title": "GDP"}))));

        // Once more does no harm, and leaves nothing.
        let before = persistence::events::newest(site.services.db.pool()).await.unwrap();
        assert_eq!(undone(&site, &id, "7").await.unwrap(), Undone { taken_back: 0, staying: 0 });
        assert_eq!(persistence::events::newest(site.services.db.pool()).await.unwrap(), before);
        assert!(told(&site, &id).await.iter().all(|thing| thing.ends_with(": went")));
    }

    async fn what_somebody_touched_since_stays_and_is_named(db: TestDatabase) {
        let site = Site::start(db).await;
        let api = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver, Role::Operator]).await;
        let all = ["edited", "submitted", "approved", "published", "later", "untouched"];
        let files = all.map(|id| format!("{id}.csv"));
        let csv = all.iter().fold(HEADINGS.to_owned(), |csv, id| csv + &line(id));
        let id = imported(&site, &csv, &files.each_ref().map(String::as_str)).await;
        api.change(Method::PATCH, "/datasets/edited", json!({"title": "Another title"})).await.must_be(200);
        let versions = |id: &str| format!("/datasets/{id}/editions/time-series/versions");
        for dataset in ["submitted", "approved", "published"] {
            api.put(&format!("{}/1/submit", versions(dataset))).await.must_be(200);
        }
        for dataset in ["approved", "published"] {
            approver.put(&format!("{}/1/approve", versions(dataset))).await.must_be(200);
        }
        let bundle = approved_bundle(&api, &approver, "Out", &[("published", "1")]).await;
        approver.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "a test"})).await.must_be(202);
        site.run_tasks().await;
        api.post(&versions("later"), json!({"release_date": "2026-12-23T09:30:00Z"})).await.must_be(201);

        let said = told(&site, &id).await;
        let of = |id: &str| {
            let names = [format!("Dataset {id}: "), format!("Edition time-series of {id}: "), format!("Version 1 of {id}, time-series: "),
                format!("File {id}.csv in version 1 of {id}, time-series: ")];
            names.map(|name| said.iter().find_map(|thing| thing.strip_prefix(&name)).unwrap().to_owned())
        };
        let holds = ["It holds the edition time-series, which stays.", "It holds version 1, which stays."];
        let edited = of("edited");
        assert!(edited[0].starts_with("It was changed since, on ") && edited[0].ends_with(" (last edited by editor)."), "{edited:?}");
        assert_eq!(edited[1..], ["goes"; 3]);
        assert_eq!(of("submitted"), [holds[0], holds[1], "It was sent for approval since.", "Its version was sent for approval since."]);
        assert_eq!(of("approved"), [holds[0], holds[1], "It was approved since.", "Its version was approved since."]);
        assert_eq!(of("published"), ["It is public.", "It is public.", "It is public.", "Its version is public."]);
        assert_eq!(of("later"), [holds[0], holds[1], "A later version of its edition was begun since.", "goes"]);
        assert_eq!(of("untouched"), ["goes"; 4]);

        assert_eq!(undone(&site, &id, "8").await.unwrap(), Undone { taken_back: 8, staying: 16 });
        api.get("/datasets/untouched").await.must_be(404);
        assert_eq!(api.get("/datasets/edited").await.must_be(200).json()["title"], "Another title");
        api.get("/datasets/edited/editions/time-series").await.must_be(404);
        assert_eq!(api.get(&format!("{}/1", versions("submitted"))).await.must_be(200).json()["state"], "submitted");
        site.public().get("/files/downloads/published/published.csv").await.must_be(200);
        api.get("/files/downloads/later/later.csv").await.must_be(404);

        // Once nothing is in the way any more, the rest is taken back, too.
        let second = format!("{}/2", versions("later"));
        let tag = api.get(&second).await.header("etag");
        api.send(api.request(Method::DELETE, &second).header("if-match", tag)).await.must_be(204);
        assert_eq!(undone(&site, &id, "3").await.unwrap(), Undone { taken_back: 3, staying: 13 });
        api.get("/datasets/later").await.must_be(404);
        assert_eq!(undone(&site, &id, "3").await.unwrap(), Undone { taken_back: 0, staying: 13 });
    }

    async fn imports_are_undone_one_after_the_other_and_what_others_made_anew_stays(db: TestDatabase) {
        let site = Site::start(db).await;
        let api = site.service("editor", &[Role::Editor]).await;
        begin_dataset(&api, "gdp", "GDP").await;
        let title = async || api.get("/datasets/gdp").await.must_be(200).json()["title"].clone();
        let first = imported(&site, "id,title\ngdp,First\n", &[]).await;
        let second = imported(&site, "id,title\ngdp,Second\n", &[]).await;
        assert!(told(&site, &first).await[0].starts_with("Metadata of gdp: It was changed since, on "));
        let refused = undone(&site, &first, "1").await;
        assert!(matches!(&refused, Err(ServiceError::Refused(Refusal::Blocked { .. }))), "{refused:?}");
        undone(&site, &second, "1").await.unwrap();
        assert_eq!(title().await, "First");
        site.advance(TimeDelta::minutes(5));
        undone(&site, &first, "1").await.unwrap();
        assert_eq!(title().await, "GDP");

        // A dataset of the same id and in the same revision, and yet another one.
        let id = imported(&site, "id,department,title,topics\ncpi,economy,Prices,output\n", &[]).await;
        let tag = api.get("/datasets/cpi").await.header("etag");
        api.send(api.request(Method::DELETE, "/datasets/cpi").header("if-match", tag)).await.must_be(204);
        assert_eq!(told(&site, &id).await, ["Dataset cpi: gone"]);
        begin_dataset(&api, "cpi", "Theirs").await;
        let refused = undone(&site, &id, "1").await;
        assert!(matches!(&refused, Err(ServiceError::Refused(Refusal::Blocked { .. }))), "{refused:?}");
        assert_eq!(api.get("/datasets/cpi").await.must_be(200).json()["title"], "Theirs");
    }

    async fn only_what_was_carried_out_is_listed_and_only_to_who_may_write_all_of_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let api = site.service("editor", &[Role::Editor]).await;
        begin_dataset(&api, "gdp", "GDP").await;
        let csv = "id,title\ngdp,Output\n";
        rehearse(&site.services, &office(&site), csv, Sent::default()).await.unwrap();
        let same = carry_out(&site.services, &office(&site), "id,title\ngdp,GDP\n", Sent::default()).await.unwrap();
        assert_eq!((same.import, carried_out(&site.services, &office(&site)).await.unwrap().len()), (None, 0));
        let id = imported(&site, csv, &[]).await;
        let asks = |grants: &[Grant]| {
            let caller = builders::caller("somebody", grants);
            Ctx { caller: Some(caller), ..Ctx::public(site.now(), "a-test".to_owned()) }
        };
        let by_dataset = Grant { datasets: vec!["gdp".to_owned()], ..Grant::of(Role::Editor) };
        for grants in [vec![Grant::of(Role::Editor)], vec![builders::grant_for(Role::Editor, &["economy"])], vec![by_dataset]] {
            let listed = carried_out(&site.services, &asks(&grants)).await.unwrap();
            assert_eq!(listed.iter().map(|summary| summary.made_and_changed()).collect::<Vec<_>>(), [(0, 1)]);
            assert_eq!(look(&site.services, &asks(&grants), &id).await.unwrap().to_take_back(), 1);
        }
        let elsewhere = asks(&[builders::grant_for(Role::Editor, &["prices"])]);
        assert!(carried_out(&site.services, &elsewhere).await.unwrap().is_empty());
        let reviewer = asks(&[Grant::of(Role::Reviewer)]);
        for (ctx, is_missing) in [(&elsewhere, true), (&reviewer, false)] {
            let seen = look(&site.services, ctx, &id).await.unwrap_err();
            let refused = undo(&site.services, ctx, &id, "1").await.unwrap_err();
            for error in [seen, refused] {
                let expected = if is_missing { matches!(error.refusal(), Some(Refusal::NotFound)) } else { matches!(error.refusal(), Some(Refusal::Forbidden { .. })) };
                assert!(expected, "{error:?}");
            }
        }
        assert_eq!(api.get("/datasets/gdp").await.json()["title"], "Output");
    }

    async fn what_somebody_changes_at_this_moment_is_not_waited_for(db: TestDatabase) {
        let site = Site::start(db).await;
        // SQLite has one writer at a time, so that nobody else changes anything meanwhile.
        if !site.services.db.is_shared() {
            return;
        }
        let id = imported(&site, &format!("{HEADINGS}{}", line("cpi")), &["cpi.csv"]).await;
        let tx = site.services.db.begin().await.unwrap();
        persistence::versions::lock_visible_to(&tx, &Reach::All, "cpi", "time-series", 1).await.unwrap().unwrap();
        let refused = undone(&site, &id, "4").await;
        assert!(matches!(&refused, Err(ServiceError::Refused(Refusal::Blocked { .. }))), "{refused:?}");
        tx.rollback().await.unwrap();
        assert_eq!(undone(&site, &id, "4").await.unwrap().taken_back, 4);
    }

    async fn undoing_and_a_merge_of_topics_do_not_wait_for_each_other(db: TestDatabase) {
        let site = Site::start(db).await;
        if !site.services.db.is_shared() {
            return; // One writer at a time.
        }
        begin_dataset(&site.service("editor", &[Role::Editor]).await, "gdp", "GDP").await;
        let id = imported(&site, "id,title\ngdp,Output\n", &[]).await;
        // As a merge does: the topics, then the datasets that carry them.
        let merging = site.services.db.begin().await.unwrap();
        persistence::topics::list_to_change(&merging).await.unwrap();
        let undoing = begun_to_undo(&site, &id, "1").await;
        soon(persistence::datasets::lock(&merging, "gdp")).await.unwrap();
        merging.rollback().await.unwrap();
        assert_eq!(soon(undoing).await.unwrap().unwrap(), Undone { taken_back: 1, staying: 0 });
    }

    async fn bundles_under_review_are_taken_in_one_order_whatever_that_of_the_drafts(db: TestDatabase) {
        let site = Site::start(db).await;
        if !site.services.db.is_shared() {
            return; // One writer at a time.
        }
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let mut bundles = [begun_bundle(&editor, "One").await, begun_bundle(&editor, "Two").await];
        bundles.sort_unstable();
        let [low, high] = bundles;
        for (dataset, bundle) in [("cpi", &high), ("gdp", &low)] {
            approved_version(&editor, &approver, dataset, dataset).await;
            let item = json!({"dataset_id": dataset, "edition": "time-series", "version": "1"});
            editor.post(&format!("/bundles/{bundle}/contents"), item).await.must_be(201);
            editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        }
        let id = imported(&site, "id,title\ncpi,Prices\ngdp,Output\n", &[]).await;
        let other = site.services.db.begin().await.unwrap();
        persistence::bundles::lock(&other, &low).await.unwrap();
        let undoing = begun_to_undo(&site, &id, "2").await;
        soon(persistence::bundles::lock(&other, &high)).await.unwrap();
        other.rollback().await.unwrap();
        assert_eq!(soon(undoing).await.unwrap().unwrap(), Undone { taken_back: 2, staying: 0 });
    }

    async fn an_import_is_undone_over_the_api(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let reviewer = site.service("reviewer", &[Role::Reviewer]).await;
        let id = imported(&site, "id,department,title,topics\ncpi,economy,Prices,output\n", &[]).await;
        let listed = editor.get("/v1/imports").await.must_be(200).json();
        let first = &listed["items"][0];
        assert_eq!((&listed["total_count"], &first["id"], &first["made"]), (&json!(1), &json!(id), &json!(1)));
        let (path, undo) = (format!("/v1/imports/{id}"), format!("/v1/imports/{id}/undo"));
        let sheet = editor.get(&path).await.must_be(200).json();
        let thing = &sheet["things"][0];
        assert_eq!((&sheet["to_take_back"], &thing["kind"], &thing["outcome"]), (&json!(1), &json!("dataset"), &json!("goes")));
        for refused in [reviewer.get(&path).await, reviewer.post(&undo, json!({"things": 1})).await] {
            refused.must_be(403);
        }
        // Nobody undoes what they have not seen.
        for body in [json!({}), json!({"things": 2})] {
            assert!(editor.post(&undo, body).await.must_be(422).text.contains("type 1 to confirm it."));
        }
        editor.get("/datasets/cpi").await.must_be(200);
        let done = editor.post(&undo, json!({"things": 1})).await.must_be(200).json();
        assert_eq!((&done["taken_back"], &done["to_take_back"], &done["things"][0]["outcome"]), (&json!(1), &json!(0), &json!("taken_back")));
        assert!(done["undone_by"]["id"].is_string() && done["undone_at"].is_string(), "{done}");
        editor.get("/datasets/cpi").await.must_be(404);
    }

    async fn an_import_is_undone_on_its_page(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        site.account("reviewer@example.org", &[Role::Reviewer]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        assert!(editor.get(PAGE).await.must_be(200).text.contains("No import has changed anything yet."));
        let csv = "id,department,title,topics\ncpi,economy,Prices,output\n";
        let done = editor.submit("/rpc/imports/carry-out", PAGE, &[("csv", csv)]).await.must_be(200).text;
        let id = done.split("href=\"/admin/imports/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(done.contains("What it did, and how to undo it"), "{done}");
        let page = format!("{PAGE}/{id}");
        let mut reviewer = Browser::signed_in(&site, "reviewer@example.org").await;
        reviewer.get(&page).await.must_be(403);
        reviewer.submit("/rpc/imports/undo", &page, &[("id", &id), ("things", "1")]).await.must_be(403);

        let shown = editor.get(&page).await.must_be(200).text.replace("<!>", "");
        for part in ["Dataset cpi", "Is deleted", "1 thing is taken back", "Type 1 to confirm it."] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let refused = editor.submit("/rpc/imports/undo", &page, &[("id", &id), ("things", "2")]).await.must_be(200).text;
        assert!(refused.contains("type 1 to confirm it.") && refused.contains("value=\"2\""), "{refused}");
        editor.get("/admin/datasets/cpi").await.must_be(200);
        let told = editor.submit("/rpc/imports/undo", &page, &[("id", &id), ("things", "1")]).await.must_be(200).text;
        assert!(told.contains("1 thing was taken back.") && told.contains("Was deleted on "), "{told}");
        editor.get("/admin/datasets/cpi").await.must_be(404);
        let again = editor.submit("/rpc/imports/undo", &page, &[("id", &id), ("things", "1")]).await.must_be(200).text;
        assert!(again.contains("The import was undone before, so nothing was changed."), "{again}");
        let listed = editor.get(PAGE).await.must_be(200).text.replace("<!>", "");
        assert!(listed.contains(&page) && listed.contains("1 of 1"), "{listed}");
        editor.get(&format!("{PAGE}/none-such")).await.must_be(404);
    }
}
