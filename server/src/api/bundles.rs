//! `/bundles` and `/bundles/{id}`.

use axum::extract::State;
use domain::bundle::{Bundle, BundleAction, BundleDetails, BundleKind, BundleStage};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal, all_valid};
use serde::{Deserialize, Serialize};
use services::bundles::{self, BundleFilter, BundleOrder, BundleSort};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, decode_beside, merged_beside};
use super::ctx::{Asked, Path};
use super::described::{BundlePath, PageOf, Paging, PublicationPeriod};
use super::guards::bundle_to_change;
use super::params::{Params, one_of};
use super::v1::{BundleBody, bundle_path};
use crate::state::AppState;

/// Lists the bundles.
///
/// Those that the caller may see: previewers see the bundles shared with their teams.
#[utoipa::path(
    get, path = "/bundles", tag = "bundles",
    params(
        Paging,
        ("state" = Option<Vec<BundleStage>>, Query, explode = false, description = "Only bundles in one of these states, in any case and also written `InProgress`", example = json!(["scheduled"])),
        ("type" = Option<BundleKind>, Query, description = "Only bundles of this type", example = "scheduled"),
        ("q" = Option<String>, Query, description = "Part of the title", example = "gdp"),
        PublicationPeriod,
        ("team" = Option<String>, Query, description = "Only bundles that this team may preview", example = "press-office"),
        ("sort" = Option<String>, Query, pattern = "^-?(publication_date|title|last_modified|created_at)$", description = "`publication_date`, `title`, `last_modified` or `created_at`; with `-` before it from the last to the first. The newest change comes first where nothing is said", example = "publication_date"),
    ),
    responses((status = 200, description = "A page of bundles", body = PageOf<BundleBody>)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller()?;
    let mut params = asked.params();
    let filter = filter_of(&mut params);
    let paging = params.paging();
    let found = bundles::list(&state.services, &asked.ctx, &filter, paging).await?;
    params.finish()?;
    answer::page(&asked, found.map(|bundle| BundleBody::from(&bundle)))
}

fn filter_of(params: &mut Params) -> BundleFilter {
    BundleFilter {
        stages: params.many("state", &one_of(BundleStage::ALL), BundleStage::parse),
        kind: params.one("type", &one_of(BundleKind::ALL), BundleKind::parse),
        title: params.text("q"),
        from: params.since("publish_date_from"),
        to: params.until("publish_date_to"),
        team: params.text("team"),
        order: params.one("sort", SORTS, order_of).unwrap_or_default(),
        ..BundleFilter::default()
    }
}

const SORTS: &str = "publication_date, title, last_modified or created_at, with - before it for the other direction";

/// `column` from the smallest on, `-column` from the largest on.
fn order_of(word: &str) -> Option<BundleOrder> {
    let (column, ascending) = word.strip_prefix('-').map_or((word, true), |column| (column, false));
    let by = match column {
        "publication_date" => BundleSort::PublicationDate,
        "title" => BundleSort::Title,
        "last_modified" => BundleSort::LastModified,
        "created_at" => BundleSort::CreatedAt,
        _ => return None,
    };
    Some(BundleOrder { by, ascending })
}

/// Reads a bundle.
#[utoipa::path(
    get, path = "/bundles/{id}", tag = "bundles",
    params(BundlePath),
    responses((status = 200, description = "The bundle", body = BundleBody)),
    security(("bearer" = [Permission::BundlesRead]), ("session" = [Permission::BundlesRead]), ("bearer" = [Permission::BundlesPreview]), ("session" = [Permission::BundlesPreview])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let bundle = bundles::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, Some(bundle.revision), &BundleBody::from(&bundle))
}

/// A bundle as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct BundleInput {
    /// The title, unique among bundles that are not yet published.
    #[schema(required = true, min_length = 1, max_length = 200)]
    title: String,
    /// What it is.
    #[schema(max_length = 5000)]
    description: String,
    /// Published at an instant by the scheduler, or by hand.
    #[serde(rename = "type")]
    #[schema(value_type = BundleKind, required = true)]
    kind: String,
    /// Teams that may preview it.
    preview_teams: Vec<String>,
}

