//! The portal's pages about topics, the calendar, the archive and corrections: who may open them, and their forms without scripts.

use domain::policy::{Grant, Role};
use serde_json::json;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

on_both_databases! {
    async fn each_page_opens_to_those_with_the_right(db: TestDatabase) {
        let site = Site::start(db).await;
        let all = Role::ALL;
        let pages: &[(&str, &[Role])] = &[
            ("/admin/topics", &[Role::Admin]),
            ("/admin/search", &[Role::Operator, Role::Admin]),
            ("/admin/search/synonyms", &[Role::Operator, Role::Admin]),
            ("/admin/search/synonyms/new", &[Role::Operator, Role::Admin]),
            ("/admin/releases", &[Role::Editor, Role::Reviewer, Role::Approver, Role::Operator, Role::Admin]),
            ("/admin/releases/new", &[Role::Editor]),
            ("/admin/archive", &[Role::Operator]),
            ("/admin/corrections", &[Role::Approver, Role::Operator, Role::Admin]),
            ("/admin/help", all),
        ];
        for role in all {
            let email = format!("{role}@example.org");
            site.account(&email, &[*role]).await;
            let mut browser = Browser::signed_in(&site, &email).await;
            for (path, roles) in pages {
                let answer = browser.get(path).await;
                assert_eq!(answer.status, if roles.contains(role) { 200 } else { 403 }, "{role} {path}: {}", answer.text);
            }
        }
    }

    async fn help_says_which_steps_of_a_version_need_a_reason(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let help = Browser::signed_in(&site, "editor@example.org").await.get("/admin/help").await.must_be(200).text;
        let (_, actions) = help.split_once("Actions on a version").unwrap();
        for (step, needed) in [("Submit", false), ("Return", true), ("Approve", false), ("Reopen", true)] {
            let (_, row) = actions.split_once(&format!(">{step}</th>")).unwrap();
            assert_eq!(row.split("</tr>").next().unwrap().contains("needed"), needed, "{step}: {row}");
        }
    }

    async fn a_topic_is_added_moved_renamed_merged_and_deleted(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let topics = "/admin/topics";
        let fields = [("title", "Prices"), ("slug", "prices"), ("parent_id", "output"), ("title_cy", "Prisiau")];
        let added = admin.submit("/rpc/topics/create", topics, &fields).await.text;
        assert!(added.contains("Prices was added.") && added.contains("tree--1") && added.contains("Prisiau"), "{added}");
        let wrong = admin.submit("/rpc/topics/create", topics, &[("title", ""), ("slug", "Not a slug")]).await.text;
        assert!(wrong.contains("error-summary"), "{wrong}");
        let nowhere = [("title", "Trade"), ("slug", "trade"), ("place", "0")];
        let wrong = admin.submit("/rpc/topics/create", topics, &nowhere).await.text;
        assert!(wrong.contains("Give a whole number from 1.") && !wrong.contains("Trade was added."), "{wrong}");
        let page = "/admin/topics/prices";
        let moved = [("id", "prices"), ("revision", "1"), ("title", "Prices"), ("slug", "prices-and-inflation")];
        let renamed = admin.submit("/rpc/topics/edit", page, &moved).await.text;
        assert!(renamed.contains("The topic was saved.") && renamed.contains("prices-and-inflation"), "{renamed}");
        admin.get(page).await.must_be(404);
        let page = "/admin/topics/prices-and-inflation";
        let under = [("title", "Wages"), ("slug", "wages"), ("parent_id", "prices-and-inflation")];
        admin.submit("/rpc/topics/create", topics, &under).await.must_be(200);
        // What goes with it is told before, and nobody merges by a slip.
        let shown = admin.get(page).await.must_be(200).text;
        for told in ["No dataset", "1 topic below it: Wages", "Redirects: /topics/prices-and-inflation, /topics/prices", "cannot be taken back"] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
        let merge = [("id", "prices-and-inflation"), ("revision", "2"), ("into", "output")];
        let slipped = admin.submit("/rpc/topics/merge", page, &merge).await.text;
        assert!(slipped.contains("Say why.") && slipped.contains("Type the title as it stands: Prices"), "{slipped}");
        let nowhere = admin.submit("/rpc/topics/merge", page, &merge[..2]).await.text;
        assert!(nowhere.contains("Choose the topic that takes everything over.") && !nowhere.contains("Give the into"), "{nowhere}");
        let meant = [&merge[..], &[("reason", "One is enough"), ("confirmation", "Prices")]].concat();
        let merged = admin.submit("/rpc/topics/merge", page, &meant).await.text;
        assert!(merged.contains("Merged into Output."), "{merged}");
        admin.submit("/rpc/topics/delete", "/admin/topics/wages", &[("id", "wages"), ("revision", "2")]).await.must_be(200);
        let deleted = admin.submit("/rpc/topics/delete", "/admin/topics/output", &[("id", "output"), ("revision", "1")]).await.text;
        assert!(deleted.contains("The topic was deleted.") && deleted.contains("No topics yet"), "{deleted}");
    }

    async fn the_form_of_a_dataset_offers_each_topic_below_the_one_that_it_is_under(db: TestDatabase) {
        let site = Site::start(db).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        for (slug, parent) in [("above", None), ("first", Some("output")), ("second", Some("output"))] {
            admin.post("/v1/topics", json!({"slug": slug, "title": slug, "parent_id": parent})).await.must_be(201);
        }
        site.account("editor@example.org", &[Role::Editor]).await;
        begin_dataset(&site.service("editor", &[Role::Editor]).await, "gdp", "GDP").await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        for page in ["/admin/datasets/new", "/admin/datasets/gdp"] {
            let form = editor.get(page).await.must_be(200).text;
            let at = |topic: &str| form.find(&format!("value=\"{topic}\"")).unwrap_or_else(|| panic!("{topic}: {form}"));
            assert!(at("first") < at("second") && at("second") < at("above"), "{page}: {form}");
        }
    }

    async fn what_is_filed_under_a_topic_is_counted_drafts_included(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("admin@example.org", &[Role::Admin]).await;
        begin_dataset(&site.service("editor", &[Role::Editor]).await, "gdp", "GDP").await;
        let mut admin = Browser::signed_in(&site, "admin@example.org").await;
        let topics = admin.get("/admin/topics").await.must_be(200).text.replace("<!>", "");
        let (_, output) = topics.split_once("href=\"/admin/topics/output\"").unwrap();
        let row = output.split("</tr>").next().unwrap();
        assert!(row.ends_with("<td class=\"num\">1</td><td class=\"num\">0</td>"), "{row}");
    }

    async fn a_release_goes_through_its_states_with_public_reasons(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        site.account("approver@example.org", &[Role::Approver]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let mut approver = Browser::signed_in(&site, "approver@example.org").await;
        let both = [("title", "Prices"), ("release_date", "2031-12-11"), ("release_month", "2031-12")];
        let refused = editor.submit("/rpc/releases/create", "/admin/releases/new", &both).await.text;
        assert!(refused.contains("Give either a day or a month."), "{refused}");
        let named = [("id", "new"), ("title", "Prices"), ("release_date", "2031-12-11")];
        let refused = editor.submit("/rpc/releases/create", "/admin/releases/new", &named).await.text;
        assert!(refused.contains("The word new cannot be an id"), "the form has its address: {refused}");
        let titled = [("title", "New"), ("release_date", "2031-12-11")];
        let made = editor.post("/rpc/releases/create", "/admin/releases/new", &titled).await.must_be(303);
        assert_eq!(made.header("location"), "/admin/releases/new-1");
        let fields = [("title", "Prices, December 2031"), ("release_date", "2031-12-11")];
        let made = editor.post("/rpc/releases/create", "/admin/releases/new", &fields).await.must_be(303);
        let page = made.header("location");
        let id = page.rsplit('/').next().unwrap().to_owned();
        let seen = editor.get(&page).await.must_be(200).text;
        assert!(seen.contains("11 December 2031, 9:30am") && seen.contains("Announce it"), "{seen}");
        site.public().get(&format!("/v1/releases/{id}")).await.must_be(404);
        let fields = |more: &[(&'static str, &str)], revision: &str| {
            let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
            [("id", id.clone()), ("revision", revision.to_owned())].into_iter().chain(more).collect::<Vec<_>>()
        };
        let announced = submit(&mut editor, "announce", &page, &fields(&[], "1")).await;
        assert!(announced.contains("The public sees the entry now."), "{announced}");
        site.public().get(&format!("/v1/releases/{id}")).await.must_be(200);
        let silent = submit(&mut approver, "postpone", &page, &fields(&[("release_month", "2032-01")], "2")).await;
        assert!(silent.contains("error-summary"), "{silent}");
        let why = [("release_month", "2032-01"), ("reason", "Further checks are needed.")];
        let postponed = submit(&mut approver, "postpone", &page, &fields(&why, "2")).await;
        assert!(postponed.contains("The release is postponed.") && postponed.contains("Further checks are needed."), "{postponed}");
        let refused = submit(&mut editor, "cancel", &page, &fields(&[("reason", "No more")], "3")).await;
        assert!(refused.contains("releases:approve"), "{refused}");
        let cancelled = submit(&mut approver, "cancel", &page, &fields(&[("reason", "The survey has ended.")], "3")).await;
        assert!(cancelled.contains("The release is cancelled."), "{cancelled}");
        let listed = approver.get("/admin/releases?state=cancelled&q=prices").await.must_be(200).text.replace("<!>", "");
        assert!(listed.contains("1 release") && listed.contains(&page), "{listed}");
        approver.get("/admin/releases/none").await.must_be(404);
    }

    async fn the_archive_shows_what_would_leave_and_keeps_what_is_held(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let page = "/admin/archive?department=economy";
        let none = [("department", "economy"), ("revision", "1"), ("enabled", "true")];
        let refused = operator.submit("/rpc/archive/set-policy", page, &none).await.text;
        assert!(refused.contains("or everything would be archived"), "{refused}");
        let policy = [("department", "economy"), ("revision", "1"), ("enabled", "true"), ("keep_versions", "12")];
        let set = operator.submit("/rpc/archive/set-policy", page, &policy).await.text;
        assert!(set.contains("The policy is carried out once an hour.") && set.contains("value=\"12\""), "{set}");
        let tried = operator.get("/admin/archive?department=economy&keep_versions=1").await.must_be(200).text;
        assert!(tried.contains("Nothing was changed"), "{tried}");
        operator.get("/admin/archive?department=none").await.must_be(404);
    }

    async fn corrections_are_told_to_those_who_make_them(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.department("health").await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        site.environment().post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let alert = json!({"type": "correction", "description": "Rebased."});
        approver.post("/v1/datasets/gdp/editions/time-series/versions/1/alerts", alert).await.must_be(201);
        let of = |departments: &[&str]| Grant { departments: departments.iter().map(|&id| id.to_owned()).collect(), ..Grant::of(Role::Approver) };
        for (email, grant, told) in [
            ("all@example.org", of(&[]), true),
            ("economy@example.org", of(&["economy"]), true),
            ("health@example.org", of(&["health"]), false),
            ("admin@example.org", Grant::of(Role::Admin), true),
        ] {
            let (person, _) = site.person(email, &[grant]).await;
            let read = person.request(reqwest::Method::POST, "/rpc/archive/corrections").header("accept", "application/json");
            let read = read.header("sec-fetch-site", "same-origin").header("content-type", "application/x-www-form-urlencoded").body("q=");
            let recent = person.send(read).await.must_be(200).json()["recent"].clone();
            let seen: Vec<&str> = recent.as_array().unwrap().iter().map(|event| event["resource_id"].as_str().unwrap()).collect();
            assert_eq!(seen, if told { vec!["gdp/time-series/1"] } else { vec![] }, "{email}");
            for event in recent.as_array().unwrap() {
                assert!(event["client"].is_null() && event["via"].is_null(), "{event}");
            }
            person.get("/admin/corrections").await.must_be(200);
        }
    }

    async fn an_import_is_rehearsed_and_then_taken_line_by_line(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        site.account("reviewer@example.org", &[Role::Reviewer]).await;
        let mut reviewer = Browser::signed_in(&site, "reviewer@example.org").await;
        reviewer.get("/admin/imports").await.must_be(403);
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let page = "/admin/imports";
        let odd = editor.submit("/rpc/imports/rehearse", page, &[("csv", "id,colour\nx,red\n")]).await.text;
        assert!(odd.contains("There is no column colour.") && !odd.contains("this is what the import would do"), "{odd}");
        let csv = "id,department,title,topics\ncpi,economy,Prices,output\ngdp,nowhere,Output,output\ncpi,economy,Again,\n";
        let seen = editor.submit("/rpc/imports/rehearse", page, &[("csv", csv)]).await.text.replace("<!>", "");
        assert!(seen.contains("Import 1 of 3 lines") && seen.contains("There is no department nowhere."), "{seen}");
        assert!(seen.contains("cpi stands in the file before."), "{seen}");
        editor.get("/admin/datasets/cpi").await.must_be(404);
        let done = editor.submit("/rpc/imports/carry-out", page, &[("csv", csv)]).await.text;
        assert!(done.contains("Made: 1. Changed: 0. As they were: 0. Refused: 2."), "{done}");
        assert!(editor.get("/admin/datasets/cpi").await.must_be(200).text.contains("Prices"));
        let again = "id,title\ncpi,Prices of things\n";
        let seen = editor.submit("/rpc/imports/rehearse", page, &[("csv", again)]).await.text;
        assert!(seen.contains("Changes: title"), "{seen}");
        site.public().get("/datasets/cpi").await.must_be(404);
    }

    async fn an_import_speaks_of_every_field_of_a_dataset_and_of_its_version(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        site.account("reviewer@example.org", &[Role::Reviewer]).await;
        let api = site.service("editor", &[Role::Editor]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let page = "/admin/imports";
        let shown = editor.get(page).await.must_be(200).text;
        assert!(shown.contains("related_datasets") && shown.contains("href=\"/admin/imports.csv\""), "{shown}");
        let example = editor.get("/admin/imports.csv").await.must_be(200);
        assert!(example.header("content-disposition").contains("import-example.csv"), "{example:?}");
        site.public().get("/admin/imports.csv").await.must_be(303);
        Browser::signed_in(&site, "reviewer@example.org").await.get("/admin/imports.csv").await.must_be(403);

        // The example as it comes, in the department and under the topic of this site.
        let csv = example.text.replace("-let,environment,", "-let,economy,").replace("councils,environment,", "councils,output,");
        let seen = editor.submit("/rpc/imports/rehearse", page, &[("csv", &csv)]).await.text.replace("<!>", "");
        assert!(seen.contains("Import 1 of 1 lines") && seen.contains("Is made"), "{seen}");
        let done = editor.submit("/rpc/imports/carry-out", page, &[("csv", &csv)]).await.text;
        assert!(done.contains("Made: 1. Changed: 0. As they were: 0. Refused: 0."), "{done}");
        let dataset = api.get("/datasets/allotments-let").await.must_be(200).json();
        for (at, value) in [
            ("/related_datasets/1/href", "https://example.org/land-use"),
            ("/is_based_on/@type", "dataset"),
            ("/publisher_url", "https://example.org/land"),
            ("/publisher_type", "Government department"),
            ("/contacts/1/email", "press@example.org"),
            ("/qmi/description", "How councils are asked."),
            ("/attribution", "Source: Land statistics"),
        ] {
            assert_eq!(dataset.pointer(at), Some(&json!(value)), "{at}");
        }
        let at = "/datasets/allotments-let/editions/2026/versions/1";
        let version = api.get(at).await.must_be(200).json();
        assert_eq!((&version["lowest_geography"], &version["temporal"][1]["start_date"]), (&json!("ltla"), &json!("2024-01")));
        assert!(version["release_date"].as_str().unwrap().starts_with("2026-11-23"), "{version}");
        let again = editor.submit("/rpc/imports/carry-out", page, &[("csv", &csv)]).await.text;
        assert!(again.contains("Made: 0. Changed: 0. As they were: 1. Refused: 0."), "{again}");

        let finer = "id,edition,lowest_geography\nallotments-let,2026,lsoa\n";
        let seen = editor.submit("/rpc/imports/rehearse", page, &[("csv", finer)]).await.text;
        assert!(seen.contains("Changes: lowest_geography"), "{seen}");
        assert_eq!(api.get(at).await.json()["lowest_geography"], "ltla", "a rehearsal changes nothing");
        editor.submit("/rpc/imports/carry-out", page, &[("csv", finer)]).await.must_be(200);
        assert_eq!(api.get(at).await.json()["lowest_geography"], "lsoa");

        // A version that cannot be begun leaves the dataset as the line says.
        api.post("/datasets/allotments-let/editions", json!({"edition": "run", "title": "2027"})).await.must_be(201);
        let taken = "id,survey,edition,release_date,lowest_geography\nallotments-let,Land survey,2027,2027-11-23,oa\n";
        let told = editor.submit("/rpc/imports/carry-out", page, &[("csv", taken)]).await.text;
        for part in ["Done without its version", "The edition run has this title already.", "Refused: 1."] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert_eq!(api.get("/datasets/allotments-let").await.json()["survey"], "Land survey");
    }

    async fn an_import_tells_everything_that_is_wrong_by_line_and_column(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let csv = "id,department,title,topics,publisher_url,quality_designation,related_datasets,is_based_on_type,edition,release_date,temporal\n\
                   cpi,nowhere,,none,office,splendid,Parks | ftp://x,dataset,A b,soon,2026/2025\n\
                   rpi,economy\n\
                   gdp,economy,Output,output,,,,,,,\n\
                   rpi,economy,Prices,output,,,,,,,\n\
                   new,economy,Prices,output,,,,,,,\n";
        let seen = editor.submit("/rpc/imports/rehearse", "/admin/imports", &[("csv", csv)]).await.text.replace("<!>", "");
        for part in [
            "department: There is no department nowhere.",
            "title: This is needed.",
            "id: The word new cannot be an id",
            "topics: There is no topic none.",
            "publisher_url: Give an address",
            "quality_designation: There is no quality designation splendid.",
            "related_datasets, 1, href: Give an address",
            "is_based_on_id: This is needed.",
            "edition: Say to which edition this belongs.",
            "release_date: Give the release date as a date",
            "temporal, 1, end_date: This lies before the start.",
            "The line has 2 cells, and there are 11 columns.",
            // What cannot be read has not spoken of its dataset, so that another line may.
            "Import 2 of 5 lines",
        ] {
            assert!(seen.contains(part), "{part}: {seen}");
        }
        assert!(!seen.contains("stands in the file before"), "{seen}");
        assert!([2, 3, 4, 5].iter().all(|line| seen.contains(&format!("<td class=\"num\">{line}</td>"))), "{seen}");

        // One reason for the number of topics, and one for each of them.
        let topics = (0..30).map(|number| format!("none-{number}")).collect::<Vec<_>>().join(";");
        let csv = format!("id,department,title,topics\ncpi,economy,Prices,{topics}\n");
        let seen = editor.submit("/rpc/imports/rehearse", "/admin/imports", &[("csv", csv.as_str())]).await.text.replace("<!>", "");
        assert_eq!(seen.matches("There is no topic none-").count(), 19, "{seen}");
        assert!(seen.contains("And 11 more."), "{seen}");
    }

    async fn an_import_takes_the_files_that_its_lines_name(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let csv = "id,department,title,edition,release_date,file\ncpi,economy,Prices,2026,2026-12-01,cpi.csv\ngdp,economy,Output,2026,,gdp.csv\n";
        let send = async |cookie: String, step: &'static str, csv: &'static str| {
            let table = |name: &'static str| reqwest::multipart::Part::bytes(TABLE.to_vec()).file_name(name);
            let form = reqwest::multipart::Form::new().text("step", step).text("csv", csv);
            let form = form.part("files", table("cpi.csv")).part("files", table("spare.csv"));
            let public = site.public();
            let request = public.request(reqwest::Method::POST, "/rpc/imports/files").header("cookie", cookie);
            let request = request.header("sec-fetch-site", "same-origin").header("accept", "text/html").multipart(form);
            public.send(request).await.must_be(303)
        };
        send(editor.cookie(), "rehearse", csv).await;
        let seen = editor.get("/admin/imports").await.must_be(200).text.replace("<!>", "");
        assert!(seen.contains("The file gdp.csv was not sent.") && seen.contains("Import 1 of 2 lines"), "{seen}");
        assert!(seen.contains("No line names these files, so they are left out: spare.csv."), "{seen}");
        assert!(seen.contains("Choose the same files again"), "{seen}");
        editor.get("/admin/datasets/cpi").await.must_be(404);
        send(editor.cookie(), "carry-out", csv).await;
        let done = editor.get("/admin/imports").await.must_be(200).text.replace("<!>", "");
        assert!(done.contains("Made: 1. Changed: 0. As they were: 0. Refused: 1."), "{done}");
        let version = editor.get("/admin/datasets/cpi/editions/2026/versions/1").await.must_be(200).text;
        assert!(version.contains("cpi.csv") && version.contains("2026-12-01"), "{version}");
        editor.get("/admin/datasets/gdp").await.must_be(404);
        // The same once more: the file is there already, which is told; the dataset stays as it is.
        send(editor.cookie(), "carry-out", csv).await;
        let again = editor.get("/admin/imports").await.must_be(200).text.replace("<!>", "");
        assert!(again.contains("The dataset is as the line says; cpi.csv was not taken."), "{again}");
        assert!(again.contains("Done without its file") && again.contains("href=\"/admin/datasets/cpi\""), "{again}");
        assert!(!again.contains("of the edition 2026 was"), "nothing else of the version changed: {again}");
        // What was saved before the file was refused is told with it.
        let finer = "id,edition,lowest_geography,file\ncpi,2026,ltla,cpi.csv\n";
        send(editor.cookie(), "carry-out", finer).await;
        let told = editor.get("/admin/imports").await.must_be(200).text.replace("<!>", "");
        assert!(told.contains("Version 1 of the edition 2026 was changed: lowest_geography."), "{told}");
        assert!(told.contains("Done without its file"), "{told}");
    }
}

/// Takes a release one step; the page that follows.
async fn submit(browser: &mut Browser, step: &str, page: &str, fields: &[(&'static str, String)]) -> String {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.submit(&format!("/rpc/releases/{step}"), page, &fields).await.text
}
