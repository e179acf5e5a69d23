//! Putting versions into a bundle and taking them out.

use domain::actor::Caller;
use domain::bundle::{Bundle, BundleAction, BundleCommand, ContentItem};
use domain::event::Happened;
use domain::policy::Permission;
use domain::refusal::{Blocker, FieldProblem, Refusal, all_valid};
use domain::version::{Version, VersionState};
use persistence::{PersistenceError, Tx, bundles, contents, datasets, versions};

use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, ids, records};

/// Puts an approved version into a bundle in preparation.
pub async fn add_content(
    services: &Services,
    ctx: &Ctx,
    bundle_id: &str,
    expected: Option<i64>,
    key: &VersionKey,
) -> Result<ContentItem> {
    let tx = services.db.begin().await?;
    let (bundle, items, caller) = super::find_to_change(&tx, ctx, Permission::BundlesWrite, bundle_id).await?;
    let version = versions::lock_visible_to(&tx, &ctx.reach(), &key.dataset_id, &key.edition, key.version).await?;
    let version = version.ok_or_else(|| {
        Refusal::field(
            "version",
            "unknown",
            format!("There is no version {}/{}/{}.", key.dataset_id, key.edition, key.version),
        )
    })?;
    must_reach(&tx, ctx, caller, &version).await?;
    super::must_be_current(&bundle, expected)?;
    BundleAction::AddContent.check_from(bundle.stage())?;
    must_be_free_and_approved(&tx, caller, &bundle, &version).await?;
    let item_id = ids::new_id(ctx.now);
    match contents::add(&tx, &item_id, &bundle, &version, ctx.now).await {
        Err(PersistenceError::Duplicate(_)) => return Err(refused(vec![taken(&version, None)]).into()),
        other => other?,
    }
    let command = BundleCommand::ContentsChanged { added: true, item_count: contents::count_of(&tx, bundle_id).await? };
    let (bundle, happened) = bundle.apply(command, &items, caller, ctx.now)?;
    if !bundles::save(&tx, &bundle, None).await? {
        return Err(Refusal::Stale.into());
    }
    let after: Vec<String> =
        contents::list_of_bundle(&tx, bundle_id).await?.iter().map(ContentItem::reference).collect();
    record(&tx, ctx, &bundle, &happened, &version.reference(), (&items, after))?;
    let added = contents::list_of_bundle(&tx, bundle_id).await?.into_iter().find(|item| item.id == item_id);
    persistence::db::commit(tx).await?;
    Ok(added.ok_or(Refusal::NotFound)?)
}

/// Takes an item out of a bundle in preparation; the last one out makes it `created` again.
pub async fn remove_content(
    services: &Services,
    ctx: &Ctx,
    bundle_id: &str,
    expected: Option<i64>,
    item_id: &str,
) -> Result<Bundle> {
    remove_contents(services, ctx, bundle_id, expected, &[item_id.to_owned()]).await
}

/// Takes several items out of a bundle in preparation, all or none.
pub async fn remove_contents(
    services: &Services,
    ctx: &Ctx,
    bundle_id: &str,
    expected: Option<i64>,
    item_ids: &[String],
) -> Result<Bundle> {
    let tx = services.db.begin().await?;
    let (mut bundle, items, caller) = super::find_to_change(&tx, ctx, Permission::BundlesWrite, bundle_id).await?;
    let is_there = |id: &String| items.iter().any(|item| item.id == *id);
    if item_ids.is_empty() || !item_ids.iter().all(is_there) {
        return Err(Refusal::NotFound.into());
    }
    super::must_be_current(&bundle, expected)?;
    BundleAction::RemoveContent.check_from(bundle.stage())?;
    for item_id in item_ids {
        bundle = take_out(&tx, ctx, caller, bundle, item_id).await?;
    }
    persistence::db::commit(tx).await?;
    Ok(bundle)
}

/// Takes one item out as a part of a transaction.
async fn take_out(tx: &Tx, ctx: &Ctx, caller: &Caller, bundle: Bundle, item_id: &str) -> Result<Bundle> {
    let items = contents::list_of_bundle(tx, &bundle.id).await?;
    let removed = items.iter().find(|item| item.id == item_id).ok_or(Refusal::NotFound)?.reference();
    contents::remove(tx, &bundle.id, item_id, ctx.now).await?;
    let item_count = contents::count_of(tx, &bundle.id).await?;
    let (bundle, happened) =
        bundle.apply(BundleCommand::ContentsChanged { added: false, item_count }, &items, caller, ctx.now)?;
    if !bundles::save(tx, &bundle, None).await? {
        return Err(Refusal::Stale.into());
    }
    let after = items.iter().filter(|item| item.id != item_id).map(ContentItem::reference).collect();
    record(tx, ctx, &bundle, &happened, &removed, (&items, after))?;
    Ok(Bundle { revision: bundle.revision + 1, ..bundle })
}

/// Puts a bundle's items into another order; every item has to be named once.
pub async fn reorder_contents(
    services: &Services,
    ctx: &Ctx,
    bundle_id: &str,
    expected: i64,
    order: &[String],
) -> Result<Vec<ContentItem>> {
    let tx = services.db.begin().await?;
    let (bundle, items, caller) = super::find_to_change(&tx, ctx, Permission::BundlesWrite, bundle_id).await?;
    must_name_each_once(&items, order)?;
    super::must_be_current(&bundle, Some(expected))?;
    let (bundle, happened) = bundle.apply(BundleCommand::ContentsReordered, &items, caller, ctx.now)?;
    contents::reorder(&tx, bundle_id, order).await?;
    if !bundles::save(&tx, &bundle, None).await? {
        return Err(Refusal::Stale.into());
    }
    let reordered = contents::list_of_bundle(&tx, bundle_id).await?;
    let contents = |items: &[ContentItem]| {
        let references: Vec<String> = items.iter().map(ContentItem::reference).collect();
        serde_json::json!({"contents": references})
    };
    let entry = records::Entry::new(ctx, &caller.actor, records::bundle(bundle_id), happened.event_type);
    entry.step(&happened).change(&contents(&items), &contents(&reordered))?.write(&tx);
    persistence::db::commit(tx).await?;
    Ok(reordered)
}

