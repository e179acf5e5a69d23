//! The copy in the public bucket, and downloads that lead there.

use domain::policy::Role;
use domain::version::VersionAction;
use serde_json::json;
use services::deliveries;
use services::versions::{VersionKey, take_step};
use storage::{Backend, Secret, Settings, Storage};
use testkit::foreign_s3::ForeignS3;
use testkit::on_both_databases;

use crate::support::*;
use crate::uploads::Faulty;

async fn bucket(endpoint: &str, name: &str) -> Storage {
    let backend = Backend::Remote {
        endpoint: Some(endpoint.to_owned()),
        access_key_id: "test".to_owned(),
        secret_access_key: Secret::new("test"),
        force_path_style: true,
        encryption: None,
    };
    Storage::open(&Settings { region: "eu-west-2".to_owned(), bucket: name.to_owned(), backend }).await.unwrap()
}

/// Settings of a site with both buckets on a foreign S3.
fn buckets<'s>(endpoint: &'s str, public: &'s str, private: &'s str) -> [(&'static str, &'s str); 6] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("S3_PRIVATE_BUCKET_NAME", private),
        ("S3_BUCKET_NAME", public),
        ("DELIVERY_BACKOFF", "1s"),
    ]
}

on_both_databases! {
    async fn nothing_unpublished_ever_lies_in_the_public_bucket(db: TestDatabase) {
        let s3 = ForeignS3::start().await.unwrap();
        let endpoint = s3.endpoint().to_owned();
        let name = format!("public-{}", services::ids::new_id(chrono::DateTime::UNIX_EPOCH));
        let private = format!("private-{name}");
        let public = bucket(&endpoint, &name).await;
        let keys = async || public.list("").await.unwrap();
        let site = Site::start_as(db, &buckets(&endpoint, &name, &private)).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        // Files of a version that is edited, one that is approved and one in a bundle, with a picture, and read by its editor.
        begin_dataset(&editor, "wages", "Wages").await;
        let versions = "/datasets/wages/editions/time-series/versions";
        editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
        let draft = editor.upload("wages", "time-series", "1", "wages.csv", TABLE).await.must_be(201).json();
        editor.add_image("wages", "time-series", "A chart.", DOT).await.must_be(201);
        editor.get(&format!("/files/{}/content", draft["id"].as_str().unwrap())).await.must_be(200);
        editor.get(&format!("{versions}/1/data")).await.must_be(200);
        approved_version(&editor, &approver, "prices", "Prices").await;
        approved_version(&editor, &approver, "cpi", "CPI").await;
        site.run_tasks().await;
        let id = approved_bundle(&editor, &approver, "CPI", &[("cpi", "1")]).await;
        site.run_tasks().await;
        assert!(keys().await.is_empty(), "{:?}", keys().await);
        let held = site.services.storage.list("").await.unwrap();
        assert!(held.iter().filter(|key| key.starts_with("files/")).count() == 3, "{held:?}");

        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let published = keys().await;
        assert_eq!(published.len(), 1);
        // Neither before nor afterwards is there an address that somebody could have tried.
        let secret = guarded(&published[0]);
        assert!(uuid::Uuid::parse_str(secret).is_ok_and(|id| id.get_version_num() == 4), "{published:?}");
        // Neither does the next version before its time.
        next_version(&editor, &approver, "cpi").await;
        site.run_tasks().await;
        assert_eq!(keys().await, published);
    }

    async fn published_files_are_copied_and_downloads_lead_to_the_copy(db: TestDatabase) {
        let s3 = ForeignS3::start().await.unwrap();
        let endpoint = s3.endpoint().to_owned();
        let name = format!("public-{}", services::ids::new_id(chrono::DateTime::UNIX_EPOCH));
        let private = format!("private-{name}");
        let site = Site::start_as(db, &buckets(&endpoint, &name, &private)).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        let file = approved_version(&editor, &approver, "cpi", "CPI").await;
        let id = approved_bundle(&editor, &approver, "CPI", &[("cpi", "1")]).await;
        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;

        // Without the bucket the bytes come from here, and the step is owed.
        let download = "/files/downloads/cpi/cpi.csv";
        assert_eq!(site.public().get(download).await.must_be(200).text.as_bytes(), TABLE);
        let step = async || operator.get(&format!("/bundles/{id}/status")).await.json()["steps"].as_array().unwrap().iter()
            .find(|step| step["name"] == "public_copy:cpi:time-series:1").unwrap().clone();
        assert_eq!(step().await["state"], "failed");
        assert_eq!(editor.get(&format!("/files/{file}")).await.json()["state"], "published");

        let public = bucket(&endpoint, &name).await;
        site.advance(chrono::TimeDelta::minutes(1));
        site.run_tasks().await;
        assert_eq!(step().await["state"], "done");
        assert_eq!(editor.get(&format!("/files/{file}")).await.json()["state"], "moved");
        let key = public.list("").await.unwrap().remove(0);
        let key = key.as_str();
        assert_eq!(public.read(key).await.unwrap().unwrap(), TABLE);
        let led = site.public().get(download).await.must_be(302);
        assert_eq!(led.header("location"), format!("{endpoint}/{name}/{key}"));
        // It is saved there as it would be here, and read in the right encoding.
        let copied = public.head(key).await.unwrap().unwrap();
        let original = site.services.storage.digest(&format!("files/{file}")).await.unwrap().unwrap();
        assert_eq!(copied.media_type, "text/csv; charset=utf-8");
        assert_eq!(copied.disposition.unwrap(), "attachment; filename=\"cpi.csv\"; filename*=UTF-8''cpi.csv");
        assert_eq!(copied.sha256.unwrap(), original.sha256);
        // By its id it is still read here, and what is not public leads nowhere.
        assert_eq!(editor.get(&format!("/files/{file}/content")).await.must_be(200).text.as_bytes(), TABLE);
        let page = site.public().get("/catalogue/cpi").await.must_be(200);
        assert!(page.text.contains("103.25"));

        // Recalled: gone at once here, and from the bucket when the task is done; nobody outside tells it from the unknown.
        let path = format!("/files/{file}/withdraw");
        editor.put_json(&path, json!({"reason": "wrong"})).await.must_be(403);
        approver.put_json(&path, json!({})).await.must_be(422);
        let recall = json!({"reason": "Table 1 names a person.", "notice": "The file is being corrected."});
        assert_eq!(approver.put_json(&path, recall.clone()).await.must_be(200).json()["state"], "withdrawn");
        approver.put_json(&path, recall).await.must_be(409);
        let unknown = site.public().get("/files/downloads/cpi/other.csv").await.must_be(404);
        let gone = site.public().get(download).await.must_be(404);
        assert_eq!(told(&unknown), told(&gone));
        site.public().get(&format!("/files/{file}/content")).await.must_be(404);
        editor.get(&format!("/files/{file}/content")).await.must_be(200);
        let previewer = site.service("previewer", &[Role::Previewer]).await;
        previewer.get(&format!("/files/{file}/content")).await.must_be(404);
        site.run_tasks().await;
        assert!(public.read(key).await.unwrap().is_none());
        assert!(site.public().get("/catalogue/cpi").await.must_be(200).text.contains("The file is being corrected."));

        approver.put_json(&format!("/files/{file}/reinstate"), json!({"reason": "It names nobody."})).await.must_be(200);
        assert_eq!(site.public().get(download).await.must_be(200).text.as_bytes(), TABLE);
        site.run_tasks().await;
        site.public().get(download).await.must_be(302);

        // A copy that is not what was published is made again, and readers are led to it only then.
        let ctx = services::Ctx::system("test", site.now());
        assert_eq!(deliveries::verify_copies(&site.services, &ctx, "", 10).await.unwrap().1, 0);
        public.put(key, "text/csv", bytes::Bytes::from_static(b"month,index\n2025-01,0\n")).await.unwrap();
        assert_eq!(deliveries::verify_copies(&site.services, &ctx, "", 10).await.unwrap().1, 1);
        assert_eq!(site.public().get(download).await.must_be(200).text.as_bytes(), TABLE);
        site.run_tasks().await;
        assert_eq!(public.read(key).await.unwrap().unwrap(), TABLE);
        site.public().get(download).await.must_be(302);

        // One that an older release left there without its name is made again, without being called damaged.
        public.put(key, "text/csv", bytes::Bytes::from_static(TABLE)).await.unwrap();
        assert_eq!(deliveries::verify_copies(&site.services, &ctx, "", 10).await.unwrap().1, 0);
        site.run_tasks().await;
        let kept = public.head(key).await.unwrap().unwrap();
        assert_eq!((kept.media_type.as_str(), kept.disposition.is_some()), ("text/csv; charset=utf-8", true));
        site.public().get(download).await.must_be(302);

        // One in a bucket that keeps the name to itself is left as it is.
        let headers = storage::Headers { media_type: "text/csv", disposition: None, sha256: Some(&original.sha256) };
        let bytes = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(TABLE))]);
        public.put_stream_with(key, headers, bytes, 1_000).await.unwrap();
        assert_eq!(deliveries::verify_copies(&site.services, &ctx, "", 10).await.unwrap().1, 0);
        site.public().get(download).await.must_be(302);
    }

    async fn copies_in_a_bucket_that_tells_of_none_how_it_is_saved_are_made_once(db: TestDatabase) {
        let service = Faulty::start().await;
        service.hide_names();
        let name = format!("public-{}", services::ids::new_id(chrono::DateTime::UNIX_EPOCH));
        let private = format!("private-{name}");
        let public = bucket(service.endpoint(), &name).await;
        let site = Site::start_as(db, &buckets(service.endpoint(), &name, &private)).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver]).await;
        let operator = site.service("operator", &[Role::Operator]).await;
        approved_version(&editor, &approver, "cpi", "CPI").await;
        let id = approved_bundle(&editor, &approver, "CPI", &[("cpi", "1")]).await;
        operator.post(&format!("/bundles/{id}/publish"), json!({"reason": "now"})).await.must_be(202);
        site.run_tasks().await;
        let copies = public.list("").await.unwrap();
        let copied = public.head(&copies[0]).await.unwrap().unwrap();
        assert_eq!((copies.len(), copied.disposition, copied.sha256), (1, None, None));

        // Its bytes are what was published: readers go on being led to it, and nothing of the trial stays.
        let download = "/files/downloads/cpi/cpi.csv";
        let ctx = services::Ctx::system("test", site.now());
        assert_eq!(deliveries::verify_copies(&site.services, &ctx, "", 10).await.unwrap().1, 0);
        site.public().get(download).await.must_be(302);
        assert_eq!(public.list("").await.unwrap(), copies);
        // Whether it is damaged is seen as ever.
        public.put(&copies[0], "text/csv", bytes::Bytes::from_static(b"month,index\n2025-01,0\n")).await.unwrap();
        assert_eq!(deliveries::verify_copies(&site.services, &ctx, "", 10).await.unwrap().1, 1);
        assert_eq!(site.public().get(download).await.must_be(200).text.as_bytes(), TABLE);
        site.run_tasks().await;
        site.public().get(download).await.must_be(302);
    }

    async fn an_archived_version_has_no_copy_until_it_is_restored(db: TestDatabase) {
        let s3 = ForeignS3::start().await.unwrap();
        let endpoint = s3.endpoint().to_owned();
        let name = format!("public-{}", services::ids::new_id(chrono::DateTime::UNIX_EPOCH));
        let private = format!("private-{name}");
        let public = bucket(&endpoint, &name).await;
        let site = Site::start_as(db, &buckets(&endpoint, &name, &private)).await;
        let editor = site.service("editor", &[Role::Editor]).await;
        let approver = site.service("approver", &[Role::Approver, Role::Operator]).await;
        let file = approved_version(&editor, &approver, "cpi", "CPI").await;
        for number in ["1", "2"] {
            if number == "2" {
                next_version(&editor, &approver, "cpi").await;
            }
            let id = approved_bundle(&editor, &approver, number, &[("cpi", number)]).await;
            approver.post(&format!("/bundles/{id}/publish"), json!({"reason": "now"})).await.must_be(202);
            site.run_tasks().await;
        }
        let copies = async || public.list("datasets/cpi/time-series/1/").await.unwrap();
        let (kept, download) = (copies().await, "/files/downloads/cpi/cpi.csv?edition=time-series&version=1");
        assert_eq!(kept.len(), 1);
        site.public().get(download).await.must_be(302);
        // Both the original and its copy leave standard storage.
        let report = approver.get("/v1/departments/economy/archive-report?keep_versions=1").await.must_be(200).json();
        assert_eq!((&report["leaving"], &report["leaving_bytes"]), (&json!(1), &json!(2 * TABLE.len())));

        // From the commit on the bytes come from here, whether or not the copy is gone already.
        // A node that has no bucket leaves the copy to one that has.
        let version = "/v1/datasets/cpi/editions/time-series/versions/1";
        let mut other = site.services.clone();
        let outlets = (*other.outlets).clone();
        other.outlets = std::sync::Arc::new(deliveries::Outlets { public_bucket: None, ..outlets });
        let key = VersionKey { dataset_id: "cpi".into(), edition: "time-series".into(), version: 1 };
        let ctx = services::Ctx::system("test", site.now());
        take_step(&other, &ctx, &key, VersionAction::Archive, None, None).await.unwrap();
        assert_eq!(copies().await, kept);
        assert_eq!(site.public().get(download).await.must_be(200).text.as_bytes(), TABLE);
        site.run_tasks().await;
        assert!(copies().await.is_empty());
        assert_eq!(public.list("").await.unwrap().len(), 1);
        assert_eq!(site.services.storage.list("archive/").await.unwrap().len(), 1);
        assert_eq!(site.public().get(download).await.must_be(200).text.as_bytes(), TABLE);
        assert_eq!(site.public().get(version).await.must_be(200).json()["state"], "archived");
        assert_eq!(editor.get(&format!("/files/{file}")).await.json()["state"], "published");
        site.public().get("/files/downloads/cpi/cpi.csv").await.must_be(302);

        // Restored, it is copied again, under the address that it had.
        approver.put_json(&format!("{version}/restore"), json!({})).await.must_be(200);
        site.run_tasks().await;
        assert_eq!(copies().await, kept);
        assert!(site.services.storage.list("archive/").await.unwrap().is_empty());
        let led = site.public().get(download).await.must_be(302);
        assert_eq!(led.header("location"), format!("{endpoint}/{name}/{}", kept[0]));
    }
}

/// The part of a key that nobody can guess.
fn guarded(key: &str) -> &str {
    key.strip_prefix("datasets/cpi/time-series/1/").and_then(|rest| rest.strip_suffix("/cpi.csv")).unwrap()
}

/// What an error says, apart from when and under which name.
fn told(answer: &Answer) -> String {
    let mut body = answer.json();
    body["error"]["details"] = json!(null);
    body.to_string()
}
