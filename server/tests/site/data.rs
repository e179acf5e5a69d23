//! Any part of a table over HTTP.

use std::collections::BTreeSet;

use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::support::*;

const DATA: &str = "/v1/datasets/areas/editions/time-series/versions/1/data";

/// Two dimensions and a measure, with what is awkward: a missing figure, thousands, a comma and a formula in a cell.
const AREAS: &[u8] = b"Area,Year,Value\n\
    Wales,2023,\"1,500\"\n\
    Wales,2024,2500\n\
    \"Bath, city of\",2023,:\n\
    \"Bath, city of\",2024,11\n\
    =1+1,2024,7\n";

async fn published(site: &Site, table: &[u8]) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    table_version(&editor, &approver, "areas", table).await;
    let hidden = site.public().get(DATA).await.must_be(404);
    let unknown = site.public().get(&DATA.replace("areas", "nothing")).await.must_be(404);
    assert_eq!(hidden.json()["error"]["message"], unknown.json()["error"]["message"]);
    assert_eq!(editor.get(DATA).await.must_be(200).json()["total_rows"], 5);
    let bundle = approved_bundle(&editor, &approver, "Areas", &[("areas", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
}

async fn rows(site: &Site, query: &str) -> Value {
    site.public().get(&format!("{DATA}?{query}")).await.must_be(200).json()["rows"].clone()
}

on_both_databases! {
    async fn rows_are_chosen_by_options_ranges_columns_and_order(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let page = site.public().get(DATA).await.must_be(200).json();
        assert_eq!((&page["dimensions"], &page["total_rows"]), (&json!(["Area", "Year"]), &json!(5)));
        assert_eq!(page["columns"][2], json!({"name": "Value", "type": "integer", "label": "Value"}));
        assert_eq!(page["rows"][0], json!(["Wales", "2023", 1500]));
        assert_eq!(page["rows"][2], json!(["Bath, city of", "2023", null]));
        for (query, expected) in [
            ("dim.Area=Wales&columns=Value", json!([[1500], [2500]])),
            ("dim.Area=Wales,Bath%2C+city+of&dim.Year=2024&columns=Value", json!([[2500], [11]])),
            ("dim.Area=Wales&dim.Area=%3D1%2B1&sort=-Value&columns=Area,Value", json!([["Wales", 2500], ["Wales", 1500], ["=1+1", 7]])),
            ("from.Value=8&to.Value=2000&sort=Value&columns=Value", json!([[11], [1500]])),
            ("from.Year=2024&columns=Value&sort=Value", json!([[7], [11], [2500]])),
            ("sort=Value&columns=Value&limit=1&offset=4", json!([[null]])),
        ] {
            assert_eq!(rows(&site, query).await, expected, "{query}");
        }
    }

    async fn pages_follow_one_another_to_the_end(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        for order in ["", "&sort=-Value,Area"] {
            let whole = rows(&site, &format!("limit=100{order}")).await;
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = site.public().get(&format!("{DATA}?limit=2{order}{cursor}")).await.must_be(200).json();
                seen.extend(page["rows"].as_array().unwrap().clone());
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(Value::from(seen), whole);
            site.public().get(&format!("{DATA}?dim.Area=Wales{cursor}")).await.must_be(422);
        }
    }

    async fn every_format_holds_the_same_rows(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let public = site.public();
        let csv = public.get(&format!("{DATA}?format=csv&dim.Year=2024")).await.must_be(200);
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.header("content-disposition").contains("areas-time-series-v1-part.csv"));
        let lines: Vec<&str> = csv.text.lines().collect();
        assert_eq!(lines, ["Area,Year,Value", "Wales,2024,2500", "\"Bath, city of\",2024,11", "'=1+1,2024,7"]);
        let ndjson = public.get(&format!("{DATA}?format=ndjson&dim.Area=Wales")).await.must_be(200).text;
        let first: Value = serde_json::from_str(ndjson.lines().next().unwrap()).unwrap();
        assert_eq!(first, json!({"Area": "Wales", "Year": "2023", "Value": 1500}));
        for (format, magic) in [("xlsx", "PK"), ("parquet", "PAR1")] {
            let sent = public.request(Method::GET, &format!("{DATA}?format={format}")).send().await.unwrap();
            assert_eq!(sent.status(), 200);
            assert!(sent.bytes().await.unwrap().starts_with(magic.as_bytes()));
        }
        let asked = public.send(public.request(Method::GET, DATA).header("accept", "text/csv")).await.must_be(200);
        assert!(asked.text.starts_with("Area,Year,Value"));
    }

    async fn what_cannot_be_is_named_with_what_is_near(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let public = site.public();
        for (query, status, names) in [
            ("colour=red", 400, vec!["colour"]),
            ("limit=0&offset=x", 400, vec!["limit", "offset"]),
            ("limit=10001", 422, vec!["limit"]),
            ("format=doc", 400, vec!["format"]),
            ("cursor=none", 422, vec!["cursor"]),
            ("dim.Aera=Wales&sort=Yaer", 422, vec!["dim.Aera", "sort"]),
            ("dim.Area=Wale", 422, vec!["dim.Area"]),
            ("from.Area=a", 422, vec!["from.Area"]),
            ("from.Value=many", 422, vec!["from.Value"]),
        ] {
            let answer = public.get(&format!("{DATA}?{query}")).await.must_be(status).json();
            let fields = answer["error"]["details"]["fields"].as_array().unwrap().clone();
            let told: BTreeSet<&str> = fields.iter().map(|field| field["field"].as_str().unwrap()).collect();
            assert_eq!(told, names.into_iter().collect(), "{query}");
        }
        let near = public.get(&format!("{DATA}?dim.Area=Wale")).await.json();
        assert!(near["error"]["details"]["fields"][0]["message"].as_str().unwrap().contains("“Wales”"), "{near}");
        public.get(&format!("{DATA}?file=other.csv")).await.must_be(404);
    }

    async fn a_reader_who_has_it_is_told_so_and_counts_follow_the_choices(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let public = site.public();
        for query in ["", "?format=csv"] {
            let tag = public.get(&format!("{DATA}{query}")).await.must_be(200).header("etag");
            let known = public.request(Method::GET, &format!("{DATA}{query}")).header("if-none-match", &tag);
            assert_eq!(public.send(known).await.must_be(304).text, "");
        }
        let options = "/v1/datasets/areas/editions/time-series/versions/1/dimensions/Area/options";
        let counted = public.get(&format!("{options}?dim.Year=2024&dim.Area=Wales")).await.must_be(200).json();
        let counts: Vec<_> = counted["items"].as_array().unwrap().iter().map(|o| (o["code"].as_str().unwrap(), o["count"].as_u64().unwrap())).collect();
        assert_eq!(counts, [("Wales", 1), ("Bath, city of", 1), ("=1+1", 1)]);
        public.get(&format!("{options}?dim.Nothing=x")).await.must_be(422);
    }

    async fn the_explorer_draws_as_the_reader_wants_or_says_why_not(db: TestDatabase) {
        let site = Site::start(db).await;
        let mut table = String::from("Area,Year,Visits\n");
        for year in 2021..2025 {
            for area in 0..30 {
                table.push_str(&format!("Area {area:02},{year},{}\n", year - 2000 + area));
            }
        }
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        table_version(&editor, &approver, "areas", table.as_bytes()).await;
        let bundle = approved_bundle(&editor, &approver, "Areas", &[("areas", "1")]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let page = async |query: &str| site.public().get(&format!("{explore}{query}")).await.must_be(200).text;

        // Thirty series are no lines; the form offers other kinds.
        let plain = page("").await;
        assert!(plain.contains("No kind of chart fits these rows") && plain.contains("<select name=\"chart\""), "{plain}");
        let panels = page("?chart=multiples&by=Area").await;
        assert_eq!(panels.matches("class=\"chart__panel\"").count(), 24);
        for words in ["Panels 1 to 24 of 30.", "All panels are on the same scales.", "chart=multiples&amp;by=Area&amp;panels=2#chart-figure"] {
            assert!(panels.contains(words), "{words} {panels}");
        }
        assert!(panels.contains("value=\"multiples\" selected") && panels.contains("value=\"Area\" selected"), "{panels}");
        let rest = page("?chart=multiples&by=Area&panels=2").await;
        assert_eq!(rest.matches("class=\"chart__panel\"").count(), 6);
        assert!(rest.contains("Area 29</p>") && !rest.contains("Area 23</p>"), "{rest}");

        let area = page("?dim.Area=Area+01,Area+02&chart=area").await;
        assert!(area.contains("chart__band series-2") && area.contains("The parts are stacked"), "{area}");
        // Choices of rows keep the kind, choices of the kind keep the rows.
        assert!(area.contains("<input type=\"hidden\" name=\"chart\" value=\"area\""), "{area}");
        for area_name in ["Area 01", "Area 02"] {
            let kept = format!("<input type=\"hidden\" name=\"dim.Area\" value=\"{area_name}\"");
            assert!(area.contains(&kept), "{kept} {area}");
        }
        assert!(page("?chart=area").await.contains("At most six parts"));
        assert!(page("?chart=bar").await.contains("not drawn as bars"));
        let nonsense = page("?chart=pie&by=Nothing&panels=99").await;
        assert!(nonsense.contains("No kind of chart fits these rows"), "{nonsense}");
        let welsh = site.public().get(&format!("/cy{explore}?chart=multiples&by=Area")).await.must_be(200).text;
        assert!(welsh.contains("Paneli 1 i 24 o 30.") && welsh.contains("Paneli bach"), "{welsh}");
    }

    async fn the_explorer_shows_the_same_without_scripts(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let page = site.public().get(&format!("{explore}?dim.Area=Wales&sort=-Year")).await.must_be(200).text;
        assert!(page.contains("name=\"robots\" content=\"noindex\""), "{page}");
        assert!(page.contains("2 rows") && page.contains(">2500<") && !page.contains(">11<"), "{page}");
        assert!(page.contains("/data?format=csv&amp;dim.Area=Wales&amp;sort=-Year"));
        // What the table does not have is told, and the rest is shown.
        let page = site.public().get(&format!("{explore}?dim.Nothing=x&dim.Year=2024")).await.must_be(200).text;
        assert!(page.contains("There is no dimension “Nothing”") && page.contains("3 rows"), "{page}");
        assert!(site.public().get(&format!("/cy{explore}")).await.must_be(200).text.contains("Archwilio"));
        site.public().get(&explore.replace("areas", "nothing")).await.must_be(404);
    }
}
