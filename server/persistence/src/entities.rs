//! One file per table; private to this crate.

pub mod bundle;
pub mod bundle_content;
pub mod bundle_team;
pub mod catalogue;
pub mod change;
pub mod dataset;
pub mod dataset_topic;
pub mod department;
pub mod edition;
pub mod event;
pub mod event_chain;
pub mod file;
pub mod identity;
pub mod outbox;
pub mod password_link;
pub mod recovery_code;
pub mod second_factor;
pub mod service_token;
pub mod session;
pub mod sign_in_failure;
pub mod team;
pub mod team_member;
pub mod throttle;
pub mod topic;
pub mod user;
pub mod version;
