//! Files: who sees them, and which one a download means.

use std::collections::BTreeSet;

use domain::actor::Actor;
use domain::catalogue::FormatSize;
use domain::file::{File, FileJobState, FileSight, FileState};
use domain::policy::Reach;
use domain::version::{Alert, AlertKind, Version, VersionMetadata, VersionState};
use domain::views::ComesAs;
use persistence::files::{self, FileFilter, StoredFile};
use persistence::{PersistenceError, file_jobs, versions};
use testkit::builders::{self, at, limited};
use testkit::databases::TestDatabase;
use testkit::on_both_databases;

use crate::support::{add_public, add_version};

async fn download(db: &TestDatabase, reach: &Reach, edition: Option<&str>, number: Option<u32>) -> Option<String> {
    let found = files::find_download(db.pool(), reach, "cpi", "data.csv", edition, number).await.unwrap();
    found.map(|stored| stored.version_id)
}

async fn add_file(db: &TestDatabase, version: &Version, name: &str, state: FileState) -> StoredFile {
    let ready = builders::file(version, name);
    let stored = StoredFile { file: File { state, ..ready.file.clone() }, ..ready };
    files::insert(db.pool(), &stored, &FileSight::default()).await.unwrap();
    stored
}

/// The names of the two newest files that fit.
async fn newest(db: &TestDatabase, reach: &Reach, filter: FileFilter) -> Vec<String> {
    let found = files::list_newest_visible_to(db.pool(), reach, &filter, 2).await.unwrap();
    found.into_iter().map(|(stored, _)| stored.file.filename).collect()
}

