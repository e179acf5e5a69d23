//! Every query that has a condition, on both databases.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod accounts;
mod audit_chain;
mod audit_search;
mod broken_transactions;
mod bundle_lists;
mod bundles;
mod corrections;
mod dataset_desk;
mod datasets;
mod departments;
mod details;
mod due;
mod edge;
mod files;
mod filters;
mod holding;
mod images;
mod incidents;
mod outbox;
mod presence;
mod publication;
mod publication_log;
mod queue_pause;
mod records;
mod releases;
mod reminders;
mod search_desk;
mod subscriptions;
mod support;
mod title_order;
mod topics;
mod versions;
mod waiting;
mod ways_to_sign_in;
mod webhooks;
