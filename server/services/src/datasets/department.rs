//! Giving a dataset to another department.

use domain::actor::Caller;
use domain::dataset::Dataset;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::{bundles, dataset_desk, topics, versions};
use serde_json::json;

use crate::ctx::forbidden;
use crate::records::{self, Entry};
use crate::{Ctx, Result, Services, public_change};

/// Gives a dataset to another department; the right is needed in both. Of a public one readers see it at once, so that takes the
/// right to correct, too, and somebody other than its last editor.
///
/// # Errors
/// `Invalid` for an unknown department, `Forbidden` without a right in one of them, `FourEyes` for the last editor of what is
/// public, `Stale` where somebody was faster, `Blocked`
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
    let is_public = dataset.published_at.is_some();
    if is_public {
        must_correct(caller, &dataset, department)?;
    }
    // From here to the commit no version of it goes into a bundle.
    versions::lock_of_dataset(&tx, id).await?;
    if dataset.revision != expected || !dataset_desk::give_to(&tx, &dataset, department, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    if bundles::is_held_unpublished(&tx, id).await? {
        let message = "A version of this dataset is in a bundle that is not public yet, and who sees that bundle hangs on the \
                       department. Take it out of the bundle, or wait until it is public.";
        return Err(Refusal::blocked("in_bundle", message).into());
    }
    let (before, after) = (json!({"department": dataset.department}), json!({"department": department}));
    let waived = is_public && caller.waives_four_eyes_of(&dataset.last_edited_by);
    Entry::new(ctx, &caller.actor, records::dataset(id), "edited")
        .change(&before, &after)?
        .details(records::waiver(waived))
        .write(&tx);
    if is_public {
        public_change::raise(&tx, id).await?;
    }
    persistence::db::commit(tx).await?;
    if is_public {
        public_change::tell(services);
    }
    Ok(Dataset { department: department.to_owned(), revision: dataset.revision + 1, last_updated: ctx.now, ..dataset })
}

/// Refuses whoever may not change what readers see of the dataset, under the department that it has or is given to.
fn must_correct(caller: &Caller, dataset: &Dataset, department: &str) -> Result<(), Refusal> {
    let corrects = |department: &str| caller.may_for(Permission::DatasetsCorrect, department, &dataset.id);
    if !corrects(&dataset.department) || !corrects(department) {
        return Err(forbidden(Permission::DatasetsCorrect));
    }
    if caller.is_same_person(&dataset.last_edited_by) {
        let message = "The dataset is public and you edited it last, so somebody else has to give it away.";
        return Err(Refusal::FourEyes { message: message.to_owned() });
    }
    Ok(())
}
