//! Administration: people, teams, departments, roles, service tokens, webhooks and the audit trail.

mod audit;
mod audit_record;
mod departments;
mod grants;
mod invitations;
mod roles;
mod subscribers;
mod teams;
mod tester;
mod tokens;
mod user;
mod user_forms;
mod users;
mod webhook;
mod webhooks;

pub use audit::Audit;
pub(in crate::pages) use audit_record::page_of;
pub use departments::{DepartmentPage, Departments};
pub(in crate::pages) use grants::grant_in_words;
pub use roles::Roles;
pub use subscribers::Subscribers;
pub use teams::{TeamPage, Teams};
pub use tokens::ServiceTokens;
pub(in crate::pages) use tokens::token_row;
pub use user::UserPage;
pub use users::{NewUser, Users};
pub use webhook::WebhookPage;
pub use webhooks::Webhooks;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// A part of the page's address.
pub(super) fn param(name: &str) -> String {
    use_params_map().read_untracked().get(name).unwrap_or_default()
}

/// A value of the page's query.
pub(super) fn query(name: &str) -> String {
    use_query_map().read_untracked().get(name).unwrap_or_default()
}

/// The number of the page of a list that is asked for, from 1.
pub(in crate::pages) fn page_number() -> u32 {
    query("page").parse().unwrap_or(1)
}
