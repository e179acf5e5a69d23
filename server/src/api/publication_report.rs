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

/// One run, as the report tells it; what is empty of an old one is not known any more.
#[derive(Debug, Serialize)]
struct Line<'a> {
    bundle_id: &'a str,
    title: Option<&'a str>,
    state: &'static str,
    due_at: Option<String>,
    published_at: Option<String>,
    late_ms: Option<i64>,
    took_ms: Option<i64>,
    items: Option<u32>,
    attempts: Option<u32>,
    error: Option<&'a str>,
    trace_id: Option<&'a str>,
    failed_at: Option<String>,
}

impl<'a> From<&'a PublicationRun> for Line<'a> {
    fn from(run: &'a PublicationRun) -> Self {
        let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        Self {
            bundle_id: &run.bundle_id,
            title: run.title.as_deref(),
            state: run.stage.as_str(),
            due_at: run.due().map(moment),
            published_at: run.published_at().map(moment),
            late_ms: run.late_ms(),
            took_ms: run.took_ms(),
            items: run.facts.as_ref().map(|facts| facts.items),
            attempts: run.facts.as_ref().map(|facts| facts.attempts),
            error: run.error.as_deref(),
            trace_id: run.trace_id.as_deref(),
            failed_at: run.failed_at().map(moment),
        }
    }
}

/// `GET /ops/publications.csv`: a run in each line.
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
const HEAD: [&str; 12] = [
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
    "failed_at",
];

fn cells(line: &Line<'_>) -> String {
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let (late, took) = (number(line.late_ms), number(line.took_ms));
    let (items, attempts) = (number(line.items.map(i64::from)), number(line.attempts.map(i64::from)));
    csv::figures([
        line.bundle_id,
        line.title.unwrap_or(""),
        line.state,
        line.due_at.as_deref().unwrap_or(""),
        line.published_at.as_deref().unwrap_or(""),
        late.as_str(),
        took.as_str(),
        items.as_str(),
        attempts.as_str(),
        line.error.unwrap_or(""),
        line.trace_id.unwrap_or(""),
        line.failed_at.as_deref().unwrap_or(""),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publication_is_a_line_of_the_report() {
        let line = Line {
            bundle_id: "b",
            title: Some("=Rainfall, June"),
            state: "published",
            due_at: None,
            published_at: Some("2026-11-30T09:30:00.000Z".into()),
            late_ms: None,
            took_ms: Some(12),
            items: Some(3),
            attempts: Some(1),
            error: None,
            trace_id: Some("t"),
            failed_at: None,
        };
        assert_eq!(cells(&line), "b,\"'=Rainfall, June\",published,,2026-11-30T09:30:00.000Z,,12,3,1,,t,\r\n");
        assert_eq!(csv::line(HEAD).matches(',').count(), 11);
    }
}
