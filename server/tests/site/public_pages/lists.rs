//! Lists, headings and what the site offers: pages beyond the end, the outline of each page, corrections, suggestions, next releases.

use chrono::{SecondsFormat, TimeDelta};
use domain::catalogue::SearchQuery;
use domain::policy::Role;
use search::SearchIndex;
use serde_json::{Value, json};
use services::Services;
use testkit::on_both_databases;

use super::World;
use crate::support::*;

/// Every template of the public site that this world has something for.
const PAGES: [&str; 35] = [
    "/",
    "/search",
    "/search?q=areas",
    "/search?q=qqqqzzzz",
    "/topics",
    "/topics/output",
    "/catalogue",
    "/catalogue/areas",
    "/catalogue/areas/editions/time-series/versions/1",
    "/catalogue/areas/editions/time-series/versions/2/explore",
    "/catalogue/areas/editions/time-series/versions/2/explore?dim.Area=nowhere",
    "/catalogue/areas/editions/time-series/compare?from=1&to=2",
    "/catalogue/areas/quality",
    "/list",
    "/list?dataset=areas&dataset=nothing&q=areas",
    "/catalogue/nothing",
    "/releases",
    "/releases?view=month",
    "/releases?view=published",
    "/corrections",
    "/publication-log",
    "/feeds",
    "/subscribe",
    "/subscribe/sent",
    "/feedback",
    "/developers",
    "/developers/datasets",
    "/status",
    "/help",
    "/about",
    "/accessibility",
    "/cookies",
    "/privacy",
    "/terms",
    "/contact",
];

/// The levels of the headings of a page in their order, and whether each has words.
fn headings(page: &str) -> Vec<(u32, bool)> {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let mut found = Vec::new();
    for part in body.split("<h").skip(1) {
        let level = part.chars().next().and_then(|c| c.to_digit(10));
        if let (Some(level), true) = (level, part[1..].starts_with([' ', '>'])) {
            let inner = part.split_once('>').and_then(|(_, rest)| rest.split_once(&format!("</h{level}>")));
            found.push((level, inner.is_some_and(|(inner, _)| has_words(inner))));
        }
    }
    found
}

/// Whether anything but tags stands in a piece of a page.
fn has_words(html: &str) -> bool {
    let words = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, words)| words));
    words.collect::<String>().chars().any(char::is_alphanumeric)
}

