//! Uploads while something fails: a second writer, a node that dies, a storage that refuses, a sender that says nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU16, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::TimeDelta;
use domain::image::ImageTexts;
use futures::StreamExt;
use services::Ctx;
use services::files::{NewFile, attach, receive};
use services::images::{NewImage, add};
use services::versions::VersionKey;
use testkit::foreign_s3::ForeignS3;
use testkit::on_both_databases;

use super::open_version;
use super::sender::*;
use crate::support::*;

/// A storage service that can be told to refuse whatever changes something, and to keep to itself how objects are saved.
pub struct Faulty {
    endpoint: String,
    refuses: Arc<AtomicBool>,
    /// How many changes it takes before it refuses.
    spares: Arc<AtomicI64>,
    /// What it answers then.
    status: Arc<AtomicU16>,
    /// Whether it tells neither names nor checksums of objects.
    is_reticent: Arc<AtomicBool>,
    _service: ForeignS3,
}

impl Faulty {
    pub async fn start() -> Self {
        let service = ForeignS3::start().await.unwrap();
        let (refuses, spares) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
        let (status, is_reticent) = (Arc::new(AtomicU16::new(503)), Arc::new(AtomicBool::new(false)));
        let (behind, told) = (service.endpoint().to_owned(), (refuses.clone(), spares.clone(), status.clone()));
        let hides = is_reticent.clone();
        let router = Router::new().fallback(move |request: Request| {
            let answer = pass(behind.clone(), told.clone(), request);
            let hides = hides.clone();
            async move {
                let mut answer = answer.await;
                if hides.load(Ordering::SeqCst) {
                    answer.headers_mut().remove("content-disposition");
                    answer.headers_mut().remove("x-amz-meta-sha256");
                }
                answer
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { endpoint, refuses, spares, status, is_reticent, _service: service }
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// From now on it tells of no object how it is saved.
    pub fn hide_names(&self) {
        self.is_reticent.store(true, Ordering::SeqCst);
    }

    /// From now on it refuses whatever changes something, after so many changes.
    pub fn refuse_after(&self, changes: i64) {
        self.spares.store(changes, Ordering::SeqCst);
        self.refuses.store(true, Ordering::SeqCst);
    }

    /// From now on its disk is full, after so many changes.
    pub fn full_after(&self, changes: i64) {
        self.status.store(507, Ordering::SeqCst);
        self.refuse_after(changes);
    }

    /// From now on it takes everything.
    pub fn take_again(&self) {
        self.refuses.store(false, Ordering::SeqCst);
    }

    pub fn settings(&self, bucket: &str) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("S3_PRIVATE_BUCKET_NAME", bucket.into()),
        ]
    }
}

/// Whether changes are refused, after how many, and with what.
type Told = (Arc<AtomicBool>, Arc<AtomicI64>, Arc<AtomicU16>);

async fn pass(behind: String, (refuses, spares, status): Told, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let changes = matches!(parts.method.as_str(), "PUT" | "POST");
    if refuses.load(Ordering::SeqCst) && changes && spares.fetch_sub(1, Ordering::SeqCst) <= 0 {
        return StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap().into_response();
    }
    let url = format!("{behind}{}", parts.uri);
    let answer = plain_client().request(parts.method, url).headers(parts.headers).body(bytes).send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, answer.bytes().await.unwrap()).into_response()
}

/// A bucket of a test's own.
pub fn bucket() -> String {
    format!("uploads-{}", services::ids::new_id(chrono::DateTime::UNIX_EPOCH))
}

/// Waits until so much is kept.
async fn until_kept(who: &Caller, upload: &str, wanted: usize) {
    while offset(who, upload).await < wanted {
        tokio::task::yield_now().await;
    }
}

on_both_databases! {
    async fn another_node_goes_on_where_one_died_and_two_never_write_at_once(db: TestDatabase) {
        let faulty = Faulty::start().await;
        let name = bucket();
        let one = Site::start_with(db.another().await, |_| faulty.settings(&name)).await;
        let two = Site::start_with(db, |_| faulty.settings(&name)).await;
        let editor = open_version(&one, "cpi").await;
        let elsewhere = editor.at(&two);
        let bytes = archive(18 << 20, 11);
        let upload = begin(&editor, "cpi", "all.zip", bytes.len()).await;
        let hanging = adding(&editor, &upload, 0).body(and_then_nothing(&bytes[..9 << 20]));
        let hanging = tokio::spawn(hanging.send());
        until_kept(&elsewhere, &upload, 8 << 20).await;
        for who in [&editor, &elsewhere] {
            let answer = send(who, &upload, 8 << 20, vec![0]).await.must_be(423);
            assert_eq!(answer.code(), "UPLOAD_LOCKED");
            end(who, &upload).await.must_be(423);
        }
        // Whoever held it says nothing for longer than the lease.
        two.advance(TimeDelta::seconds(61));
        let last = send(&elsewhere, &upload, 8 << 20, bytes[8 << 20..].to_vec()).await.must_be(204);
        let file = elsewhere.get(&last.header("content-location")).await.must_be(200).json();
        assert_eq!(file["sha256"], sha256(&bytes));
        hanging.abort();
    }

    async fn a_node_that_starts_again_lets_go_of_what_it_held(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let bytes = archive(9 << 20, 13);
        let upload = begin(&editor, "cpi", "all.zip", bytes.len()).await;
        let hanging = adding(&editor, &upload, 0).body(and_then_nothing(&bytes[..(8 << 20) + 5]));
        let hanging = tokio::spawn(hanging.send());
        until_kept(&editor, &upload, 8 << 20).await;
        send(&editor, &upload, 8 << 20, vec![0]).await.must_be(423);
        assert_eq!(services::uploads::take_up_again(&site.services).await.unwrap(), 1);
        // Nothing of the embedded storage that is needed is cleared away.
        services::uploads::clear_unfinished(&site.services).await.unwrap();
        let last = send_rest(&editor, &upload, &bytes).await;
        assert_eq!(editor.get(&last.header("content-location")).await.json()["sha256"], sha256(&bytes));
        hanging.abort();
    }

    async fn a_storage_that_fails_in_the_middle_costs_nothing_that_was_told(db: TestDatabase) {
        let faulty = Faulty::start().await;
        let name = bucket();
        let site = Site::start_with(db, |_| faulty.settings(&name)).await;
        let editor = open_version(&site, "cpi").await;
        let bytes = archive(17 << 20, 17);
        let upload = begin(&editor, "cpi", "all.zip", bytes.len()).await;
        send(&editor, &upload, 0, bytes[..9 << 20].to_vec()).await.must_be(204);
        faulty.refuses.store(true, Ordering::SeqCst);
        let failed = try_send(&editor, &upload, 9 << 20, bytes[9 << 20..].to_vec()).await;
        assert!(failed.is_none_or(|answer| answer.status == 503));
        assert_eq!(offset(&editor, &upload).await, 9 << 20);
        faulty.refuses.store(false, Ordering::SeqCst);
        let last = send_rest(&editor, &upload, &bytes).await;
        assert_eq!(editor.get(&last.header("content-location")).await.json()["sha256"], sha256(&bytes));
        assert_eq!(site.services.storage.list("").await.unwrap().len(), 1);
    }

    async fn a_full_disk_refuses_an_upload_and_keeps_nothing_of_it(db: TestDatabase) {
        let faulty = Faulty::start().await;
        let name = bucket();
        let site = Site::start_with(db, |_| faulty.settings(&name)).await;
        let editor = open_version(&site, "cpi").await;
        let bytes = archive(17 << 20, 29);
        // Begun, in the middle, at the last part, and when the parts are joined.
        for after in [0, 1, 3, 4] {
            faulty.full_after(after);
            // Who is still sending may find the line cut before the answer is read.
            assert!(try_upload(&editor, "all.zip", &bytes).await.is_none_or(|answer| answer.status == 503), "{after}");
            faulty.take_again();
            assert_eq!(site.services.storage.list("").await.unwrap(), Vec::<String>::new(), "{after}");
        }
        let file = editor.upload("cpi", "time-series", "1", "all.zip", &bytes).await.must_be(201).json();
        assert_eq!((&file["state"], &file["sha256"]), (&serde_json::json!("ready"), &serde_json::json!(sha256(&bytes))));
        assert_eq!(site.services.storage.list("").await.unwrap().len(), 1);
    }

    async fn a_slow_sender_is_waited_for_and_a_silent_one_is_not(db: TestDatabase) {
        let site = Site::start_as(db, &[("REQUEST_TIMEOUT", "1s")]).await;
        let editor = open_version(&site, "cpi").await;
        let upload = begin(&editor, "cpi", "a.zip", 100).await;
        let silent = editor.send(adding(&editor, &upload, 0).body(and_then_nothing(b"0123456789"))).await.must_be(408);
        assert_eq!(silent.code(), "TIMEOUT");
        assert_eq!(offset(&editor, &upload).await, 10);
        let began = tokio::time::Instant::now();
        let ticks = futures::stream::unfold(tokio::time::interval(Duration::from_millis(400)), |mut interval| async {
            interval.tick().await;
            Some((Ok::<_, std::convert::Infallible>(Bytes::from_static(b"more bytes")), interval))
        });
        let slow = adding(&editor, &upload, 10).body(reqwest::Body::wrap_stream(ticks.take(5)));
        let answer = editor.send(slow).await.must_be(204);
        assert_eq!(answer.header("upload-offset"), "60");
        assert!(began.elapsed() > Duration::from_secs(1), "it was not slow");
    }

    async fn bytes_go_with_a_refusal_and_stay_after_a_fault(db: TestDatabase) {
        let site = Site::start(db).await;
        open_version(&site, "cpi").await;
        let ctx = Ctx::system("test", site.now());
        let version = VersionKey { dataset_id: "cpi".to_owned(), edition: "time-series".to_owned(), version: 1 };
        let attached = async |filename: &str| {
            let bytes = futures::stream::iter([Ok(Bytes::from_static(TABLE))]);
            let received = receive(&site.services, &ctx, bytes).await.unwrap();
            let (version, filename) = (version.clone(), filename.to_owned());
            let new = NewFile { version, filename, title: None, licence: None, licence_url: None };
            attach(&site.services, &ctx, received, new).await.unwrap_err()
        };
        let kept = async |prefix: &str| site.services.storage.list(prefix).await.unwrap().len();
        assert!(attached("cpi.exe").await.refusal().is_some());
        assert_eq!(kept("files/").await, 0);
        // As no code of ours writes it, so that it cannot be read. Of such a fault nobody knows whether it was before the commit.
        site.database.execute("UPDATE datasets SET last_edited_by = 'nobody' WHERE id = 'cpi'").await.unwrap();
        assert!(attached("cpi.csv").await.refusal().is_none());
        assert_eq!(kept("files/").await, 1);
        let texts = ImageTexts::new("A dot".to_owned(), None, None);
        let new = NewImage { version: version.clone(), texts, bytes: Bytes::from_static(DOT) };
        assert!(add(&site.services, &ctx, new).await.unwrap_err().refusal().is_none());
        assert!(kept("images/").await > 0);
    }

    async fn an_upload_takes_no_more_memory_than_a_part_or_two(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let (size, piece) = (96 << 20, Bytes::from(noise(1 << 20, 19)));
        // What it is would be looked at afterwards.
        let upload = begin(&editor, "cpi", "all.txt", size).await;
        send(&editor, &upload, 0, noise(9 << 20, 23)).await.must_be(204);
        let before = peak();
        let pieces = (9 << 20..size).step_by(1 << 20).map(move |_| Ok::<_, std::convert::Infallible>(piece.clone()));
        let body = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
        editor.send(adding(&editor, &upload, 9 << 20).body(body)).await.must_be(204);
        let grown = peak() - before;
        assert!(grown < 48 << 10, "it took {grown} kB more");
    }
}

/// The most memory that this process held, in kB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
