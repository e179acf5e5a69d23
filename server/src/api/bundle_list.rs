//! `/admin/bundles.csv`: the portal's list of bundles as a file, all pages of it.

use axum::extract::{OriginalUri, State};
use axum::response::Response;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::bundle::desk::{BundleCard, BundleQuery};

use super::csv;
use super::ctx::RequestCtx;
use super::export::{asked, portal_list};
use crate::state::AppState;

/// The columns of the file.
const COLUMNS: [&str; 13] = [
    "id",
    "title",
    "type",
    "state",
    "publication_date",
    "published_at",
    "readiness_percent",
    "items",
    "owner",
    "last_edited_by",
    "approved_by",
    "teams",
    "address",
];

/// `GET /admin/bundles.csv`: what `/admin/bundles` finds by the same address, in one stream; who takes it is recorded.
pub async fn bundles(State(state): State<AppState>, uri: OriginalUri, RequestCtx(ctx): RequestCtx) -> Response {
    let query = BundleQuery::read(asked(&uri));
    let parts = services::bundles::export(&state.services, &ctx, &query).await;
    let site = state.config.public_url.trim_end_matches('/').to_owned();
    portal_list(&ctx, ("bundles", &query.address()), COLUMNS, parts, move |card: &BundleCard| line(&site, card))
}

fn line(site: &str, card: &BundleCard) -> String {
    let bundle = &card.bundle;
    let (details, state) = (&bundle.details, &bundle.state);
    let written =
        |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
    csv::line([
        bundle.id.as_str(),
        &details.title,
        details.kind.as_str(),
        bundle.stage().as_str(),
        &written(state.schedule().map(|schedule| schedule.publication_date)),
        &written(state.published_at()),
        &card.percent.to_string(),
        &bundle.item_count.to_string(),
        &bundle.created_by.name,
        &bundle.last_edited_by.name,
        state.approval().map_or("", |mark| mark.by.name.as_str()),
        &details.preview_teams.join(" "),
        &format!("{site}{}", bundle.admin_path()),
    ])
}

#[cfg(test)]
mod tests {
    use domain::actor::Actor;
    use domain::bundle::{Bundle, BundleDetails, BundleKind, BundleState, Mark, Schedule};

    use super::*;

    #[test]
    fn a_bundle_is_a_line() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let approval = Mark { by: Actor::system("approver"), at: at("2026-11-20T09:30:00Z") };
        let schedule = Schedule { publication_date: at("2026-11-23T09:30:00Z"), notification_channels: Vec::new() };
        let bundle = Bundle {
            id: "b-1".into(),
            details: BundleDetails {
                title: "=Prices, all".into(),
                description: String::new(),
                kind: BundleKind::Scheduled,
                preview_teams: vec!["press".into(), "desk".into()],
            },
            state: BundleState::Scheduled { approval, schedule },
            item_count: 2,
            created_by: Actor::system("editor"),
            created_at: at("2026-11-01T00:00:00Z"),
            last_edited_by: Actor::system("editor"),
            last_modified: at("2026-11-01T00:00:00Z"),
            attempts: 0,
            revision: 1,
        };
        let (by, approver) = (bundle.created_by.name.clone(), Actor::system("approver").name);
        assert_eq!(
            line("https://data.example", &BundleCard { bundle, percent: 100 }),
            format!(
                "b-1,\"'=Prices, all\",scheduled,scheduled,2026-11-23T09:30:00Z,,100,2,{by},{by},{approver},press desk,\
                 https://data.example/admin/bundles/b-1\r\n"
            )
        );
    }
}
