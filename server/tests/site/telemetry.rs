//! Logs without secrets, and traces that reach a collector. Each test has a process of its own under the test runner.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap as Headers;
use axum::routing::post;
use domain::policy::Role;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use reqwest::Method;
use serde_json::json;
use server::config::Config;
use server::telemetry;
use testkit::databases::{TestDatabase, run_with};
use tokio::sync::mpsc;
use tracing_subscriber::fmt::MakeWriter;

use crate::deliveries::Around;
use crate::support::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Keeps what is written.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn config(pairs: &[(&'static str, &str)]) -> Config {
    let pairs: Vec<(&str, String)> = pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Config::read(&move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())).unwrap()
}

async fn logs_hold_no_secrets(db: TestDatabase) {
    let lines = Lines::default();
    let config = config(&[("LOG_FORMAT", "json"), ("LOG_LEVEL", "debug,hyper=trace,tower_http=trace")]);
    telemetry::start_into(&config, "info", lines.clone()).finish();
    let site = Site::start(db).await;
    site.account("editor@example.org", &[Role::Editor]).await;
    let secret = "cat_00112233445566778899aabbccddeeff";
    let public = site.public();
    let sign_in = public
        .request(Method::POST, "/rpc/account/sign-in")
        .form(&[("email", "editor@example.org"), ("password", PASSWORD)]);
    let cookie = public.send(sign_in).await.header("set-cookie");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    public.send(public.request(Method::GET, "/admin").header("cookie", &cookie)).await;
    let typed = json!({"message": format!("Unexpected token in \"{secret}\""), "script": "https://a.example/assets/desk.js", "line": 7,
        "page": format!("/admin/users/{secret}?q={secret}")});
    let fault = public.request(Method::POST, "/admin/script-faults").header("cookie", &cookie);
    public.send(fault.header("sec-fetch-site", "same-origin").json(&typed)).await.must_be(204);
    public.send(public.request(Method::GET, "/datasets").bearer_auth(secret)).await;
    public.get(&format!("/account/reset/{secret}?token={secret}")).await;
    public.get(&format!("/{secret}?password=hunter2hunter2")).await;
    site.environment().get("/bundles").await.must_be(200);
    public
        .send(
            public
                .request(Method::GET, "/v1/datasets")
                .header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01")),
        )
        .await;
    tracing::error!(header = format!("Bearer {secret}"), "somebody logged what they should not");
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for hidden in
        [secret, PASSWORD, "several+longish", ENVIRONMENT_TOKEN, "hunter2hunter2", cookie.split_once('=').unwrap().1]
    {
        assert!(!text.contains(hidden), "{hidden} in {text}");
        let kept = telemetry::kept().lines;
        assert!(kept.iter().all(|line| !line.contains(hidden)), "{hidden} in {kept:?}");
    }
    let parsed: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = parsed.iter().find(|line| line["trace_id"] == TRACE).unwrap();
    assert_eq!((answered["level"].as_str(), answered["message"].as_str()), (Some("INFO"), Some("answered")));
    assert_eq!((answered["span"]["name"].as_str(), answered["path"].as_str()), (Some("request"), Some("/v1/datasets")));
    assert!(parsed.iter().any(|line| line["level"] == "ERROR"));
    let failed = parsed.iter().find(|line| line["message"] == "a script of a page failed in a browser").unwrap();
    assert_eq!((&failed["level"], &failed["script"], &failed["line"]), (&json!("WARN"), &json!("desk.js"), &json!(7)));
    assert_eq!((&failed["said"], &failed["page"]), (&json!("Unexpected token in \"…\""), &json!("/admin/users/…")));
    let kept = telemetry::kept().lines;
    assert!(kept.iter().any(|line| line.contains(TRACE)) && kept.iter().any(|line| line.contains("somebody logged")));
}

#[test]
fn logs_hold_no_secrets_on_sqlite() {
    run_with(TestDatabase::sqlite, logs_hold_no_secrets);
}

/// What a collector got: the media type and the body.
type Got = (String, Bytes);

async fn collector() -> (String, mpsc::UnboundedReceiver<Got>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let take = async |State(sender): State<mpsc::UnboundedSender<Got>>, headers: Headers, body: Bytes| {
        let kind = headers["content-type"].to_str().unwrap().to_owned();
        sender.send((kind, body)).unwrap();
    };
    let router = Router::new().route("/v1/traces", post(take)).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, router).into_future());
    (url, receiver)
}

