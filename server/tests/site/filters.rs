//! Saved filters: kept by anybody, changed by whoever made them.

use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

/// A table of two dimensions.
const AREAS: &[u8] = b"Area,Year,Value\nWales,2023,1.5\nWales,2024,2.5\nEngland,2023,10\nEngland,2024,11\n";

/// Publishes the table, and a second version that is not public yet.
async fn published(site: &Site) -> Caller {
    published_table(site, AREAS).await
}

async fn published_table(site: &Site, table: &[u8]) -> Caller {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    table_version(&editor, &approver, "areas", table).await;
    let bundle = approved_bundle(&editor, &approver, "Areas", &[("areas", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    next_version(&editor, &approver, "areas").await;
    editor
}

/// Publishes a version of two tables that look alike; who may recall them, and the first one's id.
async fn two_tables(site: &Site) -> (Caller, String) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    begin_dataset(&editor, "areas", "Areas").await;
    let versions = "/datasets/areas/editions/time-series/versions";
    editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
    let first = editor.upload("areas", "time-series", "1", "areas.csv", AREAS).await.must_be(201).json();
    let others = b"Area,Year,Value\nWales,2023,99\nEngland,2024,98\n";
    editor.upload("areas", "time-series", "1", "others.csv", others).await.must_be(201);
    editor.put(&format!("{versions}/1/submit")).await.must_be(200);
    approver.put(&format!("{versions}/1/approve")).await.must_be(200);
    let bundle = approved_bundle(&editor, &approver, "Areas", &[("areas", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    (approver, first["id"].as_str().unwrap().to_owned())
}

fn wanted(version: &str, options: Value) -> Value {
    json!({
        "dataset": {"id": "areas", "edition": "time-series", "version": version},
        "dimensions": [{"name": "Area", "options": options}],
    })
}

async fn with(caller: &Caller, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let request =
        headers.iter().fold(caller.request(method, path), |request, (name, value)| request.header(*name, *value));
    caller.send(request.json(&body)).await
}

on_both_databases! {
    async fn a_filter_is_kept_and_changed_by_whoever_has_its_secret(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site).await;
        let public = site.public();
        let made = public.post("/filters", wanted("1", json!(["Wales"]))).await.must_be(201);
        let path = made.header("location");
        let (secret, tag) = (made.json()["secret"].as_str().unwrap().to_owned(), made.header("etag"));
        let read = public.get(&path).await.must_be(200);
        assert_eq!(read.json()["dimensions"][0], json!({"name": "Area", "options": ["Wales"]}));
        assert!(read.json().get("secret").is_none(), "the secret is told once");
        assert_eq!(read.header("cache-control"), "private, no-store");

        let area = format!("{path}/dimensions/Area");
        let add = json!([{"op": "add", "path": "/options/-", "value": ["England", "Wales"]}]);
        with(&public, Method::PATCH, &area, &[], add.clone()).await.must_be(401);
        with(&public, Method::PATCH, &area, &[("filter-secret", "no")], add.clone()).await.must_be(401);
        with(&public, Method::PATCH, &area, &[("filter-secret", &secret)], add.clone()).await.must_be(428);
        let known = [("filter-secret", secret.as_str()), ("if-match", tag.as_str())];
        let patched = with(&public, Method::PATCH, &area, &known, add.clone()).await.must_be(200);
        assert_eq!(patched.json()["options"], json!(["Wales", "England"]));
        with(&public, Method::PATCH, &area, &known, add).await.must_be(412);
        let tag = patched.header("etag");
        let known = [("filter-secret", secret.as_str()), ("if-match", tag.as_str())];
        let other = json!([{"op": "add", "path": "/name", "value": []}]);
        with(&public, Method::PATCH, &area, &known, other).await.must_be(422);

        // Single options, as addresses.
        let gone = with(&public, Method::DELETE, &format!("{area}/options/Wales"), &known, json!(null)).await;
        gone.must_be(204);
        let left = public.get(&format!("{area}/options")).await.must_be(200).json();
        assert_eq!((left["total_count"].as_u64(), &left["items"][0]["option"]), (Some(1), &json!("England")));
        let tag = public.get(&path).await.header("etag");
        let known = [("filter-secret", secret.as_str()), ("if-match", tag.as_str())];
        with(&public, Method::DELETE, &path, &known, json!(null)).await.must_be(204);
        public.get(&path).await.must_be(404);
    }

    async fn what_the_table_does_not_have_is_named_with_what_is_near(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site).await;
        let public = site.public();
        let mut body = wanted("1", json!(["Wales"]));
        body["dimensions"] = json!([{"name": "Aera", "options": ["Wales"]}, {"name": "Value", "options": ["1.5"]}]);
        body["columns"] = json!(["Yaer"]);
        let problems = public.post("/filters", body).await.must_be(422).json()["error"]["details"]["fields"].clone();
        let said: Vec<&str> = problems.as_array().unwrap().iter().map(|p| p["message"].as_str().unwrap()).collect();
        assert!(said[0].contains("Did you mean “Area”?"), "{said:?}");
        assert!(said[1].contains("not a dimension"), "{said:?}");
        assert!(said[2].contains("Did you mean “Year”?"), "{said:?}");

        // Everything at once, each by its place in what was sent.
        let names = |answer: Answer| {
            let fields = answer.must_be(422).json()["error"]["details"]["fields"].as_array().unwrap().clone();
            fields.iter().map(|field| field["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let mut body = wanted("1", json!(["Wales"]));
        body["dimensions"] = json!([
            {"name": "Year"}, {"name": "Area", "options": ["Wales", "Mars"]}, {"name": "Nope", "options": ["x"]}, {"name": "Area", "options": ["Moon"]},
        ]);
        body["ranges"] = json!([{"name": "Value", "from": "many"}]);
        body["sort"] = json!(["Area", "-Zog"]);
        let told = ["dimensions.2.name", "sort.1", "dimensions.1.options.1", "dimensions.3.options.0", "ranges.0.from"];
        assert_eq!(names(public.post("/filters", body).await), told);
        let mut body = wanted("none", json!(["Wales"]));
        body["columns"] = json!(["Value", "Value"]);
        assert_eq!(names(public.post("/filters", body).await), ["dataset.version", "columns"]);
        let made = public.post("/filters", wanted("1", json!(["Wales"]))).await.must_be(201);
        let (path, secret) = (made.header("location"), made.json()["secret"].as_str().unwrap().to_owned());
        let known = [("filter-secret", secret.as_str()), ("if-match", "*")];
        let area = format!("{path}/dimensions/Area");
        let set = with(&public, Method::PUT, &area, &known, json!({"options": ["Wales", "Mars"]})).await;
        assert_eq!(names(set), ["options.1"]);
        let add = json!([{"op": "remove", "path": "/options/-", "value": ["Mars"]}, {"op": "add", "path": "/options/-", "value": ["England", "Mars"]}]);
        assert_eq!(names(with(&public, Method::PATCH, &area, &known, add).await), ["1.value.1"]);
    }

    async fn more_than_a_filter_may_say_is_refused_with_its_limit(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site).await;
        let public = site.public();
        let many = |count: usize| (0..count).map(|at| format!("o{at}")).collect::<Vec<_>>();
        let field = |answer: Answer| answer.json()["error"]["details"]["fields"].clone();
        let (whole, least) = (json!({"dataset": wanted("1", json!([]))["dataset"]}), wanted("1", json!(["Wales"])));
        let made = public.post("/filters", least).await.must_be(201);
        let (path, secret) = (made.header("location"), made.json()["secret"].as_str().unwrap().to_owned());
        let known = [("filter-secret", secret.as_str()), ("if-match", "*")];
        for (name, sent, code, limit) in [
            ("columns", json!(["Value", "Value"]), "repeated", "“Value”"),
            ("columns", json!(vec!["Value"; 20_000]), "too_many", "16384"),
            ("sort", json!(many(9)), "too_many", "8"),
            ("ranges", json!([{"name": "Year", "from": "2023"}, {"name": "Year", "to": "2024"}]), "repeated", "“Year”"),
            ("dimensions", json!([{"name": "Area", "options": many(10_001)}]), "too_many", "10000"),
        ] {
            let mut body = whole.clone();
            body[name] = sent;
            // Of a version that is not there it is told alike, as nothing is looked up for it.
            let mut nowhere = body.clone();
            nowhere["dataset"]["id"] = json!("nothing");
            for answer in [
                public.post("/filters", body.clone()).await,
                public.post("/filters", nowhere).await,
                with(&public, Method::PUT, &path, &known, body).await,
            ] {
                let problems = field(answer.must_be(422));
                assert_eq!((&problems[0]["field"], &problems[0]["code"]), (&json!(name), &json!(code)), "{problems}");
                assert!(problems[0]["message"].as_str().unwrap().contains(limit), "{problems}");
            }
        }
        let options = json!({"options": many(10_001)});
        let too_many = with(&public, Method::PUT, &format!("{path}/dimensions/Area"), &known, options).await.must_be(422);
        assert_eq!(field(too_many)[0]["code"], "too_many");
        let data = "/v1/datasets/areas/editions/time-series/versions/1/data?columns=Value,Value";
        assert_eq!(field(public.get(data).await.must_be(422))[0]["field"], "columns");
        // Of a great many names that are not there the first are told.
        let mut body = whole;
        body["columns"] = json!(many(5_000));
        assert_eq!(field(public.post("/filters", body).await.must_be(422)).as_array().unwrap().len(), 20);
    }

    async fn nobody_has_more_kept_within_a_day_than_a_good_many(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = published(&site).await;
        let path = editor.post("/filters", wanted("1", json!(["Wales"]))).await.must_be(201).header("location");
        let id = path.rsplit('/').next().unwrap();
        let pool = site.services.db.pool();
        let owner = persistence::filters::find(pool, id, site.now()).await.unwrap().unwrap().owner.unwrap();
        let subject = format!("selections kept by account/{owner}");
        let (now, begin) = (site.now(), site.now() - chrono::TimeDelta::days(1));
        assert_eq!(persistence::throttles::count_many(pool, &subject, 1_997, now, begin).await.unwrap().0, 1_998);
        editor.post("/filters", wanted("1", json!(["Wales"]))).await.must_be(201);
        editor.post(&format!("{path}/submit"), json!(null)).await.must_be(201);
        for refused in [
            editor.post("/filters", wanted("1", json!(["Wales"]))).await,
            editor.post(&format!("{path}/submit"), json!(null)).await,
            with(&editor, Method::PATCH, &path, &[("if-match", "*")], json!({"columns": ["Area"]})).await,
        ] {
            assert_eq!(refused.must_be(429).header("retry-after"), "86400");
        }
        // What others keep counts for them.
        site.public().post("/filters", wanted("1", json!(["Wales"]))).await.must_be(201);
        site.advance(chrono::TimeDelta::days(1));
        editor.post("/filters", wanted("1", json!(["Wales"]))).await.must_be(201);
    }

    async fn so_many_are_kept_for_one_caller_until_some_are_gone(db: TestDatabase) {
        let site = Site::start_as(db, &[("FILTERS_KEPT_MAX", "2")]).await;
        let editor = published(&site).await;
        let public = site.public();
        let keep = async |who: &Caller| who.post("/filters", wanted("1", json!(["Wales"]))).await;
        let mut kept = Vec::new();
        for who in [&editor, &public] {
            kept.push(keep(who).await.must_be(201));
            keep(who).await.must_be(201);
            let refused = keep(who).await.must_be(409).json();
            assert_eq!(refused["error"]["details"]["reasons"][0]["code"], "too_many_filters", "{refused}");
        }
        let explorer = "/catalogue/areas/editions/time-series/versions/1/explore";
        let fields = [("language", "en"), ("dataset_id", "areas"), ("edition", "time-series"), ("version", "1"), ("query", "")];
        let mut reader = Browser::new(&site);
        let told = reader.submit("/rpc/filters/keep", explorer, &fields).await.must_be(200).text;
        assert!(told.contains("It could not be kept: as many selections"), "{told}");

        // What is there is used and changed as before, by whoever has the secret and nobody else.
        let (path, secret) = (kept[1].header("location"), kept[1].json()["secret"].as_str().unwrap().to_owned());
        public.post(&format!("{path}/submit"), json!(null)).await.must_be(201);
        let change = json!({"columns": ["Area"]});
        with(&public, Method::PATCH, &path, &[("if-match", "*")], change.clone()).await.must_be(401);
        with(&editor, Method::PATCH, &path, &[("if-match", "*")], change.clone()).await.must_be(403);
        let known = [("filter-secret", secret.as_str()), ("if-match", "*")];
        with(&public, Method::PATCH, &path, &known, change).await.must_be(200);

        // One that is deleted makes room, and so does one whose time is over.
        with(&public, Method::DELETE, &path, &known, json!(null)).await.must_be(204);
        keep(&public).await.must_be(201);
        keep(&public).await.must_be(409);
        site.advance(chrono::TimeDelta::days(91));
        let later = (keep(&public).await, keep(&public).await, keep(&public).await);
        assert_eq!((later.0.status.as_u16(), later.1.status.as_u16(), later.2.status.as_u16()), (201, 201, 409));
    }

    async fn filters_of_what_is_hidden_are_hidden(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = published(&site).await;
        let public = site.public();
        public.post("/filters", wanted("2", json!([]))).await.must_be(404);
        let body = json!({"dataset": {"id": "areas", "edition": "time-series", "version": 2}});
        let path = editor.post("/filters", body).await.must_be(201).header("location");
        editor.get(&path).await.must_be(200);
        let hidden = public.get(&path).await.must_be(404);
        let unknown = public.get("/v1/filters/5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11").await.must_be(404);
        assert_eq!(hidden.json()["error"]["message"], unknown.json()["error"]["message"]);
        // An account needs no secret for its own, and has no right to others'.
        let tag = editor.get(&path).await.header("etag");
        let version = json!({"dataset": {"version": "1"}});
        let moved = with(&editor, Method::PATCH, &path, &[("if-match", &tag)], version).await.must_be(200);
        assert_eq!(moved.json()["dataset"]["version"], "1");
        let other = site.service("other", &[Role::Editor]).await;
        with(&other, Method::PATCH, &path, &[("if-match", &tag)], json!({"columns": []})).await.must_be(403);

        // Forgotten when its time is over.
        site.advance(chrono::TimeDelta::days(91));
        let id = path.rsplit('/').next().unwrap();
        assert!(services::filters::find(&site.services, &services::Ctx::system("test", site.now()), id).await.is_err());
        persistence::filters::forget(site.services.db.pool(), site.now()).await.unwrap();
        assert!(persistence::filters::find(site.services.db.pool(), id, chrono::DateTime::UNIX_EPOCH).await.unwrap().is_none());
    }

    async fn an_output_keeps_the_selection_as_it_was_and_comes_in_every_format(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site).await;
        let public = site.public();
        let made = public.post("/filters", wanted("1", json!(["Wales"]))).await.must_be(201);
        let (path, secret) = (made.header("location"), made.json()["secret"].as_str().unwrap().to_owned());
        let output = public.post(&format!("{path}/submit"), json!(null)).await.must_be(201);
        assert_eq!(output.json()["rows"], 2);
        let known = [("filter-secret", secret.as_str()), ("if-match", "*")];
        with(&public, Method::PUT, &format!("{path}/dimensions/Area"), &known, json!({"options": ["England"]})).await.must_be(200);

        let output = public.get(&output.header("location")).await.must_be(200).json();
        let at = |format: &str| {
            let downloads = output["downloads"].as_array().unwrap();
            downloads.iter().find(|one| one["format"] == format).unwrap()["href"].as_str().unwrap().to_owned()
        };
        let csv = public.get(&at("csv")).await.must_be(200);
        assert_eq!(csv.text.lines().collect::<Vec<_>>(), ["Area,Year,Value", "Wales,2023,1.5", "Wales,2024,2.5"]);
        let json = public.get(&at("json")).await.must_be(200).json();
        assert_eq!((json["rows"].as_array().unwrap().len(), &json["total_rows"]), (2, &json!(2)));
        let csvw = public.get(&at("csvw")).await.must_be(200).json();
        assert!(csvw["dc:description"].as_str().unwrap().contains("dim.Area=Wales"), "{csvw}");
        let words = public.get(&at("txt")).await.must_be(200).text;
        assert!(words.contains("Selection: dim.Area=Wales") && words.contains("Rows: 2"), "{words}");
        public.get(&at("csv").replace("/csv", "/doc")).await.must_be(404);
        let tag = csv.header("etag");
        let again = public.send(public.request(Method::GET, &at("csv")).header("if-none-match", &tag)).await;
        again.must_be(304);
    }

    async fn an_output_holds_plain_figures_and_is_described_so(db: TestDatabase) {
        let site = Site::start(db).await;
        published_table(&site, b"Area,Year,Homes,Value\nWales,2023,\"1,500\",1.5\nEngland,2023,2,\"1,000.25\"\nWales,2024,3,7.5\n").await;
        let public = site.public();
        let mut body = wanted("1", json!(["Wales", "England"]));
        // Another order than the table's: what is said of a column goes with it.
        body["columns"] = json!(["Value", "Area", "Homes"]);
        let filter = public.post("/filters", body).await.must_be(201).header("location");
        let output = public.post(&format!("{filter}/submit"), json!(null)).await.must_be(201).header("location");
        let csv = public.get(&format!("{output}/downloads/csv")).await.must_be(200).text;
        assert_eq!(csv.lines().skip(1).take(2).collect::<Vec<_>>(), ["1.5,Wales,1500", "1000.25,England,2"], "{csv}");
        let described = public.get(&format!("{output}/downloads/csvw")).await.must_be(200).json();
        let columns = described["tableSchema"]["columns"].as_array().unwrap();
        let types: Vec<(&str, &Value)> = columns.iter().map(|one| (one["titles"].as_str().unwrap(), &one["datatype"])).collect();
        assert_eq!(types, [("Value", &json!("number")), ("Area", &json!("string")), ("Homes", &json!("integer"))]);
    }

    async fn a_recalled_table_is_never_replaced_by_another_in_silence(db: TestDatabase) {
        let site = Site::start(db).await;
        let (approver, first_file) = two_tables(&site).await;
        let public = site.public();
        let body = |file: Option<&str>| {
            let mut body = wanted("1", json!(["Wales"]));
            if let Some(file) = file {
                body["dataset"]["file"] = json!(file);
            }
            body
        };
        let csv = async |output: &str| public.get(&format!("{output}/downloads/csv")).await;
        let (mut filters, mut outputs) = (Vec::new(), Vec::new());
        for (file, name, row) in [(None, "areas.csv", "Wales,2023,1.5"), (Some("others.csv"), "others.csv", "Wales,2023,99")] {
            let filter = public.post("/filters", body(file)).await.must_be(201);
            assert_eq!(filter.json()["dataset"]["file"], name);
            assert!(filter.json()["links"]["data"].as_str().unwrap().ends_with(&format!("dim.Area=Wales&file={name}")));
            let output = public.post(&format!("{}/submit", filter.header("location")), json!(null)).await.must_be(201);
            assert_eq!(output.json()["dataset"]["file"], name);
            assert!(csv(&output.header("location")).await.must_be(200).text.contains(row), "{name}");
            filters.push(filter.header("location"));
            outputs.push(output.header("location"));
        }
        public.post("/filters", body(Some("none.csv"))).await.must_be(404);

        // Whatever is read of a table is read of the one that is named.
        let version = "/v1/datasets/areas/editions/time-series/versions/1";
        let parts = ["data", "dimensions", "dimensions/Area/options", "dimensions/Area/options?dim.Year=2023", "changes"];
        let of = |part: &str, file: &str| format!("{version}/{part}{}file={file}", if part.contains('?') { '&' } else { '?' });
        for part in parts {
            public.get(&format!("{version}/{part}")).await.must_be(200);
            public.get(&of(part, "others.csv")).await.must_be(200);
            public.get(&of(part, "none.csv")).await.must_be(404);
        }
        let listed = public.get(&of("dimensions", "others.csv")).await.json()["items"][0].clone();
        assert!(listed["links"]["options"].as_str().unwrap().ends_with("/options?file=others.csv"), "{listed}");

        let recall = json!({"reason": "A figure is wrong."});
        approver.put_json(&format!("/files/{first_file}/withdraw"), recall.clone()).await.must_be(200);
        for part in parts {
            let told = public.get(&format!("{version}/{part}")).await.must_be(409).text;
            assert!(told.contains("others.csv") && told.contains("recalled"), "{told}");
            public.get(&of(part, "others.csv")).await.must_be(200);
            public.get(&of(part, "areas.csv")).await.must_be(404);
        }
        public.post("/filters", body(None)).await.must_be(409);
        public.post("/filters", body(Some("others.csv"))).await.must_be(201);
        assert!(csv(&outputs[0]).await.must_be(409).text.contains("no longer given out"));
        assert!(public.post(&format!("{}/submit", filters[0]), json!(null)).await.must_be(409).text.contains("table_gone"));
        assert!(csv(&outputs[1]).await.must_be(200).text.contains("Wales,2023,99"));
        public.post(&format!("{}/submit", filters[1]), json!(null)).await.must_be(201);

        approver.put_json(&format!("/files/{first_file}/reinstate"), recall).await.must_be(200);
        assert!(csv(&outputs[0]).await.must_be(200).text.contains("Wales,2023,1.5"));
    }
}
