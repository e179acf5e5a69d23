//! Feeds of everything that can be followed.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::policy::Role;
use serde_json::json;
use testkit::large::{Size, multiply};
use testkit::on_both_databases;

use super::World;
use crate::support::*;

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

    async fn datasets_topics_and_searches_are_calendars_with_the_next_release(db: TestDatabase) {
        let world = World::make(db).await;
        let (site, public) = (&world.site, world.site.public());
        let editor = site.service("e", &[Role::Editor]).await;
        for (id, next) in [("dated", "2027-01-20"), ("over", "2026-01-20"), ("open", "To be announced")] {
            let mut body = metadata(id);
            for (name, value) in [("id", id), ("type", "static"), ("department", "economy"), ("next_release", next)] {
                body[name] = json!(value);
            }
            editor.post("/datasets", body).await.must_be(201);
            let edition = json!({"edition": "time-series", "title": "Time series"});
            editor.post(&format!("/datasets/{id}/editions"), edition).await.must_be(201);
            next_version(&editor, &world.approver, id).await;
            let bundle = approved_bundle(&editor, &world.approver, id, &[(id, "1")]).await;
            world.operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
            site.run_tasks().await;
        }
        let next = "DTSTART;VALUE=DATE:20270120";
        for language in ["", "/cy"] {
            for base in ["/catalogue/dated/feed.ics", "/topics/output/feed.ics", "/search/feed.ics?q=dated", "/search/feed.ics"] {
                let answer = public.get(&format!("{language}{base}")).await.must_be(200);
                assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
                assert!(answer.text.contains(next) && answer.text.contains("DTSTART:20261118T110640Z"), "{base} {}", answer.text);
                assert_eq!(answer.text.matches("VALUE=DATE").count(), 1, "what is over or not known is no date: {}", answer.text);
                assert!(answer.text.contains(&format!("URL:{}{language}/catalogue/dated", site.url)), "{base} {}", answer.text);
                assert!(!answer.text.contains("ecret"), "{}", answer.text);
                let again = public.request(reqwest::Method::GET, &format!("{language}{base}"));
                public.send(again.header("if-none-match", answer.header("etag"))).await.must_be(304);
            }
        }
        assert!(!world.page("/search/feed.ics?q=zebra").await.contains("VEVENT"));
        let versions = world.page("/catalogue/areas/feed.ics").await;
        assert_eq!(versions.matches("BEGIN:VEVENT").count(), 2, "{versions}");
        let hidden = world.missing("/catalogue/secret/feed.ics").await;
        assert_eq!(hidden.replace("secret", "nothing"), world.missing("/catalogue/nothing/feed.ics").await);
        public.get("/topics/nothing/feed.ics").await.must_be(404);

        // The pages lead to them, in words where people look for them and in the head where programs do.
        let page = world.page("/catalogue/dated").await;
        assert!(page.contains("href=\"/catalogue/dated/feed.ics\" type=\"text/calendar\">Add to your calendar"), "{page}");
        assert!(!world.page("/catalogue/open").await.contains("Add to your calendar"));
        for (page, calendar) in [("/search?q=dated", "/search/feed.ics?q=dated"), ("/topics/output", "/topics/output/feed.ics")] {
            let text = world.page(page).await;
            assert!(text.matches(&format!("href=\"{calendar}\"")).count() >= 2, "{page} {text}");
        }
        assert!(!world.page("/corrections").await.contains("text/calendar"));
        assert!(world.page("/feeds").await.contains("/search/feed.ics"));
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

    async fn a_feed_is_called_by_what_was_chosen_and_leads_to_the_same_page(db: TestDatabase) {
        let world = World::make(db).await;
        let site = &world.site.url;
        for (path, title, page) in [
            ("/search/feed.atom?q=areas", "New figures for “areas” - ", "/search?q=areas"),
            ("/search/feed.atom?page=1&q=areas&topics=output", "New figures: “areas”; Topic: Output - ", "/search?q=areas&amp;topics=output"),
            ("/cy/search/feed.atom?formats=csv&topics=output&x=1", "Ffigurau newydd: Pwnc: Allbwn; ", "/cy/search?topics=output&amp;formats=csv"),
            ("/corrections.atom?type=correction&year=1999", "Corrections and notices: Correction; 1999 - ", "/corrections?year=1999&amp;type=correction"),
            (
                "/releases.atom?view=published&topic=output&month=2026-11",
                "Release calendar: Published; November 2026; Topic: Output - ",
                "/releases?view=published&amp;month=2026-11&amp;topic=output",
            ),
            ("/cy/releases.atom?view=published&topic=nothing", "Calendr datganiadau: Cyhoeddwyd; Pwnc: nothing - ", "/cy/releases?view=published&amp;topic=nothing"),
            ("/releases.atom", "Release calendar - ", "/releases"),
        ] {
            let atom = world.page(path).await;
            assert!(atom.contains(&format!("<title>{title}")), "{path} {atom}");
            assert!(atom.contains(&format!("<link rel=\"alternate\" type=\"text/html\" href=\"{site}{page}\"/>\n")), "{path} {atom}");
            assert!(!atom.contains("rel=\"next\"") && !atom.contains("rel=\"first\""), "it is one page: {path} {atom}");
            let rss = world.page(&path.replace(".atom", ".rss")).await;
            assert!(rss.contains(&format!("<title>{title}")) && rss.contains(&format!("<link>{site}{page}</link>")), "{path} {rss}");
        }
        assert!(world.page("/releases.ics?view=cancelled").await.contains("X-WR-CALNAME:Release calendar: Cancelled - "));
        assert!(world.page("/search/feed.ics?topics=output").await.contains("X-WR-CALNAME:New figures: Topic: Output - "));
    }

    async fn searches_and_topics_tell_what_was_corrected(db: TestDatabase) {
        let world = World::make(db).await;
        world.site.advance(TimeDelta::days(10));
        world.correct(1, "The figure for Bath was too low.").await;
        let at = world.site.now().to_rfc3339();
        for path in ["/search/feed.atom", "/search/feed.atom?q=areas", "/search/feed.atom?topics=output", "/topics/output/feed.atom"] {
            let feed = world.page(path).await;
            let newest = feed.split("<entry>").nth(1).unwrap();
            for part in [
                "<title>Correction: areas, Time series, 1</title>",
                "The figure for Bath was too low.",
                "/catalogue/areas/editions/time-series/versions/1\"/>",
                &format!("<updated>{at}</updated>"),
            ] {
                assert!(newest.contains(part), "{path} {part} {feed}");
            }
            assert_eq!(feed.matches("<entry>").count(), 2, "{path} {feed}");
        }
        assert!(world.page("/cy/topics/output/feed.rss").await.contains("<title>Cywiriad: areas, Time series, 1</title>"));
        for path in ["/search/feed.atom?q=zebra", "/search/feed.atom?q=areas&years=1999"] {
            assert!(!world.page(path).await.contains("<entry>"), "{path}");
        }
    }

    async fn what_is_too_long_for_one_page_goes_on_with_every_entry_on_one_of_them(db: TestDatabase) {
        let world = World::make(db).await;
        let (site, url) = (&world.site, &world.site.url);
        world.correct(2, "Before the release.").await;
        site.advance(TimeDelta::days(10));
        world.correct(2, "After the release.").await;
        multiply(&site.services.db, Size { template: "areas", datasets: 110, versions: 1 }).await.unwrap();
        services::catalogue::rebuild_index(&site.services).await.unwrap();
        let mut ids = HashSet::new();
        for (number, entries) in [(1, 51), (2, 50), (3, 12), (4, 0)] {
            let feed = world.page(&format!("/search/feed.atom?sort=newest&page={number}")).await;
            let of_page: Vec<&str> = feed.split("<entry>\n<id>").skip(1).map(|entry| entry.split('<').next().unwrap()).collect();
            assert_eq!(of_page.len(), entries, "{number} {feed}");
            assert!(of_page.into_iter().all(|id| ids.insert(id.to_owned())), "{number} tells what another told: {feed}");
            // The last release of all is older than what was said after it, and newer than what was said before.
            assert_eq!((feed.contains("After the"), feed.contains("Before the")), (number == 1, number == 3), "{number} {feed}");
            let page = |number: u32| if number == 1 { String::new() } else { format!("&amp;page={number}") };
            let link = |what: &str, to: u32| format!("<link rel=\"{what}\" type=\"application/atom+xml\" href=\"{url}/search/feed.atom?sort=newest{}\"/>", page(to));
            assert!(feed.contains(&link("self", number)) && feed.contains(&link("first", 1)) && feed.contains(&link("last", 3)), "{number} {feed}");
            assert!(feed.contains(&format!("<id>{url}/search/feed.atom?sort=newest</id>")), "{number} {feed}");
            assert_eq!(feed.contains(&link("next", number + 1)), number < 3, "{number} {feed}");
            assert_eq!(feed.contains(&link("previous", number - 1)), number > 1, "{number} {feed}");
        }
        assert_eq!(ids.len(), 113);
        for part in 0..60 {
            world.correct(1, &format!("Part {part} was wrong.")).await;
        }
        for (path, entries) in [("/corrections.atom", [50, 12]), ("/catalogue/areas/feed.rss", [50, 14])] {
            for (number, entries) in (1..).zip(entries) {
                let feed = world.page(&format!("{path}?page={number}")).await;
                assert_eq!(feed.matches("<entry>").count() + feed.matches("<item>").count(), entries, "{path} {number} {feed}");
            }
        }
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
