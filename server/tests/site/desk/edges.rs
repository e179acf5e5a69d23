//! Where pages of the desk meet their edges: after an instant, in another week, behind a long history, and with fewer rows than
//! were typed.

use domain::actor::Actor;
use domain::event::Event;
use domain::page::MAX_LIMIT;

use super::*;

/// A record that changes a bundle for this reason.
fn edited(bundle: &str, n: u32, at: chrono::DateTime<chrono::Utc>) -> Event {
    Event {
        id: format!("edit-{n}"),
        event_type: "edited".to_owned(),
        resource_type: "bundle".to_owned(),
        resource_id: bundle.to_owned(),
        actor: Actor::system("test"),
        from_state: None,
        to_state: None,
        reason: Some(format!("Edit {n}")),
        timestamp: at,
        details: json!({}),
        before: None,
        after: None,
        bundle_id: Some(bundle.to_owned()),
        via: None,
        client: None,
        trace_id: "request".to_owned(),
    }
}

on_both_databases! {
    async fn what_is_overdue_says_since_when_and_is_not_waited_for(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let bundle = approved_bundle(&desk.editor, &desk.approver, "Prices", &[("gdp", "1")]).await;
        let at = desk.site.now() + TimeDelta::minutes(10);
        desk.approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": at})).await.must_be(200);
        let person = desk.person("approver").await;
        let pages = ["/admin".to_owned(), format!("/admin/bundles/{bundle}"), format!("/admin/bundles/{bundle}/schedule")];
        for (minutes, waits) in [(0, true), (10, true), (1, false)] {
            desk.site.advance(TimeDelta::minutes(minutes));
            for page in &pages {
                let text = person.get(page).await.must_be(200).text;
                assert_eq!((text.contains("role=\"timer\""), text.contains("Due since")), (waits, !waits), "{page}: {text}");
            }
        }
    }

    async fn another_week_is_looked_at_without_an_instant(db: TestDatabase) {
        let desk = Desk::start(db).await;
        for id in ["gdp", "cpi"] {
            approved_version(&desk.editor, &desk.approver, id, id).await;
        }
        let first = approved_bundle(&desk.editor, &desk.approver, "First", &[("gdp", "1")]).await;
        let second = approved_bundle(&desk.editor, &desk.approver, "Second", &[("cpi", "1")]).await;
        let near = domain::bundle::plan::suggestions(desk.site.now(), &PublicationTimes::default())[0];
        let far = near + TimeDelta::days(35);
        let [(near, _), (day, _)] = [near, far].map(domain::uk_time::fields);
        let person = desk.person("approver").await;
        let look = async |day: &str| {
            person.get(&format!("/admin/bundles/{second}/schedule?date={day}")).await.must_be(200).text
        };
        let shown = look(&day).await;
        has(&shown, &["What else comes out in that week", "Week after"]);
        assert!(!shown.contains(&format!("value=\"{day}\"")) && !shown.contains("nothing speaks against it"), "{shown}");
        // What has an instant keeps it, and what speaks against it is told in whatever week.
        for bundle in [&first, &second] {
            desk.approver.put_json(&format!("/bundles/{bundle}/schedule"), json!({"publication_date": far})).await.must_be(200);
        }
        let shown = look(&near).await;
        has(&shown, &["First comes out at the same instant.", &format!("value=\"{day}\"")]);
        assert!(!shown.contains(&format!("value=\"{near}\"")), "{shown}");
    }

    async fn of_a_long_history_the_end_is_shown(db: TestDatabase) {
        let desk = Desk::start(db).await;
        let bundle = desk.begin("Long").await;
        let tx = desk.site.services.db.begin().await.unwrap();
        for n in 0..=MAX_LIMIT {
            persistence::events::append(&tx, edited(&bundle, n, desk.site.now()));
        }
        persistence::db::commit(tx).await.unwrap();
        let text = desk.person("editor").await.get(&format!("/admin/bundles/{bundle}")).await.must_be(200).text;
        assert!(text.contains(&format!(">Edit {MAX_LIMIT}<")) && text.contains(">Edit 1<"), "the newest are missing");
        assert!(!text.contains(">Edit 0<"), "more are shown than a page holds");
    }

    async fn rows_that_were_typed_are_kept_although_others_took_rows_away(db: TestDatabase) {
        let desk = Desk::start(db).await;
        approved_version(&desk.editor, &desk.approver, "gdp", "GDP").await;
        let versions = "/datasets/gdp/editions/time-series/versions";
        let second = format!("{versions}/2");
        let notes = json!([{"title": "First", "note": "One."}, {"title": "Second", "note": "Two."}]);
        desk.editor.post(versions, json!({"release_date": "2026-12-01T09:30:00Z", "usage_notes": notes})).await.must_be(201);
        let mut browser = desk.browser("editor").await;
        let before = revision(&browser.get(VERSION).await.must_be(200).text);
        desk.editor.change(reqwest::Method::PATCH, &second, json!({"usage_notes": []})).await.must_be(200);

        let mut fields = vec![("revision", before.as_str()), ("dataset_id", "gdp"), ("edition", "time-series"), ("version", "2")];
        fields.extend([("release_date", "2026-12-01"), ("usage_notes[0][title]", "First"), ("usage_notes[0][note]", "One.")]);
        fields.extend([("usage_notes[1][title]", "Second"), ("usage_notes[1][note]", "Two.")]);
        fields.extend([("usage_notes[2][title]", "Third"), ("usage_notes[2][note]", "Three.")]);
        fields.extend([("usage_notes[3][title]", "Fourth"), ("usage_notes[3][note]", "Four.")]);
        fields.extend([("alerts[0][id]", "kept"), ("alerts[0][kind]", "alert"), ("alerts[0][description]", "Look.")]);
        let shown = browser.submit("/rpc/versions/edit", VERSION, &fields).await.text;
        has(&shown, &["What you typed is kept below", "value=\"Third\"", "value=\"Fourth\"", "Four.", "name=\"alerts[0][id]\" value=\"kept\""]);
        let now = revision(&shown);
        fields[0].1 = &now;
        browser.submit("/rpc/versions/edit", VERSION, &fields).await.must_be(200);
        let saved = desk.editor.get(&second).await.must_be(200).json();
        let titles: Vec<&str> = saved["usage_notes"].as_array().unwrap().iter().map(|note| note["title"].as_str().unwrap()).collect();
        assert_eq!((titles, &saved["alerts"][0]["id"]), (vec!["First", "Second", "Third", "Fourth"], &json!("kept")));
    }
}
