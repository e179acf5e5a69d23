//! Choosing what goes into a bundle: many versions at once, or those that follow a past bundle's.

use std::collections::{HashMap, HashSet};

use domain::actor::Caller;
use domain::bundle::desk::{BundlePicker, NewBundleForm, PickerRow};
use domain::bundle::{Bundle, BundleAction, BundleDetails, BundleStage};
use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::version::{Version, VersionState};
use persistence::bundles::{BundleFilter, BundleOrder, BundleSort};
use persistence::{bundles, contents, teams, versions};

use crate::ctx::forbidden;
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services};

/// The versions that could go into the bundle, and those that cannot with the reason.
///
/// # Errors
/// `NotFound` where the bundle is hidden, `Forbidden` where the caller does not fill bundles.
pub async fn picker(services: &Services, ctx: &Ctx, id: &str, q: String, paging: Paging) -> Result<BundlePicker> {
    let caller = ctx.caller()?;
    let bundle = super::find_with(services, ctx, Permission::BundlesWrite, id).await?;
    let db = services.db.pool();
    let reach = caller.reach(Permission::BundlesWrite);
    let found = versions::list_unpublished(db, &reach, &q, paging).await?;
    let ids: Vec<&str> = found.items.iter().map(|(version, _)| version.id.as_str()).collect();
    let holders: HashMap<String, Bundle> = bundles::holding_visible_to(db, caller, &ids).await?.into_iter().collect();
    let held: HashSet<String> = contents::held_among(db, &ids).await?.into_iter().collect();
    let mut rows = Vec::with_capacity(found.items.len());
    for (version, title) in found.items {
        let (reason, fix_url) = match (held.contains(&version.id), holders.get(&version.id)) {
            (_, Some(holder)) if holder.id == id => (Some("In this bundle already".to_owned()), None),
            (_, Some(holder)) => (Some(format!("In the bundle {}", holder.details.title)), Some(holder.admin_path())),
            (true, None) => (Some("In another bundle".to_owned()), None),
            (false, None) if version.state == VersionState::Approved => (None, None),
            (false, None) => (Some(format!("Not approved: {}", version.state)), Some(version.admin_path())),
        };
        rows.push(PickerRow { version, title, reason, fix_url });
    }
    let barred = BundleAction::AddContent.check_from(bundle.stage()).err().map(|refusal| refusal.to_string());
    Ok(BundlePicker { barred, q, rows: Page::new(rows, found.total_count, paging), bundle })
}

/// The bundles in preparation that the caller made or changed last and may put something into, newest change first.
pub(crate) async fn in_hand(services: &Services, ctx: &Ctx) -> Result<Vec<Bundle>> {
    let (caller, db) = (ctx.caller()?, services.db.pool());
    let filter = BundleFilter {
        stages: BundleStage::ALL
            .iter()
            .copied()
            .filter(|at| BundleAction::AddContent.check_from(*at).is_ok())
            .collect(),
        in_the_hands_of: Some(caller.actor.id.clone()),
        ..BundleFilter::default()
    };
    let mut found = bundles::list_visible_to(db, caller, &filter, Paging { limit: 50, offset: 0 }).await?.items;
    // Nobody fills what holds something that they may not prepare.
    let reach = caller.reach(Permission::BundlesWrite);
    let ids: Vec<&str> = found.iter().map(|bundle| bundle.id.as_str()).collect();
    let held = contents::lists_of_bundles(db, &ids).await?;
    found.retain(|bundle| held.get(&bundle.id).is_none_or(|items| contents::all_reached(&reach, items)));
    Ok(found)
}

/// What the form of a new bundle begins with; with `template` it repeats that bundle, with `version` it takes that one in as well.
///
/// A version that may not go in is left out, whether it is unknown, hidden, or no longer free.
pub async fn new_form(
    services: &Services,
    ctx: &Ctx,
    template: Option<&str>,
    version: Option<&VersionKey>,
) -> Result<NewBundleForm> {
    let caller = ctx.caller()?;
    if !caller.may(Permission::BundlesWrite) {
        return Err(forbidden(Permission::BundlesWrite).into());
    }
    let db = services.db.pool();
    let filter = BundleFilter {
        stages: vec![BundleStage::Published],
        order: BundleOrder { by: BundleSort::PublicationDate, ascending: false },
        ..BundleFilter::default()
    };
    let past = bundles::list_visible_to(db, caller, &filter, Paging { limit: 50, offset: 0 }).await?.items;
    let template = match template {
        Some(id) => Some(super::find(services, ctx, id).await?),
        None => None,
    };
    let mut versions = match &template {
        Some(template) => followers(db, caller, template).await?,
        None => Vec::new(),
    };
    if let Some(key) = version
        && let Some(version) = free(db, caller, key).await?
        && !versions.iter().any(|known| known.id == version.id)
    {
        versions.push(version);
    }
    Ok(NewBundleForm { teams: teams::list(db).await?, past, template, versions })
}

