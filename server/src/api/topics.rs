//! `/topics`: reading the taxonomy, and editing it.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use domain::page::Page;
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::topic::Topic;
use domain::views::DatasetSummary;
use serde::{Deserialize, Serialize};
use services::datasets;
use services::topics::{self, Found, MergeOrder, NewTopic, TopicChange};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, decode_beside, merged_beside};
use super::ctx::{Asked, Path};
use super::datasets::order_of;
use super::described::{PageOf, Paging, TopicPath};
use super::params::part_of;
use super::problem::Problem;
use super::v1::{DatasetBody, MergedBody, TopicBody, topic_path};
use crate::state::AppState;

/// Lists the topics.
///
/// Each topic is followed by those below it, in their order.
#[utoipa::path(get, path = "/topics", tag = "topics",
    params(
        Paging,
        ("q" = Option<String>, Query, description = "Part of the title, in either language", example = "prices"),
        ("parent_id" = Option<String>, Query, description = "Only those directly below this topic", example = "economy"),
    ),
    responses((status = 200, description = "A page of topics", body = PageOf<TopicBody>)))]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let words = params.text("q").map(|text| text.to_lowercase());
    let parent = params.text("parent_id");
    params.finish()?;
    let holds = |title: &str| words.as_ref().is_none_or(|words| title.to_lowercase().contains(words));
    let mut found = topics::list(&state.services).await?;
    found.retain(|t| holds(&t.title) || t.title_cy.as_deref().is_some_and(holds));
    found.retain(|t| parent.is_none() || t.parent_id == parent);
    answer::page(&asked, part_of(&found, paging).map(TopicBody::from))
}

/// Reads a topic.
///
/// The address of a topic that was merged or renamed answers 308 with the present one.
#[utoipa::path(get, path = "/topics/{id}", tag = "topics",
    params(TopicPath),
    responses((status = 200, description = "The topic", body = TopicBody)))]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    match topics::find(&state.services, &id).await? {
        Found::Here(topic) => {
            asked.no_params()?;
            answer::read(&asked, Some(topic.revision), &TopicBody::from(topic))
        }
        Found::Moved(now) => Ok(moved(&asked, &now, "")),
    }
}

/// Lists the topics directly below a topic.
#[utoipa::path(get, path = "/topics/{id}/subtopics", tag = "topics",
    params(TopicPath, Paging),
    responses((status = 200, description = "A page of topics", body = PageOf<TopicBody>)))]
pub async fn subtopics(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let topic = match topics::find(&state.services, &id).await? {
        Found::Here(topic) => topic,
        Found::Moved(now) => return Ok(moved(&asked, &now, "/subtopics")),
    };
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let mut below = topics::list(&state.services).await?;
    below.retain(|other| other.parent_id.as_ref() == Some(&topic.id));
    answer::page(&asked, part_of(&below, paging).map(TopicBody::from))
}

/// Lists the datasets of a topic and of all topics below it.
///
/// The public sees what is published; whoever has the right also sees the unpublished datasets that it reaches.
#[utoipa::path(get, path = "/topics/{id}/content", tag = "topics",
    params(
        TopicPath,
        Paging,
        ("sort" = Option<String>, Query, pattern = "^(-?title|-?last_updated|newest|oldest)$", description = "`title` or `last_updated`, with `-` the other way round; the newest come first where it is left out", example = "title"),
    ),
    responses((status = 200, description = "A page of datasets", body = PageOf<DatasetBody>)))]
pub async fn content(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    if let Found::Moved(now) = topics::find(&state.services, &id).await? {
        return Ok(moved(&asked, &now, "/content"));
    }
    let mut params = asked.params();
    let paging = params.paging();
    let order = order_of(&mut params);
    params.finish()?;
    let found = topics::content(&state.services, &asked.ctx, &id, order, paging).await?;
    let ids: Vec<&str> = found.items.iter().map(|summary| summary.id.as_str()).collect();
    let editions = datasets::editions_of(&state.services, &asked.ctx, &ids).await?;
    let listed = |summary: &DatasetSummary| {
        let of_dataset = editions.get(&summary.id).map(Vec::as_slice).unwrap_or_default();
        DatasetBody::listed(summary.clone(), of_dataset)
    };
    let items = found.items.iter().map(listed).collect();
    answer::page(&asked, Page::new(items, found.total_count, paging))
}

/// A topic as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = TopicInput)]
pub struct TopicInput {
    /// The slug, by which it is addressed; another one than before leaves the old address leading here.
    #[schema(example = "housing")]
    slug: String,
    /// The English title.
    #[schema(example = "Housing")]
    title: String,
    /// The Welsh title.
    #[schema(example = "Tai")]
    title_cy: Option<String>,
    /// A sentence about it.
    description: String,
    /// The same in Welsh.
    description_cy: Option<String>,
    /// The topic above; null puts it at the top.
    #[schema(example = "economy")]
    parent_id: Option<String>,
    /// Its place among those beside it, from nought; without one it keeps its place, or comes last.
    #[schema(example = 0)]
    position: Option<u32>,
}

