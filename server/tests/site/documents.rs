//! Metadata documents: every vocabulary, read back.

use std::collections::HashSet;

use domain::policy::Role;
use oxjsonld::JsonLdParser;
use oxrdf::Triple;
use oxttl::TurtleParser;
use reqwest::Method;
use serde_json::json;
use testkit::on_both_databases;

use crate::support::*;

const VERSION: &str = "/datasets/gdp/editions/time-series/versions/1";

async fn publish(site: &Site) -> (Caller, Caller) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver]).await;
    let operator = site.service("operator", &[Role::Operator]).await;
    let mut body = metadata("GDP");
    for (name, value) in [
        ("title_cy", json!("CMC")),
        ("publisher", json!("Office")),
        ("release_frequency", json!("Monthly")),
        ("temporal_coverage", json!("2023/2025")),
        ("spatial_coverage", json!("United Kingdom")),
        ("keywords", json!(["output"])),
        ("id", json!("gdp")),
        ("department", json!("economy")),
        ("contacts", json!([{"name": "Desk", "email": "desk@example.org", "telephone": "029 2018 0134"}])),
        ("publisher_url", json!("/about")),
        ("publisher_type", json!("Statistics office")),
        ("related_datasets", json!([{"title": "Wages", "href": "/catalogue/wages", "description": ""}])),
        ("is_based_on", json!({"@type": "population", "@id": "UR"})),
        ("methodologies", json!([{"title": "How", "href": "/about", "description": "Methods."}])),
    ] {
        body[name] = value;
    }
    editor.post("/datasets", body).await.must_be(201);
    editor.post("/datasets/gdp/editions", json!({"edition": "time-series", "title": "Time series"})).await.must_be(201);
    let versions = "/datasets/gdp/editions/time-series/versions";
    let said = json!({
        "release_date": "2026-11-16T09:30:00Z", "lowest_geography": "ltla",
        "temporal": [{"start_date": "2023", "end_date": "2025", "frequency": "Yearly"}],
        "column_notes": [{"name": "Year", "label": "Calendar year", "description": "Years end in December.",
            "quality_statement_text": "The last year is an estimate.", "quality_statement_url": "/quality",
            "code_list_url": "/topics"}],
    });
    let version = editor.post(versions, said.clone()).await.must_be(201).json();
    for name in ["lowest_geography", "temporal", "column_notes"] {
        assert_eq!(version[name], said[name], "{name}");
    }
    editor.upload("gdp", "time-series", "1", "gdp.csv", TABLE).await.must_be(201);
    editor.put(&format!("{versions}/1/submit")).await.must_be(200);
    approver.put(&format!("{versions}/1/approve")).await.must_be(200);
    let bundle = approved_bundle(&editor, &approver, "One", &[("gdp", "1")]).await;
    operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
    (editor, approver)
}

fn turtle(text: &str) -> HashSet<Triple> {
    TurtleParser::new().for_slice(text).map(Result::unwrap).collect()
}

fn json_ld(text: &str) -> HashSet<Triple> {
    JsonLdParser::new().for_slice(text).map(|quad| quad.unwrap().into()).collect()
}

async fn asking(site: &Site, accept: &str, path: &str) -> Answer {
    let public = site.public();
    public.send(public.request(Method::GET, path).header("accept", accept)).await
}

/// Whether some statement has this property, and an object that holds the text.
fn says(statements: &HashSet<Triple>, property: &str, object: &str) -> bool {
    statements.iter().any(|t| t.predicate.as_str().ends_with(property) && t.object.to_string().contains(object))
}

