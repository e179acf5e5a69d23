//! Pure rules of the catalogue: ids, states, transitions, blockers and policy.
//!
//! Knows no clock, no input or output and no framework, so that the server and the browser share it.

mod wire;

pub mod account;
pub mod actor;
pub mod administration;
pub mod archiving;
pub mod bundle;
pub mod calendar;
pub mod catalogue;
pub mod changes;
pub mod comparison;
pub mod correction;
pub mod curation;
pub mod dataset;
pub mod delivery;
pub mod event;
pub mod explore;
pub mod feed;
pub mod feedback;
pub mod file;
pub mod filter;
#[cfg(not(target_family = "wasm"))]
pub mod folding;
pub mod image;
pub mod import_columns;
pub mod imported;
pub mod invitation;
pub mod language;
pub mod letter_times;
pub mod link_card;
pub mod month;
pub mod notification;
pub mod office;
pub mod operations;
pub mod page;
pub mod people;
pub mod policy;
pub mod presence;
pub mod progress;
pub mod publication_log;
pub mod reference;
pub mod refusal;
pub mod register;
pub mod release;
pub mod review;
pub mod rights;
pub mod saved_view;
pub mod schema_org;
pub mod search_desk;
pub mod selection;
pub mod several;
pub mod sitemap;
pub mod slug;
pub mod status;
pub mod subscription;
pub mod table;
pub mod text;
pub mod topic;
pub mod uk_time;
pub mod upload;
pub mod version;
pub mod views;
