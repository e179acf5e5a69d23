//! Reading bundles.

use domain::actor::Caller;
use domain::bundle::{Bundle, BundleAction, BundleKind, BundleStage, ContentItem, preflight};
use domain::event::Event;
use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::{Blocker, Refusal};
use domain::views::{BundlePage, BundleStatus, Check, Offer, Outcome, QueueEntry};
use persistence::bundles::BundleFilter;
use persistence::{accounts, bundles, contents, events, outbox, versions};

use crate::ctx::forbidden;
use crate::{Ctx, Result, Services};

/// The bundle, if the caller may see it.
pub async fn find(services: &Services, ctx: &Ctx, id: &str) -> Result<Bundle> {
    let caller = ctx.caller()?;
    let found = bundles::find_visible_to(services.db.pool(), caller, id).await?;
    Ok(found.ok_or(Refusal::NotFound)?)
}

/// The bundles that the caller may see.
pub async fn list(services: &Services, ctx: &Ctx, filter: &BundleFilter, paging: Paging) -> Result<Page<Bundle>> {
    let caller = ctx.caller()?;
    if !caller.may(Permission::BundlesRead) && !caller.may(Permission::BundlesPreview) {
        return Err(forbidden(Permission::BundlesRead).into());
    }
    Ok(bundles::list_visible_to(services.db.pool(), caller, filter, paging).await?)
}

/// What happened to the bundle, oldest first.
pub async fn timeline(services: &Services, ctx: &Ctx, id: &str, paging: Paging) -> Result<Page<Event>> {
    find(services, ctx, id).await?;
    Ok(events::of_resource(services.db.pool(), "bundle", id, paging).await?)
}

/// How the publication stands.
pub async fn status(services: &Services, ctx: &Ctx, id: &str) -> Result<BundleStatus> {
    let bundle = find(services, ctx, id).await?;
    let db = services.db.pool();
    let due = bundle.state.schedule().map(|s| s.publication_date);
    let reached = match bundle.stage() {
        BundleStage::Published => bundle.state.published_at(),
        BundleStage::Scheduled | BundleStage::Publishing => {
            Some(ctx.now).filter(|now| due.is_some_and(|due| *now > due))
        }
        _ => None,
    };
    Ok(BundleStatus {
        lateness_ms: reached.zip(due).map(|(reached, due)| (reached - due).num_milliseconds()),
        steps: outbox::steps_of(db, id).await?,
        contents: contents::list_of_bundle(db, id).await?,
        bundle,
    })
}

/// Every check of readiness with what to do.
pub async fn readiness(services: &Services, ctx: &Ctx, id: &str) -> Result<Vec<Check>> {
    let bundle = find(services, ctx, id).await?;
    let items = contents::list_of_bundle(services.db.pool(), id).await?;
    Ok(checks_of(&bundle, &items))
}

/// What is scheduled or being published, soonest first.
pub async fn queue(services: &Services, ctx: &Ctx, paging: Paging) -> Result<Page<QueueEntry>> {
    let filter = BundleFilter {
        stages: vec![BundleStage::Scheduled, BundleStage::Publishing],
        by_publication: true,
        ..BundleFilter::default()
    };
    let page = list(services, ctx, &filter, paging).await?;
    let (total, mut entries) = (page.total_count, Vec::with_capacity(page.items.len()));
    for bundle in page.items {
        let lease = bundles::lease_of(services.db.pool(), &bundle.id).await?;
        let due = bundle.state.schedule().map_or(ctx.now, |s| s.publication_date);
        entries.push(QueueEntry {
            lateness_ms: (ctx.now - due).num_milliseconds(),
            lease: lease.map(|l| (l.node, l.expires_at)),
            bundle,
        });
    }
    Ok(Page::new(entries, total, paging))
}

