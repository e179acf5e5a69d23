//! Following the catalogue: cursor, removal, reopening and repair.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;

use common::{catalogue, filled, ids, words};
use domain::catalogue::{SearchDocument, SearchQuery};
use domain::language::Language;
use search::{Guidance, Outgoing, SearchIndex};

#[test]
fn the_cursor_survives_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!((index.cursor(), index.count()), (0, 0));
    index.apply(41, &catalogue(), &[]).unwrap();
    index.apply(42, &[], &[]).unwrap();
    assert_eq!(index.cursor(), 42);
    drop(index);
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!((index.cursor(), index.count()), (42, 12));
    assert_eq!(ids(&index.search(&words("rainfall")).unwrap()), ["monthly-rainfall"]);
}

#[test]
fn a_change_replaces_and_a_removal_removes() {
    let index = filled();
    let mut changed = catalogue().remove(6);
    changed.title = "Monthly snowfall since 1862".into();
    index.apply(8, &[changed], &["unemployment-rate".into(), "never-there".into()]).unwrap();
    assert_eq!((index.cursor(), index.count()), (8, 11));
    assert_eq!(ids(&index.search(&words("snowfall")).unwrap()), ["monthly-rainfall"]);
    assert_eq!(index.search(&words("\"rainfall since\"")).unwrap().total_count, 0);
    assert!(!ids(&index.search(&words("unemployment-rate")).unwrap()).contains(&"unemployment-rate"));
    assert!(index.suggest("unempl", 5, Default::default()).unwrap().is_empty());
    assert!(!index.holds("unemployment-rate").unwrap() && index.holds("monthly-rainfall").unwrap());
    assert!(!index.holds("rainfall").unwrap() && index.bytes().unwrap() > 0);
}

#[test]
fn nothing_is_guessed_for_who_is_told_of_what_a_search_finds() {
    let index = filled();
    let all: Vec<String> = catalogue().into_iter().map(|dataset| dataset.dataset_id).collect();
    let among = |text: &str| index.found_among(&words(text), Guidance::built_in(), &all).unwrap();
    assert_eq!(among("rainfall"), ["monthly-rainfall"]);
    for text in ["rainf", "rianfall"] {
        // Asked first as a reader of the page asks, so that what was found for them is not taken for an answer.
        assert!(ids(&index.search(&words(text)).unwrap()).contains(&"monthly-rainfall"), "{text}");
        assert!(among(text).is_empty(), "{text}");
    }
}

#[test]
fn what_was_asked_before_is_answered_alike_and_never_from_an_older_state() {
    let index = filled();
    for text in
        ["rainfall", "monthly rainfal", "cpi inflation", "atmosphare carbon", "houseprices", "rain -monthly", "gdp"]
    {
        let asked = words(text);
        assert_eq!(index.search(&asked).unwrap(), index.search(&asked).unwrap(), "{text}");
    }
    let before = index.search(&words("snowfall")).unwrap();
    assert!(!ids(&before).contains(&"monthly-rainfall"));
    let mut changed = catalogue().remove(6);
    changed.title = "Monthly snowfall since 1862".into();
    index.apply(8, &[changed], &[]).unwrap();
    assert_eq!(ids(&index.search(&words("snowfall")).unwrap()), ["monthly-rainfall"]);
    // The same words as a Welsh reader asks for them are another question.
    let welsh = SearchQuery { language: Language::Cy, ..words("rainfall") };
    assert_eq!(index.search(&welsh).unwrap(), index.search(&welsh).unwrap());
}

#[test]
fn nothing_of_a_removed_dataset_is_hinted_at() {
    let index = filled();
    index.apply(8, &[], &["atmospheric-carbon-dioxide".into(), "monthly-rainfall".into()]).unwrap();
    let page = index.search(&words("atmosphare")).unwrap();
    assert_eq!((page.total_count, page.suggestion), (0, None));
    let everything = index.search(&words("")).unwrap();
    assert!(everything.facets["topics"].iter().all(|count| count.value != "climate"));
}

#[test]
fn repeating_a_change_changes_nothing() {
    let index = filled();
    let twice: Vec<_> = catalogue().into_iter().chain(catalogue()).collect();
    index.apply(7, &twice, &[]).unwrap();
    assert_eq!((index.cursor(), index.count()), (7, 12));
    index.apply(3, &[], &[]).unwrap();
    assert_eq!(index.cursor(), 7, "only a rebuild goes back");
}

#[test]
fn a_rebuild_replaces_everything_and_may_go_back() {
    let index = filled();
    index.rebuild(2, catalogue().into_iter().take(3)).unwrap();
    assert_eq!((index.cursor(), index.count()), (2, 3));
    assert_eq!(index.search(&words("rainfall")).unwrap().total_count, 0);
    index.rebuild(3, []).unwrap();
    assert_eq!((index.cursor(), index.count()), (3, 0));
    assert_eq!(index.search(&words("")).unwrap().total_count, 0);
}

