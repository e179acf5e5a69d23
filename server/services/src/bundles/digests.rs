//! Reading files whole: bytes can be damaged and keep their size.
//!
//! What is due soon is read beside everything else, in turn. What is published now and was not read before is read while its
//! publication waits, for a bounded time.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, TryStreamExt, stream};
use storage::StorageError;
use tokio::sync::{Notify, Semaphore};

use crate::Services;

/// How often it is asked whether a damaged object of no bundle that is due soon is still there.
const ASKED_AGAIN: TimeDelta = TimeDelta::minutes(5);
/// How long a publication waits until its files are read whole: as long as three gigabytes take at fifty megabytes a second. What
/// takes longer is published with the right sizes alone, and is told in the log; who waits by hand or after an outage would
/// otherwise wait without end. Of what is due later it is known by then, or it has been read for as long before its instant; what
/// erred or never had its turn has not.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// The same, by the clock.
const PATIENTLY: TimeDelta = TimeDelta::seconds(60);
/// How often a file that is there may not be readable in a row until it counts as damaged, so that its bundle fails and somebody is
/// told, instead of being tried without end.
const UNREADABLE: u32 = 3;
/// How long what was found is remembered where its bundle is not due soon: longer than its publication waits.
const REMEMBERED: TimeDelta = TimeDelta::minutes(3);
/// Up to so many bytes a file is small: to ask for it takes longer than to read it.
const SMALL: u64 = 1 << 20;
/// How many small files are read at once ahead of their instant. Large ones have turns of their own, so that a small one never waits
/// for them.
const SMALL_AHEAD: usize = 4;
/// How many small files are read at once for publications that wait for them: most of the time it takes is the storage's answer.
const SMALL_WAITED_FOR: usize = 16;
/// How many large files are read at once ahead of their instant, so that readers are not kept waiting.
const LARGE_AHEAD: usize = 1;
/// How many large files are read at once for publications that wait for them.
const LARGE_WAITED_FOR: usize = 2;

/// What is known of the bytes of some files; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Digests {
    known: Arc<Mutex<HashMap<String, Known>>>,
    /// The turns of what is due soon.
    ahead: Arc<Turns>,
    /// The turns of what a publication waits for, which waits for nothing that is only due soon.
    waited_for: Arc<Turns>,
    /// Tells that a file was read, or not.
    changed: Arc<Notify>,
}

#[derive(Debug)]
struct Turns {
    small: Semaphore,
    large: Semaphore,
}

impl Turns {
    fn with(small: usize, large: usize) -> Arc<Self> {
        Arc::new(Self { small: Semaphore::new(small), large: Semaphore::new(large) })
    }

    const fn of(&self, bytes: &Bytes) -> &Semaphore {
        if bytes.is_small() { &self.small } else { &self.large }
    }
}

#[derive(Clone, Debug)]
struct Known {
    bundle_id: String,
    verdict: Verdict,
    reading: Reading,
    /// Since when it is wanted to be known, or is read, or since it could not be read.
    since: DateTime<Utc>,
    /// How often in a row it could not be read while it was there.
    failures: u32,
    /// When it was last asked whether it is there.
    asked_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Unknown,
    Sound,
    Damaged,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    No,
    /// It waits for its turn.
    InTurn,
    Now,
}

/// A file whose bytes are to be read.
#[derive(Clone, Debug)]
pub(super) struct Bytes {
    pub bundle_id: String,
    pub object_key: String,
    /// The digest that they are to have, in hexadecimal.
    pub sha256: String,
    /// How many they are.
    pub size: u64,
}

impl Bytes {
    /// Whether to ask for it takes longer than to read it.
    pub const fn is_small(&self) -> bool {
        self.size <= SMALL
    }
}

/// What somebody finds who is about to read a file.
enum Found {
    /// It is known to be sound.
    Sound,
    /// Somebody else reads it now.
    Read,
    /// It is theirs to read, until this is dropped.
    Theirs(Reader),
}

