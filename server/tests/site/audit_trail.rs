//! Reading the audit trail: filters, exports, the proof, and pre-release access lists.

use std::process::Command;

use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::support::*;

fn events(answer: &Value) -> Vec<String> {
    answer["items"].as_array().unwrap().iter().map(|item| item["event_type"].as_str().unwrap().to_owned()).collect()
}

on_both_databases! {
    async fn the_trail_is_filtered_and_paged(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        approved_version(&editor, &approver, "gdp", "GDP").await;
        site.advance(chrono::TimeDelta::minutes(5));
        let later = site.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let id = approved_bundle(&editor, &approver, "GDP", &[("gdp", "1")]).await;

        let all = approver.get("/audit?limit=1000").await.must_be(200);
        assert_eq!(all.header("cache-control"), "private, no-store");
        let all = all.json();
        let sequences: Vec<i64> = all["items"].as_array().unwrap().iter().map(|item| item["sequence"].as_i64().unwrap()).collect();
        assert!(sequences.windows(2).all(|pair| pair[0] == pair[1] + 1) && sequences.last() == Some(&1), "{sequences:?}");
        for (older, newer) in all["items"].as_array().unwrap().iter().skip(1).zip(all["items"].as_array().unwrap()) {
            assert_eq!(newer["previous_hash"], older["hash"]);
        }
        let ask = async |query: &str| events(&approver.get(&format!("/v1/audit?{query}")).await.must_be(200).json());
        assert_eq!(ask("resource_type=bundle&sort=timestamp").await, ["created", "content_added", "submitted", "approved"]);
        assert_eq!(ask(&format!("resource_type=bundle&resource_id={id}&action=approved,submitted")).await, ["approved", "submitted"]);
        assert_eq!(ask(&format!("bundle={id}&sort=timestamp")).await, ["created", "file_uploaded", "submitted", "approved", "created", "content_added", "submitted", "approved"]);
        assert_eq!(ask(&format!("from={later}&to={later}&sort=timestamp")).await, ["created", "content_added", "submitted", "approved"]);
        assert_eq!(ask("q=gdp.csv").await, ["file_uploaded"]);
        // A day is one on a UK clock, from its beginning to its end.
        let everything = all["total_count"].as_u64().unwrap();
        let count = async |query: &str| approver.get(&format!("/v1/audit?{query}")).await.must_be(200).json()["total_count"].as_u64().unwrap();
        assert_eq!(count("from=2026-11-18&to=2026-11-18").await, everything);
        assert_eq!((count("from=2026-11-19").await, count("to=2026-11-17").await), (0, 0));
        // Who did it is found by the name, too; a name that is nobody's is told.
        assert_eq!(ask("actor=approver&resource_type=bundle").await, ["approved"]);
        let both = count("actor=approver").await + count("actor=editor").await;
        assert_eq!(count("actor=approver,editor").await, both);
        let nobody = approver.get("/v1/audit?actor=editor,t-nobody").await.must_be(422).json();
        let told = &nobody["error"]["details"]["fields"];
        assert_eq!((&told[0]["field"], &told[0]["code"], told.as_array().unwrap().len()), (&json!("actor"), &json!("unknown_actor"), 1));
        assert!(told[0]["message"].as_str().unwrap().contains("t-nobody"), "{told}");
        approver.get("/v1/audit?actor=t-nobody&format=csv").await.must_be(422);
        // Whoever has done nothing yet is somebody all the same.
        assert_eq!(count("actor=service-auth-token").await, 0);
        editor.get("/v1/audit?actor=t-nobody").await.must_be(403);
        let actor = all["items"][0]["actor"]["id"].as_str().unwrap();
        assert_eq!(ask(&format!("actor={actor}&resource_type=bundle")).await, ["approved"]);
        let page = approver.get("/audit?resource_type=bundle&limit=1&offset=1").await.json();
        assert_eq!((page["total_count"].as_u64(), events(&page)), (Some(4), vec!["submitted".to_owned()]));
        assert!(page["next"].is_string() && page["previous"].is_string());

        assert_eq!(site.public().get("/audit").await.must_be(401).code(), "UNAUTHORIZED");
        assert_eq!(editor.get("/audit?format=csv").await.must_be(403).code(), "FORBIDDEN");
        for wrong in ["/audit?colour=red", "/audit?sort=size", "/audit?from=yesterday", "/audit?format=xml", "/audit/verify?x=1"] {
            approver.get(wrong).await.must_be(400);
        }
        approver.get("/audit?format=csv&limit=5").await.must_be(422);
    }

    async fn exports_are_whole_harmless_and_recorded(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("=editor+1", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        for n in 0..3 {
            editor.post("/bundles", json!({"title": format!("Bundle {n}"), "type": "manual"})).await.must_be(201);
        }
        let csv = approver.get("/audit?format=csv&sort=timestamp&resource_type=bundle").await.must_be(200);
        assert!(csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains("attachment"));
        let lines: Vec<&str> = csv.text.trim_end().split("\r\n").collect();
        assert_eq!(lines.len(), 4, "{}", csv.text);
        assert!(lines[0].starts_with("sequence,id,timestamp,event_type") && lines[1].contains(",'=editor+1,"), "{}", csv.text);
        let exported = approver.get("/audit?action=exported").await.json();
        assert_eq!(exported["items"][0]["details"]["query"], json!({"resource_types": ["bundle"], "oldest_first": true}));

        let request = approver.request(Method::GET, "/audit").header("accept", "application/x-ndjson");
        let lines = approver.send(request).await.must_be(200);
        let records: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(records.len(), 6, "what was there when the export began: {}", lines.text);
        assert_eq!(records[0]["event_type"], "exported");
        assert_eq!(approver.get("/audit?action=exported").await.json()["total_count"], 2);
        editor.get("/audit?format=jsonl").await.must_be(403);
        assert_eq!(approver.get("/audit?action=exported").await.json()["total_count"], 2);
    }

    async fn the_proof_names_the_first_broken_record(db: TestDatabase) {
        let site = Site::start(db).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        editor.post("/bundles", json!({"title": "One", "type": "manual"})).await.must_be(201);
        editor.get("/audit/verify").await.must_be(403);
        let verdict = approver.get("/audit/verify").await.must_be(200).json();
        assert_eq!((&verdict["intact"], &verdict["sound_records"], &verdict["head"]["sequence"]), (&json!(true), &json!(4), &json!(4)));
        let run = |site: &Site| {
            let folder = tempfile::tempdir().unwrap();
            let out = Command::new(env!("CARGO_BIN_EXE_catalogue"))
                .args(["audit", "verify"])
                .env("DATABASE_URL", site.database.url())
                .env("DATA_DIR", folder.path())
                .output()
                .unwrap();
            (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
        };
        let (code, said) = run(&site);
        assert!(code == Some(0) && said.contains("4 records") && said.contains(verdict["head"]["hash"].as_str().unwrap()), "{said}");

        site.database.unguard_audit_trail().await;
        site.database.execute("UPDATE events SET event_type = 'deleted' WHERE sequence = 3").await.unwrap();
        let broken = approver.get("/v1/audit/verify").await.must_be(200).json();
        assert_eq!((&broken["intact"], &broken["first_broken"]["sequence"]), (&json!(false), &json!(3)));
        let (code, said) = run(&site);
        let id = broken["first_broken"]["id"].as_str().unwrap();
        assert!(code == Some(1) && said.contains("record 3") && said.contains(id) && said.contains("was changed"), "{said}");
    }

    async fn the_proof_takes_as_long_as_it_needs(db: TestDatabase) {
        let site = Site::start_as(db, &[("REQUEST_TIMEOUT", "200ms"), ("DATABASE_MAX_POOL_SIZE", "4")]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        // With every connection taken, both are as slow as over a long trail.
        let (mut sqlite, mut postgres) = (Vec::new(), Vec::new());
        let pool = site.services.db.pool();
        for _ in 0..4 {
            if site.services.db.is_shared() {
                postgres.push(pool.get_postgres_connection_pool().acquire().await.unwrap());
            } else {
                sqlite.push(pool.get_sqlite_connection_pool().acquire().await.unwrap());
            }
        }
        let meanwhile = async {
            for _ in 0..2 {
                assert_eq!(approver.get("/v1/audit").await.must_be(504).code(), "TIMEOUT");
            }
            drop((sqlite, postgres));
        };
        let (proof, ()) = tokio::join!(approver.get("/v1/audit/verify"), meanwhile);
        assert_eq!(proof.must_be(200).json()["intact"], true);
    }

    async fn who_could_see_a_bundle_and_who_did_is_told(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        site.account("minister@example.org", &[Role::Previewer]).await;
        site.account("outsider@example.org", &[Role::Previewer]).await;
        let minister = persistence::accounts::find_user_by_email(site.services.db.pool(), "minister@example.org").await.unwrap().unwrap().0;
        let ctx = services::Ctx::system("test", site.now());
        let team = domain::people::Team::new("office", "Office", vec![minister.id.clone()]);
        services::accounts::save_team(&site.services, &ctx, &team).await.unwrap();
        let file = approved_version(&editor, &approver, "gdp", "GDP").await;
        let bundle = editor.post("/bundles", json!({"title": "GDP", "type": "scheduled", "preview_teams": ["office"]})).await.must_be(201).json();
        let id = bundle["id"].as_str().unwrap().to_owned();
        editor.post(&format!("/bundles/{id}/contents"), json!({"dataset_id": "gdp", "edition": "time-series", "version": "1"})).await.must_be(201);

        let content = format!("/files/{file}/content");
        operator.get(&content).await.must_be(200);
        operator.send(operator.request(Method::GET, &content).header("range", "bytes=0-3")).await.must_be(206);
        operator.send(operator.request(Method::HEAD, &content)).await.must_be(200);
        site.public().get(&content).await.must_be(404);
        let download = "/files/downloads/gdp/gdp.csv?edition=time-series&version=1";
        editor.get(download).await.must_be(200);

        approver.get(&format!("/bundles/{id}/preview")).await.must_be(200);

        let path = format!("/bundles/{id}/access-list");
        let begun = bundle["created_at"].as_str().unwrap();
        let list = approver.get(&path).await.must_be(200).json();
        let of = |name: &str| list["items"].as_array().unwrap().iter().find(|item| item["actor"]["name"] == name).cloned();
        assert_eq!(list["total_count"], 5, "{list}");
        let names: Vec<&str> = list["items"].as_array().unwrap().iter().map(|item| item["actor"]["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Service token of the environment", "approver", "editor", "minister@example.org", "operator"]);
        assert_eq!(of("minister@example.org").unwrap()["reasons"], json!([{"kind": "team", "team": "office", "from": begun}]));
        assert_eq!(of("editor").unwrap()["reasons"], json!([{"kind": "grant", "role": "editor", "from": begun}, {"kind": "creator", "from": begun}]));
        assert_eq!(of("operator").unwrap()["looks"].as_array().unwrap().len(), 2);
        assert_eq!(of("editor").unwrap()["looks"][0]["details"]["filename"], "gdp.csv");
        assert_eq!(of("approver").unwrap()["looks"][0]["resource_type"], "bundle");
        assert_eq!(of("minister@example.org").unwrap()["looks"], json!([]));

        let csv = approver.get(&format!("{path}?format=csv")).await.must_be(200);
        assert!(csv.text.contains(&format!("minister@example.org,user,minister@example.org,team office {begun}/..,0,,,")), "{}", csv.text);
        assert_eq!(approver.get(&format!("/audit?bundle={id}&action=exported")).await.json()["total_count"], 1);
        editor.get(&path).await.must_be(403);
        site.public().get(&path).await.must_be(401);
        approver.get("/bundles/none/access-list").await.must_be(404);

        // Once public, a download is nobody's preview.
        editor.put(&format!("/bundles/{id}/submit")).await.must_be(200);
        approver.put(&format!("/bundles/{id}/approve")).await.must_be(200);
        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        editor.get(download).await.must_be(200);
        site.public().get(&content).await.must_be(200);
        editor.get(&format!("/bundles/{id}/preview")).await.must_be(200);
        site.service("latecomer", &[Role::Editor]).await;
        let after = approver.get(&path).await.must_be(200).json();
        let looks: usize = after["items"].as_array().unwrap().iter().map(|item| item["looks"].as_array().unwrap().len()).sum();
        assert_eq!(looks, 4);
    }
}
