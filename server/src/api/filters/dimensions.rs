//! `/filters/{id}/dimensions`: what a filter says of each dimension.

use axum::extract::State;
use domain::filter::{OptionChange, OptionOp, SavedFilter};
use domain::refusal::Refusal;
use domain::selection::{Place, Selection, as_option};
use serde::{Deserialize, Serialize};
use services::filters;
use utoipa::ToSchema;

use super::{explorer_instead, known, must_own, private, save, secret};
use crate::api::Answer;
use crate::api::answer;
use crate::api::body::Body;
use crate::api::ctx::{Asked, Path};
use crate::api::described::{FilterDimensionPath, FilterOptionPath, FilterPath, PageOf, Paging};
use crate::api::params::part_of;
use crate::api::problem::Problem;
use crate::api::v1::{Links, filter_path, place_of, segment};
use crate::state::AppState;

/// What a filter says of a dimension.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilterDimensionBody {
    /// The column's name.
    name: String,
    /// Codes or labels, any of which fits; an empty one fits blank cells.
    options: Vec<String>,
    links: Links,
}

impl FilterDimensionBody {
    fn new(id: &str, name: &str, options: &[String]) -> Self {
        let path = format!("{}/dimensions/{}", filter_path(id), segment(name));
        let links = Links::from([("filter", filter_path(id)), ("options", format!("{path}/options")), ("self", path)]);
        Self { name: name.to_owned(), options: options.to_vec(), links }
    }

    fn of(saved: &SavedFilter, name: &str) -> Result<Self, Refusal> {
        Ok(Self::new(&saved.id, name, &saved.dimension(name)?.options))
    }
}

/// An option that a filter names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilterOptionBody {
    /// A code or a label; empty for blank cells.
    option: String,
    links: Links,
}

/// Options as they are sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OptionsInput {
    /// Codes or labels, any of which fits; an empty one fits blank cells.
    #[schema(example = json!(["Wales"]))]
    options: Vec<String>,
}

/// Lists what a filter says of dimensions.
#[utoipa::path(
    get, path = "/filters/{id}/dimensions", tag = "filters",
    params(FilterPath, Paging),
    responses((status = 200, description = "A page of dimensions", body = PageOf<FilterDimensionBody>)),
)]
pub async fn list_filter_dimensions(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let saved = filters::find(&state.services, &asked.ctx, &id).await?;
    if let Some(page) = explorer_instead(&state, &asked, &saved).await? {
        return Ok(page);
    }
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let all: Vec<FilterDimensionBody> = saved
        .selection
        .dimensions
        .iter()
        .map(|filter| FilterDimensionBody::new(&saved.id, &filter.name, &filter.options))
        .collect();
    private(answer::page(&asked, part_of(&all, paging)))
}

/// Reads what a filter says of a dimension.
#[utoipa::path(
    get, path = "/filters/{id}/dimensions/{name}", tag = "filters",
    params(FilterDimensionPath),
    responses((status = 200, description = "The dimension with its options", body = FilterDimensionBody)),
)]
pub async fn read_filter_dimension(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, name)): Path<(String, String)>,
) -> Answer {
    let saved = filters::find(&state.services, &asked.ctx, &id).await?;
    let body = FilterDimensionBody::of(&saved, &name)?;
    if let Some(page) = explorer_instead(&state, &asked, &saved).await? {
        return Ok(page);
    }
    asked.no_params()?;
    private(answer::read(&asked, Some(saved.revision), &body))
}

/// Sets the options of a dimension.
///
/// In place of any that were there; without options nothing is said of the dimension any more.
#[utoipa::path(
    put, path = "/filters/{id}/dimensions/{name}", tag = "filters",
    params(FilterDimensionPath),
    request_body(content = OptionsInput, content_type = "application/json", example = json!({"options": ["Wales"]})),
    responses((status = 200, description = "The dimension as it is now", body = FilterDimensionBody)),
    security(("filter" = [])),
)]
pub async fn set_filter_dimension(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, name)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let mut saved = of_table(&state, &asked, &id, &name, None).await?;
    let sent: OptionsInput = body.read().await?;
    saved.set(&name, sent.options.clone());
    let said = |wanted: &str| Some(format!("options.{}", place_of(wanted, &sent.options)?));
    let naming = |place: &Place, kept: &Selection| called(&name, place, kept, said);
    answered(&save(&state, &asked, saved, &naming).await?, &name)
}

/// Adds and removes options of a dimension.
///
/// A list of changes in the manner of JSON Patch, each of `/options/-`; what is there already, or not there, changes nothing.
#[utoipa::path(
    patch, path = "/filters/{id}/dimensions/{name}", tag = "filters",
    params(FilterDimensionPath),
    request_body(content = Vec<OptionChange>, content_type = "application/json",
        example = json!([{"op": "add", "path": "/options/-", "value": ["England"]}])),
    responses((status = 200, description = "The dimension as it is now", body = FilterDimensionBody)),
    security(("filter" = [])),
)]
pub async fn change_filter_dimension(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, name)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let mut saved = of_filter(&state, &asked, &id, &name, None).await?;
    let changes: Vec<OptionChange> = body.read_list().await?;
    saved.patch(&name, &changes)?;
    let said = |wanted: &str| {
        let mut adding = changes.iter().enumerate().filter(|(_, change)| change.op == OptionOp::Add);
        adding.find_map(|(at, change)| Some(format!("{at}.value.{}", place_of(wanted, &change.value)?)))
    };
    let naming = |place: &Place, kept: &Selection| called(&name, place, kept, said);
    answered(&save(&state, &asked, saved, &naming).await?, &name)
}

