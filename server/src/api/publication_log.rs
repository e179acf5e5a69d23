//! `/publication-log`: what became public when, chained so that anybody can check it.

use axum::extract::State;
use services::publication_log::{self, LogFilter};

use super::Answer;
use super::answer;
use super::ctx::Asked;
use super::described::{LogPeriod, PageOf, Paging};
use super::params::Params;
use super::v1::{PublicationBody, VerdictBody};
use crate::state::AppState;

/// Lists what became public, newest first.
///
/// Each publication leaves one record in the commit that makes it public; records are never changed or removed, also not when
/// something is archived later. Publications of before the log was kept are not in it.
///
/// `hash` is SHA-256, in lower-case hexadecimal, over the record as it stands here without its member `hash`, in the form of
/// RFC 8785 (members in the order of their names, no spaces) in UTF-8; `previous_hash` is the `hash` of the record with the
/// number before, 64 zeros for the first. To check the newest:
/// `curl -s '…/v1/publication-log?limit=1' | jq -cjS '.items[0] | del(.hash)' | sha256sum`.
#[utoipa::path(get, path = "/publication-log", tag = "releases", operation_id = "publication_log",
    params(
        Paging,
        ("dataset" = Option<String>, Query, description = "The id of a dataset: only what made something of it public", example = "under-five-mortality"),
        ("release" = Option<String>, Query, description = "The id of a release: only its publication", example = "gdp-monthly-estimate-october-2026"),
        LogPeriod,
    ),
    responses((status = 200, description = "A page of publications", body = PageOf<PublicationBody>)))]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let filter = filter_of(&mut params);
    let paging = params.paging();
    params.finish()?;
    let found = publication_log::list(&state.services, &filter, paging).await?;
    answer::page(&asked, found.map(PublicationBody::from))
}

/// Checks the whole publication log.
///
/// Every record is read and its hash made anew. `intact` is false where one was changed, taken out or put in; `first_broken` names
/// it. Keep `head` elsewhere: a later log that still holds that record at that number is the same up to there. Answers to the public
/// are made once for each state of the catalogue; `catalogue publication-log verify` reads anew each time.
#[utoipa::path(get, path = "/publication-log/verify", tag = "releases", operation_id = "verify_publication_log",
    responses((status = 200, description = "What was found", body = VerdictBody)))]
pub async fn verify(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.no_params()?;
    let verdict = publication_log::verify(&state.services).await?;
    if verdict.broken.is_some() {
        metrics::counter!("data_corruption_total", "what" => "publication log").increment(1);
    }
    answer::read(&asked, None, &VerdictBody::from(verdict))
}

fn filter_of(params: &mut Params) -> LogFilter {
    LogFilter {
        dataset: params.text("dataset"),
        release: params.text("release"),
        from: params.since("from"),
        to: params.until("to"),
    }
}
