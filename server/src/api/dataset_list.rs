//! `/admin/datasets.csv`: the portal's list of datasets as a file, all pages of it.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use chrono::SecondsFormat;
use domain::dataset::desk::{DatasetIssue, DatasetQuery, DatasetRow};

use super::csv;
use super::ctx::RequestCtx;
use super::export::{asked, portal_list};
use crate::state::AppState;

/// The columns of the file.
const COLUMNS: [&str; 12] = [
    "id",
    "title",
    "department",
    "state",
    "editions",
    "latest_edition",
    "latest_version",
    "latest_state",
    "next_release",
    "issues",
    "last_changed",
    "address",
];

/// `GET /admin/datasets.csv`: what `/admin/datasets` finds by the same address, in one stream; who takes it is recorded.
pub async fn datasets(State(state): State<AppState>, uri: OriginalUri, RequestCtx(ctx): RequestCtx) -> Response {
    let query = DatasetQuery::read(asked(&uri));
    let parts = services::datasets::export(&state.services, &ctx, &query).await;
    let site = state.config.public_url.trim_end_matches('/').to_owned();
    portal_list(&ctx, ("datasets", &query.address()), COLUMNS, parts, move |row: &DatasetRow| line(&site, row))
}

fn line(site: &str, row: &DatasetRow) -> String {
    let latest = row.latest.as_ref();
    let number = latest.map(|version| version.number.to_string()).unwrap_or_default();
    let issues: Vec<&str> = row.issues.iter().copied().map(DatasetIssue::as_str).collect();
    let changed = row.last_updated.to_rfc3339_opts(SecondsFormat::Secs, true);
    csv::line([
        row.id.as_str(),
        &row.title,
        &row.department,
        &row.state,
        &row.editions.to_string(),
        latest.map_or("", |version| version.edition.as_str()),
        &number,
        latest.map_or("", |version| version.state.as_str()),
        row.next_release.as_deref().unwrap_or(""),
        &issues.join(" "),
        &changed,
        &format!("{site}/admin/datasets/{}", row.id),
    ])
}

#[cfg(test)]
mod tests {
    use domain::dataset::desk::LatestVersion;
    use domain::version::VersionState;

    use super::*;

    #[test]
    fn a_dataset_is_a_line() {
        let row = DatasetRow {
            id: "cpi".into(),
            title: "=Prices, all".into(),
            department: "economy".into(),
            state: "published".into(),
            editions: 2,
            latest: Some(LatestVersion { edition: "2026".into(), number: 3, state: VersionState::Submitted }),
            next_release: Some("May 2027".into()),
            issues: vec![DatasetIssue::NoContact, DatasetIssue::Stale],
            last_updated: "2026-11-23T09:30:00Z".parse().unwrap(),
            revision: Some(4),
        };
        assert_eq!(
            line("https://data.example", &row),
            "cpi,\"'=Prices, all\",economy,published,2,2026,3,submitted,May 2027,no_contact stale,2026-11-23T09:30:00Z,\
             https://data.example/admin/datasets/cpi\r\n"
        );
    }
}
