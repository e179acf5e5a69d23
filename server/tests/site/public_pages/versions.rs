//! Pages of datasets, editions and versions, side by side too.

use chrono::TimeDelta;
use domain::policy::Role;
use serde_json::{Value, json};
use testkit::on_both_databases;

use super::{World, publish};
use crate::support::*;

const EDITION: &str = "/catalogue/areas/editions/time-series";

/// The addresses at which a page says that programs read the same.
fn json_of(page: &str) -> Vec<String> {
    let links = page.split("<link ").skip(1).filter_map(|rest| rest.split('>').next());
    let links = links.filter(|link| link.contains("application/json"));
    let addresses = links.filter_map(|link| link.split("href=\"").nth(1)?.split('"').next());
    addresses.map(|address| address.replace("&amp;", "&")).collect()
}

on_both_databases! {
    async fn a_version_says_what_changed_since_the_one_before(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue/areas").await;
        for words in [
            "What changed since last time",
            "1 row was added.",
            "1 row was removed.",
            "1 figure was revised.",
            "Wales, 2024, 110 → 121 (+10.0%)",
            "/compare?from=1&amp;to=2",
            "How to cite",
        ] {
            assert!(page.contains(words), "{words} {page}");
        }
        for words in ["data-copies=\"citation\"", "id=\"citation\"", "data-copies=\"bibtex\"", "id=\"bibtex\"", "First released"] {
            assert!(page.contains(words), "{words} {page}");
        }
        let first = world.page(&format!("{EDITION}/versions/1")).await;
        assert!(!first.contains("First released"), "{first}");
        assert!(!first.contains("What changed since last time") && first.contains("A newer version, number 2"), "{first}");
        let welsh = world.page("/cy/catalogue/areas").await;
        assert!(welsh.contains("Ychwanegwyd 1 rhes.") && welsh.contains("nid yw") || welsh.contains("Nid yw’r hyn a ddywedir"));
    }

    async fn nothing_was_released_later_than_it_became_public(db: TestDatabase) {
        // Its versions say 23 November, and are public since the 18th.
        let world = World::make(db).await;
        let (site, public) = (&world.site, world.site.public());
        let at = "2026-11-18T11:06:40Z";
        site.advance(TimeDelta::hours(1));
        let editor = site.service("another editor", &[Role::Editor]).await;
        begin_dataset(&editor, "older", "Older figures").await;
        let versions = "/datasets/older/editions/time-series/versions";
        editor.post(versions, json!({"release_date": "2026-11-17T09:30:00Z"})).await.must_be(201);
        editor.upload("older", "time-series", "1", "older.csv", TABLE).await.must_be(201);
        editor.put(&format!("{versions}/1/submit")).await.must_be(200);
        world.approver.put(&format!("{versions}/1/approve")).await.must_be(200);
        let bundle = approved_bundle(&editor, &world.approver, "Older", &[("older", "1")]).await;
        world.operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;

        for path in ["/catalogue/areas", EDITION, "/catalogue/areas/editions/time-series/versions/1", "/search?sort=newest", "/catalogue", "/"] {
            let page = world.page(path).await;
            assert!(page.contains("18 November 2026"), "{path} {page}");
            assert!(!page.contains("23 November 2026") && !page.contains("2026-11-23"), "{path} {page}");
        }
        let version = "/v1/datasets/areas/editions/time-series/versions/1";
        for path in [
            "/catalogue/areas/feed.atom", "/catalogue/areas/feed.rss", "/catalogue/areas/feed.ics", "/search/feed.atom", "/catalogue.csv",
            &format!("{version}/metadata"), &format!("{version}/metadata.ttl"), &format!("{version}/metadata.csvw.json"), &format!("{version}/metadata.txt"), &format!("{version}/files.zip"),
        ] {
            let told = public.get(path).await.must_be(200).text;
            assert!(!told.contains("2026-11-23") && !told.contains("20261123") && !told.contains("23 Nov"), "{path} {told}");
        }
        let told = public.get(version).await.must_be(200).json();
        assert_eq!((&told["release_date"], &told["published_at"]), (&json!(at), &json!(at)));
        let editions = public.get("/v1/datasets/areas/editions").await.must_be(200).json();
        assert_eq!(editions["items"][0]["release_date"], at);
        // What was released elsewhere before it came here keeps its date, and comes after what is newer.
        let found = public.get("/v1/search?sort=newest").await.must_be(200).json();
        let found: Vec<(&Value, &Value)> = found["items"].as_array().unwrap().iter().map(|hit| (&hit["dataset_id"], &hit["release_date"])).collect();
        assert_eq!(found, [(&json!("areas"), &json!(at)), (&json!("older"), &json!("2026-11-17T09:30:00Z"))]);

        // Before it is public it says what its editors said.
        next_version(&editor, &world.approver, "areas").await;
        let next = editor.get("/v1/datasets/areas/editions/time-series/versions/3").await.must_be(200).json();
        assert_eq!((&next["release_date"], &next["published_at"]), (&json!("2026-11-23T09:30:00Z"), &Value::Null));
        publish(site, &editor, &world.approver, &world.operator, "3").await;
        let next = public.get("/v1/datasets/areas/editions/time-series/versions/3").await.must_be(200).json();
        assert_eq!(next["release_date"], next["published_at"]);
    }

    async fn an_address_without_its_end_leads_to_the_list_of_what_it_was_of(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue/areas").await;
        assert!(page.contains("id=\"versions\""), "{page}");
        for language in ["", "/cy"] {
            for end in ["", "/"] {
                for (list, page) in [("/catalogue/areas/editions", "/catalogue/areas"), (format!("{EDITION}/versions").as_str(), EDITION), ("/catalogue/secret/editions", "/catalogue/secret")] {
                    let moved = world.site.public().get(&format!("{language}{list}{end}")).await.must_be(308);
                    assert_eq!(moved.header("location"), format!("{language}{page}#versions"));
                }
            }
        }
        world.site.public().get("/catalogue/areas/editions/time-series/none").await.must_be(404);
    }

    async fn what_was_counted_in_the_columns_is_told(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue/areas").await;
        for words in ["What the columns hold", "Different values", ">Whole numbers</td>", ">2025</td>"] {
            assert!(page.contains(words), "{words} {page}");
        }
        assert!(world.page("/cy/catalogue/areas").await.contains("Beth sydd yn y colofnau"));
    }

    async fn a_version_says_how_it_is_judged_followed_and_checked(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue/areas").await;
        let dates = page.split("page-title__meta").nth(1).and_then(|rest| rest.split("</p>").next()).unwrap_or_default();
        assert!(dates.contains("href=\"/catalogue/areas/quality\"") && dates.contains("tatistics"), "{dates}");
        for format in ["atom", "rss", "ics"] {
            let feed = format!("/catalogue/areas/feed.{format}");
            assert!(page.split("id=\"about\"").nth(1).unwrap().contains(&format!("href=\"{feed}\"")), "{feed} {page}");
            world.site.public().get(&feed).await.must_be(200);
        }
        for words in ["What these formats are", "A table as plain text", "sha256sum"] {
            assert!(page.contains(words), "{words} {page}");
        }
        assert!(!page.contains("A workbook for Excel"), "formats that are not there are not explained: {page}");
        assert!(world.page("/cy/catalogue/areas").await.contains("Tabl fel testun plaen"));
    }

    async fn each_address_names_itself_to_other_programs(db: TestDatabase) {
        let world = World::make(db).await;
        let site = &world.site.url;
        let (dataset, first, latest) = ("/catalogue/areas", format!("{EDITION}/versions/1"), format!("{EDITION}/versions/2"));
        // What shows the newest figures is known by the address that stays when the next ones come.
        for (path, known) in [(dataset, dataset), (EDITION, dataset), (latest.as_str(), dataset), (first.as_str(), first.as_str())] {
            let page = world.page(&format!("{path}?utm=x")).await;
            for tag in [
                format!("href=\"{site}{known}\" rel=\"canonical\""),
                format!("href=\"{site}/cy{known}\" hreflang=\"cy\""),
                format!("href=\"{site}{known}\" hreflang=\"x-default\""),
                format!("property=\"og:url\" content=\"{site}{known}\""),
                "href=\"/catalogue/areas/feed.atom\"".to_owned(),
                "type=\"application/json\"".to_owned(),
                format!("\"contentUrl\":\"{site}/files/downloads/areas/"),
            ] {
                assert!(page.contains(&tag), "{path} {tag} {page}");
            }
        }
        let titles = ["/catalogue/areas", EDITION, &format!("{EDITION}/versions/1")].map(|path| path.to_owned());
        let mut seen = Vec::new();
        for path in titles {
            let page = world.page(&path).await;
            seen.push(page.split("<title>").nth(1).unwrap().split('<').next().unwrap().to_owned());
        }
        seen.dedup();
        assert_eq!(seen.len(), 3, "{seen:?}");
    }

    async fn what_nobody_publishes_is_named_without_a_publisher(db: TestDatabase) {
        let world = World::make(db).await;
        for (path, words) in [
            ("/catalogue/areas".to_owned(), "areas, Time series, version 2 (18 November 2026). "),
            (format!("{EDITION}/versions/2/explore"), "areas, Time series, version 2 (18 November 2026). "),
            ("/cy/catalogue/areas".to_owned(), "(18 Tachwedd 2026). "),
        ] {
            let page = world.page(&path).await;
            assert!(page.replace("<!>", "").contains(words), "{path}: {page}");
            for bare in ["Source: .", "Ffynhonnell: .", ">(18 ", "author = {{}}"] {
                assert!(!page.contains(bare), "{path} {bare}: {page}");
            }
        }
    }

    async fn pages_of_data_and_of_lists_name_their_json(db: TestDatabase) {
        let world = World::make(db).await;
        world.correct(1, "The figure for Bath was too low.").await;
        let version = "/v1/datasets/areas/editions/time-series/versions/2";
        let explore = format!("{EDITION}/versions/2/explore");
        let chosen = format!("{explore}?dim.Area=Wales");
        for (path, json) in [
            ("/search?q=areas&page=2", "/v1/search?lang=en&format=json&q=areas&limit=10&offset=10".to_owned()),
            ("/cy/search?formats=csv", "/v1/search?lang=cy&format=json&formats=csv&limit=10&offset=0".to_owned()),
            ("/corrections?type=correction&page=2", "/corrections.json?type=correction".to_owned()),
            ("/cy/corrections", "/corrections.json".to_owned()),
            ("/catalogue/areas/quality", format!("{version}/metadata")),
            (explore.as_str(), format!("{version}/data")),
            (chosen.as_str(), format!("{version}/data?dim.Area=Wales")),
            ("/catalogue/areas", version.to_owned()),
            ("/catalogue", "/v1/datasets?sort=title".to_owned()),
            ("/topics/output", "/v1/topics/output".to_owned()),
            ("/releases", "/v1/releases".to_owned()),
            ("/publication-log", "/v1/publication-log".to_owned()),
        ] {
            assert_eq!(json_of(&world.page(path).await), [json.as_str()], "{path}");
            let answer = world.site.public().get(&json).await.must_be(200);
            assert!(answer.header("content-type").starts_with("application/json") && answer.json().is_object(), "{json}");
        }
        let told = world.site.public().get("/corrections.json?type=correction").await.json();
        assert_eq!((&told["total_count"], &told["items"][0]["alert"]["description"]), (&json!(1), &json!("The figure for Bath was too low.")));
        assert_eq!(told["items"][0]["page"], json!(format!("{}{EDITION}/versions/1", world.site.url)));
        assert_eq!(world.site.public().get("/corrections.json?type=alert").await.json()["items"], json!([]));
        // What the page takes for plain words the API refuses, so that nothing is named.
        assert!(json_of(&world.page("/search?q=titel:areas").await).is_empty());
    }

    async fn each_version_leads_to_those_beside_it(db: TestDatabase) {
        let world = World::make(db).await;
        let link = |rel: &str, path: &str| format!("href=\"{path}\" rel=\"{rel}\"");
        let (first, second) = (format!("{EDITION}/versions/1"), format!("{EDITION}/versions/2"));
        let page = world.page(&first).await;
        for tag in [link("latest-version", &second), link("successor-version", &second), link("version-history", &format!("{EDITION}#versions"))] {
            assert!(page.contains(&tag), "{tag} {page}");
        }
        assert!(!page.contains("predecessor-version"), "{page}");
        let welsh = world.page("/cy/catalogue/areas").await;
        assert!(welsh.contains(&link("predecessor-version", &format!("/cy{first}"))) && !welsh.contains("successor-version"), "{welsh}");

        let (first, second) = (first.replace("/catalogue", "/v1/datasets"), second.replace("/catalogue", "/v1/datasets"));
        for path in [first.clone(), format!("{first}/metadata"), format!("{first}/metadata.ttl")] {
            let links = world.site.public().get(&path).await.must_be(200).header("link");
            assert!(links.contains(&format!("<{second}>; rel=\"latest-version\", <{second}>; rel=\"successor-version\"")), "{path} {links}");
            assert!(links.contains("/versions>; rel=\"version-history\"") && !links.contains("predecessor"), "{path} {links}");
        }
        let links = world.site.public().get(&second).await.must_be(200).header("link");
        assert!(links.contains(&format!("<{first}>; rel=\"predecessor-version\"")) && !links.contains("successor"), "{links}");
    }

    async fn search_engines_are_told_the_way_to_a_page(db: TestDatabase) {
        let world = World::make(db).await;
        let site = &world.site.url;
        for (path, words) in [
            ("/catalogue/areas", format!("\"item\":\"{site}/catalogue/areas\"")),
            ("/topics/output", format!("\"item\":\"{site}/topics/output\"")),
            ("/cy/topics/output", format!("\"item\":\"{site}/cy/topics\"")),
            ("/catalogue/areas/quality", format!("\"item\":\"{site}/catalogue/areas/quality\"")),
        ] {
            let page = world.page(path).await;
            assert!(page.contains("\"BreadcrumbList\"") && page.contains(&words), "{path} {page}");
        }
        let page = world.page("/catalogue").await;
        assert!(page.contains("\"DataCatalog\"") && page.contains(&format!("\"url\":\"{site}/catalogue\"")), "{page}");
    }

    async fn two_versions_stand_side_by_side(db: TestDatabase) {
        let world = World::make(db).await;
        let compare = format!("{EDITION}/compare");
        for path in [compare.clone(), format!("{compare}?from=1&to=2"), format!("{compare}?from=1")] {
            let page = world.page(&path).await;
            for words in ["Revised figures: 1", ">110<", ">121<", "+11 (+10.0%)", "Bath, 2023", "/changes?from=1", "areas.csv"] {
                assert!(page.contains(words), "{path} {words} {page}");
            }
        }
        assert!(world.page(&format!("{compare}?from=2&to=1")).await.contains("−11 (−9.1%)"));
        assert!(world.page(&format!("{compare}?from=2&to=2")).await.contains("the same version twice"));
        assert!(world.page(&format!("{compare}?from=1&to=2&page=9")).await.contains("nothing on this page"));
        let public = world.site.public();
        for path in ["?from=1&to=9", "?from=9", "?from=x"] {
            public.get(&format!("{compare}{path}")).await.must_be(404);
        }
        let hidden = world.missing(&compare.replace("areas", "secret")).await;
        let unknown = world.missing(&compare.replace("areas", "nothing")).await;
        assert_eq!(hidden.replace("secret", "nothing"), unknown);
    }

    async fn a_comparison_is_a_file(db: TestDatabase) {
        let world = World::make(db).await;
        let compare = format!("{EDITION}/compare");
        let page = world.page(&compare).await;
        assert!(page.contains(&format!("{compare}.csv?from=1&amp;to=2")), "{page}");
        for query in ["", "?from=1&to=2", "?to=2"] {
            let file = world.site.public().get(&format!("{compare}.csv{query}")).await.must_be(200);
            assert!(file.header("content-type").starts_with("text/csv"));
            for line in ["change,Area,Year,column,before,after,difference,percent", "rows_added,,,,,1,,", "row_removed,Bath,2023,,,,,", "revised,Wales,2024,Value,110,121,11,10"] {
                assert!(file.text.lines().any(|other| other == line), "{query} {line} {}", file.text);
            }
        }
        for query in ["?from=1&to=9", "?from=x", "?to=1"] {
            world.site.public().get(&format!("{compare}.csv{query}")).await.must_be(404);
        }
        let hidden = world.missing(&format!("{}.csv", compare.replace("areas", "secret"))).await;
        let unknown = world.missing(&format!("{}.csv", compare.replace("areas", "nothing"))).await;
        // But for the address itself, which the page repeats.
        assert_eq!(hidden.replace("secret", "nothing"), unknown);
    }

    async fn one_version_has_nothing_to_be_compared_with(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page(&format!("{EDITION}/compare?to=1")).await;
        assert!(page.contains("There is one version so far"), "{page}");
    }

    async fn methods_and_quality_have_a_page(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue/areas/quality").await;
        for words in ["Methods and quality: areas", "Code of Practice", "areas.csv, 3 rows", ">Area<", "desk@example.org"] {
            assert!(page.contains(words), "{words} {page}");
        }
        // Its parts are led to at its top, and none that is not there.
        for part in ["trust", "methods", "covers", "columns", "ask"] {
            assert!(page.contains(&format!("href=\"#{part}\"")) && page.contains(&format!("id=\"{part}\"")), "{part} {page}");
        }
        assert_eq!(page.contains("href=\"#notes\""), page.contains("id=\"notes\""), "{page}");
        world.site.public().get("/catalogue/secret/quality").await.must_be(404);
        assert!(world.page("/cy/catalogue/areas/quality").await.contains("Dulliau ac ansawdd"));
    }

    async fn the_list_of_editions_tells_what_the_latest_of_each_comes_as(db: TestDatabase) {
        let world = World::make(db).await;
        world.correct(2, "Bath was too low.").await;
        for (path, correction) in [("/catalogue/areas", "Correction"), ("/cy/catalogue/areas", "Cywiriad")] {
            let page = world.page(path).await;
            let list = page.split("id=\"versions\"").nth(1).and_then(|rest| rest.split("</section>").next());
            let versions = list.and_then(|list| list.split("<h2>").nth(1)).unwrap_or_default();
            assert_eq!(versions.matches(">CSV ").count(), 2, "{path} {versions}");
            let list = list.and_then(|list| list.split("<h2>").nth(2)).unwrap_or_default();
            assert!(list.contains(">CSV ") && list.contains(" bytes<"), "{path} {list}");
            assert!(list.contains(&format!(">{correction}<")), "{path} {list}");
        }
    }

    async fn the_list_of_versions_says_what_was_wrong_with_others(db: TestDatabase) {
        let world = World::make(db).await;
        world.correct(1, "Bath was too low.").await;
        for (path, there) in [("/catalogue/areas", true), ("/catalogue/areas/editions/time-series/versions/1", false)] {
            let page = world.page(path).await;
            let list = page.split("id=\"versions\"").nth(1).and_then(|rest| rest.split("</section>").next());
            assert_eq!(list.is_some_and(|list| list.contains("Bath was too low.")), there, "{path} {page}");
            assert!(page.contains("Bath was too low.") || there, "its own page says it above: {page}");
        }
    }
}
