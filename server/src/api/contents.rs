//! `/bundles/{id}/contents`.

use axum::extract::State;
use domain::bundle::BundleAction;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use serde::Deserialize;
use services::bundles;
use services::versions::VersionKey;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path, version_number};
use super::guards::bundle_to_change;
use super::params::part_of;
use super::v1::{ContentBody, bundle_path, segment};
use crate::state::AppState;

/// `GET /bundles/{id}/contents`
pub async fn list(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let items = bundles::list_contents(&state.services, &asked.ctx, &id).await?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    answer::page(&asked, part_of(&items, paging).map(|item| ContentBody::from(&item)))
}

/// `GET /bundles/{id}/contents/{item}`
pub async fn read(State(state): State<AppState>, asked: Asked, Path((id, item)): Path<(String, String)>) -> Answer {
    let items = bundles::list_contents(&state.services, &asked.ctx, &id).await?;
    let found = items.iter().find(|content| content.id == item).ok_or(Refusal::NotFound)?;
    asked.no_params()?;
    answer::read(&asked, None, &ContentBody::from(found))
}

/// A version to add, as it is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ContentInput {
    dataset_id: String,
    edition: String,
    version: Option<NumberOrText>,
}

/// `1` or `"1"`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(u32),
    Text(String),
}

impl ContentInput {
    fn checked(self) -> Result<VersionKey, Refusal> {
        let mut problems = Vec::new();
        for (name, value) in [("dataset_id", &self.dataset_id), ("edition", &self.edition)] {
            if value.trim().is_empty() {
                problems.push(FieldProblem::required(name));
            }
        }
        let version = match self.version {
            None => {
                problems.push(FieldProblem::required("version"));
                None
            }
            Some(NumberOrText::Number(number)) => Some(number),
            Some(NumberOrText::Text(text)) => version_number(&text),
        };
        if version.is_none() && problems.iter().all(|problem| problem.field != "version") {
            problems.push(FieldProblem::new("version", "invalid_value", "Give a version's number, such as 1."));
        }
        all_valid(problems)?;
        Ok(VersionKey { dataset_id: self.dataset_id, edition: self.edition, version: version.unwrap_or_default() })
    }
}

/// `POST /bundles/{id}/contents`
pub async fn add(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::AddContent, &id).await?;
    let key = body.read::<ContentInput>().await?.checked()?;
    let expected = asked.if_match().optional(before.revision);
    let item = bundles::add_content(&state.services, &asked.ctx, &id, expected, &key).await?;
    let location = format!("{}/contents/{}", bundle_path(&id), segment(&item.id));
    answer::created(&location, None, &ContentBody::from(&item))
}

/// `DELETE /bundles/{id}/contents/{item}`
pub async fn remove(State(state): State<AppState>, asked: Asked, Path((id, item)): Path<(String, String)>) -> Answer {
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::RemoveContent, &id).await?;
    let expected = asked.if_match().optional(before.revision);
    bundles::remove_content(&state.services, &asked.ctx, &id, expected, &item).await?;
    Ok(answer::deleted())
}
