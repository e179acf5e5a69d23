//! One suite of cases, run on the embedded service and on a foreign one.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod basics;
mod beside;
mod crash;
mod encryption;
mod files;
mod keys;
mod leftovers;
mod streams;

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use futures::future::BoxFuture;
use storage::{Backend, Secret, Settings, Storage};
use tempfile::TempDir;
use testkit::foreign_s3::ForeignS3;

type Case = fn(Storage) -> BoxFuture<'static, ()>;

/// Makes one embedded test of every case and one list of all for the foreign service.
macro_rules! cases {
    ($($module:ident::$case:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let (storage, folder) = super::embedded_storage().await;
                super::$module::$case(storage).await;
                super::crash::assert_no_leftovers(folder.path());
            })*
        }
        mod encrypted {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let folder = super::TempDir::new().unwrap();
                let storage = super::Storage::open(&super::encrypted(&folder, super::KEY)).await.unwrap();
                super::$module::$case(storage).await;
                super::crash::assert_no_leftovers(folder.path());
            })*
        }
        const CASES: &[(&str, Case)] = &[
            $((stringify!($case), |storage| $module::$case(storage).boxed()),)*
        ];
    };
}

cases![
    basics::comes_back_as_it_went_in,
    basics::tells_how_it_is_saved,
    basics::is_replaced_by_a_second_put,
    basics::an_empty_object_is_an_object,
    basics::gives_ranges,
    basics::refuses_ranges_outside,
    basics::says_nothing_for_a_missing_key,
    basics::deletes_twice,
    basics::reaches_its_bucket,
    streams::stores_a_small_stream,
    streams::stores_a_large_stream_in_parts,
    streams::stores_a_stream_of_exactly_one_part,
    streams::a_stream_over_the_limit_leaves_nothing,
    streams::a_stream_that_breaks_leaves_nothing,
    streams::a_failed_stream_leaves_the_older_object,
    files::go_to_files_and_come_back,
    leftovers::objects_are_told_apart_by_their_age,
    leftovers::uploads_that_nobody_goes_on_with_are_cleared,
    keys::takes_spaces_letters_and_percent_signs,
    keys::refuses_hostile_keys,
    keys::lists_by_prefix,
    keys::lists_over_a_thousand,
];

fn embedded(folder: &TempDir) -> Settings {
    Settings {
        region: "eu-west-2".into(),
        bucket: "private".into(),
        backend: Backend::Embedded { folder: folder.path().join("new/objects"), encryption_key: None },
    }
}

/// A key as it is configured.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn encrypted(folder: &TempDir, key: &str) -> Settings {
    let encryption_key = Some(Secret::new(key));
    let backend = Backend::Embedded { folder: folder.path().join("new/objects"), encryption_key };
    Settings { backend, ..embedded(folder) }
}

async fn embedded_storage() -> (Storage, TempDir) {
    let folder = TempDir::new().unwrap();
    let storage = Storage::open(&embedded(&folder)).await.unwrap();
    (storage, folder)
}

fn foreign(endpoint: &str, bucket: &str) -> Settings {
    Settings {
        region: "eu-west-2".into(),
        bucket: bucket.into(),
        backend: Backend::Remote {
            endpoint: Some(endpoint.into()),
            access_key_id: "tester".into(),
            secret_access_key: Secret::new("not really secret"),
            force_path_style: true,
            encryption: None,
        },
    }
}

/// One test for all cases, since the service takes seconds to start; each has its own bucket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_service() {
    let service = ForeignS3::start().await.expect("a foreign S3 service");
    let mut failed = Vec::new();
    for (number, (name, case)) in CASES.iter().enumerate() {
        let settings = foreign(service.endpoint(), &format!("bucket-{number}"));
        let storage = Storage::open(&settings).await.unwrap();
        let run = AssertUnwindSafe(case(storage)).catch_unwind().await;
        if run.is_err() {
            failed.push(*name);
        }
        streams::assert_no_unfinished_uploads(service.endpoint(), &settings.bucket).await;
    }
    assert!(failed.is_empty(), "failed on the foreign service: {failed:?}");
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let opened = Storage::open(&foreign(&endpoint, "bucket")).await;
    assert!(matches!(opened.err(), Some(storage::StorageError::Unreachable { .. })));
}

#[test]
fn secrets_do_not_show() {
    let shown = format!("{:?}", foreign("http://127.0.0.1", "bucket"));
    assert!(shown.contains("tester"));
    assert!(!shown.contains("not really secret"), "{shown}");
}
