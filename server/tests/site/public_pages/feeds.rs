//! Feeds of everything that can be followed.

use testkit::on_both_databases;

use super::World;

on_both_databases! {
    async fn each_list_is_a_feed_in_both_forms_and_languages(db: TestDatabase) {
        let world = World::make(db).await;
        world.correct(1, "The figure for Bath & Bristol was <too> low.").await;
        for language in ["", "/cy"] {
            for (base, entry) in [
                ("/search/feed", true),
                ("/topics/output/feed", true),
                ("/catalogue/areas/feed", true),
                ("/corrections", true),
                ("/releases", false),
            ] {
                let answer = world.site.public().get(&format!("{language}{base}.atom")).await.must_be(200);
                assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
                assert_eq!(answer.text.contains("<entry>"), entry, "{base} {}", answer.text);
                assert!(!answer.text.contains("ecret"), "{}", answer.text);
                let own = format!("<link rel=\"self\" type=\"application/atom+xml\" href=\"{}{language}{base}.atom\"/>", world.site.url);
                assert!(answer.text.contains(&own), "{}", answer.text);
                let rss = world.site.public().get(&format!("{language}{base}.rss")).await.must_be(200);
                assert_eq!((rss.header("content-type").as_str(), rss.text.contains("<item>")), ("application/rss+xml; charset=utf-8", entry));
            }
        }
        let corrections = world.page("/corrections.rss").await;
        assert!(corrections.contains("Bath &amp; Bristol was &lt;too&gt; low"), "{corrections}");
        let dataset = world.page("/catalogue/areas/feed.atom").await;
        assert_eq!(dataset.matches("<entry>").count(), 3, "{dataset}");
    }

    async fn a_feed_holds_the_choice_of_its_page(db: TestDatabase) {
        let world = World::make(db).await;
        assert!(world.page("/search/feed.atom?q=areas").await.contains("<entry>"));
        assert!(!world.page("/search/feed.atom?q=zebra").await.contains("<entry>"));
        world.correct(1, "Once.").await;
        assert!(!world.page("/corrections.atom?year=1999").await.contains("<entry>"));
        let page = world.page("/search?q=areas&page=1").await;
        assert!(page.contains("href=\"/search/feed.atom?q=areas\""), "{page}");
        assert!(world.page("/feeds").await.contains("/corrections.rss"));
    }

    async fn who_has_a_feed_is_told_so_and_what_is_hidden_has_none(db: TestDatabase) {
        let world = World::make(db).await;
        let public = world.site.public();
        let tag = public.get("/catalogue/areas/feed.atom").await.must_be(200).header("etag");
        let again = public.request(reqwest::Method::GET, "/catalogue/areas/feed.atom").header("if-none-match", tag);
        public.send(again).await.must_be(304);
        let hidden = world.missing("/catalogue/secret/feed.atom").await;
        assert!(hidden.contains("Page not found"), "{hidden}");
        assert_eq!(hidden.replace("secret", "nothing"), world.missing("/catalogue/nothing/feed.atom").await);
        public.get("/topics/nothing/feed.rss").await.must_be(404);
    }
}
