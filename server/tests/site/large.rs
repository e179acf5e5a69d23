//! A large catalogue answers like a small one: the same statements however long a list is, and none that reads a whole table.

use domain::feedback::{FeedbackKind, NewFeedback};
use domain::language::Language;
use domain::policy::{Grant, Role};
use serde_json::json;
use services::Ctx;
use testkit::databases::TestDatabase;
use testkit::large::{Size, multiply, multiply_history, multiply_people, plan_of};
use testkit::on_both_databases;

use crate::support::*;

/// Tables that grow with the catalogue.
const LARGE: [&str; 5] = ["datasets", "dataset_topics", "editions", "versions", "files"];

/// Tables that grow with what happens.
const HISTORY: [&str; 7] =
    ["events", "publication_log", "bundles", "releases", "incidents", "feedback", "webhook_calls"];

/// Lists of what happens whose order no index of SQLite has, so that it reads all of them and sorts; so it does where a part of a text is
/// looked for.
const SORTED: [&str; 2] = ["/v1/bundles?", "/v1/bundles?state=created&"];

/// Lists, to be asked for in two lengths.
const LISTS: &[&str] = &[
    "/v1/datasets?",
    "/v1/datasets?sort=title&",
    "/v1/datasets?department=economy&",
    "/v1/datasets?topic=output&",
    "/v1/datasets?q=gdp&",
    "/v1/datasets?id=gdp-7,gdp-8,gdp-9,gdp-10,gdp-11&",
    "/v1/datasets?state=approved&",
    "/v1/datasets/gdp-7/editions?",
    "/v1/datasets/gdp-7/editions/time-series/versions?",
    "/v1/bundles?",
    "/v1/publish-queue?",
];

/// Lists of administrators, and of what happened and is to come, to be asked for in two lengths.
const ADMINISTRATION: &[&str] = &[
    "/v1/audit?",
    "/v1/audit?resource_type=department&",
    "/v1/releases?",
    "/v1/releases?state=draft&",
    "/v1/users?",
    "/v1/users?role=reviewer&",
    "/v1/users?role=editor&department=economy&",
    "/v1/teams?",
    "/v1/policies?",
    "/v1/policies?role=editor&department=economy&",
    "/v1/policies?permission=datasets:write&",
    "/v1/service-tokens?",
];

/// Reads of one thing.
const READS: &[&str] = &[
    "/v1/datasets/gdp-7",
    "/v1/datasets/gdp-7/editions/time-series",
    "/v1/datasets/gdp-7/editions/time-series/versions/2",
    "/v1/datasets/gdp-7/editions/time-series/versions/2/metadata",
    "/catalogue/gdp-7",
    "/catalogue/gdp-7/editions/time-series/versions/1",
];

async fn large_site(db: TestDatabase) -> Site {
    let site = Site::start(db).await;
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    approved_version(&editor, &approver, "gdp", "GDP").await;
    let bundle = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    multiply(&site.services.db, Size { template: "gdp", datasets: 2000, versions: 3 }).await.unwrap();
    site
}

/// The statements that answer a question; those of the caller's own identification are told apart by nobody and counted too.
async fn statements_of(site: &Site, who: &Caller, path: &str) -> Vec<String> {
    site.record_statements();
    let answer = who.get(path).await;
    // The office's settings are read again after a time, whatever is asked for.
    let is_asked_for = |statement: &String| !statement.contains("\"office_settings\"");
    let statements: Vec<String> = site.recorded_statements().into_iter().filter(is_asked_for).collect();
    assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
    statements
}

/// Whether a step goes through a whole large table without the order of an index.
fn reads_all(step: &str, tables: &[&str]) -> bool {
    tables.iter().any(|table| {
        let scans = step.starts_with(&format!("SCAN {table}")) && !step.contains("USING");
        scans || step.contains(&format!("Seq Scan on {table}"))
    })
}

async fn must_stay_small(site: &Site, statements: &[String], path: &str, tables: &[&str]) {
    for statement in statements.iter().filter(|s| s.starts_with("SELECT") && !s.starts_with("SELECT COUNT")) {
        let plan = plan_of(&site.services.db, statement).await.unwrap();
        assert!(!plan.iter().any(|step| reads_all(step, tables)), "{path}\n{statement}\n{}", plan.join("\n"));
    }
}

/// The statements that answer the list of forty, which are no more than for two of them.
async fn must_take_no_more(site: &Site, who: &Caller, list: &str, most: usize) -> Vec<String> {
    let short = statements_of(site, who, &format!("{list}limit=2")).await;
    let long = statements_of(site, who, &format!("{list}limit=40")).await;
    let told = || format!("{list}: {} statements, then {}:\n{}", short.len(), long.len(), long.join("\n"));
    assert!(long.len() <= short.len().min(most), "{}", told());
    let (few, many) =
        (who.get(&format!("{list}limit=2")).await.json(), who.get(&format!("{list}limit=40")).await.json());
    let counted = (few["items"].as_array().unwrap().len(), many["items"].as_array().unwrap().len());
    assert_eq!(counted, (2, 40), "{list}");
    assert_eq!(few["total_count"], many["total_count"], "{list}");
    long
}

