//! Making a failed publication ready for another try.

use leptos::prelude::*;

use super::Moment;
use crate::error::RpcError;

/// Under which form the operations desk is left what bundle was made ready and has no instant.
pub const MADE_READY: &str = "bundles/retry";

/// Brings a failed bundle back, scheduled where a new instant is given and approved otherwise.
#[server(prefix = "/rpc", endpoint = "bundles/retry")]
pub async fn retry(
    #[server(default)] id: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(flatten)] moment: Moment,
) -> Result<(), RpcError> {
    let command = super::read_retry(reason, &moment);
    let outcome = super::taken((&id, &revision), command, moment.told("")).await?;
    let page = super::page_of_form(&id);
    let left = outcome.as_ref().ok().and_then(native::left);
    crate::form::done(MADE_READY, outcome, &page, |bundle| (page.clone(), native::words(bundle)))?;
    if let Some(flash) = left {
        crate::request::visit().leave(flash);
    }
    Ok(())
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::bundle::{Bundle, BundleKind};
    use domain::uk_time;

    use crate::visit::Flash;

    /// What the bundle has become, and what it still lacks before anything is tried.
    pub fn words(bundle: &Bundle) -> String {
        let title = &bundle.details.title;
        match (bundle.state.schedule(), bundle.details.kind) {
            (Some(schedule), _) => {
                format!("{title} is tried again on {}.", uk_time::date_time(schedule.publication_date))
            }
            (None, BundleKind::Manual) => format!("{title} is approved again. An operator publishes it by hand."),
            (None, BundleKind::Scheduled) => format!("{title} is approved again, and still needs a time."),
        }
    }

    /// What the next page needs to lead to a bundle that still needs a time.
    pub fn left(bundle: &Bundle) -> Option<Flash> {
        let needs_time = bundle.state.schedule().is_none() && bundle.details.kind == BundleKind::Scheduled;
        let values = [("bundle", &bundle.id), ("title", &bundle.details.title)];
        let values = values.map(|(name, value)| (name.to_owned(), vec![value.clone()])).into();
        needs_time.then(|| Flash {
            form: super::MADE_READY.to_owned(),
            values,
            notice: Some(words(bundle)),
            refusal: None,
        })
    }
}
