//! Looking at bundles ahead of their instant, so that at the instant only a commit is left to do.
//!
//! What is found is kept in this node's memory, under the bundle's revision: any change of the bundle makes it worthless.
//! Whether the items are still as they were is asked again in the transaction that publishes them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use domain::bundle::{Bundle, ContentItem, preflight};
use domain::refusal::Blocker;
use domain::version::admin_file_path;
use futures::{StreamExt, TryStreamExt, stream};
use persistence::files::StoredFile;
use persistence::{bundles, contents, files, versions};

use super::digests::{Bytes as FileBytes, Digests, PATIENCE};
use super::receivers::Receivers;
use super::running::Place;
use crate::{Ctx, Result, ServiceError, Services, deliveries};

/// How long before its instant a bundle is first looked at (product contract, section 5).
pub const AHEAD: Duration = Duration::hours(1);
/// How often it is looked at again until then.
const EVERY: Duration = Duration::minutes(5);
/// How long before the instant it is looked at for the last time; that look counts at the instant.
pub(super) const LAST_LOOK: Duration = Duration::seconds(15);
/// How long one round of looks may go on until no file is read any more while others wait to be looked at.
const SPARE: Duration = Duration::seconds(1);
/// How long a look waits for small files of a bundle that is due at once; within the time for which the last look counts.
const SHORTLY: std::time::Duration = std::time::Duration::from_secs(5);
/// How long a checklist takes the storage's word.
const LATELY: Duration = Duration::seconds(15);
/// How many bundles are looked at at once.
const SIDE_BY_SIDE: usize = 4;
/// How many files of one the storage is asked about at once.
const AT_ONCE: usize = 16;

/// What was found of a bundle.
#[derive(Clone, Debug)]
struct Look {
    revision: i64,
    at: DateTime<Utc>,
    fit: bool,
    items: usize,
}

/// What this node found of the bundles that are due soon; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Preparations {
    looks: Arc<Mutex<HashMap<String, Look>>>,
    /// What a storage said of the bytes of a bundle, by the bundle, with its revision.
    bytes: Arc<Mutex<HashMap<String, Bytes>>>,
    digests: Digests,
    /// What the receivers said last that publications wait for.
    pub(super) receivers: Receivers,
}

/// What a storage said of the bytes of a bundle of this revision, and when.
type Bytes = (i64, DateTime<Utc>, Vec<Blocker>);

impl Preparations {
    fn looks(&self) -> MutexGuard<'_, HashMap<String, Look>> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> MutexGuard<'_, HashMap<String, Bytes>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was said of this revision a moment ago.
    fn bytes_lately(&self, bundle: &Bundle, now: DateTime<Utc>) -> Option<Vec<Blocker>> {
        let known = self.bytes();
        let (revision, at, found) = known.get(&bundle.id)?;
        (*revision == bundle.revision && now - *at < LATELY).then(|| found.clone())
    }

    /// Keeps what was said now, and lets go of what is older than a moment.
    fn keep_bytes(&self, bundle: &Bundle, now: DateTime<Utc>, found: Vec<Blocker>) {
        let mut known = self.bytes();
        known.retain(|_, (_, at, _)| now - *at < LATELY);
        known.insert(bundle.id.clone(), (bundle.revision, now, found));
    }

    /// How many items a bundle holds that was found fit in its present revision, shortly before it was due.
    pub(super) fn fit_for(&self, bundle: &Bundle, due: DateTime<Utc>) -> Option<usize> {
        let looks = self.looks();
        let look = looks.get(&bundle.id)?;
        (look.fit && look.revision == bundle.revision && look.at >= due - LAST_LOOK).then_some(look.items)
    }

    /// Whether a bundle was found fit at all, in some revision.
    pub(super) fn may_be_fit(&self, id: &str) -> bool {
        self.looks().get(id).is_some_and(|look| look.fit)
    }

    /// The bundles that are not published yet by their instant, however fit they are, as their files are still being read.
    pub(super) fn unread(&self, now: DateTime<Utc>) -> HashSet<String> {
        self.digests.unread(now)
    }

