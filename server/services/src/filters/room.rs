//! The room that filters and large outputs take: how much each may ask for, and what is removed when.

use chrono::TimeDelta;
use domain::filter::TOO_MANY_FILTERS;
use domain::refusal::Refusal;
use domain::selection::Selection;
use persistence::{filters, output_jobs};

use crate::accounts::throttle::{self, Allowance};
use crate::ctx::neighbourhood;
use crate::data::WRITTEN_LAYOUT;
use crate::{Ctx, Result, Services};

/// What stands before the keys of the files of outputs.
const OUTPUTS: &str = "outputs/";
/// How many outputs one caller may have waiting or being made.
const OPEN_OF_ONE: u64 = 3;
/// How many outputs one caller may have at all, until their time is over.
const KEPT_OF_ONE: u64 = 20;
/// How many outputs may wait or be made.
const OPEN_OF_ALL: u64 = 50;
/// How many outputs with files there may be.
const KEPT_OF_ALL: u64 = 2000;
/// How much one caller may have kept within a day, of filters and of what is made of them: each counts once, and once more for so
/// many bytes of its selection.
const KEPT_IN_A_DAY: Allowance = Allowance { tries: 2000, within: TimeDelta::days(1) };
const COUNTED_BYTES: usize = 4096;
/// After how many seconds it is worth asking again where some are waiting.
const SOON: u64 = 60;
/// The same where there is no room until some have gone.
const LATER: u64 = 3600;
/// How many outputs are removed in one round.
const REMOVED_AT_ONCE: u64 = 100;
/// What the secret that stands for an address is signed for.
const PURPOSE: &str = "count the outputs of an address";
/// What the reader of a recalled output is told.
const RECALLED: &str = "The table is no longer given out.";

/// What stands before the keys of the files of one output, whose id nobody can guess.
pub(super) fn prefix_of(output_id: &str) -> String {
    format!("{OUTPUTS}{output_id}/")
}

/// What stands before the keys of the files that one try makes; it names how they are written.
pub(super) fn prefix_of_try(output_id: &str, attempts: u32) -> String {
    format!("{}{attempts}.{WRITTEN_LAYOUT}/", prefix_of(output_id))
}

/// Whether figures stand plainly in a file with this key, and not as they were sent: they do since keys name how files are written.
pub(super) fn has_plain_figures(object_key: &str) -> bool {
    object_key.rsplit('/').nth(1).is_some_and(|of_try| of_try.contains('.'))
}

/// Who asks, to count by: an account, or an address that cannot be read out of it.
pub(super) fn asker(services: &Services, ctx: &Ctx) -> String {
    match (&ctx.caller, ctx.client) {
        (Some(caller), _) => format!("account/{}", caller.actor.id),
        (None, Some(client)) => services.accounts.vault.sign(PURPOSE, &neighbourhood(client).to_string()),
        (None, None) => "unknown".to_owned(),
    }
}

/// Whose filter it is that the caller has kept: the account's, or that of an address which cannot be read out of it.
pub(super) fn owner(services: &Services, ctx: &Ctx) -> String {
    ctx.caller.as_ref().map_or_else(|| asker(services, ctx), |caller| caller.actor.id.clone())
}

/// Refuses another filter to whoever has as many as are kept for one.
///
/// # Errors
/// `Blocked` until some of them are deleted or their time is over.
pub(super) async fn must_have_few(services: &Services, ctx: &Ctx, owner: &str) -> Result<()> {
    let most = services.settings.filters_kept_max;
    if filters::number_of(services.db.pool(), owner, ctx.now).await? < most {
        return Ok(());
    }
    let message = format!(
        "{most} filters are kept for you, or without an account for your address, and no more are. Delete some, or wait until the \
         oldest are forgotten."
    );
    Err(Refusal::blocked(TOO_MANY_FILTERS, message).into())
}

/// Counts a selection that is about to be kept, and refuses whoever has had enough kept for a day.
///
/// # Errors
/// `TooMany`, with the time after which the next is kept.
pub(super) async fn must_have_quota(services: &Services, ctx: &Ctx, selection: &Selection) -> Result<()> {
    let subject = format!("selections kept by {}", asker(services, ctx));
    throttle::spend_many(services, ctx, &subject, weight(selection), KEPT_IN_A_DAY).await
}