/// A version, if it is free to go into a bundle of the caller's.
async fn free(db: &impl persistence::Connection, caller: &Caller, key: &VersionKey) -> Result<Option<Version>> {
    let reach = caller.reach(Permission::BundlesWrite);
    let found = versions::find_visible_to(db, &reach, &key.dataset_id, &key.edition, key.version).await?;
    let Some(version) = found.filter(|version| version.state == VersionState::Approved) else { return Ok(None) };
    Ok(bundles::holding(db, &version.id).await?.is_none().then_some(version))
}

/// Begins a bundle with a version inside, both or neither.
///
/// # Errors
/// `NotFound` for a version that the caller does not see; `Blocked` with every reason why it may not go in.
pub async fn begin_with(services: &Services, ctx: &Ctx, details: BundleDetails, key: &VersionKey) -> Result<Bundle> {
    let caller = ctx.caller_with(Permission::BundlesWrite)?;
    let tx = services.db.begin().await?;
    let seen = versions::find_visible_to(&tx, &ctx.reach(), &key.dataset_id, &key.edition, key.version).await?;
    seen.ok_or(Refusal::NotFound)?;
    let bundle = super::create::create_in(&tx, ctx, details).await?;
    let bundle = super::fill::fill(&tx, ctx, caller, bundle, std::slice::from_ref(key)).await?;
    persistence::db::commit(tx).await?;
    tracing::info!(bundle.id = %bundle.id, "bundle begun with a version");
    Ok(bundle)
}

/// Begins a bundle with what follows the contents of a past one and is free, and with one version besides where one is named: all of it or
/// nothing; the number of versions that went in.
///
/// # Errors
/// `NotFound` for a bundle or a version that the caller does not see; `Blocked` with every reason why one may not go in.
pub async fn repeat(
    services: &Services,
    ctx: &Ctx,
    details: BundleDetails,
    template: &str,
    besides: Option<&VersionKey>,
) -> Result<(Bundle, usize)> {
    let caller = ctx.caller_with(Permission::BundlesWrite)?;
    let tx = services.db.begin().await?;
    let template = bundles::find_visible_to(&tx, caller, template).await?.ok_or(Refusal::NotFound)?;
    let mut keys: Vec<VersionKey> = followers(&tx, caller, &template)
        .await?
        .into_iter()
        .map(|v| VersionKey { dataset_id: v.dataset_id, edition: v.edition, version: v.version })
        .collect();
    if let Some(key) = besides.filter(|key| !keys.contains(key)) {
        let seen = versions::find_visible_to(&tx, &ctx.reach(), &key.dataset_id, &key.edition, key.version).await?;
        seen.ok_or(Refusal::NotFound)?;
        keys.push(key.clone());
    }
    let bundle = super::create::create_in(&tx, ctx, details).await?;
    let bundle = super::fill::fill(&tx, ctx, caller, bundle, &keys).await?;
    persistence::db::commit(tx).await?;
    tracing::info!(bundle.id = %bundle.id, versions = keys.len(), "bundle repeated");
    Ok((bundle, keys.len()))
}

/// Approved versions that are in no bundle, of the editions that a bundle holds.
async fn followers(db: &impl persistence::Connection, caller: &Caller, template: &Bundle) -> Result<Vec<Version>> {
    let items = contents::list_of_bundle(db, &template.id).await?;
    let editions: HashSet<(&str, &str)> =
        items.iter().map(|item| (item.dataset_id.as_str(), item.edition.as_str())).collect();
    let mut free = versions::list_addable(db, &caller.reach(Permission::BundlesWrite)).await?;
    free.retain(|version| editions.contains(&(version.dataset_id.as_str(), version.edition.as_str())));
    Ok(free)
}