    /// Says in the log where bundles became public whose files nobody has read whole, as that took too long.
    pub(super) fn tell_of_unread<'a>(&self, ids: impl IntoIterator<Item = &'a str>) {
        for (id, unread) in self.digests.unread_of(&ids.into_iter().collect()) {
            tracing::warn!(bundle.id = %id, unread, "bundle {id} was published before its files were read whole: of these only the size is known to be right");
        }
    }

    /// Whether a bundle should be looked at (again) now.
    fn wants(&self, bundle: &Bundle, due: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let looks = self.looks();
        let Some(look) = looks.get(&bundle.id).filter(|look| look.revision == bundle.revision) else { return true };
        let last = due - LAST_LOOK;
        look.at + EVERY <= now || (look.at < last && now >= last)
    }
}

/// Looks at every bundle that is due soon and has not been looked at lately; those that are not fit, with every reason.
///
/// One that cannot be looked at is told in the log, and holds up no other.
pub async fn prepare_upcoming(services: &Services) -> Result<Vec<(Bundle, Vec<Blocker>)>> {
    let ctx = Ctx::system("scheduler", services.clock.now());
    let now = ctx.now;
    let upcoming = bundles::scheduled_between(services.db.pool(), now, now + AHEAD).await?;
    // With those that are overdue, which others look at; they may be very many.
    let known = bundles::ids_scheduled_until(services.db.pool(), now + AHEAD).await?;
    let known: HashSet<&str> = known.iter().map(String::as_str).collect();
    services.preparations.looks().retain(|id, _| known.contains(id.as_str()));
    services.preparations.digests.keep_only(&known, now);
    services.preparations.digests.forget_gone(services, &known).await;
    let wanting = upcoming.into_iter().filter(|bundle| {
        let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
        due.is_some_and(|due| services.preparations.wants(bundle, due, now))
    });
    let looked_at = stream::iter(wanting).map(|bundle| async move {
        let found = look_at(services, &bundle, now).await;
        (bundle, found)
    });
    let mut looked_at = std::pin::pin!(looked_at.buffer_unordered(SIDE_BY_SIDE));
    let mut unfit = Vec::new();
    while let Some((bundle, found)) = looked_at.next().await {
        match found {
            Ok(blockers) if blockers.is_empty() => {}
            Ok(blockers) => unfit.push((bundle, blockers)),
            Err(error) => {
                let id = &bundle.id;
                tracing::warn!(bundle.id = %id, error = &error as &dyn std::error::Error, "bundle {id} publication cannot be looked at ahead");
            }
        }
    }
    // Afterwards, so that no look waits for a writer.
    for (bundle, blockers) in &unfit {
        if let Err(error) = warn_of(services, &ctx, bundle, blockers).await {
            let id = &bundle.id;
            tracing::error!(bundle.id = %id, error = &error as &dyn std::error::Error, "nobody can be warned of what will fail the bundle {id}");
        }
    }
    Ok(unfit)
}

/// Warns everybody who is told of failures, once for each revision of the bundle and set of reasons.
async fn warn_of(services: &Services, ctx: &Ctx, bundle: &Bundle, blockers: &[Blocker]) -> Result<()> {
    let tx = services.db.begin().await?;
    // Of nodes that find the same at the same time one warns, and the others find that it did.
    bundles::lock(&tx, &bundle.id).await?;
    if deliveries::queue_at_risk(&tx, services, ctx, bundle, blockers).await? {
        persistence::db::commit(tx).await?;
        services.nudges.follow_up.notify_one();
    }
    Ok(())
}

/// Looks at one bundle in the round that began at this time, and keeps what was found.
async fn look_at(services: &Services, bundle: &Bundle, began: DateTime<Utc>) -> Result<Vec<Blocker>> {
    match sheets_of(services, vec![bundle.clone()]).await?.pop() {
        Some(sheet) => look(services, &sheet, Round { began, trusts_from: None }).await,
        None => Ok(Vec::new()),
    }
}

/// What is read of a bundle before the storage is asked for its files.
pub(super) struct Sheet {
    pub bundle: Bundle,
    items: Vec<ContentItem>,
    files: Vec<Stored>,
    /// The receivers that are down.
    in_the_way: Vec<Blocker>,
}

/// A round of looks.
#[derive(Clone, Copy)]
pub(super) struct Round {
    /// When it began.
    pub began: DateTime<Utc>,
    /// The storage is not asked once more for what was read whole from then on.
    pub trusts_from: Option<DateTime<Utc>>,
}

