//! `/admin/users.csv`: everybody's rights as a file to take away, for a review of who still needs what.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, SecondsFormat, Utc};
use services::people::{ReviewLine, access_review};

use super::csv;
use super::ctx::RequestCtx;
use super::export::{CSV, taken_away};
use super::problem::Problem;
use crate::state::AppState;

/// The columns.
const HEAD: [&str; 12] = [
    "name",
    "email",
    "state",
    "role",
    "departments",
    "datasets",
    "through_team",
    "expires_at",
    "last_sign_in",
    "second_factor",
    "account_created_at",
    "user_id",
];

/// The file of the review.
pub fn router() -> Router<AppState> {
    Router::new().route("/admin/users.csv", get(table))
}

/// `GET /admin/users.csv`: a right of somebody in each line.
async fn table(State(state): State<AppState>, RequestCtx(ctx): RequestCtx) -> Result<Response, Problem> {
    let found = access_review(&state.services, &ctx).await.map_err(|error| Problem::new(&ctx, error))?;
    let body = csv::line(HEAD) + &found.iter().map(cells).collect::<String>();
    let name = format!("access-review-{}.csv", ctx.now.format("%Y%m%dT%H%M%SZ"));
    Ok(taken_away(CSV, &name, Body::from(body)))
}

fn cells(line: &ReviewLine) -> String {
    let moment =
        |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
    let user = &line.user;
    let state = match (user.disabled, line.is_invited) {
        (true, _) => "suspended",
        (false, true) => "invited",
        (false, false) => "open",
    };
    let grant = line.grant.as_ref();
    let role = grant.map_or("", |grant| grant.role.as_str());
    let departments = grant.map(|grant| grant.departments.join(" ")).unwrap_or_default();
    let datasets = grant.map(|grant| grant.datasets.join(" ")).unwrap_or_default();
    let (ends, signed_in) = (moment(grant.and_then(|grant| grant.expires_at)), moment(line.last_signed_in));
    let (factor, made) = (if line.has_second_factor { "yes" } else { "no" }, moment(Some(user.created_at)));
    csv::line([
        user.name.as_str(),
        user.email.as_str(),
        state,
        role,
        departments.as_str(),
        datasets.as_str(),
        line.team.as_deref().unwrap_or(""),
        ends.as_str(),
        signed_in.as_str(),
        factor,
        made.as_str(),
        user.id.as_str(),
    ])
}

#[cfg(test)]
mod tests {
    use domain::people::User;
    use domain::policy::{Grant, Role};

    use super::*;

    #[test]
    fn a_right_of_somebody_is_a_line_of_the_file() {
        let at = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let user = User {
            id: "u".into(),
            email: "ann@example.org".into(),
            name: "=Ann".into(),
            disabled: false,
            grants: Vec::new(),
            created_at: at,
            last_edited: at,
            revision: 1,
        };
        let grant = Grant { departments: vec!["economy".into(), "health".into()], ..Grant::of(Role::Editor) };
        let line = ReviewLine {
            user,
            grant: Some(grant),
            team: Some("Prices desk".into()),
            last_signed_in: None,
            has_second_factor: true,
            is_invited: true,
        };
        let made = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let expected = format!("'=Ann,ann@example.org,invited,editor,economy health,,Prices desk,,,yes,{made},u\r\n");
        assert_eq!(cells(&line), expected);
    }
}
