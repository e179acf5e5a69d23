//! Reading datasets, for integrations and the portal.

use std::collections::HashMap;

use domain::actor::Caller;
use domain::dataset::{Dataset, Edition};
use domain::page::{MAX_LIMIT, Page, Paging};
use domain::people::Team;
use domain::policy::Permission;
use domain::refusal::{Blocker, Refusal};
use domain::topic::in_tree_order;
use domain::views::{DatasetAdminPage, DatasetForm, DatasetSummary};
use persistence::datasets::DatasetFilter;
use persistence::{bundles, dataset_desk, datasets, editions, events, files, topic_redirects, topics, versions};

use super::order::{is_settled, of_desk};
use super::publish_metadata::publication_blockers;
use crate::{Ctx, Result, Services, uses};

/// So many datasets of the same title are told of.
const NAMESAKES: u64 = 5;
/// How far into a list the database counts its way; from there on its order is remembered.
const SHALLOW: u32 = 200;

/// The dataset as the caller sees it.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Dataset> {
    let found = datasets::find_visible_to(services.db.pool(), &ctx.reach(), id).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// The datasets that the caller sees; topics that were merged or renamed are asked for by their present ids.
pub async fn list(
    services: &Services,
    ctx: &Ctx,
    filter: &DatasetFilter,
    paging: Paging,
) -> Result<Page<DatasetSummary>> {
    let mut page = list_undated(services, ctx, filter, paging).await?;
    datasets::date(services.db.pool(), &ctx.reach(), &mut page.items).await?;
    Ok(page)
}

/// The same for who does not ask when they were released last.
pub async fn list_undated(
    services: &Services,
    ctx: &Ctx,
    filter: &DatasetFilter,
    paging: Paging,
) -> Result<Page<DatasetSummary>> {
    let (db, reach) = (services.db.pool(), ctx.reach());
    let topics = topic_redirects::follow(db, &filter.topics).await?;
    let filter = DatasetFilter { topics, ..filter.clone() };
    if paging.offset > SHALLOW {
        let order = services.memory.order(&services.db, &reach, &filter).await?;
        let items = datasets::list_of_visible_to(db, &reach, &order.part(paging)).await?;
        return Ok(Page::new(items, order.len(), paging));
    }
    let count = async { Ok(datasets::count_visible_to(db, &reach, &filter).await?) };
    let total = services.memory.count(&services.db, &reach, &filter, count).await?;
    Ok(Page::new(datasets::part_visible_to(db, &reach, &filter, paging).await?, total, paging))
}

/// The editions of several datasets that the caller sees, by dataset.
pub async fn editions_of(services: &Services, ctx: &Ctx, ids: &[&str]) -> Result<HashMap<String, Vec<Edition>>> {
    Ok(editions::list_of_datasets_visible_to(services.db.pool(), &ctx.reach(), ids).await?)
}

/// The edition as the caller sees it.
pub async fn find_edition(services: &Services, ctx: &Ctx, id: &str, edition: &str) -> Result<Edition> {
    let db = services.db.pool();
    let reach = ctx.reach();
    datasets::find_visible_to(db, &reach, id).await?.ok_or(Refusal::NotFound)?;
    Ok(editions::find_visible_to(db, &reach, id, edition).await?.ok_or(Refusal::NotFound)?)
}

/// The dataset's editions that the caller sees, the one released last first, however pages list them.
pub async fn list_editions(services: &Services, ctx: &Ctx, id: &str) -> Result<Vec<Edition>> {
    let db = services.db.pool();
    let reach = ctx.reach();
    datasets::find_visible_to(db, &reach, id).await?.ok_or(Refusal::NotFound)?;
    Ok(editions::list_visible_to(db, &reach, id).await?)
}

/// The same for who has found the dataset already.
pub async fn editions_found(services: &Services, ctx: &Ctx, dataset: &Dataset) -> Result<Vec<Edition>> {
    Ok(editions::list_visible_to(services.db.pool(), &ctx.reach(), &dataset.id).await?)
}

/// The portal's page of a dataset.
pub async fn admin_page(services: &Services, ctx: &Ctx, id: &str) -> Result<DatasetAdminPage> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let reach = ctx.reach();
    let dataset = datasets::find_visible_to(db, &reach, id).await?.ok_or(Refusal::NotFound)?;
    if !caller.may_for(Permission::DatasetsRead, &dataset.department, id) {
        return Err(Refusal::NotFound.into());
    }
    let found = of_desk(db, &reach, id).await?;
    let is_order_settled = is_settled(&found);
    let mut listed = Vec::with_capacity(found.len());
    for (edition, _) in found {
        let of_edition = versions::list_visible_to(db, &reach, id, &edition.edition).await?;
        listed.push((edition, of_edition));
    }
    let can_edit = caller.may_for(Permission::DatasetsWrite, &dataset.department, id);
    let others = if can_edit {
        dataset_desk::namesakes(db, &reach, (id, &dataset.working()), NAMESAKES).await?
    } else {
        Vec::new()
    };
    let prepared = listed.iter().flat_map(|(_, versions)| versions).filter(|version| !version.is_public());
    let ids: Vec<&str> = prepared.map(|version| version.id.as_str()).collect();
    let held = if ids.is_empty() { Vec::new() } else { bundles::holding_visible_to(db, caller, &ids).await? };
    let all = listed.iter().flat_map(|(_, versions)| versions);
    let wanted = all.map(|version| (version.edition.as_str(), version.version)).collect();
    let comes_as = files::come_as(db, id, &wanted).await?;
    let uses = match can_edit && dataset.published.is_some() {
        true => Some(uses::total(services, ctx, id).await?),
        false => None,
    };
    Ok(DatasetAdminPage {
        uses,
        bundles: held.into_iter().collect(),
        comes_as,
        can_edit,
        namesakes: others.into_iter().map(|other| (other.id.clone(), other.working().title)).collect(),
        can_correct: caller.may_for(Permission::DatasetsCorrect, &dataset.department, id),
        publication: publication_offer(caller, &dataset),
        editions: listed,
        is_order_settled,
        topics: in_tree_order(&topics::list(db).await?),
        departments: topics::departments(db).await?,
        timeline: events::newest_of(db, "dataset", id, MAX_LIMIT).await?,
        dataset,
    })
}

/// Whether the viewer may publish the draft by itself, and if not now, why; `None` where there is nothing to offer.
fn publication_offer(caller: &Caller, dataset: &Dataset) -> Option<Vec<Blocker>> {
    let may = caller.may_for(Permission::DatasetsCorrect, &dataset.department, &dataset.id);
    if !may || dataset.published.is_none() || dataset.published == dataset.draft {
        return None;
    }
    let mut blockers = publication_blockers(dataset);
    if caller.is_same_person(&dataset.last_edited_by) {
        let message = "You edited this draft last, so somebody else has to publish it.";
        blockers.push(Blocker::new("four_eyes", message));
    }
    Some(blockers)
}

/// What the form for a new dataset offers.
pub async fn form(services: &Services, ctx: &Ctx) -> Result<DatasetForm> {
    let caller = ctx.caller_with(Permission::DatasetsWrite)?;
    let db = services.db.pool();
    let mut departments = topics::departments(db).await?;
    departments.retain(|d| caller.may_for(Permission::DatasetsWrite, &d.id, ""));
    Ok(DatasetForm { topics: in_tree_order(&topics::list(db).await?), departments })
}

/// All teams, for those who prepare bundles.
pub async fn teams(services: &Services, ctx: &Ctx) -> Result<Vec<Team>> {
    ctx.caller()?;
    Ok(persistence::teams::list(services.db.pool()).await?)
}
