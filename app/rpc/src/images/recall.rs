//! What the forms that withdraw and reinstate an image have in common.

use domain::image::Image;
use services::ServiceError;

use crate::error::RpcError;

/// Goes back to the page of the image's version with these words.
pub(super) fn back(form: &str, outcome: Result<Image, ServiceError>, words: &str) -> Result<(), RpcError> {
    let page = crate::request::form_page().unwrap_or_else(|| "/admin/datasets".to_owned());
    crate::form::done(form, outcome, &page, |_| (page.clone(), words.to_owned()))
}
