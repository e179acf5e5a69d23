//! Any part of a table over HTTP.

mod blanks;
mod explorer;

use std::collections::BTreeSet;
use std::io::Read;

use domain::policy::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::browser::Browser;
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

/// The same without a look at what comes before, of a version with these tables.
async fn made_public(site: &Site, tables: &[(&str, &[u8])]) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    begin_dataset(&editor, "areas", "areas").await;
    let versions = "/datasets/areas/editions/time-series/versions";
    editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
    for (name, table) in tables {
        editor.upload("areas", "time-series", "1", name, table).await.must_be(201);
    }
    editor.put(&format!("{versions}/1/submit")).await.must_be(200);
    approver.put(&format!("{versions}/1/approve")).await.must_be(200);
    let bundle = approved_bundle(&editor, &approver, "Areas", &[("areas", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
}

/// More rows of each of two areas than a page of JSON has unless it is asked for more.
fn long_table() -> String {
    let row = |area: &str, at: u32| format!("{area},{},{}\n", 1800 + at, at * 3);
    let of = |area: &'static str| (0..150).map(move |at| row(area, at));
    format!("Area,Year,Value\n{}", of("Wales").chain(of("York")).collect::<String>())
}

/// The addresses of the files that the page of the explorer offers.
fn offered(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|href| href.contains("/data?format=")).map(|href| href.replace("&amp;", "&")).collect()
}

async fn bytes_of(site: &Site, address: &str) -> Vec<u8> {
    let sent = site.public().request(Method::GET, address).send().await.unwrap();
    assert_eq!(sent.status(), 200, "{address}");
    sent.bytes().await.unwrap().to_vec()
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
                let Some(next) = page.get("next_cursor") else { break };
                cursor = format!("&cursor={}", next.as_str().unwrap());
            }
            assert_eq!(Value::from(seen), whole);
            site.public().get(&format!("{DATA}?dim.Area=Wales{cursor}")).await.must_be(422);
        }
    }

    async fn a_cursor_goes_on_in_its_version_whatever_corrects_that(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let public = site.public();
        let page = public.get(&format!("{DATA}?limit=2&sort=Value")).await.must_be(200).json();
        let rest = format!("?limit=10&sort=Value&cursor={}", page["next_cursor"].as_str().unwrap());
        let before = public.get(&format!("{DATA}{rest}")).await.must_be(200);

        let editor = site.service("another editor", &[Role::Editor]).await;
        let approver = site.service("another approver", &[Role::Approver, Role::Operator]).await;
        let corrected = String::from_utf8_lossy(AREAS).replace("2500", "2600");
        next_table(&editor, &approver, "areas", corrected.as_bytes()).await;
        let bundle = approved_bundle(&editor, &approver, "Corrected", &[("areas", "2")]).await;
        approver.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;

        let after = public.get(&format!("{DATA}{rest}")).await.must_be(200);
        assert_eq!((after.json()["rows"].clone(), after.header("etag")), (before.json()["rows"].clone(), before.header("etag")));
        // It says nothing of where rows are in another version.
        let other = public.get(&format!("{}{rest}", DATA.replace("versions/1", "versions/2"))).await.must_be(422).json();
        assert_eq!(other["error"]["details"]["fields"][0]["field"], "cursor", "{other}");
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
        for lines in ["application/x-ndjson", "application/ndjson", "application/jsonl"] {
            for query in ["dim.Area=Wales", "dim.Area=Wales&format=ndjson", "dim.Area=Wales&format=jsonl"] {
                let asked = public.request(Method::GET, &format!("{DATA}?{query}")).header("accept", lines);
                let answered = public.send(asked).await.must_be(200);
                assert_eq!((answered.header("content-type").as_str(), &answered.text), ("application/x-ndjson", &ndjson), "{lines} {query}");
            }
        }
        for (format, magic) in [("xlsx", "PK"), ("parquet", "PAR1")] {
            let sent = public.request(Method::GET, &format!("{DATA}?format={format}")).send().await.unwrap();
            assert_eq!(sent.status(), 200);
            assert!(sent.bytes().await.unwrap().starts_with(magic.as_bytes()));
        }
        let asked = public.send(public.request(Method::GET, DATA).header("accept", "text/csv")).await.must_be(200);
        assert!(asked.text.starts_with("Area,Year,Value"));
    }

    async fn rows_come_packed_whole_to_whoever_takes_that(db: TestDatabase) {
        let site = Site::start(db).await;
        made_public(&site, &[("areas.csv", long_table().as_bytes())]).await;
        let public = site.public();
        for format in ["csv", "ndjson", "json&limit=all"] {
            let address = format!("{DATA}?format={format}");
            let plain = public.get(&address).await.must_be(200);
            let packed = public.send(public.request(Method::GET, &address).header("accept-encoding", "gzip")).await.must_be(200);
            assert_eq!((plain.header("content-encoding").as_str(), packed.header("content-encoding").as_str()), ("", "gzip"), "{format}");
            // An answer that broke off would not have been read at all.
            assert!(plain.text.len() > 1024 && (100..plain.text.len()).contains(&packed.text.len()), "{format}");
        }
    }

    async fn every_file_that_the_explorer_offers_holds_every_row(db: TestDatabase) {
        let site = Site::start(db).await;
        made_public(&site, &[("areas.csv", long_table().as_bytes())]).await;
        let public = site.public();
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore?dim.Area=Wales&sort=-Year";
        let page = public.get(explore).await.must_be(200).text;
        let mut counted = Vec::new();
        for address in offered(&page) {
            assert!(address.contains("dim.Area=Wales"), "{address}");
            let format = address.split("format=").nth(1).unwrap().split('&').next().unwrap().to_owned();
            let bytes = bytes_of(&site, &address).await;
            let text = String::from_utf8_lossy(&bytes);
            let rows = match format.as_str() {
                "csv" => text.lines().count() - 1,
                "ndjson" => text.lines().count(),
                "json" => {
                    let whole: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!((&whole["total_rows"], whole.get("next_cursor")), (&json!(150), None));
                    assert_eq!(whole["rows"][0], json!(["Wales", "1949", 447]));
                    whole["rows"].as_array().unwrap().len()
                }
                "xlsx" => {
                    let mut book = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
                    let mut sheet = String::new();
                    book.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
                    sheet.matches("<row ").count() - 1
                }
                _ => {
                    // As many as a limit of 150 gives, and more than one of 149.
                    assert_eq!(bytes, bytes_of(&site, &format!("{address}&limit=150")).await);
                    assert_ne!(bytes, bytes_of(&site, &format!("{address}&limit=149")).await);
                    150
                }
            };
            counted.push((format, rows));
        }
        let expected = ["csv", "xlsx", "json", "ndjson", "parquet"].map(|format| (format.to_owned(), 150));
        assert_eq!(counted, expected);
        // Without a word JSON comes in pages as ever.
        assert_eq!(public.get(DATA).await.must_be(200).json()["rows"].as_array().unwrap().len(), 100);
        let whole = public.get(&format!("{DATA}?limit=all")).await.must_be(200);
        assert_eq!(whole.json()["rows"].as_array().unwrap().len(), 300);
        assert!(whole.header("content-disposition").contains("areas-time-series-v1.json"));
        let rest = public.get(&format!("{DATA}?limit=all&offset=290")).await.must_be(200);
        assert_eq!(rest.json()["rows"].as_array().unwrap().len(), 10);
    }

    async fn a_page_of_long_rows_comes_whole_though_it_is_made_while_it_is_sent(db: TestDatabase) {
        let site = Site::start(db).await;
        let words = "so that the rows of one page take more than is made at once ".repeat(3);
        let row = |at: u32| format!("{words}{at},{},{at}\n", 1800 + at % 200);
        let table = format!("Area,Year,Value\n{}", (0..4_000).map(row).collect::<String>());
        made_public(&site, &[("areas.csv", table.as_bytes())]).await;
        let public = site.public();
        let long = public.get(&format!("{DATA}?limit=3900")).await.must_be(200);
        assert!(long.text.len() > 512 << 10 && long.header("content-length").is_empty(), "{}", long.text.len());
        let page = long.json();
        let rows = page["rows"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[3_899][2], &page["total_rows"]), (3_900, &json!(3_899), &json!(4_000)));
        let rest = format!("{DATA}?limit=3900&cursor={}", page["next_cursor"].as_str().unwrap());
        let rest = public.get(&rest).await.must_be(200).json();
        assert_eq!((rest["rows"].as_array().unwrap().len(), rest.get("next_cursor")), (100, None));
        let again = public.request(Method::GET, &format!("{DATA}?limit=3900")).header("if-none-match", long.header("etag"));
        public.send(again).await.must_be(304);
    }

    async fn what_other_sites_frame_is_the_figure_alone(db: TestDatabase) {
        let site = Site::start(db).await;
        made_public(&site, &[("areas.csv", long_table().as_bytes())]).await;
        let public = site.public();
        let embed = "/embed/areas/editions/time-series/versions/1";
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let chosen = "dim.Area=Wales&chart=line";
        // The code on the explorer's page leads to it, as text inside of the page and with its own marks escaped for there.
        let page = public.get(&format!("{explore}?{chosen}")).await.must_be(200).text;
        let code = format!("{}{embed}?dim.Area=Wales&amp;amp;chart=line\" title=\"areas\" width=\"100%\" height=\"", site.url);
        let code = code.replace('"', "&quot;");
        let shown = page.replace('"', "&quot;");
        assert!(shown.contains(&code), "{code} in {page}");

        let framed = public.get(&format!("{embed}?{chosen}")).await.must_be(200);
        let policy = framed.header("content-security-policy");
        assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'") && !policy.contains("script"), "{policy}");
        for name in ["x-frame-options", "set-cookie"] {
            assert_eq!(framed.header(name), "", "{name}");
        }
        assert_eq!(framed.header("cache-control"), "public, max-age=0, must-revalidate");
        assert_eq!(framed.header("cross-origin-resource-policy"), "cross-origin");
        for part in ["chart__svg", "<h1 class=\"chart__title\">areas</h1>", "Area: Wales", "Released ", "content=\"noindex\"", "target=\"_blank\" rel=\"noopener\""] {
            assert!(framed.text.contains(part), "{part} in {}", framed.text);
        }
        assert!(framed.text.contains(&format!("href=\"{explore}?dim.Area=Wales&amp;chart=line\"")), "{}", framed.text);
        for part in ["<script", "<nav", "<header", "<footer", "<form"] {
            assert!(!framed.text.contains(part), "{part} in {}", framed.text);
        }
        let known = public.request(Method::GET, &format!("{embed}?{chosen}")).header("if-none-match", framed.header("etag"));
        let known = public.send(known).await.must_be(304);
        assert_eq!((known.header("x-frame-options"), known.header("content-security-policy")), (String::new(), policy));

        let table = public.get(&format!("{embed}?dim.Area=Wales&view=table")).await.must_be(200).text;
        assert!(table.contains("rows 1 to 50 of 150") && table.contains("Area: Wales") && !table.contains("chart__svg") && !table.contains("?sort="), "{table}");
        let welsh = public.get(&format!("/cy{embed}?{chosen}")).await.must_be(200).text;
        assert!(welsh.contains("<html lang=\"cy\"") && welsh.contains("yn agor mewn tab newydd") && welsh.contains(&format!("/cy{explore}")), "{welsh}");
        // What is not there says so inside of its frame; all other pages go on refusing to be framed.
        for path in [embed.replace("areas", "nothing"), format!("{embed}0"), embed.replace("/1", "/x")] {
            let missing = public.get(&path).await.must_be(404);
            assert!(missing.text.contains("is not published, or no longer") && missing.header("x-frame-options").is_empty(), "{path}");
        }
        for path in [explore, "/", "/embed", "/embed/areas"] {
            assert_eq!(public.get(path).await.header("x-frame-options"), "DENY", "{path}");
        }
    }

    async fn another_table_of_a_version_is_explored_and_kept_as_itself(db: TestDatabase) {
        let site = Site::start(db).await;
        made_public(&site, &[("areas.csv", AREAS), ("others.csv", long_table().as_bytes())]).await;
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let first = site.public().get(explore).await.must_be(200).text;
        assert!(first.contains("/rpc/filters/keep") && first.contains("5 rows"), "{first}");
        let other = site.public().get(&format!("{explore}?file=others.csv")).await.must_be(200).text;
        assert!(other.contains("300 rows") && other.contains("/rpc/filters/keep"), "{other}");
        let fields = [("language", "en"), ("dataset_id", "areas"), ("edition", "time-series"), ("version", "1"), ("query", "file=others.csv")];
        let kept = Browser::new(&site).submit("/rpc/filters/keep", explore, &fields).await.must_be(200).text;
        assert!(kept.contains("300 rows") && kept.contains("The files are ready."), "{kept}");
        assert!(other.contains("/embed/areas/editions/time-series/versions/1?file=others.csv"), "{other}");
    }

    async fn what_cannot_be_is_named_with_what_is_near(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let public = site.public();
        for (query, status, names) in [
            ("colour=red", 400, vec!["colour"]),
            ("limit=0&offset=x", 400, vec!["limit", "offset"]),
            ("limit=0&colour=red&file=areas.csv&dim.Nope=x", 400, vec!["limit", "colour"]),
            ("limit=10001", 422, vec!["limit"]),
            ("limit=10001&dim.Sex=Cat&dim.Area=Wale&sort=Zog&columns=Nah", 422, vec!["limit", "dim.Sex", "dim.Area", "sort", "columns"]),
            ("to.Area=b", 422, vec!["to.Area"]),
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

    async fn options_beyond_those_that_are_listed_are_found(db: TestDatabase) {
        let site = Site::start(db).await;
        let rows: String = (0..50_002).map(|at| format!("A{at:05},{at}\n")).collect();
        made_public(&site, &[("areas.csv", format!("Area,Value\n{rows}").as_bytes())]).await;
        let public = site.public();
        let version = "datasets/areas/editions/time-series/versions/1";
        let told = async |query: &str| {
            let page = public.get(&format!("/v1/{version}/dimensions/Area/options?{query}")).await.must_be(200).json();
            (page["total_count"].as_u64().unwrap(), page["items"][0]["code"].clone(), page["complete"].clone())
        };
        assert_eq!(told("limit=1").await, (50_000, json!("A00000"), json!(false)));
        assert_eq!(told("q=a50001").await, (1, json!("A50001"), json!(true)));
        assert_eq!(told("q=a00007").await, (1, json!("A00007"), json!(true)));
        assert_eq!(told("q=nowhere").await, (0, Value::Null, json!(true)));
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let all = public.get(explore).await.must_be(200).text;
        assert!(all.contains("of more than 50,000 are listed"), "{all}");
        let found = public.get(&format!("{explore}?find.Area=a50001")).await.must_be(200).text;
        assert!(found.contains("value=\"A50001\"") && found.contains("1 of 1 are listed"), "{found}");
    }
}
