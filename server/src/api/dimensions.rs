//! `…/versions/{version}/dimensions` and the options of each.

use app::i18n::t;
use axum::extract::State;
use axum::http::StatusCode;
use domain::language::Language;
use domain::page::Page;
use domain::refusal::Refusal;
use domain::selection::DataQuery;
use domain::table::OptionCount;
use serde::Serialize;
use services::versions::{self, Dimension};
use services::{audit, data};

use super::Answer;
use super::answer::{self, PageBody};
use super::ctx::{Asked, Path};
use super::described::{ErrorEnvelope, PageOf, Paging, VersionPath};
use super::params::part_of;
use super::v1::{DimensionBody, version_path};
use super::versions::{Words, key_of, looked_at};
use crate::state::AppState;

/// A dimension of a version's table, with its size.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DimensionWithOptions {
    #[serde(flatten)]
    dimension: DimensionBody,
    /// How many options it has; left out where there are more than are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    option_count: Option<u64>,
}

/// A page of options.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OptionPageBody {
    #[serde(flatten)]
    page: PageBody<OptionCount>,
    /// Whether `total_count` counts all that there are. Of a dimension with more than 50,000 options the first are listed, and `q`
    /// finds the others.
    complete: bool,
}

/// Lists the dimensions of a version.
///
/// Those of the first table among its files, or of the one that is named, in the order of the columns, with what editors say of them and
/// how many options each has.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/dimensions", tag = "versions",
    params(VersionPath,
        ("file" = Option<String>, Query, description = "The file, where it is not the version's first table", example = "table-1.csv"),
        Paging),
    responses(
        (status = 200, description = "A page of dimensions", body = PageOf<DimensionWithOptions>),
        (status = 409, description = "The version's first table was recalled, and no other is named", body = ErrorEnvelope),
    ))]
pub async fn list_dimensions(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    let mut params = asked.params();
    let paging = params.paging();
    let file = params.text("file");
    let key = key_of(words)?;
    let (version, dataset) = versions::find_with_dataset(&state.services, &asked.ctx, &key).await?;
    let found = versions::list_dimensions(&state.services, &version, file.as_deref()).await?;
    params.finish()?;
    let path = version_path(&key.dataset_id, &key.edition, key.version);
    let notes = &version.metadata.column_notes;
    let told = |Dimension { column, size }: Dimension| DimensionWithOptions {
        dimension: DimensionBody::new(&column, notes, &path, file.as_deref()),
        option_count: size.filter(|size| size.complete).map(|size| size.option_count),
    };
    let sent = answer::page(&asked, part_of(&found, paging).map(told))?;
    looked_at(&state, &asked, &dataset, &[version], sent).await
}

/// Lists what a dimension holds.
///
/// Each option with its code, its label and the number of rows that have it, in the order of the table. Rows whose cell is blank, which
/// often are totals, have an option with an empty code. `q` narrows them to
/// those whose code or label holds the text, whatever its case and accents. With filters as of `…/data` (`dim.NAME=`, `from.NAME=`, `to.NAME=`) the rows are those
/// that the filters on the other dimensions leave. At most the first 50,000 are listed; `complete` tells whether those are all.
#[utoipa::path(get, path = "/datasets/{id}/editions/{edition}/versions/{version}/dimensions/{name}/options", tag = "versions",
    params(VersionPath,
        ("name" = String, Path, description = "The dimension's name", example = "Year"),
        ("q" = Option<String>, Query, description = "Part of a code or label", example = "wales"),
        ("file" = Option<String>, Query, description = "The file, where it is not the version's first table", example = "table-1.csv"),
        Paging),
    responses(
        (status = 200, description = "A page of options", body = OptionPageBody),
        (status = 409, description = "The version's first table was recalled, and no other is named", body = ErrorEnvelope),
        (status = 422, description = "A filter names what the table does not have", body = ErrorEnvelope),
    ),
    extensions(("x-open-parameters" = json!("dim.*, from.*, to.*"))))]
pub async fn options(
    State(state): State<AppState>,
    asked: Asked,
    Path((id, edition, version, name)): Path<(String, String, String, String)>,
) -> Answer {
    let mut params = asked.params();
    params.leave(|name| ["dim.", "from.", "to."].iter().any(|prefix| name.starts_with(prefix)));
    let paging = params.paging();
    let (search, file) = (params.text("q"), params.text("file"));
    let key = key_of((id, edition, version))?;
    let table = (&key, file.as_deref());
    let (stored, found) = versions::list_options(&state.services, &asked.ctx, table, &name).await?;
    params.finish()?;
    let query =
        DataQuery::parse(asked.uri.query().unwrap_or("")).map_err(|problems| Refusal::Unreadable { problems })?;
    // Of what is kept beside the file only the whole can be told, and what is looked for only where all of it is kept.
    if !query.selection.is_every_row() || (search.is_some() && !found.complete) {
        let choices = (query.selection, search);
        let found = data::options(&state.services, &asked.ctx, table, &name, choices, paging).await?;
        return offered(&asked, found.page, found.complete);
    }
    let mut options = found.options;
    if let Some(sought) = search.as_deref().map(data::Sought::new) {
        options.retain(|option| sought.is_in(option));
    }
    let sent = offered(&asked, part_of(&options, paging), found.complete)?;
    if sent.status() != StatusCode::NOT_MODIFIED {
        audit::preview_of_file(&state.services, &asked.ctx, &stored).await?;
    }
    Ok(sent)
}

fn offered(asked: &Asked, page: Page<OptionCount>, complete: bool) -> Answer {
    let page = PageBody::new(&asked.uri, page.map(told));
    answer::read(asked, None, &OptionPageBody { page, complete })
}

/// An option as it is told: that of blank cells is called so.
fn told(option: OptionCount) -> OptionCount {
    match option.code.is_empty() {
        true => OptionCount { label: t(Language::En, "option-blank"), ..option },
        false => option,
    }
}
