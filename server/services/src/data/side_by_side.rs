//! Public pages about two versions: what is new in one, and both side by side.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::changes::Changes;
use domain::comparison::{ComparePage, CompareQuery, DatasetPage, Earlier, LAST_PAGE, PAGE_REVISIONS, SinceLast};
use domain::file::File;
use domain::page::Paging;
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::version::Version;
use domain::views::{ComesAs, VersionPage};
use persistence::files::{self, StoredFile};
use persistence::versions;

use super::compared::{compared, is_long};
use crate::catalogue::{Scope, version_page};
use crate::{Ctx, Result, Services};

/// Rows of both tables up to which a version's page says what changed in them.
const AT_ONCE: u64 = 200_000;
/// What a version's page needs of the revised values.
pub(super) const FIRST: Paging = Paging { limit: 1, offset: 0 };

/// The page of a dataset, an edition or a version as the public sees it, with what changed since the version before.
///
/// # Errors
/// `NotFound` where it is not public.
pub async fn dataset_page(services: &Services, ctx: &Ctx, scope: &Scope) -> Result<DatasetPage> {
    let version = version_page(services, ctx, scope).await?;
    Ok(with_changes(services, version).await)
}

/// A version's page, which was made for the caller, with what changed since the version before.
pub(crate) async fn with_changes(services: &Services, version: VersionPage) -> DatasetPage {
    // A page is worth more than what it says of the one before.
    let since = since_last(services, &version).await.unwrap_or_else(|error| {
        tracing::warn!(version = %version.version.reference(), %error, "a version cannot be compared with the one before");
        None
    });
    let listed = listed(services, &version).await.unwrap_or_else(|error| {
        tracing::warn!(version = %version.version.reference(), %error, "nothing is told of the versions beside one");
        Vec::new()
    });
    DatasetPage { version, since, listed }
}

/// What the lists of editions and versions tell of files and alerts.
async fn listed(services: &Services, page: &VersionPage) -> Result<Vec<ComesAs>> {
    let latest = page.editions.iter().filter_map(|one| Some((one.edition.as_str(), one.latest_version?)));
    let shown = page.versions.iter().map(|version| (version.edition.as_str(), version.version));
    let wanted: BTreeSet<(&str, u32)> = latest.chain(shown).collect();
    Ok(files::come_as(services.db.pool(), &page.dataset.id, &wanted).await?)
}

async fn since_last(services: &Services, page: &VersionPage) -> Result<Option<SinceLast>> {
    // Newest first: the next one in the list is the one before.
    let Some(before) = page.versions.iter().find(|other| other.version < page.version.version) else {
        return Ok(None);
    };
    let Some((old, new)) = tables_of(services, before, &page.version).await? else { return Ok(None) };
    let (rows_before, rows_after) = (rows_of(&old.file), rows_of(&new.file));
    let changes = match is_at_once(services, &old, &new) {
        true => compared(services, (&old, &new), FIRST).await?.map(Arc::unwrap_or_clone),
        false => None,
    };
    Ok(Some(SinceLast { from: before.version, rows_before, rows_after, changes }))
}

/// Two versions of an edition as the public sees them, side by side; the latest two where none are named.
///
/// # Errors
/// `NotFound` where one of them is not public.
pub async fn compare_page(
    services: &Services,
    ctx: &Ctx,
    dataset_id: String,
    edition: String,
    query: &CompareQuery,
) -> Result<ComparePage> {
    let scope = Scope { dataset_id, edition: Some(edition), version: query.to };
    let to = version_page(services, ctx, &scope).await?;
    compared_with(services, to, query).await
}

/// The same for a later version whose page was made for the caller.
pub(crate) async fn compared_with(services: &Services, to: VersionPage, query: &CompareQuery) -> Result<ComparePage> {
    let from = earlier(&to, query)?;
    let page = query.page.clamp(1, LAST_PAGE);
    let Some(from) = from else {
        return Ok(ComparePage { to, from: None, changes: None, is_coming: false, page });
    };
    let paging = Paging { limit: PAGE_REVISIONS, offset: (page - 1) * PAGE_REVISIONS };
    let (changes, is_coming) = match tables_of(services, &from, &to.version).await? {
        Some((old, new)) => {
            let changes = compared(services, (&old, &new), paging).await?.map(Arc::unwrap_or_clone);
            let is_coming = changes.is_none();
            (changes, is_coming)
        }
        None => (None, false),
    };
    let stored = files::list_of_version(services.db.pool(), &from).await?;
    let from =
        Earlier { files: stored.into_iter().map(|stored| stored.file.without_the_work()).collect(), version: from };
    Ok(ComparePage { to, from: Some(from), changes, is_coming, page })
}