/// Takes a dimension out of a filter.
#[utoipa::path(
    delete, path = "/filters/{id}/dimensions/{name}", tag = "filters",
    params(FilterDimensionPath),
    responses((status = 204, description = "Taken out")),
    security(("filter" = [])),
)]
pub async fn remove_filter_dimension(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, name)): Path<(String, String)>,
) -> Answer {
    let mut saved = of_filter(&state, &asked, &id, &name, None).await?;
    asked.no_params()?;
    saved.set(&name, Vec::new());
    save(&state, &asked, saved, &as_kept).await?;
    Ok(answer::deleted())
}

/// Lists the options that a filter names of a dimension.
#[utoipa::path(
    get, path = "/filters/{id}/dimensions/{name}/options", tag = "filters",
    params(FilterDimensionPath, Paging),
    responses((status = 200, description = "A page of options", body = PageOf<FilterOptionBody>)),
)]
pub async fn list_filter_options(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, name)): Path<(String, String)>,
) -> Answer {
    let saved = filters::find(&state.services, &asked.ctx, &id).await?;
    let filter = saved.dimension(&name)?;
    if let Some(page) = explorer_instead(&state, &asked, &saved).await? {
        return Ok(page);
    }
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let path = format!("{}/dimensions/{}", filter_path(&saved.id), segment(&name));
    // An empty segment would be none, so that blank cells are addressed by a blank.
    let place = |option: &str| segment(if option.is_empty() { " " } else { option });
    let body = |option: &String| FilterOptionBody {
        option: option.clone(),
        links: Links::from([("self", format!("{path}/options/{}", place(option))), ("dimension", path.clone())]),
    };
    let all: Vec<FilterOptionBody> = filter.options.iter().map(body).collect();
    private(answer::page(&asked, part_of(&all, paging)))
}

/// Adds an option to a dimension of a filter.
///
/// A blank (`%20`) stands for blank cells.
#[utoipa::path(
    put, path = "/filters/{id}/dimensions/{name}/options/{option}", tag = "filters",
    params(FilterOptionPath),
    responses((status = 200, description = "The dimension as it is now", body = FilterDimensionBody)),
    security(("filter" = [])),
)]
pub async fn add_filter_option(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, name, option)): Path<(String, String, String)>,
) -> Answer {
    let option = as_option(option);
    let mut saved = of_table(&state, &asked, &id, &name, Some(&option)).await?;
    asked.no_params()?;
    saved.selection.add(&name, std::iter::once(option));
    answered(&save(&state, &asked, saved, &as_kept).await?, &name)
}

/// Takes an option out of a dimension of a filter.
///
/// A blank (`%20`) stands for blank cells.
#[utoipa::path(
    delete, path = "/filters/{id}/dimensions/{name}/options/{option}", tag = "filters",
    params(FilterOptionPath),
    responses((status = 204, description = "Taken out")),
    security(("filter" = [])),
)]
pub async fn remove_filter_option(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, name, option)): Path<(String, String, String)>,
) -> Answer {
    let option = as_option(option);
    let mut saved = of_filter(&state, &asked, &id, &name, Some(&option)).await?;
    asked.no_params()?;
    let mut options = saved.dimension(&name)?.options.clone();
    options.retain(|kept| *kept != option);
    saved.set(&name, options);
    save(&state, &asked, saved, &as_kept).await?;
    Ok(answer::deleted())
}

/// How a place in a filter is called where its body speaks of one dimension; `said` finds one of its options there.
fn called(name: &str, place: &Place, kept: &Selection, said: impl Fn(&str) -> Option<String>) -> String {
    let option = match place {
        Place::Option(at, option) => {
            let of_it = kept.dimensions.get(*at).filter(|filter| filter.name == name);
            of_it.and_then(|filter| filter.options.get(*option))
        }
        _ => None,
    };
    option.and_then(|option| said(option)).unwrap_or_else(|| place.in_body())
}

/// How a place is called where there is no body.
fn as_kept(place: &Place, _: &Selection) -> String {
    place.in_body()
}

/// The filter, for its owner, where its table has such a dimension and option.
async fn of_table(
    state: &AppState,
    asked: &Asked,
    id: &str,
    name: &str,
    option: Option<&str>,
) -> Result<SavedFilter, Problem> {
    let secret = secret(&asked.headers);
    if secret.is_none() {
        asked.ctx.caller()?;
    }
    Ok(filters::find_with(&state.services, &asked.ctx, (id, secret), name, option).await?)
}

/// The filter, for its owner, where it says something of a dimension, and names an option of it.
async fn of_filter(
    state: &AppState,
    asked: &Asked,
    id: &str,
    name: &str,
    option: Option<&String>,
) -> Result<SavedFilter, Problem> {
    let saved = known(state, asked, id).await?;
    let said = saved.dimension(name)?;
    if option.is_some_and(|option| !said.options.contains(option)) {
        return Err(Refusal::NotFound.into());
    }
    must_own(state, asked, &saved)?;
    Ok(saved)
}

fn answered(saved: &SavedFilter, name: &str) -> Answer {
    let options = saved.dimension(name).map(|filter| filter.options.clone()).unwrap_or_default();
    answer::changed(Some(saved.revision), &FilterDimensionBody::new(&saved.id, name, &options))
}