/// Has two items of a bundle in preparation change places; those who look at another revision of it move nothing.
pub async fn swap_contents(
    services: &Services,
    ctx: &Ctx,
    bundle_id: &str,
    expected: i64,
    (item_id, past): (&str, &str),
) -> Result<Vec<ContentItem>> {
    let (_, items) = find_with_contents(services, ctx, bundle_id).await?;
    let mut order: Vec<String> = items.into_iter().map(|item| item.id).collect();
    let place = |id: &str| order.iter().position(|known| known == id);
    // One that is not there any more was taken out since the page was made.
    let (Some(from), Some(to)) = (place(item_id), place(past)) else {
        return Err(Refusal::Stale.into());
    };
    order.swap(from, to);
    reorder_contents(services, ctx, bundle_id, expected, &order).await
}

/// Records which version came or went, and what the bundle held before and after.
pub(super) fn record(
    tx: &Tx,
    ctx: &Ctx,
    bundle: &Bundle,
    happened: &Happened,
    version: &str,
    (before, after): (&[ContentItem], Vec<String>),
) -> Result<()> {
    let before: Vec<String> = before.iter().map(ContentItem::reference).collect();
    let entry = records::Entry::new(ctx, &ctx.caller()?.actor, records::bundle(&bundle.id), happened.event_type);
    let entry = entry.step(happened).details(serde_json::json!({"version": version}));
    entry.change(&serde_json::json!({"contents": before}), &serde_json::json!({"contents": after}))?.write(tx);
    Ok(())
}

/// The bundle with its items in order.
pub async fn find_with_contents(services: &Services, ctx: &Ctx, bundle_id: &str) -> Result<(Bundle, Vec<ContentItem>)> {
    let bundle = super::find(services, ctx, bundle_id).await?;
    let items = contents::list_of_bundle(services.db.pool(), bundle_id).await?;
    Ok((bundle, items))
}

/// Every problem of an order that leaves out, repeats or invents items.
fn must_name_each_once(items: &[ContentItem], order: &[String]) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    for (i, id) in order.iter().enumerate() {
        let field = format!("order.{i}");
        if !items.iter().any(|item| item.id == *id) {
            problems.push(FieldProblem::new(&field, "unknown", "The bundle has no such item."));
        } else if order.iter().take(i).any(|before| before == id) {
            problems.push(FieldProblem::new(&field, "repeated", "Name each item once."));
        }
    }
    let left_out: Vec<&str> =
        items.iter().map(|item| item.id.as_str()).filter(|id| !order.iter().any(|o| o == id)).collect();
    if !left_out.is_empty() {
        let message = format!("Name every item of the bundle; missing: {}.", left_out.join(", "));
        problems.push(FieldProblem::new("order", "incomplete", message));
    }
    all_valid(problems)
}

/// Nobody puts in what they may not prepare, even where they may see it.
pub(super) async fn must_reach(tx: &Tx, ctx: &Ctx, caller: &Caller, version: &Version) -> Result<()> {
    let dataset = datasets::find_visible_to(tx, &ctx.reach(), &version.dataset_id).await?.ok_or(Refusal::NotFound)?;
    if !caller.may_for(Permission::BundlesWrite, &dataset.department, &dataset.id) {
        return Err(crate::ctx::forbidden(Permission::BundlesWrite).into());
    }
    Ok(())
}

/// Refuses a version that is not approved or that a bundle holds already, with both reasons where both hold.
pub(super) async fn must_be_free_and_approved(
    tx: &Tx,
    caller: &Caller,
    bundle: &Bundle,
    version: &Version,
) -> Result<()> {
    let mut blockers = Vec::new();
    if version.state != VersionState::Approved {
        let message = format!("Only approved versions go into a bundle; {} is {}.", version.reference(), version.state);
        blockers.push(Blocker::new("not_approved", message).about(version.reference(), Some(version.admin_path())));
    }
    if let Some(holder) = bundles::holding(tx, &version.id).await? {
        blockers.push(if holder.id == bundle.id {
            let message = format!("{} is in this bundle already.", version.reference());
            Blocker::new("in_bundle", message).about(version.reference(), Some(bundle.admin_path()))
        } else {
            taken(version, bundles::find_visible_to(tx, caller, &holder.id).await?.as_ref())
        });
    }
    if blockers.is_empty() { Ok(()) } else { Err(refused(blockers).into()) }
}

/// A version that another bundle holds; the bundle is named only to those who may see it.
pub(super) fn taken(version: &Version, holder: Option<&Bundle>) -> Blocker {
    let reference = version.reference();
    match holder {
        Some(holder) => {
            let message = format!("{reference} is in the bundle {} already.", holder.details.title);
            Blocker::new("in_bundle", message).about(reference, Some(holder.admin_path()))
        }
        None => Blocker::new("in_bundle", format!("{reference} is in another bundle already.")).about(reference, None),
    }
}

pub(super) fn refused(blockers: Vec<Blocker>) -> Refusal {
    let message = blockers.first().map(|blocker| blocker.message.clone()).unwrap_or_default();
    Refusal::Blocked { message, blockers }
}
