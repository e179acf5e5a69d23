//! `/search`.

use axum::extract::State;
use domain::catalogue::{SearchQuery, Sort, Syntax};
use domain::language::Language;
use domain::page::{Page, Paging};
use domain::refusal::FieldProblem;
use services::catalogue;

use super::answer;
use super::audit::Form;
use super::ctx::Asked;
use super::described::{ErrorEnvelope, PageOf};
use super::params::Params;
use super::v1::{SearchBody, SuggestionBody};
use super::{Answer, search_file};
use crate::state::AppState;

/// Searches the published datasets.
///
/// Best match first; without words the newest first. Words are found in titles, descriptions, keywords, topics, names of
/// columns and the codes and labels of the data, in English and Welsh, also misspelt, unfinished or by another name. Write
/// `"in quotes"` what must stand so, `-word` what must not, and `title:`, `description:`, `keyword:`, `topic:`, `column:`,
/// `code:`, `publisher:`, `place:` or `id:` before what must stand there. Each filter may have several values; any of them
/// may match. `facets` counts what each filter would leave under the others, `suggestion` offers another spelling,
/// `broader` what finds more if nothing was found.
#[utoipa::path(
    get, path = "/search", tag = "search",
    params(
        Paging,
        ("q" = Option<String>, Query, description = "Words to look for; another word before a colon is refused", example = "rainfall"),
        ("topics" = Option<Vec<String>>, Query, explode = false, description = "Topics", example = json!(["environment"])),
        ("formats" = Option<Vec<String>>, Query, explode = false, description = "Formats of the files", example = json!(["csv"])),
        ("years" = Option<Vec<i32>>, Query, explode = false, description = "Years of release", example = json!([2025])),
        ("frequency" = Option<Vec<String>>, Query, explode = false, description = "Release frequencies", example = json!(["Monthly"])),
        ("designation" = Option<Vec<String>>, Query, explode = false, description = "Quality designations", example = json!(["official"])),
        ("geography" = Option<Vec<String>>, Query, explode = false, description = "Places that datasets are about", example = json!(["united-kingdom"])),
        ("publishers" = Option<Vec<String>>, Query, explode = false, description = "Publishers", example = json!(["met-office"])),
        ("departments" = Option<Vec<String>>, Query, explode = false, description = "Departments", example = json!(["environment"])),
        ("has_chart" = Option<Vec<bool>>, Query, explode = false, description = "Whether a table is drawn as a chart", example = json!([true])),
        ("sort" = inline(Option<Sort>), Query, description = "The order", example = "relevance"),
        ("lang" = Option<String>, Query, pattern = "^(en|cy)$", description = "The language of titles and labels", example = "en"),
        ("format" = Option<String>, Query, pattern = "^(json|csv|jsonl|ndjson)$", description = "`json`, `csv` or `jsonl`; the last two give the whole, without `limit` and `offset`", example = "json"),
    ),
    responses((status = 200, description = "A page of results, or all of them as a file", content(
        (SearchBody = "application/json"),
        (String = "text/csv"),
        (String = "application/jsonl"),
    )), (status = 422, description = "`limit` or `offset` was given for a file, which is whole", body = ErrorEnvelope)),
)]
pub async fn search(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let form = Form::of(&mut params, &asked.headers);
    let query = query_of(&mut params);
    if form != Form::Json {
        Form::whole(params)?;
        return Ok(search_file::whole(state.services.clone(), &asked, query, form));
    }
    let Paging { limit, offset } = params.paging();
    params.finish()?;
    let query = SearchQuery { limit, offset, ..query };
    let found = catalogue::search(&state.services, query).await?;
    answer::read(&asked, None, &SearchBody::new(&asked.uri, found))
}

fn query_of(params: &mut Params) -> SearchQuery {
    let q = params.text("q").unwrap_or_default();
    for problem in Syntax::read(&q).problems {
        params.add(Some(&FieldProblem::new("q", "unknown_field", problem.message())));
    }
    SearchQuery {
        q,
        topics: params.list("topics"),
        formats: params.list("formats"),
        years: params.many("years", "years such as 2025", |year| year.parse().ok()),
        frequency: params.list("frequency"),
        designation: params.list("designation"),
        geography: params.list("geography"),
        publishers: params.list("publishers"),
        departments: params.list("departments"),
        has_chart: params.many("has_chart", "true or false", |word| word.parse().ok()),
        sort: params.one("sort", "relevance, newest or title", Sort::parse).unwrap_or_default(),
        language: language_of(params),
        ..SearchQuery::default()
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
