//! Imports of metadata that a fault ends midway, and those that are chosen as a file.

use domain::curation::ImportOutcome;
use domain::policy::Role;
use domain::several::{FAILED_AT, NOT_TRIED};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use services::imports::{Sent, carry_out, rehearse};
use services::{Ctx, Services};
use testkit::on_both_databases;

use crate::browser::Browser;
use crate::support::*;

const PAGE: &str = "/admin/imports";
const CSV: &str =
    "id,department,title,topics\ncpi,economy,Prices,output\ngdp,economy,Output,output\nrpi,economy,Retail,output\n";

/// What became of each line of an import that is carried out.
async fn outcomes(services: &Services, csv: &str) -> Vec<ImportOutcome> {
    let ctx = Ctx::system("test", services.clock.now());
    let report = carry_out(services, &ctx, csv, Sent::default()).await.unwrap();
    report.lines.into_iter().map(|line| line.outcome).collect()
}

on_both_databases! {
    async fn what_an_import_did_before_a_fault_is_told_and_nothing_is_tried_after_it(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let api = site.service("editor", &[Role::Editor]).await;
        begin_dataset(&api, "gdp", "GDP").await;
        // As no code of ours writes it, so that it cannot be read.
        site.database.execute("UPDATE datasets SET last_edited_by = 'nobody' WHERE id = 'gdp'").await.unwrap();
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        let told = editor.submit("/rpc/imports/carry-out", PAGE, &[("csv", CSV)]).await.must_be(200).text.replace("<!>", "");
        for part in ["Made: 1. Changed: 0.", "Not certain", FAILED_AT, "Not tried", NOT_TRIED, "A fault of the service ended it"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(told.contains("rpi,economy,Retail,output"), "it can be sent again: {told}");
        assert!(told.contains("href=\"/admin/datasets/cpi\"") && !told.contains("href=\"/admin/datasets/rpi\""), "{told}");
        api.get("/datasets/cpi").await.must_be(200);
        api.get("/datasets/rpi").await.must_be(404);

        let fault = |why: &str| ImportOutcome::Refused(vec![why.to_owned()]);
        assert_eq!(outcomes(&site.services, CSV).await, [ImportOutcome::Same, fault(FAILED_AT), fault(NOT_TRIED)]);
        let ctx = Ctx::system("test", site.now());
        assert!(rehearse(&site.services, &ctx, CSV, Sent::default()).await.is_err(), "a rehearsal has nothing to tell of");

        // Lines that were not tried may name any file.
        let mut sent = Sent::default();
        sent.look_at("rpi.csv", 10);
        let report = carry_out(&site.services, &ctx, CSV, sent).await.unwrap();
        assert!(report.was_cut_short() && report.superfluous.is_empty(), "{:?}", report.superfluous);
    }

    async fn a_rehearsal_without_departments_says_that_they_are_missing(db: TestDatabase) {
        let site = Site::start(db).await;
        let ctx = Ctx::system("test", site.now());
        let refused = async |csv: &str| {
            let report = rehearse(&site.services, &ctx, csv, Sent::default()).await.unwrap();
            format!("{:?}", report.lines[0].outcome)
        };
        for csv in ["id,title,topics\ncpi,Prices,output\n", "id,department,title,topics\ncpi,,Prices,output\n"] {
            let told = refused(csv).await;
            assert!(told.contains("Add a column called department") && !told.contains("There is no department"), "{told}");
        }
        let unknown = refused("id,department,title,topics\ncpi,nobody,Prices,output\n").await;
        assert!(unknown.contains("There is no department nobody."), "{unknown}");
    }

    async fn the_csv_of_an_import_is_chosen_as_a_file(db: TestDatabase) {
        let site = Site::start(db).await;
        site.account("editor@example.org", &[Role::Editor]).await;
        let mut editor = Browser::signed_in(&site, "editor@example.org").await;
        assert!(editor.get(PAGE).await.must_be(200).text.contains("name=\"csv_file\""));
        let send = async |cookie: String, csv: Vec<u8>| {
            let form = Form::new().text("step", "rehearse").text("csv", "id,colour\nx,red\n");
            let form = form.part("csv_file", Part::bytes(csv).file_name("datasets.csv"));
            let public = site.public();
            let request = public.request(Method::POST, "/rpc/imports/files").header("cookie", cookie);
            let request = request.header("sec-fetch-site", "same-origin").header("accept", "text/html").multipart(form);
            public.send(request).await.must_be(303)
        };
        send(editor.cookie(), CSV.as_bytes().to_vec()).await;
        let seen = editor.get(PAGE).await.must_be(200).text.replace("<!>", "");
        assert!(seen.contains("Import 3 of 3 lines") && !seen.contains("There is no column colour."), "{seen}");
        assert!(seen.contains("rpi,economy,Retail,output"), "it goes along to the import: {seen}");
        send(editor.cookie(), b"id,title\ncpi,Caf\xe9\n".to_vec()).await;
        let refused = editor.get(PAGE).await.must_be(200).text;
        assert!(refused.contains("Line 2 is not in UTF-8.") && refused.contains("id,colour"), "{refused}");
    }
}
