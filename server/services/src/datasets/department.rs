//! Giving a dataset to another department.

use domain::dataset::Dataset;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::{bundles, dataset_desk, topics};
use serde_json::json;

use crate::ctx::forbidden;
use crate::{Ctx, Result, Services, public_change, records};

/// Gives a dataset to another department; the right is needed in both.
///
/// # Errors
/// `Invalid` for an unknown department, `Forbidden` without the right in one of them, `Stale` where somebody was faster, `Blocked`
/// while a bundle that is not public yet holds a version of it, since who sees that bundle hangs on the department.
pub async fn give_to(services: &Services, ctx: &Ctx, id: &str, expected: i64, department: &str) -> Result<Dataset> {
    let tx = services.db.begin().await?;
    let (dataset, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsWrite, id).await?;
    if !topics::department_exists(&tx, department).await? {
        return Err(Refusal::field("department", "unknown", "Choose one of the departments.").into());
    }
    if !caller.may_for(Permission::DatasetsWrite, department, id) {
        return Err(forbidden(Permission::DatasetsWrite).into());
    }
    if dataset.revision != expected || !dataset_desk::give_to(&tx, &dataset, department, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    if bundles::is_held_unpublished(&tx, id).await? {
        let message = "A version of this dataset is in a bundle that is not public yet, and who sees that bundle hangs on the \
                       department. Take it out of the bundle, or wait until it is public.";
        return Err(Refusal::blocked("in_bundle", message).into());
    }
    let (before, after) = (json!({"department": dataset.department}), json!({"department": department}));
    records::change(&tx, ctx, caller, records::dataset(id), "edited", &before, &after).await?;
    let is_public = dataset.published_at.is_some();
    if is_public {
        public_change::raise(&tx, id).await?;
    }
    persistence::db::commit(tx).await?;
    if is_public {
        public_change::tell(services);
    }
    Ok(Dataset { department: department.to_owned(), revision: dataset.revision + 1, last_updated: ctx.now, ..dataset })
}
