//! Health as the runbook reads it, and what is measured.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use server::health::Manner;
use testkit::on_both_databases;

use crate::support::*;

const MANNER: Manner = Manner { patience: TimeDelta::seconds(90), interval: Duration::from_secs(30), schedules: true };

fn check<'a>(report: &'a Value, name: &str) -> &'a Value {
    let found = report["checks"].as_array().unwrap().iter().find(|check| check["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {report}"))
}

on_both_databases! {
    async fn every_component_is_told_with_all_its_fields(db: TestDatabase) {
        let site = Site::start(db).await;
        site.state.health.look(&site.services, MANNER).await;
        let report = site.public().get("/healthcheck").await.must_be(200).json();
        for name in ["Database", "Storage", "Search index", "Scheduler", "Outbox"] {
            let check = check(&report, name);
            assert_eq!(check["status"], "OK", "{check}");
            for field in ["name", "status", "message", "last_checked", "last_success", "duration_ms"] {
                assert!(!check[field].is_null(), "{name}.{field}");
            }
            assert!(check["last_failure"].is_null());
        }
        assert!(check(&report, "Database")["message"].as_str().unwrap().contains("connections open"));
        // The clock of a test stands where the test put it, which the database does not know.
        assert_eq!(check(&report, "Clock")["status"], "WARNING");
        let health = site.public().get("/health").await.must_be(200).json();
        assert_eq!(health["checks"].as_array().unwrap().len(), 1);
        let keys: Vec<&String> = health.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 5);
        for field in ["build_time", "git_commit", "language", "language_version", "version"] {
            assert!(health["version"][field].is_string(), "{field}");
        }
        site.advance(TimeDelta::milliseconds(1500));
        assert_eq!(site.public().get("/health").await.json()["uptime"], 1500);
    }

    async fn a_failure_warns_first_and_is_critical_once_it_lasts(db: TestDatabase) {
        let site = Site::start(db).await;
        site.state.health.look(&site.services, MANNER).await;
        site.services.db.clone().close().await.unwrap();
        site.advance(TimeDelta::seconds(89));
        site.state.health.beat(site.now());
        site.state.health.look(&site.services, MANNER).await;
        let report = site.public().get("/healthcheck").await.must_be(200).json();
        assert_eq!((report["status"].as_str(), check(&report, "Database")["status"].as_str()), (Some("WARNING"), Some("WARNING")));
        site.advance(TimeDelta::seconds(1));
        site.state.health.look(&site.services, MANNER).await;
        let report = site.public().get("/health").await.must_be(503).json();
        let database = check(&report, "Database");
        assert_eq!((report["status"].as_str(), database["status"].as_str()), (Some("CRITICAL"), Some("CRITICAL")));
        assert!(database["last_failure"].as_str() > database["last_success"].as_str());
        // What is not vital only warns, however long it fails.
        assert_eq!(check(&report, "Outbox")["status"], "WARNING");
        assert!(site.public().get("/metrics").await.text.contains("health_status{component=\"Database\"} 0"));
    }

    async fn a_silent_scheduler_and_ceased_looks_are_noticed(db: TestDatabase) {
        let site = Site::start(db).await;
        site.advance(TimeDelta::seconds(20));
        site.state.health.look(&site.services, MANNER).await;
        let report = site.public().get("/healthcheck").await.must_be(200).json();
        assert_eq!(check(&report, "Scheduler")["status"], "WARNING");
        site.state.health.beat(site.now());
        site.state.health.look(&site.services, MANNER).await;
        assert_eq!(check(&site.public().get("/healthcheck").await.json(), "Scheduler")["status"], "OK");
        site.advance(TimeDelta::seconds(120));
        let report = site.public().get("/health").await.must_be(200).json();
        assert_eq!(check(&report, "Health checks")["status"], "WARNING");
        // Everything that was seen in order by then may have failed since: whoever balances the load has to hear of it.
        site.advance(TimeDelta::seconds(75));
        let report = site.public().get("/health").await.must_be(503).json();
        assert_eq!((report["status"].as_str(), check(&report, "Health checks")["status"].as_str()), (Some("CRITICAL"), Some("CRITICAL")));
        site.state.health.beat(site.now());
        site.state.health.look(&site.services, MANNER).await;
        site.public().get("/health").await.must_be(200);
    }

    async fn the_golden_signals_are_measured_by_route(db: TestDatabase) {
        let site = Site::start(db).await;
        site.public().get("/v1/datasets/none").await.must_be(404);
        site.public().get("/catalogue/none").await;
        site.state.health.look(&site.services, MANNER).await;
        let text = site.public().get("/metrics").await.must_be(200).text;
        let holds = |name: &str, labels: &[&str]| {
            text.lines().any(|line| line.starts_with(name) && labels.iter().all(|label| line.contains(label)))
        };
        let route = "route=\"/v1/datasets/{id}\"";
        assert!(holds("http_requests_total", &[route, "status=\"404\"", "method=\"GET\""]), "{text}");
        assert!(holds("http_request_errors_total", &[route, "class=\"4xx\""]));
        for edge in ["le=\"0.5\"", "le=\"1\""] {
            assert!(holds("http_request_duration_seconds_bucket", &[route, edge]), "{edge}");
        }
        assert!(holds("http_request_duration_seconds_bucket", &["route=\"/catalogue/…\""]));
        for name in [
            "http_requests_in_flight", "bundle_publications_total", "bundle_publication_consecutive_failures", "sign_ins_total",
            "rate_limit_refusals_total", "dependency_check_duration_seconds_bucket", "health_status",
        ] {
            assert!(holds(name, &[]), "{name}");
        }
    }
}
