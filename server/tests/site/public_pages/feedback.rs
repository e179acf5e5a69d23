//! Telling the office something without an account.

use domain::people::Team;
use domain::policy::{Grant, Role};
use serde_json::json;
use services::Ctx;
use testkit::on_both_databases;

use super::World;
use crate::browser::Browser;
use crate::support::*;

async fn tell(world: &World, fields: &[(&str, &str)]) -> Answer {
    let answer = plain_client()
        .post(format!("{}/rpc/feedback/give", world.site.url))
        .header("accept", "text/html")
        .header("origin", &world.site.url)
        .form(fields)
        .send()
        .await
        .unwrap();
    read(answer).await
}

on_both_databases! {
    async fn what_is_told_reaches_those_who_run_the_program(db: TestDatabase) {
        let world = World::make(db).await;
        let fields = [
            ("language", "cy"),
            ("kind", "problem"),
            ("page", "/cy/catalogue/areas?q=private"),
            ("message", "  Bath looks wrong.\nLook again. "),
            ("address", "reader@example.org"),
        ];
        let answer = tell(&world, &fields).await.must_be(303);
        assert_eq!(answer.header("location"), "/cy/feedback/sent");
        let list = world.operator.get("/v1/feedback?state=new&kind=problem&dataset=areas").await.must_be(200).json();
        let told = &list["items"][0];
        assert_eq!(
            (&told["page"], &told["message"], &told["language"], &told["address"]),
            (&json!("/cy/catalogue/areas"), &json!("Bath looks wrong.\nLook again."), &json!("cy"), &json!("reader@example.org"))
        );
        let (id, services, now) = (told["id"].as_str().unwrap(), &world.site.services, world.site.now());
        assert!(services::feedback::handle(services, &Ctx::public(now, "test".into()), id, "").await.is_err());
        services::feedback::handle(services, &Ctx::system("test", now), id, " Seen. ").await.unwrap();
        assert!(services::feedback::handle(services, &Ctx::system("test", now), id, "").await.is_err());
        assert_eq!(world.operator.get("/v1/feedback?q=seen").await.must_be(200).json()["items"][0]["note"], "Seen.");
        assert_eq!(world.operator.get("/v1/feedback?state=handled").await.must_be(200).json()["total_count"], 1);
        assert_eq!(world.operator.get("/v1/feedback?kind=idea").await.must_be(200).json()["total_count"], 0);
        world.approver.get("/v1/feedback").await.must_be(403);
        world.site.public().get("/v1/feedback").await.must_be(401);
        world.operator.get("/v1/feedback?state=lost").await.must_be(400);
    }

    async fn the_inbox_is_worked_through_by_those_who_run_the_program(db: TestDatabase) {
        let world = World::make(db).await;
        let fields = [("kind", "problem"), ("page", "/catalogue/areas"), ("message", "Bath <looks> wrong."), ("address", "reader@example.org")];
        tell(&world, &fields).await.must_be(303);
        tell(&world, &[("kind", "useful"), ("page", "/topics")]).await.must_be(303);
        world.site.account("operator@example.org", &[Role::Operator]).await;
        world.site.account("editor@example.org", &[Role::Editor]).await;
        let mut operator = Browser::signed_in(&world.site, "operator@example.org").await;
        let waiting = operator.get("/admin/feedback").await.must_be(200).text;
        assert!(waiting.contains("Bath &lt;looks&gt; wrong.") && waiting.contains("mailto:reader@example.org"), "{waiting}");
        let found = operator.get("/admin/feedback?q=areas&kind=problem").await.must_be(200).text;
        assert!(found.contains("Bath") && !found.contains("href=\"/topics\">/topics"), "{found}");
        let told = world.operator.get("/v1/feedback?kind=problem").await.must_be(200).json();
        let id = told["items"][0]["id"].as_str().unwrap().to_owned();

        let long = "x".repeat(1001);
        let refused = operator.submit("/rpc/inbox/handle", "/admin/feedback", &[("id", &id), ("note", &long)]).await.text;
        assert!(refused.contains("Use at most 1000 characters") && refused.contains(&long), "the note is kept");
        let handled = operator.submit("/rpc/inbox/handle", "/admin/feedback", &[("id", &id), ("note", "Version 3 mends it.")]).await.text;
        assert!(handled.contains("Dealt with.") && !handled.contains("Bath &lt;looks&gt;"), "{handled}");
        let again = operator.submit("/rpc/inbox/handle", "/admin/feedback", &[("id", &id)]).await.text;
        assert!(again.contains("Somebody has dealt with it already."), "{again}");
        let past = operator.get("/admin/feedback?state=handled").await.must_be(200).text;
        assert!(past.contains("Version 3 mends it.") && past.contains("Dealt with by"), "{past}");
        let back = operator.submit("/rpc/inbox/put-back", "/admin/feedback?state=handled", &[("id", &id)]).await.text;
        assert!(back.contains("It waits again."), "{back}");
        let all = operator.get("/admin/feedback").await.must_be(200).text;
        assert!(all.contains("Bath &lt;looks&gt;") && all.contains("Version 3 mends it."), "the note stays: {all}");
        operator.submit("/rpc/inbox/handle", "/admin/feedback", &[("id", &id)]).await;
        operator.submit("/rpc/inbox/put-back", "/admin/feedback?state=handled", &[("id", &id)]).await;
        let kept = operator.get("/admin/feedback").await.must_be(200).text;
        assert!(kept.contains("Version 3 mends it."), "without a note the one before stays: {kept}");
        let admin = world.site.service("admin", &[Role::Admin]).await;
        let trail = admin.get("/v1/audit?resource_type=feedback").await.must_be(200).json();
        assert_eq!(trail["total_count"], 4);

        let (me, version) = ("/admin/feedback?assigned=me", "/catalogue/areas/editions/2026/versions/3");
        assert!(!operator.get(me).await.text.contains("Bath &lt;looks&gt;"));
        let db = world.site.services.db.pool();
        let (own, _) = persistence::accounts::find_user_by_email(db, "operator@example.org").await.unwrap().unwrap();
        let given = operator.submit("/rpc/inbox/assign", me, &[("id", &id), ("to", &own.id)]).await.text;
        assert!(given.contains("Bath &lt;looks&gt;") && given.contains("deals with it."), "{given}");
        assert!(!operator.get("/admin/feedback?assigned=nobody").await.text.contains("Bath &lt;looks&gt;"));
        let count = async |to: &str| world.operator.get(&format!("/v1/feedback?assigned={to}")).await.must_be(200).json()["total_count"].clone();
        assert_eq!((count(&own.id).await, count("nobody").await, count("me").await), (json!(1), json!(1), json!(0)));
        // Who holds the right through a team can be given it, too.
        let (ann, _) = persistence::accounts::find_user_by_email(db, "editor@example.org").await.unwrap().unwrap();
        assert!(!operator.get(me).await.text.contains(&ann.id));
        let desk = Team { grants: vec![Grant::of(Role::Operator)], ..Team::new("desk", "Desk", vec![ann.id.clone()]) };
        persistence::teams::save(db, &desk).await.unwrap();
        assert!(operator.get(me).await.text.contains(&ann.id));
        persistence::teams::save(db, &Team { members: Vec::new(), ..desk }).await.unwrap();
        let refused = operator.submit("/rpc/inbox/assign", me, &[("id", &id), ("to", "nobody-known")]).await.text;
        assert!(refused.contains("Choose somebody who runs the catalogue"), "{refused}");
        let refused = operator.submit("/rpc/inbox/link", me, &[("id", &id), ("correction", "/catalogue/areas")]).await.text;
        assert!(refused.contains("Give the address of a version"), "{refused}");
        let linked = operator.submit("/rpc/inbox/link", me, &[("id", &id), ("correction", version)]).await.text;
        assert!(linked.contains(&format!("<a href=\"{version}\">")), "{linked}");
        let refused = operator.submit("/rpc/inbox/reply", me, &[("id", &id), ("text", "Thank you.")]).await.text;
        assert!(refused.contains("This site sends no mail"), "{refused}");

        let mut editor = Browser::signed_in(&world.site, "editor@example.org").await;
        editor.get("/admin/feedback").await.must_be(403);
        editor.submit("/rpc/inbox/handle", "/admin", &[("id", &id)]).await;
        assert_eq!(world.operator.get("/v1/feedback?state=handled").await.must_be(200).json()["total_count"], 0);
    }

    async fn every_page_asks_whether_it_was_of_use(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue/areas").await;
        for (kind, others) in [("useful", ["not_useful", "problem"]), ("not_useful", ["useful", "problem"])] {
            let form = format!("/feedback?page=/catalogue/areas&kind={kind}");
            assert!(page.contains(&format!("href=\"{}\"", form.replace('&', "&amp;"))), "{form} {page}");
            let form = world.page(&form).await;
            let is_chosen = |kind: &str| {
                let tag = form.split("<input").find(|tag| tag.contains(&format!("value=\"{kind}\"")));
                tag.and_then(|tag| tag.split('>').next()).is_some_and(|tag| tag.contains(" checked"))
            };
            assert!(is_chosen(kind) && !others.iter().any(|other| is_chosen(other)), "{kind} {form}");
            assert!(form.contains("name=\"page\" value=\"/catalogue/areas\""), "{form}");
        }
        // Nothing has to be written to say so.
        let fields = [("language", "en"), ("kind", "useful"), ("page", "/catalogue/areas")];
        tell(&world, &fields).await.must_be(303);
        let told = world.operator.get("/v1/feedback?kind=useful&dataset=areas").await.must_be(200).json();
        assert_eq!(told["total_count"], 1);
    }

    async fn a_refused_form_keeps_what_was_typed(db: TestDatabase) {
        let world = World::make(db).await;
        let answer = tell(&world, &[("kind", "idea"), ("address", "nobody"), ("page", "/catalogue/areas")]).await.must_be(303);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let back = plain_client()
            .get(format!("{}/feedback", world.site.url))
            .header("accept", "text/html")
            .header("cookie", cookie)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert!(back.contains("value=\"nobody\"") && back.contains("/catalogue/areas"), "{back}");
        assert!(back.contains("Say what you would like to tell us") && back.contains("Give an e-mail address"), "{back}");
        assert_eq!(world.operator.get("/v1/feedback").await.must_be(200).json()["total_count"], 0);
    }

    async fn programs_that_fill_in_everything_and_crowds_are_kept_out(db: TestDatabase) {
        let world = World::make(db).await;
        let answer = tell(&world, &[("kind", "idea"), ("message", "Buy"), ("website", "https://x.example")]).await.must_be(303);
        assert_eq!(answer.header("location"), "/feedback/sent");
        let total = async || world.operator.get("/v1/feedback").await.must_be(200).json()["total_count"].clone();
        assert_eq!(total().await, 0);
        for _ in 0..12 {
            tell(&world, &[("kind", "useful"), ("page", "/")]).await.must_be(303);
        }
        assert_eq!(total().await, 10);
    }

    async fn what_was_told_is_counted_in_the_rail_and_taken_away_without_formulas(db: TestDatabase) {
        let world = World::make(db).await;
        let site = &world.site;
        site.account("desk@example.org", &[Role::Operator]).await;
        let mut desk = Browser::signed_in(site, "desk@example.org").await;
        let waits = "data-count=\"feedback\" class=\"rail__n\">1<";
        assert!(!desk.get("/admin").await.must_be(200).text.contains(waits));
        tell(&world, &[("kind", "idea"), ("page", "/catalogue/areas"), ("message", "=HYPERLINK(\"x\")")]).await.must_be(303);
        assert!(desk.get("/admin").await.must_be(200).text.contains(waits));
        let page = desk.get("/admin/feedback?kind=idea").await.must_be(200).text;
        assert!(page.contains("/v1/feedback?format=csv&amp;state=new&amp;kind=idea"), "{page}");
        let file = world.operator.get("/v1/feedback?format=csv&kind=idea").await.must_be(200);
        assert!(file.header("content-type").starts_with("text/csv"), "{}", file.header("content-type"));
        assert!(file.header("content-disposition").contains("filename=\"feedback-"));
        assert!(file.text.starts_with("id,created_at,state,") && file.text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{}", file.text);
        assert_eq!(file.text.lines().count(), 2, "{}", file.text);
        assert_eq!(world.operator.get("/v1/feedback?format=csv&kind=problem").await.must_be(200).text.lines().count(), 1);
        world.operator.get("/v1/feedback?format=csv&limit=1").await.must_be(422);
        world.operator.get("/v1/feedback?format=xlsx").await.must_be(400);
        world.approver.get("/v1/feedback?format=csv").await.must_be(403);
        let trail = world.operator.get("/v1/audit?resource_type=feedback&action=exported").await.must_be(200).json();
        assert_eq!(trail["total_count"], 2, "{trail}");
    }
}
