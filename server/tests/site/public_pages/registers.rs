//! The whole catalogue by title, and all corrections.

use chrono::TimeDelta;
use serde_json::json;
use testkit::on_both_databases;

use super::World;
use super::languages::published;

/// The datasets that a page of the register leads to, in its order.
fn listed(page: &str) -> Vec<&str> {
    let list = page.split_once("<ul class=\"ledger\">").map_or("", |(_, list)| list);
    let links = list.split("/catalogue/").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|id| !id.contains(['?', '/', '.'])).collect()
}

on_both_databases! {
    async fn the_register_lists_what_is_public_under_its_letter(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue").await;
        assert!(page.contains("href=\"/catalogue/areas\"") && !page.contains("Secret"), "{page}");
        assert!(page.contains("href=\"/catalogue?letter=A\"") && !page.contains("letter=S\""), "{page}");
        for (query, there) in [
            ("letter=A", true),
            ("letter=a&topic=output&department=economy", true),
            ("letter=B", false),
            ("letter=S", false),
            ("letter=other", false),
            ("topic=none", false),
            ("department=none", false),
        ] {
            let page = world.page(&format!("/catalogue?{query}")).await;
            assert_eq!(page.contains("href=\"/catalogue/areas\""), there, "{query} {page}");
            assert_eq!(page.contains("No datasets here"), !there, "{query}");
        }
        assert!(world.page("/cy/catalogue").await.contains("Pob set ddata"));
        // The search has all filters over the same datasets.
        let all = "/search?sort=title&topics=output&departments=economy";
        let page = world.page("/catalogue?topic=output&department=economy").await;
        assert!(page.contains(&format!("href=\"{}\"", all.replace('&', "&amp;"))), "{page}");
        assert!(world.page(all).await.contains("href=\"/catalogue/areas\""));
    }

    async fn the_register_goes_by_the_titles_in_the_language_of_its_readers(db: TestDatabase) {
        let world = World::make(db).await;
        published(&world, "skills", json!({"title": "Adult skills", "title_cy": "Sgiliau"})).await;
        published(&world, "trade", json!({"title": "Census: Trade"})).await;
        published(&world, "eire", json!({"title": "Census: “Éire”"})).await;
        published(&world, "health", json!({"title": "Census: general health"})).await;
        let english = ["skills", "areas", "eire", "health", "trade"];
        assert_eq!(listed(&world.page("/catalogue").await), english);
        let api = world.site.public().get("/v1/datasets?sort=title").await.must_be(200).json();
        let ids: Vec<&str> = api["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids, english);
        assert_eq!(listed(&world.page("/cy/catalogue").await), ["areas", "eire", "health", "trade", "skills"]);
        for (path, ids) in [
            ("/catalogue?letter=A", vec!["skills", "areas"]),
            ("/catalogue?letter=S", vec![]),
            ("/cy/catalogue?letter=A", vec!["areas"]),
            ("/cy/catalogue?letter=S", vec!["skills"]),
        ] {
            assert_eq!(listed(&world.page(path).await), ids, "{path}");
        }
        let welsh = world.page("/cy/catalogue").await;
        assert!(welsh.contains("href=\"/cy/catalogue?letter=S\""), "{welsh}");
    }

    async fn a_list_of_datasets_is_its_address(db: TestDatabase) {
        let world = World::make(db).await;
        published(&world, "trade", json!({"title": "Trade"})).await;
        let archive = "/v1/datasets/areas/editions/time-series/versions/2/files.zip";
        let page = world.page("/list?dataset=areas&dataset=trade&dataset=areas").await;
        for part in [
            "href=\"/catalogue/areas\"",
            "href=\"/catalogue/trade\"",
            &format!("href=\"{archive}\""),
            "href=\"/list?dataset=trade\"",
            "/list?dataset=areas&amp;dataset=trade<",
            &format!("curl -fL -o areas.zip '{}{archive}'", world.site.url),
            "/catalogue/areas/editions/time-series/versions/2",
            "content=\"noindex\"",
        ] {
            assert!(page.contains(part), "{part} {page}");
        }
        world.site.public().get(archive).await.must_be(200);
        // Others are found on the page itself and come to those that are there.
        let found = world.page("/list?dataset=areas&q=trade").await;
        assert!(found.contains("href=\"/list?dataset=areas&amp;dataset=trade\""), "{found}");
        assert!(world.page("/list?q=qqqqzzzz").await.contains("No datasets match"));
        assert!(world.page("/catalogue/areas").await.contains("href=\"/list?dataset=areas\""));
        // What is hidden is told like what never was; what names no dataset is not repeated.
        let told = async |id: &str| {
            let page = world.page(&format!("/list?dataset={id}")).await;
            let main = page.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>"));
            main.map(|(main, _)| main.replace(id, "…")).unwrap_or_default()
        };
        let hidden = told("secret").await;
        assert!(hidden.contains("Not published, or no longer: ….") && hidden == told("unknown").await, "{hidden}");
        assert!(!world.page("/list?dataset=Call%20this%20number").await.contains("Call this number"));
        let welsh = world.page("/cy/list").await;
        assert!(welsh.contains("Nid oes dim ar y rhestr eto"), "{welsh}");
    }

    async fn corrections_are_listed_from_their_commit_on(db: TestDatabase) {
        let world = World::make(db).await;
        assert!(world.page("/corrections").await.contains("Nothing has been corrected"));
        world.correct(1, "The figure for Bath was too low.").await;
        world.site.advance(TimeDelta::days(400));
        world.correct(2, "The year 2025 was provisional.").await;
        let page = world.page("/corrections").await;
        let (newer, older) = (page.find("was provisional").unwrap(), page.find("too low").unwrap());
        assert!(newer < older && page.contains("/versions/1\""), "{page}");
        let page = world.page("/corrections?year=2026").await;
        assert!(page.contains("too low") && !page.contains("was provisional"), "{page}");
        assert!(world.page("/corrections?type=alert").await.contains("Nothing matches these choices"));
        assert!(world.page("/cy/corrections").await.contains("Cywiriadau"));
        let banner = world.page("/catalogue/areas/editions/time-series/versions/1").await;
        assert!(banner.contains("It corrects these figures") && banner.contains("too low"), "{banner}");
        // Whoever comes right to the rows is told, too.
        assert!(world.page("/catalogue/areas/editions/time-series/versions/1/explore").await.contains("too low"));
    }

    async fn a_correction_says_in_the_list_how_grave_it_is(db: TestDatabase) {
        let world = World::make(db).await;
        let told = json!({"type": "correction", "description": "Bath was left out.", "severity": "major"});
        world.approver.post("/v1/datasets/areas/editions/time-series/versions/2/alerts", told).await.must_be(201);
        for (path, words) in [("/corrections", "Major: what the figures show changes."), ("/cy/corrections", "Mawr: ")] {
            let page = world.page(path).await;
            assert!(page.contains(words), "{path} {page}");
        }
        assert_eq!(world.site.public().get("/corrections.json").await.must_be(200).json()["items"][0]["alert"]["severity"], "major");
    }
}