on_both_databases! {
    async fn no_answer_takes_more_for_a_larger_catalogue(db: TestDatabase) {
        let site = large_site(db).await;
        let editor = site.service("reader", &[Role::Editor, Role::Operator]).await;
        let public = site.public();
        for who in [&editor, &public] {
            for list in LISTS {
                let private = list.contains("bundles") || list.contains("queue");
                if private && std::ptr::eq(who, &raw const public) {
                    continue;
                }
                let short = statements_of(&site, who, &format!("{list}limit=2")).await;
                let long = statements_of(&site, who, &format!("{list}limit=40")).await;
                assert!(long.len() <= short.len(), "{list}: {} statements, then {}:\n{}", short.len(), long.len(), long.join("\n"));
                must_stay_small(&site, &short, list, &LARGE).await;
                must_stay_small(&site, &long, list, &LARGE).await;
            }
            for path in READS {
                let statements = statements_of(&site, who, path).await;
                assert!(statements.len() <= 15, "{path}: {}\n{}", statements.len(), statements.join("\n"));
                must_stay_small(&site, &statements, path, &LARGE).await;
            }
        }
    }

    async fn the_whole_catalogue_by_title_is_read_in_the_order_of_an_index(db: TestDatabase) {
        let site = large_site(db).await;
        let public = site.public();
        for path in ["/catalogue", "/cy/catalogue", "/cy/catalogue?letter=G"] {
            let mut statements = statements_of(&site, &public, path).await;
            statements.retain(|statement| statement.contains("ORDER BY \"datasets\".\"sort_"));
            assert_eq!(statements.len(), 1, "{path} {statements:?}");
            must_stay_small(&site, &statements, path, &LARGE).await;
            let plan = plan_of(&site.services.db, &statements[0]).await.unwrap();
            assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{path} {plan:?}");
        }
    }

    async fn when_versions_were_released_is_read_off_indexes_alone(db: TestDatabase) {
        let site = large_site(db).await;
        let public = site.public();
        for (path, told_as) in [("/", "AS \"newest\""), ("/v1/datasets/gdp-7/editions?limit=2", "AS \"release\"")] {
            let mut statements = statements_of(&site, &public, path).await;
            statements.retain(|statement| statement.contains("CASE WHEN") && statement.contains(told_as));
            assert!(!statements.is_empty(), "{path}");
            must_stay_small(&site, &statements, path, &LARGE).await;
            // PostgreSQL looks into the rows, too, while they are new.
            if site.services.db.kind() == "SQLite" {
                for statement in &statements {
                    let plan = plan_of(&site.services.db, statement).await.unwrap();
                    let alone = |step: &String| step.contains("COVERING INDEX versions_");
                    assert!(plan.iter().any(alone), "{path} {plan:?}");
                }
            }
        }
    }

    async fn no_list_of_administrators_takes_more_for_more_people(db: TestDatabase) {
        let site = Site::start(db).await;
        let root = site.environment();
        let limited = Grant { departments: vec!["economy".into()], ..Grant::of(Role::Editor) };
        site.person("template@example.org", &[limited.clone(), Grant::of(Role::Reviewer)]).await;
        let team = root.post("/teams", json!({"name": "Template"})).await.must_be(201).json()["id"].clone();
        let policy = json!({"subject": {"kind": "team", "id": team}, "role": "editor", "departments": ["economy"]});
        root.post("/policies", policy).await.must_be(201);
        site.service_with("template", &[limited], false).await;
        root.post("/v1/releases", json!({"id": "template", "title": "Figures", "department": "economy"})).await.must_be(201);
        for number in 0..45 {
            site.department(&format!("department-{number}")).await;
        }
        multiply_people(&site.services.db, 60).await.unwrap();
        for list in ADMINISTRATION {
            let long = must_take_no_more(&site, &root, list, 8).await;
            // No answer is put together from a whole table: each part of it is asked for as a part.
            let whole = |statement: &&String| statement.starts_with("SELECT") && !statement.starts_with("SELECT COUNT") && statement.contains("\"grants\"") && !statement.contains(" LIMIT ");
            assert_eq!(long.iter().find(whole), None, "{list}");
        }
        // What fits is the same whatever the database: role and department of one grant.
        let total = async |path: &str| root.get(path).await.must_be(200).json()["total_count"].as_u64().unwrap();
        assert_eq!(total("/v1/users?role=editor&department=economy").await, 61);
        assert_eq!(total("/v1/users?role=reviewer&department=economy").await, 0);
        assert_eq!(total("/v1/policies?role=editor&department=economy").await, 3 * 61);
        assert_eq!(total("/v1/policies?permission=users:manage").await, 0);
        let policy = root.get("/v1/policies?role=reviewer&limit=1").await.json()["items"][0].clone();
        let path = format!("/v1/policies/{}", policy["id"].as_str().unwrap());
        assert_eq!(root.get(&path).await.must_be(200).json(), policy);
    }

    async fn no_list_of_what_happens_takes_more_for_a_longer_history(db: TestDatabase) {
        let site = large_site(db).await;
        let root = site.environment();
        let id = |answer: Answer| answer.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let public = root.get("/v1/bundles?state=published").await.must_be(200).json()["items"][0]["id"].as_str().unwrap().to_owned();
        let bundle = id(root.post("/bundles", json!({"title": "Template", "type": "manual"})).await);
        root.post(&format!("/bundles/{bundle}/comments"), json!({"text": "A template."})).await.must_be(201);
        root.post("/v1/releases", json!({"id": "template", "title": "Template", "department": "economy"})).await.must_be(201);
        root.post("/v1/incidents", json!({"title": "Template", "severity": "p3"})).await.must_be(201);
        let hook = id(root.post("/webhooks", json!({"url": "https://example.org/template"})).await);
        let call = format!("VALUES ('template', '{hook}', 'message', 'bundle.published', 1, 0, 1)");
        let columns = "id, webhook_id, message_id, event, attempt, called_at, took_ms";
        site.database.execute(&format!("INSERT INTO webhook_calls ({columns}) {call}")).await.unwrap();
        let told = NewFeedback { kind: FeedbackKind::Idea, page: String::new(), message: "A template.".into(), address: String::new(), language: Language::En };
        services::feedback::give(&site.services, &Ctx::public(site.now(), "test".into()), told).await.unwrap();
        site.database.unguard_audit_trail().await;
        site.database.unguard_publication_log().await;
        multiply_history(&site.services.db, &bundle).await.unwrap();
        let of_one = [
            format!("/v1/bundles/{bundle}/timeline?"),
            format!("/v1/bundles/{bundle}/comments?"),
            format!("/v1/bundles/{public}/contents?"),
            format!("/v1/webhooks/{hook}/deliveries?"),
            format!("/v1/audit?bundle={bundle}&"),
            format!("/v1/audit?resource_id={bundle}&"),
        ];
        let lists = [
            "/v1/bundles?", "/v1/bundles?state=created&", "/v1/bundles?sort=title&", "/v1/bundles?q=template&",
            "/v1/releases?", "/v1/releases?q=template&", "/v1/publication-log?",
            "/v1/incidents?", "/v1/incidents?q=template&", "/v1/feedback?", "/v1/feedback?q=template&", "/v1/webhooks?",
            "/v1/audit?", "/v1/audit?action=created&", "/v1/audit?q=template&",
        ];
        for list in lists.into_iter().chain(of_one.iter().map(String::as_str)) {
            let statements = must_take_no_more(&site, &root, list, 12).await;
            if !list.contains("q=") && !SORTED.contains(&list) {
                must_stay_small(&site, &statements, list, &HISTORY).await;
            }
        }
    }

    async fn no_report_of_publications_takes_more_for_a_longer_history(db: TestDatabase) {
        let site = large_site(db).await;
        let root = site.environment();
        let made = root.post("/bundles", json!({"title": "Template", "type": "manual"})).await.must_be(201).json();
        let limited = Grant { departments: vec!["economy".into()], ..Grant::of(Role::Editor) };
        let (of_economy, _) = site.person("economist@example.org", &[limited]).await;
        site.database.unguard_audit_trail().await;
        site.database.unguard_publication_log().await;
        multiply_history(&site.services.db, made["id"].as_str().unwrap()).await.unwrap();
        for who in [&root, &of_economy] {
            for address in ["/ops/publications.json", "/ops/publications.json?state=failed"] {
                // Without its guards the trail does not move on by itself, and each report is recorded.
                site.database.execute("UPDATE event_chain SET sequence = (SELECT MAX(sequence) FROM events)").await.unwrap();
                let statements = statements_of(&site, who, address).await;
                must_stay_small(&site, &statements, address, &["events"]).await;
            }
        }
        site.database.execute("UPDATE event_chain SET sequence = (SELECT MAX(sequence) FROM events)").await.unwrap();
        let all = root.get("/ops/publications.json").await.must_be(200).json();
        assert_eq!(all["publications"].as_array().unwrap().len(), 2001);
    }

    async fn what_everybody_gets_alike_is_made_once(db: TestDatabase) {
        let site = large_site(db).await;
        let public = site.public();
        let first = public.get("/v1/datasets/gdp-7").await.must_be(200);
        site.record_statements();
        let second = public.get("/v1/datasets/gdp-7").await.must_be(200);
        assert_eq!(site.recorded_statements(), Vec::<String>::new());
        assert_eq!((&second.text, second.header("etag")), (&first.text, first.header("etag")));
        let known = public.request(reqwest::Method::GET, "/v1/datasets/gdp-7").header("if-none-match", first.header("etag"));
        let known = public.send(known).await.must_be(304);
        assert_eq!((known.text.as_str(), known.header("etag")), ("", first.header("etag")));

        // Somebody with rights is never answered from what the public was told, and the other way round.
        let editor = site.service("reader", &[Role::Editor]).await;
        assert!(editor.get("/v1/datasets/gdp-7").await.json()["draft"].is_object());
        assert!(public.get("/v1/datasets/gdp-7").await.json()["draft"].is_null());
    }

    async fn a_deep_page_is_found_without_counting_the_way_to_it(db: TestDatabase) {
        let site = large_site(db).await;
        let editor = site.service("reader", &[Role::Editor]).await;
        let public = site.public();
        let ids = async |who: &Caller, address: &str| -> Vec<String> {
            let page = who.get(address).await.must_be(200).json();
            page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        for who in [&editor, &public] {
            for list in ["/v1/datasets?", "/v1/datasets?sort=title&", "/v1/datasets?sort=-title&topic=output&", "/v1/datasets?sort=last_updated&"] {
                // The page that the database counted, and the next one that was remembered, are one list.
                let whole = who.get(&format!("{list}limit=1")).await.json()["total_count"].as_u64().unwrap();
                let (near, far) = (ids(who, &format!("{list}offset=190&limit=20")).await, ids(who, &format!("{list}offset=201&limit=9")).await);
                assert_eq!(near[11.min(near.len())..], far, "{list}");
                let far = who.get(&format!("{list}offset=201&limit=9")).await.json();
                assert_eq!((far["total_count"].as_u64().unwrap(), far["offset"].as_u64().unwrap()), (whole, 201), "{list}");
                let statements = statements_of(&site, who, &format!("{list}offset=205&limit=7")).await;
                let counting = |statement: &&String| statement.contains("OFFSET 2") || statement.starts_with("SELECT COUNT");
                assert_eq!(statements.iter().find(counting), None, "{list}");
                must_stay_small(&site, &statements, list, &LARGE).await;
                assert_eq!(ids(who, &format!("{list}offset=100000")).await, Vec::<String>::new());
            }
        }
        // What becomes public meanwhile moves everything on by one place.
        let before = ids(&public, "/v1/datasets?offset=300&limit=2").await;
        let approver = site.service("another", &[Role::Approver]).await;
        let operator = site.service("third", &[Role::Operator]).await;
        approved_version(&editor, &approver, "newer", "New").await;
        let bundle = approved_bundle(&editor, &approver, "Two", &[("newer", "1")]).await;
        assert_eq!(ids(&public, "/v1/datasets?offset=300&limit=2").await, before);
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        assert_eq!(ids(&public, "/v1/datasets?offset=301&limit=2").await, before);
    }

    async fn a_step_of_the_workflow_takes_few_statements(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        let counted = async |who: &Caller, method: reqwest::Method, path: &str, body: serde_json::Value| {
            site.record_statements();
            let answer = who.send(who.request(method, path).json(&body)).await;
            let statements = site.recorded_statements();
            assert!(answer.status.is_success(), "{path}: {}", answer.text);
            (answer, statements.len())
        };
        let (answer, create) = counted(&editor, reqwest::Method::POST, "/v1/bundles", json!({"title": "One", "type": "scheduled"})).await;
        let path = format!("/v1/bundles/{}", answer.json()["id"].as_str().unwrap());
        let item = json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"});
        editor.post(&format!("{path}/contents"), item).await.must_be(201);
        let (_, submit) = counted(&editor, reqwest::Method::PUT, &format!("{path}/submit"), json!({})).await;
        let (_, approve) = counted(&approver, reqwest::Method::PUT, &format!("{path}/approve"), json!({})).await;
        let at = (site.now() + chrono::TimeDelta::days(3)).to_rfc3339();
        let (_, schedule) = counted(&approver, reqwest::Method::PUT, &format!("{path}/schedule"), json!({"publication_date": at})).await;
        assert!(create <= 5, "create: {create}");
        // An approval locks the drafts on PostgreSQL, looks at them again, and ends whose it was to review them.
        for (step, statements, most) in [("submit", submit, 12), ("approve", approve, 15), ("schedule", schedule, 12)] {
            assert!(statements <= most, "{step}: {statements}");
        }
    }
}
