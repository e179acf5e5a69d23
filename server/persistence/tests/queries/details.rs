//! Details of datasets: drafts made public, titles of editions, options of dimensions, moved bytes.

use domain::dataset::{Dataset, Edition};
use domain::page::Paging;
use domain::policy::Reach;
use domain::table::{DimensionOptions, OptionCount};
use domain::version::VersionState;
use persistence::datasets::{self, DatasetFilter};
use persistence::{dimensions, editions, files, versions};
use testkit::builders::{self, at};
use testkit::on_both_databases;

use crate::support::{add_dataset, add_public, add_version};

on_both_databases! {
    async fn a_draft_becomes_public_at_the_revision_that_was_seen(db: TestDatabase) {
        add_public(&db, "cpi", "all", 1, at(1)).await;
        let cpi = datasets::find_visible_to(db.pool(), &Reach::All, "cpi").await.unwrap().unwrap();
        assert!(datasets::save_draft(db.pool(), &cpi, &builders::metadata("Prices")).await.unwrap());
        assert!(!datasets::publish_metadata(db.pool(), "cpi", cpi.revision, at(50)).await.unwrap());
        assert!(datasets::publish_metadata(db.pool(), "cpi", cpi.revision + 1, at(50)).await.unwrap());
        let seen = datasets::find_visible_to(db.pool(), &Reach::PublishedOnly, "cpi").await.unwrap().unwrap();
        assert_eq!((seen.shown().title.as_str(), seen.last_updated, seen.published_at), ("Prices", at(50), Some(at(1))));
        add_dataset(&db, &builders::dataset("draft")).await;
        assert!(!datasets::publish_metadata(db.pool(), "draft", 1, at(50)).await.unwrap());
    }

    async fn lists_run_both_ways(db: TestDatabase) {
        for (id, second) in [("a", 1), ("b", 2)] {
            add_dataset(&db, &Dataset { last_updated: at(second), ..builders::dataset(id) }).await;
        }
        for (by_title, reversed, expected) in [(true, false, ["a", "b"]), (true, true, ["b", "a"]), (false, false, ["b", "a"]), (false, true, ["a", "b"])] {
            let filter = DatasetFilter { by_title, reversed, ..DatasetFilter::default() };
            let page = datasets::list_visible_to(db.pool(), &Reach::All, &filter, Paging::default()).await.unwrap();
            assert_eq!(page.items.iter().map(|i| i.id.as_str()).collect::<Vec<_>>(), expected);
        }
    }

    async fn titles_of_editions_change_at_the_revision_that_was_seen(db: TestDatabase) {
        let editor = builders::actor("editor");
        add_public(&db, "cpi", "public", 1, at(1)).await;
        editions::insert(db.pool(), &builders::edition("cpi", "empty"), &editor, at(2)).await.unwrap();
        let found = editions::find_visible_to(db.pool(), &Reach::All, "cpi", "empty").await.unwrap().unwrap();
        let renamed = Edition { title: "Renamed".into(), title_cy: Some("Newydd".into()), ..found.clone() };
        assert!(editions::save(db.pool(), &renamed, &editor).await.unwrap());
        assert!(!editions::save(db.pool(), &renamed, &editor).await.unwrap());
        let now = editions::find_visible_to(db.pool(), &Reach::All, "cpi", "empty").await.unwrap().unwrap();
        assert_eq!((now.title.as_str(), now.title_cy.as_deref(), now.revision), ("Renamed", Some("Newydd"), 2));
        assert!(!editions::delete_unpublished(db.pool(), &found).await.unwrap());
        assert!(editions::delete_unpublished(db.pool(), &now).await.unwrap());
        let public = editions::find_visible_to(db.pool(), &Reach::All, "cpi", "public").await.unwrap().unwrap();
        assert!(!editions::delete_unpublished(db.pool(), &public).await.unwrap());
    }

    async fn editions_keep_the_places_that_they_are_given(db: TestDatabase) {
        for (edition, second) in [("2024", 1), ("2025", 2), ("2026", 3)] {
            add_public(&db, "cpi", edition, 1, at(second)).await;
        }
        let places = || async {
            let found = editions::list_with_places_visible_to(db.pool(), &Reach::PublishedOnly, "cpi").await.unwrap();
            let mut places: Vec<_> = found.into_iter().map(|(edition, place)| (edition.edition, place, edition.revision)).collect();
            places.sort();
            places
        };
        let of = |edition: &str, place: Option<i64>| (edition.to_owned(), place, 1_i64);
        assert_eq!(places().await, [of("2024", None), of("2025", None), of("2026", None)]);
        editions::place(db.pool(), "cpi", &[("2026", 2), ("2024", 1)]).await.unwrap();
        editions::place(db.pool(), "gdp", &[("2025", 7)]).await.unwrap();
        assert_eq!(places().await, [of("2024", Some(1)), of("2025", None), of("2026", Some(2))]);
    }

    async fn options_are_kept_with_their_file(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let file = format!("{}/data.csv", version.id);
        let option = |code: &str| OptionCount { code: code.into(), label: format!("The {code}"), count: 2 };
        let year = DimensionOptions { name: "year".into(), complete: true, options: vec![option("2024"), option("2025")] };
        let area = DimensionOptions { name: "area".into(), complete: false, options: vec![option("W92")] };
        dimensions::insert(db.pool(), &file, &[year.clone(), area]).await.unwrap();
        let sizes = dimensions::sizes(db.pool(), &file).await.unwrap();
        let told: Vec<_> = sizes.iter().map(|s| (s.name.as_str(), s.option_count, s.complete)).collect();
        assert_eq!(told, [("year", 2, true), ("area", 1, false)]);
        assert_eq!(dimensions::options(db.pool(), &file, "year").await.unwrap(), Some(year));
        assert_eq!(dimensions::options(db.pool(), &file, "none").await.unwrap(), None);
        assert!(dimensions::outdated(db.pool(), "", 5).await.unwrap().is_empty());
        versions::delete(db.pool(), &version.id).await.unwrap();
        assert!(dimensions::sizes(db.pool(), &file).await.unwrap().is_empty());
    }

    async fn of_very_many_options_only_the_first_are_read(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let file = format!("{}/data.csv", version.id);
        let option = |code: String| OptionCount { label: format!("Môn “{code}”, [a]"), code, count: 2 };
        let of = |name: &str, options: Vec<OptionCount>| DimensionOptions { name: name.into(), complete: true, options };
        let many = of("area", (0..20_000).map(|n| option(n.to_string())).collect());
        // Of one that is longer than what is read, only the number is told.
        let long = of("note", vec![option("x".repeat(9_000)), option("y".into())]);
        let (few, none) = (of("year", vec![option("2024".into())]), of("none", vec![]));
        dimensions::insert(db.pool(), &file, &[many.clone(), long, few.clone(), none]).await.unwrap();
        let told = dimensions::beginnings_of_files(db.pool(), &[file.as_str(), "another"], 3).await.unwrap();
        let told: Vec<_> = told.into_iter().map(|one| (one.size.name, one.size.option_count, one.options)).collect();
        let expected = [
            ("area".to_owned(), 20_000, many.options[..3].to_vec()),
            ("note".to_owned(), 2, vec![]),
            ("year".to_owned(), 1, few.options),
            ("none".to_owned(), 0, vec![]),
        ];
        assert_eq!(told, expected);
        assert!(dimensions::beginnings_of_files(db.pool(), &[], 3).await.unwrap().is_empty());
    }

    async fn options_that_were_made_by_a_program_of_before_are_not_told_but_found(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let file = format!("{}/data.csv", version.id);
        let of = |name: &str, codes: &[&str]| {
            let option = |code: &&str| OptionCount { code: (*code).into(), label: (*code).into(), count: 1 };
            DimensionOptions { name: name.into(), complete: true, options: codes.iter().map(option).collect() }
        };
        dimensions::insert(db.pool(), &file, &[of("year", &["2024", ""]), of("none", &[])]).await.unwrap();
        let before = "UPDATE file_dimensions SET options = replace(options, '\"layout\":2,', '')";
        db.execute(before).await.unwrap();
        let sizes = dimensions::sizes(db.pool(), &file).await.unwrap();
        assert_eq!(sizes.iter().map(|size| size.name.as_str()).collect::<Vec<_>>(), ["none"]);
        assert_eq!(dimensions::options(db.pool(), &file, "year").await.unwrap(), None);
        assert_eq!(dimensions::options(db.pool(), &file, "none").await.unwrap(), Some(of("none", &[])));
        assert_eq!(dimensions::outdated(db.pool(), "", 5).await.unwrap(), [file.as_str()]);
        assert!(dimensions::outdated(db.pool(), &file, 5).await.unwrap().is_empty());
        // The search goes by them until they are made again.
        let searched = dimensions::shortest_of_files(db.pool(), &[file.as_str()], 5).await.unwrap();
        assert_eq!(searched[&file].len(), 2);
        dimensions::insert(db.pool(), &file, &[of("year", &["2024", ""])]).await.unwrap();
        assert!(dimensions::outdated(db.pool(), "", 5).await.unwrap().is_empty());
        assert_eq!(dimensions::options(db.pool(), &file, "year").await.unwrap(), Some(of("year", &["2024", ""])));
    }

    async fn the_shortest_dimensions_of_several_files_come_first(db: TestDatabase) {
        let mut files = Vec::new();
        for number in [1, 2] {
            files.push(format!("{}/data.csv", add_version(&db, "cpi", "all", number, VersionState::Created).await.id));
        }
        let dimension = |name: &str, options: u64| {
            let option = |at: u64| OptionCount { code: format!("{name}{at}"), label: format!("The {at}"), count: 1 };
            DimensionOptions { name: name.into(), complete: true, options: (0..options).map(option).collect() }
        };
        dimensions::insert(db.pool(), &files[0], &[dimension("area", 6_000), dimension("year", 3)]).await.unwrap();
        dimensions::insert(db.pool(), &files[1], &[dimension("sex", 2)]).await.unwrap();
        let ids: Vec<&str> = files.iter().map(String::as_str).collect();
        let mut sizes = dimensions::sizes_of_files(db.pool(), &ids).await.unwrap();
        sizes.values_mut().for_each(|sizes| sizes.sort_unstable());
        assert_eq!((sizes[&files[0]].as_slice(), sizes[&files[1]].as_slice()), (&[3, 6_000][..], &[2][..]));
        let names = async |most: u64| {
            let found = dimensions::shortest_of_files(db.pool(), &ids, most).await.unwrap();
            let mut names: Vec<String> = found.into_values().flatten().map(|one| one.name).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(2).await, ["sex", "year"]);
        assert_eq!(names(3).await, ["area", "sex", "year"]);
        assert_eq!(names(0).await, Vec::<String>::new());
        assert!(dimensions::sizes_of_files(db.pool(), &[]).await.unwrap().is_empty());
        assert!(dimensions::shortest_of_files(db.pool(), &[], 5).await.unwrap().is_empty());
    }

    async fn bytes_are_moved_once(db: TestDatabase) {
        let version = add_version(&db, "cpi", "all", 1, VersionState::Created).await;
        let stored = builders::file(&version, "data.csv");
        let wanted = format!("archive/{}", stored.object_key);
        assert!(files::move_bytes(db.pool(), &stored.file.id, &stored.object_key, &wanted).await.unwrap());
        assert!(!files::move_bytes(db.pool(), &stored.file.id, &stored.object_key, &wanted).await.unwrap());
        let found = files::find_visible_to(db.pool(), &Reach::All, &stored.file.id).await.unwrap().unwrap();
        assert_eq!(found.object_key, wanted);
    }
}