/// Reads what there is to be looked at of these bundles, in their order and in as many statements however many they are.
pub(super) async fn sheets_of(services: &Services, bundles: Vec<Bundle>) -> Result<Vec<Sheet>> {
    let ids: Vec<&str> = bundles.iter().map(|bundle| bundle.id.as_str()).collect();
    let mut items = contents::lists_of_bundles(services.db.pool(), &ids).await?;
    let all: Vec<&ContentItem> = items.values().flatten().collect();
    let mut files: HashMap<String, Vec<Stored>> = HashMap::new();
    for file in files_of(services, &all).await? {
        files.entry(file.bytes.bundle_id.clone()).or_default().push(file);
    }
    let keys = |id: &&str| files.get(*id).into_iter().flatten().map(|file| file.bytes.object_key.as_str());
    services.preparations.digests.keep_of(&ids.iter().map(|id| (*id, keys(id).collect())).collect());
    let mut in_the_way = deliveries::in_the_way_of(services, &ids).await?;
    let sheet = |bundle: Bundle| Sheet {
        items: items.remove(&bundle.id).unwrap_or_default(),
        files: files.remove(&bundle.id).unwrap_or_default(),
        in_the_way: in_the_way.remove(&bundle.id).unwrap_or_default(),
        bundle,
    };
    Ok(bundles.into_iter().map(sheet).collect())
}

/// Looks at a bundle of which everything was read just now, and keeps what was found.
pub(super) async fn look(services: &Services, sheet: &Sheet, round: Round) -> Result<Vec<Blocker>> {
    let Sheet { bundle, items, files, in_the_way } = sheet;
    // Before the look counts, so that it never counts without them.
    for file in files {
        services.preparations.digests.want(&file.bytes, services.clock.now());
    }
    let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
    if due.is_some_and(|due| due - LAST_LOOK <= round.began) && services.clock.now() - round.began <= SPARE {
        read_small_ones(services, &bundle.id, files).await;
    }
    let digests = &services.preparations.digests;
    let is_there =
        |file: &&Stored| round.trusts_from.is_some_and(|from| digests.is_sound_since(&file.bytes.object_key, from));
    let asked: Vec<Stored> = files.iter().filter(|file| !is_there(file)).cloned().collect();
    let mut blockers = missing_among(services, asked).await?;
    blockers.extend_from_slice(in_the_way);
    blockers.extend(preflight(&bundle.id, items));
    let fit = blockers.is_empty();
    let look = Look { revision: bundle.revision, at: services.clock.now(), fit, items: items.len() };
    services.preparations.looks().insert(bundle.id.clone(), look);
    // What was found of the bytes while it was looked makes the look worthless, and so does what is found afterwards.
    if fit && files.iter().any(|file| digests.is_damaged(&file.bytes.object_key)) {
        services.preparations.looks().remove(&bundle.id);
    }
    for file in files {
        read_whole(services, file.bytes.clone());
    }
    Ok(blockers)
}

/// Reads the small files of a bundle that is due at once with the look itself, as its instant does not wait for their turn.
async fn read_small_ones(services: &Services, bundle_id: &str, files: &[Stored]) {
    let small = files.iter().filter(|file| file.bytes.is_small()).map(|file| file.bytes.clone()).collect();
    if let Err(error) = services.preparations.digests.learn(services, small, SHORTLY).await {
        tracing::warn!(bundle.id = %bundle_id, error = &error as &dyn std::error::Error, "a file that is due soon cannot be read, it is tried again");
    }
}

/// Has the bytes of a file read in their turn; where they are found to be other than known, the bundle is looked at again.
fn read_whole(services: &Services, bytes: FileBytes) {
    let preparations = services.preparations.clone();
    let id = bytes.bundle_id.clone();
    services.preparations.digests.read(services, bytes, move || {
        preparations.bytes().remove(&id);
        preparations.looks().remove(&id);
    });
}

/// The same as it was a moment ago, for checklists, which are looked at again and again.
pub(super) async fn missing_bytes_lately(
    services: &Services,
    bundle: &Bundle,
    items: &[ContentItem],
) -> Result<Vec<Blocker>> {
    let now = services.clock.now();
    if let Some(found) = services.preparations.bytes_lately(bundle, now) {
        return Ok(found);
    }
    let found = missing_bytes(services, items).await?;
    services.preparations.keep_bytes(bundle, now, found.clone());
    Ok(found)
}

