//! `…/versions/{version}/changes`: what changed since another version.

use axum::extract::State;
use domain::changes::Changes;
use domain::page::Paging;
use services::{data, versions};

use crate::api::Answer;
use crate::api::answer;
use crate::api::ctx::{Asked, Path, version_number};
use crate::api::described::{ErrorEnvelope, VersionPath};
use crate::api::versions::{Words, key_of};
use crate::state::AppState;

/// Tells what changed in the table since another version.
///
/// Columns that came, went or changed, rows that came or went, and the figures that were revised, each with its key: the largest first
/// in `largest`, all of them page by page in `revised`. Without `from` the version before is compared with.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/changes", tag = "data",
    params(VersionPath,
        ("from" = Option<String>, Query, description = "The number of the other version", pattern = "^[1-9][0-9]{0,8}$", example = "1"),
        ("file" = Option<String>, Query, description = "The file, by its name in both versions, where it is not the first table", example = "table-1.csv"),
        ("format" = Option<String>, Query, pattern = "^json$", description = "`json`, the only one: whoever names it is not sent to a page", example = "json"),
        Paging),
    responses(
        (status = 200, description = "What changed", body = Changes),
        (status = 409, description = "The first table was recalled, and no other is named", body = ErrorEnvelope),
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
    let found = data::changes(&state.services, &asked.ctx, (&other, &key), file.as_deref(), paging).await?;
    answer::read(&asked, None, &found)
}