on_both_databases! {
    async fn files_are_seen_with_their_version(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        add_version(&db, "cpi", "all", 2, VersionState::Approved).await;
        for (reach, sees_second) in [
            (Reach::PublishedOnly, false),
            (limited(&["health"], &["gdp"]), false),
            (limited(&["economy"], &[]), true),
            (limited(&[], &["cpi"]), true),
            (Reach::All, true),
        ] {
            let first = files::find_visible_to(db.pool(), &reach, "cpi.all.1/data.csv").await.unwrap().unwrap();
            assert!(first.is_public);
            let second = files::find_visible_to(db.pool(), &reach, "cpi.all.2/data.csv").await.unwrap();
            assert_eq!(second.is_some(), sees_second, "{reach:?}");
            assert!(second.is_none_or(|stored| !stored.is_public));
            assert!(files::find_visible_to(db.pool(), &reach, "missing").await.unwrap().is_none());
        }
    }

    async fn a_download_means_the_newest_public_file_first(db: TestDatabase) {
        add_version(&db, "cpi", "all", 9, VersionState::Approved).await;
        for reach in [Reach::PublishedOnly, limited(&["health"], &[])] {
            assert_eq!(download(&db, &reach, None, None).await, None, "{reach:?}");
        }
        assert_eq!(download(&db, &Reach::All, None, None).await.as_deref(), Some("cpi.all.9"));

        add_public(&db, "cpi", "all", 1, at(1)).await;
        add_public(&db, "cpi", "all", 2, at(2)).await;
        add_public(&db, "cpi", "old", 1, at(1)).await;
        for reach in [Reach::PublishedOnly, limited(&["economy"], &[]), Reach::All] {
            assert_eq!(download(&db, &reach, None, None).await.as_deref(), Some("cpi.all.2"), "{reach:?}");
            assert_eq!(download(&db, &reach, Some("old"), None).await.as_deref(), Some("cpi.old.1"), "{reach:?}");
            assert_eq!(download(&db, &reach, Some("all"), Some(1)).await.as_deref(), Some("cpi.all.1"), "{reach:?}");
            assert_eq!(download(&db, &reach, Some("all"), Some(3)).await, None, "{reach:?}");
            assert_eq!(download(&db, &reach, Some("none"), None).await, None, "{reach:?}");
        }
        assert_eq!(download(&db, &Reach::PublishedOnly, Some("all"), Some(9)).await, None);
        assert_eq!(download(&db, &Reach::All, Some("all"), Some(9)).await.as_deref(), Some("cpi.all.9"));
        for (dataset, name) in [("gdp", "data.csv"), ("cpi", "other.csv")] {
            let found = files::find_download(db.pool(), &Reach::All, dataset, name, None, None).await.unwrap();
            assert!(found.is_none(), "{dataset} {name}");
        }
    }

    async fn a_release_without_a_date_is_not_the_newest(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        let undated = add_public(&db, "cpi", "all", 2, at(2)).await;
        let undated = versions::find_by_id(db.pool(), &undated.id).await.unwrap().unwrap();
        let undated = Version { metadata: VersionMetadata { release_date: None, ..undated.metadata }, ..undated };
        assert!(versions::save(db.pool(), &undated).await.unwrap());
        assert_eq!(download(&db, &Reach::PublishedOnly, None, None).await.as_deref(), Some("cpi.all.1"));
    }

    async fn withdrawn_files_are_neither_listed_nor_downloaded(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        add_file(&db, &version, "gone.csv", FileState::Withdrawn).await;
        add_file(&db, &version, "broken.csv", FileState::Failed).await;
        add_file(&db, &version, "kept.csv", FileState::Moved).await;
        let listed = files::list_of_version(db.pool(), &version).await.unwrap();
        let counted = files::count_by_soundness_of(db.pool(), &[&version.id]).await.unwrap();
        assert_eq!(counted[&version.id].first_unsound.as_deref(), Some(listed[1].file.id.as_str()));
        let names: Vec<String> = listed.into_iter().map(|stored| stored.file.filename).collect();
        assert_eq!(names, ["data.csv", "broken.csv", "kept.csv"]);
        let found = files::find_download(db.pool(), &Reach::All, "cpi", "gone.csv", None, None).await.unwrap();
        assert!(found.is_none());
        assert_eq!(files::count_by_soundness(db.pool(), &version.id).await.unwrap(), (2, 1));
    }

    async fn versions_are_told_with_what_they_come_as(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        add_version(&db, "cpi", "all", 2, VersionState::Approved).await;
        let older = add_public(&db, "cpi", "old", 1, at(1)).await;
        add_version(&db, "cpi", "hidden", 1, VersionState::Created).await;
        add_public(&db, "gdp", "all", 1, at(1)).await;
        let workbook = builders::file(&older, "data.xlsx");
        let workbook = StoredFile { file: File { format: "xlsx".into(), size: 40, ..workbook.file.clone() }, ..workbook };
        files::insert(db.pool(), &workbook, &FileSight::default()).await.unwrap();
        add_file(&db, &older, "more.csv", FileState::Published).await;
        add_file(&db, &older, "gone.csv", FileState::Withdrawn).await;
        let alerted = versions::find_by_id(db.pool(), &older.id).await.unwrap().unwrap();
        let alerts = vec![Alert::new(AlertKind::Correction, "Bath was too low.")];
        let alerted = Version { metadata: VersionMetadata { alerts, ..alerted.metadata }, ..alerted };
        assert!(versions::save(db.pool(), &alerted).await.unwrap());
        let of = |format: &str, bytes| FormatSize { format: format.into(), bytes };
        let wanted = BTreeSet::from([("all", 2), ("none", 1), ("old", 1)]);
        let mut told = files::come_as(db.pool(), "cpi", &wanted).await.unwrap();
        told.sort_by(|one, other| one.edition.cmp(&other.edition));
        let plain = ComesAs { edition: "all".into(), version: 2, formats: vec![of("csv", 4)], alerts: Vec::new() };
        let formats = vec![of("csv", 8), of("xlsx", 40)];
        let corrected =
            ComesAs { edition: "old".into(), version: 1, formats, alerts: vec![AlertKind::Correction] };
        assert_eq!(told, [plain, corrected]);
        assert!(files::come_as(db.pool(), "cpi", &BTreeSet::new()).await.unwrap().is_empty());
    }

    async fn the_queue_is_counted_whole_for_whoever_sees_it(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let failed = add_file(&db, &version, "broken.csv", FileState::Failed).await.file.id;
        let waiting = add_file(&db, &version, "waits.csv", FileState::Uploaded).await.file.id;
        let later = add_file(&db, &version, "later.csv", FileState::Uploaded).await.file.id;
        for (id, since) in [(&failed, 1), (&waiting, 2), (&later, 3)] {
            file_jobs::insert(db.pool(), id, at(since)).await.unwrap();
        }
        let taken = file_jobs::take_due(db.pool(), "node", at(1), at(5), 1).await.unwrap();
        assert_eq!(taken[0].file_id, failed);
        assert!(file_jobs::fail(db.pool(), &failed, "node", "broken", &[]).await.unwrap());
        for reach in [Reach::All, limited(&["economy"], &[])] {
            let first = file_jobs::queue(db.pool(), &reach, 1).await.unwrap();
            assert_eq!((first.len(), &first[0].file_id), (1, &failed));
            let counts = file_jobs::counts(db.pool(), &reach).await.unwrap();
            let wanted = [(FileJobState::Failed, (1, at(1))), (FileJobState::Queued, (2, at(2)))];
            assert_eq!(counts, wanted.into(), "{reach:?}");
        }
        let elsewhere = limited(&["health"], &[]);
        assert!(file_jobs::queue(db.pool(), &elsewhere, 10).await.unwrap().is_empty());
        assert!(file_jobs::counts(db.pool(), &elsewhere).await.unwrap().is_empty());
    }

    async fn bytes_are_known_by_their_keys(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let withdrawn = add_file(&db, &version, "gone.csv", FileState::Withdrawn).await.object_key;
        let keys = [withdrawn.clone(), "files/none".to_owned()];
        assert_eq!(files::known_keys(db.pool(), &keys).await.unwrap(), [withdrawn].into());
    }

    async fn tables_are_known_by_the_encodings_of_their_files(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let [plain, chosen, other] = [
            add_file(&db, &version, "plain.csv", FileState::Ready).await.file.id,
            add_file(&db, &version, "chosen.csv", FileState::Ready).await.file.id,
            add_file(&db, &version, "other.csv", FileState::Ready).await.file.id,
        ];
        assert!(files::read_as(db.pool(), &chosen, "macintosh", FileState::Ready).await.unwrap());
        let asked = [plain.as_str(), chosen.as_str(), "none"];
        let found = files::encodings_of(db.pool(), &asked).await.unwrap();
        assert_eq!(found, [(plain, None), (chosen, Some("macintosh".to_owned()))].into());
        assert!(!found.contains_key(&other));
        assert!(files::encodings_of(db.pool(), &[]).await.unwrap().is_empty());
    }

    async fn a_copy_keeps_its_key_and_goes_with_the_archiving(db: TestDatabase) {
        let version = add_public(&db, "cpi", "all", 1, at(1)).await;
        let id = "cpi.all.1/data.csv";
        let key = async |key: &str| files::keep_public_key(db.pool(), id, key).await.unwrap();
        assert_eq!(key("first").await.as_deref(), Some("first"));
        assert_eq!(key("second").await.as_deref(), Some("first"));
        assert_eq!(files::keep_public_key(db.pool(), "none", "third").await.unwrap(), None);
        assert!(files::mark_moved(db.pool(), id).await.unwrap());
        assert!(!files::mark_moved(db.pool(), id).await.unwrap());
        assert!(files::unmark_moved(db.pool(), &version.id).await.unwrap());
        assert!(!files::unmark_moved(db.pool(), &version.id).await.unwrap());
        // A copy that is made while its version is archived does not count.
        let public = versions::find_by_id(db.pool(), &version.id).await.unwrap().unwrap();
        assert!(versions::save(db.pool(), &Version { state: VersionState::Archived, ..public }).await.unwrap());
        assert!(!files::mark_moved(db.pool(), id).await.unwrap());
        let stored = files::find_visible_to(db.pool(), &Reach::PublishedOnly, id).await.unwrap().unwrap();
        assert_eq!((stored.is_public, stored.is_archived, stored.file.state), (true, true, FileState::Published));
        assert_eq!(stored.public_key.as_deref(), Some("first"));
    }

    async fn files_keep_their_order_and_their_names(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        add_file(&db, &version, "b.csv", FileState::Ready).await;
        assert!(files::delete(db.pool(), "cpi.all.1/data.csv").await.unwrap());
        assert!(!files::delete(db.pool(), "cpi.all.1/data.csv").await.unwrap());
        add_file(&db, &version, "a.csv", FileState::Ready).await;
        let listed = files::list_of_version(db.pool(), &version).await.unwrap();
        let names: Vec<String> = listed.into_iter().map(|stored| stored.file.filename).collect();
        assert_eq!(names, ["b.csv", "a.csv"]);
        let twice = builders::file(&version, "a.csv");
        let twice = StoredFile { file: File { id: "another id".into(), ..twice.file.clone() }, ..twice };
        let refused = files::insert(db.pool(), &twice, &FileSight::default()).await;
        assert!(matches!(refused, Err(PersistenceError::Duplicate(_))), "{refused:?}");
    }

    async fn all_files_are_listed_newest_first_for_those_who_reach_them(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let first = add_file(&db, &version, "a.csv", FileState::Failed).await.file;
        let second = add_file(&db, &version, "b.csv", FileState::Ready).await.file;
        files::note_uploader(db.pool(), &first.id, &Actor::system("Ann Lee")).await.unwrap();
        let any = FileFilter::default;
        assert_eq!(newest(&db, &Reach::All, any()).await, ["data.csv", "b.csv"], "of one time by their ids");
        let after = Some((second.created_at, second.id));
        assert_eq!(newest(&db, &Reach::All, FileFilter { after, ..any() }).await, ["a.csv"]);
        for filter in [
            FileFilter { uploader: Some("ann".into()), ..any() },
            FileFilter { state: Some(FileState::Failed), ..any() },
        ] {
            assert_eq!(newest(&db, &limited(&["economy"], &[]), filter.clone()).await, ["a.csv"], "{filter:?}");
            assert!(newest(&db, &limited(&["health"], &[]), filter.clone()).await.is_empty(), "{filter:?}");
            assert!(newest(&db, &Reach::PublishedOnly, filter).await.is_empty());
        }
        assert_eq!(newest(&db, &Reach::All, FileFilter { name: Some("B.C".into()), ..any() }).await, ["b.csv"]);
        // What is public of others is not listed either, least of all what was recalled of it.
        let public = add_public(&db, "gdp", "all", 1, at(1)).await;
        add_file(&db, &public, "recalled.csv", FileState::Withdrawn).await;
        let recalled = FileFilter { state: Some(FileState::Withdrawn), ..any() };
        assert_eq!(newest(&db, &limited(&[], &["gdp"]), recalled.clone()).await, ["recalled.csv"]);
        for filter in [recalled, any()] {
            assert!(newest(&db, &limited(&["health"], &[]), filter).await.is_empty());
        }
        assert!(newest(&db, &Reach::All, FileFilter { format: Some("pdf".into()), ..any() }).await.is_empty());
    }
}
