//! One page a file.

pub mod account;
pub mod admin;
pub mod site;
