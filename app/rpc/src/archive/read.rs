//! What the pages about the archive and corrections show.

use domain::curation::{ArchiveDesk, CorrectionDesk, CorrectionGuide};
use leptos::prelude::*;

use crate::error::RpcError;

/// What a department keeps; with other numbers, what another policy would do.
#[server(prefix = "/rpc", endpoint = "archive/desk")]
pub async fn archive_read(
    department: String,
    keep_versions: String,
    keep_months: String,
) -> Result<ArchiveDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    ctx.caller_with(domain::policy::Permission::VersionsArchive).map_err(services::ServiceError::from)?;
    let departments = crate::access::departments(&services).await?;
    let mut desk = ArchiveDesk {
        departments,
        department,
        policy: None,
        tried: None,
        versions: Vec::new(),
        archived: Vec::new(),
        now: ctx.now,
    };
    if desk.department.is_empty() {
        return Ok(desk);
    }
    let given =
        |policy: &domain::archiving::ArchivePolicy| policy.keep_versions.is_some() || policy.keep_months.is_some();
    desk.tried = super::change::policy_of("", &keep_versions, &keep_months)
        .ok()
        .filter(|policy| given(policy) && policy.problems().is_empty());
    let report = services::archiving::report(&services, &ctx, &desk.department, desk.tried.clone()).await?;
    desk.versions = report.versions;
    desk.policy = Some(services::archiving::policy(&services, &ctx, &desk.department).await?);
    desk.archived = services::archiving::archived(&services, &ctx, &desk.department).await?;
    Ok(desk)
}

/// The latest corrections, and the datasets that words find, to correct one.
#[server(prefix = "/rpc", endpoint = "archive/corrections")]
pub async fn corrections_read(q: String) -> Result<CorrectionDesk, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let recent = services::versions::corrections(&services, &ctx).await?;
    Ok(CorrectionDesk { found: found(&services, q).await?, recent })
}

/// The datasets that words find, and the one that was picked, for somebody who corrects a version step by step.
#[server(prefix = "/rpc", endpoint = "archive/new-correction")]
pub async fn new_correction_read(q: String, dataset: String) -> Result<CorrectionGuide, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let corrects = ctx.caller_with(domain::policy::Permission::DatasetsCorrect);
    let may = corrects.or_else(|_| ctx.caller_with(domain::policy::Permission::DatasetsWrite));
    may.map_err(services::ServiceError::from)?;
    let found = found(&services, q).await?;
    if dataset.is_empty() {
        return Ok(CorrectionGuide { found, dataset: None, readers: Vec::new(), now: ctx.now });
    }
    let page = services::datasets::admin_page(&services, &ctx, &dataset).await?;
    let readers = services::subscriptions::readers_of(&services, &ctx, &page.dataset).await?;
    Ok(CorrectionGuide { found, dataset: Some(page), readers, now: ctx.now })
}

/// The public datasets that words find; none without words.
#[cfg(not(target_family = "wasm"))]
async fn found(services: &services::Services, q: String) -> services::Result<Vec<domain::catalogue::Hit>> {
    if q.trim().is_empty() {
        return Ok(Vec::new());
    }
    let query = domain::catalogue::SearchQuery { q, ..domain::catalogue::SearchQuery::default() };
    Ok(services::catalogue::search(services, query).await?.items)
}
