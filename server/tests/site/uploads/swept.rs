//! Bytes of uploads that nobody will ever ask for: the housekeeping removes them, and nothing else.

use bytes::Bytes;
use chrono::TimeDelta;
use testkit::foreign_s3::ForeignS3;
use testkit::on_both_databases;
use tokio_util::sync::CancellationToken;

use super::faults::bucket;
use super::open_version;
use super::sender::*;
use crate::support::*;

/// What a process that was killed left, beside what belongs to files, images and uploads that go on.
async fn only_what_nobody_knows_is_swept(site: &Site) {
    let editor = open_version(site, "cpi").await;
    let storage = &site.services.storage;
    let file = editor.upload("cpi", "time-series", "1", "cpi.csv", TABLE).await.must_be(201).json();
    let file = file["id"].as_str().unwrap();
    editor.add_image("cpi", "time-series", "A dot", DOT).await.must_be(201);
    let upload = begin(&editor, "cpi", "all.zip", 20 << 20).await;
    send(&editor, &upload, 0, noise(9 << 20, 1)).await.must_be(204);
    let kept = storage.list("").await.unwrap();
    assert!(kept.iter().any(|key| key.starts_with("tables/")) && kept.iter().any(|key| key.starts_with("uploads/")));
    let own = ["archive/files/left", "files/left", "images/left/original", "tables/left.1.parquet", "uploads/left-9"];
    // The tables of a file as they were in another layout, and when it was read otherwise.
    let of_file = [".0.parquet", ".macintosh.1.parquet"].map(|end| format!("tables/{file}{end}"));
    for key in own.map(str::to_owned).iter().chain(&of_file) {
        storage.put(key, "text/csv", Bytes::from_static(b"left")).await.unwrap();
    }
    let left = storage.begin_parts("files/half", "text/csv").await.unwrap();
    storage.put_part("files/half", &left, 1, Bytes::from_static(b"half")).await.unwrap();

    // The storage has a clock of its own, which is far behind now.
    site.advance(TimeDelta::days(10_000));
    assert_eq!(services::files::sweep(&site.services).await.unwrap(), 8);
    assert_eq!(storage.list("").await.unwrap(), kept);
    assert!(storage.put_part("files/half", &left, 2, Bytes::from_static(b"half")).await.is_err());
    let going_on = persistence::uploads::open_multipart_ids(site.services.db.pool()).await.unwrap();
    let key = format!("files/{}", upload.rsplit('/').next().unwrap());
    storage.put_part(&key, &going_on[0], 2, Bytes::from_static(b"more")).await.unwrap();
    assert_eq!(services::files::sweep(&site.services).await.unwrap(), 0);
}

on_both_databases! {
    async fn what_was_left_here_is_swept(db: TestDatabase) {
        let site = Site::start(db).await;
        only_what_nobody_knows_is_swept(&site).await;
        // So much is nothing that was left: perhaps the database is not the one to which the objects belong.
        for number in 0..101 {
            site.services.storage.put(&format!("files/other-{number}"), "text/csv", Bytes::new()).await.unwrap();
        }
        assert_eq!(services::files::sweep(&site.services).await.unwrap(), 0);
        assert_eq!(site.services.storage.list("files/other-").await.unwrap().len(), 101);
    }

    async fn a_new_layout_leaves_no_table_behind(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let file = editor.upload("cpi", "time-series", "1", "cpi.csv", TABLE).await.must_be(201).json();
        let kept = site.services.storage.list("").await.unwrap();
        // However many they are: it is known whose they were.
        for layout in 0..101 {
            let key = format!("tables/{}.older-{layout}.parquet", file["id"].as_str().unwrap());
            site.services.storage.put(&key, "text/csv", Bytes::new()).await.unwrap();
        }
        site.advance(TimeDelta::days(10_000));
        assert_eq!(services::files::sweep(&site.services).await.unwrap(), 101);
        assert_eq!(site.services.storage.list("").await.unwrap(), kept);
    }

    async fn the_bytes_of_a_file_stay_in_either_place(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        let file = editor.upload("cpi", "time-series", "1", "cpi.csv", TABLE).await.must_be(201).json();
        let storage = &site.services.storage;
        let plain = storage.list("files/").await.unwrap().remove(0);
        let archived = format!("archive/{plain}");
        storage.put(&archived, "text/csv", Bytes::from_static(TABLE)).await.unwrap();
        site.advance(TimeDelta::days(10_000));
        assert_eq!(services::files::sweep(&site.services).await.unwrap(), 0, "a move was not finished");
        storage.delete(&plain).await.unwrap();
        assert_eq!(services::files::sweep(&site.services).await.unwrap(), 0, "the database is one from before the move");
        assert_eq!(storage.list("archive/").await.unwrap(), [archived.as_str()]);
        let id = file["id"].as_str().unwrap();
        assert!(persistence::files::move_bytes(site.services.db.pool(), id, &plain, &archived).await.unwrap());
        storage.put(&plain, "text/csv", Bytes::from_static(TABLE)).await.unwrap();
        storage.delete(&archived).await.unwrap();
        assert_eq!(services::files::sweep(&site.services).await.unwrap(), 0, "the database is one from before the return");
        assert_eq!(storage.list("files/").await.unwrap(), [plain.as_str()]);
    }

    async fn the_housekeeping_sweeps_and_counts_it(db: TestDatabase) {
        let site = Site::start(db).await;
        let editor = open_version(&site, "cpi").await;
        editor.upload("cpi", "time-series", "1", "cpi.csv", TABLE).await.must_be(201);
        let kept = site.services.storage.list("").await.unwrap();
        site.services.storage.put("files/left", "text/csv", Bytes::from_static(b"left")).await.unwrap();
        site.advance(TimeDelta::days(10_000));
        // Told to stop beforehand, it does its first round.
        let stop = CancellationToken::new();
        stop.cancel();
        server::background::keep_house(site.state.clone(), stop).await;
        assert_eq!(site.services.storage.list("").await.unwrap(), kept);
        assert!(site.public().get("/metrics").await.must_be(200).text.contains("uploads_swept_total 1"));
    }

    async fn nothing_is_swept_where_nothing_is_known(db: TestDatabase) {
        let site = Site::start(db).await;
        let others = ["files/other", "tables/other.1.parquet", "uploads/other-9"];
        for key in others {
            site.services.storage.put(key, "text/csv", Bytes::from_static(b"other")).await.unwrap();
        }
        site.advance(TimeDelta::days(10_000));
        assert_eq!(services::files::sweep(&site.services).await.unwrap(), 0);
        assert_eq!(site.services.storage.list("").await.unwrap(), others);
    }

    async fn what_was_left_in_a_service_elsewhere_is_swept(db: TestDatabase) {
        let service = ForeignS3::start().await.unwrap();
        let settings = vec![
            ("AWS_ENDPOINT_URL", service.endpoint().to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("S3_PRIVATE_BUCKET_NAME", bucket()),
        ];
        let site = Site::start_with(db, |_| settings).await;
        only_what_nobody_knows_is_swept(&site).await;
    }
}
