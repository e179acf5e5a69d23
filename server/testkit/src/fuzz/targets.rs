//! What reads the bytes of anybody without needing the server: CSV files, and selections in addresses.

use std::collections::BTreeSet;
use std::path::Path;

use domain::selection::{DataQuery, MAX_OPTIONS, MAX_RANGES, MAX_SORTS};
use domain::table::Severity;
use tables::{Limits, MAX_COLUMNS, Table, build, inspect, preview};

const LIMITS: Limits = Limits { preview_rows: 10, options: 1000 };

/// A CSV file is refused with reasons in lines that it has, or read; then its table file has what was read, and no more.
fn csv(bytes: &[u8]) {
    // Whatever the encoding, no line ends without one of these bytes.
    let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
    let profile = match inspect(bytes, "fuzzed.csv") {
        Ok(profile) => profile,
        Err(problems) => {
            assert!(problems.iter().any(|problem| problem.severity == Severity::Error), "{problems:?}");
            let mut named = problems.iter().filter_map(|problem| problem.line);
            assert!(named.all(|line| (1..=lines).contains(&line)), "{lines} lines: {problems:?}");
            return;
        }
    };
    assert!((1..=MAX_COLUMNS).contains(&profile.columns.len()) && profile.rows <= lines, "{profile:?}");
    let names: BTreeSet<&str> = profile.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names.len(), profile.columns.len(), "{names:?}");
    let shown = preview(bytes, &profile, LIMITS.preview_rows);
    assert_eq!(shown.rows.len() as u64, profile.rows.min(LIMITS.preview_rows as u64));
    assert!(shown.rows.iter().all(|row| row.len() == profile.columns.len()));

    let file = tempfile::NamedTempFile::new().unwrap();
    let built = build(&bytes, "fuzzed.csv", LIMITS, file.reopen().unwrap()).unwrap();
    assert_eq!((&built.profile, &built.preview), (&profile, &shown));
    assert_eq!(tables::options(bytes, &profile, LIMITS.options), built.dimensions);
    let table = Table::open(file.path()).unwrap();
    assert_eq!((table.rows(), table.columns()), (profile.rows, profile.columns.as_slice()));
}

/// A selection in an address is refused with reasons, or read: what is more than its limits allow is told and not kept; and written
/// anew it is the same.
fn filter(bytes: &[u8]) {
    let raw = String::from_utf8_lossy(bytes);
    match DataQuery::parse(&raw) {
        Ok(DataQuery { selection, .. }) => {
            let options: usize = selection.dimensions.iter().map(|filter| filter.options.len()).sum();
            assert!(options <= MAX_OPTIONS + 1 && selection.ranges.len() <= MAX_RANGES + 1, "{selection:?}");
            let named: BTreeSet<&String> = selection.columns.iter().collect();
            let is_within = options <= MAX_OPTIONS
                && selection.ranges.len() <= MAX_RANGES
                && selection.sort.len() <= MAX_SORTS
                && named.len() == selection.columns.len();
            assert_eq!(selection.excess().is_empty(), is_within, "{selection:?}");
            let again = DataQuery::parse(&selection.to_query()).unwrap();
            assert_eq!(again, DataQuery { selection, ..DataQuery::default() });
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
}

#[test]
fn fuzzed_csv_files_are_read_or_refused() {
    let awkward = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tables/tests/awkward");
    super::run("csv", &[awkward.as_path()], csv);
}

#[test]
fn fuzzed_filters_are_read_or_refused() {
    super::run("filters", &[], filter);
}

#[test]
#[should_panic(expected = "two quotes")]
fn what_a_target_fails_for_is_found() {
    let kept = tempfile::tempdir().unwrap();
    std::fs::write(kept.path().join("quoted"), b"a,\"b\"").unwrap();
    super::run("none", &[kept.path()], |bytes| {
        // Fails for what is in no input of the corpus.
        assert!(!bytes.windows(2).any(|two| two == b"\"\""), "two quotes");
    });
}
