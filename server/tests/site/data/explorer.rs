//! The pages on which readers explore a table: what they choose, how it is drawn, and how they walk through its rows.

use domain::text::escaped;
use testkit::on_both_databases;

use super::*;

/// What the explorer's form sends when its button is pressed, as an address's query.
fn applied(page: &str) -> Vec<(String, String)> {
    let mut forms = page.split("<form ").skip(1).map(|rest| rest.split("</form>").next().unwrap());
    let form = forms.find(|form| form.contains("class=\"facets\"")).unwrap();
    let mut sent = Vec::new();
    for tag in form.split('<').filter_map(|piece| piece.split('>').next()) {
        let value = |name: &str| {
            let rest = tag.split_once(&format!(" {name}=\""))?.1;
            Some(rest.split('"').next()?.replace("&amp;", "&"))
        };
        let is_sent = tag.starts_with("input ") && (!tag.contains("type=\"checkbox\"") || tag.contains(" checked"));
        if is_sent {
            sent.extend(value("name").zip(value("value").filter(|text| !text.is_empty())));
        }
        if tag.starts_with("option ") && tag.contains(" selected") {
            sent.extend(value("value").filter(|text| !text.is_empty()).map(|text| ("sort".to_owned(), text)));
        }
    }
    sent
}

/// What heads the columns of the rows on a page, in their order.
fn headings(page: &str, id: &str) -> Vec<String> {
    let head = page.split_once(&format!("id=\"{id}\"")).and_then(|(_, rest)| rest.split_once("</thead>"));
    let cells = head.map_or("", |(head, _)| head).split("<th ").skip(1);
    let texts = cells.filter_map(|cell| {
        cell.split('>').skip(1).map(|part| part.split('<').next().unwrap_or("")).find(|text| !text.is_empty())
    });
    texts.map(str::to_owned).collect()
}

/// The rows of a page and what heads them.
fn rows_of(page: &str) -> &str {
    page.split_once("id=\"rows\"").and_then(|(_, rest)| rest.split_once("</table>")).map_or("", |(rows, _)| rows)
}

/// The same as an address.
fn address_of(explore: &str, sent: &[(String, String)]) -> String {
    let parts: Vec<String> = sent.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    format!("{explore}?{}", parts.join("&"))
}

