//! The pictures that other sites put beside links.

use chrono::{SecondsFormat, TimeDelta};
use domain::policy::Role;
use reqwest::Method;
use serde_json::json;
use testkit::on_both_databases;

use super::World;

const VERSIONS: &str = "/catalogue/areas/editions/time-series/versions";

on_both_databases! {
    async fn a_page_of_data_has_a_picture_that_its_links_bring_along(db: TestDatabase) {
        let world = World::make(db).await;
        let (public, site) = (world.site.public(), &world.site.url);
        let earlier = (format!("{VERSIONS}/1"), format!("{VERSIONS}/1/card.png"));
        let mut tags = Vec::new();
        for (page, picture) in [
            ("/catalogue/areas", "/catalogue/areas/card.png"),
            ("/cy/catalogue/areas", "/cy/catalogue/areas/card.png"),
            (earlier.0.as_str(), earlier.1.as_str()),
        ] {
            let shown = world.page(page).await;
            assert!(shown.contains(&format!("property=\"og:image\" content=\"{site}{picture}\"")), "{page} {shown}");
            assert!(shown.contains("content=\"summary_large_image\""), "{page} {shown}");
            let sent = public.get(picture).await.must_be(200);
            assert_eq!(sent.header("content-type"), "image/png");
            assert_eq!(sent.header("cross-origin-resource-policy"), "cross-origin", "other sites may show it");
            assert!(sent.text.contains("PNG\r\n"), "{picture}");
            let again = public.request(Method::GET, picture).header("if-none-match", sent.header("etag"));
            public.send(again).await.must_be(304);
            tags.push(sent.header("etag"));
        }
        // Each says something else: the language, and which version it is.
        let told = tags.len();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), told);
        // One version is one picture, by whatever address it is asked for.
        let latest = public.get("/catalogue/areas/card.png").await.header("etag");
        for path in ["/catalogue/areas/editions/time-series/card.png".to_owned(), format!("{VERSIONS}/2/card.png")] {
            assert_eq!(public.get(&path).await.must_be(200).header("etag"), latest, "{path}");
        }
        assert!(world.page("/").await.contains(&format!("content=\"{site}/assets/apple-touch-icon.png\"")));
    }

    async fn what_is_hidden_has_no_picture_as_what_is_missing(db: TestDatabase) {
        let world = World::make(db).await;
        let public = world.site.public();
        for hidden in ["/catalogue/secret/card.png", "/catalogue/secret/editions/time-series/versions/1/card.png"] {
            let told = world.missing(hidden).await.replace("/secret/", "/nothing/");
            assert_eq!(told, world.missing(&hidden.replace("secret", "nothing")).await);
        }
        for version in ["3", "0", "x", "-1", "99999999999"] {
            public.get(&format!("{VERSIONS}/{version}/card.png")).await.must_be(404);
        }
        // Who may see it in the portal finds no picture of it here either.
        world.approver.get("/catalogue/secret/card.png").await.must_be(404);
    }

    async fn a_release_has_a_picture_from_its_announcement_on(db: TestDatabase) {
        let world = World::make(db).await;
        let editor = world.site.service("another-editor", &[Role::Editor]).await;
        let public = world.site.public();
        let at = (world.site.now() + TimeDelta::days(3)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let release = json!({"id": "prices", "title": "Prices", "summary": "What things cost.", "release_date": at});
        editor.post("/v1/releases", release).await.must_be(201);
        let draft = world.missing("/releases/prices/card.png").await.replace("/prices/", "/nothing/");
        assert_eq!(draft, world.missing("/releases/nothing/card.png").await);
        editor.put("/v1/releases/prices/announce").await.must_be(200);
        let page = public.get("/releases/prices").await.must_be(200).text;
        let address = format!("property=\"og:image\" content=\"{}/releases/prices/card.png\"", world.site.url);
        assert!(page.contains(&address), "{page}");
        let sent = public.get("/releases/prices/card.png").await.must_be(200);
        let welsh = public.get("/cy/releases/prices/card.png").await.must_be(200);
        assert_eq!(sent.header("content-type"), "image/png");
        assert_ne!(sent.header("etag"), welsh.header("etag"));
    }
}
