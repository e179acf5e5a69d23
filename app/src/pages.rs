//! One page a file.

pub mod account;
pub mod admin;
pub mod administration;
pub mod curation;
pub mod operations;
pub mod site;