/// The portal's page of a bundle.
pub async fn page(services: &Services, ctx: &Ctx, id: &str) -> Result<BundlePage> {
    let caller = ctx.caller()?;
    let bundle = find(services, ctx, id).await?;
    let db = services.db.pool();
    let items = contents::list_of_bundle(db, id).await?;
    let editable = BundleAction::AddContent.check_from(bundle.stage()).is_ok() && caller.may(Permission::BundlesWrite);
    Ok(BundlePage {
        checks: checks_of(&bundle, &items),
        offers: offers(&bundle, &items, caller),
        candidates: if editable { versions::list_addable(db, &ctx.reach()).await? } else { Vec::new() },
        teams: accounts::list_teams(db).await?,
        timeline: events::of_resource(db, "bundle", id, Paging::WHOLE).await?.items,
        steps: outbox::steps_of(db, id).await?,
        contents: items,
        bundle,
        now: ctx.now,
    })
}

/// What the caller may do in this state, and what stands in the way.
fn offers(bundle: &Bundle, items: &[ContentItem], caller: &Caller) -> Vec<Offer<BundleAction>> {
    let hidden = [BundleAction::Begin, BundleAction::Complete, BundleAction::Fail];
    BundleAction::ALL
        .iter()
        .filter(|action| !hidden.contains(action))
        .filter(|action| action.rule().0.contains(&bundle.stage()) && caller.may(action.rule().1))
        .map(|action| Offer { action: *action, blockers: blockers_of(*action, bundle, items, caller) })
        .collect()
}

fn blockers_of(action: BundleAction, bundle: &Bundle, items: &[ContentItem], caller: &Caller) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    if action == BundleAction::Approve
        && let Err(refusal) = bundle.check_four_eyes(caller)
    {
        blockers.push(Blocker::new("four_eyes", refusal.to_string()));
    }
    if matches!(action, BundleAction::Submit | BundleAction::Approve) {
        blockers.extend(preflight(&bundle.id, items));
    }
    if action == BundleAction::Schedule && bundle.details.kind == BundleKind::Manual {
        blockers.push(Blocker::new("manual_bundle", "This is a manual bundle: an operator publishes it by hand."));
    }
    if !persistence::contents::all_reached(&caller.reach(action.rule().1), items) {
        blockers.push(Blocker::new("out_of_reach", "Your rights do not cover every dataset in this bundle."));
    }
    blockers
}

/// Each check of readiness, passed or not.
fn checks_of(bundle: &Bundle, items: &[ContentItem]) -> Vec<Check> {
    let blockers = preflight(&bundle.id, items);
    let named = [
        ("has_content", "no_content", "The bundle has content."),
        ("items_approved", "not_approved", "Every version is approved."),
        ("items_unchanged", "changed", "No version was changed since it was checked."),
        ("files_present", "no_files", "Every version has a file."),
        ("files_ready", "files_not_ready", "Every file is ready."),
        ("metadata_complete", "incomplete_metadata", "The metadata is complete."),
        ("predecessors_published", "predecessor_unpublished", "No version leaves a gap before it."),
    ];
    let mut checks = Vec::new();
    for (name, code, passed) in named {
        let failed: Vec<&Blocker> = blockers.iter().filter(|b| b.code == code).collect();
        if failed.is_empty() && !(items.is_empty() && code != "no_content") {
            checks.push(Check {
                name: name.to_owned(),
                outcome: Outcome::Pass,
                message: passed.to_owned(),
                fix_url: None,
            });
        }
        checks.extend(failed.into_iter().map(|blocker| Check {
            name: name.to_owned(),
            outcome: Outcome::Fail,
            message: blocker.message.clone(),
            fix_url: blocker.fix_url.clone(),
        }));
    }
    let approved = bundle.state.approval();
    checks.push(Check {
        name: "approved".to_owned(),
        outcome: if approved.is_some() { Outcome::Pass } else { Outcome::Warn },
        message: approved.map_or_else(
            || "The bundle is not approved yet.".to_owned(),
            |mark| format!("Approved by {}.", mark.by.name),
        ),
        fix_url: None,
    });
    checks
}