/// What differs between the tables of two public versions of an edition, with a part of the revised values; nothing while they are
/// still being compared.
///
/// # Errors
/// `NotFound` where one of them is not public, there is no other, or one has no table; `TooMany` where many comparisons wait.
pub async fn compare_part(
    services: &Services,
    ctx: &Ctx,
    of: (String, String),
    query: &CompareQuery,
    paging: Paging,
) -> Result<Option<Changes>> {
    let (to, from) = both(services, ctx, of, query).await?;
    let from = from.ok_or(Refusal::NotFound)?;
    let (old, new) = tables_of(services, &from, &to.version).await?.ok_or(Refusal::NotFound)?;
    Ok(compared(services, (&old, &new), paging).await?.map(Arc::unwrap_or_clone))
}

/// The versions that are asked for; where only one is named, or none, the other is the one before.
async fn both(
    services: &Services,
    ctx: &Ctx,
    (dataset_id, edition): (String, String),
    query: &CompareQuery,
) -> Result<(VersionPage, Option<Version>)> {
    let scope = Scope { dataset_id, edition: Some(edition), version: query.to };
    let to = version_page(services, ctx, &scope).await?;
    let from = earlier(&to, query)?;
    Ok((to, from))
}

/// The earlier of two versions: the one that is named, or else the one before.
fn earlier(to: &VersionPage, query: &CompareQuery) -> Result<Option<Version>> {
    Ok(match query.from {
        Some(wanted) => Some(to.versions.iter().find(|v| v.version == wanted).cloned().ok_or(Refusal::NotFound)?),
        None => to.versions.iter().find(|v| v.version < to.version.version).cloned(),
    })
}

/// The tables of two versions that belong together: of the same name, or else the first of each.
async fn tables_of(services: &Services, before: &Version, after: &Version) -> Result<Option<(StoredFile, StoredFile)>> {
    let db = services.db.pool();
    let is_table = |stored: &StoredFile| stored.file.profile.is_some();
    let mut old: Vec<_> = files::list_of_version(db, before).await?.into_iter().filter(is_table).collect();
    let mut new: Vec<_> = files::list_of_version(db, after).await?.into_iter().filter(is_table).collect();
    if old.is_empty() || new.is_empty() {
        return Ok(None);
    }
    let same = new.iter().position(|one| one.file.filename == old[0].file.filename).unwrap_or(0);
    Ok(Some((old.swap_remove(0), new.swap_remove(same))))
}

/// The table of a file with the one of the version before to which it belongs; nothing where there is none.
pub(super) async fn earlier_table_of(services: &Services, file_id: &str) -> Result<Option<(StoredFile, StoredFile)>> {
    let (db, all) = (services.db.pool(), Reach::All);
    let Some(stored) = files::find_visible_to(db, &all, file_id).await? else { return Ok(None) };
    let file = &stored.file;
    let of = |number: u32| versions::find_visible_to(db, &all, &file.dataset_id, &file.edition, number);
    let (Some(before), Some(after)) = (of(file.version.saturating_sub(1)).await?, of(file.version).await?) else {
        return Ok(None);
    };
    Ok(tables_of(services, &before, &after).await?.filter(|(_, new)| new.file.id == file_id))
}

/// Whether two tables are compared while a page is made on which that is no more than an aside.
pub(super) fn is_at_once(services: &Services, before: &StoredFile, after: &StoredFile) -> bool {
    rows_of(&before.file).saturating_add(rows_of(&after.file)) <= AT_ONCE && !is_long(services, before, after)
}

fn rows_of(file: &File) -> u64 {
    file.profile.as_ref().map_or(0, |profile| profile.rows)
}