on_both_databases! {
    async fn dcat_is_the_same_in_turtle_and_json_and_has_what_its_profile_needs(db: TestDatabase) {
        let site = Site::start(db).await;
        publish(&site).await;
        let public = site.public();
        let ttl = public.get(&format!("{VERSION}/metadata.ttl")).await.must_be(200);
        assert_eq!(ttl.header("content-type"), "text/turtle; charset=utf-8");
        assert!(ttl.header("link").contains("metadata.jsonld"));
        let jsonld = public.get(&format!("{VERSION}/metadata.jsonld")).await.must_be(200);
        assert_eq!(jsonld.header("content-type"), "application/ld+json");
        let said = turtle(&ttl.text);
        assert_eq!(said, json_ld(&jsonld.text));
        // Mandatory and recommended properties of DCAT-AP 3 for datasets, distributions and agents.
        for (property, object) in [
            ("dc/terms/title", "\"GDP\"@en"), ("dc/terms/title", "\"CMC\"@cy"), ("dc/terms/description", "month by month"),
            ("dcat#contactPoint", "#contact-1"), ("vcard/ns#hasEmail", "mailto:desk@example.org"), ("vcard/ns#hasTelephone", "tel:02920180134"),
            ("vcard/ns#fn", "Desk"), ("dcat#distribution", "/v1/files/"), ("dcat#keyword", "output"), ("dc/terms/publisher", "#publisher"),
            ("foaf/0.1/name", "Office"), ("dc/terms/spatial", "#place"), ("dc/terms/temporal", "#period"), ("dcat#startDate", "2023-01-01"),
            ("dcat#endDate", "2025-12-31"), ("dcat#theme", "/v1/topics/output"), ("skos/core#prefLabel", "\"Allbwn\"@cy"),
            ("dc/terms/accrualPeriodicity", "authority/frequency/MONTHLY"), ("dcat#accessURL", "/catalogue/gdp"), ("dcat#downloadURL", "/files/downloads/gdp/gdp.csv"),
            ("dcat#mediaType", "media-types/text/csv"), ("dc/terms/format", "file-type/CSV"), ("dcat#byteSize", "nonNegativeInteger"),
            ("spdx.org/rdf/terms#checksumValue", "hexBinary"), ("spdx.org/rdf/terms#algorithm", "checksumAlgorithm_sha256"), ("dc/terms/license", "open-government-licence"),
            ("dcat#isVersionOf", "/v1/datasets/gdp"), ("dcat#version", "\"1\""), ("dcat#landingPage", "/catalogue/gdp"), ("dc/terms/issued", "2026-11-16T09:30:00Z"),
            ("dc/terms/accessRights", "PUBLIC"), ("foaf/0.1/page", "/about"),
            ("dc/terms/source", "#source"), ("ns/prov#wasDerivedFrom", "#source"), ("dc/terms/identifier", "\"UR\""),
            ("dc/terms/relation", "/catalogue/wages"), ("foaf/0.1/homepage", "/about"), ("dc/terms/type", "#publisher-type"),
            ("dcat#temporalResolution", "P1Y"),
        ] {
            assert!(says(&said, property, object), "{property} {object} is missing from {}", ttl.text);
        }
        let again = public.request(Method::GET, &format!("{VERSION}/metadata.ttl")).header("if-none-match", ttl.header("etag"));
        public.send(again).await.must_be(304);
    }

    async fn accept_chooses_the_vocabulary(db: TestDatabase) {
        let site = Site::start(db).await;
        publish(&site).await;
        let metadata = format!("{VERSION}/metadata");
        for (accept, content_type, part) in [
            ("*/*", "application/json", "\"dataset_id\":\"gdp\""),
            ("application/ld+json", "application/ld+json", "dcat"),
            ("text/turtle", "text/turtle; charset=utf-8", "@prefix dcat:"),
            ("application/ld+json;profile=\"https://schema.org/\"", "application/ld+json;profile=\"https://schema.org/\"", "\"@type\":\"Dataset\""),
            ("application/csvm+json", "application/csvm+json", "http://www.w3.org/ns/csvw"),
            ("application/vnd.datapackage+json", "application/vnd.datapackage+json", "\"resources\""),
            ("text/plain", "text/plain; charset=utf-8", "\nDataset: gdp\n"),
        ] {
            let answer = asking(&site, accept, &metadata).await.must_be(200);
            assert_eq!(answer.header("content-type"), content_type);
            assert!(answer.text.contains(part) && answer.header("vary").contains("Accept"), "{accept} {}", answer.text);
        }
        assert_eq!(asking(&site, "application/rdf+xml", &metadata).await.must_be(406).code(), "NOT_ACCEPTABLE");
        let browser = asking(&site, "text/html,*/*;q=0.8", &metadata).await.must_be(303);
        assert_eq!(browser.header("location"), "/catalogue/gdp/editions/time-series/versions/1");
        let public = site.public();
        for suffix in ["json", "jsonld", "ttl", "schema.jsonld", "csvw.json", "datapackage.json", "txt"] {
            public.get(&format!("{VERSION}/metadata.{suffix}")).await.must_be(200);
        }
        public.get(&format!("{VERSION}/metadata.xml")).await.must_be(404);
        public.get(&format!("{VERSION}/anything")).await.must_be(404);
        public.get(&format!("{VERSION}/metadata.ttl?colour=red")).await.must_be(400);
        let package = public.get(&format!("{VERSION}/metadata.datapackage.json")).await.json();
        assert_eq!(package["resources"][0]["schema"]["fields"][1], json!({"name": "Value", "type": "number"}));
        assert_eq!(package["resources"][0]["schema"]["fields"][0]["description"], "Years end in December.");
        assert_eq!(package["sources"], json!([{"title": "UR"}]));
        let table = public.get(&format!("{VERSION}/metadata.csvw.json")).await.json();
        let year = &table["tables"][0]["tableSchema"]["columns"][0];
        assert_eq!(year["dc:description"], "Years end in December.");
        assert_eq!(year["titles"], json!(["Calendar year", "Year"]));
    }

    async fn plain_words_tell_every_fact_and_how_each_dimension_begins(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver) = publish(&site).await;
        let public = site.public();
        let address = format!("{VERSION}/metadata.txt");
        let told = public.get(&address).await.must_be(200);
        assert_eq!(told.header("content-type"), "text/plain; charset=utf-8");
        assert!(told.header("link").contains("metadata.jsonld"), "{}", told.header("link"));
        for said in [
            "GDP\n===\n", "\nTitle in Welsh: CMC\n", "\nEdition: Time series (time-series)\n", "\nVersion: 1\n", "\nReleased: 16 November 2026, 9:30am\n",
            "/catalogue/gdp/editions/time-series/versions/1\n", "\nPublisher: Office\n", "/about\n", "\nKind of publisher: Statistics office\n",
            "\nTopics: Output\n", "\nKeywords: output\n", "\nLicence: Open Government Licence v3.0 https://", "\nDesignation: Official statistics\n",
            "\nTime covered: 2023/2025\n", "\nPeriods: 2023 to 2025 (Yearly)\n", "\nArea covered: United Kingdom\n", "\nLowest level of areas: ",
            "\nDerived from: UR (population)\n", "\nContacts:\n  Desk\n    desk@example.org\n    029 2018 0134\n",
            "\nQuality and methods:\n  How\n    Methods.\n    http", "\nRelated datasets:\n  Wages\n    http", "\nFiles:\n  gdp.csv\n",
            "    Years end in December.\n", "    The last year is an estimate.\n", "    List of codes: http", "\n  Calendar year (Year): dimension, ",
            "    3 options: ", "/dimensions/Year/options?file=gdp.csv\n",
        ] {
            assert!(told.text.contains(said), "{said} is missing from {}", told.text);
        }
        let listed = told.text.split("Options: ").nth(1).unwrap().lines().next().unwrap();
        let listed = &listed[listed.find("/v1/").unwrap()..];
        assert_eq!(public.get(listed).await.must_be(200).json()["total_count"], 3);
        let again = public.request(Method::GET, &address).header("if-none-match", told.header("etag"));
        public.send(again).await.must_be(304);
        let head = public.send(public.request(Method::HEAD, &address)).await.must_be(200);
        assert_eq!((head.header("etag"), head.text.as_str()), (told.header("etag"), ""));

        // Very many options are counted and only begun; before its instant a version tells of its options only how many there are.
        let rows: String = (0..3_000).map(|n| format!("Place number {n},2023,{n}.5\n")).collect();
        table_version(&editor, &approver, "codes", format!("Place,Year,Value\n{rows}").as_bytes()).await;
        let codes = "/datasets/codes/editions/time-series/versions/1/metadata.txt";
        let early = editor.get(codes).await.must_be(200).text;
        assert!(early.contains("    3000 options\n") && !early.contains("Place number"), "{early}");
        let bundle = approved_bundle(&editor, &approver, "Codes", &[("codes", "1")]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let told = public.get(codes).await.must_be(200).text;
        assert!(told.contains("3000 options, the first are: Place number 0, Place number 1, ") && !told.contains("Place number 5"), "{told}");
    }

    async fn a_document_that_has_nothing_to_say_is_not_named(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, _) = publish(&site).await;
        begin_dataset(&editor, "notes", "Notes").await;
        let notes = "/datasets/notes/editions/time-series/versions";
        editor.post(notes, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        editor.upload("notes", "time-series", "1", "notes.txt", b"Words, and no table.\n").await.must_be(201);
        editor.get(&format!("{notes}/1/metadata.csvw.json")).await.must_be(404);
        let without = format!("{notes}/1");
        for (version, has_csv) in [(VERSION, true), (without.as_str(), false)] {
            for suffix in ["json", "ttl", "jsonld", "txt"] {
                let links = editor.get(&format!("{version}/metadata.{suffix}")).await.must_be(200).header("link");
                assert!(links.contains("metadata.datapackage.json"), "{links}");
                assert_eq!(links.contains("metadata.csvw.json"), has_csv, "{version} {suffix}: {links}");
            }
        }
    }

    async fn the_page_tells_search_engines_what_the_document_says(db: TestDatabase) {
        let site = Site::start(db).await;
        publish(&site).await;
        let page = site.public().get("/catalogue/gdp").await.must_be(200);
        let mut scripts = page.text.split("<script type=\"application/ld+json\"").skip(1);
        let script = scripts.find(|script| script.contains("\"@type\":\"Dataset\"")).unwrap();
        let (_, rest) = script.split_once('>').unwrap();
        let told: serde_json::Value = serde_json::from_str(rest.split("</script>").next().unwrap()).unwrap();
        let document = site.public().get(&format!("{VERSION}/metadata.schema.jsonld")).await.json();
        for field in ["@type", "name", "version", "temporalCoverage", "keywords"] {
            assert_eq!(told[field], document[field], "{field}");
        }
        assert_eq!(document["distribution"][0]["sha256"].as_str().unwrap().len(), 64);
        assert_eq!(document["temporalCoverage"], "2023-01-01/2025-12-31");
        assert_eq!(document["isBasedOn"]["identifier"], "UR");
        assert!(document["publisher"]["url"].as_str().unwrap().ends_with("/about"));
        assert!(page.text.contains("metadata.ttl"), "the page leads to its documents");
        for (path, words) in [("/catalogue/gdp", "Description in words"), ("/cy/catalogue/gdp", "Disgrifiad mewn geiriau")] {
            let page = site.public().get(path).await.must_be(200).text;
            assert!(page.contains(&format!("/v1{VERSION}/metadata.txt")) && page.contains(words), "{path} {page}");
        }
    }

    async fn the_page_says_what_the_figures_cover_and_come_from(db: TestDatabase) {
        let site = Site::start(db).await;
        publish(&site).await;
        let public = site.public();
        for (path, words) in [
            ("/catalogue/gdp", ["2023 to 2025", "Local authorities", "Related datasets", "Derived from", "Years end in December."]),
            ("/cy/catalogue/gdp", ["2023 – 2025", "Awdurdodau lleol", "Setiau data cysylltiedig", "Wedi’i seilio ar", "Ansawdd y golofn hon"]),
            ("/catalogue/gdp/quality", ["2023 to 2025", "Local authorities", "Statistics office", "Derived from", "The last year is an estimate."]),
        ] {
            let page = public.get(path).await.must_be(200).text;
            for said in words {
                assert!(page.contains(said), "{path} {said} {page}");
            }
        }
        let version = public.get(VERSION).await.must_be(200).json();
        let year = &version["dimensions"][0];
        assert_eq!((&year["label"], &year["description"]), (&json!("Calendar year"), &json!("Years end in December.")));
        assert_eq!((&year["heading"], &year["quality_statement_url"]), (&json!("Year"), &json!("/quality")));
        assert_eq!(year["code_list_url"], "/topics");
        public.get(year["links"]["options"].as_str().unwrap()).await.must_be(200);
        // Where it is listed with its size it says the same.
        let mut listed = public.get(&format!("{VERSION}/dimensions")).await.must_be(200).json()["items"][0].clone();
        assert_eq!(listed.as_object_mut().unwrap().remove("option_count"), Some(json!(3)));
        assert_eq!(&listed, year);
        let page = public.get("/catalogue/gdp").await.must_be(200).text;
        assert!(page.contains("List of the codes") && page.contains("href=\"/topics\""), "{page}");
    }

    async fn documents_of_the_hidden_are_missing(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver) = publish(&site).await;
        next_version(&editor, &approver, "gdp").await;
        let second = "/datasets/gdp/editions/time-series/versions/2";
        for rest in ["metadata", "metadata.ttl", "metadata.jsonld", "metadata.schema.jsonld", "metadata.txt", "dimensions", "dimensions/Year/options", "alerts"] {
            editor.get(&format!("{second}/{rest}")).await.must_be(200);
            let mut texts = Vec::new();
            for number in [2, 3] {
                let answer = site.public().get(&format!("/datasets/gdp/editions/time-series/versions/{number}/{rest}")).await.must_be(404);
                texts.push(answer.json()["error"]["message"].clone());
            }
            assert_eq!(texts[0], texts[1], "{rest}");
        }
        // Nothing of the second version in the documents of the first, nor in the catalogue.
        let before = site.public().get("/v1/catalog.ttl").await.must_be(200);
        assert!(!before.text.contains("versions/2"));
        assert!(!editor.get("/v1/catalog.ttl").await.must_be(200).text.contains("versions/2"));
    }

    async fn the_whole_catalogue_is_harvested_in_parts(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver) = publish(&site).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "prices", "Prices").await;
        let bundle = approved_bundle(&editor, &approver, "Two", &[("prices", "1")]).await;
        operator.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let public = site.public();
        let first = public.get("/v1/catalog.ttl?limit=1").await.must_be(200);
        let next = first.header("link").split(['<', '>']).nth(1).unwrap().to_owned();
        let address = next.split("/v1/").nth(1).unwrap();
        let second = public.get(&format!("/v1/{address}")).await.must_be(200);
        assert!(second.header("link").is_empty());
        let (first, second) = (turtle(&first.text), turtle(&second.text));
        assert!(says(&first, "dcat#dataset", "/datasets/gdp/") && says(&second, "dcat#dataset", "/datasets/prices/"));
        assert!(says(&first, "core#next", "offset=1") && !says(&second, "core#next", ""));
        assert!(says(&first, "core#totalItems", "\"2\""));
        let whole = json_ld(&public.get("/v1/catalog.jsonld").await.must_be(200).text);
        assert!(says(&whole, "dcat#dataset", "/datasets/gdp/") && says(&whole, "dcat#dataset", "/datasets/prices/"));
    }
}
