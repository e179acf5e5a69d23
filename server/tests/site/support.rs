//! A site to test, and people who act on it.

use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use domain::dataset::{Contact, DatasetMetadata};
use domain::policy::{Grant, Role};
use domain::topic::{Department, Topic};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use server::config::Config;
use server::startup;
use server::state::AppState;
use services::accounts::{NewToken, NewUser};
use services::{Clock, Ctx, Services, accounts};
use testkit::databases::TestDatabase;

/// The environment's service token in tests.
pub const ENVIRONMENT_TOKEN: &str = "a-token-of-the-environment";
/// The password of people in tests.
pub const PASSWORD: &str = "several longish words";

/// Settings of a mail server, for tests in which nobody gets a letter.
pub const WITH_MAIL: &[(&str, &str)] =
    &[("SMTP_URL", "smtp://127.0.0.1:9"), ("MAIL_FROM", "Catalogue <catalogue@example.org>")];

/// A running site.
pub struct Site {
    pub url: String,
    pub services: Services,
    pub state: AppState,
    clock: Arc<AtomicI64>,
    statements: Arc<Mutex<Option<Vec<String>>>>,
    _folder: tempfile::TempDir,
    pub database: TestDatabase,
}

impl Site {
    /// Starts a site over the database, with embedded storage in a folder of its own.
    pub async fn start(database: TestDatabase) -> Self {
        Self::start_with(database, |_| Vec::new()).await
    }

    /// The same with more settings.
    pub async fn start_as(database: TestDatabase, settings: &[(&'static str, &str)]) -> Self {
        let more = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::start_with(database, |_| more).await
    }

    /// The same with more settings, which may depend on the site's address.
    pub async fn start_with(database: TestDatabase, more: impl FnOnce(&str) -> Vec<(&'static str, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut pairs = vec![
            ("DATABASE_URL", database.url().to_owned()),
            ("DATA_DIR", folder.path().display().to_string()),
            ("SERVICE_AUTH_TOKEN", ENVIRONMENT_TOKEN.to_owned()),
            ("BIND_ADDR", "127.0.0.1:0".to_owned()),
            ("PUBLIC_URL", url.clone()),
        ];
        pairs.splice(0..0, more(&url));
        let config =
            Config::read(&move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, v)| v.clone())).unwrap();
        let patience = config.request_timeout;
        let clock = Arc::new(AtomicI64::new(1_795_000_000_000_000));
        let read = clock.clone();
        let clock_of_site = Clock::new(move || DateTime::from_timestamp_micros(read.load(Ordering::SeqCst)).unwrap());
        let mut services = startup::open_services(&config, clock_of_site).await.unwrap();
        let statements = Arc::new(Mutex::new(None::<Vec<String>>));
        let recorded = statements.clone();
        services.db = services.db.observed(move |statement, _| {
            if let Some(seen) = recorded.lock().unwrap().as_mut() {
                seen.push(statement.to_owned());
            }
        });
        let (state, router) = startup::build(Arc::new(config), services.clone());
        let service = server::http::at_once::PerConnection(router);
        let listener = server::http::patient::PatientListener::new(listener, patience);
        tokio::spawn(axum::serve(listener, service).into_future());
        let site = Self { url, services, state, clock, statements, _folder: folder, database };
        site.prepare().await;
        site
    }

    async fn prepare(&self) {
        let tx = self.services.db.begin().await.unwrap();
        let department = Department { id: "economy".into(), title: "Economy".into(), title_cy: None };
        persistence::topics::save_department(&tx, &department).await.unwrap();
        let topic = Topic {
            id: "output".into(),
            title: "Output".into(),
            title_cy: Some("Allbwn".into()),
            description: "What is made.".into(),
            description_cy: None,
            parent_id: None,
            position: 0,
            revision: 1,
        };
        // A second site over the same database finds it there.
        if persistence::topics::known(&tx, &["output".to_owned()]).await.unwrap().is_empty() {
            persistence::topics::insert(&tx, &topic).await.unwrap();
        }
        persistence::db::commit(tx).await.unwrap();
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.services.clock.now()
    }

