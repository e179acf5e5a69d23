//! The public log of publications: numbered and hashed inside the commit that publishes, and closed by triggers (`m0019`).
//!
//! Nothing of it is internal: a record names what its own publication made public, and never the bundle.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::bundle::{Bundle, ContentItem};
use domain::event::{Break, Verdict};
use domain::file::FileState;
use domain::page::{Page, Paging};
use domain::publication_log::{LoggedFile, LoggedVersion, NamedRelease, Publication};
use domain::release::ReleaseDate;
use sea_orm::sea_query::{Expr, Query, SubQueryStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};

use crate::Tx;
use crate::convert::{contains, count, from_json, instant, json, maybe_instant, micros};
use crate::entities::{bundle_content, file, publication_chain, publication_log, release};
use crate::error::{PersistenceError, Result};

/// What stands for the record before the first.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Rows read at once.
const BATCH: u64 = 500;
/// Rows written at once.
const AT_ONCE: usize = 500;

/// Which records are asked for.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    /// Only those that made something of this dataset public.
    pub dataset: Option<String>,
    /// Only that of this release.
    pub release: Option<String>,
    /// Only those from here on.
    pub from: Option<DateTime<Utc>>,
    /// Only those up to here.
    pub to: Option<DateTime<Utc>>,
}

/// What the log says of the publication of a bundle, before it has its time and place.
#[derive(Clone, Debug)]
pub struct Entry {
    release: Option<ReleaseOfEntry>,
    scheduled: Option<DateTime<Utc>>,
    versions: Vec<LoggedVersion>,
}

#[derive(Clone, Debug)]
struct ReleaseOfEntry {
    id: String,
    title: String,
    title_cy: Option<String>,
    /// The exact date that the calendar told the public.
    promised: Option<DateTime<Utc>>,
}

/// Writes the publication of a bundle at the end of the log, in as many statements however much it holds.
///
/// Call in the transaction that publishes it, when bundle, versions, files and release are public in it. The end of the log
/// stays locked until that transaction ends, so that the order is total.
pub async fn append(tx: &Tx, bundle: &Bundle, items: &[ContentItem]) -> Result<()> {
    let Some(published_at) = bundle.state.published_at() else { return Ok(()) };
    append_all(tx, entries_of(tx, &[(bundle, items)]).await?, published_at).await
}

/// What the log will say of bundles that are public in this transaction, in their order, in as many statements however many they are;
/// see [`append_all`].
pub async fn entries_of(tx: &Tx, published: &[(&Bundle, &[ContentItem])]) -> Result<Vec<Entry>> {
    let ids: Vec<&str> = published.iter().map(|(bundle, _)| bundle.id.as_str()).collect();
    let mut files = public_files(tx, &ids).await?;
    let mut releases = releases_of(tx, &ids).await?;
    let mut logged = |item: &ContentItem| LoggedVersion {
        dataset_id: item.dataset_id.clone(),
        edition: item.edition.clone(),
        version: item.version,
        title: item.title.clone(),
        files: files.remove(&item.version_id).unwrap_or_default(),
    };
    let entry = |(bundle, items): &(&Bundle, &[ContentItem])| Entry {
        release: releases.remove(&bundle.id),
        scheduled: bundle.state.schedule().map(|schedule| schedule.publication_date),
        versions: items.iter().map(&mut logged).collect(),
    };
    Ok(published.iter().map(entry).collect())
}

/// Keeps the end of the log for this transaction; whoever takes other rows that all publications want takes it first.
pub async fn keep_end(tx: &Tx) -> Result<()> {
    end_of(tx).await.map(drop)
}

async fn end_of(tx: &Tx) -> Result<publication_chain::Model> {
    publication_chain::Entity::find_by_id(1).lock_exclusive().one(tx).await?.ok_or_else(no_head)
}

