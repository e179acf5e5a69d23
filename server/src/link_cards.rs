//! The pictures that other sites put beside links to datasets, editions, versions and releases, in both languages.

use app::pages::site::link_card;
use axum::Router;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::response::Response;
use axum::routing::get;
use domain::refusal::Refusal;
use serde::Deserialize;
use services::catalogue::{Scope, version_page};
use services::{ServiceError, link_cards, releases};

use crate::api::ctx::RequestCtx;
use crate::feeds::{Asked, or_missing};
use crate::state::AppState;

/// Every picture, in both languages.
pub fn router() -> Router<AppState> {
    let mut router = Router::new();
    for language in ["", "/cy"] {
        let dataset = format!("{language}/catalogue/{{id}}");
        router = router
            .route(&format!("{dataset}/card.png"), get(version))
            .route(&format!("{dataset}/editions/{{edition}}/card.png"), get(version))
            .route(&format!("{dataset}/editions/{{edition}}/versions/{{version}}/card.png"), get(version))
            .route(&format!("{language}/releases/{{id}}/card.png"), get(release));
    }
    router
}

/// What an address names; what it leaves out means the latest.
#[derive(Deserialize)]
struct Named {
    id: String,
    edition: Option<String>,
    version: Option<String>,
}

impl Named {
    /// The same for the services; nothing where the version is no number.
    fn scope(self) -> Option<Scope> {
        let version = self.version.map(|number| number.parse()).transpose().ok()?;
        Some(Scope { dataset_id: self.id, edition: self.edition, version })
    }
}

async fn version(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(named): Path<Named>,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let found = async {
        let scope = named.scope().ok_or(ServiceError::Refused(Refusal::NotFound))?;
        let page = version_page(&state.services, &ctx, &scope).await?;
        let card = link_card::of_version(asked_for.language, &state.config.site_name, &page);
        Ok(asked_for.picture(link_cards::draw(card).await?))
    }
    .await;
    or_missing(state, &ctx, request, found).await
}

async fn release(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    RequestCtx(ctx): RequestCtx,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let asked_for = Asked::of(state.clone(), uri, request.headers());
    let found = async {
        let page = releases::page(&state.services, &id).await?;
        let card = link_card::of_release(asked_for.language, &state.config.site_name, &page.entry);
        Ok(asked_for.picture(link_cards::draw(card).await?))
    }
    .await;
    or_missing(state, &ctx, request, found).await
}
