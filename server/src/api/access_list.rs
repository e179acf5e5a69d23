//! `/bundles/{id}/access-list`: who could see a bundle before its release, and who did.

use axum::body::Body;
use axum::extract::State;
use domain::policy::Permission;
use services::audit;

use super::Answer;
use super::answer;
use super::audit::Form;
use super::ctx::{Asked, Path};
use super::described::{BundlePath, ErrorEnvelope, PageOf, Paging};
use super::export::{CSV, taken_away};
use super::params::part_of;
use super::v1::{AccessBody, access_csv};
use crate::state::AppState;

/// Lists who could see a bundle before its release, and who did.
///
/// Everybody whom a grant, a team or a service token let see the bundle or what was in it at any time between its beginning and its
/// publication, or now, by name: each reason with from when until when it held, by the rights of that time; and when each of them
/// looked at what, as far as previews and downloads go. This is the pre-release access list of the Code of Practice for Statistics.
/// `format=csv` gives the list as a file, which is recorded.
#[utoipa::path(get, path = "/bundles/{id}/access-list", tag = "audit", operation_id = "access_list",
    params(
        BundlePath,
        ("format" = Option<String>, Query, pattern = "^(json|csv|jsonl|ndjson)$", description = "`json`, `csv` or `jsonl`; the last two give the whole, without `limit` and `offset`", example = "json"),
        Paging,
    ),
    responses((status = 200, description = "A page of people and services, or all of them as a file", content(
        (PageOf<AccessBody> = "application/json"),
        (String = "text/csv"),
        (String = "application/jsonl"),
    )), (status = 422, description = "`limit` or `offset` was given for a file, which is whole", body = ErrorEnvelope)),
    security(("bearer" = [Permission::AuditRead]), ("session" = [Permission::AuditRead])))]
pub async fn list(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let (_, all) = audit::access_list(&state.services, &asked.ctx, &id).await?;
    let mut params = asked.params();
    let form = Form::of(&mut params, &asked.headers);
    if form == Form::Json {
        let page = part_of(&all, params.paging());
        params.finish()?;
        return answer::page(&asked, page.map(AccessBody::from));
    }
    Form::whole(params)?;
    let (name, media_type) = match form {
        Form::Csv => ("csv", CSV),
        Form::JsonLines | Form::Json => ("jsonl", "application/jsonl; charset=utf-8"),
    };
    let (_, all) = audit::export_access_list(&state.services, &asked.ctx, &id, name).await?;
    let text = match form {
        Form::Csv => access_csv(&all),
        Form::JsonLines | Form::Json => {
            let mut lines = String::new();
            for access in all {
                lines.push_str(&serde_json::to_string(&AccessBody::from(access))?);
                lines.push('\n');
            }
            lines
        }
    };
    let at = asked.ctx.now.format("%Y%m%dT%H%M%SZ");
    Ok(taken_away(media_type, &format!("access-list-{at}.{name}"), Body::from(text)))
}
