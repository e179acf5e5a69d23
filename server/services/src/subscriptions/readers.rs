//! How many would be told of a publication, before there is one.

use domain::dataset::Dataset;
use domain::policy::Permission;
use domain::subscription::{SubscriptionChannel, with_ancestors};
use persistence::subscriptions::{self, Reached};
use persistence::topics;

use crate::ctx::forbidden;
use crate::{Ctx, Result, Services};

/// How many subscribers a new version of a dataset would be told to now, by channel; nothing of who they are.
///
/// # Errors
/// `Forbidden` where the caller may neither correct the dataset nor prepare versions of it.
pub async fn readers_of(services: &Services, ctx: &Ctx, dataset: &Dataset) -> Result<Vec<(SubscriptionChannel, u64)>> {
    let caller = ctx.caller()?;
    let may = |permission| caller.may_for(permission, &dataset.department, &dataset.id);
    if !may(Permission::DatasetsCorrect) && !may(Permission::DatasetsWrite) {
        return Err(forbidden(Permission::DatasetsCorrect).into());
    }
    let db = services.db.pool();
    let taxonomy = topics::list(db).await?;
    let topics = with_ancestors(&dataset.shown().topics, &taxonomy);
    let reached = Reached { datasets: vec![dataset.id.clone()], topics, at: ctx.now };
    Ok(subscriptions::count_reached(db, &reached).await?)
}
