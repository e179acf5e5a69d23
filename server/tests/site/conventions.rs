//! What holds on every path of the API: methods, acceptance, tags, compression, origins, traces, odd addresses.

use std::time::Duration;

use domain::policy::Role;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;
use testkit::on_both_databases;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::*;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// Publishes one dataset `gdp`, and makes `embargoed` that nobody knows of.
async fn catalogue(site: &Site) -> (Caller, Caller) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver, Role::Operator]).await;
    approved_version(&editor, &approver, "gdp", "Gross domestic product").await;
    let bundle = approved_bundle(&editor, &approver, "January", &[("gdp", "1")]).await;
    approver.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "a test"})).await.must_be(202);
    site.run_tasks().await;
    (editor, approver)
}

/// What a raw request is answered, as it stands on the line.
async fn raw(site: &Site, request: &[u8]) -> String {
    let mut line = tokio::net::TcpStream::connect(site.url.trim_start_matches("http://")).await.unwrap();
    line.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Headers that may differ between a read and the same read a moment later.
fn steady(headers: &HeaderMap) -> Vec<(String, String)> {
    let passing = ["transfer-encoding", "date", "x-request-id", "traceparent", "ratelimit", "content-security-policy"];
    let mut pairs: Vec<(String, String)> = headers
        .iter()
        .filter(|(name, _)| !passing.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    pairs.sort();
    pairs
}

on_both_databases! {
    async fn head_is_a_get_without_its_body(db: TestDatabase) {
        let site = Site::start(db).await;
        catalogue(&site).await;
        let public = site.public();
        for path in [
            "/v1/datasets", "/datasets/gdp", "/v1/topics", "/v1/search?q=gdp", "/v1/datasets/none", "/bundles",
            "/health", "/files/downloads/gdp/gdp.csv", "/catalogue/gdp",
        ] {
            let get = public.get(path).await;
            let head = public.send(public.request(Method::HEAD, path)).await;
            assert_eq!(head.status, get.status, "{path}");
            assert_eq!(head.text, "", "{path}");
            if get.status == 200 {
                assert_eq!(steady(&head.headers), steady(&get.headers), "{path}");
            }
        }
    }

    async fn options_tells_what_an_address_takes(db: TestDatabase) {
        let site = Site::start(db).await;
        let public = site.public();
        for (path, allowed) in [
            ("/v1/datasets", "GET, HEAD, POST, OPTIONS"),
            ("/datasets/any", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
            ("/bundles/x/publish", "POST, OPTIONS"),
            ("/search", "GET, HEAD, OPTIONS"),
        ] {
            let answer = public.send(public.request(Method::OPTIONS, path)).await.must_be(204);
            let sorted = |text: &str| { let mut words: Vec<String> = text.split(", ").map(str::to_owned).collect(); words.sort(); words };
            assert_eq!(sorted(&answer.header("allow")), sorted(allowed), "{path}");
        }
        public.send(public.request(Method::OPTIONS, "/v1/nothing")).await.must_be(404);
        let wrong = public.delete("/v1/search").await.must_be(405);
        assert_eq!((wrong.header("allow").as_str(), wrong.code().as_str()), ("GET, HEAD, OPTIONS", "METHOD_NOT_ALLOWED"));
        for method in ["TRACE", "BREW"] {
            let answer = public.send(public.request(method.parse().unwrap(), "/v1/datasets")).await.must_be(405);
            assert_eq!(answer.code(), "METHOD_NOT_ALLOWED");
        }
    }

    async fn anybody_may_read_from_anywhere_and_only_the_configured_may_more(db: TestDatabase) {
        let site = Site::start_as(db, &[("CORS_ORIGINS", "https://tools.example.org")]).await;
        let public = site.public();
        let ask = async |origin: &str, path: &str, method: Option<&str>| {
            let request = public.request(if method.is_some() { Method::OPTIONS } else { Method::GET }, path).header("origin", origin);
            let request = match method {
                Some(method) => request.header("access-control-request-method", method),
                None => request,
            };
            public.send(request).await
        };
        let read = ask("https://anybody.example", "/v1/datasets", None).await.must_be(200);
        assert_eq!(read.header("access-control-allow-origin"), "*");
        assert!(read.header("access-control-allow-credentials").is_empty());
        for name in ["ETag", "Link", "RateLimit", "X-Request-Id", "Location"] {
            assert!(read.header("access-control-expose-headers").contains(name), "{name}");
        }
        assert_eq!(ask("https://anybody.example", "/bundles", None).await.header("access-control-allow-origin"), "");
        let refused = ask("https://anybody.example", "/v1/datasets", Some("POST")).await.must_be(204);
        assert_eq!(refused.header("access-control-allow-origin"), "");
        let preflight = ask("https://anybody.example", "/v1/datasets", Some("GET")).await.must_be(204);
        assert!(!preflight.header("access-control-allow-headers").contains("Authorization"));
        let granted = ask("https://tools.example.org", "/bundles", Some("POST")).await.must_be(204);
        assert_eq!(granted.header("access-control-allow-origin"), "https://tools.example.org");
        assert!(granted.header("access-control-allow-methods").contains("POST"));
        assert!(granted.header("access-control-allow-headers").contains("Authorization"));
        assert!(granted.header("vary").contains("Origin"));
        let token = site.environment();
        let request = token.request(Method::POST, "/bundles").header("origin", "https://tools.example.org").header("sec-fetch-site", "cross-site");
        let made = token.send(request.json(&json!({"title": "From a tool", "type": "manual"}))).await.must_be(201);
        assert_eq!(made.header("access-control-allow-origin"), "https://tools.example.org");
    }

    async fn what_nobody_accepts_is_refused(db: TestDatabase) {
        let site = Site::start(db).await;
        catalogue(&site).await;
        let public = site.public();
        let get = async |path: &str, accept: &str| public.send(public.request(Method::GET, path).header("accept", accept)).await;
        for path in ["/v1/datasets", "/datasets/gdp", "/v1/topics"] {
            assert_eq!(get(path, "image/png").await.must_be(406).code(), "NOT_ACCEPTABLE");
            assert_eq!(get(path, "application/json;q=0, */*").await.must_be(406).code(), "NOT_ACCEPTABLE");
            get(path, "image/png, */*;q=0.1").await.must_be(200);
        }
        get("/files/downloads/gdp/gdp.csv", "text/csv").await.must_be(200);
        get("/files/downloads/gdp/gdp.csv", "application/pdf").await.must_be(406);
        assert_eq!(get("/v1/datasets/none", "image/png").await.must_be(404).code(), "NOT_FOUND");
        let token = site.environment();
        let post = token.request(Method::POST, "/bundles").header("accept", "text/plain").json(&json!({"title": "Never made", "type": "manual"}));
        token.send(post).await.must_be(406);
        assert_eq!(token.get("/bundles?q=Never").await.json()["total_count"], 0);
    }

    async fn browsers_land_on_the_page_of_what_is_known_by_its_id_alone(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver) = catalogue(&site).await;
        begin_dataset(&editor, "next", "Next").await;
        editor.post("/datasets/next/editions/time-series/versions", json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        let id = |answer: Answer| answer.must_be(201).json()["id"].as_str().unwrap().to_owned();
        let image = id(editor.add_image("next", "time-series", "A dot", DOT).await);
        let hidden = id(editor.upload("next", "time-series", "1", "next.csv", TABLE).await);
        let version = editor.get("/datasets/gdp/editions/time-series/versions/1").await.must_be(200).json();
        let file = version["distributions"][0]["id"].as_str().unwrap();
        let filter = json!({"dataset": {"id": "gdp", "edition": "time-series", "version": "1"}, "dimensions": [{"name": "Year", "options": ["2023"]}]});
        let filter = id(editor.post("/filters", filter).await);
        let root = site.environment();
        let holder = root.post("/users", json!({"email": "a@example.org", "name": "A", "grants": [{"role": "editor"}]})).await.must_be(201).json();
        let policy = holder["grants"][0]["id"].as_str().unwrap();
        let page = async |who: &Caller, path: &str| {
            let answer = who.send(who.request(Method::GET, path).header("accept", "text/html,*/*;q=0.8")).await;
            (answer.status.as_u16(), answer.header("location"))
        };
        let portal = "/admin/datasets/next/editions/time-series/versions/1";
        let shown = "/catalogue/gdp/editions/time-series/versions/1";
        let explorer = format!("{shown}/explore?file=gdp.csv&dim.Year=2023");
        for (path, expected) in [
            (format!("/files/{file}"), shown.to_owned()),
            (format!("/v1/files/{file}/status"), shown.to_owned()),
            (format!("/files/{hidden}"), format!("{portal}#file-{hidden}")),
            (format!("/images/{image}"), portal.to_owned()),
            (format!("/v1/images/{image}/downloads"), portal.to_owned()),
            (format!("/filters/{filter}"), explorer.clone()),
            (format!("/filters/{filter}/dimensions"), explorer.clone()),
            (format!("/filters/{filter}/dimensions/Year"), explorer.clone()),
            (format!("/v1/filters/{filter}/dimensions/Year/options"), explorer),
            (format!("/policies/{policy}"), format!("/admin/users/{}", holder["id"].as_str().unwrap())),
        ] {
            assert_eq!(page(&root, &path).await, (303, expected), "{path}");
        }
        // A version that is not public has no public explorer.
        let filter = json!({"dataset": {"id": "next", "edition": "time-series", "version": "1"}});
        let filter = id(editor.post("/filters", filter).await);
        assert_eq!(page(&editor, &format!("/filters/{filter}")).await, (200, String::new()));
        // What is hidden leads nowhere, like what is missing; what was recalled leads to where that can be undone.
        let (public, nothing) = (site.public(), (404, String::new()));
        for path in [format!("/images/{image}"), "/images/none".to_owned(), "/filters/none".to_owned(), format!("/filters/{filter}/dimensions/Colour")] {
            assert_eq!(page(&public, &path).await, nothing, "{path}");
        }
        assert_eq!(page(&public, &format!("/files/{file}")).await.0, 401);
        approver.put_json(&format!("/files/{file}/withdraw"), json!({"reason": "It names somebody."})).await.must_be(200);
        let recalled = format!("/admin/datasets/gdp/editions/time-series/versions/1#file-{file}");
        assert_eq!(page(&root, &format!("/files/{file}")).await, (303, recalled));
    }

    async fn compressed_answers_have_tags_of_their_own_that_come_back_as_one(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, _) = catalogue(&site).await;
        let plain = site.public().get("/datasets/gdp").await.must_be(200);
        assert_eq!(plain.header("content-encoding"), "");
        for encoding in ["gzip", "br", "zstd"] {
            let public = site.public();
            let ask = public.request(Method::GET, "/datasets/gdp").header("accept-encoding", encoding);
            let packed = ask.send().await.unwrap();
            let tag = packed.headers()["etag"].to_str().unwrap().to_owned();
            assert_eq!(packed.headers()["content-encoding"], encoding);
            let vary = packed.headers().get_all("vary").iter();
            assert!(vary.map(|v| v.to_str().unwrap().to_ascii_lowercase()).any(|v| v.contains("accept-encoding")));
            assert!(tag.ends_with(&format!("-{encoding}\"")) && tag != plain.header("etag"), "{tag}");
            let again = public.request(Method::GET, "/datasets/gdp").header("accept-encoding", encoding).header("if-none-match", &tag);
            let known = public.send(again).await.must_be(304);
            assert_eq!((known.header("etag"), known.text), (tag, String::new()));
        }
        let draft = editor.request(Method::GET, "/datasets/gdp").header("accept-encoding", "gzip").send().await.unwrap();
        let tag = draft.headers()["etag"].to_str().unwrap().to_owned();
        let patch = editor.request(Method::PATCH, "/datasets/gdp").header("if-match", &tag).json(&json!({"description": "Another text."}));
        editor.send(patch).await.must_be(200);
    }

    async fn words_are_compressed_where_they_are_made_and_files_are_not(db: TestDatabase) {
        let site = Site::start(db).await;
        catalogue(&site).await;
        let version = "/datasets/gdp/editions/time-series/versions/1";
        let root = site.environment();
        let ask = async |path: &str, encoding: &str| root.send(root.request(Method::GET, path).header("accept-encoding", encoding)).await.must_be(200);
        for (path, kind) in [
            (format!("{version}/data?format=csv"), "text/csv"),
            (format!("{version}/data?format=ndjson"), "application/x-ndjson"),
            (format!("{version}/data?limit=all"), "application/json"),
            (format!("{version}/metadata.csvw.json"), "application/csvm+json"),
            (format!("{version}/metadata.datapackage.json"), "application/vnd.datapackage+json"),
            (format!("{version}/metadata.txt"), "text/plain"),
            ("/audit?format=csv".to_owned(), "text/csv"),
            ("/audit?format=jsonl".to_owned(), "application/jsonl"),
            ("/v1/search?format=csv".to_owned(), "text/csv"),
        ] {
            let packed = ask(&path, "br").await;
            assert!(packed.header("content-type").starts_with(kind), "{path}: {}", packed.header("content-type"));
            assert_eq!(packed.header("content-encoding"), "br", "{path}");
            assert_eq!(ask(&path, "identity").await.header("content-encoding"), "", "{path}");
        }
        // Their parts and digests speak of the bytes themselves.
        for path in ["/files/downloads/gdp/gdp.csv".to_owned(), format!("{version}/files.zip"), format!("{version}/data?format=parquet")] {
            let whole = root.request(Method::GET, &path).header("accept-encoding", "br").send().await.unwrap();
            assert!(whole.status() == 200 && !whole.headers().contains_key("content-encoding"), "{path}");
        }
    }

    async fn traces_go_on_and_every_answer_names_its_request(db: TestDatabase) {
        let site = Site::start(db).await;
        let public = site.public();
        let sent = format!("00-{TRACE}-b7ad6b7169203331-01");
        for path in ["/v1/datasets", "/v1/nothing", "/", "/health", "/assets/none.css"] {
            let answer = public.send(public.request(Method::GET, path).header("traceparent", &sent)).await;
            let back = answer.header("traceparent");
            assert_eq!(answer.header("x-request-id"), TRACE, "{path}");
            assert!(back.starts_with(&format!("00-{TRACE}-")) && back.ends_with("-01") && back != sent, "{back}");
        }
        let answer = public.get("/v1/datasets/none").await;
        assert_eq!(answer.json()["error"]["details"]["trace_id"], answer.header("x-request-id"));
    }

    async fn odd_addresses_are_not_found_or_refused_and_never_our_fault(db: TestDatabase) {
        let site = Site::start(db).await;
        for target in [
            "/v1//datasets", "//v1/datasets", "/v1/datasets/", "/datasets/", "/v1/datasets/%00", "/v1/datasets/%zz", "/v1/datasets/%ff",
            "/v1/datasets/%2e%2e%2fbundles", "/v1/datasets/../bundles", "/v1/datasets/a%2Fb", "/v1/datasets?q=%00", "/v1/datasets?limit=%ff",
            "/v1/search?q=%ff", "/files/downloads/%00/%ff", "/v1", "/v1/", "/bundles/%ff/publish",
        ] {
            let answer = raw(&site, format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes()).await;
            let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
            assert!(matches!(status, 200 | 400 | 401 | 404 | 405), "{target}: {answer}");
            if status != 200 {
                assert!(answer.contains("{\"error\":{\"code\":\""), "{target}: {answer}");
            }
        }
        for target in ["/%ff", "/catalogue/%00", "/catalogue/a%00/feed.ics", "/catalogue/a%00/feed.atom", "/topics/%00/feed.ics", "/releases/%00/calendar.ics", "/releases/%00/card.png", "/catalogue/a%00/card.png", "/catalogue/%ff/card.png", "/catalogue/a%00/editions/b/compare.csv", "/search/feed.ics?q=%00", "/embed/a%00/editions/b/versions/1", "/topics/%zz", "/search?q=%ff", "/assets/%ff", "/cy/%ff"] {
            let answer = raw(&site, format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").as_bytes()).await;
            let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
            assert!(status < 500, "{target}: {answer}");
        }
        // What nobody can write is left out of what a page is asked for.
        for (query, title) in [("q=%00", "Search"), ("q=ra%00in", "rain – Search"), ("q=ra%0%000in", "rain – Search")] {
            let page = site.public().get(&format!("/search?{query}")).await.must_be(200).text;
            assert!(page.contains(&format!("<title>{title} - ")), "{query} {page}");
        }
        site.public().get("/cy/search?q=%00").await.must_be(200);
        let long = site.public().get(&format!("/v1/datasets/{}", "a".repeat(9000))).await.must_be(400);
        assert_eq!(long.code(), "VALIDATION_ERROR");
        let public = site.public();
        let wide = public.request(Method::GET, "/v1/datasets").header("x-wide", "a".repeat(40_000));
        assert_eq!(public.send(wide).await.must_be(400).code(), "VALIDATION_ERROR");
    }

    async fn people_are_told_on_a_page_what_is_too_large_to_be_read(db: TestDatabase) {
        let site = Site::start(db).await;
        let public = site.public();
        let ask = async |path: &str, accept: &str, cookie: usize| {
            let request = public.request(Method::GET, path).header("accept", accept);
            public.send(request.header("cookie", format!("a={}", "a".repeat(cookie)))).await.must_be(400)
        };
        let long = "a".repeat(9000);
        let browser = "text/html,*/*;q=0.8";
        for (path, accept, cookie, words) in [
            (format!("/search?q={long}"), browser, 1, "This address is too long"),
            (format!("/cy/search?q={long}"), browser, 1, "Mae'r cyfeiriad hwn yn rhy hir"),
            (format!("/admin/bundles?q={long}"), "*/*", 1, "This address is too long"),
            (format!("/rpc/catalogue/search?q={long}"), browser, 1, "This address is too long"),
            ("/search".to_owned(), browser, 40_000, "Your browser sent too much"),
            ("/cy/search".to_owned(), browser, 40_000, "Anfonodd eich porwr ormod"),
        ] {
            let answer = ask(&path, accept, cookie).await;
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{}", answer.text);
            assert!(answer.text.contains(words) && answer.text.contains("<html lang="), "{words} {}", answer.text);
            assert!(answer.header("content-security-policy").contains("style-src 'self'"), "{words}");
        }
        for path in [format!("/v1/datasets?q={long}"), format!("/rpc/catalogue/search?q={long}")] {
            assert_eq!(ask(&path, "application/json", 1).await.code(), "VALIDATION_ERROR");
        }
        assert_eq!(ask(&format!("/v1/datasets?q={long}"), browser, 1).await.code(), "VALIDATION_ERROR");
    }

    async fn bodies_have_a_limit_however_they_arrive(db: TestDatabase) {
        let site = Site::start(db).await;
        let token = site.environment();
        let large = format!("{{\"title\": \"{}\"}}", "a".repeat(1 << 20));
        let whole = token.request(Method::POST, "/bundles").header("content-type", "application/json").body(large.clone());
        assert_eq!(token.send(whole).await.must_be(413).code(), "PAYLOAD_TOO_LARGE");
        let parts: Vec<Result<Vec<u8>, std::io::Error>> = large.as_bytes().chunks(65_536).map(|part| Ok(part.to_vec())).collect();
        let stream = reqwest::Body::wrap_stream(futures::stream::iter(parts));
        let chunked = token.request(Method::POST, "/bundles").header("content-type", "application/json; charset=utf-8").body(stream);
        assert_eq!(token.send(chunked).await.must_be(413).code(), "PAYLOAD_TOO_LARGE");
        let latin = token.request(Method::POST, "/bundles").header("content-type", "application/json; charset=iso-8859-1").body("{}");
        assert_eq!(token.send(latin).await.must_be(415).code(), "UNSUPPORTED_MEDIA_TYPE");
    }

    async fn a_form_for_files_that_holds_none_is_refused(db: TestDatabase) {
        let site = Site::start(db).await;
        let mut browser = crate::browser::Browser::new(&site);
        for function in ["/rpc/files/upload", "/rpc/images/add", "/rpc/imports/files"] {
            browser.post(function, "/admin", &[("version", "1")]).await.must_be(415);
        }
    }

    async fn what_takes_too_long_is_given_up(db: TestDatabase) {
        let site = Site::start_as(db, &[("REQUEST_TIMEOUT", "200ms")]).await;
        let token = site.environment();
        let endless = reqwest::Body::wrap_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let request = token.request(Method::POST, "/bundles").header("content-type", "application/json").body(endless);
        let answer = tokio::time::timeout(Duration::from_secs(30), token.send(request)).await.unwrap().must_be(504);
        assert_eq!(answer.code(), "TIMEOUT");
    }

    async fn answers_carry_their_policies_and_private_ones_are_not_kept(db: TestDatabase) {
        let site = Site::start_as(db, &[("PUBLIC_URL", "https://catalogue.example.org"), ("SECURITY_CONTACT", "mailto:security@example.org")]).await;
        let (editor, _) = catalogue(&site).await;
        let public = site.public();
        for path in ["/v1/datasets", "/v1/nothing", "/bundles", "/admin", "/rpc/none", "/catalogue/none", "/health"] {
            let answer = public.get(path).await;
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
            for name in ["permissions-policy", "cross-origin-resource-policy", "strict-transport-security", "x-content-type-options", "referrer-policy"] {
                assert!(!answer.header(name).is_empty(), "{path}: {name}");
            }
        }
        for path in ["/bundles", "/datasets/gdp", "/v1/datasets", "/bundles/none"] {
            assert!(editor.get(path).await.header("cache-control").contains("no-store"), "{path}");
        }
        assert!(public.get("/bundles").await.header("cache-control").contains("no-store"));
        let told = public.get("/.well-known/security.txt").await.must_be(200);
        assert!(told.text.contains("Contact: mailto:security@example.org\n") && told.text.contains("Expires: 2027-"), "{}", told.text);
    }
}