    pub fn advance(&self, by: TimeDelta) {
        self.clock.fetch_add(by.num_microseconds().unwrap(), Ordering::SeqCst);
    }

    /// From now on every statement to the database is written down.
    pub fn record_statements(&self) {
        *self.statements.lock().unwrap() = Some(Vec::new());
    }

    /// What was written down, and no more.
    pub fn recorded_statements(&self) -> Vec<String> {
        self.statements.lock().unwrap().take().unwrap_or_default()
    }

    /// As if the process had ended before it could keep what it answered to requests with a key.
    pub async fn forget_kept_answers(&self) {
        let statement = "UPDATE idempotent_requests SET status = NULL, headers = NULL, body = NULL";
        self.database.execute(statement).await.unwrap();
    }

    /// As if it had ended before the commit, too.
    pub async fn forget_attempts_took_effect(&self) {
        self.forget_kept_answers().await;
        self.database.execute("UPDATE idempotent_requests SET committed = FALSE").await.unwrap();
    }

    /// Does what the background tasks would do now, until nothing is left.
    pub async fn run_tasks(&self) {
        services::bundles::publish_due(&self.services).await.unwrap();
        services::catalogue::sync_index(&self.services).await.unwrap();
        while services::tasks::run_due(&self.services).await.unwrap() > 0 {}
    }

    /// Nobody in particular.
    pub fn public(&self) -> Caller {
        Caller { url: self.url.clone(), token: None, http: plain_client() }
    }

    /// The bearer of the environment's token.
    pub fn environment(&self) -> Caller {
        Caller { url: self.url.clone(), token: Some(ENVIRONMENT_TOKEN.into()), http: plain_client() }
    }

    /// The bearer of a secret.
    pub fn bearer(&self, secret: String) -> Caller {
        Caller { url: self.url.clone(), token: Some(secret), http: plain_client() }
    }

    /// A service with these roles.
    pub async fn service(&self, name: &str, roles: &[Role]) -> Caller {
        let ctx = Ctx::system("test", self.now());
        let grants = roles.iter().map(|role| Grant::of(*role)).collect();
        let new = NewToken { name: name.into(), grants, approve_own: false, expires_at: None };
        let (_, secret) = accounts::create_token(&self.services, &ctx, new).await.unwrap();
        Caller { url: self.url.clone(), token: Some(secret), http: plain_client() }
    }

    /// An account with these roles.
    pub async fn account(&self, email: &str, roles: &[Role]) {
        let ctx = Ctx::system("test", self.now());
        let grants = roles.iter().map(|role| Grant::of(*role)).collect();
        let new = NewUser { email: email.into(), name: email.into(), password: Some(PASSWORD.into()), grants };
        accounts::create_user(&self.services, &ctx, new).await.unwrap();
    }
}

/// People with their sessions, and services with narrower grants.
impl Site {
    /// An account with these grants, signed in; its id comes with it.
    pub async fn person(&self, email: &str, grants: &[Grant]) -> (Caller, String) {
        let ctx = Ctx::system("test", self.now());
        let new = NewUser {
            email: email.into(),
            name: email.into(),
            password: Some(PASSWORD.into()),
            grants: grants.to_vec(),
        };
        let user = accounts::create_user(&self.services, &ctx, new).await.unwrap();
        (self.signed_in(email).await, user.id)
    }

    /// Somebody who signs in with the password of people in tests.
    pub async fn signed_in(&self, email: &str) -> Caller {
        let answer = plain_client()
            .post(format!("{}/rpc/account/sign-in", self.url))
            .header("accept", "text/html")
            .header("origin", &self.url)
            .form(&[("email", email), ("password", PASSWORD)])
            .send()
            .await
            .unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let headers = reqwest::header::HeaderMap::from_iter([
            (reqwest::header::COOKIE, cookie.parse().unwrap()),
            (reqwest::header::ORIGIN, self.url.parse().unwrap()),
        ]);
        let http = following_nothing().default_headers(headers).build().unwrap();
        Caller { url: self.url.clone(), token: None, http }
    }