/// For how many a selection counts, by its size.
fn weight(selection: &Selection) -> i64 {
    i64::try_from(1 + selection.to_query().len() / COUNTED_BYTES).unwrap_or(i64::MAX)
}

/// Refuses whoever has enough outputs, and everybody while there is no room.
///
/// # Errors
/// `TooMany`, with the time after which it is worth asking again.
pub(super) async fn must_have_room(services: &Services, asker: &str, retried: bool) -> Result<()> {
    let db = services.db.pool();
    let (open, kept) = output_jobs::numbers(db, Some(asker)).await?;
    let (open_of_all, kept_of_all) = output_jobs::numbers(db, None).await?;
    if open >= OPEN_OF_ONE || open_of_all >= OPEN_OF_ALL {
        return Err(Refusal::TooMany { seconds: SOON }.into());
    }
    let full = !retried && (kept >= KEPT_OF_ONE || kept_of_all >= KEPT_OF_ALL);
    if full || output_jobs::bytes(db).await? >= services.settings.output_max_bytes {
        return Err(Refusal::TooMany { seconds: LATER }.into());
    }
    Ok(())
}

/// Stops giving out what was made of a file that was recalled, and removes it; a failure is logged.
pub(crate) async fn recall(services: &Services, file_id: &str) {
    let recalled = async {
        let tx = services.db.begin().await?;
        let ids = output_jobs::recall(&tx, file_id, RECALLED).await?;
        persistence::db::commit(tx).await?;
        Ok::<_, crate::ServiceError>(ids)
    };
    match recalled.await {
        Ok(ids) => {
            for id in ids {
                discard(services, &prefix_of(&id)).await;
            }
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(file.id = %file_id, error, "outputs of a recalled file cannot be removed; nobody gets them");
        }
    }
}

/// Removes outputs with files whose time is over, and forgets filters and other outputs; how many of the former.
///
/// # Errors
/// Where the database fails.
pub async fn tidy(services: &Services) -> Result<u64> {
    let (db, now) = (services.db.pool(), services.clock.now());
    let mut removed = 0;
    for id in output_jobs::expired(db, now, REMOVED_AT_ONCE).await? {
        let tx = services.db.begin().await?;
        output_jobs::delete(&tx, &id).await?;
        persistence::db::commit(tx).await?;
        discard(services, &prefix_of(&id)).await;
        removed += 1;
    }
    filters::forget(db, now).await?;
    Ok(removed)
}

/// Removes files of outputs that no row names: what a node that died had begun, or what could not be removed; how many.
///
/// # Errors
/// Where the database or the storage fails.
pub async fn sweep(services: &Services) -> Result<u64> {
    // Looked at before the rows are, so that a file that is kept meanwhile is not taken for one that nobody wants.
    let there = services.storage.list(OUTPUTS).await?;
    let (kept, open) = output_jobs::kept(services.db.pool()).await?;
    let mut removed = 0;
    for key in there {
        let of = key.strip_prefix(OUTPUTS).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        if !kept.contains(&key) && !open.contains(of) {
            crate::files::discard(services, &key).await;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Removes the files under a prefix; a failure is logged, and what stays is swept up later.
pub(super) async fn discard(services: &Services, prefix: &str) {
    match services.storage.list(prefix).await {
        Ok(keys) => {
            for key in keys {
                crate::files::discard(services, &key).await;
            }
        }
        Err(error) => {
            tracing::warn!(prefix, %error, "files of an output could not be removed; they are swept up later")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_how_files_are_written() {
        let now = format!("{}csv", prefix_of_try("5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11", 2));
        assert!(now.starts_with("outputs/5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11/2.") && has_plain_figures(&now));
        assert!(!has_plain_figures("outputs/5f0c1f6e-8f5a-4c64-9a0e-0d2f6c4b7e11/2/csv"));
    }

    #[test]
    fn a_large_selection_counts_for_many() {
        let mut selection = Selection::default();
        assert_eq!(weight(&selection), 1);
        selection.columns = vec!["c".repeat(COUNTED_BYTES); 3];
        assert_eq!(weight(&selection), 4);
    }
}
