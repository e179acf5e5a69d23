//! The whole catalogue by title, and all corrections.

use chrono::TimeDelta;
use testkit::on_both_databases;

use super::World;

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
    }
}
