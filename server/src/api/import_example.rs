//! `/admin/imports.csv`: an import to follow.

use axum::body::Body;
use axum::response::{IntoResponse, Redirect, Response};
use domain::import_columns;
use domain::policy::Permission;
use domain::refusal::Refusal;

use super::ctx::RequestCtx;
use super::export::{CSV, taken_away};
use super::problem::Problem;

/// `GET /admin/imports.csv`: every column of an import, with a line that can be taken; for those who import.
pub async fn example(RequestCtx(ctx): RequestCtx) -> Response {
    match ctx.caller_with(Permission::DatasetsWrite) {
        Ok(_) => taken_away(CSV, "import-example.csv", Body::from(import_columns::example())),
        Err(Refusal::Unauthenticated) => Redirect::to(&rpc::form::sign_in_path("/admin/imports")).into_response(),
        Err(refusal) => Problem::new(&ctx, refusal).into_response(),
    }
}
