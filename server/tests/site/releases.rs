//! The release calendar: nothing of a release before it is announced, nothing of its datasets before the instant, and a
//! public reason for every promise that is not kept.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::large::multiply_people;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

async fn patch(caller: &Caller, id: &str, body: Value) -> Answer {
    let path = format!("/v1/releases/{id}");
    let tag = caller.get(&path).await.must_be(200).header("etag");
    caller.send(caller.request(Method::PATCH, &path).header("if-match", tag).json(&body)).await
}

fn field(answer: &Answer) -> (String, String) {
    let field = &answer.json()["error"]["details"]["fields"][0];
    (field["field"].as_str().unwrap_or("").to_owned(), field["code"].as_str().unwrap_or("").to_owned())
}

/// A release in an hour, announced and confirmed.
async fn confirmed(site: &Site, editor: &Caller, approver: &Caller, id: &str, bundle: Option<&str>) -> DateTime<Utc> {
    let at = site.now() + TimeDelta::hours(1);
    let body = json!({"id": id, "title": "The figures", "release_date": iso(at), "bundle_id": bundle});
    editor.post("/v1/releases", body).await.must_be(201);
    editor.put(&format!("/v1/releases/{id}/announce")).await.must_be(200);
    approver.put(&format!("/v1/releases/{id}/confirm")).await.must_be(200);
    at
}

