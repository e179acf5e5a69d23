//! What tells programs about the site, and pages of words.

use testkit::on_both_databases;

use super::World;

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
        for part in pages.split("<loc>").skip(1) {
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

    async fn the_status_tells_what_the_log_tells(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/status").await;
        assert!(page.contains("Published by hand") && page.contains("areas") && !page.contains("Secret"), "{page}");
        assert!(world.page("/cy/status").await.contains("Rhannau’r safle"));
    }

    async fn every_page_of_words_is_there_in_both_languages(db: TestDatabase) {
        let world = World::make(db).await;
        for path in ["help", "cookies", "privacy", "feeds", "feedback", "feedback/sent"] {
            let (english, welsh) = (world.page(&format!("/{path}")).await, world.page(&format!("/cy/{path}")).await);
            let heading = |page: &str| page.split("<h1>").nth(1).unwrap().split('<').next().unwrap().to_owned();
            assert_ne!(heading(&english), heading(&welsh), "{path}");
        }
    }
}
