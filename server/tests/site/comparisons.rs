//! What changed between two versions: small tables are compared while a reader waits, large ones once, beside the requests.

use chrono::TimeDelta;
use domain::page::Paging;
use domain::policy::Role;
use serde_json::{Value, json};
use services::Ctx;
use services::data::{Ended, TableFiles, all_changes, compare_due, sweep_compared};
use services::versions::VersionKey;
use testkit::on_both_databases;

use crate::support::*;

/// So that any two tables are large.
const LARGE: (&str, &str) = ("COMPARE_AT_ONCE_CELLS", "0");
const VERSIONS: &str = "/datasets/areas/editions/time-series/versions";
const CHANGES: &str = "/v1/datasets/areas/editions/time-series/versions/2/changes";
const PAGE: &str = "/catalogue/areas/editions/time-series/compare?from=1&to=2";
const FILE: &str = "/catalogue/areas/editions/time-series/compare.csv?from=1&to=2";

/// The people of a site.
struct People {
    editor: Caller,
    approver: Caller,
    operator: Caller,
}

impl People {
    async fn of(site: &Site) -> Self {
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        Self { editor, approver, operator: site.service("operator", &[Role::Operator]).await }
    }

    async fn publish(&self, site: &Site, version: &str) {
        let title = format!("Areas {version}");
        let bundle = approved_bundle(&self.editor, &self.approver, &title, &[("areas", version)]).await;
        self.operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
    }

    /// Begins the next version, and uploads a table that nobody looks at yet; the file's id.
    async fn begin(&self, version: &str, metadata: Value, table: &str) -> String {
        self.editor.post(VERSIONS, metadata).await.must_be(201);
        let file = self.editor.upload("areas", "time-series", version, "areas.csv", table.as_bytes()).await;
        file.must_be(201).json()["id"].as_str().unwrap().to_owned()
    }
}

/// A figure for each of twenty years.
fn table(figure: impl Fn(u32) -> u32) -> String {
    let rows = (2000..2020).map(|year| format!("Wales,{year},{}\n", figure(year)));
    format!("Area,Year,Value\n{}", rows.collect::<String>())
}

/// Two public versions of which every figure differs; the people and the later version's file.
async fn published(site: &Site) -> (People, String) {
    let people = People::of(site).await;
    table_version(&people.editor, &people.approver, "areas", table(|year| year).as_bytes()).await;
    people.publish(site, "1").await;
    let later = table(|year| year * 2);
    let file = next_table(&people.editor, &people.approver, "areas", later.as_bytes()).await;
    people.publish(site, "2").await;
    (people, file)
}

async fn kept(site: &Site) -> usize {
    site.services.storage.list("compared/").await.unwrap().len()
}

#[track_caller]
fn must_be_coming(answer: Answer) {
    let answer = answer.must_be(409);
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(answer.json()["error"]["details"]["reasons"][0]["code"], "being_compared");
}