impl BundleInput {
    /// What was sent, if its type is one; every other problem is told with it.
    fn checked(self) -> Result<BundleDetails, Refusal> {
        let kind = BundleKind::parse(&self.kind);
        let details = BundleDetails {
            title: self.title,
            description: self.description,
            kind: kind.unwrap_or(BundleKind::Scheduled),
            preview_teams: self.preview_teams,
        };
        if kind.is_none() {
            let mut problems = details.problems();
            problems.push(if self.kind.is_empty() {
                FieldProblem::required("type")
            } else {
                FieldProblem::new("type", "unknown_value", format!("Give {}.", one_of(BundleKind::ALL)))
            });
            all_valid(problems)?;
        }
        Ok(details)
    }
}

impl From<&Bundle> for BundleInput {
    fn from(bundle: &Bundle) -> Self {
        let details = bundle.details.clone();
        Self {
            title: details.title,
            description: details.description,
            kind: details.kind.to_string(),
            preview_teams: details.preview_teams,
        }
    }
}

/// Creates a bundle.
///
/// It is empty, and its state is `created`. The title must be unique among bundles that are not yet published.
#[utoipa::path(
    post, path = "/bundles", tag = "bundles",
    request_body(content = BundleInput, content_type = "application/json", example = json!({
            "title": "Monthly GDP Release - November 2025", "description": "Economic indicators for Q3 2025", "type": "scheduled"
        })),
    responses((status = 201, description = "The new bundle", body = BundleBody)),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::BundlesWrite)?;
    let details = body.read::<BundleInput>().await?.checked()?;
    let bundle = bundles::create(&state.services, &asked.ctx, details).await?;
    answer::created(&bundle_path(&bundle.id), Some(bundle.revision), &BundleBody::from(&bundle))
}

/// Replaces what is said about a bundle in preparation.
///
/// What is left out becomes empty; `PATCH` keeps it.
#[utoipa::path(
    put, path = "/bundles/{id}", tag = "bundles",
    params(BundlePath),
    request_body(content = BundleInput, content_type = "application/json", example = json!({"title": "Monthly GDP Release - November 2025", "description": "Economic indicators for Q3 2025", "type": "scheduled"})),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::Edit, &id).await?;
    let input: BundleInput = decode_beside(body.read_object().await?, &[("id", &before.id)])?;
    save(&state, &asked, &before, input.checked()?).await
}

/// Changes the details of a bundle.
///
/// A JSON merge patch (RFC 7396). Only while its state is `created` or `in_progress`.
#[utoipa::path(
    patch, path = "/bundles/{id}", tag = "bundles",
    params(BundlePath),
    request_body(content = BundleInput, content_type = "application/json", example = json!({"description": "Economic indicators for October 2025"})),
    responses((status = 200, description = "The bundle as it is now", body = BundleBody)),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
)]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::Edit, &id).await?;
    let object = body.read_object().await?;
    let details = merged_beside(&BundleInput::from(&before), object, &[("id", &before.id)])?.checked()?;
    save(&state, &asked, &before, details).await
}

async fn save(state: &AppState, asked: &Asked, before: &Bundle, details: BundleDetails) -> Answer {
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let edited = bundles::edit(&state.services, &asked.ctx, &before.id, expected, details).await;
    let bundle = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(bundle.revision), &BundleBody::from(&bundle))
}

/// Deletes a bundle.
///
/// Only while its state is `created` or `in_progress`; its versions stay.
#[utoipa::path(
    delete, path = "/bundles/{id}", tag = "bundles",
    params(BundlePath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::BundlesWrite]), ("session" = [Permission::BundlesWrite])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = bundle_to_change(&state, &asked.ctx, BundleAction::Delete, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let expected = Some(if_match.required(before.revision));
    let deleted = bundles::delete(&state.services, &asked.ctx, &id, expected).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}
