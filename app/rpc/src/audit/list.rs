//! The site-wide search of the audit trail.

use domain::administration::{AuditAsked, AuditList};
use leptos::prelude::*;

use crate::error::RpcError;

/// The records that fit, newest first; with `verify` the whole chain is checked. `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "audit/list")]
pub async fn audit_list_read(asked: AuditAsked, verify: bool, page: u32) -> Result<AuditList, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (query, problem) = native::query(&asked);
    let (from, to) = (query.from, query.to);
    let records = services::audit::list(&services, &ctx, &query, crate::form::paging(page)).await?;
    let verdict = if verify { Some(services::audit::verify(&services, &ctx).await?) } else { None };
    Ok(AuditList { records, from, to, problem, verdict })
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use chrono::{DateTime, Utc};
    use domain::administration::AuditAsked;
    use domain::uk_time;
    use services::audit::AuditQuery;

    /// The question, and what is wrong with its days; a day that cannot be read is left out and told.
    pub fn query(asked: &AuditAsked) -> (AuditQuery, Option<String>) {
        let list = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut problem = None;
        let mut day = |text: &str, clock: &str| -> Option<DateTime<Utc>> {
            if text.trim().is_empty() {
                return None;
            }
            let read = uk_time::read(("day", text), ("day", clock), ("day", uk_time::SUMMER));
            read.map_err(|problems| problem = problems.into_iter().next().map(|found| found.message)).ok()
        };
        let (from, to) = (day(&asked.from, "00:00:00"), day(&asked.to, "23:59:59.999999"));
        let query = AuditQuery {
            actors: list(&asked.actor),
            actions: list(&asked.action),
            resource_types: list(&asked.resource_type),
            resource_id: some(&asked.resource_id),
            bundle: some(&asked.bundle),
            from,
            to,
            text: some(&asked.q),
            oldest_first: false,
        };
        (query, problem)
    }
}
