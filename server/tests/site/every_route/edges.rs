//! What the layers around the routes owe to whoever asks any of them: nothing here depends on what is there.

use app::i18n::t;
use domain::language::Language;
use futures::future::join_all;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::Method;
use server::api::described::Document;
use server::config::Config;
use testkit::on_both_databases;

use super::operation::{Operation, operations};
use crate::support::*;
use crate::two_worlds::questions::pages;

/// What is served before anybody finds out who asks.
const UNASKED: [&str; 2] = ["/.well-known/security.txt", "/favicon.ico"];

/// Reads of the API that pages of other sites may not make though they need no right, and why.
const KEPT_AT_HOME: &[(&str, &str)] = &[(
    "GET /v1/files/{id}/content",
    "whoever names a file by its id works on it; what is public has an address for everybody under /files/downloads",
)];

/// Every operation at each of its addresses, with words that name nothing.
fn asked() -> Vec<(Operation, String)> {
    let document = Document::value(&Config::read(&|_| None).unwrap()).unwrap();
    let mut asked = Vec::new();
    for operation in operations(&document) {
        let words = operation.words();
        let address =
            words.iter().fold(operation.path.clone(), |path, word| path.replace(&format!("{{{word}}}"), "none"));
        let bare = operation.is_unprefixed().then(|| address.trim_start_matches("/v1").to_owned());
        asked.extend(bare.map(|address| (operation.clone(), address)));
        asked.push((operation, address));
    }
    assert!(asked.len() > 150, "the description is not whole");
    asked
}

/// Every page, and every server function with its method, with words that name nothing.
fn asked_by_people() -> Vec<(Method, String)> {
    let (public, portal) = pages();
    let named = |path: &str| {
        let words = path.split('/').map(|word| if word.starts_with('{') { "none" } else { word });
        words.collect::<Vec<_>>().join("/")
    };
    let pages = public.iter().chain(&portal).filter(|path| !UNASKED.contains(&path.as_str()));
    let pages = pages.map(|path| (Method::GET, named(path)));
    let functions = server_fn_paths().map(|(path, method)| (method.as_str().parse().unwrap(), path.to_owned()));
    let asked: Vec<_> = pages.chain(functions).filter(|(_, address)| !server::http::takes_its_time(address)).collect();
    assert!(asked.len() > 200, "the pages and server functions are not all found");
    asked
}

/// The page that is said without asking anything, in the language of the address; whoever sent a form is told that it may have
/// arrived.
fn must_be_told_late(method: &Method, address: &str, answer: &Answer) {
    let told = format!("{method} {address}: {} {}", answer.status, answer.text);
    assert_eq!(answer.status, 504, "{told}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{told}");
    let language = if address == "/cy" || address.starts_with("/cy/") { Language::Cy } else { Language::En };
    let text = if *method == Method::GET { "sorry-late-text" } else { "sorry-late-sent-text" };
    let lang = format!("<html lang=\"{language}\">");
    for words in [lang, t(language, "sorry-late-title"), t(language, text)] {
        assert!(answer.text.contains(&words), "{words}: {told}");
    }
}

fn method_of(operation: &Operation) -> Method {
    operation.method.parse().unwrap()
}

/// The envelope of a refusal, which a HEAD has not.
fn must_be_refused(operation: &Operation, address: &str, answer: &Answer, status: u16, code: &str) {
    let told = format!("{} {address}: {} {}", operation.method, answer.status, answer.text);
    assert_eq!(answer.status.as_u16(), status, "{told}");
    if operation.method != "HEAD" {
        assert_eq!(answer.code(), code, "{told}");
        assert_eq!(answer.json()["error"]["details"]["trace_id"], answer.header("x-request-id"), "{told}");
    }
}

on_both_databases! {
    async fn whoever_asks_too_often_is_refused_everywhere(db: TestDatabase) {
        let site = Site::start_as(db, &[("RATE_LIMIT_PER_MINUTE", "1")]).await;
        let public = site.public();
        public.get("/v1/datasets").await.must_be(200);
        for (operation, address) in asked() {
            let answer = public.send(public.request(method_of(&operation), &address)).await;
            if operation.is_health() {
                assert_ne!(answer.status, 429, "{address}");
                continue;
            }
            must_be_refused(&operation, &address, &answer, 429, "RATE_LIMITED");
            assert!(!answer.header("retry-after").is_empty(), "{address}");
            assert!(answer.header("ratelimit").contains("\"default\";r=0"), "{address}: {}", answer.header("ratelimit"));
        }
    }

    async fn what_waits_too_long_is_given_up_everywhere(db: TestDatabase) {
        let settings = [("REQUEST_TIMEOUT", "200ms"), ("RATE_LIMIT_ENABLED", "false"), ("DATABASE_MAX_POOL_SIZE", "4")];
        let site = Site::start_as(db, &settings).await;
        // With every connection taken nobody finds out who asks.
        let (mut sqlite, mut postgres) = (Vec::new(), Vec::new());
        let pool = site.services.db.pool();
        for _ in 0..4 {
            if site.services.db.is_shared() {
                postgres.push(pool.get_postgres_connection_pool().acquire().await.unwrap());
            } else {
                sqlite.push(pool.get_sqlite_connection_pool().acquire().await.unwrap());
            }
        }
        let stranger = site.bearer("cat_never-given-out".to_owned());
        // Health is told whatever becomes of the database, and what carries bytes takes as long as they need.
        let waits = |(operation, address): &(Operation, String)| {
            !operation.is_health() && !server::http::takes_its_time(address)
        };
        let asked: Vec<(Operation, String)> = asked().into_iter().filter(waits).collect();
        let answers = asked.iter().map(|(operation, address)| stranger.send(stranger.request(method_of(operation), address)));
        for ((operation, address), answer) in asked.iter().zip(join_all(answers).await) {
            must_be_refused(operation, address, &answer, 504, "TIMEOUT");
        }
        // People are told on a page, and in their language.
        let asked = asked_by_people();
        let answers = asked.iter().map(|(method, address)| stranger.send(stranger.request(method.clone(), address)));
        for ((method, address), answer) in asked.iter().zip(join_all(answers).await) {
            must_be_told_late(method, address, &answer);
        }
        assert_eq!(sqlite.len() + postgres.len(), 4);
    }

    async fn pages_of_other_sites_read_what_is_public_and_nothing_else(db: TestDatabase) {
        let site = Site::start_as(db, &[("RATE_LIMIT_ENABLED", "false")]).await;
        let public = site.public();
        for (operation, address) in asked() {
            let is_public = operation.is_public() || operation.takes_subscription_token();
            let kept = KEPT_AT_HOME.iter().any(|(id, _)| *id == operation.id());
            let open = operation.is_read() && is_public && !operation.is_health() && !kept;
            let expected = if open { "*" } else { "" };
            let plain = public.request(method_of(&operation), &address);
            let before = public.request(Method::OPTIONS, &address).header("access-control-request-method", &operation.method);
            for request in [plain, before] {
                let answer = public.send(request.header("origin", "https://elsewhere.example")).await;
                let told = format!("{} {address}: {}", operation.method, answer.status);
                assert_eq!(answer.header("access-control-allow-origin"), expected, "{told}");
                assert_eq!(answer.header("access-control-allow-credentials"), "", "{told}");
                assert!(!answer.header("access-control-allow-headers").contains("Authorization"), "{told}");
            }
        }
    }
}
