//! What the forms that withdraw and reinstate a file or an image have in common.

use domain::file::File;
use domain::refusal::all_valid;
use domain::text::{MAX_REASON, check_optional};
use services::ServiceError;
use services::files::Recall;

use crate::error::RpcError;

/// Why, and what readers are told, as a form says it.
pub(crate) fn recall(reason: String, notice: String) -> Result<Recall, ServiceError> {
    let reason = crate::bundles::needed(reason)?;
    let mut problems = Vec::new();
    check_optional(&mut problems, "reason", &reason, MAX_REASON, true);
    all_valid(problems)?;
    let notice = Some(notice.trim().replace("\r\n", "\n")).filter(|text| !text.is_empty());
    Ok(Recall { reason, notice })
}

/// Goes back to the version's page; `words` follow the name of the file there.
pub(super) fn back(form: &str, outcome: Result<File, ServiceError>, words: &str) -> Result<(), RpcError> {
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done(form, outcome, &page, |file| (page.clone(), format!("{} {words}", file.filename)))
}
