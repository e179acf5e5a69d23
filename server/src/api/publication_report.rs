//! `/ops/publications.csv` and `/ops/publications.json`: what `/ops/publications` shows, as a report to take away.

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::bundle::BundleStage;
use domain::operations::PublicationRun;
use serde::{Deserialize, Serialize};
use services::operations::publication_report;

use super::csv;
use super::ctx::RequestCtx;
use super::export::{CSV, taken_away};
use super::problem::Problem;
use crate::state::AppState;

/// The files of the report.
pub fn router() -> Router<AppState> {
    Router::new().route("/ops/publications.csv", get(table)).route("/ops/publications.json", get(document))
}

/// Which publications are asked for.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    state: String,
}

/// One publication, as the report tells it.
#[derive(Debug, Serialize)]
struct Line<'a> {
    bundle_id: &'a str,
    title: &'a str,
    state: &'static str,
    due_at: Option<String>,
    published_at: Option<String>,
    late_ms: Option<i64>,
    took_ms: Option<i64>,
    items: u32,
    attempts: u32,
    error: Option<&'a str>,
    trace_id: Option<&'a str>,
}

impl<'a> From<&'a PublicationRun> for Line<'a> {
    fn from(run: &'a PublicationRun) -> Self {
        let bundle = &run.bundle;
        let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        Self {
            bundle_id: &bundle.id,
            title: &bundle.details.title,
            state: bundle.stage().as_str(),
            due_at: run.due().map(moment),
            published_at: bundle.state.published_at().map(moment),
            late_ms: run.late_ms(),
            took_ms: run.took_ms(),
            items: bundle.item_count,
            attempts: bundle.attempts,
            error: bundle.state.failure().map(|failure| failure.message.as_str()),
            trace_id: run.trace_id.as_deref(),
        }
    }
}

/// `GET /ops/publications.csv`: a publication in each line.
async fn table(
    State(state): State<AppState>,
    RequestCtx(ctx): RequestCtx,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let found = publication_report(&state.services, &ctx, BundleStage::parse(&asked.state), "csv").await;
    let found = found.map_err(|error| Problem::new(&ctx, error))?;
    let body = csv::line(HEAD) + &found.iter().map(|run| cells(&Line::from(run))).collect::<String>();
    let name = format!("publications-{}.csv", ctx.now.format("%Y%m%dT%H%M%SZ"));
    Ok(taken_away(CSV, &name, Body::from(body)))
}

/// `GET /ops/publications.json`: the same as one document.
async fn document(
    State(state): State<AppState>,
    RequestCtx(ctx): RequestCtx,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let found = publication_report(&state.services, &ctx, BundleStage::parse(&asked.state), "json").await;
    let found = found.map_err(|error| Problem::new(&ctx, error))?;
    let lines: Vec<Line<'_>> = found.iter().map(Line::from).collect();
    let body = serde_json::json!({"made_at": ctx.now, "publications": lines}).to_string();
    let name = format!("publications-{}.json", ctx.now.format("%Y%m%dT%H%M%SZ"));
    Ok(taken_away("application/json", &name, Body::from(body)))
}

/// The columns.
const HEAD: [&str; 11] = [
    "bundle_id",
    "title",
    "state",
    "due_at",
    "published_at",
    "late_ms",
    "took_ms",
    "items",
    "attempts",
    "error",
    "trace_id",
];

fn cells(line: &Line<'_>) -> String {
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let (late, took) = (number(line.late_ms), number(line.took_ms));
    let (items, attempts) = (line.items.to_string(), line.attempts.to_string());
    csv::figures([
        line.bundle_id,
        line.title,
        line.state,
        line.due_at.as_deref().unwrap_or(""),
        line.published_at.as_deref().unwrap_or(""),
        late.as_str(),
        took.as_str(),
        items.as_str(),
        attempts.as_str(),
        line.error.unwrap_or(""),
        line.trace_id.unwrap_or(""),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publication_is_a_line_of_the_report() {
        let line = Line {
            bundle_id: "b",
            title: "=Rainfall, June",
            state: "published",
            due_at: None,
            published_at: Some("2026-11-30T09:30:00.000Z".into()),
            late_ms: None,
            took_ms: Some(12),
            items: 3,
            attempts: 1,
            error: None,
            trace_id: Some("t"),
        };
        assert_eq!(cells(&line), "b,\"'=Rainfall, June\",published,,2026-11-30T09:30:00.000Z,,12,3,1,,t\r\n");
        assert_eq!(csv::line(HEAD).matches(',').count(), 10);
    }
}
