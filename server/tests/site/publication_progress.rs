//! The portal's page of a publication: what it says in each state, what it offers next, and who does not see it.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use serde_json::json;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const SIGNS: [&str; 5] = [
    "It is not scheduled",
    "Waiting for its instant",
    "Being published",
    "Publication failed. Nothing",
    "Public. Everything",
];

/// The page, which says how it stands in this one way.
async fn says(caller: &Caller, id: &str, sign: &str) -> String {
    let page = caller.get(&format!("/admin/bundles/{id}/publication")).await.must_be(200).text;
    for other in SIGNS {
        assert_eq!(page.contains(&format!("data-said=\"{other}")), other == sign, "{other}: {page}");
    }
    page
}

async fn schedule(site: &Site, approver: &Caller, id: &str) {
    let at = (site.now() + TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    approver.put_json(&format!("/bundles/{id}/schedule"), json!({"publication_date": at})).await.must_be(200);
}

on_both_databases! {
    async fn it_follows_a_bundle_from_its_schedule_to_the_last_step(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.account("approver@example.org", &[Role::Approver]).await;
        let person = site.signed_in("approver@example.org").await;
        approved_version(&editor, &approver, "cpi", "Prices").await;
        approved_version(&editor, &approver, "gdp", "Output").await;
        let first = approved_bundle(&editor, &approver, "First", &[("cpi", "1")]).await;
        let second = approved_bundle(&editor, &approver, "Second", &[("gdp", "1")]).await;
        let idle = says(&person, &second, SIGNS[0]).await;
        assert!(!idle.contains("data-follows"), "{idle}");
        schedule(&site, &approver, &first).await;
        site.advance(TimeDelta::minutes(1));
        schedule(&site, &approver, &second).await;
        let waiting = says(&person, &second, SIGNS[1]).await;
        assert!(waiting.contains("Number 2 of 2 in the publish queue") && waiting.contains("data-follows") && waiting.contains("Look again"), "{waiting}");
        assert!(waiting.contains("Cancel the schedule") && waiting.contains("It needs the right bundles:publish"), "{waiting}");
        for from in ["/admin/queue", &format!("/admin/bundles/{second}")] {
            assert!(person.get(from).await.must_be(200).text.contains(&format!("/admin/bundles/{second}/publication")), "{from}");
        }

        site.advance(TimeDelta::hours(2));
        site.run_tasks().await;
        // The session has ended meanwhile.
        let person = site.signed_in("approver@example.org").await;
        let public = says(&person, &second, SIGNS[4]).await;
        assert!(public.contains("/catalogue/gdp/editions/time-series/versions/1") && !public.contains("data-follows"), "{public}");
        assert_eq!(public.matches("check--pass").count(), public.matches("class=\"check check--").count(), "{public}");
    }

    async fn a_failure_tells_every_reason_and_the_one_thing_to_do_next(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.account("approver@example.org", &[Role::Approver]).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let file = approved_version(&editor, &approver, "cpi", "Prices").await;
        let id = approved_bundle(&editor, &approver, "Prices", &[("cpi", "1")]).await;
        schedule(&site, &approver, &id).await;
        let spoil = |state: &str| format!("UPDATE files SET state = '{state}' WHERE id = '{file}'");
        site.database.execute(&spoil("failed")).await.unwrap();
        site.advance(TimeDelta::hours(2));
        site.run_tasks().await;

        let operator = site.signed_in("operator@example.org").await;
        let failed = says(&operator, &id, SIGNS[3]).await;
        assert!(failed.contains("Publication failed, nothing became public") && failed.contains("What stood in the way"), "{failed}");
        assert!(failed.contains(">In the way<") && !failed.contains("Held back with the rest"), "{failed}");
        assert!(failed.contains("id=\"next\"") && failed.contains(&format!("/admin/bundles/{id}#reset")), "it would fail again: {failed}");
        assert!(failed.contains("It would fail again: what stood in the way still does."), "{failed}");
        let reader = site.signed_in("editor@example.org").await;
        let told = says(&reader, &id, SIGNS[3]).await;
        assert!(!told.contains("id=\"next\"") && told.contains("tell an operator or an approver") && told.contains("It needs the right bundles:retry"), "{told}");

        site.database.execute(&spoil("ready")).await.unwrap();
        let mended = says(&operator, &id, SIGNS[3]).await;
        let next = mended.split("id=\"next\"").nth(1).and_then(|rest| rest.split("</a>").next()).unwrap();
        assert!(next.ends_with("Try again"), "{next}");
        assert!(!mended.contains("It would fail again"), "{mended}");
    }

    async fn publishing_by_hand_leads_to_where_it_is_followed_and_the_bundle_follows_it_too(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        approved_version(&editor, &approver, "cpi", "Prices").await;
        let id = approved_bundle(&editor, &approver, "Prices", &[("cpi", "1")]).await;
        let page = format!("/admin/bundles/{id}");
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let before = operator.get(&page).await.must_be(200).text;
        assert!(before.contains("id=\"publication\"") && !before.contains("data-follows"), "nothing goes on by itself: {before}");
        let revision = before.split("name=\"revision\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let fields = [("id", id.as_str()), ("revision", revision), ("reason", "The market waits"), ("confirmation", "Prices")];
        let begun = operator.post("/rpc/bundles/publish-now", &page, &fields).await.must_be(303);
        assert_eq!(begun.header("location"), format!("{page}/publication"));
        let watched = operator.get(&page).await.must_be(200).text;
        for sign in ["data-follows", "data-said=\"Being published.\"", "/assets/follow-publication.js", "id=\"look-again\""] {
            assert!(watched.contains(sign), "{sign}: {watched}");
        }
        // What others say of it is something new to see on both pages.
        let mark = |page: &str| page.split("data-mark=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        for followed in [page.clone(), format!("{page}/publication")] {
            let before = mark(&operator.get(&followed).await.must_be(200).text);
            editor.post(&format!("/bundles/{id}/comments"), json!({"text": "Is May in it?"})).await.must_be(201);
            assert_ne!(mark(&operator.get(&followed).await.must_be(200).text), before, "{followed}");
        }
        site.run_tasks().await;
        let public = operator.get(&page).await.must_be(200).text;
        assert!(public.contains("id=\"publication\"") && public.contains("data-said=\"Public. Everything"), "{public}");
        assert!(!public.contains("data-follows") && !public.contains("id=\"look-again\""), "{public}");
    }

    async fn whoever_does_not_see_the_bundle_gets_what_everybody_gets_who_asks_for_nothing(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "cpi", "Prices").await;
        let id = approved_bundle(&editor, &approver, "Prices", &[("cpi", "1")]).await;
        let path = format!("/admin/bundles/{id}/publication");
        let anonymous = site.public().get(&path).await.must_be(303);
        assert!(anonymous.header("location").starts_with("/account/sign-in"));
        site.account("other@example.org", &[Role::Previewer]).await;
        let other = site.signed_in("other@example.org").await;
        let hidden = other.get(&path).await.must_be(404).text;
        let unknown = "/admin/bundles/0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51/publication";
        let missing = other.get(unknown).await.must_be(404).text;
        assert!(hidden.contains("There is nothing here") && !hidden.contains("Prices"), "{hidden}");
        assert_eq!(hidden.len(), missing.len());
    }
}