#[test]
fn a_rebuild_survives_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    index.apply(9, &catalogue(), &[]).unwrap();
    index.rebuild(4, catalogue().into_iter().take(2)).unwrap();
    drop(index);
    let index = SearchIndex::open(folder.path()).unwrap();
    assert_eq!((index.cursor(), index.count()), (4, 2));
}

#[test]
fn clones_and_running_searches_share_the_index() {
    let index = filled();
    let clone = index.clone();
    index.apply(8, &[], &["monthly-rainfall".into()]).unwrap();
    assert_eq!((clone.cursor(), clone.count()), (8, 11));
}

#[test]
fn many_small_changes_stay_whole() {
    let folder = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    for (revision, dataset) in (1..).zip(catalogue().into_iter().chain(catalogue())) {
        index.apply(revision, &[dataset], &[]).unwrap();
    }
    assert_eq!((index.cursor(), index.count()), (24, 12));
    assert_eq!(index.search(&words("")).unwrap().items.len(), 12);
}

#[test]
fn a_damaged_index_starts_empty() {
    for (what, harm) in [("meta.json", "not json"), (".managed.json", "[[["), ("*.store", ""), ("*.idx", "short")] {
        let folder = tempfile::tempdir().unwrap();
        SearchIndex::open(folder.path()).unwrap().apply(9, &catalogue(), &[]).unwrap();
        let mut harmed = 0;
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().ends_with(what.trim_start_matches('*')) {
                fs::write(&path, harm).unwrap();
                harmed += 1;
            }
        }
        assert!(harmed > 0, "{what} is a file of the index");
        let index = SearchIndex::open(folder.path()).unwrap();
        assert_eq!((index.cursor(), index.count()), (0, 0), "{what}");
        index.apply(10, &catalogue(), &[]).unwrap();
        assert_eq!((index.cursor(), index.count()), (10, 12), "{what}");
    }
}

#[test]
fn a_flipped_bit_and_a_lost_file_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file_of_index = || {
        SearchIndex::open(folder.path()).unwrap().rebuild(9, catalogue()).unwrap();
        let mut files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|end| end == "store")).unwrap()
    };
    let store = file_of_index();
    let mut bytes = fs::read(&store).unwrap();
    bytes[10] ^= 1;
    fs::write(&store, bytes).unwrap();
    assert_eq!(SearchIndex::open(folder.path()).unwrap().cursor(), 0);
    fs::remove_file(file_of_index()).unwrap();
    assert_eq!(SearchIndex::open(folder.path()).unwrap().cursor(), 0);
}

#[test]
fn an_unusable_folder_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("index");
    fs::write(&file, "a file, not a folder").unwrap();
    let Err(error) = SearchIndex::open(&file) else { unreachable!("a file is no folder") };
    assert!(error.to_string().contains("index"), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "a file, not a folder");
}

#[test]
fn what_is_made_ready_is_seen_with_the_verdict_or_never() {
    let folder = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    let (all, other) = (catalogue(), index.clone());
    let shown = || (other.cursor(), other.count());
    assert!(!index.apply_when(&all, &[], || None).unwrap());
    assert_eq!(shown(), (0, 0));
    let verdict = || {
        assert_eq!(shown(), (0, 0));
        Some(7)
    };
    assert!(index.apply_when(&all, &[], verdict).unwrap());
    assert_eq!(shown(), (7, 12));
    drop((index, other));
    assert_eq!(SearchIndex::open(folder.path()).unwrap().count(), 12);
}

#[test]
fn what_comes_one_after_the_other_is_taken_whole_or_not_at_all() {
    let index = filled();
    let some = || catalogue().into_iter().take(3);
    let of_rain = Outgoing::Datasets(vec!["monthly-rainfall".into()]);
    for outgoing in [&Outgoing::Everything, &of_rain] {
        assert!(!index.take_when(outgoing, some(), || None).unwrap());
        assert_eq!((index.cursor(), index.count()), (7, 12), "{outgoing:?}");
        assert_eq!(ids(&index.search(&words("rainfall")).unwrap()), ["monthly-rainfall"], "{outgoing:?}");
    }
    let verdict = || {
        assert_eq!((index.cursor(), index.count()), (7, 12));
        Some(3)
    };
    assert!(index.take_when(&of_rain, Vec::<SearchDocument>::new(), verdict).unwrap());
    assert_eq!((index.cursor(), index.count()), (7, 11), "only where everything goes out does it go back");
    assert!(index.take_when(&Outgoing::Everything, some(), || Some(3)).unwrap());
    assert_eq!((index.cursor(), index.count()), (3, 3));
}
