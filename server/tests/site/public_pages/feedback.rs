//! Telling the office something without an account.

use serde_json::json;
use testkit::on_both_databases;

use super::World;
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
        let ctx = services::Ctx::system("test", world.site.now());
        let nobody = services::feedback::handle(&world.site.services, &ctx, told["id"].as_str().unwrap()).await;
        assert!(nobody.is_err());
        assert_eq!(world.operator.get("/v1/feedback?kind=idea").await.must_be(200).json()["total_count"], 0);
        world.approver.get("/v1/feedback").await.must_be(403);
        world.site.public().get("/v1/feedback").await.must_be(401);
        world.operator.get("/v1/feedback?state=lost").await.must_be(400);
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
}