    /// A service with these grants.
    pub async fn service_with(&self, name: &str, grants: &[Grant], approve_own: bool) -> Caller {
        let ctx = Ctx::system("test", self.now());
        let new = NewToken { name: name.into(), grants: grants.to_vec(), approve_own, expires_at: None };
        let (_, secret) = accounts::create_token(&self.services, &ctx, new).await.unwrap();
        self.bearer(secret)
    }

    /// Makes a department.
    pub async fn department(&self, id: &str) {
        let body = json!({"id": id, "title": id});
        self.environment().post("/departments", body).await.must_be(201);
    }
}

/// A client that follows nothing and keeps no cookies.
pub fn plain_client() -> Client {
    following_nothing().build().unwrap()
}

/// Sites are asked without TLS, so nothing of the machine's certificates is read, which takes longer than most of the questions.
fn following_nothing() -> reqwest::ClientBuilder {
    Client::builder().redirect(reqwest::redirect::Policy::none()).tls_certs_only([])
}

/// Somebody who calls the API.
pub struct Caller {
    pub url: String,
    token: Option<String>,
    http: Client,
}

/// An answer, read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    /// The digest of the text as it was sent, as entity tags have it.
    pub digest: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text))
    }

    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or("").to_owned()
    }

    pub fn header(&self, name: &str) -> String {
        let lines: Vec<&str> = self.headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).collect();
        lines.join(", ")
    }

    #[track_caller]
    pub fn must_be(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
}

impl Caller {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The same caller, asking another site.
    pub fn at(&self, site: &Site) -> Self {
        Self { url: site.url.clone(), token: self.token.clone(), http: self.http.clone() }
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        read(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str) -> Answer {
        self.send(self.request(Method::PUT, path)).await
    }

    pub async fn put_json(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Changes what is there now: with the tag that a read of it gives.
    pub async fn change(&self, method: Method, path: &str, body: Value) -> Answer {
        let tag = self.get(path).await.header("etag");
        self.send(self.request(method, path).header("if-match", tag).json(&body)).await
    }

    /// Adds a picture to the first version of an edition.
    pub async fn add_image(&self, dataset: &str, edition: &str, alt: &str, bytes: &[u8]) -> Answer {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name("picture.png");
        let form = reqwest::multipart::Form::new()
            .text("dataset_id", dataset.to_owned())
            .text("edition", edition.to_owned())
            .text("version", "1")
            .text("alt", alt.to_owned())
            .part("file", part);
        self.send(self.request(Method::POST, "/images").multipart(form)).await
    }

    pub async fn upload(&self, dataset: &str, edition: &str, version: &str, filename: &str, bytes: &[u8]) -> Answer {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(filename.to_owned());
        let form = reqwest::multipart::Form::new()
            .text("dataset_id", dataset.to_owned())
            .text("edition", edition.to_owned())
            .text("version", version.to_owned())
            .text("title", "The figures")
            .part("file", part);
        self.send(self.request(Method::POST, "/files/upload").multipart(form)).await
    }
}

/// Whether an answer lets a cache give it out without asking, be it for a moment or where it says nothing of it (docs/adr/0033).
pub fn lets_caches_answer(cache_control: &str) -> bool {
    let words: Vec<&str> = cache_control.split(',').map(str::trim).collect();
    let asks = words.iter().any(|word| matches!(*word, "no-store" | "no-cache" | "must-revalidate"));
    let lasts = |word: &&str| match word.split_once('=') {
        Some(("max-age" | "s-maxage", seconds)) => seconds != "0",
        Some((name, _)) => name.starts_with("stale-"),
        None => *word == "immutable",
    };
    !asks || words.iter().any(lasts)
}

pub async fn read(response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let packed = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind == "application/zip" || kind.contains("spreadsheetml"));
    let whole = match packed {
        true => unpacked(&response.bytes().await.unwrap()),
        false => response.text().await.unwrap(),
    };
    let digest = hex::encode(&Sha256::digest(whole.as_bytes())[..16]);
    // Without the marks between pieces of text, which nobody reads.
    let text = if packed { whole } else { whole.replace("<!---->", "") };
    Answer { status, headers, text, digest }
}

/// What an archive holds, as text.
fn unpacked(bytes: &[u8]) -> String {
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return String::new() };
    let mut text = String::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        text.push_str(&format!("== {}\n", entry.name().unwrap()));
        std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
    }
    text
}

