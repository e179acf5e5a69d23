//! `/releases`: the release calendar, and preparing its entries.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal};
use domain::release::{PreReleaseAccess, PublicReason, Release, ReleaseDate, ReleaseDetails, ReleaseState};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use services::ctx::forbidden;
use services::releases::{self, NewRelease, ReleaseChange, ReleaseFilter, ReleaseOrder};
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::{Body, Wrong, decode_with, keep_fixed, merged_with, take_text};
use super::ctx::{Asked, Path};
use super::described::{PageOf, Paging, ReleasePath, ReleasePeriod};
use super::params::{Params, one_of};
use super::problem::Problem;
use super::v1::{ReleaseBody, release_path};
use crate::state::AppState;

/// Lists the releases of the calendar.
///
/// The public sees what was announced; whoever may prepare releases also sees the drafts that its rights reach.
#[utoipa::path(get, path = "/releases", tag = "releases",
    params(
        Paging,
        ("state" = Option<Vec<ReleaseState>>, Query, explode = false, description = "Where they stand", example = json!(["provisional", "confirmed"])),
        ReleasePeriod,
        ("q" = Option<String>, Query, description = "Part of the title, in either language", example = "inflation"),
        ("sort" = Option<String>, Query, pattern = "^(-?release_date|title)$", description = "`release_date`, `-release_date` or `title`", example = "-release_date"),
    ),
    responses((status = 200, description = "A page of releases", body = PageOf<ReleaseBody>)))]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    let mut params = asked.params();
    let filter = filter_of(&mut params);
    let paging = params.paging();
    params.finish()?;
    let found = releases::list(&state.services, &asked.ctx, &filter, paging).await?;
    let inside = releases::inside(&state.services, &asked.ctx, &found.items).await?;
    let mut inside = inside.into_iter();
    answer::page(&asked, found.map(|release| ReleaseBody::new(release, inside.next().flatten(), None)))
}

fn filter_of(params: &mut Params) -> ReleaseFilter {
    let order = |word: &str| match word {
        "release_date" => Some(ReleaseOrder::Soonest),
        "-release_date" => Some(ReleaseOrder::Latest),
        "title" => Some(ReleaseOrder::Title),
        _ => None,
    };
    ReleaseFilter {
        states: params.many("state", &one_of(ReleaseState::ALL), ReleaseState::parse),
        from: params.since("from"),
        to: params.until("to"),
        title: params.text("q"),
        order: params.one("sort", "release_date, -release_date or title", order).unwrap_or_default(),
        ..ReleaseFilter::default()
    }
}

/// Reads a release.
///
/// Once it is published it names the versions that it made public.
#[utoipa::path(get, path = "/releases/{id}", tag = "releases",
    params(ReleasePath),
    responses((status = 200, description = "The release", body = ReleaseBody)))]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let release = releases::find(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let (revision, body) = present(&state, &asked, release).await?;
    answer::read(&asked, revision, &body)
}

/// A release as it is sent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReleaseInput {
    /// The English title.
    #[schema(example = "GDP monthly estimate: October 2026")]
    title: String,
    /// The Welsh title.
    title_cy: Option<String>,
    /// What will be in it.
    summary: String,
    /// The same in Welsh.
    summary_cy: Option<String>,
    /// The department whose grants reach it; without one it belongs to the whole office.
    #[schema(example = "economy")]
    department: Option<String>,
    /// The exact date.
    #[schema(example = "2026-12-11T09:30:00Z")]
    release_date: Option<DateTime<Utc>>,
    /// The month, such as `2026-12`, where that is all that is known; with neither the date is to be confirmed.
    release_month: Option<String>,
    /// The bundle that will publish it; a bundle has one release at most.
    bundle_id: Option<String>,
    /// Who is given it before the public, by position and never by name; everybody is told once it is published.
    pre_release_access: Vec<PreReleaseAccess>,
}

impl From<&Release> for ReleaseInput {
    fn from(release: &Release) -> Self {
        let details = release.details.clone();
        Self {
            title: details.title,
            title_cy: details.title_cy,
            summary: details.summary,
            summary_cy: details.summary_cy,
            department: details.department,
            release_date: release.date.instant(),
            release_month: release.date.month(),
            bundle_id: release.bundle_id.clone(),
            pre_release_access: details.pre_release_access,
        }
    }
}

impl ReleaseInput {
    /// What was sent, if its date can be one; every other problem is told with it.
    fn checked(self) -> Result<(ReleaseDetails, ReleaseDate, Option<String>), Refusal> {
        let details = ReleaseDetails {
            title: self.title,
            title_cy: self.title_cy,
            summary: self.summary,
            summary_cy: self.summary_cy,
            department: self.department,
            pre_release_access: self
                .pre_release_access
                .iter()
                .map(|given| PreReleaseAccess::new(&given.position, &given.organisation))
                .collect(),
        };
        let date = date_of(self.release_date, self.release_month.as_deref()).map_err(|problem| {
            let mut problems = details.problems();
            problems.push(problem);
            Refusal::Invalid { problems }
        })?;
        Ok((details, date, self.bundle_id))
    }
}

/// The date that a body gives: exact, a month, or to be confirmed.
pub(super) fn date_of(exact: Option<DateTime<Utc>>, month: Option<&str>) -> Result<ReleaseDate, FieldProblem> {
    match (exact, month) {
        (Some(_), Some(_)) => {
            Err(FieldProblem::new("release_month", "two_dates", "Give either release_date or release_month."))
        }
        (Some(at), None) => Ok(ReleaseDate::At(at)),
        (None, Some(month)) => ReleaseDate::parse_month("release_month", month),
        (None, None) => Ok(ReleaseDate::ToBeConfirmed),
    }
}

