//! Versions: preparing them and taking them through approval.

mod alerts;
mod approve_several;
mod comments;
mod create;
mod dimensions;
mod edit;
mod queue;
mod read;
mod review;
mod step;
mod waiting_letters;

pub(crate) use alerts::put_notice;
pub use alerts::{add_alert, corrections, withdraw_alert};
pub use approve_several::approve_several;
pub use comments::{comment, commented, comments};
pub use create::{NewVersion, carried_forward, create};
pub use dimensions::{Dimension, begin_dimensions, list_dimensions, list_options, renew_dimensions};
pub(crate) use edit::{Leftovers, put_metadata, remove};
pub use edit::{delete, edit};
pub use queue::review_queue;
pub use read::{admin_page, find, find_with_dataset, list, list_in_state, neighbours};
pub use review::{Asked, review};
pub use step::take_step;
pub(crate) use waiting_letters::{WAITING, send_waiting, waiting_to, waiting_told};

use domain::actor::Caller;
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::version::{Version, VersionState};
use persistence::Tx;

use crate::{Ctx, Result};

/// Names a version: dataset, edition and number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionKey {
    /// The dataset's slug.
    pub dataset_id: String,
    /// The edition's slug.
    pub edition: String,
    /// The number.
    pub version: u32,
}

/// Reads `dataset/edition/number`, as [`domain::version::Version::reference`] writes it.
pub(crate) fn read_key(reference: &str) -> Option<VersionKey> {
    let mut parts = reference.split('/');
    let (dataset_id, edition, number) = (parts.next()?, parts.next()?, parts.next()?);
    let version = number.parse().ok()?;
    let key = VersionKey { dataset_id: dataset_id.to_owned(), edition: edition.to_owned(), version };
    parts.next().is_none().then_some(key)
}

/// The version for somebody who wants to change it: hidden is missing, seen without the right is forbidden.
///
/// Its row is locked until the transaction ends, so that a bundle cannot take it in meanwhile.
pub(crate) async fn find_to_change<'a>(
    tx: &Tx,
    ctx: &'a Ctx,
    permission: Permission,
    key: &VersionKey,
) -> Result<(Version, &'a Caller)> {
    let caller = ctx.caller()?;
    let reach = ctx.reach();
    let found = persistence::versions::lock_visible_to(tx, &reach, &key.dataset_id, &key.edition, key.version).await?;
    let version = found.ok_or(Refusal::NotFound)?;
    crate::datasets::find_to_change(tx, ctx, permission, &key.dataset_id).await?;
    Ok((version, caller))
}

/// Refuses a change of a version that is not being prepared, or that is in a bundle.
pub(crate) async fn must_be_editable(tx: &Tx, ctx: &Ctx, version: &Version) -> Result<()> {
    if version.state != VersionState::Created {
        let message = match version.state {
            VersionState::Published | VersionState::Archived => {
                "A published version is never edited. Correct it with a new version or an alert."
            }
            _ => "Only a version in the state created can be edited. Have it returned first.",
        };
        return Err(Refusal::blocked("not_editable", message).into());
    }
    must_be_free(tx, ctx, version).await
}

/// Refuses a step of a version that a bundle holds; the bundle is named to those who may see it.
pub(crate) async fn must_be_free(tx: &Tx, ctx: &Ctx, version: &Version) -> Result<()> {
    let Some(bundle) = persistence::bundles::holding(tx, &version.id).await? else {
        return Ok(());
    };
    let seen = persistence::bundles::find_visible_to(tx, ctx.caller()?, &bundle.id).await?;
    let message = "This version is in a bundle. Take it out of the bundle first.";
    let blocker = domain::refusal::Blocker::new("in_bundle", message);
    let blockers = vec![match seen {
        Some(bundle) => blocker.about(bundle.id.clone(), Some(bundle.admin_path())),
        None => blocker,
    }];
    Err(Refusal::Blocked { message: message.to_owned(), blockers }.into())
}
