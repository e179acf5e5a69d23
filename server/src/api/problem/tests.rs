use axum::Router;
use axum::body::{Body, to_bytes};
use axum::middleware::{from_fn, map_request};
use axum::routing::get;
use chrono::DateTime;
use domain::refusal::{Blocker, FieldProblem, Refusal};
use serde_json::json;
use services::ServiceError;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;

use super::*;
use crate::api::ctx::{Path, RequestCtx};
use crate::api::problem::Problem;

fn ctx() -> Ctx {
    Ctx::public(DateTime::from_timestamp(1_762_353_000, 0).unwrap(), "0af7".to_owned())
}

async fn with_context(mut request: Request) -> Request {
    request.extensions_mut().insert(ctx());
    request
}

#[expect(clippy::panic, reason = "panics are what is tested")]
async fn panics() {
    panic!("secret");
}

async fn named(RequestCtx(_): RequestCtx, Path(id): Path<u8>) -> String {
    id.to_string()
}

fn router() -> Router {
    Router::new()
        .route("/hidden", get(async || Problem::from(Refusal::NotFound)))
        .route("/panic", get(panics))
        .route("/plain", get(async || (StatusCode::PAYLOAD_TOO_LARGE, "too large")))
        .route("/things/{id}", get(named))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(render))
        .layer(map_request(with_context))
}

async fn ask(method: &str, path: &str) -> (Response, serde_json::Value) {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let answer = router().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (Response::from_parts(parts, Body::empty()), serde_json::from_slice(&bytes).unwrap_or_default())
}

#[tokio::test]
async fn every_error_has_the_envelope() {
    for (method, path, status, code) in [
        ("GET", "/hidden", 404, "NOT_FOUND"),
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("POST", "/hidden", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/panic", 500, "INTERNAL_ERROR"),
        ("GET", "/plain", 413, "PAYLOAD_TOO_LARGE"),
        ("GET", "/things/x", 404, "NOT_FOUND"),
        ("GET", "/things/%00", 404, "NOT_FOUND"),
    ] {
        let (answer, body) = ask(method, path).await;
        assert_eq!(answer.status(), status, "{method} {path}");
        assert_eq!(body["error"]["code"], code, "{method} {path}");
        assert_eq!(body["error"]["details"]["timestamp"], "2025-11-05T14:30:00Z", "{method} {path}");
        assert_eq!(body["error"]["details"]["trace_id"], "0af7", "{method} {path}");
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert!(!body.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn hidden_and_missing_are_the_same_bytes() {
    assert_eq!(ask("GET", "/hidden").await.1, ask("GET", "/nowhere").await.1);
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    assert_eq!(ask("DELETE", "/hidden").await.0.headers()["allow"], "GET,HEAD");
}

#[tokio::test]
async fn an_answer_in_order_is_left_alone() {
    assert_eq!(ask("GET", "/things/7").await.1, json!(7));
}

#[tokio::test]
async fn refusals_tell_everything_that_helps() {
    let blocker = |code: &str| Blocker::new(code, "Not approved.").about("gdp/2024/1", Some("/admin".to_owned()));
    let blocked = Refusal::Blocked {
        message: "Not yet.".to_owned(),
        blockers: vec![blocker("not_approved"), blocker("no_files")],
    };
    let transition = Refusal::InvalidTransition {
        action: "approve the bundle".to_owned(),
        from: "created".to_owned(),
        allowed: vec!["ready_for_review".to_owned()],
    };
    let cases: [(Refusal, u16, &str, serde_json::Value); 4] = [
        (blocked, 409, "missing_items", json!(["gdp/2024/1"])),
        (transition, 409, "allowed_from", json!(["ready_for_review"])),
        (
            Refusal::Unreadable { problems: vec![FieldProblem::required("a.0")] },
            400,
            "fields",
            json!([{"field": "a.0", "code": "required", "message": "This is needed."}]),
        ),
        (Refusal::TooMany { seconds: 9 }, 429, "retry_after", json!(9)),
    ];
    for (refusal, status, detail, expected) in cases {
        let answer = Problem::new(&ctx(), refusal).into_response();
        assert_eq!(answer.status(), status);
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(body["error"]["details"][detail], expected);
    }
}

#[tokio::test]
async fn headers_say_what_to_do() {
    let header = |refusal: Refusal, name: &str| {
        Problem::new(&ctx(), refusal).into_response().headers()[name].to_str().unwrap().to_owned()
    };
    assert!(header(Refusal::Unauthenticated, "www-authenticate").starts_with("Bearer"));
    assert_eq!(header(Refusal::TooMany { seconds: 9 }, "retry-after"), "9");
    let internal = Problem::new(&ctx(), ServiceError::Internal("secret".to_owned()));
    assert_eq!(internal.status(), 500);
    assert!(!internal.message.contains("secret"));
}
