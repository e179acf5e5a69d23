//! Putting versions into a bundle and taking them out.

use domain::bundle::{Bundle, BundleAction, BundleCommand, ContentItem};
use domain::event::Happened;
use domain::policy::Permission;
use domain::refusal::{Blocker, Refusal};
use domain::version::{Version, VersionState};
use persistence::{PersistenceError, Tx, bundles, contents, versions};

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
    let version = versions::find_visible_to(&tx, &ctx.reach(), &key.dataset_id, &key.edition, key.version).await?;
    let version = version.ok_or_else(|| {
        Refusal::field(
            "version",
            "unknown",
            format!("There is no version {}/{}/{}.", key.dataset_id, key.edition, key.version),
        )
    })?;
    super::must_be_current(&bundle, expected)?;
    BundleAction::AddContent.check_from(bundle.stage())?;
    must_be_approved(&version)?;
    let item_id = ids::new_id(ctx.now);
    match contents::add(&tx, &item_id, &bundle, &version, ctx.now).await {
        Err(PersistenceError::Duplicate(_)) => return Err(taken(&bundle, &items, &version).into()),
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
    let tx = services.db.begin().await?;
    let (bundle, items, caller) = super::find_to_change(&tx, ctx, Permission::BundlesWrite, bundle_id).await?;
    let removed = items.iter().find(|item| item.id == item_id).ok_or(Refusal::NotFound)?.reference();
    super::must_be_current(&bundle, expected)?;
    BundleAction::RemoveContent.check_from(bundle.stage())?;
    contents::remove(&tx, bundle_id, item_id).await?;
    let command =
        BundleCommand::ContentsChanged { added: false, item_count: contents::count_of(&tx, bundle_id).await? };
    let (bundle, happened) = bundle.apply(command, &items, caller, ctx.now)?;
    if !bundles::save(&tx, &bundle, None).await? {
        return Err(Refusal::Stale.into());
    }
    let after = items.iter().filter(|item| item.id != item_id).map(ContentItem::reference).collect();
    record(&tx, ctx, &bundle, &happened, &removed, (&items, after))?;
    persistence::db::commit(tx).await?;
    Ok(Bundle { revision: bundle.revision + 1, ..bundle })
}

/// A bundle's items in order.
pub async fn list_contents(services: &Services, ctx: &Ctx, bundle_id: &str) -> Result<Vec<ContentItem>> {
    super::find(services, ctx, bundle_id).await?;
    Ok(contents::list_of_bundle(services.db.pool(), bundle_id).await?)
}

/// Records which version came or went, and what the bundle held before and after.
fn record(
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

fn must_be_approved(version: &Version) -> Result<(), Refusal> {
    if version.state == VersionState::Approved {
        return Ok(());
    }
    let message = format!("Only approved versions go into a bundle; {} is {}.", version.reference(), version.state);
    Err(Refusal::Blocked {
        blockers: vec![
            Blocker::new("not_approved", message.clone()).about(version.reference(), Some(version.admin_path())),
        ],
        message,
    })
}

fn taken(bundle: &Bundle, items: &[ContentItem], version: &Version) -> Refusal {
    let message = if items.iter().any(|item| item.version_id == version.id) {
        format!("{} is in this bundle already.", version.reference())
    } else {
        format!("{} is in another bundle already.", version.reference())
    };
    Refusal::Blocked {
        blockers: vec![
            Blocker::new("in_bundle", message.clone()).about(version.reference(), Some(bundle.admin_path())),
        ],
        message,
    }
}
