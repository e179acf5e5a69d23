//! `/topics` and `/search`.

use axum::extract::State;
use domain::catalogue::{SearchQuery, Sort};
use domain::language::Language;
use domain::page::{Page, Paging};
use domain::refusal::Refusal;
use services::{catalogue, datasets};

use super::Answer;
use super::answer;
use super::ctx::{Asked, Path};
use super::params::{Params, part_of};
use super::v1::{SearchBody, SuggestionBody, TopicBody};
use crate::state::AppState;

/// `GET /v1/topics`
pub async fn topics(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let topics = datasets::topics(&state.services).await?;
    answer::page(&asked, part_of(&topics, paging).map(TopicBody::from))
}

/// `GET /v1/topics/{id}`
pub async fn topic(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let topics = datasets::topics(&state.services).await?;
    let found = topics.into_iter().find(|topic| topic.id == id).ok_or(Refusal::NotFound)?;
    asked.no_params()?;
    answer::read(&asked, None, &TopicBody::from(found))
}

/// `GET /v1/search`
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

/// `GET /v1/search/suggest`
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