/// Writes publications at the end of the log, all of this time.
pub async fn append_all(tx: &Tx, entries: Vec<Entry>, published_at: DateTime<Utc>) -> Result<()> {
    let end = end_of(tx).await?;
    let (mut sequence, mut previous_hash) = (end.sequence, end.hash);
    // What was published by hand before its instant tells nothing of that.
    let passed = |at: &DateTime<Utc>| *at <= published_at;
    let mut rows = Vec::with_capacity(entries.len());
    for Entry { release, scheduled, versions } in entries {
        sequence += 1;
        let promised = release.as_ref().and_then(|release| release.promised);
        let mut row = publication_log::Model {
            sequence,
            scheduled_at: scheduled.filter(passed).or(promised.filter(passed)).map(micros),
            published_at: micros(published_at),
            versions: json(&versions)?,
            previous_hash,
            hash: String::new(),
            release_id: release.as_ref().map(|release| release.id.clone()),
            title: release.as_ref().map(|release| release.title.clone()),
            title_cy: release.and_then(|release| release.title_cy),
        };
        row.hash = hash_of(&to_publication(&row)?);
        previous_hash = row.hash.clone();
        rows.push(row.into_active_model());
    }
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(AT_ONCE));
        let some = std::mem::replace(&mut rows, rest);
        publication_log::Entity::insert_many(some).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The releases that these bundles published, by bundle.
async fn releases_of(tx: &Tx, bundles: &[&str]) -> Result<HashMap<String, ReleaseOfEntry>> {
    let query = release::Entity::find().filter(release::Column::BundleId.is_in(bundles.iter().copied()));
    let mut releases = HashMap::new();
    for row in query.all(tx).await? {
        let bounds = maybe_instant(row.earliest)?.zip(maybe_instant(row.latest)?);
        let promised = ReleaseDate::of_bounds(bounds).instant();
        let release = ReleaseOfEntry { id: row.id, title: row.title, title_cy: row.title_cy, promised };
        releases.extend(row.bundle_id.map(|bundle| (bundle, release)));
    }
    Ok(releases)
}

