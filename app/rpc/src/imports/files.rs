//! An import whose lines name files that are sent with it.

use leptos::prelude::*;
use leptos::server_fn::codec::{MultipartData, MultipartFormData};

use crate::error::RpcError;

/// Rehearses an import with its files, or carries it out where the field `step` says so; `step` and `csv` come before the files.
#[server(prefix = "/rpc", endpoint = "imports/files", input = MultipartFormData)]
pub async fn import_files(data: MultipartData) -> Result<(), RpcError> {
    let (texts, outcome) = super::receive::receive(data).await?;
    let csv = texts.get("csv").cloned().unwrap_or_default();
    let for_good = super::receive::is_for_good(&texts);
    crate::form::done_keeping("imports/files", texts, outcome, "/admin/imports", |report| {
        if for_good {
            super::send::leave_done(&csv, report);
        } else {
            super::send::leave_rehearsed(&csv, report);
        }
        ("/admin/imports".to_owned(), String::new())
    })
}