impl TopicInput {
    fn split(self) -> (Topic, Option<u32>) {
        let topic = Topic {
            id: self.slug,
            title: self.title,
            title_cy: self.title_cy,
            description: self.description,
            description_cy: self.description_cy,
            parent_id: self.parent_id,
            ..Topic::default()
        };
        (topic, self.position)
    }
}

impl From<&Topic> for TopicInput {
    fn from(topic: &Topic) -> Self {
        Self {
            slug: topic.id.clone(),
            title: topic.title.clone(),
            title_cy: topic.title_cy.clone(),
            description: topic.description.clone(),
            description_cy: topic.description_cy.clone(),
            parent_id: topic.parent_id.clone(),
            position: None,
        }
    }
}

/// Adds a topic.
#[utoipa::path(post, path = "/topics", tag = "topics", request_body = TopicInput,
    responses((status = 201, description = "The new topic", body = TopicBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    topics::editor(&asked.ctx)?;
    let (topic, position) = body.read::<TopicInput>().await?.split();
    let topic = topics::create(&state.services, &asked.ctx, NewTopic { topic, position }).await?;
    answer::created(&topic_path(&topic.id), Some(topic.revision), &TopicBody::from(topic))
}

/// Replaces a topic.
///
/// Another `slug` renames it, another `parent_id` moves it; search, navigation and the old address follow.
#[utoipa::path(put, path = "/topics/{id}", tag = "topics", request_body = TopicInput,
    params(TopicPath),
    responses((status = 200, description = "The changed topic", body = TopicBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = topic_to_change(&state, &asked, &id).await?;
    let mut object = body.read_object().await?;
    object.entry("slug").or_insert_with(|| before.id.clone().into());
    save(&state, &asked, &before, decode_beside(object, &[("id", &before.id)])?).await
}

/// Changes parts of a topic.
///
/// Another `slug` renames it, another `parent_id` moves it; search, navigation and the old address follow.
#[utoipa::path(patch, path = "/topics/{id}", tag = "topics", request_body = TopicInput,
    params(TopicPath),
    responses((status = 200, description = "The changed topic", body = TopicBody)),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = topic_to_change(&state, &asked, &id).await?;
    let object = body.read_object().await?;
    save(&state, &asked, &before, merged_beside(&TopicInput::from(&before), object, &[("id", &before.id)])?).await
}

async fn save(state: &AppState, asked: &Asked, before: &Topic, input: TopicInput) -> Answer {
    let if_match = asked.if_match();
    let (topic, position) = input.split();
    let expected = if_match.required(before.revision);
    let edited = topics::edit(&state.services, &asked.ctx, &before.id, expected, TopicChange { topic, position }).await;
    let topic = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(topic.revision), &TopicBody::from(topic))
}

/// Deletes a topic.
///
/// Refused while datasets, drafts included, carry it or topics are below it; all reasons are told.
#[utoipa::path(delete, path = "/topics/{id}", tag = "topics",
    params(TopicPath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = topic_to_change(&state, &asked, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let deleted = topics::delete(&state.services, &asked.ctx, &id, if_match.required(before.revision)).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// A merge as it is sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MergeInput {
    /// The topic that takes everything over.
    #[schema(example = "economy")]
    into: String,
    /// Why, for the record.
    #[schema(example = "The two were never told apart.")]
    reason: Option<String>,
}

/// Merges a topic into another.
///
/// Its datasets, drafts included, and the topics below it move to the other in one step, and its addresses lead there.
#[utoipa::path(post, path = "/topics/{id}/merge", tag = "topics", request_body = MergeInput,
    params(TopicPath),
    responses((status = 200, description = "What became of it", body = MergedBody)),
    extensions(("x-if-match" = json!("optional"))),
    security(("bearer" = [Permission::TopicsWrite]), ("session" = [Permission::TopicsWrite])))]
pub async fn merge_into(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = topic_to_change(&state, &asked, &id).await?;
    let input: MergeInput = body.read().await?;
    let order = MergeOrder {
        expected: asked.if_match().optional(before.revision),
        into: &input.into,
        reason: input.reason.as_deref().unwrap_or(""),
        typed: None,
    };
    let done = topics::merge(&state.services, &asked.ctx, &id, order).await?;
    answer::changed(None, &MergedBody::new(done.into, done.datasets))
}

/// The topic, for somebody who may edit the taxonomy.
async fn topic_to_change(state: &AppState, asked: &Asked, id: &str) -> Result<Topic, Problem> {
    asked.ctx.caller()?;
    match topics::find(&state.services, id).await? {
        Found::Here(topic) => {
            topics::editor(&asked.ctx)?;
            Ok(topic)
        }
        Found::Moved(_) => Err(Refusal::NotFound.into()),
    }
}

/// Sends a reader to the present address of a topic; the next time it asks again, since addresses can be taken back.
fn moved(asked: &Asked, id: &str, below: &str) -> axum::response::Response {
    let query = asked.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut headers = answer::caching(&asked.ctx);
    answer::put(&mut headers, header::LOCATION, &format!("{}{below}{query}", topic_path(id)));
    (StatusCode::PERMANENT_REDIRECT, headers).into_response()
}
