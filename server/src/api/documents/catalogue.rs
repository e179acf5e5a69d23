//! The whole public catalogue for harvesters: DCAT-AP 3, in parts.

use axum::extract::State;
use axum::http::header;
use domain::page::{Page, Paging};
use domain::views::DatasetSummary;
use persistence::datasets::DatasetFilter;
use services::catalogue::{Scope, version_page};
use services::{Ctx, datasets};

use super::graph::Graph;
use super::{dcat, send};
use crate::api::Answer;
use crate::api::answer::put;
use crate::api::ctx::Asked;
use crate::api::problem::Problem;
use crate::state::AppState;

/// Datasets in one part.
const MOST: u32 = 100;

/// Harvests the catalogue as Turtle.
///
/// Every public dataset with its latest version, by DCAT-AP 3, at most 100 to a part even where `limit` is larger. `Link` headers and `hydra:next` lead on.
#[utoipa::path(get, path = "/catalog.ttl", tag = "metadata",
    params(Paging),
    responses((status = 200, description = "A part of the catalogue", body = String, content_type = "text/turtle")))]
pub async fn turtle(State(state): State<AppState>, asked: Asked) -> Answer {
    let (graph, next) = part(&state, &asked).await?;
    let mut sent = send(&asked, "text/turtle; charset=utf-8", graph.turtle()?);
    lead_on(&mut sent, next);
    Ok(sent)
}

/// Harvests the catalogue as JSON-LD.
///
/// The same statements as in Turtle.
#[utoipa::path(get, path = "/catalog.jsonld", tag = "metadata",
    params(Paging),
    responses((status = 200, description = "A part of the catalogue", body = serde_json::Value, content_type = "application/ld+json")))]
pub async fn jsonld(State(state): State<AppState>, asked: Asked) -> Answer {
    let (graph, next) = part(&state, &asked).await?;
    let mut sent = send(&asked, "application/ld+json", graph.json_ld()?);
    lead_on(&mut sent, next);
    Ok(sent)
}

fn lead_on(sent: &mut axum::response::Response, next: Option<String>) {
    if let Some(next) = next {
        put(sent.headers_mut(), header::LINK, &format!("<{next}>; rel=\"next\""));
    }
}

/// The statements of one part, and where the next one is. Harvesters get what everybody gets, whoever they are.
async fn part(state: &AppState, asked: &Asked) -> Result<(Graph, Option<String>), Problem> {
    let mut params = asked.params();
    let mut paging = params.paging();
    params.finish()?;
    paging.limit = paging.limit.min(MOST);
    let public = Ctx::public(asked.ctx.now, asked.ctx.request_id.clone());
    let filter = DatasetFilter { by_title: true, ..DatasetFilter::default() };
    let found = datasets::list_undated(&state.services, &public, &filter, paging).await?;
    let base = state.config.public_url.trim_end_matches('/');
    let mut graph = Graph::default();
    let catalogue = format!("{base}/v1/catalog");
    graph.is_a(&catalogue, "dcat:Catalog");
    graph.says(&catalogue, "dct:title", &state.config.site_name, "en");
    graph.says(&catalogue, "dct:description", "Every dataset that is public here, with its latest version.", "en");
    graph.leads(&catalogue, "foaf:homepage", &format!("{base}/"));
    graph.is_a(&format!("{base}/"), "foaf:Document");
    if let Some(first) = found.items.first() {
        dcat::publisher(&mut graph, &catalogue, &first.metadata, base);
    }
    for summary in &found.items {
        let scope = Scope { dataset_id: summary.id.clone(), edition: None, version: None };
        let page = version_page(&state.services, &public, &scope).await?;
        let v = &page.version;
        let it = format!("{base}{}", crate::api::v1::version_path(&v.dataset_id, &v.edition, v.version));
        graph.leads(&catalogue, "dcat:dataset", &it);
        dcat::dataset(&mut graph, &page, base);
    }
    let address = |offset: u32| format!("{base}{}?limit={}&offset={offset}", asked.uri.path(), paging.limit);
    let next = next_of(&found, paging).map(address);
    paged(&mut graph, &address(paging.offset), next.as_deref(), &found);
    Ok((graph, next))
}

fn next_of(found: &Page<DatasetSummary>, paging: Paging) -> Option<u32> {
    let end = paging.offset.checked_add(paging.limit)?;
    (u64::from(end) < found.total_count).then_some(end)
}

fn paged(graph: &mut Graph, here: &str, next: Option<&str>, found: &Page<DatasetSummary>) {
    graph.is_a(here, "hydra:PartialCollectionView");
    graph.values(here, "hydra:totalItems", &found.total_count.to_string(), "xsd:nonNegativeInteger");
    if let Some(next) = next {
        graph.leads(here, "hydra:next", next);
    }
}
