//! The editors' pages of the portal: versions against the one before, the review queue, bundles in their layouts, remarks.

mod asked;
mod corrections;
mod edges;
mod next_steps;
mod nothing_lost;
mod own_pages;
mod pages;
mod remarks;
mod wizard;
mod words;

use chrono::TimeDelta;
use domain::office::PublicationTimes;
use domain::policy::{Grant, Role};
use serde_json::json;
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const VERSION: &str = "/admin/datasets/gdp/editions/time-series/versions/2";
const LATER: &[u8] = b"Year,Value\n2023,101.5\n2024,110\n2025,104\n2026,106.5\n";

struct Desk {
    site: Site,
    editor: Caller,
    approver: Caller,
}

impl Desk {
    async fn start(db: TestDatabase) -> Self {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        site.account("approver@example.org", &[Role::Approver]).await;
        Self { site, editor, approver }
    }

    async fn person(&self, who: &str) -> Caller {
        self.site.signed_in(&format!("{who}@example.org")).await
    }

    async fn browser(&self, who: &str) -> Browser {
        Browser::signed_in(&self.site, &format!("{who}@example.org")).await
    }

    /// An editor of another department, to whom nothing of this one is shown.
    async fn stranger(&self) -> Caller {
        self.site.department("health").await;
        let grants = [Grant { departments: vec!["health".into()], ..Grant::of(Role::Editor) }];
        self.site.person("stranger@example.org", &grants).await.0
    }

    async fn begin(&self, title: &str) -> String {
        let bundle =
            self.editor.post("/bundles", json!({"title": title, "type": "scheduled"})).await.must_be(201).json();
        bundle["id"].as_str().unwrap().to_owned()
    }

    async fn add(&self, bundle: &str, dataset: &str) {
        let body = json!({"dataset_id": dataset, "edition": "time-series", "version": "1"});
        self.editor.post(&format!("/bundles/{bundle}/contents"), body).await.must_be(201);
    }
}

fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} is missing in {text}");
    }
}

