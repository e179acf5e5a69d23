//! Images: taken in safely, changed while their version is in preparation, public with it and not before.

use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const VERSION: &str = "/datasets/gdp/editions/time-series/versions/1";

async fn begun(site: &Site) -> (Caller, Caller) {
    let editor = site.service("editor", &[Role::Editor]).await;
    let approver = site.service("approver", &[Role::Approver, Role::Operator]).await;
    begin_dataset(&editor, "gdp", "GDP").await;
    let version = json!({"release_date": "2026-11-23T09:30:00Z"});
    editor.post("/datasets/gdp/editions/time-series/versions", version).await.must_be(201);
    editor.upload("gdp", "time-series", "1", "gdp.csv", TABLE).await.must_be(201);
    (editor, approver)
}

/// Approves the version and publishes it in a bundle.
async fn publish(site: &Site, editor: &Caller, approver: &Caller) {
    editor.put(&format!("{VERSION}/submit")).await.must_be(200);
    approver.put(&format!("{VERSION}/approve")).await.must_be(200);
    let bundle = approved_bundle(editor, approver, "GDP", &[("gdp", "1")]).await;
    approver.post(&format!("/bundles/{bundle}/publish"), json!({"reason": "now"})).await.must_be(202);
    site.run_tasks().await;
}

