//! Fuzzing with the stable compiler: a target is given the inputs of its corpus, and what random mutations make of them.
//!
//! Usually each target meets the same few hundred inputs at every run; `FUZZ_SECONDS` lets it go on for so long with others each
//! time (`make fuzz-targets`). An input that a target fails for is made as simple as it can be and put into the corpus, where every
//! later run begins with it.

mod mutations;
#[cfg(test)]
mod targets;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// Mutated inputs of a usual run, and of each round of a longer one.
const CASES: u32 = 200;
/// Steps by which an input that fails is made simpler.
const SIMPLER: u32 = 2_000;
/// The most bytes of an input that is mutated; larger ones are tried as they are.
const MOST: usize = 8 << 10;

/// Gives the target every input of the corpus of this name and of the other folders, and then mutations of them.
///
/// # Panics
/// Where the target does; the input is told, and kept in the corpus.
pub fn run(name: &str, others: &[&Path], target: impl Fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut inputs = inputs_of(&corpus);
    inputs.extend(others.iter().flat_map(|folder| inputs_of(folder)));
    assert!(!inputs.is_empty(), "there is no input in {}", corpus.display());
    for (path, bytes) in &inputs {
        let outcome = catch_unwind(AssertUnwindSafe(|| target(bytes)));
        assert!(outcome.is_ok(), "{name} fails for {}", path.display());
    }
    let seeds = inputs.into_iter().map(|(_, bytes)| bytes).filter(|bytes| bytes.len() <= MOST).collect();
    let mutated = mutations::of(seeds);
    let until = seconds().map(|seconds| now() + Duration::from_secs(seconds));
    loop {
        let outcome = runner(until.is_none()).run(&mutated, |bytes| {
            target(&bytes);
            Ok(())
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(why, bytes)) => {
                let (kept, told) = (keep(&corpus, &bytes), bytes.escape_ascii());
                panic!("{name}: {why}\nfor {told}\nwhich is now in {}", kept.display());
            }
            Err(TestError::Abort(why)) => panic!("{name}: {why}"),
        }
        if until.is_none_or(|until| now() >= until) {
            return;
        }
    }
}

/// A runner of one round: the same inputs each time, or others.
fn runner(the_same: bool) -> TestRunner {
    let config = Config { cases: CASES, max_shrink_iters: SIMPLER, failure_persistence: None, ..Config::default() };
    if the_same {
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    } else {
        TestRunner::new(config)
    }
}

/// The files of a folder by their names, none where it is not there.
fn inputs_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.into_iter().filter_map(|path| std::fs::read(&path).ok().map(|bytes| (path, bytes))).collect()
}

/// Puts an input into the corpus under a name made of its bytes; where that cannot be written it is told all the same.
fn keep(corpus: &Path, bytes: &[u8]) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let path = corpus.join(format!("failed-{:016x}", hasher.finish()));
    let _ = std::fs::write(&path, bytes);
    path
}

#[expect(clippy::disallowed_methods, reason = "the test kit is configured like the tests are run: by the environment")]
fn seconds() -> Option<u64> {
    std::env::var("FUZZ_SECONDS").ok()?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "how long to go on is measured, not decided by the time of day")]
fn now() -> Instant {
    Instant::now()
}
