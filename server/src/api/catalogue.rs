//! `/search`.

use axum::extract::State;
use domain::catalogue::{SearchQuery, Sort};
use domain::language::Language;
use domain::page::{Page, Paging};
use services::catalogue;

use super::Answer;
use super::answer;
use super::ctx::Asked;
use super::described::PageOf;
use super::params::Params;
use super::v1::{SearchBody, SuggestionBody};
use crate::state::AppState;

/// Searches the published datasets.
///
/// Best match first; without words the newest first. Each filter may have several values; any of them may match.
/// `facets` counts what each filter would leave, `suggestion` offers another spelling.
#[utoipa::path(
    get, path = "/search", tag = "search",
    params(
        Paging,
        ("q" = Option<String>, Query, description = "Words to look for", example = "rainfall"),
        ("topics" = Option<Vec<String>>, Query, explode = false, description = "Topics", example = json!(["environment"])),
        ("formats" = Option<Vec<String>>, Query, explode = false, description = "Formats of the files", example = json!(["csv"])),
        ("years" = Option<Vec<i32>>, Query, explode = false, description = "Years of release", example = json!([2025])),
        ("frequency" = Option<Vec<String>>, Query, explode = false, description = "Release frequencies", example = json!(["Monthly"])),
        ("designation" = Option<Vec<String>>, Query, explode = false, description = "Quality designations", example = json!(["official"])),
        ("departments" = Option<Vec<String>>, Query, explode = false, description = "Departments", example = json!(["environment"])),
        ("sort" = inline(Option<Sort>), Query, description = "The order", example = "relevance"),
        ("lang" = Option<String>, Query, pattern = "^(en|cy)$", description = "The language of titles and labels", example = "en"),
    ),
    responses((status = 200, description = "A page of results", body = SearchBody)),
)]
pub async fn search(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let query = query_of(&mut params);
    params.finish()?;
    let found = catalogue::search(&state.services, query).await?;
    answer::read(&asked, None, &SearchBody::new(&asked.uri, found))
}

fn query_of(params: &mut Params) -> SearchQuery {
    let Paging { limit, offset } = params.paging();
    SearchQuery {
        q: params.text("q").unwrap_or_default(),
        topics: params.list("topics"),
        formats: params.list("formats"),
        years: params.many("years", "years such as 2025", |year| year.parse().ok()),
        frequency: params.list("frequency"),
        designation: params.list("designation"),
        departments: params.list("departments"),
        sort: params.one("sort", "relevance, newest or title", Sort::parse).unwrap_or_default(),
        limit,
        offset,
        language: language_of(params),
    }
}

fn language_of(params: &mut Params) -> Language {
    let parse = |word: &str| Language::ALL.into_iter().find(|language| language.as_str() == word);
    params.one("lang", "en or cy", parse).unwrap_or_default()
}

/// Suggests datasets while somebody is typing.
#[utoipa::path(
    get, path = "/search/suggest", tag = "search",
    params(
        ("q" = Option<String>, Query, description = "What was typed so far", example = "rain"),
        ("lang" = Option<String>, Query, pattern = "^(en|cy)$", description = "The language of titles and labels", example = "en"),
    ),
    responses((status = 200, description = "The suggestions", body = PageOf<SuggestionBody>)),
)]
pub async fn suggest(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let typed = params.text("q").unwrap_or_default();
    let language = language_of(&mut params);
    params.finish()?;
    let found = catalogue::suggest(&state.services, typed, language).await?;
    let total = found.len() as u64;
    let items = found.into_iter().map(SuggestionBody::from).collect();
    answer::page(&asked, Page::new(items, total, Paging::default()))
}
