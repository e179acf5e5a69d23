//! `…/versions/{version}/changes`: what changed since another version.

use axum::extract::State;
use axum::http::header;
use domain::changes::Changes;
use domain::page::Paging;
use domain::refusal::Refusal;
use services::{data, versions};

use crate::api::Answer;
use crate::api::answer;
use crate::api::ctx::{Asked, Path, version_number};
use crate::api::described::{ErrorEnvelope, VersionPath};
use crate::api::problem::Problem;
use crate::api::versions::{Words, key_of};
use crate::state::AppState;

/// After how many seconds it is worth asking again for tables that are being compared.
const ASK_AGAIN: &str = "5";

/// What is answered while two tables are being compared.
pub(in crate::api) fn being_compared() -> Problem {
    let message = "The tables are large and are being compared. Ask again in a few seconds.";
    Problem::from(Refusal::blocked("being_compared", message)).with_header(header::RETRY_AFTER, ASK_AGAIN)
}

/// Tells what changed since another version.
///
/// In the table: columns that came, went, changed or go by another name (one that went and one that came at the same place with nearly
/// the same cells are one), rows that came or went, or `rows_unmatched` where the dimensions differ so that no row could be matched, and
/// the cells that were revised, each with its key: the figures that moved most in `largest`, all cells page by page in `revised`, figures
/// before the labels that describe them. Of both `cells_revised` counts all, and `figures_revised` the figures alone. In `metadata`: what
/// is said of the version otherwise than of the
/// other, field by field. Without `from` the version before is compared with. Large tables are compared once, beside the requests: until
/// that is done the answer is 409 with the reason `being_compared`, and `Retry-After` says when to ask again. Whoever asks no more for
/// five minutes no longer waits, and what nobody waits for is compared no further.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/changes", tag = "data",
    params(VersionPath,
        ("from" = Option<String>, Query, description = "The number of the other version", pattern = "^[1-9][0-9]{0,8}$", example = "1"),
        ("file" = Option<String>, Query, description = "The file, by its name in both versions, where it is not the first table", example = "table-1.csv"),
        ("format" = Option<String>, Query, pattern = "^json$", description = "`json`, the only one: whoever names it is not sent to a page", example = "json"),
        Paging),
    responses(
        (status = 200, description = "What changed", body = Changes),
        (status = 409, description = "The tables are still being compared (`being_compared`, with `Retry-After`), or the first table was recalled, and no other is named",
            body = ErrorEnvelope,
            headers(("Retry-After" = u64, description = "Seconds to wait, while the tables are being compared"))),
    ))]
pub async fn changes(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    let key = key_of(words)?;
    versions::find(&state.services, &asked.ctx, &key).await?;
    let mut params = asked.params();
    let from = params.one("from", "a version's number, such as 1", version_number);
    let file = params.text("file");
    params.one("format", "json", |word| (word == "json").then_some(()));
    let paging: Paging = params.paging();
    params.finish()?;
    let from = from.unwrap_or(key.version.saturating_sub(1));
    if from == 0 {
        // The first version: there is none before it from which anything could have changed.
        data::find(&state.services, &asked.ctx, &key, file.as_deref()).await?;
        return answer::read(&asked, None, &Changes::default());
    }
    let other = services::versions::VersionKey { version: from, ..key.clone() };
    let found = data::all_changes(&state.services, &asked.ctx, (&other, &key), file.as_deref(), paging).await?;
    answer::read(&asked, None, &found.ok_or_else(being_compared)?)
}
