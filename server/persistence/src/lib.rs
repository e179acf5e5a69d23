//! The only crate that knows SeaORM: rows in, domain types out.
//!
//! Functions take `&impl ConnectionTrait`, so one function serves the pool and a transaction. Transactions are begun and
//! committed in `services` only. Finders are named for who looks: what a viewer may not know of is `None`.
//! Entities are in SeaORM's classic form, one private file per table.

mod convert;
mod each_row;
mod entities;

pub mod access;
pub mod accounts;
pub mod archiving;
pub mod backups;
pub mod bundles;
pub mod caller_blocks;
pub mod contents;
pub mod corrections;
pub mod dataset_desk;
pub mod dataset_outlooks;
pub mod dataset_topics;
pub mod dataset_uses;
pub mod datasets;
pub mod db;
pub mod departments;
pub mod dimensions;
pub mod editions;
pub mod error;
pub mod events;
pub mod feedback;
pub mod file_jobs;
pub mod files;
pub mod filters;
pub mod held_letters;
pub mod hold;
pub mod idempotency;
pub mod identities;
pub mod images;
pub mod imports;
pub mod incidents;
pub mod invitations;
pub mod notifications;
pub mod office;
pub mod outbox;
pub mod output_jobs;
pub mod passkeys;
pub mod password_links;
pub mod people;
pub mod policies;
pub mod presence;
mod previews;
pub mod probes;
pub mod publication;
pub mod publication_log;
pub mod queue_pause;
pub mod readiness;
pub mod registers;
pub mod releases;
pub mod remarks;
pub mod remembered_devices;
pub mod reminders;
pub mod review_claims;
pub mod revisions;
pub mod saved_views;
pub mod search_desk;
pub mod search_queries;
pub mod second_factors;
pub mod sessions;
pub mod sights;
pub mod silences;
pub mod statements;
pub mod subscriptions;
pub mod teams;
pub mod throttles;
pub mod title_order;
pub mod tokens;
pub mod topic_redirects;
pub mod topics;
pub mod uploads;
pub mod version_comments;
pub mod versions;
pub mod webhooks;

pub use db::{Database, Settings, Tx};
pub use error::PersistenceError;
/// What statements are sent through: the pool, or a transaction.
pub use sea_orm::ConnectionTrait as Connection;
