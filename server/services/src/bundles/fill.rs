//! Putting many versions into a bundle at once.

use domain::actor::Caller;
use domain::bundle::{Bundle, BundleAction, BundleCommand, ContentItem};
use domain::policy::Permission;
use domain::refusal::{Blocker, FieldProblem, Refusal, all_valid};
use domain::version::Version;
use persistence::{PersistenceError, Tx, bundles, contents, versions};

use super::contents::{must_be_free_and_approved, must_reach, record, refused, taken};
use crate::versions::VersionKey;
use crate::{Ctx, Result, Services, ids};

/// Puts several approved versions into a bundle in preparation, all or none; every reason against any is told at once.
pub async fn add_contents(
    services: &Services,
    ctx: &Ctx,
    bundle_id: &str,
    expected: Option<i64>,
    keys: &[VersionKey],
) -> Result<Bundle> {
    let tx = services.db.begin().await?;
    let (bundle, _, caller) = super::find_to_change(&tx, ctx, Permission::BundlesWrite, bundle_id).await?;
    super::must_be_current(&bundle, expected)?;
    BundleAction::AddContent.check_from(bundle.stage())?;
    let bundle = fill(&tx, ctx, caller, bundle, keys).await?;
    persistence::db::commit(tx).await?;
    Ok(bundle)
}

/// The same as a part of a transaction, for a caller who may change the bundle as it stands.
pub(super) async fn fill(
    tx: &Tx,
    ctx: &Ctx,
    caller: &Caller,
    mut bundle: Bundle,
    keys: &[VersionKey],
) -> Result<Bundle> {
    for version in all_fit(tx, ctx, caller, &bundle, keys).await? {
        let items = contents::list_of_bundle(tx, &bundle.id).await?;
        match contents::add(tx, &ids::new_id(ctx.now), &bundle, &version, ctx.now).await {
            Err(PersistenceError::Duplicate(_)) => return Err(refused(vec![taken(&version, None)]).into()),
            other => other?,
        }
        let item_count = contents::count_of(tx, &bundle.id).await?;
        let (changed, happened) =
            bundle.apply(BundleCommand::ContentsChanged { added: true, item_count }, &items, caller, ctx.now)?;
        if !bundles::save(tx, &changed, None).await? {
            return Err(Refusal::Stale.into());
        }
        bundle = Bundle { revision: changed.revision + 1, ..changed };
        let after = items.iter().map(ContentItem::reference).chain([version.reference()]).collect();
        record(tx, ctx, &bundle, &happened, &version.reference(), (&items, after))?;
    }
    Ok(bundle)
}

/// The versions of these names, each locked; or everything that is against any of them.
async fn all_fit(tx: &Tx, ctx: &Ctx, caller: &Caller, bundle: &Bundle, keys: &[VersionKey]) -> Result<Vec<Version>> {
    let (mut fit, mut unknown, mut blockers): (Vec<Version>, Vec<FieldProblem>, Vec<Blocker>) = Default::default();
    for key in keys {
        let found = versions::lock_visible_to(tx, &ctx.reach(), &key.dataset_id, &key.edition, key.version).await?;
        let Some(version) = found else {
            let message = format!("There is no version {}/{}/{}.", key.dataset_id, key.edition, key.version);
            unknown.push(FieldProblem::new("pasted", "unknown", message));
            continue;
        };
        must_reach(tx, ctx, caller, &version).await?;
        match must_be_free_and_approved(tx, caller, bundle, &version).await {
            Err(crate::ServiceError::Refused(Refusal::Blocked { blockers: more, .. })) => blockers.extend(more),
            other => other?,
        }
        if !fit.iter().any(|known| known.id == version.id) {
            fit.push(version);
        }
    }
    all_valid(unknown)?;
    if blockers.is_empty() { Ok(fit) } else { Err(refused(blockers).into()) }
}
