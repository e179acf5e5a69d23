//! How often somebody may ask.

use domain::operations::{CallerKind, NewBlock};
use domain::policy::Role;
use reqwest::Method;
use serde_json::json;
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

    async fn an_operator_changes_a_limit_while_the_catalogue_runs_and_goes_back(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("operator@example.org", &[Role::Operator]).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let admin = site.service("admin", &[Role::Admin]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let of_search = async || {
            let answer = site.public().get("/v1/search?q=a").await;
            let policies = answer.header("ratelimit-policy");
            (answer.status.as_u16(), policies.split(", ").find(|policy| policy.starts_with("\"search\"")).unwrap_or_default().to_owned())
        };
        assert_eq!(of_search().await, (200, "\"search\";q=12000;w=60".to_owned()));
        let page = operator.get("/ops/limits").await.must_be(200).text;
        assert!(page.contains("as the environment says") && page.contains("stays the master switch"), "{page}");

        let form = "/rpc/office/set-rate-limits";
        let with = |sign_in, search, reason| {
            [("revision", "1"), ("address", "30000"), ("caller", "30000"), ("sign_in", sign_in), ("search", search), ("reason", reason)]
        };
        let refused = operator.submit(form, "/ops/limits", &with("121", "0", "")).await.must_be(200).text;
        for words in ["Give 5 to 120 requests a minute; the environment allows no more.", "Give 10 to 10000000 requests a minute.", "This is needed."] {
            assert!(refused.contains(words), "{words}: {refused}");
        }
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let sound = with("120", "10", "The search is scraped.");
        editor.post(form, "/ops/limits", &sound).await.must_be(303);
        assert_eq!(of_search().await.1, "\"search\";q=12000;w=60");

        let page = operator.submit(form, "/ops/limits", &sound).await.must_be(200).text;
        for words in ["The setting is in force on every node.", "10 in 60 s", "The search is scraped.", "set here"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        for _ in 0..10 {
            assert_eq!(of_search().await, (200, "\"search\";q=10;w=60".to_owned()));
        }
        assert_eq!(of_search().await, (429, "\"search\";q=10;w=60".to_owned()));
        site.public().get("/v1/datasets").await.must_be(200);
        site.advance(chrono::TimeDelta::seconds(6));
        assert_eq!(of_search().await.0, 200);
        assert_eq!(of_search().await.0, 429);

        let late = operator.submit(form, "/ops/limits", &with("120", "20", "Less is enough.")).await.text;
        assert!(late.contains("This was changed meanwhile"), "{late}");
        let trail = admin.get("/audit?resource_type=setting").await.must_be(200).json();
        let record = &trail["items"][0];
        assert_eq!((&record["event_type"], &record["resource_id"]), (&json!("setting_changed"), &json!("rate-limits")));
        assert_eq!((&record["before"]["search"], &record["after"]["search"]), (&json!(12_000), &json!(10)), "{record}");
        assert_eq!(record["reason"], "The search is scraped.", "{record}");

        let back = [("name", "rate-limits"), ("revision", "2"), ("reason", "It is over.")];
        let page = operator.submit("/rpc/office/back-to-default", "/ops/limits", &back).await.must_be(200).text;
        assert!(page.contains("The default is in force on every node.") && page.contains("12,000 in 60 s"), "{page}");
        assert_eq!(of_search().await, (200, "\"search\";q=12000;w=60".to_owned()));
    }

    async fn another_node_counts_by_the_limits_that_were_set_on_this_one(db: TestDatabase) {
        let other = Site::start(db.another().await).await;
        let site = Site::start(db).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let address = "/v1/settings/rate-limits";
        let present = operator.get(address).await.must_be(200);
        assert_eq!((&present.json()["is_default"], &present.json()["value"]["sign_in"]), (&json!(true), &json!(120)));
        let value = |sign_in: u32| json!({"value": {"address": 60, "caller": 40_000, "sign_in": sign_in, "search": 10}, "reason": "Scraped"});
        operator.put_json(address, value(60)).await.must_be(428);
        let refused = operator.change(Method::PUT, address, value(121)).await.must_be(422).json();
        assert_eq!(refused["error"]["details"]["fields"][0]["field"], "value.sign_in");
        site.service("editor", &[Role::Editor]).await.change(Method::PUT, address, value(60)).await.must_be(403);
        operator.get("/v1/settings/maintenance").await.must_be(403);

        let policy = async |site: &Site| site.public().get("/v1/datasets").await.must_be(200).header("ratelimit-policy");
        let changed = operator.change(Method::PUT, address, value(60)).await.must_be(200).json();
        assert_eq!((&changed["is_default"], &changed["links"]["page"]), (&json!(false), &json!("/ops/limits")));
        assert_eq!(policy(&site).await, "\"default\";q=60;w=60");
        // As its watch over the revision does.
        other.services.memory.look(&other.services.db).await.unwrap();
        services::office::follow(&other.services).await.unwrap();
        assert_eq!(policy(&other).await, "\"default\";q=60;w=60");
        let back = json!({"default": true, "reason": "It is over."});
        operator.change(Method::PUT, address, back).await.must_be(200);
        assert_eq!(policy(&site).await, "\"default\";q=30000;w=60");
    }

    async fn nothing_is_counted_where_limits_are_off(db: TestDatabase) {
        let site = Site::start_as(db, &[("RATE_LIMIT_ENABLED", "false"), ("RATE_LIMIT_PER_MINUTE", "1")]).await;
        for _ in 0..3 {
            assert_eq!(site.public().get("/v1/datasets").await.must_be(200).header("ratelimit"), "");
        }
        // Nor by what an operator sets, as the page says.
        site.account("operator@example.org", &[Role::Operator]).await;
        let mut operator = Browser::signed_in(&site, "operator@example.org").await;
        let fields = [("revision", "1"), ("address", "1"), ("caller", "60"), ("sign_in", "5"), ("search", "10"), ("reason", "Scraped")];
        let page = operator.submit("/rpc/office/set-rate-limits", "/ops/limits", &fields).await.must_be(200).text;
        assert!(page.contains("The setting is in force") && page.contains("Nothing is counted"), "{page}");
        assert_eq!(site.public().get("/v1/datasets").await.must_be(200).header("ratelimit"), "");
    }
}
