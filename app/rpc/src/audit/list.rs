//! The site-wide search of the audit trail.

use domain::administration::{AuditAsked, AuditList};
use leptos::prelude::*;

use crate::error::RpcError;

/// The records that fit, newest first; with `verify` the whole chain is checked. `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "audit/list")]
pub async fn audit_list_read(asked: AuditAsked, verify: bool, page: u32) -> Result<AuditList, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let (mut query, problem) = native::query(&asked);
    let names = services::audit::Names {
        actor: asked.actor.trim(),
        resource: asked.resource_id.trim(),
        resource_type: asked.resource_type.trim(),
        bundle: asked.bundle.trim(),
    };
    let named = services::audit::named(&services, &ctx, names).await?;
    let ids = |found: &[(String, String)]| found.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    (query.actors, query.resource_ids, query.bundles) =
        (ids(&named.actors), ids(&named.resources), ids(&named.bundles));
    let (from, to) = (query.from, query.to);
    let records = services::audit::list(&services, &ctx, &query, crate::form::paging(page)).await?;
    let verdict = if verify { Some(services::audit::verify(&services, &ctx).await?) } else { None };
    Ok(AuditList { records, from, to, problem, named, verdict })
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
            actions: list(&asked.action),
            resource_types: list(&asked.resource_type),
            from,
            to,
            text: some(&asked.q),
            ..AuditQuery::default()
        };
        (query, problem)
    }
}
