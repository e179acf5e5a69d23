//! The search desk: synonyms, what comes first, and what was asked for.

use chrono::TimeDelta;
use domain::catalogue::SearchQuery;
use domain::policy::Role;
use domain::search_desk::SynonymRule;
use reqwest::Method;
use serde_json::json;
use services::search_desk::{AskedQueries, keep_counts};
use services::{Ctx, Services};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const LIST: &str = "/admin/search/synonyms";
const NEW: &str = "/admin/search/synonyms/new";
const SYNONYMS: &str = "/v1/search/synonyms";
const PINS: &str = "/v1/search/pins";

/// A site with one dataset that everybody sees and one that waits in a bundle; and an administrator.
async fn site_with_one_of_two(db: TestDatabase, settings: &[(&'static str, &str)]) -> (Site, Browser) {
    let site = Site::start_as(db, settings).await;
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    approved_version(&editor, &approver, "gdp", "Gross domestic product").await;
    approved_version(&editor, &approver, "quokkas", "Quokkas by island").await;
    let bundle = approved_bundle(&editor, &approver, "Now", &[("gdp", "1")]).await;
    approved_bundle(&editor, &approver, "Later", &[("quokkas", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    site.account("admin@example.org", &[Role::Admin]).await;
    let admin = Browser::signed_in(&site, "admin@example.org").await;
    (site, admin)
}

/// The fields that a refusal names, in its order.
fn fields(answer: &Answer) -> Vec<String> {
    let listed = answer.json()["error"]["details"]["fields"].clone();
    listed.as_array().unwrap().iter().map(|field| field["field"].as_str().unwrap().to_owned()).collect()
}

/// What happened to something, the newest last, but for refused rights.
async fn changes_of(site: &Site, kind: &str, id: &str) -> Vec<String> {
    let all = domain::page::Paging::WHOLE;
    let found = persistence::events::of_resource(site.services.db.pool(), kind, id, all).await.unwrap().items;
    found.into_iter().map(|event| event.event_type).filter(|told| told != "refused").collect()
}

async fn found(site: &Site, q: &str) -> u64 {
    site.public().get(&format!("/v1/search?q={q}")).await.must_be(200).json()["total_count"].as_u64().unwrap()
}

on_both_databases! {
    async fn a_synonym_is_tried_saved_switched_off_and_removed(db: TestDatabase) {
        let (site, mut admin) = site_with_one_of_two(db, &[]).await;
        assert_eq!(found(&site, "zebedee").await, 0);
        let tried = admin.get(&format!("{NEW}?asked=zebedee&words=gross&q=zebedee")).await.must_be(200).text;
        assert!(tried.contains("What it would find") && tried.contains("Gross domestic product"), "{tried}");
        assert_eq!(found(&site, "zebedee").await, 0, "trying saves nothing");
        let wrong = admin.submit("/rpc/search-desk/save-synonyms", NEW, &[("words", "one alone")]).await.text;
        assert!(wrong.contains("error-summary") && wrong.contains("one alone"), "{wrong}");
        let taken = admin.submit("/rpc/search-desk/save-synonyms", NEW, &[("words", "Inflation\nCPI")]).await.text;
        assert!(taken.contains("These words are a rule already"), "{taken}");
        let fields = [("asked", "zebedee"), ("words", "gross")];
        let made = admin.post("/rpc/search-desk/save-synonyms", NEW, &fields).await.must_be(303);
        let page = made.header("location");
        let id = page.rsplit('/').next().unwrap().to_owned();
        assert_eq!((found(&site, "zebedee").await, found(&site, "gross").await), (1, 1));
        let off = [("id", id.as_str()), ("revision", "1"), ("on", "false")];
        let switched = admin.submit("/rpc/search-desk/switch-synonyms", &page, &off).await.text;
        assert!(switched.contains("Searches do not go by it any more."), "{switched}");
        assert_eq!(found(&site, "zebedee").await, 0);
        let late = admin.submit("/rpc/search-desk/switch-synonyms", &page, &off).await.text;
        assert!(late.contains("This was changed meanwhile"), "{late}");
        let fields = [("id", id.as_str()), ("revision", "2"), ("asked", "zebedee"), ("words", "gross domestic")];
        let edited = admin.submit("/rpc/search-desk/save-synonyms", &page, &fields).await.text;
        assert!(edited.contains("It is switched off") && !edited.contains("from now on"), "{edited}");
        let remove = [("id", id.as_str()), ("revision", "3")];
        let removed = admin.submit("/rpc/search-desk/remove-synonyms", &page, &remove).await.text;
        assert!(removed.contains("The rule was removed."), "{removed}");
        admin.get(&page).await.must_be(404);
        let trail = site.environment().get("/v1/audit?resource_type=search_synonym").await.must_be(200).json();
        let events: Vec<&str> =
            trail["items"].as_array().unwrap().iter().map(|item| item["event_type"].as_str().unwrap()).collect();
        assert_eq!(events.len(), 4, "{trail}");
        for told in ["created", "switched_off", "edited", "deleted"] {
            assert!(events.contains(&told), "{told}: {trail}");
        }
    }

    async fn what_comes_with_the_program_is_switched_off_and_restored(db: TestDatabase) {
        let (site, mut admin) = site_with_one_of_two(db, &[]).await;
        let (id, q) = ("built-in-gdp-gross-domestic-product", "cdg");
        let page = format!("{LIST}/{id}");
        assert_eq!(found(&site, q).await, 1);
        let off = [("id", id), ("revision", "0"), ("on", "false")];
        admin.submit("/rpc/search-desk/switch-synonyms", &page, &off).await.must_be(200);
        assert_eq!(found(&site, q).await, 0);
        let listed = admin.get(&format!("{LIST}?q=gross+domestic")).await.must_be(200).text;
        assert!(listed.contains("the program, changed") && listed.contains("Switched off"), "{listed}");
        let restore = [("id", id), ("revision", "1")];
        let restored = admin.submit("/rpc/search-desk/remove-synonyms", &page, &restore).await.text;
        assert!(restored.contains("It is as it came with the program."), "{restored}");
        assert_eq!(found(&site, q).await, 1);
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let seen = operator.get(&page).await.must_be(200).text;
        assert!(!seen.contains("Switch it off"), "{seen}");
        let refused = operator.submit("/rpc/search-desk/switch-synonyms", &page, &off).await.text;
        assert!(refused.contains("topics:write"), "{refused}");
    }

    async fn what_is_put_first_shows_once_it_is_public(db: TestDatabase) {
        let (site, mut admin) = site_with_one_of_two(db, &[]).await;
        let pin = [("query", "Zebedee!"), ("datasets", "quokkas\ngdp")];
        let pinned = admin.submit("/rpc/search-desk/add-pin", "/admin/search", &pin).await.text;
        assert!(pinned.contains("zebedee") && pinned.contains("not public: shown to nobody"), "{pinned}");
        assert!(pinned.contains("quokkas is not public: it is shown to nobody until it is."), "{pinned}");
        let unknown = [("query", "Magic"), ("datasets", "gdp\nno-such-dataset")];
        let refused = admin.submit("/rpc/search-desk/add-pin", "/admin/search", &unknown).await.text;
        assert!(refused.contains("There is no dataset no-such-dataset.") && refused.contains("error-summary"), "{refused}");
        let page = site.public().get("/v1/search?q=zebedee").await.must_be(200);
        assert_eq!(page.json()["items"][0]["dataset_id"], "gdp");
        assert!(!page.text.to_lowercase().contains("quokka"), "{}", page.text);
        let tried = admin.get("/admin/search?q=zebedee&language=cy").await.must_be(200).text;
        assert!(tried.contains("finds 1 datasets on Welsh pages: without synonyms. 1: as it is."), "{tried}");
        assert!(tried.contains("Gross domestic product") && !tried.contains("Quokkas"), "{tried}");
        let twice = admin.submit("/rpc/search-desk/add-pin", "/admin/search", &pin).await.text;
        assert!(twice.contains("come first for this query already"), "{twice}");
        let trail = site.environment().get("/v1/audit?resource_type=search_pin").await.must_be(200).json();
        let id = trail["items"][0]["resource_id"].as_str().unwrap().to_owned();
        admin.submit("/rpc/search-desk/remove-pin", "/admin/search", &[("id", &id)]).await.must_be(200);
        assert_eq!(found(&site, "zebedee").await, 0);
    }

    async fn what_is_asked_for_often_is_told_without_who_asked(db: TestDatabase) {
        let (site, mut admin) = site_with_one_of_two(db, &[("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
        let public = site.public();
        let asks = async |client: &str, q: &str| {
            // What is remembered of a page is so for a second.
            site.advance(TimeDelta::seconds(1));
            let request = public.request(Method::GET, &format!("/search?q={q}"));
            public.send(request.header("x-forwarded-for", client)).await.must_be(200);
        };
        for (client, q) in [("192.0.2.1", "Zebedee"), ("192.0.2.2", "zebedee"), ("192.0.2.3", "zebedee!")] {
            asks(client, q).await;
            asks(client, "zebedee&formats=csv").await;
            asks("192.0.2.9", "magic").await;
        }
        for (client, q) in [("192.0.2.1", "zebedee"), ("192.0.2.4", "zebedee&sort=title"), ("192.0.2.5", "magic?")] {
            asks(client, q).await;
        }
        services::search_desk::keep_counts(&site.services).await.unwrap();
        let desk = admin.get("/admin/search").await.must_be(200).text;
        assert!(desk.contains("asked-nothing") && desk.contains("words=zebedee") && !desk.contains("magic"), "{desk}");
        site.advance(TimeDelta::days(1));
        services::search_desk::forget_counts(&site.services).await.unwrap();
        let pool = site.services.db.pool();
        let kept = persistence::search_queries::most(pool, chrono::DateTime::UNIX_EPOCH, false, 9).await.unwrap();
        assert_eq!(kept.iter().map(|one| (one.query.as_str(), one.asked)).collect::<Vec<_>>(), [("zebedee", 3)]);
        site.advance(TimeDelta::days(91));
        services::search_desk::forget_counts(&site.services).await.unwrap();
        let kept = persistence::search_queries::most(pool, chrono::DateTime::UNIX_EPOCH, false, 9).await.unwrap();
        assert!(kept.is_empty(), "{kept:?}");
    }

    async fn a_reader_counts_once_a_day_whichever_node_answers(db: TestDatabase) {
        let other = db.another().await;
        let site = Site::start(db).await;
        let node = |db| Services { db, asked_queries: AskedQueries::default(), ..site.services.clone() };
        let (one, two) = (node(site.services.db.clone()), node(other.database()));
        let query = SearchQuery { q: "zebedee".into(), ..SearchQuery::default() };
        let page = services::catalogue::search(&site.services, query.clone()).await.unwrap();
        let asks = |node: &Services, reader: u8| {
            let client = Some([192, 0, 2, reader].into());
            let ctx = Ctx { client, ..Ctx::public(site.now(), "a-test".to_owned()) };
            services::search_desk::count(node, &ctx, &query, &page);
        };
        let counted = async || {
            let (first, second) = tokio::join!(keep_counts(&one), keep_counts(&two));
            first.and(second).unwrap();
            let pool = site.services.db.pool();
            let most = persistence::search_queries::most(pool, chrono::DateTime::UNIX_EPOCH, true, 9).await.unwrap();
            most.iter().map(|told| (told.query.clone(), told.asked, told.unanswered)).collect::<Vec<_>>()
        };
        let told = |times: u64| vec![("zebedee".to_owned(), times, times)];
        for (node, reader) in [(&one, 1), (&two, 1), (&one, 2), (&two, 3)] {
            asks(node, reader);
        }
        assert_eq!(counted().await, told(3), "of both nodes, in one round");
        for (node, reader) in [(&two, 2), (&one, 3), (&two, 4), (&one, 5)] {
            asks(node, reader);
        }
        assert_eq!(counted().await, told(5), "in a later round");
        let anew = node(site.services.db.clone());
        asks(&anew, 1);
        keep_counts(&anew).await.unwrap();
        assert_eq!(counted().await, told(5), "by a node that was started anew");
        site.advance(TimeDelta::days(1));
        for (node, reader) in [(&one, 1), (&two, 2), (&two, 3), (&one, 3)] {
            asks(node, reader);
        }
        assert_eq!(counted().await, told(8), "on another day");
    }

    async fn of_two_nodes_that_add_one_rule_exactly_one_does(db: TestDatabase) {
        let other_node = db.another().await;
        let site = Site::start(db).await;
        let node = Services { db: other_node.database(), ..site.services.clone() };
        let ctx = Ctx::system("test", site.now());
        for round in 0..8 {
            let rule = SynonymRule::of_lines("", &format!("zebedee {round}\nmagic {round}"));
            let (one, two) = tokio::join!(
                services::search_desk::save(&site.services, &ctx, None, 0, rule.clone()),
                services::search_desk::save(&node, &ctx, None, 0, rule),
            );
            assert!(one.is_ok() ^ two.is_ok(), "in round {round}: {one:?} {two:?}");
            let refused = one.and(two).unwrap_err();
            assert!(refused.refusal().is_some(), "{refused:?}");
        }
    }

    async fn programs_add_change_switch_and_remove_synonyms(db: TestDatabase) {
        let site = Site::start(db).await;
        let (admin, editor) = (site.service("admin", &[Role::Admin]).await, site.service("editor", &[Role::Editor]).await);
        let rule = json!({"asked": ["zebedee"], "words": [" magic ", "roundabout"]});
        for nobody in [site.public().post(SYNONYMS, rule.clone()).await, site.public().get(SYNONYMS).await] {
            nobody.must_be(401);
        }
        for refused in [editor.post(SYNONYMS, rule.clone()).await, editor.get(SYNONYMS).await] {
            refused.must_be(403);
        }
        let wrong = json!({"asked": ["a", "A"], "words": ["x".repeat(61), "?", "two\nlines"]});
        assert_eq!(fields(&admin.post(SYNONYMS, wrong).await.must_be(422)), ["asked", "words", "words", "words"]);
        admin.post(SYNONYMS, json!({"words": ["a", "b"], "is_on": false})).await.must_be(400);

        let made = admin.post(SYNONYMS, rule).await.must_be(201);
        let (path, id) = (made.header("location"), made.json()["id"].as_str().unwrap().to_owned());
        assert_eq!((path.clone(), &made.json()["words"]), (format!("{SYNONYMS}/{id}"), &json!(["magic", "roundabout"])));
        let same = json!({"asked": ["Zebedee"], "words": ["roundabout", "MAGIC"]});
        let taken = admin.post(SYNONYMS, same).await.must_be(422).json();
        assert_eq!(taken["error"]["details"]["fields"][0]["code"], "taken");
        let total = async |query: &str| admin.get(&format!("{SYNONYMS}{query}")).await.must_be(200).json()["total_count"].as_u64();
        assert_eq!((total("?q=ZEBE").await, total("?q=no+such+letters").await), (Some(1), Some(0)));
        assert!(total("").await > Some(50), "those that come with the program are listed, too");

        let words = json!({"words": ["magic"]});
        admin.send(admin.request(Method::PATCH, &path).json(&words)).await.must_be(428);
        admin.send(admin.request(Method::PATCH, &path).header("if-match", "\"r9\"").json(&words)).await.must_be(412);
        let patched = admin.change(Method::PATCH, &path, words).await.must_be(200).json();
        assert_eq!((&patched["asked"], &patched["words"]), (&json!(["zebedee"]), &json!(["magic"])));
        let put = admin.change(Method::PUT, &path, json!({"words": ["magic", "roundabout"]})).await.must_be(200).json();
        assert_eq!((&put["asked"], &put["enabled"]), (&json!([]), &json!(true)));
        let off = format!("{path}/switch-off");
        admin.send(admin.request(Method::PUT, &off).header("if-match", "\"r1\"")).await.must_be(412);
        assert_eq!(admin.put(&off).await.must_be(200).json()["enabled"], false);
        admin.change(Method::DELETE, &path, json!(null)).await.must_be(204);
        admin.get(&path).await.must_be(404);
        assert_eq!(changes_of(&site, "search_synonym", &id).await, ["created", "edited", "edited", "switched_off", "deleted"]);
    }

    async fn programs_put_back_what_came_with_the_program(db: TestDatabase) {
        let site = Site::start(db).await;
        let (admin, operator) = (site.service("admin", &[Role::Admin]).await, site.service("operator", &[Role::Operator]).await);
        let id = "built-in-gdp-gross-domestic-product";
        let path = format!("{SYNONYMS}/{id}");
        let came = operator.get(&path).await.must_be(200);
        assert!(came.header("etag").starts_with("\"r0-") && came.json().get("changed_by").is_none(), "{}", came.text);
        operator.put(&format!("{path}/switch-off")).await.must_be(403);
        operator.put(&format!("{SYNONYMS}/none/switch-off")).await.must_be(404);
        let kept = admin.change(Method::DELETE, &path, json!(null)).await.must_be(409).json();
        assert_eq!(kept["error"]["details"]["reasons"][0]["code"], "as_it_came");
        let switched = admin.put(&format!("{path}/switch-off")).await.must_be(200).json();
        assert_eq!((&switched["enabled"], &switched["changed_by"]), (&json!(false), &json!("admin")));
        admin.change(Method::DELETE, &path, json!(null)).await.must_be(204);
        assert_eq!(admin.get(&path).await.must_be(200).text, came.text);
        assert_eq!(changes_of(&site, "search_synonym", id).await, ["switched_off", "restored"]);
    }

    async fn programs_put_datasets_first(db: TestDatabase) {
        let (site, _) = site_with_one_of_two(db, &[]).await;
        let admin = site.service("desk", &[Role::Admin]).await;
        let (editor, operator) = (site.service("writes", &[Role::Editor]).await, site.service("runs", &[Role::Operator]).await);
        let pin = json!({"query": "Zebedee!", "datasets": ["quokkas", "gdp"]});
        for nobody in [site.public().post(PINS, pin.clone()).await, site.public().get(PINS).await] {
            nobody.must_be(401);
        }
        for refused in [editor.post(PINS, pin.clone()).await, editor.get(PINS).await, operator.post(PINS, pin.clone()).await] {
            refused.must_be(403);
        }
        let wrong = json!({"query": "!", "datasets": ["Not a slug", "a", "a", "b"]});
        assert_eq!(fields(&admin.post(PINS, wrong).await.must_be(422)), ["query", "datasets", "datasets", "datasets"]);
        let unknown = json!({"query": "Magic", "datasets": ["gdp", "no-such-dataset"]});
        let unknown = admin.post(PINS, unknown).await.must_be(422);
        assert_eq!(unknown.json()["error"]["details"]["fields"][0]["code"], "unknown");
        let made = admin.post(PINS, pin.clone()).await.must_be(201);
        let (path, told) = (made.header("location"), made.json());
        assert_eq!((&told["query"], &told["datasets"], &told["shown"]), (&json!("zebedee"), &json!(["quokkas", "gdp"]), &json!(["gdp"])));
        assert_eq!(found(&site, "zebedee").await, 1);
        let twice = admin.post(PINS, pin).await.must_be(409).json();
        assert_eq!(twice["error"]["details"]["reasons"][0]["code"], "pinned_already");
        let listed = operator.get(PINS).await.must_be(200).json();
        assert_eq!((&listed["total_count"], &listed["items"][0]), (&json!(1), &operator.get(&path).await.must_be(200).json()));
        operator.delete(&path).await.must_be(403);
        admin.delete(&path).await.must_be(204);
        admin.delete(&path).await.must_be(404);
        assert_eq!(found(&site, "zebedee").await, 0);
        let id = told["id"].as_str().unwrap();
        assert_eq!(changes_of(&site, "search_pin", id).await, ["created", "deleted"]);
    }
}
