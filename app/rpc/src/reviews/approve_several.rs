//! Approving several versions at once.

use leptos::prelude::*;

use crate::error::RpcError;

/// Approves each version that was ticked, each by itself; the queue then tells what became of each.
#[server(prefix = "/rpc", endpoint = "reviews/approve-several")]
pub async fn approve_several(
    #[server(default)] chosen: Vec<String>,
    #[server(default)] looked: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let chosen: Vec<(String, i64)> = chosen.iter().map(|one| native::chosen(one)).collect();
    let outcome = services::versions::approve_several(&services, &ctx, &chosen, !looked.is_empty()).await;
    let outcome = crate::form::noting_refused_right(outcome);
    let page = super::queue_page();
    crate::form::done("reviews/approve-several", outcome, &page, |decided| {
        native::leave(decided);
        (page.clone(), String::new())
    })
}

#[cfg(not(target_family = "wasm"))]
pub(crate) use native::last;

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::review::DecidedVersion;

    use crate::visit::Flash;

    const DONE: &str = "reviews/approve-several";
    const DECIDED: &str = "decided";

    /// A ticked version: its reference, and after a space the revision that was looked at.
    pub fn chosen(text: &str) -> (String, i64) {
        let (reference, revision) = text.trim().split_once([' ', '+']).unwrap_or((text.trim(), ""));
        (reference.to_owned(), crate::bundles::number(revision))
    }

    /// Leaves what was decided for the next page.
    pub fn leave(decided: &[DecidedVersion]) {
        let done = decided.iter().filter(|one| one.refused.is_empty()).count();
        let told = format!("{done} of {} versions were approved.", decided.len());
        let kept = serde_json::to_string(decided).unwrap_or_default();
        let values = [(DECIDED.to_owned(), vec![kept])].into_iter().collect();
        let flash = Flash { form: DONE.to_owned(), values, notice: Some(told), refusal: None };
        crate::request::visit().leave(flash);
    }

    /// What was decided last, on the page after it.
    pub fn last() -> Option<Vec<DecidedVersion>> {
        let flash = crate::request::visit().flash.filter(|flash| flash.form == DONE && flash.refusal.is_none())?;
        serde_json::from_str(flash.values.get(DECIDED)?.first()?).ok()
    }
}
