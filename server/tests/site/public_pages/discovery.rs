//! What tells programs about the site, and pages of words.

use chrono::TimeDelta;
use domain::sitemap;
use serde_json::json;
use services::sitemaps;
use testkit::large::{Size, multiply};
use testkit::on_both_databases;

use super::World;
use crate::support::lets_caches_answer;

on_both_databases! {
    async fn search_engines_find_every_public_page(db: TestDatabase) {
        let world = World::make(db).await;
        let site = &world.site.url;
        let robots = world.page("/robots.txt").await;
        assert!(robots.contains(&format!("Sitemap: {site}/sitemap.xml")) && robots.contains("Disallow: /admin"), "{robots}");
        let index = world.page("/sitemap.xml").await;
        assert!(index.contains(&format!("{site}/sitemaps/datasets-1.xml")) && !index.contains("datasets-2"), "{index}");
        let datasets = world.page("/sitemaps/datasets-1.xml").await;
        assert!(datasets.contains(&format!("<loc>{site}/cy/catalogue/areas</loc><lastmod>")), "{datasets}");
        assert!(!datasets.contains("secret"), "{datasets}");
        let pages = world.page("/sitemaps/pages.xml").await;
        assert!(datasets.contains(&format!("<loc>{site}/catalogue/areas/quality</loc><lastmod>")), "{datasets}");
        for part in pages.split("<loc>").skip(1).chain(datasets.split("<loc>").skip(1)) {
            let address = part.split('<').next().unwrap();
            world.site.public().get(address.strip_prefix(site.as_str()).unwrap()).await.must_be(200);
        }
        for path in ["datasets-2.xml", "datasets-0.xml", "datasets-922337203685479.xml", "datasets-18446744073709551615.xml", "x.xml"] {
            world.site.public().get(&format!("/sitemaps/{path}")).await.must_be(404);
        }
        let search = world.page("/opensearch.xml").await;
        assert!(search.contains(&format!("template=\"{site}/search?q={{searchTerms}}\"")), "{search}");
        assert!(world.page("/").await.contains("href=\"/opensearch.xml\""));
    }

    async fn no_cache_answers_in_our_place_for_what_a_publication_changes(db: TestDatabase) {
        let world = World::make(db).await;
        let public = world.site.public();
        let of_one = |id: &str, version: u32| {
            let page = format!("/catalogue/{id}/editions/time-series/versions/{version}");
            let feeds = ["", "/quality", "/feed.atom", "/feed.rss", "/feed.ics"].map(|end| format!("/catalogue/{id}{end}"));
            let others = [format!("{page}/explore"), format!("/embed/{id}/editions/time-series/versions/{version}"), page];
            [feeds.to_vec(), others.to_vec()].concat()
        };
        let lists = [
            "/search?q=areas", "/topics", "/releases", "/corrections", "/publication-log", "/status", "/search/feed.atom", "/corrections.rss",
            "/releases.ics",
        ];
        let there = lists.map(str::to_owned).into_iter().chain(of_one("areas", 2)).map(|path| (path, 200));
        // What is not there yet is there after the next publication, and so may that be which somebody is led to.
        let not_there = of_one("secret", 1).into_iter().chain(["/no/such/page".to_owned()]).map(|path| (path, 404));
        let elsewhere = ["/catalogue/areas/editions", "/catalogue/secret/editions"].map(|path| (path.to_owned(), 308));
        let in_both = there.chain(not_there).chain(elsewhere).flat_map(|(path, status)| [(format!("/cy{path}"), status), (path, status)]);
        let once = [
            "/", "/cy", "/sitemap.xml", "/sitemaps/datasets-1.xml", "/robots.txt", "/status.json", "/corrections.json", "/catalogue.csv",
        ];
        for (path, status) in in_both.chain(once.map(|path| (path.to_owned(), 200))) {
            let answer = public.get(&path).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            let kept = answer.header("cache-control");
            assert!(!lets_caches_answer(&kept), "{path}: {kept}");
        }
    }

    async fn every_dataset_is_in_one_of_the_files_however_many_these_are(db: TestDatabase) {
        let world = World::make(db).await;
        let services = &world.site.services;
        multiply(&services.db, Size { template: "areas", datasets: 4, versions: 1 }).await.unwrap();
        let (mut told, size) = (Vec::new(), 2);
        for (number, datasets) in [(1, 2), (2, 2), (3, 1), (4, 0), (0, 0), (u64::MAX, 0)] {
            let places = sitemaps::of_datasets(services, number, size).await.unwrap();
            assert_eq!(places.len(), datasets * 2, "{number}: {places:?}");
            told.extend(places.into_iter().map(|place| place.path));
        }
        told.sort();
        let mut wanted: Vec<String> = ["areas", "areas-1", "areas-2", "areas-3", "areas-4"]
            .iter()
            .flat_map(|id| [format!("/catalogue/{id}"), format!("/catalogue/{id}/quality")])
            .collect();
        wanted.sort();
        assert_eq!(told, wanted, "each once, and nothing of what is not public");
        let index = sitemap::index("https://data.example.org", sitemaps::count(services).await.unwrap(), size);
        assert!(index.contains("/sitemaps/datasets-3.xml") && !index.contains("datasets-4"), "{index}");
    }

    async fn what_counts_readers_makes_no_other_address(db: TestDatabase) {
        let world = World::make(db).await;
        let site = &world.site.url;
        for path in [
            "/", "/search?q=areas", "/topics", "/topics/output", "/catalogue?letter=A", "/catalogue/areas/quality", "/releases",
            "/corrections", "/publication-log", "/feeds", "/developers", "/status", "/help", "/about", "/cookies", "/feedback",
            "/catalogue/areas/editions/time-series/compare?from=1",
            "/catalogue/areas/editions/time-series/versions/1/explore?dim.Area=Wales",
        ] {
            let joined = if path.contains('?') { "&" } else { "?" };
            let welsh = if path == "/" { "/cy".to_owned() } else { format!("/cy{path}") };
            for (asked, known) in [(path, path), (welsh.as_str(), welsh.as_str())] {
                let page = world.page(&format!("{asked}{joined}utm_source=x&fbclid=y")).await;
                let head = page.split("</head>").next().unwrap();
                for tag in [
                    format!("href=\"{site}{known}\" rel=\"canonical\""),
                    format!("href=\"{site}{path}\" hreflang=\"en\""),
                    format!("href=\"{site}{welsh}\" hreflang=\"cy\""),
                    format!("property=\"og:url\" content=\"{site}{known}\""),
                ] {
                    assert!(head.contains(&tag), "{asked} {tag} {head}");
                }
                assert!(!head.contains("utm_source"), "{asked} {head}");
            }
        }
    }

    async fn the_status_tells_what_the_log_tells(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/status").await;
        assert!(page.contains("Published by hand") && page.contains("areas") && !page.contains("Secret"), "{page}");
        assert!(world.page("/cy/status").await.contains("Rhannau’r safle"));
    }

    async fn the_public_reads_of_incidents_what_operators_told_it(db: TestDatabase) {
        let world = World::make(db).await;
        let opened = |title: &str, severity: &str| json!({"title": title, "severity": severity, "description": "Of the secret bundle."});
        let hidden = world.operator.post("/v1/incidents", opened("The secret bundle is late", "p1")).await.must_be(201);
        world.operator.post(&format!("{}/updates", hidden.header("location")), json!({"text": "Not for all."})).await.must_be(201);
        let before = world.site.public().get("/status.json").await.must_be(200).json();
        assert_eq!(before["incidents"], json!([]));
        assert!(before["days"].as_array().unwrap().iter().all(|day| day["state"] == "working"), "{before}");

        let incident = world.operator.post("/v1/incidents", opened("Odd title", "p2")).await.must_be(201).header("location");
        let told = json!({"text": "Downloads are slow.", "public": true, "text_cy": "Mae lawrlwytho’n araf."});
        let noted = world.operator.post(&format!("{incident}/updates"), told).await.must_be(201).json();
        assert_eq!(noted["public_updates"][0]["text"], "Downloads are slow.");
        world.operator.post(&format!("{incident}/updates"), json!({"text": "The cause is unclear."})).await.must_be(201);
        let long = json!({"text": "x", "text_cy": "y".repeat(5001)});
        world.operator.post(&format!("{incident}/updates"), long).await.must_be(422);
        world.site.advance(TimeDelta::minutes(2));
        let page = world.page("/status").await;
        for words in ["Downloads are slow.", "Something works badly", "Reported", "89 days of 90", "Days with a disturbance"] {
            assert!(page.contains(words), "{words} {page}");
        }
        for words in ["secret bundle", "Odd title", "The cause is unclear", "Not for all", "does not work</h3>"] {
            assert!(!page.contains(words), "{words} {page}");
        }
        assert!(world.page("/cy/status").await.contains("Mae lawrlwytho’n araf."));
        // Who follows the feed is told the same, and led to where it stands.
        assert!(page.contains("href=\"/status.atom\"") && world.page("/feeds").await.contains("/status.rss"), "{page}");
        let feed = world.page("/status.atom").await;
        assert!(feed.contains("<title>Something works badly, since ") && feed.contains("Downloads are slow."), "{feed}");
        assert_eq!(feed.matches("<entry>").count(), 1, "{feed}");
        for words in ["secret", "Odd title", "The cause is unclear", "Not for all"] {
            assert!(!feed.contains(words), "{words} {feed}");
        }
        let place = feed.split("/status#").nth(1).and_then(|rest| rest.split(['<', '"']).next()).unwrap();
        assert!(page.contains(&format!("id=\"{place}\"")), "{place} {page}");
        assert!(world.page("/cy/status.rss").await.contains("Mae lawrlwytho’n araf."));
        let public = world.site.public();
        let answer = public.get("/status.json").await.must_be(200);
        let known = public.request(reqwest::Method::GET, "/status.json").header("if-none-match", answer.header("etag"));
        assert_eq!(public.send(known).await.must_be(304).header("etag"), answer.header("etag"));
        let told = answer.json();
        assert_eq!((&told["incidents"][0]["severity"], &told["incidents"][0]["state"]), (&json!("p2"), &json!("open")));
        assert_eq!(told["days"].as_array().unwrap().last().unwrap()["state"], "disturbed");
        assert_eq!(told["incidents"].as_array().unwrap().len(), 1);

        world.operator.put_json(&format!("{incident}/resolve"), json!({"cause": "A secret disk."})).await.must_be(200);
        world.site.advance(TimeDelta::days(89));
        let page = world.page("/status").await;
        assert!(page.contains(">Over<") && page.contains("until ") && !page.contains("secret disk"), "{page}");
        world.site.advance(TimeDelta::days(2));
        let page = world.page("/status").await;
        assert!(page.contains("Nothing has been reported") && page.contains("90 days of 90"), "{page}");
    }

    async fn every_page_of_words_is_there_in_both_languages(db: TestDatabase) {
        let world = World::make(db).await;
        for path in ["help", "cookies", "privacy", "terms", "contact", "accessibility", "feeds", "feedback", "feedback/sent"] {
            let (english, welsh) = (world.page(&format!("/{path}")).await, world.page(&format!("/cy/{path}")).await);
            let heading = |page: &str| page.split("<h1>").nth(1).unwrap().split('<').next().unwrap().to_owned();
            assert_ne!(heading(&english), heading(&welsh), "{path}");
        }
        let statement = world.page("/accessibility").await;
        for words in ["2.2, level AA", "320, 768 and 1280", "made on ", "Known limits", "href=\"/feedback\"", "href=\"/contact\""] {
            assert!(statement.contains(words), "{words} {statement}");
        }
    }
}
