use domain::selection::{MAX_OPTIONS, MAX_RANGES, MAX_SORTS};
use domain::table::MAX_COLUMNS;
use serde_json::json;
use utoipa::PartialSchema;

use super::*;
use crate::api::body::decode;

/// What is sent to `/filters`, as it arrives.
fn read(bytes: &[u8]) -> Option<Result<FilterInput, Refusal>> {
    serde_json::from_slice(bytes).ok().map(decode)
}

/// A filter as it is sent is refused with reasons, or becomes a selection within its limits, which is sent again as the same.
fn target(bytes: &[u8]) {
    let sent = match read(bytes) {
        None => return,
        Some(Ok(sent)) => sent,
        Some(Err(Refusal::Unreadable { problems } | Refusal::Invalid { problems })) => {
            assert!(!problems.is_empty());
            return;
        }
        Some(Err(other)) => panic!("{other:?}"),
    };
    match sent.selection() {
        Ok(selection) => {
            assert_eq!(selection.excess(), [], "{selection:?}");
            let file = FilteredFile { id: String::new(), filename: sent.dataset.file.clone().unwrap_or_default() };
            let again = FilterInput::of(("d", "e", 1), Some(&file), &selection);
            let again = serde_json::to_value(&again).unwrap();
            assert_eq!(decode::<FilterInput>(again).unwrap().selection().unwrap(), selection);
        }
        Err(Refusal::Invalid { problems }) => {
            let fields = ["dimensions", "ranges", "columns", "sort"];
            assert!(!problems.is_empty() && problems.iter().all(|problem| fields.contains(&problem.field.as_str())));
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn places_are_called_as_they_were_sent() {
    let sent: FilterInput = decode(json!({
        "dataset": {"id": "d", "edition": "e", "version": 1},
        "dimensions": [
            {"name": "a"}, {"name": "b", "options": ["x"]}, {"name": "a", "options": ["y", "y"]}, {"name": "b", "options": ["x", "z"]},
        ],
        "ranges": [{"name": "n"}, {"name": "t", "from": "1"}],
        "columns": ["c"],
        "sort": ["-s"],
    }))
    .unwrap();
    let kept = sent.selection().unwrap();
    for (place, called) in [
        (Place::Dimension(0), "dimensions.1.name"),
        (Place::Dimension(1), "dimensions.0.name"),
        (Place::Option(0, 1), "dimensions.3.options.1"),
        (Place::Option(1, 0), "dimensions.2.options.0"),
        (Place::Range(0), "ranges.1.name"),
        (Place::From(0), "ranges.1.from"),
        (Place::To(0), "ranges.1.to"),
        (Place::Column(0), "columns.0"),
        (Place::Sort(0), "sort.0"),
        (Place::Whole("sort".into()), "sort"),
    ] {
        assert_eq!(sent.called(&place, &kept), called, "{place:?}");
    }
}

#[test]
fn fuzzed_filters_as_they_are_sent_are_read_or_refused() {
    testkit::fuzz::run("filter-bodies", &[], target);
}

#[test]
fn a_body_of_too_much_is_refused_before_anything_is_made_of_it() {
    let dataset = json!({"id": "d", "edition": "e", "version": 1});
    let words = |count: usize| (0..count).map(|at| format!("w{at}")).collect::<Vec<_>>();
    let ranges: Vec<Value> = words(MAX_RANGES + 1).iter().map(|name| json!({"name": name, "from": "1"})).collect();
    for (field, sent) in [
        ("dimensions", json!([{"name": "a", "options": words(MAX_OPTIONS)}, {"name": "b", "options": ["x"]}])),
        ("ranges", json!(ranges)),
        ("columns", json!(vec!["V"; 2])),
        ("columns", json!(words(MAX_COLUMNS + 1))),
        ("sort", json!(words(MAX_SORTS + 1))),
    ] {
        let mut body = json!({"dataset": dataset});
        body[field] = sent;
        let bytes = serde_json::to_vec(&body).unwrap();
        target(&bytes);
        match read(&bytes).unwrap().unwrap().selection() {
            Err(Refusal::Invalid { problems }) => assert_eq!((problems.len(), problems[0].field.as_str()), (1, field)),
            other => panic!("{field}: {other:?}"),
        }
    }
}

#[test]
fn the_description_says_how_much_may_be_sent() {
    let input = serde_json::to_value(FilterInput::schema()).unwrap();
    for (field, most) in [("ranges", MAX_RANGES), ("columns", MAX_COLUMNS), ("sort", MAX_SORTS)] {
        assert_eq!(input["properties"][field]["maxItems"], json!(most), "{field}");
    }
    let dimension = serde_json::to_value(FilteredDimension::schema()).unwrap();
    assert_eq!(dimension["properties"]["options"]["maxItems"], json!(MAX_OPTIONS));
}
