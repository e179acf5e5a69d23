//! A large catalogue answers like a small one: the same statements however long a list is, and none that reads a whole table.

use domain::policy::Role;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use serde_json::json;
use testkit::databases::TestDatabase;
use testkit::large::{Size, multiply};
use testkit::on_both_databases;

use crate::support::*;

/// Tables that grow with the catalogue.
const LARGE: [&str; 5] = ["datasets", "dataset_topics", "editions", "versions", "files"];

/// Lists, to be asked for in two lengths.
const LISTS: &[&str] = &[
    "/v1/datasets?",
    "/v1/datasets?sort=title&",
    "/v1/datasets?department=economy&",
    "/v1/datasets?topic=output&",
    "/v1/datasets?id=gdp-7,gdp-8,gdp-9,gdp-10,gdp-11&",
    "/v1/datasets?state=approved&",
    "/v1/datasets/gdp-7/editions?",
    "/v1/datasets/gdp-7/editions/time-series/versions?",
    "/v1/bundles?",
    "/v1/publish-queue?",
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
    let statements = site.recorded_statements();
    assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.text);
    statements
}

/// How the database goes about a statement, one line a step.
async fn plan_of(site: &Site, statement: &str) -> Vec<String> {
    let pool = site.services.db.pool();
    let backend = pool.get_database_backend();
    let tx = pool.begin().await.unwrap();
    let (prefix, column) = match backend {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
        _ => {
            // In a small table reading all is cheapest; with this it is done only where no index would do.
            tx.execute_unprepared("SET LOCAL enable_seqscan = off").await.unwrap();
            ("EXPLAIN", "QUERY PLAN")
        }
    };
    let rows = tx.query_all_raw(Statement::from_string(backend, format!("{prefix} {statement}"))).await.unwrap();
    let steps = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
    tx.rollback().await.unwrap();
    steps
}

/// Whether a step goes through a whole large table without the order of an index.
fn reads_all(step: &str) -> bool {
    LARGE.iter().any(|table| {
        let scans = step.starts_with(&format!("SCAN {table}")) && !step.contains("USING");
        scans || step.contains(&format!("Seq Scan on {table}"))
    })
}

async fn must_stay_small(site: &Site, statements: &[String], path: &str) {
    for statement in statements.iter().filter(|s| s.starts_with("SELECT") && !s.starts_with("SELECT COUNT")) {
        let plan = plan_of(site, statement).await;
        assert!(!plan.iter().any(|step| reads_all(step)), "{path}\n{statement}\n{}", plan.join("\n"));
    }
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
                must_stay_small(&site, &short, list).await;
                must_stay_small(&site, &long, list).await;
            }
            for path in READS {
                let statements = statements_of(&site, who, path).await;
                assert!(statements.len() <= 14, "{path}: {}\n{}", statements.len(), statements.join("\n"));
                must_stay_small(&site, &statements, path).await;
            }
        }
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
}
