//! The inbox of what readers told.

use domain::feedback::Inbox;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::RpcError;

/// Which of it is asked for, as the page's address says it; what is empty or unknown narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxAsked {
    /// Where it stands.
    #[serde(default)]
    pub state: String,
    /// What sort of thing it is.
    #[serde(default)]
    pub kind: String,
    /// Words in what is told, the page or the note.
    #[serde(default)]
    pub q: String,
    /// To whom it is given: the id of an account, `me` or `nobody`.
    #[serde(default)]
    pub assigned: String,
}

/// A page of what readers told, newest first; `page` counts from 1.
#[server(prefix = "/rpc", endpoint = "inbox/list")]
pub async fn inbox_read(#[server(default)] asked: InboxAsked, page: u32) -> Result<Inbox, RpcError> {
    use domain::feedback::{FeedbackKind, FeedbackState};

    let (services, ctx) = crate::request::context()?;
    let filter = services::feedback::FeedbackFilter {
        state: FeedbackState::parse(&asked.state),
        kind: FeedbackKind::parse(&asked.kind),
        dataset_id: None,
        text: Some(asked.q.trim().to_owned()).filter(|q| !q.is_empty()),
        assigned: services::feedback::assigned_to(&ctx, &asked.assigned),
        until: None,
    };
    Ok(services::feedback::inbox(&services, &ctx, &filter, crate::form::paging(page)).await?)
}
