//! Datasets and editions.

mod create;
mod department;
mod desk;
mod drafts;
mod edit;
mod editions;
mod order;
mod publish_metadata;
mod read;
mod several;
mod title_order;

pub use create::{NewDataset, NewEdition, create, create_edition};
pub use department::give_to;
pub use desk::{desk, export, note_outlooks};
pub use edit::{delete, edit};
pub(crate) use edit::{put_draft, remove};
pub(crate) use editions::remove_edition;
pub use editions::{delete_edition, edit_edition, right_to_change};
pub(crate) use order::in_order;
pub use order::move_edition;
pub use persistence::datasets::DatasetFilter;
pub use publish_metadata::publish_metadata;
pub use read::{
    admin_page, editions_found, editions_of, find, find_edition, form, list, list_editions, list_undated, teams,
};
pub use several::change_several;
pub use title_order::sort_titles;

use domain::actor::Caller;
use domain::dataset::Dataset;
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::Tx;

use crate::ctx::forbidden;
use crate::{Ctx, Result};

/// The dataset for somebody who wants to change it: hidden is missing, seen without the right is forbidden.
pub(crate) async fn find_to_change<'a>(
    tx: &Tx,
    ctx: &'a Ctx,
    permission: Permission,
    id: &str,
) -> Result<(Dataset, &'a Caller)> {
    let caller = ctx.caller()?;
    let dataset = persistence::datasets::find_visible_to(tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?;
    if !caller.may_for(permission, &dataset.department, id) {
        return Err(forbidden(permission).into());
    }
    Ok((dataset, caller))
}