on_both_databases! {
    async fn nothing_shows_before_it_is_announced(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let public = site.public();
        let made = editor.post("/v1/releases", json!({"title": "Unguessable figures", "release_month": "2026-12"})).await.must_be(201);
        assert_eq!(made.header("location"), "/v1/releases/unguessable-figures");
        assert_eq!(made.json()["state"], "draft");
        let hidden = public.get("/v1/releases/unguessable-figures").await.must_be(404);
        let missing = public.get("/v1/releases/unguessable-nothings").await.must_be(404);
        assert_eq!(hidden.json()["error"]["message"], missing.json()["error"]["message"]);
        for path in ["/v1/releases", "/releases", "/cy/releases", "/releases.ics", "/v1/releases?q=unguessable", "/releases?view=published"] {
            let text = public.get(path).await.must_be(200).text;
            assert!(!text.contains("Unguessable"), "{path}");
        }
        public.get("/releases/unguessable-figures").await.must_be(404);
        assert_eq!(editor.get("/v1/releases?state=draft").await.must_be(200).json()["total_count"], 1);
        let home = site.services.memory.revision(&site.services.db).await.unwrap();
        editor.put("/v1/releases/unguessable-figures/announce").await.must_be(200);
        assert!(site.services.memory.revision(&site.services.db).await.unwrap() > home, "remembered answers follow");
        for path in ["/v1/releases", "/releases", "/v1/releases/unguessable-figures", "/releases/unguessable-figures"] {
            assert!(public.get(path).await.must_be(200).text.contains("Unguessable"), "{path}");
        }
        let page = public.get("/releases/unguessable-figures").await.text;
        assert!(page.contains("December 2026") && page.contains("Provisional") && page.contains("rel=\"canonical\""), "{page}");
        assert!(public.get("/cy/releases/unguessable-figures").await.text.contains("Rhagfyr 2026"));
    }

    async fn who_may_not_see_a_bundle_cannot_unlink_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.department("elsewhere").await;
        let grant = Grant { departments: vec!["elsewhere".into()], ..Grant::of(Role::Editor) };
        let limited = site.service_with("limited", &[grant], false).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "Hidden bundle", &[("gdp", "1")]).await;
        let body = json!({"id": "figures", "title": "Figures", "department": "elsewhere", "release_month": "2026-12", "bundle_id": bundle});
        editor.post("/v1/releases", body).await.must_be(201);
        assert!(limited.get("/v1/releases/figures").await.must_be(200).json()["bundle_id"].is_null());
        let mended = patch(&limited, "figures", json!({"title": "The figures", "bundle_id": null})).await.must_be(200);
        assert!(mended.json()["bundle_id"].is_null() && !mended.text.contains(&bundle), "{}", mended.text);
        let seen = editor.get("/v1/releases/figures").await.json();
        assert_eq!((&seen["title"], &seen["bundle_id"]), (&json!("The figures"), &json!(bundle)));

        // Nor can they put another in its place, or learn by trying which it is and for when.
        let own = limited.post("/bundles", json!({"title": "Own", "type": "scheduled"})).await.must_be(201).json()["id"].clone();
        let refused = patch(&limited, "figures", json!({"bundle_id": own})).await.must_be(409);
        assert_eq!(refused.json()["error"]["details"]["reasons"][0]["code"], "taken", "{}", refused.text);
        let (real, none) = (patch(&limited, "figures", json!({"bundle_id": bundle})).await.must_be(422), patch(&limited, "figures", json!({"bundle_id": "none"})).await.must_be(422));
        assert_eq!(field(&real), field(&none));
        let at = site.now() + TimeDelta::days(2);
        approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": iso(at)})).await.must_be(200);
        let refused = patch(&limited, "figures", json!({"release_date": null, "release_month": "2026-12"})).await.must_be(409);
        assert_eq!(refused.json()["error"]["details"]["reasons"][0]["code"], "taken", "{}", refused.text);
        let told = domain::uk_time::date_time(at);
        assert!(!refused.text.contains(&bundle) && !refused.text.contains(&told), "{}", refused.text);
        let full = patch(&editor, "figures", json!({"release_date": null, "release_month": "2026-12"})).await.must_be(409);
        assert!(full.text.contains(&bundle) && full.text.contains(&told), "{}", full.text);
        assert_eq!(editor.get("/v1/releases/figures").await.json()["bundle_id"], json!(bundle));
    }

    async fn an_announced_release_tells_nothing_of_its_bundle_before_the_instant(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let public = site.public();
        approved_version(&editor, &approver, "gdp", "Secret dataset").await;
        let bundle = approved_bundle(&editor, &approver, "Secret bundle", &[("gdp", "1")]).await;
        let at = confirmed(&site, &editor, &approver, "figures", Some(&bundle)).await;
        let before = public.get("/v1/releases/figures").await.must_be(200);
        approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": iso(at)})).await.must_be(200);
        let after = public.get("/v1/releases/figures").await.must_be(200);
        assert_eq!((before.text, before.headers["etag"].clone()), (after.text, after.headers["etag"].clone()));
        for path in ["/v1/releases", "/v1/releases/figures", "/releases", "/releases/figures", "/releases.ics"] {
            let text = public.get(path).await.must_be(200).text;
            assert!(!text.contains("Secret") && !text.contains("gdp") && !text.contains(&bundle), "{path} {text}");
            assert!(!text.contains("desk@example.org"), "{path} {text}");
        }
        assert_eq!(editor.get("/v1/releases/figures").await.json()["bundle_id"], json!(bundle));
        let ics = public.get("/releases.ics").await;
        assert!(ics.header("content-type").starts_with("text/calendar") && ics.text.contains("SUMMARY:The figures"), "{}", ics.text);

        site.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
        site.run_tasks().await;
        assert_eq!(public.get("/v1/releases/figures").await.json()["state"], "confirmed");
        site.advance(TimeDelta::microseconds(1));
        site.run_tasks().await;
        let release = public.get("/v1/releases/figures").await.must_be(200).json();
        assert_eq!((&release["state"], &release["datasets"][0]["dataset_id"]), (&json!("published"), &json!("gdp")));
        assert!(release["bundle_id"].is_null());
        let page = public.get("/releases/figures").await.must_be(200).text;
        assert!(page.contains("/catalogue/gdp/editions/time-series/versions/1") && page.contains("Secret dataset"), "{page}");
        // No date stands before it, so that it has the place of one.
        assert!(page.contains("Edition Time series, version 1") && page.contains("ledger__row--plain"), "{page}");
        assert_eq!(page.matches("href=\"mailto:desk@example.org\"").count(), 1, "{page}");
        let events = persistence::events::of_resource(site.services.db.pool(), "release", "figures", domain::page::Paging::WHOLE);
        let types: Vec<String> = events.await.unwrap().items.into_iter().map(|e| e.event_type).collect();
        assert_eq!(types, ["created", "announced", "confirmed", "published"]);
    }

    async fn a_confirmed_date_changes_with_a_public_reason_only(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let public = site.public();
        let at = confirmed(&site, &editor, &approver, "figures", None).await;
        let later = iso(at + TimeDelta::days(1));
        let refused = patch(&approver, "figures", json!({"release_date": later})).await.must_be(422);
        assert_eq!(field(&refused), ("reason".into(), "required".into()));
        assert_eq!(field(&patch(&approver, "figures", json!({"reason": "why"})).await.must_be(422)).1, "date_unchanged");
        patch(&editor, "figures", json!({"release_date": later, "reason": "why"})).await.must_be(403);
        patch(&approver, "figures", json!({"title": "Other words"})).await.must_be(403);
        let vague = patch(&approver, "figures", json!({"release_month": "2027-01", "reason": "why"})).await.must_be(422);
        assert_eq!(field(&vague), ("release_date".into(), "required".into()));
        assert_eq!(public.get("/v1/releases/figures").await.json()["release_date"], json!(iso(at)));

        let body = json!({"release_date": later, "reason": "More checks are needed.", "reason_cy": "Mae angen mwy o wiriadau."});
        patch(&approver, "figures", body).await.must_be(200);
        let release = public.get("/v1/releases/figures").await.json();
        let change = &release["changes"][0];
        assert_eq!((&change["kind"], &change["previous_date"], &change["release_date"]), (&json!("date_changed"), &json!(iso(at)), &json!(later)));
        assert!(public.get("/releases/figures").await.text.contains("More checks are needed."));
        assert!(public.get("/cy/releases/figures").await.text.contains("Mae angen mwy o wiriadau."));

        for step in ["postpone", "cancel"] {
            let path = format!("/v1/releases/figures/{step}");
            assert_eq!(field(&approver.put(&path).await.must_be(422)), ("reason".into(), "required".into()));
            editor.put_json(&path, json!({"reason": "x"})).await.must_be(403);
        }
        let postponed = approver.put_json("/v1/releases/figures/postpone", json!({"reason": "A fault was found."})).await.must_be(200).json();
        assert_eq!((&postponed["state"], &postponed["release_date"]), (&json!("postponed"), &Value::Null));
        approver.put_json("/v1/releases/figures/cancel", json!({"reason": "It will not come."})).await.must_be(200);
        assert_eq!(approver.put("/v1/releases/figures/confirm").await.must_be(422).code(), "VALIDATION_ERROR");
        let again = approver.put_json("/v1/releases/figures/confirm", json!({"release_date": later, "reason": "x"})).await;
        assert_eq!(again.must_be(409).code(), "INVALID_STATE_TRANSITION");
        let page = public.get("/releases/figures").await.text;
        assert!(page.contains("It will not come.") && page.contains("A fault was found."));
        assert!(public.get("/releases?view=cancelled").await.text.contains("The figures"));
        assert!(!public.get("/releases").await.text.contains("The figures"));
    }

    async fn a_month_shows_each_release_on_its_day_and_none_before_it_is_announced(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let public = site.public();
        let at = confirmed(&site, &editor, &approver, "figures", None).await;
        let (day, month) = (domain::uk_time::day(at), domain::month::Month::of(at));
        let body = |title: &str| json!({"title": title, "release_month": month.address()});
        editor.post("/v1/releases", json!({"title": "Unguessable figures", "release_date": iso(at)})).await.must_be(201);
        editor.post("/v1/releases", body("Unguessable other figures")).await.must_be(201);
        editor.post("/v1/releases", body("Some day")).await.must_be(201);
        editor.put("/v1/releases/some-day/announce").await.must_be(200);
        let shown = async |path: &str| public.get(path).await.must_be(200).text;

        let page = shown("/releases?view=month").await;
        let cell = page.split(&format!("datetime=\"{day}\"")).nth(1).unwrap().split("</td>").next().unwrap();
        assert!(cell.contains("href=\"/releases/figures\"") && cell.contains("Today") && cell.contains("Confirmed"), "{cell}");
        assert_eq!(page.matches("href=\"/releases/figures\"").count(), 2, "in the grid and in the agenda: {page}");
        assert!(page.contains("November 2026, day to be confirmed") && page.contains("Some day"), "{page}");
        assert!(page.contains("month=2026-10") && page.contains("month=2026-12"), "{page}");
        let welsh = shown("/cy/releases?view=month&month=2026-11").await;
        for words in ["Tachwedd 2026", ">Mercher</th>", "Heddiw", "href=\"/cy/releases/figures\""] {
            assert!(welsh.contains(words), "{words} is missing in {welsh}");
        }
        let list = shown("/releases").await;
        assert!(list.contains("Wednesday 18 November 2026") && list.contains("days__title"), "{list}");
        for path in ["/releases?view=month", "/releases?view=month&state=draft", "/releases?view=month&q=unguessable", "/releases.ics?view=month"] {
            assert!(!shown(path).await.contains("Unguessable"), "{path}");
        }
        assert!(shown("/releases.ics?view=month&month=2026-11").await.contains("The figures"));
        assert!(!shown("/releases.ics?view=month&month=2027-03").await.contains("The figures"));

        approver.put_json("/v1/releases/figures/cancel", json!({"reason": "It will not come."})).await.must_be(200);
        let cancelled = shown("/releases?view=month&state=cancelled").await;
        assert!(cancelled.contains("The figures") && !cancelled.contains("Some day"), "{cancelled}");
        assert!(!shown("/releases?view=month&state=confirmed").await.contains("The figures"));
        let empty = shown("/releases?view=month&month=2027-03").await;
        assert!(empty.contains("No releases in this month match") && empty.contains("This month"), "{empty}");
    }

    async fn topics_are_told_of_what_is_published_alone_and_a_month_tells_when_it_came(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let public = site.public();
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        let told = site.now() + TimeDelta::days(40);
        let body = json!({"id": "figures", "title": "The figures", "release_date": iso(told), "bundle_id": bundle});
        editor.post("/v1/releases", body).await.must_be(201);
        editor.put("/v1/releases/figures/announce").await.must_be(200);
        let shows = async |path: &str| public.get(path).await.must_be(200).text.contains("The figures");
        for view in ["upcoming", "month&month=2026-12"] {
            for topic in ["output", "nothing"] {
                assert!(shows(&format!("/releases?view={view}&topic={topic}")).await, "nothing is told of its topics: {view}");
            }
        }
        assert!(!shows("/releases?view=published&topic=output").await);

        // By hand, long before it was told.
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        for path in ["/releases?view=published&topic=output", "/releases.ics?view=published&topic=output", "/releases.atom?view=published&topic=output", "/releases?view=month"] {
            assert!(shows(path).await, "{path}");
        }
        for path in ["/releases?view=published&topic=nothing", "/releases.ics?view=published&topic=nothing", "/releases?view=month&month=2026-12"] {
            assert!(!shows(path).await, "{path}");
        }
    }

    async fn a_release_with_an_exact_date_goes_into_a_calendar_of_its_own(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let public = site.public();
        let at = confirmed(&site, &editor, &approver, "figures", None).await;
        let own = "/releases/figures/calendar.ics";
        let page = public.get("/releases/figures").await.must_be(200).text;
        assert!(page.contains(&format!("href=\"{own}\"")) && page.contains("Add to your calendar"), "{page}");
        let file = public.get(own).await.must_be(200);
        assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
        assert_eq!(file.text.matches("BEGIN:VEVENT").count(), 1, "{}", file.text);
        let (begins, ends) = (at.format("DTSTART:%Y%m%dT%H%M%SZ"), (at + TimeDelta::minutes(30)).format("DTEND:%Y%m%dT%H%M%SZ"));
        assert!(file.text.contains(&begins.to_string()) && file.text.contains(&ends.to_string()), "{}", file.text);
        let again = public.request(Method::GET, own).header("if-none-match", file.header("etag"));
        public.send(again).await.must_be(304);
        let welsh = public.get("/cy/releases/figures/calendar.ics").await.must_be(200).text;
        assert!(welsh.contains("/cy/releases/figures") && public.get("/cy/releases/figures").await.text.contains("/cy/releases/figures/calendar.ics"), "{welsh}");

        // What is hidden, unknown, or of no exact date has none.
        editor.post("/v1/releases", json!({"id": "hidden", "title": "Hidden", "release_date": iso(at)})).await.must_be(201);
        editor.post("/v1/releases", json!({"id": "some-day", "title": "Some day", "release_month": "2026-12"})).await.must_be(201);
        editor.put("/v1/releases/some-day/announce").await.must_be(200);
        for id in ["hidden", "nothing", "some-day"] {
            public.get(&format!("/releases/{id}/calendar.ics")).await.must_be(404);
        }
        assert!(!public.get("/releases/some-day").await.must_be(200).text.contains("calendar.ics"));
        approver.put_json("/v1/releases/figures/cancel", json!({"reason": "It will not come."})).await.must_be(200);
        assert!(public.get(own).await.must_be(200).text.contains("STATUS:CANCELLED"), "who has it is told");
        assert!(!public.get("/releases/figures").await.text.contains("calendar.ics"));
    }

    async fn a_feed_tells_dates_reasons_and_what_became_of_a_release(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let public = site.public();
        let feed = async |path: &str| public.get(path).await.must_be(200).text;
        let at = confirmed(&site, &editor, &approver, "figures", None).await;
        let (before, after) = (domain::uk_time::date_time(at), domain::uk_time::date_time(at + TimeDelta::days(1)));
        assert!(feed("/releases.atom").await.contains(&format!("<summary>Release date: {before}.</summary>")));
        site.advance(TimeDelta::minutes(1));
        let body = json!({"release_date": iso(at + TimeDelta::days(1)), "reason": "More checks are needed.", "reason_cy": "Mae angen mwy o wiriadau."});
        patch(&approver, "figures", body).await.must_be(200);
        let told = format!("Release date: {after}. Date changed from {before} to {after}. More checks are needed.");
        for path in ["/releases.atom", "/releases.rss", "/releases.atom?state=confirmed", "/releases.atom?month=2026-11"] {
            assert!(feed(path).await.contains(&told), "{path}");
        }
        assert!(feed("/releases.atom").await.contains(&format!("<updated>{}</updated>", site.now().to_rfc3339())));
        assert!(feed("/cy/releases.rss").await.contains("Mae angen mwy o wiriadau."));

        // What has no date any more is told, and so is what was called off or came, for four weeks.
        approver.put_json("/v1/releases/figures/postpone", json!({"reason": "A fault was found."})).await.must_be(200);
        let text = feed("/releases.atom").await;
        assert!(text.contains("A fault was found.") && text.contains("Date to be confirmed"), "{text}");
        approver.put_json("/v1/releases/figures/cancel", json!({"reason": "It will not come."})).await.must_be(200);
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        let body = json!({"id": "early", "title": "Early", "release_date": iso(site.now() + TimeDelta::days(40)), "bundle_id": bundle});
        editor.post("/v1/releases", body).await.must_be(201);
        editor.put("/v1/releases/early/announce").await.must_be(200);
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let text = feed("/releases.atom").await;
        assert_eq!(text.matches("<entry>").count(), 2, "{text}");
        assert!(text.contains("It will not come.") && text.contains("<summary>Published 18 November 2026"), "{text}");
        assert!(!feed("/releases.atom?state=provisional").await.contains("<entry>"));
        site.advance(TimeDelta::weeks(4) + TimeDelta::minutes(1));
        assert!(!feed("/releases.atom").await.contains("<entry>"));
        for (view, id) in [("cancelled", "figures"), ("published", "early")] {
            assert!(feed(&format!("/releases.atom?view={view}")).await.contains(&format!("/releases/{id}\"/>")), "{view}");
        }
    }

    async fn what_was_told_last_comes_first_in_a_feed_that_leads_on_to_all(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let public = site.public();
        editor.post("/v1/releases", json!({"id": "template", "title": "Soon", "release_month": "2026-12"})).await.must_be(201);
        editor.put("/v1/releases/template/announce").await.must_be(200);
        multiply_people(&site.services.db, 60).await.unwrap();
        site.advance(TimeDelta::minutes(1));
        editor.post("/v1/releases", json!({"id": "late", "title": "Late", "release_month": "2028-12"})).await.must_be(201);
        editor.put("/v1/releases/late/announce").await.must_be(200);
        let feed = async |path: &str| public.get(path).await.must_be(200).text;
        let first = feed("/releases.atom").await;
        let newest = first.split("<entry>").nth(1).unwrap();
        assert!(newest.contains("/releases/late\"/>"), "announced last, though it comes last: {newest}");
        assert_eq!(first.matches("<entry>").count(), 50);
        assert!(first.contains(&format!("rel=\"next\" type=\"application/atom+xml\" href=\"{}/releases.atom?page=2\"", site.url)));
        let second = feed("/releases.atom?page=2").await;
        assert_eq!(second.matches("<entry>").count(), 12, "{second}");
        assert!(!second.contains("rel=\"next\"") && !second.contains("/releases/late\"/>"), "{second}");
    }

    async fn the_portal_asks_why_where_a_promised_date_moves(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.account("approver@example.org", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        let at = confirmed(&site, &editor, &approver, "figures", Some(&bundle)).await;
        let mut browser = Browser::signed_in(&site, "approver@example.org").await;
        let page = format!("/admin/bundles/{bundle}");
        let shown = browser.get(&page).await.must_be(200).text;
        assert!(shown.contains("name=\"publication_date\"") && !shown.contains("release_reason"), "nothing has moved yet");
        let revision = shown.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let (day, time) = domain::uk_time::fields(at + TimeDelta::hours(1));
        let mut fields = vec![("id", bundle.as_str()), ("revision", &revision), ("publication_date", &day), ("publication_time", &time)];
        let refused = browser.submit("/rpc/bundles/schedule", &page, &fields).await.must_be(200).text;
        for words in ["id=\"bundles-schedule-release_reason\"", "href=\"#bundles-schedule-release_reason\"", "in words that the public will read"] {
            assert!(refused.contains(words), "{words}: {refused}");
        }
        assert!(refused.contains(&format!("value=\"{day}\"")) && refused.contains(&format!("value=\"{time}\"")), "nothing typed is lost");
        // What was said stays where something else is wrong.
        fields.push(("release_reason", "The printers are late."));
        let past = domain::uk_time::fields(at - TimeDelta::days(2)).0;
        let wrong = [&fields[..2], &[("publication_date", past.as_str())], &fields[3..]].concat();
        let again = browser.submit("/rpc/bundles/schedule", &page, &wrong).await.must_be(200).text;
        assert!(again.contains("The printers are late.</textarea>") && again.contains("There is a problem"), "{again}");
        assert_eq!(approver.get(&format!("/bundles/{bundle}")).await.json()["state"], "approved");
        fields.push(("release_reason_cy", "Mae'r argraffwyr yn hwyr."));
        let done = browser.submit("/rpc/bundles/schedule", &page, &fields).await.must_be(200).text;
        assert!(done.contains("The bundle is scheduled."));
        let change = site.public().get("/v1/releases/figures").await.json()["changes"][0].clone();
        assert_eq!((&change["reason"], &change["reason_cy"]), (&json!("The printers are late."), &json!("Mae'r argraffwyr yn hwyr.")));
    }

    async fn a_bundle_and_its_release_come_at_one_instant(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let public = site.public();
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        let at = confirmed(&site, &editor, &approver, "figures", Some(&bundle)).await;
        let path = format!("/bundles/{bundle}/schedule");
        let later = iso(at + TimeDelta::hours(1));
        let refused = approver.put_json(&path, json!({"publication_date": later})).await.must_be(422);
        assert_eq!(field(&refused), ("release_reason".into(), "required".into()));
        assert_eq!(approver.get(&format!("/bundles/{bundle}")).await.json()["state"], "approved", "nothing changed");
        let told = json!({"publication_date": later, "reason": "for colleagues", "release_reason": "The printers are late."});
        approver.put_json(&path, told).await.must_be(200);
        let release = public.get("/v1/releases/figures").await.json();
        assert_eq!((&release["release_date"], &release["changes"][0]["reason"]), (&json!(later), &json!("The printers are late.")));
        assert!(!public.get("/releases/figures").await.text.contains("for colleagues"));

        // While the bundle is scheduled its instant goes before.
        let blocked = patch(&approver, "figures", json!({"release_date": iso(at + TimeDelta::hours(5)), "reason": "x"})).await.must_be(409);
        assert_eq!(blocked.json()["error"]["details"]["reasons"][0]["code"], "bundle_scheduled");
        for step in ["postpone", "cancel"] {
            approver.put_json(&format!("/v1/releases/figures/{step}"), json!({"reason": "x"})).await.must_be(409);
        }
        approver.delete(&path).await.must_be(200);
        let cancelled = approver.put_json("/v1/releases/figures/cancel", json!({"reason": "x"})).await.must_be(200).json();
        assert!(cancelled["bundle_id"].is_null());

        // A provisional date follows without a word, and a bundle has one release at most.
        let new = |id: &str| json!({"id": id, "title": "Next", "release_month": "2026-11", "bundle_id": bundle});
        editor.post("/v1/releases", new("next")).await.must_be(201);
        editor.post("/v1/releases", new("second")).await.must_be(409);
        editor.put("/v1/releases/next/announce").await.must_be(200);
        approver.put_json(&path, json!({"publication_date": later})).await.must_be(200);
        let next = public.get("/v1/releases/next").await.json();
        assert_eq!((&next["release_date"], &next["state"], &next["changes"]), (&json!(later), &json!("provisional"), &json!([])));
    }

    async fn a_promise_is_broken_by_hand_with_a_public_reason_only(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let public = site.public();
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        let publish = format!("/bundles/{bundle}/publish");
        let told = json!({"reason": "It leaked", "release_reason": "They were seen before.", "release_reason_cy": "Fe'u gwelwyd eisoes."});
        assert_eq!(field(&operator.post(&publish, told.clone()).await.must_be(422)), ("release_reason".into(), "no_release".into()));
        let at = confirmed(&site, &editor, &approver, "figures", Some(&bundle)).await;
        let refused = operator.post(&publish, json!({"reason": "It leaked"})).await.must_be(422);
        assert_eq!(field(&refused), ("release_reason".into(), "required".into()));
        assert!(refused.text.contains(&domain::uk_time::date_time(at)), "{}", refused.text);
        site.run_tasks().await;
        assert_eq!(editor.get(&format!("/bundles/{bundle}")).await.json()["state"], "approved", "nothing changed");

        // Both forms of the portal ask for it, once it is needed.
        let mut browser = Browser::signed_in(&site, "operator@example.org").await;
        let page = format!("/admin/bundles/{bundle}");
        let shown = browser.get(&page).await.must_be(200).text;
        assert!(shown.contains("/rpc/bundles/publish-now") && !shown.contains("release_reason"), "{shown}");
        let revision = shown.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = [("id", bundle.as_str()), ("revision", revision.as_str()), ("reason", "It leaked"), ("title", "GDP"), ("confirmation", "GDP")];
        for (form, page) in [("/rpc/bundles/publish-now", page.as_str()), ("/rpc/operations/run-now", "/ops/queue")] {
            let asked = browser.submit(form, page, &fields).await.must_be(200).text;
            assert!(asked.contains("name=\"release_reason\"") && asked.contains("in words that the public will read"), "{form}: {asked}");
        }

        operator.post(&publish, told).await.must_be(202);
        assert_eq!(public.get("/v1/releases/figures").await.json()["changes"], json!([]), "nothing is said before the publication");
        site.run_tasks().await;
        let release = public.get("/v1/releases/figures").await.must_be(200).json();
        let change = &release["changes"][0];
        assert_eq!((&release["state"], &change["kind"], &change["previous_date"]), (&json!("published"), &json!("date_changed"), &json!(iso(at))));
        assert_eq!((&change["reason"], &change["reason_cy"]), (&json!("They were seen before."), &json!("Fe'u gwelwyd eisoes.")));
        let page = public.get("/releases/figures").await.must_be(200).text;
        assert!(page.contains("They were seen before.") && !page.contains("It leaked"), "{page}");

        // What fails breaks no promise, and the public is told nothing.
        let file = approved_version(&editor, &approver, "cpi", "CPI").await;
        let bundle = approved_bundle(&editor, &approver, "CPI", &[("cpi", "1")]).await;
        confirmed(&site, &editor, &approver, "prices", Some(&bundle)).await;
        site.services.storage.delete(&format!("files/{file}")).await.unwrap();
        let shown = browser.get(&format!("/admin/bundles/{bundle}")).await.must_be(200).text;
        let revision = shown.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = [("id", bundle.as_str()), ("revision", revision.as_str()), ("reason", "It leaked"), ("title", "CPI"), ("release_reason", "It leaked.")];
        let begun = browser.post("/rpc/operations/run-now", "/ops/queue", &fields).await.must_be(303);
        assert_eq!(begun.header("location"), format!("/admin/bundles/{bundle}/publication"));
        site.run_tasks().await;
        assert_eq!(editor.get(&format!("/bundles/{bundle}")).await.json()["state"], "failed");
        let release = public.get("/v1/releases/prices").await.must_be(200).json();
        assert_eq!((&release["state"], &release["changes"]), (&json!("confirmed"), &json!([])));
    }

    async fn drafts_are_deleted_and_announced_releases_are_not(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let public = site.public();
        for body in [json!({"title": ""}), json!({"title": "x", "department": "none"}), json!({"title": "x", "bundle_id": "none"}), json!({"title": "x", "release_date": "2020-01-01T00:00:00Z"}), json!({"title": "x", "release_month": "soon"})] {
            editor.post("/v1/releases", body.clone()).await.must_be(422);
        }
        editor.post("/v1/releases", json!({"title": "x", "colour": "red"})).await.must_be(400);
        public.post("/v1/releases", json!({"title": "x"})).await.must_be(401);
        editor.post("/v1/releases", json!({"id": "one", "title": "One"})).await.must_be(201);
        for (who, status) in [(&editor, 428), (&public, 401)] { who.delete("/v1/releases/one").await.must_be(status); }
        let delete = |tag: String| editor.request(Method::DELETE, "/v1/releases/one").header("if-match", tag);
        let tag = editor.get("/v1/releases/one").await.header("etag");
        editor.put("/v1/releases/one/announce").await.must_be(200);
        editor.send(delete(tag)).await.must_be(412);
        let tag = editor.get("/v1/releases/one").await.header("etag");
        assert_eq!(editor.send(delete(tag)).await.must_be(409).code(), "INVALID_STATE_TRANSITION");
        editor.post("/v1/releases", json!({"id": "two", "title": "Two"})).await.must_be(201);
        let tag = editor.get("/v1/releases/two").await.header("etag");
        editor.send(editor.request(Method::DELETE, "/v1/releases/two").header("if-match", tag)).await.must_be(204);
        assert!(public.get("/v1/releases").await.json()["items"][0]["id"] == "one");
    }
}