/// Whoever reads a file now.
struct Reader {
    of: Digests,
    object_key: String,
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(known) = self.of.known().get_mut(&self.object_key) {
            known.reading = Reading::No;
        }
        self.of.changed.notify_waiters();
    }
}

impl Default for Digests {
    fn default() -> Self {
        Self {
            known: Arc::default(),
            ahead: Turns::with(SMALL_AHEAD, LARGE_AHEAD),
            waited_for: Turns::with(SMALL_WAITED_FOR, LARGE_WAITED_FOR),
            changed: Arc::default(),
        }
    }
}

impl Digests {
    fn known(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is(&self, object_key: &str, verdict: Verdict) -> bool {
        self.known().get(object_key).is_some_and(|known| known.verdict == verdict)
    }

    /// Whether an object was found to be other than it should be.
    pub fn is_damaged(&self, object_key: &str) -> bool {
        self.is(object_key, Verdict::Damaged)
    }

    /// Whether all of these were found to be as they should be.
    pub fn all_sound(&self, files: &[Bytes]) -> bool {
        files.iter().all(|bytes| self.is(&bytes.object_key, Verdict::Sound))
    }

    /// How many files of these bundles nobody has read whole, by bundle; those of which all were read are not among them.
    pub fn unread_of(&self, bundles: &HashSet<&str>) -> HashMap<String, usize> {
        let mut unread = HashMap::new();
        for known in self.known().values().filter(|known| known.verdict == Verdict::Unknown) {
            if bundles.contains(known.bundle_id.as_str()) {
                *unread.entry(known.bundle_id.clone()).or_insert(0) += 1;
            }
        }
        unread
    }

    /// Whether an object was read whole from this time on and found to be as it should be.
    pub fn is_sound_since(&self, object_key: &str, since: DateTime<Utc>) -> bool {
        let is_fresh = |known: &Known| known.verdict == Verdict::Sound && known.since >= since;
        self.known().get(object_key).is_some_and(is_fresh)
    }

    /// Notes that a file is wanted to be known for its bundle from now on.
    pub fn want(&self, bytes: &Bytes, now: DateTime<Utc>) {
        entry(&mut self.known(), bytes, now).bundle_id.clone_from(&bytes.bundle_id);
    }

    /// The bundles with a file that was not read yet, and for which a publication waits; not those whose files are being read for so
    /// long now that it does not. What waits for its turn or could not be read counts as not read, however long ago it was wanted.
    pub fn unread(&self, now: DateTime<Utc>) -> HashSet<String> {
        let is_read_long = |known: &Known| known.reading == Reading::Now && known.since + PATIENTLY <= now;
        let is_awaited = |known: &&Known| known.verdict == Verdict::Unknown && !is_read_long(known);
        self.known().values().filter(is_awaited).map(|known| known.bundle_id.clone()).collect()
    }

    /// Lets go of what each of these bundles does not hold any more, so that its publication waits for none of it.
    pub fn keep_of(&self, held: &HashMap<&str, HashSet<&str>>) {
        let kept = |known: &Known| known.reading != Reading::No || known.verdict == Verdict::Damaged;
        let is_held = |key: &str, known: &Known| {
            held.get(known.bundle_id.as_str()).is_none_or(|keys| kept(known) || keys.contains(key))
        };
        self.known().retain(|key, known| is_held(key, known));
    }

    /// Lets go of what belongs to other bundles, but for what was wanted a moment ago; what was found damaged is remembered until it
    /// is found sound or is gone.
    pub fn keep_only(&self, bundles: &HashSet<&str>, now: DateTime<Utc>) {
        let kept = |known: &Known| {
            known.reading != Reading::No || known.verdict == Verdict::Damaged || known.since + REMEMBERED > now
        };
        self.known().retain(|_, known| kept(known) || bundles.contains(known.bundle_id.as_str()));
    }

    /// Lets go of damaged objects that are not there any more; nobody looks at those of bundles other than these.
    pub async fn forget_gone(&self, services: &Services, bundles: &HashSet<&str>) {
        for object_key in self.due_to_be_asked(bundles, services.clock.now()) {
            // Where the storage does not answer, it is asked again later.
            if matches!(services.storage.head(&object_key).await, Ok(None)) {
                self.known().remove(&object_key);
            }
        }
    }

    fn due_to_be_asked(&self, bundles: &HashSet<&str>, now: DateTime<Utc>) -> Vec<String> {
        let mut due = Vec::new();
        for (object_key, known) in self.known().iter_mut() {
            let is_others = known.verdict == Verdict::Damaged && !bundles.contains(known.bundle_id.as_str());
            if is_others && known.reading == Reading::No && known.asked_at + ASKED_AGAIN <= now {
                known.asked_at = now;
                due.push(object_key.clone());
            }
        }
        due
    }

    /// Has a file read in its turn unless that was done or is under way; a damaged one again, as it may have been mended. `found` is
    /// called where something else is found than was known.
    pub fn read(&self, services: &Services, bytes: Bytes, found: impl FnOnce() + Send + 'static) {
        {
            let mut known = self.known();
            let entry = entry(&mut known, &bytes, services.clock.now());
            if entry.reading != Reading::No || entry.verdict == Verdict::Sound {
                return;
            }
            entry.reading = Reading::InTurn;
        }
        let (own, services) = (self.clone(), services.clone());
        tokio::spawn(async move {
            let turn = own.ahead.of(&bytes).acquire().await;
            let Found::Theirs(reader) = own.begin(&bytes, services.clock.now()) else { return };
            let was_damaged = own.is_damaged(&bytes.object_key);
            if let Err(error) = own.read_now(&services, &bytes).await {
                let id = &bytes.bundle_id;
                tracing::warn!(bundle.id = %id, error = &error as &dyn std::error::Error, "a file that is due soon cannot be read, it is tried again");
            }
            drop((reader, turn));
            if was_damaged != own.is_damaged(&bytes.object_key) {
                found();
            }
        });
    }

    /// Reads what is not known to be sound of these files at once, and waits for it; how many are left that nobody has read when
    /// the patience is over. An error where one cannot be read, unless another is damaged, which says enough.
    pub async fn learn(
        &self,
        services: &Services,
        files: Vec<Bytes>,
        patience: Duration,
    ) -> Result<usize, StorageError> {
        let mut unknown = files;
        unknown.retain(|bytes| !self.is(&bytes.object_key, Verdict::Sound));
        for bytes in &unknown {
            self.want(bytes, services.clock.now());
        }
        let reading = stream::iter(unknown.clone()).map(|bytes| async move { self.learn_one(services, &bytes).await });
        let reading = reading.buffer_unordered(SMALL_WAITED_FOR).try_collect::<Vec<()>>();
        match tokio::time::timeout(patience, reading).await {
            Ok(Err(_)) if unknown.iter().any(|bytes| self.is_damaged(&bytes.object_key)) => Ok(0),
            Ok(read) => read.map(|_| 0),
            Err(_) => Ok(unknown.iter().filter(|bytes| self.is(&bytes.object_key, Verdict::Unknown)).count()),
        }
    }

    async fn learn_one(&self, services: &Services, bytes: &Bytes) -> Result<(), StorageError> {
        loop {
            // Before it is looked whether somebody reads it, so that their end is not missed.
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let turn = self.waited_for.of(bytes).acquire().await;
            match self.begin(bytes, services.clock.now()) {
                Found::Sound => return Ok(()),
                Found::Theirs(_reader) => return self.read_now(services, bytes).await,
                Found::Read => {
                    drop(turn);
                    changed.await;
                }
            }
        }
    }

    /// Takes a file to read it now.
    fn begin(&self, bytes: &Bytes, now: DateTime<Utc>) -> Found {
        let mut known = self.known();
        let entry = entry(&mut known, bytes, now);
        match (entry.verdict, entry.reading) {
            (Verdict::Sound, reading) => {
                if reading == Reading::InTurn {
                    entry.reading = Reading::No;
                }
                Found::Sound
            }
            (_, Reading::Now) => Found::Read,
            _ => {
                entry.reading = Reading::Now;
                entry.since = now;
                Found::Theirs(Reader { of: self.clone(), object_key: bytes.object_key.clone() })
            }
        }
    }

    async fn read_now(&self, services: &Services, bytes: &Bytes) -> Result<(), StorageError> {
        let verdict = match services.storage.digest(&bytes.object_key).await {
            Ok(Some(digest)) if digest.sha256 == bytes.sha256 => Verdict::Sound,
            Ok(Some(_)) => Verdict::Damaged,
            // That it is gone is found by who asks for its size.
            Ok(None) => Verdict::Unknown,
            Err(error) if error.is_damage() => Verdict::Damaged,
            Err(error) => {
                // A storage that is away says nothing of its files.
                let is_there = matches!(services.storage.head(&bytes.object_key).await, Ok(Some(_)));
                let is_given_up = self.note_failure(bytes, is_there, services.clock.now());
                if is_given_up {
                    let id = &bytes.bundle_id;
                    tracing::error!(bundle.id = %id, error = &error as &dyn std::error::Error, "a file is there and cannot be read, it counts as damaged");
                }
                return if is_given_up { Ok(()) } else { Err(error) };
            }
        };
        if let Some(known) = self.known().get_mut(&bytes.object_key) {
            known.verdict = verdict;
            known.failures = 0;
        }
        Ok(())
    }

    /// Notes that a file could not be read, be it there or not to be asked for; whether it counts as damaged by now.
    fn note_failure(&self, bytes: &Bytes, is_there: bool, now: DateTime<Utc>) -> bool {
        let mut known = self.known();
        let entry = entry(&mut known, bytes, now);
        entry.since = now;
        entry.failures = if is_there { entry.failures.saturating_add(1) } else { 0 };
        let is_given_up = entry.failures >= UNREADABLE;
        if is_given_up {
            entry.verdict = Verdict::Damaged;
        }
        is_given_up
    }
}

/// What is known of a file, which is nothing where nobody asked for it before.
fn entry<'a>(known: &'a mut HashMap<String, Known>, bytes: &Bytes, now: DateTime<Utc>) -> &'a mut Known {
    known.entry(bytes.object_key.clone()).or_insert_with(|| Known {
        bundle_id: bytes.bundle_id.clone(),
        verdict: Verdict::Unknown,
        reading: Reading::No,
        since: now,
        failures: 0,
        asked_at: now,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    fn bytes(object_key: &str, size: u64) -> Bytes {
        Bytes { bundle_id: format!("bundle of {object_key}"), object_key: object_key.into(), sha256: "0".into(), size }
    }

    fn found(digests: &Digests, object_key: &str, verdict: Verdict) {
        digests.known().get_mut(object_key).unwrap().verdict = verdict;
    }

    #[test]
    fn a_publication_waits_for_what_nobody_has_read_and_not_without_end() {
        let digests = Digests::default();
        for object_key in ["read", "damaged", "large"] {
            digests.want(&bytes(object_key, 9), at(0));
        }
        found(&digests, "read", Verdict::Sound);
        found(&digests, "damaged", Verdict::Damaged);
        let awaited = HashSet::from(["bundle of large".to_owned()]);
        // What never had its turn was not read for a minute, however long ago it was wanted.
        assert_eq!(digests.unread(at(600)), awaited);
        let Found::Theirs(reader) = digests.begin(&bytes("large", 9), at(600)) else { panic!("nobody reads it yet") };
        digests.want(&bytes("large", 9), at(650));
        assert_eq!(digests.unread(at(659)), awaited);
        assert!(digests.unread(at(660)).is_empty());
        // Published with its size alone, it is told.
        let unread = digests.unread_of(&HashSet::from(["bundle of large", "bundle of read"]));
        assert_eq!(unread, HashMap::from([("bundle of large".to_owned(), 1)]));
        // Nor was what could not be read.
        assert!(!digests.note_failure(&bytes("large", 9), true, at(661)));
        drop(reader);
        assert_eq!(digests.unread(at(800)), awaited);
        let keep = |held: &str| digests.keep_of(&HashMap::from([("bundle of large", HashSet::from([held]))]));
        keep("large");
        assert_eq!(digests.unread(at(800)), awaited);
        keep("in its place");
        assert!(digests.unread(at(800)).is_empty(), "the bundle does not hold it any more");
    }

    #[test]
    fn what_is_there_and_cannot_be_read_three_times_in_a_row_counts_as_damaged_and_is_read_again() {
        let digests = Digests::default();
        let file = bytes("file", 9);
        digests.want(&file, at(0));
        // While the storage is away nothing is known of its files, however often it is asked.
        for is_there in [true, true, false, false, false, false, true, true] {
            assert!(!digests.note_failure(&file, is_there, at(1)));
            assert!(!digests.is_damaged("file"));
        }
        assert!(digests.note_failure(&file, true, at(2)));
        assert!(digests.is_damaged("file") && digests.unread(at(2)).is_empty());
        assert!(matches!(digests.begin(&file, at(3)), Found::Theirs(_)));
    }

    #[test]
    fn what_was_read_whole_a_moment_ago_is_known_to_be_there() {
        let digests = Digests::default();
        let file = bytes("file", 9);
        digests.want(&file, at(0));
        let Found::Theirs(reader) = digests.begin(&file, at(10)) else { panic!("nobody reads it yet") };
        assert!(!digests.is_sound_since("file", at(0)));
        found(&digests, "file", Verdict::Sound);
        drop(reader);
        digests.want(&file, at(30));
        assert_eq!([at(10), at(11)].map(|since| digests.is_sound_since("file", since)), [true, false]);
        found(&digests, "file", Verdict::Damaged);
        assert!(!digests.is_sound_since("file", at(10)));
    }

    #[test]
    fn what_was_wanted_a_moment_ago_is_remembered_though_its_bundle_is_not_due() {
        let digests = Digests::default();
        for object_key in ["by hand", "due", "damaged"] {
            digests.want(&bytes(object_key, 9), at(0));
        }
        found(&digests, "damaged", Verdict::Damaged);
        let due = HashSet::from(["bundle of due"]);
        let kept = |seconds| {
            digests.keep_only(&due, at(seconds));
            let mut kept: Vec<String> = digests.known().keys().cloned().collect();
            kept.sort_unstable();
            kept
        };
        assert_eq!(kept(179), ["by hand", "damaged", "due"]);
        assert_eq!(kept(180), ["damaged", "due"]);
    }

    #[test]
    fn a_file_is_read_by_one_at_a_time_and_again_after_whoever_read_it_has_ended() {
        let digests = Digests::default();
        let file = bytes("file", 9);
        let Found::Theirs(reader) = digests.begin(&file, at(0)) else { panic!("nobody reads it yet") };
        assert!(matches!(digests.begin(&file, at(0)), Found::Read));
        drop(reader);
        let Found::Theirs(reader) = digests.begin(&file, at(0)) else { panic!("it was not read") };
        found(&digests, "file", Verdict::Sound);
        drop(reader);
        assert!(matches!(digests.begin(&file, at(0)), Found::Sound));
    }

    #[test]
    fn small_files_never_wait_for_large_ones() {
        let digests = Digests::default();
        let (small, large) = (bytes("small", SMALL), bytes("large", SMALL + 1));
        let turns = &digests.waited_for;
        let _all: Vec<_> = (0..LARGE_WAITED_FOR).map(|_| turns.of(&large).try_acquire().unwrap()).collect();
        assert!(turns.of(&large).try_acquire().is_err());
        assert!(turns.of(&small).try_acquire().is_ok());
    }
}
