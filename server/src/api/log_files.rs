//! `/ops/logs.csv` and `/ops/logs.ndjson`: what `/ops/logs` shows, as files to take away.

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use chrono::SecondsFormat;
use domain::operations::{LogAsked, LogLine};
use services::operations::export_log;

use super::csv;
use super::ctx::RequestCtx;
use super::export::{CSV, taken_away};
use super::problem::Problem;
use crate::state::AppState;
use crate::telemetry;

/// The files of the log.
pub fn router() -> Router<AppState> {
    Router::new().route("/ops/logs.csv", get(table)).route("/ops/logs.ndjson", get(lines))
}

/// `GET /ops/logs.csv`: a line of the log in each line.
async fn table(
    State(state): State<AppState>,
    RequestCtx(ctx): RequestCtx,
    Query(asked): Query<LogAsked>,
) -> Result<Response, Problem> {
    let found = export_log(&state.services, &ctx, &asked, telemetry::kept, "csv").await;
    let found = found.map_err(|error| Problem::new(&ctx, error))?;
    let head = csv::line(["timestamp", "level", "message", "trace_id", "target", "details"]);
    let body = head + &found.iter().map(cells).collect::<String>();
    let name = format!("log-{}.csv", ctx.now.format("%Y%m%dT%H%M%SZ"));
    Ok(taken_away(CSV, &name, Body::from(body)))
}

/// `GET /ops/logs.ndjson`: the lines as they were written.
async fn lines(
    State(state): State<AppState>,
    RequestCtx(ctx): RequestCtx,
    Query(asked): Query<LogAsked>,
) -> Result<Response, Problem> {
    let found = export_log(&state.services, &ctx, &asked, telemetry::kept, "ndjson").await;
    let found = found.map_err(|error| Problem::new(&ctx, error))?;
    let body: String = found.iter().map(|line| format!("{}\n", line.written)).collect();
    let name = format!("log-{}.ndjson", ctx.now.format("%Y%m%dT%H%M%SZ"));
    Ok(taken_away("application/x-ndjson; charset=utf-8", &name, Body::from(body)))
}

fn cells(line: &LogLine) -> String {
    let at = line.at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let (trace, details) = (line.trace_id.as_deref().unwrap_or(""), line.details());
    csv::line([at.as_str(), line.level.as_str(), &line.message, trace, &line.target, &details])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_is_a_line_of_the_file() {
        let written = r#"{"timestamp":"2026-11-30T09:30:02.5Z","level":"ERROR","target":"a","message":"=failed, badly","bundle":"b"}"#;
        let line = LogLine::read(written).unwrap();
        assert_eq!(cells(&line), "2026-11-30T09:30:02.500000Z,ERROR,\"'=failed, badly\",,a,bundle=b\r\n");
    }
}