on_both_databases! {
    async fn large_tables_are_compared_once_and_read_page_by_page(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        published(&site).await;
        let public = site.public();
        for address in [CHANGES, FILE, CHANGES] {
            must_be_coming(public.get(address).await);
        }
        let page = public.get(PAGE).await.must_be(200).text;
        assert!(page.contains("are being compared") && page.contains("Look again") && !page.contains("compare.csv"), "{page}");
        assert!(public.get(&format!("/cy{PAGE}")).await.must_be(200).text.contains("yn cael eu cymharu"));

        // However often it was asked for, it is one.
        assert_eq!(compare_due(&site.services).await, [Ended::Compared]);
        assert_eq!(compare_due(&site.services).await, []);
        let whole = public.get(&format!("{CHANGES}?limit=1000")).await.must_be(200).json();
        assert_eq!((&whole["cells_revised"], &whole["rows_added"]["count"]), (&json!(20), &json!(0)));
        let mut revised = Vec::new();
        while revised.len() < 20 {
            let part = public.get(&format!("{CHANGES}?limit=7&offset={}", revised.len())).await.must_be(200).json();
            assert_eq!((&part["largest"], &part["cells_revised"]), (&whole["largest"], &whole["cells_revised"]));
            revised.extend(part["revised"].as_array().unwrap().clone());
        }
        assert_eq!(Value::from(revised), whole["revised"]);
        let beyond = public.get(&format!("{CHANGES}?offset=4000000000")).await.must_be(200).json();
        assert_eq!(beyond["revised"], json!([]));
        site.advance(TimeDelta::seconds(1));
        assert!(public.get(PAGE).await.must_be(200).text.contains("Revised figures: 20"));
        assert_eq!(public.get(FILE).await.must_be(200).text.matches("revised,Wales,").count(), 20);
        assert_eq!(compare_due(&site.services).await, []);
    }

    async fn what_nobody_asks_for_any_more_is_not_compared(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        published(&site).await;
        let public = site.public();
        must_be_coming(public.get(CHANGES).await);
        site.advance(TimeDelta::minutes(5) + TimeDelta::microseconds(1));
        assert_eq!(compare_due(&site.services).await, []);
        must_be_coming(public.get(CHANGES).await);
        site.advance(TimeDelta::minutes(4));
        must_be_coming(public.get(CHANGES).await);
        site.advance(TimeDelta::minutes(4));
        assert_eq!(compare_due(&site.services).await, [Ended::Compared]);
        public.get(CHANGES).await.must_be(200);
    }

    async fn what_was_found_is_kept_for_every_node_and_goes_with_a_recalled_file(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        let (people, file) = published(&site).await;
        let public = site.public();
        must_be_coming(public.get(CHANGES).await);
        assert_eq!(compare_due(&site.services).await, [Ended::Compared]);
        assert_eq!(kept(&site).await, 1);

        // Another node, or this one started anew, finds it there.
        let folder = tempfile::tempdir().unwrap();
        let mut other = site.services.clone();
        other.tables = TableFiles::beside(folder.path()).unwrap();
        let ctx = Ctx::public(site.now(), "a-request".to_owned());
        let key = |version| VersionKey { dataset_id: "areas".into(), edition: "time-series".into(), version };
        let (from, to, paging) = (key(1), key(2), Paging { limit: 20, offset: 0 });
        assert!(all_changes(&other, &ctx, (&from, &to), None, paging).await.unwrap().is_none());
        assert_eq!(compare_due(&other).await, [Ended::Fetched]);
        let found = all_changes(&other, &ctx, (&from, &to), None, paging).await.unwrap().unwrap();
        assert_eq!((found.cells_revised, found.revised.len()), (20, 20));
        // What is damaged is made again.
        let stored = site.services.storage.list("compared/").await.unwrap().remove(0);
        site.services.storage.put(&stored, "text/plain", bytes::Bytes::from_static(b"half")).await.unwrap();
        other.tables = TableFiles::beside(folder.path()).unwrap();
        assert!(all_changes(&other, &ctx, (&from, &to), None, paging).await.unwrap().is_none());
        assert_eq!(compare_due(&other).await, [Ended::Compared]);

        let because = || json!({"reason": "It names a person."});
        people.approver.put_json(&format!("/files/{file}/withdraw"), because()).await.must_be(200);
        assert_eq!(kept(&site).await, 0);
        public.get(CHANGES).await.must_be(404);
        people.approver.put_json(&format!("/files/{file}/reinstate"), because()).await.must_be(200);
        must_be_coming(public.get(CHANGES).await);
        // What waits for its turn goes, too.
        people.approver.put_json(&format!("/files/{file}/withdraw"), because()).await.must_be(200);
        assert_eq!(compare_due(&site.services).await, []);
        people.approver.put_json(&format!("/files/{file}/reinstate"), because()).await.must_be(200);
        must_be_coming(public.get(CHANGES).await);
        assert_eq!(compare_due(&site.services).await, [Ended::Compared]);
        assert_eq!(kept(&site).await, 1);
        site.advance(TimeDelta::days(10_000));
        assert_eq!((sweep_compared(&site.services).await.unwrap(), kept(&site).await), (1, 0));
    }

    async fn of_two_nodes_that_are_asked_at_once_one_compares(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        published(&site).await;
        must_be_coming(site.public().get(CHANGES).await);
        assert_eq!(compare_due(&site.services).await, [Ended::Compared]);
        let stored = site.services.storage.list("compared/").await.unwrap().remove(0);
        let found = site.services.storage.read(&stored).await.unwrap().unwrap();

        // Another node, which is asked while a third one compares them.
        let folder = tempfile::tempdir().unwrap();
        let mut other = site.services.clone();
        other.tables = TableFiles::beside(folder.path()).unwrap();
        let key = |version| VersionKey { dataset_id: "areas".into(), edition: "time-series".into(), version };
        let (from, to, paging) = (key(1), key(2), Paging { limit: 20, offset: 0 });
        let asked = async || {
            let ctx = Ctx::public(site.now(), "a-request".to_owned());
            all_changes(&other, &ctx, (&from, &to), None, paging).await.unwrap().map(|found| found.cells_revised)
        };
        let (pool, subject, lease) = (site.services.db.pool(), format!("comparing {stored}"), site.services.settings.lease);
        let holds = async || persistence::throttles::count(pool, &subject, site.now(), site.now() - lease).await.unwrap().0;
        site.services.storage.delete(&stored).await.unwrap();
        assert_eq!(holds().await, 1, "the first let go of it");
        assert_eq!(asked().await, None);
        if !site.services.db.is_shared() {
            // No other node can use it: whoever held it was stopped, and is waited for by nobody.
            assert_eq!(compare_due(&other).await, [Ended::Compared]);
            return;
        }
        assert_eq!(compare_due(&other).await, [Ended::Left]);
        assert_eq!((asked().await, compare_due(&other).await), (None, Vec::new()));
        site.advance(TimeDelta::seconds(3));
        assert_eq!((asked().await, compare_due(&other).await), (None, vec![Ended::Left]));
        // What the third found is there before it lets go.
        site.services.storage.put(&stored, "application/octet-stream", found).await.unwrap();
        persistence::throttles::clear(pool, &subject).await.unwrap();
        site.advance(TimeDelta::seconds(3));
        assert_eq!((asked().await, compare_due(&other).await), (None, vec![Ended::Fetched]));
        assert_eq!(asked().await, Some(20));

        // One that is silent for too long is waited for no longer.
        let other_folder = tempfile::tempdir().unwrap();
        let mut other = other.clone();
        other.tables = TableFiles::beside(other_folder.path()).unwrap();
        site.services.storage.delete(&stored).await.unwrap();
        assert_eq!(holds().await, 1);
        site.advance(lease);
        let ctx = Ctx::public(site.now(), "a-request".to_owned());
        assert!(all_changes(&other, &ctx, (&from, &to), None, paging).await.unwrap().is_none());
        assert_eq!(compare_due(&other).await, [Ended::Compared]);
        assert_eq!(kept(&site).await, 1);
    }

    async fn a_version_that_nobody_may_see_is_compared_for_those_who_may(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE]).await;
        let people = People::of(&site).await;
        table_version(&people.editor, &people.approver, "areas", table(|year| year).as_bytes()).await;
        people.publish(&site, "1").await;
        let file = people.begin("2", json!({"release_date": "2026-11-23T09:30:00Z"}), &table(|year| year + 1)).await;
        let public = site.public();
        let hidden = public.get(CHANGES).await.must_be(404).json();
        let unknown = public.get(&CHANGES.replace("versions/2", "versions/9")).await.must_be(404).json();
        assert_eq!((&hidden["error"]["code"], &hidden["error"]["message"]), (&unknown["error"]["code"], &unknown["error"]["message"]));
        for address in [PAGE, FILE] {
            public.get(address).await.must_be(404);
        }
        assert_eq!(compare_due(&site.services).await, []);

        let looks = async || people.approver.get("/audit?action=previewed").await.must_be(200).json()["total_count"].as_u64().unwrap();
        let before = looks().await;
        must_be_coming(people.editor.get(CHANGES).await);
        assert_eq!(looks().await, before, "nothing was shown yet");
        assert_eq!(compare_due(&site.services).await, [Ended::Compared]);
        assert_eq!(people.editor.get(CHANGES).await.must_be(200).json()["cells_revised"], 20);
        assert_eq!(looks().await, before + 1);
        // Now that it was compared, it is hidden as before.
        public.get(CHANGES).await.must_be(404);
        assert_eq!(kept(&site).await, 1);
        people.editor.delete(&format!("/files/{file}")).await.must_be(204);
        assert_eq!(kept(&site).await, 0);
        people.editor.get(CHANGES).await.must_be(404);
    }

    async fn a_large_upload_is_compared_before_anybody_asks(db: TestDatabase) {
        let site = Site::start_as(db, &[LARGE, ("EXAMINE_AT_ONCE_BYTES", "100")]).await;
        let people = People::of(&site).await;
        begin_dataset(&people.editor, "areas", "areas").await;
        let metadata = || json!({"release_date": "2026-11-23T09:30:00Z"});
        people.begin("1", metadata(), &table(|year| year)).await;
        services::files::run_due(&site.services).await.unwrap();
        assert_eq!(compare_due(&site.services).await, []);
        people.begin("2", metadata(), &table(|year| year * 3)).await;
        services::files::run_due(&site.services).await.unwrap();
        // Nobody has to wait for it.
        site.advance(TimeDelta::hours(1));
        assert_eq!(compare_due(&site.services).await, [Ended::Compared]);
        assert_eq!(people.editor.get(CHANGES).await.must_be(200).json()["cells_revised"], 20);
    }

    async fn figures_are_counted_apart_from_what_describes_them_and_come_first(db: TestDatabase) {
        let site = Site::start(db).await;
        let people = People::of(&site).await;
        let with_status = |status: &str, latest: u32| {
            let figure = |year| if year == 2019 { latest } else { year };
            let rows = (2000..2020).map(|year| format!("Wales,{year},{status},{}\n", figure(year)));
            format!("Area,Year,Status,Value\n{}", rows.collect::<String>())
        };
        table_version(&people.editor, &people.approver, "areas", with_status("Undefined", 7).as_bytes()).await;
        people.publish(&site, "1").await;
        next_table(&people.editor, &people.approver, "areas", with_status("Normal value", 8).as_bytes()).await;
        people.publish(&site, "2").await;
        let told = site.public().get(CHANGES).await.must_be(200).json();
        assert_eq!((&told["cells_revised"], &told["figures_revised"]), (&json!(21), &json!(1)));
        let (first, second) = (&told["revised"][0], &told["revised"][1]);
        assert_eq!((&first["column"], &first["before"], &first["after"]), (&json!("Value"), &json!("7"), &json!("8")));
        assert_eq!((&second["column"], &second["after"]), (&json!("Status"), &json!("Normal value")));
        for (path, words) in [
            ("/catalogue/areas", "1 figure was revised; 20 labels changed."),
            ("/cy/catalogue/areas", "Diwygiwyd 1 ffigur; 20 o labeli wedi newid."),
            (PAGE, "1 figure was revised; 20 labels changed."),
            (PAGE, "Revised figures: 1. Changed labels: 20."),
            (FILE, "figures_revised,,,,,1,,"),
        ] {
            let page = site.public().get(path).await.must_be(200).text;
            assert!(page.contains(words), "{path} {words} {page}");
        }
    }

    async fn what_is_said_otherwise_is_told_beside_the_figures(db: TestDatabase) {
        let site = Site::start(db).await;
        let people = People::of(&site).await;
        begin_dataset(&people.editor, "areas", "areas").await;
        let first = json!({"release_date": "2026-11-23T09:30:00Z", "temporal_coverage": "2000 to 2019"});
        people.begin("1", first, &table(|year| year)).await;
        people.begin("2", json!({"release_date": "2026-12-23T09:30:00Z"}), &table(|year| year)).await;
        let told = people.editor.get(CHANGES).await.must_be(200).json();
        assert_eq!((&told["cells_revised"], &told["revised"]), (&json!(0), &json!([])));
        let expected = json!([
            {"field": "release_date", "before": "2026-11-23T09:30:00Z", "after": "2026-12-23T09:30:00Z"},
            {"field": "temporal_coverage", "before": "2000 to 2019", "after": null},
        ]);
        assert_eq!(told["metadata"], expected);
        let nothing = people.editor.get(&CHANGES.replace("versions/2", "versions/1")).await.must_be(200).json();
        assert_eq!(nothing["metadata"], json!([]));
        assert_eq!(compare_due(&site.services).await, []);
        assert_eq!(kept(&site).await, 0);
    }
}
