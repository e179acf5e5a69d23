//! How often somebody may ask.

use domain::operations::{CallerKind, NewBlock};
use domain::policy::Role;
use reqwest::Method;
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

on_both_databases! {
    async fn a_client_is_told_what_is_left_and_has_to_wait_when_nothing_is(db: TestDatabase) {
        let site = Site::start_as(db, &[("RATE_LIMIT_PER_MINUTE", "3")]).await;
        let public = site.public();
        let first = public.get("/v1/datasets").await.must_be(200);
        assert_eq!(first.header("ratelimit-policy"), "\"default\";q=3;w=60");
        assert_eq!(first.header("ratelimit"), "\"default\";r=2;t=20");
        public.get("/v1/datasets").await.must_be(200);
        public.get("/").await.must_be(200);
        let refused = public.get("/v1/datasets").await.must_be(429);
        assert_eq!((refused.code().as_str(), refused.header("retry-after").as_str()), ("RATE_LIMITED", "20"));
        assert_eq!(refused.header("ratelimit"), "\"default\";r=0;t=60");
        assert!(refused.json()["error"]["details"]["trace_id"].is_string());
        let page = public.get("/").await.must_be(429);
        assert!(page.header("content-type").starts_with("text/html") && page.header("retry-after") == "20");
        for exempt in ["/health", "/healthcheck", "/metrics", "/favicon.ico"] {
            assert_ne!(public.get(exempt).await.status, 429, "{exempt}");
        }
        site.advance(chrono::TimeDelta::seconds(20));
        public.get("/v1/datasets").await.must_be(200);
        public.get("/v1/datasets").await.must_be(429);
        assert!(public.get("/metrics").await.text.contains("rate_limit_refusals_total{policy=\"default\"}"));
    }

    async fn searching_and_signing_in_have_limits_of_their_own(db: TestDatabase) {
        let settings = [("RATE_LIMIT_SEARCH_PER_MINUTE", "1"), ("RATE_LIMIT_SIGN_IN_PER_MINUTE", "1")];
        let site = Site::start_as(db, &settings).await;
        let public = site.public();
        let search = public.get("/v1/search?q=a").await.must_be(200);
        assert!(search.header("ratelimit-policy").contains("\"search\";q=1;w=60"), "{}", search.header("ratelimit-policy"));
        assert_eq!(public.get("/v1/search/suggest?q=a").await.must_be(429).json()["error"]["details"]["policy"], "search");
        public.get("/v1/datasets").await.must_be(200);
        let sign_in = || public.request(Method::POST, "/rpc/account/sign-in").form(&[("email", "a@example.org"), ("password", "wrong words here")]);
        assert_ne!(public.send(sign_in()).await.status, 429);
        assert_eq!(public.send(sign_in()).await.must_be(429).json()["error"]["details"]["policy"], "sign-in");
        // A form that a browser sends by itself is answered by a page, in the language of the page that it is on.
        let browser = sign_in().header("accept", "text/html,*/*;q=0.8").header("referer", format!("{}/cy/account/sign-in", site.url));
        let page = public.send(browser).await.must_be(429);
        assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
        assert!(page.text.contains("Gormod o geisiadau") && !page.header("retry-after").is_empty(), "{}", page.text);
    }

    async fn callers_are_counted_apart_and_proxies_are_believed_where_told(db: TestDatabase) {
        let settings = [("RATE_LIMIT_PER_MINUTE", "2"), ("TRUSTED_PROXIES", "127.0.0.0/8")];
        let site = Site::start_as(db, &settings).await;
        let public = site.public();
        let from = async |client: &str| public.send(public.request(Method::GET, "/v1/datasets").header("x-forwarded-for", client)).await.status;
        assert_eq!((from("192.0.2.1").await, from("192.0.2.1").await, from("192.0.2.1").await), (200.try_into().unwrap(), 200.try_into().unwrap(), 429.try_into().unwrap()));
        assert_eq!(from("192.0.2.2").await, 200);
        assert_eq!(from("198.51.100.1, 192.0.2.1").await, 429, "what the client made up stands left");
    }

    async fn a_token_has_a_limit_wherever_it_is_used(db: TestDatabase) {
        let settings = [("RATE_LIMIT_CALLER_PER_MINUTE", "1"), ("TRUSTED_PROXIES", "127.0.0.1")];
        let site = Site::start_as(db, &settings).await;
        let token = site.environment();
        let from = async |client: &str| token.send(token.request(Method::GET, "/bundles").header("x-forwarded-for", client)).await;
        from("192.0.2.1").await.must_be(200);
        assert_eq!(from("192.0.2.2").await.must_be(429).json()["error"]["details"]["policy"], "caller");
        // However it is written.
        let public = site.public();
        for scheme in ["bearer ", "BEARER ", "Bearer   "] {
            let written = public.request(Method::GET, "/bundles").header("authorization", format!("{scheme}{ENVIRONMENT_TOKEN}"));
            let answer = public.send(written.header("x-forwarded-for", "192.0.2.3")).await.must_be(429);
            assert_eq!(answer.json()["error"]["details"]["policy"], "caller", "{scheme}");
        }
    }

    async fn a_caller_is_blocked_with_a_reason_until_let_in_again(db: TestDatabase) {
        let site = Site::start_as(db, &[("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        let public = site.public();
        let from = async |client: &str| public.send(public.request(Method::GET, "/v1/datasets").header("x-forwarded-for", client)).await;
        from("192.0.2.1").await.must_be(200);
        let subject = services::callers::subject_of_address(&site.services, "192.0.2.1".parse().unwrap());
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let page = operator.get("/ops/limits").await.must_be(200).text;
        assert!(page.contains(&subject) && !page.contains("192.0.2.1"), "{page}");
        let fields = [("kind", "address"), ("subject", subject.as_str()), ("hours", "2")];
        let refused = operator.submit("/rpc/operations/block-caller", "/ops/limits", &fields).await.text;
        assert!(refused.contains("error-summary"), "{refused}");
        let fields = [&fields[..], &[("reason", "Scrapes without end")]].concat();
        let blocked = operator.submit("/rpc/operations/block-caller", "/ops/limits", &fields).await.text;
        assert!(blocked.contains("Scrapes without end") && blocked.contains("Let in again"), "{blocked}");

        let refused = from("192.0.2.1").await.must_be(429);
        assert_eq!(refused.json()["error"]["details"]["policy"], "blocked");
        assert_eq!(refused.header("retry-after"), "7200");
        from("192.0.2.2").await.must_be(200);
        let own = services::callers::subject_of_address(&site.services, "127.0.0.1".parse().unwrap());
        for kind in ["address", "token"] {
            let fields = [("kind", kind), ("subject", own.as_str()), ("hours", "2"), ("reason", "Oh")];
            let refused = operator.submit("/rpc/operations/block-caller", "/ops/limits", &fields).await.text;
            assert!(refused.contains("ask from yourself"), "{kind} {refused}");
        }

        // Another node learns it from the database, and what was let in again there is let in here.
        let fields = [("subject", subject.as_str())];
        assert!(operator.submit("/rpc/operations/unblock-caller", "/ops/limits", &fields).await.text.contains("is let in again"));
        from("192.0.2.1").await.must_be(200);
        let ctx = services::Ctx::system("operator", site.now());
        let new = NewBlock { kind: CallerKind::Address, subject: subject.clone(), hours: 1, reason: "Again".into() };
        let other = services::Services { blocks: services::callers::Blocks::default(), ..site.services.clone() };
        services::callers::block(&other, &ctx, new).await.unwrap();
        from("192.0.2.1").await.must_be(200);
        services::callers::follow(&site.services).await.unwrap();
        from("192.0.2.1").await.must_be(429);
        site.advance(chrono::TimeDelta::hours(1));
        from("192.0.2.1").await.must_be(200);
    }

    async fn nothing_is_counted_where_limits_are_off(db: TestDatabase) {
        let site = Site::start_as(db, &[("RATE_LIMIT_ENABLED", "false"), ("RATE_LIMIT_PER_MINUTE", "1")]).await;
        for _ in 0..3 {
            assert_eq!(site.public().get("/v1/datasets").await.must_be(200).header("ratelimit"), "");
        }
    }
}
