//! Every server function: the only bridge from pages to services, one function a file, about four lines each.
//!
//! Reads return read models of `domain::views`. Forms post to functions that end in [`form::done`], which answers with a
//! redirect (Post/Redirect/Get), so that every form works without scripts and keeps what was typed when refused.

#![recursion_limit = "256"]
#![expect(missing_docs, reason = "the arguments of server functions become fields of generated types")]

pub mod access;
pub mod account;
pub mod archive;
pub mod audit;
pub mod bundles;
pub mod catalogue;
pub mod datasets;
pub mod error;
pub mod feedback;
pub mod files;
pub mod filters;
pub mod form;
pub mod images;
pub mod imports;
pub mod inbox;
pub mod incidents;
pub mod live;
pub mod office;
pub mod operations;
pub mod releases;
pub mod request;
pub mod reviews;
pub mod saved_views;
pub mod search_desk;
pub mod subscriptions;
pub mod topics;
pub mod versions;
pub mod visit;
pub mod webhooks;

pub use error::RpcError;
pub use visit::{Flash, Visit};