/// A table to upload.
pub const TABLE: &[u8] = b"Year,Value\n2023,101.5\n2024,103.25\n2025,104\n";

/// A picture of 1000 by 560 pixels to upload.
pub const PICTURE: &[u8] = include_bytes!("fixtures/chart.png");
/// A picture of one pixel, for where only its being there counts.
pub const DOT: &[u8] = include_bytes!("fixtures/dot.png");

/// What a complete dataset says about itself.
pub fn metadata(title: &str) -> Value {
    let metadata = DatasetMetadata {
        title: title.into(),
        description: "What the economy made, month by month.".into(),
        topics: vec!["output".into()],
        contacts: vec![Contact { name: "Desk".into(), email: "desk@example.org".into(), telephone: String::new() }],
        ..DatasetMetadata::default()
    };
    serde_json::to_value(metadata).unwrap()
}

/// Begins a dataset with an edition and one approved version that has a file; returns the file's id.
pub async fn approved_version(editor: &Caller, approver: &Caller, id: &str, title: &str) -> String {
    begin_dataset(editor, id, title).await;
    next_version(editor, approver, id).await
}

/// The same with another table, under the dataset's id as its title.
pub async fn table_version(editor: &Caller, approver: &Caller, id: &str, table: &[u8]) -> String {
    begin_dataset(editor, id, id).await;
    next_table(editor, approver, id, table).await
}

pub async fn begin_dataset(editor: &Caller, id: &str, title: &str) {
    let mut body = metadata(title);
    body["id"] = json!(id);
    body["type"] = json!("static");
    body["department"] = json!("economy");
    editor.post("/datasets", body).await.must_be(201);
    editor
        .post(&format!("/datasets/{id}/editions"), json!({"edition": "time-series", "title": "Time series"}))
        .await
        .must_be(201);
}

/// Begins the next version, uploads a table and has it approved; returns the file's id.
pub async fn next_version(editor: &Caller, approver: &Caller, id: &str) -> String {
    next_table(editor, approver, id, TABLE).await
}

/// The same with another table.
pub async fn next_table(editor: &Caller, approver: &Caller, id: &str, table: &[u8]) -> String {
    let versions = format!("/datasets/{id}/editions/time-series/versions");
    let version = editor.post(&versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201).json();
    let number = version["version"].as_str().unwrap().to_owned();
    let file = editor.upload(id, "time-series", &number, &format!("{id}.csv"), table).await.must_be(201).json();
    editor.put(&format!("{versions}/{number}/submit")).await.must_be(200);
    approver.put(&format!("{versions}/{number}/approve")).await.must_be(200);
    file["id"].as_str().unwrap().to_owned()
}

/// Makes a bundle of these versions, approved; returns its id.
pub async fn approved_bundle(editor: &Caller, approver: &Caller, title: &str, items: &[(&str, &str)]) -> String {
    let bundle = editor.post("/bundles", json!({"title": title, "type": "scheduled"})).await.must_be(201).json();
    let id = bundle["id"].as_str().unwrap().to_owned();
    for (dataset, version) in items {
        let body = json!({"dataset_id": dataset, "edition": "time-series", "version": version});
        editor.post(&format!("/bundles/{id}/contents"), body).await.must_be(201);
    }
    editor.put(&format!("/bundles/{id}/submit")).await.must_be(200);
    approver.put(&format!("/bundles/{id}/approve")).await.must_be(200);
    id
}
