//! Pages of datasets, editions and versions, side by side too.

use testkit::on_both_databases;

use super::World;

const EDITION: &str = "/catalogue/areas/editions/time-series";

on_both_databases! {
    async fn a_version_says_what_changed_since_the_one_before(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue/areas").await;
        for words in [
            "What changed since last time",
            "1 row was added.",
            "1 row was removed.",
            "1 value was revised.",
            "Wales, 2024, 110 → 121 (+10%)",
            "/compare?from=1&amp;to=2",
            "How to cite",
        ] {
            assert!(page.contains(words), "{words} {page}");
        }
        let first = world.page(&format!("{EDITION}/versions/1")).await;
        assert!(!first.contains("What changed since last time") && first.contains("A newer version, number 2"), "{first}");
        let welsh = world.page("/cy/catalogue/areas").await;
        assert!(welsh.contains("Ychwanegwyd 1 rhes.") && welsh.contains("nid yw") || welsh.contains("Nid yw’r hyn a ddywedir"));
    }

    async fn what_was_counted_in_the_columns_is_told(db: TestDatabase) {
        let world = World::make(db).await;
        let page = world.page("/catalogue/areas").await;
        for words in ["What the columns hold", "Different values", ">Whole numbers</td>", ">2025</td>"] {
            assert!(page.contains(words), "{words} {page}");
        }
        assert!(world.page("/cy/catalogue/areas").await.contains("Beth sydd yn y colofnau"));
    }

    async fn each_address_names_itself_to_other_programs(db: TestDatabase) {
        let world = World::make(db).await;
        let site = &world.site.url;
        for path in ["/catalogue/areas".to_owned(), EDITION.to_owned(), format!("{EDITION}/versions/1")] {
            let page = world.page(&format!("{path}?utm=x")).await;
            for tag in [
                format!("href=\"{site}{path}\" rel=\"canonical\""),
                format!("href=\"{site}/cy{path}\" hreflang=\"cy\""),
                format!("href=\"{site}{path}\" hreflang=\"x-default\""),
                format!("property=\"og:url\" content=\"{site}{path}\""),
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

    async fn two_versions_stand_side_by_side(db: TestDatabase) {
        let world = World::make(db).await;
        let compare = format!("{EDITION}/compare");
        for path in [compare.clone(), format!("{compare}?from=1&to=2"), format!("{compare}?from=1")] {
            let page = world.page(&path).await;
            for words in ["Revised values: 1", ">110<", ">121<", "+11 (+10%)", "Bath, 2023", "/changes?from=1", "areas.csv"] {
                assert!(page.contains(words), "{path} {words} {page}");
            }
        }
        assert!(world.page(&format!("{compare}?from=2&to=1")).await.contains("−11 (−9.09%)"));
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
        world.site.public().get("/catalogue/secret/quality").await.must_be(404);
        assert!(world.page("/cy/catalogue/areas/quality").await.contains("Dulliau ac ansawdd"));
    }
}