fn fields(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    let fields = body["error"]["details"]["fields"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    fields.map(|field| (text(&field["field"]), text(&field["code"]))).collect()
}

/// The checksum that parts of a PNG image carry.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _: usize| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

on_both_databases! {
    async fn an_image_is_public_with_its_version_and_not_before(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver) = begun(&site).await;
        let added = editor.add_image("gdp", "time-series", "A line that rises", PICTURE).await.must_be(201);
        let image = added.json();
        let id = image["id"].as_str().unwrap();
        let path = format!("/images/{id}");
        assert_eq!(added.header("location"), format!("/v1{path}"));
        assert_eq!(image["state"], "created");
        let sizes = image["downloads"].as_array().unwrap();
        let sides: Vec<(&str, u64, u64)> = sizes.iter()
            .map(|size| (size["variant"].as_str().unwrap(), size["width"].as_u64().unwrap(), size["height"].as_u64().unwrap()))
            .collect();
        assert_eq!(sides, [("small", 320, 179), ("medium", 640, 358), ("original", 1000, 560)]);

        // Hidden like the unknown, in every size and in the list.
        let addresses = [path.clone(), format!("{path}/downloads"), format!("{path}/downloads/original")];
        for address in &addresses {
            let hidden = site.public().get(address).await.must_be(404);
            let unknown = site.public().get(&address.replace(id, "00000000-0000-7000-8000-000000000000")).await.must_be(404);
            assert_eq!(hidden.json()["error"]["message"], unknown.json()["error"]["message"], "{address}");
        }
        site.public().get(&format!("{VERSION}/images")).await.must_be(404);
        editor.get(&addresses[2]).await.must_be(200);
        let looks = site.environment().get("/audit?action=previewed").await.must_be(200).json();
        let look = &looks["items"][0];
        assert_eq!((&look["resource_type"], look["resource_id"].as_str()), (&json!("image"), Some(id)));

        publish(&site, &editor, &approver).await;
        let read = site.public().get(&path).await.must_be(200).json();
        assert_eq!((&read["state"], &read["alt"]), (&json!("published"), &json!("A line that rises")));
        assert_eq!(site.public().get(&format!("{VERSION}/images")).await.must_be(200).json()["items"], json!([read]));
        let small = format!("{path}/downloads/small");
        let answer = site.public().get(&small).await.must_be(200);
        assert_eq!(answer.header("content-type"), "image/png");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("etag"), format!("\"sha256-{}\"", sizes[0]["sha256"].as_str().unwrap()));
        let public = site.public();
        let again = public.send(public.request(Method::GET, &small).header("if-none-match", answer.header("etag"))).await;
        assert_eq!(again.must_be(304).text, "");
        let head = public.send(public.request(Method::HEAD, &small)).await.must_be(200);
        assert_eq!(head.header("content-length"), sizes[0]["size"].to_string());
        public.get(&format!("{path}/downloads/large")).await.must_be(404);
        // The page shows it without moving when it comes.
        let page = public.get("/catalogue/gdp").await.must_be(200).text;
        for part in [format!("/images/{id}/downloads/small 320w"), "alt=\"A line that rises\"".to_owned(), "width=\"1000\"".to_owned()] {
            assert!(page.contains(&part), "{part}");
        }
        // Published is never edited.
        let words = json!({"alt": "Something else"});
        assert_eq!(editor.change(Method::PUT, &path, words).await.must_be(409).json()["error"]["code"], "CONFLICT");
    }

    async fn a_public_image_is_withdrawn_for_a_reason_and_given_out_again(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver) = begun(&site).await;
        let previewer = site.service("previewer", &[Role::Previewer]).await;
        let image = editor.add_image("gdp", "time-series", "A line that rises", DOT).await.must_be(201).json();
        let other = editor.add_image("gdp", "time-series", "Another line", DOT).await.must_be(201).json();
        let id = image["id"].as_str().unwrap();
        let (withdraw, reinstate) = (format!("/images/{id}/withdraw"), format!("/images/{id}/reinstate"));
        let recall = json!({"reason": "It shows somebody.", "notice": "A picture is being replaced."});
        assert!(approver.put_json(&withdraw, recall.clone()).await.must_be(409).text.contains("not_published"));
        publish(&site, &editor, &approver).await;
        let public = site.public();
        let path = format!("/images/{id}");
        let addresses = [path.clone(), format!("{path}/downloads"), format!("{path}/downloads/original")];
        for address in &addresses {
            public.get(address).await.must_be(200);
        }
        let ids = async || {
            let listed = public.get(&format!("{VERSION}/images")).await.must_be(200).json();
            listed["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
        };

        editor.put_json(&withdraw, recall.clone()).await.must_be(403);
        assert_eq!(fields(&approver.put_json(&withdraw, json!({})).await.must_be(422)), [("reason", "required")].map(owned));
        assert!(approver.put_json(&reinstate, recall.clone()).await.must_be(409).text.contains("not_withdrawn"));
        assert_eq!(approver.put_json(&withdraw, recall.clone()).await.must_be(200).json()["state"], "withdrawn");
        assert!(approver.put_json(&withdraw, recall).await.must_be(409).text.contains("already_withdrawn"));
        // Hidden like the unknown from all but those who work on it, in every size.
        for address in &addresses {
            for who in [&public, &previewer] {
                let hidden = who.get(address).await.must_be(404);
                let unknown = who.get(&address.replace(id, "00000000-0000-7000-8000-000000000000")).await.must_be(404);
                assert_eq!(hidden.json()["error"]["message"], unknown.json()["error"]["message"], "{address}");
            }
            editor.get(address).await.must_be(200);
        }
        previewer.put_json(&reinstate, json!({"reason": "It is mine."})).await.must_be(404);
        assert_eq!(ids().await, [other["id"].clone()]);
        let page = public.get("/catalogue/gdp").await.must_be(200).text;
        assert!(!page.contains(id) && page.contains("A picture is being replaced."), "{page}");
        let audit = site.environment().get("/audit?action=image_withdrawn").await.must_be(200).json();
        let record = &audit["items"][0];
        assert_eq!((record["reason"].as_str(), record["details"]["image_id"].as_str()), (Some("It shows somebody."), Some(id)));
        assert_eq!((&record["before"]["state"], &record["after"]["state"]), (&json!("published"), &json!("withdrawn")));

        let again = approver.put_json(&reinstate, json!({"reason": "They agreed."})).await.must_be(200).json();
        assert_eq!(again["state"], "published");
        assert_eq!(ids().await, [image["id"].clone(), other["id"].clone()]);
        for address in &addresses {
            public.get(address).await.must_be(200);
        }
        assert!(public.get("/catalogue/gdp").await.must_be(200).text.contains(id));
    }

    async fn an_image_is_recalled_from_the_page_of_its_version(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver) = begun(&site).await;
        let image = editor.add_image("gdp", "time-series", "A line that rises", DOT).await.must_be(201).json();
        let id = ("id", image["id"].as_str().unwrap());
        publish(&site, &editor, &approver).await;
        for (email, role) in [("editor@example.org", Role::Editor), ("approver@example.org", Role::Approver)] {
            site.account(email, &[role]).await;
        }
        let mut browser = Browser::signed_in(&site, "approver@example.org").await;
        let mut other = Browser::signed_in(&site, "editor@example.org").await;
        let page = format!("/admin{VERSION}");
        assert!(browser.get(&page).await.must_be(200).text.contains("/rpc/images/withdraw"));
        assert!(!other.get(&page).await.must_be(200).text.contains("/rpc/images/withdraw"));
        let refused = browser.submit("/rpc/images/withdraw", &page, &[id, ("reason", " ")]).await;
        assert!(refused.text.contains("Say why."), "{}", refused.text);
        let download = format!("/images/{}/downloads/original", id.1);
        other.submit("/rpc/images/withdraw", &page, &[id, ("reason", "It is mine.")]).await;
        site.public().get(&download).await.must_be(200);

        let done = browser.submit("/rpc/images/withdraw", &page, &[id, ("reason", "It shows somebody.")]).await.must_be(200);
        for words in ["The image was withdrawn.", "/rpc/images/reinstate", "state--withdrawn", "withdrew an image, A line that rises", "It shows somebody."] {
            assert!(done.text.contains(words), "{words}: {}", done.text);
        }
        site.public().get(&download).await.must_be(404);
        let seen = other.get(&page).await.must_be(200).text;
        assert!(seen.contains("state--withdrawn") && !seen.contains("/rpc/images/reinstate"), "{seen}");
        let done = browser.submit("/rpc/images/reinstate", &page, &[id, ("reason", "They agreed.")]).await.must_be(200);
        assert!(done.text.contains("The image is given out again."), "{}", done.text);
        site.public().get(&download).await.must_be(200);
    }

    async fn what_is_not_a_picture_or_has_no_words_is_refused_with_every_problem(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, _) = begun(&site).await;
        let add = async |alt: &'static str, bytes: &[u8]| editor.add_image("gdp", "time-series", alt, bytes).await;
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        assert_eq!(fields(&add(" ", svg).await.must_be(422)), [("alt", "required"), ("file", "not_an_image")].map(owned));
        assert_eq!(fields(&add("A line", &PICTURE[..2000]).await.must_be(422)), [("file", "damaged")].map(owned));
        // A header that claims 60,000 by 60,000 pixels, and is sound by its checksum.
        let mut bomb = PICTURE.to_vec();
        bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        let checksum = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(fields(&add("A line", &bomb).await.must_be(422)), [("file", "image_too_large")].map(owned));
        let none = editor.get(&format!("{VERSION}/images")).await.must_be(200).json();
        assert_eq!(none["total_count"], 0);
        // Whoever may not write the dataset is told before the picture is looked at.
        let elsewhere = Grant { departments: vec!["prices".into()], ..Grant::of(Role::Editor) };
        site.department("prices").await;
        let stranger = site.service_with("elsewhere", &[elsewhere], false).await;
        stranger.add_image("gdp", "time-series", "A line", svg).await.must_be(404);
    }

    async fn the_form_keeps_what_it_has_no_field_for(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, _) = begun(&site).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let image = editor.add_image("gdp", "time-series", "A dot", DOT).await.must_be(201);
        let id = image.json()["id"].as_str().unwrap().to_owned();
        let words = json!({"alt": "A dot", "title": "Figure 1"});
        let tag = editor.change(Method::PUT, &format!("/images/{id}"), words).await.must_be(200).header("etag");
        // A tag is `"r2-…"`: the revision, and whatever else the answer depends on.
        let revision: String = tag.trim_start_matches("\"r").chars().take_while(char::is_ascii_digit).collect();
        let mut browser = Browser::signed_in(&site, "editor@example.org").await;
        let page = format!("/admin{VERSION}");
        let fields = [("id", id.as_str()), ("revision", revision.as_str()), ("alt", "A blue dot"), ("caption", "Seen from afar")];
        let after = browser.submit("/rpc/images/edit", &page, &fields).await.must_be(200).text;
        assert!(after.contains("words were saved"), "{after}");
        let kept = editor.get(&format!("/images/{id}")).await.must_be(200).json();
        assert_eq!([&kept["alt"], &kept["caption"], &kept["title"]], ["A blue dot", "Seen from afar", "Figure 1"], "{kept}");
    }

    async fn words_are_changed_on_the_revision_that_was_read_and_an_image_can_go(db: TestDatabase) {
        let site = Site::start(db).await;
        let (editor, approver) = begun(&site).await;
        let image = editor.add_image("gdp", "time-series", "A dot", DOT).await.must_be(201);
        let path = format!("/images/{}", image.json()["id"].as_str().unwrap());
        let words = json!({"alt": "A blue dot", "caption": "Seen from afar"});
        let put = |tag: Option<&str>| {
            let asked = editor.request(Method::PUT, &path).json(&words);
            match tag { Some(tag) => asked.header("if-match", tag), None => asked }
        };
        editor.send(put(None)).await.must_be(428);
        editor.send(put(Some("\"r9\""))).await.must_be(412);
        let tag = image.header("etag");
        assert_eq!(editor.send(put(Some(&tag))).await.must_be(200).json()["caption"], "Seen from afar");
        editor.send(put(Some(&tag))).await.must_be(412);
        assert_eq!(fields(&editor.change(Method::PUT, &path, json!({})).await.must_be(422)), [("alt", "required")].map(owned));

        // In a bundle it stays as it was approved; taken back it can go, and its bytes with it.
        editor.put(&format!("{VERSION}/submit")).await.must_be(200);
        editor.change(Method::DELETE, &path, json!(null)).await.must_be(409);
        approver.send(approver.request(Method::PUT, &format!("{VERSION}/return")).json(&json!({"reason": "again"}))).await.must_be(200);
        let key = format!("images/{}/original", image.json()["id"].as_str().unwrap());
        assert!(site.services.storage.get(&key, None).await.unwrap().is_some());
        let tag = editor.get(&path).await.header("etag");
        editor.send(editor.request(Method::DELETE, &path).header("if-match", tag)).await.must_be(204);
        editor.get(&path).await.must_be(404);
        assert!(site.services.storage.get(&key, None).await.unwrap().is_none());
    }
}

fn owned((field, code): (&str, &str)) -> (String, String) {
    (field.to_owned(), code.to_owned())
}
