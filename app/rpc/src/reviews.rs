//! Forms of the queue of what waits for review.

mod approve_several;
mod ask;
mod claim;
mod release;

pub use approve_several::{ApproveSeveral, approve_several};
pub use ask::{Ask, ask};
pub use claim::{Claim, claim};
pub use release::{Release, release};

#[cfg(not(target_family = "wasm"))]
pub(crate) use approve_several::last;

/// The page of the queue from which a form was sent, with its filters.
#[cfg(not(target_family = "wasm"))]
fn queue_page() -> String {
    let page = crate::request::form_page().filter(|page| page.starts_with("/admin/review"));
    page.unwrap_or_else(|| "/admin/review".to_owned())
}

/// What a form names, or a refusal as of what does not exist.
#[cfg(not(target_family = "wasm"))]
fn named(object: &str) -> services::Result<domain::review::Reviewed> {
    Ok(domain::review::Reviewed::parse(object).ok_or(domain::refusal::Refusal::NotFound)?)
}
