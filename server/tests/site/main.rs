//! The whole site, started in this process on a free port, with a clock that moves when told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod accounts;
mod address;
mod approved_drafts;
mod audit_records;
mod audit_trail;
mod authorization;
mod browser;
mod bundles;
mod conventions;
mod datasets;
mod deliveries;
mod described;
mod documents;
mod every_route;
mod forgotten;
mod health;
mod idempotency;
mod instant;
mod journey;
mod large;
mod limits;
mod nothing_early;
mod openid;
mod people;
mod previews;
mod public_node;
mod releases;
mod runbook;
mod second_factor;
mod sessions;
mod states;
mod support;
mod telemetry;
mod topics;
mod two_worlds;