on_both_databases! {
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

    async fn charts_show_bounds_markings_and_what_was_published_before(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let publish = async |version: &str| {
            let bundle = approved_bundle(&editor, &approver, &format!("Areas {version}"), &[("areas", version)]).await;
            operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
            site.run_tasks().await;
        };
        let head = "Year,Rate,Rate 95% lower CI,Rate 95% upper CI\n2021,10,8,12\n";
        table_version(&editor, &approver, "areas", format!("{head}2022,11,9,13\n2023,12,10,14\n").as_bytes()).await;
        publish("1").await;
        let later = format!("{head}2022,11.5,9,13\n2023,[c],,\n2024,13,11,15\n");
        next_table(&editor, &approver, "areas", later.as_bytes()).await;
        let explore = "/catalogue/areas/editions/time-series/versions/2/explore";
        site.public().get(explore).await.must_be(404);
        publish("2").await;
        let page = async |path: &str| site.public().get(path).await.must_be(200).text;

        let plain = page(explore).await;
        for part in ["chart__interval series-1", "95% confidence interval", "lower bound", "[c] confidential", "Show what was published before"] {
            assert!(plain.contains(part), "{part} {plain}");
        }
        assert!(plain.contains("explore?earlier=show#chart-figure") && !plain.contains("chart__ghost"), "{plain}");
        let ghost = page(&format!("{explore}?earlier=show")).await;
        for part in ["chart__ghost series-1", "Version 1, published ", "Hide what was published before"] {
            assert!(ghost.contains(part), "{part} {ghost}");
        }
        // Where nothing of what is drawn was revised, that is said.
        let same = page(&format!("{explore}?dim.Year=2021,2023,2024&earlier=show")).await;
        assert!(same.contains("was the same in the version before") && !same.contains("chart__ghost"), "{same}");
        let first = page(&explore.replace("versions/2", "versions/1")).await;
        assert!(first.contains("chart__interval") && !first.contains("published before"), "{first}");
        // Whoever explores figures that were superseded is led to the same part of the newest ones.
        assert!(first.contains("Make the same choices there") && !plain.contains("Make the same choices there"), "{first}");
        let part = page(&format!("{}?dim.Year=2022&sort=-Year", explore.replace("versions/2", "versions/1"))).await;
        assert!(part.contains(&format!("href=\"{explore}?dim.Year=2022&amp;sort=-Year\"")), "{part}");
        let dataset = page("/catalogue/areas").await;
        assert!(dataset.contains(&format!("{explore}?earlier=show#chart-figure")), "{dataset}");
        for language in ["", "/cy"] {
            let picture = format!("{language}{}", explore.replace("/explore", "/card.png"));
            assert!(page(&format!("{language}/catalogue/areas")).await.contains(&format!("href=\"{picture}\"")), "{picture}");
            assert_eq!(site.public().get(&picture).await.must_be(200).header("content-type"), "image/png");
        }
        let welsh = page(&format!("/cy{explore}?earlier=show")).await;
        for part in ["cyfwng hyder 95%", "Fersiwn 1, cyhoeddwyd ", "cyfrinachol", "Cuddio"] {
            assert!(welsh.contains(part), "{part} {welsh}");
        }
    }

    async fn nobody_is_led_to_the_same_choices_of_a_version_without_a_table(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let public = site.public();
        let body = json!({
            "dataset": {"id": "areas", "edition": "time-series", "version": "1"},
            "dimensions": [{"name": "Area", "options": ["Wales"]}],
        });
        let filter = public.post("/filters", body).await.must_be(201).header("location");
        let made = public.post(&format!("{filter}/submit"), json!(null)).await.must_be(201).header("location");
        let output = format!("/outputs/{}", made.rsplit('/').next().unwrap());

        let editor = site.service("writer", &[Role::Editor]).await;
        let approver = site.service("second", &[Role::Approver]).await;
        let operator = site.service("third", &[Role::Operator]).await;
        let versions = "/datasets/areas/editions/time-series/versions";
        editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        editor.upload("areas", "time-series", "2", "notes.txt", b"Words, and no table.\n").await.must_be(201);
        editor.put(&format!("{versions}/2/submit")).await.must_be(200);
        approver.put(&format!("{versions}/2/approve")).await.must_be(200);
        let bundle = approved_bundle(&editor, &approver, "Notes", &[("areas", "2")]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;

        public.get("/catalogue/areas/editions/time-series/versions/2/explore").await.must_be(404);
        for path in ["/catalogue/areas/editions/time-series/versions/1/explore", output.as_str()] {
            let page = public.get(path).await.must_be(200).text;
            assert!(page.contains("A newer version, number 2") && page.contains("href=\"/catalogue/areas/editions/time-series\""), "{page}");
            assert!(!page.contains("Make the same choices there") && !page.contains("versions/2/explore"), "{page}");
        }
    }

    async fn what_was_chosen_stays_chosen_whatever_is_looked_for(db: TestDatabase) {
        let site = Site::start(db).await;
        let areas = (0..45).map(|at| format!("Area {at:02}")).chain(["England", "Wales", "Ynys Môn"].map(str::to_owned));
        let rows: String = areas.map(|area| format!("{area},2024,1\n{area},2025,2\n")).collect();
        made_public(&site, &[("areas.csv", format!("Area,Year,Value\n{rows}").as_bytes())]).await;
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let page = async |address: &str| site.public().get(address).await.must_be(200).text;
        let found = page(&format!("{explore}?dim.Area=Wales&find.Area=eng")).await;
        assert!(found.contains("value=\"England\"") && !found.contains("value=\"Area 01\"") && found.contains("2 of 2 are listed"), "{found}");
        let mut sent = applied(&found);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(sent, [pair("find.Area", "eng"), pair("dim.Area", "Wales")]);
        sent.push(pair("dim.Area", "England"));
        let both = page(&address_of(explore, &sent)).await;
        assert!(both.contains("4 rows") && both.contains("Area: Wales") && both.contains("Area: England"), "{both}");
        // A list is pasted at once; what of it the table does not have is named, and the rest stays chosen.
        assert!(page(explore).await.contains("name=\"list.Area\""));
        let pasted = page(&format!("{explore}?dim.Area=Wales&list.Area=England%0D%0AAtlantis%0D%0AYnys%20M%C3%B4n")).await;
        for part in [">6 rows<", "Area: Wales", "Area: England", "Area: Ynys Môn", "has no option “Atlantis”"] {
            assert!(pasted.contains(part), "{part} {pasted}");
        }
        assert!(pasted.contains("/data?format=csv&amp;dim.Area=Wales,England,Ynys%20M%C3%B4n"), "{pasted}");
        // Letters are found without their accents.
        assert!(page(&format!("{explore}?find.Area=mon")).await.contains("value=\"Ynys Môn\""));
        let options = "/v1/datasets/areas/editions/time-series/versions/1/dimensions/Area/options?q=MON";
        assert_eq!(site.public().get(options).await.must_be(200).json()["items"][0]["label"], "Ynys Môn");
    }

    async fn choices_without_a_control_are_kept_by_the_form(db: TestDatabase) {
        let site = Site::start(db).await;
        let names = (1..=25).map(|at| format!("D{at:02}")).chain((1..=45).map(|at| format!("V{at:02}")));
        let head = names.collect::<Vec<_>>().join(",");
        let row = |word: &str, figure: &str| [[word; 25].as_slice(), [figure; 45].as_slice()].concat().join(",");
        let table = format!("{head}\n{}\n{}\n{}\n", row("left", "1"), row("right", "2"), row("middle", "3"));
        made_public(&site, &[("areas.csv", table.as_bytes())]).await;
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let wanted = format!("{explore}?dim.D01=left,right&dim.D25=left,right&from.V01=2&columns=D01,V45&sort=-V01,D01");
        let page = site.public().get(&wanted).await.must_be(200).text;
        assert!(page.contains("1 row<"), "{page}");
        let sent = applied(&page);
        for pair in [("dim.D01", "left"), ("dim.D01", "right"), ("dim.D25", "left"), ("dim.D25", "right"), ("from.V01", "2"), ("columns", "D01"), ("columns", "V45")] {
            assert!(sent.contains(&(pair.0.to_owned(), pair.1.to_owned())), "{pair:?} {sent:?}");
        }
        let order: Vec<&str> = sent.iter().filter(|(name, _)| name == "sort").map(|(_, value)| value.as_str()).collect();
        assert_eq!(order, ["-V01", "D01"]);
        let again = site.public().get(&address_of(explore, &sent)).await.must_be(200).text;
        assert_eq!(applied(&again), sent);
        assert!(page.contains(">Then by<") && !site.public().get(explore).await.text.contains(">Then by<"));
    }

    async fn a_page_turn_or_another_order_begins_at_the_rows(db: TestDatabase) {
        let site = Site::start(db).await;
        made_public(&site, &[("areas.csv", long_table().as_bytes())]).await;
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let page = site.public().get(&format!("{explore}?columns=Value,Area&page=2")).await.must_be(200).text;
        assert!(page.contains("id=\"rows\" tabindex=\"0\""), "{page}");
        for link in ["columns=Value,Area&amp;page=3#rows\"", "columns=Value,Area#rows\"", "columns=Value,Area&amp;sort=Area#rows\""] {
            assert!(page.contains(&format!("href=\"{explore}?{link}")), "{link} {page}");
        }
        // Each row is called by what it is about.
        let rows = rows_of(&page);
        assert!(rows.contains("<th scope=\"row\" class=\"\">Wales</th>") && !rows.contains(">Wales</td>"), "{page}");
    }

    async fn the_figure_follows_the_period_and_what_all_rows_say_is_told_above_them(db: TestDatabase) {
        let site = Site::start(db).await;
        let table = "Year,Age,Country,Unit,Value\n2023,,Wales,%,1.5\n2024,,England,%,2.5\n2025,,Wales,%,3.5\n";
        made_public(&site, &[("areas.csv", table.as_bytes())]).await;
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let page = async |path: &str| site.public().get(path).await.must_be(200).text;
        let told = ["The same in these rows: Unit: %.", "Empty in these rows: Age."];
        let whole = format!("href=\"{explore}?as=published#rows\"");

        let short = page(explore).await;
        assert_eq!(headings(&short, "rows"), ["Year", "Value", "Country"]);
        assert!(told.iter().all(|words| short.contains(words)) && short.contains(&whole), "{short}");
        assert!(short.contains("also those that are named above the table"), "{short}");
        let dataset = page("/catalogue/areas").await;
        assert_eq!(headings(&dataset, "table-caption"), ["Year", "Value", "Country"]);
        assert!(told.iter().all(|words| dataset.contains(words)) && dataset.contains(&whole), "{dataset}");
        let welsh = page(&format!("/cy{explore}")).await;
        assert!(welsh.contains("Yr un fath yn y rhesi hyn: <span lang=\"en\">Unit: %</span>"), "{welsh}");
        let framed = page("/embed/areas/editions/time-series/versions/1?view=table").await;
        assert_eq!(headings(&framed, "rows"), ["Year", "Value", "Country"]);
        assert!(told.iter().all(|words| framed.contains(words)) && !framed.contains("as=published"), "{framed}");

        // Everything where it was published is an address, too, which leads back and which other choices keep.
        let all = page(&format!("{explore}?as=published")).await;
        assert_eq!(headings(&all, "rows"), ["Year", "Age", "Country", "Unit", "Value"]);
        assert!(!all.contains(told[0]) && all.contains(&format!("href=\"{explore}#rows\"")), "{all}");
        assert!(all.contains(&format!("href=\"{explore}?sort=Age&amp;as=published#rows\"")), "{all}");
        assert!(applied(&all).contains(&("as".to_owned(), "published".to_owned())));
        // Whoever chose the columns gets them, and what rows are sorted by is not left out.
        let chosen = page(&format!("{explore}?columns=Unit,Value")).await;
        assert_eq!(headings(&chosen, "rows"), ["Unit", "Value"]);
        assert!(!chosen.contains("as=published") && !chosen.contains(told[0]), "{chosen}");
        assert_eq!(headings(&page(&format!("{explore}?sort=Unit")).await, "rows"), ["Year", "Value", "Country", "Unit"]);
        // Files hold all of it as ever.
        let csv = offered(&short).into_iter().find(|address| address.contains("format=csv")).unwrap();
        assert_eq!(page(&csv).await.lines().next(), Some("Year,Age,Country,Unit,Value"));
    }

    async fn the_explorer_shows_the_same_without_scripts(db: TestDatabase) {
        let site = Site::start(db).await;
        published(&site, AREAS).await;
        let explore = "/catalogue/areas/editions/time-series/versions/1/explore";
        let page = site.public().get(&format!("{explore}?dim.Area=Wales&sort=-Year")).await.must_be(200).text;
        assert!(page.contains("name=\"robots\" content=\"noindex\""), "{page}");
        assert!(page.contains("2 rows") && rows_of(&page).contains(">2500<") && !rows_of(&page).contains(">11<"), "{page}");
        // What the columns of the whole table hold is told beside the part.
        assert!(page.contains("What the columns hold") && page.contains("Different values"), "{page}");
        assert!(page.contains("/data?format=csv&amp;dim.Area=Wales&amp;sort=-Year"));
        // What the table does not have is told, and the rest is shown.
        let page = site.public().get(&format!("{explore}?dim.Nothing=x&dim.Year=2024")).await.must_be(200).text;
        assert!(page.contains("There is no dimension “Nothing”") && page.contains("3 rows"), "{page}");
        assert!(site.public().get(&format!("/cy{explore}")).await.must_be(200).text.contains("Archwilio"));
        site.public().get(&explore.replace("areas", "nothing")).await.must_be(404);
    }
}