fn revision(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    text.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

on_both_databases! {
    async fn a_version_is_shown_against_the_one_before(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        next_table(&desk.editor, &desk.approver, "gdp", LATER).await;
        let person = desk.person("approver").await;
        let page = |tab: &str| format!("{VERSION}{tab}");
        has(&person.get(&page("")).await.must_be(200).text, &["Checks", "the columns are those of the last version", "Nothing is said about what changed since version 1"]);
        let data = person.get(&page("?tab=data")).await.must_be(200).text;
        has(&data, &["Compared with version 1", "Rows that are new", "Revised cells: 1", "103.25", "110", "+6.5%", "Columns of gdp.csv", "dates or periods", ">numbers<", "Different", "Missing"]);
        has(&person.get(&page("?tab=details")).await.must_be(200).text, &["Details that differ", "The details are the same"]);
        has(&person.get(&page("?tab=files")).await.must_be(200).text, &["Files that differ", "Replaced"]);
        has(&person.get(&page("?tab=all")).await.must_be(200).text, &["Checks", "Largest moves", "Columns of gdp.csv", "Files that differ"]);
        has(&person.get(&page("?tab=data&against=7")).await.must_be(200).text, &["There is no such earlier version"]);
        let first = VERSION.replace("/2", "/1");
        has(&person.get(&format!("{first}?tab=data")).await.must_be(200).text, &["This is the first version of its edition"]);
        let stranger = desk.stranger().await;
        for tab in ["", "?tab=data", "?tab=all"] {
            stranger.get(&page(tab)).await.must_be(404);
        }
    }

    async fn a_version_begins_with_what_stays_true(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        let second = json!({"release_date": "2026-12-01T09:30:00Z", "temporal_coverage": "2023 to 2025", "usage_notes": [{"title": "Rounding", "note": "To one decimal."}], "latest_changes": [{"name": "Base", "description": "Rebased.", "type": "revision"}]});
        desk.editor.post(versions, second).await.must_be(201);
        let mut browser = desk.browser("editor").await;
        let dataset = "/admin/datasets/gdp";
        has(&browser.get(dataset).await.must_be(200).text, &["Carry over from version 2"]);
        let fields = [("dataset_id", "gdp"), ("edition", "time-series"), ("release_date", "2027-01-05"), ("carry", "yes")];
        browser.submit("/rpc/versions/create", dataset, &fields).await.must_be(200);
        let third = desk.editor.get(&format!("{versions}/3")).await.must_be(200).json();
        assert_eq!((&third["temporal_coverage"], &third["usage_notes"][0]["title"], &third["latest_changes"]), (&json!("2023 to 2025"), &json!("Rounding"), &json!([])));
        assert!(third["release_date"].as_str().unwrap().starts_with("2027-01-05"));
        browser.submit("/rpc/versions/create", dataset, &fields[..3]).await.must_be(200);
        assert_eq!(desk.editor.get(&format!("{versions}/4")).await.json()["usage_notes"], json!([]));
    }

    async fn what_waits_for_review_is_a_queue(db: TestDatabase) {
        let desk = Desk::start(db).await;
        for id in ["gdp", "cpi", "trade"] {
            approved_version(&desk.editor, &desk.approver, id, id).await;
            desk.approver.send(desk.approver.request(reqwest::Method::PUT, &format!("/datasets/{id}/editions/time-series/versions/1/reopen")).json(&json!({"reason": "Look again."}))).await.must_be(200);
            desk.site.advance(TimeDelta::minutes(5));
        }
        let person = desk.person("approver").await;
        let queue = person.get("/admin/review").await.must_be(200).text;
        has(&queue, &["3 versions", "Begin with the oldest", "gdp", "minutes", "All green", "No bundle waits for review"]);
        let middle = person.get("/admin/datasets/cpi/editions/time-series/versions/1").await.must_be(200).text;
        has(&middle, &["2 of 3 that wait for review", "rel=\"prev\"", "rel=\"next\"", "gdp/time-series/1", "trade/time-series/1"]);
        assert!(!person.get("/admin/review?show=bundles").await.must_be(200).text.contains("waiting-versions"));
        desk.person("editor").await.get("/admin/review").await.must_be(403);
        desk.site.public().get("/admin/review").await.must_be(303);
    }

    async fn what_waits_is_taken_and_approved_together_once_it_was_looked_at(db: TestDatabase) {
        let desk = Desk::start(db).await;
        for id in ["gdp", "cpi"] {
            approved_version(&desk.editor, &desk.approver, id, id).await;
            desk.approver.send(desk.approver.request(reqwest::Method::PUT, &format!("/datasets/{id}/editions/time-series/versions/1/reopen")).json(&json!({"reason": "Look again."}))).await.must_be(200);
            desk.site.advance(TimeDelta::minutes(5));
        }
        desk.site.account("second@example.org", &[Role::Approver]).await;
        let (mut first, mut second) = (desk.browser("approver").await, desk.browser("second").await);
        let queue = "/admin/review";
        let object = [("object", "version/gdp/time-series/1")];
        let taken = first.submit("/rpc/reviews/claim", queue, &object).await.must_be(200).text;
        has(&taken, &["You are reviewing it now", "Give it up", "Take it"]);
        has(&second.get(queue).await.must_be(200).text, &["approver@example.org", "Take it over"]);
        assert!(!second.get("/admin/review?claim=unclaimed").await.text.contains("versions/1\">gdp"));
        has(&first.get("/admin/review?claim=mine").await.text, &["versions/1\">gdp"]);
        let not_mine = second.submit("/rpc/reviews/release", queue, &object).await.text;
        has(&not_mine, &["You are not reviewing this."]);
        desk.browser("editor").await.submit("/rpc/reviews/claim", queue, &object).await.must_be(403);

        let shown = second.get(queue).await.must_be(200).text;
        let sent: Vec<String> =
            shown.split("name=\"chosen[]\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(sent.len(), 2, "{shown}");
        let ticked: Vec<(&str, &str)> = sent.iter().map(|one| ("chosen[]", one.as_str())).collect();
        let unsaid = second.submit("/rpc/reviews/approve-several", queue, &ticked).await.text;
        has(&unsaid, &["Say that you have looked at each of them."]);
        // Somebody's claim keeps nobody from deciding, and only what was opened is decided.
        second.get("/admin/datasets/gdp/editions/time-series/versions/1").await.must_be(200);
        let fields = [ticked.as_slice(), &[("looked", "yes")]].concat();
        let done = second.submit("/rpc/reviews/approve-several", queue, &fields).await.must_be(200).text;
        has(&done, &["1 of 2 versions were approved.", "You have not looked at its figures", "cpi/time-series/1"]);
        let state = desk.editor.get("/datasets/gdp/editions/time-series/versions/1").await.must_be(200).json();
        assert_eq!(state["state"], "approved");
        assert!(!first.get("/admin/review?claim=mine").await.text.contains("/admin/datasets/gdp/"), "a decision ends it");
        let history = desk.site.environment().get("/audit?resource_id=gdp/time-series/1&action=review_claimed").await.must_be(200).json();
        assert_eq!(history["total_count"], 1);
    }

    async fn bundles_have_three_layouts_with_one_set_of_filters(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let january = approved_bundle(&desk.editor, &desk.approver, "January", &[("gdp", "1")]).await;
        desk.begin("February").await;
        let at = desk.site.now() + TimeDelta::days(3);
        desk.approver.put_json(&format!("/bundles/{january}/schedule"), json!({"publication_date": at})).await.must_be(200);
        let person = desk.person("approver").await;
        let ask = async |query: &str| person.get(&format!("/admin/bundles{query}")).await.must_be(200).text;
        let table = ask("").await;
        has(&table, &["January", "February", "2 bundles", "100%", "in 3 d", "Readiness"]);
        let board = ask("?view=board").await;
        has(&board, &["January", "February", "class=\"board\"", "aria-label=\"Bundles by state\""]);
        let month = domain::month::Month::of(at).address();
        let calendar = ask(&format!("?view=calendar&month={month}")).await;
        has(&calendar, &["January", "class=\"month\"", "agenda"]);
        assert!(!calendar.contains(">February<"), "it has no instant: {calendar}");
        has(&ask("?view=calendar&month=2001-01").await, &["January 2001", "Nothing in this month"]);
        let week = ask(&format!("?view=week&week={}", domain::uk_time::day(at))).await;
        has(&week, &["January", "class=\"week\"", "Scheduled, 1 version", "What is due at each instant"]);
        assert!(!week.contains(">February<"), "it has no instant: {week}");
        has(&ask("?view=week&week=2001-01-03").await, &["Week of 1 January 2001", "This week", "week=2001-01-08"]);
        has(&ask("?view=week").await, &["Now, ", "week__day--today"]);
        for (query, january, february) in [
            ("?type=manual", false, false),
            ("?state=created", false, true),
            ("?q=janu&view=board", true, false),
            ("?department=economy", true, false),
            ("?department=none", false, false),
            (&format!("?from={}", at.date_naive()), true, false),
        ] {
            let text = ask(query).await;
            assert_eq!((text.contains(">January<"), text.contains(">February<")), (january, february), "{query}: {text}");
        }
        has(&ask("?from=soon").await, &["A day is written as 2026-11-23"]);
        let stranger = desk.stranger().await;
        for view in ["table", "board", "calendar", "week"] {
            assert!(!stranger.get(&format!("/admin/bundles?view={view}&month={month}")).await.must_be(200).text.contains("January</a>"));
        }
    }

    async fn a_longer_list_of_bundles_takes_no_more_statements(db: TestDatabase) {
        let desk = Desk::start(db).await;
        let at = desk.site.now() + TimeDelta::days(3);
        for id in ["gdp", "cpi", "trade", "rents"] {
            approved_version(&desk.editor, &desk.approver, id, id).await;
            let bundle = approved_bundle(&desk.editor, &desk.approver, &format!("About {id}"), &[(id, "1")]).await;
            desk.approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": at})).await.must_be(200);
        }
        let person = desk.person("approver").await;
        let month = domain::month::Month::of(at).address();
        for layout in ["view=table".to_owned(), "view=board".to_owned(), format!("view=calendar&month={month}")] {
            let mut counts = Vec::new();
            for (q, shown) in [("About+gdp", 1), ("About", 4)] {
                desk.site.record_statements();
                let text = person.get(&format!("/admin/bundles?{layout}&q={q}")).await.must_be(200).text;
                counts.push(desk.site.recorded_statements().len());
                let there = ["gdp", "cpi", "trade", "rents"].iter().filter(|id| text.contains(&format!("About {id}"))).count();
                assert_eq!(there, shown, "{layout}");
            }
            assert!(counts[1] <= counts[0], "{layout}: {counts:?}");
        }
    }

    async fn many_versions_are_added_at_once_or_none(db: TestDatabase) {
        let desk = Desk::start(db).await;
        for id in ["gdp", "cpi", "trade"] {
            approved_version(&desk.editor, &desk.approver, id, id).await;
        }
        let other = desk.begin("Other").await;
        desk.add(&other, "trade").await;
        let bundle = desk.begin("Bundle").await;
        let (page, mut browser) = (format!("/admin/bundles/{bundle}/contents/add"), desk.browser("editor").await);
        let shown = browser.get(&page).await.must_be(200).text;
        has(&shown, &["gdp/time-series/1", "In the bundle Other", "disabled", "Or paste names"]);
        assert!(!browser.get(&format!("{page}?q=cpi")).await.text.contains("gdp/time-series/1"));
        let revision = revision(&shown);
        let base = [("id", bundle.as_str()), ("revision", revision.as_str())];
        let refused = browser.submit("/rpc/bundles/add-contents", &page, &[&base[..], &[("versions[0]", "gdp/time-series/1"), ("pasted", "trade/time-series/1\nnone/at/1")]].concat()).await.text;
        has(&refused, &["There is no version none/at/1", "trade/time-series/1"]);
        has(&browser.submit("/rpc/bundles/add-contents", &page, &[&base[..], &[("pasted", "gdp/time-series/1\ntrade/time-series/1")]].concat()).await.text, &["in the bundle Other already"]);
        assert_eq!(desk.editor.get(&format!("/bundles/{bundle}")).await.json()["item_count"], 0, "all or none");
        let done = browser.submit("/rpc/bundles/add-contents", &page, &[&base[..], &[("versions[0]", "gdp/time-series/1"), ("pasted", "cpi/time-series/1")]].concat()).await.text;
        has(&done, &["2 versions were added."]);
        assert_eq!(desk.editor.get(&format!("/bundles/{bundle}")).await.json()["item_count"], 2);
        has(&browser.submit("/rpc/bundles/add-contents", &page, &[&base[..], &[("pasted", "gdp/time-series/1")]].concat()).await.text, &["You added a version", "So nothing was done."]);
        desk.person("approver").await.get(&page).await.must_be(403);
        desk.stranger().await.get(&page).await.must_be(404);
    }

    async fn a_past_bundle_is_repeated(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let past = approved_bundle(&desk.editor, &desk.approver, "Monthly", &[("gdp", "1")]).await;
        desk.site.environment().post(&format!("/bundles/{past}/publish"), json!({"reason": "a test"})).await.must_be(202);
        desk.site.run_tasks().await;
        next_version(&desk.editor, &desk.approver, "gdp").await;
        let mut browser = desk.browser("editor").await;
        let page = format!("/admin/bundles/new?from={past}");
        has(&browser.get(&page).await.must_be(200).text, &["Repeat a past bundle", "value=\"Monthly\"", "gdp/time-series/2"]);
        let fields = [("template", past.as_str()), ("title", "Monthly"), ("kind", "scheduled")];
        has(&browser.submit("/rpc/bundles/create", &page, &fields).await.must_be(200).text, &["The bundle was created with one version.", "Monthly"]);
        browser.get("/admin/bundles/new?from=none").await.must_be(404);

        // Where what should go in cannot, there is no bundle either.
        let monthly = desk.editor.get("/bundles?state=in_progress").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        let (address, editor) = (format!("/bundles/{monthly}"), &desk.editor);
        let tag = editor.get(&address).await.header("etag");
        editor.send(editor.request(reqwest::Method::DELETE, &address).header("if-match", tag)).await.must_be(204);
        desk.site.database.execute(&format!("CREATE UNIQUE INDEX full_bundle ON bundle_contents (position) WHERE bundle_id <> '{past}'")).await.unwrap();
        approved_version(&desk.editor, &desk.approver, "cpi", "CPI").await;
        approved_bundle(&desk.editor, &desk.approver, "In the way", &[("cpi", "1")]).await;
        browser.submit("/rpc/bundles/create", &page, &fields).await;
        let left = desk.editor.get("/bundles?q=monthly").await.json();
        assert_eq!((left["total_count"].as_u64(), &left["items"][0]["id"]), (Some(1), &json!(past)), "{left}");
    }
}

on_both_databases! {
    async fn people_comment_and_sign_items_off(db: TestDatabase) {
        let desk = Desk::start(db).await;
        for id in ["gdp", "cpi"] {
            approved_version(&desk.editor, &desk.approver, id, id).await;
        }
        let bundle = desk.begin("Bundle").await;
        desk.add(&bundle, "gdp").await;
        desk.add(&bundle, "cpi").await;
        desk.editor.put(&format!("/bundles/{bundle}/submit")).await.must_be(200);
        let items = desk.editor.get(&format!("/bundles/{bundle}/contents")).await.json();
        let item = items["items"][0]["id"].as_str().unwrap().to_owned();
        let comments = format!("/v1/bundles/{bundle}/comments");
        let made = desk.editor.post(&comments, json!({"text": "The title still says 2025.", "item_id": item})).await.must_be(201).json();
        assert_eq!((&made["about"], &made["author"]), (&json!("gdp/time-series/1"), &json!("editor")));
        desk.editor.post(&comments, json!({"text": " "})).await.must_be(422);
        desk.editor.post(&comments, json!({"text": "x", "item_id": "none"})).await.must_be(422);
        let mark = format!("/bundles/{bundle}/contents/{item}/sign-off");
        desk.editor.put(&mark).await.must_be(403);
        desk.approver.put(&mark).await.must_be(200);
        let mut browser = desk.browser("approver").await;
        let page = format!("/admin/bundles/{bundle}/approve");
        let shown = browser.get(&page).await.must_be(200).text;
        has(&shown, &["1 of 2 items signed off", "The title still says 2025.", "A dataset that is new to the public", "Approve what is shown here", "Will be public", "gdp.csv", "Who did what"]);
        let seen = shown.split(&format!("name=\"item_id\" value=\"{item}\"")).nth(1).map(revision).unwrap();
        let mut fields = [("id", bundle.as_str()), ("item_id", item.as_str()), ("revision", "9999")];
        has(&browser.submit("/rpc/bundles/sign-off", &page, &fields).await.text, &["This was changed meanwhile"]);
        let request = desk.approver.request(reqwest::Method::PUT, &mark).header("if-match", "\"r9999\"");
        desk.approver.send(request).await.must_be(412);
        fields[2].1 = &seen;
        has(&browser.submit("/rpc/bundles/sign-off", &page, &fields).await.text, &["You signed it off."]);
        has(&browser.submit("/rpc/bundles/sign-off", &page, &[&fields[..], &[("withdraw", "yes")]].concat()).await.text, &["Your sign-off was taken back."]);
        has(&browser.submit("/rpc/bundles/comment", &page, &[("id", bundle.as_str()), ("text", "Mended <b>now</b>.")]).await.text, &["Your comment was added.", "Mended &lt;b&gt;now&lt;/b&gt;."]);
        let approver = &desk.approver;
        assert_eq!(approver.get(&format!("/bundles/{bundle}/sign-offs")).await.json()["total_count"], 1);
        approver.delete(&mark).await.must_be(204);
        approver.delete(&mark).await.must_be(404);
        let told: Vec<String> = approver.get(&format!("/bundles/{bundle}/timeline?limit=100")).await.json()["items"].as_array().unwrap().iter().map(|e| e["event_type"].as_str().unwrap_or_default().to_owned()).collect();
        for kind in ["commented", "item_signed_off", "sign_off_withdrawn"] {
            assert!(told.iter().any(|event| event == kind), "{kind}: {told:?}");
        }
        let preview = browser.get(&format!("/admin/bundles/{bundle}/preview")).await.must_be(200).text;
        has(&preview, &["Nothing of this is public yet", "1 of 2", "Downloads", "What the economy made", "Next", "Open its page as readers will find it"]);
        has(&preview, &[format!("href=\"/admin/bundles/{bundle}/preview/{item}/page\"").as_str()]);
        let stranger = desk.stranger().await;
        for path in ["", "/approve", "/preview", "/schedule"] {
            stranger.get(&format!("/admin/bundles/{bundle}{path}")).await.must_be(404);
        }
        stranger.post(&comments, json!({"text": "Hello"})).await.must_be(404);
    }

    async fn an_instant_is_found_and_publishing_at_once_is_typed(db: TestDatabase) {
        let desk = Desk::start(db).await;
        for id in ["gdp", "cpi"] {
            approved_version(&desk.editor, &desk.approver, id, id).await;
        }
        let first = approved_bundle(&desk.editor, &desk.approver, "First", &[("gdp", "1")]).await;
        let second = approved_bundle(&desk.editor, &desk.approver, "Second", &[("cpi", "1")]).await;
        let usual = domain::bundle::plan::suggestions(desk.site.now(), &PublicationTimes::default())[0];
        desk.approver.put_json(&format!("/bundles/{first}/schedule"), json!({"publication_date": usual})).await.must_be(200);
        let (day, time) = domain::uk_time::fields(usual);
        let mut browser = desk.browser("approver").await;
        let page = format!("/admin/bundles/{second}/schedule?date={day}&time={time}");
        let shown = browser.get(&page).await.must_be(200).text;
        has(&shown, &["Usual times", "First comes out at the same instant.", "What else comes out in that week", "What to know of", "UK clock"]);
        let free = browser.get(&format!("/admin/bundles/{second}/schedule?date={day}&time=11:00")).await.must_be(200).text;
        has(&free, &["is free: nothing speaks against it", "value=\"11:00:00\""]);
        has(&browser.get(&format!("/admin/bundles/{second}/schedule?date=soon")).await.must_be(200).text, &["Give a date"]);
        let fields = [("id", second.as_str()), ("revision", &revision(&free)), ("publication_date", &day), ("publication_time", "11:00")];
        has(&browser.submit("/rpc/bundles/schedule", &page, &fields).await.text, &["The bundle is scheduled."]);
        desk.site.account("operator@example.org", &[Role::Operator]).await;
        let mut operator = desk.browser("operator").await;
        let page = format!("/admin/bundles/{second}");
        let now = revision(&operator.get(&page).await.must_be(200).text);
        let mut fields = vec![("id", second.as_str()), ("revision", now.as_str()), ("reason", "Asked for."), ("confirmation", "First")];
        has(&operator.submit("/rpc/bundles/publish-now", &page, &fields).await.text, &["exactly, so that the right one is published"]);
        assert_eq!(desk.approver.get(&format!("/bundles/{second}")).await.json()["state"], "scheduled");
        fields[3].1 = "Second";
        has(&operator.submit("/rpc/bundles/publish-now", &page, &fields).await.text, &["Publication has begun."]);
    }

    async fn a_bundle_goes_to_review_once_what_could_be_better_was_looked_at(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = desk.begin("Amber").await;
        desk.add(&bundle, "gdp").await;
        let mut browser = desk.browser("editor").await;
        let page = format!("/admin/bundles/{bundle}");
        let shown = browser.get(&page).await.must_be(200).text;
        has(&shown, &["href=\"#submit\"", "id=\"submit\"", "I have looked at each", "Add a title in Welsh."]);
        let points = shown.split("name=\"acknowledged\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let now = revision(&shown);
        let mut fields = vec![("id", bundle.as_str()), ("revision", now.as_str())];
        let refused = browser.submit("/rpc/bundles/submit", &page, &fields).await.must_be(200).text;
        has(&refused, &["Say that you have looked at each point", "href=\"#bundles-submit-acknowledged\"", "id=\"bundles-submit-acknowledged\""]);
        fields.push(("acknowledged", "99"));
        has(&browser.submit("/rpc/bundles/submit", &page, &fields).await.text, &["are not those you saw"]);
        assert_eq!(desk.editor.get(&format!("/bundles/{bundle}")).await.json()["state"], "in_progress");
        fields[2].1 = points;
        has(&browser.submit("/rpc/bundles/submit", &page, &fields).await.text, &["The bundle was sent for review.", "Looked at and left as it is: "]);

        let mut approver = desk.browser("approver").await;
        let hub = approver.get(&page).await.must_be(200).text;
        has(&hub, &["Look at it and approve"]);
        assert!(!hub.contains("/rpc/bundles/approve"), "nothing is approved unseen: {hub}");
        let narrowed = approver.get(&format!("{page}?event=submitted")).await.must_be(200).text;
        has(&narrowed, &["sent it for approval", "value=\"submitted\" selected"]);
        assert!(hub.contains("added a version") && !narrowed.contains("added a version"), "{narrowed}");
        let all = format!("{page}/approve");
        let shown = approver.get(&all).await.must_be(200).text;
        has(&shown, &["Approve what is shown here", "Readiness"]);
        let now = desk.editor.get(&format!("/bundles/{bundle}")).await.header("etag");
        let now = now.trim_start_matches("\"r").split('-').next().unwrap();
        let fields = [("id", bundle.as_str()), ("revision", now)];
        has(&approver.submit("/rpc/bundles/approve", &all, &fields).await.text, &["The bundle is approved."]);
    }

    async fn an_instant_is_given_up_with_a_reason_and_a_bundle_with_its_title(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&desk.editor, &desk.approver, "Prices", &[("gdp", "1")]).await;
        let usual = domain::bundle::plan::suggestions(desk.site.now(), &PublicationTimes::default());
        desk.approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": usual[0]})).await.must_be(200);
        let mut browser = desk.browser("approver").await;
        let page = format!("/admin/bundles/{bundle}/schedule");
        let shown = browser.get(&page).await.must_be(200).text;
        has(&shown, &["Why the time changes"]);
        let ((day, time), now) = (domain::uk_time::fields(usual[1]), revision(&shown));
        let mut fields = vec![("id", bundle.as_str()), ("revision", now.as_str()), ("publication_date", &day), ("publication_time", &time)];
        let refused = browser.submit("/rpc/bundles/schedule", &page, &fields).await.must_be(200).text;
        has(&refused, &["so that your colleagues know", "href=\"#bundles-schedule-reason\"", &format!("value=\"{day}\"")]);
        fields.push(("reason", "The printers are late."));
        has(&browser.submit("/rpc/bundles/schedule", &page, &fields).await.text, &["The bundle is scheduled."]);
        has(&desk.approver.get(&format!("/bundles/{bundle}/timeline?limit=100")).await.must_be(200).text, &["rescheduled", "The printers are late."]);

        let begun = desk.begin("Begun by mistake").await;
        let page = format!("/admin/bundles/{begun}");
        let mut editor = desk.browser("editor").await;
        let now = revision(&editor.get(&page).await.must_be(200).text);
        let mut fields = vec![("id", begun.as_str()), ("revision", now.as_str()), ("confirmation", "Begun")];
        has(&editor.submit("/rpc/bundles/delete", &page, &fields).await.text, &["exactly, so that the right one is deleted"]);
        desk.editor.get(&format!("/bundles/{begun}")).await.must_be(200);
        fields[2].1 = "Begun by mistake";
        has(&editor.submit("/rpc/bundles/delete", &page, &fields).await.text, &["The bundle was deleted."]);
        desk.editor.get(&format!("/bundles/{begun}")).await.must_be(404);
    }

    async fn many_files_are_sent_without_scripts_and_the_sound_ones_stay(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        desk.editor.post(versions, json!({"release_date": "2026-12-01T09:30:00Z"})).await.must_be(201);
        let mut browser = desk.browser("editor").await;
        let part = |name: &'static str, bytes: &[u8]| reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name);
        let form = reqwest::multipart::Form::new().text("dataset_id", "gdp").text("edition", "time-series").text("version", "2");
        let form = form.part("file", part("first.csv", LATER)).part("file", part("broken.csv", b"Year,Value\n\"2023,1\n"));
        let form = form.part("file", part("odd.exe", b"MZ")).part("file", part("last.csv", LATER));
        let public = desk.site.public();
        let request = public.request(reqwest::Method::POST, "/rpc/files/upload").header("cookie", browser.cookie());
        let request = request.header("sec-fetch-site", "same-origin").header("accept", "text/html").multipart(form);
        public.send(request).await.must_be(303);
        let shown = browser.get(VERSION).await.must_be(200).text;
        has(&shown, &["first.csv and last.csv were uploaded.", "broken.csv: ", "odd.exe: ", "name=\"file\" multiple"]);
        assert_eq!(shown.matches("class=\"upload__name\"").count(), 2, "{shown}");
    }

    async fn a_page_that_cannot_be_shown_gives_its_reference(db: TestDatabase) {
        let desk = Desk::start(db).await;
        let mut browser = desk.browser("editor").await;
        for (page, status, advice) in [("/admin/bundles/none", 404, "Check the address"), ("/admin/users", 403, "Ask an administrator for it.")] {
            let answer = browser.get(page).await.must_be(status);
            let reference = answer.header("x-request-id");
            assert_eq!(reference.len(), 32, "{page}");
            has(&answer.text, &["give the reference", &reference, advice]);
        }
    }

    async fn a_conflict_shows_mine_and_theirs_field_by_field(db: TestDatabase) {
        let desk = Desk::start(db).await;
        let bundle = desk.begin("Ours").await;
        let mut browser = desk.browser("editor").await;
        let page = format!("/admin/bundles/{bundle}");
        let before = revision(&browser.get(&page).await.must_be(200).text);
        desk.editor.change(reqwest::Method::PATCH, &format!("/bundles/{bundle}"), json!({"title": "Theirs"})).await.must_be(200);
        let mut fields = vec![("id", bundle.as_str()), ("revision", before.as_str()), ("title", "Mine"), ("description", ""), ("kind", "scheduled")];
        let shown = browser.submit("/rpc/bundles/edit", &page, &fields).await.text;
        has(&shown, &["editor edited the details at", "What you typed is kept below", "href=\"#bundles-edit-title\"", "value=\"Mine\"", "Saved meanwhile: ", ">Theirs</span>"]);
        let now = revision(&shown);
        fields[1].1 = &now;
        browser.submit("/rpc/bundles/edit", &page, &fields).await;
        assert_eq!(desk.editor.get(&format!("/bundles/{bundle}")).await.json()["title"], "Mine");
    }
}