/// What it got so far.
fn spans_of(got: &mut mpsc::UnboundedReceiver<Got>) -> Vec<Span> {
    let mut spans = Vec::new();
    while let Ok((kind, body)) = got.try_recv() {
        assert_eq!(kind, "application/x-protobuf");
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        for resource in request.resource_spans {
            let named = resource.resource.unwrap().attributes.iter().any(|pair| pair.key == "service.name");
            assert!(named);
            spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    spans
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

async fn traces_reach_the_collector(db: TestDatabase) {
    let (url, mut got) = collector().await;
    let telemetry = telemetry::start_into(
        &config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url), ("LOG_LEVEL", "off")]),
        "info",
        io::sink,
    );
    let site = Site::start(db).await;
    let public = site.public();
    let sent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let answer =
        public.send(public.request(Method::GET, "/v1/datasets/none").header("traceparent", sent)).await.must_be(404);
    tokio::task::spawn_blocking(move || telemetry.finish()).await.unwrap();
    let spans = spans_of(&mut got);
    let span = spans.iter().find(|span| hex(&span.trace_id) == TRACE).unwrap();
    assert_eq!(hex(&span.parent_span_id), "b7ad6b7169203331");
    assert_eq!(answer.header("traceparent"), format!("00-{TRACE}-{}-01", hex(&span.span_id)));
    assert!(span.attributes.iter().any(|pair| pair.key == "http.route"));
}

#[test]
fn traces_reach_the_collector_on_sqlite() {
    run_with(TestDatabase::sqlite, traces_reach_the_collector);
}

async fn whoever_is_told_of_a_publication_goes_on_with_its_trace(db: TestDatabase) {
    let (url, mut got) = collector().await;
    let telemetry = telemetry::start_into(
        &config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url), ("LOG_LEVEL", "off")]),
        "info",
        io::sink,
    );
    let around = Around::start(db, &[]).await;
    let id = around.scheduled("Autumn", &["cpi"], json!(["slack"])).await;
    around.publish().await;
    tokio::task::spawn_blocking(move || telemetry.finish()).await.unwrap();
    let spans = spans_of(&mut got);
    for (receiver, step) in [(&around.wagtail, "wagtail"), (&around.tracker, "tracker:cpi"), (&around.slack, "slack")] {
        let told = receiver.received();
        let [told] = &told[..] else { panic!("{step} was not told once") };
        let handed_on = told.header("traceparent");
        let of_it = |span: &&Span| handed_on == format!("00-{}-{}-01", hex(&span.trace_id), hex(&span.span_id));
        let span = spans.iter().find(of_it).unwrap();
        assert_eq!(span.name, "delivery");
        let says = |key: &str, value: &str| {
            span.attributes.iter().any(|pair| pair.key == key && format!("{:?}", pair.value).contains(value))
        };
        assert!(says("bundle.id", &id) && says("step", step), "{span:?}");
    }
}

#[test]
fn whoever_is_told_of_a_publication_goes_on_with_its_trace_on_sqlite() {
    run_with(TestDatabase::sqlite, whoever_is_told_of_a_publication_goes_on_with_its_trace);
}

async fn a_collector_that_is_not_there_disturbs_nobody(db: TestDatabase) {
    // Bound and let go again, so that nobody listens there.
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("http://{nobody}");
    let telemetry = telemetry::start_into(&config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url)]), "info", io::sink);
    let site = Site::start(db).await;
    for _ in 0..20 {
        site.public().get("/v1/datasets").await.must_be(200);
    }
    let ended = tokio::time::timeout(
        std::time::Duration::from_secs(20),
        tokio::task::spawn_blocking(move || telemetry.finish()),
    );
    ended.await.unwrap().unwrap();
}

#[test]
fn a_collector_that_is_not_there_disturbs_nobody_on_sqlite() {
    run_with(TestDatabase::sqlite, a_collector_that_is_not_there_disturbs_nobody);
}
