//! `/imports` and what is below it: what was imported, and taking it back.

use axum::extract::State;
use domain::policy::Permission;
use serde::Deserialize;
use services::imports;
use utoipa::ToSchema;

use super::Answer;
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{ImportPath, PageOf, Paging};
use super::v1::{ImportBody, ImportSheetBody};
use crate::state::AppState;

/// Lists the imports.
///
/// The newest first, of those alone of which the caller may write everything that they did.
#[utoipa::path(
    get, path = "/imports", tag = "imports",
    params(Paging),
    responses((status = 200, description = "A page of imports", body = PageOf<ImportBody>)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn list(State(state): State<AppState>, asked: Asked) -> Answer {
    asked.ctx.caller_with(Permission::DatasetsWrite)?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let found = imports::page(&state.services, &asked.ctx, paging).await?;
    answer::page(&asked, found.map(|summary| ImportBody::from(&summary)))
}

/// Reads an import.
///
/// With everything that it did, and what would become of each if it were undone now.
#[utoipa::path(
    get, path = "/imports/{id}", tag = "imports",
    params(ImportPath),
    responses((status = 200, description = "The import", body = ImportSheetBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let sheet = imports::look(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    answer::read(&asked, None, &ImportSheetBody::from(&sheet))
}

/// What shows that somebody has seen what is taken back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct UndoInput {
    /// How many things are taken back: the `to_take_back` of the import as it is now.
    #[schema(required = true)]
    things: u64,
}

/// Undoes an import.
///
/// What it made is deleted and what it changed is put back, in one step, as far as nobody has changed, submitted, put into a bundle or
/// published any of it since; the rest stays, each for its reason. 409 where everything stays.
#[utoipa::path(
    post, path = "/imports/{id}/undo", tag = "imports",
    params(ImportPath),
    request_body(content = UndoInput, content_type = "application/json", example = json!({"things": 12})),
    responses((status = 200, description = "The import as it is now", body = ImportSheetBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn undo(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    imports::look(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    let UndoInput { things } = body.read().await?;
    imports::undo(&state.services, &asked.ctx, &id, &things.to_string()).await?;
    let sheet = imports::look(&state.services, &asked.ctx, &id).await?;
    answer::changed(None, &ImportSheetBody::from(&sheet))
}