/// The public files of what these bundles hold, by the version's row.
async fn public_files(tx: &Tx, bundles: &[&str]) -> Result<HashMap<String, Vec<LoggedFile>>> {
    let held = Query::select()
        .column(bundle_content::Column::VersionId)
        .from(bundle_content::Entity)
        .and_where(bundle_content::Column::BundleId.is_in(bundles.iter().copied()))
        .to_owned();
    let rows: Vec<(String, String, i64, String)> = file::Entity::find()
        .select_only()
        .columns([file::Column::VersionId, file::Column::Filename, file::Column::Size, file::Column::Sha256])
        .filter(file::Column::VersionId.in_subquery(held))
        .filter(file::Column::State.is_in([FileState::Published.as_str(), FileState::Moved.as_str()]))
        .order_by_asc(file::Column::Position)
        .order_by_asc(file::Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    let mut files: HashMap<String, Vec<LoggedFile>> = HashMap::new();
    for (version_id, filename, size, sha256) in rows {
        files.entry(version_id).or_default().push(LoggedFile { filename, size: count(size)?, sha256 });
    }
    Ok(files)
}

/// A page of the log, newest first.
pub async fn list(db: &impl ConnectionTrait, filter: &LogFilter, paging: Paging) -> Result<Page<Publication>> {
    let query = publication_log::Entity::find().filter(matching(filter)?);
    let total = query.clone().count(db).await?;
    let rows = query
        .order_by_desc(publication_log::Column::Sequence)
        .limit(u64::from(paging.limit))
        .offset(u64::from(paging.offset))
        .all(db)
        .await?;
    Ok(Page::new(rows.iter().map(to_publication).collect::<Result<_>>()?, total, paging))
}

fn matching(filter: &LogFilter) -> Result<Condition> {
    let mut all = Condition::all();
    if let Some(dataset) = &filter.dataset {
        // As the member stands in the stored JSON; inside of strings its quotation marks would be escaped.
        let member = format!("\"dataset_id\":{}", json(dataset)?);
        all = all.add(contains(publication_log::Column::Versions, &member));
    }
    if let Some(release) = &filter.release {
        all = all.add(publication_log::Column::ReleaseId.eq(release));
    }
    if let Some(from) = filter.from {
        all = all.add(publication_log::Column::PublishedAt.gte(micros(from)));
    }
    if let Some(to) = filter.to {
        all = all.add(publication_log::Column::PublishedAt.lte(micros(to)));
    }
    Ok(all)
}

/// Reads the whole log from the first record on and tells the first that does not hold.
///
/// A tail that was cut off shows by the head, which knows how many records there are and the hash of the newest.
pub async fn verify(db: &impl ConnectionTrait) -> Result<Verdict> {
    let head = publication_chain::Entity::find_by_id(1).one(db).await?.ok_or_else(no_head)?;
    let (mut last, mut last_hash) = (0, NOTHING.to_owned());
    let mut broken = None;
    while broken.is_none() {
        let rows = publication_log::Entity::find()
            .filter(publication_log::Column::Sequence.gt(last))
            .filter(publication_log::Column::Sequence.lte(head.sequence))
            .order_by_asc(publication_log::Column::Sequence)
            .limit(BATCH)
            .all(db)
            .await?;
        if rows.is_empty() {
            broken = at_the_end(db, &head, last, &last_hash).await?;
            break;
        }
        for row in rows {
            broken = flaw_of(&row, last, &last_hash);
            if broken.is_some() {
                break;
            }
            (last, last_hash) = (row.sequence, row.hash);
        }
    }
    Ok(Verdict { sound: u64::try_from(last).unwrap_or(0), head_sequence: head.sequence, head_hash: head.hash, broken })
}

/// What is wrong with a record that should follow the number and hash given.
fn flaw_of(row: &publication_log::Model, last: i64, last_hash: &str) -> Option<Break> {
    if row.sequence != last + 1 {
        return Some(flaw(last + 1, format!("The record is missing; the next one is number {}.", row.sequence)));
    }
    let problem = if row.previous_hash != last_hash {
        "The record does not follow the one before: that one was exchanged, or this one was put in."
    } else if to_publication(row).is_ok_and(|publication| hash_of(&publication) == row.hash) {
        return None;
    } else {
        "The record was changed: its contents do not fit its hash."
    };
    Some(flaw(row.sequence, problem.to_owned()))
}

/// What is wrong with the end of a log whose records all hold.
async fn at_the_end(
    db: &impl ConnectionTrait,
    head: &publication_chain::Model,
    last: i64,
    last_hash: &str,
) -> Result<Option<Break>> {
    if last < head.sequence {
        let problem = format!("The newest records are missing, {} in number.", head.sequence - last);
        return Ok(Some(flaw(last + 1, problem)));
    }
    if last_hash != head.hash {
        return Ok(Some(flaw(last, "The newest record is not the one that the head of the log tells of.".to_owned())));
    }
    // Asked in one statement, for others go on publishing meanwhile.
    let head_now =
        Query::select().column(publication_chain::Column::Sequence).from(publication_chain::Entity).to_owned();
    let beyond = publication_log::Entity::find()
        .filter(Expr::col(publication_log::Column::Sequence).gt(Expr::from(SubQueryStatement::from(head_now))))
        .order_by_asc(publication_log::Column::Sequence)
        .one(db)
        .await?;
    Ok(beyond.map(|row| flaw(row.sequence, "The record lies beyond the head of the log.".to_owned())))
}

const fn flaw(sequence: i64, problem: String) -> Break {
    Break { sequence, id: None, problem }
}

fn no_head() -> PersistenceError {
    PersistenceError::Inconsistent("the publication log has no head".to_owned())
}

fn hash_of(publication: &Publication) -> String {
    hex::encode(Sha256::digest(publication.canonical()))
}

fn to_publication(row: &publication_log::Model) -> Result<Publication> {
    let release = row.release_id.as_ref().map(|id| NamedRelease {
        id: id.clone(),
        title: row.title.clone().unwrap_or_default(),
        title_cy: row.title_cy.clone(),
    });
    Ok(Publication {
        sequence: row.sequence,
        release,
        scheduled_at: maybe_instant(row.scheduled_at)?,
        published_at: instant(row.published_at)?,
        versions: from_json(&row.versions)?,
        previous_hash: row.previous_hash.clone(),
        hash: row.hash.clone(),
    })
}
