//! Blank cells, which often are totals, are chosen and counted like any others.

use testkit::on_both_databases;

use super::*;

/// Rows for everybody beside those for each sex, and a measure.
const RATES: &[u8] = b"Area,Sex,Rate\nEngland,,5\nEngland,Female,4\nEngland,Male,6\nWales, ,3\nWales,Female,2\n";
/// A V4 table in which all periods have one code.
const PRICES: &[u8] = b"V4_0,Time_codelist,Time,Geography_codelist,Geography\n\
    86.8,Month,Jan-96,K02,UK\n90.3,Month,Feb-96,K02,UK\n93.8,Month,Feb-96,E92,England\n";

async fn options(site: &Site, dimension: &str, query: &str) -> Vec<(String, String, u64)> {
    let path = format!("{}/dimensions/{dimension}/options?{query}", DATA.trim_end_matches("/data"));
    let told = site.public().get(&path).await.must_be(200).json();
    let word = |option: &Value, name: &str| option[name].as_str().unwrap().to_owned();
    let items = told["items"].as_array().unwrap().iter();
    items.map(|one| (word(one, "code"), word(one, "label"), one["count"].as_u64().unwrap())).collect()
}

fn expected(options: &[(&str, &str, u64)]) -> Vec<(String, String, u64)> {
    options.iter().map(|(code, label, count)| ((*code).to_owned(), (*label).to_owned(), *count)).collect()
}

async fn total(site: &Site, address: &str) -> u64 {
    site.public().get(address).await.must_be(200).json()["total_rows"].as_u64().unwrap()
}

on_both_databases! {
    async fn blank_cells_are_the_same_rows_however_they_are_asked_for(db: TestDatabase) {
        let site = Site::start(db).await;
        made_public(&site, &[("areas.csv", RATES)]).await;
        let public = site.public();
        let all = [("", "(blank)", 2), ("Female", "Female", 2), ("Male", "Male", 1)];
        assert_eq!(options(&site, "Sex", "").await, expected(&all));
        let in_wales = [("", "(blank)", 1), ("Female", "Female", 1), ("Male", "Male", 0)];
        assert_eq!(options(&site, "Sex", "dim.Area=Wales").await, expected(&in_wales));
        assert_eq!(options(&site, "Area", "dim.Sex=").await, expected(&[("England", "England", 1), ("Wales", "Wales", 1)]));
        for (query, rows) in [("dim.Sex=", 2), ("dim.Sex=%20", 2), ("dim.Sex=,Female", 4), ("dim.Sex=&dim.Area=Wales", 1)] {
            assert_eq!(total(&site, &format!("{DATA}?{query}")).await, rows, "{query}");
        }
        public.get(&format!("{DATA}?dim.Area=")).await.must_be(422);

        let wanted = json!({
            "dataset": {"id": "areas", "edition": "time-series", "version": "1"},
            "dimensions": [{"name": "Sex", "options": ["", " "]}],
        });
        let made = public.post("/filters", wanted).await.must_be(201);
        let (path, body) = (made.header("location"), made.json());
        assert_eq!(body["dimensions"][0]["options"], json!([""]));
        assert_eq!(total(&site, body["links"]["data"].as_str().unwrap()).await, 2);
        let output = public.post(&format!("{path}/submit"), json!(null)).await.must_be(201).json();
        assert_eq!(output["rows"], 2);
        let secret = body["secret"].as_str().unwrap();
        let own = public.get(&format!("{path}/dimensions/Sex/options")).await.must_be(200).json()["items"][0]["links"]["self"].clone();
        let gone = public.request(Method::DELETE, own.as_str().unwrap()).header("filter-secret", secret).header("if-match", made.header("etag"));
        public.send(gone).await.must_be(204);
        assert_eq!(public.get(&path).await.must_be(200).json()["dimensions"], json!([]));

        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let page = public.get(explore).await.must_be(200).text;
        assert!(page.contains("(blank)") && page.contains("name=\"dim.Sex\" value=\"\"") && page.contains("5 rows"), "{page}");
        let chosen = public.get(&format!("{explore}?dim.Sex=")).await.must_be(200).text;
        assert!(chosen.contains("Sex: (blank)") && chosen.contains("2 rows"), "{chosen}");
        let welsh = public.get(&format!("/cy{explore}?dim.Sex=")).await.must_be(200).text;
        assert!(welsh.contains("(gwag)") && !welsh.contains("(blank)"), "{welsh}");
        // Where a table has none, as in an address that somebody made with an empty field, everything is shown and that is told.
        let none = public.get(&format!("{explore}?dim.Area=")).await.must_be(200).text;
        assert!(none.contains("5 rows") && none.contains("no blank cells"), "{none}");
    }

    async fn periods_of_one_code_are_options_of_their_own(db: TestDatabase) {
        let site = Site::start(db).await;
        made_public(&site, &[("areas.csv", PRICES)]).await;
        let months = [("Jan-96", "Jan-96", 1), ("Feb-96", "Feb-96", 2)];
        assert_eq!(options(&site, "Time", "").await, expected(&months));
        assert_eq!(options(&site, "Time", "q=Feb").await, expected(&months[1..]));
        assert_eq!(options(&site, "Geography", "").await, expected(&[("K02", "UK", 2), ("E92", "England", 1)]));
        assert_eq!(total(&site, &format!("{DATA}?dim.Time=Feb-96")).await, 2);
        assert_eq!(total(&site, &format!("{DATA}?dim.Geography=K02")).await, 2);
        site.public().get(&format!("{DATA}?dim.Time=Month")).await.must_be(422);
    }

    async fn options_that_a_program_of_before_kept_are_found_again(db: TestDatabase) {
        let site = Site::start(db).await;
        made_public(&site, &[("areas.csv", PRICES)]).await;
        let before = "UPDATE file_dimensions SET option_count = 1, options = '[{\"code\":\"Month\",\"label\":\"Jan-96\",\"count\":3}]' WHERE name = 'Time'";
        site.database.execute(before).await.unwrap();
        let months = expected(&[("Jan-96", "Jan-96", 1), ("Feb-96", "Feb-96", 2)]);
        assert_eq!(options(&site, "Time", "limit=5").await, months, "whoever asks is told of the table as it is");
        let mut after = String::new();
        assert!(services::versions::renew_dimensions(&site.services, &mut after).await.unwrap());
        assert!(!services::versions::renew_dimensions(&site.services, &mut after).await.unwrap());
        let dimensions = site.public().get(&format!("{}/dimensions", DATA.trim_end_matches("/data"))).await.must_be(200).json();
        assert_eq!(dimensions["items"][0]["option_count"], 2);
        assert_eq!(options(&site, "Time", "limit=6").await, months);
        // A node of the program of before, which still runs beside, takes the table in again.
        site.database.execute(before).await.unwrap();
        assert!(services::versions::renew_dimensions(&site.services, &mut after).await.unwrap());
        assert_eq!(persistence::dimensions::outdated(site.services.db.pool(), "", 9).await.unwrap(), Vec::<String>::new());
    }
}
