//! The public search over the API and on its page.

use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::*;

/// A site with one dataset that everybody sees and one that waits in a bundle.
async fn site_with_one_of_two(db: TestDatabase) -> Site {
    let site = Site::start(db).await;
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    approved_version(&editor, &approver, "gdp", "Gross domestic product").await;
    approved_version(&editor, &approver, "quokkas", "Quokkas by island").await;
    let bundle = approved_bundle(&editor, &approver, "Now", &[("gdp", "1")]).await;
    approved_bundle(&editor, &approver, "Later", &[("quokkas", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    site
}

fn ids(found: &Value) -> Vec<&str> {
    found["items"].as_array().unwrap().iter().map(|item| item["dataset_id"].as_str().unwrap()).collect()
}

on_both_databases! {
    async fn words_are_found_wherever_they_stand(db: TestDatabase) {
        let site = site_with_one_of_two(db).await;
        let public = site.public();
        let heading = std::str::from_utf8(TABLE).unwrap().lines().next().unwrap().split(',').next().unwrap().to_owned();
        for q in ["gross", "grosss", "domestc+product", "gdp", "title:gross", "id:gd", &format!("column:{heading}")] {
            let found = public.get(&format!("/v1/search?q={q}")).await.must_be(200).json();
            assert_eq!(ids(&found), ["gdp"], "{q}");
        }
        let found = public.get("/v1/search?q=gross").await.json();
        assert!(found["items"][0]["columns"].as_array().unwrap().contains(&json!(heading)), "{found}");
        let drawn = &found["facets"]["has_chart"];
        assert_eq!((&drawn[0]["value"], &drawn[0]["count"]), (&json!("true"), &json!(1)), "{drawn}");
        assert_eq!(found["items"][0]["has_chart"], true);
        assert_eq!(found["items"][0]["sizes"], json!([{"format": "csv", "bytes": TABLE.len()}]));
        public.get("/v1/search?has_chart=perhaps").await.must_be(400);
        for filter in ["geography", "publishers", "departments", "years", "formats", "has_chart"] {
            for count in found["facets"][filter].as_array().unwrap() {
                let value = count["value"].as_str().unwrap();
                let chosen = public.get(&format!("/v1/search?q=gross&{filter}={value}")).await.must_be(200).json();
                assert_eq!(chosen["total_count"], count["count"], "{filter}={value}");
            }
        }
    }

    async fn a_topic_opens_with_the_figures_of_what_is_public_on_it(db: TestDatabase) {
        let site = site_with_one_of_two(db).await;
        let page = site.public().get("/topics/output").await.must_be(200).text;
        assert!(page.contains("aria-label=\"Recent figures\"") && page.contains("figure-card__number\">104"), "{page}");
        assert_eq!(page.matches("class=\"figure-card\"").count(), 1, "{page}");
        assert!(!page.contains("Quokkas"), "{page}");
        assert!(site.public().get("/cy/topics/output").await.must_be(200).text.contains("Ffigurau diweddar"));
        let beyond = site.public().get("/topics/output?page=2").await.must_be(200).text;
        assert!(!beyond.contains("figure-card"), "the first page alone opens with figures: {beyond}");
    }

    async fn an_edition_is_found_by_its_title_in_either_language(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        begin_dataset(&editor, "skills", "Skills").await;
        let edition = json!({"title": "Autumn fieldwork", "title_cy": "Gwaith maes hydrefol"});
        editor.change(Method::PATCH, "/v1/datasets/skills/editions/time-series", edition).await.must_be(200);
        next_version(&editor, &approver, "skills").await;
        let bundle = approved_bundle(&editor, &approver, "Skills", &[("skills", "1")]).await;
        site.environment().post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        for q in ["fieldwork", "hydrefol", "gwaith+maes"] {
            let found = site.public().get(&format!("/v1/search?q={q}")).await.must_be(200).json();
            assert_eq!(ids(&found), ["skills"], "{q}");
        }
    }

    async fn codes_and_names_at_the_end_of_a_long_table_are_found(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let row = |at: u32| format!("E{at:08},Parish{at},{},{at}\n", 2023 + at % 2);
        let table = format!("Place code,Place,Year,People\n{}", (0..6_000).map(row).collect::<String>());
        table_version(&editor, &approver, "parishes", table.as_bytes()).await;
        let bundle = approved_bundle(&editor, &approver, "Parishes", &[("parishes", "1")]).await;
        site.environment().post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let found = async || {
            for q in ["code:E00005999", "E00005999", "Parish5999", "code:2024"] {
                let found = site.public().get(&format!("/v1/search?q={q}")).await.must_be(200).json();
                assert_eq!(ids(&found), ["parishes"], "{q}");
            }
        };
        found().await;
        assert_eq!(services::catalogue::rebuild_index(&site.services).await.unwrap(), 1);
        found().await;
    }

    async fn the_examples_of_exact_questions_are_of_no_catalogue_alone(db: TestDatabase) {
        let site = site_with_one_of_two(db).await;
        let page = site.public().get("/search").await.must_be(200).text;
        assert!(page.contains("href=\"/search?q=code%3A2024\""), "{page}");
        assert_eq!(ids(&site.public().get("/v1/search?q=code:2024").await.must_be(200).json()), ["gdp"]);
    }

    async fn a_question_that_cannot_be_read_is_refused_and_told(db: TestDatabase) {
        let site = site_with_one_of_two(db).await;
        let public = site.public();
        let refused = public.get("/v1/search?q=titel:gross").await.must_be(400);
        assert_eq!(refused.json()["error"]["details"]["fields"][0]["field"], "q");
        assert!(refused.text.contains("titel") && refused.text.contains("keyword"), "{}", refused.text);
        let page = public.get("/search?q=titel:gross").await.must_be(200);
        assert!(page.text.contains("search-problem") && page.text.contains("Gross domestic product"));
        public.get("/cy/search?q=teitl:gross").await.must_be(200);
    }

    async fn the_whole_list_is_a_file(db: TestDatabase) {
        let site = site_with_one_of_two(db).await;
        let public = site.public();
        let csv = public.get("/v1/search?q=gross&format=csv").await.must_be(200);
        assert!(csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains(".csv"));
        let lines: Vec<&str> = csv.text.lines().collect();
        assert!(lines.len() == 2 && lines[0].starts_with("dataset_id,title") && lines[1].starts_with("gdp,"), "{}", csv.text);
        let lines = public.get("/v1/search?format=jsonl").await.must_be(200);
        assert_eq!(serde_json::from_str::<Value>(lines.text.trim()).unwrap()["dataset_id"], "gdp");
        public.get("/v1/search?format=csv&limit=5").await.must_be(422);
        public.get("/v1/search?format=pdf").await.must_be(400);
    }

    async fn what_is_not_public_leaves_no_trace(db: TestDatabase) {
        let site = site_with_one_of_two(db).await;
        let public = site.public();
        for q in ["quokkas", "quokas", "quokk", "title:quokkas", "id:quokkas", "%22quokkas%20by%20island%22", "quokkasisland"] {
            let found = public.get(&format!("/v1/search?q={q}")).await.must_be(200).json();
            let unknown = public.get(&format!("/v1/search?q={}", q.replace("quok", "zzqx"))).await.must_be(200).json();
            assert_eq!((&found["total_count"], &found["items"]), (&json!(0), &json!([])), "{q}");
            for member in ["facets", "suggestion", "broader"] {
                assert_eq!(found[member], unknown[member], "{member} of {q}");
            }
        }
        assert_eq!(public.get("/v1/search?format=csv").await.text.lines().count(), 2);
        let empty = public.get("/search?q=quokkas").await.must_be(200);
        assert!(empty.text.contains("empty-state") && !empty.text.contains("Quokkas by island"));
    }

    async fn pages_go_on_to_the_end(db: TestDatabase) {
        let site = site_with_one_of_two(db).await;
        let public = site.public();
        let beyond = public.get("/v1/search?offset=4294967295").await.must_be(200).json();
        assert_eq!((&beyond["total_count"], &beyond["items"]), (&json!(1), &json!([])));
        let page = public.get("/search?page=429496729").await.must_be(200);
        assert!(page.text.contains("There is nothing on this page"));
    }
}
