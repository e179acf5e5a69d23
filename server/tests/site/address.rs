//! Addresses that are neither pages nor objects: health, metrics, errors, headers.

use domain::policy::Role;
use serde_json::json;
use sha2::Digest;
use testkit::on_both_databases;

use crate::support::*;

on_both_databases! {
    async fn every_error_of_the_api_has_the_envelope(db: TestDatabase) {
        let site = Site::start(db).await;
        let public = site.public();
        let environment = site.environment();
        let unsupported = environment.request(reqwest::Method::POST, "/bundles").header("content-type", "text/csv").body("x");
        let broken = environment.request(reqwest::Method::POST, "/bundles").header("content-type", "application/json").body("{");
        let forged = public.request(reqwest::Method::GET, "/datasets").bearer_auth("forged");
        let cases = [
            (public.get("/v1/nothing").await, 404, "NOT_FOUND"),
            (public.get("/datasets/none").await, 404, "NOT_FOUND"),
            (public.get("/bundles").await, 401, "UNAUTHORIZED"),
            (public.send(forged).await, 401, "UNAUTHORIZED"),
            (public.delete("/datasets").await, 405, "METHOD_NOT_ALLOWED"),
            (public.get("/datasets?colour=red").await, 400, "VALIDATION_ERROR"),
            (environment.send(broken).await, 400, "VALIDATION_ERROR"),
            (environment.send(unsupported).await, 415, "UNSUPPORTED_MEDIA_TYPE"),
            (environment.post("/bundles", serde_json::json!({"title": "", "type": "scheduled"})).await, 422, "VALIDATION_ERROR"),
        ];
        for (answer, status, code) in cases {
            let answer = answer.must_be(status);
            let error = &answer.json()["error"];
            assert_eq!(error["code"], code);
            assert!(error["message"].as_str().is_some_and(|m| !m.is_empty()));
            assert!(error["details"]["timestamp"].is_string() && error["details"]["trace_id"].as_str().is_some_and(|t| t.len() == 32), "{error}");
        }
    }

    async fn health_and_metrics_answer_in_the_runbooks_form(db: TestDatabase) {
        let site = Site::start(db).await;
        let public = site.public();
        let health = public.get("/health").await.must_be(200).json();
        assert_eq!(health["status"], "OK");
        for field in ["version", "uptime", "start_time", "checks"] {
            assert!(!health[field].is_null(), "{field}");
        }
        assert_eq!(health["version"]["language"], "rust");
        public.get("/healthcheck").await.must_be(200);
        let metrics = public.get("/metrics").await.must_be(200);
        assert!(metrics.text.contains("http_requests_total"));
    }

    async fn metrics_are_for_this_machine_unless_somebody_passes_the_request_on(db: TestDatabase) {
        let site = Site::start_as(db, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
        let public = site.public();
        let told = |answer: &Answer, path: &str| {
            let trace = answer.header("x-request-id");
            (answer.status, answer.text.replace(&trace, "TRACE").replace(path, "PATH"))
        };
        for path in ["/metrics", "/v1/metrics"] {
            public.get(path).await.must_be(200);
            for (name, value) in [("x-forwarded-for", "127.0.0.1"), ("forwarded", "for=127.0.0.1"), ("x-real-ip", "::1"), ("via", "1.1 proxy")] {
                let hidden = public.send(public.request(reqwest::Method::GET, path).header(name, value)).await.must_be(404);
                let unknown = public.get("/v1/unknown").await.must_be(404);
                assert_eq!(told(&hidden, path), told(&unknown, "/v1/unknown"), "{name}");
            }
            let operator = site.environment();
            operator.send(operator.request(reqwest::Method::GET, path).header("via", "1.1 proxy")).await.must_be(200);
            let stranger = site.bearer("no such token".to_owned());
            stranger.send(stranger.request(reqwest::Method::GET, path).header("via", "1.1 proxy")).await.must_be(404);
        }
    }

    async fn pages_carry_their_policy_and_unknown_ones_are_404(db: TestDatabase) {
        let site = Site::start(db).await;
        let public = site.public();
        let home = public.get("/").await.must_be(200);
        let policy = home.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("'sha256-") && !policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(home.header("x-content-type-options"), "nosniff");
        assert!(home.header("set-cookie").is_empty());
        let missing = public.get("/no/such/page").await.must_be(404);
        assert!(missing.header("content-type").starts_with("text/html"));
        assert!(missing.header("content-security-policy").contains("'nonce-"));
    }

    async fn chosen_colours_hold_before_the_style_and_by_the_policy_of_every_page(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("person@example.org", &[Role::Editor]).await;
        let (public, person) = (site.public(), site.signed_in("person@example.org").await);
        for (who, path) in [(&public, "/"), (&public, "/cy/topics"), (&public, "/account/sign-in"), (&public, "/no/such/page"), (&person, "/admin")] {
            let page = who.get(path).await;
            let (before, after) = page.text.split_once("localStorage.getItem('theme')").unwrap();
            assert!(after.contains("rel=\"stylesheet\"") && !before.contains("rel=\"stylesheet\""), "{path} {before}");
            let (tag, begun) = before.rsplit_once("<script").unwrap().1.split_once('>').unwrap();
            let script = format!("{begun}localStorage.getItem('theme'){}", after.split("</script").next().unwrap());
            let hash = format!("'sha256-{}'", base64_simd::STANDARD.encode_to_string(sha2::Sha256::digest(script)));
            let policy = page.header("content-security-policy");
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
            let is_named = nonce.map_or(policy.contains(&hash), |nonce| tag.contains(&format!("nonce=\"{nonce}\"")));
            assert!(is_named && !policy.contains("unsafe-inline"), "{path} {tag} {policy}");
        }
    }

    async fn a_page_is_the_same_for_everybody_until_something_changes(db: TestDatabase) {
        let site = Site::start(db).await;
        let public = site.public();
        let first = public.get("/").await.must_be(200);
        assert_eq!(first.header("cache-control"), "public, max-age=0, must-revalidate");
        let again = public.request(reqwest::Method::GET, "/").header("if-none-match", first.header("etag"));
        let again = public.send(again).await.must_be(304);
        assert!(again.text.is_empty());
        assert_eq!(again.header("etag"), first.header("etag"));
        // Every script that is run is named in the policy, and nothing else.
        let policy = first.header("content-security-policy");
        for script in first.text.split("<script").skip(1).filter(|script| !script.starts_with(" type=\"application")) {
            let body = script.split_once('>').unwrap().1.split("</script").next().unwrap();
            let hash = base64_simd::STANDARD.encode_to_string(sha2::Sha256::digest(body));
            assert!(policy.contains(&format!("'sha256-{hash}'")), "{script}");
        }
        assert!(!first.text.contains("nonce="));

        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "gdp", "Gross domestic product").await;
        assert_eq!(public.get("/").await.header("etag"), first.header("etag"));
        let id = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;
        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let changed = public.request(reqwest::Method::GET, "/").header("if-none-match", first.header("etag"));
        let changed = public.send(changed).await.must_be(200);
        assert!(changed.text.contains("Gross domestic product"));
        site.account("person@example.org", &[Role::Editor]).await;
        let own = site.signed_in("person@example.org").await.get("/").await.must_be(200);
        assert!(own.header("cache-control").contains("no-store") && own.header("etag").is_empty());
    }
}
