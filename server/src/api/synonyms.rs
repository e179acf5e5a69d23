//! `/search/synonyms` and what is below it: words that mean the same to the search.

use axum::extract::State;
use domain::policy::Permission;
use domain::search_desk::{SynonymEntry, SynonymRule};
use serde::{Deserialize, Serialize};
use services::{search_desk, topics};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, decode_beside, merged_beside};
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, SynonymPath};
use super::params::part_of;
use super::problem::Problem;
use super::v1::{SynonymBody, synonym_path};
use crate::state::AppState;

/// Lists the rules of synonyms.
///
/// First those that come with the program, in its order, then the office's own, the oldest first.
#[utoipa::path(get, path = "/search/synonyms", tag = "synonyms",
    params(Paging, ("q" = Option<String>, Query, description = "Letters of a word", example = "gross")),
    responses((status = 200, description = "A page of rules", body = PageOf<SynonymBody>)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite]), ("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    search_desk::reader(&asked.ctx)?;
    let mut params = asked.params();
    let (letters, paging) = (params.text("q").unwrap_or_default(), params.paging());
    params.finish()?;
    let mut found = search_desk::list(&state.services, &asked.ctx).await?;
    found.retain(|entry| entry.rule.mentions(&letters));
    answer::page(&asked, part_of(&found, paging).map(SynonymBody::from))
}

/// Reads a rule of synonyms.
#[utoipa::path(get, path = "/search/synonyms/{id}", tag = "synonyms",
    params(SynonymPath),
    responses((status = 200, description = "The rule", body = SynonymBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite]), ("bearer" = [Permission::SystemOperate]), ("session" = [Permission::SystemOperate])))]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let entry = search_desk::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, Some(entry.revision), &SynonymBody::from(entry))
}

/// A rule of synonyms as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct SynonymInput {
    /// For a rule of one way: who asks for one of these also finds the words. Without any, the words all stand for each other.
    #[schema(max_items = 20)]
    asked: Vec<String>,
    /// The words and phrases, each of up to 60 characters: two or more of a group, one or more of a rule of one way.
    #[schema(required = true, min_items = 1, max_items = 20)]
    words: Vec<String>,
}

impl From<&SynonymRule> for SynonymInput {
    fn from(rule: &SynonymRule) -> Self {
        Self { asked: rule.asked.clone(), words: rule.words.clone() }
    }
}

impl From<SynonymInput> for SynonymRule {
    fn from(sent: SynonymInput) -> Self {
        Self::of(sent.asked.iter().map(String::as_str), sent.words.iter().map(String::as_str))
    }
}

/// Adds a rule of synonyms.
///
/// Searches go by it at once, on every node; nothing is indexed anew.
#[utoipa::path(post, path = "/search/synonyms", tag = "synonyms",
    request_body(content = SynonymInput, content_type = "application/json", example = json!({"asked": ["hedgerow"], "words": ["field boundary", "perth"]})),
    responses((status = 201, description = "The new rule", body = SynonymBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    topics::editor(&asked.ctx)?;
    let sent: SynonymInput = body.read().await?;
    let entry = search_desk::save(&state.services, &asked.ctx, None, 0, sent.into()).await?;
    answer::created(&synonym_path(&entry.id), Some(entry.revision), &SynonymBody::from(entry))
}

/// Replaces the words of a rule.
///
/// Also of one that comes with the program, which keeps what it came as in `built_in`.
#[utoipa::path(put, path = "/search/synonyms/{id}", tag = "synonyms",
    params(SynonymPath),
    request_body(content = SynonymInput, content_type = "application/json", example = json!({"words": ["hedgehog", "draenog", "erinaceus"]})),
    responses((status = 200, description = "The rule as it is now", body = SynonymBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = rule_to_change(&state, &asked, &id).await?;
    let object = body.read_object().await?;
    save(&state, &asked, &before, decode_beside(object, &[("id", &before.id)])?).await
}

/// Changes one side of a rule.
///
/// Each side is replaced as a whole when it is sent.
#[utoipa::path(patch, path = "/search/synonyms/{id}", tag = "synonyms",
    params(SynonymPath),
    request_body(content = SynonymInput, content_type = "application/json", example = json!({"words": ["hedgehog", "draenog"]})),
    responses((status = 200, description = "The rule as it is now", body = SynonymBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = rule_to_change(&state, &asked, &id).await?;
    let object = body.read_object().await?;
    let sent = merged_beside(&SynonymInput::from(&before.rule), object, &[("id", &before.id)])?;
    save(&state, &asked, &before, sent).await
}

async fn save(state: &AppState, asked: &Asked, before: &SynonymEntry, sent: SynonymInput) -> Answer {
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let saved = search_desk::save(&state.services, &asked.ctx, Some(&before.id), expected, sent.into()).await;
    let entry = saved.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(entry.revision), &SynonymBody::from(entry))
}

/// Switches a rule of synonyms on.
///
/// Searches go by it again.
#[utoipa::path(put, path = "/search/synonyms/{id}/switch-on", tag = "synonyms",
    params(SynonymPath),
    responses((status = 200, description = "The rule as it is now", body = SynonymBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn switch_on(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    switch(&state, &asked, &id, true).await
}

/// Switches a rule of synonyms off.
///
/// It stays, and searches do not go by it.
#[utoipa::path(put, path = "/search/synonyms/{id}/switch-off", tag = "synonyms",
    params(SynonymPath),
    responses((status = 200, description = "The rule as it is now", body = SynonymBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn switch_off(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    switch(&state, &asked, &id, false).await
}

async fn switch(state: &AppState, asked: &Asked, id: &str, is_on: bool) -> Answer {
    let before = rule_to_change(state, asked, id).await?;
    asked.no_params()?;
    let expected = asked.if_match().optional(before.revision).unwrap_or(before.revision);
    let entry = search_desk::switch(&state.services, &asked.ctx, id, expected, is_on).await?;
    answer::changed(Some(entry.revision), &SynonymBody::from(entry))
}

/// Takes a rule of synonyms away.
///
/// One of the office's own is deleted. One that comes with the program goes back to how it came and is switched on; that is 409
/// where it is as it came: switch it off instead.
#[utoipa::path(delete, path = "/search/synonyms/{id}", tag = "synonyms",
    params(SynonymPath),
    responses((status = 204, description = "Deleted, or as it came")),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = rule_to_change(&state, &asked, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let removed = search_desk::remove(&state.services, &asked.ctx, &id, if_match.required(before.revision)).await;
    removed.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// The rule, for somebody who may change what the search goes by.
async fn rule_to_change(state: &AppState, asked: &Asked, id: &str) -> Result<SynonymEntry, Problem> {
    let entry = search_desk::find(&state.services, &asked.ctx, id).await?;
    topics::editor(&asked.ctx)?;
    Ok(entry)
}
