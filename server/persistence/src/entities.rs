//! One file per table; private to this crate.

pub mod bundle;
pub mod bundle_content;
pub mod bundle_team;
pub mod catalogue;
pub mod change;
pub mod dataset;
pub mod dataset_topic;
pub mod department;
pub mod draft_topic;
pub mod edition;
pub mod event;
pub mod file;
pub mod outbox;
pub mod release;
pub mod service_token;
pub mod session;
pub mod sign_in_failure;
pub mod team;
pub mod team_member;
pub mod topic;
pub mod topic_redirect;
pub mod user;
pub mod version;