on_both_databases! {
    async fn each_page_has_an_outline_without_jumps_and_no_empty_heading(db: TestDatabase) {
        let world = World::make(db).await;
        world.correct(1, "The figure for Bath was too low.").await;
        for path in PAGES.iter().flat_map(|path| [(*path).to_owned(), format!("/cy{path}")]) {
            let page = world.site.public().get(&path).await.text;
            let outline = headings(&page);
            assert_eq!(outline.iter().filter(|(level, _)| *level == 1).count(), 1, "{path}: {outline:?}");
            assert_eq!(outline[0].0, 1, "{path}: {outline:?}");
            assert!(outline.windows(2).all(|pair| pair[1].0 <= pair[0].0 + 1), "{path} jumps: {outline:?}");
            assert!(outline.iter().all(|(_, words)| *words), "{path} has an empty heading: {outline:?}");
            for cell in page.split("<th").skip(1).filter(|part| part.starts_with([' ', '>'])) {
                let inner = cell.split_once('>').and_then(|(_, rest)| rest.split_once("</th>")).map(|(inner, _)| inner);
                assert!(inner.is_some_and(has_words), "{path}: <th{}", &cell[..cell.len().min(80)]);
            }
        }
    }

    async fn a_table_with_a_nameless_column_has_a_heading_over_it(db: TestDatabase) {
        let world = World::make(db).await;
        let (editor, approver) = (world.site.service("e", &[Role::Editor]).await, &world.approver);
        table_version(&editor, approver, "nameless", b",Year,Value\nWales,2023,100\nWales,2024,110\nBath,2023,7\n").await;
        let bundle = approved_bundle(&editor, approver, "Nameless", &[("nameless", "1")]).await;
        world.operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        world.site.run_tasks().await;
        for path in ["/catalogue/nameless", "/catalogue/nameless/editions/time-series/versions/1/explore"] {
            let page = world.page(path).await;
            assert!(page.contains(">column_1<"), "{path} {page}");
            assert!(!page.contains("<legend></legend>"), "{path} {page}");
        }
    }

    async fn a_catalogue_without_datasets_says_so_and_heads_nothing_that_is_empty(db: TestDatabase) {
        let site = Site::start(db).await;
        site.database.execute("DELETE FROM topics").await.unwrap();
        let page = async |path: &str| site.public().get(path).await.must_be(200).text;
        for path in ["/", "/search", "/catalogue"] {
            let english = page(path).await;
            assert!(english.contains(">Nothing is published yet</h2>"), "{path} {english}");
            let welsh = page(&format!("/cy{}", path.trim_end_matches('/'))).await;
            assert!(welsh.contains(">Nid oes dim wedi’i gyhoeddi eto</h2>"), "{path} {welsh}");
        }
        let home = page("/").await;
        for empty in ["hero__next", "hero__hint", "Latest releases", "Browse by topic"] {
            assert!(!home.contains(empty), "{empty} {home}");
        }
        let nothing = page("/search?q=qqqqzzzz").await;
        assert!(nothing.contains("No datasets match") && !nothing.contains("Browse by topic"), "{nothing}");
        let narrowed = page("/catalogue?letter=A").await;
        assert!(narrowed.contains("No datasets here") && !narrowed.contains("Nothing is published yet"), "{narrowed}");
    }

    async fn an_index_that_is_being_filled_is_not_taken_for_a_catalogue_without_datasets(db: TestDatabase) {
        let world = World::make(db).await;
        let index = SearchIndex::in_memory().unwrap();
        let filling = Services { index, ..world.site.services.clone() };
        let page = services::catalogue::search(&filling, SearchQuery::default()).await.unwrap();
        assert_eq!((page.total_count, page.is_nothing_public), (0, false));
    }

    async fn a_page_beyond_the_end_of_a_list_says_so_and_leads_to_the_last(db: TestDatabase) {
        let world = World::make(db).await;
        world.correct(1, "The figure for Bath was too low.").await;
        for (list, elsewhere) in [
            ("/publication-log", "Nothing has been published yet"),
            ("/search", "No datasets match"),
            ("/catalogue", "No datasets here"),
            ("/corrections", "Nothing matches these choices"),
            ("/topics/output", "Nothing has been published on this topic yet"),
        ] {
            for number in ["2", "99", "1001", "4294967295"] {
                let page = world.page(&format!("{list}?page={number}")).await;
                assert!(page.contains("There is nothing on this page"), "{list} {number} {page}");
                assert!(page.contains(&format!("href=\"{list}\" class=\"button button--secondary\">Go to the last page")), "{list} {number} {page}");
                assert!(!page.contains(elsewhere) && !page.contains("rel=\"next\""), "{list} {number} {page}");
            }
            assert!(world.page(&format!("/cy{list}?page=9")).await.contains("Nid oes dim ar y dudalen hon"), "{list}");
            assert!(!world.page(list).await.contains("There is nothing on this page"), "{list}");
        }
        // A list without entries says what it says on its first page.
        assert!(world.page("/releases?page=7").await.contains("empty-state"));
        assert!(!world.page("/releases?page=7").await.contains("There is nothing on this page"));
    }

    async fn the_home_page_tells_of_corrections_once_there_are_any(db: TestDatabase) {
        let world = World::make(db).await;
        assert!(!world.page("/").await.contains("Latest corrections"));
        for number in 1..=4 {
            world.correct(1, &format!("The figure for Bath was wrong, part {number}.")).await;
            world.site.advance(TimeDelta::days(1));
        }
        let page = world.page("/").await;
        assert!(page.contains("Latest corrections") && page.contains("part 4") && page.contains("part 2"), "{page}");
        assert!(!page.contains("part 1.") && page.contains("href=\"/corrections\""), "{page}");
        assert!(page.contains("/catalogue/areas/editions/time-series/versions/1\""), "{page}");
        let welsh = world.page("/cy").await;
        assert!(welsh.contains("Y cywiriadau diweddaraf") && welsh.contains("href=\"/cy/corrections\""), "{welsh}");
    }

    async fn the_home_page_tells_of_announced_releases_and_of_nothing_else(db: TestDatabase) {
        let world = World::make(db).await;
        assert!(!world.page("/").await.contains("Next releases"));
        let editor = world.site.service("e", &[Role::Editor]).await;
        for (days, id, title) in [(3, "output-figures", "Output figures"), (4, "hidden-figures", "Hidden figures")] {
            let at = (world.site.now() + TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
            let release = json!({"id": id, "title": title, "title_cy": "Ffigurau allbwn", "release_date": at});
            editor.post("/v1/releases", release).await.must_be(201);
        }
        editor.put("/v1/releases/output-figures/announce").await.must_be(200);
        let page = world.page("/").await;
        for words in ["Next releases", "Output figures", "in 3 days", "href=\"/releases/output-figures\"", "Provisional"] {
            assert!(page.contains(words), "{words} {page}");
        }
        assert!(!page.contains("Hidden figures"), "{page}");
        let welsh = world.page("/cy").await;
        assert!(welsh.contains("Datganiadau nesaf") && welsh.contains("ymhen 3 diwrnod"), "{welsh}");
        let event = world.page("/releases/output-figures").await;
        assert!(event.contains("\"@type\":\"Event\"") && event.contains("https://schema.org/EventScheduled"), "{event}");
        let own = format!("\"item\":\"{}/releases/output-figures\"", world.site.url);
        assert!(event.contains("\"BreadcrumbList\"") && event.contains(&own), "{event}");
        assert!(world.page("/releases").await.contains(">in 3 days<"), "the calendar says so, too");
        // It is counted anew, though nothing was published meanwhile.
        world.site.advance(TimeDelta::days(1));
        assert!(world.page("/").await.contains("in 2 days"));
    }

    async fn an_address_that_is_nothing_offers_what_is_called_alike(db: TestDatabase) {
        let world = World::make(db).await;
        for path in ["/catalogue/area", "/catalogue/arees", "/catalogue/areas/editions/none", "/cy/catalogue/area/quality"] {
            let page = world.missing(path).await;
            let prefix = if path.starts_with("/cy") { "/cy" } else { "" };
            assert!(page.contains(&format!("href=\"{prefix}/catalogue/areas\"")), "{path} {page}");
        }
        // What is hidden is not offered, and its own address offers nothing that another's would not.
        let hidden = world.missing("/catalogue/secre").await;
        assert!(!hidden.contains("Perhaps you meant") && !hidden.contains("Secret figures"), "{hidden}");
        let (hidden, unknown) = (world.missing("/catalogue/secret").await, world.missing("/catalogue/secrat").await);
        assert_eq!(hidden.replace("secret", "secrat"), unknown);
    }

    async fn the_whole_catalogue_is_a_file(db: TestDatabase) {
        let world = World::make(db).await;
        let file = world.site.public().get("/catalogue.csv").await.must_be(200);
        assert!(file.header("content-type").starts_with("text/csv") && file.header("content-disposition").contains("catalogue-"));
        let lines: Vec<&str> = file.text.lines().collect();
        assert_eq!(lines[0], "id,title,title_cy,edition,latest_version,release_date,publisher,licence,licence_url,address");
        assert_eq!(lines.len(), 2, "{}", file.text);
        assert!(lines[1].starts_with("areas,areas,") && lines[1].contains(",time-series,2,"), "{}", file.text);
        assert!(lines[1].ends_with(&format!("{}/catalogue/areas", world.site.url)), "{}", file.text);
        assert!(world.page("/catalogue").await.contains("href=\"/catalogue.csv\""));
    }

    async fn the_next_release_is_said_in_the_language_of_the_page(db: TestDatabase) {
        let world = World::make(db).await;
        let (editor, approver) = (world.site.service("e", &[Role::Editor]).await, &world.approver);
        for (id, next, english, welsh) in [
            ("dated", "2027-01-20", "20 January 2027", "20 Ionawr 2027"),
            ("open", "To be announced", "To be announced", "I'w gyhoeddi"),
            ("worded", "When it is done", "<span lang=\"en\">When it is done", "<span lang=\"en\">When it is done"),
        ] {
            let mut body = metadata(id);
            for (name, value) in [("id", id), ("type", "static"), ("department", "economy"), ("next_release", next)] {
                body[name] = json!(value);
            }
            editor.post("/datasets", body).await.must_be(201);
            let edition = json!({"edition": "time-series", "title": "Time series"});
            editor.post(&format!("/datasets/{id}/editions"), edition).await.must_be(201);
            next_version(&editor, approver, id).await;
            let bundle = approved_bundle(&editor, approver, id, &[(id, "1")]).await;
            world.operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
            world.site.run_tasks().await;
            let page = world.page(&format!("/catalogue/{id}")).await;
            // Once at the top and once among the facts.
            assert_eq!(page.matches(english).count(), 2, "{id} {page}");
            let page = world.page(&format!("/cy/catalogue/{id}")).await.replace("&#39;", "'").replace("&#x27;", "'");
            assert_eq!(page.matches(welsh).count(), 2, "{id} {page}");
        }
    }

    async fn datasets_topics_and_announced_releases_are_offered_while_typing(db: TestDatabase) {
        let world = World::make(db).await;
        let editor = world.site.service("e", &[Role::Editor]).await;
        let at = (world.site.now() + TimeDelta::days(3)).to_rfc3339_opts(SecondsFormat::Secs, true);
        for (id, title) in [("output-figures", "Output figures"), ("output-hidden", "Output not announced")] {
            let release = json!({"id": id, "title": title, "title_cy": "Ffigurau allbwn", "release_date": at});
            editor.post("/v1/releases", release).await.must_be(201);
        }
        editor.put("/v1/releases/output-figures/announce").await.must_be(200);
        let offered = async |typed: &str, language: &str| {
            let path = format!("/rpc/catalogue/suggest?prefix={typed}&language={language}");
            let found: Value = world.site.public().get(&path).await.must_be(200).json();
            let text = |offer: &Value, name: &str| offer[name].as_str().unwrap().to_owned();
            let all = found.as_array().unwrap().iter();
            // Each tells the language of its title, so that pages can mark what is in another.
            all.map(|offer| {
                let is_english = text(offer, "language") == "en";
                assert!(is_english || language == "cy", "{offer}");
                (text(offer, "kind"), text(offer, "path"), text(offer, "title"))
            }).collect::<Vec<_>>()
        };
        let one = |kind: &str, path: &str, title: &str| (kind.to_owned(), path.to_owned(), title.to_owned());
        assert_eq!(offered("are", "en").await, [one("dataset", "/catalogue/areas", "areas")]);
        let topic = |title| one("topic", "/topics/output", title);
        let release = |title| one("release", "/releases/output-figures", title);
        assert_eq!(offered("outp", "en").await, [topic("Output"), release("Output figures")]);
        assert_eq!(offered("allb", "cy").await, [topic("Allbwn"), release("Ffigurau allbwn")]);
        assert_eq!(offered("secret", "en").await, []);
        assert_eq!(offered("%25", "en").await, []);
        assert_eq!(offered("", "en").await, []);
    }
}
