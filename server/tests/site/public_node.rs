//! A node that serves the public site and public reads alone.

use reqwest::Method;
use serde_json::Value;
use testkit::on_both_databases;

use crate::support::*;

/// An answer without what differs from request to request.
fn bare(answer: &Answer, path: &str) -> (u16, Vec<(String, String)>, String) {
    // Limits go by the address asked for, on every node alike, whatever is behind it.
    let limits = ["ratelimit", "ratelimit-policy"];
    let passing = ["date", "x-request-id", "traceparent", "content-length", "content-security-policy"];
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !passing.contains(&name.as_str()) && !limits.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    // The way to sign in stands at the foot of every page.
    let mut text = answer.text.replace(path, "(path)").replace("/account/sign-in", "(path)");
    if let Ok(mut body) = serde_json::from_str::<Value>(&text) {
        body["error"]["details"]["trace_id"] = Value::Null;
        body["error"]["details"]["timestamp"] = Value::Null;
        text = body.to_string();
    }
    // A page's nonce is new each time.
    for part in answer.header("content-security-policy").split('\'').filter(|part| part.starts_with("nonce-")) {
        text = text.replace(part.trim_start_matches("nonce-"), "(nonce)");
    }
    (answer.status.as_u16(), headers, text)
}

on_both_databases! {
    async fn what_is_private_is_answered_like_what_does_not_exist(db: TestDatabase) {
        let site = Site::start_as(db, &[("ENABLE_PRIVATE_ENDPOINTS", "false")]).await;
        for caller in [site.public(), site.environment()] {
            let ask = async |method: &str, path: &str| {
                let answer = caller.send(caller.request(method.parse::<Method>().unwrap(), path).header("accept", if path.starts_with("/admin") || path.starts_with("/account") || path.starts_with("/nowhere") { "text/html" } else { "*/*" })).await;
                bare(&answer, path)
            };
            for (method, path, unknown) in [
                ("GET", "/bundles", "/v1/nothing"),
                ("GET", "/v1/bundles/any", "/v1/nothing"),
                ("PUT", "/bundles/any/approve", "/v1/nothing"),
                ("GET", "/publish-queue", "/v1/nothing"),
                ("POST", "/v1/datasets", "/v1/nothing"),
                ("DELETE", "/datasets/any", "/v1/nothing"),
                ("POST", "/files/upload", "/v1/nothing"),
                ("GET", "/files/any/status", "/v1/nothing"),
                ("OPTIONS", "/bundles", "/v1/nothing"),
                ("GET", "/v1/invitations", "/v1/nothing"),
                ("GET", "/v1/search/synonyms", "/v1/nothing"),
                ("DELETE", "/v1/search/pins/any", "/v1/nothing"),
                ("POST", "/admin/database/reset-connections", "/v1/nothing"),
                ("POST", "/rpc/account/sign-in", "/rpc/nothing"),
                ("POST", "/rpc/bundles/create", "/rpc/nothing"),
                ("GET", "/admin", "/nowhere"),
                ("GET", "/account/sign-in", "/nowhere"),
                ("GET", "/ops", "/nowhere"),
                ("GET", "/admin/bundles", "/nowhere"),
            ] {
                let (hidden, missing) = (ask(method, path).await, ask(method, unknown).await);
                assert_eq!(hidden.0, 404, "{method} {path}");
                assert_eq!(hidden, missing, "{method} {path}");
            }
        }
        // Whoever asked for an output may try it again, here as elsewhere: the answer is that of an output unknown.
        let retried = site.public().send(site.public().request(Method::POST, "/v1/filter-outputs/any/retry")).await.must_be(404);
        let read = site.public().get("/v1/filter-outputs/any").await.must_be(404);
        let policy = "cross-origin-resource-policy";
        assert_eq!((retried.header(policy), retried.header("allow")), (read.header(policy), read.header("allow")));
        assert_ne!(retried.header(policy), site.public().send(site.public().request(Method::POST, "/v1/datasets")).await.header(policy));
        site.public().get("/v1/datasets").await.must_be(200);
        site.public().get("/").await.must_be(200);
        site.public().get("/health").await.must_be(200);
    }

    async fn it_runs_no_scheduler(db: TestDatabase) {
        for (private, tasks) in [("true", 1), ("false", 0)] {
            let site = Site::start_as(db.another().await, &[("ENABLE_PRIVATE_ENDPOINTS", private)]).await;
            let before = site.state.health.last_beat();
            site.advance(chrono::TimeDelta::seconds(1));
            let stop = tokio_util::sync::CancellationToken::new();
            let mut running = server::background::start(&site.state, &stop);
            if tasks == 1 {
                let beaten = async { while site.state.health.last_beat() == before { tokio::task::yield_now().await } };
                tokio::time::timeout(std::time::Duration::from_secs(30), beaten).await.unwrap();
            }
            stop.cancel();
            while running.join_next().await.is_some() {}
            assert_eq!(site.state.health.last_beat() > before, tasks == 1, "{private}");
        }
    }
}
