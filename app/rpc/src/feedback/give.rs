//! Telling the office something.

use domain::language::Language;
use leptos::prelude::*;

use crate::error::RpcError;

/// Keeps what a reader tells; `website` is a field that people do not see and programs that fill in every form do.
#[server(prefix = "/rpc", endpoint = "feedback/give")]
pub async fn give_feedback(
    #[server(default)] language: Language,
    #[server(default)] kind: String,
    #[server(default)] page: String,
    #[server(default)] message: String,
    #[server(default)] address: String,
    #[server(default)] website: String,
) -> Result<(), RpcError> {
    use domain::feedback::{FeedbackKind, NewFeedback};
    use domain::refusal::Refusal;

    let (services, ctx) = crate::request::context()?;
    let prefix = language.path_prefix();
    let (form, sent) = (format!("{prefix}/feedback"), format!("{prefix}/feedback/sent"));
    if !website.is_empty() {
        // Nothing tells the program that it was found out.
        crate::request::see_other(&sent);
        return Ok(());
    }
    let outcome = match FeedbackKind::parse(&kind) {
        Some(kind) => {
            let new = NewFeedback { kind, page, message, address, language };
            services::feedback::give(&services, &ctx, new).await
        }
        None => Err(Refusal::field("kind", "required", "Say what it is about.").into()),
    };
    crate::form::done("feedback/give", outcome, &form, |_| (sent, String::new()))
}
