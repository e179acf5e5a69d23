//! The portal's list of datasets, as a page and as a file.

use std::collections::{BTreeMap, HashMap};

use domain::actor::Caller;
use domain::dataset::Dataset;
use domain::dataset::desk::{DatasetDesk, DatasetQuery, DatasetRow, LatestVersion};
use domain::page::{DEFAULT_LIMIT, MAX_LIMIT, Page, Paging};
use domain::policy::Permission;
use domain::topic::in_tree_order;
use domain::uk_time;
use domain::version::Version;
use futures::{Stream, stream};
use persistence::dataset_desk::{self, DeskFilter};
use persistence::{dataset_outlooks, topics};

use crate::records::{self, About};
use crate::{Ctx, Result, ServiceError, Services};

/// The datasets that the caller sees, as the address asks for them.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right to read datasets.
pub async fn desk(services: &Services, ctx: &Ctx, query: DatasetQuery) -> Result<DatasetDesk> {
    ctx.caller_with(Permission::DatasetsRead)?;
    let filter = filter_of(services, ctx, &query).await?;
    let offset = query.page.saturating_sub(1).saturating_mul(DEFAULT_LIMIT);
    let paging = Paging { limit: DEFAULT_LIMIT, offset };
    let (db, reach) = (services.db.pool(), ctx.reach());
    let total = dataset_desk::count_visible_to(db, &reach, &filter).await?;
    let rows = rows(services, ctx, &filter, paging).await?;
    Ok(DatasetDesk {
        query,
        rows: Page::new(rows, total, paging),
        issues: dataset_desk::issues_visible_to(db, &reach, &filter).await?,
        topics: in_tree_order(&topics::list(db).await?),
        departments: topics::departments(db).await?,
        changed: None,
    })
}

/// The whole list part after part, to take away; who took it, and by which filters, is recorded.
///
/// # Errors
/// `Unauthenticated` or `Forbidden` without the right to read datasets.
pub async fn export(
    services: &Services,
    ctx: &Ctx,
    query: &DatasetQuery,
) -> Result<impl Stream<Item = Result<Vec<DatasetRow>>> + Send + use<>> {
    let by = ctx.caller_with(Permission::DatasetsRead)?;
    let filter = filter_of(services, ctx, query).await?;
    let tx = services.db.begin().await?;
    let filters: BTreeMap<&str, String> = query.filters().into_iter().collect();
    let details = serde_json::json!({"format": "csv", "filters": filters});
    let about = About { resource_type: "datasets", resource_id: "list" };
    records::note(&tx, ctx, by, about, "exported", details).await?;
    persistence::db::commit(tx).await?;
    let start = (services.clone(), ctx.clone(), filter, Some(0_u32));
    Ok(stream::try_unfold(start, |(services, ctx, filter, offset)| async move {
        let Some(offset) = offset else { return Ok::<_, ServiceError>(None) };
        let part = rows(&services, &ctx, &filter, Paging { limit: MAX_LIMIT, offset }).await?;
        let full = part.len() >= MAX_LIMIT as usize;
        let next = full.then(|| offset.saturating_add(MAX_LIMIT));
        Ok(Some((part, (services, ctx, filter, next))))
    }))
}

/// Notes what the list is narrowed by of every dataset of whose draft it is not noted, as after an upgrade, and where a node
/// of the program before it has changed one since.
///
/// # Errors
/// Where the database fails.
pub async fn note_outlooks(services: &Services) -> Result<()> {
    while dataset_outlooks::is_missing(services.db.pool()).await? {
        let tx = services.db.begin().await?;
        let noted = dataset_outlooks::fill(&tx).await?;
        persistence::db::commit(tx).await?;
        if noted == 0 {
            // Somebody is changing those that are left; the next look finds what they leave.
            return Ok(());
        }
        tracing::info!(datasets = noted, "what drafts lack was noted for the portal's list");
    }
    Ok(())
}

/// The filter that the address means; a topic stands for all below it.
async fn filter_of(services: &Services, ctx: &Ctx, query: &DatasetQuery) -> Result<DeskFilter> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let topic = given(&query.topic);
    let taxonomy = services.memory.taxonomy(&services.db).await?;
    Ok(DeskFilter {
        text: given(&query.q),
        latest: query.latest,
        topics: crate::topics::under(&taxonomy, topic.as_ref()),
        department: given(&query.department),
        issue: query.issue,
        today: uk_time::day(ctx.now),
        order: query.order,
    })
}

/// A part of the list with what is told of each, by one statement for each kind of row.
async fn rows(services: &Services, ctx: &Ctx, filter: &DeskFilter, paging: Paging) -> Result<Vec<DatasetRow>> {
    let caller = ctx.caller()?;
    let (db, reach) = (services.db.pool(), ctx.reach());
    let found = dataset_desk::part_visible_to(db, &reach, filter, paging).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = found.iter().map(|dataset| dataset.id.as_str()).collect();
    let editions = dataset_desk::edition_counts(db, &reach, &ids).await?;
    let newest = dataset_desk::newest_versions(db, &reach, &ids).await?;
    let mut newest: HashMap<String, Version> =
        newest.into_iter().map(|version| (version.dataset_id.clone(), version)).collect();
    let shown = found.iter().map(|dataset| {
        let count = editions.get(&dataset.id).copied().unwrap_or_default();
        row(caller, dataset, count, newest.remove(&dataset.id), filter)
    });
    Ok(shown.collect())
}

fn row(
    caller: &Caller,
    dataset: &Dataset,
    editions: usize,
    newest: Option<Version>,
    filter: &DeskFilter,
) -> DatasetRow {
    let working = dataset.working();
    let may_change = caller.may_for(Permission::DatasetsWrite, &dataset.department, &dataset.id);
    DatasetRow {
        id: dataset.id.clone(),
        department: dataset.department.clone(),
        state: dataset.state().to_owned(),
        editions,
        latest: newest.map(|version| LatestVersion {
            edition: version.edition,
            number: version.version,
            state: version.state,
        }),
        // Of what is out of reach only the public copy is known, and nobody here mends it.
        issues: if dataset.draft.is_some() { working.issues(filter.today) } else { Vec::new() },
        title: working.title,
        next_release: working.next_release,
        last_updated: dataset.last_updated,
        revision: may_change.then_some(dataset.revision),
    }
}