/// A new release as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewReleaseInput {
    /// The slug; made of the title where none is given.
    #[schema(example = "gdp-monthly-estimate-october-2026")]
    pub id: Option<String>,
    /// What editors say about it.
    #[serde(flatten)]
    pub release: ReleaseInput,
}

/// Begins a release.
///
/// It is a draft: the public sees nothing of it before it is announced.
#[utoipa::path(post, path = "/releases", tag = "releases", request_body = NewReleaseInput,
    responses((status = 201, description = "The new release", body = ReleaseBody)),
    security(("bearer" = [Permission::ReleasesWrite]), ("session" = [Permission::ReleasesWrite])))]
pub async fn create(State(state): State<AppState>, asked: Asked, body: Body) -> Answer {
    asked.ctx.caller_with(Permission::ReleasesWrite)?;
    let mut object = body.read_object().await?;
    let mut wrong = Wrong::default();
    let id = wrong.keep(take_text(&mut object, "id")).flatten();
    let (details, date, bundle_id) = decode_with::<ReleaseInput>(wrong, object)?.checked()?;
    let new = NewRelease { id, details, date, bundle_id };
    let release = releases::create(&state.services, &asked.ctx, new).await?;
    let path = release_path(&release.id);
    let (revision, body) = present(&state, &asked, release).await?;
    answer::created(&path, revision, &body)
}

/// Changes of a release as they are sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleasePatch {
    /// What editors say about it.
    #[serde(flatten)]
    pub release: ReleaseInput,
    /// Why the date changes, as the public will read it; needed once a date was confirmed.
    #[schema(example = "The survey's results need further checks.")]
    pub reason: Option<String>,
    /// The same in Welsh.
    pub reason_cy: Option<String>,
}

/// Changes parts of a release.
///
/// Words and bundle need `releases:write`. So does a date that nobody was promised; a date once confirmed needs
/// `releases:approve` and a `reason` for the public, which stands in the change log.
#[utoipa::path(patch, path = "/releases/{id}", tag = "releases", request_body = ReleasePatch,
    params(ReleasePath),
    responses((status = 200, description = "The changed release", body = ReleaseBody)),
    security(("bearer" = [Permission::ReleasesWrite]), ("session" = [Permission::ReleasesWrite])))]
pub async fn merge(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let either = [Permission::ReleasesWrite, Permission::ReleasesApprove];
    let before = release_to_change(&state, &asked, &id, &either).await?;
    let mut object = body.read_object().await?;
    let mut wrong = Wrong::default();
    wrong.keep(keep_fixed(&mut object, &[("id", &before.id)]));
    let mut text = |name: &str| wrong.keep(take_text(&mut object, name)).flatten();
    let reason = PublicReason::of(text("reason"), text("reason_cy"));
    one_date(&mut object);
    // What is not named stays as the caller was told it; a bundle that they were not told of is theirs neither to name nor to lose.
    let told = releases::inside_of(&state.services, &asked.ctx, &before).await?.and_then(|inside| inside.bundle_id);
    let seen = Release { bundle_id: told, ..before.clone() };
    let (details, date, bundle_id) = merged_with(wrong, &ReleaseInput::from(&seen), object)?.checked()?;
    let if_match = asked.if_match();
    let expected = if_match.required(before.revision);
    let change = ReleaseChange { details, date, bundle_id, reason };
    let edited = releases::edit(&state.services, &asked.ctx, &id, expected, change).await;
    changed(&state, &asked, edited.map_err(|error| if_match.explain(error))?).await
}

/// An exact date takes the place of a month, and the other way round.
fn one_date(object: &mut Map<String, Value>) {
    for (given, other) in [("release_date", "release_month"), ("release_month", "release_date")] {
        if object.get(given).is_some_and(|value| !value.is_null()) && !object.contains_key(other) {
            object.insert(other.to_owned(), Value::Null);
            return;
        }
    }
}

/// Deletes a release that was never announced.
#[utoipa::path(delete, path = "/releases/{id}", tag = "releases",
    params(ReleasePath),
    responses((status = 204, description = "Deleted")),
    security(("bearer" = [Permission::ReleasesWrite]), ("session" = [Permission::ReleasesWrite])))]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let before = release_to_change(&state, &asked, &id, &[Permission::ReleasesWrite]).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let deleted = releases::delete(&state.services, &asked.ctx, &id, if_match.required(before.revision)).await;
    deleted.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// The release, for somebody with one of the permissions for it; the first is the one that is told.
pub(super) async fn release_to_change(
    state: &AppState,
    asked: &Asked,
    id: &str,
    permissions: &[Permission],
) -> Result<Release, Problem> {
    let caller = asked.ctx.caller()?;
    let release = releases::find(&state.services, &asked.ctx, id).await?;
    let held = |permission: &&Permission| releases::must_hold(caller, **permission, &release).is_ok();
    match (permissions.iter().find(held), permissions.first()) {
        (None, Some(told)) => Err(forbidden(*told).into()),
        _ => Ok(release),
    }
}

pub(super) async fn changed(state: &AppState, asked: &Asked, release: Release) -> Answer {
    let (revision, body) = present(state, asked, release).await?;
    answer::changed(revision, &body)
}

/// The release as the caller sees it; only insiders learn its revision, since that goes up with what the public does not see.
async fn present(state: &AppState, asked: &Asked, release: Release) -> Result<(Option<i64>, ReleaseBody), Problem> {
    let inside = releases::inside_of(&state.services, &asked.ctx, &release).await?;
    let versions = releases::versions(&state.services, &release).await?;
    let revision = inside.as_ref().map(|_| release.revision);
    Ok((revision, ReleaseBody::new(release, inside, Some(versions))))
}
