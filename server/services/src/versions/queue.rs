//! What waits for the caller's review.

use std::collections::{BTreeMap, HashMap};

use domain::bundle::{BundleStage, BundleState, readiness};
use domain::file::File;
use domain::page::Paging;
use domain::policy::Permission;
use domain::review::{ReviewQueue, Reviewed, WaitingBundle, WaitingVersion, checks};
use domain::version::{Version, VersionState};
use persistence::bundles::BundleFilter;
use persistence::{bundles, contents, datasets, files, review_claims, versions};

use crate::ctx::forbidden;
use crate::{Ctx, Result, Services};

/// The submitted versions that the caller may approve, the oldest first.
pub(super) async fn waiting(services: &Services, ctx: &Ctx) -> Result<Vec<Version>> {
    let caller = ctx.caller()?;
    if !caller.may(Permission::VersionsApprove) {
        return Ok(Vec::new());
    }
    let reach = caller.reach(Permission::VersionsApprove);
    let page = versions::list_in_state(services.db.pool(), &reach, VersionState::Submitted, Paging::WHOLE).await?;
    Ok(page.items)
}

/// Everything that waits for review: versions that the caller may approve, and bundles that are ready.
///
/// # Errors
/// `Forbidden` for who reviews neither.
pub async fn review_queue(services: &Services, ctx: &Ctx) -> Result<ReviewQueue> {
    let caller = ctx.caller()?;
    let reviews_bundles = caller.may(Permission::BundlesReview) || caller.may(Permission::BundlesApprove);
    if !caller.may(Permission::VersionsApprove) && !reviews_bundles {
        return Err(forbidden(Permission::VersionsApprove).into());
    }
    let mut versions = looked_at(services, ctx, waiting(services, ctx).await?).await?;
    let ready = if reviews_bundles {
        let filter = BundleFilter { stages: vec![BundleStage::ReadyForReview], ..BundleFilter::default() };
        bundles::list_visible_to(services.db.pool(), caller, &filter, Paging::WHOLE).await?.items
    } else {
        Vec::new()
    };
    let ids: Vec<&str> = ready.iter().map(|bundle| bundle.id.as_str()).collect();
    let held = contents::lists_of_bundles(services.db.pool(), &ids).await?;
    let mut bundles: Vec<WaitingBundle> = ready
        .into_iter()
        .map(|bundle| {
            let (since, sent_by) = match &bundle.state {
                BundleState::ReadyForReview { submitted } => (submitted.at, submitted.by.name.clone()),
                _ => (bundle.last_modified, bundle.last_edited_by.name.clone()),
            };
            let items = held.get(&bundle.id).map(Vec::as_slice).unwrap_or_default();
            let (own, percent) = (!bundle.own_work(items, caller).is_empty(), readiness::percent(&bundle, items));
            WaitingBundle { since, sent_by, own, percent, claim: None, bundle }
        })
        .collect();
    bundles.sort_by_key(|waiting| waiting.since);
    let of_version = |waiting: &WaitingVersion| Reviewed::Version(waiting.version.reference());
    let of_bundle = |waiting: &WaitingBundle| Reviewed::Bundle(waiting.bundle.id.clone());
    let all: Vec<Reviewed> = versions.iter().map(of_version).chain(bundles.iter().map(of_bundle)).collect();
    let mut claims = review_claims::of_all(services.db.pool(), &all).await?;
    for waiting in &mut versions {
        waiting.claim = claims.remove(&of_version(waiting));
    }
    for waiting in &mut bundles {
        waiting.claim = claims.remove(&of_bundle(waiting));
    }
    let asks = !bundles.is_empty() && caller.may(Permission::BundlesReview);
    let reviewers = if asks { crate::reviews::reviewers(services, ctx).await? } else { BTreeMap::new() };
    let reviewers = reviewers.into_iter().collect();
    Ok(ReviewQueue { versions, bundles, reviewers, decided: Vec::new(), now: ctx.now })
}

/// Checks every one of them against the version before, with one statement for each kind of row.
pub(super) async fn looked_at(services: &Services, ctx: &Ctx, waiting: Vec<Version>) -> Result<Vec<WaitingVersion>> {
    let caller = ctx.caller()?;
    let db = services.db.pool();
    let editions: Vec<(&str, &str)> = waiting.iter().map(|v| (v.dataset_id.as_str(), v.edition.as_str())).collect();
    let public = versions::latest_public(db, &editions).await?;
    let all: Vec<Version> = waiting.iter().chain(&public).cloned().collect();
    let stored = files::list_of_versions(db, &all).await?;
    let ids: Vec<&str> = waiting.iter().map(|v| v.dataset_id.as_str()).collect();
    let titles: HashMap<String, String> =
        datasets::list_by_ids(db, &ids).await?.into_iter().map(|d| (d.id.clone(), d.working().title)).collect();
    let of = |id: &str| -> Vec<File> { stored.get(id).into_iter().flatten().map(|s| s.file.clone()).collect() };
    let shown = waiting.iter().map(|version| {
        let before = public.iter().find(|other| {
            other.dataset_id == version.dataset_id
                && other.edition == version.edition
                && other.version < version.version
        });
        let (files, old) = (of(&version.id), before.map(|other| of(&other.id)).unwrap_or_default());
        WaitingVersion {
            checks: checks(version, &files, before.map(|other| (other, old.as_slice()))),
            size: files.iter().map(|file| file.size).sum(),
            own: caller.is_same_person(&version.last_edited_by),
            claim: None,
            title: titles.get(&version.dataset_id).cloned().unwrap_or_else(|| version.dataset_id.clone()),
            version: version.clone(),
        }
    });
    Ok(shown.collect())
}