/// A file of a bundle.
#[derive(Clone, Debug)]
struct Stored {
    /// The version that it belongs to, as people read it.
    reference: String,
    /// Its place on the portal's page of that version.
    place: String,
    filename: String,
    bytes: FileBytes,
}

/// The files of these items, of one bundle or of several.
async fn files_of(services: &Services, items: &[&ContentItem]) -> Result<Vec<Stored>> {
    let ids: Vec<&str> = items.iter().map(|item| item.version_id.as_str()).collect();
    let versions = versions::list_by_ids(services.db.pool(), &ids).await?;
    let mut files = files::list_of_versions(services.db.pool(), &versions).await?;
    let of_item = |item: &&ContentItem| {
        let (reference, files) = (item.reference(), files.remove(&item.version_id).unwrap_or_default());
        let (dataset, edition, version) = (item.dataset_id.clone(), item.edition.clone(), item.version);
        let bundle_id = item.bundle_id.clone();
        let stored = move |stored: StoredFile| Stored {
            reference: reference.clone(),
            place: admin_file_path(&dataset, &edition, version, Some(&stored.file.id)),
            filename: stored.file.filename,
            bytes: FileBytes {
                bundle_id: bundle_id.clone(),
                object_key: stored.object_key,
                sha256: stored.file.sha256,
                size: stored.file.size,
            },
        };
        files.into_iter().map(stored)
    };
    Ok(items.iter().flat_map(of_item).collect())
}

/// The files whose bytes are missing, of another size, or were read and found to be others, as blockers. Nobody waits until a
/// damaged file is read again: that is done afterwards, as it may have been mended.
pub(super) async fn missing_bytes(services: &Services, items: &[ContentItem]) -> Result<Vec<Blocker>> {
    let files = files_of(services, &items.iter().collect::<Vec<_>>()).await?;
    missing_among(services, files).await
}

/// The same for a publication that begins now: what nobody has read yet is read before, for a bounded time in which others have its
/// place, and so is what was found damaged. `None` where the process stops first.
pub(super) async fn missing_bytes_read(
    services: &Services,
    place: &mut Place,
    bundle_id: &str,
    items: &[ContentItem],
) -> Result<Option<Vec<Blocker>>> {
    let files = files_of(services, &items.iter().collect::<Vec<_>>()).await?;
    let bytes: Vec<FileBytes> = files.iter().map(|file| file.bytes.clone()).collect();
    if !services.preparations.digests.all_sound(&bytes) {
        let reading = async {
            // Somebody else may have the place from now on.
            services.nudges.schedule.notify_one();
            services.preparations.digests.learn(services, bytes, PATIENCE).await
        };
        let Some(unread) = place.lend_while(reading).await else { return Ok(None) };
        let unread = unread?;
        if unread > 0 {
            let patience = PATIENCE.as_secs();
            tracing::warn!(bundle.id = %bundle_id, unread, patience, "bundle {bundle_id} publication waits no longer until its files are read whole: of these only the size is known to be right");
        }
    }
    Ok(Some(missing_among(services, files).await?))
}

/// What is said of a file whose bytes are not what they should be.
pub(super) fn lost_words(filename: &str, reference: &str) -> String {
    format!("The bytes of {filename} in {reference} are missing or damaged.")
}

async fn missing_among(services: &Services, files: Vec<Stored>) -> Result<Vec<Blocker>> {
    let found = stream::iter(files).map(|Stored { reference, place, filename, bytes }| async move {
        let found = services.storage.head(&bytes.object_key).await?;
        let damaged = services.preparations.digests.is_damaged(&bytes.object_key);
        let lost = damaged || found.is_none_or(|object| object.size != bytes.size);
        if damaged {
            read_whole(services, bytes);
        }
        Ok::<_, ServiceError>(lost.then(|| {
            let message = lost_words(&filename, &reference);
            Blocker::new("bytes_missing", message).about(reference, Some(place))
        }))
    });
    let found: Vec<Option<Blocker>> = found.buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}
