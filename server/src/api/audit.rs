//! `/audit`: the trail as pages, as files to take away, and the proof that it is whole.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use domain::event::Record;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use futures::{StreamExt, TryStreamExt, stream};
use services::ServiceError;
use services::audit::{self, AuditQuery};

use super::answer;
use super::ctx::Asked;
use super::described::{AuditPeriod, ErrorEnvelope, PageOf, Paging};
use super::export::{CSV, taken_away, told};
use super::params::Params;
use super::v1::{AuditRecordBody, VerdictBody, audit_csv_head, audit_csv_line};
use super::{Answer, csv};
use crate::state::AppState;

/// In which form a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A page of JSON.
    Json,
    /// The whole as CSV.
    Csv,
    /// The whole as JSON Lines.
    JsonLines,
}

impl Form {
    /// What `format` names, else the first of the types in `Accept` that there is, else a page.
    pub(super) fn of(params: &mut Params, headers: &HeaderMap) -> Self {
        let parse = |text: &str| match text {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        };
        let named = params.one("format", "json, csv or jsonl", parse);
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut types = accepted.flat_map(|line| line.split(',')).filter_map(|range| {
            match range.split(';').next().unwrap_or("").trim().to_ascii_lowercase().as_str() {
                "application/json" => Some(Self::Json),
                "text/csv" => Some(Self::Csv),
                "application/jsonl" | "application/x-ndjson" | "application/ndjson" => Some(Self::JsonLines),
                _ => None,
            }
        });
        named.or_else(|| types.next()).unwrap_or(Self::Json)
    }

    /// Refuses a part of what can only be had whole; whatever else was wrong with the parameters goes before.
    pub(super) fn whole(mut params: Params) -> Result<(), Refusal> {
        let parts: Vec<&str> = ["limit", "offset"].into_iter().filter(|name| params.text(name).is_some()).collect();
        params.finish()?;
        let message = "Leave this out: a file holds all that was found.";
        all_valid(parts.into_iter().map(|name| FieldProblem::new(name, "pages_only", message)).collect())
    }
}

/// Lists what happened, newest first.
///
/// Every accepted change, sign-in, refused right, look at what is not public yet, and export, in the order in which it was committed. What
/// readers do for themselves is not among them: filters that are kept without an account, subscriptions, and what the office is told.
/// `format=csv` and `format=jsonl` (or `Accept`) give everything that the filters find, in one stream; such an export is itself recorded.
/// It needs `audit:read` without a limit to departments or datasets, since the trail tells of all of them.
#[utoipa::path(get, path = "/audit", tag = "audit",
    params(
        ("actor" = Option<Vec<String>>, Query, description = "Who did it: ids, or parts of names and e-mail addresses. One that names nobody is refused", example = "service-auth-token"),
        ("action" = Option<Vec<String>>, Query, description = "Kinds of records, such as `approved` or `previewed`", example = "approved"),
        ("resource_type" = Option<Vec<String>>, Query, description = "Kinds of things, such as `bundle` or `version`", example = "bundle"),
        ("resource_id" = Option<Vec<String>>, Query, description = "Ids of things", example = "gdp-monthly"),
        ("bundle" = Option<Vec<String>>, Query, description = "Ids of bundles: their records and those of the versions in them"),
        AuditPeriod,
        ("q" = Option<String>, Query, description = "A text in the reason, the thing's id, the actor, the details, or in what the thing was before or after", example = "gdp"),
        ("sort" = Option<String>, Query, pattern = "^-?timestamp$", description = "`-timestamp` (the default) or `timestamp`", example = "-timestamp"),
        ("format" = Option<String>, Query, pattern = "^(json|csv|jsonl|ndjson)$", description = "`json`, `csv` or `jsonl`; the last two give the whole, without `limit` and `offset`", example = "json"),
        Paging,
    ),
    responses((status = 200, description = "A page of records, or all of them as a file", content(
        (PageOf<AuditRecordBody> = "application/json"),
        (String = "text/csv"),
        (String = "application/jsonl"),
    )), (status = 422, description = "`limit` or `offset` was given for a file, which is whole, or `actor` names nobody", body = ErrorEnvelope)),
    security(("bearer" = [Permission::AuditRead]), ("session" = [Permission::AuditRead])))]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller()?;
    let mut params = asked.params();
    let form = Form::of(&mut params, &asked.headers);
    let mut query = query_of(&mut params);
    audit::check_reader(&asked.ctx)?;
    let paging = (form == Form::Json).then(|| params.paging());
    let sound = if paging.is_some() { params.finish() } else { Form::whole(params) };
    sound?;
    query.actors = audit::actors_of(&state.services, &asked.ctx, &query.actors).await?;
    let Some(paging) = paging else { return export(&state, &asked, query, form).await };
    let page = audit::list(&state.services, &asked.ctx, &query, paging).await?;
    answer::page(&asked, page.map(AuditRecordBody::from))
}

/// Checks the whole audit trail.
///
/// Every record is read and its hash made anew. `intact` is false where one was changed, taken out or put in; `first_broken` names it.
/// Keep `head` elsewhere: a later trail that still holds that record at that number is the same up to there.
#[utoipa::path(get, path = "/audit/verify", tag = "audit",
    responses((status = 200, description = "What was found", body = VerdictBody)),
    security(("bearer" = [Permission::AuditRead]), ("session" = [Permission::AuditRead])))]
pub async fn verify(State(state): State<AppState>, asked: Asked) -> Answer {
    let verdict = audit::verify(&state.services, &asked.ctx).await?;
    if verdict.broken.is_some() {
        metrics::counter!("data_corruption_total", "what" => "audit records").increment(1);
    }
    asked.no_params()?;
    answer::read(&asked, None, &VerdictBody::from(verdict))
}

fn query_of(params: &mut Params) -> AuditQuery {
    let sort = |text: &str| match text {
        "timestamp" => Some(true),
        "-timestamp" => Some(false),
        _ => None,
    };
    AuditQuery {
        actors: params.list("actor"),
        actions: params.list("action"),
        resource_types: params.list("resource_type"),
        resource_ids: params.list("resource_id"),
        bundles: params.list("bundle"),
        from: params.since("from"),
        to: params.until("to"),
        text: params.text("q"),
        oldest_first: params.one("sort", "timestamp or -timestamp", sort).unwrap_or(false),
    }
}

async fn export(state: &AppState, asked: &Asked, query: AuditQuery, form: Form) -> Answer {
    let (name, media_type) = match form {
        Form::Csv => ("csv", CSV),
        Form::JsonLines | Form::Json => ("jsonl", "application/jsonl; charset=utf-8"),
    };
    let records = audit::export(&state.services, &asked.ctx, query, name).await?;
    let body = if form == Form::Csv {
        let head = stream::iter([Ok::<_, ServiceError>(Bytes::from(csv::line(audit_csv_head())))]);
        Body::from_stream(told(head.chain(records.map_ok(|record| Bytes::from(audit_csv_line(&record))))))
    } else {
        Body::from_stream(told(records.and_then(|record| async move { json_line(record) })))
    };
    let filename = format!("audit-{}.{name}", asked.ctx.now.format("%Y%m%dT%H%M%SZ"));
    Ok(taken_away(media_type, &filename, body))
}

fn json_line(record: Record) -> Result<Bytes, ServiceError> {
    let mut line = serde_json::to_vec(&AuditRecordBody::from(record))
        .map_err(|e| ServiceError::Internal(format!("a record that cannot be written: {e}")))?;
    line.push(b'\n');
    Ok(Bytes::from(line))
}
