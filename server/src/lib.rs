//! The catalogue program: command line, configuration, HTTP, API and background tasks.
//!
//! The composition root: the only reader of the environment and the only owner of axum.

pub mod api;
mod assets;
pub mod background;
pub mod backup;
mod calendar;
pub mod cli;
pub mod clock;
pub mod config;
mod discovery;
mod faults;
pub mod feeds;
pub mod health;
pub mod http;
mod link_cards;
pub mod live;
mod metrics;
mod pages;
mod passkeys;
mod provider;
pub mod router;
pub mod startup;
pub mod state;
pub mod telemetry;
mod unsubscribe;
