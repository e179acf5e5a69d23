//! `/admin/datasets.csv`: the portal's list of datasets as a file, all pages of it.

use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use chrono::SecondsFormat;
use domain::dataset::desk::{DatasetIssue, DatasetQuery, DatasetRow};
use domain::refusal::Refusal;
use futures::{StreamExt, TryStreamExt, stream};
use services::ServiceError;

use super::audit::{taken_away, told};
use super::csv;
use super::ctx::RequestCtx;
use super::problem::Problem;
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
pub async fn datasets(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
) -> Response {
    let values: Vec<(String, String)> = uri.query().map(read).unwrap_or_default();
    let query = DatasetQuery::read(|name| {
        values.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default()
    });
    let rows = match services::datasets::export(&state.services, &ctx, &query).await {
        Ok(rows) => rows,
        Err(ServiceError::Refused(Refusal::Unauthenticated)) => {
            let page = rpc::form::sign_in_path(&query.address());
            return Redirect::to(&page).into_response();
        }
        Err(error) => return Problem::new(&ctx, error).into_response(),
    };
    let site = state.config.public_url.trim_end_matches('/').to_owned();
    let head = stream::iter([Ok::<_, ServiceError>(Bytes::from(csv::line(COLUMNS)))]);
    let lines = rows.map_ok(move |part| Bytes::from(part.iter().map(|row| line(&site, row)).collect::<String>()));
    let name = format!("datasets-{}.csv", ctx.now.format("%Y%m%dT%H%M%SZ"));
    taken_away("text/csv; charset=utf-8; header=present", &name, Body::from_stream(told(head.chain(lines))))
}

/// The values of an address, in their order.
pub(super) fn read(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
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
        let read = read("q=a+%26%20b&page=2");
        assert_eq!(read, [("q", "a & b"), ("page", "2")].map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
