//! Imports that were carried out: looking at what undoing one would take back, and undoing it.

use domain::imported::{ImportFate, ImportSheet, ImportSummary, ImportedItem};
use domain::page::{Page, Paging};
use domain::policy::Permission;
use domain::refusal::Refusal;
use persistence::imports::{self, Kept};

use super::keep::about;
use super::present::present;
use super::taking_back::take_back;
use crate::records::Entry;
use crate::{Ctx, Result, Services};

/// The imports that the portal lists.
const LISTED: Paging = Paging { limit: 30, offset: 0 };

/// How an import was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// How many things were taken back now.
    pub taken_back: usize,
    /// How many stay, each for its reason.
    pub staying: usize,
}

/// The newest imports of which the caller may write everything that they did.
pub async fn carried_out(services: &Services, ctx: &Ctx) -> Result<Vec<ImportSummary>> {
    Ok(page(services, ctx, LISTED).await?.items)
}

/// A page of the imports of which the caller may write everything that they did, the newest first.
pub async fn page(services: &Services, ctx: &Ctx, paging: Paging) -> Result<Page<ImportSummary>> {
    let reach = ctx.caller_with(Permission::DatasetsWrite)?.reach(Permission::DatasetsWrite);
    Ok(imports::list_visible_to(services.db.pool(), &reach, paging).await?)
}

/// An import with everything that it did, and what would become of each if it were undone now; nothing is changed.
///
/// # Errors
/// `Forbidden` for who may not import, `NotFound` also where something of it lies outside the caller's rights.
pub async fn look(services: &Services, ctx: &Ctx, id: &str) -> Result<ImportSheet> {
    let caller = ctx.caller_with(Permission::DatasetsWrite)?;
    let (db, reach) = (services.db.pool(), caller.reach(Permission::DatasetsWrite));
    let import = imports::find_visible_to(db, &reach, id).await?.ok_or(Refusal::NotFound)?;
    let kept = imports::items_of(db, id).await?;
    let present = present(db, caller, &kept, None).await?;
    Ok(ImportSheet::new(import, items(&kept), &present))
}

/// Takes back what an import did, in one transaction: what it made is deleted and what it changed is put back, as far as nobody has
/// done anything with it since; the rest stays. `typed` is the number of things, which shows that somebody has seen them.
///
/// Whoever undoes what was undone changes nothing, unless more can be taken back by now.
///
/// # Errors
/// `Forbidden` for who may not import, `NotFound` also where something of it lies outside the caller's rights, `Invalid` where
/// another number was typed, `Blocked` where everything stays.
pub async fn undo(services: &Services, ctx: &Ctx, id: &str, typed: &str) -> Result<Undone> {
    let caller = ctx.caller_with(Permission::DatasetsWrite)?;
    let tx = services.db.begin().await?;
    let reach = caller.reach(Permission::DatasetsWrite);
    let import = imports::lock_visible_to(&tx, &reach, id).await?.ok_or(Refusal::NotFound)?;
    let was_undone = import.undone.is_some();
    let kept = imports::items_of(&tx, id).await?;
    // Judging takes the topics, which whoever merges topics takes before datasets, too; then only what goes is locked, since
    // publications wait for that.
    let free = present(&tx, caller, &kept, None).await?;
    let first = ImportSheet::new(import.clone(), items(&kept), &free);
    let going = first.things.iter().filter(|(_, fate)| *fate == ImportFate::TakenBack);
    let going: Vec<&ImportedItem> = going.map(|(item, _)| item).collect();
    let locked = imports::lock_free(&tx, &going).await?;
    let present = present(&tx, caller, &kept, Some(&locked)).await?;
    let sheet = ImportSheet::new(import, items(&kept), &present);
    let undone = Undone { taken_back: sheet.to_take_back(), staying: sheet.staying() };
    if undone.taken_back == 0 && was_undone {
        return Ok(undone);
    }
    must_be_meant(undone, typed)?;
    let fates = sheet.things.iter().map(|(_, fate)| fate);
    let taken = kept.iter().zip(fates).filter(|(_, fate)| **fate == ImportFate::TakenBack);
    let taken: Vec<&Kept> = taken.map(|(kept, _)| kept).collect();
    let left = take_back(&tx, ctx, caller, &taken).await?;
    let places: Vec<i64> = taken.iter().map(|kept| kept.item.place).collect();
    imports::mark_taken_back(&tx, id, &places, ctx.now).await?;
    imports::note_undone(&tx, id, &caller.actor, ctx.now).await?;
    let details = serde_json::json!({"taken_back": undone.taken_back, "staying": undone.staying});
    Entry::new(ctx, &caller.actor, about(id), "undone").details(details).write(&tx);
    persistence::db::commit(tx).await?;
    left.discard(services).await;
    Ok(undone)
}

fn items(kept: &[Kept]) -> Vec<ImportedItem> {
    kept.iter().map(|kept| kept.item.clone()).collect()
}

/// Refuses to take back what nobody has seen as it is now, and to take back nothing.
fn must_be_meant(undone: Undone, typed: &str) -> Result<(), Refusal> {
    let count = undone.taken_back;
    if count == 0 {
        let message =
            "Nothing of this import can be taken back: each thing is named below with the reason why it stays.";
        return Err(Refusal::blocked("nothing_to_undo", message));
    }
    if typed.trim().parse::<usize>().is_ok_and(|typed| typed == count) {
        return Ok(());
    }
    let message = format!("Look at what is taken back as it is now, and type {count} to confirm it.");
    Err(Refusal::field("things", "not_confirmed", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_undone_by_who_types_how_many_things_go() {
        let meant = |taken_back: usize, typed: &str| must_be_meant(Undone { taken_back, staying: 1 }, typed);
        assert_eq!(meant(4, " 4 "), Ok(()));
        for typed in ["", "3", "four", "-4"] {
            assert!(matches!(meant(4, typed), Err(Refusal::Invalid { .. })), "{typed}");
        }
        assert!(matches!(meant(0, "0"), Err(Refusal::Blocked { .. })));
    }
}
