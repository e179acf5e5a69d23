//! The whole site, started in this process on a free port, with a clock that moves when told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod address;
mod bundles;
mod described;
mod journey;
mod large;
mod nothing_early;
mod runbook;
mod sessions;
mod states;
mod support;
mod two_worlds;
